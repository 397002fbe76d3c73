//! Tuples, and doing something to every leaf of a nest of them.
//!
//! A nest can be a million deep (`t = (t,)` in a loop), so dropping one is a loop, and whatever walks
//! one refuses to go deeper than [`MAX_DEPTH`].

use super::{Function, Value};
use crate::diagnostic::{Kind, Outcome, Problem};
use std::cell::RefCell;
use std::rc::Rc;

/// The deepest nest of tuples that can be walked.
pub const MAX_DEPTH: usize = 200;

/// Ordered entries, which may be named.
#[derive(Clone, Default)]
pub struct Tuple {
    /// The entries.
    pub items: Vec<Value>,
    /// Their names, or nothing if none has one; otherwise as many as entries.
    pub names: Vec<Option<Rc<str>>>,
}

impl Tuple {
    /// A tuple without names.
    pub fn new(items: Vec<Value>) -> Tuple {
        Tuple { items, names: Vec::new() }
    }

    /// A tuple with names.
    pub fn named(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Tuple {
        let (names, items) = entries.into_iter().map(|(name, value)| (Some(Rc::from(name)), value)).unzip();
        Tuple { items, names }
    }

    /// Adds an entry.
    pub fn push(&mut self, name: Option<Rc<str>>, value: Value) {
        if name.is_some() && self.names.is_empty() {
            self.names = vec![None; self.items.len()];
        }
        if name.is_some() || !self.names.is_empty() {
            self.names.push(name);
        }
        self.items.push(value);
    }

    /// The name of an entry.
    pub fn name(&self, i: usize) -> Option<&Rc<str>> {
        self.names.get(i).and_then(Option::as_ref)
    }

    /// The position of a named entry.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known.as_deref() == Some(name))
    }

    /// Whether another tuple has as many entries under the same names.
    pub fn same_structure(&self, other: &Tuple) -> bool {
        self.items.len() == other.items.len() && (0..self.items.len()).all(|i| self.name(i) == other.name(i))
    }

    /// A tuple of the same structure with other entries.
    pub fn with_items(&self, items: Vec<Value>) -> Value {
        Value::Tuple(Rc::new(Tuple { items, names: self.names.clone() }))
    }
}

/// The error for a nest that is too deep to walk.
pub fn too_deep<T>() -> Outcome<T> {
    Err(Problem::new(format!("these tuples are nested more than {MAX_DEPTH} deep"))
        .help("(...a, ...b) joins the entries of tuples without nesting them")
        .kind(Kind::Limit))
}

/// Applies a function to every entry that is not a tuple, and keeps the structure.
///
/// # Errors
/// Whatever the function returns, or a nest that is too deep.
pub fn map_leaves(value: &Value, f: &mut dyn FnMut(&Value) -> Outcome<Value>) -> Outcome<Value> {
    fn walk(value: &Value, f: &mut dyn FnMut(&Value) -> Outcome<Value>, depth: usize) -> Outcome<Value> {
        match value {
            _ if depth > MAX_DEPTH => too_deep(),
            Value::Tuple(tuple) => {
                let items = tuple.items.iter().map(|item| walk(item, f, depth + 1)).collect::<Outcome<_>>()?;
                Ok(tuple.with_items(items))
            }
            leaf => f(leaf),
        }
    }
    walk(value, f, 0)
}

/// Applies a function leaf by leaf to several values of which at least one is a tuple. Tuples must have
/// the same structure; what is not a tuple meets every leaf.
///
/// # Errors
/// Whatever the function returns, different structures, or a nest that is too deep.
pub fn zip_leaves(values: &[Value], f: &mut dyn FnMut(&[Value]) -> Outcome<Value>) -> Outcome<Value> {
    fn walk(values: &[Value], f: &mut dyn FnMut(&[Value]) -> Outcome<Value>, depth: usize) -> Outcome<Value> {
        if depth > MAX_DEPTH {
            return too_deep();
        }
        let mut first: Option<&Rc<Tuple>> = None;
        for value in values {
            if let Value::Tuple(tuple) = value {
                match first {
                    None => first = Some(tuple),
                    Some(first) if first.same_structure(tuple) => {}
                    Some(first) => return Err(different(first, tuple)),
                }
            }
        }
        let Some(first) = first else { return f(values) };
        let mut items = Vec::with_capacity(first.items.len());
        for i in 0..first.items.len() {
            let row: Vec<Value> = values
                .iter()
                .map(|value| match value {
                    Value::Tuple(tuple) => tuple.items.get(i).cloned().unwrap_or(Value::None),
                    other => other.clone(),
                })
                .collect();
            items.push(walk(&row, f, depth + 1)?);
        }
        Ok(first.with_items(items))
    }
    walk(values, f, 0)
}

fn different(a: &Tuple, b: &Tuple) -> crate::diagnostic::Fail {
    let structure = |tuple: &Tuple| {
        let names: Vec<&str> = (0..tuple.items.len()).map(|i| tuple.name(i).map_or("_", |name| name)).collect();
        format!("({})", names.join(", "))
    };
    Problem::new("these tuples do not have the same structure")
        .note(format!("{} against {}", structure(a), structure(b)))
        .help("arithmetic on tuples goes entry by entry: both need as many entries, with the same names")
}

thread_local! {
    /// What is still to be dropped, while something is being dropped.
    static DROPPING: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Drops values that may hold others of their kind, without recursing.
pub(super) fn drop_all(values: impl Iterator<Item = Value>) {
    let nested = |value: &Value| match value {
        Value::Tuple(tuple) => Rc::strong_count(tuple) == 1,
        Value::Function(function) => Rc::strong_count(function) == 1,
        _ => false,
    };
    let mut values: Vec<Value> = values.filter(nested).collect();
    if values.is_empty() {
        return;
    }
    let outermost = DROPPING.with(|dropping| match dropping.try_borrow_mut() {
        Ok(mut dropping) => match &mut *dropping {
            Some(waiting) => {
                waiting.append(&mut values);
                false
            }
            none => {
                *none = Some(Vec::new());
                true
            }
        },
        Err(_) => false,
    });
    if !outermost {
        return;
    }
    loop {
        values.clear();
        let more = DROPPING.with(|dropping| dropping.borrow_mut().as_mut().map(std::mem::take).unwrap_or_default());
        if more.is_empty() {
            break;
        }
        values = more;
    }
    DROPPING.with(|dropping| *dropping.borrow_mut() = None);
}

impl Drop for Tuple {
    fn drop(&mut self) {
        if self.items.iter().any(|item| matches!(item, Value::Tuple(_) | Value::Function(_))) {
            drop_all(std::mem::take(&mut self.items).into_iter());
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        drop_all(std::mem::take(self.captured_mut()).into_iter());
    }
}
