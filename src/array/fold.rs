//! Folding elements pairwise along any axes: the loop under every reduction.
//!
//! `sum` of ten million times 0.1, added one after the other, is off in the tenth digit, and in single
//! precision in the third. So blocks of 128 elements are folded in eight lanes, which is also what
//! processors like, and the blocks in a tree. Along an axis that is not the last one, whole rows take
//! the place of elements, a tile of columns at a time. The tree depends on the shape alone.

use super::element::Element;
use super::fuse::{self, CHUNK, Chunk, Reader, Slice};
use super::limits::{self, STRIDE};
use super::reduce::Axes;
pub(super) use super::tree::BLOCK;
use super::tree::{Tree, block_or_tree, fold_block, tree};
use super::{Array, DType, Data, Shape};
use crate::diagnostic::Outcome;
use crate::each_dtype;
use smallvec::SmallVec;

/// Folds an array over the axes. What is pending is computed piece by piece and never stored; large arrays are
/// folded on all threads. The tree is the same in any case.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn fold_array(
    x: &Array,
    axes: &Axes,
    load: impl Fn(f64) -> f64 + Copy + Sync,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy + Sync,
) -> Outcome<Vec<f64>> {
    if x.pending().is_some() || fuse::large(x.len()) {
        let groups = groups(x.shape(), axes);
        match groups.as_slice() {
            [(_, true)] => return fold_all(&Reader::new(x)?, load, identity, join),
            &[(_, false), (n, true)] => return fold_each(&Reader::new(x)?, n, load, identity, join),
            &[(_, true), (width, false)] if width <= 8 * CHUNK => {
                return fold_columns(&Reader::new(x)?, width, load, join);
            }
            _ => x.compute()?,
        }
    }
    each_dtype!(x.data(), data => fold(data, x.shape(), axes, |x| load(x.double()), identity, join))
}

/// Does the same thing to elements of whichever type a slice has.
macro_rules! each_slice {
    ($slice:expr, $name:ident => $body:expr) => {
        match $slice {
            Slice::Doubles($name) => $body,
            Slice::Singles($name) => $body,
            Slice::Truths($name) => $body,
        }
    };
}

/// Folds everything into one number.
fn fold_all(
    reader: &Reader<'_>,
    load: impl Fn(f64) -> f64 + Copy + Sync,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy + Sync,
) -> Outcome<Vec<f64>> {
    let parts = reader.in_parts(CHUNK, &|chunk: &mut Chunk<'_>| {
        let range = chunk.range.clone();
        each_slice!(chunk.read(range), data => tree(data, |x| load(x.double()), identity, join))
    })?;
    let mut whole = Tree::new();
    for part in parts {
        whole.absorb(part, |early, late| *early = join(*early, late));
    }
    Ok(vec![whole.finish(|early, late| *early = join(*early, late)).unwrap_or(identity)])
}

/// Folds every `n` elements into one number.
fn fold_each(
    reader: &Reader<'_>,
    n: usize,
    load: impl Fn(f64) -> f64 + Copy + Sync,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy + Sync,
) -> Outcome<Vec<f64>> {
    if n > CHUNK {
        return reader.in_parts(n, &|chunk: &mut Chunk<'_>| {
            let mut whole = Tree::new();
            let (mut start, end) = (chunk.range.start, chunk.range.end);
            while start < end {
                let next = end.min(start + CHUNK);
                let part =
                    each_slice!(chunk.read(start..next), data => tree(data, |x| load(x.double()), identity, join));
                whole.absorb(part, |early, late| *early = join(*early, late));
                start = next;
            }
            whole.finish(|early, late| *early = join(*early, late)).unwrap_or(identity)
        });
    }
    let rows = (CHUNK / n.max(1)).max(1);
    let parts = reader.in_parts(rows * n, &|chunk: &mut Chunk<'_>| {
        let range = chunk.range.clone();
        each_slice!(chunk.read(range), data => {
            let one = |row| block_or_tree(row, |x: _| load(Element::double(x)), identity, join);
            data.chunks_exact(n.max(1)).map(one).collect::<Vec<f64>>()
        })
    })?;
    Ok(parts.concat())
}

/// Folds rows of `width` elements into one row.
fn fold_columns(
    reader: &Reader<'_>,
    width: usize,
    load: impl Fn(f64) -> f64 + Copy + Sync,
    join: impl Fn(f64, f64) -> f64 + Copy + Sync,
) -> Outcome<Vec<f64>> {
    let add = |early: &mut Vec<f64>, late: Vec<f64>| early.iter_mut().zip(&late).for_each(|(a, &b)| *a = join(*a, b));
    let panel = ROWS * width;
    // A power of two, so that a part is one branch of the tree.
    let panels = (CHUNK / panel.max(1)).max(1).next_power_of_two();
    let parts = reader.in_parts(panels * panel, &|chunk: &mut Chunk<'_>| {
        let range = chunk.range.clone();
        let mut branch: Tree<Vec<f64>> = Tree::new();
        each_slice!(chunk.read(range), data => for block in data.chunks(panel.max(1)) {
            let mut rows = block.chunks_exact(width);
            let first = rows.next().unwrap_or(&[]);
            let mut folded: Vec<f64> = first.iter().map(|&x| load(x.double())).collect();
            for row in rows {
                folded.iter_mut().zip(row).for_each(|(a, &b)| *a = join(*a, load(b.double())));
            }
            branch.push(folded, add);
        });
        branch
    })?;
    let mut whole = Tree::new();
    for part in parts {
        whole.absorb(part, add);
    }
    Ok(whole.finish(add).unwrap_or_default())
}

/// Neighbouring axes that share a fate as one axis, each with its length and whether it goes.
type Groups = SmallVec<[(usize, bool); 4]>;

/// Axes of length 1 have no fate.
fn groups(shape: &[usize], axes: &Axes) -> Groups {
    let mut groups = Groups::new();
    for (axis, &dim) in shape.iter().enumerate().filter(|&(_, &dim)| dim != 1) {
        match groups.last_mut() {
            Some((joined, same)) if *same == axes.contains(axis) => *joined = joined.saturating_mul(dim),
            _ => groups.push((dim, axes.contains(axis))),
        }
    }
    groups
}

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
    let mut partial: Option<Vec<f64>> = None;
    let mut group = |n: usize, width: usize| -> Outcome<()> {
        partial = Some(match &partial {
            None => fold_group(data, n, width, load, identity, join)?,
            Some(partial) => fold_group(partial, n, width, |x| x, identity, join)?,
        });
        Ok(())
    };
    // How many meet, and how many neighbours stay.
    let (mut n, mut width) = (1, 1);
    for (dim, goes) in axes {
        if goes {
            n *= dim;
        } else if dim != 1 {
            if n != 1 {
                group(n, width)?;
                n = 1;
            }
            width *= dim;
        }
    }
    if n != 1 {
        group(n, width)?;
    }
    match partial {
        Some(partial) => Ok(partial),
        None => {
            let mut out = limits::room(data.len())?;
            out.extend(data.iter().map(|&x| load(x)));
            Ok(out)
        }
    }
}

/// Folds the middle axis of an array of shape [.., n, width].
fn fold_group<T: Copy>(
    data: &[T],
    n: usize,
    width: usize,
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> Outcome<Vec<f64>> {
    let mut out = limits::room(data.len() / n)?;
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
        return Ok(out);
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
            2 if n <= ROWS => fold_short::<T, 2>(block, load, join, &mut out),
            3 if n <= ROWS => fold_short::<T, 3>(block, load, join, &mut out),
            4 if n <= ROWS => fold_short::<T, 4>(block, load, join, &mut out),
            _ => fold_rows(block, width, load, join, &mut out)?,
        }
    }
    Ok(out)
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

/// Puts the sum of each block into the next place of `out`.
pub(super) fn sum_blocks(elements: Slice<'_>, out: &mut [f64]) {
    each_slice!(elements, data => for (sum, block) in out.iter_mut().zip(data.chunks(BLOCK)) {
        *sum = fold_block(block, |x| x.double(), 0.0, |a, b| a + b);
    });
}

/// The sum of everything from the sums of its blocks, divided by a number: the same tree as in [`fold_array`].
pub(super) fn sum_of_parts(parts: &Data, divisor: f64, dtype: DType) -> Data {
    let add = |early: &mut f64, late: f64| *early += late;
    let mut tree = Tree::new();
    if let Data::F64(parts) = parts {
        parts.iter().for_each(|&part| tree.push(part, add));
    }
    let sum = tree.finish(add).unwrap_or(0.0);
    let value = if divisor == 1.0 { sum } else { sum / divisor };
    if dtype == DType::F32 { Data::F32(vec![value as f32]) } else { Data::F64(vec![value]) }
}
