//! Sine, cosine and tangent.
//!
//! The operand is a number of quarter turns and a rest of at most an eighth, itself a sum of two, since
//! where the result is small the digits of many terms cancel (W. J. Cody and W. Waite, Software Manual
//! for the Elementary Functions, chapter 8). Sine and cosine of the rest have polynomials of the same
//! degree, so that what is chosen between is coefficients, not results.
//!
//! A loop leaves operands beyond some hundred thousand turns to one by one.

use super::double::{fast_sum, quotient};
use super::float::{Float, Mask, Mode, Repaired, choose, mul_add, polynomial};

/// The constants of a precision.
pub trait Circular: Float {
    /// Quarters of a turn: the nearest number, what it lacks, and what that lacks.
    const QUARTER: [Self; 3];
    /// The largest operand for which these suffice.
    const LARGEST: f64;
    /// `(sin r - r) / r³` or, if `odd`, `(cos r - 1 + r² / 2) / r⁴`, of `r²`
    fn series<M: Mode>(z: Self, odd: Self::Mask) -> Self;
}

impl Circular for f64 {
    const QUARTER: [f64; 3] = [1.570_796_326_794_896_6, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];
    const LARGEST: f64 = 1.6e6;

    #[inline(always)]
    fn series<M: Mode>(z: f64, odd: bool) -> f64 {
        let w = z * z;
        let even_terms = polynomial!(M, w;
            choose(odd, 4.166_666_666_666_660_2e-2, -1.666_666_666_666_663_2e-1),
            choose(odd, 2.480_158_728_963_631e-5, -1.984_126_982_981_341_3e-4),
            choose(odd, 2.087_572_705_845_865_4e-9, -2.505_075_671_374_093_6e-8));
        let odd_terms = polynomial!(M, w;
            choose(odd, -1.388_888_888_887_444_1e-3, 8.333_333_333_322_454_8e-3),
            choose(odd, -2.755_731_438_746_751_4e-7, 2.755_731_368_757_057_3e-6),
            choose(odd, -1.135_980_243_413_748_1e-11, 1.589_668_180_351_264_6e-10));
        mul_add::<f64, M>(z, odd_terms, even_terms)
    }
}

impl Circular for f32 {
    const QUARTER: [f32; 3] = [1.570_796_37, -4.371_139_0e-8, -1.715_124_7e-15];
    const LARGEST: f64 = 2e5;

    #[inline(always)]
    fn series<M: Mode>(z: f32, odd: bool) -> f32 {
        polynomial!(M, z;
            choose(odd, 4.166_664_56e-2, -1.666_665_52e-1),
            choose(odd, -1.388_730_13e-3, 8.332_190_1e-3),
            choose(odd, 2.443_067_02e-5, -1.951_840_53e-4))
    }
}

/// Without a fused multiply-add: pieces so short that their products with the number of turns are exact.
const PIECES: [f64; 4] =
    [1.570_796_326_734_125_6, 6.077_100_506_303_966e-11, 2.022_266_248_711_166_5e-21, 8.478_427_660_368_9e-32];

/// Quarter turns, shifted, and the rest as a sum of two, of an operand from 0 to the largest.
#[inline(always)]
pub fn reduce<T: Circular, M: Mode>(x: T) -> (T, T, T) {
    let n = mul_add::<T, M>(x, T::of(std::f64::consts::FRAC_2_PI), T::SHIFT);
    let turns = n - T::SHIFT;
    if M::FUSED {
        let [first, second, third] = T::QUARTER;
        // This is exact: what is left has no more digits than the type.
        let rest = (-turns).fma(first, x);
        let part = turns * second;
        let part_low = turns.fma(second, -part);
        let (rest, rest_low) = fast_sum(rest, -part);
        return (n, rest, (-turns).fma(third, rest_low - part_low));
    }
    let [first, second, third, fourth] = PIECES.map(T::of);
    let rest = x - turns * first;
    let (rest, low) = fast_sum(rest, -(turns * second));
    let (rest, lower) = fast_sum(rest, -(turns * third));
    (n, rest, (low + lower) - turns * fourth)
}

/// The sine of the rest, or its cosine if `odd`, as a sum of two.
#[inline(always)]
fn wave<T: Circular, M: Mode>(r: T, low: T, odd: T::Mask) -> (T, T) {
    let z = r * r;
    let half = T::of(0.5) * z;
    let w = T::of(1.0) - half;
    let correction = choose(odd, ((T::of(1.0) - w) - half) - r * low, low * w);
    let base = choose(odd, w, r);
    (base, mul_add::<T, M>(z * choose(odd, z, r), T::series::<M>(z, odd), correction))
}

/// The sine.
#[inline(always)]
pub fn sin<T: Circular, M: Repaired>(x: T) -> T {
    let size = x.abs();
    let (n, r, low) = reduce::<T, M>(size);
    let (value, rest) = wave::<T, M>(r, low, n.bit(0));
    whole::<T, M>(x, (value + rest).turned(n, 1, x), pxfm::f_sin)
}

/// The cosine.
#[inline(always)]
pub fn cos<T: Circular, M: Repaired>(x: T) -> T {
    let size = x.abs();
    let (n, r, low) = reduce::<T, M>(size);
    let (value, rest) = wave::<T, M>(r, low, n.bit(0).not());
    whole::<T, M>(x, (value + rest).turned(n + T::of(1.0), 1, size), pxfm::f_cos)
}

/// The tangent.
#[inline(always)]
pub fn tan<T: Circular, M: Repaired>(x: T) -> T {
    let size = x.abs();
    let (n, r, low) = reduce::<T, M>(size);
    let odd = n.bit(0);
    let (above, above_low) = wave::<T, M>(r, low, odd);
    let (below, below_low) = wave::<T, M>(r, low, odd.not());
    let ratio = quotient::<T, M>(fast_sum(above, above_low), fast_sum(below, below_low));
    whole::<T, M>(x, ratio.turned(n, 0, x), pxfm::f_tan)
}

#[inline(always)]
fn whole<T: Circular, M: Repaired>(x: T, near: T, far: impl Fn(f64) -> f64) -> T {
    let size = x.abs();
    if M::WHOLE {
        return x.widened_with(near, |x, near| if x.abs() > T::LARGEST { far(x) } else { near });
    }
    choose(T::of(T::LARGEST).below(size), T::NAN, near)
}
