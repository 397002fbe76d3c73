//! Eigenvalues, singular values and orthogonal factors, through `faer`, of every matrix of a stack.
//!
//! All of it in double precision whatever the input, and rounded at the end. A vector and its negative serve
//! alike; so that a program gives the same everywhere, the element of an eigenvector (of a left singular
//! vector) that is largest in size is positive, and so is the diagonal of R.

use super::apart::apart;
use super::decompose::{rounded, square};
use super::{Array, DType, Shape, count, limits, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use faer::{MatRef, Side};

/// The eigenvalues of the symmetric part, ascending, and the eigenvectors as columns.
///
/// # Errors
/// When the matrices are not square, memory runs out, or somebody asked to stop.
pub fn eigh(a: &Array) -> Outcome<(Array, Array)> {
    let (batch, n) = square(a, "eigh")?;
    let mut values = limits::reserve(a.len().checked_div(n).unwrap_or(0))?;
    let mut vectors = limits::reserve(a.len())?;
    for matrix in matrices(a, n, n) {
        limits::check()?;
        let entry = |i: usize, j: usize| matrix.get(i * n + j).copied().unwrap_or(f64::NAN);
        let symmetric = faer::Mat::from_fn(n, n, |i, j| 0.5 * entry(i, j) + 0.5 * entry(j, i));
        let finite = matrix.iter().all(|x| x.is_finite());
        let cube = n.saturating_pow(3);
        let found = if finite { apart(cube, move || symmetric.self_adjoint_eigen(Side::Lower).ok())? } else { None };
        let Some(found) = found else {
            values.extend(std::iter::repeat_n(f64::NAN, n));
            vectors.extend(std::iter::repeat_n(f64::NAN, n * n));
            continue;
        };
        values.extend(found.S().column_vector().iter());
        let signs = signs(found.U());
        vectors.extend((0..n * n).map(|at| found.U()[(at / n, at % n)] * signs[at % n]));
    }
    let single = a.dtype() == DType::F32;
    let mut shape = Shape::from_slice(batch);
    shape.push(n);
    Ok((rounded(shape, values, single), rounded(Shape::from_slice(a.shape()), vectors, single)))
}

/// The left singular vectors as columns, the singular values, descending, and the right singular vectors as
/// columns; of each as many as the shorter side is long.
///
/// # Errors
/// When these are not matrices, memory runs out, or somebody asked to stop.
pub fn svd(a: &Array, name: &str) -> Outcome<[Array; 3]> {
    let (batch, m, n) = rectangle(a, name)?;
    let k = m.min(n);
    let shape = |last: &[usize]| batch.iter().chain(last).copied().collect::<Shape>();
    let shapes = [shape(&[m, k]), shape(&[k]), shape(&[n, k])];
    let [mut left, mut values, mut right] = [
        limits::reserve(limits::checked_count(&shapes[0])?)?,
        limits::reserve(limits::checked_count(&shapes[1])?)?,
        limits::reserve(limits::checked_count(&shapes[2])?)?,
    ];
    for matrix in matrices(a, m, n) {
        limits::check()?;
        let finite = matrix.iter().all(|x| x.is_finite());
        let steps = m.saturating_mul(n).saturating_mul(k);
        let decompose = move || MatRef::from_row_major_slice(&matrix, m, n).thin_svd().ok();
        let found = if finite { apart(steps, decompose)? } else { None };
        let Some(found) = found else {
            left.extend(std::iter::repeat_n(f64::NAN, m * k));
            values.extend(std::iter::repeat_n(f64::NAN, k));
            right.extend(std::iter::repeat_n(f64::NAN, n * k));
            continue;
        };
        values.extend(found.S().column_vector().iter());
        let signs = signs(found.U());
        left.extend((0..m * k).map(|at| found.U()[(at / k, at % k)] * signs[at % k]));
        right.extend((0..n * k).map(|at| found.V()[(at / k, at % k)] * signs[at % k]));
    }
    let single = a.dtype() == DType::F32;
    let [left_shape, values_shape, right_shape] = shapes;
    Ok([rounded(left_shape, left, single), rounded(values_shape, values, single), rounded(right_shape, right, single)])
}

/// Orthonormal columns times an upper triangle with a positive diagonal: Q and R.
///
/// # Errors
/// When these are not matrices, memory runs out, or somebody asked to stop.
pub fn qr(a: &Array) -> Outcome<(Array, Array)> {
    let (batch, m, n) = rectangle(a, "qr")?;
    let k = m.min(n);
    let shape = |last: &[usize]| batch.iter().chain(last).copied().collect::<Shape>();
    let (q_shape, r_shape) = (shape(&[m, k]), shape(&[k, n]));
    let mut left = limits::reserve(limits::checked_count(&q_shape)?)?;
    let mut right = limits::reserve(limits::checked_count(&r_shape)?)?;
    for matrix in matrices(a, m, n) {
        limits::check()?;
        let (q, r) = apart(m.saturating_mul(n).saturating_mul(k), move || {
            let found = MatRef::from_row_major_slice(&matrix, m, n).qr();
            (found.compute_thin_Q(), found.thin_R().to_owned())
        })?;
        let sign = |i: usize| if r[(i, i)] < 0.0 { -1.0 } else { 1.0 };
        left.extend((0..m * k).map(|at| q[(at / k, at % k)] * sign(at % k)));
        right.extend((0..k * n).map(|at| if at / n > at % n { 0.0 } else { r[(at / n, at % n)] * sign(at / n) }));
    }
    let single = a.dtype() == DType::F32;
    Ok((rounded(q_shape, left, single), rounded(r_shape, right, single)))
}

/// For every column, the sign that makes its largest element positive.
fn signs(vectors: MatRef<'_, f64>) -> Vec<f64> {
    vectors
        .col_iter()
        .map(|column| {
            let largest = column.iter().fold(0.0, |best: f64, &x| if x.abs() > best.abs() { x } else { best });
            if largest < 0.0 { -1.0 } else { 1.0 }
        })
        .collect()
}

/// Every matrix of a stack, in double precision.
fn matrices(a: &Array, m: usize, n: usize) -> impl Iterator<Item = Vec<f64>> {
    let data = if a.is_empty() { Vec::new() } else { a.to_doubles().into_owned() };
    let size = m.saturating_mul(n).max(1);
    let number = data.len() / size;
    (0..number).map(move |i| data.get(i * size..(i + 1) * size).unwrap_or(&[]).to_vec())
}

/// The batch axes, rows and columns of a stack of matrices, for the function of this name.
///
/// # Errors
/// When it has fewer than two axes.
pub fn rectangle<'a>(a: &'a Array, name: &str) -> Outcome<(&'a [usize], usize, usize)> {
    match a.shape() {
        [batch @ .., rows, columns] => Ok((batch, *rows, *columns)),
        shape => Err(Problem::new(format!("{name} needs a matrix"))
            .label(Part::Argument(0), shape_text(shape))
            .help("x[none] makes one row of a vector, x[:, none] one column")),
    }
}

/// How close two values are that count as equal: some rounding errors of the largest.
pub fn tolerance(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0, |best: f64, x| best.max(x.abs()));
    8.0 * values.len() as f64 * f64::EPSILON * largest
}

/// For every matrix, 1 where two values are equal but for rounding and on the diagonal, 0 elsewhere.
///
/// # Errors
/// When memory runs out.
pub fn equal_pairs(values: &Array) -> Outcome<Array> {
    let n = values.shape().last().copied().unwrap_or(0);
    let mut shape = Shape::from_slice(values.shape());
    shape.push(n);
    let mut out = limits::reserve(limits::checked_count(&shape)?)?;
    if count(&shape) > 0 {
        for row in values.to_doubles().chunks_exact(n) {
            let near = tolerance(row);
            for x in row {
                // Two that are not numbers are not known to be equal.
                out.extend(row.iter().map(|y| f64::from(u8::from((x - y).abs() <= near))));
            }
        }
    }
    Ok(Array::new(shape, out))
}
