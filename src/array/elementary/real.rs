//! The number that kernels and slopes are written in.
//!
//! A type of our own, because it carries how it is compiled, and because the language has no
//! `f32 + f64`: in `|x| 1.0 - x.tanh()` the constant takes the type of `x`.

use super::circular::Circular;
use super::float::{Mode, Repaired, choose};
use super::logarithm::Logarithmic;
use super::{circular, exponential, hyperbolic, logarithm, logistic};
use std::cmp::Ordering;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A precision for which there are all functions.
pub trait Element: Logarithmic + Circular {}

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

    /// This where the condition holds.
    #[inline(always)]
    pub fn choose(condition: bool, then: Self, otherwise: Self) -> Self {
        choose(condition, then, otherwise)
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

    /// What only double precision can.
    #[inline(always)]
    pub fn widened(self, f: impl FnOnce(f64) -> f64) -> Self {
        Real::of(f(self.0.wide()))
    }

    /// What only double precision can, of two numbers.
    #[inline(always)]
    pub fn widened_with(self, other: Self, f: impl FnOnce(f64, f64) -> f64) -> Self {
        Real::of(f(self.0.wide(), other.0.wide()))
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

impl<T: Element, M: Mode> PartialEq for Real<T, M> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Element, M: Mode> PartialOrd for Real<T, M> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
    #[inline(always)]
    fn lt(&self, other: &Self) -> bool {
        self.0 < other.0
    }
    #[inline(always)]
    fn le(&self, other: &Self) -> bool {
        self.0 <= other.0
    }
    #[inline(always)]
    fn gt(&self, other: &Self) -> bool {
        self.0 > other.0
    }
    #[inline(always)]
    fn ge(&self, other: &Self) -> bool {
        self.0 >= other.0
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
    /// The natural logarithm.
    log = logarithm::log;
    /// The hyperbolic tangent.
    tanh = hyperbolic::tanh;
    /// 1 / (1 + e⁻ˣ)
    sigmoid = logistic::sigmoid;
}

functions! {
    Repaired:
    /// The sine.
    sin = circular::sin;
    /// The cosine.
    cos = circular::cos;
}
