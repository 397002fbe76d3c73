//! What is made of products: `trace`, `cross`, `kron`, `matrix_power`, `expm`.
//!
//! Each is written with operations that differentiate, so none needs a rule.

use super::arrange::{ROLL, Shift};
use super::matrices::{Matrices, identity};
use super::shape::reshape;
use super::solving::{INV, solve};
use crate::array::{DType, Shape, limits, make, shape_text};
use crate::autodiff::{Plan, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run, Value};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&TRACE, &CROSS, &KRON, &MATRIX_POWER, &EXPM];

pub(crate) static TRACE: Builtin = Builtin {
    name: "trace",
    params: &["a"],
    doc: "Sum of the diagonal of a matrix, or of each matrix of a stack.\n> trace([[1, 2], [3, 4]])\n5",
    samples: &[
        "[[1, 2], [3, 4.5]]",
        "[[1, 2, 3], [4, 5, 6]]",
        "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
        "zeros(0, 2, 2)",
    ],
    run: Run::Routine(|call| {
        let a = call.args.var(0)?;
        let rank = a.shape().len();
        let &[.., rows, columns] = a.shape() else {
            return Err(Problem::new("trace needs a matrix")
                .label(Part::Argument(0), shape_text(a.shape()))
                .help("the sum of a vector is sum(x)"));
        };
        let m = Matrices(call.host.cx());
        let diagonal = m.weigh(&make::eye(rows, columns, 0, DType::Bool)?.into(), &a)?;
        m.sum(&diagonal, &[rank - 2, rank - 1]).map(Value::Var)
    }),
};

pub(crate) static CROSS: Builtin = Builtin {
    name: "cross",
    params: &["a", "b"],
    doc: "Vector product of vectors of three, along the last axis.\n> cross([1, 0, 0], [0, 1, 0])\n[0, 0, 1]",
    samples: &[
        "[1, 2, 3], [4, 5, 6.5]",
        "[[1, 2, 3], [0, 1, -1]], [4, 5, 6.5]",
        "[1, 2, 3], [[[4, 5, 6.5]], [[1, 0, 2]]]",
        "zeros(0, 3), [1, 2, 3]",
    ],
    run: Run::Routine(|call| {
        let (a, b) = (call.args.var(0)?, call.args.var(1)?);
        for (i, x) in [&a, &b].into_iter().enumerate() {
            if x.shape().last() != Some(&3) {
                return Err(Problem::new("cross needs vectors of three")
                    .label(Part::Argument(i), shape_text(x.shape()))
                    .help("the last axis must have length 3"));
            }
        }
        let cx = call.host.cx();
        let m = Matrices(cx);
        let roll = |x: &Var, shift: isize| {
            let plan: Vec<Shift> = vec![(shift, Some(x.shape().len() as isize - 1))];
            cx.apply_with(ROLL.op(), Plan::new(plan), std::slice::from_ref(x))
        };
        let first = m.times(&roll(&a, -1)?, &roll(&b, -2)?)?;
        let second = m.times(&roll(&a, -2)?, &roll(&b, -1)?)?;
        m.subtract(&first, &second).map(Value::Var)
    }),
};

pub(crate) static KRON: Builtin = Builtin {
    name: "kron",
    params: &["a", "b"],
    doc: "Kronecker product: `b` once for every element of `a`, times it.\n> kron([[1, 2]], [[1, 1], [0, 1]])\n[[1, 1, 2, 2],\n [0, 1, 0, 2]]",
    samples: &[
        "[[1, 2], [3, 4]], [[0.5, -1, 2]]",
        "[1, 2], [3, 4.5]",
        "2, [1, 3]",
        "[1, 2], [[3, 4], [5, 6.5]]",
        "[[[1, 2]], [[3, 4]]], [[1, 2]]",
        "zeros(0), [1, 2]",
    ],
    run: Run::Routine(|call| {
        let (a, b) = (call.args.var(0)?, call.args.var(1)?);
        let rank = a.shape().len().max(b.shape().len());
        let padded = |x: &Var| {
            let missing = rank - x.shape().len();
            std::iter::repeat_n(1, missing).chain(x.shape().iter().copied()).collect::<Shape>()
        };
        let (long, short) = (padded(&a), padded(&b));
        let product: Shape = long.iter().zip(&short).map(|(x, y)| x.saturating_mul(*y)).collect();
        limits::checked_count(&product)?;
        let left: Shape = long.iter().flat_map(|&dim| [dim, 1]).collect();
        let right: Shape = short.iter().flat_map(|&dim| [1, dim]).collect();
        let cx = call.host.cx();
        let table = Matrices(cx).times(&reshape(cx, &a, &left)?, &reshape(cx, &b, &right)?)?;
        reshape(cx, &table, &product).map(Value::Var)
    }),
};

/// A square matrix, and how many rows it has.
fn square(args: &Arguments) -> Outcome<(Var, usize)> {
    let a = args.var(0)?;
    match a.shape() {
        &[.., rows, columns] if rows == columns => Ok((a, rows)),
        shape => Err(Problem::new(format!("{} needs a square matrix", args.builtin.name))
            .label(Part::Argument(0), shape_text(shape))
            .help("its last two axes must have the same length, as in [3, 3]")),
    }
}

pub(crate) static MATRIX_POWER: Builtin = Builtin {
    name: "matrix_power",
    params: &["a", "n"],
    doc: "A square matrix times itself, `n` factors in all; for a negative `n`, of its inverse.\n> matrix_power([[1, 1], [0, 1]], 5)\n[[1, 5],\n [0, 1]]\n> matrix_power([[2, 0], [0, 4]], -1)\n[[0.5,    0],\n [  0, 0.25]]",
    samples: &[
        "[[1, 2], [3, 4.5]], 3",
        "[[2, 1], [1, 3]], -2",
        "[[2, 1], [1, 3]], 1",
        "[[[1, 2], [3, 4]], [[0.5, 1], [-1, 2]]], 2",
        "zeros(0, 2, 2), 2",
    ],
    run: Run::Routine(|call| {
        let (a, rows) = square(&call.args)?;
        let n = call.args.whole(1)?;
        let cx = call.host.cx();
        let m = Matrices(cx);
        if n == 0 {
            // Whatever the elements are: a zero weight absorbs them.
            let zeros = m.weigh(&Var::Num(0.0), &a)?;
            return m.add(&zeros, &identity(rows, &a)?).map(Value::Var);
        }
        let mut square = if n < 0 { cx.apply(INV.op(), &[a])? } else { a };
        let mut left = n.unsigned_abs();
        let mut power: Option<Var> = None;
        loop {
            if left % 2 == 1 {
                power = Some(match power {
                    Some(power) => m.product(&power, &square)?,
                    None => square.clone(),
                });
            }
            left /= 2;
            if left == 0 {
                break;
            }
            square = m.product(&square, &square)?;
        }
        Ok(Value::Var(power.unwrap_or_default()))
    }),
};

/// The coefficients of the numerator of the Padé approximation of degree 13.
const PADE: [f64; 14] = [
    64_764_752_532_480_000.0,
    32_382_376_266_240_000.0,
    7_771_770_303_897_600.0,
    1_187_353_796_428_800.0,
    129_060_195_264_000.0,
    10_559_470_521_600.0,
    670_442_572_800.0,
    33_522_128_640.0,
    1_323_241_920.0,
    40_840_800.0,
    960_960.0,
    16_380.0,
    182.0,
    1.0,
];

/// The largest 1-norm at which that approximation is exact to rounding.
const LARGEST: f64 = 5.371_920_351_148_152;

pub(crate) static EXPM: Builtin = Builtin {
    name: "expm",
    params: &["a"],
    doc: "The exponential of a square matrix, or of each matrix of a stack: `eye(n) + a + a @ a / 2 + ...`.\n> expm([[0, 1], [0, 0]])\n[[1, 1],\n [0, 1]]",
    samples: &[
        "[[1, 2], [3, 0.5]]",
        "[[0.5, -1, 2], [1, 0, 0.25], [0, -1, 1.5]]",
        "[[[0.1, 0.2], [0.3, 0.4]], [[3, -1], [2, 4]]]",
        "[[-2]]",
        "zeros(2, 2)",
        "zeros(0, 2, 2)",
    ],
    run: Run::Routine(|call| {
        let (a, rows) = square(&call.args)?;
        let m = Matrices(call.host.cx());
        // Scaling and squaring (Higham, SIAM J. Matrix Anal. Appl. 26, 2005): exp(A) = exp(A / 2ˢ)^(2ˢ).
        let norm = largest_norm(&a, rows);
        if a.is_empty() || !norm.is_finite() {
            // What is not finite has no exponential; nothing has none either.
            return m.times(&a, &Var::Num(if a.is_empty() { 1.0 } else { f64::NAN })).map(Value::Var);
        }
        let squarings = (norm / LARGEST).log2().ceil().clamp(0.0, 1100.0) as i32;
        // In two steps, because a power of two may itself be too large.
        let half = squarings / 2;
        let x = m.scale(&m.scale(&a, 0.5_f64.powi(half))?, 0.5_f64.powi(squarings - half))?;
        let one = identity(rows, &a)?;
        let x2 = m.product(&x, &x)?;
        let x4 = m.product(&x2, &x2)?;
        let x6 = m.product(&x4, &x2)?;
        // Every other coefficient, from this one down: b₆ X⁶ + b₄ X⁴ + b₂ X², and so on.
        let terms = |top: usize| -> Outcome<Var> {
            let [first, second, third] = [top, top - 2, top - 4].map(|i| PADE.get(i).copied().unwrap_or(0.0));
            let sum = m.add(&m.scale(&x6, first)?, &m.scale(&x4, second)?)?;
            m.add(&sum, &m.scale(&x2, third)?)
        };
        let half_series = |top: usize| -> Outcome<Var> {
            let high = m.product(&x6, &terms(top)?)?;
            let constant = m.scale(&one, PADE.get(top - 12).copied().unwrap_or(0.0))?;
            m.add(&m.add(&high, &terms(top - 6)?)?, &constant)
        };
        let (u, v) = (m.product(&x, &half_series(13)?)?, half_series(12)?);
        let mut power = solve(m.0, &m.subtract(&v, &u)?, false, &m.add(&v, &u)?)?;
        for _ in 0..squarings {
            limits::check()?;
            power = m.product(&power, &power)?;
        }
        Ok(Value::Var(power))
    }),
};

/// The largest 1-norm of a stack of matrices.
fn largest_norm(a: &Var, rows: usize) -> f64 {
    let array = a.array();
    let mut largest: f64 = 0.0;
    for matrix in array.to_doubles().chunks_exact(rows.saturating_mul(rows).max(1)) {
        for column in 0..rows {
            let sum: f64 = matrix.iter().skip(column).step_by(rows).map(|x| x.abs()).sum();
            // A nan must not be lost.
            largest = if sum.is_nan() || sum > largest { sum } else { largest };
            if sum.is_nan() {
                return sum;
            }
        }
    }
    largest
}
