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

use super::ast::Slot;
use std::collections::HashMap;
use std::rc::Rc;

/// Where names were mentioned, and what is around the place that has been reached. Places are counted in
/// mentions, in the order of the text.
#[derive(Default)]
pub struct Mentions {
    /// The place that has been reached.
    pub now: u64,
    /// Where each name was mentioned last.
    last: HashMap<Rc<str>, u64>,
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
        self.last.insert(name.clone(), self.now);
    }

    /// A loop is left, or begins its next turn.
    pub fn leave(&mut self) {
        self.now += 1;
        self.left = self.now;
    }

    /// The place from which on nothing can read what a name holds if it is overwritten here. Nothing, where
    /// somebody might, or where it holds nothing yet.
    pub fn since(&self, name: &str) -> Option<u64> {
        let last = self.last.get(name).copied().unwrap_or(0);
        let holds = self.loops > 0 || last > self.function;
        (holds && self.attempts == 0).then_some(last.max(self.left))
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
