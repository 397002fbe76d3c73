//! NPY, the format of NumPy's `save`, by its
//! [description](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
//!
//! Eight bytes of magic and version, a header that is a Python literal, then the elements. A hostile
//! header can promise anything, so nothing is allocated that the bytes behind it do not fill. Records
//! become a table, and text a tuple of strings.

use super::elements::{self, Element, Kind, Records};
use super::literal::{self, Literal};
use super::{Reading, Writing, array_of};
use crate::array::layout;
use crate::array::{Array, DType, Shape};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::value::{Tuple, Value};

const MAGIC: &[u8] = b"\x93NUMPY";
const FORMAT: &str = "an NPY file";
const NO_HEADER: &str = "the header ends too early";

/// What one field of an element holds.
enum Field {
    Number(Element),
    /// Characters of four bytes, most significant first if `big`.
    Text {
        chars: usize,
        big: bool,
    },
    /// Characters of one byte.
    Bytes(usize),
    /// Padding.
    Nothing(usize),
}

impl Field {
    fn size(&self) -> usize {
        match self {
            Field::Number(element) => element.size,
            Field::Text { chars, .. } => chars.saturating_mul(4),
            Field::Bytes(size) | Field::Nothing(size) => *size,
        }
    }
}

/// What a header says.
struct Header {
    /// The fields of an element; a single one without a name if it is not a record.
    fields: Vec<(Option<String>, Field)>,
    fortran: bool,
    shape: Vec<usize>,
}

/// Reads an NPY file.
pub(super) fn read(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    let (header, body) = split(bytes).map_err(|why| reading.refuse(FORMAT, why))?;
    let header = header_of(&header).map_err(|why| reading.refuse(FORMAT, why))?;
    let stride = header.fields.iter().fold(0_usize, |sum, (_, field)| sum.saturating_add(field.size()));
    let count = elements::count(&header.shape).ok_or_else(|| reading.refuse(FORMAT, "its shape is beyond memory"))?;
    if count.checked_mul(stride) != Some(body.len()) || (stride == 0 && count > 0) {
        let promised = crate::array::shape_text(&header.shape);
        return Err(reading.refuse(FORMAT, format!("shape {promised}, but {} bytes of elements", body.len())));
    }
    let mut offset = 0;
    let mut columns = Tuple::default();
    for (name, field) in &header.fields {
        let records = Records { bytes: body, stride, offset, count };
        offset = offset.saturating_add(field.size());
        let Some(value) = column(reading, field, records, &header)? else { continue };
        match name {
            None => return Ok(value),
            Some(name) => columns.push(Some(name.as_str().into()), value),
        }
    }
    Ok(Value::Tuple(columns.into()))
}

/// The header's text and the bytes of the elements.
fn split(bytes: &[u8]) -> Result<(String, &[u8]), String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("it does not start as one")?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or(NO_HEADER)?;
    let (length, rest) = match version {
        [1, _] => rest.split_first_chunk::<2>().map(|(length, rest)| (usize::from(u16::from_le_bytes(*length)), rest)),
        [2 | 3, _] => rest
            .split_first_chunk::<4>()
            .map(|(length, rest)| (usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX), rest)),
        [major, minor] => return Err(format!("its version is {major}.{minor}, and 3.0 is the last that is known")),
    }
    .ok_or(NO_HEADER)?;
    let (header, body) = rest.split_at_checked(length).ok_or(NO_HEADER)?;
    let text = match version {
        [3, _] => String::from_utf8(header.to_vec()).map_err(|_| "the header is not text")?,
        // Latin-1: every byte is a character.
        _ => header.iter().map(|&byte| char::from(byte)).collect(),
    };
    Ok((text, body))
}

fn header_of(text: &str) -> Result<Header, String> {
    let literal = literal::parse(text)?;
    let missing = |key: &str| format!("the header does not say {key}");
    let fields = match literal.entry("descr").ok_or_else(|| missing("descr"))? {
        Literal::Text(code) => vec![(None, field(code)?)],
        Literal::List(items) => items.iter().map(record).collect::<Result<_, _>>()?,
        _ => return Err(missing("what the elements are")),
    };
    if fields.is_empty() {
        return Err("its records have no fields".to_string());
    }
    let Some(Literal::Bool(fortran)) = literal.entry("fortran_order") else { return Err(missing("fortran_order")) };
    let Some(Literal::List(lengths)) = literal.entry("shape") else { return Err(missing("shape")) };
    let length = |item: &Literal| if let Literal::Whole(length) = item { Ok(*length) } else { Err(missing("shape")) };
    let shape = lengths.iter().map(length).collect::<Result<_, _>>()?;
    Ok(Header { fields, fortran: *fortran, shape })
}

/// A field of a record: `('x', '<f8')`.
fn record(item: &Literal) -> Result<(Option<String>, Field), String> {
    match item {
        Literal::List(parts) => match parts.as_slice() {
            [Literal::Text(name), Literal::Text(code)] => Ok((Some(name.clone()), field(code)?)),
            _ => Err("its records hold more than numbers and text".to_string()),
        },
        _ => Err("the header does not say what its records hold".to_string()),
    }
}

/// `<f8`, `|b1`, `>i4`, `<U5`
fn field(code: &str) -> Result<Field, String> {
    let unknown = || format!("elements of the type {} are not known", super::short(&crate::show::safe(code), 12));
    let mut chars = code.chars();
    let big = match chars.next() {
        Some('<' | '|' | '=') => false,
        Some('>') => true,
        _ => return Err(unknown()),
    };
    let kind = match chars.next() {
        Some('O') => return Err("it holds Python objects: save plain numbers with np.save".to_string()),
        Some(kind) => kind,
        None => return Err(unknown()),
    };
    let size: usize = chars.as_str().parse().map_err(|_| unknown())?;
    let number = |kind| Field::Number(Element { kind, size, big });
    let field = match kind {
        'b' => number(Kind::Bool),
        'i' => number(Kind::Signed),
        'u' => number(Kind::Unsigned),
        'f' => number(Kind::Float),
        'c' => number(Kind::Complex),
        'U' => Field::Text { chars: size, big },
        'S' | 'a' => Field::Bytes(size),
        'V' => Field::Nothing(size),
        _ => return Err(unknown()),
    };
    match field {
        Field::Number(element) if !element.known() => Err(unknown()),
        field => Ok(field),
    }
}

/// One field of all elements, as an array or as strings; nothing for padding.
fn column(reading: &mut Reading<'_>, field: &Field, from: Records<'_>, header: &Header) -> Outcome<Option<Value>> {
    match field {
        Field::Nothing(_) => Ok(None),
        Field::Number(element) => {
            let decoded = element.decode(from)?;
            if decoded.rounded {
                reading.warnings.push(rounded(reading.path));
            }
            let mut shape = Shape::from_slice(&header.shape);
            let mut order: Vec<usize> = (0..shape.len()).collect();
            if header.fortran {
                shape.reverse();
                order.reverse();
            }
            if decoded.pairs {
                order.push(shape.len());
                shape.push(2);
            }
            let array = Array::new(shape, decoded.data);
            let array = if header.fortran { layout::permute(&array, &order)? } else { array };
            Ok(Some(Value::Var(array.into())))
        }
        Field::Text { .. } | Field::Bytes(_) if header.fortran && header.shape.len() > 1 => {
            Err(reading.refuse(FORMAT, "text in Fortran order is not known"))
        }
        Field::Text { chars, big } => {
            let texts = texts(from, chars.saturating_mul(4), |bytes| wide_text(bytes, *big));
            texts
                .map_err(|why| reading.refuse(FORMAT, why))
                .map(|texts| Some(nested(&header.shape, &mut texts.into_iter())))
        }
        Field::Bytes(size) => {
            let texts = texts(from, *size, |bytes| String::from_utf8(bytes.to_vec()).ok());
            texts
                .map_err(|why| reading.refuse(FORMAT, why))
                .map(|texts| Some(nested(&header.shape, &mut texts.into_iter())))
        }
    }
}

/// The warning that whole numbers beyond 2^53 lost their last digits.
pub(super) fn rounded(path: &str) -> Fail {
    Problem::new(format!("{} has whole numbers beyond 2^53", super::shown(path)))
        .label(Part::Argument(0), "these are rounded to 53 bits")
}

fn texts(from: Records<'_>, size: usize, read: impl Fn(&[u8]) -> Option<String>) -> Result<Vec<Value>, String> {
    let text = |record: &[u8]| {
        let bytes = record.get(from.offset..)?.get(..size)?;
        read(bytes).map(|text| Value::text(text.trim_end_matches('\0')))
    };
    let records = from.bytes.chunks_exact(from.stride.max(1)).take(from.count);
    records.map(|record| text(record).ok_or_else(|| "it holds text that is not Unicode".to_string())).collect()
}

fn wide_text(bytes: &[u8], big: bool) -> Option<String> {
    let char = |cell: &[u8]| {
        let cell = *cell.first_chunk::<4>()?;
        char::from_u32(if big { u32::from_be_bytes(cell) } else { u32::from_le_bytes(cell) })
    };
    bytes.chunks_exact(4).map(char).collect()
}

/// Strings in tuples of this shape.
fn nested(shape: &[usize], texts: &mut dyn Iterator<Item = Value>) -> Value {
    match shape {
        [] => texts.next().unwrap_or(Value::None),
        shape if shape.contains(&0) => Value::tuple(Vec::new()),
        [length, inner @ ..] => Value::tuple((0..*length).map(|_| nested(inner, texts)).collect()),
    }
}

/// Writes an NPY file.
pub(super) fn write(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let entry = writing.only()?;
    encoded(&entry.value)?
        .ok_or_else(|| writing.refuse(&entry, "it holds one array, or strings; several values go into .npz"))
}

/// A value as an NPY file, if it can be one: an array, a string, or a tuple of strings.
pub(super) fn encoded(value: &Value) -> Outcome<Option<Vec<u8>>> {
    if let Some(array) = array_of(value)? {
        let code = match array.dtype() {
            DType::Bool => "|b1",
            DType::F32 => "<f4",
            DType::F64 => "<f8",
        };
        return file(code, array.shape(), &elements::encode(&array)?).map(Some);
    }
    let strings: Option<Vec<&str>> = match value {
        Value::Text(text) => Some(vec![text.as_str()]),
        Value::Tuple(tuple) if !tuple.items.is_empty() && tuple.names.is_empty() => {
            tuple.items.iter().map(super::string).collect()
        }
        _ => None,
    };
    // A string that ends in zeros would lose them.
    let Some(strings) = strings.filter(|strings| !strings.iter().any(|text| text.ends_with('\0'))) else {
        return Ok(None);
    };
    let width = strings.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
    let mut body = crate::array::limits::reserve(strings.len().saturating_mul(width).saturating_mul(4))?;
    for text in &strings {
        let chars = text.chars().chain(std::iter::repeat('\0'));
        body.extend(chars.take(width).flat_map(|char| u32::from(char).to_le_bytes()));
    }
    let shape = if matches!(value, Value::Tuple(_)) { vec![strings.len()] } else { Vec::new() };
    file(&format!("<U{width}"), &shape, &body).map(Some)
}

/// Magic, version 1, and a header that ends at a multiple of 64 bytes, as NumPy writes it.
fn file(code: &str, shape: &[usize], body: &[u8]) -> Outcome<Vec<u8>> {
    let lengths: String = match shape {
        [one] => format!("{one},"),
        many => many.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
    };
    let mut header = format!("{{'descr': '{code}', 'fortran_order': False, 'shape': ({lengths}), }}");
    let start = MAGIC.len() + 4;
    let end = (start + header.len() + 1).next_multiple_of(64);
    header.push_str(&" ".repeat(end - start - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(|_| Problem::new("this array has too many axes for NPY"))?;
    let mut out = crate::array::limits::reserve(end.saturating_add(body.len()))?;
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&[1, 0]);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(body);
    Ok(out)
}
