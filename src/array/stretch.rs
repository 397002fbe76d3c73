//! Repeating elements until they fill a larger shape.
//!
//! From the inside out: an axis along which nothing moves is the copy of what stands before it, so that
//! most of the work is copying runs, and nothing is computed for an element.

use super::buffers::Pooled;
use super::limits;
use super::map::broadcast_steps;
use crate::diagnostic::Outcome;

/// The elements of an array of the shape `from`, stretched to the shape `to`, which must be one that it
/// broadcasts to.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn stretched<T: Pooled + Copy>(data: &[T], from: &[usize], to: &[usize]) -> Outcome<Vec<T>> {
    let mut out = limits::room(limits::checked_count(to)?)?;
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
    match (dims, steps) {
        ([], _) if step != 0 => {
            out.extend_from_slice(data.get(..dim).unwrap_or(data));
            return Ok(());
        }
        ([], _) => {
            if let Some(&x) = data.first() {
                out.resize(out.len() + dim, x);
            }
            return Ok(());
        }
        // Every element of a row so many times.
        (&[times], &[0]) if step == 1 && times <= 64 => {
            limits::check()?;
            let start = out.len();
            if let Some(&x) = data.first() {
                out.resize(start + dim * times, x);
            }
            let groups = out.get_mut(start..).unwrap_or_default().chunks_exact_mut(times);
            groups.zip(data).for_each(|(group, &x)| group.fill(x));
            return Ok(());
        }
        _ => {}
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
