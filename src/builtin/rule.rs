//! Writing a derivative once.
//!
//! `slope!(|c| 1.0 - c.out() * c.out())` is the derivative of `tanh`. The macro compiles the expression
//! three times: for doubles, for rows of doubles, and for [`Term`]s, which record what they compute, so
//! that the same line also gives the second derivative, and the third. Inside, `c.x()`, `c.y()` and
//! `c.z()` are the operands and `c.out()` the result.

use super::activations::{NORMAL_CDF, SIGMOID};
use super::arithmetic::{ADD, DIVIDE, EQUAL, FLOOR_DIVIDE, GREATER, MULTIPLY, NEGATE, POWER, SUBTRACT, WEIGH};
use super::choose::WHERE;
use super::elementwise::{EXP, EXPM1, LOG, ONE_MINUS_SQUARE, SQRT};
use super::rounding::SIGN;
use super::trigonometry::{COS, COSH, HYPOT, SIN, SINH};
use crate::array::map::Lane;
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
    /// eˣ
    fn exp(self) -> Self;
    /// eˣ - 1
    fn expm1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The sine.
    fn sin(self) -> Self;
    /// The cosine.
    fn cos(self) -> Self;
    /// The hyperbolic sine.
    fn sinh(self) -> Self;
    /// The hyperbolic cosine.
    fn cosh(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// 1 - x², exact next to 1.
    fn one_minus_square(self) -> Self;
    /// The length of a vector of two.
    fn hypot(self, other: Self) -> Self;
    /// 1 / (1 + e⁻ˣ)
    fn sigmoid(self) -> Self;
    /// The probability that a standard normal variable is below.
    fn normal_cdf(self) -> Self;
    /// The quotient by another, rounded down.
    fn floor_divide(self, other: Self) -> Self;
    /// To the power of another.
    fn powf(self, exponent: Self) -> Self;
    /// -1, 0 or 1.
    fn sign(self) -> Self;
    /// 1 where it is greater than another.
    fn greater(self, other: Self) -> Self;
    /// 1 where it equals another.
    fn equal(self, other: Self) -> Self;
    /// Where this is not zero the first, elsewhere the second.
    fn choose(self, then: Self, otherwise: Self) -> Self;
    /// Times another, but zero where this is zero, whatever the other is.
    fn weigh(self, other: Self) -> Self;
    /// This, but nan where the result of the operation is: outside its domain it has no slope either.
    fn where_defined(self, out: Self) -> Self {
        out.clone().equal(out.clone()).choose(self, out)
    }
}

impl Calculus for f64 {
    fn constant(&self, x: f64) -> f64 {
        x
    }
    fn exp(self) -> f64 {
        self.exp()
    }
    fn expm1(self) -> f64 {
        self.exp_m1()
    }
    fn ln(self) -> f64 {
        self.ln()
    }
    fn sin(self) -> f64 {
        self.sin()
    }
    fn cos(self) -> f64 {
        self.cos()
    }
    fn sinh(self) -> f64 {
        self.sinh()
    }
    fn cosh(self) -> f64 {
        self.cosh()
    }
    fn sqrt(self) -> f64 {
        self.sqrt()
    }
    fn one_minus_square(self) -> f64 {
        (1.0 - self) * (1.0 + self)
    }
    fn hypot(self, other: f64) -> f64 {
        self.hypot(other)
    }
    fn sigmoid(self) -> f64 {
        super::activations::sigmoid(self)
    }
    fn normal_cdf(self) -> f64 {
        super::activations::normal_cdf(self)
    }
    fn floor_divide(self, other: f64) -> f64 {
        super::arithmetic::floor_divide(self, other)
    }
    fn powf(self, exponent: f64) -> f64 {
        super::arithmetic::power(self, exponent)
    }
    fn sign(self) -> f64 {
        super::rounding::sign(self)
    }
    fn greater(self, other: f64) -> f64 {
        f64::from(u8::from(self > other))
    }
    fn equal(self, other: f64) -> f64 {
        f64::from(u8::from(self == other))
    }
    fn choose(self, then: f64, otherwise: f64) -> f64 {
        if self != 0.0 { then } else { otherwise }
    }
    fn weigh(self, other: f64) -> f64 {
        if self == 0.0 { 0.0 } else { self * other }
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
    fn exp(self) -> Self {
        self.unary(&EXP)
    }
    fn expm1(self) -> Self {
        self.unary(&EXPM1)
    }
    fn ln(self) -> Self {
        self.unary(&LOG)
    }
    fn sin(self) -> Self {
        self.unary(&SIN)
    }
    fn cos(self) -> Self {
        self.unary(&COS)
    }
    fn sinh(self) -> Self {
        self.unary(&SINH)
    }
    fn cosh(self) -> Self {
        self.unary(&COSH)
    }
    fn sqrt(self) -> Self {
        self.unary(&SQRT)
    }
    fn one_minus_square(self) -> Self {
        self.unary(&ONE_MINUS_SQUARE)
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
    fn floor_divide(self, other: Self) -> Self {
        self.binary(&FLOOR_DIVIDE, other)
    }
    fn powf(self, exponent: Self) -> Self {
        self.binary(&POWER, exponent)
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

/// Compiles a slope: see the head of this file.
macro_rules! slope {
    (|$c:ident| $body:expr) => {{
        use $crate::builtin::rule::{Calculus, Operands, Term, weighted_row};
        fn rule<T: Calculus>($c: &Operands<T>) -> T
        where
            f64: std::ops::Add<T, Output = T>
                + std::ops::Sub<T, Output = T>
                + std::ops::Mul<T, Output = T>
                + std::ops::Div<T, Output = T>,
        {
            $body
        }
        $crate::autodiff::Slope {
            number: |args, out| rule(&Operands::new(*args, out)),
            lanes: |args, out, g, result| weighted_row(args, out, g, result, rule),
            value: |cx, args, out| Term::evaluate(cx, args, out, rule),
        }
    }};
}
pub(crate) use slope;

/// Appends `g * slope` for a row of elements; where `g` is zero the slope does not matter.
#[inline(always)]
pub fn weighted_row(
    args: &[Lane<'_, f64>; 3],
    out: Lane<'_, f64>,
    g: &[f64],
    result: &mut Vec<f64>,
    rule: impl Fn(&Operands<f64>) -> f64,
) {
    let at = |lane: &Lane<'_, f64>, i: usize| match lane {
        Lane::Still(x) => *x,
        Lane::Moving(data) => data.get(i).copied().unwrap_or(f64::NAN),
    };
    result.extend(g.iter().enumerate().map(|(i, &g)| {
        let operands = [at(&args[0], i), at(&args[1], i), at(&args[2], i)];
        if g == 0.0 { 0.0 } else { g * rule(&Operands::new(operands, at(&out, i))) }
    }));
}
