//! Linear systems: `solve`, `inv`, `det`, `logdet`.
//!
//! All of them [factor](super::factor) once, in double precision whatever the input, and round at the end. A matrix counts as singular when a pivot is no larger than the rounding
//! errors of the subtractions that made it, that is, when a change of its elements in the last digit makes
//! it singular. `[[1, 2, 3], [4, 5, 6], [7, 8, 9]]` has rank 2, but elimination leaves 1e-16 where the
//! zero should be, and NumPy returns an inverse full of 1e16; we say that it is singular. A matrix that
//! is merely scaled, like `diag([1, 1e-300])`, is not.
//!
//! `det` has a derivative where the matrix has no inverse; [`cofactors`] gives it.

use super::broadcast::{broadcast, broadcast_steps};
use super::factor::Factor;
use super::limits;
use super::operand::result_dtype;
use super::{Array, DType, Data, Shape, count, shape_text};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use faer::{Mat, MatRef};

/// Every matrix of a stack, factored.
pub struct Factors {
    n: usize,
    list: Vec<Factor>,
}

impl Factors {
    /// Factors every matrix of a stack, for the function of this name.
    ///
    /// # Errors
    /// When the matrices are not square, memory runs out, or somebody asked to stop.
    pub fn new(a: &Array, name: &str) -> Outcome<Factors> {
        let (batch, n) = square(a, name)?;
        let mut list = limits::reserve(if a.is_empty() { 0 } else { count(batch) })?;
        // The other axes of an empty array may be of any length.
        if !a.is_empty() {
            let data = a.to_doubles();
            data.chunks_exact(n * n).try_for_each(|matrix| Factor::new(matrix, n).map(|factor| list.push(factor)))?;
        }
        Ok(Factors { n, list })
    }

    /// The Cholesky factor of one of the matrices; see [`Factor::triangle`].
    pub(super) fn triangle(&self, position: usize) -> Option<&[f64]> {
        self.list.get(position).and_then(Factor::triangle)
    }

    /// Refuses a stack with a singular matrix.
    fn regular(&self, a: &Array) -> Outcome<()> {
        match self.list.iter().position(Factor::is_singular) {
            Some(position) if self.list.len() > 1 => {
                Err(singular(a).note(format!("it is matrix {position} of the stack")))
            }
            Some(_) => Err(singular(a)),
            None => Ok(()),
        }
    }
}

/// The solution of `a @ x = b`. A vector `b` is one right-hand side; otherwise its columns are many.
///
/// # Errors
/// When `a` is not square or is singular, `b` does not fit, memory runs out, or somebody asked to stop.
pub fn solve(a: &Array, b: &Array) -> Outcome<Array> {
    solve_with(a, &Factors::new(a, "solve")?, false, b)
}

/// The solution of `a @ x = b`, or of `aᵀ @ x = b` if `turned`, with the factors of `a`.
///
/// # Errors
/// When `a` is singular, `b` does not fit, memory runs out, or somebody asked to stop.
pub fn solve_with(a: &Array, factors: &Factors, turned: bool, b: &Array) -> Outcome<Array> {
    let (a_batch, n) = square(a, "solve")?;
    let vector = b.rank() == 1;
    let (b_batch, rows, columns) = match *b.shape() {
        [rows] => (&[][..], rows, 1),
        [ref batch @ .., rows, columns] => (batch, rows, columns),
        [] => (&[][..], 1, 1),
    };
    if b.rank() == 0 || rows != n {
        return Err(Problem::new("the right-hand side does not fit the matrix")
            .label(Part::Argument(1), format!("{}, needs {n} rows", shape_text(b.shape())))
            .label(Part::Argument(0), shape_text(a.shape()))
            .help(format!("give a vector of length {n}, or a matrix with {n} rows")));
    }
    let batch = broadcast(a_batch, b_batch).map_err(|_| {
        Problem::new("these stacks of matrices do not line up")
            .label(Part::Argument(0), shape_text(a.shape()))
            .label(Part::Argument(1), shape_text(b.shape()))
            .help("all axes but the last two must be equal, or contain a 1")
    })?;
    let mut shape = batch.clone();
    shape.push(n);
    if !vector {
        shape.push(columns);
    }
    let single = result_dtype(a, b) == DType::F32;
    if limits::checked_count(&shape)? == 0 {
        return Array::full(shape, 0.0, if single { DType::F32 } else { DType::F64 });
    }
    factors.regular(a)?;
    let b_data = b.to_doubles();
    let (a_steps, b_steps) = (broadcast_steps(a_batch, &batch), broadcast_steps(b_batch, &batch));
    let mut out = limits::room(count(&shape))?;
    let mut index = Shape::from_elem(0, batch.len());
    for _ in 0..count(&batch) {
        let at = |steps: &[usize]| index.iter().zip(steps).map(|(i, step)| i * step).sum::<usize>();
        let (from, start) = (at(&b_steps) * n * columns, out.len());
        out.extend_from_slice(b_data.get(from..from + n * columns).unwrap_or(&[]));
        if let (Some(factor), Some(sides)) = (factors.list.get(at(&a_steps)), out.get_mut(start..)) {
            factor.solve(sides, columns, turned)?;
        }
        for (i, &dim) in index.iter_mut().zip(&batch).rev() {
            *i += 1;
            if *i < dim {
                break;
            }
            *i = 0;
        }
    }
    Ok(rounded(shape, out, single))
}

/// The inverse.
///
/// # Errors
/// When `a` is not square or is singular, memory runs out, or somebody asked to stop.
pub fn inv(a: &Array) -> Outcome<Array> {
    inv_with(a, &Factors::new(a, "inv")?)
}

/// The inverse of a matrix that is factored already.
///
/// # Errors
/// When `a` is singular, memory runs out, or somebody asked to stop.
pub fn inv_with(a: &Array, factors: &Factors) -> Outcome<Array> {
    factors.regular(a)?;
    let mut out = limits::room(a.len())?;
    factors.list.iter().try_for_each(|factor| factor.inverse(&mut out))?;
    Ok(rounded(Shape::from_slice(a.shape()), out, a.dtype() == DType::F32))
}

/// The determinant.
///
/// # Errors
/// When `a` is not square, memory runs out, or somebody asked to stop.
pub fn det(a: &Array) -> Outcome<Array> {
    let (batch, n) = square(a, "det")?;
    let out = if n == 0 {
        limits::filled(limits::checked_count(batch)?, 1.0)?
    } else {
        each_matrix(a, n, |matrix, out| {
            // Written out, whole numbers give a whole number.
            let short = match *matrix {
                [a] => a,
                [a, b, c, d] => a * d - b * c,
                [a, b, c, d, e, f, g, h, i] => a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g),
                _ => f64::INFINITY,
            };
            out.push(if short.is_finite() { short } else { Factor::new(matrix, n)?.determinant() });
            Ok(())
        })?
    };
    Ok(rounded(Shape::from_slice(batch), out, a.dtype() == DType::F32))
}

/// The signs of the determinants, and the logarithms of their sizes. A matrix that is singular but for
/// rounding has the sign 0.
///
/// # Errors
/// When memory runs out.
pub fn log_determinants(a: &Array, factors: &Factors) -> Outcome<(Array, Array)> {
    let shape = Shape::from_slice(a.shape().get(..a.rank().saturating_sub(2)).unwrap_or(&[]));
    if factors.n == 0 {
        let dtype = if a.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
        return Ok((Array::full(shape.clone(), 1.0, dtype)?, Array::full(shape, 0.0, dtype)?));
    }
    let (mut signs, mut logs) = (limits::reserve(factors.list.len())?, limits::reserve(factors.list.len())?);
    for factor in &factors.list {
        let (sign, log) = if factor.is_singular() { (0.0, f64::NEG_INFINITY) } else { factor.log_determinant() };
        signs.push(sign);
        logs.push(log);
    }
    let single = a.dtype() == DType::F32;
    Ok((rounded(shape.clone(), signs, single), rounded(shape, logs, single)))
}

/// The derivative of the logarithm of the determinant by every element: the transposed inverse. At a
/// singular matrix it is infinite, as that of `log` is at 0.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn inverse_turned(a: &Array, factors: &Factors) -> Outcome<Array> {
    let n = factors.n;
    let data = a.to_doubles();
    let mut out = limits::room(a.len())?;
    // An empty array has no factors, and axes of any length.
    for (factor, matrix) in factors.list.iter().zip(data.chunks_exact(n.saturating_mul(n).max(1))) {
        let start = out.len();
        if factor.is_singular() {
            push_cofactors(matrix, n, &mut out)?;
            out.iter_mut().skip(start).for_each(|x| *x /= 0.0);
        } else {
            factor.inverse(&mut out)?;
            turn(out.get_mut(start..).unwrap_or(&mut []), n);
        }
    }
    Ok(rounded(Shape::from_slice(a.shape()), out, a.dtype() == DType::F32))
}

/// The derivative of the determinant by every element: what is left of it without the element's row and
/// column, with alternating signs. Right for singular matrices as well.
///
/// # Errors
/// When `a` is not square, memory runs out, or somebody asked to stop.
pub fn cofactors(a: &Array) -> Outcome<Array> {
    let (_, n) = square(a, "det")?;
    let out = each_matrix(a, n, |matrix, out| push_cofactors(matrix, n, out))?;
    Ok(rounded(Shape::from_slice(a.shape()), out, a.dtype() == DType::F32))
}

fn push_cofactors(matrix: &[f64], n: usize, out: &mut Vec<f64>) -> Outcome<()> {
    match *matrix {
        [_] => out.push(1.0),
        [a, b, c, d] => out.extend([d, -c, -b, a]),
        [a, b, c, d, e, f, g, h, i] => out.extend([
            e * i - f * h,
            f * g - d * i,
            d * h - e * g,
            c * h - b * i,
            a * i - c * g,
            b * g - a * h,
            b * f - c * e,
            c * d - a * f,
            a * e - b * d,
        ]),
        _ => large_cofactors(matrix, n, out)?,
    }
    Ok(())
}

/// det(A) A⁻ᵀ while elimination goes well. Near a singular matrix that is 0 · ∞; there A = U S Vᵀ gives
/// det(U) det(V) U diag(products of the other singular values) Vᵀ.
fn large_cofactors(matrix: &[f64], n: usize, out: &mut Vec<f64>) -> Outcome<()> {
    let start = out.len();
    let factor = Factor::new(matrix, n)?;
    let determinant = factor.determinant();
    if factor.is_safe() && determinant.is_normal() {
        factor.inverse(out)?;
        let inverse = out.get_mut(start..).unwrap_or(&mut []);
        turn(inverse, n);
        inverse.iter_mut().for_each(|x| *x *= determinant);
        return Ok(());
    }
    let finite = matrix.iter().all(|x| x.is_finite());
    let svd = if finite { MatRef::from_row_major_slice(matrix, n, n).svd().ok() } else { None };
    let Some(svd) = svd else {
        out.resize(start + n * n, f64::NAN);
        return Ok(());
    };
    let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
    let mut others = vec![1.0; n];
    let (mut before, mut after) = (1.0, 1.0);
    for i in 0..n {
        others[i] *= before;
        before *= values[i];
        others[n - 1 - i] *= after;
        after *= values[n - 1 - i];
    }
    let sign = (svd.U().determinant() * svd.V().determinant()).signum();
    let scaled = Mat::from_fn(n, n, |i, j| svd.U()[(i, j)] * others[j] * sign);
    let cofactors = scaled * svd.V().transpose();
    out.extend((0..n * n).map(|at| cofactors[(at / n, at % n)]));
    Ok(())
}

/// The change of the cofactors of `a` when `a` changes by `g`: the second derivative of the determinant
/// times a direction. Right for singular matrices as well.
///
/// With A = U S Vᵀ and H = Uᵀ G V it is det(U) det(V) U D Vᵀ, where Dᵢᵢ sums Hₖₖ times the product of the
/// singular values other than the i-th and k-th, and Dᵢⱼ is -Hⱼᵢ times the product of those other than
/// the i-th and j-th.
///
/// # Errors
/// When the matrices are not square or not of one shape, memory runs out, or somebody asked to stop.
pub fn cofactors_along(a: &Array, g: &Array) -> Outcome<Array> {
    let (_, n) = square(a, "det")?;
    let (a, g) = if a.shape() == g.shape() {
        (a.clone(), g.clone())
    } else {
        let shape = broadcast(a.shape(), g.shape())?;
        (super::broadcast::broadcast_to(a, &shape)?, super::broadcast::broadcast_to(g, &shape)?)
    };
    let directions = g.to_doubles();
    let mut directions = directions.chunks_exact((n * n).max(1));
    let out = each_matrix(&a, n, |matrix, out| {
        limits::check()?;
        match (matrix, directions.next().unwrap_or(&[])) {
            ([_], _) => out.push(0.0),
            ([..], &[a, b, c, d]) => out.extend([d, -c, -b, a]),
            (&[a, b, c, d, e, f, g, h, i], &[p, q, r, s, t, u, v, w, x]) => out.extend([
                t * i + e * x - u * h - f * w,
                u * g + f * v - s * i - d * x,
                s * h + d * w - t * g - e * v,
                r * h + c * w - q * i - b * x,
                p * i + a * x - r * g - c * v,
                q * g + b * v - p * h - a * w,
                q * f + b * u - r * e - c * t,
                r * d + c * s - p * f - a * u,
                p * e + a * t - q * d - b * s,
            ]),
            (matrix, direction) => large_cofactors_along(matrix, direction, n, out),
        }
        Ok(())
    })?;
    Ok(rounded(Shape::from_slice(a.shape()), out, a.dtype() == DType::F32))
}

fn large_cofactors_along(matrix: &[f64], direction: &[f64], n: usize, out: &mut Vec<f64>) {
    let finite = matrix.iter().chain(direction).all(|x| x.is_finite());
    let svd = if finite { MatRef::from_row_major_slice(matrix, n, n).svd().ok() } else { None };
    let Some(svd) = svd else {
        out.resize(out.len() + n * n, f64::NAN);
        return;
    };
    let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
    let turned = svd.U().transpose() * MatRef::from_row_major_slice(direction, n, n) * svd.V();
    let without = |i: usize, j: usize| {
        let others = values.iter().enumerate().filter(|&(k, _)| k != i && k != j);
        others.map(|(_, value)| value).product::<f64>()
    };
    let sign = (svd.U().determinant() * svd.V().determinant()).signum();
    let middle = Mat::from_fn(n, n, |i, j| {
        sign * if i == j {
            (0..n).filter(|&k| k != i).map(|k| turned[(k, k)] * without(i, k)).sum::<f64>()
        } else {
            -turned[(j, i)] * without(i, j)
        }
    });
    let along = svd.U() * middle * svd.V().transpose();
    out.extend((0..n * n).map(|at| along[(at / n, at % n)]));
}

/// Transposes a square matrix in place, in squares that fit the cache.
pub(super) fn turn(matrix: &mut [f64], n: usize) {
    const TILE: usize = 32;
    for rows in (0..n).step_by(TILE) {
        for columns in (0..=rows).step_by(TILE) {
            for row in rows..n.min(rows + TILE) {
                for column in columns..row.min(columns + TILE) {
                    matrix.swap(row * n + column, column * n + row);
                }
            }
        }
    }
}

pub(super) fn square<'a>(a: &'a Array, name: &str) -> Outcome<(&'a [usize], usize)> {
    match a.shape() {
        [batch @ .., rows, columns] if rows == columns => Ok((batch, *rows)),
        shape => Err(Problem::new(format!("{name} needs a square matrix"))
            .label(Part::Argument(0), shape_text(shape))
            .help("its last two axes must have the same length, as in [3, 3]")),
    }
}

#[cold]
fn singular(a: &Array) -> Fail {
    Problem::new("this matrix is singular")
        .label(Part::Argument(0), shape_text(a.shape()))
        .note("its rows depend on each other: one of them is a sum of multiples of the others")
        .help("adding a small multiple of eye(n) makes a nearly singular matrix regular")
}

/// Appends something for every matrix of a stack.
pub(super) fn each_matrix(
    a: &Array,
    n: usize,
    mut visit: impl FnMut(&[f64], &mut Vec<f64>) -> Outcome<()>,
) -> Outcome<Vec<f64>> {
    let mut out = limits::room(a.len())?;
    // The other axes of an empty array may be of any length.
    if !a.is_empty() {
        for matrix in a.to_doubles().chunks_exact(n * n) {
            visit(matrix, &mut out)?;
        }
    }
    Ok(out)
}

pub(super) fn rounded(shape: Shape, data: Vec<f64>, single: bool) -> Array {
    let data = if single { Data::F32(data.into_iter().map(|x| x as f32).collect()) } else { Data::F64(data) };
    Array::new(shape, data)
}
