//! Elementwise kernels, and broadcasting.
//!
//! A kernel is one scalar expression, compiled by [`kernel1!`](crate::kernel1) and
//! [`kernel2!`](crate::kernel2) into a loop per element type, so that the compiler sees the expression
//! inside the loop. Broadcasting never builds an index per element: it walks rows, and in a row each
//! operand either moves or stands still.

use super::buffers::Pooled;
use super::limits::{self, STRIDE};
use super::stretch::stretched;
use super::walk::Element;
use super::{Array, DType, Data, Shape, count, shape_text};
use crate::diagnostic::{Outcome, Problem};
use std::borrow::Cow;

/// An elementwise function of one operand.
pub struct Kernel1 {
    /// One double.
    pub number: fn(f64) -> f64,
    /// Writes the results for a block of doubles.
    pub doubles: fn(&[f64], &mut [f64]),
    /// Writes the results for a block of singles.
    pub singles: fn(&[f32], &mut [f32]),
}

/// An elementwise function of two operands.
pub struct Kernel2 {
    /// Two doubles.
    pub number: fn(f64, f64) -> f64,
    /// Writes the results for a row of doubles.
    pub doubles: fn(Lane<'_, f64>, Lane<'_, f64>, &mut [f64]),
    /// Writes the results for a row of singles.
    pub singles: fn(Lane<'_, f32>, Lane<'_, f32>, &mut [f32]),
    /// Puts the results for a row of doubles in place of the left operand.
    pub onto_left: fn(&mut [f64], Lane<'_, f64>),
    /// Puts the results for a row of doubles in place of the right operand.
    pub onto_right: fn(Lane<'_, f64>, &mut [f64]),
    /// Puts the results for a row of singles in place of the left operand.
    pub onto_left_singles: fn(&mut [f32], Lane<'_, f32>),
    /// Puts the results for a row of singles in place of the right operand.
    pub onto_right_singles: fn(Lane<'_, f32>, &mut [f32]),
}

/// A comparison of two operands.
pub struct Test2 {
    /// Two doubles.
    pub number: fn(f64, f64) -> bool,
    /// Writes the results for a row of doubles.
    pub doubles: fn(Lane<'_, f64>, Lane<'_, f64>, &mut [bool]),
    /// Writes the results for a row of singles.
    pub singles: fn(Lane<'_, f32>, Lane<'_, f32>, &mut [bool]),
}

/// A row of an operand: elements that move along, or one that stands still.
#[derive(Clone, Copy)]
pub enum Lane<'a, T> {
    /// The same element again and again.
    Still(T),
    /// One element after the other.
    Moving(&'a [T]),
}

impl<'a, T: Copy> Lane<'a, T> {
    /// Whether it is as long as a result.
    #[inline]
    pub fn fills(self, len: usize) -> bool {
        match self {
            Lane::Still(_) => true,
            Lane::Moving(data) => data.len() == len,
        }
    }

    /// The part from `start` to `end`.
    #[inline]
    pub fn part(self, start: usize, end: usize) -> Lane<'a, T> {
        match self {
            Lane::Still(x) => Lane::Still(x),
            Lane::Moving(data) => Lane::Moving(data.get(start..end).unwrap_or(&[])),
        }
    }
}

/// An operand of an elementwise operation: a number costs no array.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a> {
    /// A truth value of rank 0.
    Bool(bool),
    /// A double of rank 0.
    Num(f64),
    /// Anything else.
    Array(&'a Array),
}

impl<'a> From<&'a Array> for Operand<'a> {
    fn from(array: &'a Array) -> Operand<'a> {
        Operand::Array(array)
    }
}

impl<'a> Operand<'a> {
    /// The length of every axis.
    pub fn shape(&self) -> &'a [usize] {
        match self {
            Operand::Array(array) => array.shape(),
            _ => &[],
        }
    }

    /// What the elements are.
    pub fn dtype(&self) -> DType {
        match self {
            Operand::Bool(_) => DType::Bool,
            Operand::Num(_) => DType::F64,
            Operand::Array(array) => array.dtype(),
        }
    }

    /// The elements as doubles.
    pub fn to_doubles(&self) -> Cow<'_, [f64]> {
        match self {
            Operand::Bool(x) => Cow::Owned(vec![f64::from(u8::from(*x))]),
            Operand::Num(x) => Cow::Borrowed(std::slice::from_ref(x)),
            Operand::Array(array) => array.to_doubles(),
        }
    }

    /// The elements as singles.
    pub fn to_singles(&self) -> Cow<'_, [f32]> {
        match self {
            Operand::Bool(x) => Cow::Owned(vec![f32::from(u8::from(*x))]),
            Operand::Num(x) => Cow::Owned(vec![*x as f32]),
            Operand::Array(array) => array.to_singles(),
        }
    }
}

/// Compiles `|x| expression` into a [`Kernel1`]: operators and roots, which every machine computes alike.
/// With `real` in front, `x` is a [`Real`](super::elementary::Real), whose functions are computed many at
/// once; with `repaired`, some of them want a second look, as the sine does; with `powers`, one is a power,
/// which often is a product. With `f64`, an expression of
/// any kind, one element after the other, singles in double precision and rounded once.
#[macro_export]
macro_rules! kernel1 {
    (f64 |$x:ident| $body:expr) => {
        $crate::array::map::Kernel1 {
            number: |$x: f64| -> f64 { $body },
            doubles: |block, out| $crate::array::lanes::each_alone(block, out, |$x: f64| -> f64 { $body }),
            singles: |block, out| {
                $crate::array::lanes::each_alone(block, out, |x: f32| -> f32 {
                    let $x = f64::from(x);
                    let y: f64 = $body;
                    y as f32
                })
            },
        }
    };
    (real |$x:ident| $body:expr) => {
        $crate::kernel1!(@real Mode, [], $x, $body)
    };
    (repaired |$x:ident| $body:expr) => {
        $crate::kernel1!(@real Repaired, [REPAIRED], $x, $body)
    };
    (@real $mode:ident, [$($flag:ident)?], $x:ident, $body:expr) => {{
        struct Body;
        impl $crate::array::lanes::Expression<1> for Body {
            $(const $flag: bool = true;)?
            #[inline(always)]
            fn at<T: $crate::array::elementary::Element, M: $crate::array::elementary::Repaired>(
                [x]: [T; 1],
            ) -> $crate::array::elementary::Real<T, M> {
                #[inline(always)]
                fn body<T: $crate::array::elementary::Element, M: $crate::array::elementary::$mode>(
                    $x: $crate::array::elementary::Real<T, M>,
                ) -> $crate::array::elementary::Real<T, M> {
                    $body
                }
                body($crate::array::elementary::Real::<T, M>::new(x))
            }
        }
        $crate::array::map::Kernel1 {
            number: |x| $crate::array::lanes::number::<Body, 1>([x]),
            doubles: |block, out| {
                $crate::array::lanes::row::<Body, f64, 1>([$crate::array::map::Lane::Moving(block)], out)
            },
            singles: |block, out| {
                $crate::array::lanes::row::<Body, f32, 1>([$crate::array::map::Lane::Moving(block)], out)
            },
        }
    }};
    (|$x:ident| $body:expr) => {
        $crate::array::map::Kernel1 {
            number: |$x: f64| -> f64 { $body },
            doubles: |block, out| $crate::array::lanes::map_row(block, out, |$x: f64| -> f64 { $body }),
            singles: |block, out| $crate::array::lanes::map_row(block, out, |$x: f32| -> f32 { $body }),
        }
    };
}

/// Compiles `|x, y| expression` into a [`Kernel2`]. What may stand in front is as in [`kernel1!`](crate::kernel1).
#[macro_export]
macro_rules! kernel2 {
    (f64 |$x:ident, $y:ident| $body:expr) => {
        $crate::array::map::Kernel2 {
            number: |$x: f64, $y: f64| -> f64 { $body },
            doubles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f64, $y: f64| -> f64 { $body }),
            singles: |a, b, out| {
                $crate::array::lanes::zip_row(a, b, out, |x: f32, y: f32| -> f32 {
                    let ($x, $y) = (f64::from(x), f64::from(y));
                    let z: f64 = $body;
                    z as f32
                })
            },
            onto_left: |a, b| $crate::array::lanes::zip_onto(a, b, |$x: f64, $y: f64| -> f64 { $body }),
            onto_right: |a, b| $crate::array::lanes::zip_onto(b, a, |$y: f64, $x: f64| -> f64 { $body }),
            onto_left_singles: |a, b| {
                $crate::array::lanes::zip_onto(a, b, |x: f32, y: f32| -> f32 {
                    let ($x, $y) = (f64::from(x), f64::from(y));
                    let z: f64 = $body;
                    z as f32
                })
            },
            onto_right_singles: |a, b| {
                $crate::array::lanes::zip_onto(b, a, |y: f32, x: f32| -> f32 {
                    let ($x, $y) = (f64::from(x), f64::from(y));
                    let z: f64 = $body;
                    z as f32
                })
            },
        }
    };
    (real |$x:ident, $y:ident| $body:expr) => {
        $crate::kernel2!(@real Mode, [], $x, $y, $body)
    };
    (repaired |$x:ident, $y:ident| $body:expr) => {
        $crate::kernel2!(@real Repaired, [REPAIRED], $x, $y, $body)
    };
    (powers |$x:ident, $y:ident| $body:expr) => {
        $crate::kernel2!(@real Mode, [POWERS], $x, $y, $body)
    };
    (@real $mode:ident, [$($flag:ident)?], $x:ident, $y:ident, $body:expr) => {{
        struct Body;
        impl $crate::array::lanes::Expression<2> for Body {
            $(const $flag: bool = true;)?
            #[inline(always)]
            fn at<T: $crate::array::elementary::Element, M: $crate::array::elementary::Repaired>(
                [x, y]: [T; 2],
            ) -> $crate::array::elementary::Real<T, M> {
                #[inline(always)]
                fn body<T: $crate::array::elementary::Element, M: $crate::array::elementary::$mode>(
                    $x: $crate::array::elementary::Real<T, M>,
                    $y: $crate::array::elementary::Real<T, M>,
                ) -> $crate::array::elementary::Real<T, M> {
                    $body
                }
                body(
                    $crate::array::elementary::Real::<T, M>::new(x),
                    $crate::array::elementary::Real::<T, M>::new(y),
                )
            }
        }
        $crate::array::map::Kernel2 {
            number: |x, y| $crate::array::lanes::number::<Body, 2>([x, y]),
            doubles: |a, b, out| $crate::array::lanes::row::<Body, f64, 2>([a, b], out),
            singles: |a, b, out| $crate::array::lanes::row::<Body, f32, 2>([a, b], out),
            onto_left: |a, b| $crate::array::lanes::onto_left::<Body, f64>(a, b),
            onto_right: |a, b| $crate::array::lanes::onto_right::<Body, f64>(a, b),
            onto_left_singles: |a, b| $crate::array::lanes::onto_left::<Body, f32>(a, b),
            onto_right_singles: |a, b| $crate::array::lanes::onto_right::<Body, f32>(a, b),
        }
    }};
    (|$x:ident, $y:ident| $body:expr) => {
        $crate::array::map::Kernel2 {
            number: |$x: f64, $y: f64| -> f64 { $body },
            doubles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f64, $y: f64| -> f64 { $body }),
            singles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f32, $y: f32| -> f32 { $body }),
            onto_left: |a, b| $crate::array::lanes::zip_onto(a, b, |$x: f64, $y: f64| -> f64 { $body }),
            onto_right: |a, b| $crate::array::lanes::zip_onto(b, a, |$y: f64, $x: f64| -> f64 { $body }),
            onto_left_singles: |a, b| $crate::array::lanes::zip_onto(a, b, |$x: f32, $y: f32| -> f32 { $body }),
            onto_right_singles: |a, b| $crate::array::lanes::zip_onto(b, a, |$y: f32, $x: f32| -> f32 { $body }),
        }
    };
}

/// Compiles `|x, y| expression` into a [`Test2`].
#[macro_export]
macro_rules! test2 {
    (|$x:ident, $y:ident| $body:expr) => {
        $crate::array::map::Test2 {
            number: |$x: f64, $y: f64| -> bool { $body },
            doubles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f64, $y: f64| -> bool { $body }),
            singles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f32, $y: f32| -> bool { $body }),
        }
    };
}

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

/// The type of an arithmetic result: an operand of rank 0 never promotes an array, truth values count
/// as numbers, and of two operands of rank 0 the single wins, since a number takes the other operand's
/// type.
pub fn result_dtype<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> DType {
    use DType::{Bool, F32, F64};
    let (a, b) = (a.into(), b.into());
    let (wide, narrow) = if a.shape().len() >= b.shape().len() { (a, b) } else { (b, a) };
    match (wide.dtype(), narrow.dtype()) {
        (Bool, F32) => F32,
        (Bool, _) => F64,
        (F32, F64) if !narrow.shape().is_empty() => F64,
        (F64, F32) if wide.shape().is_empty() => F32,
        (dtype, _) => dtype,
    }
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
        Operand::Array(other) if other.shape() == target.shape() => Some(other.data()),
        _ => return Ok(false),
    };
    let number = match other {
        Operand::Num(x) => x,
        _ => f64::NAN,
    };
    match (target.data_mut(), matching) {
        (Data::F64(target), None) => onto_row(target, Lane::Still(number), doubles)?,
        (Data::F64(target), Some(Data::F64(other))) => onto_row(target, Lane::Moving(other), doubles)?,
        (Data::F32(target), None) => onto_row(target, Lane::Still(number as f32), singles)?,
        (Data::F32(target), Some(Data::F32(other))) => onto_row(target, Lane::Moving(other), singles)?,
        _ => return Ok(false),
    }
    Ok(true)
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
        (Operand::Array(x), Operand::Array(y)) if x.shape() == y.shape() => {
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

/// How far an operand moves for a step along each axis of the result; 0 along those it is stretched.
pub fn broadcast_steps(from: &[usize], to: &[usize]) -> Shape {
    let mut steps = Shape::from_elem(0, to.len());
    let mut step = 1;
    for (axis, &dim) in from.iter().enumerate().rev() {
        if dim != 1 {
            steps[axis + to.len() - from.len()] = step;
        }
        step *= dim;
    }
    steps
}

/// The shape of the result when two arrays meet element by element: NumPy's rule, compared from the
/// right, where each pair is equal or contains a 1.
///
/// # Errors
/// When the shapes do not line up.
pub fn broadcast(a: &[usize], b: &[usize]) -> Outcome<Shape> {
    if a == b {
        return Ok(Shape::from_slice(a));
    }
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let added = long.len() - short.len();
    let mut out = Shape::from_slice(long);
    for (axis, (dim, &other)) in out.iter_mut().skip(added).zip(short).enumerate() {
        if *dim == 1 {
            *dim = other;
        } else if other != 1 && other != *dim {
            let (x, y) = if a.len() >= b.len() { (*dim, other) } else { (other, *dim) };
            return Err(super::mismatch::mismatch(a, b, axis + added, x, y));
        }
    }
    Ok(out)
}

/// Stretches an array to a shape it broadcasts to.
///
/// # Errors
/// When it does not, or memory runs out.
pub fn broadcast_to(x: &Array, shape: &[usize]) -> Outcome<Array> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    let fits = broadcast(x.shape(), shape).is_ok_and(|joined| joined.as_slice() == shape);
    if !fits {
        return Err(Problem::new(format!("{} cannot be stretched to {}", shape_text(x.shape()), shape_text(shape)))
            .note("shapes are compared from the right; only an axis of length 1 can be stretched"));
    }
    limits::checked_count(shape)?;
    if count(shape) == 0 {
        return Array::full(shape, 0.0, x.dtype());
    }
    Ok(match x.data() {
        Data::Bool(data) => Array::new(shape, stretched(data, x.shape(), shape)?),
        Data::F32(data) => Array::new(shape, stretched(data, x.shape(), shape)?),
        Data::F64(data) => Array::new(shape, stretched(data, x.shape(), shape)?),
    })
}
