//! Writing a derivative once.
//!
//! `slope!(|c| 1.0 - c.out() * c.out())` is the derivative of `tanh`. The macro compiles the expression
//! for doubles, for rows of doubles and of singles, and for [`Term`]s, which record what they compute, so
//! that the same line also gives the second derivative, and the third. Inside, `c.x()`, `c.y()` and
//! `c.z()` are the operands and `c.out()` the result.

use super::activations::{NORMAL_CDF, SIGMOID};
use super::arithmetic::{ADD, DIVIDE, EQUAL, FLOOR_DIVIDE, GREATER, MULTIPLY, NEGATE, POWER, SUBTRACT, WEIGH};
pub use super::calculus::{Calculus, Functions, Periodic, Powers};
use super::choose::WHERE;
use super::elementwise::{EXP, EXPM1, LOG, ONE_MINUS_SQUARE, SQRT};
use super::gamma::{DIGAMMA, POLYGAMMA};
use super::rounding::SIGN;
use super::special::SINC_DERIVATIVE;
use super::trigonometry::{COS, COSH, HYPOT, SIN, SINH};
use crate::array::lanes::{self, Expression, Lane, Number};
use crate::autodiff::{Context, Var};
use crate::diagnostic::Outcome;
use crate::value::Builtin;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The operands and the result of an elementwise operation.
pub struct Operands<T> {
    x: T,
    y: T,
    z: T,
    out: T,
}

impl<T: Clone> Operands<T> {
    /// Three operands (those there are) and the result.
    pub fn new([x, y, z]: [T; 3], out: T) -> Operands<T> {
        Operands { x, y, z, out }
    }

    /// The first operand.
    pub fn x(&self) -> T {
        self.x.clone()
    }

    /// The second operand.
    pub fn y(&self) -> T {
        self.y.clone()
    }

    /// The third operand.
    pub fn z(&self) -> T {
        self.z.clone()
    }

    /// The result.
    pub fn out(&self) -> T {
        self.out.clone()
    }
}

impl<T: Calculus> Operands<T> {
    /// A constant.
    pub fn constant(&self, x: f64) -> T {
        self.out.constant(x)
    }
}

/// A value that records what is computed from it. The first thing that goes wrong is kept to the end.
#[derive(Clone)]
pub struct Term<'c> {
    cx: &'c Context,
    value: Outcome<Var>,
}

impl<'c> Term<'c> {
    /// Evaluates a slope on values.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn evaluate(
        cx: &'c Context,
        args: &[Var],
        out: &Var,
        rule: fn(&Operands<Term<'c>>) -> Term<'c>,
    ) -> Outcome<Var> {
        let term = |i: usize| Term { cx, value: Ok(args.get(i).cloned().unwrap_or_default()) };
        rule(&Operands::new([term(0), term(1), term(2)], Term { cx, value: Ok(out.clone()) })).value
    }

    fn of(&self, x: f64) -> Term<'c> {
        Term { cx: self.cx, value: Ok(Var::Num(x)) }
    }

    fn unary(self, builtin: &'static Builtin) -> Term<'c> {
        let cx = self.cx;
        Term { cx, value: self.value.and_then(|x| cx.apply(builtin.op(), &[x])) }
    }

    fn binary(self, builtin: &'static Builtin, other: Term<'c>) -> Term<'c> {
        let cx = self.cx;
        let value = self.value.and_then(|x| other.value.and_then(|y| cx.apply(builtin.op(), &[x, y])));
        Term { cx, value }
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $builtin:ident) => {
        impl<'c> $trait for Term<'c> {
            type Output = Term<'c>;
            fn $method(self, other: Term<'c>) -> Term<'c> {
                self.binary(&$builtin, other)
            }
        }
        impl<'c> $trait<f64> for Term<'c> {
            type Output = Term<'c>;
            fn $method(self, other: f64) -> Term<'c> {
                let other = self.of(other);
                self.binary(&$builtin, other)
            }
        }
        impl<'c> $trait<Term<'c>> for f64 {
            type Output = Term<'c>;
            fn $method(self, other: Term<'c>) -> Term<'c> {
                other.of(self).binary(&$builtin, other)
            }
        }
    };
}

operator!(Add, add, ADD);
operator!(Sub, sub, SUBTRACT);
operator!(Mul, mul, MULTIPLY);
operator!(Div, div, DIVIDE);

impl<'c> Neg for Term<'c> {
    type Output = Term<'c>;
    fn neg(self) -> Term<'c> {
        self.unary(&NEGATE)
    }
}

impl Calculus for Term<'_> {
    fn constant(&self, x: f64) -> Self {
        self.of(x)
    }
    fn sqrt(self) -> Self {
        self.unary(&SQRT)
    }
    fn one_minus_square(self) -> Self {
        self.unary(&ONE_MINUS_SQUARE)
    }
    fn sign(self) -> Self {
        self.unary(&SIGN)
    }
    fn greater(self, other: Self) -> Self {
        self.binary(&GREATER, other)
    }
    fn equal(self, other: Self) -> Self {
        self.binary(&EQUAL, other)
    }
    fn choose(self, then: Self, otherwise: Self) -> Self {
        let cx = self.cx;
        let value = self.value.and_then(|condition| {
            let (then, otherwise) = (then.value?, otherwise.value?);
            cx.apply(WHERE.op(), &[condition, then, otherwise])
        });
        Term { cx, value }
    }
    fn weigh(self, other: Self) -> Self {
        self.binary(&WEIGH, other)
    }
}

impl Functions for Term<'_> {
    fn exp(self) -> Self {
        self.unary(&EXP)
    }
    fn expm1(self) -> Self {
        self.unary(&EXPM1)
    }
    fn ln(self) -> Self {
        self.unary(&LOG)
    }
    fn sinh(self) -> Self {
        self.unary(&SINH)
    }
    fn cosh(self) -> Self {
        self.unary(&COSH)
    }
    fn hypot(self, other: Self) -> Self {
        self.binary(&HYPOT, other)
    }
    fn sigmoid(self) -> Self {
        self.unary(&SIGMOID)
    }
    fn normal_cdf(self) -> Self {
        self.unary(&NORMAL_CDF)
    }
    fn digamma(self) -> Self {
        self.unary(&DIGAMMA)
    }
    fn polygamma(self, x: Self) -> Self {
        self.binary(&POLYGAMMA, x)
    }
    fn sinc_derivative(self, x: Self) -> Self {
        self.binary(&SINC_DERIVATIVE, x)
    }
    fn beta_derivative(self, other: Self) -> Self {
        let cx = self.cx;
        let value = self.value.and_then(|x| other.value.and_then(|y| super::beta::slope_of(cx, &x, &y)));
        Term { cx, value }
    }
}

impl Powers for Term<'_> {
    fn pow(self, exponent: Self) -> Self {
        self.binary(&POWER, exponent)
    }
}

impl Periodic for Term<'_> {
    fn sin(self) -> Self {
        self.unary(&SIN)
    }
    fn cos(self) -> Self {
        self.unary(&COS)
    }
    fn floor_divide(self, other: Self) -> Self {
        self.binary(&FLOOR_DIVIDE, other)
    }
}

/// Compiles a slope: see the head of this file. `slope!(|c| …)` has operators and roots; `slope!(real |c| …)`
/// all functions but powers, that need `slope!(powers |c| …)`, and those, like the sine, that need
/// `slope!(repaired |c| …)`.
macro_rules! slope {
    (|$c:ident| $body:expr) => {
        $crate::builtin::rule::slope!(@rule Calculus, [SHORT], $c, $body, |&[x, y, z], out| {
            let real = Real::<f64, Plain>::new;
            rule(&Operands::new([real(x), real(y), real(z)], real(out))).0
        })
    };
    (real |$c:ident| $body:expr) => {
        $crate::builtin::rule::slope!(@functions Functions, [], $c, $body)
    };
    (powers |$c:ident| $body:expr) => {
        $crate::builtin::rule::slope!(@functions Powers, [POWERS], $c, $body)
    };
    (repaired |$c:ident| $body:expr) => {
        $crate::builtin::rule::slope!(@functions Periodic, [REPAIRED], $c, $body)
    };
    (@functions $calculus:ident, $flags:tt, $c:ident, $body:expr) => {
        $crate::builtin::rule::slope!(@rule $calculus, $flags, $c, $body, |&[x, y, z], out| {
            $crate::array::lanes::number::<Rule, 5>([x, y, z, out, 1.0])
        })
    };
    (@rule $calculus:ident, [$($flag:ident)?], $c:ident, $body:expr, $number:expr) => {{
        #[allow(unused_imports, reason = "not every kind of slope needs all")]
        use $crate::array::elementary::{Element, Plain, Real, Repaired};
        use $crate::array::lanes::Expression;
        #[allow(unused_imports, reason = "a trait brings the methods of those above")]
        use $crate::builtin::rule::{Calculus, Functions, Operands, Periodic, Powers, Term, weighted_row};
        #[inline(always)]
        fn rule<T: $calculus>($c: &Operands<T>) -> T
        where
            f64: std::ops::Add<T, Output = T>
                + std::ops::Sub<T, Output = T>
                + std::ops::Mul<T, Output = T>
                + std::ops::Div<T, Output = T>,
        {
            $body
        }
        struct Rule;
        impl Expression<5> for Rule {
            $(const $flag: bool = true;)?
            #[inline(always)]
            fn at<T: Element, M: Repaired>([x, y, z, out, g]: [T; 5]) -> Real<T, M> {
                let real = Real::<T, M>::new;
                real(g).weigh(rule(&Operands::new([real(x), real(y), real(z)], real(out))))
            }
        }
        $crate::autodiff::Slope {
            number: $number,
            lanes: weighted_row::<Rule, f64>,
            singles: weighted_row::<Rule, f32>,
            value: |cx, args, out| Term::evaluate(cx, args, out, rule),
            reads: || $crate::builtin::reads::what_it_reads(rule),
            midway: None,
        }
    }};
}
pub(crate) use slope;

/// Writes `g * slope` for a row of elements; where `g` is zero the slope does not matter.
pub fn weighted_row<E: Expression<5>, T: Number>(
    &[x, y, z]: &[Lane<'_, T>; 3],
    out: Lane<'_, T>,
    g: &[T],
    result: &mut [T],
) {
    lanes::row::<E, T, 5>([x, y, z, out, Lane::Moving(g)], result);
}
