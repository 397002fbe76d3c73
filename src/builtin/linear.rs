//! Linear algebra: products, inverses, determinants, linear systems.
//!
//! The last two axes of an array are a matrix; those before them are a stack of matrices and broadcast.
//! The rules follow the usual convention: `y` is the result, `dy` its cotangent, `X` the inverse of `A`
//! and `C` its cofactors. A product may take an operand as transposed without moving an element, so the
//! rule of `@` is `@` again.

use super::arithmetic::{ADD, MULTIPLY, NEGATE, SUBTRACT, fit};
use super::shape::reshape;
use crate::array::{Array, DType, Shape, decompose, layout, product};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Kind, Outcome, Problem};
use crate::value::{Arguments, Builtin, Run};
use smallvec::SmallVec;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MATMUL, &DOT, &OUTER, &INV, &DET, &COFACTORS, &MIXED, &SOLVE];

type Operands = (Plan, SmallVec<[Var; 3]>);

fn one(args: &Arguments) -> Outcome<Operands> {
    Ok((Plan::NONE, [args.var(0)?].into_iter().collect()))
}

fn two(args: &Arguments) -> Outcome<Operands> {
    Ok((Plan::NONE, [args.var(0)?, args.var(1)?].into_iter().collect()))
}

fn internal(_: &Arguments) -> Outcome<Operands> {
    Err(Problem::new("internal error: not to be called"))
}

fn operand(p: &Pull<'_>, i: usize) -> Var {
    p.args.get(i).cloned().unwrap_or_default()
}

const PRODUCTS: &[&str] = &[
    "[[1, 2], [3, 4.5]], [[0.5, -1, 2], [3, 1, 0.25]]",
    "[[1, 2], [3, 4]], [5, 6]",
    "[5, 6], [[1, 2, 3], [3, 4, 5]]",
    "[1, 2, 3], [4, 5, 6.5]",
    "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[1, -1], [0.5, 2]]",
    "[[1, -1], [0.5, 2]], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
    "[[[1, 2], [3, 4]]], [[[1, 0], [2, 1]], [[0, 1], [1, 3]]]",
    "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [0.5, 2]",
    "[0.5, 2], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
    "zeros(0, 2), [[1, 2], [3, 4]]",
    "zeros(2, 0), zeros(0, 3)",
];

/// The matrix product.
pub(crate) static MATMUL: Builtin = Builtin {
    name: "@",
    params: &["a", "b"],
    doc: "Matrix product.\n\nA vector on the left is a row, on the right a column; axes before the last two are stacks of matrices, which broadcast.\n> [[1, 2], [3, 4]] @ [5, 6]\n[17, 39]\n> [1, 2] @ [3, 4]\n11",
    samples: PRODUCTS,
    run: Run::Operation(two, Op { forward: PRODUCT, grad: Grad::Pulls(product_rule), number: Number::new() }),
};

pub(crate) static DOT: Builtin = Builtin {
    name: "dot",
    params: &["a", "b"],
    doc: "Inner product of two vectors; of anything with more axes, the matrix product.\n> dot([1, 2], [3, 4])\n11",
    samples: &["[1, 2, 3], [4, 5, 6.5]", "[[1, 2], [3, 4]], [5, 6]", "zeros(0), zeros(0)"],
    run: Run::Operation(two, Op { forward: PRODUCT, grad: Grad::Pulls(product_rule), number: Number::new() }),
};

/// How a product takes its operands.
#[derive(Clone, Copy, Default)]
struct Turns {
    /// The left one with its last two axes exchanged.
    left: bool,
    /// The right one with its last two axes exchanged.
    right: bool,
    /// The operand whose zeros absorb whatever they meet, because it is a cotangent.
    absorbing: Option<usize>,
}

fn turns(plan: &Plan) -> Outcome<Turns> {
    if plan.is_none() { Ok(Turns::default()) } else { plan.get::<Turns>().copied() }
}

const PRODUCT: Forward = Forward::General(|_, plan, args| {
    let [a, b] = args else { return Ok(Var::default()) };
    let turns = turns(plan)?;
    let (a, b) = (a.array(), b.array());
    let y = product::matmul_t(&a, turns.left, &b, turns.right)?;
    if turns.absorbing.is_some() && y.to_doubles().iter().any(|x| x.is_nan()) {
        return absorbing_product(&a, &b, turns, &y).map(Var::from);
    }
    Ok(y.into())
});

/// A product in which 0 · ∞ is 0 if the 0 is a cotangent's. It takes two more products, but only where
/// the usual one, `y`, has a nan.
fn absorbing_product(a: &Array, b: &Array, turns: Turns, y: &Array) -> Outcome<Array> {
    let each = |x: &Array, f: fn(f64) -> f64| {
        Array::new(Shape::from_slice(x.shape()), x.to_doubles().iter().map(|&x| f(x)).collect::<Vec<f64>>())
    };
    let finite = |x: f64| if x.is_finite() { x } else { 0.0 };
    let wild = |x: f64| f64::from(u8::from(!x.is_finite()));
    let not_zero = |x: f64| f64::from(u8::from(x != 0.0));
    let same = |x: f64| x;
    let both = |f: fn(f64) -> f64, g: fn(f64) -> f64| {
        let (f, g) = if turns.absorbing == Some(0) { (f, g) } else { (g, f) };
        product::matmul_t(&each(a, f), turns.left, &each(b, g), turns.right)
    };
    // Without what is not finite; and how often it met a cotangent that is not zero.
    let (clean, met) = (both(same, finite)?, both(not_zero, wild)?);
    let (clean, met, all) = (clean.to_doubles(), met.to_doubles(), y.to_doubles());
    let chosen =
        clean.iter().zip(met.iter()).zip(all.iter()).map(|((&clean, &met), &all)| if met > 0.0 { all } else { clean });
    Ok(Array::new(Shape::from_slice(y.shape()), chosen.collect::<Vec<f64>>()).cast(y.dtype()))
}

/// `op(a) @ op(b)`, where `op` exchanges the last two axes if asked for.
fn multiply(cx: &Context, a: &Var, left: bool, b: &Var, right: bool, absorbing: Option<usize>) -> Outcome<Var> {
    cx.apply_with(MATMUL.op(), Plan::new(Turns { left, right, absorbing }), &[a.clone(), b.clone()])
}

fn product_rule(p: &Pull<'_>, i: usize) -> Outcome<Var> {
    let turns = turns(p.plan)?;
    let (a, b, cx) = (operand(p, 0), operand(p, 1), p.cx);
    if let ([_], [_]) = (a.shape(), b.shape()) {
        return cx.weigh(p.dy, if i == 0 { &b } else { &a });
    }
    // Vectors become matrices of one row or one column.
    let (row, column) = (a.shape().len() == 1, b.shape().len() == 1);
    let left = turns.left && !row;
    let right = turns.right && !column;
    let mut shape = Shape::from_slice(p.dy.shape());
    if row {
        shape.insert(shape.len() - usize::from(!column), 1);
    }
    if column {
        shape.push(1);
    }
    let dy = if row || column { reshape(cx, p.dy, &shape)? } else { p.dy.clone() };
    let a = if row { reshape(cx, &a, &[1, a.len()])? } else { a };
    let b = if column { reshape(cx, &b, &[b.len(), 1])? } else { b };
    // Many matrices times one: the sum over them is one product of tall matrices.
    if let ([.., k], [_, _], [.., n], 1, false) = (a.shape(), b.shape(), dy.shape(), i, left)
        && a.shape().len() > 2
        && !a.is_empty()
        && *n > 0
    {
        let (k, n) = (*k, *n);
        let (a, dy) = (reshape(cx, &a, &[a.len() / k, k])?, reshape(cx, &dy, &[dy.len() / n, n])?);
        let db = if right {
            multiply(cx, &dy, true, &a, false, Some(0))?
        } else {
            multiply(cx, &a, true, &dy, false, Some(1))?
        };
        return if column { reshape(cx, &db, &[k]) } else { Ok(db) };
    }
    let cotangent = match (i, left, right) {
        (0, false, _) => multiply(cx, &dy, false, &b, !right, Some(0))?,
        (0, true, _) => multiply(cx, &b, right, &dy, true, Some(1))?,
        (_, _, false) => multiply(cx, &a, !left, &dy, false, Some(1))?,
        (_, _, true) => multiply(cx, &dy, true, &a, left, Some(0))?,
    };
    let shape = cotangent.shape();
    match (i, row, column) {
        (0, true, _) | (1, _, true) => {
            let gone = if i == 0 { shape.len() - 2 } else { shape.len() - 1 };
            let shape: Shape =
                shape.iter().enumerate().filter(|&(axis, _)| axis != gone).map(|(_, &dim)| dim).collect();
            reshape(cx, &cotangent, &shape)
        }
        _ => Ok(cotangent),
    }
}

pub(crate) static OUTER: Builtin = Builtin {
    name: "outer",
    params: &["a", "b"],
    doc: "Every element of one array times every element of another, as a matrix.\n> outer([1, 2], [3, 4, 5])\n[[3, 4,  5],\n [6, 8, 10]]",
    samples: &["[1, 2], [3, 4, 5.5]", "2, [1, 3]", "[[1, 2], [3, 4]], [5, 6]", "zeros(0), [1, 2]"],
    run: Run::Operation(
        two,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a, b] => Ok(product::outer(&a.array(), &b.array())?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (mine, other) = (operand(p, i), operand(p, 1 - i.min(1)));
                let other = reshape(p.cx, &other, &[other.len()])?;
                let flat = if i == 0 {
                    multiply(p.cx, p.dy, false, &other, false, Some(0))?
                } else {
                    multiply(p.cx, &other, false, p.dy, false, Some(1))?
                };
                reshape(p.cx, &flat, mine.shape())
            }),
            number: Number::new(),
        },
    ),
};

const SQUARE: &[&str] = &[
    "[[2, 1], [1, 3]]",
    "[[4]]",
    "[[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]]",
    "[[[2, 1], [1, 3]], [[0, 1], [-2, 0.5]]]",
    "[[2, 0.5, -1, 0], [1, 3, 0.25, 1], [0, -1, 1.5, 0.5], [1, 1, 0, -2]]",
    "zeros(0, 2, 2)",
];

pub(crate) static INV: Builtin = Builtin {
    name: "inv",
    params: &["a"],
    doc: "Inverse of a square matrix, or of each matrix of a stack.\n\nA singular matrix is an error. To solve a linear system, `solve` is faster and more exact.\n> inv([[2, 0], [0, 4]])\n[[0.5,    0],\n [  0, 0.25]]",
    samples: SQUARE,
    run: Run::Operation(
        one,
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a] => Ok(decompose::inv(&a.array())?.into()),
                _ => Ok(Var::default()),
            }),
            // -yᵀ dy yᵀ
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let y = p.out();
                let left = multiply(p.cx, &y, true, p.dy, false, None)?;
                p.cx.apply(NEGATE.op(), &[multiply(p.cx, &left, false, &y, true, None)?])
            }),
            number: Number::new(),
        },
    ),
};

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
                [a] => Ok(decompose::det(&a.array())?.into()),
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
                [a] => Ok(decompose::cofactors(&a.array())?.into()),
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
                [a, g] => Ok(decompose::cofactors_along(&a.array(), &g.array())?.into()),
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
        Kind::Mistake => Problem::new("the third derivative of det is not known at a singular matrix")
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

pub(crate) static SOLVE: Builtin = Builtin {
    name: "solve",
    params: &["a", "b"],
    doc: "The solution `x` of the linear system `a @ x == b`.\n\nA vector `b` is one right-hand side, otherwise its columns are many; axes before the last two are stacks, which broadcast. A singular matrix is an error.\n> solve([[2, 1], [1, 3]], [3, 4])\n[1, 1]",
    samples: &[
        "[[2, 1], [1, 3]], [3, 4.5]",
        "[[2, 1], [1, 3]], [[3, 4, 1], [0, 1, 2]]",
        "[[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]], [1, 2, 3]",
        "[[[2, 1], [1, 3]], [[0, 1], [-2, 0.5]]], [3, 4]",
        "[[2, 1], [1, 3]], [[[3], [4]], [[1], [2]]]",
        "zeros(0, 2, 2), [1, 2]",
    ],
    run: Run::Operation(
        two,
        Op {
            forward: Forward::General(|_, plan, args| {
                let [a, b] = args else { return Ok(Var::default()) };
                let turned = !plan.is_none();
                let a = a.array();
                let solution = if turned {
                    decompose::solve(&layout::swapaxes(&a, -1, -2)?, &b.array())?
                } else {
                    decompose::solve(&a, &b.array())?
                };
                Ok(solution.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (a, b, y, cx) = (operand(p, 0), operand(p, 1), p.out(), p.cx);
                let turned = !p.plan.is_none();
                let vector = b.shape().len() == 1;
                let column = |x: &Var| {
                    let mut shape = Shape::from_slice(x.shape());
                    shape.push(1);
                    if vector { reshape(cx, x, &shape) } else { Ok(x.clone()) }
                };
                let plan = if turned { Plan::NONE } else { Plan::new(Transposed) };
                let db = cx.apply_with(SOLVE.op(), plan, &[a, column(p.dy)?])?;
                if i == 1 {
                    return if vector { reshape(cx, &db, p.dy.shape()) } else { Ok(db) };
                }
                let y = column(&y)?;
                let (left, right) = if turned { (&y, &db) } else { (&db, &y) };
                cx.apply(NEGATE.op(), &[multiply(cx, left, false, right, true, None)?])
            }),
            number: Number::new(),
        },
    ),
};

/// The plan of a system whose matrix is taken as transposed.
struct Transposed;
