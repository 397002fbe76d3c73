//! Elementwise functions of real numbers: roots, powers, exponentials and logarithms.

use super::rule::slope;
use crate::autodiff::{Forward, Grad, Number, Op};
use crate::kernel1;
use crate::value::{Builtin, Run};
use std::f64::consts::{LN_2, LN_10};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[
    &ABS,
    &SQRT,
    &CBRT,
    &SQUARE,
    &RECIPROCAL,
    &RSQRT,
    &EXP,
    &EXPM1,
    &EXP2,
    &LOG,
    &LOG1P,
    &LOG2,
    &LOG10,
    &ONE_MINUS_SQUARE,
];

/// Samples for functions of any real number, away from 0.
pub(super) const REAL: &[&str] = &["0.3", "[0.5, -1.25, 2]", "[[0.1, 1.5], [-0.7, 0.9]]", "zeros(0)"];
/// Samples for functions of positive numbers.
pub(super) const POSITIVE: &[&str] = &["0.3", "[0.5, 1.25, 2]", "[[0.1, 1.5], [0.7, 0.9]]", "zeros(0, 2)"];

/// An elementwise operation with a number of its own.
pub(super) const fn elementwise(forward: Forward, grad: Grad) -> Run {
    Run::Elementwise(Op { forward, grad, number: Number::new() })
}

pub(crate) static ABS: Builtin = Builtin {
    name: "abs",
    params: &["x"],
    doc: "Absolute value of every element.\n\nThe derivative is the sign, so 0 at the kink.\n> abs([-2, 0, 3])\n[2, 0, 3]\n> abs'([-2, 0, 3])\n[-1, 0, 1]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.abs())), Grad::Slopes(&[slope!(|c| c.x().sign())])),
};

pub(crate) static SQRT: Builtin = Builtin {
    name: "sqrt",
    params: &["x"],
    doc: "Square root of every element.\n\nA negative number has none: `nan`. The derivative at 0 is `inf`.\n> sqrt([4, 2])\n[2, 1.41421]",
    samples: POSITIVE,
    // Plus zero turns -0 into 0, so that the slope there is inf and not -inf.
    run: elementwise(Forward::Map1(kernel1!(|x| x.sqrt())), Grad::Slopes(&[slope!(|c| 0.5 / (c.out() + 0.0))])),
};

pub(crate) static CBRT: Builtin = Builtin {
    name: "cbrt",
    params: &["x"],
    doc: "Cube root of every element, also of negative ones.\n\nThe derivative at 0 is `inf`.\n> cbrt([8, -27])\n[2, -3]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.cbrt())),
        Grad::Slopes(&[slope!(|c| 1.0 / (c.out() * c.out() * 3.0))]),
    ),
};

pub(crate) static SQUARE: Builtin = Builtin {
    name: "square",
    params: &["x"],
    doc: "Every element times itself.\n> square([3, -4])\n[9, 16]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x * x)), Grad::Slopes(&[slope!(|c| c.x() * 2.0)])),
};

pub(crate) static RECIPROCAL: Builtin = Builtin {
    name: "reciprocal",
    params: &["x"],
    doc: "One over every element.\n> reciprocal([2, -4])\n[0.5, -0.25]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| 1.0 / x)), Grad::Slopes(&[slope!(|c| -(c.out() * c.out()))])),
};

pub(crate) static RSQRT: Builtin = Builtin {
    name: "rsqrt",
    params: &["x"],
    doc: "One over the square root of every element.\n> rsqrt([4, 0.25])\n[0.5, 2]",
    samples: POSITIVE,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | 1.0 / x.sqrt())),
        Grad::Slopes(&[slope!(|c| c.out() / c.x() * -0.5)]),
    ),
};

pub(crate) static EXP: Builtin = Builtin {
    name: "exp",
    params: &["x"],
    doc: "e to the power of every element.\n> exp([0, 1])\n[1, 2.71828]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(real | x | x.exp())), Grad::Slopes(&[slope!(|c| c.out())])),
};

pub(crate) static EXPM1: Builtin = Builtin {
    name: "expm1",
    params: &["x"],
    doc: "`exp(x) - 1`, with all its digits where x is small.\n> expm1([1, 1e-20])\n[1.71828, 1e-20]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(real | x | x.expm1())), Grad::Slopes(&[slope!(real | c | c.x().exp())])),
};

pub(crate) static EXP2: Builtin = Builtin {
    name: "exp2",
    params: &["x"],
    doc: "2 to the power of every element.\n> exp2([3, -1])\n[8, 0.5]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(real | x | x.exp2())), Grad::Slopes(&[slope!(|c| c.out() * LN_2)])),
};

pub(crate) static LOG: Builtin = Builtin {
    name: "log",
    params: &["x"],
    doc: "Natural logarithm of every element.\n\nAt 0 it is `-inf` with the derivative `inf`. A negative number has none: both are `nan`.\n> log([1, 10])\n[0, 2.30259]",
    samples: POSITIVE,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.log())),
        // Of a negative number there is none: neither a value nor a slope.
        Grad::Slopes(&[slope!(|c| (1.0 / (c.x() + 0.0)).where_defined(c.out()))]),
    ),
};

pub(crate) static LOG1P: Builtin = Builtin {
    name: "log1p",
    params: &["x"],
    doc: "`log(1 + x)`, with all its digits where x is small.\n> log1p([1, 1e-20])\n[0.693147, 1e-20]",
    samples: &["0.3", "[0.5, -0.25, 2]", "[[0.1, 1.5], [-0.7, 0.9]]", "zeros(0)"],
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.log1p())),
        Grad::Slopes(&[slope!(|c| (1.0 / (c.x() + 1.0)).where_defined(c.out()))]),
    ),
};

pub(crate) static LOG2: Builtin = Builtin {
    name: "log2",
    params: &["x"],
    doc: "Logarithm of every element to the base 2.\n> log2([8, 0.5])\n[3, -1]",
    samples: POSITIVE,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.log2())),
        Grad::Slopes(&[slope!(|c| (1.0 / ((c.x() + 0.0) * LN_2)).where_defined(c.out()))]),
    ),
};

pub(crate) static LOG10: Builtin = Builtin {
    name: "log10",
    params: &["x"],
    doc: "Logarithm of every element to the base 10.\n> log10([1000, 0.1])\n[3, -1]",
    samples: POSITIVE,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.log10())),
        Grad::Slopes(&[slope!(|c| (1.0 / ((c.x() + 0.0) * LN_10)).where_defined(c.out()))]),
    ),
};

/// What the slopes of `asin` and `atanh` are made of. As a product its derivative at 1 would be
/// `0 * inf`, as a difference it would lose the digits next to 1.
pub(crate) static ONE_MINUS_SQUARE: Builtin = Builtin {
    name: "(one_minus_square)",
    params: &["x"],
    doc: "`1 - x ** 2`, with all its digits where x is next to 1.",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| (1.0 - x) * (1.0 + x))), Grad::Slopes(&[slope!(|c| c.x() * -2.0)])),
};
