//! Nests of tuples in files that hold arrays under names.
//!
//! The entry `w` of the first layer is `layers.0.w`, as PyTorch writes it. Such a file keeps neither the order of
//! entries nor empty tuples nor strings, so a note beside the arrays says how they were nested.

use super::{Writing, array_of, json};
use crate::array::Array;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Tuple, Value};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The deepest nest that is kept.
const DEEPEST: usize = 50;

/// Gives every array that is to be written its name, and says how they were nested.
pub(super) fn flattened(writing: &Writing<'_>, take: &mut dyn FnMut(&str, &Array) -> Outcome<()>) -> Outcome<String> {
    let mut tuple = Tuple::default();
    writing.entries.iter().for_each(|entry| tuple.push(entry.name.clone(), entry.value.clone()));
    let argument = if let [entry] = writing.entries { entry.argument } else { 1 };
    let mut flat = Flat { take, names: HashSet::new(), note: String::new(), argument };
    flat.add(&Value::Tuple(tuple.into()), "", 0)?;
    Ok(flat.note)
}

/// What was nested so, if the note is about these arrays.
pub(super) fn restored(note: &str, arrays: &[(String, Value)]) -> Outcome<Option<Value>> {
    let Ok((structure, _)) = json::parse(note.as_bytes())? else { return Ok(None) };
    let mut left: HashMap<&str, &Value> = arrays.iter().map(|(name, value)| (name.as_str(), value)).collect();
    Ok(built(&structure, &mut left, 0).filter(|_| left.is_empty()))
}

/// The nest that a note describes, with the arrays it names, each once. An array is its name in the note,
/// a tuple `{"names": …, "items": …}`, a string `{"text": …}`.
fn built(note: &Value, left: &mut HashMap<&str, &Value>, depth: usize) -> Option<Value> {
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
                tuple.push(name, built(item, left, depth + 1)?);
            }
            Some(Value::Tuple(tuple.into()))
        }
        _ => None,
    }
}

/// Arrays nested by the dots in their names, where that is possible; else under their full names.
pub(super) fn by_dots(arrays: Vec<(String, Value)>) -> Value {
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

/// A nest being flattened.
struct Flat<'s> {
    /// Takes the arrays.
    take: &'s mut dyn FnMut(&str, &Array) -> Outcome<()>,
    names: HashSet<String>,
    /// How it was nested.
    note: String,
    argument: usize,
}

impl Flat<'_> {
    fn add(&mut self, value: &Value, name: &str, depth: usize) -> Outcome<()> {
        let refuse = |title: &str| Problem::new(title).label(Part::Argument(self.argument), "");
        if depth > DEEPEST {
            return Err(refuse("these tuples are nested too deep").help(format!("a file keeps {DEEPEST} levels")));
        }
        if let Some(array) = array_of(value)? {
            if !self.names.insert(name.to_string()) {
                return Err(refuse(&format!("two arrays would be called {}", super::short(name, 24))));
            }
            (self.take)(name, &array)?;
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
