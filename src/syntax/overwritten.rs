//! Which variables hold something that nothing can read any more, because they are certainly assigned first.
//!
//! ```text
//! for _ in range(1000) {
//!     record <
//!         y = model(x)        # from here on nothing can read the y and the l of the turn before
//!         l = loss(y)
//!     >
//!     backward(l)
//! }
//! ```
//!
//! What `l` was recorded from would otherwise be there twice while the new one is computed. So the first statement
//! of a block from which on a name is mentioned no more until a plain `=` of the same block gives it another
//! value gets it into its [`overwrites`](super::ast::Statement::overwrites).
//!
//! An error on the way ends the function whose variable it is, and with it whoever could look. Inside `try` it
//! need not, and `break` and `continue` can leave the way, so there nothing counts as overwritten. A closure has
//! a handle of its own on what it captured, and a top-level name that a function mentions is
//! [noted](super::resolve::Names::wanted_inside).

use super::ast::{Expr, ExprKind, Slot, Variable};
use std::collections::HashMap;
use std::rc::Rc;

/// Where names were mentioned, and what is around the place that has been reached. Places are counted in
/// mentions, in the order of the text.
#[derive(Default)]
pub struct Mentions {
    /// The place that has been reached.
    pub now: u64,
    /// Where each name was mentioned last, and before that.
    last: HashMap<Rc<str>, [u64; 2]>,
    /// The last `break` or `continue` that leaves a loop around.
    pub left: u64,
    /// How many loops of the innermost function are around.
    pub loops: usize,
    /// How many bodies of `try` in the innermost function are around.
    pub attempts: usize,
    /// Where the innermost function begins.
    function: u64,
    /// What the running statement overwrites, and the place from which on nothing reads it.
    pub overwritten: Vec<(Slot, u64)>,
}

/// What is around a function.
pub struct Around {
    loops: usize,
    attempts: usize,
    function: u64,
}

impl Mentions {
    /// A name is mentioned: read, assigned, or called after a dot.
    pub fn note(&mut self, name: &Rc<str>) {
        self.now += 1;
        let place = self.last.entry(name.clone()).or_default();
        *place = [self.now, place[0]];
    }

    /// A loop is left, or begins its next turn.
    pub fn leave(&mut self) {
        self.now += 1;
        self.left = self.now;
    }

    /// The place from which on nothing can read what a name holds if it is overwritten here. Nothing, where
    /// somebody might, or where it holds nothing yet.
    pub fn since(&self, name: &str) -> Option<u64> {
        let last = self.last.get(name).map_or(0, |place| place[0]);
        let holds = self.loops > 0 || last > self.function;
        (holds && self.attempts == 0).then_some(last.max(self.left))
    }

    /// Whether a name is mentioned exactly once from a place on, and nobody can look at what it held after an error or a
    /// `break`.
    fn once(&self, name: &str, from: u64) -> bool {
        self.attempts == 0
            && self.left <= from
            && self.last.get(name).is_some_and(|&[last, before]| last > from && before <= from)
    }

    /// A local variable is overwritten with a value that was resolved from a place on: where that mentions the variable
    /// once, and certainly comes by there, it is the last to read what it holds.
    pub fn read_last(&self, name: &str, value: &mut Expr, from: u64) {
        if self.once(name, from)
            && let Some(variable) = operand(name, value)
        {
            variable.last = true;
        }
    }

    /// A function begins.
    pub fn enter(&mut self) -> Around {
        Around {
            loops: std::mem::take(&mut self.loops),
            attempts: std::mem::take(&mut self.attempts),
            function: std::mem::replace(&mut self.function, self.now),
        }
    }

    /// A function ends.
    pub fn come_back(&mut self, around: Around) {
        (self.loops, self.attempts, self.function) = (around.loops, around.attempts, around.function);
    }
}

/// A name among the operands of an expression, all of which are evaluated once.
fn operand<'e>(name: &str, expression: &'e mut Expr) -> Option<&'e mut Variable> {
    match &mut expression.kind {
        ExprKind::Name(variable) => (&*variable.name == name).then_some(variable),
        ExprKind::Chain(first, steps) => {
            let steps = steps.iter_mut().map(|step| &mut step.operand);
            std::iter::once(&mut **first).chain(steps).find_map(|part| operand(name, part))
        }
        ExprKind::Power(base, step) => operand(name, base).or_else(|| operand(name, &mut step.operand)),
        ExprKind::Sign(_, value, _) => operand(name, value),
        ExprKind::Call(call) => call.arguments.iter_mut().find_map(|argument| operand(name, &mut argument.value)),
        _ => None,
    }
}
