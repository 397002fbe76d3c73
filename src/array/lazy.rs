//! Arrays that are not computed yet.
//!
//! `exp(-x * x / 2) * sin(3 * x)` on a million numbers, one operation after the other, writes and reads
//! five arrays that nobody asked for, and spends most of its time on that. So an elementwise result
//! of [`FROM`] elements or more is only a [`Step`]: what to do to which operands. When somebody looks at
//! the elements, everything that is pending is computed in one sweep (see [`fuse`](super::fuse)), block by
//! block, each block staying in the cache from its first operation to its last. Every operation rounds as
//! it would alone, so nobody can tell but by the clock.
//!
//! An array remembers its elements once they were looked at. One that only stands in the middle of
//! expressions is computed anew for each, which is cheaper than keeping it, but not for ever: see
//! [`Lazy::keep`].

use super::broadcast::broadcast;
use super::kernel::{Kernel1, Kernel2, Test2};
use super::lanes::Lane;
use super::operand::{Operand, result_dtype};
use super::{Array, DType, Data, Shape, count, fuse, same_shape};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// Results with fewer elements are computed at once: a step costs about as much as a thousand elements.
pub const FROM: usize = 8192;

/// Steps that a sweep may have before its operands are computed first. Longer programs gain nothing, and
/// a loop that updates an array for ever must not remember all its turns.
const LONGEST: u32 = 96;

/// Results in the middle of a sweep that somebody else holds are kept when there are fewer elements than
/// this: reading one back costs less than computing it again as long as it is in the cache.
const KEEP_BELOW: usize = 100_000;

/// Appends `slope * cotangent` for a row of elements, from the rows of the operands and the result.
pub type WeightedRow<T> = fn(&[Lane<'_, T>; 3], Lane<'_, T>, &[T], &mut [T]);

/// What is done to operands, element by element.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A function of one operand.
    Map1(&'static Kernel1),
    /// A function of two operands.
    Map2(&'static Kernel2),
    /// A truth value from one operand.
    Test1(fn(f64) -> bool),
    /// A truth value from two operands; both are rounded to single precision first if the flag is set.
    Test2(&'static Test2, bool),
    /// The second operand where the first is true, the third elsewhere.
    Choose,
    /// A derivative times a cotangent: three operands, the result, the cotangent.
    Slope(WeightedRow<f64>, WeightedRow<f32>),
    /// The operand as it is, stretched or converted.
    Same,
    /// The sum of the operand's elements, divided by a number; itself of rank 0.
    Sum(f64),
}

/// An operand of a step.
#[derive(Clone)]
pub enum Arg {
    /// A number, the same for all elements.
    Num(f64),
    /// An array, computed or not.
    Array(Rc<Array>),
}

/// What to do to which operands.
#[derive(Clone)]
pub struct Step {
    pub(super) kind: Kind,
    pub(super) args: SmallVec<[Arg; 3]>,
}

/// The elements of an array that may not be computed yet.
pub struct Lazy {
    pub(super) dtype: DType,
    pub(super) len: usize,
    /// What is to be done, until it is.
    pub(super) step: RefCell<Option<Step>>,
    pub(super) done: OnceCell<Data>,
    /// At least how many steps a sweep for it has.
    size: Cell<u32>,
    /// In how many sweeps it was computed without being kept.
    pub(super) passed: Cell<u8>,
    /// Whether the record holds it.
    pub(super) recorded: Cell<bool>,
    /// A number for the one sweep that is being planned: which sweep, and which of its steps.
    pub(super) mark: Cell<(u64, u32)>,
}

impl Lazy {
    /// The elements, computed now if they were not yet.
    ///
    /// # Panics
    /// If memory runs out just now. Whoever can say so to a program calls [`Array::compute`] first.
    pub(super) fn data(&self, shape: &[usize]) -> &Data {
        if self.done.get().is_none() {
            let mut refused = fuse::force(self, shape, false);
            if refused.is_err() {
                super::buffers::release();
                refused = fuse::force(self, shape, false);
            }
            if refused.is_err() {
                // An allocation that was checked when the step was made, and fails all the same.
                std::panic::panic_any(super::limits::NO_MEMORY);
            }
        }
        self.done.get_or_init(|| Data::F64(Vec::new()))
    }

    /// Whether a sweep that computes this in passing should keep it for those who hold it: always when
    /// it fits the caches, or if a variable holds it and not only the record, whose arrays are many; and the
    /// third time in any case, so that no step is computed more often.
    pub(super) fn keep(&self) -> bool {
        self.len < KEEP_BELOW || !self.recorded.get() || self.passed.get() >= 2
    }

    /// The shape of the sweep that computes this: for a sum, that of its operand.
    pub(super) fn span(&self, shape: &[usize]) -> Shape {
        match &*self.step.borrow() {
            Some(Step { kind: Kind::Sum(_), args }) => match args.first() {
                Some(Arg::Array(array)) => Shape::from_slice(array.shape()),
                _ => Shape::from_slice(shape),
            },
            _ => Shape::from_slice(shape),
        }
    }
}

impl Clone for Lazy {
    fn clone(&self) -> Lazy {
        Lazy {
            dtype: self.dtype,
            len: self.len,
            step: self.step.clone(),
            done: self.done.clone(),
            size: self.size.clone(),
            passed: Cell::new(0),
            recorded: Cell::new(false),
            mark: Cell::default(),
        }
    }
}

/// Whether a result of this shape is only remembered, to be computed later.
#[inline]
pub fn postponed(shape: &[usize]) -> bool {
    match shape {
        [] => false,
        [n] => *n >= FROM,
        _ => count(shape) >= FROM,
    }
}

/// An array that is only a step, to be computed when somebody looks.
///
/// # Errors
/// When there would not be memory for it, or operands had to be computed first and somebody asked to stop.
pub fn later(shape: Shape, dtype: DType, kind: Kind, args: SmallVec<[Arg; 3]>) -> Outcome<Array> {
    if args.iter().any(|arg| matches!(arg, Arg::Array(array) if array.behind().is_some())) {
        // What is computed later could be looked at when nobody asks any more.
        super::limits::look();
        super::limits::check()?;
    }
    let len = super::limits::checked_count(&shape)?;
    super::limits::affordable(len.saturating_mul(if dtype == DType::F64 { 8 } else { 4 }))?;
    let pending = |args: &[Arg]| {
        args.iter()
            .map(|arg| match arg {
                Arg::Array(array) => array.pending().map_or(0, |lazy| lazy.size.get()),
                Arg::Num(_) => 0,
            })
            .fold(1_u32, u32::saturating_add)
    };
    let mut size = pending(&args);
    if size > LONGEST {
        size = fuse::count_steps(&args).saturating_add(1);
        if size > LONGEST {
            for arg in &args {
                if let Arg::Array(array) = arg {
                    fuse::compute_keeping(array)?;
                }
            }
            size = 1;
        }
    }
    let lazy = Lazy {
        dtype,
        len,
        step: RefCell::new(Some(Step { kind, args })),
        done: OnceCell::new(),
        size: Cell::new(size),
        passed: Cell::new(0),
        recorded: Cell::new(false),
        mark: Cell::default(),
    };
    Ok(Array::from_lazy(shape, lazy))
}

impl Arg {
    /// The operand as kernels see it.
    pub fn operand(&self) -> Operand<'_> {
        match self {
            Arg::Num(x) => Operand::Num(*x),
            Arg::Array(array) => Operand::Array(array),
        }
    }
}

/// A function of two operands, to be computed later.
///
/// # Errors
/// When the shapes do not line up, and see [`later`].
pub fn map2(kernel: &'static Kernel2, a: Arg, b: Arg) -> Outcome<Array> {
    let shape = broadcast(a.operand().shape(), b.operand().shape())?;
    let dtype = match result_dtype(a.operand(), b.operand()) {
        DType::F32 => DType::F32,
        _ => DType::F64,
    };
    later(shape, dtype, Kind::Map2(kernel), [a, b].into_iter().collect())
}

/// A comparison, to be computed later.
///
/// # Errors
/// When the shapes do not line up, and see [`later`].
pub fn test2(test: &'static Test2, a: Arg, b: Arg) -> Outcome<Array> {
    let shape = broadcast(a.operand().shape(), b.operand().shape())?;
    let narrow = result_dtype(a.operand(), b.operand()) == DType::F32;
    later(shape, DType::Bool, Kind::Test2(test, narrow), [a, b].into_iter().collect())
}

/// An array stretched to a shape it is known to broadcast to, or converted, to be computed later.
///
/// # Errors
/// See [`later`].
pub fn same(x: Rc<Array>, shape: Shape, dtype: DType) -> Outcome<Array> {
    later(shape, dtype, Kind::Same, [Arg::Array(x)].into_iter().collect())
}

/// The sum of all elements divided by a number, to be computed later: together with the derivative, which
/// goes through the same elements, if nobody looks before.
///
/// # Errors
/// See [`later`].
pub fn sum(x: Rc<Array>, divisor: f64) -> Outcome<Array> {
    let dtype = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    later(Shape::new(), dtype, Kind::Sum(divisor), [Arg::Array(x)].into_iter().collect())
}

/// Whether a pair of operands gives a result that is computed later.
#[inline]
pub fn postponed_pair(a: &[usize], b: &[usize]) -> bool {
    match (a, b) {
        ([], shape) | (shape, []) => postponed(shape),
        _ if same_shape(a, b) => postponed(a),
        // The result is at least as large as either, and at most as both multiplied.
        _ => {
            let (m, n) = (count(a), count(b));
            m.saturating_mul(n) >= FROM && (m.max(n) >= FROM || broadcast(a, b).is_ok_and(|shape| postponed(&shape)))
        }
    }
}
