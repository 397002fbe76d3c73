//! What a slope reads.
//!
//! The slope of `x * y` by `x` is `y`: it never looks at the product. Whoever computes slopes of large arrays
//! later must not keep, or compute again, what no slope looks at. Nobody has to say so: the rule is run
//! once on [`Reads`], which are bits that every operator joins.

use super::rule::{Calculus, Functions, Operands, Periodic, Powers};
use crate::autodiff::Reads;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What a rule reads.
pub fn what_it_reads(rule: fn(&Operands<Reads>) -> Reads) -> Reads {
    let bit = |bits| Reads { bits, constant: None };
    rule(&Operands::new([bit(1), bit(2), bit(4)], bit(8)))
}

impl Reads {
    fn and(self, other: Reads) -> Reads {
        Reads { bits: self.bits | other.bits, constant: None }
    }
}

macro_rules! operators {
    ($(($trait:ident, $method:ident)),*) => {
        $(
            impl $trait for Reads {
                type Output = Reads;
                fn $method(self, other: Reads) -> Reads {
                    self.and(other)
                }
            }
            impl $trait<f64> for Reads {
                type Output = Reads;
                fn $method(self, _: f64) -> Reads {
                    self.and(self)
                }
            }
            impl $trait<Reads> for f64 {
                type Output = Reads;
                fn $method(self, other: Reads) -> Reads {
                    other.and(other)
                }
            }
        )*
    };
}

operators!((Add, add), (Sub, sub), (Mul, mul), (Div, div));

impl Neg for Reads {
    type Output = Reads;
    fn neg(self) -> Reads {
        self.and(self)
    }
}

macro_rules! joins {
    ($($unary:ident)*; $($binary:ident)*) => {
        $(fn $unary(self) -> Reads {
            self.and(self)
        })*
        $(fn $binary(self, other: Reads) -> Reads {
            self.and(other)
        })*
    };
}

impl Calculus for Reads {
    fn constant(&self, x: f64) -> Reads {
        Reads { bits: 0, constant: Some(x) }
    }
    fn choose(self, then: Reads, otherwise: Reads) -> Reads {
        self.and(then).and(otherwise)
    }
    joins!(sqrt one_minus_square sign; greater equal weigh);
}

impl Functions for Reads {
    joins!(exp expm1 ln sinh cosh sigmoid normal_cdf digamma; hypot polygamma sinc_derivative beta_derivative);
}

impl Powers for Reads {
    joins!(; pow);
}

impl Periodic for Reads {
    joins!(sin cos; floor_divide);
}
