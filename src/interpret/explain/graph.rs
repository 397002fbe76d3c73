//! Walks over what was recorded, from a result back to what it came from.

use crate::autodiff::{Args, Node};
use crate::source::Place;
use crate::value::Value;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::rc::{Rc, Weak};

/// Steps that a walk looks at before it gives up: a message may take a moment, not a minute.
const MOST: usize = 1_000_000;

/// Visits every step that some results depend on, if it is not older than `oldest`.
pub fn walk(roots: &[Rc<Node>], oldest: u64, mut visit: impl FnMut(&Rc<Node>) -> ControlFlow<()>) {
    let mut seen: HashSet<*const Node> = HashSet::new();
    let mut waiting: Vec<&Rc<Node>> = roots.iter().collect();
    while let Some(node) = waiting.pop() {
        if node.age < oldest || seen.len() >= MOST || !seen.insert(Rc::as_ptr(node)) {
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
        found = Rc::ptr_eq(node, x);
        if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found
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
        if let Args::Cut(op, place, operand) = &node.args {
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
