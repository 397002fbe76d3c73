//! Choosing between two arrays, element by element.
//!
//! `where(mask[:, none], x, 0)` meets three shapes at once. Strided views stretch each operand without
//! a copy, and walk all of them together.

use super::broadcast::broadcast;
use super::buffers::Pooled;
use super::limits::{self, STRIDE};
use super::operand::result_dtype;
use super::{Array, DType, Shape};
use crate::diagnostic::{Outcome, Problem};
use ndarray::{ArrayViewD, ArrayViewMutD, Axis, IxDyn, Slice, Zip};

/// Elements of `x` where the condition is not zero, of `y` elsewhere, all three broadcast against each
/// other. The result is of bool only if both `x` and `y` are.
///
/// # Errors
/// When the shapes do not line up, memory runs out, or somebody asked to stop.
pub fn choose(condition: &Array, x: &Array, y: &Array) -> Outcome<Array> {
    let shape = broadcast(condition.shape(), &broadcast(x.shape(), y.shape())?)?;
    let holds = condition.to_bools();
    let holds = (&*holds, condition.shape());
    Ok(match (x.dtype(), y.dtype()) {
        (DType::Bool, DType::Bool) => {
            let chosen = pick(holds, (&x.to_bools(), x.shape()), (&y.to_bools(), y.shape()), &shape)?;
            Array::new(shape, chosen)
        }
        _ if result_dtype(x, y) == DType::F32 => {
            let chosen = pick(holds, (&x.to_singles(), x.shape()), (&y.to_singles(), y.shape()), &shape)?;
            Array::new(shape, chosen)
        }
        _ => {
            let chosen = pick(holds, (&x.to_doubles(), x.shape()), (&y.to_doubles(), y.shape()), &shape)?;
            Array::new(shape, chosen)
        }
    })
}

/// Elements in row-major order, and their shape.
type Strided<'a, T> = (&'a [T], &'a [usize]);

fn pick<T: Pooled + Copy + Default>(
    condition: Strided<'_, bool>,
    x: Strided<'_, T>,
    y: Strided<'_, T>,
    shape: &Shape,
) -> Outcome<Vec<T>> {
    let len = limits::checked_count(shape)?;
    let mut out = limits::copies(len, T::default())?;
    if len == 0 {
        return Ok(out);
    }
    // Views need at least one axis to be cut along.
    let dims = if shape.is_empty() { IxDyn(&[1]) } else { IxDyn(shape) };
    let (condition, x, y) = (view(condition)?, view(x)?, view(y)?);
    let (Some(condition), Some(x), Some(y)) =
        (condition.broadcast(dims.clone()), x.broadcast(dims.clone()), y.broadcast(dims.clone()))
    else {
        return Err(misfit());
    };
    let rows = dims[0];
    let step = (STRIDE / (len / rows).max(1)).max(1);
    let mut target = ArrayViewMutD::from_shape(dims, &mut out).map_err(|_| misfit())?;
    let mut start = 0;
    while start < rows {
        limits::check()?;
        let part = Slice::from(start..rows.min(start + step));
        Zip::from(target.slice_axis_mut(Axis(0), part))
            .and(condition.slice_axis(Axis(0), part))
            .and(x.slice_axis(Axis(0), part))
            .and(y.slice_axis(Axis(0), part))
            .for_each(|out, &holds, &x, &y| *out = if holds { x } else { y });
        start += step;
    }
    Ok(out)
}

fn view<'a, T>((data, shape): Strided<'a, T>) -> Outcome<ArrayViewD<'a, T>> {
    ArrayViewD::from_shape(IxDyn(shape), data).map_err(|_| misfit())
}

/// The shapes were checked, so this is our mistake.
#[cold]
fn misfit() -> crate::diagnostic::Fail {
    Problem::new("internal error: a view does not fit its elements")
}
