//! Element types: double and single precision, and truth values.
//!
//! `x.T` moves elements, whatever they are; so what moves or gathers is written once, for every element type, and
//! here is what it may ask of one.

use super::Data;
use super::buffers::Pooled;

/// An element type: what kernels for all three have in common.
pub trait Element: Pooled + Copy + Default + PartialOrd {
    /// As a double; truth values are 0 and 1.
    fn double(self) -> f64;
    /// The nearest element to a double; whatever is not zero is true.
    fn from_double(value: f64) -> Self;
    /// A buffer of such elements.
    fn wrap(data: Vec<Self>) -> Data;
    /// The elements of a buffer of this type.
    fn of(data: &Data) -> Option<&[Self]>;
    /// The same, to be written.
    fn of_mut(data: &mut Data) -> Option<&mut [Self]>;
}

macro_rules! element {
    ($type:ty, $variant:ident, |$x:ident| $double:expr, |$value:ident| $from_double:expr) => {
        impl Element for $type {
            #[inline(always)]
            fn double(self) -> f64 {
                let $x = self;
                $double
            }
            #[inline(always)]
            fn from_double($value: f64) -> $type {
                $from_double
            }
            #[inline(always)]
            fn wrap(data: Vec<$type>) -> Data {
                Data::$variant(data)
            }
            #[inline(always)]
            fn of(data: &Data) -> Option<&[$type]> {
                match data {
                    Data::$variant(data) => Some(data),
                    _ => None,
                }
            }
            #[inline(always)]
            fn of_mut(data: &mut Data) -> Option<&mut [$type]> {
                match data {
                    Data::$variant(data) => Some(data),
                    _ => None,
                }
            }
        }
    };
}

element!(f64, F64, |x| x, |value| value);
element!(f32, F32, |x| f64::from(x), |value| value as f32);
element!(bool, Bool, |x| f64::from(u8::from(x)), |value| value != 0.0);
