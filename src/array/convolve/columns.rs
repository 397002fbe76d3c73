//! The column matrix of a convolution, made from images and turned back into them.

use super::{Block, Convolution, Real};
use crate::array::buffers::{self, Pooled};
use crate::array::limits;
use crate::diagnostic::Outcome;

/// Buffers that are used again for every block.
pub(super) struct Work<T: Pooled> {
    /// The column matrix.
    pub columns: Vec<T>,
    /// Filters times columns, with places that wrap around an edge.
    pub results: Vec<T>,
    /// An image with its padding, and which one.
    padded: Vec<T>,
    holds: Option<(usize, usize)>,
}

impl<T: Pooled> Drop for Work<T> {
    fn drop(&mut self) {
        for buffer in [&mut self.columns, &mut self.padded, &mut self.results] {
            buffers::give(buffer);
        }
    }
}

impl<T: Pooled> Default for Work<T> {
    fn default() -> Work<T> {
        Work { columns: Vec::new(), results: Vec::new(), padded: Vec::new(), holds: None }
    }
}

impl<T: Real> Work<T> {
    /// Makes the column matrix of a block.
    pub(super) fn fill(&mut self, it: &Convolution, block: Block, x: &[T]) -> Outcome<()> {
        let (length, width, rows) = (it.length(block), it.width(block), it.rows());
        grow(&mut self.columns, rows * width)?;
        for image in 0..block.images {
            let start = it.image_start(block.image + image, block.group);
            let source = x.get(start..start + it.image_size()).unwrap_or(&[]);
            let source = if it.places.slide.padding == [0, 0] {
                source
            } else {
                self.pad(it, (block.image + image, block.group), source)?;
                &self.padded
            };
            let columns = &mut self.columns;
            it.each_row(block, |row, from| {
                let target = columns.get_mut(row * width + image * length..).unwrap_or_default();
                let target = target.get_mut(..length).unwrap_or_default();
                if it.contiguous() {
                    target.copy_from_slice(source.get(from..from + length).unwrap_or(&[]));
                    return;
                }
                let [down, across] = it.places.slide.stride;
                for (y, target) in target.chunks_exact_mut(it.places.count[1]).enumerate() {
                    let source = source.get(from + y * down * it.places.padded[1]..).unwrap_or(&[]);
                    target.iter_mut().zip(source.iter().step_by(across)).for_each(|(to, &x)| *to = x);
                }
            });
        }
        Ok(())
    }

    /// The transpose of [`Work::fill`]: adds every element of the column matrix to the element of the
    /// image that it came from.
    pub(super) fn put_back(&mut self, it: &Convolution, block: Block, parts: &mut [T]) -> Outcome<()> {
        let (length, width) = (it.length(block), it.width(block));
        for image in 0..block.images {
            let start = it.image_start(block.image + image, block.group);
            let parts = parts.get_mut(start..start + it.image_size()).unwrap_or_default();
            let bare = it.places.slide.padding == [0, 0];
            if !bare {
                let size = it.inputs * it.places.padded[0] * it.places.padded[1];
                self.padded.clear();
                grow(&mut self.padded, size)?;
            }
            let (columns, padded) = (&self.columns, &mut self.padded);
            let target: &mut [T] = if bare { &mut *parts } else { padded };
            it.each_row(block, |row, to| {
                let source = columns.get(row * width + image * length..).unwrap_or(&[]);
                let source = source.get(..length).unwrap_or(&[]);
                if it.contiguous() {
                    let target = target.get_mut(to..to + length).unwrap_or_default();
                    target.iter_mut().zip(source).for_each(|(to, &x)| *to += x);
                    return;
                }
                let [down, across] = it.places.slide.stride;
                for (y, source) in source.chunks_exact(it.places.count[1]).enumerate() {
                    let target = target.get_mut(to + y * down * it.places.padded[1]..).unwrap_or_default();
                    target.iter_mut().step_by(across).zip(source).for_each(|(to, &x)| *to += x);
                }
            });
            if !bare {
                it.each_inner_line(|inner, outer, n| {
                    let source = self.padded.get(outer..outer + n).unwrap_or(&[]);
                    let target = parts.get_mut(inner..inner + n).unwrap_or_default();
                    target.iter_mut().zip(source).for_each(|(to, &x)| *to += x);
                });
            }
        }
        Ok(())
    }

    /// Cotangents of the result laid out like [`Work::results`], with zeros where places wrap around.
    pub(super) fn spread(&mut self, it: &Convolution, block: Block, u: &[T]) -> Outcome<()> {
        let across = it.places.count[1];
        self.results.clear();
        grow(&mut self.results, it.outputs * it.width(block))?;
        it.each_line(block, |to, from, _| {
            let target = self.results.get_mut(to..to + across).unwrap_or_default();
            target.copy_from_slice(u.get(from..from + across).unwrap_or(&[]));
        });
        Ok(())
    }

    /// Puts a frame of zeros around the channels of an image.
    fn pad(&mut self, it: &Convolution, which: (usize, usize), image: &[T]) -> Outcome<()> {
        if self.holds == Some(which) {
            return Ok(());
        }
        self.padded.clear();
        grow(&mut self.padded, it.inputs * it.places.padded[0] * it.places.padded[1])?;
        it.each_inner_line(|inner, outer, n| {
            let target = self.padded.get_mut(outer..outer + n).unwrap_or_default();
            target.copy_from_slice(image.get(inner..inner + n).unwrap_or(&[]));
        });
        self.holds = Some(which);
        Ok(())
    }
}

impl Convolution {
    /// Calls `visit` for every line of the channels of an image: where it begins there, where it begins
    /// in the padded image, and its length.
    fn each_inner_line(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let ([height, width], [top, left]) = (self.places.image, self.places.slide.padding);
        let [padded_height, padded_width] = self.places.padded;
        for channel in 0..self.inputs {
            for y in 0..height {
                visit((channel * height + y) * width, (channel * padded_height + top + y) * padded_width + left, width);
            }
        }
    }
}

/// Makes a buffer at least so long; what is new is zero.
pub(super) fn grow<T: Real>(buffer: &mut Vec<T>, len: usize) -> Outcome<()> {
    if buffer.len() < len {
        if buffer.capacity() < len {
            let mut larger = limits::room(len)?;
            larger.append(buffer);
            *buffer = larger;
        }
        buffer.resize(len, T::default());
    }
    Ok(())
}
