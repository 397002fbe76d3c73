//! Matrices as products of simpler ones: `cholesky`, `qr`.

use super::arrange::{TRIL, TRIU};
use super::join::concat;
use super::linear::{internal, multiply, one, operand};
use super::matrices::Matrices;
use super::solving::{known, solve};
use crate::array::{Array, Shape, cholesky, spectra};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Kind, Outcome, Problem};
use crate::value::{Builtin, Run, Tuple, Value};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&CHOLESKY, &COTANGENT, &QR, &ORTHOGONAL];

pub(crate) static CHOLESKY: Builtin = Builtin {
    name: "cholesky",
    params: &["a"],
    doc: "The lower triangular `l` with `l @ l.T == a`, of a symmetric positive definite matrix.\n\nOnly the symmetric part `(a + a.T) / 2` counts. Axes before the last two are a stack of matrices. A matrix that is not positive definite is an error.\n> cholesky([[4, 2], [2, 5]])\n[[2, 0],\n [1, 2]]",
    samples: &[
        "[[4, 1], [1, 3]]",
        "[[2.25]]",
        "[[4, 1, -1], [1, 3, 0.5], [-1, 0.5, 2]]",
        "[[[4, 1], [1, 3]], [[1, 0.5], [0.5, 2]]]",
        "3 * eye(17) + cos(arange(17) - arange(17)[:, none])",
        "zeros(0, 2, 2)",
        "zeros(0, 0)",
    ],
    run: Run::Operation(
        one,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a] => Ok(cholesky::cholesky(&a.array(), known(a).as_deref())?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| p.cx.apply(COTANGENT.op(), &[p.out(), p.dy.clone()])),
            number: Number::new(),
        },
    ),
};

/// The symmetric S = L⁻ᵀ Φ(Lᵀ dL) L⁻¹ of Murray (Differentiation of the Cholesky decomposition, arXiv:1602.07527,
/// equation 10), but for its skew part; Φ takes the lower triangle with half the diagonal.
pub(crate) static COTANGENT: Builtin = Builtin {
    name: "(cotangent of a factor)",
    params: &["l", "dl"],
    doc: "The cotangent of a symmetric matrix with the Cholesky factor `l`, whose cotangent is `dl`.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [l, dl] => Ok(cholesky::pulled(&l.array(), &dl.array())?.into()),
                _ => Ok(Var::default()),
            }),
            // With the symmetric part G of dS, B = L⁻¹ G and Q = Φ(B L⁻ᵀ): by dL it is L Q, and by L, of which there
            // is only the lower triangle, dL Qᵀ - 2 S Bᵀ.
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (l, dl, cx, m) = (operand(p, 0), operand(p, 1), p.cx, Matrices(p.cx));
                let turned = m.turned(&solve(cx, &l, false, &m.symmetric(p.dy)?)?)?;
                let half = half_triangle(l.shape().last().copied().unwrap_or(0))?;
                let q = m.weigh(&half, &solve(cx, &l, false, &turned)?)?;
                if i == 1 {
                    return multiply(cx, &l, false, &q, false, Some(1));
                }
                let first = multiply(cx, &dl, false, &q, true, Some(1))?;
                let second = multiply(cx, &p.out(), false, &turned, false, Some(1))?;
                let by_l = m.subtract(&first, &m.scale(&second, 2.0)?)?;
                cx.apply_with(TRIL.op(), Plan::new(0_isize), &[by_l])
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

pub(crate) static QR: Builtin = Builtin {
    name: "qr",
    params: &["a"],
    doc: "Orthonormal columns times an upper triangle: a tuple `(Q, R)` with `a == Q @ R`.\n\nQ has as many columns as the shorter side of `a` is long, and the diagonal of R is not negative. Axes before the last two are a stack of matrices.\n> qr([[3, 1], [4, 2]]).R\n[[5, 2.2],\n [0, 0.4]]",
    samples: &[
        "[[2, 1], [0.5, 4]]",
        "[[2, 1, -1], [0.5, 4, 3]]",
        "[[2, 1], [0.5, 4], [1, -3]]",
        "[[[2, 1], [0.5, 4]], [[1, 3], [-1, 0.25]]]",
        "zeros(0, 2, 3)",
    ],
    run: Run::Routine(|call| {
        let a = call.args.var(0)?;
        let (cx, m) = (call.host.cx(), Matrices(call.host.cx()));
        let rows = spectra::rectangle(&a.array(), "qr")?.1;
        let both = cx.apply(ORTHOGONAL.op(), &[a])?;
        let (q, r) = (m.rows(&both, 0, rows)?, m.turned(&m.rows(&both, rows, side(&both))?)?);
        Ok(Value::Tuple(Rc::new(Tuple::named([("Q", Value::Var(q)), ("R", Value::Var(r))]))))
    }),
};

/// How many rows a matrix has.
fn side(x: &Var) -> usize {
    x.shape().iter().rev().nth(1).copied().unwrap_or(1)
}

/// Q above Rᵀ.
pub(crate) static ORTHOGONAL: Builtin = Builtin {
    name: "(orthogonal factors)",
    params: &["a"],
    doc: "The factor with orthonormal columns above the transposed triangle.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|cx, _, args| {
                let [a] = args else { return Ok(Var::default()) };
                let (q, r) = spectra::qr(&a.array())?;
                let axis = q.rank().saturating_sub(2);
                concat(cx, &[q.into(), Matrices(cx).turned(&r.into())?], axis)
            }),
            // Of a wide matrix, what stands right of the square follows from Q: Y = Q W.
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let (cx, m, both) = (p.cx, Matrices(p.cx), p.out());
                let Some(a) = p.args.first() else { return Ok(Var::default()) };
                let (rows, columns) = (side(a), a.shape().last().copied().unwrap_or(1));
                let k = rows.min(columns);
                let (q, dq) = (m.rows(&both, 0, rows)?, m.rows(p.dy, 0, rows)?);
                let part = |x: &Var, from: usize, to: usize| m.turned(&m.rows(x, rows + from, rows + to)?);
                let (u, du) = (part(&both, 0, k)?, part(p.dy, 0, k)?);
                if columns == k {
                    return square_rule(cx, &q, &u, &dq, &du);
                }
                let (y, dw) = (m.columns(a, k, columns)?, part(p.dy, k, columns)?);
                let dq = m.add(&dq, &m.product_turned(&y, &dw)?)?;
                let dx = square_rule(cx, &q, &u, &dq, &du)?;
                concat(cx, &[dx, m.product(&q, &dw)?], a.shape().len().saturating_sub(1))
            }),
            number: Number::new(),
        },
    ),
};

/// (dQ + Q S) R⁻ᵀ, where S is symmetric with the lower triangle of R dRᵀ - dQᵀ Q (Walter, Lehmann and Lamour,
/// Optimization Methods and Software 27, 2012).
fn square_rule(cx: &Context, q: &Var, r: &Var, dq: &Var, dr: &Var) -> Outcome<Var> {
    let m = Matrices(cx);
    let dr = cx.apply_with(TRIU.op(), Plan::new(0_isize), std::slice::from_ref(dr))?;
    let inner = m.subtract(&m.product_turned(r, &dr)?, &m.turned_product(dq, q)?)?;
    let lower = |k: isize| cx.apply_with(TRIL.op(), Plan::new(k), std::slice::from_ref(&inner));
    let both = m.add(&lower(0)?, &m.turned(&lower(-1)?)?)?;
    let sum = m.add(dq, &m.product(q, &both)?)?;
    let turned = solve(cx, r, false, &m.turned(&sum)?).map_err(|fail| match fail.kind {
        Kind::Mistake => Problem::new("qr has no derivative at this matrix")
            .note("its columns depend on each other, so Q is not determined"),
        _ => fail,
    })?;
    m.turned(&turned)
}
