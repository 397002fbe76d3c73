//! The number that kernels and slopes are written in.
//!
//! A type of our own, because it carries how it is compiled, and because the language has no
//! `f32 + f64`: in `|x| 1.0 - x.tanh()` the constant takes the type of `x`.

use super::float::{Mode, Repaired};
use super::inverse::Inverse;
use super::logarithm::Logarithmic;
use super::{circular, division, exponential, hyperbolic, inverse, logarithm, logistic, power, root};
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A precision for which there are all functions.
pub trait Element: Logarithmic + Inverse {}

impl Element for f64 {}
impl Element for f32 {}

/// A number, computed with in a mode.
#[derive(Clone, Copy)]
pub struct Real<T, M>(pub T, PhantomData<M>);

impl<T: Element, M: Mode> Real<T, M> {
    /// A number.
    #[inline(always)]
    pub fn new(x: T) -> Self {
        Real(x, PhantomData)
    }

    /// A constant.
    #[inline(always)]
    pub fn of(x: f64) -> Self {
        Real::new(T::of(x))
    }

    /// The first where the condition holds, elsewhere the second.
    #[inline(always)]
    pub fn choose(condition: T::Mask, then: Self, otherwise: Self) -> Self {
        Real::new(T::choose(condition, then.0, otherwise.0))
    }

    /// Whether it is less than another.
    #[inline(always)]
    pub fn below(self, other: Self) -> T::Mask {
        self.0.below(other.0)
    }

    /// Whether it equals another.
    #[inline(always)]
    pub fn is(self, other: Self) -> T::Mask {
        self.0.is(other.0)
    }

    /// Without its sign.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Real::new(self.0.abs())
    }

    /// The square root.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Real::new(self.0.sqrt())
    }

    /// What a function of doubles gives.
    #[inline(always)]
    pub fn widened(self, f: impl Fn(f64) -> f64) -> Self {
        Real::new(self.0.widened(f))
    }

    /// What a function of two doubles gives.
    #[inline(always)]
    pub fn widened_with(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Real::new(self.0.widened_with(other.0, f))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $sign:tt) => {
        impl<T: Element, M: Mode> $trait for Real<T, M> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Real::new(self.0 $sign other.0)
            }
        }
        impl<T: Element, M: Mode> $trait<f64> for Real<T, M> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                Real::new(self.0 $sign T::of(other))
            }
        }
        impl<T: Element, M: Mode> $trait<Real<T, M>> for f64 {
            type Output = Real<T, M>;
            #[inline(always)]
            fn $method(self, other: Real<T, M>) -> Real<T, M> {
                Real::new(T::of(self) $sign other.0)
            }
        }
    };
}

operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl<T: Element, M: Mode> Neg for Real<T, M> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Real::new(-self.0)
    }
}

/// Functions of a file. In single precision and without a fused multiply-add they are computed in
/// double precision, since the reductions need exact products.
macro_rules! functions {
    ($mode:ident: $($(#[$doc:meta])* $name:ident = $module:ident::$function:ident;)*) => {
        impl<T: Element, M: $mode> Real<T, M> {
            $(
                $(#[$doc])*
                #[inline(always)]
                pub fn $name(self) -> Self {
                    if T::SINGLE && !M::FUSED {
                        return self.widened($module::$function::<f64, M>);
                    }
                    Real::new($module::$function::<T, M>(self.0))
                }
            )*
        }
    };
}

functions! {
    Mode:
    /// eˣ
    exp = exponential::exp;
    /// eˣ - 1
    expm1 = exponential::expm1;
    /// 2ˣ
    exp2 = exponential::exp2;
    /// The natural logarithm.
    log = logarithm::log;
    /// The natural logarithm of 1 + x.
    log1p = logarithm::log1p;
    /// The logarithm to base 2.
    log2 = logarithm::log2;
    /// The logarithm to base 10.
    log10 = logarithm::log10;
    /// The hyperbolic sine.
    sinh = hyperbolic::sinh;
    /// The hyperbolic cosine.
    cosh = hyperbolic::cosh;
    /// The hyperbolic tangent.
    tanh = hyperbolic::tanh;
    /// The cube root.
    cbrt = root::cbrt;
    /// The arc sine.
    asin = inverse::asin;
    /// The arc cosine.
    acos = inverse::acos;
    /// The arc tangent.
    atan = inverse::atan;
    /// The smaller one of 1 / (1 + e⁻ˣ) and 1 / (1 + eˣ), with the sign of x.
    tail = logistic::tail;
    /// 1 / (1 + e⁻ˣ) from that.
    of_tail = logistic::of_tail;
    /// log(1 + eˣ)
    softplus = logistic::softplus;
}

impl<T: Element, M: Mode> Real<T, M> {
    /// 1 / (1 + e⁻ˣ)
    #[inline(always)]
    pub fn sigmoid(self) -> Self {
        self.tail().of_tail()
    }
}

/// The same of two operands.
macro_rules! functions_of_two {
    ($mode:ident: $($(#[$doc:meta])* $name:ident = $module:ident::$function:ident;)*) => {
        impl<T: Element, M: $mode> Real<T, M> {
            $(
                $(#[$doc])*
                #[inline(always)]
                pub fn $name(self, other: Self) -> Self {
                    if T::SINGLE && !M::FUSED {
                        return self.widened_with(other, $module::$function::<f64, M>);
                    }
                    Real::new($module::$function::<T, M>(self.0, other.0))
                }
            )*
        }
    };
}

functions_of_two! {
    Mode:
    /// To the power of another.
    pow = power::pow;
    /// The length of a vector of two.
    hypot = root::hypot;
}

functions_of_two! {
    Repaired:
    /// The angle of the point whose first coordinate is another.
    atan2 = inverse::atan2;
    /// The quotient by another, rounded down.
    floor_divide = division::floor_divide;
    /// What that leaves over.
    remainder = division::remainder;
}

functions! {
    Repaired:
    /// The sine.
    sin = circular::sin;
    /// The cosine.
    cos = circular::cos;
    /// The tangent.
    tan = circular::tan;
}
