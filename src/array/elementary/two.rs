//! Two numbers, computed with side by side.
//!
//! A function is a long chain, in which each step waits for the one before. What a loop does for its next
//! element could fill the gaps, if the processor looked far enough ahead; where the chain is of some fifty
//! steps, it does not. Here two elements take each step together.

use super::circular::Circular;
use super::exponential::Exponential;
use super::float::{Float, Mask, Mode};
use super::inverse::Inverse;
use super::logarithm::Logarithmic;
use super::real::Element;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Two numbers.
#[derive(Clone, Copy)]
pub struct Two<T>(pub T, pub T);

macro_rules! operator {
    ($trait:ident, $method:ident, $sign:tt) => {
        impl<T: Float> $trait for Two<T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Two(self.0 $sign other.0, self.1 $sign other.1)
            }
        }
    };
}

operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl<T: Float> Neg for Two<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Two(-self.0, -self.1)
    }
}

impl<M: Mask> Mask for Two<M> {
    #[inline(always)]
    fn not(self) -> Self {
        Two(self.0.not(), self.1.not())
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Two(self.0.and(other.0), self.1.and(other.1))
    }
}

#[inline(always)]
fn pairs<T>(a: (T, T), b: (T, T)) -> (Two<T>, Two<T>) {
    (Two(a.0, b.0), Two(a.1, b.1))
}

impl<T: Float> Float for Two<T> {
    type Mask = Two<T::Mask>;
    const SINGLE: bool = T::SINGLE;
    const SHIFT: Self = Two(T::SHIFT, T::SHIFT);
    const INFINITY: Self = Two(T::INFINITY, T::INFINITY);
    const NAN: Self = Two(T::NAN, T::NAN);

    #[inline(always)]
    fn of(x: f64) -> Self {
        Two(T::of(x), T::of(x))
    }
    #[inline(always)]
    fn widened(self, f: impl Fn(f64) -> f64) -> Self {
        Two(self.0.widened(&f), self.1.widened(&f))
    }
    #[inline(always)]
    fn widened_with(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Two(self.0.widened_with(other.0, &f), self.1.widened_with(other.1, &f))
    }
    #[inline(always)]
    fn fma(self, b: Self, c: Self) -> Self {
        Two(self.0.fma(b.0, c.0), self.1.fma(b.1, c.1))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Two(self.0.abs(), self.1.abs())
    }
    #[inline(always)]
    fn with_sign_of(self, other: Self) -> Self {
        Two(self.0.with_sign_of(other.0), self.1.with_sign_of(other.1))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Two(self.0.sqrt(), self.1.sqrt())
    }
    #[inline(always)]
    fn below(self, other: Self) -> Self::Mask {
        Two(self.0.below(other.0), self.1.below(other.1))
    }
    #[inline(always)]
    fn is(self, other: Self) -> Self::Mask {
        Two(self.0.is(other.0), self.1.is(other.1))
    }
    #[inline(always)]
    fn choose(condition: Self::Mask, then: Self, otherwise: Self) -> Self {
        Two(T::choose(condition.0, then.0, otherwise.0), T::choose(condition.1, then.1, otherwise.1))
    }
    #[inline(always)]
    fn bit(self, index: u32) -> Self::Mask {
        Two(self.0.bit(index), self.1.bit(index))
    }
    #[inline(always)]
    fn turned(self, shifted: Self, index: u32, sign: Self) -> Self {
        Two(self.0.turned(shifted.0, index, sign.0), self.1.turned(shifted.1, index, sign.1))
    }
    #[inline(always)]
    fn halves(self) -> (Self, Self) {
        pairs(self.0.halves(), self.1.halves())
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        Two(self.0.power_of_two(), self.1.power_of_two())
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        pairs(self.0.split(), self.1.split())
    }
}

impl<T: Exponential> Exponential for Two<T> {
    const LN_2_HIGH: Self = Two(T::LN_2_HIGH, T::LN_2_HIGH);
    const LN_2_LOW: Self = Two(T::LN_2_LOW, T::LN_2_LOW);
    const LN_2: [Self; 2] = [Two(T::LN_2[0], T::LN_2[0]), Two(T::LN_2[1], T::LN_2[1])];
    const RANGE: [f64; 2] = T::RANGE;
    #[inline(always)]
    fn remainder<M: Mode>(r: Self) -> Self {
        Two(T::remainder::<M>(r.0), T::remainder::<M>(r.1))
    }
}

impl<T: Logarithmic> Logarithmic for Two<T> {
    const LOG2_E: [Self; 2] = [Two(T::LOG2_E[0], T::LOG2_E[0]), Two(T::LOG2_E[1], T::LOG2_E[1])];
    const LOG10_E: [Self; 2] = [Two(T::LOG10_E[0], T::LOG10_E[0]), Two(T::LOG10_E[1], T::LOG10_E[1])];
    const LOG10_2: [Self; 2] = [Two(T::LOG10_2[0], T::LOG10_2[0]), Two(T::LOG10_2[1], T::LOG10_2[1])];
    #[inline(always)]
    fn series<M: Mode>(z: Self) -> Self {
        Two(T::series::<M>(z.0), T::series::<M>(z.1))
    }
}

impl<T: Circular> Circular for Two<T> {
    const QUARTER: [Self; 3] =
        [Two(T::QUARTER[0], T::QUARTER[0]), Two(T::QUARTER[1], T::QUARTER[1]), Two(T::QUARTER[2], T::QUARTER[2])];
    const LARGEST: f64 = T::LARGEST;
    #[inline(always)]
    fn series<M: Mode>(z: Self, odd: Self::Mask) -> Self {
        Two(T::series::<M>(z.0, odd.0), T::series::<M>(z.1, odd.1))
    }
}

impl<T: Inverse> Inverse for Two<T> {
    #[inline(always)]
    fn sine_series<M: Mode>(z: Self) -> Self {
        Two(T::sine_series::<M>(z.0), T::sine_series::<M>(z.1))
    }
    #[inline(always)]
    fn tangent_series<M: Mode>(z: Self) -> Self {
        Two(T::tangent_series::<M>(z.0), T::tangent_series::<M>(z.1))
    }
}

impl<T: Element> Element for Two<T> {}
