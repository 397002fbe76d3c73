//! What is left of an image when every window becomes one number: its largest element, or its mean.
//!
//! The largest ones are found as positions in the image. Reading them and their transpose, adding to
//! them, are all that the derivatives need, to any order. So it is for the mean.

use super::element::Element;
use super::window::Places;
use super::{Array, DType, Data, Shape, limits};
use crate::diagnostic::{Kind, Outcome, Problem};
use std::ops::{AddAssign, Mul, MulAssign};

/// The windows of a stack of images.
#[derive(Clone, Debug, PartialEq)]
pub struct Pooling {
    /// Where they lie on every image.
    pub places: Places,
    /// The shape of the stack.
    pub images: Shape,
    /// The shape with one number for each window.
    pub results: Shape,
}

trait Real: Element + AddAssign + MulAssign + Mul<Output = Self> {}
impl Real for f32 {}
impl Real for f64 {}

impl Pooling {
    fn image_size(&self) -> usize {
        self.places.image[0] * self.places.image[1]
    }

    fn result_size(&self) -> usize {
        self.places.count[0] * self.places.count[1]
    }

    /// The position in its image of the largest element of every window, the first if there are several;
    /// of a nan if there is one.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn largest(&self, x: &Array) -> Outcome<Vec<u32>> {
        if u32::try_from(self.image_size()).is_err() {
            return Err(Problem::new("this image is too large for max_pool2d").kind(Kind::Limit));
        }
        match x.data() {
            Data::F32(data) => self.positions(data),
            _ => self.positions(&x.to_doubles()),
        }
    }

    fn positions<T: Real>(&self, x: &[T]) -> Outcome<Vec<u32>> {
        let mut out = limits::filled(super::count(&self.results), 0)?;
        if self.image_size() == 0 || self.result_size() == 0 {
            return Ok(out);
        }
        let slide = &self.places.slide;
        if (slide.kernel, slide.stride, slide.padding) == ([2, 2], [2, 2], [0, 0]) {
            return self.positions_by_pairs(x, out);
        }
        let across = self.places.count[1];
        let mut best = limits::filled(across, T::default())?;
        let [height, width] = self.places.image;
        for (image, positions) in x.chunks_exact(self.image_size()).zip(out.chunks_exact_mut(self.result_size())) {
            limits::check()?;
            for (down, positions) in positions.chunks_exact_mut(across).enumerate() {
                best.fill(T::from_double(f64::NEG_INFINITY));
                positions.fill(u32::MAX);
                for y in self.inside(0, down, height) {
                    for dx in 0..self.places.slide.kernel[1] {
                        // The windows whose element in this column is in the image, and that of the first.
                        let (first, last, x) = self.within(dx, width);
                        let start = y * width + x;
                        let row = image.get(start..(y + 1) * width).unwrap_or(&[]);
                        let step = self.places.slide.stride[1];
                        let best = best.get_mut(first..last).unwrap_or_default();
                        let positions = positions.get_mut(first..last).unwrap_or_default();
                        let mut at = start as u32;
                        for ((best, position), &x) in best.iter_mut().zip(positions).zip(row.iter().step_by(step)) {
                            // Not "x > best": what is -inf everywhere has a largest element too, and nan wins.
                            let better = beats(x, *best) | (*position == u32::MAX);
                            *best = if better { x } else { *best };
                            *position = if better { at } else { *position };
                            at = at.wrapping_add(step as u32);
                        }
                    }
                }
            }
        }
        Ok(out)
    }

    /// The same for the commonest windows, two by two and side by side, without a branch.
    fn positions_by_pairs<T: Real>(&self, x: &[T], mut out: Vec<u32>) -> Outcome<Vec<u32>> {
        let width = self.places.image[1];
        for (image, positions) in x.chunks_exact(self.image_size()).zip(out.chunks_exact_mut(self.result_size())) {
            limits::check()?;
            let rows = image.chunks_exact(2 * width).zip(positions.chunks_exact_mut(self.places.count[1]));
            for (down, (rows, positions)) in rows.enumerate() {
                let start = (2 * down * width) as u32;
                let (above, below) = rows.split_at(width);
                let pairs = above.chunks_exact(2).zip(below.chunks_exact(2));
                for (across, (position, (above, below))) in positions.iter_mut().zip(pairs).enumerate() {
                    let at = start.wrapping_add(2 * across as u32);
                    let (mut best, mut found) = (above[0], at);
                    for (x, place) in
                        [(above[1], 1), (below[0], width as u32), (below[1], (width as u32).wrapping_add(1))]
                    {
                        let better = beats(x, best);
                        best = if better { x } else { best };
                        found = if better { at.wrapping_add(place) } else { found };
                    }
                    *position = found;
                }
            }
        }
        Ok(out)
    }

    /// The rows (or columns) of the image under a window.
    fn inside(&self, axis: usize, place: usize, length: usize) -> std::ops::Range<usize> {
        let slide = &self.places.slide;
        let start = place * slide.stride[axis];
        let first = start.saturating_sub(slide.padding[axis]);
        let last = (start + slide.kernel[axis]).saturating_sub(slide.padding[axis]);
        first.min(length)..last.min(length)
    }

    /// The windows of a row whose column `dx` is in the image, from the first to after the last, and
    /// which column that is of the first.
    fn within(&self, dx: usize, width: usize) -> (usize, usize, usize) {
        let (stride, padding) = (self.places.slide.stride[1], self.places.slide.padding[1]);
        let first = padding.saturating_sub(dx).div_ceil(stride);
        let last = (width + padding).saturating_sub(dx).div_ceil(stride).min(self.places.count[1]);
        (first.min(last), last, (first * stride + dx).saturating_sub(padding).min(width))
    }

    /// The elements at positions, one for each window.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn read(&self, positions: &[u32], x: &Array) -> Outcome<Array> {
        fn run<T: Element>(it: &Pooling, positions: &[u32], x: &[T]) -> Outcome<Vec<T>> {
            let mut out = limits::reserve(positions.len())?;
            let images = x.chunks_exact(it.image_size().max(1));
            for (image, positions) in images.zip(positions.chunks_exact(it.result_size().max(1))) {
                limits::check()?;
                out.extend(positions.iter().map(|&at| image.get(at as usize).copied().unwrap_or_default()));
            }
            Ok(out)
        }
        Ok(match x.data() {
            Data::F32(data) => Array::new(self.results.clone(), run(self, positions, data)?),
            _ => Array::new(self.results.clone(), run(self, positions, &x.to_doubles())?),
        })
    }

    /// The transpose of [`Pooling::read`]: what windows have, added up where it came from.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn write(&self, positions: &[u32], u: &Array) -> Outcome<Array> {
        fn run<T: Real>(it: &Pooling, positions: &[u32], u: &[T]) -> Outcome<Vec<T>> {
            let mut out = limits::copies(super::count(&it.images), T::default())?;
            let size = it.result_size().max(1);
            let windows = u.chunks_exact(size).zip(positions.chunks_exact(size));
            for (image, (u, positions)) in out.chunks_exact_mut(it.image_size().max(1)).zip(windows) {
                limits::check()?;
                for (&u, &at) in u.iter().zip(positions) {
                    if let Some(x) = image.get_mut(at as usize) {
                        *x += u;
                    }
                }
            }
            Ok(out)
        }
        Ok(match u.data() {
            Data::F32(data) => Array::new(self.images.clone(), run(self, positions, data)?),
            _ => Array::new(self.images.clone(), run(self, positions, &u.to_doubles())?),
        })
    }

    /// The mean of every window; the padding counts as zeros.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn mean(&self, x: &Array) -> Outcome<Array> {
        fn run<T: Real>(it: &Pooling, x: &[T]) -> Outcome<Vec<T>> {
            let mut out = limits::copies(super::count(&it.results), T::default())?;
            it.each_line(|line| {
                let source = x.get(line.inner..).unwrap_or(&[]).iter().step_by(line.step);
                let target = out.get_mut(line.outer..line.outer + line.count).unwrap_or_default();
                target.iter_mut().zip(source).for_each(|(to, &x)| *to += x);
            })?;
            let share = it.share::<T>();
            out.iter_mut().for_each(|x| *x *= share);
            Ok(out)
        }
        Ok(if x.dtype() == DType::F32 {
            Array::new(self.results.clone(), run(self, &x.to_singles())?)
        } else {
            Array::new(self.results.clone(), run(self, &x.to_doubles())?)
        })
    }

    /// The transpose of [`Pooling::mean`].
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn share_out(&self, u: &Array) -> Outcome<Array> {
        fn run<T: Real>(it: &Pooling, u: &[T]) -> Outcome<Vec<T>> {
            let mut out = limits::copies(super::count(&it.images), T::default())?;
            let share = it.share::<T>();
            it.each_line(|line| {
                let source = u.get(line.outer..line.outer + line.count).unwrap_or(&[]);
                let target = out.get_mut(line.inner..).unwrap_or_default().iter_mut().step_by(line.step);
                target.zip(source).for_each(|(to, &x)| *to += x * share);
            })?;
            Ok(out)
        }
        Ok(if u.dtype() == DType::F32 {
            Array::new(self.images.clone(), run(self, &u.to_singles())?)
        } else {
            Array::new(self.images.clone(), run(self, &u.to_doubles())?)
        })
    }

    /// One over the size of a window.
    fn share<T: Real>(&self) -> T {
        let [height, width] = self.places.slide.kernel;
        T::from_double(1.0 / (height as f64 * width as f64))
    }

    /// Calls `visit` for each element of a window and each row of places: with the windows that have it
    /// in the image.
    fn each_line(&self, mut visit: impl FnMut(Line)) -> Outcome<()> {
        let [height, width] = self.places.image;
        let [down, across] = self.places.count;
        let planes = super::count(self.images.get(..2).unwrap_or(&[]));
        for plane in 0..planes {
            for place in 0..down {
                limits::check()?;
                for y in self.inside(0, place, height) {
                    for dx in 0..self.places.slide.kernel[1] {
                        let (first, last, x) = self.within(dx, width);
                        visit(Line {
                            inner: (plane * height + y) * width + x,
                            outer: (plane * down + place) * across + first,
                            count: last - first,
                            step: self.places.slide.stride[1],
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

/// Neighbouring windows, and the same element of each.
struct Line {
    /// Where the element of the first window is among the images.
    inner: usize,
    /// Where the first window is among the results.
    outer: usize,
    /// How many windows.
    count: usize,
    /// How far the elements are apart.
    step: usize,
}

/// Whether `x` comes before `best`, which was found earlier: it is greater, or the first nan.
#[inline(always)]
#[expect(clippy::eq_op, reason = "only a nan is not itself")]
fn beats<T: PartialOrd>(x: T, best: T) -> bool {
    (x > best) | ((x != x) & (best == best))
}
