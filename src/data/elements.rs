//! Numbers as bytes: every element type that files have, as the three that arrays have.
//!
//! Whole numbers become doubles, which hold them exactly up to 2^53; half precision becomes single, and a
//! complex number a last axis of two, as `fft` has it. Single and double keep their bits.

use crate::array::limits::{self, STRIDE};
use crate::array::{Array, DType, Data, Shape};
use crate::diagnostic::Outcome;

/// What a file says its elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Signed,
    Unsigned,
    Float,
    /// The upper half of a single.
    Brain,
    Complex,
}

/// An element type with its size in bytes and its byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub kind: Kind,
    pub size: usize,
    pub big: bool,
}

/// Where elements lie: at `offset` in each of `count` records of `stride` bytes.
#[derive(Clone, Copy)]
pub(super) struct Records<'a> {
    pub bytes: &'a [u8],
    pub stride: usize,
    pub offset: usize,
    pub count: usize,
}

/// Elements read.
pub(super) struct Decoded {
    /// What an array holds of them.
    pub data: Data,
    /// Whether each is two numbers.
    pub pairs: bool,
    /// Whether a whole number was too large to be exact.
    pub rounded: bool,
}

impl Element {
    /// Whether this is an element type that arrays can take in.
    pub(super) fn known(self) -> bool {
        match self.kind {
            Kind::Bool => self.size == 1,
            Kind::Signed | Kind::Unsigned => matches!(self.size, 1 | 2 | 4 | 8),
            Kind::Float => matches!(self.size, 2 | 4 | 8),
            Kind::Brain => self.size == 2,
            Kind::Complex => matches!(self.size, 8 | 16),
        }
    }

    /// The elements of these records, which the caller knows to be there; of a type that is not known,
    /// none.
    pub(super) fn decode(self, from: Records<'_>) -> Outcome<Decoded> {
        let big = self.big;
        let mut rounded = false;
        let data = match (self.kind, self.size) {
            (Kind::Bool, _) => Data::Bool(each(from, big, |[x]| x != 0)?),
            (Kind::Signed, 1) => Data::F64(each(from, big, |x| f64::from(i8::from_le_bytes(x)))?),
            (Kind::Signed, 2) => Data::F64(each(from, big, |x| f64::from(i16::from_le_bytes(x)))?),
            (Kind::Signed, 4) => Data::F64(each(from, big, |x| f64::from(i32::from_le_bytes(x)))?),
            (Kind::Signed, _) => Data::F64(each(from, big, |x| {
                let whole = i64::from_le_bytes(x);
                rounded |= whole as f64 as i128 != i128::from(whole);
                whole as f64
            })?),
            (Kind::Unsigned, 1) => Data::F64(each(from, big, |[x]| f64::from(x))?),
            (Kind::Unsigned, 2) => Data::F64(each(from, big, |x| f64::from(u16::from_le_bytes(x)))?),
            (Kind::Unsigned, 4) => Data::F64(each(from, big, |x| f64::from(u32::from_le_bytes(x)))?),
            (Kind::Unsigned, _) => Data::F64(each(from, big, |x| {
                let whole = u64::from_le_bytes(x);
                rounded |= whole as f64 as u128 != u128::from(whole);
                whole as f64
            })?),
            (Kind::Float, 2) => Data::F32(each(from, big, |x| half(u16::from_le_bytes(x)))?),
            (Kind::Brain, _) => Data::F32(each(from, big, |x| f32::from_bits(u32::from(u16::from_le_bytes(x)) << 16))?),
            (Kind::Float, 4) => Data::F32(each(from, big, f32::from_le_bytes)?),
            (Kind::Float, _) => Data::F64(each(from, big, f64::from_le_bytes)?),
            (Kind::Complex, size) => {
                let part = Element { kind: Kind::Float, size: size / 2, big };
                let real = part.decode(from)?.data;
                let imaginary = part.decode(Records { offset: from.offset.saturating_add(size / 2), ..from })?.data;
                return Ok(Decoded { data: interleaved(&real, &imaginary)?, pairs: true, rounded });
            }
        };
        Ok(Decoded { data, pairs: false, rounded })
    }
}

/// Converts the bytes of each element, in little-endian order.
fn each<const N: usize, T>(from: Records<'_>, big: bool, mut convert: impl FnMut([u8; N]) -> T) -> Outcome<Vec<T>> {
    let mut out = limits::reserve(from.count)?;
    for records in from.bytes.chunks(from.stride.max(1).saturating_mul(STRIDE)) {
        limits::check()?;
        let left = from.count - out.len();
        out.extend(records.chunks_exact(from.stride.max(1)).take(left).map(|record| {
            let element = record.get(from.offset..).and_then(|rest| rest.first_chunk::<N>());
            let mut element = element.copied().unwrap_or([0; N]);
            if big {
                element.reverse();
            }
            convert(element)
        }));
    }
    Ok(out)
}

/// A number of half precision: a sign, five bits of exponent, ten of fraction.
fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let fraction = u32::from(bits & 0x3ff);
    match (bits >> 10) & 0x1f {
        0 => f32::from_bits(sign | (fraction as f32 / 16_777_216.0).to_bits()),
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        exponent => f32::from_bits(sign | (u32::from(exponent) + 112) << 23 | fraction << 13),
    }
}

fn interleaved(real: &Data, imaginary: &Data) -> Outcome<Data> {
    fn pairs<T: Copy>(a: &[T], b: &[T]) -> Outcome<Vec<T>> {
        let mut out = limits::reserve(a.len().saturating_mul(2))?;
        out.extend(a.iter().zip(b).flat_map(|(&a, &b)| [a, b]));
        Ok(out)
    }
    Ok(match (real, imaginary) {
        (Data::F32(a), Data::F32(b)) => Data::F32(pairs(a, b)?),
        (Data::F64(a), Data::F64(b)) => Data::F64(pairs(a, b)?),
        _ => Data::F64(Vec::new()),
    })
}

/// The bytes of an array's elements, in little-endian order.
pub(super) fn encode(array: &Array) -> Outcome<Vec<u8>> {
    let size = match array.dtype() {
        DType::Bool => 1,
        DType::F32 => 4,
        DType::F64 => 8,
    };
    let mut out = limits::reserve(array.len().saturating_mul(size))?;
    match array.data() {
        Data::Bool(data) => bytes_of(data, |x| [u8::from(x)], &mut out)?,
        Data::F32(data) => bytes_of(data, f32::to_le_bytes, &mut out)?,
        Data::F64(data) => bytes_of(data, f64::to_le_bytes, &mut out)?,
    }
    Ok(out)
}

fn bytes_of<T: Copy, const N: usize>(data: &[T], convert: impl Fn(T) -> [u8; N], out: &mut Vec<u8>) -> Outcome<()> {
    for piece in data.chunks(STRIDE) {
        limits::check()?;
        out.extend(piece.iter().flat_map(|&x| convert(x)));
    }
    Ok(())
}

/// How many elements a shape from a file has, if the shape is one that arrays can have: also without
/// its zeros it must not be beyond all memory.
pub(super) fn count(shape: &[usize]) -> Option<usize> {
    const MOST_AXES: usize = 64;
    let positive: Shape = shape.iter().copied().filter(|&length| length > 0).collect();
    let count = limits::checked_count(&positive).ok()?;
    (shape.len() <= MOST_AXES).then_some(if positive.len() == shape.len() { count } else { 0 })
}
