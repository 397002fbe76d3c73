//! The Cholesky factor of a symmetric positive definite matrix.
//!
//! Only the symmetric part of the matrix counts, so that the derivative by every element is well defined. It
//! is in double precision whatever the input, and rounded at the end. A matrix that is not positive definite
//! has no factor: the error says which leading minor is the first that is not positive, which tells where in
//! a covariance matrix to look.

use super::apart::apart;
use super::decompose::{each_matrix, rounded, square};
use super::factor::factor_symmetric;
use super::{Array, DType, Shape, shape_text};
use crate::diagnostic::{Fail, Outcome, Part, Problem};

/// Rows up to which a plain loop is faster than a call.
const SMALL: usize = 16;

/// The lower triangular `l` with `l @ l.T == (a + a.T) / 2`.
///
/// # Errors
/// When `a` is not square or not positive definite, memory runs out, or somebody asked to stop.
pub fn cholesky(a: &Array) -> Outcome<Array> {
    let (_, n) = square(a, "cholesky")?;
    let mut position = 0_usize;
    let out = each_matrix(a, n, |matrix, out| {
        let start = out.len();
        // The symmetric part, in the upper triangle: column-major, that is the lower one.
        for (i, row) in matrix.chunks_exact(n).enumerate() {
            out.extend(std::iter::repeat_n(0.0, i));
            let column = matrix.iter().skip(i * n + i).step_by(n);
            out.extend(row.iter().skip(i).zip(column).map(|(&x, &y)| if x == y { x } else { 0.5 * x + 0.5 * y }));
        }
        let target = out.get_mut(start..).unwrap_or(&mut []);
        let done = if n <= SMALL {
            by_loop(target, n)
        } else {
            let mut copy = target.to_vec();
            let (copy, done) = apart(n.saturating_pow(3) / 2, move || {
                let done = factor_symmetric(&mut copy, n);
                (copy, done)
            })?;
            target.copy_from_slice(&copy);
            done?
        };
        done.map_err(|minor| not_positive(a, position, minor))?;
        position += 1;
        // What is above the diagonal is anything by now.
        target.chunks_exact_mut(n).enumerate().for_each(|(i, column)| column.iter_mut().take(i).for_each(|x| *x = 0.0));
        super::decompose::turn(target, n);
        Ok(())
    })?;
    Ok(rounded(Shape::from_slice(a.shape()), out, a.dtype() == DType::F32))
}

/// Factors a matrix whose columns, from the diagonal down, are the rows given here from the diagonal on.
fn by_loop(matrix: &mut [f64], n: usize) -> Result<(), usize> {
    for k in 0..n {
        let (done, rest) = matrix.split_at_mut(k * n);
        let column = &mut rest[k..n];
        for before in done.chunks_exact(n) {
            let factor = before[k];
            column.iter_mut().zip(&before[k..]).for_each(|(x, &y)| *x -= factor * y);
        }
        let pivot = column[0];
        // Not a number is not positive either.
        if pivot.is_nan() || pivot <= 0.0 {
            return Err(k);
        }
        let root = pivot.sqrt();
        column.iter_mut().for_each(|x| *x /= root);
        column[0] = root;
    }
    Ok(())
}

#[cold]
fn not_positive(a: &Array, position: usize, minor: usize) -> Fail {
    let size = minor.saturating_add(1);
    let mut problem = Problem::new("this matrix is not positive definite")
        .label(Part::Argument(0), shape_text(a.shape()))
        .note(format!("its leading minor of {size} row{} is not positive", if size == 1 { "" } else { "s" }));
    if a.rank() > 2 {
        problem = problem.note(format!("it is matrix {position} of the stack"));
    }
    problem.help("adding a small multiple of eye(n) makes a nearly singular matrix regular")
}
