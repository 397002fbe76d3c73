//! Hyperbolic functions, from `eˣ - 1` as a sum of two numbers.

use super::double::{quotient, sum};
use super::exponential::{Exponential, Parts};
use super::float::{Mode, choose};

/// The hyperbolic tangent: with `d = e²ˣ - 1`, `d / (d + 2)`.
#[inline(always)]
pub fn tanh<T: Exponential, M: Mode>(x: T) -> T {
    // From here on it is 1.
    let largest = T::of(if T::SINGLE { 9.1 } else { 19.1 });
    let size = x.abs();
    let size = choose(size > largest, largest, size);
    let (d, low) = Parts::of::<M>(size + size).minus_one();
    let (below, below_low) = sum(d, T::of(2.0));
    quotient::<T, M>((d, low), (below, below_low + low)).with_sign_of(x)
}
