//! An array becomes larger: copies of it side by side, or a margin around it.

use super::arrange::read;
use super::indexing::{INDEX, PUT};
use super::reduce::{Reduction, SUM};
use super::shape::reshape;
use crate::array::index::{IndexItem, select};
use crate::array::reduce::{Axes, normalise_axis};
use crate::array::{Shape, join};
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run, Value, Wholes, wholes_of};
use smallvec::SmallVec;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&TILE, &REPEAT, &PAD];

/// What is left of a cotangent after the copies of every block of elements are summed: with `dims` for
/// its shape, `copies` are the axes that count copies.
fn sum_copies(p: &Pull<'_>, dims: &[usize], copies: SmallVec<[usize; 4]>) -> Outcome<Var> {
    let Some(x) = p.args.first() else { return Ok(p.dy.clone()) };
    let plan = Plan::shifting(Reduction { axes: Axes::Some(copies), keepdims: false });
    let summed = p.cx.apply_with(SUM.op(), plan, &[reshape(p.cx, p.dy, dims)?])?;
    reshape(p.cx, &summed, x.shape())
}

pub(crate) static TILE: Builtin = Builtin {
    name: "tile",
    params: &["x", "reps"],
    doc: "The whole array, so many times along every axis.\n\nOne number counts for the last axis; axes are added in front if there are more counts.\n> tile([1, 2], 2)\n[1, 2, 1, 2]\n> tile([1, 2], (2, 1))\n[[1, 2],\n [1, 2]]",
    samples: &[
        "[1, 2], 2",
        "[1, 2], (2, 2)",
        "[[1, 2], [3, 4]].T, (2, 3)",
        "[[1, 2], [3, 4]], 2",
        "5, 3",
        "[1, 2], 0",
        "zeros(0), 2",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let reps = args
                .wholes(1)?
                .iter()
                .map(|&n| usize::try_from(n).map_err(|_| negative(args, n)))
                .collect::<Outcome<Shape>>()?;
            read(reps, x)
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => Ok(join::tile(&x.array(), plan.get::<Shape>()?)?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let reps: &Shape = p.plan.get()?;
                let shape = p.args.first().map_or(&[][..], Var::shape);
                let rank = shape.len().max(reps.len());
                let from_back = |list: &[usize], back: usize| {
                    list.len().checked_sub(back).and_then(|i| list.get(i)).copied().unwrap_or(1)
                };
                // For every axis, how often, then how long.
                let dims: Shape =
                    (1..=rank).rev().flat_map(|back| [from_back(reps, back), from_back(shape, back)]).collect();
                sum_copies(p, &dims, (0..rank).map(|axis| 2 * axis).collect())
            }),
            number: Number::new(),
        },
    ),
};

fn negative(args: &Arguments, n: isize) -> crate::diagnostic::Fail {
    Problem::new(format!("{} cannot make {n} copies", args.builtin.name)).label(Part::Argument(1), n.to_string())
}

pub(crate) static REPEAT: Builtin = Builtin {
    name: "repeat",
    params: &["x", "n", "axis = none"],
    doc: "Every element `n` times in a row, along an axis; without one, of all elements in one row.\n> repeat([1, 2], 2)\n[1, 1, 2, 2]\n> repeat([[1, 2], [3, 4]], 2, axis = 1)\n[[1, 1, 2, 2],\n [3, 3, 4, 4]]",
    samples: &[
        "[1, 2], 2",
        "[[1, 2], [3, 4]], 3",
        "[[1, 2], [3, 4]].T, 2, 0",
        "[[1, 2], [3, 4]], 2, -1",
        "5, 3",
        "[1, 2], 0",
        "zeros(0), 2",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let n = args.whole(1)?;
            let n = usize::try_from(n).map_err(|_| negative(args, n))?;
            let axis = if args.given(2) { Some(normalise_axis(args.whole(2)?, x.shape().len())?) } else { None };
            read((n, axis), x)
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => {
                    let (n, axis): &(usize, Option<usize>) = plan.get()?;
                    Ok(join::repeat(&x.array(), *n, axis.map(|axis| axis as isize))?.into())
                }
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let (n, axis): &(usize, Option<usize>) = p.plan.get()?;
                let x = p.args.first();
                let mut dims = match axis {
                    Some(_) => Shape::from_slice(x.map_or(&[], Var::shape)),
                    None => Shape::from_slice(&[x.map_or(1, Var::len)]),
                };
                let place = (axis.unwrap_or(0) + 1).min(dims.len());
                dims.insert(place, *n);
                sum_copies(p, &dims, [place].into_iter().collect())
            }),
            number: Number::new(),
        },
    ),
};

/// How many elements are added before and after, for every axis.
type Widths = SmallVec<[(usize, usize); 4]>;

pub(crate) static PAD: Builtin = Builtin {
    name: "pad",
    params: &["x", "widths", "value = 0"],
    doc: "Surrounded by a value.\n\n`widths` is one number for all sides, `(before, after)` for every axis, or a pair for each axis.\n> pad([1, 2], 1)\n[0, 1, 2, 0]\n> pad([[1, 2]], ((0, 1), (2, 0)), 9)\n[[9, 9, 1, 2],\n [9, 9, 9, 9]]",
    samples: &[
        "[1, 2], 1",
        "[1, 2], (0, 2)",
        "[[1, 2], [3, 4]].T, 1, 9",
        "[[1, 2]], ((0, 1), (2, 0)), 0.5",
        "zeros(0), 1",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let value = if args.given(2) { args.number(2).and_then(|_| args.var(2))? } else { Var::Num(0.0) };
            let widths = widths(args, x.shape().len())?;
            Ok((Plan::new(widths), [x, value].into_iter().collect()))
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x, value] => Ok(join::pad(&x.array(), plan.get::<Widths>()?, value.item().unwrap_or(0.0))?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let widths: &Widths = p.plan.get()?;
                let shape = p.args.first().map_or(&[][..], Var::shape);
                let inside = |(&(before, _), &dim): (&(usize, usize), &usize)| {
                    IndexItem::Slice(Some(before as isize), Some((before + dim) as isize), None)
                };
                let items: Vec<IndexItem> = widths.iter().zip(shape).map(inside).collect();
                let plan = Plan::shifting(Rc::new(select(p.dy.shape(), &items)?));
                match i {
                    0 => p.cx.apply_with(INDEX.op(), plan, std::slice::from_ref(p.dy)),
                    // The value stands wherever the array does not.
                    _ => p.cx.apply_with(PUT.op(), plan, &[p.dy.clone(), Var::Num(0.0)]),
                }
            }),
            number: Number::new(),
        },
    ),
};

fn widths(args: &Arguments, rank: usize) -> Outcome<Widths> {
    let needed = "a number, (before, after), or such a pair for every axis";
    let pair = |wholes: &[isize]| -> Option<(usize, usize)> {
        match *wholes {
            [both] => Some((both.try_into().ok()?, both.try_into().ok()?)),
            [before, after] => Some((before.try_into().ok()?, after.try_into().ok()?)),
            _ => None,
        }
    };
    let wrong = || args.wrong(1, needed);
    if let Some(wholes) = wholes_of(args.get(1))? {
        return Ok(Widths::from_elem(pair(&wholes).ok_or_else(wrong)?, rank));
    }
    let pairs: Vec<Wholes> = match args.get(1) {
        Value::Tuple(tuple) => tuple.items.iter().map(wholes_of).collect::<Outcome<Option<_>>>()?.ok_or_else(wrong)?,
        Value::Var(var) => match *var.shape() {
            [_, columns] if columns > 0 => {
                let numbers =
                    var.array().to_doubles().iter().map(|&x| crate::value::as_whole(x)).collect::<Option<Vec<_>>>();
                numbers.ok_or_else(wrong)?.chunks(columns).map(Wholes::from_slice).collect()
            }
            _ => return Err(wrong()),
        },
        _ => return Err(wrong()),
    };
    pairs.iter().map(|wholes| pair(wholes)).collect::<Option<Widths>>().ok_or_else(wrong)
}
