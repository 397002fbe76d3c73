//! Small arrays that a reverse pass needs no more.
//!
//! In `b * 2 * 2 * 2` each step of the pass makes a cotangent from the one before, which nobody looks at again. To ask
//! for memory and give it back costs more than the products of ten elements, so the next cotangent is written over it.

use super::Var;
use crate::array::{Array, same_shape};
use smallvec::SmallVec;
use std::rc::Rc;

/// Elements up to which an array is kept: the larger ones cost little beside what is computed in them.
const SMALL: usize = 4096;
/// How many are kept.
const MOST: usize = 4;

/// Arrays of any shapes that nobody else holds, the last one at the end.
#[derive(Default)]
pub(super) struct Spares {
    arrays: SmallVec<[Rc<Array>; MOST]>,
    /// How many had to make room for another.
    replaced: usize,
}

impl Spares {
    /// An array with the shape and type of another, to be written over.
    #[inline]
    pub(super) fn take(&mut self, like: &Array) -> Option<Rc<Array>> {
        let fits = |spare: &Rc<Array>| same_shape(spare.shape(), like.shape()) && spare.dtype() == like.dtype();
        self.arrays.iter().rposition(fits).map(|at| self.arrays.swap_remove(at))
    }

    /// Keeps a cotangent that was handed on, if nobody else has it.
    #[inline]
    pub(super) fn keep(&mut self, cotangent: Var) {
        let Var::Array(mut array) = cotangent else { return };
        if !Rc::get_mut(&mut array).is_some_and(|array| array.is_ready() && array.len() <= SMALL) {
            return;
        }
        if self.arrays.len() < MOST {
            self.arrays.push(array);
        } else if let Some(spare) = self.arrays.get_mut(self.replaced % MOST) {
            *spare = array;
            self.replaced = self.replaced.wrapping_add(1);
        }
    }
}
