//! The same elements in another arrangement: `reshape`, `transpose`, `flip` and their kin.
//!
//! There are no strided arrays outside this folder, so whoever permutes moves the elements, once, in runs
//! (see [`walk`](super::walk)). What only renames axes, like `expand_dims`, copies the buffer as it is.

use super::reduce::{Axes, normalise_axis};
use super::walk::{Steps, Walk, row_major};
use super::{Array, Shape, count, limits, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::each_dtype;

/// The shape that `reshape` means: one axis may be -1, and is whatever is left.
///
/// # Errors
/// When the number of elements does not come out.
pub fn resolve_shape(from: &[usize], to: &[isize]) -> Outcome<Shape> {
    let len = count(from);
    let open = to.iter().filter(|&&dim| dim == -1).count();
    if open > 1 {
        return Err(Problem::new("only one axis can be -1").help("write out all axes but one: reshape(x, 2, -1)"));
    }
    if let Some(dim) = to.iter().find(|&&dim| dim < -1) {
        return Err(Problem::new(format!("an axis cannot have the length {dim}"))
            .help("use -1 for an axis that takes what is left"));
    }
    // Zeros first, so that lengths beyond all memory beside a zero do no harm.
    let known = if to.contains(&0) {
        Some(0)
    } else {
        to.iter().filter(|&&dim| dim > 0).try_fold(1usize, |n, &dim| n.checked_mul(dim.unsigned_abs()))
    };
    let rest = match known {
        Some(known) if open == 0 => (known == len).then_some(0),
        Some(known) if known > 0 => len.is_multiple_of(known).then_some(len / known),
        _ => None,
    };
    let Some(rest) = rest else { return Err(no_fit(from, to, len, known)) };
    Ok(to.iter().map(|&dim| if dim < 0 { rest } else { dim.unsigned_abs() }).collect())
}

fn no_fit(from: &[usize], to: &[isize], len: usize, known: Option<usize>) -> crate::diagnostic::Fail {
    let dims: Vec<String> = to.iter().map(isize::to_string).collect();
    let wanted = format!("[{}]", dims.join(", "));
    let elements = |n: usize| if n == 1 { "1 element".to_string() } else { format!("{n} elements") };
    let holds = match known {
        Some(0) if to.contains(&-1) => "the axis -1 could have any length".to_string(),
        Some(known) if to.contains(&-1) => format!("needs a multiple of {}", elements(known)),
        Some(known) => format!("holds {}", elements(known)),
        None => "holds more elements than fit into memory".to_string(),
    };
    Problem::new(format!("{} do not fit the new shape", elements(len)).replace("1 element do", "1 element does"))
        .label(Part::Operator, format!("{wanted} {holds}"))
        .label(Part::Argument(0), shape_text(from))
        .help("use -1 for one axis and it takes what is left")
}

/// The same elements, in the same order, under another shape.
///
/// # Errors
/// When the number of elements does not come out, or memory runs out.
pub fn reshape(x: &Array, shape: &[isize]) -> Outcome<Array> {
    renamed(x, &resolve_shape(x.shape(), shape)?)
}

/// The same elements under a shape with as many.
///
/// # Errors
/// When there are more or fewer, or memory runs out.
pub fn renamed(x: &Array, shape: &[usize]) -> Outcome<Array> {
    if count(shape) != x.len() {
        let wholes: Vec<isize> = shape.iter().map(|&dim| isize::try_from(dim).unwrap_or(isize::MAX)).collect();
        return Err(no_fit(x.shape(), &wholes, x.len(), limits::checked_count(shape).ok()));
    }
    each_dtype!(x.data(), data => {
        let mut copy = limits::room(data.len())?;
        copy.extend_from_slice(data);
        Ok(Array::new(Shape::from_slice(shape), copy))
    })
}

/// Axis `i` of the result is axis `order[i]` of `x`.
///
/// # Errors
/// When `order` does not name every axis once, memory runs out, or somebody asked to stop.
pub fn permute(x: &Array, order: &[usize]) -> Outcome<Array> {
    let all = (0..x.rank()).all(|axis| order.contains(&axis));
    if order.len() != x.rank() || !all {
        let sample: Shape = (0..x.rank()).rev().collect();
        return Err(Problem::new("every axis must be named once")
            .label(Part::Argument(0), shape_text(x.shape()))
            .help(format!("for example {}, which reverses them", shape_text(&sample))));
    }
    let along = row_major(x.shape());
    let (mut shape, mut steps) = (Shape::new(), Steps::new());
    for &axis in order {
        shape.push(x.shape()[axis]);
        steps.push(along[axis]);
    }
    moved(x, shape, 0, &steps)
}

/// The elements of `x` at these positions, as an array of this shape.
fn moved(x: &Array, shape: Shape, start: isize, steps: &[isize]) -> Outcome<Array> {
    let walk = Walk::new(start, &shape, steps);
    each_dtype!(x.data(), data => Ok(Array::new(shape, walk.gather(data)?)))
}

/// All axes in reverse order: `x.T`.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn transpose(x: &Array) -> Outcome<Array> {
    let order: Shape = (0..x.rank()).rev().collect();
    permute(x, &order)
}

/// Two axes exchanged.
///
/// # Errors
/// When one does not exist, memory runs out, or somebody asked to stop.
pub fn swapaxes(x: &Array, first: isize, second: isize) -> Outcome<Array> {
    let mut order: Shape = (0..x.rank()).collect();
    order.swap(normalise_axis(first, x.rank())?, normalise_axis(second, x.rank())?);
    permute(x, &order)
}

/// A new axis of length 1, which will be axis `axis` of the result.
///
/// # Errors
/// When the result has no such axis, or memory runs out.
pub fn expand_dims(x: &Array, axis: isize) -> Outcome<Array> {
    let axis = normalise_axis(axis, x.rank() + 1)?;
    let mut shape = Shape::from_slice(x.shape());
    shape.insert(axis, 1);
    renamed(x, &shape)
}

/// Without this axis of length 1, or without any.
///
/// # Errors
/// When the axis does not exist or is longer, or memory runs out.
pub fn squeeze(x: &Array, axis: Option<isize>) -> Outcome<Array> {
    let mut shape = Shape::from_slice(x.shape());
    match axis {
        None => shape.retain(|dim| *dim != 1),
        Some(axis) => {
            let axis = normalise_axis(axis, x.rank())?;
            if shape[axis] != 1 {
                return Err(Problem::new(format!("axis {axis} has length {}, not 1", shape[axis]))
                    .label(Part::Argument(0), shape_text(x.shape()))
                    .help("leave the axis out to remove those of length 1"));
            }
            shape.remove(axis);
        }
    }
    renamed(x, &shape)
}

/// Backwards along these axes.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn flip(x: &Array, axes: &Axes) -> Outcome<Array> {
    let mut steps = row_major(x.shape());
    let mut start: isize = 0;
    if !x.is_empty() {
        for (axis, step) in steps.iter_mut().enumerate().filter(|&(axis, _)| axes.contains(axis)) {
            start += *step * (x.shape()[axis] as isize - 1);
            *step = -*step;
        }
    }
    moved(x, Shape::from_slice(x.shape()), start, &steps)
}

/// Shifted along an axis, what falls off entering at the other end; without an axis, in row-major order.
///
/// # Errors
/// When the axis does not exist, memory runs out, or somebody asked to stop.
pub fn roll(x: &Array, shift: isize, axis: Option<isize>) -> Outcome<Array> {
    let (n, inner) = match axis {
        None => (x.len(), 1),
        Some(axis) => {
            let axis = normalise_axis(axis, x.rank())?;
            (x.shape()[axis], count(&x.shape()[axis + 1..]))
        }
    };
    if x.is_empty() {
        return Ok(x.clone());
    }
    let shift = shift.rem_euclid(n as isize) as usize;
    each_dtype!(x.data(), data => {
        let mut out = limits::room(data.len())?;
        for block in data.chunks_exact(n * inner) {
            let (head, tail) = block.split_at((n - shift) * inner);
            out.extend_from_slice(tail);
            out.extend_from_slice(head);
        }
        Ok(Array::new(x.shape(), out))
    })
}

/// A vector becomes a square matrix with it on diagonal `k`, a matrix becomes the vector of its
/// diagonal `k`. Diagonals above the main one are positive.
///
/// # Errors
/// When `x` is neither, memory runs out, or somebody asked to stop.
pub fn diag(x: &Array, k: isize) -> Outcome<Array> {
    let (down, right) = if k < 0 { (k.unsigned_abs(), 0) } else { (0, k.unsigned_abs()) };
    match *x.shape() {
        [n] => {
            let side = n.saturating_add(k.unsigned_abs());
            let mut out = Array::full([side, side].as_slice(), 0.0, x.dtype())?;
            if n > 0 {
                let start = down * side + right;
                let walk = Walk::new(start as isize, &[n], &[side as isize + 1]);
                super::walk::put_in_order(&walk, out.data_mut(), x.data())?;
            }
            Ok(out)
        }
        [rows, columns] => {
            let n = rows.saturating_sub(down).min(columns.saturating_sub(right));
            let start = if n == 0 { 0 } else { down * columns + right };
            moved(x, Shape::from_slice(&[n]), start as isize, &[(columns as isize).saturating_add(1)])
        }
        _ => Err(Problem::new("diag takes a vector or a matrix")
            .label(Part::Argument(0), shape_text(x.shape()))
            .help("a vector makes a matrix, a matrix gives its diagonal")),
    }
}

/// Zero above diagonal `k`.
///
/// # Errors
/// When `x` has fewer than two axes, memory runs out, or somebody asked to stop.
pub fn tril(x: &Array, k: isize) -> Outcome<Array> {
    // Row `i` keeps columns up to i + k.
    triangle(x, "tril", |row, columns| {
        0..((row as isize).saturating_add(k).saturating_add(1).max(0) as usize).min(columns)
    })
}

/// Zero below diagonal `k`.
///
/// # Errors
/// When `x` has fewer than two axes, memory runs out, or somebody asked to stop.
pub fn triu(x: &Array, k: isize) -> Outcome<Array> {
    // Row `i` keeps columns from i + k on.
    triangle(x, "triu", |row, columns| ((row as isize).saturating_add(k).max(0) as usize).min(columns)..columns)
}

fn triangle(x: &Array, name: &str, keep: impl Fn(usize, usize) -> std::ops::Range<usize>) -> Outcome<Array> {
    let [.., rows, columns] = *x.shape() else {
        return Err(Problem::new(format!("{name} needs a matrix"))
            .label(Part::Argument(0), shape_text(x.shape()))
            .help("build one first: reshape(x, 1, -1) is a row, diag(x) a diagonal"));
    };
    if x.is_empty() {
        return Ok(x.clone());
    }
    each_dtype!(x.data(), data => {
        let mut out = limits::copies(data.len(), Default::default())?;
        for (i, (target, source)) in out.chunks_exact_mut(columns).zip(data.chunks_exact(columns)).enumerate() {
            let keep = keep(i % rows, columns);
            target[keep.clone()].copy_from_slice(&source[keep]);
        }
        Ok(Array::new(x.shape(), out))
    })
}
