//! Several arrays become one, and one becomes several.

use super::arrange::{inverse, part_along, slice_along, transpose};
use super::indexing::INDEX;
use super::shape::reshape;
use crate::array::index::{IndexItem, select};
use crate::array::reduce::normalise_axis;
use crate::array::{Array, Data, Shape, join, layout, limits};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Outcome, Part, Problem, fail};
use crate::value::{Arguments, Builtin, Run, Value, as_var};
use smallvec::SmallVec;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&STACK, &CONCAT, &SPLIT];

/// How arrays are joined.
struct Joint {
    axis: usize,
    /// Whether the only operand is an array whose rows are joined.
    rows: bool,
}

impl Under for Joint {
    fn under(&self, _: usize, _: usize) -> Outcome<Joint> {
        if self.rows {
            fail("internal error: this is done row by row")
        } else {
            Ok(Joint { axis: self.axis + 1, rows: false })
        }
    }
}

/// The arrays to be joined: the entries of a tuple, or the rows of an array.
fn parts(args: &Arguments) -> Outcome<(SmallVec<[Var; 2]>, bool)> {
    let name = args.builtin.name;
    let example = || format!("put what is to be joined into a tuple: {name}((a, b))");
    if let Value::Tuple(tuple) = args.get(0) {
        let mut parts = SmallVec::new();
        for (i, item) in tuple.items.iter().enumerate() {
            let part = as_var(item)?;
            parts.push(part.ok_or_else(|| {
                let problem = Problem::new(format!("{name} joins arrays, and entry {i} is {}", item.kind()));
                problem.label(Part::Argument(0), item.kind())
            })?);
        }
        return Ok((parts, false));
    }
    match as_var(args.get(0))? {
        Some(var) if !var.shape().is_empty() && matches!(args.get(1), Value::Unset | Value::Var(_)) => {
            if let Value::Var(axis) = args.get(1)
                && !axis.shape().is_empty()
            {
                return Err(args.wrong(1, "one axis").help(example()));
            }
            Ok(([var].into_iter().collect(), true))
        }
        _ => Err(args.wrong(0, "a tuple of arrays").help(example())),
    }
}

/// Joins arrays of one shape along a new axis.
pub(crate) static STACK: Builtin = Builtin {
    name: "stack",
    params: &["arrays", "axis = 0"],
    doc: "Joins arrays of one shape along a new axis.\n\nThe arrays are the entries of a tuple, or the rows of an array.\n> stack(([1, 2], [3, 4]))\n[[1, 2],\n [3, 4]]\n> stack(([1, 2], [3, 4]), axis = 1)\n[[1, 3],\n [2, 4]]",
    samples: &[
        "([1, 2], [3, 4])",
        "(1, 2, 3)",
        "([1, 2], [3, 4]), 1",
        "([[1], [2]], [[3], [4]]), -1",
        "[[1, 2], [3, 4], [5, 6]], 1",
        "(zeros(0), zeros(0)), 1",
    ],
    run: Run::Operation(
        |args| {
            let (parts, rows) = parts(args)?;
            let rank = parts.first().map_or(0, |first| first.shape().len()) + usize::from(!rows);
            let axis = normalise_axis(args.whole_or(1, 0)?, rank)?;
            Ok((Plan::shifting(Joint { axis, rows }), parts))
        },
        Op {
            forward: Forward::General(|_, plan, args| {
                let joint: &Joint = plan.get()?;
                if let ([x], true) = (args, joint.rows) {
                    return Ok(layout::permute(&x.array(), &front_to(x.shape().len(), joint.axis))?.into());
                }
                let arrays: Vec<_> = args.iter().map(Var::array).collect();
                let arrays: Vec<&Array> = arrays.iter().map(|array| &**array).collect();
                Ok(join::stack(&arrays, joint.axis as isize)?.into())
            }),
            grad: Grad::Linear(|p: &Pull<'_>, i| {
                let joint: &Joint = p.plan.get()?;
                if joint.rows {
                    return transpose(p.cx, p.dy, &inverse(&front_to(p.dy.shape().len(), joint.axis)));
                }
                let mut items: Vec<IndexItem> = (0..joint.axis).map(|_| IndexItem::Slice(None, None, None)).collect();
                items.push(IndexItem::At(i as isize));
                let selection = select(p.dy.shape(), &items)?;
                p.cx.apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

/// The order of axes that moves the first one to a place.
fn front_to(rank: usize, place: usize) -> Shape {
    let mut order: Shape = (1..rank).collect();
    order.insert(place.min(order.len()), 0);
    order
}

/// Joins arrays of one shape along a new axis.
///
/// # Errors
/// When the shapes differ, or memory runs out.
pub fn stack(cx: &Context, arrays: &[Var], axis: usize) -> Outcome<Var> {
    if axis == 0 && arrays.iter().all(|array| matches!(array, Var::Num(_))) {
        let mut data = limits::reserve(arrays.len())?;
        data.extend(arrays.iter().filter_map(Var::number));
        return Ok(Array::new(Shape::from_slice(&[arrays.len()]), Data::F64(data)).into());
    }
    cx.apply_with(STACK.op(), Plan::shifting(Joint { axis, rows: false }), arrays)
}

pub(crate) static CONCAT: Builtin = Builtin {
    name: "concat",
    params: &["arrays", "axis = 0"],
    doc: "Joins arrays along an axis they have.\n\nThe arrays are the entries of a tuple, or the rows of an array.\n> concat(([1, 2], [3]))\n[1, 2, 3]\n> concat(([[1], [2]], [[3], [4]]), axis = 1)\n[[1, 3],\n [2, 4]]",
    samples: &[
        "([1, 2], [3])",
        "([[1], [2]], [[3, 4], [5, 6]]), 1",
        "([[1, 2]].T, [[3, 4]].T), -2",
        "([1, 2], zeros(0))",
        "[[1, 2], [3, 4]]",
        "[[[1, 2]], [[3, 4]]], 1",
    ],
    run: Run::Operation(
        |args| {
            let (parts, rows) = parts(args)?;
            let rank = parts.first().map_or(0, |first| first.shape().len());
            // What is wrong with other ranks the kernel says best.
            let rank = if rows { rank - 1 } else { rank };
            let axis = args.whole_or(1, 0)?;
            let axis = if rank == 0 { 0 } else { normalise_axis(axis, rank)? };
            if rows && rank == 0 {
                return Err(Problem::new("a single number cannot be joined to others")
                    .label(crate::diagnostic::Part::Argument(0), args.get(0).kind())
                    .help("put the arrays into a tuple: concat((a, b))"));
            }
            Ok((Plan::shifting(Joint { axis, rows }), parts))
        },
        Op {
            forward: Forward::General(|_, plan, args| {
                let joint: &Joint = plan.get()?;
                if let ([x], true) = (args, joint.rows) {
                    let moved = layout::permute(&x.array(), &front_to(x.shape().len(), joint.axis))?;
                    let shape: SmallVec<[isize; 4]> =
                        merged(moved.shape(), joint.axis).iter().map(|&dim| dim as isize).collect();
                    return Ok(layout::reshape(&moved, &shape)?.into());
                }
                let arrays: Vec<_> = args.iter().map(Var::array).collect();
                let arrays: Vec<&Array> = arrays.iter().map(|array| &**array).collect();
                Ok(join::concat(&arrays, joint.axis as isize)?.into())
            }),
            grad: Grad::Linear(|p: &Pull<'_>, i| {
                let joint: &Joint = p.plan.get()?;
                if let ([x], true) = (p.args, joint.rows) {
                    let order = front_to(x.shape().len(), joint.axis);
                    let moved: Shape = order.iter().filter_map(|&axis| x.shape().get(axis).copied()).collect();
                    return transpose(p.cx, &reshape(p.cx, p.dy, &moved)?, &inverse(&order));
                }
                let long = |x: &Var| x.shape().get(joint.axis).copied().unwrap_or(0);
                let start: usize = p.args.iter().take(i).map(long).sum();
                let end = start + p.args.get(i).map_or(0, long);
                slice_along(p.cx, p.dy, joint.axis, start, end)
            }),
            number: Number::new(),
        },
    ),
};

/// A shape with an axis and the one after it as one.
fn merged(shape: &[usize], axis: usize) -> Shape {
    let mut merged = Shape::from_slice(shape);
    if axis + 1 < merged.len() {
        let inner = merged.remove(axis + 1);
        if let Some(dim) = merged.get_mut(axis) {
            *dim = dim.saturating_mul(inner);
        }
    }
    merged
}

/// Joins arrays along an axis they have.
///
/// # Errors
/// When another axis differs, or memory runs out.
pub fn concat(cx: &Context, arrays: &[Var], axis: usize) -> Outcome<Var> {
    cx.apply_with(CONCAT.op(), Plan::shifting(Joint { axis, rows: false }), arrays)
}

pub(crate) static SPLIT: Builtin = Builtin {
    name: "split",
    params: &["x", "parts", "axis = 0"],
    doc: "Cuts an array into parts along an axis, as a tuple.\n\n`parts` is how many equal parts there are, or a tuple of positions to cut at.\n> split([1, 2, 3, 4], 2)\n([1, 2], [3, 4])\n> split([1, 2, 3, 4], (1, 3))\n([1], [2, 3], [4])",
    samples: &[
        "[1, 2, 3.5], 3",
        "[[1, 2, 3, 4], [5, 6, 7, 8]], 2, 1",
        "[[1, 2], [3, 4.5], [5, 6]], [1]",
        "zeros(0, 2), 2, axis = 1",
    ],
    run: Run::Routine(|call| {
        let x = call.args.var(0)?;
        let axis = normalise_axis(call.args.whole_or(2, 0)?, x.shape().len())?;
        let points = match call.args.get(1) {
            Value::Var(var) if var.shape().is_empty() => None,
            _ => Some(call.args.wholes(1)?),
        };
        let cuts = match &points {
            Some(points) => join::Cuts::Points(points),
            None => {
                let sections = call.args.whole(1)?;
                join::Cuts::Sections(usize::try_from(sections).unwrap_or(0))
            }
        };
        let bounds = join::bounds(x.shape(), cuts, axis)?;
        if let [_] = &bounds[..] {
            return Ok(Value::tuple(vec![Value::Var(x)]));
        }
        let plans = bounds.into_iter().map(|(start, stop)| part_along(x.shape(), axis, start, stop));
        let plans = plans.collect::<Outcome<Vec<Plan>>>()?;
        // What was cut is in its parts: with the arguments goes the last who reads it whole.
        call.args.values.clear();
        let parts = call.host.cx().apply_each(INDEX.op(), plans, x)?;
        Ok(Value::tuple(parts.into_iter().map(Value::Var).collect()))
    }),
};
