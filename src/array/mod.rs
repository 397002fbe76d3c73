//! Arrays: shapes, element types, kernels. No tracking, no places, and the only folder that names
//! `ndarray` and `faer`.
//!
//! An [`Array`] is its dimensions, inline, and one buffer in row-major order. There are no strided
//! arrays to reason about outside this folder: whoever permutes, permutes the elements.

mod apart;
pub mod broadcast;
pub mod buffers;
pub mod cholesky;
pub mod convolve;
mod data;
pub mod decompose;
pub mod determinant;
pub mod element;
pub mod elementary;
mod eliminate;
pub mod factor;
pub mod fold;
pub mod fourier;
pub mod fuse;
mod hidden;
pub mod in_place;
pub mod index;
pub mod join;
pub mod kernel;
pub mod lanes;
pub mod layout;
pub mod lazy;
pub mod limits;
pub mod make;
pub mod map;
mod meet;
mod mismatch;
mod multiply;
pub mod operand;
pub mod order;
mod parallel;
pub mod pool;
pub mod product;
mod read;
pub mod reduce;
pub mod scan;
pub mod select;
mod selection;
pub mod spectra;
pub mod stretch;
pub mod threads;
mod tree;
mod turn;
pub mod walk;
pub mod window;

use crate::diagnostic::Outcome;
pub use data::{DType, Data};
use element::Element;
use hidden::Hidden;
use lazy::Lazy;
use smallvec::SmallVec;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

/// The length of every axis. Four fit without a heap allocation.
pub type Shape = SmallVec<[usize; 4]>;

/// An n-dimensional array.
#[derive(Clone)]
pub struct Array {
    shape: Shape,
    store: Store,
    /// Whether it is known that all elements are finite.
    finite: Cell<bool>,
}

/// The elements, or how to get them.
#[derive(Clone)]
enum Store {
    Ready(Data),
    Pending(Box<Lazy>),
    Hidden(Box<Hidden>),
    /// Nobody will look at them again; how many there were.
    Forgotten(DType, usize),
}

/// What nobody should ever read.
const FORGOTTEN: &str = "internal error: elements were let go, and somebody looks at them";

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_forgotten() {
            return write!(f, "an array of shape {:?} without its elements", self.shape);
        }
        f.debug_struct("Array").field("shape", &self.shape).field("data", self.data()).finish()
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Array) -> bool {
        self.shape == other.shape && self.data() == other.data()
    }
}

impl Drop for Array {
    #[inline]
    fn drop(&mut self) {
        if let Store::Ready(data) = &mut self.store {
            data.let_go();
        } else {
            self.drop_pending();
        }
    }
}

/// Does the same thing to whichever vector an array holds; the body must type-check for all three.
#[macro_export]
macro_rules! each_dtype {
    ($data:expr, $name:ident => $body:expr) => {
        match $data {
            $crate::array::Data::Bool($name) => $body,
            $crate::array::Data::F32($name) => $body,
            $crate::array::Data::F64($name) => $body,
        }
    };
}

impl Array {
    /// An array of this shape with these elements. The caller vouches that their number is right; if it
    /// is not, the missing ones are zero and the surplus is dropped.
    pub fn new(shape: impl Into<Shape>, data: impl Into<Data>) -> Array {
        let shape = shape.into();
        let mut data = data.into();
        let len = count(&shape);
        debug_assert_eq!(len, data.len());
        if data.len() != len {
            each_dtype!(&mut data, data => data.resize(len, Default::default()));
        }
        Array::holding(shape, Store::Ready(data))
    }

    #[inline]
    fn holding(shape: Shape, store: Store) -> Array {
        Array { shape, store, finite: Cell::new(false) }
    }

    /// An array of rank 0.
    pub fn scalar(value: f64, dtype: DType) -> Array {
        let data = match dtype {
            DType::Bool => Data::Bool(vec![value != 0.0]),
            DType::F32 => Data::F32(vec![value as f32]),
            DType::F64 => Data::F64(vec![value]),
        };
        Array::holding(Shape::new(), Store::Ready(data))
    }

    /// An array filled with one value.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn full(shape: impl Into<Shape>, value: f64, dtype: DType) -> Outcome<Array> {
        let shape = shape.into();
        let len = limits::checked_count(&shape)?;
        let data = match dtype {
            DType::Bool => Data::Bool(limits::copies(len, value != 0.0)?),
            DType::F32 => Data::F32(limits::copies(len, value as f32)?),
            DType::F64 => Data::F64(limits::copies(len, value)?),
        };
        Ok(Array::holding(shape, Store::Ready(data)))
    }

    /// Other elements under the same shape; the caller vouches that there are as many.
    #[inline]
    pub fn with_elements<T: Element>(&self, data: Vec<T>) -> Array {
        debug_assert_eq!(data.len(), self.len());
        Array::holding(Shape::from_slice(&self.shape), Store::Ready(T::wrap(data)))
    }

    /// The length of every axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many axes there are.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        match &self.store {
            Store::Ready(data) => data.len(),
            Store::Pending(lazy) => lazy.len,
            Store::Hidden(hidden) => hidden.len,
            Store::Forgotten(_, len) => *len,
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the elements are.
    pub fn dtype(&self) -> DType {
        match &self.store {
            Store::Ready(Data::Bool(_)) => DType::Bool,
            Store::Ready(Data::F32(_)) => DType::F32,
            Store::Ready(Data::F64(_)) => DType::F64,
            Store::Pending(lazy) => lazy.dtype,
            Store::Hidden(hidden) => hidden.dtype,
            Store::Forgotten(dtype, _) => *dtype,
        }
    }

    /// Its shape and type without its elements, for those who need no more.
    #[inline]
    pub fn outline(&self) -> Array {
        Array::holding(Shape::from_slice(&self.shape), Store::Forgotten(self.dtype(), self.len()))
    }

    /// Whether the elements are there.
    #[inline]
    pub fn is_ready(&self) -> bool {
        matches!(self.store, Store::Ready(_))
    }

    /// Whether the elements were let go because nobody would look at them again.
    #[inline]
    pub fn is_forgotten(&self) -> bool {
        matches!(self.store, Store::Forgotten(..))
    }

    /// An array that nobody may look at, with what it stands for: see [`hidden`].
    pub fn hiding(shape: Shape, dtype: DType, behind: Rc<dyn Any>) -> Array {
        let len = count(&shape);
        Array::holding(shape, Store::Hidden(Box::new(Hidden::new(dtype, len, behind))))
    }

    /// What an array that nobody may look at stands for.
    #[inline]
    pub fn behind(&self) -> Option<&Rc<dyn Any>> {
        match &self.store {
            Store::Hidden(hidden) => Some(&hidden.behind),
            _ => None,
        }
    }

    /// An array to be computed when somebody looks.
    pub(crate) fn from_lazy(shape: Shape, lazy: Lazy) -> Array {
        Array::holding(shape, Store::Pending(Box::new(lazy)))
    }

    /// Whether the elements are not computed yet.
    #[inline]
    pub fn is_pending(&self) -> bool {
        self.pending().is_some()
    }

    /// How the elements are to be computed, if they are not yet.
    #[inline]
    pub(crate) fn pending(&self) -> Option<&Lazy> {
        match &self.store {
            Store::Pending(lazy) if lazy.done.get().is_none() => Some(lazy),
            _ => None,
        }
    }

    /// Tells an array that is not computed yet that it is part of what was recorded.
    #[inline]
    pub(crate) fn mark_recorded(&self) {
        if let Store::Pending(lazy) = &self.store {
            lazy.recorded.set(true);
        }
    }

    /// Computes the elements now if they are not yet.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    #[inline]
    pub fn compute(&self) -> Outcome<()> {
        match &self.store {
            Store::Ready(_) => Ok(()),
            Store::Pending(_) => fuse::compute(&[self]),
            Store::Hidden(_) => {
                limits::look();
                limits::check()
            }
            Store::Forgotten(..) => crate::diagnostic::fail(FORGOTTEN),
        }
    }

    /// The elements.
    #[inline]
    pub fn data(&self) -> &Data {
        match &self.store {
            Store::Ready(data) => data,
            Store::Pending(lazy) => lazy.data(&self.shape),
            Store::Hidden(hidden) => hidden.data(),
            Store::Forgotten(..) => panic!("{FORGOTTEN}"),
        }
    }

    /// The elements, to be written in place. Their number must not change.
    #[inline]
    pub fn data_mut(&mut self) -> &mut Data {
        self.finite.set(false);
        if !self.is_ready() {
            self.settle();
        }
        match &mut self.store {
            Store::Ready(data) => data,
            _ => unreachable!("the elements were just computed"),
        }
    }

    /// An array to be written in place: computed, and a copy if somebody else holds it.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn own(array: &mut Rc<Array>) -> Outcome<&mut Array> {
        array.compute()?;
        if Rc::get_mut(array).is_none() {
            limits::affordable(array.len().saturating_mul(8))?;
        }
        Ok(Rc::make_mut(array))
    }

    /// Computes the elements and forgets how.
    fn settle(&mut self) {
        if let Store::Pending(lazy) = &mut self.store {
            lazy.data(&self.shape);
            let data = lazy.done.take().unwrap_or(Data::F64(Vec::new()));
            self.store = Store::Ready(data);
        } else if let Store::Hidden(hidden) = &self.store {
            self.store = Store::Ready(hidden.data().clone());
        }
    }

    /// Takes the elements out.
    pub fn into_data(mut self) -> Data {
        self.settle();
        match std::mem::replace(&mut self.store, Store::Ready(Data::F64(Vec::new()))) {
            Store::Ready(data) => data,
            _ => unreachable!("the elements were just computed"),
        }
    }

    #[cold]
    fn drop_pending(&mut self) {
        if let Store::Pending(lazy) = &mut self.store
            && let Some(mut data) = lazy.done.take()
        {
            data.let_go();
        }
    }

    /// The same elements under another shape with as many elements, or `None` if it has not.
    pub fn with_shape(mut self, shape: impl Into<Shape>) -> Option<Array> {
        let shape = shape.into();
        if count(&shape) != self.len() {
            return None;
        }
        self.settle();
        self.shape = shape;
        Some(self)
    }
}

/// How many elements a shape has. Only for shapes of arrays that exist; others go through
/// [`limits::checked_count`].
#[inline]
pub fn count(shape: &[usize]) -> usize {
    // The other axes of an empty array may be of any length.
    shape.iter().fold(1, |n: usize, &dim| n.saturating_mul(dim))
}

/// Whether two shapes are the same. They are short: to compare them as memory would take longer.
#[inline]
pub fn same_shape(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b)
}

/// A shape as messages write it: `[150, 4]`.
pub fn shape_text(shape: &[usize]) -> String {
    let dims: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!("[{}]", dims.join(", "))
}

/// A number as messages write it, never longer than a shape would be.
pub fn number_text(number: f64) -> String {
    let text = number.to_string();
    if text.len() <= 20 { text } else { format!("{number:e}") }
}
