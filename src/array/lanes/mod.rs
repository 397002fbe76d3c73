//! Loops over elements, compiled for every instruction set from one source.
//!
//! A program is compiled for machines without vector registers of 512 or 256 bits, and runs on those
//! with them. Here, and nowhere else, a loop is compiled several times, and the machine chooses
//! (`pulp`'s dispatch): `exp` of 1,000 numbers takes 500 ns and not 5,000.

mod chunk;
mod expression;
pub mod products;
pub mod tiles;
mod whole;

use super::elementary::Element;
use pulp::Simd;

pub use expression::{Expression, number, onto_left, onto_right, row};
pub use whole::{add_apart, any_nan, any_wild, each_alone, fold_onto, map_row, zip_onto, zip_row};

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

/// An element of an array: one number, of some precision.
#[expect(clippy::eq_op, reason = "comparing with oneself tells what is not a number")]
pub trait Number: Element + Default + PartialEq {
    /// Whether it is not a number.
    #[inline(always)]
    fn is_nan(self) -> bool {
        self != self
    }
    /// Whether it is infinite or not a number.
    #[inline(always)]
    fn is_wild(self) -> bool {
        (self - self).is_nan()
    }
}

impl Number for f64 {}
impl Number for f32 {}

/// Whether an instruction set has a fused multiply-add. All have that have vectors, except WebAssembly's.
#[inline(always)]
const fn is_fused<S: Simd>() -> bool {
    !S::IS_SCALAR && !cfg!(target_family = "wasm")
}
