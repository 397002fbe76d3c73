//! Quotients rounded down, and what they leave over.
//!
//! With `n` the whole number nearest to `x / y`, what is left of `x` is at most about half of `y`, and can be
//! represented: a fused multiply-add computes it without an error, and its sign says whether `n` was too large.
//! A loop leaves quotients with too many digits, and those by zero or of infinities, to one by one.

use super::double::product;
use super::float::{Float, Mask, Repaired, choose};

/// The whole number nearest to a quotient, and what is left over.
#[inline(always)]
fn nearest<T: Float, M: Repaired>(x: T, y: T) -> (T, T) {
    let n = (x / y + T::SHIFT) - T::SHIFT;
    if M::FUSED {
        return (n, (-n).fma(y, x));
    }
    let (whole, low) = product::<T, M>(n, y);
    (n, (x - whole) - low)
}

/// Whether what is left of `x` can be computed at once.
#[inline(always)]
fn is_near<T: Float>(x: T, y: T) -> T::Mask {
    let [least, most, bound] = if T::SINGLE { [1e-30, 1e30, 4e6] } else { [1e-290, 1e290, 1e15] }.map(T::of);
    let size = y.abs();
    least.below(size).and(size.below(most)).and((x / y).abs().below(bound))
}

/// Whether there is something left over that has not the sign of the divisor.
#[inline(always)]
fn is_beyond<T: Float>(rest: T, y: T) -> T::Mask {
    rest.with_sign_of(rest * y).below(T::of(0.0))
}

/// `x / y`, rounded down.
#[inline(always)]
pub fn floor_divide<T: Float, M: Repaired>(x: T, y: T) -> T {
    if M::WHOLE {
        return x.widened_with(y, floor_divide_alone);
    }
    let (zero, one) = (T::of(0.0), T::of(1.0));
    let (n, rest) = nearest::<T, M>(x, y);
    let floor = choose(is_beyond(rest, y), n - one, n);
    choose(is_near(x, y), choose(floor.is(zero), zero.with_sign_of(x / y), floor), T::NAN)
}

/// What `x / y`, rounded down, leaves of `x`. It has the sign of `y`.
#[inline(always)]
pub fn remainder<T: Float, M: Repaired>(x: T, y: T) -> T {
    if M::WHOLE {
        return x.widened_with(y, remainder_alone);
    }
    let zero = T::of(0.0);
    let (_, rest) = nearest::<T, M>(x, y);
    let rest = choose(rest.is(zero), zero.with_sign_of(y), choose(is_beyond(rest, y), rest + y, rest));
    choose(is_near(x, y), rest, T::NAN)
}

fn floor_divide_alone(x: f64, y: f64) -> f64 {
    if y == 0.0 {
        return x / y;
    }
    // As CPython does it: exact where the quotient of the rounded remainder is.
    let rest = x % y;
    let quotient = (x - rest) / y;
    let quotient = if rest != 0.0 && (rest < 0.0) != (y < 0.0) { quotient - 1.0 } else { quotient };
    let floor = quotient.floor();
    let floor = if quotient - floor > 0.5 { floor + 1.0 } else { floor };
    if floor == 0.0 { floor.copysign(x / y) } else { floor }
}

fn remainder_alone(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest != 0.0 && (rest < 0.0) != (y < 0.0) {
        rest + y
    } else if rest == 0.0 {
        0.0_f64.copysign(y)
    } else {
        rest
    }
}
