//! Arrays made from a rule: `zeros`, `arange`, `eye`. All of them make singles after
//! `default_dtype("f32")`.

use super::arithmetic::MULTIPLY;
use super::convert::convert;
use super::shape::{BROADCAST_TO, only_named};
use crate::array::{Array, DType, make};
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Call, Host, Range, Run, Value, as_var, map_leaves};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] =
    &[&ZEROS, &ONES, &FULL, &ZEROS_LIKE, &ONES_LIKE, &EYE, &ARANGE, &RANGE, &LINSPACE, &EVENLY, &ONE_HOT];

/// What constructors make.
fn dtype(host: &mut dyn Host) -> DType {
    if *host.singles() { DType::F32 } else { DType::F64 }
}

pub(crate) static ZEROS: Builtin = Builtin {
    name: "zeros",
    params: &["...shape"],
    doc: "An array of zeros, with a shape such as `zeros(2, 3)` or `zeros((2, 3))`.\n> zeros(2, 3)\n[[0, 0, 0],\n [0, 0, 0]]",
    samples: &["3", "2, 3", "(2, 3)", "[2, 3]", "()", "0, 2"],
    run: Run::Routine(|call| filled(call, 0.0)),
};

pub(crate) static ONES: Builtin = Builtin {
    name: "ones",
    params: &["...shape"],
    doc: "An array of ones, with a shape such as `ones(2, 3)` or `ones((2, 3))`.\n> ones(3)\n[1, 1, 1]",
    samples: &["3", "2, 3", "(2, 3)", "[2, 3]", "()", "0, 2"],
    run: Run::Routine(|call| filled(call, 1.0)),
};

fn filled(call: &mut Call<'_>, value: f64) -> Outcome<Value> {
    only_named(&call.args, 0, "shape")?;
    let shape = call.args.shape_rest(0)?;
    Ok(Value::Var(Array::full(shape, value, dtype(call.host))?.into()))
}

pub(crate) static FULL: Builtin = Builtin {
    name: "full",
    params: &["shape", "value"],
    doc: "An array of this shape with the same value everywhere.\n\nThe value may be an array that stretches to the shape.\n> full((2, 2), 7)\n[[7, 7],\n [7, 7]]",
    samples: &["3, 7", "(2, 2), 1.5", "(2, 2), [1, 2]", "(), 5"],
    run: Run::Routine(|call| {
        let shape = call.args.shape(0)?;
        let mut value = call.args.var(1)?;
        if *call.host.singles() && matches!(value.plain(), Var::Num(_)) {
            value = convert(call.host.cx(), &value, DType::F32)?;
        }
        call.host.cx().apply_with(BROADCAST_TO.op(), Plan::new(shape), &[value]).map(Value::Var)
    }),
};

pub(crate) static ZEROS_LIKE: Builtin = Builtin {
    name: "zeros_like",
    params: &["x"],
    doc: "Zeros of the same shape; of a tuple, leaf by leaf.\n> zeros_like([1, 2])\n[0, 0]\n> zeros_like((w = [1, 2], b = 3))\n(w = [0, 0], b = 0)",
    samples: &["[1, 2]", "(w = [1, 2], b = 3)", "5", "zeros(0, 2)"],
    run: Run::Routine(|call| like(&call.args, 0.0)),
};

pub(crate) static ONES_LIKE: Builtin = Builtin {
    name: "ones_like",
    params: &["x"],
    doc: "Ones of the same shape; of a tuple, leaf by leaf.\n> ones_like([1, 2])\n[1, 1]",
    samples: &["[1, 2]", "(w = [1, 2], b = 3)", "5", "zeros(0, 2)"],
    run: Run::Routine(|call| like(&call.args, 1.0)),
};

fn like(args: &Arguments, number: f64) -> Outcome<Value> {
    let leaf = |value: &Value| -> Outcome<Option<Value>> {
        Ok(as_var(value)?.map(|var| var.filled_like(number)).transpose()?.map(Value::Var))
    };
    match args.get(0) {
        // Leaves that are not numbers stay as they are, as in arithmetic.
        tuple @ Value::Tuple(_) => map_leaves(tuple, &mut |value| Ok(leaf(value)?.unwrap_or_else(|| value.clone()))),
        other => leaf(other)?.ok_or_else(|| args.wrong(0, "a number or an array")),
    }
}

/// A length, for parameter `i`.
fn length(args: &Arguments, i: usize) -> Outcome<usize> {
    let whole = args.whole(i)?;
    usize::try_from(whole).map_err(|_| {
        let name = args.builtin.param(i).map_or("a length", |(name, _)| name);
        Problem::new(format!("{name} cannot be negative, found {whole}")).label(Part::Argument(i), whole.to_string())
    })
}

pub(crate) static EYE: Builtin = Builtin {
    name: "eye",
    params: &["n", "m = n", "k = 0"],
    doc: "The identity matrix; with `m` columns, and with its ones on diagonal `k`.\n> eye(2)\n[[1, 0],\n [0, 1]]\n> eye(2, 3, 1)\n[[0, 1, 0],\n [0, 0, 1]]",
    samples: &["2", "2, 3", "3, k = -1", "2, 3, 1"],
    run: Run::Routine(|call| {
        let n = length(&call.args, 0)?;
        let m = if call.args.given(1) { length(&call.args, 1)? } else { n };
        let k = call.args.whole_or(2, 0)?;
        Ok(Value::Var(make::eye(n, m, k, dtype(call.host))?.into()))
    }),
};

/// `start, stop, step` of a call that may give only `stop`.
fn ends(args: &Arguments) -> Outcome<(f64, f64, f64)> {
    let step = args.number_or(2, 1.0)?;
    match (args.given(0), args.given(1)) {
        (true, true) => Ok((args.number(0)?, args.number(1)?, step)),
        (true, false) => Ok((0.0, args.number(0)?, step)),
        (false, true) => Ok((0.0, args.number(1)?, step)),
        (false, false) => Err(Problem::new(format!("{} needs an end", args.builtin.name))
            .note(args.builtin.signature())
            .help(format!("{}(5) counts from 0 to 4", args.builtin.name))),
    }
}

pub(crate) static ARANGE: Builtin = Builtin {
    name: "arange",
    params: &["start = 0", "stop = none", "step = 1"],
    doc: "Numbers from `start` up to but not including `stop`, as an array.\n\nWith one argument it counts from 0 to there.\n> arange(4)\n[0, 1, 2, 3]\n> arange(1, 2, 0.25)\n[1, 1.25, 1.5, 1.75]",
    samples: &["4", "1, 2, 0.25", "3, 0, -1", "0"],
    run: Run::Routine(|call| {
        let (start, stop, step) = ends(&call.args)?;
        Ok(Value::Var(make::arange(start, stop, step, dtype(call.host))?.into()))
    }),
};

pub(crate) static RANGE: Builtin = Builtin {
    name: "range",
    params: &["start = 0", "stop = none", "step = 1"],
    doc: "Numbers from `start` up to but not including `stop`, for a loop to run over.\n\nIt is an array that takes no memory until something looks at its elements.\n> range(3) + 1\n[1, 2, 3]\n> total = 0\n> for i in range(1, 5) { total += i }\n> total\n10",
    samples: &["4", "1, 2, 0.25", "3, 0, -1", "0"],
    run: Run::Routine(|call| {
        let (start, stop, step) = ends(&call.args)?;
        if step == 0.0 || !step.is_finite() || !start.is_finite() || stop.is_nan() {
            // Says what is wrong; with such numbers it always does.
            make::arange(start, if stop.is_nan() { stop } else { start }, step, DType::F64)?;
        }
        let count = ((stop - start) / step).ceil().max(0.0);
        // 2^53: beyond that the numbers of elements are not whole any more.
        if count > 9_007_199_254_740_992.0 || count.is_nan() {
            return Err(Problem::new("this range has no end")
                .label(Part::Whole, "")
                .help("a loop without an end is while true { … }"));
        }
        Ok(Value::Range(Rc::new(Range { start, stop, step, len: count as usize })))
    }),
};

pub(crate) static LINSPACE: Builtin = Builtin {
    name: "linspace",
    params: &["start", "stop", "n = 50"],
    doc: "`n` numbers evenly spaced from `start` to `stop`, both included.\n> linspace(0, 1, 5)\n[0, 0.25, 0.5, 0.75, 1]",
    samples: &["0, 1, 5", "2, -1, 3", "1, 2, 1", "0, 1, 0"],
    run: Run::Routine(|call| {
        call.args.number(0)?;
        call.args.number(1)?;
        let n = if call.args.given(2) { length(&call.args, 2)? } else { 50 };
        let plan = Plan::new((n, dtype(call.host)));
        call.host.cx().apply_with(EVENLY.op(), plan, &[call.args.var(0)?, call.args.var(1)?]).map(Value::Var)
    }),
};

/// What `linspace` records. Its plan is how many numbers of which type.
pub(crate) static EVENLY: Builtin = Builtin {
    name: "(linspace)",
    params: &["start", "stop"],
    doc: "Numbers evenly spaced between two.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::General(|_, plan, args| {
                let (n, dtype): &(usize, DType) = plan.get()?;
                match args {
                    [start, stop] => Ok(make::linspace(
                        start.item().unwrap_or(f64::NAN),
                        stop.item().unwrap_or(f64::NAN),
                        *n,
                        *dtype,
                    )?
                    .into()),
                    _ => Ok(Var::default()),
                }
            }),
            // Each number is a weighted mean of the two ends.
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (n, _): &(usize, DType) = p.plan.get()?;
                let weights = if i == 0 {
                    make::linspace(1.0, 0.0, *n, DType::F64)?
                } else {
                    make::linspace(0.0, 1.0, *n, DType::F64)?
                };
                p.cx.apply(MULTIPLY.op(), &[p.dy.clone(), weights.into()])
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static ONE_HOT: Builtin = Builtin {
    name: "one_hot",
    params: &["labels", "n"],
    doc: "A row of `n` zeros with a single 1 for every label, which says where.\n> one_hot([0, 2], 3)\n[[1, 0, 0],\n [0, 0, 1]]",
    samples: &["[0, 2], 3", "1, 3", "[[0, 1], [1, 0]], 2", "zeros(0), 3"],
    run: Run::Routine(|call| {
        let labels = call.args.var(0)?;
        let n = length(&call.args, 1)?;
        Ok(Value::Var(make::one_hot(&labels.array(), n, dtype(call.host))?.into()))
    }),
};
