//! Spread and size: `var`, `std`, `norm`.

use super::arithmetic::{DIVIDE, EQUAL, MULTIPLY, POWER, POWERS, WEIGH};
use super::choose::WHERE;
use super::extremes::share;
use super::reduce::{Reduction, read_reduction, spread_over};
use super::rounding::SIGN;
use crate::array::fold::total;
use crate::array::map::{map1, map2};
use crate::array::operand::Operand;
use crate::array::reduce::{self, Axes};
use crate::array::{Array, DType};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Outcome, Problem};
use crate::value::{Arguments, Builtin, Run, Value};
use crate::{kernel1, kernel2};
use smallvec::{SmallVec, smallvec};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&VAR, &STD, &CENTRE, &NORM];

/// Over which axes a spread is taken, and what its sum of squares is divided by.
struct Spread {
    reduction: Reduction,
    divisor: f64,
}

fn read(args: &Arguments) -> Outcome<(Plan, SmallVec<[Var; 2]>)> {
    let x = args.var(0)?;
    let reduction = read_reduction(args, &x, 1, 3)?;
    let divisor = (reduce::count_along(x.shape(), &reduction.axes) as f64 - args.number_or(2, 0.0)?).max(0.0);
    Ok((Plan::shifting(Spread { reduction, divisor }), [x].into_iter().collect()))
}

const PARAMS: &[&str] = &["x", "axis = none", "ddof = 0", "keepdims = false"];
const SAMPLES: &[&str] = &[
    "[1, 2.5, 3]",
    "[[1, 2], [4, 3]], 0",
    "[[1, 2], [3, 5]], axis = 1, ddof = 1, keepdims = true",
    "[[1.5, 2, 4], [3, -4, 2]].T, -1",
    "[[[1, 2], [3, 4.5]], [[5, 6], [-7, 8]]], (0, 2)",
    "5",
    "zeros(0, 2), 1",
];

pub(crate) static VAR: Builtin = Builtin {
    name: "var",
    params: PARAMS,
    doc: "Variance of the elements, over all axes or some.\n\nThe squared distances from the mean are divided by how many there are, less `ddof`.\n> var([1, 2, 3, 4])\n1.25\n> var([1, 2, 3, 4], ddof = 1)\n1.66667",
    samples: SAMPLES,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::General(|_, plan, args| {
                let x = args.first().cloned().unwrap_or_default();
                Ok(variance(&x.array(), plan.get()?)?.cast(real(&x)).into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let plan: &Spread = p.plan.get()?;
                let slope =
                    p.cx.apply(MULTIPLY.op(), &[centred(p, &plan.reduction.axes)?, Var::Num(2.0 / plan.divisor)])?;
                p.cx.apply(WEIGH.op(), &[spread_over(p, p.dy, &plan.reduction.axes)?, slope])
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static STD: Builtin = Builtin {
    name: "std",
    params: PARAMS,
    doc: "Standard deviation of the elements, over all axes or some: the square root of `var`.\n\nWhere all elements are the same, its derivative is 0.\n> std([1, 2, 3, 4])\n1.11803",
    samples: SAMPLES,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::General(|_, plan, args| {
                let x = args.first().cloned().unwrap_or_default();
                Ok(map1(&kernel1!(|x| x.sqrt()), &variance(&x.array(), plan.get()?)?)?.cast(real(&x)).into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let plan: &Spread = p.plan.get()?;
                let out = spread_over(p, &safe(p.cx, &p.out())?, &plan.reduction.axes)?;
                let out = p.cx.apply(MULTIPLY.op(), &[out, Var::Num(plan.divisor)])?;
                let slope = p.cx.apply(DIVIDE.op(), &[centred(p, &plan.reduction.axes)?, out])?;
                p.cx.apply(WEIGH.op(), &[spread_over(p, p.dy, &plan.reduction.axes)?, slope])
            }),
            number: Number::new(),
        },
    ),
};

fn real(x: &Var) -> DType {
    if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 }
}

/// The variance, in double precision.
fn variance(x: &Array, plan: &Spread) -> Outcome<Array> {
    let away = centre(&x.cast(DType::F64), &plan.reduction.axes)?;
    let squares = map1(&kernel1!(|x| x * x), &away)?;
    let sums = reduce::sum(&squares, &plan.reduction.axes, plan.reduction.keepdims)?;
    map2(&kernel2!(|x, y| x / y), Operand::Array(&sums), Operand::Num(plan.divisor))
}

/// Every element less the mean of those that meet it. A mean lies between the extremes; rounding could
/// put it a bit outside, and then a constant would seem to vary.
fn centre(x: &Array, axes: &Axes) -> Outcome<Array> {
    let mut mean = reduce::mean(x, axes, true)?;
    if reduce::count_along(x.shape(), axes) > 0 {
        let (low, high) = (reduce::min(x, axes, true)?, reduce::max(x, axes, true)?);
        mean = map2(&kernel2!(|x, y| if x < y { y } else { x }), Operand::Array(&mean), Operand::Array(&low))?;
        mean = map2(&kernel2!(|x, y| if x > y { y } else { x }), Operand::Array(&mean), Operand::Array(&high))?;
    }
    map2(&kernel2!(|x, y| x - y), Operand::Array(x), Operand::Array(&mean))
}

/// `x` less its mean. It is a projection, so it is its own derivative and its own transpose.
pub(crate) static CENTRE: Builtin = Builtin {
    name: "(centre)",
    params: &["x"],
    doc: "Every element less the mean of those that meet it.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => {
                    let x = x.array();
                    let x = if x.dtype() == DType::Bool { x.cast(DType::F64) } else { x.into_owned() };
                    Ok(centre(&x, plan.get()?)?.into())
                }
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                p.cx.apply_with(CENTRE.op(), p.plan.clone(), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

fn centred(p: &Pull<'_>, axes: &Axes) -> Outcome<Var> {
    let x = p.args.first().cloned().unwrap_or_default();
    p.cx.apply_with(CENTRE.op(), Plan::shifting(axes.clone()), &[x])
}

/// A result to divide by: 1 where it is 0, which is where the middle choice of slope is 0.
fn safe(cx: &Context, out: &Var) -> Outcome<Var> {
    let zero = cx.apply(EQUAL.op(), &[out.to_plain(), Var::Num(0.0)])?;
    cx.apply(WHERE.op(), &[zero, Var::Num(1.0), out.clone()])
}

/// Elements up to which there is nothing to share between threads.
const SMALL: usize = 4096;

/// Which norm, over which axes. The axes come first as in every reduction.
struct Norm {
    order: f64,
    reduction: Reduction,
}

impl Norm {
    /// Whether it is the length of the whole.
    fn is_usual(&self) -> bool {
        matches!(self, Norm { order: 2.0, reduction: Reduction { axes: Axes::All, keepdims: false } })
    }
}

thread_local! {
    /// The plan for the length of the whole, which every turn of a loop may ask for.
    static USUAL: Plan =
        Plan::shifting(Norm { order: 2.0, reduction: Reduction { axes: Axes::All, keepdims: false } });
}

impl Under for Norm {
    fn under(&self, count: usize, rank: usize) -> Outcome<Norm> {
        Ok(Norm { order: self.order, reduction: self.reduction.under(count, rank)? })
    }
}

impl Under for Spread {
    fn under(&self, count: usize, rank: usize) -> Outcome<Spread> {
        Ok(Spread { reduction: self.reduction.under(count, rank)?, divisor: self.divisor })
    }
}

pub(crate) static NORM: Builtin = Builtin {
    name: "norm",
    params: &["x", "ord = 2", "axis = none", "keepdims = false"],
    doc: "Length of a vector: the square root of the sum of squares, over all axes or some.\n\nSo of a matrix it is the Frobenius norm. `ord = 1` sums absolute values, `inf` takes the largest, `-inf` the smallest, 0 counts what is not zero; any other `p` is the `p`-th root of the sum of `p`-th powers. Where the norm is 0, its derivative is 0.\n> norm([3, 4])\n5\n> norm([3, -4], 1)\n7\n> norm([[3, 4], [6, 8]], axis = 1)\n[5, 10]",
    samples: &[
        "[3, 4]",
        "[[1, 2], [3, -4]]",
        "5",
        "[[3, 4], [6, 8]], axis = 1, keepdims = true",
        "[3, -4, 1], 1",
        "[3, -4, 1], inf",
        "[3, -4, 1], -inf",
        "[[1.5, 2, 4], [3, -4, 2]].T, 3, -1",
        "[1, 2, -3], 1.5",
        "[1, 2, 3], 0",
        "[1, 2, -3], -1",
        "zeros(0)",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            if args.is_single() {
                return Ok((USUAL.with(Plan::clone), smallvec![x]));
            }
            let order = match args.get(1) {
                Value::None | Value::Unset => 2.0,
                Value::Text(_) => {
                    return Err(args
                        .wrong(1, "a number")
                        .help("of a matrix, the default is the Frobenius norm; the nuclear norm is sum(svdvals(x))"));
                }
                _ => args.number(1)?,
            };
            let reduction = read_reduction(args, &x, 2, 3)?;
            Ok((Plan::shifting(Norm { order, reduction }), smallvec![x]))
        },
        Op {
            forward: Forward::General(|_, plan, args| {
                let ([x], norm): (_, &Norm) = (args, plan.get()?) else { return Ok(Var::default()) };
                if let Var::Array(x) = x
                    && norm.is_usual()
                    && let Some(data) = x.doubles().filter(|data| data.len() <= SMALL)
                {
                    let length = total(data, |x| x * x, 0.0, |a, b| a + b)?.sqrt();
                    if !odd(&length) {
                        return Ok(Var::Num(length));
                    }
                }
                let (dtype, x) = (real(x), x.array());
                let length = match usual_length(&x, norm)? {
                    Some(length) => length,
                    None => length(&x.cast(DType::F64), norm)?,
                };
                Ok(if length.dtype() == dtype { length } else { length.cast(dtype) }.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| pull(p)),
            number: Number::new(),
        },
    ),
};

/// Whether the root of a sum of squares may have lost digits on the way: squares of very large or small
/// numbers do not fit into a double.
fn odd(&x: &f64) -> bool {
    x.is_infinite() || x < 1e-140 && x > 0.0 || x == 0.0
}

/// The root of the sum of squares, in one pass, unless that is not the norm that was asked for, or another way
/// is needed.
fn usual_length(x: &Array, plan: &Norm) -> Outcome<Option<Array>> {
    if plan.order != 2.0 {
        return Ok(None);
    }
    let sums = reduce::sum_of_squares(x, &plan.reduction.axes, plan.reduction.keepdims)?;
    let roots = map1(&kernel1!(|x| x.sqrt()), &sums)?;
    let usual = roots.doubles().is_some_and(|roots| !roots.iter().any(odd));
    Ok(usual.then_some(roots))
}

fn length(x: &Array, plan: &Norm) -> Outcome<Array> {
    let (axes, keep) = (&plan.reduction.axes, plan.reduction.keepdims);
    let sizes = map1(&kernel1!(|x| x.abs()), x)?;
    match plan.order {
        f64::INFINITY => reduce::max(&sizes, axes, keep),
        f64::NEG_INFINITY => reduce::min(&sizes, axes, keep),
        1.0 => reduce::sum(&sizes, axes, keep),
        0.0 => reduce::sum(
            &map1(
                &kernel1!(|x| if x.is_nan() {
                    x
                } else if x == 0.0 {
                    0.0
                } else {
                    1.0
                }),
                &sizes,
            )?,
            axes,
            keep,
        ),
        p => {
            let plain = root_of_sum(&sizes, p, axes, keep)?;
            // Ratios to the largest fit.
            if p < 1.0 || x.is_empty() || !plain.to_doubles().iter().any(odd) {
                return Ok(plain);
            }
            let scale =
                map1(&kernel1!(|x| if x > 0.0 && x.is_finite() { x } else { 1.0 }), &reduce::max(&sizes, axes, true)?)?;
            let ratios = map2(&kernel2!(|x, y| x / y), Operand::Array(&sizes), Operand::Array(&scale))?;
            let roots = root_of_sum(&ratios, p, axes, true)?;
            let scaled = map2(&kernel2!(|x, y| x * y), Operand::Array(&roots), Operand::Array(&scale))?;
            Ok(Array::new(plain.shape(), scaled.into_data()))
        }
    }
}

fn root_of_sum(sizes: &Array, p: f64, axes: &Axes, keep: bool) -> Outcome<Array> {
    if p == 2.0 {
        let sums = reduce::sum(&map1(&kernel1!(|x| x * x), sizes)?, axes, keep)?;
        return map1(&kernel1!(|x| x.sqrt()), &sums);
    }
    let sums = reduce::sum(&map2(&POWERS, Operand::Array(sizes), Operand::Num(p))?, axes, keep)?;
    map2(&POWERS, Operand::Array(&sums), Operand::Num(1.0 / p))
}

/// The slope of a norm: `x / norm` for the usual one, in general `sign(x) (|x| / norm)^(p - 1)`.
fn pull(p: &Pull<'_>) -> Outcome<Var> {
    let plan: &Norm = p.plan.get()?;
    let (cx, axes) = (p.cx, &plan.reduction.axes);
    let x = p.args.first().cloned().unwrap_or_default();
    if let (2.0, Axes::All, true) = (plan.order, axes, cx.plainly())
        && let (Some(dy), Some(norm)) = (p.dy.item(), p.node.out.item())
        && let Var::Array(x) = x.plain()
        && let (false, Some(data)) = (x.is_pending(), x.doubles())
    {
        // What follows, in one pass.
        let norm = if norm == 0.0 { 1.0 } else { norm };
        let slopes = data.iter().map(|&x| if dy == 0.0 { 0.0 } else { dy * (x / norm) });
        return Ok(x.with_elements(slopes.collect()).into());
    }
    let dy = spread_over(p, p.dy, axes)?;
    let wide = || spread_over(p, &safe(cx, &p.out())?, axes);
    let slope = match plan.order {
        2.0 => cx.apply(DIVIDE.op(), &[x, wide()?])?,
        1.0 => cx.apply(SIGN.op(), &[x])?,
        // Its value jumps, and is flat in between.
        0.0 => Var::Num(0.0),
        order if order.is_infinite() => {
            let sizes: Var = map1(&kernel1!(|x| x.abs()), &x.array().cast(real(&x)))?.into();
            let share = share(p, &sizes, &p.node.out, axes)?;
            cx.apply(MULTIPLY.op(), &[cx.apply(SIGN.op(), &[x])?, share])?
        }
        order => {
            let sign = cx.apply(SIGN.op(), &[x.to_plain()])?;
            let sizes = cx.apply(MULTIPLY.op(), &[x, sign.clone()])?;
            let ratio = cx.apply(DIVIDE.op(), &[sizes, wide()?])?;
            let power = cx.apply(POWER.op(), &[ratio, Var::Num(order - 1.0)])?;
            cx.apply(WEIGH.op(), &[sign, power])?
        }
    };
    cx.apply(WEIGH.op(), &[dy, slope])
}
