//! Scans: a result as long as the operand, each element from those so far.
//!
//! The pull-back of a product is not `sum(dy * y) / x`, which has no value where an element is zero, but a
//! linear recurrence, `h = dy + x * h`. Its own pull-back is one in the other direction, so every order is
//! exact.

use super::arithmetic::WEIGH;
use super::arrange::slice_along;
use super::join::concat;
use super::shape::reshape;
use crate::array::map::map2;
use crate::array::operand::Operand;
use crate::array::reduce::normalise_axis;
use crate::array::scan::{self, Direction};
use crate::array::{Array, DType, Shape};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Outcome, Problem, fail};
use crate::kernel2;
use crate::value::{Arguments, Builtin, Run};
use smallvec::SmallVec;
use std::borrow::Cow;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&CUMSUM, &CUMPROD, &CUMMAX, &RECURRENCE];

/// Along which axis elements follow one another; through all of them, row by row, without one.
#[derive(Clone, Copy)]
struct Scan {
    axis: Option<usize>,
    direction: Direction,
}

impl Under for Scan {
    fn under(&self, _: usize, rank: usize) -> Outcome<Scan> {
        Ok(Scan { axis: Some(axis_under(self.axis, rank)?), direction: self.direction })
    }
}

/// One axis of arrays with `rank` axes when they are stacked along a new first one. `None` goes through all
/// elements, which is an axis only if there is one.
pub(super) fn axis_under(axis: Option<usize>, rank: usize) -> Outcome<usize> {
    match (axis, rank) {
        (Some(axis), _) => Ok(axis + 1),
        (None, 1) => Ok(1),
        _ => fail("internal error: this is done row by row"),
    }
}

const PARAMS: &[&str] = &["x", "axis = none"];

fn read(args: &Arguments) -> Outcome<(Plan, SmallVec<[Var; 2]>)> {
    let x = args.var(0)?;
    let axis = if args.given(1) { Some(normalise_axis(args.whole(1)?, x.shape().len())?) } else { None };
    Ok((Plan::shifting(Scan { axis, direction: Direction::Forward }), [x].into_iter().collect()))
}

/// The operand as it is scanned, and the axis.
fn lanes<'a>(x: &'a Var, plan: &Scan) -> (Cow<'a, Array>, usize) {
    let x = x.array();
    match plan.axis {
        Some(axis) => (x, axis),
        None => {
            let n = x.len();
            let flat = x.into_owned().with_shape(Shape::from_slice(&[n]));
            (Cow::Owned(flat.unwrap_or_else(|| Array::scalar(f64::NAN, DType::F64))), 0)
        }
    }
}

/// The same of something that may be recorded.
fn recorded_lanes(cx: &Context, x: &Var, plan: &Scan) -> Outcome<(Var, usize)> {
    match plan.axis {
        Some(axis) => Ok((x.clone(), axis)),
        None => Ok((reshape(cx, x, &[x.len()])?, 0)),
    }
}

/// The shape of the operand for what has that of the result.
fn back(p: &Pull<'_>, cotangent: &Var) -> Outcome<Var> {
    let shape: Shape = p.args.first().map_or_else(Shape::new, |x| Shape::from_slice(x.shape()));
    if cotangent.shape() == shape.as_slice() { Ok(cotangent.clone()) } else { reshape(p.cx, cotangent, &shape) }
}

pub(crate) static CUMSUM: Builtin = Builtin {
    name: "cumsum",
    params: PARAMS,
    doc: "Sums of the elements so far, along an axis.\n\nWithout an axis they are taken through all elements, row by row.\n> cumsum([1, 2, 3])\n[1, 3, 6]\n> cumsum([[1, 2], [3, 4]], axis = 0)\n[[1, 2],\n [4, 6]]",
    samples: &[
        "[1, 2.5, 3]",
        "[[1, 2], [3, 4]], 0",
        "[[1, 2], [3, 4]], axis = 1",
        "[[1, 2], [3, 4]]",
        "[[[1, 2], [3, 4.5]], [[5, 6], [-7, 8]]], 1",
        "5",
        "zeros(0, 2), 0",
    ],
    run: Run::Operation(
        read,
        Op {
            forward: Forward::General(|_, plan, args| {
                let plan: &Scan = plan.get()?;
                let Some(x) = args.first() else { return Ok(Var::default()) };
                let (x, axis) = lanes(x, plan);
                Ok(scan::sums(&x, axis, plan.direction)?.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let plan: &Scan = p.plan.get()?;
                let turned = Scan { axis: Some(plan.axis.unwrap_or(0)), direction: plan.direction.turned() };
                let pulled = p.cx.apply_with(CUMSUM.op(), Plan::shifting(turned), std::slice::from_ref(p.dy))?;
                back(p, &pulled)
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static CUMPROD: Builtin = Builtin {
    name: "cumprod",
    params: PARAMS,
    doc: "Products of the elements so far, along an axis.\n\nWithout an axis they are taken through all elements, row by row. The derivative is exact with zeros among the elements too.\n> cumprod([2, 0, 3])\n[2, 0, 0]\n> jacobian(cumprod)([2, 0, 3])\n[[1, 0, 0],\n [0, 2, 0],\n [0, 6, 0]]",
    samples: &[
        "[1, 2.5, 3]",
        "[[1, 2], [3, 4]], 0",
        "[[1, -2], [3, 4]]",
        "[[[1, 2], [3, 4.5]], [[5, 6], [-7, 8]]], 1",
        "[2, 0, 3, 0, 1.5]",
        "[0, 0, 0]",
        "5",
        "zeros(2, 0), 1",
    ],
    run: Run::Operation(
        read,
        Op {
            forward: Forward::General(|_, plan, args| {
                let plan: &Scan = plan.get()?;
                let Some(x) = args.first() else { return Ok(Var::default()) };
                let (x, axis) = lanes(x, plan);
                Ok(scan::products(&x, axis)?.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let Some(x) = p.args.first() else { return Ok(p.dy.clone()) };
                let (x, axis) = recorded_lanes(p.cx, x, p.plan.get()?)?;
                let before = shifted(p.cx, &p.out(), axis, Direction::Forward, 1.0)?;
                let after = shifted(p.cx, &x, axis, Direction::Backward, 0.0)?;
                let weights = recurrence(p.cx, &after, p.dy, axis, Direction::Backward)?;
                back(p, &p.cx.apply(WEIGH.op(), &[weights, before])?)
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static CUMMAX: Builtin = Builtin {
    name: "cummax",
    params: PARAMS,
    doc: "The largest of the elements so far, along an axis.\n\nWithout an axis it goes through all elements, row by row. Elements that tie share the derivative equally; from a `nan` on everything is.\n> cummax([1, 3, 2, 4])\n[1, 3, 3, 4]",
    samples: &[
        "[1, 3, 2, 4]",
        "[[1, 5], [3, 4]], 0",
        "[[1, 5], [3, 7]]",
        "[[[1, 2], [3, 4.5]], [[5, 6], [-7, 8]]], 1",
        "5",
        "zeros(0)",
    ],
    run: Run::Operation(
        read,
        Op {
            forward: Forward::General(|_, plan, args| {
                let plan: &Scan = plan.get()?;
                let Some(x) = args.first() else { return Ok(Var::default()) };
                let (x, axis) = lanes(x, plan);
                Ok(scan::largest(&x, axis)?.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let plan: &Scan = p.plan.get()?;
                let Some(x) = p.args.first() else { return Ok(p.dy.clone()) };
                let (x, axis) = lanes(x.plain(), plan);
                let most = p.node.out.array();
                let pair = |kernel, a: &Array, b: &Array| map2(kernel, Operand::Array(a), Operand::Array(b));
                // All constants: the share of each tie, who ties, and whether the next has the same maximum.
                let share = pair(
                    &kernel2!(|n, most| if most.is_nan() { most } else { 1.0 / n }),
                    &scan::ties(&x, &most, axis)?,
                    &most,
                )?;
                let tied = pair(
                    &kernel2!(|x, most| if most.is_nan() {
                        most
                    } else if x == most {
                        1.0
                    } else {
                        0.0
                    }),
                    &x,
                    &most,
                )?;
                let next = shifted(p.cx, &most.clone().into_owned().into(), axis, Direction::Backward, 0.0)?;
                let same = pair(
                    &kernel2!(|most, next| if most == next {
                        1.0
                    } else if next.is_nan() {
                        next
                    } else {
                        0.0
                    }),
                    &most,
                    &next.array(),
                )?;
                let given = p.cx.apply(WEIGH.op(), &[p.dy.clone(), share.into()])?;
                let gathered = recurrence(p.cx, &same.into(), &given, axis, Direction::Backward)?;
                back(p, &p.cx.apply(WEIGH.op(), &[gathered, tied.into()])?)
            }),
            number: Number::new(),
        },
    ),
};

/// What the derivatives of products so far are made of.
pub(crate) static RECURRENCE: Builtin = Builtin {
    name: "(recurrence)",
    params: &["a", "b"],
    doc: "Elements `h = b + a * h`, each from the one before.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::General(|_, plan, args| {
                let plan: &Scan = plan.get()?;
                match args {
                    [a, b] => {
                        Ok(scan::recurrence(&a.array(), &b.array(), plan.axis.unwrap_or(0), plan.direction)?.into())
                    }
                    _ => Ok(Var::default()),
                }
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let plan: &Scan = p.plan.get()?;
                let axis = plan.axis.unwrap_or(0);
                let Some(a) = p.args.first() else { return Ok(p.dy.clone()) };
                let following = shifted(p.cx, a, axis, plan.direction.turned(), 0.0)?;
                let weights = recurrence(p.cx, &following, p.dy, axis, plan.direction.turned())?;
                if i == 1 {
                    return Ok(weights);
                }
                let before = shifted(p.cx, &p.out(), axis, plan.direction, 0.0)?;
                p.cx.apply(WEIGH.op(), &[weights, before])
            }),
            number: Number::new(),
        },
    ),
};

fn recurrence(cx: &Context, a: &Var, b: &Var, axis: usize, direction: Direction) -> Outcome<Var> {
    let plan = Plan::shifting(Scan { axis: Some(axis), direction });
    cx.apply_with(RECURRENCE.op(), plan, &[a.clone(), b.clone()])
}

/// In place of every element the one before it in a direction; `fill` in place of the first.
fn shifted(cx: &Context, x: &Var, axis: usize, direction: Direction, fill: f64) -> Outcome<Var> {
    let n = x.shape().get(axis).copied().unwrap_or(0);
    if n == 0 {
        return Ok(x.clone());
    }
    let mut edge = Shape::from_slice(x.shape());
    if let Some(dim) = edge.get_mut(axis) {
        *dim = 1;
    }
    let edge = Var::from(Array::full(edge, fill, if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 })?);
    match direction {
        Direction::Forward => concat(cx, &[edge, slice_along(cx, x, axis, 0, n - 1)?], axis),
        Direction::Backward => concat(cx, &[slice_along(cx, x, axis, 1, n)?, edge], axis),
    }
}
