//! The Cholesky factor of a symmetric positive definite matrix.
//!
//! Only the symmetric part of the matrix counts, so that the derivative by every element is well defined. It
//! is in double precision whatever the input, and rounded at the end. A matrix that is not positive definite
//! has no factor: the error says which leading minor is the first that is not positive, which tells where in
//! a covariance matrix to look.
//!
//! [`pulled`] goes the way back, from the cotangent of the factor to that of the matrix.

use super::apart::apart;
use super::broadcast::{broadcast, broadcast_to};
use super::decompose::{Factors, each_matrix, rounded, square};
use super::factor::factor_symmetric;
use super::operand::result_dtype;
use super::{Array, DType, Shape, limits, shape_text};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use faer::linalg::matmul::{matmul, triangular};
use faer::{Accum, MatMut, MatRef, Par};

/// Rows up to which a plain loop is faster than a call.
const SMALL: usize = 16;

/// The lower triangular `l` with `l @ l.T == (a + a.T) / 2`. What is known of the matrix already is not computed again.
///
/// # Errors
/// When `a` is not square or not positive definite, memory runs out, or somebody asked to stop.
pub fn cholesky(a: &Array, known: Option<&Factors>) -> Outcome<Array> {
    let (_, n) = square(a, "cholesky")?;
    let mut position = 0_usize;
    let out = each_matrix(a, n, |matrix, out| {
        let start = out.len();
        if let Some(triangle) = known.and_then(|known| known.triangle(position)) {
            out.extend_from_slice(triangle);
        } else {
            factor(matrix, n, out)?.map_err(|minor| not_positive(a, position, minor))?;
        }
        let target = out.get_mut(start..).unwrap_or(&mut []);
        position += 1;
        // What is above the diagonal is anything by now.
        target.chunks_exact_mut(n).enumerate().for_each(|(i, column)| column.iter_mut().take(i).for_each(|x| *x = 0.0));
        super::decompose::turn(target, n);
        Ok(())
    })?;
    Ok(rounded(Shape::from_slice(a.shape()), out, a.dtype() == DType::F32))
}

/// Appends the factor of the symmetric part, column-major and with anything above the diagonal. The inner error is
/// the first leading minor that is not positive.
fn factor(matrix: &[f64], n: usize, out: &mut Vec<f64>) -> Outcome<Result<(), usize>> {
    let start = out.len();
    // The symmetric part, in the upper triangle: column-major, that is the lower one.
    for (i, row) in matrix.chunks_exact(n).enumerate() {
        out.extend(std::iter::repeat_n(0.0, i));
        let column = matrix.iter().skip(i * n + i).step_by(n);
        out.extend(row.iter().skip(i).zip(column).map(|(&x, &y)| if x == y { x } else { 0.5 * x + 0.5 * y }));
    }
    let target = out.get_mut(start..).unwrap_or(&mut []);
    if n <= SMALL {
        return Ok(by_loop(target, n));
    }
    let mut copy = target.to_vec();
    let (copy, done) = apart(n.saturating_pow(3) / 2, move || {
        let done = factor_symmetric(&mut copy, n);
        (copy, done)
    })?;
    target.copy_from_slice(&copy);
    done
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

/// The symmetric cotangent of the matrix whose factor is `l`, from the cotangent `dl` of the factor, of which only
/// the lower triangle counts.
///
/// # Errors
/// When the matrices are not square or their shapes do not fit, memory runs out, or somebody asked to stop.
pub fn pulled(l: &Array, dl: &Array) -> Outcome<Array> {
    if l.shape() != dl.shape() {
        let shape = broadcast(l.shape(), dl.shape())?;
        return pulled(&broadcast_to(l, &shape)?, &broadcast_to(dl, &shape)?);
    }
    let (_, n) = square(dl, "cholesky")?;
    let factors = l.to_doubles();
    let mut factors = factors.chunks_exact(n.saturating_mul(n).max(1));
    let out = each_matrix(dl, n, |cotangent, out| {
        let start = out.len();
        out.extend(cotangent.iter().map(|x| 0.5 * x));
        let target = MatMut::from_row_major_slice_mut(out.get_mut(start..).unwrap_or(&mut []), n, n);
        pull(MatRef::from_row_major_slice(factors.next().unwrap_or(&[]), n, n), target)
    })?;
    Ok(rounded(Shape::from_slice(l.shape()), out, result_dtype(l, dl) == DType::F32))
}

/// Multiplications between two looks at the interrupt flag, if the matrix is not very large.
const LONG: usize = 1 << 30;

/// Overwrites half the cotangent of a factor, in the lower triangle, with the symmetric cotangent of the matrix.
///
/// In blocks, a matrix with the factor `[[l, 0], [m, k]]` is `[[l lᵀ, .], [m lᵀ, m mᵀ + k kᵀ]]`; pulled back in
/// reverse, `k` comes first, then `m`, which is the upper left block divided by `l`, and `l` last. As many
/// multiplications as two factorisations take, nearly all of them in products of matrices (Murray, Differentiation
/// of the Cholesky decomposition, arXiv:1602.07527, section 4).
fn pull(factor: MatRef<'_, f64>, target: MatMut<'_, f64>) -> Outcome<()> {
    limits::check()?;
    let n = factor.nrows();
    if n <= TILE {
        pull_tile(factor, target);
        return Ok(());
    }
    // The halves are whole tiles; parts of a large matrix are smaller than halves.
    let at = (n / 2).min((LONG / n.saturating_mul(n)).max(4 * TILE)).next_multiple_of(TILE);
    let (l, _, m, k) = factor.split_at(at, at);
    let (mut to_l, mut to_turned, mut to_m, mut to_k) = target.split_at_mut(at, at);
    pull(k, to_k.as_mut())?;
    matmul(to_m.as_mut(), Accum::Add, to_k.as_ref(), m, -1.0, Par::Seq);
    l.transpose().solve_upper_triangular_in_place(to_m.as_mut().transpose_mut());
    let (whole, lower) = (triangular::BlockStructure::Rectangular, triangular::BlockStructure::TriangularLower);
    let turned = to_m.as_ref().transpose();
    triangular::matmul(to_l.as_mut(), lower, Accum::Add, turned, whole, m, whole, -1.0, Par::Seq);
    to_turned.copy_from(turned);
    pull(l, to_l)
}

/// Rows of a matrix that a plain loop pulls back.
const TILE: usize = 16;

/// The same column by column, the last one first.
fn pull_tile(factor: MatRef<'_, f64>, mut target: MatMut<'_, f64>) {
    let n = factor.ncols().min(TILE);
    let mut columns = [[0.0; TILE]; TILE];
    let mut found = [[0.0; TILE]; TILE];
    for (j, (column, found)) in columns.iter_mut().zip(&mut found).enumerate().take(n) {
        column.iter_mut().zip(factor.col(j).iter()).skip(j).for_each(|(to, &x)| *to = x);
        found.iter_mut().zip(target.as_ref().col(j).iter()).skip(j).for_each(|(to, &x)| *to = x);
    }
    for (j, column) in columns.iter().enumerate().take(n).rev() {
        let mut sum = [0.0; TILE];
        for (row, &weight) in found.iter().zip(column).take(n).skip(j + 1) {
            sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight * x);
        }
        let mut diagonal = found[j][j];
        for i in j + 1..n {
            let x = (found[j][i] - sum[i]) / column[j];
            diagonal -= x * column[i];
            (found[j][i], found[i][j]) = (x, x);
        }
        found[j][j] = diagonal / column[j];
    }
    for (j, found) in found.iter().enumerate().take(n) {
        target.as_mut().col_mut(j).iter_mut().zip(found).for_each(|(to, &x)| *to = x);
    }
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
