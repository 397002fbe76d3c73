//! The array layer: against NumPy, against itself, and against absurd input.
#![allow(clippy::unwrap_used)]

#[path = "array/numpy.rs"]
mod numpy;
#[path = "array/properties.rs"]
mod properties;
#[path = "array/refusals.rs"]
mod refusals;
