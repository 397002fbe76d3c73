//! Repeating elements until they fill a larger shape.
//!
//! `[[1, 2]]` stretched to [2, 2, 2] is the block 1 2, four times; `[[1], [2]]` stretched to [2, 3] is each
//! element three times. In between neither a step nor a position is computed: an array is stretched from the
//! inside out, by as many repetitions of blocks as there are groups of stretched axes, which is mostly one.

use super::element::Element;
use super::limits::{self, STRIDE};
use crate::diagnostic::Outcome;

/// The elements of an array of the shape `from`, stretched to the shape `to`, which must be one that it
/// broadcasts to.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn stretched<T: Element>(data: &[T], from: &[usize], to: &[usize]) -> Outcome<Vec<T>> {
    let len = limits::checked_count(to)?;
    if len == 0 {
        return limits::room(0);
    }
    let mut done: Option<Vec<T>> = None;
    // How many neighbours stay together, and how often they are repeated.
    let (mut width, mut times) = (1, 1);
    let mut short = from.iter().rev();
    for &dim in to.iter().rev() {
        if short.next() != Some(&dim) {
            times *= dim;
        } else if dim != 1 {
            if times != 1 {
                done = Some(repeated(done.as_deref().unwrap_or(data), width, times)?);
                width *= times;
                times = 1;
            }
            width *= dim;
        }
    }
    if times != 1 || done.is_none() {
        return repeated(done.as_deref().unwrap_or(data), width, times);
    }
    Ok(done.unwrap_or_default())
}

/// Every block of `width` elements so many times.
fn repeated<T: Element>(data: &[T], width: usize, times: usize) -> Outcome<Vec<T>> {
    let len = data.len().saturating_mul(times);
    if width <= 4 {
        // A few elements are moved, not copied.
        let mut out = limits::buffer(len)?;
        match (width, times) {
            (1, 2) => single::<T, 2>(data, &mut out),
            (1, 3) => single::<T, 3>(data, &mut out),
            (1, 4) => single::<T, 4>(data, &mut out),
            (1, _) => blocks::<T, 1>(data, times, &mut out)?,
            (2, _) => blocks::<T, 2>(data, times, &mut out)?,
            (3, _) => blocks::<T, 3>(data, times, &mut out)?,
            (4, _) => blocks::<T, 4>(data, times, &mut out)?,
            _ => {}
        }
        return Ok(out);
    }
    let mut out = limits::room(len)?;
    let mut since_check = 0;
    for block in data.chunks_exact(width.max(1)) {
        for _ in 0..times {
            since_check += width;
            if since_check >= STRIDE {
                limits::check()?;
                since_check = 0;
            }
            out.extend_from_slice(block);
        }
    }
    Ok(out)
}

/// Every element `TIMES` times.
fn single<T: Element, const TIMES: usize>(data: &[T], out: &mut [T]) {
    let (groups, _) = out.as_chunks_mut::<TIMES>();
    groups.iter_mut().zip(data).for_each(|(group, &x)| *group = [x; TIMES]);
}

/// Every block of `WIDTH` elements so many times.
fn blocks<T: Element, const WIDTH: usize>(data: &[T], times: usize, out: &mut [T]) -> Outcome<()> {
    let (blocks, _) = data.as_chunks::<WIDTH>();
    let (out, _) = out.as_chunks_mut::<WIDTH>();
    let together = (STRIDE / (WIDTH * times)).max(1);
    for (out, blocks) in out.chunks_mut(times * together).zip(blocks.chunks(together)) {
        limits::check()?;
        for (group, block) in out.chunks_exact_mut(times).zip(blocks) {
            if times <= STRIDE {
                group.fill(*block);
                continue;
            }
            for part in group.chunks_mut(STRIDE) {
                limits::check()?;
                part.fill(*block);
            }
        }
    }
    Ok(())
}
