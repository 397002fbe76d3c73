//! Freeing what was recorded.
//!
//! The graph can be millions of nodes deep, so `Drop` is a loop.

use super::formula::Formula;
use super::node::Origin;
use super::{Args, Node, Var};
use std::rc::Rc;

impl Drop for Node {
    #[inline]
    fn drop(&mut self) {
        let Origin::Step(args) = &mut self.origin else {
            let whole = std::mem::replace(&mut self.origin, Origin::Step(Args::Source));
            return drop_graph(whole);
        };
        match args {
            Args::Source | Args::Variable(_) | Args::Cut(..) => {}
            // An operand that somebody else holds only loses a holder.
            Args::One(_, _, x) | Args::Left(_, _, x, _) | Args::Right(_, _, _, x) if Rc::strong_count(x) > 1 => {}
            Args::Two(_, _, x, y) if Rc::strong_count(x) > 1 && Rc::strong_count(y) > 1 && !Rc::ptr_eq(x, y) => {}
            args => drop_graph(Origin::Step(std::mem::replace(args, Args::Source))),
        }
    }
}

/// Drops operands, theirs, and so on.
fn drop_graph(mut origin: Origin) {
    let mut waiting: Vec<Rc<Node>> = Vec::new();
    loop {
        let next = match origin {
            Origin::Step(args) => last_of_step(args, &mut waiting),
            Origin::Formula(mut formula) => last_of_formula(&mut formula, &mut waiting),
            Origin::Of(step) => last(step),
        };
        let Some(mut node) = next.or_else(|| waiting.pop()) else { return };
        origin = match Rc::get_mut(&mut node) {
            Some(node) => std::mem::replace(&mut node.origin, Origin::Step(Args::Source)),
            None => Origin::Step(Args::Source),
        };
    }
}

/// An operand of a step that nobody else holds; further ones wait.
#[inline(always)]
fn last_of_step(args: Args, waiting: &mut Vec<Rc<Node>>) -> Option<Rc<Node>> {
    match args {
        Args::Source | Args::Variable(_) | Args::Cut(..) => None,
        Args::One(_, _, x) | Args::Left(_, _, x, _) | Args::Right(_, _, _, x) => last(x),
        Args::Two(_, _, x, y) => match (last(x), last(y)) {
            (Some(x), Some(y)) => {
                waiting.push(y);
                Some(x)
            }
            (x, y) => x.or(y),
        },
        Args::Many(many) => {
            let next = last_of(many.args, waiting);
            many.plan.drop_later();
            next
        }
    }
}

/// The same of a formula, and of its steps if they were looked at.
#[inline(never)]
fn last_of_formula(formula: &mut Formula, waiting: &mut Vec<Rc<Node>>) -> Option<Rc<Node>> {
    let (operands, steps) = formula.take();
    let next = last_of(operands, waiting);
    match steps {
        Some(steps) => {
            waiting.extend(next);
            last_of_step(steps, waiting)
        }
        None => next,
    }
}

/// The node if nobody else holds it; otherwise it only loses a holder.
#[inline]
fn last(node: Rc<Node>) -> Option<Rc<Node>> {
    (Rc::strong_count(&node) == 1).then_some(node)
}

/// The same of several operands: one of them, and the others wait.
#[inline]
fn last_of(operands: impl IntoIterator<Item = Var>, waiting: &mut Vec<Rc<Node>>) -> Option<Rc<Node>> {
    let mut next = None;
    for operand in operands {
        if let Var::Traced(node) = operand
            && let Some(node) = last(node)
        {
            waiting.extend(next.replace(node));
        }
    }
    next
}
