//! Running totals along an axis: every element meets those before it.
//!
//! A scan of `[a, b, c]` has as many elements as it was given, so nothing is folded in a tree; sums carry
//! what rounding took away along instead, and are as good as pairwise ones. Singles are rounded once.

use super::limits::{self, STRIDE};
use super::{Array, DType, Shape, count};
use crate::diagnostic::Outcome;

/// In which order elements are met along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first to the last.
    Forward,
    /// From the last to the first.
    Backward,
}

impl Direction {
    /// The other one.
    pub fn turned(self) -> Direction {
        match self {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        }
    }
}

/// The sums of the elements so far.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn sums(x: &Array, axis: usize, direction: Direction) -> Outcome<Array> {
    scan([x, x], axis, direction, (0.0, 0.0), |(sum, lost): &mut (f64, f64), [x, _]| {
        let total = *sum + x;
        // What the larger of the two took from the smaller.
        let rest = if sum.abs() >= x.abs() { (*sum - total) + x } else { (x - total) + *sum };
        *lost += rest;
        *sum = total;
        if total.is_finite() { total + *lost } else { total }
    })
}

/// The products of the elements so far.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn products(x: &Array, axis: usize) -> Outcome<Array> {
    scan([x, x], axis, Direction::Forward, 1.0, |product: &mut f64, [x, _]| {
        *product *= x;
        *product
    })
}

/// The largest elements so far; `nan` from the first `nan` on.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn largest(x: &Array, axis: usize) -> Outcome<Array> {
    scan([x, x], axis, Direction::Forward, f64::NEG_INFINITY, |most: &mut f64, [x, _]| {
        if x > *most || x.is_nan() {
            *most = x;
        }
        *most
    })
}

/// `h = b + a * h`, where a zero `h` gives `b` whatever `a` is; `h` is 0 before the first element. Both
/// must have the same shape.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn recurrence(a: &Array, b: &Array, axis: usize, direction: Direction) -> Outcome<Array> {
    scan([a, b], axis, direction, 0.0, |h: &mut f64, [a, b]| {
        *h = if *h == 0.0 { b } else { b + a * *h };
        *h
    })
}

/// For every element the number of equals of a running extreme so far.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn ties(x: &Array, extreme: &Array, axis: usize) -> Outcome<Array> {
    scan([x, extreme], axis, Direction::Forward, (f64::NAN, 0.0), |(last, count): &mut (f64, f64), [x, extreme]| {
        if extreme != *last {
            *count = 0.0;
            *last = extreme;
        }
        if x == extreme {
            *count += 1.0;
        }
        *count
    })
}

fn scan<S: Copy>(
    [x, y]: [&Array; 2],
    axis: usize,
    direction: Direction,
    start: S,
    step: impl Fn(&mut S, [f64; 2]) -> f64,
) -> Outcome<Array> {
    let shape = x.shape();
    let n = shape.get(axis).copied().unwrap_or(1);
    let width = count(shape.get(axis.saturating_add(1)..).unwrap_or(&[]));
    let dtype = if x.dtype() == DType::F32 && y.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    let (xs, ys) = (x.to_doubles(), y.to_doubles());
    let mut out = limits::filled(xs.len(), 0.0)?;
    if out.is_empty() {
        return Ok(Array::new(Shape::from_slice(shape), out).cast(dtype));
    }
    let block = n.saturating_mul(width);
    let mut states = limits::filled(width, start)?;
    let mut since_check = 0;
    for ((xs, ys), out) in xs.chunks_exact(block).zip(ys.chunks_exact(block)).zip(out.chunks_exact_mut(block)) {
        states.fill(start);
        for i in 0..n {
            since_check += width;
            if since_check >= STRIDE {
                limits::check()?;
                since_check = 0;
            }
            let row = match direction {
                Direction::Forward => i,
                Direction::Backward => n - 1 - i,
            };
            let span = row * width..(row + 1) * width;
            if let (Some(xs), Some(ys), Some(out)) = (xs.get(span.clone()), ys.get(span.clone()), out.get_mut(span)) {
                for (((state, x), y), out) in states.iter_mut().zip(xs).zip(ys).zip(out) {
                    *out = step(state, [*x, *y]);
                }
            }
        }
    }
    Ok(Array::new(Shape::from_slice(shape), out).cast(dtype))
}
