//! Elementwise operations in place of an operand.
//!
//! In `x = x + y` nobody else holds the old `x`, so the sum is written over it, and no buffer is needed. That takes an
//! operand with the shape and type of the result, and as the other one a number, an array of that shape, or one row
//! of it, like the `b` of `x @ w + b`; the rest is left to [`map2`](super::map::map2).

use super::kernel::Kernel2;
use super::lanes::Lane;
use super::limits::{self, STRIDE};
use super::operand::Operand;
use super::{Array, Data, same_shape};
use crate::diagnostic::Outcome;

/// Applies a kernel in place of the left operand, if it has the result's shape and type; whether it did.
///
/// # Errors
/// When somebody asked to stop. What is left in the operand then is of no use.
#[inline]
pub fn map2_onto_left(kernel: &Kernel2, a: &mut Array, b: Operand<'_>) -> Outcome<bool> {
    onto(a, b, kernel.onto_left, kernel.onto_left_singles)
}

/// Applies a kernel in place of the right operand, if it has the result's shape and type; whether it did.
///
/// # Errors
/// When somebody asked to stop. What is left in the operand then is of no use.
#[inline]
pub fn map2_onto_right(kernel: &Kernel2, a: Operand<'_>, b: &mut Array) -> Outcome<bool> {
    onto(
        b,
        a,
        |target, other| (kernel.onto_right)(other, target),
        |target, other| (kernel.onto_right_singles)(other, target),
    )
}

#[inline(always)]
fn onto(
    target: &mut Array,
    other: Operand<'_>,
    doubles: impl Fn(&mut [f64], Lane<'_, f64>),
    singles: impl Fn(&mut [f32], Lane<'_, f32>),
) -> Outcome<bool> {
    let matching = match other {
        Operand::Num(_) => None,
        Operand::Array(other) if same_shape(other.shape(), target.shape()) || is_row(other, target) => {
            Some(other.data())
        }
        _ => return Ok(false),
    };
    let number = match other {
        Operand::Num(x) => x,
        _ => f64::NAN,
    };
    match (target.data_mut(), matching) {
        (Data::F64(target), None) => onto_row(target, Lane::Still(number), doubles)?,
        (Data::F64(target), Some(Data::F64(other))) => onto_rows(target, other, doubles)?,
        (Data::F32(target), None) => onto_row(target, Lane::Still(number as f32), singles)?,
        (Data::F32(target), Some(Data::F32(other))) => onto_rows(target, other, singles)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Elements from which on a row is worth a call of its own.
const ROW: usize = 32;

/// Whether an array is stretched along the first axes of another, and no others, to have its shape.
#[inline]
fn is_row(array: &Array, whole: &Array) -> bool {
    array.len() >= ROW && whole.shape().ends_with(array.shape())
}

/// The same row again and again.
#[inline(always)]
fn onto_rows<T: Copy>(target: &mut [T], row: &[T], kernel: impl Fn(&mut [T], Lane<'_, T>)) -> Outcome<()> {
    for target in target.chunks_mut(row.len().max(1)) {
        onto_row(target, Lane::Moving(row), &kernel)?;
    }
    Ok(())
}

fn onto_row<T: Copy>(target: &mut [T], other: Lane<'_, T>, kernel: impl Fn(&mut [T], Lane<'_, T>)) -> Outcome<()> {
    let mut start = 0;
    for part in target.chunks_mut(STRIDE) {
        limits::check()?;
        let end = start + part.len();
        kernel(part, other.part(start, end));
        start = end;
    }
    Ok(())
}
