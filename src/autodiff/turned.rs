//! Matrices that a reverse pass takes turned, again and again.
//!
//! The cotangent of `h` in `h @ w` is a product with `w.T`. Through a loop it is the same `w` in every turn, and rows
//! are multiplied faster than columns: so from the second time on there is a copy with rows and columns exchanged,
//! until the pass is over.

use super::Context;
use crate::array::{Array, layout};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Elements of matrices of which a second one costs little.
const LARGEST: usize = 1 << 16;
/// How many are remembered: the first ones, since in a loop each comes again only after all the others.
const MOST: usize = 8;

/// The matrices of the passes that are under way.
#[derive(Default)]
pub struct Turned {
    passes: Cell<usize>,
    matrices: RefCell<SmallVec<[Seen; 2]>>,
}

/// A matrix that was taken turned once, and what it is turned, if it was so again.
struct Seen {
    matrix: Rc<Array>,
    turned: Option<Rc<Array>>,
}

impl Context {
    /// A matrix with rows and columns exchanged, if a pass that is under way asked for it before.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn turned(&self, matrix: &Rc<Array>) -> Outcome<Option<Rc<Array>>> {
        let Turned { passes, matrices } = &self.turned;
        if passes.get() == 0 || matrix.rank() != 2 || matrix.len() > LARGEST {
            return Ok(None);
        }
        let mut matrices = matrices.borrow_mut();
        if let Some(seen) = matrices.iter_mut().find(|seen| Rc::ptr_eq(&seen.matrix, matrix)) {
            if seen.turned.is_none() {
                seen.turned = Some(Rc::new(layout::permute(matrix, &[1, 0])?));
            }
            return Ok(seen.turned.clone());
        }
        if matrices.len() < MOST {
            matrices.push(Seen { matrix: matrix.clone(), turned: None });
        }
        Ok(None)
    }

    /// Runs a pass, during which matrices are remembered.
    pub(super) fn in_pass<T>(&self, run: impl FnOnce() -> T) -> T {
        let Turned { passes, matrices } = &self.turned;
        passes.set(passes.get() + 1);
        let result = run();
        passes.set(passes.get() - 1);
        if passes.get() == 0 {
            matrices.borrow_mut().clear();
        }
        result
    }
}
