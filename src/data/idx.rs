//! IDX, the format of MNIST: [two zeros, a type, the number of axes](https://yann.lecun.org/exdb/mnist/),
//! the lengths, then the elements, most significant byte first.

use super::Reading;
use super::elements::{self, Element, Kind, Records};
use crate::array::{Array, Shape, shape_text};
use crate::diagnostic::Outcome;
use crate::value::Value;

const FORMAT: &str = "an IDX file";

/// Reads an IDX file.
pub(super) fn read(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    let Some(([0, 0, code, axes], mut rest)) = bytes.split_first_chunk::<4>().map(|(head, rest)| (*head, rest)) else {
        return Err(reading.refuse(FORMAT, "it does not start as one"));
    };
    let (kind, size) = match code {
        0x08 => (Kind::Unsigned, 1),
        0x09 => (Kind::Signed, 1),
        0x0b => (Kind::Signed, 2),
        0x0c => (Kind::Signed, 4),
        0x0d => (Kind::Float, 4),
        0x0e => (Kind::Float, 8),
        _ => return Err(reading.refuse(FORMAT, "its elements are of a type that is not known")),
    };
    let mut shape = Shape::new();
    for _ in 0..axes {
        let Some((length, after)) = rest.split_first_chunk::<4>() else {
            return Err(reading.refuse(FORMAT, "it ends before its shape does"));
        };
        rest = after;
        shape.push(usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX));
    }
    let count = elements::count(&shape).filter(|count| count.checked_mul(size) == Some(rest.len()));
    let Some(count) = count else {
        let why = format!("shape {}, but {} bytes of elements", shape_text(&shape), rest.len());
        return Err(reading.refuse(FORMAT, why));
    };
    let decoded = Element { kind, size, big: true }.decode(Records { bytes: rest, stride: size, offset: 0, count })?;
    Ok(Value::Var(Array::new(shape, decoded.data).into()))
}
