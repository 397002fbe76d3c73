//! A resolved index at work: read, written, and added back.
//!
//! `a[[0, 0]]` reads the first element twice; as a target the last of the two values stays, and its
//! transpose, which is its gradient, adds both. All three walk over the same runs.

use super::broadcast::{broadcast, broadcast_to};
use super::element::Element;
use super::lanes::{self, Number};
use super::limits::{self, STRIDE};
use super::walk::{Walk, push_run, write_run};
use super::{Array, DType, Data, Shape, count, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::each_dtype;
use std::borrow::Cow;
use std::ops::AddAssign;

/// What an index means for arrays of one shape: which elements, in which order, under which shape.
#[derive(Clone, Debug)]
pub struct Selection {
    pub(super) source: Shape,
    pub(super) shape: Shape,
    pub(super) places: Places,
}

/// Where the selected elements are.
#[derive(Clone, Debug)]
pub(super) enum Places {
    /// Evenly spaced, never the same twice.
    Walk(Walk),
    /// Runs of so many neighbours that start here. Two runs are the same or do not overlap.
    Runs { starts: Vec<usize>, width: usize },
}

impl Selection {
    /// Single elements at these positions of the buffer; the caller vouches that they are in it, and as
    /// many as the shape says.
    pub fn of(source: &[usize], shape: &[usize], starts: Vec<usize>) -> Selection {
        let places = Places::Runs { starts, width: 1 };
        Selection { source: Shape::from_slice(source), shape: Shape::from_slice(shape), places }
    }

    /// The same elements from each of `count` arrays that follow one another.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn repeated(&self, count: usize) -> Outcome<Selection> {
        let under = |shape: &[usize]| [count].into_iter().chain(shape.iter().copied()).collect::<Shape>();
        let stride = super::count(&self.source);
        let places = match &self.places {
            Places::Walk(walk) => Places::Walk(walk.repeated(count, stride)),
            Places::Runs { starts, width } => {
                let mut all = limits::reserve(starts.len().saturating_mul(count))?;
                for i in 0..count {
                    all.extend(starts.iter().map(|start| start + i * stride));
                }
                Places::Runs { starts: all, width: *width }
            }
        };
        Ok(Selection { source: under(&self.source), shape: under(&self.shape), places })
    }

    /// The shape of what is selected.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The shape of the arrays it selects from.
    pub fn source(&self) -> &[usize] {
        &self.source
    }

    /// The only selected element, if there is one that is a number and not an array.
    #[inline]
    fn only(&self) -> Option<usize> {
        match &self.places {
            Places::Walk(walk) if self.shape.is_empty() => walk.only(),
            _ => None,
        }
    }

    /// Reads the only selected element, if there is one and it is a double.
    #[inline]
    pub fn take_only(&self, x: &Array) -> Option<f64> {
        let at = self.only().filter(|_| x.shape() == self.source.as_slice())?;
        x.doubles()?.get(at).copied()
    }

    /// Adds a number to the only selected element, in place, if there is one and it is a double; whether it did.
    #[inline]
    pub fn add_to_only(&self, out: &mut Array, x: f64) -> bool {
        match (self.only(), out.data_mut()) {
            (Some(at), Data::F64(data)) => data.get_mut(at).map(|place| *place += x).is_some(),
            _ => false,
        }
    }

    /// Reads the selected elements.
    ///
    /// # Errors
    /// When `x` has another shape than the selection was made for, memory runs out, or somebody asked to
    /// stop.
    pub fn take(&self, x: &Array) -> Outcome<Array> {
        self.check_source(x)?;
        fn gather<T: Element>(places: &Places, len: usize, data: &[T]) -> Outcome<Vec<T>> {
            match places {
                Places::Walk(walk) => walk.gather(data),
                Places::Runs { .. } => {
                    let mut out = limits::room(len)?;
                    let (width, step) = places.run();
                    places.each_run(|at| {
                        push_run(&mut out, data, at, width, step);
                        Ok(())
                    })?;
                    Ok(out)
                }
            }
        }
        each_dtype!(x.data(), data => Ok(Array::new(Shape::from_slice(&self.shape), gather(&self.places, count(&self.shape), data)?)))
    }

    /// Writes the selected elements, in place. The value is stretched to the selection and takes the
    /// type of `x`, except that truth values become numbers when a number is put among them. Where a
    /// position repeats, the last one wins.
    ///
    /// # Errors
    /// When the value does not fit, `x` has another shape than the selection was made for, memory runs
    /// out, or somebody asked to stop.
    pub fn put(&self, mut x: Array, value: &Array) -> Outcome<Array> {
        self.check_source(&x)?;
        if x.dtype() == DType::Bool && value.dtype() != DType::Bool {
            x = x.cast(value.dtype());
        }
        if let (1, Some(value)) = (value.len(), value.at(0)) {
            each_dtype!(x.data_mut(), data => self.write(data, |_, x| *x = Element::from_double(value)))?;
            return Ok(x);
        }
        let value = self.stretched(value)?;
        match x.data_mut() {
            Data::Bool(data) => self.write_all(data, &value.to_bools(), |x, value| *x = value)?,
            Data::F32(data) => self.write_all(data, &value.to_singles(), |x, value| *x = value)?,
            Data::F64(data) => self.write_all(data, &value.to_doubles(), |x, value| *x = value)?,
        }
        Ok(x)
    }

    /// Writes zeros at the selected positions: what is left of a cotangent after an assignment.
    ///
    /// # Errors
    /// When `x` has another shape than the selection was made for, or somebody asked to stop.
    pub fn put_zero(&self, mut x: Array) -> Outcome<Array> {
        self.check_source(&x)?;
        each_dtype!(x.data_mut(), data => self.write(data, |_, x| *x = Default::default()))?;
        Ok(x)
    }

    /// Zeros of the source's shape, with the values added where they were selected; a position that
    /// repeats gets the sum. This is the transpose of [`take`](Selection::take).
    ///
    /// # Errors
    /// When the values do not fit, memory runs out, or somebody asked to stop.
    pub fn scatter_add(&self, values: &Array) -> Outcome<Array> {
        let dtype = if values.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
        let mut out = Array::full(Shape::from_slice(&self.source), 0.0, dtype)?;
        self.add_to(&mut out, values)?;
        Ok(out)
    }

    /// Adds values where they were selected, in place.
    ///
    /// # Errors
    /// When `out` has another shape than the selection was made for, the values do not fit, memory runs out, or
    /// somebody asked to stop.
    pub fn add_to(&self, out: &mut Array, values: &Array) -> Outcome<()> {
        self.check_source(out)?;
        let values = self.stretched(values)?;
        match out.data_mut() {
            Data::F32(data) => self.add_all(data, &values.to_singles()),
            Data::F64(data) => self.add_all(data, &values.to_doubles()),
            Data::Bool(_) => Ok(()),
        }
    }

    fn add_all<T: Number + AddAssign>(&self, data: &mut [T], values: &[T]) -> Outcome<()> {
        let rows = match &self.places {
            Places::Walk(walk) => walk.rows(),
            Places::Runs { .. } => None,
        };
        let Some((mut start, apart, width)) = rows else {
            return self.write_all(data, values, |x, value| *x += value);
        };
        let many = (STRIDE / width).max(1);
        for rows in values.chunks(many * width) {
            limits::check()?;
            lanes::add_apart(data.get_mut(start..).unwrap_or_default(), apart, rows, width);
            start = start.saturating_add(many.saturating_mul(apart));
        }
        Ok(())
    }

    /// For each selected element, whether it is the one that stays when the selection is assigned to;
    /// `None` if no position repeats and so all of them do.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn winners(&self) -> Outcome<Option<Vec<bool>>> {
        let Places::Runs { starts, width } = &self.places else { return Ok(None) };
        if starts.is_sorted_by(|a, b| a < b) {
            return Ok(None);
        }
        let mut order: Vec<usize> = limits::reserve(starts.len())?;
        order.extend(0..starts.len());
        order.sort_unstable_by_key(|&i| (starts[i], i));
        let mut stays = limits::filled(starts.len(), true)?;
        let mut repeats = false;
        for pair in order.windows(2) {
            if let [early, late] = *pair
                && starts[early] == starts[late]
            {
                stays[early] = false;
                repeats = true;
            }
        }
        if !repeats {
            return Ok(None);
        }
        let mut out = limits::room(starts.len().saturating_mul(*width))?;
        out.extend(stays.iter().flat_map(|&stays| std::iter::repeat_n(stays, *width)));
        Ok(Some(out))
    }

    fn check_source(&self, x: &Array) -> Outcome<()> {
        if x.shape() == self.source.as_slice() {
            return Ok(());
        }
        Err(Problem::new("this array has another shape than the index was made for")
            .label(Part::Whole, format!("{}, made for {}", shape_text(x.shape()), shape_text(&self.source)))
            .help("index again: the shape has changed since"))
    }

    /// Calls `write` with every selected element and its ordinal.
    fn write<T>(&self, data: &mut [T], mut write: impl FnMut(usize, &mut T)) -> Outcome<()> {
        let (width, step) = self.places.run();
        let mut first = 0;
        self.places.each_run(|at| {
            write_run(data, at, width, step, |i, x| write(first + i, x));
            first += width;
            Ok(())
        })
    }

    /// Calls `write` with every selected element and its value.
    fn write_all<T: Copy>(&self, data: &mut [T], values: &[T], write: impl Fn(&mut T, T)) -> Outcome<()> {
        let (width, step) = self.places.run();
        let mut runs = values.chunks_exact(width.max(1));
        self.places.each_run(|at| {
            let Some(run) = runs.next() else { return Ok(()) };
            match data.get_mut(at..at.wrapping_add(width)) {
                Some(target) if step == 1 => target.iter_mut().zip(run).for_each(|(x, &value)| write(x, value)),
                _ => write_run(data, at, width, step, |i, x| write(x, run[i])),
            }
            Ok(())
        })
    }

    /// The value under the selection's shape. Surplus axes of length 1 in front do no harm.
    fn stretched<'a>(&self, value: &'a Array) -> Outcome<Cow<'a, Array>> {
        if value.shape() == self.shape.as_slice() {
            return Ok(Cow::Borrowed(value));
        }
        let surplus = value.rank().saturating_sub(self.shape.len());
        let (front, rest) = value.shape().split_at(surplus);
        let fits =
            front.iter().all(|&dim| dim == 1) && broadcast(rest, &self.shape).is_ok_and(|shape| shape == self.shape);
        if !fits {
            return Err(Problem::new("the value does not fit the place")
                .label(Part::Whole, format!("{} into {}", shape_text(value.shape()), shape_text(&self.shape)))
                .help("assign one number, or an array of the shape of the place"));
        }
        Ok(Cow::Owned(broadcast_to(&super::layout::renamed(value, rest)?, &self.shape)?))
    }
}

impl Places {
    fn run(&self) -> (usize, isize) {
        match self {
            Places::Walk(walk) => walk.run(),
            Places::Runs { width, .. } => (*width, 1),
        }
    }

    #[inline(always)]
    fn each_run(&self, mut visit: impl FnMut(usize) -> Outcome<()>) -> Outcome<()> {
        match self {
            Places::Walk(walk) => walk.each_run(visit),
            Places::Runs { starts, width } => {
                for starts in starts.chunks((STRIDE / width.max(&1)).max(1)) {
                    limits::check()?;
                    starts.iter().try_for_each(|&at| visit(at))?;
                }
                Ok(())
            }
        }
    }
}
