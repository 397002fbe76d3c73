//! Convolutions as matrix products.
//!
//! Of every image the patches under the filter become the columns of a matrix, and the filters are the
//! rows of another: their product is the result. The column matrix repeats the image many times over,
//! so it is made for a few rows or images at a time and stays in the cache. With stride 1 its rows are
//! stretches of the image as they lie in memory, from the first patch to the last: a copy each. The
//! patches that wrap around an edge are computed too and left out of the result.
//!
//! There are three functions, because `sum(u * conv(x, w))` is linear in each of `x`, `w` and `u`: the
//! derivative of each of the three is made of the other two.

mod columns;

use self::columns::{Work, grow};
use super::element::Element;
use super::limits;
use super::operand::result_dtype;
use super::window::{Places, Slide, images, read_images};
use super::{Array, DType, Data, Shape, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use faer::{Accum, MatMut, MatRef, Par};

/// Elements of the column matrix at a time.
const BLOCK: usize = 1 << 16;
/// Columns beyond which a product gains nothing from more of them.
const WIDE: usize = 512;

/// Everything about a convolution but its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    batch: usize,
    /// Channels that go in and come out, in each group.
    inputs: usize,
    outputs: usize,
    groups: usize,
    places: Places,
    /// Whether there is only one axis to slide along.
    flat: bool,
}

impl Convolution {
    /// What filters of shape `w` do to images of shape `x`.
    ///
    /// # Errors
    /// When the shapes do not fit, or the result is too large for memory.
    pub fn new(
        name: &str,
        (x, w): (&[usize], &[usize]),
        stride: [usize; 2],
        padding: [usize; 2],
        groups: usize,
        flat: bool,
    ) -> Outcome<Convolution> {
        let (batch, channels, image) = read_images(x, flat, name)?;
        let (filters, inputs, kernel) = match *w {
            [filters, inputs, height, width] if !flat => (filters, inputs, [height, width]),
            [filters, inputs, length] if flat => (filters, inputs, [1, length]),
            _ => {
                let axes = if flat { "(out, in, length)" } else { "(out, in, height, width)" };
                return Err(Problem::new(format!("{name} needs w as {axes}"))
                    .label(Part::Argument(1), format!("{}, {} axes", shape_text(w), w.len())));
            }
        };
        let each = channels / groups.max(1);
        if groups == 0 || channels % groups != 0 || filters % groups != 0 {
            return Err(Problem::new(format!("{groups} groups cannot share these channels equally"))
                .label(Part::Argument(0), format!("{channels} in"))
                .label(Part::Argument(1), format!("{filters} out")));
        }
        if inputs != each {
            let plural = |n: usize| format!("{n} channel{}", if n == 1 { "" } else { "s" });
            let problem = Problem::new("these filters are for another number of channels")
                .label(Part::Argument(1), format!("{}: for {}", shape_text(w), plural(inputs)))
                .label(Part::Argument(0), format!("{}: {}", shape_text(x), plural(channels)));
            return Err(if groups > 1 {
                problem.note(format!("each of the {groups} groups has {}", plural(each)))
            } else {
                problem.note("the second axis of both is the channels")
            });
        }
        let places = Slide { kernel, stride, padding }.over(image, 1)?;
        let made = Convolution { batch, inputs, outputs: filters / groups, groups, places, flat };
        limits::checked_count(&made.result_shape())?;
        limits::checked_count(&[made.inputs, places.padded[0], places.padded[1]])?;
        limits::checked_count(&[made.rows(), places.count[0], places.padded[1]])?;
        limits::checked_count(&[made.outputs, places.count[0], places.padded[1]])?;
        Ok(made)
    }

    /// The shape of the images.
    pub fn image_shape(&self) -> Shape {
        images(self.batch, self.inputs * self.groups, self.places.image, self.flat)
    }

    /// The shape of the filters.
    pub fn filter_shape(&self) -> Shape {
        images(self.outputs * self.groups, self.inputs, self.places.slide.kernel, self.flat)
    }

    /// The shape of the result.
    pub fn result_shape(&self) -> Shape {
        images(self.batch, self.outputs * self.groups, self.places.count, self.flat)
    }

    /// Rows of the column matrix: elements of a filter.
    fn rows(&self) -> usize {
        self.inputs * self.places.slide.kernel[0] * self.places.slide.kernel[1]
    }

    /// Whether the rows of the column matrix are stretches of the image.
    fn contiguous(&self) -> bool {
        self.places.slide.stride == [1, 1]
    }

    /// Columns from one row of places to the next.
    fn pitch(&self) -> usize {
        if self.contiguous() { self.places.padded[1] } else { self.places.count[1] }
    }

    /// The images under the filters; `bias` is one number for each filter.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn convolve(&self, x: &Array, w: &Array, bias: Option<&Array>) -> Outcome<Array> {
        let dtype = bias.map_or(DType::Bool, Array::dtype).max(result_dtype(x, w));
        let data: Data = if dtype == DType::F32 {
            self.results(&x.to_singles(), &w.to_singles(), bias.map(Array::to_singles).as_deref())?.into()
        } else {
            self.results(&x.to_doubles(), &w.to_doubles(), bias.map(Array::to_doubles).as_deref())?.into()
        };
        Ok(Array::new(self.result_shape(), data))
    }

    /// The derivative of `sum(u * convolve(x, w))` by `x`: what each image element had a part in.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn by_images(&self, u: &Array, w: &Array) -> Outcome<Array> {
        let data: Data = if result_dtype(u, w) == DType::F32 {
            self.image_parts(&u.to_singles(), &w.to_singles())?.into()
        } else {
            self.image_parts(&u.to_doubles(), &w.to_doubles())?.into()
        };
        Ok(Array::new(self.image_shape(), data))
    }

    /// The derivative of `sum(u * convolve(x, w))` by `w`: what each filter element had a part in.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn by_filters(&self, u: &Array, x: &Array) -> Outcome<Array> {
        let data: Data = if result_dtype(u, x) == DType::F32 {
            self.filter_parts(&u.to_singles(), &x.to_singles())?.into()
        } else {
            self.filter_parts(&u.to_doubles(), &x.to_doubles())?.into()
        };
        Ok(Array::new(self.filter_shape(), data))
    }

    fn results<T: Real>(&self, x: &[T], w: &[T], bias: Option<&[T]>) -> Outcome<Vec<T>> {
        let mut y = limits::copies(super::count(&self.result_shape()), T::default())?;
        let (rows, outputs) = (self.rows(), self.outputs);
        if let (0, Some(bias)) = (rows, bias) {
            let size = self.places.count[0] * self.places.count[1];
            let planes = y.chunks_exact_mut(size.max(1)).zip(bias.iter().cycle());
            planes.for_each(|(plane, &bias)| plane.fill(bias));
        }
        let mut work = Work::default();
        self.each_block(|block| {
            work.fill(self, block, x)?;
            let width = self.width(block);
            grow(&mut work.results, outputs * width)?;
            let w = w.get(block.group * outputs * rows..).unwrap_or(&[]);
            let target = MatMut::from_row_major_slice_mut(&mut work.results[..outputs * width], outputs, width);
            let w = MatRef::from_row_major_slice_with_stride(w, outputs, rows, rows.max(1));
            let columns = MatRef::from_row_major_slice_with_stride(&work.columns, rows, width, width);
            product(target, Accum::Replace, w, columns);
            self.each_line(block, |from, to, filter| {
                let target = y.get_mut(to..to + self.places.count[1]).unwrap_or_default();
                let source = work.results.get(from..).unwrap_or(&[]);
                match bias.and_then(|bias| bias.get(filter)) {
                    Some(&bias) => target.iter_mut().zip(source).for_each(|(y, &x)| *y = x + bias),
                    None => target.iter_mut().zip(source).for_each(|(y, &x)| *y = x),
                }
            });
            Ok(())
        })?;
        Ok(y)
    }

    fn image_parts<T: Real>(&self, u: &[T], w: &[T]) -> Outcome<Vec<T>> {
        let mut parts = limits::copies(super::count(&self.image_shape()), T::default())?;
        let (rows, outputs) = (self.rows(), self.outputs);
        let mut work = Work::default();
        self.each_block(|block| {
            work.spread(self, block, u)?;
            let width = self.width(block);
            grow(&mut work.columns, rows * width)?;
            let w = w.get(block.group * outputs * rows..).unwrap_or(&[]);
            let w = MatRef::from_row_major_slice_with_stride(w, outputs, rows, rows.max(1));
            let target = MatMut::from_row_major_slice_mut(&mut work.columns[..rows * width], rows, width);
            let spread = MatRef::from_row_major_slice_with_stride(&work.results, outputs, width, width);
            product(target, Accum::Replace, w.transpose(), spread);
            work.put_back(self, block, &mut parts)
        })?;
        Ok(parts)
    }

    fn filter_parts<T: Real>(&self, u: &[T], x: &[T]) -> Outcome<Vec<T>> {
        let mut parts = limits::copies(super::count(&self.filter_shape()), T::default())?;
        let (rows, outputs) = (self.rows(), self.outputs);
        let mut work = Work::default();
        self.each_block(|block| {
            work.spread(self, block, u)?;
            work.fill(self, block, x)?;
            let width = self.width(block);
            let start = block.group * outputs * rows;
            let target = parts.get_mut(start..start + outputs * rows).unwrap_or_default();
            let target = MatMut::from_row_major_slice_mut(target, outputs, rows);
            let spread = MatRef::from_row_major_slice_with_stride(&work.results, outputs, width, width);
            let columns = MatRef::from_row_major_slice_with_stride(&work.columns, rows, width, width);
            product(target, Accum::Add, spread, columns.transpose());
            Ok(())
        })?;
        Ok(parts)
    }

    /// Calls `visit` with parts of the work, each so small that its column matrix stays in the cache.
    fn each_block(&self, mut visit: impl FnMut(Block) -> Outcome<()>) -> Outcome<()> {
        let all_rows = self.places.count[0];
        let empty = self.rows() == 0 || self.outputs == 0 || self.batch == 0 || self.groups == 0;
        if empty {
            return Ok(());
        }
        let rows = (BLOCK / (self.rows() * self.pitch())).clamp(1, all_rows);
        let length = all_rows * self.pitch();
        let images = if rows < all_rows { 1 } else { (BLOCK / self.rows()).min(WIDE) / length };
        for group in 0..self.groups {
            for image in (0..self.batch).step_by(images.max(1)) {
                for row in (0..all_rows).step_by(rows) {
                    limits::check()?;
                    visit(Block {
                        group,
                        image,
                        images: images.max(1).min(self.batch - image),
                        row,
                        rows: rows.min(all_rows - row),
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Columns of one image of a block: from its first place to its last.
    fn length(&self, block: Block) -> usize {
        (block.rows - 1) * self.pitch() + self.places.count[1]
    }

    /// Columns of a block.
    fn width(&self, block: Block) -> usize {
        block.images * self.length(block)
    }

    /// Calls `visit` for every row of places of a block and every filter: with where it begins in the
    /// product of filters and columns, where in the result, and the filter.
    fn each_line(&self, block: Block, mut visit: impl FnMut(usize, usize, usize)) {
        let [down, across] = self.places.count;
        let (length, width, pitch) = (self.length(block), self.width(block), self.pitch());
        for image in 0..block.images {
            for output in 0..self.outputs {
                let filter = block.group * self.outputs + output;
                let plane = ((block.image + image) * self.groups * self.outputs + filter) * down * across;
                for row in 0..block.rows {
                    visit(output * width + image * length + row * pitch, plane + (block.row + row) * across, filter);
                }
            }
        }
    }

    /// Calls `visit` for every row of the column matrix: with where it begins in a padded image, for the
    /// first row of places of the block.
    fn each_row(&self, block: Block, mut visit: impl FnMut(usize, usize)) {
        let [height, width] = self.places.padded;
        let [kernel_height, kernel_width] = self.places.slide.kernel;
        let top = block.row * self.places.slide.stride[0];
        let mut row = 0;
        for channel in 0..self.inputs {
            for y in 0..kernel_height {
                for x in 0..kernel_width {
                    visit(row, (channel * height + top + y) * width + x);
                    row += 1;
                }
            }
        }
    }

    /// Where the channels of a group of an image begin.
    fn image_start(&self, image: usize, group: usize) -> usize {
        (image * self.groups + group) * self.inputs * self.places.image[0] * self.places.image[1]
    }

    /// Elements of the channels of a group of an image.
    fn image_size(&self) -> usize {
        self.inputs * self.places.image[0] * self.places.image[1]
    }
}

/// Some rows of places of one image, or all of several images.
#[derive(Clone, Copy, PartialEq)]
struct Block {
    group: usize,
    image: usize,
    images: usize,
    row: usize,
    rows: usize,
}

trait Real: Element + faer::traits::RealField + std::ops::Add<Output = Self> + std::ops::AddAssign {}
impl Real for f32 {}
impl Real for f64 {}

fn product<T: Real>(target: MatMut<'_, T>, accum: Accum, a: MatRef<'_, T>, b: MatRef<'_, T>) {
    faer::linalg::matmul::matmul(target, accum, a, b, T::from_double(1.0), Par::Seq);
}
