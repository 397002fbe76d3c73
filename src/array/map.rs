//! Applying elementwise kernels to arrays.
//!
//! `[[1], [2]] * [3, 4, 5]` has six elements, and none is found by an index: the result is walked row by row, and
//! in a row each operand either moves or stands still. A small operand is stretched first, so that there is one
//! row.

use super::broadcast::{broadcast, broadcast_steps};
use super::buffers::Pooled;
use super::element::Element;
use super::kernel::{Kernel1, Kernel2, Test2};
use super::lanes::Lane;
use super::limits::{self, STRIDE};
use super::operand::{Operand, result_dtype};
use super::stretch::stretched;
use super::{Array, DType, Data, Shape, same_shape};
use crate::diagnostic::Outcome;

/// Applies a kernel to every element. Truth values count as 0 and 1.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn map1(kernel: &Kernel1, x: &Array) -> Outcome<Array> {
    let shape = Shape::from_slice(x.shape());
    Ok(match x.data() {
        Data::F32(data) => Array::new(shape, blocks(data, kernel.singles)?),
        _ => Array::new(shape, blocks(&x.to_doubles(), kernel.doubles)?),
    })
}

fn blocks<T, U: Pooled + Copy + Default>(data: &[T], kernel: fn(&[T], &mut [U])) -> Outcome<Vec<U>> {
    let mut out = limits::buffer(data.len())?;
    for (block, part) in data.chunks(STRIDE).zip(out.chunks_mut(STRIDE)) {
        limits::check()?;
        kernel(block, part);
    }
    Ok(out)
}

/// Applies a test to every element, as a truth value.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn test1(test: fn(f64) -> bool, x: &Array) -> Outcome<Array> {
    let mut out = limits::room(x.len())?;
    for block in x.to_doubles().chunks(STRIDE) {
        limits::check()?;
        out.extend(block.iter().map(|&x| test(x)));
    }
    Ok(Array::new(Shape::from_slice(x.shape()), out))
}

/// Applies a kernel to two arrays, broadcasting them against each other.
///
/// # Errors
/// When the shapes do not line up, memory runs out, or somebody asked to stop.
#[inline]
pub fn map2(kernel: &Kernel2, a: Operand<'_>, b: Operand<'_>) -> Outcome<Array> {
    if let Some((x, y, like)) = simple_lanes(a, b) {
        let mut out = limits::buffer(like.len())?;
        (kernel.doubles)(x, y, &mut out);
        return Ok(like.with_elements(out));
    }
    map2_otherwise(kernel, a, b)
}

fn map2_otherwise(kernel: &Kernel2, a: Operand<'_>, b: Operand<'_>) -> Outcome<Array> {
    if let Some((x, y, like)) = simple_lanes(a, b) {
        let mut out = limits::buffer(like.len())?;
        (kernel.singles)(x, y, &mut out);
        return Ok(like.with_elements(out));
    }
    let shape = broadcast(a.shape(), b.shape())?;
    if result_dtype(a, b) == DType::F32 {
        let (a, b) = ((&*a.to_singles(), a.shape()), (&*b.to_singles(), b.shape()));
        let out = match onto_stretched(kernel.onto_left_singles, kernel.onto_right_singles, a, b, &shape)? {
            Some(out) => out,
            None => rows(kernel.singles, a, b, &shape)?,
        };
        return Ok(Array::new(shape, out));
    }
    let (a, b) = ((&*a.to_doubles(), a.shape()), (&*b.to_doubles(), b.shape()));
    let out = match onto_stretched(kernel.onto_left, kernel.onto_right, a, b, &shape)? {
        Some(out) => out,
        None => rows(kernel.doubles, a, b, &shape)?,
    };
    Ok(Array::new(shape, out))
}

/// The lanes of two small operands that need neither stretching nor converting: the commonest case, in
/// which everything but the loop itself would cost more than the loop.
#[inline(always)]
fn simple_lanes<'a, T: Element>(a: Operand<'a>, b: Operand<'a>) -> Option<(Lane<'a, T>, Lane<'a, T>, &'a Array)> {
    let small = |array: &'a Array| array.elements().filter(|data| data.len() <= STRIDE);
    match (a, b) {
        (Operand::Array(x), Operand::Array(y)) if same_shape(x.shape(), y.shape()) => {
            Some((Lane::Moving(small(x)?), Lane::Moving(small(y)?), x))
        }
        (Operand::Array(x), Operand::Num(y)) => Some((Lane::Moving(small(x)?), Lane::Still(T::from_double(y)), x)),
        (Operand::Num(x), Operand::Array(y)) => Some((Lane::Still(T::from_double(x)), Lane::Moving(small(y)?), y)),
        _ => None,
    }
}

/// Elements and their shape.
type Shaped<'a, T> = (&'a [T], &'a [usize]);

/// Elements up to which an operand is stretched before it is used: many short rows would cost more than the copy.
const SMALL: usize = 4096;

/// Whether operands are combined in one row as they are: each has the result's elements, or one.
fn alike<T>(a: &[T], b: &[T], len: usize) -> bool {
    (a.len() == len || a.len() == 1) && (b.len() == len || b.len() == 1)
}

/// A small result in place of an operand that was stretched for it; `None` if none has to be.
fn onto_stretched<T: Element>(
    onto_left: fn(&mut [T], Lane<'_, T>),
    onto_right: fn(Lane<'_, T>, &mut [T]),
    (a, a_shape): Shaped<'_, T>,
    (b, b_shape): Shaped<'_, T>,
    shape: &[usize],
) -> Outcome<Option<Vec<T>>> {
    let len = limits::checked_count(shape)?;
    if len > SMALL || alike(a, b, len) {
        return Ok(None);
    }
    if alike(a, a, len) {
        let mut out = stretched(b, b_shape, shape)?;
        onto_right(lane(a, a.len() == len, 0, len), &mut out);
        return Ok(Some(out));
    }
    let mut out = stretched(a, a_shape, shape)?;
    if alike(b, b, len) {
        onto_left(&mut out, lane(b, b.len() == len, 0, len));
    } else {
        onto_left(&mut out, Lane::Moving(&stretched(b, b_shape, shape)?));
    }
    Ok(Some(out))
}

/// Compares two arrays element by element, broadcasting them against each other. A number takes the
/// other operand's type: `f32(x) == 0.1` holds for the single nearest to 0.1.
///
/// # Errors
/// When the shapes do not line up, memory runs out, or somebody asked to stop.
pub fn compare(test: &Test2, a: Operand<'_>, b: Operand<'_>) -> Outcome<Array> {
    let shape = broadcast(a.shape(), b.shape())?;
    if result_dtype(a, b) == DType::F32 {
        let out = tested(test.singles, (&a.to_singles(), a.shape()), (&b.to_singles(), b.shape()), &shape)?;
        return Ok(Array::new(shape, out));
    }
    let out = tested(test.doubles, (&a.to_doubles(), a.shape()), (&b.to_doubles(), b.shape()), &shape)?;
    Ok(Array::new(shape, out))
}

type Row<T, U> = fn(Lane<'_, T>, Lane<'_, T>, &mut [U]);

fn tested<T: Element>(kernel: Row<T, bool>, a: Shaped<'_, T>, b: Shaped<'_, T>, shape: &[usize]) -> Outcome<Vec<bool>> {
    let len = limits::checked_count(shape)?;
    if len > SMALL || alike(a.0, b.0, len) {
        return rows(kernel, a, b, shape);
    }
    let (a, b) = (stretched(a.0, a.1, shape)?, stretched(b.0, b.1, shape)?);
    rows(kernel, (&a, shape), (&b, shape), shape)
}

/// Walks the result row by row. When an operand has the result's shape, or one element, the whole
/// array is one row.
fn rows<T: Element, U: Pooled + Copy + Default>(
    kernel: Row<T, U>,
    (a, a_shape): Shaped<'_, T>,
    (b, b_shape): Shaped<'_, T>,
    shape: &[usize],
) -> Outcome<Vec<U>> {
    let len = limits::checked_count(shape)?;
    let mut out = limits::buffer(len)?;
    if len == 0 {
        return Ok(out);
    }
    if alike(a, b, len) {
        let mut start = 0;
        for part in out.chunks_mut(STRIDE) {
            limits::check()?;
            let end = start + part.len();
            kernel(lane(a, a.len() == len, start, end), lane(b, b.len() == len, start, end), part);
            start = end;
        }
        return Ok(out);
    }
    let a_steps = broadcast_steps(a_shape, shape);
    let b_steps = broadcast_steps(b_shape, shape);
    let width = shape.last().copied().unwrap_or(1);
    let a_moves = a_steps.last() == Some(&1) && width > 1;
    let b_moves = b_steps.last() == Some(&1) && width > 1;
    let outer = shape.get(..shape.len().saturating_sub(1)).unwrap_or(&[]);
    let mut index = Shape::from_elem(0, outer.len());
    let (mut at_a, mut at_b) = (0, 0);
    let mut since_check = 0;
    for part in out.chunks_exact_mut(width) {
        since_check += width;
        if since_check >= STRIDE {
            limits::check()?;
            since_check = 0;
        }
        kernel(lane(a, a_moves, at_a, at_a + width), lane(b, b_moves, at_b, at_b + width), part);
        // Advance the outer index like an odometer, and both positions with it.
        let mut axis = outer.len();
        while axis > 0 {
            axis -= 1;
            index[axis] += 1;
            at_a += a_steps[axis];
            at_b += b_steps[axis];
            if index[axis] < outer[axis] {
                break;
            }
            at_a -= a_steps[axis] * index[axis];
            at_b -= b_steps[axis] * index[axis];
            index[axis] = 0;
        }
    }
    Ok(out)
}

fn lane<T: Copy>(data: &[T], moves: bool, start: usize, end: usize) -> Lane<'_, T> {
    if moves { Lane::Moving(&data[start..end]) } else { Lane::Still(data[if data.len() == 1 { 0 } else { start }]) }
}
