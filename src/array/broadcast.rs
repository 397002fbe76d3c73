//! Broadcasting: which shapes meet, and what comes of them.
//!
//! A column of shape [3, 1] and a row of shape [4] meet as [3, 4]; [3] and [4] do not. Who walks over the result
//! needs no index per element: along each axis an operand [moves or stands still](broadcast_steps).

use super::stretch::stretched;
use super::{Array, Data, Shape, count, limits, shape_text};
use crate::diagnostic::{Outcome, Problem};

/// The shape of the result when two arrays meet element by element: NumPy's rule, compared from the
/// right, where each pair is equal or contains a 1.
///
/// # Errors
/// When the shapes do not line up.
pub fn broadcast(a: &[usize], b: &[usize]) -> Outcome<Shape> {
    if a == b {
        return Ok(Shape::from_slice(a));
    }
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let added = long.len() - short.len();
    let mut out = Shape::from_slice(long);
    for (axis, (dim, &other)) in out.iter_mut().skip(added).zip(short).enumerate() {
        if *dim == 1 {
            *dim = other;
        } else if other != 1 && other != *dim {
            let (x, y) = if a.len() >= b.len() { (*dim, other) } else { (other, *dim) };
            return Err(super::mismatch::mismatch(a, b, axis + added, x, y));
        }
    }
    Ok(out)
}

/// Stretches an array to a shape it broadcasts to.
///
/// # Errors
/// When it does not, or memory runs out.
pub fn broadcast_to(x: &Array, shape: &[usize]) -> Outcome<Array> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    let fits = broadcast(x.shape(), shape).is_ok_and(|joined| joined.as_slice() == shape);
    if !fits {
        return Err(Problem::new(format!("{} cannot be stretched to {}", shape_text(x.shape()), shape_text(shape)))
            .note("shapes are compared from the right; only an axis of length 1 can be stretched"));
    }
    limits::checked_count(shape)?;
    if count(shape) == 0 {
        return Array::full(shape, 0.0, x.dtype());
    }
    Ok(match x.data() {
        Data::Bool(data) => Array::new(shape, stretched(data, x.shape(), shape)?),
        Data::F32(data) => Array::new(shape, stretched(data, x.shape(), shape)?),
        Data::F64(data) => Array::new(shape, stretched(data, x.shape(), shape)?),
    })
}

/// How far an operand moves for a step along each axis of the result; 0 along those it is stretched.
pub fn broadcast_steps(from: &[usize], to: &[usize]) -> Shape {
    let mut steps = Shape::from_elem(0, to.len());
    let mut step = 1;
    for (axis, &dim) in from.iter().enumerate().rev() {
        if dim != 1 {
            steps[axis + to.len() - from.len()] = step;
        }
        step *= dim;
    }
    steps
}
