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
/// How many are kept besides the last.
const MOST: usize = 3;

/// Arrays of any shapes that nobody else holds.
#[derive(Default)]
pub(super) struct Spares {
    /// In a chain of steps on arrays of one shape it is always this one that fits.
    last: Option<Rc<Array>>,
    earlier: SmallVec<[Rc<Array>; MOST]>,
    /// How many of those had to make room for another.
    replaced: usize,
}

impl Spares {
    /// An array with the shape and type of another, to be written over.
    #[inline]
    pub(super) fn take(&mut self, like: &Array) -> Option<Rc<Array>> {
        match &self.last {
            Some(last) if fits(last, like) => self.last.take(),
            _ if self.earlier.is_empty() => None,
            _ => self.take_earlier(like),
        }
    }

    #[inline(never)]
    fn take_earlier(&mut self, like: &Array) -> Option<Rc<Array>> {
        self.earlier.iter().rposition(|spare| fits(spare, like)).map(|at| self.earlier.swap_remove(at))
    }

    /// Keeps a cotangent that was handed on, if nobody else has it.
    #[inline]
    pub(super) fn keep(&mut self, cotangent: Var) {
        let Var::Array(mut array) = cotangent else { return };
        if Rc::get_mut(&mut array).is_some_and(|array| array.is_ready() && array.len() <= SMALL)
            && let Some(before) = self.last.replace(array)
        {
            self.keep_earlier(before);
        }
    }

    #[inline(never)]
    fn keep_earlier(&mut self, array: Rc<Array>) {
        if self.earlier.len() < MOST {
            self.earlier.push(array);
        } else if let Some(spare) = self.earlier.get_mut(self.replaced % MOST) {
            *spare = array;
            self.replaced = self.replaced.wrapping_add(1);
        }
    }
}

#[inline]
fn fits(spare: &Array, like: &Array) -> bool {
    same_shape(spare.shape(), like.shape()) && spare.dtype() == like.dtype()
}
