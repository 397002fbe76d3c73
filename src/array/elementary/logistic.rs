//! The logistic function and its logarithm.

use super::double::{fast_sum, quotient, sum};
use super::exponential::Parts;
use super::float::{Mode, choose};
use super::logarithm::{Logarithmic, log1p_parts};

/// `1 / (1 + e⁻ˣ)`; of negative numbers `eˣ / (1 + eˣ)`, so that the exponential is never large.
#[inline(always)]
pub fn sigmoid<T: Logarithmic, M: Mode>(x: T) -> T {
    let one = T::of(1.0);
    let parts = Parts::of::<M>(negative_size(x));
    let (first, second) = parts.n.halves();
    let (factor, factor_low) = parts.factor();
    let (below, below_low) = fast_sum(one, factor * first * second);
    let negative = x.below(T::of(0.0));
    let above = (choose(negative, factor, one), choose(negative, factor_low, T::of(0.0)));
    let ratio = quotient::<T, M>(above, (below, below_low + factor_low * first * second));
    ratio * choose(negative, first, one) * choose(negative, second, one)
}

/// `log(1 + eˣ)`: the positive part of `x`, and `log(1 + e⁻|x|)`.
#[inline(always)]
pub fn softplus<T: Logarithmic, M: Mode>(x: T) -> T {
    let parts = Parts::of::<M>(negative_size(x));
    let (first, second) = parts.n.halves();
    let (factor, factor_low) = parts.factor();
    let (value, low) = log1p_parts::<T, M>(factor * first * second, factor_low * first * second);
    let zero = T::of(0.0);
    let (total, rest) = sum(choose(zero.below(x), x, zero), value);
    choose(x.is(T::INFINITY), x, total + (rest + low))
}

/// `-|x|`, but not less than where its exponential vanishes.
#[inline(always)]
fn negative_size<T: Logarithmic>(x: T) -> T {
    let (x, low) = (-x.abs(), T::of(T::RANGE[0]));
    choose(x.below(low), low, x)
}
