//! Repeating elements until they fill a larger shape.
//!
//! From the inside out: an axis along which nothing moves is the copy of what stands before it, so that
//! most of the work is copying runs, and nothing is computed for an element.

use super::limits;
use super::map::broadcast_steps;
use crate::diagnostic::Outcome;

/// The elements of an array of the shape `from`, stretched to the shape `to`, which must be one that it
/// broadcasts to.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn stretched<T: Copy>(data: &[T], from: &[usize], to: &[usize]) -> Outcome<Vec<T>> {
    let mut out = limits::reserve(limits::checked_count(to)?)?;
    if !to.contains(&0) {
        fill(data, &broadcast_steps(from, to), to, &mut out)?;
    }
    Ok(out)
}

fn fill<T: Copy>(data: &[T], steps: &[usize], dims: &[usize], out: &mut Vec<T>) -> Outcome<()> {
    let (Some((&step, steps)), Some((&dim, dims))) = (steps.split_first(), dims.split_first()) else {
        out.extend(data.first());
        return Ok(());
    };
    if dims.is_empty() && step != 0 {
        out.extend_from_slice(data.get(..dim).unwrap_or(data));
        return Ok(());
    }
    if step != 0 {
        for i in 0..dim {
            limits::check()?;
            fill(data.get(i * step..).unwrap_or(&[]), steps, dims, out)?;
        }
        return Ok(());
    }
    let start = out.len();
    fill(data, steps, dims, out)?;
    let end = out.len();
    for _ in 1..dim {
        limits::check()?;
        out.extend_from_within(start..end);
    }
    Ok(())
}
