//! Safetensors: the weights of a model, with their names, and nothing that could run.
//!
//! A nest of tuples is flattened, and a note among those of the file says how it was nested; a file without
//! one is nested by the dots in its names.

use super::elements::{self, Element, Kind, Records};
use super::{Reading, Writing, json, nest, npy};
use crate::array::{Array, DType, Shape};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::value::Value;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

const FORMAT: &str = "a safetensors file";
/// Under which name the note on the structure stands among the notes of a file.
const NOTE: &str = "adlib";

/// Reads a safetensors file.
pub(super) fn read(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    let refuse = |why: String| reading.refuse(FORMAT, why);
    // The library takes the last of two arrays with one name; our reader of JSON takes neither.
    let header = bytes.split_first_chunk::<8>().and_then(|(length, rest)| {
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        rest.get(..length)
    });
    json::parse(header.ok_or_else(|| refuse("its header ends too early".to_string()))?)?.map_err(refuse)?;
    let file = SafeTensors::deserialize(bytes).map_err(|error| refuse(error.to_string()))?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| refuse(error.to_string()))?;
    let mut arrays: Vec<(String, Value)> = Vec::new();
    let mut rounded = false;
    for name in metadata.offset_keys() {
        let view = file.tensor(&name).map_err(|error| reading.refuse(FORMAT, error.to_string()))?;
        let Some(element) = element(view.dtype()) else {
            let why = format!("its arrays of type {:?} are not known", view.dtype());
            return Err(reading.refuse(FORMAT, why));
        };
        let count =
            elements::count(view.shape()).filter(|count| count.checked_mul(element.size) == Some(view.data().len()));
        let Some(count) = count else { return Err(reading.refuse(FORMAT, "a shape does not fit its bytes")) };
        let records = Records { bytes: view.data(), stride: element.size, offset: 0, count };
        let decoded = element.decode(records)?;
        rounded |= decoded.rounded;
        let mut shape = Shape::from_slice(view.shape());
        shape.extend(decoded.pairs.then_some(2));
        arrays.push((name, Value::Var(Array::new(shape, decoded.data).into())));
    }
    if rounded {
        reading.warnings.push(npy::rounded(reading.path));
    }
    let note = metadata.metadata().as_ref().and_then(|notes| notes.get(NOTE));
    if let Some(note) = note
        && let Some(value) = nest::restored(note, &arrays)?
    {
        return Ok(value);
    }
    Ok(nest::by_dots(arrays))
}

fn element(dtype: Dtype) -> Option<Element> {
    let (kind, size) = match dtype {
        Dtype::BOOL => (Kind::Bool, 1),
        Dtype::I8 => (Kind::Signed, 1),
        Dtype::I16 => (Kind::Signed, 2),
        Dtype::I32 => (Kind::Signed, 4),
        Dtype::I64 => (Kind::Signed, 8),
        Dtype::U8 => (Kind::Unsigned, 1),
        Dtype::U16 => (Kind::Unsigned, 2),
        Dtype::U32 => (Kind::Unsigned, 4),
        Dtype::U64 => (Kind::Unsigned, 8),
        Dtype::F16 => (Kind::Float, 2),
        Dtype::BF16 => (Kind::Brain, 2),
        Dtype::F32 => (Kind::Float, 4),
        Dtype::F64 => (Kind::Float, 8),
        Dtype::C64 => (Kind::Complex, 8),
        _ => return None,
    };
    Some(Element { kind, size, big: false })
}

/// Writes a safetensors file.
pub(super) fn write(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let mut arrays = Vec::new();
    let note = nest::flattened(writing, &mut |name, array| {
        let dtype = match array.dtype() {
            DType::Bool => Dtype::BOOL,
            DType::F32 => Dtype::F32,
            DType::F64 => Dtype::F64,
        };
        arrays.push((name.to_string(), dtype, array.shape().to_vec(), elements::encode(array)?));
        Ok(())
    })?;
    let mut views = Vec::with_capacity(arrays.len());
    for (name, dtype, shape, bytes) in &arrays {
        let view = TensorView::new(*dtype, shape.clone(), bytes);
        views.push((name.as_str(), view.map_err(|error| unwritable(writing, &error))?));
    }
    let notes = [(NOTE.to_string(), note)].into_iter().collect();
    serialize(views, Some(notes)).map_err(|error| unwritable(writing, &error))
}

fn unwritable(writing: &Writing<'_>, error: &dyn std::fmt::Display) -> Fail {
    Problem::new(format!("{} cannot be written", super::shown(writing.path)))
        .label(Part::Argument(0), error.to_string())
}
