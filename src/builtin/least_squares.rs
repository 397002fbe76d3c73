//! Matrices that have no inverse: the pseudoinverse and least squares.
//!
//! A line through three points that lie on none is a system of three equations for two unknowns. Its best solution
//! is linear in the right-hand side: the pseudoinverse times it, which is an operation of its own, because its rule
//! holds where those of the [singular vectors](super::singular) it is made of do not: where singular values are equal.

use super::linear::one;
use super::matrices::{Matrices, identity};
use super::singular::sides;
use crate::array::{Array, DType, Data, product, shape_text, spectra};
use crate::autodiff::{Forward, Grad, Number, Op, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Run, Value};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PINV, &LSTSQ];

pub(crate) static PINV: Builtin = Builtin {
    name: "pinv",
    params: &["a"],
    doc: "Pseudoinverse of a matrix, by Moore and Penrose.\n\nSingular values that are rounding errors of the largest count as zero; the derivative is that along matrices of the same rank. Axes before the last two are a stack of matrices.\n> pinv([[1, 0], [0, 2], [0, 0]])\n[[1,   0, 0],\n [0, 0.5, 0]]",
    samples: &[
        "[[2, 1], [0.5, 4]]",
        "[[2, 1, -1], [0.5, 4, 3]]",
        "[[2, 1], [0.5, 4], [1, -3]]",
        "[[[2, 1], [0.5, 4]], [[1, 3], [-1, 0.25]]]",
        "zeros(0, 2, 3)",
    ],
    run: Run::Operation(
        one,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a] => Ok(pseudoinverse(&a.array())?.into()),
                _ => Ok(Var::default()),
            }),
            // -Pᵀ G Pᵀ + (I - A P) Gᵀ P Pᵀ + Pᵀ P Gᵀ (I - P A), P the result (Golub and Pereyra, SIAM J. Numer.
            // Anal. 10, 1973).
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let (x, m) = (p.out(), Matrices(p.cx));
                let Some(a) = p.args.first() else { return Ok(Var::default()) };
                let (rows, columns) = sides(a);
                let turned = m.turned(&x)?;
                let mut total = m.negate(&m.product(&m.product(&turned, p.dy)?, &turned)?)?;
                let left = m.subtract(&identity(rows, a)?, &m.product(a, &x)?)?;
                let middle = m.product(&m.product_turned(&left, p.dy)?, &x)?;
                total = m.add(&total, &m.product(&middle, &turned)?)?;
                let right = m.subtract(&identity(columns, a)?, &m.product(&x, a)?)?;
                let middle = m.product_turned(&m.product(&turned, &x)?, p.dy)?;
                m.add(&total, &m.product(&middle, &right)?)
            }),
            number: Number::new(),
        },
    ),
};

fn pseudoinverse(a: &Array) -> Outcome<Array> {
    let [u, s, mut v] = spectra::svd(&a.cast(DType::F64), "pinv")?;
    let (rows, k) = match *v.shape() {
        [.., rows, k] => (rows.max(1), k.max(1)),
        _ => (1, 1),
    };
    let longest = rows.max(u.shape().iter().rev().nth(1).copied().unwrap_or(1)) as f64;
    if let Data::F64(v) = v.data_mut() {
        for (v, s) in v.chunks_exact_mut(rows.saturating_mul(k)).zip(s.to_doubles().chunks_exact(k)) {
            let near = longest * f64::EPSILON * s.iter().fold(0.0, |best: f64, &x| best.max(x));
            for row in v.chunks_exact_mut(k) {
                row.iter_mut().zip(s).for_each(|(x, &s)| *x = if s <= near { 0.0 } else { *x / s });
            }
        }
    }
    let dtype = if a.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Ok(product::matmul_t(&v, false, &u, true)?.cast(dtype))
}

pub(crate) static LSTSQ: Builtin = Builtin {
    name: "lstsq",
    params: &["a", "b"],
    doc: "The `x` that makes the sum of squares of `a @ x - b` least; of several, the shortest.\n\nA vector `b` is one right-hand side, otherwise its columns are many.\n> lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5])\n[1, 2]",
    samples: &[
        "[[1, 0], [1, 1], [1, 2.5]], [1, 2, 4]",
        "[[1, 2, 3], [0, 1, -1]], [1, 2]",
        "[[1, 0], [1, 1], [1, 2.5]], [[1, 2], [0, 1], [2, 2]]",
        "[[[1, 0], [1, 1]], [[0.5, 1], [-1, 2]]], [[1], [2]]",
        "zeros(0, 3, 2), zeros(3)",
    ],
    run: Run::Routine(|call| {
        let (a, b) = (call.args.var(0)?, call.args.var(1)?);
        let rows = spectra::rectangle(&a.array(), "lstsq")?.1;
        let found = match *b.shape() {
            [] => 1,
            [rows] => rows,
            [.., rows, _] => rows,
        };
        if b.shape().is_empty() || found != rows {
            return Err(Problem::new("the right-hand side does not fit the matrix")
                .label(Part::Argument(1), format!("{found} rows, needs {rows}"))
                .label(Part::Argument(0), shape_text(a.shape()))
                .help(format!("give a vector of length {rows}, or a matrix with {rows} rows")));
        }
        let cx = call.host.cx();
        let inverse = cx.apply(PINV.op(), &[a])?;
        Matrices(cx).product(&inverse, &b).map(Value::Var)
    }),
};
