//! Top-level names: one scope for the session or script, one for each module.

use crate::builtin;
use crate::source::Span;
use crate::value::Value;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

/// The top-level names of one file, or of the session.
#[derive(Clone, Default)]
pub struct Scope {
    /// The values, by slot.
    pub values: Vec<Value>,
    /// The names, by slot.
    pub names: Vec<Rc<str>>,
    /// Where each was last assigned; the default for names that no program assigned.
    pub written: Vec<Span>,
    /// The slot of each name.
    pub slots: HashMap<Rc<str>, u32>,
    /// The slots of the names that functions mention.
    pub wanted_inside: HashSet<u32>,
    /// Where relative imports start.
    pub folder: PathBuf,
    /// The language's own library: its places are never shown.
    pub library: bool,
}

impl Scope {
    /// The slot of a name, made on first use. A name that nobody assigned yet holds what the language
    /// has under it.
    pub fn slot(&mut self, name: &str) -> u32 {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        let slot = self.values.len() as u32;
        let name: Rc<str> = Rc::from(name);
        self.values.push(standard(&name));
        self.written.push(Span::default());
        self.names.push(name.clone());
        self.slots.insert(name, slot);
        slot
    }

    /// The slot of a name that has one.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.slots.get(name).copied()
    }

    /// The names that a program assigned, with their slots.
    pub fn assigned(&self) -> impl Iterator<Item = (&Rc<str>, usize)> {
        self.names.iter().zip(0..).filter(|&(_, slot)| {
            self.written.get(slot) != Some(&Span::default()) && !matches!(self.values.get(slot), Some(Value::Unset))
        })
    }
}

/// What the language has under a name.
pub fn standard(name: &str) -> Value {
    match name {
        "pi" => Value::num(std::f64::consts::PI),
        "tau" => Value::num(std::f64::consts::TAU),
        "inf" => Value::num(f64::INFINITY),
        "nan" => Value::num(f64::NAN),
        _ => builtin::find(name).map_or(Value::Unset, Value::Builtin),
    }
}

/// Names that stand for values rather than functions.
pub const CONSTANTS: &[&str] = &["pi", "tau", "inf", "nan"];
