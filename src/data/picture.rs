//! PNG and JPEG: arrays of height, width and, unless grey, channels, with values from 0 to 1.
//!
//! A byte `k` is read as `k / 255` and written back as the same byte, so pictures survive.

use super::{Reading, Writing, array_of};
use crate::array::{Array, Shape, limits};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::Value;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, ImageReader};
use std::io::Cursor;

/// The quality of a JPEG, of 100.
const QUALITY: u8 = 95;

pub(super) fn read_png(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    read(reading, bytes, ImageFormat::Png, b"\x89PNG", "a PNG file")
}

pub(super) fn read_jpeg(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    read(reading, bytes, ImageFormat::Jpeg, b"\xff\xd8", "a JPEG file")
}

fn read(reading: &mut Reading<'_>, bytes: &[u8], format: ImageFormat, start: &[u8], name: &str) -> Outcome<Value> {
    if !bytes.starts_with(start) {
        return Err(reading.refuse(name, "it does not start as one"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut most = image::Limits::default();
    most.max_alloc = Some((bytes.len() as u64).saturating_mul(MOST_TIMES).saturating_add(1 << 20).min(MOST_BYTES));
    reader.limits(most);
    let image = reader.decode().map_err(|error| reading.refuse(name, error.to_string()))?;
    let (height, width) = (image.height() as usize, image.width() as usize);
    let bytes = |data: &[u8]| scaled(data, 255.0);
    let words = |data: &[u16]| scaled(data, 65535.0);
    let data = match &image {
        DynamicImage::ImageLuma8(image) => bytes(image),
        DynamicImage::ImageLumaA8(image) => bytes(image),
        DynamicImage::ImageRgb8(image) => bytes(image),
        DynamicImage::ImageRgba8(image) => bytes(image),
        DynamicImage::ImageLuma16(image) => words(image),
        DynamicImage::ImageLumaA16(image) => words(image),
        DynamicImage::ImageRgb16(image) => words(image),
        DynamicImage::ImageRgba16(image) => words(image),
        other => scaled(&other.to_rgba16(), 65535.0),
    }?;
    let channels = data.len() / height.saturating_mul(width).max(1);
    let shape: &[usize] = if channels == 1 { &[height, width] } else { &[height, width, channels] };
    Ok(Value::Var(Array::new(Shape::from_slice(shape), data).into()))
}

/// A picture is at most so many times larger than its file: what deflate can do, for the file and a copy.
const MOST_TIMES: u64 = 2200;

/// What a picture may take while it is decoded.
const MOST_BYTES: u64 = 1 << 30;

fn scaled<T: Copy + Into<f64>>(data: &[T], most: f64) -> Outcome<Vec<f64>> {
    let mut out = limits::reserve(data.len())?;
    out.extend(data.iter().map(|&x| x.into() / most));
    Ok(out)
}

pub(super) fn write_png(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let picture = Picture::new(writing, &[1, 2, 3, 4])?;
    let mut out = Vec::new();
    picture.encode(PngEncoder::new(&mut out), writing)?;
    Ok(out)
}

pub(super) fn write_jpeg(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let picture = Picture::new(writing, &[1, 3])?;
    let mut out = Vec::new();
    picture.encode(JpegEncoder::new_with_quality(&mut out, QUALITY), writing)?;
    Ok(out)
}

/// A picture to be written.
struct Picture {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    channels: usize,
}

impl Picture {
    fn new(writing: &Writing<'_>, allowed: &[usize]) -> Outcome<Picture> {
        let entry = writing.only()?;
        let help = "a picture is an array of height and width, or of height, width and 3 channels";
        let Some(array) = array_of(&entry.value)? else { return Err(writing.refuse(&entry, help)) };
        let (height, width, channels) = match *array.shape() {
            [height, width] => (height, width, 1),
            [height, width, channels] if allowed.contains(&channels) => (height, width, channels),
            _ => return Err(writing.refuse(&entry, help)),
        };
        let (Ok(tall), Ok(wide)) = (u32::try_from(height), u32::try_from(width)) else {
            return Err(writing.refuse(&entry, help));
        };
        if tall == 0 || wide == 0 {
            return Err(writing.refuse(&entry, help));
        }
        let values = array.to_doubles();
        if let Some(odd) = values.iter().find(|x| !(0.0..=1.0).contains(*x)) {
            return Err(Problem::new("the values of a picture go from 0 to 1")
                .label(Part::Argument(entry.argument), format!("found {}", crate::array::number_text(*odd)))
                .help("divide by the largest, or cut off what is outside with clip(x, 0, 1)"));
        }
        let mut bytes = limits::reserve(values.len())?;
        bytes.extend(values.iter().map(|x| (x * 255.0).round() as u8));
        Ok(Picture { bytes, width: wide, height: tall, channels })
    }

    fn encode(&self, encoder: impl ImageEncoder, writing: &Writing<'_>) -> Outcome<()> {
        let color = match self.channels {
            1 => ExtendedColorType::L8,
            2 => ExtendedColorType::La8,
            3 => ExtendedColorType::Rgb8,
            _ => ExtendedColorType::Rgba8,
        };
        encoder.write_image(&self.bytes, self.width, self.height, color).map_err(|error| {
            Problem::new(format!("{} cannot be written", super::shown(writing.path)))
                .label(Part::Argument(0), error.to_string())
        })
    }
}

/// A PNG file with these pixels: red, green and blue of each.
pub(super) fn png(width: u32, height: u32, bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut out = Vec::new();
    // The encoder panics on another number of bytes.
    let expected = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(3);
    if bytes.len() as u64 != expected {
        return Err(Problem::new(format!("{width} x {height} pixels have {expected} bytes, found {}", bytes.len())));
    }
    let written = PngEncoder::new(&mut out).write_image(bytes, width, height, ExtendedColorType::Rgb8);
    written.map_err(|error| Problem::new("this picture cannot be written").label(Part::Whole, error.to_string()))?;
    Ok(out)
}
