//! The elementary functions as branch-free arithmetic, so that a loop over them fills the registers of
//! whatever machine runs it.
//!
//! A function here is written once, for both precisions, and compiled for each instruction set (see
//! [`lanes`](super::lanes)). Nothing in it decides by a branch, looks into a table or calls; what an
//! ordinary library leaves to branches is done by choosing between two results. That is why
//! `exp(-1000)` costs what `exp(1)` does, and why a row of 1,000 takes 500 ns and not 5,000.
//!
//! Every function is within one unit in the last place, for every operand, in both precisions
//! (`benches/ulp.rs` measures it). The same operand gives the same bits wherever it stands: alone, in
//! the middle of a row, or in its tail. Machines with and without a fused multiply-add may differ in
//! the last bit, since products are exact on one and not on the other.
//!
//! Polynomials are minimax fits of our own, by `benches/minimax.py`. Methods are named in each file.

#![allow(clippy::approx_constant, clippy::excessive_precision, reason = "digits as the fits printed them")]

pub mod circular;
mod division;
mod double;
pub mod exponential;
mod float;
pub mod hyperbolic;
pub mod inverse;
pub mod logarithm;
pub mod logistic;
pub mod power;
mod real;
mod root;
mod two;

pub use float::{Alone, Easy, Float, Fused, Mask, Mode, Plain, Repaired, Swift};
pub use real::{Element, Real};
pub use two::Two;
