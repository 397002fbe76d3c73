//! Matrices as products of simpler ones: `cholesky`.

use super::arithmetic::{ADD, MULTIPLY, WEIGH};
use super::arrange::transpose;
use super::linear::{multiply, one};
use super::solving::solve;
use crate::array::{Array, Shape, cholesky};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Pull, Var};
use crate::diagnostic::Outcome;
use crate::value::{Builtin, Run};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&CHOLESKY];

pub(crate) static CHOLESKY: Builtin = Builtin {
    name: "cholesky",
    params: &["a"],
    doc: "The lower triangular `l` with `l @ l.T == a`, of a symmetric positive definite matrix.\n\nOnly the symmetric part `(a + a.T) / 2` counts. Axes before the last two are a stack of matrices. A matrix that is not positive definite is an error.\n> cholesky([[4, 2], [2, 5]])\n[[2, 0],\n [1, 2]]",
    samples: &[
        "[[4, 1], [1, 3]]",
        "[[2.25]]",
        "[[4, 1, -1], [1, 3, 0.5], [-1, 0.5, 2]]",
        "[[[4, 1], [1, 3]], [[1, 0.5], [0.5, 2]]]",
        "zeros(0, 2, 2)",
        "zeros(0, 0)",
    ],
    run: Run::Operation(
        one,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a] => Ok(cholesky::cholesky(&a.array())?.into()),
                _ => Ok(Var::default()),
            }),
            // The symmetric part of L⁻ᵀ Φ(Lᵀ dL) L⁻¹, where Φ takes the lower triangle with half the diagonal
            // (Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, equation 10).
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let (cx, l) = (p.cx, p.out());
                let half = half_triangle(l.shape().last().copied().unwrap_or(0))?;
                let inner = cx.apply(WEIGH.op(), &[half, multiply(cx, &l, true, p.dy, false, Some(1))?])?;
                let left = turned(cx, &solve(cx, &l, true, &inner)?)?;
                let both = solve(cx, &l, true, &left)?;
                symmetric(cx, &both)
            }),
            number: Number::new(),
        },
    ),
};

/// 1 below the diagonal, 1/2 on it, 0 above.
fn half_triangle(n: usize) -> Outcome<Var> {
    let mut data = crate::array::limits::reserve(n.saturating_mul(n))?;
    for row in 0..n {
        data.extend((0..n).map(|column| match row.cmp(&column) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        }));
    }
    Ok(Array::new(Shape::from_slice(&[n, n]), data).into())
}

/// The last two axes exchanged.
pub(super) fn turned(cx: &Context, x: &Var) -> Outcome<Var> {
    let rank = x.shape().len();
    let mut order: Shape = (0..rank).collect();
    if rank >= 2 {
        order.swap(rank - 1, rank - 2);
    }
    transpose(cx, x, &order)
}

/// (x + xᵀ) / 2
pub(super) fn symmetric(cx: &Context, x: &Var) -> Outcome<Var> {
    let sum = cx.apply(ADD.op(), &[x.clone(), turned(cx, x)?])?;
    cx.apply(MULTIPLY.op(), &[sum, Var::Num(0.5)])
}
