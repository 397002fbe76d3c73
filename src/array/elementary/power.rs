//! Powers.
//!
//! `xʸ` is `exp(y log x)`. An exponential multiplies what its operand lacks by up to a thousand, so the
//! logarithm is a sum of two numbers with some fifteen bits more than one has; the result is then so
//! near the true one that `3 ** 4` is 81, and every power that can be represented is exact.
//!
//! The logarithm is that of one of three numbers `c`, and `log((1 + s) / (1 - s))` with
//! `s = (m - c) / (m + c)`, of which `s` and its cube are sums of two (P. T. P. Tang, "Table-driven
//! implementation of the logarithm function in IEEE floating-point arithmetic", 1990, with a table so
//! short that choosing will do).

use super::double::{fast_sum, product, quotient_parts};
use super::exponential::{Parts, clamp};
use super::float::{Float, Mask, Mode, choose, mul_add, polynomial};
use super::logarithm::Logarithmic;

/// `(log((1 + s) / (1 - s)) - 2s - 2s³ / 3) / s⁵` of `s²`
#[inline(always)]
fn series<T: Logarithmic, M: Mode>(z: T) -> T {
    if T::SINGLE {
        return polynomial!(M, z; T::of(3.999_983_37e-1), T::of(2.869_573_24e-1));
    }
    polynomial!(M, z;
        T::of(4.000_000_000_000_050_2e-1), T::of(2.857_142_857_000_811_2e-1), T::of(2.222_222_368_146_656_3e-1),
        T::of(1.818_112_289_150_860_3e-1), T::of(1.554_076_049_992_956e-1))
}

/// The logarithm of a number that is positive and finite, as a sum of two.
#[inline(always)]
fn log_parts<T: Logarithmic, M: Mode>(x: T) -> (T, T) {
    let (k, m) = x.split();
    let (low, high) = (m.below(T::of(0.893)), T::of(1.125).below(m));
    let pick =
        |below: f64, above: f64, middle: f64| choose(low, T::of(below), choose(high, T::of(above), T::of(middle)));
    let c = pick(0.796_875, 1.265_625, 1.0);
    // The leading digits are so few that they can be added to those of a multiple of the logarithm of 2.
    let (log_c, log_c_low) = if T::SINGLE {
        (pick(-0.227_058_410_644_531_25, 0.235_565_185_546_875, 0.0), pick(9.600_091_744e-7, 8.857_658_713e-7, 0.0))
    } else {
        (
            pick(-0.227_057_450_635_356_87, 0.235_566_071_312_86, 0.0),
            pick(1.078_736_749_871_691e-14, -9.309_459_495_196_89e-14, 0.0),
        )
    };
    let (s, s_low) = quotient_parts::<T, M>((m - c, T::of(0.0)), fast_sum(c, m));
    let (z, z_low) = product::<T, M>(s, s);
    let (cube, cube_low) = product::<T, M>(z, s);
    let cube_low = cube_low + (z_low * s + T::of(3.0) * z * s_low);
    let [third, third_low] = if T::SINGLE {
        [6.666_666_865e-1, -1.986_821_552e-8]
    } else {
        [0.666_666_666_666_666_6, 3.700_743_415_417_188e-17]
    }
    .map(T::of);
    let (term, term_low) = product::<T, M>(cube, third);
    let term_low = mul_add::<T, M>(cube, third_low, mul_add::<T, M>(cube_low, third, term_low));
    let rest = mul_add::<T, M>(cube * z, series::<T, M>(z), term_low);
    let base = mul_add::<T, M>(k, T::LN_2_HIGH, log_c);
    let base_low = mul_add::<T, M>(k, T::LN_2_LOW, log_c_low);
    let (total, lost) = fast_sum(base, s + s);
    let (total, lost_too) = fast_sum(total, term);
    fast_sum(total, (lost + lost_too) + (base_low + (s_low + s_low + rest)))
}

/// The power for an exponent from 1 to 4, which is a product; for any other what is given.
#[inline(always)]
fn short<T: Float, M: Mode>(x: T, y: T, other: T) -> T {
    let (square, low) = product::<T, M>(x, x);
    // What an infinite product lacks is nan.
    let rounded = |(power, lost): (T, T), rest: T| choose(power.abs().below(T::INFINITY), power + (lost + rest), power);
    let cube = rounded(product::<T, M>(square, x), low * x).with_sign_of(x);
    let fourth = rounded(product::<T, M>(square, square), (low + low) * square);
    let other = choose(y.is(T::of(3.0)), cube, choose(y.is(T::of(4.0)), fourth, other));
    choose(y.is(T::of(2.0)), square, choose(y.is(T::of(1.0)), x, other))
}

/// `xʸ`
#[inline(always)]
pub fn pow<T: Logarithmic, M: Mode>(x: T, y: T) -> T {
    if M::EASY {
        return short::<T, M>(x, y, T::NAN);
    }
    let (zero, one) = (T::of(0.0), T::of(1.0));
    let size = x.abs();
    let (log, log_low) = log_parts::<T, M>(size);
    let log = choose(size.below(T::INFINITY), choose(size.is(zero), -T::INFINITY, log), size);
    // Beyond this bound every power but those of 1 is 0 or infinite.
    let bound = if T::SINGLE { 1e12 } else { 1e25 };
    let exponent = clamp(y, [-bound, bound]);
    let (p, p_low) = product::<T, M>(exponent, log);
    let p_low = mul_add::<T, M>(exponent, log_low, p_low);
    let p_low = choose(p.abs().below(T::of(-T::RANGE[0])), p_low, zero);
    let parts = Parts::of_sum::<M>(clamp(p, T::RANGE), p_low);
    let (first, second) = parts.n.halves();
    let (factor, factor_low) = parts.factor();
    let result = (factor + factor_low) * first * second;
    let result = choose(y.is(zero), one, choose(x.is(one), one, result));

    // How far the exponent is from twice a whole number. All beyond so large a bound are even.
    let large = T::SHIFT + T::SHIFT;
    let exponent = choose(y.abs().below(large), y.abs(), zero);
    let half = (T::of(0.5) * exponent + T::SHIFT) - T::SHIFT;
    let more = (exponent - (half + half)).abs();
    let fraction = zero.below(more).and(more.below(one));
    let negative = x.below(zero).and((-T::INFINITY).below(x));
    let result = choose(negative.and(fraction), T::NAN, result.with_sign_of(choose(more.is(one), x, one)));
    short::<T, M>(x, y, result)
}
