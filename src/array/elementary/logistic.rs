//! The logistic function and its logarithms.

use super::double::{fast_sum, quotient};
use super::exponential::{Exponential, Parts};
use super::float::{Mode, choose};

/// `1 / (1 + e⁻ˣ)`; of negative numbers `eˣ / (1 + eˣ)`, so that the exponential is never large.
#[inline(always)]
pub fn sigmoid<T: Exponential, M: Mode>(x: T) -> T {
    let one = T::of(1.0);
    let parts = Parts::of::<M>(choose(-x.abs() < T::RANGE.0, T::RANGE.0, -x.abs()));
    let (first, second) = parts.n.halves();
    let (factor, factor_low) = parts.factor();
    let (below, below_low) = fast_sum(one, factor * first * second);
    let negative = x < T::of(0.0);
    let above = (choose(negative, factor, one), choose(negative, factor_low, T::of(0.0)));
    let ratio = quotient::<T, M>(above, (below, below_low + factor_low * first * second));
    ratio * choose(negative, first, one) * choose(negative, second, one)
}
