//! The engine: what is recorded, and how a derivative flows through it. Not one rule is in here; an
//! operation brings its own (see [`Op`]).
//!
//! A [`Var`] is what numbers are while a program runs. If an operand of an operation is
//! [traced](Var::Traced) and the [`Context`] is recording, the result is traced too: a [`Node`] that
//! remembers the operation and its operands. The nodes form a graph that is freed as soon as nothing
//! needs it; `age`, a serial number, is its topological order. [`pull`] walks from a result back to
//! what it came from, [`push`] the other way. Neither leaves a mark in a node, so passes nest: the
//! derivative of a function that itself differentiates is right without a special case.

mod accumulate;
mod basics;
mod compute;
mod context;
mod forget;
mod formula;
mod node;
mod op;
mod pull;
mod push;
mod queue;
mod recall;
mod record;
mod release;
mod rows;
mod slope;
mod small;
mod spares;
mod turned;

pub use accumulate::Product;
pub use basics::Basics;
pub use context::Context;
pub use formula::{Code, Formula, Operands};
pub use node::{Args, Many, Node, Request, Variable};
pub use op::{
    AddRule, Caller, Cotangents, Forward, Grad, Midway, Number, Op, Plan, Pull, PullRule, Reads, Slope, Under,
};
pub use pull::{Wanted, cotangent_of, pull};
pub use push::push;
pub use recall::Recall;

use crate::array::lazy::Arg;
use crate::array::operand::Operand;
use crate::array::{Array, DType, Data, Shape};
use std::borrow::Cow;
use std::rc::Rc;

/// A number, an array of numbers, or one that remembers where it came from.
///
/// The tag takes a whole word: with a small one the compiler moves a value in pieces that overlap, and a
/// processor waits when it reads one word that was written as two. That alone is a third of the cost
/// of a recorded step.
#[derive(Clone, Debug)]
#[repr(u64)]
pub enum Var {
    /// A truth value of rank 0.
    Bool(bool),
    /// A double of rank 0: most of what an interpreter handles, and never on the heap.
    Num(f64),
    /// Anything else that is not traced.
    Array(Rc<Array>),
    /// A value that knows what it was computed from.
    Traced(Rc<Node>),
}

/// A number as a number. Only as the result of a recorded step may one be an array: a sum that is computed
/// together with its derivative.
fn settled(var: Var) -> Var {
    match var {
        Var::Array(array) if array.rank() == 0 && array.dtype() == DType::F64 && array.behind().is_none() => {
            Var::Num(array.at(0).unwrap_or(f64::NAN))
        }
        other => other,
    }
}

impl Default for Var {
    fn default() -> Var {
        Var::Num(0.0)
    }
}

impl From<f64> for Var {
    fn from(x: f64) -> Var {
        Var::Num(x)
    }
}

impl From<Array> for Var {
    #[inline]
    fn from(array: Array) -> Var {
        if array.rank() == 0 {
            match array.data() {
                Data::F64(data) => return Var::Num(data.first().copied().unwrap_or(0.0)),
                Data::Bool(data) => return Var::Bool(data.first().copied().unwrap_or(false)),
                Data::F32(_) => {}
            }
        }
        Var::Array(Rc::new(array))
    }
}

impl Var {
    /// The value without its history.
    #[inline]
    pub fn plain(&self) -> &Var {
        match self {
            Var::Traced(node) => &node.out,
            other => other,
        }
    }

    /// The value without its history, as a value of its own.
    pub fn to_plain(&self) -> Var {
        settled(self.plain().clone())
    }

    /// The value without its history, taken.
    pub fn into_plain(self) -> Var {
        match self {
            Var::Traced(node) => settled(node.out.clone()),
            other => other,
        }
    }

    /// Whether two values are one, not merely equal; numbers have no identity, so there equal is one.
    pub fn is_same(&self, other: &Var) -> bool {
        match (self, other) {
            (Var::Num(a), Var::Num(b)) => a.to_bits() == b.to_bits(),
            (Var::Bool(a), Var::Bool(b)) => a == b,
            (Var::Traced(a), Var::Traced(b)) => a.is(b),
            (Var::Array(a), Var::Array(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// The node behind the value, if it is traced.
    #[inline]
    pub fn node(&self) -> Option<&Rc<Node>> {
        match self {
            Var::Traced(node) => Some(node),
            _ => None,
        }
    }

    /// The length of every axis.
    pub fn shape(&self) -> &[usize] {
        match self.plain() {
            Var::Array(array) => array.shape(),
            _ => &[],
        }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        match self.plain() {
            Var::Array(array) => array.len(),
            _ => 1,
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the elements are.
    pub fn dtype(&self) -> DType {
        self.operand().dtype()
    }

    /// The value as the kernels want it.
    #[inline]
    pub fn operand(&self) -> Operand<'_> {
        match self.plain() {
            Var::Bool(x) => Operand::Bool(*x),
            Var::Num(x) => Operand::Num(*x),
            Var::Array(array) => Operand::Array(array),
            Var::Traced(_) => Operand::Num(f64::NAN), // `out` is never traced
        }
    }

    /// The value as an operand of a step that is computed later.
    pub fn arg(&self) -> Arg {
        match self.plain() {
            Var::Bool(x) => Arg::Num(f64::from(u8::from(*x))),
            Var::Num(x) => Arg::Num(*x),
            Var::Array(array) => Arg::Array(array.clone()),
            Var::Traced(_) => Arg::Num(f64::NAN),
        }
    }

    /// The value as an array, without a copy if it is one.
    pub fn array(&self) -> Cow<'_, Array> {
        match self.plain() {
            Var::Array(array) => Cow::Borrowed(array),
            Var::Bool(x) => Cow::Owned(Array::scalar(f64::from(u8::from(*x)), DType::Bool)),
            Var::Num(x) => Cow::Owned(Array::scalar(*x, DType::F64)),
            Var::Traced(_) => Cow::Owned(Array::scalar(f64::NAN, DType::F64)),
        }
    }

    /// The only element, as a double; `None` for an array of more or fewer.
    pub fn item(&self) -> Option<f64> {
        match self.plain() {
            Var::Bool(x) => Some(f64::from(u8::from(*x))),
            Var::Num(x) => Some(*x),
            Var::Array(array) if array.len() == 1 => array.at(0),
            _ => None,
        }
    }

    /// The value as a number of rank 0 (a double or a truth value), which the fast paths handle.
    #[inline]
    pub fn number(&self) -> Option<f64> {
        match self.plain() {
            Var::Num(x) => Some(*x),
            Var::Bool(x) => Some(f64::from(u8::from(*x))),
            _ => None,
        }
    }

    /// An array of one value with the same shape, and the same type unless that is bool.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn filled_like(&self, value: f64) -> crate::diagnostic::Outcome<Var> {
        if self.number().is_some() {
            return Ok(Var::Num(value));
        }
        let dtype = if self.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
        Ok(Array::full(Shape::from_slice(self.shape()), value, dtype)?.into())
    }
}
