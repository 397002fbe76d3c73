//! Elements: what they are, and where they lie.

use super::{buffers, lanes};

/// What the elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DType {
    /// Truth values; 0 and 1 in arithmetic.
    Bool,
    /// Single precision.
    F32,
    /// Double precision, the default.
    F64,
}

impl DType {
    /// The name the language uses.
    pub fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::F32 => "f32",
            DType::F64 => "f64",
        }
    }
}

/// The elements of an array, in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Truth values.
    Bool(Vec<bool>),
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

impl Data {
    /// Whether any element is not a number.
    pub fn has_nan(&self) -> bool {
        match self {
            Data::F64(data) => lanes::any_nan(data),
            Data::F32(data) => lanes::any_nan(data),
            Data::Bool(_) => false,
        }
    }

    /// Whether any element is infinite or not a number.
    pub fn is_wild(&self) -> bool {
        match self {
            Data::F64(data) => lanes::any_wild(data),
            Data::F32(data) => lanes::any_wild(data),
            Data::Bool(_) => false,
        }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        match self {
            Data::Bool(data) => data.len(),
            Data::F32(data) => data.len(),
            Data::F64(data) => data.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives a large buffer to the [`buffers`].
    #[inline(always)]
    pub(crate) fn let_go(&mut self) {
        match self {
            Data::Bool(data) => buffers::give(data),
            Data::F32(data) => buffers::give(data),
            Data::F64(data) => buffers::give(data),
        }
    }
}

impl From<Vec<f64>> for Data {
    fn from(data: Vec<f64>) -> Data {
        Data::F64(data)
    }
}

impl From<Vec<f32>> for Data {
    fn from(data: Vec<f32>) -> Data {
        Data::F32(data)
    }
}

impl From<Vec<bool>> for Data {
    fn from(data: Vec<bool>) -> Data {
        Data::Bool(data)
    }
}
