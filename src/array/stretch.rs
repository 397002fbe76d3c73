//! Repeating elements until they fill a larger shape.
//!
//! `[[1, 2]]` stretched to [2, 2, 2] is the block 1 2, four times; `[[1], [2]]` stretched to [2, 3] is each
//! element three times. In between neither a step nor a position is computed: an array is stretched from the
//! inside out, by as many repetitions of blocks as there are groups of stretched axes, which is mostly one.

use super::element::Element;
use super::limits::{self, STRIDE};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;

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
    let mut out = limits::buffer(len)?;
    Stretch::new(from, to).write(data, &mut out)?;
    Ok(out)
}

/// How elements are repeated, one group of stretched axes after the other, the last one first.
pub struct Stretch(SmallVec<[Repeat; 2]>);

/// Every block of `width` elements so many times.
#[derive(Clone, Copy)]
struct Repeat {
    width: usize,
    times: usize,
}

impl Stretch {
    /// From one shape to another that it broadcasts to and that is not empty.
    pub fn new(from: &[usize], to: &[usize]) -> Stretch {
        let mut repeats = SmallVec::new();
        // How many neighbours stay together, and how often they are repeated.
        let (mut width, mut times) = (1, 1);
        let mut short = from.iter().rev();
        for &dim in to.iter().rev() {
            if short.next() != Some(&dim) {
                times *= dim;
            } else if dim != 1 {
                if times != 1 {
                    repeats.push(Repeat { width, times });
                    width *= times;
                    times = 1;
                }
                width *= dim;
            }
        }
        if times != 1 || repeats.is_empty() {
            repeats.push(Repeat { width, times });
        }
        Stretch(repeats)
    }

    /// Writes the elements of an array of the first shape into one of the second.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn write<T: Element>(&self, data: &[T], out: &mut [T]) -> Outcome<()> {
        let Some((last, first)) = self.0.split_last() else { return Ok(()) };
        let mut between: Option<Vec<T>> = None;
        for repeat in first {
            let data = between.as_deref().unwrap_or(data);
            let mut next = limits::buffer(data.len().saturating_mul(repeat.times))?;
            repeated(data, *repeat, &mut next)?;
            between = Some(next);
        }
        repeated(between.as_deref().unwrap_or(data), *last, out)
    }
}

/// Every block of `width` elements so many times.
fn repeated<T: Element>(data: &[T], Repeat { width, times }: Repeat, out: &mut [T]) -> Outcome<()> {
    // A few elements are moved, not copied.
    match (width, times) {
        (1, 2) => single::<T, 2>(data, out),
        (1, 3) => single::<T, 3>(data, out),
        (1, 4) => single::<T, 4>(data, out),
        (1, _) => blocks::<T, 1>(data, times, out)?,
        (2, _) => blocks::<T, 2>(data, times, out)?,
        (3, _) => blocks::<T, 3>(data, times, out)?,
        (4, _) => blocks::<T, 4>(data, times, out)?,
        _ => {
            let mut since_check = 0;
            for (block, group) in data.chunks_exact(width.max(1)).zip(out.chunks_exact_mut((width * times).max(1))) {
                for part in group.chunks_exact_mut(width.max(1)) {
                    since_check += width;
                    if since_check >= STRIDE {
                        limits::check()?;
                        since_check = 0;
                    }
                    part.copy_from_slice(block);
                }
            }
        }
    }
    Ok(())
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
