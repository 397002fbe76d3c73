//! Indexing, read and assigned: `a[1:3, ::-1]`, `a[mask]`, `a[rows, columns]`.
//!
//! The rules are NumPy's, the surprising one included: in `a[0, :, [1, 2]]` a slice stands between two
//! indices that are not slices, so their common axis comes first in the result. An index is resolved
//! once, against a shape, into a [`Selection`]: a plan that reads, writes, and adds back. Slices become
//! a [`Walk`], everything else a list of where runs start, so that `table[rows]` copies whole rows.
//!
//! Messages name [`Part::Argument`]`(i)`: the i-th item between the brackets.

use super::broadcast::{broadcast, broadcast_steps};
use super::limits::{self, STRIDE};
use super::selection::Places;
pub use super::selection::Selection;
use super::walk::{Steps, Walk, row_major};
use super::{Array, Shape, count, number_text, shape_text};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use smallvec::SmallVec;

/// One item between the brackets.
#[derive(Clone, Debug)]
pub enum IndexItem {
    /// `i`
    At(isize),
    /// `start:stop:step`
    Slice(Option<isize>, Option<isize>, Option<isize>),
    /// `...`
    Ellipsis,
    /// `none`
    NewAxis,
    /// Truth values, as many axes of them as they select from.
    Mask(Array),
    /// Whole numbers.
    List(Array),
}

/// The position of one element in row-major order: what `a[i, j]` with an index for every axis needs.
///
/// # Errors
/// When there are too many or too few indices, or one is out of range.
#[inline]
pub fn element(shape: &[usize], index: &[isize]) -> Outcome<usize> {
    if index.len() != shape.len() {
        return Err(count_mismatch(shape, index.len()));
    }
    let mut at = 0;
    for (axis, (&i, &dim)) in index.iter().zip(shape).enumerate() {
        at = at * dim + resolve(i, dim).ok_or_else(|| out_of_range(i, dim, axis, axis))?;
    }
    Ok(at)
}

/// Resolves an index against a shape.
///
/// # Errors
/// When there are too many items, one is out of range or not a whole number, a mask does not fit, or
/// memory runs out.
pub fn select(shape: &[usize], items: &[IndexItem]) -> Outcome<Selection> {
    if let Some(at) = one_element(shape, items) {
        let places = Places::Walk(Walk::new(at as isize, &[], &[]));
        return Ok(Selection { source: Shape::from_slice(shape), shape: Shape::new(), places });
    }
    let layout = Layout::new(shape, items)?;
    let source = Shape::from_slice(shape);
    if layout.lists.is_empty() {
        let walk = Walk::new(layout.start, &layout.dims, &layout.steps);
        return Ok(Selection { source, shape: layout.dims, places: Places::Walk(walk) });
    }
    layout.with_lists(source)
}

/// The position of the element that an index names by a whole number for every axis.
#[inline]
fn one_element(shape: &[usize], items: &[IndexItem]) -> Option<usize> {
    let mut at = 0;
    if items.len() != shape.len() {
        return None;
    }
    for (item, &dim) in items.iter().zip(shape) {
        let IndexItem::At(i) = item else { return None };
        at = at * dim + resolve(*i, dim)?;
    }
    Some(at)
}

/// An index taken apart: what slices leave, and what lists choose.
struct Layout {
    /// Where the slices begin.
    start: isize,
    /// The axes that slices, ellipses and new axes leave, without those of the lists.
    dims: Shape,
    steps: Steps,
    /// Lists of whole numbers, resolved, each with the step of its axis.
    lists: SmallVec<[List; 2]>,
    /// Which of `dims` comes right after the lists' common axes in the result.
    place: usize,
}

struct List {
    shape: Shape,
    places: Vec<usize>,
    step: isize,
}

impl Layout {
    fn new(shape: &[usize], items: &[IndexItem]) -> Outcome<Layout> {
        let used: usize = items.iter().map(axes_of).sum();
        let ellipses = items.iter().filter(|item| matches!(item, IndexItem::Ellipsis)).count();
        if ellipses > 1 {
            return Err(
                Problem::new("an index can contain only one `...`").help("write `:` for each of the other axes")
            );
        }
        if used > shape.len() {
            return Err(count_mismatch(shape, used));
        }
        // Beside a list, a single index is a list of one: that decides where the lists' axes go.
        let lists = items.iter().any(|item| matches!(item, IndexItem::List(_) | IndexItem::Mask(_)));
        let steps = row_major(shape);
        let mut layout = Layout { start: 0, dims: Shape::new(), steps: Steps::new(), lists: SmallVec::new(), place: 0 };
        let mut groups = 0;
        let mut in_group = false;
        let mut axis = 0;
        for (i, item) in items.iter().enumerate() {
            let list = match item {
                IndexItem::List(_) | IndexItem::Mask(_) => true,
                IndexItem::At(_) => lists,
                _ => false,
            };
            if list && !in_group {
                groups += 1;
                layout.place = layout.dims.len();
            }
            in_group = list;
            match item {
                IndexItem::At(at) => {
                    let at = resolve(*at, shape[axis]).ok_or_else(|| out_of_range(*at, shape[axis], axis, i))?;
                    if list {
                        layout.lists.push(List { shape: Shape::new(), places: vec![at], step: steps[axis] });
                    } else {
                        layout.start = layout.start.wrapping_add(steps[axis].wrapping_mul(at as isize));
                    }
                }
                IndexItem::Slice(start, stop, step) => {
                    let (first, len, step) = slice(*start, *stop, step.unwrap_or(1), shape[axis], i)?;
                    layout.start = layout.start.wrapping_add(steps[axis].wrapping_mul(first as isize));
                    layout.keep(len, steps[axis].wrapping_mul(step));
                }
                IndexItem::Ellipsis => {
                    let rest = shape.len() - used;
                    (axis..axis + rest).for_each(|axis| layout.keep(shape[axis], steps[axis]));
                    axis += rest;
                }
                IndexItem::NewAxis => layout.keep(1, 0),
                IndexItem::Mask(mask) => layout.mask(mask, &shape[axis..axis + mask.rank()], &steps[axis..], i)?,
                IndexItem::List(list) => {
                    let places = whole_numbers(list, shape[axis], axis, i)?;
                    layout.lists.push(List { shape: Shape::from_slice(list.shape()), places, step: steps[axis] });
                }
            }
            axis += if matches!(item, IndexItem::Ellipsis) { 0 } else { axes_of(item) };
        }
        (axis..shape.len()).for_each(|axis| layout.keep(shape[axis], steps[axis]));
        if groups > 1 {
            layout.place = 0;
        }
        Ok(layout)
    }

    fn keep(&mut self, dim: usize, step: isize) {
        self.dims.push(dim);
        self.steps.push(step);
    }

    /// A mask is as many lists as it has axes: the coordinates of its true elements.
    fn mask(&mut self, mask: &Array, axes: &[usize], steps: &[isize], item: usize) -> Outcome<()> {
        if mask.shape() != axes {
            return Err(Problem::new("the mask does not fit the array")
                .label(Part::Argument(item), format!("{} against {}", shape_text(mask.shape()), shape_text(axes)))
                .help("a mask has the shape of the array, or of the axes it stands for"));
        }
        let truths = mask.to_bools();
        let chosen = truths.iter().filter(|&&truth| truth).count();
        let mut places = limits::reserve(chosen)?;
        places.extend(truths.iter().enumerate().filter(|&(_, &truth)| truth).map(|(at, _)| at));
        // Neighbouring axes of a row-major array: positions in the mask are positions in those axes.
        let step = match mask.rank() {
            0 => 0,
            rank => steps.get(rank - 1).copied().unwrap_or(1),
        };
        self.lists.push(List { shape: Shape::from_slice(&[chosen]), places, step });
        Ok(())
    }

    fn with_lists(self, source: Shape) -> Outcome<Selection> {
        let mut common = Shape::new();
        for list in &self.lists {
            common = broadcast(&common, &list.shape).map_err(|_| self.lists_differ())?;
        }
        let mut shape = Shape::from_slice(&self.dims[..self.place]);
        shape.extend_from_slice(&common);
        shape.extend_from_slice(&self.dims[self.place..]);
        if limits::checked_count(&shape)? == 0 {
            return Ok(Selection { source, shape, places: Places::Runs { starts: Vec::new(), width: 1 } });
        }
        let offsets = self.offsets(&common)?;
        let front = Walk::new(self.start, &self.dims[..self.place], &self.steps[..self.place]);
        let back = Walk::new(0, &self.dims[self.place..], &self.steps[self.place..]);
        // A run of neighbours at the end is copied whole.
        let (run, run_step) = back.run();
        let width = if run_step == 1 { run } else { 1 };
        let mut starts: Vec<usize> = limits::reserve(count(&shape) / width)?;
        let (front_run, front_step) = front.run();
        front.each_run(|front_at| {
            for i in 0..front_run {
                let front_at = front_at.wrapping_add_signed(front_step.wrapping_mul(i as isize));
                for offset in offsets.chunks(STRIDE).flatten() {
                    let at = front_at.wrapping_add_signed(*offset);
                    back.each_run(|back_at| {
                        let at = at.wrapping_add(back_at);
                        if width == run {
                            starts.push(at);
                        } else {
                            starts.extend((0..run).map(|i| at.wrapping_add_signed(run_step.wrapping_mul(i as isize))));
                        }
                        Ok(())
                    })?;
                }
                limits::check()?;
            }
            Ok(())
        })?;
        Ok(Selection { source, shape, places: Places::Runs { starts, width } })
    }

    /// For every element of the lists' common shape, how far it lies from the start of the slices.
    fn offsets(&self, common: &[usize]) -> Outcome<Vec<isize>> {
        let mut offsets = limits::filled(limits::checked_count(common)?, 0isize)?;
        for list in &self.lists {
            let steps: Steps = broadcast_steps(&list.shape, common).iter().map(|&step| step as isize).collect();
            let walk = Walk::new(0, common, &steps);
            let (width, step) = walk.run();
            let mut rows = offsets.chunks_exact_mut(width.max(1));
            walk.each_run(|at| {
                for (i, offset) in rows.next().into_iter().flatten().enumerate() {
                    let place = list.places.get(at.wrapping_add_signed(step * i as isize)).copied().unwrap_or(0);
                    *offset += list.step.wrapping_mul(place as isize);
                }
                Ok(())
            })?;
        }
        Ok(offsets)
    }

    fn lists_differ(&self) -> Fail {
        let shapes: Vec<String> = self.lists.iter().map(|list| shape_text(&list.shape)).collect();
        Problem::new("these index arrays do not line up")
            .label(Part::Whole, shapes.join(" and "))
            .help("index arrays pair up element by element; for every combination use a[rows][:, columns]")
    }
}

/// How many axes of the source an item uses.
fn axes_of(item: &IndexItem) -> usize {
    match item {
        IndexItem::Ellipsis | IndexItem::NewAxis => 0,
        IndexItem::Mask(mask) => mask.rank(),
        IndexItem::At(_) | IndexItem::Slice(..) | IndexItem::List(_) => 1,
    }
}

#[inline(always)]
fn resolve(index: isize, dim: usize) -> Option<usize> {
    let found = if index < 0 { dim.checked_sub(index.unsigned_abs())? } else { index.unsigned_abs() };
    (found < dim).then_some(found)
}

/// The first index, the number of them, and the step of a slice, clamped as Python's `slice.indices`.
fn slice(
    start: Option<isize>,
    stop: Option<isize>,
    step: isize,
    dim: usize,
    item: usize,
) -> Outcome<(usize, usize, isize)> {
    if step == 0 {
        return Err(Problem::new("a slice cannot have the step 0")
            .label(Part::Argument(item), "goes nowhere")
            .help("use ::1 to go forwards and ::-1 to go backwards"));
    }
    // Wide enough that no clamp, sum or negation can overflow.
    let (n, by) = (dim as i128, step as i128);
    let (low, high) = if by > 0 { (0, n) } else { (-1, n - 1) };
    let clamp = |bound: isize| {
        let bound = bound as i128;
        (if bound < 0 { bound + n } else { bound }).clamp(low, high)
    };
    let first = start.map_or(if by > 0 { low } else { high }, clamp);
    let end = stop.map_or(if by > 0 { high } else { low }, clamp);
    let len = ((end - first) / by + i128::from((end - first) % by != 0)).max(0);
    let forward = (end - first).signum() == by.signum();
    match usize::try_from(first) {
        Ok(first) if forward => Ok((first, len as usize, step)),
        _ => Ok((0, 0, step)),
    }
}

fn whole_numbers(list: &Array, dim: usize, axis: usize, item: usize) -> Outcome<Vec<usize>> {
    let mut out = limits::reserve(list.len())?;
    for (position, &value) in list.to_doubles().iter().enumerate() {
        if position % STRIDE == 0 {
            limits::check()?;
        }
        if !value.is_finite() || value.fract() != 0.0 {
            return Err(Problem::new("an index is a whole number")
                .label(Part::Argument(item), format!("element {position} is {}", number_text(value)))
                .help("round first: floor(i) or round(i)"));
        }
        // Saturates far outside of any array, which is out of range all the same.
        let index = value as isize;
        out.push(resolve(index, dim).ok_or_else(|| out_of_range(index, dim, axis, item))?);
    }
    Ok(out)
}

#[cold]
fn out_of_range(index: isize, dim: usize, axis: usize, item: usize) -> Fail {
    let problem = Problem::new(format!("index {index} is out of range"));
    match dim {
        0 => problem
            .label(Part::Argument(item), format!("axis {axis} is empty"))
            .help("check that there are elements first: if len(x) > 0 { … }"),
        _ => problem
            .label(Part::Argument(item), format!("axis {axis} has length {dim}"))
            .help(format!("an index of this axis is -{dim} to {}", dim - 1)),
    }
}

#[cold]
fn count_mismatch(shape: &[usize], found: usize) -> Fail {
    let words = |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    if shape.is_empty() {
        return Problem::new("a single number has no elements to index")
            .label(Part::Whole, words(found, "index", "indices"))
            .help("use it as it is");
    }
    Problem::new(format!(
        "{} for an array with {}",
        words(found, "index", "indices"),
        words(shape.len(), "axis", "axes")
    ))
    .label(Part::Whole, format!("an array of shape {}", shape_text(shape)))
    .help("give at most one index for each axis")
}
