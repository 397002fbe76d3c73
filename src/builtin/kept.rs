//! A decomposition that several operations need and one of them makes.
//!
//! Eigenvalues, eigenvectors and their rules all rest on one decomposition, as a linear system and its rule rest on
//! the factors of its matrix; it travels in their plans, and is computed by the first that looks.

use crate::autodiff::{Context, Op, Plan, Var};
use crate::diagnostic::Outcome;
use std::cell::OnceCell;
use std::rc::Rc;

/// A decomposition of one array, kept from the first time it is needed.
pub(super) struct Kept<T> {
    find: fn(&Var) -> Outcome<Rc<T>>,
    known: Rc<OnceCell<Rc<T>>>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Kept<T> {
        Kept { find: self.find, known: self.known.clone() }
    }
}

impl<T> Kept<T> {
    /// One that is not known yet, and how it is found.
    pub fn new(find: fn(&Var) -> Outcome<Rc<T>>) -> Kept<T> {
        Kept { find, known: Rc::default() }
    }

    /// The decomposition of `a`, which must be the same array every time.
    pub fn get(&self, a: &Var) -> Outcome<Rc<T>> {
        if let Some(known) = self.known.get() {
            return Ok(known.clone());
        }
        let found = (self.find)(a)?;
        Ok(self.known.get_or_init(|| found).clone())
    }
}

/// What the reconstruction of a matrix around other values is told besides its operands.
pub(super) struct Around<T> {
    /// The decomposition whose vectors stand around.
    pub keep: Kept<T>,
    /// Whether the values do not depend on anything: then equal elements stay equal.
    pub constant: bool,
}

impl<T: 'static> Around<T> {
    /// The vectors of `a` around the diagonal `g`, by the operation that does it.
    pub fn apply(cx: &Context, op: &'static Op, a: &Var, g: &Var, keep: Kept<T>) -> Outcome<Var> {
        let plan = Around { keep, constant: g.node().is_none() };
        cx.apply_with(op, Plan::new(plan), &[a.clone(), g.clone()])
    }
}
