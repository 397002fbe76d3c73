//! Angles: the inverse circular functions.
//!
//! The arc sine has a polynomial up to one half; beyond, it is a right angle less twice the arc sine of
//! `sqrt((1 - x) / 2)`. The arc tangent has one up to the tangent of an eighth of a turn; beyond, an angle
//! of 45 or 90 degrees is taken away first (W. J. Cody and W. Waite, Software Manual for the Elementary
//! Functions, chapters 10 and 11).

use super::circular::Circular;
use super::double::{fast_sum, product, quotient_parts, sum};
use super::float::{Float, Mask, Mode, Repaired, choose, mul_add, polynomial};

/// The constants of a precision.
pub trait Inverse: Circular {
    /// `(asin r - r) / r³` of `r²`
    fn sine_series<M: Mode>(z: Self) -> Self;
    /// `(atan r - r) / r³` of `r²`
    fn tangent_series<M: Mode>(z: Self) -> Self;
}

impl Inverse for f64 {
    #[inline(always)]
    fn sine_series<M: Mode>(z: f64) -> f64 {
        let w = z * z;
        let even = polynomial!(M, w;
            1.666_666_666_666_537e-1, 4.464_285_682_041_987_9e-2, 2.237_175_031_238_838_9e-2,
            1.388_409_752_574_350_9e-2, 6.496_061_553_459_588_1e-3, -1.635_980_855_757_018_1e-2);
        let odd = polynomial!(M, w;
            7.500_000_000_346_619_7e-2, 3.038_195_946_156_232_3e-2, 1.735_982_071_869_167_4e-2,
            1.217_663_568_463_699_1e-2, 1.961_510_619_330_422e-2, 3.200_473_893_193_308_4e-2);
        mul_add::<f64, M>(z, odd, even)
    }
    #[inline(always)]
    fn tangent_series<M: Mode>(z: f64) -> f64 {
        let w = z * z;
        let even = polynomial!(M, w;
            -3.333_333_333_333_332_6e-1, -1.428_571_428_538_813_2e-1, -9.090_908_144_765_956_5e-2,
            -6.666_226_826_375_250_3e-2, -5.218_408_183_788_276_3e-2, -3.347_476_665_969_535e-2);
        let odd = polynomial!(M, w;
            1.999_999_999_999_767e-1, 1.111_111_108_818_490_2e-1, 7.692_282_763_662_318_4e-2,
            5.877_022_429_670_985_4e-2, 4.503_563_785_683_221_3e-2, 1.519_544_320_979_987_8e-2);
        mul_add::<f64, M>(z, odd, even)
    }
}

impl Inverse for f32 {
    #[inline(always)]
    fn sine_series<M: Mode>(z: f32) -> f32 {
        polynomial!(M, z; 1.666_675_36e-1, 7.495_223_73e-2, 4.547_959_19e-2, 2.413_436_21e-2, 4.224_254_94e-2)
    }
    #[inline(always)]
    fn tangent_series<M: Mode>(z: f32) -> f32 {
        polynomial!(M, z; -3.333_331_64e-1, 1.999_848_34e-1, -1.424_373_84e-1, 1.059_513_99e-1, -6.081_156_43e-2)
    }
}

/// The operand of the polynomial, what it lacks, and all of the arc sine of both but the first; and whether
/// they are of the operand itself.
#[inline(always)]
fn sine_parts<T: Inverse, M: Mode>(size: T) -> (T::Mask, T, T) {
    let near = size.below(T::of(0.5));
    let z = choose(near, size * size, T::of(0.5) * (T::of(1.0) - size));
    let root = z.sqrt();
    let (square, square_low) = product::<T, M>(root, root);
    let lost = ((z - square) - square_low) / (root + root);
    let lost = choose(near, T::of(0.0), choose(root.is(T::of(0.0)), root, lost));
    let r = choose(near, size, root);
    (near, r, r * z * T::sine_series::<M>(z) + lost)
}

/// The arc sine.
#[inline(always)]
pub fn asin<T: Inverse, M: Mode>(x: T) -> T {
    let (near, r, rest) = sine_parts::<T, M>(x.abs());
    let (total, total_low) = fast_sum(T::QUARTER[0], -(r + r));
    let far = total + ((total_low + T::QUARTER[1]) - (rest + rest));
    choose(near, r + rest, far).with_sign_of(x)
}

/// The arc cosine.
#[inline(always)]
pub fn acos<T: Inverse, M: Mode>(x: T) -> T {
    let (near, r, rest) = sine_parts::<T, M>(x.abs());
    let negative = x.below(T::of(0.0));
    let (zero, two) = (T::of(0.0), T::of(2.0));
    // A right angle less the arc sine, or twice it, or a straight angle less that.
    let base = choose(near, T::QUARTER[0], choose(negative, two * T::QUARTER[0], zero));
    let base_low = choose(near, T::QUARTER[1], choose(negative, two * T::QUARTER[1], zero));
    let factor = choose(near, choose(negative, T::of(1.0), T::of(-1.0)), choose(negative, -two, two));
    let (total, total_low) = fast_sum(base, factor * r);
    total + (total_low + (base_low + factor * rest))
}

/// The arc tangent.
#[inline(always)]
pub fn atan<T: Inverse, M: Mode>(x: T) -> T {
    let one = T::of(1.0);
    let size = x.abs();
    // Infinity, divided by itself, would be nan.
    let large = T::of(if T::SINGLE { 1e30 } else { 1e300 });
    let size = choose(large.below(size), large, size);
    let eighth = size.below(T::of(std::f64::consts::SQRT_2 - 1.0));
    let far = T::of(std::f64::consts::SQRT_2 + 1.0).below(size);
    let pick = |near: T, middle: T, beyond: T| choose(eighth, near, choose(far, beyond, middle));
    let zero = T::of(0.0);
    let (less, less_low) = sum(size, -one);
    let (more, more_low) = sum(size, one);
    let (r, r_low) = quotient_parts::<T, M>(
        (pick(size, less, -one), pick(zero, less_low, zero)),
        (pick(one, more, size), pick(zero, more_low, zero)),
    );
    let half = T::of(0.5);
    let base = pick(zero, half * T::QUARTER[0], T::QUARTER[0]);
    let base_low = pick(zero, half * T::QUARTER[1], T::QUARTER[1]);
    let z = r * r;
    let (total, total_low) = fast_sum(base, r);
    (total + (total_low + (base_low + (r_low + r * z * T::tangent_series::<M>(z))))).with_sign_of(x)
}

/// The angle of the point (x, y).
///
/// The smaller side by the larger is a tangent up to one, and the angle that, or a right or a straight angle
/// more or less it. A loop leaves sides of extreme length to one by one.
#[inline(always)]
pub fn atan2<T: Inverse, M: Repaired>(y: T, x: T) -> T {
    let (zero, one, half) = (T::of(0.0), T::of(1.0), T::of(0.5));
    let (steep, longer, shorter) = sides(y, x);
    let eighth = shorter.below(T::of(std::f64::consts::SQRT_2 - 1.0) * longer);
    let (less, less_low) = fast_sum(-longer, shorter);
    let (more, more_low) = fast_sum(longer, shorter);
    let (r, r_low) = quotient_parts::<T, M>(
        (choose(eighth, shorter, less), choose(eighth, zero, less_low)),
        (choose(eighth, longer, more), choose(eighth, zero, more_low)),
    );
    let z = r * r;
    let rest = r_low + r * z * T::tangent_series::<M>(z);
    let left = one.with_sign_of(x).below(zero);
    // What is taken from a right or a straight angle, or added to a right one or to none.
    let sign = choose(steep, choose(left, one, -one), choose(left, -one, one));
    let [base, base_low] = [0, 1].map(|part| {
        let quarter = T::QUARTER[part];
        let turn = choose(steep, quarter, choose(left, quarter + quarter, zero));
        (turn, choose(eighth, zero, half * quarter))
    });
    let (base, lost) = fast_sum(base.0, sign * base.1);
    let base_low = base_low.0 + sign * base_low.1;
    let (total, total_low) = fast_sum(base, sign * r);
    let near = (total + (total_low + (lost + base_low + sign * rest))).with_sign_of(y);
    let range = if T::SINGLE { [1e-15, 1e15] } else { [1e-140, 1e140] };
    let far =
        if M::WHOLE { y.widened_with(x, |y, x| if within(y, x, range) { 0.0 } else { y.atan2(x) }) } else { T::NAN };
    choose(within(y, x, range), near, far)
}

/// Whether the second side of a point is the longer one; the longer, or one if there is none, and the shorter.
#[inline(always)]
fn sides<T: Float>(y: T, x: T) -> (T::Mask, T, T) {
    let (width, height) = (x.abs(), y.abs());
    let steep = width.below(height);
    let longer = choose(steep, height, width);
    (steep, choose(longer.is(T::of(0.0)), T::of(1.0), longer), choose(steep, width, height))
}

/// Whether no side but one of no length is extremely long or short.
#[inline(always)]
fn within<T: Float>(y: T, x: T, [least, most]: [f64; 2]) -> T::Mask {
    let (_, longer, shorter) = sides(y, x);
    let shorter = choose(shorter.is(T::of(0.0)), longer, shorter);
    T::of(least).below(shorter).and(longer.below(T::of(most)))
}
