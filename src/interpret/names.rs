//! The top-level names of a session, as whoever holds it can see and set them.

use super::Session;
use crate::source::{Source, Span};
use crate::value::Value;
use std::rc::Rc;

impl Session {
    /// Gives a top-level name a value, as if it had always been there.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.scopes.first_mut() {
            let slot = scope.slot(name) as usize;
            if let Some(place) = scope.values.get_mut(slot) {
                *place = value;
            }
        }
    }

    /// The value of a top-level name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let scope = self.scopes.first()?;
        scope.values.get(scope.find(name)? as usize).filter(|value| !matches!(value, Value::Unset))
    }

    /// The text of an input of a prompt, or of the last one.
    pub fn typed(&self, number: Option<usize>) -> Option<&str> {
        let name = format!("[{}]", number.unwrap_or(self.inputs));
        self.sources.named(&name).map(|source| source.text.as_str())
    }

    /// The text in which a top-level name was last assigned, and what it is called: `[3]`, or a file.
    pub fn assigned_in(&self, name: &str) -> Option<&Source> {
        let scope = self.scopes.first()?;
        let written = scope.written.get(scope.find(name)? as usize).filter(|span| **span != Span::default())?;
        self.sources.at(written.start).filter(|source| !source.library)
    }

    /// The names that the program assigned.
    pub fn names(&self) -> Vec<Rc<str>> {
        self.scopes.first().map(|scope| scope.assigned().map(|(name, _)| name.clone()).collect()).unwrap_or_default()
    }

    /// The names that can follow a dot after a path of names, `data.train`: the entries of a tuple, the
    /// names of a module. Nothing is evaluated.
    pub fn members(&self, path: &str) -> Vec<Rc<str>> {
        match self.at(path) {
            Some(Value::Tuple(tuple)) => tuple.names.iter().flatten().cloned().collect(),
            Some(Value::Module(module)) => {
                let Some(scope) = self.scopes.get(module.scope) else { return Vec::new() };
                let names = scope.assigned().map(|(name, _)| name.clone());
                // What a module of the library keeps to itself begins with an underscore.
                names.filter(|name| !scope.library || !name.starts_with('_')).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The value at the end of a path such as `nn.dense`.
    pub fn at(&self, path: &str) -> Option<Value> {
        let mut names = path.split('.');
        let mut value = names.next().and_then(|name| self.get(name)).cloned();
        for name in names {
            value = match value {
                Some(Value::Tuple(tuple)) => tuple.find(name).and_then(|at| tuple.items.get(at)).cloned(),
                Some(Value::Module(module)) => self
                    .scopes
                    .get(module.scope)
                    .and_then(|scope| scope.values.get(scope.find(name)? as usize).cloned()),
                _ => None,
            };
        }
        value
    }
}
