//! Writing rules about matrices as they are written on paper.
//!
//! The last two axes are a matrix, those before them a stack. Everything here is recorded like what a program
//! computes, so that a rule written with it has every order of derivative.

use super::arithmetic::{ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, WEIGH};
use super::arrange::{slice_along, transpose};
use super::linear::multiply;
use super::reduce::{Reduction, SUM};
use super::shape::reshape;
use crate::array::reduce::Axes;
use crate::array::{DType, Shape, make, spectra};
use crate::autodiff::{Context, Plan, Var};
use crate::diagnostic::{Outcome, Problem};
use crate::value::Builtin;

/// Computes with matrices in a context.
#[derive(Clone, Copy)]
pub(super) struct Matrices<'c>(pub &'c Context);

impl Matrices<'_> {
    fn pair(self, op: &'static Builtin, x: &Var, y: &Var) -> Outcome<Var> {
        self.0.apply(op.op(), &[x.clone(), y.clone()])
    }

    pub fn add(self, x: &Var, y: &Var) -> Outcome<Var> {
        self.pair(&ADD, x, y)
    }

    pub fn subtract(self, x: &Var, y: &Var) -> Outcome<Var> {
        self.pair(&SUBTRACT, x, y)
    }

    /// Element by element.
    pub fn times(self, x: &Var, y: &Var) -> Outcome<Var> {
        self.pair(&MULTIPLY, x, y)
    }

    /// Element by element; a zero of `x` gives zero whatever `y` is.
    pub fn weigh(self, x: &Var, y: &Var) -> Outcome<Var> {
        self.pair(&WEIGH, x, y)
    }

    pub fn divide(self, x: &Var, y: &Var) -> Outcome<Var> {
        self.pair(&DIVIDE, x, y)
    }

    pub fn scale(self, x: &Var, by: f64) -> Outcome<Var> {
        self.pair(&MULTIPLY, x, &Var::Num(by))
    }

    pub fn negate(self, x: &Var) -> Outcome<Var> {
        self.0.apply(NEGATE.op(), std::slice::from_ref(x))
    }

    /// x y
    pub fn product(self, x: &Var, y: &Var) -> Outcome<Var> {
        multiply(self.0, x, false, y, false, None)
    }

    /// xᵀ y
    pub fn turned_product(self, x: &Var, y: &Var) -> Outcome<Var> {
        multiply(self.0, x, true, y, false, None)
    }

    /// x yᵀ
    pub fn product_turned(self, x: &Var, y: &Var) -> Outcome<Var> {
        multiply(self.0, x, false, y, true, None)
    }

    /// xᵀ
    pub fn turned(self, x: &Var) -> Outcome<Var> {
        let rank = x.shape().len();
        let mut order: Shape = (0..rank).collect();
        if rank >= 2 {
            order.swap(rank - 1, rank - 2);
        }
        transpose(self.0, x, &order)
    }

    /// (x + xᵀ) / 2
    pub fn symmetric(self, x: &Var) -> Outcome<Var> {
        self.scale(&self.add(x, &self.turned(x)?)?, 0.5)
    }

    /// (x - xᵀ) / 2
    pub fn skew(self, x: &Var) -> Outcome<Var> {
        self.scale(&self.subtract(x, &self.turned(x)?)?, 0.5)
    }

    /// A vector as a matrix of one row.
    pub fn row(self, x: &Var) -> Outcome<Var> {
        let mut shape = Shape::from_slice(x.shape());
        shape.insert(shape.len().saturating_sub(1), 1);
        reshape(self.0, x, &shape)
    }

    /// A vector as a matrix of one column.
    pub fn column(self, x: &Var) -> Outcome<Var> {
        let mut shape = Shape::from_slice(x.shape());
        shape.push(1);
        reshape(self.0, x, &shape)
    }

    /// The sums of the columns.
    pub fn column_sums(self, x: &Var) -> Outcome<Var> {
        self.sum(x, &[x.shape().len().saturating_sub(2)])
    }

    /// The sum over some axes, in ascending order.
    pub fn sum(self, x: &Var, axes: &[usize]) -> Outcome<Var> {
        if axes.is_empty() {
            return Ok(x.clone());
        }
        let axes = Axes::Some(axes.iter().copied().collect());
        self.0.apply_with(SUM.op(), Plan::shifting(Reduction { axes, keepdims: false }), std::slice::from_ref(x))
    }

    /// Some rows.
    pub fn rows(self, x: &Var, from: usize, to: usize) -> Outcome<Var> {
        slice_along(self.0, x, x.shape().len().saturating_sub(2), from, to)
    }

    /// Some columns.
    pub fn columns(self, x: &Var, from: usize, to: usize) -> Outcome<Var> {
        slice_along(self.0, x, x.shape().len().saturating_sub(1), from, to)
    }

    /// 1 / (xᵢ - yⱼ), but 0 where `pairs` is 1.
    pub fn inverse_gaps(self, x: &Var, y: &Var, pairs: &Var) -> Outcome<Var> {
        let gaps = self.subtract(&self.column(x)?, &self.row(y)?)?;
        let others = self.subtract(&Var::Num(1.0), pairs)?;
        self.divide(&others, &self.add(&gaps, pairs)?)
    }
}

/// The identity of n rows.
pub(super) fn identity(n: usize, like: &Var) -> Outcome<Var> {
    let dtype = if like.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Ok(make::eye(n, n, 0, dtype)?.into())
}

/// 1 where two values are equal but for rounding, and on the diagonal.
pub(super) fn equal_pairs(values: &Var) -> Outcome<Var> {
    Ok(spectra::equal_pairs(&values.array())?.into())
}

/// Refuses a derivative in which two equal values meet with more than rounding errors: `meeting` is what their
/// difference would divide.
pub(super) fn refuse_equal(what: &str, values: &Var, pairs: &Var, meeting: &Var) -> Outcome<()> {
    let (values, pairs, meeting): (_, _, _) = (values.array(), pairs.array(), meeting.array());
    let n = values.shape().last().copied().unwrap_or(0);
    let size = n.saturating_mul(n).max(1);
    let (values, pairs, meeting) = (values.to_doubles(), pairs.to_doubles(), meeting.to_doubles());
    let stacks = pairs.chunks_exact(size).zip(meeting.chunks_exact(size)).zip(values.chunks_exact(n.max(1)));
    for ((pairs, meeting), values) in stacks {
        let largest = meeting.iter().fold(0.0, |best: f64, x| best.max(x.abs()));
        for (at, (&equal, x)) in pairs.iter().zip(meeting).enumerate() {
            let (i, j) = (at / n.max(1), at % n.max(1));
            if i != j && equal != 0.0 && x.abs() > 1e-9 * largest {
                let (i, j) = (i.min(j), i.max(j));
                let value = values.get(i).copied().unwrap_or(f64::NAN);
                return Err(Problem::new(format!("{what} {i} and {j} are equal: no derivative here"))
                    .note(format!(
                        "both are {}, and the result depends on which vectors belong to which",
                        crate::array::number_text(value)
                    ))
                    .help("what does not tell the two apart, such as their sum, has one"));
            }
        }
    }
    Ok(())
}
