//! Piecewise constant functions of every element: no derivative passes through them.

use super::elementwise::{REAL, elementwise};
use crate::autodiff::{Forward, Grad};
use crate::kernel1;
use crate::value::Builtin;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&SIGN, &FLOOR, &CEIL, &ROUND, &TRUNC, &ISNAN, &ISFINITE];

pub(crate) static SIGN: Builtin = Builtin {
    name: "sign",
    params: &["x"],
    doc: "-1, 0 or 1: the sign of every element.\n\nNo derivative passes.\n> sign([-2, 0, 3])\n[-1, 0, 1]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(f64 | x | sign(x))), Grad::Blocked),
};

pub(crate) static FLOOR: Builtin = Builtin {
    name: "floor",
    params: &["x"],
    doc: "Largest whole number that is not above, for every element.\n\nNo derivative passes.\n> floor([2.7, -2.5])\n[2, -3]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.floor())), Grad::Blocked),
};

pub(crate) static CEIL: Builtin = Builtin {
    name: "ceil",
    params: &["x"],
    doc: "Smallest whole number that is not below, for every element.\n\nNo derivative passes.\n> ceil([2.2, -2.5])\n[3, -2]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.ceil())), Grad::Blocked),
};

pub(crate) static ROUND: Builtin = Builtin {
    name: "round",
    params: &["x"],
    doc: "Nearest whole number to every element; halves go to the even one.\n\nNo derivative passes.\n> round([2.7, 0.5, 1.5, -2.5])\n[3, 0, 2, -2]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.round_ties_even())), Grad::Blocked),
};

pub(crate) static TRUNC: Builtin = Builtin {
    name: "trunc",
    params: &["x"],
    doc: "Every element without its fraction.\n\nNo derivative passes.\n> trunc([2.7, -2.7])\n[2, -2]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.trunc())), Grad::Blocked),
};

pub(crate) static ISNAN: Builtin = Builtin {
    name: "isnan",
    params: &["x"],
    doc: "Whether each element is `nan`.\n> isnan([1, nan, inf])\n[false, true, false]",
    samples: &["0.3", "[nan, 1]", "[[inf, -inf], [2, nan]]", "zeros(0)"],
    run: elementwise(Forward::Test1(f64::is_nan), Grad::Blocked),
};

pub(crate) static ISFINITE: Builtin = Builtin {
    name: "isfinite",
    params: &["x"],
    doc: "Whether each element is neither infinite nor `nan`.\n> isfinite([1, nan, -inf])\n[true, false, false]",
    samples: &["0.3", "[nan, 1]", "[[inf, -inf], [2, nan]]", "zeros(0)"],
    run: elementwise(Forward::Test1(f64::is_finite), Grad::Blocked),
};

/// -1, 0 or 1; nan for nan.
#[inline]
pub fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x + 0.0
    }
}
