//! Elementwise functions of real numbers.

use super::rule::slope;
use crate::autodiff::{Forward, Grad, Number, Op, Pull, Var};
use crate::diagnostic::Outcome;
use crate::kernel1;
use crate::value::{Builtin, Run};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&EXP, &LOG, &SIN, &COS, &TANH, &SQRT, &SIGN, &WHERE];

const REAL: &[&str] = &["0.3", "[0.5, -1.25, 2]", "[[0.1, 1.5], [-0.7, 0.9]]", "zeros(0)"];
const POSITIVE: &[&str] = &["0.3", "[0.5, 1.25, 2]", "[[0.1, 1.5], [0.7, 0.9]]", "zeros(0)"];

const fn elementwise(forward: Forward, grad: Grad) -> Run {
    Run::Elementwise(Op { forward, grad, number: Number::new() })
}

pub(crate) static EXP: Builtin = Builtin {
    name: "exp",
    params: &["x"],
    doc: "e to the power of every element.\n> exp([0, 1])\n[1, 2.71828]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.exp())), Grad::Slopes(&[slope!(|c| c.out())])),
};

pub(crate) static LOG: Builtin = Builtin {
    name: "log",
    params: &["x"],
    doc: "Natural logarithm of every element.\n> log([1, 10])\n[0, 2.30259]",
    samples: POSITIVE,
    run: elementwise(
        Forward::Map1(kernel1!(|x| x.ln())),
        // Of a negative number there is none: neither a value nor a slope.
        Grad::Slopes(&[slope!(|c| c.out().constant(0.0).greater(c.x()).choose(c.out(), 1.0 / c.x()))]),
    ),
};

pub(crate) static SIN: Builtin = Builtin {
    name: "sin",
    params: &["x"],
    doc: "Sine of every element, in radians.\n> sin([0, pi / 2])\n[0, 1]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.sin())), Grad::Slopes(&[slope!(|c| c.x().cos())])),
};

pub(crate) static COS: Builtin = Builtin {
    name: "cos",
    params: &["x"],
    doc: "Cosine of every element, in radians.\n> cos([0, pi])\n[1, -1]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.cos())), Grad::Slopes(&[slope!(|c| -c.x().sin())])),
};

pub(crate) static TANH: Builtin = Builtin {
    name: "tanh",
    params: &["x"],
    doc: "Hyperbolic tangent of every element.\n> tanh(0.5)\n0.462117",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(|x| x.tanh())), Grad::Slopes(&[slope!(|c| 1.0 - c.out() * c.out())])),
};

pub(crate) static SQRT: Builtin = Builtin {
    name: "sqrt",
    params: &["x"],
    doc: "Square root of every element.\n> sqrt([4, 2])\n[2, 1.41421]",
    samples: POSITIVE,
    run: elementwise(Forward::Map1(kernel1!(|x| x.sqrt())), Grad::Slopes(&[slope!(|c| 0.5 / c.out())])),
};

pub(crate) static SIGN: Builtin = Builtin {
    name: "sign",
    params: &["x"],
    doc: "-1, 0 or 1: the sign of every element.\n> sign([-2, 0, 3])\n[-1, 0, 1]",
    samples: REAL,
    run: elementwise(Forward::Map1(kernel1!(f64 |x| sign(x))), Grad::Blocked),
};

pub(crate) static WHERE: Builtin = Builtin {
    name: "where",
    params: &["condition", "x", "y"],
    doc: "Elements of `x` where the condition holds, of `y` elsewhere.\n\nThe side not chosen contributes nothing to a derivative, whatever its value.\n> where([1, -2] > 0, 1, 0)\n[1, 0]",
    samples: &["[true, false], [1, 2], [3, 4]", "true, 2, 3", "[[true], [false]], [1, 2], 5"],
    run: elementwise(
        Forward::General(|_, _, args| match args {
            [condition, x, y] => choose(condition, x, y),
            _ => Ok(Var::default()),
        }),
        Grad::Pulls(|p: &Pull<'_>, i| {
            let condition = p.args.first().cloned().unwrap_or_default();
            let zero = Var::Num(0.0);
            match i {
                1 => p.cx.apply(WHERE.op(), &[condition, p.dy.clone(), zero]),
                2 => p.cx.apply(WHERE.op(), &[condition, zero, p.dy.clone()]),
                _ => Ok(zero),
            }
        }),
    ),
};

fn choose(condition: &Var, x: &Var, y: &Var) -> Outcome<Var> {
    if let (Some(condition), Var::Num(x), Var::Num(y)) = (condition.number(), x, y) {
        return Ok(Var::Num(if condition != 0.0 { *x } else { *y }));
    }
    Ok(crate::array::select::choose(&condition.array(), &x.array(), &y.array())?.into())
}

/// -1, 0 or 1; nan for nan.
pub fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x + 0.0
    }
}
