//! JSON: lists of numbers are arrays, other lists and objects tuples.
//!
//! Numbers are read and written to the last bit. JSON has no nan: it is written as null, and null among
//! numbers is read as nan. A name that stands twice in an object is refused, since every reader takes
//! another of the two.

use super::numeral::numeral;
use super::{Reading, Writing, npy};
use crate::array::{Array, Data, Shape, limits};
use crate::diagnostic::{Fail, Outcome, Problem};
use crate::value::{Tuple, Value, as_var};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::rc::Rc;

/// The deepest nest that is written: serde_json reads 128 levels.
const DEEPEST: usize = 120;

/// Reads a JSON file.
pub(super) fn read(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (value, rounded) = parse(bytes)?.map_err(|why| reading.refuse("JSON", why))?;
    if rounded {
        reading.warnings.push(npy::rounded(reading.path));
    }
    Ok(value)
}

/// The value that a JSON text stands for, and whether a whole number was too large to be exact; or what
/// is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Outcome<Result<(Value, bool), String>> {
    let state = State::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Seed(&state).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    // An error may be the interrupt in disguise.
    limits::check()?;
    Ok(value.map(|value| (value, state.rounded.get())).map_err(|error| error.to_string()))
}

/// What is known while a text is read.
#[derive(Default)]
struct State {
    rounded: Cell<bool>,
    count: Cell<usize>,
}

impl State {
    /// Looks now and then whether somebody asked to stop.
    fn tick<E: Error>(&self) -> Result<(), E> {
        self.count.set(self.count.get().wrapping_add(1));
        if self.count.get().is_multiple_of(4096) && limits::interrupted() { Err(E::custom("stopped")) } else { Ok(()) }
    }
}

#[derive(Clone, Copy)]
struct Seed<'s>(&'s State);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::bool(truth))
    }

    fn visit_i64<E: Error>(self, whole: i64) -> Result<Value, E> {
        self.0.rounded.set(self.0.rounded.get() | (whole as f64 as i128 != i128::from(whole)));
        Ok(Value::num(whole as f64))
    }

    fn visit_u64<E: Error>(self, whole: u64) -> Result<Value, E> {
        self.0.rounded.set(self.0.rounded.get() | (whole as f64 as u128 != u128::from(whole)));
        Ok(Value::num(whole as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::num(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = List::default();
        while let Some(item) = items.next_element_seed(self)? {
            self.0.tick()?;
            list.push(item);
        }
        Ok(list.finish())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut tuple = Tuple::default();
        let mut known: HashSet<Rc<str>> = HashSet::new();
        while let Some(name) = entries.next_key::<String>()? {
            self.0.tick()?;
            let name: Rc<str> = name.into();
            if !known.insert(name.clone()) {
                let name = super::short(&crate::show::safe(&name), 20);
                return Err(A::Error::custom(format!("\"{name}\" stands twice in one object")));
            }
            tuple.push(Some(name), entries.next_value_seed(self)?);
        }
        Ok(Value::Tuple(Rc::new(tuple)))
    }
}

/// A list as it grows: numbers, rows of numbers, truth values, or anything.
#[derive(Default)]
enum List {
    #[default]
    Empty,
    Bools(Vec<bool>),
    Rows(Shape, Vec<f64>),
    Mixed(Vec<Value>),
}

impl List {
    fn push(&mut self, item: Value) {
        match (&mut *self, &item) {
            (List::Empty, Value::Var(var)) => {
                *self = match var.array().data() {
                    Data::Bool(data) if var.shape().is_empty() => List::Bools(data.clone()),
                    Data::F64(data) if !data.is_empty() => List::Rows(Shape::from_slice(var.shape()), data.clone()),
                    _ => List::Mixed(vec![item]),
                };
                return;
            }
            (List::Bools(data), Value::Var(var)) if var.shape().is_empty() => {
                if let Some([truth]) = bools(&item) {
                    data.push(truth);
                    return;
                }
            }
            (List::Rows(shape, data), Value::Var(var)) if shape.as_slice() == var.shape() && bools(&item).is_none() => {
                match var.number() {
                    Some(number) => data.push(number),
                    None => data.extend(var.array().to_doubles().iter()),
                }
                return;
            }
            (List::Rows(shape, data), Value::None) if shape.is_empty() => {
                data.push(f64::NAN);
                return;
            }
            _ => {}
        }
        let mut items = std::mem::take(self).items();
        items.push(item);
        *self = List::Mixed(items);
    }

    /// The items one by one. What is nan here was null there.
    fn items(self) -> Vec<Value> {
        match self {
            List::Empty => Vec::new(),
            List::Bools(data) => data.into_iter().map(Value::bool).collect(),
            List::Rows(shape, data) if shape.is_empty() => {
                data.into_iter().map(|x| if x.is_nan() { Value::None } else { Value::num(x) }).collect()
            }
            List::Rows(shape, data) => {
                let size = crate::array::count(&shape).max(1);
                data.chunks(size).map(|row| Value::Var(Array::new(shape.clone(), row.to_vec()).into())).collect()
            }
            List::Mixed(items) => items,
        }
    }

    fn finish(self) -> Value {
        match self {
            List::Empty => Value::Var(Array::new(Shape::from_slice(&[0]), Vec::<f64>::new()).into()),
            List::Bools(data) => Value::Var(Array::new(Shape::from_slice(&[data.len()]), data).into()),
            List::Rows(shape, data) => {
                let rows = data.len() / crate::array::count(&shape).max(1);
                let shape: Shape = std::iter::once(rows).chain(shape).collect();
                Value::Var(Array::new(shape, data).into())
            }
            List::Mixed(items) => numbers_after_null(&items).unwrap_or_else(|| Value::tuple(items)),
        }
    }
}

/// The truth value that an item of rank 0 is.
fn bools(item: &Value) -> Option<[bool; 1]> {
    match item {
        Value::Var(var) if var.shape().is_empty() => match var.array().data() {
            Data::Bool(data) => data.first().map(|&truth| [truth]),
            _ => None,
        },
        _ => None,
    }
}

/// Numbers of which the first are missing: `[null, 1, 2]`.
fn numbers_after_null(items: &[Value]) -> Option<Value> {
    let number = |item: &Value| match item {
        Value::None => Some(f64::NAN),
        Value::Var(var) if var.shape().is_empty() && bools(item).is_none() => var.number(),
        _ => None,
    };
    let some = items.iter().any(|item| !matches!(item, Value::None));
    let data: Vec<f64> = items.iter().map(number).collect::<Option<_>>().filter(|_| some)?;
    Some(Value::Var(Array::new(Shape::from_slice(&[data.len()]), data).into()))
}

/// Writes a JSON file: one value as itself, several as an object.
pub(super) fn write(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let mut out = String::new();
    match writing.whole {
        Some(value) => text(value, &mut out, 0).map_err(|refused| refused.at(1))?,
        None => {
            let mut tuple = Tuple::default();
            writing.entries.iter().for_each(|entry| tuple.push(entry.name.clone(), entry.value.clone()));
            text(&Value::Tuple(tuple.into()), &mut out, 0).map_err(|refused| refused.at(0))?;
        }
    }
    out.push('\n');
    Ok(out.into_bytes())
}

/// Why a value cannot be written.
pub(super) enum Refused {
    Because(&'static str, String),
    Failed(Fail),
}

impl Refused {
    fn at(self, argument: usize) -> Fail {
        match self {
            Refused::Because(title, help) => {
                Problem::new(title).label(crate::diagnostic::Part::Argument(argument), "").help(help)
            }
            Refused::Failed(fail) => fail,
        }
    }
}

/// Adds a value as JSON.
pub(super) fn text(value: &Value, out: &mut String, depth: usize) -> Result<(), Refused> {
    if depth > DEEPEST {
        return Err(Refused::Because("these tuples are nested too deep for JSON", format!("it goes {DEEPEST} deep")));
    }
    if let Some(var) = as_var(value).map_err(Refused::Failed)? {
        return numbers(&var.array(), out);
    }
    match value {
        Value::Text(text) => string(text, out),
        Value::Tuple(tuple) => {
            let named = (0..tuple.items.len()).filter(|&i| tuple.name(i).is_some()).count();
            if named > 0 && named < tuple.items.len() {
                let help = "an object has names for all of them, a list for none".to_string();
                return Err(Refused::Because("entries half of which have names cannot be JSON", help));
            }
            // An empty tuple is an object, since an empty list is an array.
            let object = named > 0 || tuple.items.is_empty();
            out.push(if object { '{' } else { '[' });
            for (i, item) in tuple.items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                if let Some(name) = tuple.name(i) {
                    string(name, out);
                    out.push_str(": ");
                }
                text(item, out, depth + 1)?;
            }
            out.push(if object { '}' } else { ']' });
        }
        Value::None => out.push_str("null"),
        _ => {
            let help = format!("it has numbers, strings, arrays, tuples and none; this is {}", value.kind());
            return Err(Refused::Because("this cannot be written as JSON", help));
        }
    }
    Ok(())
}

/// Adds an array as nested lists.
fn numbers(array: &Array, out: &mut String) -> Result<(), Refused> {
    fn nest(array: &Array, shape: &[usize], at: &mut usize, out: &mut String) -> Result<(), Refused> {
        let Some((&length, inner)) = shape.split_first() else {
            if (*at).is_multiple_of(limits::STRIDE) {
                limits::check().map_err(Refused::Failed)?;
            }
            match array.data() {
                Data::Bool(data) => out.push_str(if data.get(*at) == Some(&true) { "true" } else { "false" }),
                Data::F32(data) => number(data.get(*at).copied().unwrap_or(f32::NAN), out)?,
                Data::F64(data) => number(data.get(*at).copied().unwrap_or(f64::NAN), out)?,
            }
            *at += 1;
            return Ok(());
        };
        out.push('[');
        for i in 0..length {
            if i > 0 {
                out.push_str(", ");
            }
            nest(array, inner, at, out)?;
        }
        out.push(']');
        Ok(())
    }
    if array.is_empty() {
        out.push_str("[]");
        return Ok(());
    }
    nest(array, array.shape(), &mut 0, out)
}

fn number<T: fmt::Display + fmt::LowerExp + Copy + Into<f64>>(x: T, out: &mut String) -> Result<(), Refused> {
    let double: f64 = x.into();
    if double.is_nan() {
        out.push_str("null");
    } else if double.is_infinite() {
        let help = "clip it first, or save as .npy".to_string();
        return Err(Refused::Because("infinite numbers cannot be written as JSON", help));
    } else {
        out.push_str(&numeral(x));
    }
    Ok(())
}

/// Adds a string in quotes.
pub(super) fn string(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            char if u32::from(char) < 0x20 => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
}
