//! Reductions: `sum`, `max`, `argmax` and their kin, over any axes.
//!
//! `sum(x, axis = 0)` of a [2, 3] array has shape [3], or [1, 3] if dimensions are kept. Everything is
//! folded pairwise (see [`fold`](super::fold)) and in double precision: singles are rounded once, at the
//! end, and truth values count as 0 and 1.

use super::element::Element;
use super::fold::{self, fold_array};
use super::limits::{self, STRIDE};
use super::stretch::stretched;
use super::{Array, DType, Data, Shape, count, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::each_dtype;
use smallvec::SmallVec;

/// Which axes disappear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Every one.
    All,
    /// These, in ascending order.
    Some(SmallVec<[usize; 4]>),
}

impl Axes {
    /// Whether this axis is among them.
    pub fn contains(&self, axis: usize) -> bool {
        match self {
            Axes::All => true,
            Axes::Some(axes) => axes.contains(&axis),
        }
    }
}

/// An axis counted from the front; negative ones count from the back.
///
/// # Errors
/// When an array of this rank has no such axis.
pub fn normalise_axis(axis: isize, rank: usize) -> Outcome<usize> {
    let found = if axis < 0 { rank.checked_sub(axis.unsigned_abs()) } else { Some(axis.unsigned_abs()) };
    found.filter(|&found| found < rank).ok_or_else(|| {
        let problem = Problem::new(format!("axis {axis} is out of range")).label(Part::Parameter("axis"), "");
        match rank {
            0 => problem.help("a single number has no axes: leave the axis out"),
            1 => problem.help("an array with one axis has axis 0, which is also -1"),
            _ => {
                let last = rank - 1;
                problem.help(format!("an array with {rank} axes has axes 0 to {last}, or -{rank} to -1 from the back"))
            }
        }
    })
}

/// The axes of a reduction; `None` stands for all of them.
///
/// # Errors
/// When one does not exist or is named twice.
pub fn axes(list: Option<&[isize]>, rank: usize) -> Outcome<Axes> {
    let Some(list) = list else { return Ok(Axes::All) };
    let mut axes = SmallVec::new();
    for &axis in list {
        let axis = normalise_axis(axis, rank)?;
        if axes.contains(&axis) {
            return Err(Problem::new(format!("axis {axis} is named twice"))
                .label(Part::Parameter("axis"), "")
                .help("name every axis once"));
        }
        axes.push(axis);
    }
    axes.sort_unstable();
    Ok(Axes::Some(axes))
}

/// The shape that is left, with ones in place of the reduced axes if they are kept.
pub fn reduced_shape(shape: &[usize], axes: &Axes, keepdims: bool) -> Shape {
    let mut out = Shape::new();
    for (axis, &dim) in shape.iter().enumerate() {
        match axes.contains(axis) {
            false => out.push(dim),
            true if keepdims => out.push(1),
            true => {}
        }
    }
    out
}

/// How many elements meet in each element of the result.
pub fn count_along(shape: &[usize], axes: &Axes) -> usize {
    let dims: Shape = shape.iter().enumerate().filter(|&(axis, _)| axes.contains(axis)).map(|(_, &dim)| dim).collect();
    count(&dims)
}

/// The sum, which for truth values is a count.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn sum(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    numbers(x, axes, keepdims, 0.0, |a, b| a + b)
}

/// The sum of the squares, in double precision.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn sum_of_squares(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    let sums = fold_array(x, axes, |x| x * x, 0.0, |a, b| a + b)?;
    Ok(finish(sums, reduced_shape(x.shape(), axes, keepdims), DType::F64))
}

/// The product.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn prod(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    numbers(x, axes, keepdims, 1.0, |a, b| a * b)
}

/// The arithmetic mean; `nan` of no elements.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn mean(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    let n = count_along(x.shape(), axes) as f64;
    let mut sums = fold_array(x, axes, |x| x, 0.0, |a, b| a + b)?;
    sums.iter_mut().for_each(|x| *x /= n);
    let dtype = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Ok(finish(sums, reduced_shape(x.shape(), axes, keepdims), dtype))
}

/// The largest element; `nan` if there is one.
///
/// # Errors
/// When there is no element to choose, memory runs out, or somebody asked to stop.
pub fn max(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    extreme(x, axes, keepdims, "max", f64::NEG_INFINITY, |a, b| if a > b || a.is_nan() { a } else { b })
}

/// The smallest element; `nan` if there is one.
///
/// # Errors
/// When there is no element to choose, memory runs out, or somebody asked to stop.
pub fn min(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    extreme(x, axes, keepdims, "min", f64::INFINITY, |a, b| if a < b || a.is_nan() { a } else { b })
}

/// Whether any element is not zero.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn any(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    truths(x, axes, keepdims, 0.0, |a, b| if a > b { a } else { b })
}

/// Whether no element is zero.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn all(x: &Array, axes: &Axes, keepdims: bool) -> Outcome<Array> {
    truths(x, axes, keepdims, 1.0, |a, b| if a < b { a } else { b })
}

/// Where the largest element is: the first of several, and a `nan` before anything else. Without an
/// axis, its position in row-major order.
///
/// # Errors
/// When there is no element to choose, memory runs out, or somebody asked to stop.
pub fn argmax(x: &Array, axis: Option<usize>, keepdims: bool) -> Outcome<Array> {
    place(x, axis, keepdims, "argmax", |new, best| new > best)
}

/// Where the smallest element is: the first of several, and a `nan` before anything else.
///
/// # Errors
/// When there is no element to choose, memory runs out, or somebody asked to stop.
pub fn argmin(x: &Array, axis: Option<usize>, keepdims: bool) -> Outcome<Array> {
    place(x, axis, keepdims, "argmin", |new, best| new < best)
}

/// For every element, whether it is the extreme one that it meets along these axes, divided by how many are.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn shares(x: &Array, extreme: &Array, axes: &Axes) -> Outcome<Array> {
    let kept = reduced_shape(x.shape(), axes, true);
    let mut shares = stretched(&extreme.to_doubles(), &kept, x.shape())?;
    shares.iter_mut().zip(&*x.to_doubles()).for_each(|(share, x)| *share = f64::from(u8::from(*share == *x)));
    let counts = fold::fold(&shares, x.shape(), axes, |x| x, 0.0, |a, b| a + b)?;
    let counts = stretched(&counts, &kept, x.shape())?;
    shares.iter_mut().zip(&counts).for_each(|(share, count)| *share /= count);
    Ok(Array::new(Shape::from_slice(x.shape()), shares))
}

/// Undoes broadcasting: sums over the axes along which something of this shape was stretched to become
/// as large as `x`. The result has exactly this shape.
///
/// # Errors
/// When the shape does not broadcast to that of `x`, memory runs out, or somebody asked to stop.
pub fn sum_to(x: &Array, shape: &[usize]) -> Outcome<Array> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    if shape.is_empty() {
        return sum(x, &Axes::All, false);
    }
    let added = x.rank().checked_sub(shape.len());
    let fits = added
        .is_some_and(|added| x.shape()[added..].iter().zip(shape).all(|(&long, &short)| long == short || short == 1));
    let (Some(added), true) = (added, fits) else {
        return Err(Problem::new("this cannot be summed to that shape")
            .label(Part::Argument(0), format!("{}, wanted {}", shape_text(x.shape()), shape_text(shape)))
            .note("only a shape that can be stretched to the other one is reached by summing"));
    };
    if let (false, Some(data)) = (x.is_pending() || super::fuse::large(x.len()), x.doubles()) {
        return Ok(Array::new(Shape::from_slice(shape), fold::sum_of_repeated(data, x.shape(), shape)?));
    }
    let stretched = |axis: usize| axis < added || x.shape()[axis] != shape[axis - added];
    let axes = Axes::Some((0..x.rank()).filter(|&axis| stretched(axis)).collect());
    let summed = sum(x, &axes, true)?;
    // Only axes of length 1 go, so the number of elements stays.
    Ok(Array::new(shape, summed.into_data()))
}

fn numbers(
    x: &Array,
    axes: &Axes,
    keepdims: bool,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy + Sync,
) -> Outcome<Array> {
    let out = fold_array(x, axes, |x| x, identity, join)?;
    let dtype = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Ok(finish(out, reduced_shape(x.shape(), axes, keepdims), dtype))
}

fn truths(
    x: &Array,
    axes: &Axes,
    keepdims: bool,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy + Sync,
) -> Outcome<Array> {
    let out = fold_array(x, axes, |x| f64::from(u8::from(x != 0.0)), identity, join)?;
    Ok(finish(out, reduced_shape(x.shape(), axes, keepdims), DType::Bool))
}

fn extreme(
    x: &Array,
    axes: &Axes,
    keepdims: bool,
    name: &str,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy + Sync,
) -> Outcome<Array> {
    let shape = reduced_shape(x.shape(), axes, keepdims);
    if count_along(x.shape(), axes) == 0 && count(&shape) > 0 {
        return Err(empty(name, x.shape()));
    }
    let out = fold_array(x, axes, |x| x, identity, join)?;
    Ok(finish(out, shape, x.dtype()))
}

fn empty(name: &str, shape: &[usize]) -> crate::diagnostic::Fail {
    Problem::new(format!("{name} of no elements"))
        .label(Part::Argument(0), shape_text(shape))
        .help("check that there are elements first: if len(x) > 0 { … }")
}

fn finish(out: Vec<f64>, shape: Shape, dtype: DType) -> Array {
    let data = match dtype {
        DType::F64 => Data::F64(out),
        DType::F32 => Data::F32(out.into_iter().map(|x| x as f32).collect()),
        DType::Bool => Data::Bool(out.into_iter().map(|x| x != 0.0).collect()),
    };
    Array::new(shape, data)
}

fn place(
    x: &Array,
    axis: Option<usize>,
    keepdims: bool,
    name: &str,
    better: impl Fn(f64, f64) -> bool + Copy,
) -> Outcome<Array> {
    let (outer, n, width, axes) = match axis {
        None => (1, x.len(), 1, Axes::All),
        Some(axis) => {
            let n = x.shape().get(axis).copied();
            let Some(n) = n else {
                return normalise_axis(axis.try_into().unwrap_or(isize::MAX), x.rank()).map(|_| x.clone());
            };
            (count(&x.shape()[..axis]), n, count(&x.shape()[axis + 1..]), Axes::Some(SmallVec::from_slice(&[axis])))
        }
    };
    let shape = reduced_shape(x.shape(), &axes, keepdims);
    if count(&shape) == 0 {
        return Ok(Array::new(shape, Vec::<f64>::new()));
    }
    if n == 0 {
        return Err(empty(name, x.shape()));
    }
    let out = each_dtype!(x.data(), data => place_group(data, outer, n, width, better))?;
    Ok(Array::new(shape, out))
}

fn place_group<T: Element>(
    data: &[T],
    outer: usize,
    n: usize,
    width: usize,
    better: impl Fn(f64, f64) -> bool + Copy,
) -> Outcome<Vec<f64>> {
    let mut out = limits::reserve(limits::checked_count(&[outer, width])?)?;
    let wins = |new: f64, best: f64| better(new, best) || (new.is_nan() && !best.is_nan());
    let mut best: Vec<f64> = limits::reserve(width)?;
    let mut since_check = 0;
    for block in data.chunks_exact(n * width) {
        let start = out.len();
        out.resize(start + width, 0.0);
        best.clear();
        best.extend(block[..width].iter().map(|&x| x.double()));
        for (i, row) in block.chunks_exact(width).enumerate() {
            since_check += width;
            if since_check >= STRIDE {
                limits::check()?;
                since_check = 0;
            }
            for ((best, place), &x) in best.iter_mut().zip(&mut out[start..]).zip(row) {
                if wins(x.double(), *best) {
                    *best = x.double();
                    *place = i as f64;
                }
            }
        }
    }
    Ok(out)
}
