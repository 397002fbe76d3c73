//! Letting go of what was recorded, before the same is recorded again.
//!
//! ```text
//! for _ in range(1000) {
//!     record < l = loss(xs, p) >
//!     backward(l)
//! }
//! ```
//!
//! While the new `l` is computed, the old one would hold everything it was recorded from: two recordings at
//! a time, and for each turn memory that is in no cache. So a variable that is [certainly
//! overwritten](crate::syntax::ast::Statement::overwrites) before anything can read it keeps its value, and lets go of its
//! history. As long as somebody else holds the value there is nothing to win, and nothing happens.
//!
//! The variables of a function end with it. Those of the top level can be seen from any function that mentions
//! them, and at a prompt after an error or Ctrl-C; then they keep their history until they are assigned.

use super::Session;
use super::assign::MAX_DEPTH;
use crate::autodiff::Var;
use crate::syntax::ast::{Slot, Statement, StatementKind, Target};
use crate::value::Value;
use std::rc::Rc;

impl Session {
    /// Says that nobody looks at the top-level names after an error, as after that of a script.
    pub fn end_with_error(&mut self) {
        self.lasting = false;
    }

    /// Lets the variables that a statement says are overwritten go of what they were recorded from. Where nothing is
    /// recorded only that which the statement itself assigns: before, somebody may ask why a gradient is zero.
    #[inline]
    pub(super) fn release(&mut self, statement: &Statement) {
        let overwritten = match &statement.kind {
            _ if statement.overwrites.is_empty() => return,
            _ if self.cx.recording() => &statement.overwrites[..],
            StatementKind::Assign(Target::Name(own), _) if statement.overwrites.contains(&own.slot) => {
                std::slice::from_ref(&own.slot)
            }
            _ => return,
        };
        if overwritten.iter().any(|slot| matches!(self.look(*slot), Value::Var(Var::Traced(_)) | Value::Tuple(_))) {
            self.release_recorded(overwritten);
        }
    }

    /// The last first, since what is assigned later was mostly computed from what is assigned before, and again
    /// while there is something that nobody holds any more.
    fn release_recorded(&mut self, overwritten: &[Slot]) {
        while overwritten.iter().rev().filter(|slot| self.release_one(**slot)).count() > 0 {}
    }

    fn release_one(&mut self, slot: Slot) -> bool {
        let place = match slot {
            Slot::Local(i) => self.locals.get_mut(self.base + i as usize),
            Slot::Global(_) if self.scope == 0 && self.lasting => None,
            Slot::Global(i) => match self.scopes.get_mut(self.scope) {
                Some(scope) if !scope.wanted_inside.contains(&i) => scope.values.get_mut(i as usize),
                _ => None,
            },
            Slot::Unresolved => None,
        };
        place.is_some_and(|place| forget(place, 0))
    }
}

/// Forgets what a value that nobody else holds was recorded from, and says whether there was something.
/// An attached array was recorded from nothing.
fn forget(value: &mut Value, depth: usize) -> bool {
    match value {
        Value::Var(var) => {
            let recorded = var.node().is_some_and(|node| Rc::strong_count(node) == 1 && node.step().is_some());
            if recorded {
                *var = var.to_plain();
            }
            recorded
        }
        Value::Tuple(tuple) if depth < MAX_DEPTH => Rc::get_mut(tuple).is_some_and(|tuple| {
            tuple.items.iter_mut().rev().map(|item| usize::from(forget(item, depth + 1))).sum::<usize>() > 0
        }),
        _ => false,
    }
}
