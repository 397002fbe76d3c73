//! Hyperbolic functions, from `eˣ` or `eˣ - 1` as a sum of two numbers.

use super::double::{fast_sum, quotient, quotient_parts, sum};
use super::exponential::{Exponential, Parts};
use super::float::{Mode, choose};

/// The hyperbolic tangent: with `e = e⁻²|x|`, `(1 - e) / (1 + e)`.
#[inline(always)]
pub fn tanh<T: Exponential, M: Mode>(x: T) -> T {
    // From here on it is 1.
    let least = T::of(if T::SINGLE { -18.2 } else { -38.2 });
    let size = -x.abs();
    let twice = size + size;
    let parts = Parts::of::<M>(choose(twice.below(least), least, twice));
    let power = parts.n.power_of_two();
    let (factor, factor_low) = parts.factor();
    let (below, below_low) = fast_sum(T::of(1.0), power * factor);
    let low = below_low + power * factor_low;
    // Exact; and where `x` is small, what is below is 2 and the rest has all its digits.
    let above = T::of(2.0) - below;
    quotient::<T, M>((above, -low), (below, low)).with_sign_of(x)
}

/// The hyperbolic sine: with `d = eˣ - 1`, half of `d + d / (d + 1)`.
#[inline(always)]
pub fn sinh<T: Exponential, M: Mode>(x: T) -> T {
    let size = within::<T>(x);
    // A quarter of everything, since the exponential may be too large where the result is not.
    let mut parts = Parts::of::<M>(size);
    parts.n = parts.n - T::of(2.0);
    let (d, low) = parts.minus_one(T::of(0.25));
    let four = T::of(4.0);
    let (below, below_low) = sum(four * d, T::of(1.0));
    let (ratio, ratio_low) = quotient_parts::<T, M>((d, low), bounded((below, below_low + four * low)));
    let (total, rest) = fast_sum(d, ratio);
    let result = T::of(2.0) * (total + (rest + (low + ratio_low)));
    let tiny = T::of(if T::SINGLE { 1e-5 } else { 1e-9 });
    choose(size.below(tiny), x, result.with_sign_of(x))
}

/// The hyperbolic cosine: half of `eˣ + 1 / eˣ`.
#[inline(always)]
pub fn cosh<T: Exponential, M: Mode>(x: T) -> T {
    let mut parts = Parts::of::<M>(within::<T>(x));
    parts.n = parts.n - T::of(2.0);
    let power = parts.n.power_of_two();
    let (factor, low) = parts.factor();
    let (e, e_low) = (factor * power, low * power);
    let (inverse, inverse_low) = quotient_parts::<T, M>((T::of(0.0625), T::of(0.0)), bounded((e, e_low)));
    let (total, rest) = fast_sum(e, inverse);
    T::of(2.0) * (total + (rest + (e_low + inverse_low)))
}

/// A divisor that is not so large that the quotient, which is of no weight there, could become nan.
#[inline(always)]
fn bounded<T: Exponential>((x, low): (T, T)) -> (T, T) {
    let large = T::of(if T::SINGLE { 1e30 } else { 1e290 });
    (choose(x.below(large), x, large), choose(x.below(large), low, T::of(0.0)))
}

/// The size of an operand, or where both functions are infinite.
#[inline(always)]
fn within<T: Exponential>(x: T) -> T {
    let largest = T::of(if T::SINGLE { 89.6 } else { 710.6 });
    let size = x.abs();
    choose(largest.below(size), largest, size)
}
