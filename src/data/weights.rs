//! Safetensors: the weights of a model, with their names, and nothing that could run.
//!
//! A nest of tuples is flattened: the entry `w` of the first layer is `layers.0.w`, as PyTorch writes
//! it. The format keeps neither the order of entries nor empty tuples, so a note beside the arrays says
//! how they were nested; a file without one is nested by the dots in its names.

use super::elements::{self, Element, Kind, Records};
use super::{Reading, Writing, array_of, json, npy};
use crate::array::{Array, DType, Shape};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::value::{Tuple, Value};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

const FORMAT: &str = "a safetensors file";
/// Under which name the note on the structure stands among the notes of a file.
const NOTE: &str = "adlib";
/// The deepest nest that is kept.
const DEEPEST: usize = 50;

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
        && let Ok((structure, _)) = json::parse(note.as_bytes())?
    {
        let mut left: HashMap<&str, &Value> = arrays.iter().map(|(name, value)| (name.as_str(), value)).collect();
        if let Some(value) = restored(&structure, &mut left, 0)
            && left.is_empty()
        {
            return Ok(value);
        }
    }
    Ok(nested(arrays))
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

/// The nest that a note describes, with the arrays it names, each once. An array is its name in the note,
/// a tuple `{"names": …, "items": …}`, a string `{"text": …}`.
fn restored(note: &Value, left: &mut HashMap<&str, &Value>, depth: usize) -> Option<Value> {
    match note {
        _ if depth > DEEPEST => None,
        Value::None => Some(Value::None),
        Value::Text(name) => left.remove(name.as_str()).cloned(),
        Value::Tuple(parts) => {
            let part = |name: &str| parts.find(name).and_then(|at| parts.items.get(at));
            if let Some(text @ Value::Text(_)) = part("text") {
                return Some(text.clone());
            }
            let list = |name: &str| match part(name) {
                Some(Value::Tuple(list)) => Some(list.items.clone()),
                // A list of nothing reads as an empty array, and so does one of nothing but none.
                Some(Value::Var(var)) if var.is_empty() => Some(Vec::new()),
                _ => None,
            };
            let (names, items) = (list("names")?, list("items")?);
            if names.len() != items.len() {
                return None;
            }
            let mut tuple = Tuple::default();
            for (name, item) in names.iter().zip(&items) {
                let name = match name {
                    Value::None => None,
                    Value::Text(name) => Some(Rc::from(name.as_str())),
                    _ => return None,
                };
                tuple.push(name, restored(item, left, depth + 1)?);
            }
            Some(Value::Tuple(tuple.into()))
        }
        _ => None,
    }
}

/// Arrays nested by the dots in their names, where that is possible; else under their full names.
fn nested(arrays: Vec<(String, Value)>) -> Value {
    let mut root = Branch::default();
    let fits = arrays.iter().all(|(name, value)| root.insert(name, value));
    if fits {
        return root.value();
    }
    let mut tuple = Tuple::default();
    arrays.into_iter().for_each(|(name, value)| tuple.push(Some(name.into()), value));
    Value::Tuple(tuple.into())
}

/// A part of the tree that dotted names make.
#[derive(Default)]
struct Branch {
    /// The position of each entry.
    known: HashMap<String, usize>,
    entries: Vec<(String, Tree)>,
}

enum Tree {
    Leaf(Value),
    Branch(Branch),
}

impl Branch {
    /// Adds an array; false if its name runs into another one, or too deep.
    fn insert(&mut self, name: &str, value: &Value) -> bool {
        let mut here = self;
        let mut parts = name.split('.').peekable();
        let mut depth = 0;
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            depth += 1;
            let at = match here.known.get(part) {
                Some(_) if last => return false,
                Some(&at) => at,
                None => {
                    let tree = if last { Tree::Leaf(value.clone()) } else { Tree::Branch(Branch::default()) };
                    here.entries.push((part.to_string(), tree));
                    here.known.insert(part.to_string(), here.entries.len() - 1);
                    here.entries.len() - 1
                }
            };
            if last {
                return true;
            }
            here = match here.entries.get_mut(at) {
                Some((_, Tree::Branch(branch))) if depth <= DEEPEST => branch,
                _ => return false,
            };
        }
        false
    }

    /// The tuple that a branch is: without names if these only count.
    fn value(mut self) -> Value {
        let count = self.entries.len();
        let counted = (0..count).all(|i| self.known.contains_key(&i.to_string()));
        if counted {
            self.entries.sort_by_key(|(name, _)| name.parse::<usize>().unwrap_or(usize::MAX));
        }
        let mut tuple = Tuple::default();
        for (name, tree) in self.entries {
            let value = match tree {
                Tree::Leaf(value) => value,
                Tree::Branch(branch) => branch.value(),
            };
            tuple.push((!counted).then(|| name.into()), value);
        }
        Value::Tuple(tuple.into())
    }
}

/// Writes a safetensors file.
pub(super) fn write(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let mut tuple = Tuple::default();
    writing.entries.iter().for_each(|entry| tuple.push(entry.name.clone(), entry.value.clone()));
    let argument = if let [entry] = writing.entries { entry.argument } else { 1 };
    let mut flat = Flat { arrays: Vec::new(), names: HashSet::new(), note: String::new(), argument };
    flat.add(&Value::Tuple(tuple.into()), "", 0)?;
    let mut views = Vec::with_capacity(flat.arrays.len());
    for (name, dtype, shape, bytes) in &flat.arrays {
        let view = TensorView::new(*dtype, shape.clone(), bytes);
        views.push((name.as_str(), view.map_err(|error| unwritable(writing, &error))?));
    }
    let notes = [(NOTE.to_string(), flat.note)].into_iter().collect();
    serialize(views, Some(notes)).map_err(|error| unwritable(writing, &error))
}

fn unwritable(writing: &Writing<'_>, error: &dyn std::fmt::Display) -> Fail {
    Problem::new(format!("{} cannot be written", super::shown(writing.path)))
        .label(Part::Argument(0), error.to_string())
}

/// A nest, flattened.
struct Flat {
    arrays: Vec<(String, Dtype, Vec<usize>, Vec<u8>)>,
    names: HashSet<String>,
    /// How it was nested.
    note: String,
    argument: usize,
}

impl Flat {
    fn add(&mut self, value: &Value, name: &str, depth: usize) -> Outcome<()> {
        let refuse = |title: &str| Problem::new(title).label(Part::Argument(self.argument), "");
        if depth > DEEPEST {
            return Err(refuse("these tuples are nested too deep").help(format!("a file keeps {DEEPEST} levels")));
        }
        if let Some(array) = array_of(value)? {
            if !self.names.insert(name.to_string()) {
                return Err(refuse(&format!("two arrays would be called {}", super::short(name, 24))));
            }
            let dtype = match array.dtype() {
                DType::Bool => Dtype::BOOL,
                DType::F32 => Dtype::F32,
                DType::F64 => Dtype::F64,
            };
            self.arrays.push((name.to_string(), dtype, array.shape().to_vec(), elements::encode(&array)?));
            json::string(name, &mut self.note);
            return Ok(());
        }
        match value {
            Value::None => self.note.push_str("null"),
            Value::Text(text) => {
                self.note.push_str("{\"text\":");
                json::string(text, &mut self.note);
                self.note.push('}');
            }
            Value::Tuple(tuple) => {
                self.note.push_str("{\"names\":[");
                for i in 0..tuple.items.len() {
                    if i > 0 {
                        self.note.push(',');
                    }
                    match tuple.name(i) {
                        Some(name) => json::string(name, &mut self.note),
                        None => self.note.push_str("null"),
                    }
                }
                self.note.push_str("],\"items\":[");
                for (i, item) in tuple.items.iter().enumerate() {
                    if i > 0 {
                        self.note.push(',');
                    }
                    let own = tuple.name(i).map_or_else(|| i.to_string(), |name| name.to_string());
                    let full = if name.is_empty() { own } else { format!("{name}.{own}") };
                    self.add(item, &full, depth + 1)?;
                }
                self.note.push_str("]}");
            }
            other => {
                let help = "it holds arrays, numbers, strings, none, and tuples of these";
                let title = format!("this file cannot hold {}", other.kind());
                return Err(refuse(&title).help(help));
            }
        }
        Ok(())
    }
}
