//! Exponentials.
//!
//! The operand is `n ln 2 + r` with `r` at most half of `ln 2`, and so the result `2ⁿ eʳ`, with a
//! polynomial for `eʳ` (W. J. Cody and W. Waite, Software Manual for the Elementary Functions, chapter
//! 6). `ln 2` is two numbers, the first so short that its product with `n` is exact.

use super::double::{fast_sum, product, sum};
use super::float::{Float, Mode, choose, mul_add, polynomial};

/// The constants of a precision.
pub trait Exponential: Float {
    /// The leading digits of the natural logarithm of 2.
    const LN_2_HIGH: Self;
    /// What they lack.
    const LN_2_LOW: Self;
    /// The nearest number to it, and what that lacks.
    const LN_2: [Self; 2];
    /// From here down the exponential is 0, from there up infinite.
    const RANGE: [f64; 2];
    /// `(eʳ - 1 - r) / r²`
    fn remainder<M: Mode>(r: Self) -> Self;
}

impl Exponential for f64 {
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const LN_2: [f64; 2] = [0.693_147_180_559_945_3, 2.319_046_813_846_299_6e-17];
    const RANGE: [f64; 2] = [-746.0, 710.0];

    #[inline(always)]
    fn remainder<M: Mode>(r: f64) -> f64 {
        let z = r * r;
        let even = polynomial!(M, z;
            5.000_000_000_000_011_1e-1, 4.166_666_666_652_972_5e-2, 1.388_888_894_376_006e-3,
            2.480_149_294_954_246_1e-5, 2.763_030_627_949_535_5e-7);
        let odd = polynomial!(M, z;
            1.666_666_666_666_641e-1, 8.333_333_333_494_974_8e-3, 1.984_126_950_577_513_1e-4,
            2.755_758_680_570_103_5e-6, 2.500_001_752_675_998_4e-8);
        mul_add::<f64, M>(r, odd, even)
    }
}

impl Exponential for f32 {
    const LN_2_HIGH: f32 = 0.693_359_375;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const LN_2: [f32; 2] = [0.693_147_182_5, -1.904_654_212e-9];
    const RANGE: [f64; 2] = [-104.0, 89.0];

    #[inline(always)]
    fn remainder<M: Mode>(r: f32) -> f32 {
        polynomial!(M, r; 4.999_999_4e-1, 1.666_652_11e-1, 4.166_838_9e-2, 8.368_745_45e-3, 1.381_454_06e-3)
    }
}

/// `eˣ = 2ⁿ (1 + high + low)`
pub struct Parts<T> {
    /// `n`, shifted.
    pub n: T,
    /// All of `eʳ - 1` but for a little.
    pub high: T,
    /// The rest.
    pub low: T,
}

impl<T: Exponential> Parts<T> {
    /// The parts for an operand inside the range.
    #[inline(always)]
    pub fn of<M: Mode>(x: T) -> Parts<T> {
        Parts::of_sum::<M>(x, T::of(0.0))
    }

    /// The parts for a sum of two.
    #[inline(always)]
    pub fn of_sum<M: Mode>(x: T, x_low: T) -> Parts<T> {
        let n = mul_add::<T, M>(x, T::of(std::f64::consts::LOG2_E), T::SHIFT);
        let whole = n - T::SHIFT;
        let high = mul_add::<T, M>(-whole, T::LN_2_HIGH, x);
        let low = mul_add::<T, M>(whole, T::LN_2_LOW, -x_low);
        let r = high - low;
        Parts { n, high, low: mul_add::<T, M>(r * r, T::remainder::<M>(r), -low) }
    }

    /// `1 + high + low`, as a sum of two.
    #[inline(always)]
    pub fn factor(&self) -> (T, T) {
        let factor = T::of(1.0) + (self.high + self.low);
        (factor, (self.high - (factor - T::of(1.0))) + self.low)
    }

    /// `2ⁿ eʳ - one` as a sum of two, where `one` is not more than the power nor beyond its digits; with
    /// `n` smaller by a number, a `one` that is as much smaller.
    #[inline(always)]
    pub fn minus_one(&self, one: T) -> (T, T) {
        let power = self.n.power_of_two();
        let (high, low) = fast_sum(self.high, self.low);
        let (high, rest) = fast_sum(power - one, power * high);
        (high, rest + power * low)
    }
}

/// The number, or the end of the range that it is beyond; nan stays nan.
#[inline(always)]
pub fn clamp<T: Float>(x: T, [low, high]: [f64; 2]) -> T {
    let x = choose(x.below(T::of(low)), T::of(low), x);
    choose(T::of(high).below(x), T::of(high), x)
}

/// `2ⁿ (1 + high + low)`
#[inline(always)]
fn together<T: Exponential>(parts: &Parts<T>) -> T {
    // Two factors, since the power itself may be too large, or too small, where the result is not.
    let (first, second) = parts.n.halves();
    (T::of(1.0) + (parts.high + parts.low)) * first * second
}

/// `eˣ`
#[inline(always)]
pub fn exp<T: Exponential, M: Mode>(x: T) -> T {
    together(&Parts::of::<M>(clamp(x, T::RANGE)))
}

/// `2ˣ`
#[inline(always)]
pub fn exp2<T: Exponential, M: Mode>(x: T) -> T {
    let x = clamp(x, if T::SINGLE { [-151.0, 129.0] } else { [-1076.0, 1025.0] });
    let n = x + T::SHIFT;
    let rest = x - (n - T::SHIFT);
    let (r, r_low) = product::<T, M>(rest, T::LN_2[0]);
    let low = mul_add::<T, M>(rest, T::LN_2[1], r_low);
    together(&Parts { n, high: r, low: mul_add::<T, M>(r * r, T::remainder::<M>(r), low) })
}

/// `eˣ - 1`
#[inline(always)]
pub fn expm1<T: Exponential, M: Mode>(x: T) -> T {
    let parts = Parts::of::<M>(clamp(x, if T::SINGLE { [-20.0, 89.0] } else { [-40.0, 710.0] }));
    let (high, low) = fast_sum(parts.high, parts.low);
    // Half of everything, since the power itself may be too large.
    let power = (parts.n - T::of(1.0)).power_of_two();
    let (rest, rest_low) = sum(power, T::of(-0.5));
    let (total, total_low) = sum(rest, power * high);
    let result = T::of(2.0) * (total + (total_low + (rest_low + power * low)));
    choose(parts.n.is(T::SHIFT), choose(x.is(T::of(0.0)), x, high), result)
}
