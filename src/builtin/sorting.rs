//! Sorting. Where elements go is a constant, so a derivative follows each element to its place.

use super::indexing::{INDEX, SCATTER};
use crate::array::index::Selection;
use crate::array::order::{Sorting, along, different};
use crate::array::reduce::normalise_axis;
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Call, Run, Tuple, Value};
use smallvec::SmallVec;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&SORT, &ARGSORT, &TOPK, &UNIQUE];

const SAMPLES: &[&str] = &[
    "[3, 1, 2]",
    "[[1, 5, 2], [7, 4, 6]]",
    "[[1, 5], [7, 4]], 0",
    "[[[3, 2], [1, 4.5]], [[5, 6], [-7, 8]]], axis = 1",
    "zeros(2, 0)",
];

/// The axis, the last one unless asked otherwise.
fn axis(args: &Arguments, i: usize, x: &Var) -> Outcome<usize> {
    if x.shape().is_empty() {
        let problem = Problem::new(format!("{} needs an axis, and a single number has none", args.builtin.name));
        return Err(problem.label(Part::Argument(0), "a single number"));
    }
    normalise_axis(args.whole_or(i, -1)?, x.shape().len())
}

pub(crate) static SORT: Builtin = Builtin {
    name: "sort",
    params: &["x", "axis = -1"],
    doc: "The elements in ascending order, along an axis.\n\nThe sort is stable and puts `nan` last; for descending order, `flip` the result. The derivative follows each element to its place.\n> sort([3, 1, 2])\n[1, 2, 3]\n> sort([[3, 1], [2, 4]], axis = 0)\n[[2, 1],\n [3, 4]]",
    samples: SAMPLES,
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let axis = axis(args, 1, &x)?;
            let (selection, _) = along(&x.array(), axis, Sorting::Ascending, usize::MAX)?;
            Ok((Plan::new(Rc::new(selection)), [x].into_iter().collect()))
        },
        select(),
    ),
};

/// Elements at places that are known: the selection is the plan.
const fn select() -> Op {
    Op {
        forward: Forward::General(|_, plan, args| match args {
            [x] => Ok(plan.get::<Rc<Selection>>()?.take(&x.array())?.into()),
            _ => Ok(Var::default()),
        }),
        grad: Grad::Pulls(|p: &Pull<'_>, _| {
            let selection: &Rc<Selection> = p.plan.get()?;
            p.cx.apply_with(SCATTER.op(), Plan::shifting(selection.clone()), std::slice::from_ref(p.dy))
        }),
        number: Number::new(),
    }
}

pub(crate) static ARGSORT: Builtin = Builtin {
    name: "argsort",
    params: &["x", "axis = -1"],
    doc: "The positions of the elements in ascending order, along an axis.\n\nEqual elements stay in order, and `nan` comes last.\n> argsort([3, 1, 2])\n[1, 2, 0]",
    samples: SAMPLES,
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let axis = axis(args, 1, &x)?;
            Ok((Plan::new(axis), [x].into_iter().collect::<SmallVec<[Var; 2]>>()))
        },
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => Ok(along(&x.array(), *plan.get::<usize>()?, Sorting::Ascending, usize::MAX)?.1.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Blocked,
            number: Number::new(),
        },
    ),
};

pub(crate) static TOPK: Builtin = Builtin {
    name: "topk",
    params: &["x", "k", "axis = -1"],
    doc: "The `k` largest elements along an axis, the largest first, and their positions.\n\nOf equal elements the first comes first, and `nan` before all. The derivative of the values follows each element.\n> topk([3, 1, 4, 1, 5], 2)\n(values = [5, 4], indices = [4, 2])",
    samples: &["[3, 1, 4, 2], 2", "[[1, 5, 2], [7, 4, 6]], 1", "[[1, 5], [7, 4]], 2, axis = 0", "zeros(2, 0), 0"],
    run: Run::Routine(|call: &mut Call<'_>| {
        let x = call.args.var(0)?;
        let axis = axis(&call.args, 2, &x)?;
        let length = x.shape().get(axis).copied().unwrap_or(0);
        let k = call.args.whole(1)?;
        let Some(k) = usize::try_from(k).ok().filter(|&k| k <= length) else {
            return Err(Problem::new(format!("{k} elements cannot be chosen from {length}"))
                .label(Part::Argument(1), k.to_string())
                .label(Part::Argument(0), format!("{length} along axis {axis}")));
        };
        let (selection, indices) = along(&x.array(), axis, Sorting::Descending, k)?;
        let values = call.host.cx().apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), &[x])?;
        let entries = [("values", Value::Var(values)), ("indices", Value::Var(indices.into()))];
        Ok(Value::Tuple(Rc::new(Tuple::named(entries))))
    }),
};

pub(crate) static UNIQUE: Builtin = Builtin {
    name: "unique",
    params: &["x"],
    doc: "The different elements of an array, in ascending order.\n\nThe derivative goes to the first of equal elements.\n> unique([3, 1, 3, 2])\n[1, 2, 3]",
    samples: &["[3, 1, 2]", "[[1, 5], [7, 4]]", "5", "zeros(0)"],
    run: Run::Operation(
        |args| {
            let x = args.var(0)?;
            let selection = different(&x.array())?;
            Ok((Plan::new(Rc::new(selection)), [x].into_iter().collect()))
        },
        select(),
    ),
};
