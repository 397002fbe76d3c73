//! Roots: the cube root, and the square root of a sum of two squares.

use super::double::{fast_sum, product};
use super::float::{Float, Mode, choose, polynomial};

/// The cube root.
///
/// Of `2³ⁿ m`, with `m` from a third to three, it is `2ⁿ` times that of `m`: `m r²` with `r` the inverse of the
/// cube root, for which a step needs no quotient, and what the cube of that lacks.
#[inline(always)]
pub fn cbrt<T: Float, M: Mode>(x: T) -> T {
    let (one, third) = (T::of(1.0), T::of(1.0 / 3.0));
    let size = x.abs();
    let (k, m) = size.split();
    let shifted = k * third + T::SHIFT;
    let over = k - T::of(3.0) * (shifted - T::SHIFT);
    let (less, more) = (over.below(T::of(0.0)), T::of(0.0).below(over));
    let pick = |less_by: f64, more_by: f64| choose(less, T::of(less_by), choose(more, T::of(more_by), one));
    let start = if T::SINGLE {
        polynomial!(M, m; T::of(1.730_711_10), T::of(-1.285_725_95), T::of(7.133_252_02e-1), T::of(-1.585_319_79e-1))
    } else {
        polynomial!(M, m;
            T::of(1.999_170_856_711_829_6), T::of(-2.485_909_689_031_419_8), T::of(2.792_169_271_090_229_3),
            T::of(-1.898_071_745_370_853_8), T::of(7.007_002_708_768_541_6e-1), T::of(-1.080_551_118_372_743e-1))
    };
    // With e = 1 - m r³ the inverse root is r (1 - e)^(-1/3).
    let e = one - m * start * start * start;
    let step = e * polynomial!(M, e; third, T::of(2.0 / 9.0), T::of(14.0 / 81.0));
    let r = (start + start * step) * pick(1.259_921_049_894_873_2, 0.793_700_525_984_099_8);
    let m = m * pick(0.5, 2.0);
    let square = r * r;
    let root = m * square;
    let (power, power_low) = product::<T, M>(root, root);
    let (cube, cube_low) = product::<T, M>(power, root);
    let lost = ((m - cube) - cube_low) - power_low * root;
    let result = (root + lost * square * third) * shifted.power_of_two();
    choose(size.below(T::INFINITY), choose(size.is(T::of(0.0)), x, result.with_sign_of(x)), x)
}

/// `sqrt(x² + y²)`, with the squares as sums of two, of numbers so scaled that these neither overflow nor
/// vanish.
#[inline(always)]
pub fn hypot<T: Float, M: Mode>(x: T, y: T) -> T {
    let infinite =
        |result: T| choose(x.abs().is(T::INFINITY), T::INFINITY, choose(y.abs().is(T::INFINITY), T::INFINITY, result));
    if T::SINGLE {
        // In double precision they do not, and the squares are exact.
        return infinite(x.widened_with(y, |x, y| (x * x + y * y).sqrt()));
    }
    let (x, y) = (x.abs(), y.abs());
    let (larger, smaller) = (choose(x.below(y), y, x), choose(x.below(y), x, y));
    let (huge, tiny) = (T::of(2.0_f64.powi(500)).below(larger), larger.below(T::of(2.0_f64.powi(-400))));
    let scale = |up: f64, down: f64| choose(huge, T::of(down), choose(tiny, T::of(up), T::of(1.0)));
    let (up, down) = (2.0_f64.powi(600), 2.0_f64.powi(-600));
    let by = scale(up, down);
    let (a, b) = (larger * by, smaller * by);
    let ((p, p_low), (q, q_low)) = (product::<T, M>(a, a), product::<T, M>(b, b));
    let (total, lost) = fast_sum(p, q);
    let root = total.sqrt();
    let (square, square_low) = product::<T, M>(root, root);
    let rest = ((total - square) - square_low) + (lost + (p_low + q_low));
    let result = root + rest / (root + root);
    infinite(choose(root.is(T::of(0.0)), root, result) * scale(down, up))
}
