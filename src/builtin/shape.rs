//! Shapes: asking for them, and the same elements under another one.

pub use super::join::stack;

use crate::array::broadcast::broadcast_to;
use crate::array::{Shape, layout, limits, reduce, shape_text};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run, Value};
use smallvec::{SmallVec, smallvec};

/// Everything declared here.
pub static ALL: &[&Builtin] =
    &[&SHAPE, &SIZE, &NDIM, &LEN, &RESHAPE, &FLATTEN, &EXPAND_DIMS, &SQUEEZE, &ITEM, &ASSCALAR, &BROADCAST_TO];

pub(crate) static SHAPE: Builtin = Builtin {
    name: "shape",
    params: &["x"],
    doc: "The length of every axis, as a tuple.\n> shape([[1, 2, 3]])\n(1, 3)",
    samples: &["[[1, 2, 3]]", "5", "zeros(0, 2)"],
    run: Run::Routine(|call| shape_of(&call.args).map(|shape| Value::shape(&shape))),
};

pub(crate) static SIZE: Builtin = Builtin {
    name: "size",
    params: &["x"],
    doc: "How many elements there are.\n> size([[1, 2, 3], [4, 5, 6]])\n6",
    samples: &["[[1, 2, 3]]", "5", "zeros(0, 2)"],
    run: Run::Routine(|call| shape_of(&call.args).map(|shape| Value::num(crate::array::count(&shape) as f64))),
};

pub(crate) static NDIM: Builtin = Builtin {
    name: "ndim",
    params: &["x"],
    doc: "How many axes there are.\n> ndim([[1, 2, 3]])\n2",
    samples: &["[[1, 2, 3]]", "5", "zeros(0, 2)"],
    run: Run::Routine(|call| shape_of(&call.args).map(|shape| Value::num(shape.len() as f64))),
};

fn shape_of(args: &Arguments) -> Outcome<Shape> {
    match args.get(0) {
        Value::Var(var) => Ok(Shape::from_slice(var.shape())),
        Value::Range(range) => Ok(Shape::from_slice(&[range.len])),
        other => {
            let problem = Problem::new(format!("{} has no {}", other.kind(), args.builtin.name))
                .label(Part::Argument(0), other.kind());
            Err(if matches!(other, Value::Tuple(_) | Value::Text(_)) {
                problem.help("len gives how long it is")
            } else {
                problem
            })
        }
    }
}

pub(crate) static LEN: Builtin = Builtin {
    name: "len",
    params: &["x"],
    doc: "How long it is: the first axis of an array, the entries of a tuple, the characters of a string.\n> len([[1, 2, 3], [4, 5, 6]])\n2\n> len((\"a\", \"b\", \"c\"))\n3\n> len(\"höhe\")\n4",
    samples: &["[1, 2, 3]", "\"abc\"", "(1, 2)", "range(5)", "zeros(0, 2)"],
    run: Run::Routine(|call| {
        let length = match call.args.get(0) {
            Value::Var(var) => match var.shape() {
                [first, ..] => *first,
                [] => {
                    return Err(Problem::new("a number has no len")
                        .label(Part::Argument(0), "no axes")
                        .help("an array of one has: len([x]) is 1"));
                }
            },
            Value::Range(range) => range.len,
            Value::Tuple(tuple) => tuple.items.len(),
            Value::Text(text) => text.chars().count(),
            other => {
                return Err(Problem::new(format!("{} has no len", other.kind())).label(Part::Argument(0), other.kind()));
            }
        };
        Ok(Value::num(length as f64))
    }),
};

/// A shape to be given.
struct Form(Shape);

impl Under for Form {
    fn under(&self, count: usize, _: usize) -> Outcome<Form> {
        let mut shape = self.0.clone();
        shape.insert(0, count);
        Ok(Form(shape))
    }
}

/// An operation that keeps the elements and their order. Its plan is the new shape.
const fn renaming() -> Op {
    Op {
        forward: Forward::Renames(|_, plan, args| match args {
            [x] => Ok(layout::renamed(&x.array(), &plan.get::<Form>()?.0)?.into()),
            _ => Ok(Var::default()),
        }),
        grad: Grad::Linear(|p: &Pull<'_>, _| match p.args.first() {
            Some(x) => reshape(p.cx, p.dy, x.shape()),
            None => Ok(p.dy.clone()),
        }),
        number: Number::new(),
    }
}

/// What such an operation reads: `x`, and what shape it gets.
type Renamed = Outcome<(Plan, SmallVec<[Var; 2]>)>;

fn renamed(x: Var, shape: Shape) -> Renamed {
    Ok((Plan::shifting(Form(shape)), smallvec![x]))
}

pub(crate) static RESHAPE: Builtin = Builtin {
    name: "reshape",
    params: &["x", "...shape"],
    doc: "The same elements under another shape; one length may be -1 and takes what is left.\n> reshape([1, 2, 3, 4], 2, 2)\n[[1, 2],\n [3, 4]]\n> reshape([1, 2, 3, 4], (-1, 1)).shape\n(4, 1)",
    samples: &[
        "[1, 2, 3, 4], 2, 2",
        "[[1, 2], [3, 4]], -1",
        "5, 1, 1",
        "[[1, 2, 3], [4, 5, 6]].T, (2, -1)",
        "[7], ()",
        "zeros(0, 2), 2, 0",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            only_named(args, 1, "shape")?;
            if args.rest(1).is_empty() {
                return Err(Problem::new("reshape needs a shape")
                    .note(args.builtin.signature())
                    .help("reshape(x, -1) gives all elements in one row"));
            }
            let shape = layout::resolve_shape(x.shape(), &args.wholes_rest(1)?)?;
            renamed(x, shape)
        },
        renaming(),
    ),
};

/// Refuses named entries in a `...rest` parameter other than its own name.
pub(super) fn only_named(args: &Arguments, i: usize, own: &str) -> Outcome<()> {
    let Value::Tuple(rest) = args.get(i) else { return Ok(()) };
    for entry in 0..rest.items.len() {
        if let Some(name) = rest.name(entry).filter(|name| &***name != own) {
            let problem = Problem::new(format!("{} has no argument called `{name}`", args.builtin.name))
                .note(args.builtin.signature());
            return Err(if &**name == "dtype" {
                problem.help("convert the result: f32(x), f64(x), or x != 0 for truth values")
            } else {
                problem
            });
        }
    }
    Ok(())
}

/// The same elements under another shape.
///
/// # Errors
/// When the number of elements differs.
pub fn reshape(cx: &Context, x: &Var, shape: &[usize]) -> Outcome<Var> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    if cx.plainly() {
        let x = x.array();
        x.compute()?;
        return Ok(layout::renamed(&x, shape)?.into());
    }
    cx.apply_with(RESHAPE.op(), Plan::shifting(Form(Shape::from_slice(shape))), std::slice::from_ref(x))
}

pub(crate) static FLATTEN: Builtin = Builtin {
    name: "flatten",
    params: &["x"],
    doc: "All elements in one row.\n> flatten([[1, 2], [3, 4]])\n[1, 2, 3, 4]",
    samples: &["[[1, 2], [3, 4]]", "5", "[[1, 2, 3], [4, 5, 6]].T", "zeros(0, 2)"],
    run: Run::Operation(
        |args| {
            args.var(0).and_then(|x| {
                let len = x.len();
                renamed(x, smallvec![len])
            })
        },
        renaming(),
    ),
};

pub(crate) static EXPAND_DIMS: Builtin = Builtin {
    name: "expand_dims",
    params: &["x", "axis"],
    doc: "A new axis of length 1, which will be axis `axis` of the result.\n> expand_dims([1, 2], 1)\n[[1],\n [2]]",
    samples: &["[1, 2], 1", "5, 0", "[[1, 2], [3, 4]], -2", "[1, 2], (0, -1)", "zeros(0), 0"],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let wholes = args.wholes(1)?;
            let rank = x.shape().len().saturating_add(wholes.len());
            let reduce::Axes::Some(axes) = reduce::axes(Some(&wholes), rank)? else { return renamed(x, Shape::new()) };
            let mut shape = Shape::from_slice(x.shape());
            // In ascending order, so each lands where the result has it.
            axes.iter().for_each(|&axis| shape.insert(axis.min(shape.len()), 1));
            renamed(x, shape)
        },
        renaming(),
    ),
};

pub(crate) static SQUEEZE: Builtin = Builtin {
    name: "squeeze",
    params: &["x", "axis = none"],
    doc: "Without the axes of length 1, all of them or some.\n> squeeze([[[1, 2]]])\n[1, 2]\n> squeeze([[[1, 2]]], axis = 0)\n[[1, 2]]",
    samples: &["[[[1, 2]]]", "[[[1, 2]]], 0", "[[[1], [2]]], (0, -1)", "5", "[[3]]", "zeros(1, 0)"],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let shape: Shape = match args.axes(1)? {
                None => x.shape().iter().copied().filter(|&dim| dim != 1).collect(),
                Some(wholes) => {
                    let axes = reduce::axes(Some(&wholes), x.shape().len())?;
                    let long = x.shape().iter().enumerate().find(|&(axis, &dim)| axes.contains(axis) && dim != 1);
                    if let Some((axis, dim)) = long {
                        return Err(Problem::new(format!("axis {axis} has length {dim}, not 1"))
                            .label(Part::Argument(0), shape_text(x.shape()))
                            .help("leave the axis out to remove those of length 1"));
                    }
                    reduce::reduced_shape(x.shape(), &axes, false)
                }
            };
            renamed(x, shape)
        },
        renaming(),
    ),
};

pub(crate) static ITEM: Builtin = Builtin {
    name: "item",
    params: &["x"],
    doc: "The only element of an array, as a number.\n> item([[7]])\n7",
    samples: &["[[7]]", "5"],
    run: Run::Operation(only, renaming()),
};

pub(crate) static ASSCALAR: Builtin = Builtin {
    name: "asscalar",
    params: &["x"],
    doc: "The only element of an array, as a number; the same as `item`.\n> asscalar([7])\n7",
    samples: &["[[7]]", "5"],
    run: Run::Operation(only, renaming()),
};

fn only(args: &Arguments) -> Renamed {
    let x = args.var(0)?;
    if x.len() != 1 {
        return Err(Problem::new(format!("{} needs an array of one element, found {}", args.builtin.name, x.len()))
            .label(Part::Argument(0), shape_text(x.shape()))
            .help("take one of several by its index: x[0]"));
    }
    renamed(x, Shape::new())
}

pub(crate) static BROADCAST_TO: Builtin = Builtin {
    name: "broadcast_to",
    params: &["x", "shape"],
    doc: "An array stretched to a larger shape, as arithmetic would stretch it.\n> broadcast_to([1, 2], (3, 2))\n[[1, 2],\n [1, 2],\n [1, 2]]",
    samples: &[
        "[1, 2], (3, 2)",
        "5, (2, 2)",
        "[[1], [2]], (2, 2, 3)",
        "[[1, 2]].T, (2, 0)",
        "5, ()",
        "zeros(1, 0), (2, 0)",
    ],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            Ok((Plan::new(args.shape(1)?), [x].into_iter().collect()))
        },
        Op {
            forward: Forward::Rows(
                |_, plan, args| match args {
                    [x] => {
                        let shape: &Shape = plan.get()?;
                        limits::checked_count(shape)?;
                        Ok(broadcast_to(&x.array(), shape)?.into())
                    }
                    _ => Ok(Var::default()),
                },
                |cx, plan, args, _, count| {
                    let shape: &Shape = plan.get()?;
                    let x = cx.lined_up(args.first().unwrap_or(&Var::Num(0.0)), shape.len())?;
                    let shape: Shape = [count].into_iter().chain(shape.iter().copied()).collect();
                    cx.apply_with(BROADCAST_TO.op(), Plan::new(shape), &[x])
                },
            ),
            // The engine undoes the stretching.
            grad: Grad::Linear(|p: &Pull<'_>, _| Ok(p.dy.clone())),
            number: Number::new(),
        },
    ),
};
