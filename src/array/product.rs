//! Matrix products: `@`, `dot`, `outer`.
//!
//! NumPy's `@`: a vector on the left is a row, on the right a column, and more than two axes are stacks
//! of matrices that broadcast. Operands may be taken as transposed without moving an element, because
//! the gradient of `a @ b` is `g @ b.T` and `a.T @ g`. It may be added to a sum that is there: in a loop the same
//! weights have a gradient from every turn.

use super::broadcast::{broadcast, broadcast_steps};
use super::element::Element;
use super::limits::{self, STRIDE};
use super::multiply::{Matrix, Real, add_column_times_row, add_product, in_blocks, is_better_by_rows, product};
use super::operand::result_dtype;
use super::{Array, DType, Data, Shape, count, fold, shape_text};
use crate::diagnostic::mention::name;
use crate::diagnostic::{Edit, Fail, Outcome, Part, Problem};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// The matrix product.
///
/// # Errors
/// When the shapes do not fit, memory runs out, or somebody asked to stop.
pub fn matmul(a: &Array, b: &Array) -> Outcome<Array> {
    matmul_t(a, false, b, false)
}

/// The matrix product, with the last two axes of an operand exchanged if asked for. A vector is itself
/// either way.
///
/// # Errors
/// When the shapes do not fit, memory runs out, or somebody asked to stop.
pub fn matmul_t(a: &Array, a_turned: bool, b: &Array, b_turned: bool) -> Outcome<Array> {
    if a.rank() == 0 || b.rank() == 0 {
        let argument = usize::from(a.rank() != 0);
        return Err(Problem::new("a matrix product needs arrays on both sides")
            .label(Part::Argument(argument), "a single number")
            .help("use * to multiply by a number"));
    }
    let left = Stack::left(a.shape(), a_turned);
    let right = Stack::right(b.shape(), b_turned);
    if left.columns != right.rows {
        return Err(mismatch(a, b, &left, &right));
    }
    let batch = broadcast(left.batch, right.batch).map_err(|_| batches_differ(a, b))?;
    let mut shape = batch.clone();
    if a.rank() > 1 {
        shape.push(left.rows);
    }
    if b.rank() > 1 {
        shape.push(right.columns);
    }
    let len = limits::checked_count(&shape)?;
    if len == 0 || left.columns == 0 {
        let dtype = if result_dtype(a, b) == DType::F32 { DType::F32 } else { DType::F64 };
        return Array::full(shape, 0.0, dtype);
    }
    if let ([n], [_]) = (a.shape(), b.shape()) {
        return inner(a, b, *n);
    }
    fn all<T: Real>(pairs: &Pairs<'_, T>, len: usize) -> Outcome<Vec<T>> {
        let mut out = limits::buffer(len)?;
        pairs.each(&mut out, product)?;
        Ok(out)
    }
    let data: Data = if result_dtype(a, b) == DType::F32 {
        all(&Pairs::new(&left, &a.to_singles(), &right, &b.to_singles(), &batch), len)?.into()
    } else {
        all(&Pairs::new(&left, &a.to_doubles(), &right, &b.to_doubles(), &batch), len)?.into()
    };
    Ok(Array::new(shape, data))
}

/// Whether a product with a matrix that is taken with its axes exchanged gains by a copy with exchanged axes, and is the
/// same to the last bit.
pub fn gains_by_turning(a: &Array, a_turned: bool, matrix: &Array) -> bool {
    let (&[.., rows, columns], &[width, depth]) = (a.shape(), matrix.shape()) else { return false };
    let rows = if a_turned { columns } else { rows };
    match (a.dtype(), matrix.dtype()) {
        (DType::F32, DType::F32) => is_better_by_rows::<f32>(rows, depth, width),
        (DType::F64, DType::F64) => is_better_by_rows::<f64>(rows, depth, width),
        _ => false,
    }
}

/// Adds the product of two stacks of matrices, each taken as in [`matmul_t`], to a sum that is there; whether it
/// did, which it does if the sum has the product's shape and type, and the product is not one of those so small or
/// so thin that it is computed first.
///
/// # Errors
/// When memory runs out, or somebody asked to stop. What is left in the sum then is of no use.
pub fn add_matmul_t(sum: &mut Rc<Array>, a: &Array, a_turned: bool, b: &Array, b_turned: bool) -> Outcome<bool> {
    fn all<T: Real>(sum: &mut Rc<Array>, pairs: &Pairs<'_, T>) -> Outcome<bool> {
        if !in_blocks(pairs.left, pairs.right) {
            return Ok(false);
        }
        match T::of_mut(Array::own(sum)?.data_mut()) {
            Some(sum) => pairs.each(sum, add_product).map(|()| true),
            None => Ok(false),
        }
    }
    if a.rank() < 2 || b.rank() < 2 || sum.dtype() != result_dtype(a, b) {
        return Ok(false);
    }
    let (left, right) = (Stack::matrices(a.shape(), a_turned), Stack::matrices(b.shape(), b_turned));
    let Ok(batch) = broadcast(left.batch, right.batch) else { return Ok(false) };
    let [ref sum_batch @ .., rows, columns] = *sum.shape() else { return Ok(false) };
    if left.columns != right.rows || *sum_batch != *batch || (rows, columns) != (left.rows, right.columns) {
        return Ok(false);
    }
    if sum.dtype() == DType::F32 {
        all(sum, &Pairs::new(&left, &a.to_singles(), &right, &b.to_singles(), &batch))
    } else {
        all(sum, &Pairs::new(&left, &a.to_doubles(), &right, &b.to_doubles(), &batch))
    }
}

/// Multiplications up to which a product is not cut into stretches, of which a single row is added in its own way.
const WHOLE: usize = 1 << 22;
/// Depths at which a product is one sum for each element, rounded before it is added as if it stood alone: a product
/// of a column and a row would be added in one step, and longer sums would be added in parts.
const DEPTHS: RangeInclusive<usize> = 2..=512;

/// Adds the product of two matrices to a sum that is there, as [`add_matmul_t`] does; whether it did, which it does
/// only if the sum is the same to the last bit as that with a product computed first.
///
/// # Errors
/// When memory runs out, or somebody asked to stop. What is left in the sum then is of no use.
pub fn add_matmul_alike(sum: &mut Rc<Array>, a: &Array, b: &Array) -> Outcome<bool> {
    let (&[rows, depth], &[_, columns]) = (a.shape(), b.shape()) else { return Ok(false) };
    let work = rows.saturating_mul(depth).saturating_mul(columns);
    if work > WHOLE || !DEPTHS.contains(&depth) {
        return Ok(false);
    }
    add_matmul_t(sum, a, false, b, false)
}

/// Adds a column times a row, both vectors, to a sum that is there; whether it did, which it does if the sum has
/// the product's shape and type.
///
/// # Errors
/// When memory runs out, or somebody asked to stop. What is left in the sum then is of no use.
pub fn add_outer(sum: &mut Rc<Array>, column: &Array, row: &Array) -> Outcome<bool> {
    if *sum.shape() != [column.len(), row.len()] || sum.dtype() != result_dtype(column, row) {
        return Ok(false);
    }
    match Array::own(sum)?.data_mut() {
        Data::F32(sum) => add_column_times_row(sum, &column.to_singles(), &row.to_singles())?,
        Data::F64(sum) => add_column_times_row(sum, &column.to_doubles(), &row.to_doubles())?,
        Data::Bool(_) => return Ok(false),
    }
    Ok(true)
}

/// The inner product of two vectors; of anything with more axes, the matrix product.
///
/// # Errors
/// When the shapes do not fit, memory runs out, or somebody asked to stop.
pub fn dot(a: &Array, b: &Array) -> Outcome<Array> {
    matmul(a, b)
}

/// Every element of one array times every element of the other, as a matrix.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn outer(a: &Array, b: &Array) -> Outcome<Array> {
    fn table<T: Element + std::ops::Mul<Output = T>>(a: &[T], b: &[T]) -> Outcome<Vec<T>> {
        let mut out = limits::room(a.len().saturating_mul(b.len()))?;
        let mut since_check = 0;
        for &x in a {
            since_check += b.len();
            if since_check >= STRIDE {
                limits::check()?;
                since_check = 0;
            }
            out.extend(b.iter().map(|&y| x * y));
        }
        Ok(out)
    }
    let shape = [a.len(), b.len()];
    limits::checked_count(&shape)?;
    let data: Data = if result_dtype(a, b) == DType::F32 {
        table(&a.to_singles(), &b.to_singles())?.into()
    } else {
        table(&a.to_doubles(), &b.to_doubles())?.into()
    };
    Ok(Array::new(shape.as_slice(), data))
}

/// The inner product of two vectors of length `n`: pairwise, in double precision, rounded once.
fn inner(a: &Array, b: &Array, n: usize) -> Outcome<Array> {
    let dtype = result_dtype(a, b);
    let mut products = limits::reserve(n)?;
    match (a.data(), b.data()) {
        (Data::F32(a), Data::F32(b)) => products.extend(a.iter().zip(b).map(|(&x, &y)| f64::from(x) * f64::from(y))),
        _ => products.extend(a.to_doubles().iter().zip(b.to_doubles().iter()).map(|(&x, &y)| x * y)),
    }
    let sum = fold::total(&products, |x: f64| x, 0.0, |x, y| x + y)?;
    Ok(Array::scalar(sum, if dtype == DType::F32 { DType::F32 } else { DType::F64 }))
}

/// A stack of matrices as an operand of a product sees it.
struct Stack<'a> {
    batch: &'a [usize],
    rows: usize,
    columns: usize,
    row_step: usize,
    column_step: usize,
}

impl<'a> Stack<'a> {
    fn left(shape: &'a [usize], turned: bool) -> Stack<'a> {
        match *shape {
            [n] => Stack { batch: &[], rows: 1, columns: n, row_step: n, column_step: 1 },
            _ => Stack::matrices(shape, turned),
        }
    }

    fn right(shape: &'a [usize], turned: bool) -> Stack<'a> {
        match *shape {
            [n] => Stack { batch: &[], rows: n, columns: 1, row_step: 1, column_step: 1 },
            _ => Stack::matrices(shape, turned),
        }
    }

    fn matrices(shape: &'a [usize], turned: bool) -> Stack<'a> {
        match *shape {
            [ref batch @ .., rows, columns] if turned => {
                Stack { batch, rows: columns, columns: rows, row_step: 1, column_step: columns }
            }
            [ref batch @ .., rows, columns] => Stack { batch, rows, columns, row_step: columns, column_step: 1 },
            _ => Stack { batch: &[], rows: 1, columns: 1, row_step: 1, column_step: 1 },
        }
    }

    /// The first matrix of a stack that has these elements.
    fn first<'d, T>(&self, data: &'d [T]) -> Matrix<'d, T> {
        let Stack { rows, columns, row_step, column_step, .. } = *self;
        Matrix { data, rows, columns, row_step, column_step }
    }
}

/// Two stacks of matrices that are multiplied pair by pair, in the order of the result.
struct Pairs<'a, T> {
    left: Matrix<'a, T>,
    right: Matrix<'a, T>,
    batch: &'a [usize],
    /// How many elements further on the next matrix is along each axis of the batch.
    left_steps: Shape,
    right_steps: Shape,
}

impl<'a, T: Real> Pairs<'a, T> {
    fn new(left: &Stack<'_>, a: &'a [T], right: &Stack<'_>, b: &'a [T], batch: &'a [usize]) -> Pairs<'a, T> {
        // Many matrices times one are one tall matrix times one.
        let joined = right.batch.is_empty() && left.column_step == 1;
        let rows = if joined { count(left.batch) * left.rows } else { left.rows };
        let batch = if joined { &[] } else { batch };
        let steps = |own: &[usize], size: usize| -> Shape {
            broadcast_steps(own, batch).iter().map(|step| step * size).collect()
        };
        Pairs {
            left: Matrix { rows, ..left.first(a) },
            right: right.first(b),
            batch,
            left_steps: steps(if joined { &[] } else { left.batch }, left.rows * left.columns),
            right_steps: steps(right.batch, right.rows * right.columns),
        }
    }

    /// Does something to each matrix of the target, and the two that it is the product of.
    fn each(
        &self,
        target: &mut [T],
        work: impl Fn(&mut [T], Matrix<'a, T>, Matrix<'a, T>) -> Outcome<()>,
    ) -> Outcome<()> {
        let mut index = Shape::from_elem(0, self.batch.len());
        for target in target.chunks_exact_mut(self.left.rows * self.right.columns) {
            let at = |steps: &[usize]| index.iter().zip(steps).map(|(i, step)| i * step).sum::<usize>();
            work(target, self.left.from(at(&self.left_steps)), self.right.from(at(&self.right_steps)))?;
            for (i, &dim) in index.iter_mut().zip(self.batch).rev() {
                *i += 1;
                if *i < dim {
                    break;
                }
                *i = 0;
            }
        }
        Ok(())
    }
}

#[cold]
fn mismatch(a: &Array, b: &Array, left: &Stack<'_>, right: &Stack<'_>) -> Fail {
    let (needed, found) = (left.columns, right.rows);
    let what = match (needed, b.rank()) {
        (1, 1) => "element",
        (_, 1) => "elements",
        (1, _) => "row",
        _ => "rows",
    };
    let title = match (a.rank(), b.rank()) {
        (1, 1) => "these two vectors cannot be multiplied",
        (1, _) | (_, 1) => "this matrix and this vector cannot be multiplied",
        _ => "these two matrices cannot be multiplied",
    };
    let problem = Problem::new(title)
        .label(Part::Operator, format!("needs {needed} {what} on the right, found {found}"))
        .label(Part::Argument(0), shape_text(a.shape()))
        .label(Part::Argument(1), shape_text(b.shape()));
    let right_helps = b.rank() == 2 && right.columns == needed;
    let left_helps = a.rank() == 2 && left.rows == found;
    if right_helps && !left_helps {
        let mut result = Shape::from_slice(&a.shape()[..a.rank() - 1]);
        result.push(found);
        let (left, turned) = (shape_text(a.shape()), shape_text(&[right.columns, right.rows]));
        let text = format!("transpose {}: {left} @ {turned} gives {}", name(1), shape_text(&result));
        return problem.patch(text, vec![Edit::After(Part::Argument(1), ".T".to_string())]);
    }
    if left_helps && !right_helps {
        let mut result = Shape::from_slice(&[left.columns]);
        result.extend_from_slice(b.shape().get(1..).unwrap_or(&[]));
        let (turned, right) = (shape_text(&[left.columns, left.rows]), shape_text(b.shape()));
        if b.rank() <= 2 {
            let text = format!("transpose {}: {turned} @ {right} gives {}", name(0), shape_text(&result));
            return problem.patch(text, vec![Edit::After(Part::Argument(0), ".T".to_string())]);
        }
    }
    problem.note(match (a.rank(), b.rank()) {
        (1, 1) => "two vectors need as many elements as each other",
        _ => "the last axis of the left side meets the last but one of the right side",
    })
}

#[cold]
fn batches_differ(a: &Array, b: &Array) -> Fail {
    Problem::new("these stacks of matrices do not line up")
        .label(Part::Operator, "the axes before the last two differ")
        .label(Part::Argument(0), shape_text(a.shape()))
        .label(Part::Argument(1), shape_text(b.shape()))
        .note("all axes but the last two are compared from the right; each pair must be equal or contain a 1")
}
