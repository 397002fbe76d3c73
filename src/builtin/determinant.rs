//! Determinants, and their logarithms.
//!
//! The rules follow the usual convention: `dy` is the cotangent of the result, `X` the inverse of `A` and
//! `C` its cofactors, which are the derivative of the determinant also where there is no inverse.

use super::arithmetic::{ADD, MULTIPLY, NEGATE, SUBTRACT, fit};
use super::kept::Kept;
use super::linear::{internal, multiply, one, operand};
use super::shape::reshape;
use super::solving::{INV, factors};
use crate::array::decompose::Factors;
use crate::array::{Array, DType, Data, Shape, determinant};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Kind, Outcome, Problem};
use crate::value::{Builtin, Run, Tuple, Value};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&DET, &COFACTORS, &MIXED, &LOGDET, &SLOGDET, &SIGN_OF, &SIZE_OF, &INVERSE_TURNED];

pub(crate) static DET: Builtin = Builtin {
    name: "det",
    params: &["a"],
    doc: "Determinant of a square matrix, or of each matrix of a stack.\n\nIts first and second derivatives are right for singular matrices too. From the third on that holds up to three rows; beyond, a singular matrix is an error.\n> det([[1, 2], [3, 4]])\n-2",
    samples: &[
        "[[2, 1], [1, 3]]",
        "[[4]]",
        "[[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]]",
        "[[[2, 1], [1, 3]], [[1, 2], [2, 4]]]",
        "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]",
        "[[2, 0.5, -1, 0], [1, 3, 0.25, 1], [0, -1, 1.5, 0.5], [1, 1, 0, -2]]",
        "zeros(2, 2)",
        "zeros(0, 2, 2)",
        "zeros(0, 0)",
    ],
    run: Run::Operation(
        one,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a] => Ok(determinant::det(&a.array())?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let dy = as_matrices(p.cx, p.dy)?;
                p.cx.weigh(&dy, &p.cx.apply(COFACTORS.op(), p.args)?)
            }),
            number: Number::new(),
        },
    ),
};

/// The derivative of the determinant by every element.
pub(crate) static COFACTORS: Builtin = Builtin {
    name: "(cofactors)",
    params: &["a"],
    doc: "The derivative of the determinant by every element.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a] => Ok(determinant::cofactors(&a.array())?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| p.cx.apply(MIXED.op(), &[operand(p, 0), p.dy.clone()])),
            number: Number::new(),
        },
    ),
};

/// The second derivative of the determinant times a direction: the change of the cofactors of `a` when
/// `a` changes by `g`. Linear in `g`, and its own transpose, because second derivatives are symmetric.
pub(crate) static MIXED: Builtin = Builtin {
    name: "(cofactors along)",
    params: &["a", "g"],
    doc: "The derivative of the cofactors of a matrix in a direction.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a, g] => Ok(determinant::cofactors_along(&a.array(), &g.array())?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (a, g) = (operand(p, 0), operand(p, 1));
                match (i, a.shape().last().copied().unwrap_or(0)) {
                    (1, _) => p.cx.apply(MIXED.op(), &[a, p.dy.clone()]),
                    // The determinant of up to two rows has no third derivative.
                    (_, 0..=2) => a.filled_like(0.0),
                    // That of three rows is cubic: three matrices enter alike.
                    (_, 3) => p.cx.apply(MIXED.op(), &[g, p.dy.clone()]),
                    _ => third_derivative(p.cx, &a, &g, p.dy),
                }
            }),
            number: Number::new(),
        },
    ),
};

/// The third derivative of the determinant of a regular matrix in the directions `g` and `e`:
/// det(A) ((s t - u) Xᵀ - s (X E X)ᵀ - t (X G X)ᵀ + (X G X E X)ᵀ + (X E X G X)ᵀ), where s = tr(X G),
/// t = tr(X E) and u = tr(X G X E).
fn third_derivative(cx: &Context, a: &Var, g: &Var, e: &Var) -> Outcome<Var> {
    let x = cx.apply(INV.op(), std::slice::from_ref(a)).map_err(|fail| match fail.kind {
        Kind::Mistake => Problem::new("det has no known third derivative at a singular matrix")
            .note("it is for up to three rows; the first and the second are for any number"),
        _ => fail,
    })?;
    let det = as_matrices(cx, &cx.apply(DET.op(), std::slice::from_ref(a))?)?;
    let binary = |op: &'static Builtin, x: &Var, y: &Var| cx.apply(op.op(), &[x.clone(), y.clone()]);
    let times = |a: &Var, b: &Var| multiply(cx, a, false, b, false, None);
    // With everything transposed: Xᵀ Gᵀ Xᵀ is (X G X)ᵀ, and G of them is g as it came.
    let around = |g: &Var| multiply(cx, &multiply(cx, &x, true, g, true, None)?, false, &x, true, None);
    let turned = {
        let eye = crate::array::make::eye(
            a.shape().last().copied().unwrap_or(0),
            a.shape().last().copied().unwrap_or(0),
            0,
            DType::F64,
        )?;
        multiply(cx, &x, true, &eye.into(), false, None)?
    };
    let trace = |a: &Var, b: &Var| fit(cx, &binary(&MULTIPLY, a, b)?, &det);
    let (xgx, xex) = (around(g)?, around(e)?);
    let (s, t, u) = (trace(&turned, g)?, trace(&turned, e)?, trace(&xgx, e)?);
    // (X G X E X)ᵀ = Xᵀ Eᵀ (X G X)ᵀ
    let after = |e: &Var, xgx: &Var| times(&multiply(cx, &x, true, e, true, None)?, xgx);
    let mut sum = binary(&MULTIPLY, &binary(&SUBTRACT, &binary(&MULTIPLY, &s, &t)?, &u)?, &turned)?;
    sum = binary(&SUBTRACT, &sum, &binary(&MULTIPLY, &s, &xex)?)?;
    sum = binary(&SUBTRACT, &sum, &binary(&MULTIPLY, &t, &xgx)?)?;
    sum = binary(&ADD, &sum, &after(e, &xgx)?)?;
    sum = binary(&ADD, &sum, &after(g, &xex)?)?;
    binary(&MULTIPLY, &det, &sum)
}

/// One number for each matrix of a stack, as a stack of matrices with one element.
fn as_matrices(cx: &Context, x: &Var) -> Outcome<Var> {
    let mut shape = Shape::from_slice(x.shape());
    shape.extend_from_slice(&[1, 1]);
    reshape(cx, x, &shape)
}

const REGULAR: &[&str] = &[
    "[[2, 1], [1, 3]]",
    "[[4]]",
    "[[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]]",
    "[[[2, 1], [1, 3]], [[3, 1], [-2, 0.5]]]",
    "zeros(0, 2, 2)",
    "zeros(0, 0)",
];

/// The logarithm of the size of a determinant, or of the determinant if its sign is asked for.
fn log_determinant(plan: &Plan, a: &Var) -> Outcome<(Array, Array)> {
    let factors = plan.get::<Kept<Factors>>()?.get(a)?;
    determinant::log_determinants(&a.array(), &factors)
}

/// dy Xᵀ
const LOG_RULE: Grad = Grad::Pulls(|p: &Pull<'_>, _| {
    let slope = p.cx.apply_with(INVERSE_TURNED.op(), p.plan.clone(), p.args)?;
    p.cx.weigh(&as_matrices(p.cx, p.dy)?, &slope)
});

pub(crate) static LOGDET: Builtin = Builtin {
    name: "logdet",
    params: &["a"],
    doc: "Logarithm of the determinant of a square matrix, or of each matrix of a stack.\n\nIt does not overflow where the determinant does. Of a singular matrix it is -inf, of a negative determinant nan: `slogdet` gives the sign apart.\n> logdet([[2, 0], [0, 4]])\n2.07944",
    samples: REGULAR,
    run: Run::Operation(
        |args| Ok((Plan::new(Kept::new(|a| factors(a, "logdet"))), [args.var(0)?].into_iter().collect())),
        Op {
            forward: Forward::General(|_, plan, args| {
                let [a] = args else { return Ok(Var::default()) };
                let (signs, mut logs) = log_determinant(plan, a)?;
                let signs = signs.to_doubles();
                match logs.data_mut() {
                    Data::F64(logs) => {
                        logs.iter_mut().zip(&*signs).filter(|(_, sign)| **sign < 0.0).for_each(|(x, _)| *x = f64::NAN)
                    }
                    Data::F32(logs) => {
                        logs.iter_mut().zip(&*signs).filter(|(_, sign)| **sign < 0.0).for_each(|(x, _)| *x = f32::NAN)
                    }
                    Data::Bool(_) => {}
                }
                Ok(logs.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let slope = p.cx.apply_with(INVERSE_TURNED.op(), p.plan.clone(), p.args)?;
                // Where the value is nan, so is the derivative.
                let undefined = p.out().array().to_doubles().iter().any(|x| x.is_nan());
                let slope = if undefined {
                    let nan = p.cx.apply(MULTIPLY.op(), &[p.out().into_plain(), Var::Num(0.0)])?;
                    p.cx.apply(ADD.op(), &[slope, as_matrices(p.cx, &nan)?])?
                } else {
                    slope
                };
                p.cx.weigh(&as_matrices(p.cx, p.dy)?, &slope)
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static SLOGDET: Builtin = Builtin {
    name: "slogdet",
    params: &["a"],
    doc: "Sign of the determinant, and logarithm of its size, as a tuple `(sign, logdet)`.\n\nOf a square matrix, or of each matrix of a stack. A singular matrix has the sign 0.\n> slogdet([[1, 2], [3, 4]])\n(sign = -1, logdet = 0.693147)",
    samples: &[
        "[[1, 2], [3, 4]]",
        "[[-4]]",
        "[[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]]",
        "[[[2, 1], [1, 3]], [[0, 1], [2, 0.5]]]",
        "zeros(0, 2, 2)",
    ],
    run: Run::Routine(|call| {
        let a = [call.args.var(0)?];
        let cx = call.host.cx();
        let plan = Plan::new(Kept::new(|a| factors(a, "slogdet")));
        let sign = cx.apply_with(SIGN_OF.op(), plan.clone(), &a)?;
        let log = cx.apply_with(SIZE_OF.op(), plan, &a)?;
        Ok(Value::Tuple(Rc::new(Tuple::named([("sign", Value::Var(sign)), ("logdet", Value::Var(log))]))))
    }),
};

pub(crate) static SIGN_OF: Builtin = Builtin {
    name: "(sign of a determinant)",
    params: &["a"],
    doc: "The sign of the determinant.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [a] => Ok(log_determinant(plan, a)?.0.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Blocked,
            number: Number::new(),
        },
    ),
};

pub(crate) static SIZE_OF: Builtin = Builtin {
    name: "(logarithm of a determinant)",
    params: &["a"],
    doc: "The logarithm of the size of the determinant.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [a] => Ok(log_determinant(plan, a)?.1.into()),
                _ => Ok(Var::default()),
            }),
            grad: LOG_RULE,
            number: Number::new(),
        },
    ),
};

/// Xᵀ, infinite where the matrix is singular.
pub(crate) static INVERSE_TURNED: Builtin = Builtin {
    name: "(transposed inverse)",
    params: &["a"],
    doc: "The transposed inverse: the derivative of the logarithm of the determinant.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| {
                let [a] = args else { return Ok(Var::default()) };
                let factors = plan.get::<Kept<Factors>>()?.get(a)?;
                Ok(determinant::inverse_turned(&a.array(), &factors)?.into())
            }),
            // -y dyᵀ y
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let y = p.out();
                let left = multiply(p.cx, &y, false, p.dy, true, Some(1))?;
                p.cx.apply(NEGATE.op(), &[multiply(p.cx, &left, false, &y, false, Some(0))?])
            }),
            number: Number::new(),
        },
    ),
};
