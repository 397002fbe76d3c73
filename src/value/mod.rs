//! What the language handles.
//!
//! Sixteen bytes, with numbers inline: most of what an interpreter does is scalar, and a number never
//! touches the heap. Everything else is one counted pointer. Values are immutable as seen by others;
//! whoever holds the only pointer may write in place.

mod arguments;
mod function;
mod listing;
mod markdown;
mod table;
mod text;
mod tuple;

pub use arguments::{Wholes, as_var, as_whole, wholes_of};
pub use function::{Arguments, Builtin, Call, Closure, Function, Host, Partial, Passes, Read, Run};
pub use markdown::markdown;
pub use text::{display, display_quoted, left_out, signature_of};
pub use tuple::{Tuple, map_leaves, too_deep, zip_leaves};

use crate::array::shape_text;
use crate::autodiff::Var;
use std::rc::Rc;

/// Any value of the language.
#[derive(Clone, Default)]
pub enum Value {
    /// Nothing was assigned yet, or no argument was given. A program never sees it.
    #[default]
    Unset,
    /// `none`
    None,
    /// A number, a truth value or an array, traced or not.
    Var(Var),
    /// A string.
    Text(Rc<String>),
    /// `(a, b)`, `(w = W, b = 0)`
    Tuple(Rc<Tuple>),
    /// A function of the program.
    Function(Rc<Function>),
    /// A function of ours.
    Builtin(&'static Builtin),
    /// `import nn`
    Module(Rc<Module>),
    /// `range(a, b, step)`, not materialised until somebody looks.
    Range(Rc<Range>),
}

/// A namespace: the top-level names of a file.
#[derive(Debug)]
pub struct Module {
    /// The file's stem.
    pub name: String,
    /// Where its names live: the number of a scope.
    pub scope: usize,
}

/// `range(start, stop, step)`: a 1-d array that a loop need not materialise.
#[derive(Debug)]
pub struct Range {
    /// The first number.
    pub start: f64,
    /// What it stops before, as it was asked for.
    pub stop: f64,
    /// From one to the next.
    pub step: f64,
    /// How many there are.
    pub len: usize,
}

impl Range {
    /// The number at a position.
    pub fn at(&self, i: usize) -> f64 {
        self.start + self.step * i as f64
    }
}

impl Value {
    /// A number.
    #[inline]
    pub fn num(x: f64) -> Value {
        Value::Var(Var::Num(x))
    }

    /// A truth value.
    #[inline]
    pub fn bool(x: bool) -> Value {
        Value::Var(Var::Bool(x))
    }

    /// A string.
    pub fn text(x: impl Into<String>) -> Value {
        Value::Text(Rc::new(x.into()))
    }

    /// A tuple without names.
    pub fn tuple(items: Vec<Value>) -> Value {
        Value::Tuple(Rc::new(Tuple::new(items)))
    }

    /// A tuple of whole numbers: what `x.shape` gives.
    pub fn shape(shape: &[usize]) -> Value {
        Value::tuple(shape.iter().map(|&dim| Value::num(dim as f64)).collect())
    }

    /// What kind of value this is, with an article, for messages: `a string`.
    pub fn kind(&self) -> String {
        match self {
            Value::Unset => "nothing".into(),
            Value::None => "none".into(),
            Value::Var(var) => match var.plain() {
                Var::Bool(_) => "a truth value".into(),
                Var::Num(_) => "a number".into(),
                other if other.shape().is_empty() => "a number".into(),
                other => format!("an array of shape {}", shape_text(other.shape())),
            },
            Value::Text(_) => "a string".into(),
            Value::Tuple(_) => "a tuple".into(),
            Value::Function(_) | Value::Builtin(_) => "a function".into(),
            Value::Module(_) => "a module".into(),
            Value::Range(range) => format!("an array of shape [{}]", range.len),
        }
    }

    /// Computes the arrays in it that are not computed yet, so that looking at them cannot take long.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn compute(&self) -> crate::diagnostic::Outcome<()> {
        let mut waiting = vec![self];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Var(var) => {
                    if let Var::Array(array) = var.plain() {
                        array.compute()?;
                    }
                }
                Value::Tuple(tuple) => waiting.extend(&tuple.items),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether it can be called.
    pub fn is_function(&self) -> bool {
        matches!(self, Value::Function(_) | Value::Builtin(_))
    }
}

impl From<Var> for Value {
    fn from(var: Var) -> Value {
        Value::Var(var)
    }
}

// What everything's cost depends on: two words for a value, also when it may be an error.
const _: () = assert!(size_of::<Value>() == 16);
const _: () = assert!(size_of::<Result<Value, Box<u8>>>() == 16);
const _: () = assert!(size_of::<crate::autodiff::Node>() == 48);
