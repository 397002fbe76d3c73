//! The logistic function and its logarithm.

use super::double::{fast_sum, quotient, sum};
use super::exponential::Parts;
use super::float::{Mode, choose};
use super::logarithm::{Logarithmic, log1p_parts};

/// The smaller one of `1 / (1 + e⁻ˣ)` and `1 / (1 + eˣ)`, with the sign of `x`. It has all the digits of either, and of
/// their product, which is the derivative of both: what is next to 1 has not.
#[inline(always)]
pub fn tail<T: Logarithmic, M: Mode>(x: T) -> T {
    let parts = Parts::of::<M>(negative_size(x));
    // Two factors, since the power itself may be too small for a normal number.
    let (power, rest) = ((parts.n + T::of(64.0)).power_of_two(), T::of(1.0 / TWO_TO_64));
    let (factor, factor_low) = parts.factor();
    let (e, e_low) = (factor * power * rest, factor_low * (power * rest));
    let (below, below_low) = fast_sum(T::of(1.0), e);
    quotient::<T, M>((e, e_low), (below, below_low + e_low)).with_sign_of(x)
}

/// `1 / (1 + e⁻ˣ)`, from the [`tail`] of `x`.
#[inline(always)]
pub fn of_tail<T: Logarithmic, M: Mode>(tail: T) -> T {
    let (size, one) = (tail.abs(), T::of(1.0));
    choose(one.with_sign_of(tail).below(T::of(0.0)), size, one - size)
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
