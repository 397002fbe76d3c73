//! Linear algebra: products.
//!
//! The last two axes of an array are a matrix; those before them are a stack of matrices and broadcast.
//! A product may take an operand as transposed without moving an element, so the rule of `@` is `@` again.

use super::shape::reshape;
use crate::array::{Array, Shape, product};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Problem};
use crate::value::{Arguments, Builtin, Run};
use smallvec::SmallVec;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MATMUL, &DOT, &OUTER];

/// Operands, and what the operation is told besides.
pub(super) type Operands = (Plan, SmallVec<[Var; 2]>);

/// Reads one operand.
pub(super) fn one(args: &Arguments) -> Outcome<Operands> {
    Ok((Plan::NONE, [args.var(0)?].into_iter().collect()))
}

/// Reads two operands.
pub(super) fn two(args: &Arguments) -> Outcome<Operands> {
    Ok((Plan::NONE, [args.var(0)?, args.var(1)?].into_iter().collect()))
}

/// Reads nothing: what only rules use is not called by name.
pub(super) fn internal(_: &Arguments) -> Outcome<Operands> {
    Err(Problem::new("internal error: not to be called"))
}

/// An operand.
pub(super) fn operand(p: &Pull<'_>, i: usize) -> Var {
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
    run: Run::Operation(two, Op { forward: PRODUCT, grad: PRODUCT_RULE, number: Number::new() }),
};

pub(crate) static DOT: Builtin = Builtin {
    name: "dot",
    params: &["a", "b"],
    doc: "Inner product of two vectors; of anything with more axes, the matrix product.\n> dot([1, 2], [3, 4])\n11",
    samples: &["[1, 2, 3], [4, 5, 6.5]", "[[1, 2], [3, 4]], [5, 6]", "zeros(0), zeros(0)"],
    run: Run::Operation(two, Op { forward: PRODUCT, grad: PRODUCT_RULE, number: Number::new() }),
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

const PRODUCT: Forward = Forward::Rows(product, products);

fn product(cx: &Context, plan: &Plan, args: &[Var]) -> Outcome<Var> {
    let [a, b] = args else { return Ok(Var::default()) };
    let turns = turns(plan)?;
    let a = a.array();
    if turns.right
        && turns.absorbing.is_some()
        && let Var::Array(matrix) = b
        && product::gains_by_turning(&a, turns.left, matrix)
        && let Some(turned) = cx.turned(matrix)?
    {
        return cotangent(Turns { right: false, ..turns }, &a, &turned);
    }
    cotangent(turns, &a, &b.array())
}

fn cotangent(turns: Turns, a: &Array, b: &Array) -> Outcome<Var> {
    let run = |a: &Array, b: &Array| product::matmul_t(a, turns.left, b, turns.right);
    let y = run(a, b)?;
    let Some(absorbing) = turns.absorbing else { return Ok(y.into()) };
    // What is not finite in a matrix is in a row or a column of its product, even where it meets zeros.
    if !y.is_empty() && y.len() <= a.len() + b.len() && y.is_finite() {
        a.mark_finite();
        b.mark_finite();
        return Ok(y.into());
    }
    Ok(absorbed(y, absorbing, a, b, run)?.into())
}

/// Many products at once. Vectors of which there are many are the rows of a matrix if what they meet is one
/// matrix for all; otherwise each is a matrix of one row or one column, of which there are many.
fn products(cx: &Context, plan: &Plan, args: &[Var], many: &[bool], _: usize) -> Outcome<Var> {
    let ([a, b], [many_a, many_b]) = (args, many) else { return Ok(Var::default()) };
    let turns = turns(plan)?;
    let rank = |x: &Var, many: bool| x.shape().len().saturating_sub(usize::from(many));
    let (rank_a, rank_b) = (rank(a, *many_a), rank(b, *many_b));
    let (left, right) = (turns.left && rank_a > 1, turns.right && rank_b > 1);
    match (many_a, rank_a, many_b, rank_b) {
        (true, 1, false, 1 | 2) => return multiply(cx, a, false, b, right, turns.absorbing),
        (false, 2, true, 1) => return multiply(cx, b, false, a, !left, turns.absorbing.map(|i| 1 - i)),
        (false, 1, true, 1) => return multiply(cx, b, false, a, false, turns.absorbing.map(|i| 1 - i)),
        _ => {}
    }
    let widest = rank_a.max(rank_b).max(2);
    let matrices = |x: &Var, many: bool, rank: usize, row: bool| -> Outcome<Var> {
        let mut shape = Shape::from_slice(x.shape());
        if rank == 1 {
            shape.insert(if row { shape.len() - 1 } else { shape.len() }, 1);
        }
        let x = reshape(cx, x, &shape)?;
        if many { cx.lined_up(&x, widest) } else { Ok(x) }
    };
    let y = multiply(
        cx,
        &matrices(a, *many_a, rank_a, true)?,
        left,
        &matrices(b, *many_b, rank_b, false)?,
        right,
        turns.absorbing,
    )?;
    let mut shape = Shape::from_slice(y.shape());
    if rank_b == 1 {
        shape.pop();
    }
    if rank_a == 1 {
        shape.remove(shape.len() - 1 - usize::from(rank_b != 1));
    }
    reshape(cx, &y, &shape)
}

/// A bilinear function in which 0 · ∞ is 0 if the 0 is that of operand `absorbing`, a cotangent or a tangent. It
/// takes two more runs, but only where the usual one has a nan.
pub(super) fn absorb(
    absorbing: Option<usize>,
    a: &Array,
    b: &Array,
    run: impl Fn(&Array, &Array) -> Outcome<Array>,
) -> Outcome<Array> {
    let y = run(a, b)?;
    match absorbing {
        Some(absorbing) => absorbed(y, absorbing, a, b, run),
        None => Ok(y),
    }
}

/// What the usual run of such a function gave, with the zeros as they should be.
fn absorbed(
    y: Array,
    absorbing: usize,
    a: &Array,
    b: &Array,
    run: impl Fn(&Array, &Array) -> Outcome<Array>,
) -> Outcome<Array> {
    // Where 0 met ∞ there is a nan in the result and an ∞ in an operand: the smaller of the two is looked at.
    let met = if a.len() + b.len() < y.len() {
        !a.is_finite() || !b.is_finite()
    } else {
        !y.is_finite() && y.data().has_nan()
    };
    if !met {
        return Ok(y);
    }
    let each = |x: &Array, f: fn(f64) -> f64| {
        Array::new(Shape::from_slice(x.shape()), x.to_doubles().iter().map(|&x| f(x)).collect::<Vec<f64>>())
    };
    let finite = |x: f64| if x.is_finite() { x } else { 0.0 };
    let wild = |x: f64| f64::from(u8::from(!x.is_finite()));
    let not_zero = |x: f64| f64::from(u8::from(x != 0.0));
    let both = |f: fn(f64) -> f64, g: fn(f64) -> f64| {
        let (f, g) = if absorbing == 0 { (f, g) } else { (g, f) };
        run(&each(a, f), &each(b, g))
    };
    // Without what is not finite; and how often it met a cotangent that is not zero.
    let (clean, met) = (both(|x| x, finite)?, both(not_zero, wild)?);
    let (clean, met, all) = (clean.to_doubles(), met.to_doubles(), y.to_doubles());
    let chosen =
        clean.iter().zip(met.iter()).zip(all.iter()).map(|((&clean, &met), &all)| if met > 0.0 { all } else { clean });
    Ok(Array::new(Shape::from_slice(y.shape()), chosen.collect::<Vec<f64>>()).cast(y.dtype()))
}

/// `op(a) @ op(b)`, where `op` exchanges the last two axes if asked for.
pub(super) fn multiply(
    cx: &Context,
    a: &Var,
    left: bool,
    b: &Var,
    right: bool,
    absorbing: Option<usize>,
) -> Outcome<Var> {
    cx.apply_with(MATMUL.op(), Plan::new(Turns { left, right, absorbing }), &[a.clone(), b.clone()])
}

const PRODUCT_RULE: Grad = Grad::Adds(product_rule, add_product);

fn product_rule(p: &Pull<'_>, i: usize) -> Outcome<Var> {
    let (a, b) = (operand(p, 0), operand(p, 1));
    if let ([_], [_]) = (a.shape(), b.shape()) {
        return p.cx.weigh(p.dy, if i == 0 { &b } else { &a });
    }
    let Factors { a, left, b, right, absorbing } = factors(p, i)?;
    let cotangent = multiply(p.cx, &a, left, &b, right, Some(absorbing))?;
    if operand(p, i).shape().len() > 1 {
        return Ok(cotangent);
    }
    // A vector was a matrix of one row or one column.
    let mut shape = Shape::from_slice(cotangent.shape());
    let gone = if i == 0 { shape.len() - 2 } else { shape.len() - 1 };
    shape.remove(gone);
    reshape(p.cx, &cotangent, &shape)
}

/// Adds the cotangent of a matrix, or of each of a stack of them.
fn add_product(p: &Pull<'_>, i: usize, sum: &mut Rc<Array>) -> Outcome<bool> {
    let turns = turns(p.plan)?;
    match (sum.rank(), p.dy.shape()) {
        (0 | 1, _) => Ok(false),
        // The matrix met a vector.
        (2, [_]) => {
            let turned = if i == 0 { turns.left } else { turns.right };
            let other = operand(p, 1 - i.min(1));
            let (column, row) = if (i == 0) == turned { (&other, p.dy) } else { (p.dy, &other) };
            add_finite(column, row, |column, row| product::add_outer(sum, column, row))
        }
        _ => {
            let Factors { a, left, b, right, .. } = factors(p, i)?;
            add_finite(&a, &b, |a, b| product::add_matmul_t(sum, a, left, b, right))
        }
    }
}

/// Adds a product unless a 0 may have met an ∞ in it, which cannot be told from a sum.
fn add_finite(a: &Var, b: &Var, add: impl FnOnce(&Array, &Array) -> Outcome<bool>) -> Outcome<bool> {
    let (a, b) = (a.array(), b.array());
    a.compute()?;
    b.compute()?;
    if a.is_finite() && b.is_finite() { add(&a, &b) } else { Ok(false) }
}

/// Two stacks of matrices whose product is a cotangent, each taken with its last two axes exchanged or not.
struct Factors {
    a: Var,
    left: bool,
    b: Var,
    right: bool,
    /// Which of them is the cotangent of the result.
    absorbing: usize,
}

/// What is multiplied for the cotangent of operand `i`. Vectors become matrices of one row or one column.
fn factors(p: &Pull<'_>, i: usize) -> Outcome<Factors> {
    let turns = turns(p.plan)?;
    let (a, b, cx) = (operand(p, 0), operand(p, 1), p.cx);
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
        return Ok(if right {
            Factors { a: dy, left: true, b: a, right: false, absorbing: 0 }
        } else {
            Factors { a, left: true, b: dy, right: false, absorbing: 1 }
        });
    }
    Ok(match (i, left, right) {
        (0, false, _) => Factors { a: dy, left: false, b, right: !right, absorbing: 0 },
        (0, true, _) => Factors { a: b, left: right, b: dy, right: true, absorbing: 1 },
        (_, _, false) => Factors { a, left: !left, b: dy, right: false, absorbing: 1 },
        (_, _, true) => Factors { a: dy, left: true, b: a, right: left, absorbing: 0 },
    })
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
