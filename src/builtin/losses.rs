//! Softmax and its kin, and the losses that rest on them.
//!
//! All of them subtract the largest element before they exponentiate, so that `softmax([1000, 0])` is
//! `[1, 0]`, and add the logarithm of a sum as `log(1 + rest)`, so that `logsumexp([0, -40])` is not 0.

use super::arithmetic::{DIVIDE, MULTIPLY, SUBTRACT, fit};
use super::elementwise::EXP;
use super::indexing::INDEX;
use super::shape::reshape;
use crate::array::index::{IndexItem, select};
use crate::array::reduce::{self, Axes};
use crate::array::{Array, DType, Shape, fold, layout, limits, shape_text};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Call, Run, Value, as_whole};
use smallvec::SmallVec;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&SOFTMAX, &LOG_SOFTMAX, &LOGSUMEXP, &CROSS_ENTROPY];

/// Along which axes the elements belong together.
struct Lanes {
    axes: Axes,
    keepdims: bool,
    /// What the shares of a lane are in which everything is -inf: 0, or nan.
    vanishing: f64,
}

impl Under for Lanes {
    fn under(&self, count: usize, rank: usize) -> Outcome<Lanes> {
        Ok(Lanes { axes: self.axes.under(count, rank)?, ..*self })
    }
}

const ALONG: &[&str] = &[
    "[0.5, -1, 2]",
    "[[1, 2, 0], [3, -4, 0.5]]",
    "[[1, 2], [3, 4]], 0",
    "[[[1, 2], [3, 4]], [[0, 1], [2, -1]]], axis = 1",
    "3",
    "zeros(0)",
    "zeros(2, 0)",
];

fn read_last(args: &Arguments) -> Outcome<(Plan, SmallVec<[Var; 2]>)> {
    let x = args.var(0)?;
    let rank = x.shape().len();
    let axes = match args.get(1) {
        Value::Unset if rank > 0 => reduce::axes(Some(&[-1]), rank)?,
        _ => reduce::axes(args.axes(1)?.as_deref(), rank)?,
    };
    Ok((Plan::shifting(Lanes { axes, keepdims: true, vanishing: f64::NAN }), [x].into_iter().collect()))
}

pub(crate) static SOFTMAX: Builtin = Builtin {
    name: "softmax",
    params: &["x", "axis = -1"],
    doc: "Exponentials along an axis, divided by their sum: positive shares that sum to 1.\n> softmax([0, log(3)])\n[0.25, 0.75]",
    samples: ALONG,
    run: Run::Operation(
        read_last,
        Op {
            forward: Forward::General(|_, plan, args| {
                let plan: &Lanes = plan.get()?;
                along(args, plan, |lane, out| shares(lane, plan.vanishing, out))
            }),
            // y (dy - Σ y dy)
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let product = p.cx.apply(MULTIPLY.op(), &[p.out(), p.dy.clone()])?;
                let total = total_along(p, &product)?;
                p.cx.apply(SUBTRACT.op(), &[product, p.cx.apply(MULTIPLY.op(), &[p.out(), total])?])
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static LOG_SOFTMAX: Builtin = Builtin {
    name: "log_softmax",
    params: &["x", "axis = -1"],
    doc: "Logarithm of `softmax`, exact where that is too small for a number.\n> log_softmax([0, -1000])\n[0, -1000]",
    samples: ALONG,
    run: Run::Operation(
        read_last,
        Op {
            forward: Forward::General(|_, plan, args| along(args, plan.get()?, log_shares)),
            // dy - exp(y) Σ dy
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let total = total_along(p, p.dy)?;
                let shares = p.cx.apply(EXP.op(), &[p.out()])?;
                p.cx.apply(SUBTRACT.op(), &[p.dy.clone(), p.cx.apply(MULTIPLY.op(), &[shares, total])?])
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static LOGSUMEXP: Builtin = Builtin {
    name: "logsumexp",
    params: &["x", "axis = none", "keepdims = false"],
    doc: "Logarithm of the sum of the exponentials, over all axes or some.\n\nIt is exact where the exponentials are too large or too small for a number, and for infinities.\n> logsumexp([1000, 1000])\n1000.69\n> logsumexp([-inf, -inf])\n-inf",
    samples: &[
        "[0.5, -1, 2]",
        "[[1, 2, 0], [3, -4, 0.5]], 0",
        "[[1, 2], [3, 4]], axis = 1, keepdims = true",
        "[[[1, 2], [3, 4]], [[0, 1], [2, -1]]], (0, 2)",
        "3",
        "zeros(0)",
        "zeros(2, 0), 1",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let axes = reduce::axes(args.axes(1)?.as_deref(), x.shape().len())?;
            Ok((
                Plan::shifting(Lanes { axes, keepdims: args.flag_or(2, false)?, vanishing: 0.0 }),
                [x].into_iter().collect(),
            ))
        },
        Op {
            forward: Forward::General(|_, plan, args| {
                let plan: &Lanes = plan.get()?;
                let Some(x) = args.first() else { return Ok(Var::default()) };
                let x = x.array();
                let shape = reduce::reduced_shape(x.shape(), &plan.axes, plan.keepdims);
                let (turned, _) = lanes_last(&x, &plan.axes)?;
                let n = reduce::count_along(x.shape(), &plan.axes);
                let mut out = limits::reserve(limits::checked_count(&shape)?)?;
                let mut spare = Vec::new();
                let data = turned.to_doubles();
                for i in 0..crate::array::count(&shape) {
                    out.push(log_sum(data.get(i * n..(i + 1) * n).unwrap_or(&[]), &mut spare)?);
                }
                Ok(Array::new(shape, out).cast(real(x.dtype())).into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let plan: &Lanes = p.plan.get()?;
                let Some(x) = p.args.first() else { return Ok(p.dy.clone()) };
                let dy = reshape(p.cx, p.dy, &reduce::reduced_shape(x.shape(), &plan.axes, true))?;
                let shares = Lanes { axes: plan.axes.clone(), keepdims: true, vanishing: 0.0 };
                let shares = p.cx.apply_with(SOFTMAX.op(), Plan::shifting(shares), p.args)?;
                p.cx.weigh(&dy, &shares)
            }),
            number: Number::new(),
        },
    ),
};

/// Softmax along the last axis.
///
/// # Errors
/// When there is no axis, or memory runs out.
pub(super) fn softmax(cx: &Context, x: &Var) -> Outcome<Var> {
    let axes = reduce::axes(Some(&[-1]), x.shape().len())?;
    let plan = Lanes { axes, keepdims: true, vanishing: f64::NAN };
    cx.apply_with(SOFTMAX.op(), Plan::shifting(plan), std::slice::from_ref(x))
}

fn real(dtype: DType) -> DType {
    if dtype == DType::F32 { DType::F32 } else { DType::F64 }
}

/// The array with the axes of a lane last, and the order of axes that puts them back if they moved.
fn lanes_last(x: &Array, axes: &Axes) -> Outcome<(Array, Option<Vec<usize>>)> {
    let (lanes, rest): (Vec<usize>, Vec<usize>) = (0..x.rank()).partition(|&axis| axes.contains(axis));
    let order: Vec<usize> = rest.into_iter().chain(lanes).collect();
    if order.iter().enumerate().all(|(i, &axis)| i == axis) {
        return Ok((x.clone(), None));
    }
    let mut back = vec![0; order.len()];
    for (i, &axis) in order.iter().enumerate() {
        if let Some(place) = back.get_mut(axis) {
            *place = i;
        }
    }
    Ok((layout::permute(x, &order)?, Some(back)))
}

/// Something of every lane that is as long as the lane.
fn along(args: &[Var], plan: &Lanes, mut visit: impl FnMut(&[f64], &mut Vec<f64>) -> Outcome<()>) -> Outcome<Var> {
    let Some(x) = args.first() else { return Ok(Var::default()) };
    let x = x.array();
    let (turned, back) = lanes_last(&x, &plan.axes)?;
    let n = reduce::count_along(x.shape(), &plan.axes);
    let mut out = limits::reserve(x.len())?;
    for lane in turned.to_doubles().chunks_exact(n.max(1)) {
        visit(lane, &mut out)?;
    }
    let result = Array::new(Shape::from_slice(turned.shape()), out);
    let result = match back {
        Some(back) => layout::permute(&result, &back)?,
        None => result,
    };
    Ok(result.cast(real(x.dtype())).into())
}

/// The largest element; nan if there is one.
fn largest(lane: &[f64]) -> f64 {
    lane.iter().fold(f64::NEG_INFINITY, |most, &x| if x > most || x.is_nan() { x } else { most })
}

fn sum(terms: &[f64]) -> Outcome<f64> {
    fold::total(terms, |x| x, 0.0, |a, b| a + b)
}

/// exp(x) / Σ exp(x)
fn shares(lane: &[f64], vanishing: f64, out: &mut Vec<f64>) -> Outcome<()> {
    let most = largest(lane);
    let start = out.len();
    match most {
        // What is infinite has all, and shares it equally.
        f64::INFINITY => out.extend(lane.iter().map(|&x| if x == most { 1.0 } else { 0.0 })),
        f64::NEG_INFINITY => {
            out.extend(lane.iter().map(|_| vanishing));
            return Ok(());
        }
        _ => out.extend(lane.iter().map(|&x| (x - most).exp())),
    }
    let terms = out.get_mut(start..).unwrap_or(&mut []);
    let total = sum(terms)?;
    terms.iter_mut().for_each(|x| *x /= total);
    Ok(())
}

/// x - log Σ exp(x)
fn log_shares(lane: &[f64], out: &mut Vec<f64>) -> Outcome<()> {
    let most = largest(lane);
    if most.is_infinite() {
        let count = lane.iter().filter(|&&x| x == most).count() as f64;
        out.extend(lane.iter().map(|&x| {
            if most < 0.0 {
                f64::NAN
            } else if x == most {
                -count.ln()
            } else {
                f64::NEG_INFINITY
            }
        }));
        return Ok(());
    }
    let start = out.len();
    out.extend(lane.iter().map(|&x| (x - most).exp()));
    let log = log_of_rest(lane, most, out.get_mut(start..).unwrap_or(&mut []))?;
    for (out, &x) in out.iter_mut().skip(start).zip(lane) {
        *out = (x - most) - log;
    }
    Ok(())
}

/// log Σ exp(x)
fn log_sum(lane: &[f64], spare: &mut Vec<f64>) -> Outcome<f64> {
    let most = largest(lane);
    if most.is_infinite() {
        return Ok(most);
    }
    spare.clear();
    spare.extend(lane.iter().map(|&x| (x - most).exp()));
    Ok(most + log_of_rest(lane, most, spare)?)
}

/// log(1 + the sum of all terms but one of the largest), which are spoilt.
fn log_of_rest(lane: &[f64], most: f64, terms: &mut [f64]) -> Outcome<f64> {
    if let Some(first) = lane.iter().position(|&x| x == most)
        && let Some(term) = terms.get_mut(first)
    {
        *term = 0.0;
    }
    Ok(sum(terms)?.ln_1p())
}

/// The sum of a lane, stretched along it.
fn total_along(p: &Pull<'_>, x: &Var) -> Outcome<Var> {
    if x.is_empty() {
        return Ok(x.clone());
    }
    let plan: &Lanes = p.plan.get()?;
    let shape = reduce::reduced_shape(x.shape(), &plan.axes, true);
    fit(p.cx, x, &Array::full(shape, 0.0, real(x.dtype()))?.into())
}

pub(crate) static CROSS_ENTROPY: Builtin = Builtin {
    name: "cross_entropy",
    params: &["logits", "labels"],
    doc: "The mean negative logarithm of the probability that `softmax` gives to the right class.\n\nClasses are along the last axis of `logits`. `labels` are class numbers, with one axis less, or probabilities of all classes, with the same shape. Logits of one axis are one case.\n> cross_entropy([[2, 0, 0], [0, 0, 2]], [0, 2])\n0.239545\n> cross_entropy([0, 0], 1)\n0.693147\n> cross_entropy([0, 0], [0.5, 0.5])\n0.693147",
    samples: &[
        "[[2, 0, 1], [0, -1, 2]], [0, 2]",
        "[2, 0, 1], 1",
        "[[2, 0, 1], [0, -1, 2]], [[1, 0, 0], [0.25, 0.5, 0.25]]",
        "[[[2, 0], [0, -1]], [[1, 1], [3, 0]]], [[0, 1], [1, 0]]",
        "zeros(0, 3), zeros(0)",
    ],
    run: Run::Routine(cross_entropy),
};

fn cross_entropy(call: &mut Call<'_>) -> Outcome<Value> {
    let (logits, labels) = (call.args.var(0)?, call.args.var(1)?);
    let cx = call.host.cx();
    let [batch @ .., classes] = logits.shape() else {
        return Err(Problem::new("cross_entropy needs the classes along the last axis")
            .label(Part::Argument(0), "a single number"));
    };
    let cases = crate::array::count(batch);
    let axes = reduce::axes(Some(&[-1]), logits.shape().len())?;
    let likely = cx.apply_with(
        LOG_SOFTMAX.op(),
        Plan::shifting(Lanes { axes, keepdims: true, vanishing: f64::NAN }),
        std::slice::from_ref(&logits),
    )?;
    let chosen = if labels.shape() == logits.shape() {
        cx.weigh(&labels, &likely)?
    } else if labels.shape() == batch {
        let flat = reshape(cx, &likely, &[cases, *classes])?;
        pick(cx, &flat, class_numbers(&labels, *classes)?)?
    } else {
        let (logits, labels) = (shape_text(logits.shape()), shape_text(labels.shape()));
        return Err(Problem::new("the labels do not fit the logits")
            .label(Part::Argument(1), labels)
            .label(Part::Argument(0), logits.clone())
            .help(format!("give one class number for each case, {}, or probabilities, {logits}", shape_text(batch))));
    };
    if chosen.is_empty() {
        return Ok(Value::num(f64::NAN));
    }
    let constant = |x: f64| Var::from(Array::scalar(x, real(chosen.dtype())));
    let total = fit(cx, &chosen, &constant(0.0))?;
    cx.apply(DIVIDE.op(), &[total, constant(-(cases as f64))]).map(Value::Var)
}

/// Labels as positions of classes.
fn class_numbers(labels: &Var, classes: usize) -> Outcome<Vec<f64>> {
    let labels = labels.array();
    let labels = labels.to_doubles();
    for (i, &label) in labels.iter().enumerate() {
        if as_whole(label).and_then(|label| usize::try_from(label).ok()).is_none_or(|label| label >= classes) {
            let place = if labels.len() > 1 { format!(" at position {i}") } else { String::new() };
            return Err(Problem::new(format!("there is no class {}", crate::array::number_text(label)))
                .label(Part::Argument(1), format!("{}{place}", crate::array::number_text(label)))
                .label(Part::Argument(0), format!("{classes} classes"))
                .note(format!("classes are numbered from 0 to {}", classes as f64 - 1.0)));
        }
    }
    Ok(labels.into_owned())
}

/// From every row of a matrix the element of a class.
fn pick(cx: &Context, rows: &Var, classes: Vec<f64>) -> Outcome<Var> {
    let mut numbers = limits::reserve(classes.len())?;
    numbers.extend((0..classes.len()).map(|i| i as f64));
    let shape = [classes.len()];
    let items = [
        IndexItem::List(Array::new(shape.as_slice(), numbers)),
        IndexItem::List(Array::new(shape.as_slice(), classes)),
    ];
    let selection = select(rows.shape(), &items)?;
    cx.apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), std::slice::from_ref(rows))
}
