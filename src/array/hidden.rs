//! Arrays that nobody may look at.
//!
//! `vmap(f)` runs `f` once, on an array that stands for all rows at once. It has a shape and a type, which are
//! the same for every row, but no elements: which row's would they be? As long as `f` only hands it from one
//! operation to the next, nobody misses them. Whoever does look, an `if`, a `print`, an index made of data, is
//! given zeros, and the fact is remembered ([`limits::look`](super::limits::look)), so that the run is given
//! up before its result, or anything it would do, can be seen.

use super::{DType, Data, limits};
use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;

/// What an array without elements is.
#[derive(Clone)]
pub(super) struct Hidden {
    pub(super) dtype: DType,
    pub(super) len: usize,
    /// What it stands for.
    pub(super) behind: Rc<dyn Any>,
    /// What those see who look all the same.
    zeros: OnceCell<Data>,
}

impl Hidden {
    pub(super) fn new(dtype: DType, len: usize, behind: Rc<dyn Any>) -> Hidden {
        Hidden { dtype, len, behind, zeros: OnceCell::new() }
    }

    /// Zeros. Somebody looked.
    #[cold]
    pub(super) fn data(&self) -> &Data {
        limits::look();
        self.zeros.get_or_init(|| match self.dtype {
            DType::Bool => Data::Bool(vec![false; self.len]),
            DType::F32 => Data::F32(vec![0.0; self.len]),
            DType::F64 => Data::F64(vec![0.0; self.len]),
        })
    }
}
