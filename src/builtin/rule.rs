//! Writing a derivative once.
//!
//! `slope!(|c| 1.0 - c.out() * c.out())` is the derivative of `tanh`. The macro compiles the expression
//! for doubles, for rows of doubles and of singles, and for [`Term`]s, which record what they compute, so
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

/// A number that slopes are computed in. A type of our own, because the language has no `f32 + f64`.
#[derive(Clone, Copy)]
pub struct Real<T>(pub T);

macro_rules! real {
    ($type:ident, $(($trait:ident, $method:ident, $sign:tt)),*) => {
        $(
            impl $trait for Real<$type> {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Real(self.0 $sign other.0)
                }
            }
            impl $trait<f64> for Real<$type> {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: f64) -> Self {
                    Real(self.0 $sign other as $type)
                }
            }
            impl $trait<Real<$type>> for f64 {
                type Output = Real<$type>;
                #[inline(always)]
                fn $method(self, other: Real<$type>) -> Real<$type> {
                    Real(self as $type $sign other.0)
                }
            }
        )*
        impl Neg for Real<$type> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Real(-self.0)
            }
        }
        impl Calculus for Real<$type> {
            #[inline(always)]
            fn constant(&self, x: f64) -> Self {
                Real(x as $type)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                Real(self.0.exp())
            }
            #[inline(always)]
            fn expm1(self) -> Self {
                Real(self.0.exp_m1())
            }
            #[inline(always)]
            fn ln(self) -> Self {
                Real(self.0.ln())
            }
            #[inline(always)]
            fn sin(self) -> Self {
                Real(self.0.sin())
            }
            #[inline(always)]
            fn cos(self) -> Self {
                Real(self.0.cos())
            }
            #[inline(always)]
            fn sinh(self) -> Self {
                Real(self.0.sinh())
            }
            #[inline(always)]
            fn cosh(self) -> Self {
                Real(self.0.cosh())
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Real(self.0.sqrt())
            }
            #[inline(always)]
            fn one_minus_square(self) -> Self {
                Real((1.0 - self.0) * (1.0 + self.0))
            }
            #[inline(always)]
            fn hypot(self, other: Self) -> Self {
                Real(self.0.hypot(other.0))
            }
            #[inline(always)]
            fn sigmoid(self) -> Self {
                Real(super::activations::sigmoid(self.0.into()) as $type)
            }
            #[inline(always)]
            fn normal_cdf(self) -> Self {
                Real(super::activations::normal_cdf(self.0.into()) as $type)
            }
            #[inline(always)]
            fn floor_divide(self, other: Self) -> Self {
                Real(super::arithmetic::floor_divide(self.0.into(), other.0.into()) as $type)
            }
            #[inline(always)]
            fn powf(self, exponent: Self) -> Self {
                Real(super::arithmetic::power(self.0.into(), exponent.0.into()) as $type)
            }
            #[inline(always)]
            fn sign(self) -> Self {
                Real(super::rounding::sign(self.0.into()) as $type)
            }
            #[inline(always)]
            fn greater(self, other: Self) -> Self {
                Real(if self.0 > other.0 { 1.0 } else { 0.0 })
            }
            #[inline(always)]
            fn equal(self, other: Self) -> Self {
                Real(if self.0 == other.0 { 1.0 } else { 0.0 })
            }
            #[inline(always)]
            fn choose(self, then: Self, otherwise: Self) -> Self {
                if self.0 != 0.0 { then } else { otherwise }
            }
            #[inline(always)]
            fn weigh(self, other: Self) -> Self {
                let product = self * other;
                if self.0 == 0.0 { self.constant(0.0) } else { product }
            }
        }
    };
}

real!(f64, (Add, add, +), (Sub, sub, -), (Mul, mul, *), (Div, div, /));
real!(f32, (Add, add, +), (Sub, sub, -), (Mul, mul, *), (Div, div, /));

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
        use $crate::builtin::rule::{Calculus, Operands, Real, Term, weighted_row};
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
            number: |args, out| rule(&Operands::new(args.map(Real), Real(out))).0,
            lanes: |args, out, g, result| {
                weighted_row(args, out, g, result, |args, out, g| {
                    Real(g).weigh(rule(&Operands::new(args.map(Real), Real(out)))).0
                })
            },
            singles: |args, out, g, result| {
                weighted_row(args, out, g, result, |args, out, g| {
                    Real(g).weigh(rule(&Operands::new(args.map(Real), Real(out)))).0
                })
            },
            value: |cx, args, out| Term::evaluate(cx, args, out, rule),
        }
    }};
}
pub(crate) use slope;

/// Elements that are computed between two looks at which operands move.
const CHUNK: usize = 64;

/// Appends `weigh` of the operands, the result and the cotangent for a row of elements. An operand that
/// stands still becomes a chunk of equal elements, so that the loop has nothing to decide.
#[inline(always)]
pub fn weighted_row<T: Copy + Default>(
    args: &[Lane<'_, T>; 3],
    out: Lane<'_, T>,
    g: &[T],
    result: &mut Vec<T>,
    weigh: impl Fn([T; 3], T, T) -> T,
) {
    let lanes = [args[0], args[1], args[2], out];
    let mut filled = lanes.map(|lane| match lane {
        Lane::Still(x) => [x; CHUNK],
        Lane::Moving(_) => [T::default(); CHUNK],
    });
    let mut start = 0;
    for g in g.chunks(CHUNK) {
        let end = start + g.len();
        let mut rows: [&[T]; 4] = [&[]; 4];
        for ((row, lane), filled) in rows.iter_mut().zip(lanes).zip(&mut filled) {
            *row = match lane.part(start, end) {
                Lane::Still(_) => filled.get(..g.len()).unwrap_or(&[]),
                Lane::Moving(data) => data,
            };
        }
        let [x, y, z, out] = rows;
        let rest = x.iter().zip(y).zip(z.iter().zip(out));
        result.extend(g.iter().zip(rest).map(|(&g, ((&x, &y), (&z, &out)))| weigh([x, y, z], out, g)));
        start = end;
    }
}
