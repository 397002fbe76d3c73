//! What undoes broadcasting: a cotangent summed over the axes along which its operand was stretched, and a
//! tangent stretched. The engine calls these; rules never do.

use super::shape::reshape;
use crate::array::broadcast::{broadcast, broadcast_to};
use crate::array::reduce::sum_to;
use crate::array::{DType, Shape, lazy};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::Outcome;
use crate::value::{Builtin, Run};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&FIT, &STRETCH];

/// What an array is made to look like.
struct Like {
    shape: Shape,
    dtype: DType,
}

fn like(x: &Var) -> Plan {
    let dtype = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Plan::new(Like { shape: Shape::from_slice(x.shape()), dtype })
}

pub(crate) static FIT: Builtin = Builtin {
    name: "(fit)",
    params: &["x"],
    doc: "The sum over the axes along which something was stretched.",
    samples: &[],
    run: Run::Operation(
        |args| args.var(0).map(|x| (like(&x), [x].into_iter().collect())),
        Op {
            forward: Forward::StreamingRows(
                |_, plan, args| {
                    let like: &Like = plan.get()?;
                    let Some(x) = args.first() else { return Ok(Var::default()) };
                    if let (Var::Array(x), true) =
                        (x, x.shape() == like.shape.as_slice() && lazy::postponed(&like.shape))
                    {
                        return Ok(lazy::same(x.clone(), like.shape.clone(), like.dtype)?.into());
                    }
                    let summed = sum_to(&x.array(), &like.shape)?;
                    Ok(if summed.dtype() == like.dtype { summed } else { summed.cast(like.dtype) }.into())
                },
                |cx, plan, args, _, count| {
                    let Like { shape, dtype } = plan.get()?;
                    let Some(x) = args.first() else { return Ok(Var::default()) };
                    // Axes that are summed keep their place until the end.
                    let surplus = x.shape().len().saturating_sub(1 + shape.len());
                    let under = |ones: usize| -> Shape {
                        [count].into_iter().chain(std::iter::repeat_n(1, ones)).chain(shape.iter().copied()).collect()
                    };
                    let plan = Plan::new(Like { shape: under(surplus), dtype: *dtype });
                    let x = cx.apply_with(FIT.op(), plan, std::slice::from_ref(x))?;
                    reshape(cx, &x, &under(0))
                },
            ),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                p.args.get(i).map_or_else(|| Ok(Var::default()), |x| stretch(p.cx, p.dy, x))
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static STRETCH: Builtin = Builtin {
    name: "(stretch)",
    params: &["x"],
    doc: "An array stretched to a larger shape.",
    samples: &[],
    run: Run::Operation(
        |args| args.var(0).map(|x| (like(&x), [x].into_iter().collect())),
        Op {
            forward: Forward::StreamingRows(
                |_, plan, args| {
                    let like: &Like = plan.get()?;
                    let Some(x) = args.first() else { return Ok(Var::default()) };
                    if lazy::postponed(&like.shape) {
                        let fits = broadcast(x.shape(), &like.shape).is_ok_and(|joined| joined == like.shape);
                        if fits {
                            let array = match x {
                                Var::Array(array) => array.clone(),
                                other => Rc::new(other.array().into_owned()),
                            };
                            return Ok(lazy::same(array, like.shape.clone(), like.dtype)?.into());
                        }
                    }
                    let wide = broadcast_to(&x.array(), &like.shape)?;
                    Ok(if wide.dtype() == like.dtype { wide } else { wide.cast(like.dtype) }.into())
                },
                |cx, plan, args, _, count| {
                    let Like { shape, dtype } = plan.get()?;
                    let x = cx.lined_up(args.first().unwrap_or(&Var::Num(0.0)), shape.len())?;
                    let shape = [count].into_iter().chain(shape.iter().copied()).collect();
                    cx.apply_with(STRETCH.op(), Plan::new(Like { shape, dtype: *dtype }), &[x])
                },
            ),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                p.args.get(i).map_or_else(|| Ok(Var::default()), |x| fit(p.cx, p.dy, x))
            }),
            number: Number::new(),
        },
    ),
};

/// Sums `x` over the axes along which `target` was stretched to `x`'s shape.
///
/// # Errors
/// When memory runs out.
pub fn fit(cx: &Context, x: &Var, target: &Var) -> Outcome<Var> {
    // A rule may give one number for a whole array.
    let narrower = x.shape() != target.shape()
        && broadcast(x.shape(), target.shape()).is_ok_and(|joined| joined.as_slice() == target.shape());
    if narrower {
        return stretch(cx, x, target);
    }
    if cx.plainly() && !lazy::postponed(x.shape()) && x.dtype() == target.dtype() {
        return Ok(sum_to(&x.array(), target.shape())?.into());
    }
    cx.apply_with(FIT.op(), like(target), std::slice::from_ref(x))
}

/// Stretches `x` to the shape of `target`.
///
/// # Errors
/// When it does not stretch, or memory runs out.
pub fn stretch(cx: &Context, x: &Var, target: &Var) -> Outcome<Var> {
    cx.apply_with(STRETCH.op(), like(target), std::slice::from_ref(x))
}
