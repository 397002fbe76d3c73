//! The operands of elementwise operations.
//!
//! In `x + 1` the 1 need not become an array of rank 0 to be added, and the result has the type of `x`: most
//! operands in a loop over numbers are such, and each array would be an allocation.

use super::{Array, DType};
use std::borrow::Cow;

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
