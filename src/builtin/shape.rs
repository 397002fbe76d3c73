//! Shapes: asking for them, changing them, joining and splitting.

use crate::array::{Array, DType, Data, Shape, limits};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Problem};
use crate::value::{Builtin, Run, Value, as_var};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&STACK, &RESHAPE, &SHAPE];

/// Joins arrays of one shape along a new axis.
pub(crate) static STACK: Builtin = Builtin {
    name: "stack",
    params: &["arrays", "axis = 0"],
    doc: "Joins arrays of one shape along a new axis.\n> stack(([1, 2], [3, 4]))\n[[1, 2],\n [3, 4]]",
    samples: &["([1, 2], [3, 4])", "(1, 2, 3)", "([1, 2], [3, 4]), 1"],
    run: Run::Operation(
        |args| {
            let arrays = match args.get(0) {
                Value::Tuple(tuple) => tuple.items.iter().map(as_var).collect::<Outcome<Option<Vec<_>>>>()?,
                _ => None,
            };
            let arrays = arrays.ok_or_else(|| args.wrong(0, "a tuple of arrays"))?;
            let rank = arrays.first().map_or(0, |first| first.shape().len());
            let axis = crate::array::reduce::normalise_axis(args.whole_or(1, 0)?, rank + 1)?;
            Ok((Plan::new(axis), arrays.into_iter().collect()))
        },
        Op {
            forward: Forward::General(|_, plan, args| {
                let axis: &usize = plan.get()?;
                let arrays: Vec<Array> = args.iter().map(|arg| arg.array().into_owned()).collect();
                let arrays: Vec<&Array> = arrays.iter().collect();
                Ok(crate::array::join::stack(&arrays, *axis as isize)?.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let axis: &usize = p.plan.get()?;
                let mut items: Vec<_> = (0..*axis).map(|_| crate::array::index::IndexItem::Slice(None, None, None)).collect();
                items.push(crate::array::index::IndexItem::At(i as isize));
                let selection = crate::array::index::select(p.dy.shape(), &items)?;
                p.cx.apply_with(super::indexing::INDEX.op(), Plan::new(std::rc::Rc::new(selection)), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

/// Joins arrays of one shape along a new axis.
///
/// # Errors
/// When the shapes differ, or memory runs out.
pub fn stack(cx: &Context, arrays: &[Var], axis: usize) -> Outcome<Var> {
    if arrays.iter().all(|array| matches!(array, Var::Num(_))) {
        let mut data = limits::reserve(arrays.len())?;
        data.extend(arrays.iter().filter_map(Var::number));
        return Ok(Array::new(Shape::from_slice(&[arrays.len()]), Data::F64(data)).into());
    }
    cx.apply_with(STACK.op(), Plan::new(axis), arrays)
}

pub(crate) static RESHAPE: Builtin = Builtin {
    name: "reshape",
    params: &["x", "...shape"],
    doc: "The same elements under another shape; one length may be -1.\n> reshape([1, 2, 3, 4], 2, 2)\n[[1, 2],\n [3, 4]]",
    samples: &["[1, 2, 3, 4], 2, 2", "[[1, 2], [3, 4]], -1", "5, 1, 1"],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            Ok((Plan::new(args.wholes_rest(1)?), [x].into_iter().collect()))
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => Ok(crate::array::layout::reshape(&x.array(), plan.get::<crate::value::Wholes>()?)?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| match p.args.first() {
                Some(x) => reshape(p.cx, p.dy, x.shape()),
                None => Ok(p.dy.clone()),
            }),
            number: Number::new(),
        },
    ),
};

/// The same elements under another shape.
///
/// # Errors
/// When the number of elements differs.
pub fn reshape(cx: &Context, x: &Var, shape: &[usize]) -> Outcome<Var> {
    let wholes: crate::value::Wholes = shape.iter().map(|&dim| dim as isize).collect();
    cx.apply_with(RESHAPE.op(), Plan::new(wholes), std::slice::from_ref(x))
}

pub(crate) static SHAPE: Builtin = Builtin {
    name: "shape",
    params: &["x"],
    doc: "The length of every axis, as a tuple.\n> shape([[1, 2, 3]])\n(1, 3)",
    samples: &[],
    run: Run::Routine(|call| match as_var(call.args.get(0))? {
        Some(var) => Ok(Value::shape(var.shape())),
        None => Err(Problem::new(format!("{} has no shape", call.args.get(0).kind()))),
    }),
};

#[allow(dead_code)]
fn dtype(_: DType) {}
