//! Folding elements pairwise along any axes: the loop under every reduction.
//!
//! `sum` of ten million times 0.1, added one after the other, is off in the tenth digit, and in single
//! precision in the third. So blocks of 128 elements are folded in eight lanes, which is also what
//! processors like, and the blocks in a tree. Along an axis that is not the last one, whole rows take
//! the place of elements, a tile of columns at a time. The tree depends on the shape alone.

use super::element::Element;
use super::fuse::{self, CHUNK, Chunk, Reader, Slice};
use super::meet::ROWS;
pub use super::meet::{Meetings, fold, sum_of_repeated, total};
use super::reduce::Axes;
pub(super) use super::tree::BLOCK;
use super::tree::{Tree, block_or_tree, fold_block, tree};
use super::{Array, DType, Data};
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
