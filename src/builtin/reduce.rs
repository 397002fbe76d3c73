//! Reductions: one value from many.
//!
//! A cotangent of the result is spread over what it was computed from, times a slope. Only `prod` needs
//! thought: `dy * out / x` has no value where an element is zero, so its rule multiplies the others.

use super::arithmetic::{DIVIDE, MULTIPLY, WEIGH, stretch};
use super::arrange::{inverse, slice_along, transpose};
use super::join::concat;
use super::shape::reshape;
use crate::array::reduce::{self, Axes};
use crate::array::stretch::stretched;
use crate::array::{Array, DType, Data, Shape, count, lazy};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::Outcome;
use crate::each_dtype;
use crate::value::{Arguments, Builtin, Run};
use smallvec::{SmallVec, smallvec};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&SUM, &MEAN, &PROD, &ANY, &ALL_TRUE];

/// The parameters of most reductions.
pub(super) const PARAMS: &[&str] = &["x", "axis = none", "keepdims = false"];
/// Where most reductions are checked.
pub(super) const SAMPLES: &[&str] = &[
    "[1, 2.5, 3]",
    "[[1, 2], [3, 4]], 0",
    "[[1, 2], [3, 4]], axis = 1, keepdims = true",
    "5",
    "[[1.5, 2, 4], [3, -4, 2]].T, -1",
    "[[[1, 2], [3, 4.5]], [[5, 6], [-7, 8]]], (0, 2)",
    "[[1, 2], [3, 4]], keepdims = true",
    "zeros(0, 2), 1",
];
const EMPTY_TOO: &[&str] = &[
    "[1, 2.5, 3]",
    "[[1, 2], [3, 4]], 0",
    "[[1, 2], [3, 4]], axis = 1, keepdims = true",
    "5",
    "[[1.5, 2, 4], [3, -4, 2]].T, -1",
    "[[[1, 2], [3, 4.5]], [[5, 6], [-7, 8]]], (0, 2)",
    "[[1, 2], [3, 4]], keepdims = true",
    "zeros(0)",
    "zeros(0, 2), 0",
];
const WITH_ZEROS: &[&str] = &[
    "[1, 2.5, 3]",
    "[[1, 2], [3, 4]], 0",
    "[[1, 2], [3, 4]], axis = 1, keepdims = true",
    "5",
    "[[1.5, 2, 4], [3, -4, 2]].T, -1",
    "[[[1, 2], [3, 4.5]], [[5, 6], [-7, 8]]], (0, 2)",
    "[2, 0, 3]",
    "[0, 2, 0, 3]",
    "[0, 2, 0, 0]",
    "zeros(0)",
];

/// The axes of a reduction.
pub(super) struct Reduction {
    /// Which axes disappear.
    pub axes: Axes,
    /// Whether they stay with length 1.
    pub keepdims: bool,
}

impl Under for Axes {
    fn under(&self, _: usize, rank: usize) -> Outcome<Axes> {
        Ok(Axes::Some(match self {
            Axes::All => (1..=rank).collect(),
            Axes::Some(axes) => axes.iter().map(|axis| axis + 1).collect(),
        }))
    }
}

impl Under for Reduction {
    fn under(&self, count: usize, rank: usize) -> Outcome<Reduction> {
        Ok(Reduction { axes: self.axes.under(count, rank)?, keepdims: self.keepdims })
    }
}

thread_local! {
    /// The plan for everything into one, which every turn of a loop may ask for.
    static WHOLE: Plan = Plan::shifting(Reduction { axes: Axes::All, keepdims: false });
}

/// What a reduction computes with.
pub(super) type Kernel = fn(&Array, &Axes, bool) -> Outcome<Array>;

/// Reads `x, axis, keepdims`.
pub(super) fn read(args: &Arguments) -> Outcome<(Plan, SmallVec<[Var; 2]>)> {
    let x = args.var(0)?;
    if args.is_single() {
        return Ok((WHOLE.with(Plan::clone), smallvec![x]));
    }
    let reduction = read_reduction(args, &x, 1, 2)?;
    Ok((Plan::shifting(reduction), smallvec![x]))
}

/// Reads the axes and `keepdims`, which are the arguments of these numbers.
pub(super) fn read_reduction(args: &Arguments, x: &Var, axis: usize, keepdims: usize) -> Outcome<Reduction> {
    let axes = args.axes(axis)?;
    let axes = reduce::axes(axes.as_deref(), x.shape().len())?;
    Ok(Reduction { axes, keepdims: args.flag_or(keepdims, false)? })
}

/// The axes over which a reduction goes.
fn reduced_axes(plan: &Plan) -> Outcome<&Axes> {
    Ok(&plan.get::<Reduction>()?.axes)
}

/// Runs the kernel of a sum or a mean. What is recorded and not computed yet stays so: whoever asks for the
/// derivative goes through the same elements, and has the sum on the way.
fn run_sum(cx: &Context, kernel: Kernel, mean: bool, plan: &Plan, args: &[Var]) -> Outcome<Var> {
    if let [Var::Array(x)] = args
        && x.is_pending()
        && cx.step_is_recorded()
    {
        let reduction: &Reduction = plan.get()?;
        let shape = reduce::reduced_shape(x.shape(), &reduction.axes, reduction.keepdims);
        if shape.is_empty() && x.dtype() != DType::Bool {
            let divisor = if mean { x.len() as f64 } else { 1.0 };
            return Ok(Var::Array(Rc::new(lazy::sum(x.clone(), divisor)?)));
        }
    }
    run(kernel, plan, args)
}

/// Runs the kernel of a reduction.
pub(super) fn run(kernel: Kernel, plan: &Plan, args: &[Var]) -> Outcome<Var> {
    let reduction: &Reduction = plan.get()?;
    match args {
        [x] => Ok(kernel(&x.array(), &reduction.axes, reduction.keepdims)?.into()),
        _ => Ok(Var::default()),
    }
}

pub(crate) static SUM: Builtin = Builtin {
    name: "sum",
    params: PARAMS,
    doc: "Sum of the elements, over all axes or some.\n\nOf truth values it is how many are true.\n> sum([[1, 2], [3, 4]], axis = 0)\n[4, 6]",
    samples: EMPTY_TOO,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::Sums {
                value: |cx, plan, args| run_sum(cx, reduce::sum, false, plan, args),
                axes: reduced_axes,
                mean: false,
            },
            grad: Grad::Linear(|p: &Pull<'_>, _| spread(p, p.dy)),
            number: Number::new(),
        },
    ),
};

pub(crate) static MEAN: Builtin = Builtin {
    name: "mean",
    params: PARAMS,
    doc: "Arithmetic mean of the elements, over all axes or some.\n\nOf no elements it is `nan`.\n> mean([[1, 2], [3, 4]], axis = 0)\n[2, 3]",
    samples: SAMPLES,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::Sums {
                value: |cx, plan, args| run_sum(cx, reduce::mean, true, plan, args),
                axes: reduced_axes,
                mean: true,
            },
            grad: Grad::Linear(|p: &Pull<'_>, _| {
                let dy = p.cx.apply(DIVIDE.op(), &[p.dy.clone(), Var::Num(meeting(p)? as f64)])?;
                spread(p, &dy)
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static PROD: Builtin = Builtin {
    name: "prod",
    params: PARAMS,
    doc: "Product of the elements, over all axes or some.\n\nIts derivative is exact with zeros among the elements too.\n> prod([[1, 2], [3, 4]], axis = 0)\n[3, 8]\n> grad(prod)([0, 2, 3])\n[6, 0, 0]",
    samples: WITH_ZEROS,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::Streaming(|_, plan, args| run(reduce::prod, plan, args)),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let reduction: &Reduction = p.plan.get()?;
                let Some(x) = p.args.first() else { return Ok(p.dy.clone()) };
                let others = others_along(p.cx, x, &reduction.axes)?;
                p.cx.apply(WEIGH.op(), &[spread(p, p.dy)?, others])
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static ANY: Builtin = Builtin {
    name: "any",
    params: PARAMS,
    doc: "Whether any element is true, over all axes or some.\n\nA number counts as true if it is not zero.\n> any([1, 2, 3] > 2)\ntrue",
    samples: EMPTY_TOO,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::Streaming(|_, plan, args| run(reduce::any, plan, args)),
            grad: Grad::Blocked,
            number: Number::new(),
        },
    ),
};

pub(crate) static ALL_TRUE: Builtin = Builtin {
    name: "all",
    params: PARAMS,
    doc: "Whether every element is true, over all axes or some.\n\nA number counts as true if it is not zero.\n> all([[1, 0], [1, 1]], axis = 0)\n[true, false]",
    samples: EMPTY_TOO,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::Streaming(|_, plan, args| run(reduce::all, plan, args)),
            grad: Grad::Blocked,
            number: Number::new(),
        },
    ),
};

/// A value with the shape of a reduction's result, stretched to the operand's shape.
pub(super) fn spread(p: &Pull<'_>, value: &Var) -> Outcome<Var> {
    let reduction: &Reduction = p.plan.get()?;
    spread_over(p, value, &reduction.axes)
}

/// Elements up to which a cotangent is spread in one step.
const SMALL: usize = 4096;

/// A value with the shape of a result over these axes, stretched to the operand's shape.
pub(super) fn spread_over(p: &Pull<'_>, value: &Var, axes: &Axes) -> Outcome<Var> {
    let Some(x) = p.args.first() else { return Ok(value.clone()) };
    if *axes == Axes::All
        && p.cx.plainly()
        && value.dtype() == x.dtype()
        && x.len() <= SMALL
        && let Some(value) = value.item()
    {
        return x.filled_like(value);
    }
    let kept: Shape = reduce::reduced_shape(x.shape(), axes, true);
    if p.cx.plainly()
        && value.dtype() == x.dtype()
        && x.len() <= SMALL
        && let Var::Array(value) = value.plain()
        && !value.is_pending()
        && value.behind().is_none()
    {
        let spread: Data = each_dtype!(value.data(), data => stretched(data, &kept, x.shape())?.into());
        return Ok(Array::new(Shape::from_slice(x.shape()), spread).into());
    }
    let value = reshape(p.cx, value, &kept)?;
    stretch(p.cx, &value, x)
}

/// How many elements meet in each element of the result.
fn meeting(p: &Pull<'_>) -> Outcome<usize> {
    let reduction: &Reduction = p.plan.get()?;
    Ok(p.args.first().map_or(1, |x| reduce::count_along(x.shape(), &reduction.axes)))
}

/// For every element, the product of the others that it meets along these axes.
fn others_along(cx: &Context, x: &Var, axes: &Axes) -> Outcome<Var> {
    let shape = Shape::from_slice(x.shape());
    if count(&shape) == 0 {
        return Ok(x.clone());
    }
    // The reduced axes last, as one.
    let (reduced, kept): (Shape, Shape) = (0..shape.len()).partition(|&axis| axes.contains(axis));
    let order: Shape = kept.iter().chain(&reduced).copied().collect();
    let moved: Shape = order.iter().filter_map(|&axis| shape.get(axis).copied()).collect();
    let n = reduce::count_along(&shape, axes);
    let rows = reshape(cx, &transpose(cx, x, &order)?, &[count(&shape) / n, n])?;
    let others = reshape(cx, &others(cx, &rows)?, &moved)?;
    transpose(cx, &others, &inverse(&order))
}

/// For every element of a row, the product of the others. Halves are multiplied until one element is
/// left; on the way back each half of a product is multiplied by the other half. So nothing is divided,
/// and since every step is recorded, any order of derivative is exact.
fn others(cx: &Context, rows: &Var) -> Outcome<Var> {
    let n = rows.shape().last().copied().unwrap_or(1);
    if n == 1 {
        return rows.plain().filled_like(1.0);
    }
    let half = n / 2;
    let (first, second) = (slice_along(cx, rows, 1, 0, half)?, slice_along(cx, rows, 1, half, 2 * half)?);
    let product = cx.apply(MULTIPLY.op(), &[first.clone(), second.clone()])?;
    let odd = (n % 2 == 1).then(|| slice_along(cx, rows, 1, n - 1, n)).transpose()?;
    let joined = match &odd {
        Some(odd) => concat(cx, &[product, odd.clone()], 1)?,
        None => product,
    };
    let outer = others(cx, &joined)?;
    let others_of_products = if odd.is_some() { slice_along(cx, &outer, 1, 0, half)? } else { outer.clone() };
    let mut parts = vec![
        cx.apply(MULTIPLY.op(), &[others_of_products.clone(), second])?,
        cx.apply(MULTIPLY.op(), &[others_of_products, first])?,
    ];
    if odd.is_some() {
        parts.push(slice_along(cx, &outer, 1, half, half + 1)?);
    }
    concat(cx, &parts, 1)
}
