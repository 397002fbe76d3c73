//! Walks over what was recorded, from a result back to what it came from.

use crate::array::limits;
use crate::autodiff::{Args, Node, Var};
use crate::builtin;
use crate::source::Place;
use crate::value::Value;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::rc::{Rc, Weak};

/// Steps that a walk looks at before it gives up: a message may take a moment, not a minute.
const MOST: usize = 1_000_000;

/// Visits every step that some results depend on, if it is not older than `oldest`.
pub fn walk(roots: &[Rc<Node>], oldest: u64, mut visit: impl FnMut(&Rc<Node>) -> ControlFlow<()>) {
    let mut seen: HashSet<u64> = HashSet::new();
    let mut waiting: Vec<&Rc<Node>> = roots.iter().collect();
    while let Some(node) = waiting.pop() {
        if node.age < oldest || seen.len() >= MOST || limits::interrupted() || !seen.insert(node.age) {
            continue;
        }
        if visit(node).is_break() {
            return;
        }
        node.each_operand(|operand| waiting.push(operand));
    }
}

/// Whether a result was recorded from `x`.
pub fn depends(roots: &[Rc<Node>], x: &Rc<Node>) -> bool {
    let mut found = false;
    walk(roots, x.age, |node| {
        found = node.is(x);
        if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found
}

/// The oldest multiplication by exactly 0 on the way from some results back to `x`, if there is one on every
/// way. With `recorded`, what was recorded counts as a factor too: it was 0, but need not stay so; and so does
/// a matrix, which a state may begin with.
pub fn zero_factor(roots: &[Rc<Node>], x: &Rc<Node>, recorded: bool) -> Option<Rc<Node>> {
    let mut seen: HashSet<u64> = HashSet::new();
    let mut waiting: Vec<&Rc<Node>> = roots.iter().collect();
    let mut found: Option<&Rc<Node>> = None;
    while let Some(node) = waiting.pop() {
        if node.age < x.age || seen.len() >= MOST || limits::interrupted() || !seen.insert(node.age) {
            continue;
        }
        if node.is(x) {
            return None;
        }
        let product = is_product(node, recorded);
        node.each_operand(|operand| {
            if !(product && other_factor_is_zero(node, operand, recorded)) {
                waiting.push(operand);
            } else if found.is_none_or(|found| node.age < found.age) && depends(std::slice::from_ref(operand), x) {
                found = Some(node);
            }
        });
    }
    found.cloned()
}

fn is_product(node: &Node, of_matrices: bool) -> bool {
    let function = node.step().and_then(|(op, _)| builtin::recorded(op));
    function.is_some_and(|function| function.name == "*" || (of_matrices && function.name == "@"))
}

/// Whether what a product has besides `operand` is nothing but zeros.
fn other_factor_is_zero(node: &Node, operand: &Rc<Node>, recorded: bool) -> bool {
    match node.args() {
        Args::Left(_, _, _, factor) | Args::Right(_, _, factor, _) => *factor == 0.0,
        Args::Two(_, _, x, y) => {
            let other = if x.is(operand) { y } else { x };
            recorded && !x.is(y) && is_zero(&other.out)
        }
        Args::Many(many) => {
            many.args.iter().all(|factor| match factor.node() {
                Some(node) if node.is(operand) => true,
                Some(node) => recorded && is_zero(&node.out),
                None => is_zero(factor),
            }) && many.args.iter().filter(|factor| factor.node().is_some_and(|node| node.is(operand))).count() == 1
        }
        _ => false,
    }
}

/// Whether every element is 0, and there is one.
pub fn is_zero(var: &Var) -> bool {
    match var {
        Var::Num(x) => *x == 0.0,
        other => {
            let array = other.array();
            !array.is_empty() && (0..array.len()).all(|at| array.at(at) == Some(0.0))
        }
    }
}

/// A step that no derivative passes.
pub struct Cut {
    /// The operation's number.
    pub op: u16,
    /// Where it stands.
    pub place: Place,
    /// What it was computed from, as long as that lives.
    pub operand: Weak<Node>,
}

/// The steps that no derivative passes, among those that some results depend on.
pub fn cuts(roots: &[Rc<Node>]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    walk(roots, 0, |node| {
        if let Args::Cut(op, place, operand) = node.args() {
            cuts.push(Cut { op: *op, place: *place, operand: operand.clone() });
        }
        ControlFlow::Continue(())
    });
    cuts
}

/// The recorded results in a value.
pub fn nodes(value: &Value) -> Vec<Rc<Node>> {
    fn collect(value: &Value, found: &mut Vec<Rc<Node>>, depth: usize) {
        match value {
            Value::Var(var) => found.extend(var.node().cloned()),
            Value::Tuple(tuple) if depth < 64 => {
                tuple.items.iter().for_each(|item| collect(item, found, depth + 1));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(value, &mut found, 0);
    found
}
