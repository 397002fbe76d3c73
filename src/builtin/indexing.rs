//! Reading and writing parts of arrays, as recorded operations.

use super::arithmetic::MULTIPLY;
use crate::array::index::{IndexItem, Selection, select};
use crate::array::{Array, DType, Shape};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Outcome, Problem};
use crate::value::{Builtin, Run};
use smallvec::SmallVec;
use std::rc::Rc;

impl Under for Rc<Selection> {
    fn under(&self, count: usize, _: usize) -> Outcome<Rc<Selection>> {
        self.repeated(count).map(Rc::new)
    }
}

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&INDEX, &PUT, &SCATTER];

/// A part of an array.
pub(crate) static INDEX: Builtin = Builtin {
    name: "[ ]",
    params: &["x", "...index"],
    doc: "Elements of an array, 0-based: `a[i]`, `a[i, j]`, `a[-1]`, `a[1:3]`, `a[:, 0]`, `a[::-1]`, `a[mask]`, `a[[0, 2]]`, `a[:, none]`.\n> [10, 20, 30][-1]\n30\n> [10, 20, 30][1:]\n[20, 30]",
    samples: &[
        "[1, 2, 3], -1",
        "[[1, 2], [3, 4]], :, 0",
        "[[1, 2], [3, 4]], ::-1, none, 1:",
        "[1, 2, 3], [0, 2, 2]",
        "[[1, 2], [3, 4]], [[true, false], [true, true]]",
        "zeros(0), :",
        "5, ...",
        "5, none, none",
        "[[[1, 2], [3, 4]]], ..., 0",
    ],
    run: Run::Operation(
        |_| Err(Problem::new("write a[i] to index")),
        Op {
            forward: Forward::General(|_, plan, args| {
                let ([x], selection) = (args, plan.get::<Rc<Selection>>()?) else { return Ok(Var::default()) };
                let x = x.array();
                Ok(match selection.take_only(&x) {
                    Some(x) => Var::Num(x),
                    None => selection.take(&x)?.into(),
                })
            }),
            grad: Grad::Adds(
                |p: &Pull<'_>, _| p.cx.apply_with(SCATTER.op(), p.plan.clone(), std::slice::from_ref(p.dy)),
                |p: &Pull<'_>, _, sum| {
                    let selection: &Rc<Selection> = p.plan.get()?;
                    if let Var::Num(x) = p.dy
                        && selection.add_to_only(Array::own(sum)?, *x)
                    {
                        return Ok(true);
                    }
                    let part = p.dy.array();
                    if part.dtype() != sum.dtype() {
                        return Ok(false);
                    }
                    part.compute()?;
                    selection.add_to(Array::own(sum)?, &part)?;
                    Ok(true)
                },
            ),
            number: Number::new(),
        },
    ),
};

/// Zeros, with values added where an index points.
pub(crate) static SCATTER: Builtin = Builtin {
    name: "(scatter)",
    params: &["values"],
    doc: "Zeros, with values added at the elements that an index names.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::Rows(
                |_, plan, args| {
                    let ([values], selection) = (args, plan.get::<Rc<Selection>>()?) else { return Ok(Var::default()) };
                    if let Var::Num(x) = values {
                        let mut out = Array::full(Shape::from_slice(selection.source()), 0.0, DType::F64)?;
                        if selection.add_to_only(&mut out, *x) {
                            return Ok(out.into());
                        }
                    }
                    Ok(selection.scatter_add(&values.array())?.into())
                },
                |cx, plan, args, many, count| write_rows(cx, &SCATTER, plan, args, many, count),
            ),
            grad: Grad::Linear(|p: &Pull<'_>, _| {
                p.cx.apply_with(INDEX.op(), p.plan.clone(), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

/// An array with some elements replaced.
pub(crate) static PUT: Builtin = Builtin {
    name: "(put)",
    params: &["x", "values"],
    doc: "An array with the elements that an index names replaced; what `x[i] = e` does while recording.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("write x[i] = e to assign")),
        Op {
            forward: Forward::Rows(
                |_, plan, args| match args {
                    [x, values] => {
                        Ok(plan.get::<Rc<Selection>>()?.put(x.array().into_owned(), &values.array())?.into())
                    }
                    _ => Ok(Var::default()),
                },
                |cx, plan, args, many, count| write_rows(cx, &PUT, plan, args, many, count),
            ),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let selection: &Rc<Selection> = p.plan.get()?;
                let plan = Plan::shifting(selection.clone());
                if i == 0 {
                    // What was overwritten had no influence.
                    return p.cx.apply_with(PUT.op(), plan, &[p.dy.clone(), Var::Num(0.0)]);
                }
                let taken = p.cx.apply_with(INDEX.op(), plan, std::slice::from_ref(p.dy))?;
                match selection.winners()? {
                    // Of values assigned to the same element only the last one stays.
                    Some(stays) => {
                        let mask: Var = Array::new(Shape::from_slice(selection.shape()), stays).into();
                        p.cx.apply(MULTIPLY.op(), &[taken, mask])
                    }
                    None => Ok(taken),
                }
            }),
            number: Number::new(),
        },
    ),
};

/// Writes values, the last operand, into many arrays at once, where the same index points in each.
fn write_rows(
    cx: &Context,
    builtin: &'static Builtin,
    plan: &Plan,
    args: &[Var],
    many: &[bool],
    count: usize,
) -> Outcome<Var> {
    let selection: &Rc<Selection> = plan.get()?;
    let mut all: SmallVec<[Var; 2]> = SmallVec::new();
    for (i, (arg, &many)) in args.iter().zip(many).enumerate() {
        all.push(match (i + 1 == args.len(), many) {
            (true, true) => cx.lined_up(arg, selection.shape().len())?,
            // The same values for all are stretched as one number for all elements would be.
            (true, false) => arg.clone(),
            (false, _) => cx.with_rows(arg, many, count)?,
        });
    }
    cx.apply_with(builtin.op(), Plan::shifting(selection.under(count, 0)?), &all)
}

/// One row of an array.
///
/// # Errors
/// When there is no such row.
pub fn row(cx: &Context, x: &Var, i: usize) -> Outcome<Var> {
    let selection = select(x.shape(), &[IndexItem::At(i as isize)])?;
    cx.apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), std::slice::from_ref(x))
}

/// Some rows of an array, in the order given.
///
/// # Errors
/// When one does not exist, or memory runs out.
pub fn rows(cx: &Context, x: &Var, order: &[usize]) -> Outcome<Var> {
    rows_in(cx, x, order, &[order.len()])
}

/// Some rows of an array, arranged in a shape.
///
/// # Errors
/// When one does not exist, or memory runs out.
pub fn rows_in(cx: &Context, x: &Var, order: &[usize], shape: &[usize]) -> Outcome<Var> {
    let positions: Vec<f64> = order.iter().map(|&i| i as f64).collect();
    let list = Array::new(Shape::from_slice(shape), positions);
    let item =
        if shape.is_empty() { IndexItem::At(order.first().map_or(0, |&i| i as isize)) } else { IndexItem::List(list) };
    let selection = select(x.shape(), &[item])?;
    cx.apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), std::slice::from_ref(x))
}
