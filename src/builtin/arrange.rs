//! The same elements in another arrangement: each operation here is linear, and its derivative is
//! another operation that the language has, most often the same one with other numbers. So every order
//! of derivative comes by itself.

use super::indexing::{INDEX, SCATTER};
use crate::array::index::{IndexItem, select};
use crate::array::reduce::{Axes, axes, normalise_axis};
use crate::array::{Array, Shape, layout, shape_text};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run};
use smallvec::{SmallVec, smallvec};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&TRANSPOSE, &T, &SWAPAXES, &FLIP, &ROLL, &DIAG, &TRIL, &TRIU];

/// What these operations read: operands and a plan.
type Read = Outcome<(Plan, SmallVec<[Var; 2]>)>;

/// One operand and a plan.
pub(super) fn read<P: 'static>(plan: P, x: Var) -> Outcome<(Plan, SmallVec<[Var; 2]>)> {
    Ok((Plan::new(plan), smallvec![x]))
}

/// Axis `i` of the result is axis `order[i]`.
struct Order(Shape);

impl Under for Order {
    fn under(&self, _: usize, _: usize) -> Outcome<Order> {
        Ok(Order([0].into_iter().chain(self.0.iter().map(|axis| axis + 1)).collect()))
    }
}

fn in_order(order: Shape, x: Var) -> Read {
    Ok((Plan::shifting(Order(order)), smallvec![x]))
}

/// An operation that exchanges axes. Its plan is their order.
const fn permuting() -> Op {
    Op {
        forward: Forward::General(|_, plan, args| match args {
            [x] => Ok(layout::permute(&x.array(), &plan.get::<Order>()?.0)?.into()),
            _ => Ok(Var::default()),
        }),
        grad: Grad::Linear(|p: &Pull<'_>, _| transpose(p.cx, p.dy, &inverse(&p.plan.get::<Order>()?.0))),
        number: Number::new(),
    }
}

/// The order that undoes an order of axes.
pub(super) fn inverse(order: &[usize]) -> Shape {
    let mut back = Shape::from_elem(0, order.len());
    for (i, &axis) in order.iter().enumerate() {
        if let Some(place) = back.get_mut(axis) {
            *place = i;
        }
    }
    back
}

/// Axis `i` of the result is axis `order[i]` of `x`.
///
/// # Errors
/// When memory runs out.
pub fn transpose(cx: &Context, x: &Var, order: &[usize]) -> Outcome<Var> {
    if order.iter().enumerate().all(|(i, &axis)| i == axis) {
        return Ok(x.clone());
    }
    if cx.plainly() {
        let x = x.array();
        x.compute()?;
        return Ok(layout::permute(&x, order)?.into());
    }
    cx.apply_with(TRANSPOSE.op(), Plan::shifting(Order(Shape::from_slice(order))), std::slice::from_ref(x))
}

fn reversed(x: Var) -> Read {
    let order: Shape = (0..x.shape().len()).rev().collect();
    in_order(order, x)
}

pub(crate) static TRANSPOSE: Builtin = Builtin {
    name: "transpose",
    params: &["x", "axes = none"],
    doc: "The axes in another order; without `axes`, reversed.\n> transpose([[1, 2, 3], [4, 5, 6]])\n[[1, 4],\n [2, 5],\n [3, 6]]\n> transpose(zeros(2, 3, 4), (1, 0, 2)).shape\n(3, 2, 4)",
    samples: &[
        "[[1, 2, 3], [4, 5, 6]]",
        "[1, 2]",
        "5",
        "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], (1, 2, 0)",
        "[[1, 2, 3]], (-1, 0)",
        "zeros(0, 2)",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let Some(wholes) = args.axes(1)? else { return reversed(x) };
            let rank = x.shape().len();
            let order: Shape = wholes.iter().map(|&axis| normalise_axis(axis, rank)).collect::<Outcome<_>>()?;
            in_order(order, x)
        },
        permuting(),
    ),
};

pub(crate) static T: Builtin = Builtin {
    name: "T",
    params: &["x"],
    doc: "The axes in reverse order: of a matrix, the transpose, as in `x.T`.\n> [[1, 2], [3, 4]].T\n[[1, 3],\n [2, 4]]",
    samples: &["[[1, 2, 3], [4, 5, 6]]", "[1, 2]", "5", "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]", "zeros(0, 2)"],
    run: Run::Operation(|args| args.var(0).and_then(reversed), permuting()),
};

pub(crate) static SWAPAXES: Builtin = Builtin {
    name: "swapaxes",
    params: &["x", "axis1", "axis2"],
    doc: "Two axes exchanged.\n> swapaxes(zeros(2, 3, 4), 0, -1).shape\n(4, 3, 2)",
    samples: &["[[1, 2, 3], [4, 5, 6]], 0, 1", "[[[1, 2], [3, 4]]], 0, -1", "[1, 2], 0, 0", "zeros(0, 2), 0, 1"],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let rank = x.shape().len();
            let mut order: Shape = (0..rank).collect();
            order.swap(normalise_axis(args.whole(1)?, rank)?, normalise_axis(args.whole(2)?, rank)?);
            in_order(order, x)
        },
        permuting(),
    ),
};

pub(crate) static FLIP: Builtin = Builtin {
    name: "flip",
    params: &["x", "axis = none"],
    doc: "Backwards, along all axes or some.\n> flip([1, 2, 3])\n[3, 2, 1]\n> flip([[1, 2], [3, 4]], axis = 1)\n[[2, 1],\n [4, 3]]",
    samples: &[
        "[1, 2, 3]",
        "[[1, 2], [3, 4]]",
        "[[1, 2], [3, 4]].T, 0",
        "[[[1, 2], [3, 4]]], (1, -1)",
        "5",
        "zeros(0, 2)",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let axes = axes(args.axes(1)?.as_deref(), x.shape().len())?;
            read(axes, x)
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => Ok(layout::flip(&x.array(), plan.get::<Axes>()?)?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| p.cx.apply_with(FLIP.op(), p.plan.clone(), std::slice::from_ref(p.dy))),
            number: Number::new(),
        },
    ),
};

/// How far to shift, along which axis.
pub(super) type Shift = (isize, Option<isize>);

pub(crate) static ROLL: Builtin = Builtin {
    name: "roll",
    params: &["x", "shift", "axis = none"],
    doc: "Shifted along an axis; what falls off enters at the other end.\n\nWithout an axis the elements shift through all rows. A tuple of axes takes one shift for all or a tuple of shifts.\n> roll([1, 2, 3, 4], 1)\n[4, 1, 2, 3]\n> roll([[1, 2], [3, 4]], 1, axis = 0)\n[[3, 4],\n [1, 2]]",
    samples: &[
        "[1, 2, 3, 4], 1",
        "[[1, 2], [3, 4]], 1",
        "[[1, 2, 3], [4, 5, 6]].T, -1, 0",
        "[[1, 2, 3], [4, 5, 6]], (1, 2), (0, -1)",
        "5, 2",
        "zeros(0), 1",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let shifts = args.wholes(1)?;
            let axes = args.axes(2)?;
            let (shift, sum) = (
                shifts.first().copied().unwrap_or(0),
                shifts.iter().fold(0isize, |sum, &shift| sum.saturating_add(shift)),
            );
            let plan: Vec<Shift> = match axes {
                None => vec![(sum, None)],
                Some(axes) if shifts.len() == 1 => axes.iter().map(|&axis| (shift, Some(axis))).collect(),
                Some(axes) if axes.len() == 1 => vec![(sum, axes.first().copied())],
                Some(axes) if axes.len() == shifts.len() => {
                    shifts.iter().copied().zip(axes.iter().copied().map(Some)).collect()
                }
                Some(axes) => {
                    return Err(Problem::new("roll needs a shift for every axis")
                        .label(Part::Argument(1), format!("{} shifts", shifts.len()))
                        .label(Part::Argument(2), format!("{} axes", axes.len())));
                }
            };
            read(plan, x)
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => {
                    let shifts: &Vec<Shift> = plan.get()?;
                    let mut rolled = x.array().into_owned();
                    for &(shift, axis) in shifts {
                        rolled = layout::roll(&rolled, shift, axis)?;
                    }
                    Ok(rolled.into())
                }
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let shifts: &Vec<Shift> = p.plan.get()?;
                let back: Vec<Shift> = shifts.iter().map(|&(shift, axis)| (shift.saturating_neg(), axis)).collect();
                p.cx.apply_with(ROLL.op(), Plan::new(back), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

/// The elements from `start` to `stop` along an axis.
///
/// # Errors
/// When memory runs out.
pub fn slice_along(cx: &Context, x: &Var, axis: usize, start: usize, stop: usize) -> Outcome<Var> {
    if start == 0 && x.shape().get(axis) == Some(&stop) {
        return Ok(x.clone());
    }
    cx.apply_with(INDEX.op(), part_along(x.shape(), axis, start, stop)?, std::slice::from_ref(x))
}

/// How a part along an axis is taken from an array of this shape.
pub fn part_along(shape: &[usize], axis: usize, start: usize, stop: usize) -> Outcome<Plan> {
    let mut items: SmallVec<[IndexItem; 4]> = (0..axis).map(|_| IndexItem::Slice(None, None, None)).collect();
    items.push(IndexItem::Slice(Some(start as isize), Some(stop as isize), None));
    Ok(Plan::shifting(Rc::new(select(shape, &items)?)))
}

pub(crate) static DIAG: Builtin = Builtin {
    name: "diag",
    params: &["x", "k = 0"],
    doc: "The diagonal of a matrix, or the matrix with this diagonal.\n\n`k` counts diagonals: 1 is above the main one, -1 below.\n> diag([[1, 2], [3, 4]])\n[1, 4]\n> diag([1, 2])\n[[1, 0],\n [0, 2]]",
    samples: &[
        "[[1, 2], [3, 4]]",
        "[[1, 2, 3], [4, 5, 6]].T, -1",
        "[1, 2]",
        "[1, 2], -1",
        "[[1, 2, 3], [4, 5, 6]], 5",
        "zeros(0)",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            read(args.whole_or(1, 0)?, x)
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => Ok(layout::diag(&x.array(), *plan.get::<isize>()?)?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let k: isize = *p.plan.get()?;
                match p.args.first().map(Var::shape) {
                    Some(&[rows, columns]) => {
                        let (down, right) = if k < 0 { (k.unsigned_abs(), 0) } else { (0, k.unsigned_abs()) };
                        let places = |first: usize| {
                            let numbers: Vec<f64> = (0..p.dy.len()).map(|i| (first + i) as f64).collect();
                            IndexItem::List(Array::new([p.dy.len()].as_slice(), numbers))
                        };
                        let selection = select(&[rows, columns], &[places(down), places(right)])?;
                        p.cx.apply_with(SCATTER.op(), Plan::shifting(Rc::new(selection)), std::slice::from_ref(p.dy))
                    }
                    _ => p.cx.apply_with(DIAG.op(), p.plan.clone(), std::slice::from_ref(p.dy)),
                }
            }),
            number: Number::new(),
        },
    ),
};

/// Reads `x, k` of a triangle.
fn triangle(args: &Arguments) -> Read {
    let x = args.var(0)?;
    if x.shape().len() < 2 {
        return Err(Problem::new(format!("{} needs a matrix", args.builtin.name))
            .label(Part::Argument(0), shape_text(x.shape()))
            .help("build one first: reshape(x, 1, -1) is a row, diag(x) a diagonal"));
    }
    read(args.whole_or(1, 0)?, x)
}

pub(crate) static TRIL: Builtin = Builtin {
    name: "tril",
    params: &["x", "k = 0"],
    doc: "The lower triangle: zeros above diagonal `k`.\n> tril([[1, 2], [3, 4]])\n[[1, 0],\n [3, 4]]",
    samples: &["[[1, 2], [3, 4]]", "[[1, 2, 3], [4, 5, 6]].T, -1", "[[[1, 2], [3, 4]]], 1", "zeros(0, 2)"],
    run: Run::Operation(
        triangle,
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => Ok(layout::tril(&x.array(), *plan.get::<isize>()?)?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| p.cx.apply_with(TRIL.op(), p.plan.clone(), std::slice::from_ref(p.dy))),
            number: Number::new(),
        },
    ),
};

pub(crate) static TRIU: Builtin = Builtin {
    name: "triu",
    params: &["x", "k = 0"],
    doc: "The upper triangle: zeros below diagonal `k`.\n> triu([[1, 2], [3, 4]])\n[[1, 2],\n [0, 4]]",
    samples: &["[[1, 2], [3, 4]]", "[[1, 2, 3], [4, 5, 6]].T, -1", "[[[1, 2], [3, 4]]], 1", "zeros(0, 2)"],
    run: Run::Operation(
        triangle,
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => Ok(layout::triu(&x.array(), *plan.get::<isize>()?)?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| p.cx.apply_with(TRIU.op(), p.plan.clone(), std::slice::from_ref(p.dy))),
            number: Number::new(),
        },
    ),
};
