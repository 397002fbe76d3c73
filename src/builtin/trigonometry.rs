//! Circular and hyperbolic functions, and lengths and angles in the plane.

use super::elementwise::{REAL, elementwise};
use super::rule::{Calculus, slope};
use crate::autodiff::{Forward, Grad};
use crate::value::Builtin;
use crate::{kernel1, kernel2};

/// Everything declared here.
pub static ALL: &[&Builtin] =
    &[&SIN, &COS, &TAN, &ASIN, &ACOS, &ATAN, &ATAN2, &SINH, &COSH, &TANH, &ASINH, &ACOSH, &ATANH, &HYPOT];

const INSIDE: &[&str] = &["0.3", "[0.5, -0.25, 0.8]", "[[0.1, 0.6], [-0.7, 0.9]]", "zeros(0)"];
const PLANE: &[&str] =
    &["3, 4", "[1.5, -2], [0.5, 4]", "[[1, -2], [3, 4]], [5, 0.5]", "[[1], [-2]], 3", "zeros(0, 2), 1"];

pub(crate) static SIN: Builtin = Builtin {
    name: "sin",
    params: &["x"],
    doc: "Sine of every element, in radians.\n> sin([0, pi / 2])\n[0, 1]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(repaired | x | x.sin())),
        Grad::Slopes(&[slope!(repaired | c | c.x().cos())]),
    ),
};

pub(crate) static COS: Builtin = Builtin {
    name: "cos",
    params: &["x"],
    doc: "Cosine of every element, in radians.\n> cos([0, pi])\n[1, -1]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(repaired | x | x.cos())),
        Grad::Slopes(&[slope!(repaired | c | -c.x().sin())]),
    ),
};

pub(crate) static TAN: Builtin = Builtin {
    name: "tan",
    params: &["x"],
    doc: "Tangent of every element, in radians.\n> tan([0, pi / 4])\n[0, 1]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(repaired | x | x.tan())),
        Grad::Slopes(&[slope!(|c| c.out() * c.out() + 1.0)]),
    ),
};

pub(crate) static ASIN: Builtin = Builtin {
    name: "asin",
    params: &["x"],
    doc: "Angle in radians whose sine is every element.\n\nFrom -pi/2 to pi/2; `nan` outside -1 to 1. The derivative at -1 and 1 is `inf`.\n> asin([0.5, 1])\n[0.523599, 1.5708]",
    samples: INSIDE,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.asin())),
        Grad::Slopes(&[slope!(|c| 1.0 / c.x().one_minus_square().sqrt())]),
    ),
};

pub(crate) static ACOS: Builtin = Builtin {
    name: "acos",
    params: &["x"],
    doc: "Angle in radians whose cosine is every element.\n\nFrom 0 to pi; `nan` outside -1 to 1. The derivative at -1 and 1 is `-inf`.\n> acos([0.5, -1])\n[1.0472, 3.14159]",
    samples: INSIDE,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.acos())),
        Grad::Slopes(&[slope!(|c| -1.0 / c.x().one_minus_square().sqrt())]),
    ),
};

pub(crate) static ATAN: Builtin = Builtin {
    name: "atan",
    params: &["x"],
    doc: "Angle in radians whose tangent is every element, from -pi/2 to pi/2.\n> atan([1, -inf])\n[0.785398, -1.5708]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.atan())),
        // Far out the square overflows before the slope is zero.
        Grad::Slopes(&[slope!(|c| {
            let (square, far) = (c.x() * c.x(), 1.0 / c.x());
            square.clone().greater(c.constant(1e16)).choose(far.clone() * far, 1.0 / (square + 1.0))
        })]),
    ),
};

pub(crate) static ATAN2: Builtin = Builtin {
    name: "atan2",
    params: &["y", "x"],
    doc: "Angle in radians from the x-axis to the point (x, y), from -pi to pi.\n\nThe derivatives at the origin are 0.\n> atan2(1, [1, -1])\n[0.785398, 2.35619]",
    samples: PLANE,
    run: elementwise(
        Forward::Map2(kernel2!(repaired | y, x | y.atan2(x))),
        Grad::Slopes(&[
            slope!(
                real | c | {
                    let length = c.x().hypot(c.y());
                    length.clone().equal(c.constant(0.0)).choose(c.constant(0.0), c.y() / length.clone() / length)
                }
            ),
            slope!(
                real | c | {
                    let length = c.x().hypot(c.y());
                    length.clone().equal(c.constant(0.0)).choose(c.constant(0.0), -(c.x() / length.clone() / length))
                }
            ),
        ]),
    ),
};

pub(crate) static SINH: Builtin = Builtin {
    name: "sinh",
    params: &["x"],
    doc: "Hyperbolic sine of every element.\n> sinh(1)\n1.1752",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(real | x | x.sinh())), Grad::Slopes(&[slope!(real | c | c.x().cosh())])),
};

pub(crate) static COSH: Builtin = Builtin {
    name: "cosh",
    params: &["x"],
    doc: "Hyperbolic cosine of every element.\n> cosh(1)\n1.54308",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(real | x | x.cosh())), Grad::Slopes(&[slope!(real | c | c.x().sinh())])),
};

pub(crate) static TANH: Builtin = Builtin {
    name: "tanh",
    params: &["x"],
    doc: "Hyperbolic tangent of every element.\n> tanh(0.5)\n0.462117",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.tanh())),
        Grad::Slopes(&[slope!(|c| 1.0 - c.out() * c.out())]),
    ),
};

pub(crate) static ASINH: Builtin = Builtin {
    name: "asinh",
    params: &["x"],
    doc: "Number whose hyperbolic sine is every element.\n> asinh([1, -1e300])\n[0.881374, -691.469]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | pxfm::f_asinh(x))),
        Grad::Slopes(&[slope!(real | c | 1.0 / c.x().hypot(c.constant(1.0)))]),
    ),
};

pub(crate) static ACOSH: Builtin = Builtin {
    name: "acosh",
    params: &["x"],
    doc: "Number, at least 0, whose hyperbolic cosine is every element.\n\n`nan` below 1. The derivative at 1 is `inf`.\n> acosh([1, 2])\n[0, 1.31696]",
    samples: &["1.3", "[1.5, 2.25, 4]", "[[1.1, 1.5], [1.7, 3]]", "zeros(0)"],
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | pxfm::f_acosh(x))),
        Grad::Slopes(&[slope!(|c| {
            // Of x² - 1 at 1 the third derivative would be a difference of infinities.
            ((1.0 / (c.x() - 1.0).sqrt()) * (1.0 / (c.x() + 1.0).sqrt())).where_defined(c.out())
        })]),
    ),
};

pub(crate) static ATANH: Builtin = Builtin {
    name: "atanh",
    params: &["x"],
    doc: "Number whose hyperbolic tangent is every element.\n\nInfinite at -1 and 1, as is the derivative there; `nan` outside.\n> atanh([0.5, 1])\n[0.549306, inf]",
    samples: INSIDE,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | pxfm::f_atanh(x))),
        Grad::Slopes(&[slope!(|c| (1.0 / c.x().one_minus_square()).where_defined(c.out()))]),
    ),
};

pub(crate) static HYPOT: Builtin = Builtin {
    name: "hypot",
    params: &["x", "y"],
    doc: "Length of the vector (x, y), `sqrt(x ** 2 + y ** 2)` without overflow.\n\nThe derivatives at the origin are 0.\n> hypot(3, [4, 0])\n[5, 3]",
    samples: PLANE,
    run: elementwise(
        Forward::Map2(kernel2!(real | x, y | x.hypot(y))),
        Grad::Slopes(&[slope!(|c| part(c.x(), c.out())), slope!(|c| part(c.y(), c.out()))]),
    ),
};

/// What a side has in a length: the middle at the origin, and everything if it is infinite.
fn part<T: Calculus>(side: T, length: T) -> T {
    let zero = length.constant(0.0);
    let finite = (side.clone() - side.clone()).equal(zero.clone());
    let ratio = finite.choose(side.clone() / length.clone(), side.sign());
    length.equal(zero.clone()).choose(zero, ratio)
}
