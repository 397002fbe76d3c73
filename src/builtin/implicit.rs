//! Gradients through an answer: what an equation says about its solution.
//!
//! `root(x -> x ** 2 - a, 1)` searches, and a derivative through the search would be wasted work and no
//! better than the last digits of it. What holds is `g(y, a) = 0`, so that `∂g/∂y dy + ∂g/∂a da = 0` however
//! `y` was found (the implicit function theorem; see Griewank and Walther, *Evaluating Derivatives*,
//! chapter 15). The answer is recorded as one step on everything that one evaluation of `g` at it was
//! computed from. The step keeps that evaluation: nothing runs again later, when the names that `g` reads
//! may hold something else. For a derivative that is recorded itself the same steps are laid once more, on
//! the answer; so every order exists.

use super::arithmetic::NEGATE;
use super::checkpoint::reached;
use super::join::stack;
use super::leaves::same_shape;
use super::solving::solve;
use crate::array::{Array, Shape};
use crate::autodiff::{
    Args, Caller, Context, Cotangents, Forward, Grad, Node, Number, Op, Plan, Pull, Var, Wanted, cotangent_of, pull,
};
use crate::diagnostic::{Kind, Outcome, Part, Problem};
use crate::value::{Builtin, Run, Value, as_var};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&IMPLICIT, &SOLUTION];

pub(crate) static IMPLICIT: Builtin = Builtin {
    name: "_implicit",
    params: &["g", "y"],
    doc: "The vector `y` as the solution of `g(y) == 0`.",
    samples: &[],
    run: Run::Routine(|call| {
        let g = call.args.function(0)?.clone();
        let y = call.args.var(1)?.into_plain();
        let cx = call.host.context();
        if !cx.recording() {
            return Ok(Value::Var(y));
        }
        let source = cx.source(&y);
        let residual = call.host.call(&g, vec![Value::Var(Var::Traced(source.clone()))])?;
        let Some(Var::Traced(residual)) = as_var(&residual)? else { return Ok(Value::Var(y)) };
        same_shape(residual.out.shape(), y.shape(), "what is to be zero")?;
        let operands = reached(&residual, source.age, 0);
        if operands.is_empty() {
            return Ok(Value::Var(y));
        }
        let args: Vec<Var> = operands.iter().cloned().map(Var::Traced).collect();
        let plan = Plan::new(Equation { operands, unknowns: source, residual });
        Ok(Value::Var(cx.record(SOLUTION.op(), plan, &args, y)))
    }),
};

/// One evaluation of what is zero at the solution.
struct Equation {
    /// What it was computed from. The step itself may have been laid once more on other operands since.
    operands: Vec<Rc<Node>>,
    unknowns: Rc<Node>,
    residual: Rc<Node>,
}

/// A recorded solution of an equation.
pub(crate) static SOLUTION: Builtin = Builtin {
    name: "(solution)",
    params: &["...operands"],
    doc: "The recorded solution of an equation.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::General(|_, _, _| Err(Problem::new("internal error: not to be called"))),
            grad: Grad::Rule(rule),
            number: Number::new(),
        },
    ),
};

/// `a` gets `-(∂g/∂a)ᵀ λ` with `(∂g/∂y)ᵀ λ = dy`.
fn rule(p: &Pull<'_>, caller: &mut dyn Caller) -> Outcome<Cotangents> {
    let (cx, equation) = (p.cx, p.plan.get::<Equation>()?);
    let (mut unknowns, mut residual) = (equation.unknowns.clone(), equation.residual.clone());
    let mut inputs = equation.operands.clone();
    if cx.recording() {
        let real: Vec<Rc<Node>> = p.args.iter().filter_map(Var::node).cloned().collect();
        let pairs = inputs.iter().zip(&real);
        let mut known: HashMap<u64, Var> = pairs.map(|(input, real)| (input.age, Var::Traced(real.clone()))).collect();
        inputs = real;
        let answer = cx.source(&p.out());
        known.insert(unknowns.age, Var::Traced(answer.clone()));
        let Some(again) = laid_again(cx, &residual, known)? else { return Ok(vec![None; p.args.len()]) };
        (unknowns, residual) = (answer, again);
    }
    inputs.push(unknowns.clone());
    let count = residual.out.len();
    let mut rows = Vec::new();
    for i in 0..count {
        let mut unit = vec![0.0; count];
        unit.get_mut(i).into_iter().for_each(|x| *x = 1.0);
        let unit = Array::new(Shape::from_slice(&[count]), unit);
        let head = [(residual.clone(), unit.into())];
        let found = pull(cx, &head, &Wanted::Nodes(std::slice::from_ref(&unknowns)), caller)?;
        rows.push(found.into_iter().next().map_or_else(|| unknowns.out.filled_like(0.0), |(_, row)| Ok(row))?);
    }
    let jacobian = stack(cx, &rows, 0)?;
    let multiplier = solve(cx, &jacobian, true, p.dy).map_err(|fail| match fail.kind {
        Kind::Mistake => Problem::new("this answer has no derivative here")
            .label(Part::Whole, "")
            .note("the equation that it solves is singular at the answer: it does not say how the answer moves"),
        _ => fail,
    })?;
    let head = cx.apply(NEGATE.op(), &[multiplier])?;
    let found = pull(cx, &[(residual, head)], &Wanted::Until(&inputs), caller)?;
    Ok(inputs.iter().take(p.args.len()).map(|input| cotangent_of(&found, input).cloned()).collect())
}

/// The steps between what is known, by age, and a result, recorded once more on what is known. The values
/// are the same, so nothing is computed. `None` if the result does not depend on anything known.
pub(super) fn laid_again(cx: &Context, result: &Rc<Node>, mut known: HashMap<u64, Var>) -> Outcome<Option<Rc<Node>>> {
    let mut seen = HashSet::new();
    let mut waiting = vec![result];
    let mut steps = Vec::new();
    while let Some(node) = waiting.pop() {
        if known.contains_key(&node.age) || !seen.insert(node.age) {
            continue;
        }
        node.each_operand(|operand| waiting.push(operand));
        steps.push(node);
    }
    steps.sort_by_key(|node| node.age);
    let place = cx.place();
    let before = cx.set_recording(true);
    for (count, node) in steps.into_iter().enumerate() {
        if count % 1024 == 1023
            && let Err(stop) = crate::array::limits::check()
        {
            cx.set_recording(before);
            return Err(stop);
        }
        let of = |operand: &Var| match operand {
            Var::Traced(node) => known.get(&node.age).cloned().unwrap_or_else(|| node.out.to_plain()),
            other => other.clone(),
        };
        let traced = |node: &Rc<Node>| of(&Var::Traced(node.clone()));
        let (plan, operands) = match node.args() {
            Args::Source | Args::Variable(_) | Args::Cut(..) => (Plan::NONE, Vec::new()),
            Args::One(_, _, x) => (Plan::NONE, vec![traced(x)]),
            Args::Two(_, _, x, y) => (Plan::NONE, vec![traced(x), traced(y)]),
            Args::Left(_, _, x, y) => (Plan::NONE, vec![traced(x), Var::Num(*y)]),
            Args::Right(_, _, x, y) => (Plan::NONE, vec![Var::Num(*x), traced(y)]),
            Args::Many(many) => (many.plan.clone(), many.args.iter().map(of).collect()),
        };
        let out = match node.step() {
            Some((op, step)) => {
                cx.set_place(step);
                cx.record(cx.op(op), plan, &operands, node.out.to_plain())
            }
            None => node.out.to_plain(),
        };
        known.insert(node.age, out);
    }
    cx.set_recording(before);
    cx.set_place(place);
    Ok(known.get(&result.age).and_then(Var::node).cloned())
}
