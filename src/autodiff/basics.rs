//! The operations that the engine itself needs.
//!
//! Two cotangents of one operand are summed, and that sum may be differentiated once more: so it is the operation
//! `+`, recorded like any other. It is declared where all operations are, and handed to the engine.

use super::{Context, Op, Var};
use crate::array::same_shape;
use crate::diagnostic::Outcome;

/// The operations that the engine itself needs. They are declared where all operations are.
pub struct Basics {
    /// Sum of two.
    pub add: &'static Op,
    /// `g * s`, where a zero gives zero whatever the other is.
    pub weigh: &'static Op,
    /// The same value under a new identity.
    pub alias: &'static Op,
    /// Undoes broadcasting, and gives the result an operand's type: see [`Context::fit`].
    pub fit: fn(&Context, &Var, &Var) -> Outcome<Var>,
    /// Stretches the first to the shape of the second.
    pub stretch: fn(&Context, &Var, &Var) -> Outcome<Var>,
    /// The same elements under another shape.
    pub reshape: fn(&Context, &Var, &[usize]) -> Outcome<Var>,
    /// One row.
    pub row: fn(&Context, &Var, usize) -> Outcome<Var>,
    /// Joins arrays along a new axis.
    pub stack: fn(&Context, &[Var], usize) -> Outcome<Var>,
}

impl Context {
    /// The sum of two.
    ///
    /// # Errors
    /// When the shapes do not line up.
    pub fn add(&self, x: &Var, y: &Var) -> Outcome<Var> {
        self.apply(self.basics().add, &[x.clone(), y.clone()])
    }

    /// `g * s`, where a zero gives zero whatever the other is.
    ///
    /// # Errors
    /// When the shapes do not line up.
    pub fn weigh(&self, g: &Var, s: &Var) -> Outcome<Var> {
        self.apply(self.basics().weigh, &[g.clone(), s.clone()])
    }

    /// Sums a cotangent over the axes along which an operand was stretched, so that it has the
    /// operand's shape and type.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn fit(&self, cotangent: Var, operand: &Var) -> Outcome<Var> {
        let same_type = cotangent.dtype() == operand.dtype()
            || matches!(cotangent.plain(), Var::Num(_)) && matches!(operand.plain(), Var::Num(_) | Var::Bool(_));
        if same_type && same_shape(cotangent.shape(), operand.shape()) {
            return Ok(cotangent);
        }
        (self.basics().fit)(self, &cotangent, operand)
    }

    /// Stretches a tangent to the shape of a result.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn stretch(&self, tangent: Var, result: &Var) -> Outcome<Var> {
        if same_shape(tangent.shape(), result.shape()) {
            return Ok(tangent);
        }
        (self.basics().stretch)(self, &tangent, result)
    }
}
