//! Computing what is pending, in one sweep.
//!
//! The steps between what is asked for and what is already computed form a graph. [`plan`] turns it into a
//! list of instructions on registers, each a block of [`BLOCK`](run::BLOCK) elements or more, and [`run`] goes through the
//! array block by block: load, compute, store, on all threads. A register stays in the cache from the
//! instruction that writes it to the last that reads it, so memory is touched once for each array that
//! comes in and once for each that goes out.
//!
//! If nobody else holds an array that comes in, the result is written over it: `w = w - 0.1 * g` moves no
//! memory but its own.

mod chunk;
mod leaf;
mod piece;
mod plan;
mod rows;
mod run;
mod write;

pub use chunk::{Chunk, Slice};
pub use run::Scratch;

use super::lazy::{Arg, Lazy, Step};
use super::{Array, DType, Data, Shape, fold, limits, parallel};
use crate::diagnostic::Outcome;
use plan::Plan;
use run::Program;
use std::rc::Rc;

/// Elements that one thread computes between two looks at the clock; sums are cut at multiples of it.
pub const CHUNK: usize = 8192;
/// Below this many elements a sweep stays on one thread.
const PARALLEL_FROM: usize = 32_768;
/// The most elements between two looks at the interrupt flag.
const GRAIN: usize = 4 * CHUNK;

/// Computes arrays that are pending, in as few sweeps as their shapes allow. Those that are not pending stay as
/// they are.
///
/// # Errors
/// When memory runs out, or somebody asked to stop; what was not computed stays pending.
pub fn compute(arrays: &[&Array]) -> Outcome<()> {
    let mut waiting: Vec<(&Lazy, Shape)> =
        arrays.iter().filter_map(|array| array.pending().map(|lazy| (lazy, lazy.span(array.shape())))).collect();
    while let Some((_, shape)) = waiting.first() {
        let shape = shape.clone();
        let now: Vec<&Lazy> = waiting.extract_if(.., |(_, other)| *other == shape).map(|(lazy, _)| lazy).collect();
        sweep(&now, &shape, false, true)?;
    }
    Ok(())
}

/// Computes an array and, on the way, everything that somebody else holds.
///
/// # Errors
/// See [`compute`].
pub fn compute_keeping(array: &Array) -> Outcome<()> {
    match array.pending() {
        Some(lazy) => sweep(&[lazy], &lazy.span(array.shape()), true, true),
        None => Ok(()),
    }
}

/// How many steps are pending under these operands.
pub fn count_steps(args: &[Arg]) -> u32 {
    plan::count_steps(args)
}

/// Computes a pending array of this shape.
///
/// # Errors
/// When memory runs out or, if it may, when somebody asked to stop.
pub(super) fn force(root: &Lazy, shape: &[usize], may_stop: bool) -> Outcome<()> {
    sweep(&[root], &root.span(shape), false, may_stop)
}

/// Computes pending arrays in one sweep over elements of this shape.
fn sweep(roots: &[&Lazy], shape: &[usize], keep_all: bool, may_stop: bool) -> Outcome<()> {
    let mut plan = Plan::new(shape);
    for &root in roots {
        plan.want(root);
    }
    plan.finish(keep_all)?;
    let plan::Parts { code, mut leaves, outputs, kept } = plan.into_parts();
    let len = super::count(shape);
    let mut buffers: Vec<Option<Data>> = Vec::new();
    for output in &outputs {
        buffers.push(match (output.over, output.divisor) {
            (Some(_), _) => None,
            (None, Some(_)) => Some(Data::F64(limits::buffer(len.div_ceil(fold::BLOCK))?)),
            (None, None) => Some(run::blank(output.dtype, len)?),
        });
    }
    // Steps are taken out of the arrays that will be done, so that whoever holds nothing else lets go of
    // the operands; they come back if the sweep is stopped.
    let mut steps: Vec<Option<Step>> = roots.iter().map(|root| root.step.borrow_mut().take()).collect();
    for (output, buffer) in outputs.iter().zip(&mut buffers) {
        if let (Some(leaf), None) = (output.over, &buffer) {
            // Now only the plan holds the array that the result is written over.
            steps.clear();
            *buffer = leaves.get_mut(leaf).and_then(leaf::Leaf::steal);
        }
    }
    // What was taken apart must be finished.
    let may_stop = may_stop && !steps.is_empty();
    let mut targets: Vec<Data> = buffers.into_iter().map(|data| data.unwrap_or(Data::F64(Vec::new()))).collect();
    let done = {
        let program = Program::new(&code, &leaves, &outputs);
        let summed: Vec<bool> = outputs.iter().map(|output| output.divisor.is_some()).collect();
        run::store(&program, &mut targets, &summed, len, may_stop)
    };
    if done.is_err() {
        for (root, step) in roots.iter().zip(steps) {
            *root.step.borrow_mut() = step;
        }
        return done;
    }
    drop(steps);
    let mut data = targets.into_iter().zip(&outputs).map(|(data, output)| match output.divisor {
        Some(divisor) => fold::sum_of_parts(&data, divisor, output.dtype),
        None => data,
    });
    for (root, data) in roots.iter().zip(data.by_ref()) {
        let _ = root.done.set(data);
    }
    for (array, data) in kept.iter().zip(data) {
        if let Some(lazy) = array.pending() {
            let _ = lazy.done.set(data);
            lazy.step.borrow_mut().take();
        }
    }
    Ok(())
}

/// The elements of an array in pieces, for whoever reads them once: computed piece by piece if the array
/// is pending, where they are otherwise.
pub enum Reader<'a> {
    /// All there.
    Ready(&'a Data),
    /// To be computed.
    Pending(Box<Prepared>),
}

/// A sweep whose result is not stored.
pub struct Prepared {
    parts: plan::Parts,
    len: usize,
}

impl Reader<'_> {
    /// Prepares to read an array.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn new(array: &Array) -> Outcome<Reader<'_>> {
        let Some(lazy) = array.pending() else { return Ok(Reader::Ready(array.data())) };
        let mut plan = Plan::new(array.shape());
        plan.want(lazy);
        plan.finish(false)?;
        let parts = plan.into_parts();
        // Somebody must keep what fits the caches: then it is computed as an array after all.
        if !parts.kept.is_empty() || lazy.keep() && lazy.passed.get() > 0 {
            force(lazy, array.shape(), true)?;
            return Ok(Reader::Ready(array.data()));
        }
        lazy.passed.set(lazy.passed.get().saturating_add(1));
        Ok(Reader::Pending(Box::new(Prepared { parts, len: lazy.len })))
    }

    /// Calls `part` for pieces of `grain` elements (the last may be shorter), on all threads if there are
    /// many, and gives its results in order. `part` reads elements through [`Chunk::read`].
    ///
    /// # Errors
    /// When somebody asked to stop.
    pub fn in_parts<R: Send>(&self, grain: usize, part: &(impl Fn(&mut Chunk<'_>) -> R + Sync)) -> Outcome<Vec<R>> {
        let len = match self {
            Reader::Ready(data) => data.len(),
            Reader::Pending(prepared) => prepared.len,
        };
        let program = match self {
            Reader::Ready(_) => None,
            Reader::Pending(prepared) => {
                Some(Program::new(&prepared.parts.code, &prepared.parts.leaves, &prepared.parts.outputs))
            }
        };
        let ready = match self {
            Reader::Ready(data) => Some(*data),
            Reader::Pending(_) => None,
        };
        let one = |range: std::ops::Range<usize>| -> Outcome<R> {
            limits::check()?;
            run::with_scratch(|scratch| Ok(part(&mut Chunk::new(range, ready, program.as_ref(), scratch))))
        };
        let results = if len < PARALLEL_FROM {
            (0..len).step_by(grain.max(1)).map(|start| one(start..len.min(start + grain))).collect()
        } else {
            parallel::in_parts(0..len, grain.max(1), &one)
        };
        results.into_iter().collect()
    }
}

/// Whether an array has so many elements that reading it is shared between threads.
pub fn large(len: usize) -> bool {
    len >= PARALLEL_FROM && super::threads::count() > 1
}

/// What an array that comes in looks like from the result.
pub(super) fn single(array: &Rc<Array>) -> Option<f64> {
    if array.len() == 1 && array.pending().is_none() { array.at(0) } else { None }
}

/// The type a step computes in, given its result's.
pub(super) fn wide(dtype: DType) -> DType {
    if dtype == DType::F32 { DType::F32 } else { DType::F64 }
}
