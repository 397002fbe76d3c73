//! The operators, and the few operations that the engine itself needs (their names are in parentheses,
//! which no program can write).

pub use super::fitting::{fit, stretch};
use super::rule::slope;
use crate::array::kernel::Kernel2;
use crate::array::lanes::Lane;
use crate::autodiff::{Forward, Grad, Number, Op};
use crate::value::{Builtin, Run};
use crate::{kernel1, kernel2, test2};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[
    &ADD,
    &SUBTRACT,
    &MULTIPLY,
    &DIVIDE,
    &FLOOR_DIVIDE,
    &REMAINDER,
    &POWER,
    &NEGATE,
    &PLUS,
    &AND,
    &OR,
    &NOT,
    &EQUAL,
    &NOT_EQUAL,
    &LESS,
    &LESS_EQUAL,
    &GREATER,
    &GREATER_EQUAL,
    &WEIGH,
    &ALIAS,
];

/// Samples for comparisons.
const COMPARED: &[&str] = &["1, 2", "[1, 2], [1, 3]", "[[1], [2]], [2, 3, 1]", "zeros(0, 2), 1"];
/// Samples for truth values.
const TRUTHS: &[&str] = &["true, false", "[1, 0], [1, 1]", "[[1], [0]], [true, false, true]", "zeros(0, 2), 1"];
const PAIRS: &[&str] = &["3, 2", "[1.5, -2], [0.5, 4]", "[[1, 2], [3, 4]], [5, 6]", "[[1], [2]], 3", "zeros(0, 2), 1"];

const fn elementwise(forward: Forward, grad: Grad) -> Run {
    Run::Elementwise(Op { forward, grad, number: Number::new() })
}

pub(crate) static ADD: Builtin = Builtin {
    name: "+",
    params: &["x", "y"],
    doc: "Sum, element by element; joins strings.\n> [1, 2] + 10\n[11, 12]",
    samples: PAIRS,
    run: elementwise(
        Forward::Map2(kernel2!(|x, y| x + y)),
        Grad::Slopes(&[slope!(|c| c.constant(1.0)), slope!(|c| c.constant(1.0))]),
    ),
};

pub(crate) static SUBTRACT: Builtin = Builtin {
    name: "-",
    params: &["x", "y"],
    doc: "Difference, element by element.\n> [5, 7] - [1, 2]\n[4, 5]",
    samples: PAIRS,
    run: elementwise(
        Forward::Map2(kernel2!(|x, y| x - y)),
        Grad::Slopes(&[slope!(|c| c.constant(1.0)), slope!(|c| c.constant(-1.0))]),
    ),
};

pub(crate) static MULTIPLY: Builtin = Builtin {
    name: "*",
    params: &["x", "y"],
    doc: "Product, element by element.\n> [1, 2] * [3, 4]\n[3, 8]",
    samples: PAIRS,
    run: elementwise(Forward::Map2(kernel2!(|x, y| x * y)), Grad::Slopes(&[slope!(|c| c.y()), slope!(|c| c.x())])),
};

pub(crate) static DIVIDE: Builtin = Builtin {
    name: "/",
    params: &["x", "y"],
    doc: "Quotient, element by element.\n> [1, 9] / [2, 3]\n[0.5, 3]",
    samples: PAIRS,
    run: elementwise(
        Forward::Map2(kernel2!(|x, y| x / y)),
        Grad::Slopes(&[slope!(|c| 1.0 / c.y()), slope!(|c| -(c.out() / c.y()))]),
    ),
};

pub(crate) static FLOOR_DIVIDE: Builtin = Builtin {
    name: "//",
    params: &["x", "y"],
    doc: "Quotient rounded down, element by element.\n> [7, -7] // 2\n[3, -4]",
    samples: &["7, 2", "[7, -7.5], 2", "[[7], [-4.5]], [2, -3]", "zeros(0, 2), 1"],
    run: elementwise(Forward::Map2(kernel2!(repaired | x, y | x.floor_divide(y))), Grad::Blocked),
};

pub(crate) static REMAINDER: Builtin = Builtin {
    name: "%",
    params: &["x", "y"],
    doc: "What floor division leaves over, with the sign of the divisor.\n> [7, -7] % 3\n[1, 2]",
    samples: &["7.5, 2", "[7, -7.5], 2.2", "zeros(0, 2), 1", "[[5.5], [6]], [4, -3.5]"],
    run: elementwise(
        Forward::Map2(kernel2!(repaired | x, y | x.remainder(y))),
        Grad::Slopes(&[
            slope!(|c| c.constant(1.0).where_defined(c.out())),
            slope!(repaired | c | (-c.x().floor_divide(c.y())).where_defined(c.out())),
        ]),
    ),
};

pub(crate) static POWER: Builtin = Builtin {
    name: "**",
    params: &["x", "y"],
    doc: "Power, element by element; `^` is the same.\n\nThe derivatives are the true ones also where the base is 0: by the base that of `x ** 0` is 0, and by the exponent that of `0 ** y` is 0 for `y >= 0`.\n> [2, 3] ** 2\n[4, 9]",
    samples: &["1.5, 2.5", "[1.5, 2], [0.5, 3]", "[-1.5, 2], 3", "[[1], [2]], [0.5, -1]", "2, [1, 2.5]", "zeros(0), 2"],
    run: elementwise(
        Forward::Map2(POWERS),
        Grad::Slopes(&[
            // By x: zero for y = 0, also at x = 0.
            slope!(powers | c | c.y().weigh(c.x().pow(c.y() - 1.0))),
            // By y: of zero, what the power is on the side where it is finite.
            slope!(
                real | c | {
                    let of_zero = c.constant(0.0).greater(c.y()).choose(-c.out(), c.constant(0.0));
                    c.x().equal(c.constant(0.0)).choose(of_zero, c.out().weigh(c.x().ln())).where_defined(c.out())
                }
            ),
        ]),
    ),
};

pub(crate) static NEGATE: Builtin = Builtin {
    name: "(negate)",
    params: &["x"],
    doc: "The number with its sign changed.",
    samples: &["2", "[1, -2]"],
    run: elementwise(Forward::Map1(kernel1!(|x| -x)), Grad::Slopes(&[slope!(|c| c.constant(-1.0))])),
};

pub(crate) static PLUS: Builtin = Builtin {
    name: "(plus)",
    params: &["x"],
    doc: "The number as it is.",
    samples: &["2", "[1, -2]"],
    run: elementwise(Forward::Map1(kernel1!(|x| x)), Grad::Slopes(&[slope!(|c| c.constant(1.0))])),
};

pub(crate) static EQUAL: Builtin = Builtin {
    name: "==",
    params: &["x", "y"],
    doc: "Whether two are equal: element by element for arrays, as a whole for anything else.\n> [1, 2] == [1, 3]\n[true, false]\n> (1, \"a\") == (1, \"a\")\ntrue",
    samples: COMPARED,
    run: elementwise(Forward::Test2(test2!(|x, y| x == y)), Grad::Blocked),
};

pub(crate) static NOT_EQUAL: Builtin = Builtin {
    name: "!=",
    params: &["x", "y"],
    doc: "Whether two differ: element by element for arrays, as a whole for anything else.\n> [1, 2] != [1, 3]\n[false, true]",
    samples: COMPARED,
    run: elementwise(Forward::Test2(test2!(|x, y| x != y)), Grad::Blocked),
};

pub(crate) static LESS: Builtin = Builtin {
    name: "<",
    params: &["x", "y"],
    doc: "Whether the left is less, element by element; chains as `0 < x < 1`.\n> [1, 2] < 2\n[true, false]",
    samples: COMPARED,
    run: elementwise(Forward::Test2(test2!(|x, y| x < y)), Grad::Blocked),
};

pub(crate) static LESS_EQUAL: Builtin = Builtin {
    name: "<=",
    params: &["x", "y"],
    doc: "Whether the left is at most the right, element by element.\n> [1, 2] <= 1\n[true, false]",
    samples: COMPARED,
    run: elementwise(Forward::Test2(test2!(|x, y| x <= y)), Grad::Blocked),
};

pub(crate) static GREATER: Builtin = Builtin {
    name: ">",
    params: &["x", "y"],
    doc: "Whether the left is greater, element by element.\n> [1, 2] > 1\n[false, true]",
    samples: COMPARED,
    run: elementwise(Forward::Test2(test2!(|x, y| x > y)), Grad::Blocked),
};

pub(crate) static GREATER_EQUAL: Builtin = Builtin {
    name: ">=",
    params: &["x", "y"],
    doc: "Whether the left is at least the right, element by element.\n> [1, 2] >= 2\n[false, true]",
    samples: COMPARED,
    run: elementwise(Forward::Test2(test2!(|x, y| x >= y)), Grad::Blocked),
};

pub(crate) static AND: Builtin = Builtin {
    name: "and",
    params: &["x", "y"],
    doc: "Both: element by element for arrays; of single values the second is only looked at if the first holds.\n> [true, true] and [true, false]\n[true, false]",
    samples: TRUTHS,
    run: elementwise(Forward::Test2(test2!(|x, y| x != 0.0 && y != 0.0)), Grad::Blocked),
};

pub(crate) static OR: Builtin = Builtin {
    name: "or",
    params: &["x", "y"],
    doc: "Either: element by element for arrays; of single values the second is only looked at if the first does not hold.\n> [true, false] or [false, false]\n[true, false]",
    samples: TRUTHS,
    run: elementwise(Forward::Test2(test2!(|x, y| x != 0.0 || y != 0.0)), Grad::Blocked),
};

pub(crate) static NOT: Builtin = Builtin {
    name: "not",
    params: &["x"],
    doc: "The opposite, element by element for arrays.\n> not [true, false]\n[false, true]",
    samples: &["true", "[1, 0]", "[[true, false]]", "zeros(0)"],
    run: elementwise(Forward::Test1(|x| x == 0.0), Grad::Blocked),
};

/// A cotangent or a tangent times a slope. Either zero absorbs, so that a product along a path is the same from
/// both ends, and so are its own derivatives.
pub(crate) static WEIGH: Builtin = Builtin {
    name: "(weigh)",
    params: &["g", "s"],
    doc: "A cotangent times a slope; where one is zero, zero whatever the other is.",
    samples: PAIRS,
    run: elementwise(
        Forward::Map2(kernel2!(|g, s| if g == 0.0 || s == 0.0 { 0.0 } else { g * s })),
        Grad::Slopes(&[slope!(|c| c.y()), slope!(|c| c.x())]),
    ),
};

/// The same value under a new identity.
pub(crate) static ALIAS: Builtin = Builtin {
    name: "(alias)",
    params: &["x"],
    doc: "The same value as something of its own to differentiate by.",
    samples: &["2", "[1, -2]"],
    run: elementwise(Forward::Map1(kernel1!(|x| x)), Grad::Slopes(&[slope!(|c| c.constant(1.0))])),
};

/// `x ** y`. Where the exponent of a row is 2, as it mostly is, there is nothing but a product.
pub const POWERS: Kernel2 = Kernel2 {
    number: power,
    doubles: |x, y, out| if is(y, 2.0) { (SQUARE.doubles)(x, y, out) } else { (OTHER.doubles)(x, y, out) },
    singles: |x, y, out| if is(y, 2.0) { (SQUARE.singles)(x, y, out) } else { (OTHER.singles)(x, y, out) },
    onto_left: |x, y| if is(y, 2.0) { (SQUARE.onto_left)(x, y) } else { (OTHER.onto_left)(x, y) },
    onto_right: OTHER.onto_right,
    onto_left_singles: |x, y| {
        if is(y, 2.0) { (SQUARE.onto_left_singles)(x, y) } else { (OTHER.onto_left_singles)(x, y) }
    },
    onto_right_singles: OTHER.onto_right_singles,
};
const SQUARE: Kernel2 = kernel2!(|x, _y| x * x);
const OTHER: Kernel2 = kernel2!(powers | x, y | x.pow(y));

fn is<T: PartialEq>(lane: Lane<'_, T>, number: T) -> bool {
    matches!(lane, Lane::Still(y) if y == number)
}

/// `x ** y` of numbers, as the operation computes it.
#[inline]
pub fn power(x: f64, y: f64) -> f64 {
    if y == 2.0 { x * x } else { (OTHER.number)(x, y) }
}
