//! Linear systems: `solve`, `inv`, and what else works on stacks of square matrices.
//!
//! A matrix is [factored](super::factor) once, in double precision whatever the input, and results are rounded at the
//! end. It counts as singular when a pivot is no larger than the rounding errors of the subtractions that made it,
//! that is, when a change of its elements in the last digit makes it singular. `[[1, 2, 3], [4, 5, 6], [7, 8, 9]]`
//! has rank 2, but elimination leaves 1e-16 where the zero should be, and NumPy returns an inverse full of 1e16; we
//! say that it is singular. A matrix that is merely scaled, like `diag([1, 1e-300])`, is not.

use super::broadcast::{broadcast, broadcast_steps};
use super::factor::Factor;
use super::limits;
use super::operand::result_dtype;
use super::{Array, DType, Data, Shape, count, shape_text};
use crate::diagnostic::{Fail, Outcome, Part, Problem};

/// Every matrix of a stack, factored.
pub struct Factors {
    pub(super) n: usize,
    pub(super) list: Vec<Factor>,
}

impl Factors {
    /// Factors every matrix of a stack, for the function of this name.
    ///
    /// # Errors
    /// When the matrices are not square, memory runs out, or somebody asked to stop.
    pub fn new(a: &Array, name: &str) -> Outcome<Factors> {
        let (batch, n) = square(a, name)?;
        let mut list = limits::reserve(if a.is_empty() { 0 } else { count(batch) })?;
        // The other axes of an empty array may be of any length.
        if !a.is_empty() {
            let data = a.to_doubles();
            data.chunks_exact(n * n).try_for_each(|matrix| Factor::new(matrix, n).map(|factor| list.push(factor)))?;
        }
        Ok(Factors { n, list })
    }

    /// The Cholesky factor of one of the matrices; see [`Factor::triangle`].
    pub(super) fn triangle(&self, position: usize) -> Option<&[f64]> {
        self.list.get(position).and_then(Factor::triangle)
    }

    /// Refuses a stack with a singular matrix.
    fn regular(&self, a: &Array) -> Outcome<()> {
        match self.list.iter().position(Factor::is_singular) {
            Some(position) if self.list.len() > 1 => {
                Err(singular(a).note(format!("it is matrix {position} of the stack")))
            }
            Some(_) => Err(singular(a)),
            None => Ok(()),
        }
    }
}

/// The solution of `a @ x = b`. A vector `b` is one right-hand side; otherwise its columns are many.
///
/// # Errors
/// When `a` is not square or is singular, `b` does not fit, memory runs out, or somebody asked to stop.
pub fn solve(a: &Array, b: &Array) -> Outcome<Array> {
    solve_with(a, &Factors::new(a, "solve")?, false, b)
}

/// The solution of `a @ x = b`, or of `aᵀ @ x = b` if `turned`, with the factors of `a`.
///
/// # Errors
/// When `a` is singular, `b` does not fit, memory runs out, or somebody asked to stop.
pub fn solve_with(a: &Array, factors: &Factors, turned: bool, b: &Array) -> Outcome<Array> {
    let (a_batch, n) = square(a, "solve")?;
    let vector = b.rank() == 1;
    let (b_batch, rows, columns) = match *b.shape() {
        [rows] => (&[][..], rows, 1),
        [ref batch @ .., rows, columns] => (batch, rows, columns),
        [] => (&[][..], 1, 1),
    };
    if b.rank() == 0 || rows != n {
        return Err(Problem::new("the right-hand side does not fit the matrix")
            .label(Part::Argument(1), format!("{}, needs {n} rows", shape_text(b.shape())))
            .label(Part::Argument(0), shape_text(a.shape()))
            .help(format!("give a vector of length {n}, or a matrix with {n} rows")));
    }
    let batch = broadcast(a_batch, b_batch).map_err(|_| {
        Problem::new("these stacks of matrices do not line up")
            .label(Part::Argument(0), shape_text(a.shape()))
            .label(Part::Argument(1), shape_text(b.shape()))
            .help("all axes but the last two must be equal, or contain a 1")
    })?;
    let mut shape = batch.clone();
    shape.push(n);
    if !vector {
        shape.push(columns);
    }
    let single = result_dtype(a, b) == DType::F32;
    if limits::checked_count(&shape)? == 0 {
        return Array::full(shape, 0.0, if single { DType::F32 } else { DType::F64 });
    }
    factors.regular(a)?;
    let b_data = b.to_doubles();
    let (a_steps, b_steps) = (broadcast_steps(a_batch, &batch), broadcast_steps(b_batch, &batch));
    let mut out = limits::room(count(&shape))?;
    let mut index = Shape::from_elem(0, batch.len());
    for _ in 0..count(&batch) {
        let at = |steps: &[usize]| index.iter().zip(steps).map(|(i, step)| i * step).sum::<usize>();
        let (from, start) = (at(&b_steps) * n * columns, out.len());
        out.extend_from_slice(b_data.get(from..from + n * columns).unwrap_or(&[]));
        if let (Some(factor), Some(sides)) = (factors.list.get(at(&a_steps)), out.get_mut(start..)) {
            factor.solve(sides, columns, turned)?;
        }
        for (i, &dim) in index.iter_mut().zip(&batch).rev() {
            *i += 1;
            if *i < dim {
                break;
            }
            *i = 0;
        }
    }
    Ok(rounded(shape, out, single))
}

/// The inverse.
///
/// # Errors
/// When `a` is not square or is singular, memory runs out, or somebody asked to stop.
pub fn inv(a: &Array) -> Outcome<Array> {
    inv_with(a, &Factors::new(a, "inv")?)
}

/// The inverse of a matrix that is factored already.
///
/// # Errors
/// When `a` is singular, memory runs out, or somebody asked to stop.
pub fn inv_with(a: &Array, factors: &Factors) -> Outcome<Array> {
    factors.regular(a)?;
    let mut out = limits::room(a.len())?;
    factors.list.iter().try_for_each(|factor| factor.inverse(&mut out))?;
    Ok(rounded(Shape::from_slice(a.shape()), out, a.dtype() == DType::F32))
}

/// Transposes a square matrix in place, in squares that fit the cache.
pub(super) fn turn(matrix: &mut [f64], n: usize) {
    const TILE: usize = 32;
    for rows in (0..n).step_by(TILE) {
        for columns in (0..=rows).step_by(TILE) {
            for row in rows..n.min(rows + TILE) {
                for column in columns..row.min(columns + TILE) {
                    matrix.swap(row * n + column, column * n + row);
                }
            }
        }
    }
}

pub(super) fn square<'a>(a: &'a Array, name: &str) -> Outcome<(&'a [usize], usize)> {
    match a.shape() {
        [batch @ .., rows, columns] if rows == columns => Ok((batch, *rows)),
        shape => Err(Problem::new(format!("{name} needs a square matrix"))
            .label(Part::Argument(0), shape_text(shape))
            .help("its last two axes must have the same length, as in [3, 3]")),
    }
}

#[cold]
fn singular(a: &Array) -> Fail {
    Problem::new("this matrix is singular")
        .label(Part::Argument(0), shape_text(a.shape()))
        .note("its rows depend on each other: one of them is a sum of multiples of the others")
        .help("adding a small multiple of eye(n) makes a nearly singular matrix regular")
}

/// Appends something for every matrix of a stack.
pub(super) fn each_matrix(
    a: &Array,
    n: usize,
    mut visit: impl FnMut(&[f64], &mut Vec<f64>) -> Outcome<()>,
) -> Outcome<Vec<f64>> {
    let mut out = limits::room(a.len())?;
    // The other axes of an empty array may be of any length.
    if !a.is_empty() {
        for matrix in a.to_doubles().chunks_exact(n * n) {
            visit(matrix, &mut out)?;
        }
    }
    Ok(out)
}

pub(super) fn rounded(shape: Shape, data: Vec<f64>, single: bool) -> Array {
    let data = if single { Data::F32(data.into_iter().map(|x| x as f32).collect()) } else { Data::F64(data) };
    Array::new(shape, data)
}
