//! Folding elements pairwise along any axes: the loop under every reduction.
//!
//! `sum` of ten million times 0.1, added one after the other, is off in the tenth digit, and in single
//! precision in the third. So blocks of 128 elements are folded in eight lanes, which is also what
//! processors like, and the blocks in a tree. Along an axis that is not the last one, whole rows take
//! the place of elements, a tile of columns at a time. The tree depends on the shape alone.

use super::limits::{self, STRIDE};
use super::reduce::Axes;
use super::{Shape, count};
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
    if *axes == Axes::All || shape.is_empty() {
        return Ok(vec![total(data, load, identity, join)?]);
    }
    // Neighbouring axes that share a fate are one axis; those of length 1 have none.
    let mut groups: SmallVec<[(usize, bool); 4]> = SmallVec::new();
    for (axis, &dim) in shape.iter().enumerate().filter(|&(_, &dim)| dim != 1) {
        let goes = axes.contains(axis);
        match groups.last_mut() {
            Some((joined, same)) if *same == goes => *joined = joined.saturating_mul(dim),
            _ => groups.push((dim, goes)),
        }
    }
    if groups.iter().any(|&(dim, goes)| dim == 0 && !goes) {
        return Ok(Vec::new());
    }
    let mut partial: Option<Vec<f64>> = None;
    while let Some(at) = groups.iter().rposition(|&(_, goes)| goes) {
        let (n, _) = groups.remove(at);
        let dims: Shape = groups.iter().map(|&(dim, _)| dim).collect();
        let (outer, width) = (count(&dims[..at]), count(&dims[at..]));
        partial = Some(match partial {
            None => fold_group(data, outer, n, width, load, identity, join)?,
            Some(partial) => fold_group(&partial, outer, n, width, |x| x, identity, join)?,
        });
    }
    match partial {
        Some(partial) => Ok(partial),
        None => {
            let mut out = limits::reserve(data.len())?;
            out.extend(data.iter().map(|&x| load(x)));
            Ok(out)
        }
    }
}

/// Folds the middle axis of an array of shape [outer, n, width].
fn fold_group<T: Copy>(
    data: &[T],
    outer: usize,
    n: usize,
    width: usize,
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> Outcome<Vec<f64>> {
    let mut out = limits::reserve(limits::checked_count(&[outer, width])?)?;
    if n == 0 {
        out.resize(out.capacity().min(outer.saturating_mul(width)), identity);
        return Ok(out);
    }
    let mut since_check = 0;
    for block in data.chunks_exact(n * width) {
        since_check += block.len();
        if since_check >= STRIDE {
            limits::check()?;
            since_check = 0;
        }
        if width == 1 {
            out.push(total(block, load, identity, join)?);
        } else {
            fold_rows(block, width, load, join, &mut out)?;
        }
    }
    Ok(out)
}

/// Elements of a row that are folded together before the next columns are looked at.
const TILE: usize = 512;
/// Rows that are folded one after the other before the tree begins.
const ROWS: usize = 16;

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
        for row in rows[width..].chunks_exact(width) {
            out[start..].iter_mut().zip(row).for_each(|(a, &b)| *a = join(*a, load(b)));
        }
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
            for row in block[width..].chunks_exact(width) {
                folded.iter_mut().zip(&row[left..right]).for_each(|(a, &b)| *a = join(*a, load(b)));
            }
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
    const BLOCK: usize = 128;
    let fold_block = |block: &[T]| {
        let (eights, rest) = block.as_chunks::<8>();
        if eights.is_empty() {
            return rest.iter().fold(identity, |a, &b| join(a, load(b)));
        }
        let mut lanes = [identity; 8];
        for eight in eights {
            for (lane, &x) in lanes.iter_mut().zip(eight) {
                *lane = join(*lane, load(x));
            }
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        let whole = join(join(join(a, b), join(c, d)), join(join(e, f), join(g, h)));
        rest.iter().fold(whole, |a, &b| join(a, load(b)))
    };
    if data.len() <= BLOCK {
        return Ok(fold_block(data));
    }
    let mut tree = Tree::new();
    for stretch in data.chunks(STRIDE) {
        limits::check()?;
        for block in stretch.chunks(BLOCK) {
            tree.push(fold_block(block), |early, late| *early = join(*early, late));
        }
    }
    Ok(tree.finish(|early, late| *early = join(*early, late)).unwrap_or(identity))
}

/// A pairwise tree over items that arrive one by one: like a binary counter, it holds at most one
/// result for every power of two.
struct Tree<T> {
    levels: SmallVec<[Option<T>; 24]>,
}

impl<T> Tree<T> {
    fn new() -> Tree<T> {
        Tree { levels: SmallVec::new() }
    }

    #[inline(always)]
    fn push(&mut self, mut item: T, mut join: impl FnMut(&mut T, T)) {
        for level in &mut self.levels {
            match level.take() {
                None => {
                    *level = Some(item);
                    return;
                }
                Some(mut early) => {
                    join(&mut early, item);
                    item = early;
                }
            }
        }
        self.levels.push(Some(item));
    }

    fn finish(self, mut join: impl FnMut(&mut T, T)) -> Option<T> {
        let mut late: Option<T> = None;
        for early in self.levels.into_iter().flatten() {
            late = Some(match late {
                None => early,
                Some(late) => {
                    let mut early = early;
                    join(&mut early, late);
                    early
                }
            });
        }
        late
    }
}
