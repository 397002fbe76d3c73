//! Determinants, and their derivatives.
//!
//! The determinant of a singular matrix is 0, and it has a derivative there, although the matrix has no inverse to
//! write it with: that of `[[1, 2], [2, 4]]` by its elements is `[[4, -2], [-2, 1]]`, the [`cofactors`].

use super::broadcast::broadcast;
use super::decompose::{Factors, each_matrix, rounded, square, turn};
use super::factor::Factor;
use super::{Array, DType, Shape, limits};
use crate::diagnostic::Outcome;
use faer::{Mat, MatRef};

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
