//! Windows that slide over images: where they lie, and how many there are.
//!
//! `conv2d` and the poolings share this arithmetic. An array of shape (batch, channel, height, width) is a
//! stack of images; one of shape (batch, channel, length) is a stack of images of height 1.

use super::{Shape, limits, number_text};
use crate::diagnostic::{Fail, Outcome, Part, Problem};

/// How a window slides: height first, then width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slide {
    /// How large it is.
    pub kernel: [usize; 2],
    /// How far it moves from one place to the next.
    pub stride: [usize; 2],
    /// How far it may reach over the edges.
    pub padding: [usize; 2],
}

/// All places of a window on an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    /// How the window slides.
    pub slide: Slide,
    /// Height and width of the image.
    pub image: [usize; 2],
    /// Height and width with the padding.
    pub padded: [usize; 2],
    /// How many places there are, downward and across.
    pub count: [usize; 2],
}

impl Slide {
    /// The places on an image. In messages, argument `window` is what the size of the window comes from.
    ///
    /// # Errors
    /// When the window is larger than the image, or the image with its padding too large for memory.
    pub fn over(self, image: [usize; 2], window: usize) -> Outcome<Places> {
        let mut places = Places { slide: self, image, padded: image, count: [0, 0] };
        for axis in 0..2 {
            let (kernel, stride, padding) = (self.kernel[axis], self.stride[axis], self.padding[axis]);
            if kernel == 0 || stride == 0 {
                return Err(Problem::new("this window has no elements").label(Part::Argument(window), "none"));
            }
            let padded = padding.checked_mul(2).and_then(|twice| twice.checked_add(image[axis]));
            let padded = padded.unwrap_or(usize::MAX);
            limits::checked_count(&[padded])?;
            if kernel > padded {
                return Err(too_large(self, image, window));
            }
            places.padded[axis] = padded;
            places.count[axis] = (padded - kernel) / stride + 1;
        }
        limits::checked_count(&places.padded)?;
        Ok(places)
    }
}

#[cold]
fn too_large(slide: Slide, image: [usize; 2], window: usize) -> Fail {
    let size = |[height, width]: [usize; 2]| format!("{height} by {width}");
    Problem::new("the window is larger than the image")
        .label(Part::Argument(window), size(slide.kernel))
        .label(Part::Argument(0), size(image))
        .help("padding = 1 puts a frame of one element around the image")
}

/// The shape of a stack of images, of height 1 if `flat`.
pub fn images(batch: usize, channels: usize, image: [usize; 2], flat: bool) -> Shape {
    let mut shape = Shape::from_slice(&[batch, channels]);
    shape.extend_from_slice(if flat { &image[1..] } else { &image });
    shape
}

/// Batch, channels, height and width of a stack of images.
///
/// # Errors
/// When the array has another number of axes. The message calls it what the function `name` calls it.
pub fn read_images(shape: &[usize], flat: bool, name: &str) -> Outcome<(usize, usize, [usize; 2])> {
    match *shape {
        [batch, channels, height, width] if !flat => Ok((batch, channels, [height, width])),
        [batch, channels, length] if flat => Ok((batch, channels, [1, length])),
        _ => {
            let axes = if flat { "(batch, channel, length)" } else { "(batch, channel, height, width)" };
            let problem = Problem::new(format!("{name} needs x as {axes}"))
                .label(Part::Argument(0), format!("{}, {} axes", super::shape_text(shape), shape.len()));
            let missing = (4 - usize::from(flat)).saturating_sub(shape.len());
            Err(match missing {
                1 => problem.help("x[none] is a batch of one"),
                2 => problem.help("x[none, none] is a batch of one with one channel"),
                _ => problem,
            })
        }
    }
}

/// A number that must not be below another.
///
/// # Errors
/// When it is.
pub fn at_least(value: isize, least: usize, what: &str, argument: usize) -> Outcome<usize> {
    usize::try_from(value).ok().filter(|&value| value >= least).ok_or_else(|| {
        Problem::new(format!("{what} is at least {least}, found {}", number_text(value as f64)))
            .label(Part::Argument(argument), value.to_string())
    })
}
