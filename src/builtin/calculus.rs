//! What derivatives are written in: traits that numbers in loops have, and values that record.
//!
//! Four of them, because what a slope uses decides how it is compiled: operators and roots are the same
//! on every machine and need no dispatch for one number; functions do; powers often are products; and the
//! periodic functions want a second look at what a loop computed. A slope that says too little does not compile.

use crate::array::elementary::{Element, Mask, Mode, Real, Repaired};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What a slope is written in: numbers, or values that record. Comparisons give 1 and 0.
pub trait Calculus:
    Clone
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// A constant.
    fn constant(&self, x: f64) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// 1 - x², exact next to 1.
    fn one_minus_square(self) -> Self;
    /// -1, 0 or 1.
    fn sign(self) -> Self;
    /// 1 where it is greater than another.
    fn greater(self, other: Self) -> Self;
    /// 1 where it equals another.
    fn equal(self, other: Self) -> Self;
    /// Where this is not zero the first, elsewhere the second.
    fn choose(self, then: Self, otherwise: Self) -> Self;
    /// Times another, but zero where either is zero, whatever the other is.
    fn weigh(self, other: Self) -> Self;
    /// This, but no more than a bound, beyond which the slope no longer changes: so an infinity does not meet
    /// the zeros that it makes.
    fn at_most(self, bound: f64) -> Self {
        let bound = self.constant(bound);
        self.clone().greater(bound.clone()).choose(bound, self)
    }
    /// The same on both sides.
    fn within(self, bound: f64) -> Self {
        -(-self.at_most(bound)).at_most(bound)
    }
    /// This, but nan where the result of the operation is: outside its domain it has no slope either.
    fn where_defined(self, out: Self) -> Self {
        out.clone().equal(out.clone()).choose(self, out)
    }
}

/// What a slope that says `real` is written in: that, and functions.
pub trait Functions: Calculus {
    /// eˣ
    fn exp(self) -> Self;
    /// eˣ - 1
    fn expm1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The hyperbolic sine.
    fn sinh(self) -> Self;
    /// The hyperbolic cosine.
    fn cosh(self) -> Self;
    /// The length of a vector of two.
    fn hypot(self, other: Self) -> Self;
    /// 1 / (1 + e⁻ˣ)
    fn sigmoid(self) -> Self;
    /// The probability that a standard normal variable is below.
    fn normal_cdf(self) -> Self;
    /// The derivative of the logarithm of the gamma function.
    fn digamma(self) -> Self;
    /// Its derivative of this order, at another.
    fn polygamma(self, x: Self) -> Self;
    /// The derivative of `sinc` of this order, at another.
    fn sinc_derivative(self, x: Self) -> Self;
    /// The derivative of the beta function of this and another, by this.
    fn beta_derivative(self, other: Self) -> Self;
}

/// What a slope that says `powers` is written in: that, and powers.
pub trait Powers: Functions {
    /// To the power of another.
    fn pow(self, exponent: Self) -> Self;
}

/// What a slope that says `repaired` is written in: functions, and those that want a second look.
pub trait Periodic: Functions {
    /// The sine.
    fn sin(self) -> Self;
    /// The cosine.
    fn cos(self) -> Self;
    /// The quotient by another, rounded down.
    fn floor_divide(self, other: Self) -> Self;
}

impl<T: Element, M: Mode> Calculus for Real<T, M> {
    #[inline(always)]
    fn constant(&self, x: f64) -> Self {
        Real::of(x)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn one_minus_square(self) -> Self {
        (1.0 - self) * (1.0 + self)
    }
    #[inline(always)]
    fn sign(self) -> Self {
        let zero = Real::of(0.0);
        let negative = Real::choose(self.below(zero), Real::of(-1.0), self + 0.0);
        Real::choose(zero.below(self), Real::of(1.0), negative)
    }
    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        Real::choose(other.below(self), Real::of(1.0), Real::of(0.0))
    }
    #[inline(always)]
    fn equal(self, other: Self) -> Self {
        Real::choose(self.is(other), Real::of(1.0), Real::of(0.0))
    }
    #[inline(always)]
    fn choose(self, then: Self, otherwise: Self) -> Self {
        Real::choose(self.is(Real::of(0.0)), otherwise, then)
    }
    #[inline(always)]
    fn weigh(self, other: Self) -> Self {
        let zero = Real::of(0.0);
        // So written, a processor with masks needs two comparisons and nothing to put them together.
        Real::choose(self.is(zero).not().and(other.is(zero).not()), self * other, zero)
    }
}

impl<T: Element, M: Mode> Functions for Real<T, M> {
    #[inline(always)]
    fn exp(self) -> Self {
        self.exp()
    }
    #[inline(always)]
    fn expm1(self) -> Self {
        self.expm1()
    }
    #[inline(always)]
    fn ln(self) -> Self {
        self.log()
    }
    #[inline(always)]
    fn sinh(self) -> Self {
        self.sinh()
    }
    #[inline(always)]
    fn cosh(self) -> Self {
        self.cosh()
    }
    #[inline(always)]
    fn hypot(self, other: Self) -> Self {
        self.hypot(other)
    }
    #[inline(always)]
    fn sigmoid(self) -> Self {
        self.sigmoid()
    }
    #[inline(always)]
    fn normal_cdf(self) -> Self {
        self.widened(super::activations::normal_cdf)
    }
    #[inline(always)]
    fn digamma(self) -> Self {
        self.widened(super::gamma::digamma)
    }
    #[inline(always)]
    fn polygamma(self, x: Self) -> Self {
        self.widened_with(x, super::gamma::polygamma)
    }
    #[inline(always)]
    fn sinc_derivative(self, x: Self) -> Self {
        self.widened_with(x, super::special::sinc_derivative)
    }
    #[inline(always)]
    fn beta_derivative(self, other: Self) -> Self {
        self.widened_with(other, |x, y| super::beta::derivative([1, 0], x, y))
    }
}

impl<T: Element, M: Mode> Powers for Real<T, M> {
    #[inline(always)]
    fn pow(self, exponent: Self) -> Self {
        self.pow(exponent)
    }
}

impl<T: Element, M: Repaired> Periodic for Real<T, M> {
    #[inline(always)]
    fn sin(self) -> Self {
        self.sin()
    }
    #[inline(always)]
    fn cos(self) -> Self {
        self.cos()
    }
    #[inline(always)]
    fn floor_divide(self, other: Self) -> Self {
        self.floor_divide(other)
    }
}
