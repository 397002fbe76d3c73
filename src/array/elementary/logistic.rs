//! The logistic function and its logarithm.

use super::double::{fast_sum, quotient, sum};
use super::exponential::Parts;
use super::float::{Mode, choose};
use super::logarithm::{Logarithmic, log1p_parts};

/// `1 / (1 + e⁻ˣ)`; of negative numbers `eˣ / (1 + eˣ)`, so that the exponential is never large.
#[inline(always)]
pub fn sigmoid<T: Logarithmic, M: Mode>(x: T) -> T {
    let (zero, one) = (T::of(0.0), T::of(1.0));
    let parts = Parts::of::<M>(negative_size(x));
    // Two factors, since the power itself may be too small for a normal number.
    let (power, rest) = ((parts.n + T::of(64.0)).power_of_two(), T::of(1.0 / TWO_TO_64));
    let (factor, factor_low) = parts.factor();
    let (e, e_low) = (factor * power * rest, factor_low * (power * rest));
    let (below, below_low) = fast_sum(one, e);
    let negative = x.below(zero);
    let above = (choose(negative, e, one), choose(negative, e_low, zero));
    quotient::<T, M>(above, (below, below_low + e_low))
}

const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

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
