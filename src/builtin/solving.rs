//! Linear systems: `solve` and `inv`.
//!
//! A matrix is factored once for a system and for all that follows from it: the node of a system keeps the
//! factors for its rule, and one that was factored a moment ago, by `logdet` say, is not factored again.

use super::arithmetic::NEGATE;
use super::kept::Kept;
use super::linear::{multiply, one, operand};
use super::shape::reshape;
use crate::array::decompose::{self, Factors};
use crate::array::{Array, Shape};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::Outcome;
use crate::value::{Builtin, Run};
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&INV, &SOLVE];

thread_local! {
    /// While an array lives, no other has its address; and nobody writes into one that somebody points to.
    static LAST: RefCell<Option<(Weak<Array>, Rc<Factors>)>> = const { RefCell::new(None) };
}

/// The factors made last, if they are of the same array.
pub(super) fn known(a: &Var) -> Option<Rc<Factors>> {
    let Var::Array(array) = a.plain() else { return None };
    LAST.with_borrow(|last| match last {
        Some((whose, factors)) if whose.as_ptr() == Rc::as_ptr(array) => Some(factors.clone()),
        _ => None,
    })
}

/// The factors of a stack of matrices, for the function of this name: those made last, if they are of the same array.
///
/// # Errors
/// When the matrices are not square, memory runs out, or somebody asked to stop.
pub(super) fn factors(a: &Var, name: &str) -> Outcome<Rc<Factors>> {
    if let Some(known) = known(a) {
        return Ok(known);
    }
    let Var::Array(array) = a.plain() else { return Factors::new(&a.array(), name).map(Rc::new) };
    let factors = Rc::new(Factors::new(array, name)?);
    // A few megabytes at most stay behind.
    let small = array.len() <= 1 << 20;
    LAST.set(small.then(|| (Rc::downgrade(array), factors.clone())));
    Ok(factors)
}

/// Square matrices to check rules at.
pub(super) const SQUARE: &[&str] = &[
    "[[2, 1], [1, 3]]",
    "[[4]]",
    "[[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]]",
    "[[[2, 1], [1, 3]], [[0, 1], [-2, 0.5]]]",
    "[[2, 0.5, -1, 0], [1, 3, 0.25, 1], [0, -1, 1.5, 0.5], [1, 1, 0, -2]]",
    "zeros(0, 2, 2)",
];

pub(crate) static INV: Builtin = Builtin {
    name: "inv",
    params: &["a"],
    doc: "Inverse of a square matrix, or of each matrix of a stack.\n\nA singular matrix is an error. To solve a linear system, `solve` is faster and more exact.\n> inv([[2, 0], [0, 4]])\n[[0.5,    0],\n [  0, 0.25]]",
    samples: SQUARE,
    run: Run::Operation(
        one,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a] => Ok(decompose::inv_with(&a.array(), &*factors(a, "inv")?)?.into()),
                _ => Ok(Var::default()),
            }),
            // -yᵀ dy yᵀ
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let y = p.out();
                let left = multiply(p.cx, &y, true, p.dy, false, None)?;
                p.cx.apply(NEGATE.op(), &[multiply(p.cx, &left, false, &y, true, None)?])
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static SOLVE: Builtin = Builtin {
    name: "solve",
    params: &["a", "b"],
    doc: "The solution `x` of the linear system `a @ x == b`.\n\nA vector `b` is one right-hand side, otherwise its columns are many; axes before the last two are stacks, which broadcast. A singular matrix is an error.\n> solve([[2, 1], [1, 3]], [3, 4])\n[1, 1]",
    samples: &[
        "[[2, 1], [1, 3]], [3, 4.5]",
        "[[2, 1], [1, 3]], [[3, 4, 1], [0, 1, 2]]",
        "[[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]], [1, 2, 3]",
        "[[[2, 1], [1, 3]], [[0, 1], [-2, 0.5]]], [3, 4]",
        "[[2, 1], [1, 3]], [[[3], [4]], [[1], [2]]]",
        "zeros(0, 2, 2), [1, 2]",
    ],
    run: Run::Operation(
        |args| Ok((Plan::new(System::new(false)), [args.var(0)?, args.var(1)?].into_iter().collect())),
        Op {
            forward: Forward::General(|_, plan, args| {
                let [a, b] = args else { return Ok(Var::default()) };
                let System { turned, keep } = plan.get()?;
                let factors = keep.get(a)?;
                Ok(decompose::solve_with(&a.array(), &factors, *turned, &b.array())?.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (a, b, y, cx) = (operand(p, 0), operand(p, 1), p.out(), p.cx);
                let &System { turned, ref keep } = p.plan.get()?;
                let vector = b.shape().len() == 1;
                let column = |x: &Var| {
                    let mut shape = Shape::from_slice(x.shape());
                    shape.push(1);
                    if vector { reshape(cx, x, &shape) } else { Ok(x.clone()) }
                };
                let plan = Plan::new(System { turned: !turned, keep: keep.clone() });
                let db = cx.apply_with(SOLVE.op(), plan, &[a, column(p.dy)?])?;
                if i == 1 {
                    return if vector { reshape(cx, &db, p.dy.shape()) } else { Ok(db) };
                }
                let y = column(&y)?;
                let (left, right) = if turned { (&y, &db) } else { (&db, &y) };
                cx.apply(NEGATE.op(), &[multiply(cx, left, false, right, true, None)?])
            }),
            number: Number::new(),
        },
    ),
};

/// What a system is told besides its operands.
struct System {
    /// The matrix is taken as transposed.
    turned: bool,
    keep: Kept<Factors>,
}

impl System {
    fn new(turned: bool) -> System {
        System { turned, keep: Kept::new(|a| factors(a, "solve")) }
    }
}

/// The solution of a system, or of the one with the transposed matrix.
///
/// # Errors
/// When the matrix is singular, memory runs out, or somebody asked to stop.
pub(super) fn solve(cx: &Context, a: &Var, turned: bool, b: &Var) -> Outcome<Var> {
    cx.apply_with(SOLVE.op(), Plan::new(System::new(turned)), &[a.clone(), b.clone()])
}
