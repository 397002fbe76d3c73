//! Sums and products with what rounding took from them: the two numbers are together exact.
//!
//! T. J. Dekker, "A floating-point technique for extending the available precision", 1971; D. E. Knuth,
//! The Art of Computer Programming, volume 2, section 4.2.2.

use super::float::{Float, Mode, mul_add};

/// `a + b`, if `a` is not the smaller or a multiple of the last place of `b`.
#[inline(always)]
pub fn fast_sum<T: Float>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// `a + b`.
#[inline(always)]
pub fn sum<T: Float>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// `a * b`.
#[inline(always)]
pub fn product<T: Float, M: Mode>(a: T, b: T) -> (T, T) {
    let product = a * b;
    if M::FUSED {
        return (product, a.fma(b, -product));
    }
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    (product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low)
}

/// Two numbers with half as many digits.
#[inline(always)]
fn halves<T: Float>(x: T) -> (T, T) {
    let splitter = T::of(if T::SINGLE { 4_097.0 } else { 134_217_729.0 });
    let scaled = x * splitter;
    let high = scaled - (scaled - x);
    (high, x - high)
}

/// The quotient of two such sums, rounded once, but for a part in a thousand of the last place.
#[inline(always)]
pub fn quotient<T: Float, M: Mode>(a: (T, T), b: (T, T)) -> T {
    let (first, rest, inverse) = division::<T, M>(a, b);
    mul_add::<T, M>(rest, inverse, first)
}

/// The quotient of two such sums.
#[inline(always)]
pub fn quotient_parts<T: Float, M: Mode>(a: (T, T), b: (T, T)) -> (T, T) {
    let (first, rest, inverse) = division::<T, M>(a, b);
    (first, rest * inverse)
}

/// The leading part of a quotient, what is left over, and the inverse of the divisor.
#[inline(always)]
fn division<T: Float, M: Mode>((a, a_low): (T, T), (b, b_low): (T, T)) -> (T, T, T) {
    let inverse = T::of(1.0) / b;
    let first = a * inverse;
    let rest = if M::FUSED {
        first.fma(-b, a)
    } else {
        let (back, back_low) = product::<T, M>(first, b);
        (a - back) - back_low
    };
    (first, rest + mul_add::<T, M>(-first, b_low, a_low), inverse)
}
