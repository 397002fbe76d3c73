//! Medians and quantiles: what stands at a rank.
//!
//! Which elements stand there is a constant, and those that tie with one share its derivative equally, as
//! those of `max` do. Between two ranks a quantile is linear in `q`, so it differentiates by that too.

use super::arithmetic::{ADD, MULTIPLY, SUBTRACT, WEIGH};
use super::indexing::row;
use super::reduce::read_reduction;
use super::shape::reshape;
use crate::array::order::Ranked;
use crate::array::reduce::{count_along, reduced_shape};
use crate::array::{Array, DType, Shape, number_text};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Run, Value};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MEDIAN, &QUANTILE, &RANK, &GATHER_TIES, &SHARE_AMONG_TIES];

pub(crate) static MEDIAN: Builtin = Builtin {
    name: "median",
    params: &["x", "axis = none", "keepdims = false"],
    doc: "The element in the middle of the sorted ones, or the mean of the two there, over all axes or some.\n\nElements that tie share the derivative equally. A `nan` among the elements is the result, and of no elements it is `nan`.\n> median([5, 1, 3])\n3\n> grad(median)([1, 2, 2, 3])\n[0, 0.5, 0.5, 0]",
    samples: &[
        "[3, 1, 2.5]",
        "[[1, 5], [7, 4]]",
        "[[1, 5, 2], [7, 4, 6]], 0",
        "[[[3, 2], [1, 4.5]], [[5, 6], [-7, 8]]], (0, 2), keepdims = true",
        "[[1.5, 2, 4], [3, -4, 2.5]].T, axis = -1",
        "5",
        "zeros(0, 2), 1",
    ],
    run: Run::Routine(|call: &mut Call<'_>| {
        let x = call.args.var(0)?;
        let reduction = read_reduction(&call.args, &x, 1, 2)?;
        let n = count_along(x.shape(), &reduction.axes);
        let shape = reduced_shape(x.shape(), &reduction.axes, reduction.keepdims);
        if n == 0 {
            return Ok(Value::Var(Array::full(shape, f64::NAN, real(&x))?.into()));
        }
        let cx = call.host.cx();
        let middle = if n % 2 == 1 { vec![n / 2] } else { vec![n / 2 - 1, n / 2] };
        let found = at_ranks(cx, &x, Ranked::new(&x.array(), &reduction.axes, &middle)?)?;
        let mut result = row(cx, &found, 0)?;
        if n.is_multiple_of(2) {
            let half = |x: Var| cx.apply(MULTIPLY.op(), &[x, Var::Num(0.5)]);
            result = cx.apply(ADD.op(), &[half(result)?, half(row(cx, &found, 1)?)?])?;
        }
        reshape(cx, &result, &shape).map(Value::Var)
    }),
};

pub(crate) static QUANTILE: Builtin = Builtin {
    name: "quantile",
    params: &["x", "q", "axis = none", "keepdims = false"],
    doc: "What a share `q` of the elements lie below, over all axes or some.\n\nBetween two elements it is interpolated linearly. An array of shares adds its axes in front. The result differentiates by the elements, those that tie sharing equally, and by `q`. A `nan` among the elements is the result.\n> quantile([1, 2, 3, 4], 0.5)\n2.5\n> quantile([10, 20, 30], [0, 0.25, 1])\n[10, 15, 30]",
    samples: &[
        "[3, 1, 2.5], 0.3",
        "[[1, 5], [7, 4]], [0.2, 0.9]",
        "[[1, 5, 2], [7, 4, 6]], 0.4, 0",
        "[[[3, 2], [1, 4.5]], [[5, 6], [-7, 8]]], [[0.1], [0.55]], (0, 2), keepdims = true",
        "[[1.5, 2, 4], [3, -4, 2.5]].T, 0.7, axis = -1",
        "5, 0.25",
        "zeros(0, 2), [0.2, 0.5], 1",
    ],
    run: Run::Routine(quantile),
};

fn quantile(call: &mut Call<'_>) -> Outcome<Value> {
    let (x, q) = (call.args.var(0)?, call.args.var(1)?);
    let reduction = read_reduction(&call.args, &x, 2, 3)?;
    let shares = q.array().to_doubles().into_owned();
    if let Some(wrong) = shares.iter().find(|q| !(0.0..=1.0).contains(*q)) {
        return Err(Problem::new(format!("a quantile is from 0 to 1, found {}", number_text(*wrong)))
            .label(Part::Argument(1), "a share of the elements"));
    }
    let n = count_along(x.shape(), &reduction.axes);
    let lanes = reduced_shape(x.shape(), &reduction.axes, reduction.keepdims);
    let shape: Shape = q.shape().iter().chain(&lanes).copied().collect();
    if n == 0 {
        return Ok(Value::Var(Array::full(shape, f64::NAN, real(&x))?.into()));
    }
    // Where each share falls, and between which ranks it is interpolated. Exactly on a rank inside the
    // slope is the middle of those on both sides.
    let last = n - 1;
    let (mut base, mut low, mut high, mut scale) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for share in &shares {
        let place = share * last as f64;
        let rank = (place.floor() as usize).min(last);
        let on_rank = place == rank as f64 && rank > 0;
        base.push(rank);
        low.push(if on_rank { rank - 1 } else { rank });
        high.push((rank + 1).min(last));
        scale.push(if on_rank && rank < last { 0.5 } else { 1.0 });
    }
    let cx = call.host.cx();
    let array = x.array();
    let found = |ranks: &[usize]| at_ranks(cx, &x, Ranked::new(&array, &reduction.axes, ranks)?);
    let (bottom, below, above) = (found(&base)?, found(&low)?, found(&high)?);
    let column: Shape = std::iter::once(shares.len()).chain(bottom.shape().iter().skip(1).map(|_| 1)).collect();
    let numbers = |data: Vec<f64>| Var::from(Array::new(column.clone(), data).cast(real(&x)));
    let ranks = numbers(base.iter().map(|&rank| rank as f64).collect());
    let place = cx.apply(MULTIPLY.op(), &[reshape(cx, &q, &column)?, Var::Num(last as f64)])?;
    let beyond = cx.apply(MULTIPLY.op(), &[cx.apply(SUBTRACT.op(), &[place, ranks])?, numbers(scale)])?;
    let apart = cx.apply(SUBTRACT.op(), &[above, below])?;
    let result = cx.apply(ADD.op(), &[bottom, cx.apply(WEIGH.op(), &[beyond, apart])?])?;
    reshape(cx, &result, &shape).map(Value::Var)
}

fn real(x: &Var) -> DType {
    if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 }
}

fn at_ranks(cx: &Context, x: &Var, ranked: Ranked) -> Outcome<Var> {
    cx.apply_with(RANK.op(), Plan::new(Rc::new(ranked)), std::slice::from_ref(x))
}

/// The same plan for another operation.
fn again(p: &Pull<'_>, builtin: &'static Builtin) -> Outcome<Var> {
    let ranked: &Rc<Ranked> = p.plan.get()?;
    p.cx.apply_with(builtin.op(), Plan::new(ranked.clone()), std::slice::from_ref(p.dy))
}

const fn ranked(name: &'static str, doc: &'static str, op: Op) -> Builtin {
    let run = Run::Operation(|_| Err(Problem::new("internal error: not to be called")), op);
    Builtin { name, params: &["x"], doc, samples: &[], run }
}

/// Runs what a plan does with one operand.
fn run(plan: &Plan, args: &[Var], what: fn(&Ranked, &Array) -> Outcome<Array>) -> Outcome<Var> {
    match args {
        [x] => Ok(what(plan.get::<Rc<Ranked>>()?.as_ref(), &x.array())?.into()),
        _ => Ok(Var::default()),
    }
}

static RANK: Builtin = ranked(
    "(rank)",
    "The elements at some ranks of the sorted ones.",
    Op {
        forward: Forward::General(|_, plan, args| run(plan, args, Ranked::take)),
        grad: Grad::Pulls(|p: &Pull<'_>, _| again(p, &SHARE_AMONG_TIES)),
        number: Number::new(),
    },
);

static SHARE_AMONG_TIES: Builtin = ranked(
    "(share among ties)",
    "A cotangent of an element at a rank, shared among those that tie.",
    Op {
        forward: Forward::General(|_, plan, args| run(plan, args, Ranked::scatter)),
        grad: Grad::Pulls(|p: &Pull<'_>, _| again(p, &GATHER_TIES)),
        number: Number::new(),
    },
);

static GATHER_TIES: Builtin = ranked(
    "(gather ties)",
    "The mean of the tangents of those that tie at a rank.",
    Op {
        forward: Forward::General(|_, plan, args| run(plan, args, Ranked::gather)),
        grad: Grad::Pulls(|p: &Pull<'_>, _| again(p, &SHARE_AMONG_TIES)),
        number: Number::new(),
    },
);
