//! Which elements meet when axes go, and folding them: an array is folded from the inside out, one group of
//! neighbouring axes after the other.
//!
//! In `sum(x, axis = 0)` of a [2, 3] array whole rows take the place of elements; in `sum(x, axis = 1)` three
//! neighbours meet.

use super::Shape;
use super::element::Element;
use super::lanes::fold_onto;
use super::limits::{self, STRIDE};
use super::reduce::Axes;
use super::tree::{BLOCK, Tree, fold_block, tree};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;

/// Folds over the axes, one group of neighbouring axes after the other, the last one first. The data
/// must be as many as the shape says.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn fold<T: Copy>(
    data: &[T],
    shape: &[usize],
    axes: &Axes,
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> Outcome<Vec<f64>> {
    match axes {
        Axes::All => Ok(vec![total(data, load, identity, join)?]),
        _ if shape.is_empty() => Ok(vec![total(data, load, identity, join)?]),
        Axes::Some(axes) => {
            let fates = shape.iter().enumerate().rev().map(|(axis, &dim)| (dim, axes.contains(&axis)));
            fold_groups(data, fates, load, identity, join)
        }
    }
}

/// The sums that undo stretching: over the axes along which an array of the shape `short` was repeated to get
/// the shape of the data.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn sum_of_repeated<T: Element>(data: &[T], shape: &[usize], short: &[usize]) -> Outcome<Vec<f64>> {
    let mut short = short.iter().rev();
    let fates = shape.iter().rev().map(|dim| (*dim, short.next() != Some(dim)));
    fold_groups(data, fates, T::double, 0.0, |a, b| a + b)
}

/// Folds those groups of neighbouring axes that go. Of each axis, from the last to the first, there is its length
/// and whether it goes.
fn fold_groups<T: Copy>(
    data: &[T],
    axes: impl Iterator<Item = (usize, bool)>,
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> Outcome<Vec<f64>> {
    if data.is_empty() {
        let kept: Shape = axes.filter(|&(_, goes)| !goes).map(|(dim, _)| dim).collect();
        return limits::filled(limits::checked_count(&kept)?, identity);
    }
    let mut out = Vec::new();
    Meetings::new(axes).fold(data, load, identity, join, &mut out)?;
    Ok(out)
}

/// Which elements meet when axes go, one group of neighbouring axes after the other, the last one first.
pub struct Meetings(SmallVec<[Meeting; 2]>);

/// The middle axis, of `n`, of an array of shape [.., n, width].
#[derive(Clone, Copy)]
struct Meeting {
    n: usize,
    width: usize,
}

impl Meetings {
    /// Of each axis, from the last to the first, there is its length and whether it goes.
    fn new(axes: impl Iterator<Item = (usize, bool)>) -> Meetings {
        let mut meetings = SmallVec::new();
        // How many meet, and how many neighbours stay.
        let (mut n, mut width) = (1, 1);
        for (dim, goes) in axes {
            if goes {
                n *= dim;
            } else if dim != 1 {
                if n != 1 {
                    meetings.push(Meeting { n, width });
                    n = 1;
                }
                width *= dim;
            }
        }
        if n != 1 {
            meetings.push(Meeting { n, width });
        }
        Meetings(meetings)
    }

    /// When an array of this shape is folded over these axes.
    pub fn over(shape: &[usize], axes: &Axes) -> Meetings {
        Meetings::new(shape.iter().enumerate().rev().map(|(axis, &dim)| (dim, axes.contains(axis))))
    }

    /// When an array of this shape becomes the shorter one that was stretched to it.
    pub fn undoing(shape: &[usize], short: &[usize]) -> Meetings {
        let mut short = short.iter().rev();
        Meetings::new(shape.iter().rev().map(|dim| (*dim, short.next() != Some(dim))))
    }

    /// Puts the sums of elements into `out`, in place of what is there.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn sum<T: Element>(&self, data: &[T], out: &mut Vec<f64>) -> Outcome<()> {
        self.fold(data, T::double, 0.0, |a, b| a + b, out)
    }

    fn fold<T: Copy>(
        &self,
        data: &[T],
        load: impl Fn(T) -> f64 + Copy,
        identity: f64,
        join: impl Fn(f64, f64) -> f64 + Copy,
        out: &mut Vec<f64>,
    ) -> Outcome<()> {
        let Some((first, rest)) = self.0.split_first() else {
            clear(out, data.len())?;
            out.extend(data.iter().map(|&x| load(x)));
            return Ok(());
        };
        fold_group(data, *first, load, identity, join, out)?;
        for meeting in rest {
            let before = std::mem::take(out);
            fold_group(&before, *meeting, |x| x, identity, join, out)?;
        }
        Ok(())
    }
}

/// Makes an empty vector of one that may hold something, with room for so many.
fn clear(out: &mut Vec<f64>, len: usize) -> Outcome<()> {
    out.clear();
    if out.capacity() < len {
        *out = limits::room(len)?;
    }
    Ok(())
}

/// Folds the middle axis of an array of shape [.., n, width].
fn fold_group<T: Copy>(
    data: &[T],
    Meeting { n, width }: Meeting,
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
    out: &mut Vec<f64>,
) -> Outcome<()> {
    clear(out, data.len() / n)?;
    if width == 1 && n <= BLOCK {
        // Each is a tree of one block.
        for blocks in data.chunks(n * (STRIDE / n)) {
            limits::check()?;
            match n {
                2 => out.extend(blocks.as_chunks::<2>().0.iter().map(|pair| fold_block(pair, load, identity, join))),
                3 => out.extend(blocks.as_chunks::<3>().0.iter().map(|three| fold_block(three, load, identity, join))),
                4 => out.extend(blocks.as_chunks::<4>().0.iter().map(|four| fold_block(four, load, identity, join))),
                _ => out.extend(blocks.chunks_exact(n).map(|block| fold_block(block, load, identity, join))),
            }
        }
        return Ok(());
    }
    let mut since_check = 0;
    for block in data.chunks_exact(n * width) {
        since_check += block.len();
        if since_check >= STRIDE {
            limits::check()?;
            since_check = 0;
        }
        match width {
            1 => out.push(total(block, load, identity, join)?),
            2 if n <= ROWS => fold_short::<T, 2>(block, load, join, out),
            3 if n <= ROWS => fold_short::<T, 3>(block, load, join, out),
            4 if n <= ROWS => fold_short::<T, 4>(block, load, join, out),
            _ => fold_rows(block, width, load, join, out)?,
        }
    }
    Ok(())
}

/// Folds rows that are so short that a loop over one would cost more than its elements, and so few that there is
/// nothing to pair.
#[inline(always)]
fn fold_short<T: Copy, const WIDTH: usize>(
    rows: &[T],
    load: impl Fn(T) -> f64 + Copy,
    join: impl Fn(f64, f64) -> f64 + Copy,
    out: &mut Vec<f64>,
) {
    let (rows, _) = rows.as_chunks::<WIDTH>();
    if let Some((first, rest)) = rows.split_first() {
        let mut folded = first.map(load);
        for row in rest {
            folded.iter_mut().zip(row).for_each(|(a, &b)| *a = join(*a, load(b)));
        }
        out.extend_from_slice(&folded);
    }
}

/// Elements of a row that are folded together before the next columns are looked at.
const TILE: usize = 512;
/// Rows that are folded one after the other before the tree begins.
pub(super) const ROWS: usize = 16;

/// Folds all rows into one, elementwise, a tile of columns at a time, pairwise over blocks of rows.
fn fold_rows<T: Copy>(
    rows: &[T],
    width: usize,
    load: impl Fn(T) -> f64 + Copy,
    join: impl Fn(f64, f64) -> f64 + Copy,
    out: &mut Vec<f64>,
) -> Outcome<()> {
    if rows.len() <= ROWS * width && width <= TILE {
        // One block: there is nothing to pair.
        let start = out.len();
        out.extend(rows[..width].iter().map(|&x| load(x)));
        fold_onto(&mut out[start..], &rows[width..], width, |a, b| join(a, load(b)));
        return Ok(());
    }
    let mut spare: Vec<Vec<f64>> = Vec::new();
    for left in (0..width).step_by(TILE) {
        let right = width.min(left + TILE);
        let mut tree: Tree<Vec<f64>> = Tree::new();
        for block in rows.chunks(ROWS * width) {
            limits::check()?;
            let mut folded = spare.pop().unwrap_or_default();
            folded.clear();
            folded.extend(block[left..right].iter().map(|&x| load(x)));
            fold_onto(&mut folded, block.get(width + left..).unwrap_or(&[]), width, |a, b| join(a, load(b)));
            tree.push(folded, |early, late| {
                early.iter_mut().zip(&late).for_each(|(a, &b)| *a = join(*a, b));
                spare.push(late);
            });
        }
        let folded = tree.finish(|early, late| {
            early.iter_mut().zip(&late).for_each(|(a, &b)| *a = join(*a, b));
        });
        out.extend(folded.iter().flatten());
        spare.extend(folded);
    }
    Ok(())
}

/// Folds everything into one number: blocks of 128 in eight lanes, then pairwise.
///
/// # Errors
/// When somebody asked to stop.
pub fn total<T: Copy>(
    data: &[T],
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> Outcome<f64> {
    if data.len() <= BLOCK {
        return Ok(fold_block(data, load, identity, join));
    }
    let mut whole = Tree::new();
    for stretch in data.chunks(STRIDE) {
        limits::check()?;
        whole.absorb(tree(stretch, load, identity, join), |early, late| *early = join(*early, late));
    }
    Ok(whole.finish(|early, late| *early = join(*early, late)).unwrap_or(identity))
}
