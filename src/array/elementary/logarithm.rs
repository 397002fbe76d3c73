//! Logarithms.
//!
//! The operand is `2ᵏ m`, and `log m` with `s = (m - 1) / (m + 1)` is `2s` and a polynomial in `s²`, put
//! together so that nothing of the first two terms is lost (P. T. P. Tang, "Table-driven implementation
//! of the logarithm function in IEEE floating-point arithmetic", 1990; the arrangement is that of
//! Sun's fdlibm, `e_log.c`).

use super::double::{fast_sum, product, sum};
use super::exponential::Exponential;
use super::float::{Mode, choose, mul_add, polynomial};

/// The constants of a precision.
pub trait Logarithmic: Exponential {
    /// The logarithm of e to base 2, and what it lacks.
    const LOG2_E: [Self; 2];
    /// The logarithm of e to base 10, and what it lacks.
    const LOG10_E: [Self; 2];
    /// The leading digits of the logarithm of 2 to base 10, and what they lack.
    const LOG10_2: [Self; 2];
    /// `(log((1 + s) / (1 - s)) - 2s) / s³` of `s²`
    fn series<M: Mode>(z: Self) -> Self;
}

impl Logarithmic for f64 {
    const LOG2_E: [f64; 2] = [1.442_695_040_888_963_4, 2.035_527_374_093_103_3e-17];
    const LOG10_E: [f64; 2] = [0.434_294_481_903_251_8, 1.098_319_650_216_765e-17];
    const LOG10_2: [f64; 2] = [0.301_029_995_549_470_2, 1.145_110_089_802_183_8e-10];
    #[inline(always)]
    fn series<M: Mode>(z: f64) -> f64 {
        let w = z * z;
        let even = polynomial!(M, w;
            6.666_666_666_666_735_1e-1, 2.857_142_874_326_311_1e-1, 1.818_356_974_075_070_2e-1,
            1.479_750_769_223_335_5e-1);
        let odd = polynomial!(M, w;
            3.999_999_999_941_109e-1, 2.222_219_847_595_578_4e-1, 1.531_390_323_651_927_7e-1);
        mul_add::<f64, M>(z, odd, even)
    }
}

impl Logarithmic for f32 {
    const LOG2_E: [f32; 2] = [1.442_695_022, 1.925_963_034e-8];
    const LOG10_E: [f32; 2] = [0.434_294_492_0, -1.010_304_995e-8];
    const LOG10_2: [f32; 2] = [0.301_025_390_625, 4.605_038_981e-6];
    #[inline(always)]
    fn series<M: Mode>(z: f32) -> f32 {
        polynomial!(M, z; 6.666_666_27e-1, 4.000_033_74e-1, 2.853_723_76e-1, 2.358_356_86e-1)
    }
}

/// The logarithm of a factor from the root of one half to the root of two, as `f - half_square + rest`.
struct Factor<T> {
    f: T,
    half_square: T,
    rest: T,
}

impl<T: Logarithmic> Factor<T> {
    #[inline(always)]
    fn of<M: Mode>(m: T) -> Factor<T> {
        let f = m - T::of(1.0);
        let s = f / (m + T::of(1.0));
        let z = s * s;
        let half_square = T::of(0.5) * f * f;
        Factor { f, half_square, rest: s * mul_add::<T, M>(z, T::series::<M>(z), half_square) }
    }

    /// Times a constant, with as many digits as two numbers have.
    #[inline(always)]
    fn times<M: Mode>(&self, [constant, constant_low]: [T; 2]) -> (T, T) {
        let (value, low) = fast_sum(self.f, -self.half_square);
        let (result, result_low) = product::<T, M>(value, constant);
        let low = mul_add::<T, M>(low + self.rest, constant, result_low);
        (result, mul_add::<T, M>(value, constant_low, low))
    }
}

/// The natural logarithm.
#[inline(always)]
pub fn log<T: Logarithmic, M: Mode>(x: T) -> T {
    let (k, m) = x.split();
    let Factor { f, half_square, rest } = Factor::of::<M>(m);
    let rest = half_square - mul_add::<T, M>(k, T::LN_2_LOW, rest);
    outside(x, T::of(0.0), mul_add::<T, M>(k, T::LN_2_HIGH, f - rest))
}

/// The logarithm to base 2.
#[inline(always)]
pub fn log2<T: Logarithmic, M: Mode>(x: T) -> T {
    let (k, m) = x.split();
    let (value, low) = Factor::of::<M>(m).times::<M>(T::LOG2_E);
    let (total, rest) = fast_sum(k, value);
    outside(x, T::of(0.0), total + (rest + low))
}

/// The logarithm to base 10.
#[inline(always)]
pub fn log10<T: Logarithmic, M: Mode>(x: T) -> T {
    let (k, m) = x.split();
    let (value, low) = Factor::of::<M>(m).times::<M>(T::LOG10_E);
    let (total, rest) = fast_sum(k * T::LOG10_2[0], value);
    outside(x, T::of(0.0), total + (rest + mul_add::<T, M>(k, T::LOG10_2[1], low)))
}

/// `log(1 + x)` of a sum of two that is above -1, as a sum of two.
#[inline(always)]
pub fn log1p_parts<T: Logarithmic, M: Mode>(x: T, x_low: T) -> (T, T) {
    let (one_more, lost) = sum(T::of(1.0), x);
    let (k, m) = one_more.split();
    let Factor { f, half_square, rest } = Factor::of::<M>(m);
    // What rounding took from the sum is put back along the tangent.
    let lost = (lost + x_low) / one_more;
    let (total, total_low) = fast_sum(k * T::LN_2_HIGH, f);
    (total, total_low - (half_square - (rest + mul_add::<T, M>(k, T::LN_2_LOW, lost))))
}

/// `log(1 + x)`
#[inline(always)]
pub fn log1p<T: Logarithmic, M: Mode>(x: T) -> T {
    let (value, low) = log1p_parts::<T, M>(x, T::of(0.0));
    choose(x.is(T::of(0.0)), x, outside(x, T::of(-1.0), value + low))
}

/// The result, or what a logarithm is at its pole, at infinity and below the pole.
#[inline(always)]
fn outside<T: Logarithmic>(x: T, pole: T, result: T) -> T {
    let result = choose(x.below(T::INFINITY), result, x);
    choose(pole.below(x), result, choose(x.is(pole), -T::INFINITY, T::NAN))
}
