//! Logarithms.
//!
//! The operand is `2ᵏ m`, and `log m` with `s = (m - 1) / (m + 1)` is `2s` and a polynomial in `s²`, put
//! together so that nothing of the first two terms is lost (P. T. P. Tang, "Table-driven implementation
//! of the logarithm function in IEEE floating-point arithmetic", 1990; the arrangement is that of
//! Sun's fdlibm, `e_log.c`).

use super::exponential::Exponential;
use super::float::{Mode, choose, mul_add, polynomial};

/// The constants of a precision.
pub trait Logarithmic: Exponential {
    /// `(log((1 + s) / (1 - s)) - 2s) / s³` of `s²`
    fn series<M: Mode>(z: Self) -> Self;
}

impl Logarithmic for f64 {
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
    #[inline(always)]
    fn series<M: Mode>(z: f32) -> f32 {
        polynomial!(M, z; 6.666_666_27e-1, 4.000_033_74e-1, 2.853_723_76e-1, 2.358_356_86e-1)
    }
}

/// The natural logarithm.
#[inline(always)]
pub fn log<T: Logarithmic, M: Mode>(x: T) -> T {
    let (k, m) = x.split();
    let f = m - T::of(1.0);
    let s = f / (m + T::of(1.0));
    let z = s * s;
    let half_square = T::of(0.5) * f * f;
    let rest = mul_add::<T, M>(z, T::series::<M>(z), half_square);
    let rest = half_square - mul_add::<T, M>(s, rest, k * T::LN_2_LOW);
    outside(x, mul_add::<T, M>(k, T::LN_2_HIGH, f - rest))
}

/// The result, or what a logarithm is at zero, at infinity and of negative numbers.
#[inline(always)]
pub fn outside<T: Logarithmic>(x: T, result: T) -> T {
    let zero = T::of(0.0);
    let result = choose(x < T::INFINITY, result, x);
    choose(x > zero, result, choose(x == zero, -T::INFINITY, T::NAN))
}
