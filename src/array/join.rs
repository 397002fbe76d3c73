//! Several arrays become one, one becomes several, and one becomes larger: `concat`, `split`, `tile`.
//!
//! Seen from one axis, an array is [outer, axis, inner]. Joining along it is taking a stretch of each
//! operand in turn: `concat([[1], [2]], [[3], [4]], axis = 1)` takes 1, 3, 2, 4. All of these copy
//! stretches, never elements.

use super::element::Element;
use super::limits::{self, STRIDE};
use super::reduce::normalise_axis;
use super::walk::{Walk, put_in_order, row_major};
use super::{Array, DType, Data, Shape, count, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::each_dtype;
use std::borrow::Cow;

/// Where [`split`] cuts.
#[derive(Clone, Copy, Debug)]
pub enum Cuts<'a> {
    /// Into so many equal parts.
    Sections(usize),
    /// Before these positions; negative ones count from the end.
    Points(&'a [isize]),
}

/// The type that can hold the elements of all parts: as in arithmetic, where among numbers of rank 0 a
/// single wins over a double.
fn joint_dtype(parts: &[&Array]) -> DType {
    let all = || parts.iter().map(|part| part.dtype());
    let numbers = parts.iter().all(|part| part.rank() == 0);
    if numbers && all().any(|dtype| dtype == DType::F32) {
        return DType::F32;
    }
    all().max().unwrap_or(DType::F64)
}

/// Joins arrays along an axis they already have.
///
/// # Errors
/// When there are none, or they differ in another axis, memory runs out, or somebody asked to stop.
pub fn concat(parts: &[&Array], axis: isize) -> Outcome<Array> {
    let Some(first) = parts.first() else {
        return Err(Problem::new("concat needs at least one array").help("for example concat((a, b))"));
    };
    if let Some(i) = parts.iter().position(|part| part.rank() == 0) {
        return Err(Problem::new("a single number cannot be joined to others")
            .label(Part::Argument(i), "has no axes")
            .help("use stack for numbers, or make it an array: [x]"));
    }
    let axis = normalise_axis(axis, first.rank())?;
    let mut shape = Shape::from_slice(first.shape());
    let mut long = 0usize;
    for (i, part) in parts.iter().enumerate() {
        let others = |shape: &[usize]| {
            shape.iter().enumerate().filter(|&(i, _)| i != axis).map(|(_, &dim)| dim).collect::<Shape>()
        };
        if part.rank() != first.rank() || others(part.shape()) != others(first.shape()) {
            return Err(Problem::new("these arrays cannot be joined")
                .label(Part::Argument(i), shape_text(part.shape()))
                .label(Part::Argument(0), shape_text(first.shape()))
                .note(format!("along axis {axis} the lengths may differ; all others must be the same")));
        }
        long = long.saturating_add(part.shape()[axis]);
    }
    shape[axis] = long;
    joined(parts, axis, shape)
}

/// Joins arrays of one shape along a new axis.
///
/// # Errors
/// When there are none, or their shapes differ, memory runs out, or somebody asked to stop.
pub fn stack(parts: &[&Array], axis: isize) -> Outcome<Array> {
    let Some(first) = parts.first() else {
        return Err(Problem::new("stack needs at least one array").help("for example stack((a, b))"));
    };
    if let Some(i) = parts.iter().position(|part| part.shape() != first.shape()) {
        return Err(Problem::new("these arrays differ in shape")
            .label(Part::Argument(i), shape_text(parts[i].shape()))
            .label(Part::Argument(0), shape_text(first.shape()))
            .help("use a tuple to keep different shapes together: (a, b)"));
    }
    let axis = normalise_axis(axis, first.rank() + 1)?;
    let mut shape = Shape::from_slice(first.shape());
    shape.insert(axis, parts.len());
    joined(parts, axis, shape)
}

fn joined(parts: &[&Array], axis: usize, shape: Shape) -> Outcome<Array> {
    fn interleave<T: Element>(parts: &[Cow<'_, [T]>], outer: usize, len: usize) -> Outcome<Vec<T>> {
        let mut out = limits::room(len)?;
        let mut since_check = 0;
        for i in 0..outer {
            for part in parts {
                let stretch = part.len() / outer;
                since_check += stretch + 1;
                if since_check >= STRIDE {
                    limits::check()?;
                    since_check = 0;
                }
                out.extend_from_slice(&part[i * stretch..(i + 1) * stretch]);
            }
        }
        Ok(out)
    }
    let len = limits::checked_count(&shape)?;
    let dtype = joint_dtype(parts);
    // With nothing to take, the outer axes do not matter and may be of any length.
    let outer = if len == 0 { 0 } else { count(&shape[..axis]) };
    let data: Data = match dtype {
        DType::Bool => interleave(&parts.iter().map(|part| part.to_bools()).collect::<Vec<_>>(), outer, len)?.into(),
        DType::F32 => interleave(&parts.iter().map(|part| part.to_singles()).collect::<Vec<_>>(), outer, len)?.into(),
        DType::F64 => interleave(&parts.iter().map(|part| part.to_doubles()).collect::<Vec<_>>(), outer, len)?.into(),
    };
    Ok(Array::new(shape, data))
}

/// Cuts an array into parts along an axis.
///
/// # Errors
/// When the axis does not exist or does not divide, memory runs out, or somebody asked to stop.
pub fn split(x: &Array, cuts: Cuts<'_>, axis: isize) -> Outcome<Vec<Array>> {
    let axis = normalise_axis(axis, x.rank())?;
    let steps = row_major(x.shape());
    let part = |(start, stop): (usize, usize)| {
        let mut shape = Shape::from_slice(x.shape());
        shape[axis] = stop - start;
        let walk = Walk::new(steps[axis].wrapping_mul(start as isize), &shape, &steps);
        each_dtype!(x.data(), data => Ok(Array::new(shape, walk.gather(data)?)))
    };
    bounds(x.shape(), cuts, axis)?.into_iter().map(part).collect()
}

/// Where the parts begin and end along an axis that exists.
///
/// # Errors
/// When it does not divide, or memory runs out.
pub fn bounds(shape: &[usize], cuts: Cuts<'_>, axis: usize) -> Outcome<Vec<(usize, usize)>> {
    let n = shape.get(axis).copied().unwrap_or(0);
    Ok(match cuts {
        Cuts::Sections(sections) => {
            // Not into more parts than elements: an empty axis would come out for any number.
            if sections == 0 || !n.is_multiple_of(sections) || sections > n.max(1) {
                return Err(Problem::new("this does not split into equal parts")
                    .label(Part::Argument(0), format!("{}, axis {axis} into {sections} parts", shape_text(shape)))
                    .help("name the positions to cut at instead: split(x, (2, 5))"));
            }
            let part = n / sections;
            let mut bounds = limits::reserve(sections)?;
            bounds.extend((0..sections).map(|i| (i * part, (i + 1) * part)));
            bounds
        }
        Cuts::Points(points) => {
            let clamped = |&point: &isize| {
                if point < 0 { n.saturating_sub(point.unsigned_abs()) } else { n.min(point.unsigned_abs()) }
            };
            let starts = std::iter::once(0).chain(points.iter().map(clamped));
            let stops = points.iter().map(clamped).chain(std::iter::once(n));
            starts.zip(stops).map(|(start, stop)| (start, stop.max(start))).collect()
        }
    })
}

/// Surrounds an array with a value: so many elements before and after, for every axis.
///
/// # Errors
/// When the widths are not one pair an axis, memory runs out, or somebody asked to stop.
pub fn pad(x: &Array, widths: &[(usize, usize)], value: f64) -> Outcome<Array> {
    if widths.len() != x.rank() {
        return Err(Problem::new(format!("pad needs a pair of widths for each axis, found {}", widths.len()))
            .label(Part::Argument(0), shape_text(x.shape()))
            .help("give (before, after) for every axis: pad(x, ((1, 1), (0, 2)))"));
    }
    let long = |(&dim, &(before, after)): (&usize, &(usize, usize))| dim.saturating_add(before).saturating_add(after);
    let shape: Shape = x.shape().iter().zip(widths).map(long).collect();
    let dtype = if x.dtype() == DType::Bool && value != 0.0 && value != 1.0 { DType::F64 } else { x.dtype() };
    let mut out = Array::full(shape, value, dtype)?;
    if x.is_empty() {
        return Ok(out);
    }
    let steps = row_major(out.shape());
    let start = steps.iter().zip(widths).map(|(&step, &(before, _))| step * before as isize).sum();
    let walk = Walk::new(start, x.shape(), &steps);
    if dtype == x.dtype() {
        put_in_order(&walk, out.data_mut(), x.data())?;
    } else {
        put_in_order(&walk, out.data_mut(), x.cast(dtype).data())?;
    }
    Ok(out)
}

/// The whole array, so many times along every axis; axes are added in front if there are more counts.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn tile(x: &Array, times: &[usize]) -> Outcome<Array> {
    let rank = x.rank().max(times.len());
    let mut from = Shape::from_elem(1, rank - x.rank());
    from.extend_from_slice(x.shape());
    let mut counts = Shape::from_elem(1, rank - times.len());
    counts.extend_from_slice(times);
    let shape: Shape = from.iter().zip(&counts).map(|(&dim, &n)| dim.saturating_mul(n)).collect();
    if limits::checked_count(&shape)? == 0 {
        return Array::full(shape, 0.0, x.dtype());
    }
    each_dtype!(x.data(), data => {
        let mut tiled = Cow::Borrowed(data);
        let mut block = 1;
        for (&dim, &n) in from.iter().zip(&counts).rev() {
            block *= dim;
            if n > 1 {
                tiled = Cow::Owned(repeated(&tiled, block, n)?);
            }
            block *= n;
        }
        Ok(Array::new(shape, tiled.into_owned()))
    })
}

/// Every element so many times along an axis; without an axis, of the flattened array.
///
/// # Errors
/// When the axis does not exist, memory runs out, or somebody asked to stop.
pub fn repeat(x: &Array, n: usize, axis: Option<isize>) -> Outcome<Array> {
    let (shape, inner): (Shape, usize) = match axis {
        None => (Shape::from_slice(&[x.len().saturating_mul(n)]), 1),
        Some(axis) => {
            let axis = normalise_axis(axis, x.rank())?;
            let mut shape = Shape::from_slice(x.shape());
            shape[axis] = shape[axis].saturating_mul(n);
            (shape, count(&x.shape()[axis + 1..]))
        }
    };
    if limits::checked_count(&shape)? == 0 {
        return Array::full(shape, 0.0, x.dtype());
    }
    each_dtype!(x.data(), data => Ok(Array::new(shape, repeated(data, inner, n)?)))
}

/// Every block of elements `n` times in a row.
fn repeated<T: Element>(data: &[T], block: usize, n: usize) -> Outcome<Vec<T>> {
    let mut out = limits::room(data.len().saturating_mul(n))?;
    let mut since_check = 0;
    for block in data.chunks_exact(block.max(1)) {
        for _ in 0..n {
            since_check += block.len();
            if since_check >= STRIDE {
                limits::check()?;
                since_check = 0;
            }
            out.extend_from_slice(block);
        }
    }
    Ok(out)
}
