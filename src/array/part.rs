//! Rows that lie in another array.
//!
//! `for x in xs { … }` looks at one row after the other, and a recording may keep them all. Copied, they would be
//! the whole array once more. So such a row only says where it lies, and is copied when somebody wants to write, or
//! to hold its elements as those of an array of its own.

use super::element::Element;
use super::{Array, Data, Shape, Store, count};
use crate::each_dtype;
use std::cell::OnceCell;
use std::rc::Rc;

/// Elements from which a row is not copied.
const FROM: usize = 256;

/// Where a row lies.
#[derive(Clone)]
pub(super) struct Part {
    /// The array it is a row of, which holds its elements itself.
    pub(super) whole: Rc<Array>,
    start: usize,
    pub(super) len: usize,
    /// The row by itself, if somebody asked.
    alone: OnceCell<Data>,
}

impl Part {
    /// The elements, if they are of a type.
    #[inline]
    pub(super) fn elements<T: Element>(&self) -> Option<&[T]> {
        self.whole.elements()?.get(self.start..self.start + self.len)
    }

    /// The elements by themselves.
    #[cold]
    pub(super) fn data(&self) -> &Data {
        self.alone.get_or_init(|| self.copied())
    }

    /// A copy of the elements.
    pub(super) fn copied(&self) -> Data {
        each_dtype!(self.whole.data(), data => data.get(self.start..self.start + self.len).unwrap_or(&[]).to_vec().into())
    }
}

impl Array {
    /// Whether the elements are there, its own or another's.
    #[inline]
    pub fn is_there(&self) -> bool {
        matches!(self.store, Store::Ready(_) | Store::Part(_))
    }

    /// The `i`-th entry along the first axis as it lies there; `None` if it is short, or there is none.
    pub fn row_in_place(whole: &Rc<Array>, i: usize) -> Option<Array> {
        let (&rows, shape) = whole.shape().split_first()?;
        let len = count(shape);
        if len < FROM || i >= rows || !whole.is_ready() {
            return None;
        }
        let part = Part { whole: whole.clone(), start: i * len, len, alone: OnceCell::new() };
        Some(Array { shape: Shape::from_slice(shape), store: Store::Part(Box::new(part)) })
    }
}
