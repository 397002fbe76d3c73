//! Values that were [let go](super::forget), computed again.
//!
//! Who goes through a recording, oldest steps first, to say where a nan began, asks for the value of each step and for
//! those of its operands. The last few are remembered, so that a chain of matrix products is computed once more, and not
//! once more for each of its steps.

use super::node::Parts;
use super::{Args, Context, Node, Var};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::collections::VecDeque;

/// Values that are remembered, at most: as many as one may be made of.
const LAST: usize = 16;
/// Elements of all of them, if they are more than two.
const ELEMENTS: usize = 1 << 22;

/// Computes values again.
pub struct Recall<'c> {
    cx: &'c Context,
    /// By age, the last that was computed at the end.
    last: RefCell<VecDeque<(u64, Var)>>,
}

impl Context {
    /// Something that computes values again and remembers the last ones.
    pub fn recall(&self) -> Recall<'_> {
        Recall { cx: self, last: RefCell::default() }
    }
}

impl Recall<'_> {
    /// The value of a step, computed again if it was let go.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn value(&self, node: &Node) -> Outcome<Var> {
        if !matches!(&node.out, Var::Array(array) if array.is_forgotten()) {
            return Ok(node.out.to_plain());
        }
        if let Some((_, known)) = self.last.borrow().iter().find(|(age, _)| *age == node.age) {
            return Ok(known.clone());
        }
        let Some(Parts { op, plan, .. }) = node.args().parts() else { return Ok(node.out.to_plain()) };
        // No deeper than the source, and than a few steps beyond.
        let operands = self.operands(node)?;
        let value = self.cx.paused(|| self.cx.value(self.cx.op(op), &plan, &operands))?;
        self.remember(node.age, &value);
        Ok(value)
    }

    fn remember(&self, age: u64, value: &Var) {
        let mut last = self.last.borrow_mut();
        last.push_back((age, value.clone()));
        let elements = |last: &VecDeque<(u64, Var)>| last.iter().map(|(_, value)| value.len()).sum::<usize>();
        while last.len() > LAST || last.len() > 2 && elements(&last) > ELEMENTS {
            last.pop_front();
        }
    }

    /// The values of a step's operands.
    ///
    /// # Errors
    /// See [`value`](Recall::value).
    pub fn operands(&self, node: &Node) -> Outcome<SmallVec<[Var; 3]>> {
        let value = |arg: &Var| match arg {
            Var::Traced(node) => self.value(node),
            plain => Ok(plain.clone()),
        };
        match node.args() {
            Args::Cut(_, _, x) => x.upgrade().iter().map(|x| self.value(x)).collect(),
            args => args.parts().iter().flat_map(|parts| &parts.args).map(value).collect(),
        }
    }
}
