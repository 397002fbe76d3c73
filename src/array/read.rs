//! Reading the elements of an array: those of a type, or all as a type.

use super::element::Element;
use super::{Array, DType, Data, Shape, Store};
use std::borrow::Cow;

impl Array {
    /// The elements, if they are doubles and may be looked at.
    #[inline]
    pub fn doubles(&self) -> Option<&[f64]> {
        self.elements()
    }

    /// The elements, if they are of a type and may be looked at.
    #[inline]
    pub fn elements<T: Element>(&self) -> Option<&[T]> {
        match &self.store {
            Store::Hidden(_) | Store::Forgotten(..) => None,
            _ => T::of(self.data()),
        }
    }

    /// The elements as doubles, converted only if they are something else.
    pub fn to_doubles(&self) -> Cow<'_, [f64]> {
        match self.data() {
            Data::F64(data) => Cow::Borrowed(data),
            Data::F32(data) => Cow::Owned(data.iter().map(|&x| f64::from(x)).collect()),
            Data::Bool(data) => Cow::Owned(data.iter().map(|&x| f64::from(u8::from(x))).collect()),
        }
    }

    /// The elements as singles, converted only if they are something else.
    pub fn to_singles(&self) -> Cow<'_, [f32]> {
        match self.data() {
            Data::F32(data) => Cow::Borrowed(data),
            Data::F64(data) => Cow::Owned(data.iter().map(|&x| x as f32).collect()),
            Data::Bool(data) => Cow::Owned(data.iter().map(|&x| f32::from(u8::from(x))).collect()),
        }
    }

    /// The elements as truth values: whatever is not zero is true.
    pub fn to_bools(&self) -> Cow<'_, [bool]> {
        match self.data() {
            Data::Bool(data) => Cow::Borrowed(data),
            Data::F32(data) => Cow::Owned(data.iter().map(|&x| x != 0.0).collect()),
            Data::F64(data) => Cow::Owned(data.iter().map(|&x| x != 0.0).collect()),
        }
    }

    /// Whether all elements are finite. It is looked at once, and then known until they are written.
    pub fn is_finite(&self) -> bool {
        self.finite.get() || {
            let finite = !self.data().is_wild();
            self.finite.set(finite);
            finite
        }
    }

    /// Tells an array that all its elements are finite, which the caller vouches for.
    pub fn mark_finite(&self) {
        self.finite.set(true);
    }

    /// One element as a double, by its position in row-major order.
    pub fn at(&self, position: usize) -> Option<f64> {
        match self.data() {
            Data::F64(data) => data.get(position).copied(),
            Data::F32(data) => data.get(position).map(|&x| f64::from(x)),
            Data::Bool(data) => data.get(position).map(|&x| f64::from(u8::from(x))),
        }
    }

    /// The same elements as another type.
    pub fn cast(&self, dtype: DType) -> Array {
        let data = match dtype {
            DType::Bool => Data::Bool(self.to_bools().into_owned()),
            DType::F32 => Data::F32(self.to_singles().into_owned()),
            DType::F64 => Data::F64(self.to_doubles().into_owned()),
        };
        Array::holding(Shape::from_slice(&self.shape), Store::Ready(data))
    }
}
