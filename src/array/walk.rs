//! Walking over an array's buffer in another order than it is stored: permuted, sliced, flipped.
//!
//! `x.T` of a [2, 3] array visits positions 0 3 1 4 2 5. A [`Walk`] says so with a start and a step per
//! axis, merges the axes that run into one another, and hands out whole runs, so that `x[1:3]` is one
//! `memcpy` and nothing computes an index per element.

use super::element::Element;
use super::limits::{self, STRIDE};
use super::turn::Turned;
use super::{Data, Shape};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;

/// The signed distance between neighbours along every axis.
pub type Steps = SmallVec<[isize; 4]>;

/// The distance between neighbours along every axis of a row-major array.
pub fn row_major(shape: &[usize]) -> Steps {
    let mut steps = Steps::from_elem(0, shape.len());
    let mut step: isize = 1;
    for (out, &dim) in steps.iter_mut().zip(shape).rev() {
        *out = step;
        // Only an empty array can wrap, and nobody walks over it.
        step = step.wrapping_mul(dim as isize);
    }
    steps
}

/// A set of positions in a buffer, in the order in which they are visited.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    start: isize,
    dims: Shape,
    steps: Steps,
}

impl Walk {
    /// Positions `start + index · steps` for every index below `dims`, the last axis fastest. The caller
    /// vouches that they lie in the buffer; one that does not is left out when the walk is used.
    pub fn new(start: isize, dims: &[usize], steps: &[isize]) -> Walk {
        let mut walk = Walk { start, dims: Shape::new(), steps: Steps::new() };
        if dims.contains(&0) {
            walk.dims.push(0);
            walk.steps.push(1);
            return walk;
        }
        for (&dim, &step) in dims.iter().zip(steps) {
            if dim == 1 {
                continue;
            }
            match (walk.dims.last_mut(), walk.steps.last_mut()) {
                // Axes that run into one another are one axis.
                (Some(last_dim), Some(last_step)) if *last_step == step.wrapping_mul(dim as isize) => {
                    *last_dim *= dim;
                    *last_step = step;
                }
                _ => {
                    walk.dims.push(dim);
                    walk.steps.push(step);
                }
            }
        }
        walk
    }

    /// The same positions in each of `count` buffers that follow one another.
    pub fn repeated(&self, count: usize, stride: usize) -> Walk {
        let dims: Shape = [count].into_iter().chain(self.dims.iter().copied()).collect();
        let steps: Steps = [stride as isize].into_iter().chain(self.steps.iter().copied()).collect();
        Walk::new(self.start, &dims, &steps)
    }

    /// The only position it visits, if it has no axes.
    #[inline]
    pub fn only(&self) -> Option<usize> {
        if self.dims.is_empty() { usize::try_from(self.start).ok() } else { None }
    }

    /// How many positions it visits.
    pub fn len(&self) -> usize {
        super::count(&self.dims)
    }

    /// Whether it visits none.
    pub fn is_empty(&self) -> bool {
        self.dims.contains(&0)
    }

    /// The length of a run, and the distance between its neighbours.
    pub fn run(&self) -> (usize, isize) {
        (self.dims.last().copied().unwrap_or(1), self.steps.last().copied().unwrap_or(1))
    }

    /// If it visits rows that lie evenly apart, each in one piece: where the first begins, how far apart they begin,
    /// and how long they are.
    pub fn rows(&self) -> Option<(usize, usize, usize)> {
        let (apart, width) = match (&self.dims[..], &self.steps[..]) {
            (&[width], &[1]) => (width, width),
            (&[_, width], &[apart, 1]) => (usize::try_from(apart).ok()?, width),
            _ => return None,
        };
        (0 < width && width <= apart).then_some((usize::try_from(self.start).ok()?, apart, width))
    }

    /// Calls `visit` with the first position of every run.
    ///
    /// # Errors
    /// When somebody asked to stop, or `visit` says so.
    pub fn each_run(&self, mut visit: impl FnMut(usize) -> Outcome<()>) -> Outcome<()> {
        if self.is_empty() {
            return Ok(());
        }
        let outer = self.dims.len().saturating_sub(1);
        let (dims, steps) = (&self.dims[..outer], &self.steps[..outer]);
        let (width, _) = self.run();
        let mut index = Shape::from_elem(0, outer);
        let mut at = self.start;
        let mut since_check = 0;
        loop {
            since_check += width;
            if since_check >= STRIDE {
                limits::check()?;
                since_check = 0;
            }
            visit(at as usize)?;
            let mut axis = outer;
            loop {
                if axis == 0 {
                    return Ok(());
                }
                axis -= 1;
                index[axis] += 1;
                at += steps[axis];
                if index[axis] < dims[axis] {
                    break;
                }
                at -= steps[axis] * index[axis] as isize;
                index[axis] = 0;
            }
        }
    }

    /// The elements at the positions, in order.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn gather<T: Element>(&self, data: &[T]) -> Outcome<Vec<T>> {
        if let Some(turned) = self.turned() {
            return turned.gather(data);
        }
        let len = self.len();
        let mut out = limits::room(len)?;
        let (width, step) = self.run();
        self.each_run(|at| {
            push_run(&mut out, data, at, width, step);
            Ok(())
        })?;
        out.resize(len, T::default());
        Ok(out)
    }

    /// When neighbours lie along the last axis but one, as in a transposed matrix: the walk with the
    /// lengths and steps of that axis and the last one taken off.
    fn turned(&self) -> Option<Turned> {
        let rank = self.dims.len();
        let (rows, width) = (*self.dims.get(rank.wrapping_sub(2))?, *self.dims.last()?);
        let (row_step, step) = (*self.steps.get(rank.wrapping_sub(2))?, *self.steps.last()?);
        if row_step != 1 || step < 2 || rows < 8 || width < 8 {
            return None;
        }
        let outer = Walk {
            start: self.start,
            dims: Shape::from_slice(&self.dims[..rank - 2]),
            steps: Steps::from_slice(&self.steps[..rank - 2]),
        };
        Some(Turned { outer, rows, width, step: step as usize })
    }
}

/// Appends the elements of one run.
#[inline(always)]
pub fn push_run<T: Copy>(out: &mut Vec<T>, data: &[T], at: usize, width: usize, step: isize) {
    let span = step.unsigned_abs().wrapping_mul(width.wrapping_sub(1));
    match step {
        1 => out.extend_from_slice(data.get(at..at.wrapping_add(width)).unwrap_or(&[])),
        0 => out.extend(data.get(at).into_iter().flat_map(|&x| std::iter::repeat_n(x, width))),
        2.. => out.extend(data.get(at..).unwrap_or(&[]).iter().step_by(step as usize).take(width)),
        _ => {
            let low = at.wrapping_sub(span);
            let run = data.get(low..at.wrapping_add(1)).unwrap_or(&[]);
            out.extend(run.iter().rev().step_by(step.unsigned_abs()).take(width));
        }
    }
}

/// Calls `write` with every element of one run and its ordinal in the run.
#[inline(always)]
pub fn write_run<T>(data: &mut [T], at: usize, width: usize, step: isize, mut write: impl FnMut(usize, &mut T)) {
    match step {
        1 => {
            let run = data.get_mut(at..at.wrapping_add(width)).unwrap_or_default();
            run.iter_mut().enumerate().for_each(|(i, x)| write(i, x));
        }
        _ => {
            let mut position = at;
            for i in 0..width {
                if let Some(x) = data.get_mut(position) {
                    write(i, x);
                }
                position = position.wrapping_add_signed(step);
            }
        }
    }
}

/// Puts elements, in order, at the positions of a walk. Both buffers must hold the same type; if they do
/// not, nothing happens.
///
/// # Errors
/// When somebody asked to stop.
pub fn put_in_order(walk: &Walk, target: &mut Data, values: &Data) -> Outcome<()> {
    fn put<T: Element>(walk: &Walk, target: &mut [T], values: &[T]) -> Outcome<()> {
        let (width, step) = walk.run();
        let mut runs = values.chunks_exact(width.max(1));
        walk.each_run(|at| {
            if let Some(run) = runs.next() {
                write_run(target, at, width, step, |i, x| *x = run[i]);
            }
            Ok(())
        })
    }
    match (target, values) {
        (Data::Bool(target), Data::Bool(values)) => put(walk, target, values),
        (Data::F32(target), Data::F32(values)) => put(walk, target, values),
        (Data::F64(target), Data::F64(values)) => put(walk, target, values),
        _ => Ok(()),
    }
}
