//! The product of two matrices.
//!
//! `faer` multiplies; products so small that calling it costs more than the arithmetic are plain loops, a vector on
//! one side has a kernel of its own, and so have matrices that stay in the cache. Large ones are cut into stretches
//! that the shape alone decides, which threads share.

use super::element::Element;
use super::lanes::products::{Dots, add_outer, add_rows};
use super::lanes::tiles::{Tiles, Vectors, in_tiles};
use super::walk::Walk;
use super::{buffers, limits, parallel};
use crate::diagnostic::Outcome;
use faer::{Accum, MatMut, MatRef, Par};

/// Multiplications below which a plain loop beats a call.
const SMALL: usize = 512;
/// Multiplications from which on a product is cut into stretches, which threads share.
const SHARED: usize = 1 << 23;
/// Multiplications between two looks at the interrupt flag: less than a tenth of a second.
const LONG: usize = 1 << 31;
/// Rows or columns of a stretch, at least, unless they are very long.
const STRETCH: usize = 128;
/// Rows or columns of a stretch, at least.
const LEAST: usize = 32;

/// Bytes of a right side that stays in the cache while it is gone through again and again.
const NEAR: usize = 1 << 20;
/// The depth from which on a sum in registers is worth going back to memory for, in single precision and in double. Up
/// to 16 `faer` has kernels of its own, which do not begin with a zero.
const DEEP: [usize; 2] = [17, 32];
/// Rows from which on it does not matter to the last bit how the right side is stored.
const MANY: usize = 8;

/// Rows of a stretch of columns, at most: of more, those that are multiplied together are no longer in the cache.
const TALL: usize = 1024;

/// Bytes that the processor finds by one entry of its table of addresses.
const PAGE: usize = 4096;
/// Columns of a right side from which on the left one is worth turning.
const WIDE: usize = 512;

/// One matrix of a stack, from its first element on.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a, T> {
    pub(super) data: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_step: usize,
    pub(super) column_step: usize,
}

impl<'a, T: Copy> Matrix<'a, T> {
    /// The one whose first element is further on.
    pub(super) fn from(self, start: usize) -> Matrix<'a, T> {
        Matrix { data: self.data.get(start..).unwrap_or(&[]), ..self }
    }

    /// Some of its rows.
    fn rows(self, from: usize, to: usize) -> Matrix<'a, T> {
        Matrix { rows: to - from, ..self.from(from * self.row_step) }
    }

    /// With rows and columns exchanged.
    fn turned(self) -> Matrix<'a, T> {
        let Matrix { data, rows, columns, row_step, column_step } = self;
        Matrix { data, rows: columns, columns: rows, row_step: column_step, column_step: row_step }
    }

    fn view(self) -> MatRef<'a, T> {
        if self.column_step == 1 {
            // A single row may have any step; a faer view wants one that is no shorter than the row.
            let step = self.row_step.max(self.columns);
            MatRef::from_row_major_slice_with_stride(self.data, self.rows, self.columns, step)
        } else {
            MatRef::from_column_major_slice_with_stride(
                self.data,
                self.rows,
                self.columns,
                self.column_step.max(self.rows),
            )
        }
    }
}

/// What matrices are made of.
pub(super) trait Real:
    Element + Dots + Vectors + faer::traits::RealField + std::ops::Mul<Output = Self> + std::ops::AddAssign
{
}
impl Real for f32 {}
impl Real for f64 {}

/// How two matrices are multiplied.
#[derive(PartialEq)]
enum Way {
    /// By a plain loop.
    Loop,
    /// The right one is a column, stored as a vector is.
    RightVector,
    /// The left one is such a row.
    LeftVector,
    /// In blocks, which can be added to what is there.
    Blocks,
}

fn way<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>) -> Way {
    if a.rows.saturating_mul(b.rows).saturating_mul(b.columns) <= SMALL {
        Way::Loop
    } else if (b.columns, b.row_step) == (1, 1) {
        Way::RightVector
    } else if (a.rows, a.column_step) == (1, 1) {
        Way::LeftVector
    } else {
        Way::Blocks
    }
}

/// Writes a product.
pub(super) fn product<T: Real>(target: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>) -> Outcome<()> {
    match way(a, b) {
        Way::Loop => {
            limits::check()?;
            small_product(target, a, b);
            Ok(())
        }
        Way::RightVector => times_vector(target, a, b.data),
        Way::LeftVector => times_vector(target, b.turned(), a.data),
        Way::Blocks => blocks(target, a, b, Accum::Replace),
    }
}

/// Whether a product is computed in blocks.
pub(super) fn in_blocks<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>) -> bool {
    way(a, b) == Way::Blocks
}

/// Adds a product that is computed [in blocks](in_blocks) to what is there.
pub(super) fn add_product<T: Real>(target: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>) -> Outcome<()> {
    blocks(target, a, b, Accum::Add)
}

fn blocks<T: Real>(target: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>, accum: Accum) -> Outcome<()> {
    // Along a row of a large matrix that is stored by columns every element is on another page of memory. To turn
    // such a left side first costs less than it gains, some 15 %.
    let far = a.row_step == 1 && a.column_step >= PAGE / size_of::<T>() && a.rows >= STRETCH && b.columns >= WIDE;
    if far && !stay_as_stored(a, b) {
        let steps = [a.row_step as isize, a.column_step as isize];
        let mut turned = Walk::new(0, &[a.rows, a.columns], &steps).gather(a.data)?;
        let by_rows = Matrix { data: &turned, row_step: a.columns, column_step: 1, ..a };
        let done = stretches(target, by_rows, b, accum);
        buffers::give(&mut turned);
        return done;
    }
    stretches(target, a, b, accum)
}

fn stretches<T: Real>(target: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>, accum: Accum) -> Outcome<()> {
    let row_work = b.rows.saturating_mul(b.columns);
    let work = a.rows.saturating_mul(row_work);
    let as_stored = stay_as_stored(a, b);
    let multiply = |target: &mut [T], a: Matrix<'_, T>| {
        limits::check()?;
        if !(as_stored && tiles(a, b, accum).multiply(target)) {
            multiply_into(MatMut::from_row_major_slice_mut(target, a.rows, b.columns), accum, a.view(), b.view());
        }
        Ok(())
    };
    if work < SHARED {
        return multiply(target, a);
    }
    // In stretches: for all threads, and so that Ctrl-C need not wait for all of them.
    let most = |work_of_one: usize| (LONG / work_of_one.max(1)).max(LEAST);
    // Stretches of columns pack their part of the right side and nothing twice, so they cost nothing; those of rows
    // pack all of it, so they are for a right side that is narrow, or that is not packed.
    if b.columns >= 2 * STRETCH && !as_stored {
        let grain = (b.columns / 4).max(STRETCH).min(most(work / b.columns));
        let mut items = Vec::new();
        for (i, target) in target.chunks_mut(TALL * b.columns).enumerate() {
            let rows = target.len() / b.columns;
            let mut target = MatMut::from_row_major_slice_mut(target, rows, b.columns);
            let (a, mut b) = (a.rows(i * TALL, i * TALL + rows).view(), b.view());
            while b.ncols() > 0 {
                let width = grain.min(b.ncols());
                let (first, others) = target.split_at_col_mut(width);
                let (b_first, b_others) = b.split_at_col(width);
                items.push((first, a, b_first));
                (target, b) = (others, b_others);
            }
        }
        return parallel::each(items, &|(target, a, b)| {
            limits::check()?;
            multiply_into(target, accum, a, b);
            Ok(())
        });
    }
    let least = if as_stored { LEAST } else { STRETCH };
    let grain = (a.rows / 4).next_multiple_of(LEAST).max(least).min(most(row_work));
    parallel::each_chunk(target, grain * b.columns, &|i, target: &mut [T]| {
        let rows = target.len() / b.columns;
        multiply(target, a.rows(i * grain, i * grain + rows))
    })
}

/// Whether two matrices are multiplied as they are stored, tile by tile.
fn stay_as_stored<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>) -> bool {
    let by_rows = b.column_step == 1 && (a.column_step == 1 || a.row_step == 1);
    by_rows && goes_by_tiles::<T>(a.rows, b.rows, b.columns)
}

fn goes_by_tiles<T: Real>(rows: usize, depth: usize, columns: usize) -> bool {
    let deep = DEEP[usize::from(size_of::<T>() == size_of::<f64>())];
    depth >= deep && depth.saturating_mul(columns) <= NEAR / size_of::<T>() && in_tiles::<T>(rows, columns)
}

/// Whether so many rows are multiplied faster by a copy of a right side, stored by rows, than by one that is stored by
/// columns, and give the same to the last bit.
pub(super) fn is_better_by_rows<T: Real>(rows: usize, depth: usize, columns: usize) -> bool {
    rows >= MANY && goes_by_tiles::<T>(rows, depth, columns)
}

fn tiles<'a, T: Real>(a: Matrix<'a, T>, b: Matrix<'a, T>, accum: Accum) -> Tiles<'a, T> {
    let (rows, depth, columns) = (a.rows, b.rows, b.columns);
    let (a_steps, adds) = ([a.row_step, a.column_step], accum == Accum::Add);
    Tiles { a: a.data, a_steps, b: b.data, b_step: b.row_step, rows, depth, columns, adds }
}

fn multiply_into<T: Real>(target: MatMut<'_, T>, accum: Accum, a: MatRef<'_, T>, b: MatRef<'_, T>) {
    faer::linalg::matmul::matmul(target, accum, a, b, T::from_double(1.0), Par::Seq);
}

/// Adds a column times a row to what is there.
pub(super) fn add_column_times_row<T: Real>(target: &mut [T], column: &[T], row: &[T]) -> Outcome<()> {
    let grain = (GRAIN / row.len().max(1)).max(1);
    parallel::each_chunk(target, grain * row.len(), &|i, target: &mut [T]| {
        limits::check()?;
        add_outer(column.get(i * grain..).unwrap_or(&[]), row, target);
        Ok(())
    })
}

/// Elements of a matrix that one thread goes through between two looks at the interrupt flag.
const GRAIN: usize = 1 << 16;

/// A matrix times a vector.
fn times_vector<T: Real>(target: &mut [T], a: Matrix<'_, T>, x: &[T]) -> Outcome<()> {
    let x = x.get(..a.columns).unwrap_or(x);
    if a.column_step == 1 {
        let grain = (GRAIN / a.columns).max(1).next_multiple_of(4);
        return parallel::each_chunk(target, grain, &|i, target: &mut [T]| {
            limits::check()?;
            let rows = a.rows(i * grain, i * grain + target.len());
            T::dots(rows.data.get(..target.len() * a.columns).unwrap_or(&[]), x, target);
            Ok(())
        });
    }
    // Its columns are stored one after the other: each is added as often as the vector says, in parts whose sums
    // are then added up in order, so that it does not matter who computed which.
    let grain = (GRAIN / a.rows).max(1).next_multiple_of(4);
    let part = |range: std::ops::Range<usize>| -> Outcome<Vec<T>> {
        limits::check()?;
        let mut sum = limits::copies(a.rows, T::default())?;
        let columns = a.data.get(range.start * a.rows..range.end * a.rows).unwrap_or(&[]);
        add_rows(columns, x.get(range).unwrap_or(&[]), &mut sum);
        Ok(sum)
    };
    let all = 0..a.columns;
    let parts = if a.data.len() < GRAIN { vec![part(all)] } else { parallel::in_parts(all, grain, &part) };
    target.fill(T::default());
    for part in parts {
        target.iter_mut().zip(&part?).for_each(|(to, &x)| *to += x);
    }
    Ok(())
}

fn small_product<T: Real>(target: &mut [T], a: Matrix<'_, T>, b: Matrix<'_, T>) {
    target.fill(T::default());
    for (i, target) in target.chunks_exact_mut(b.columns).enumerate() {
        for k in 0..a.columns {
            let Some(&x) = a.data.get(i * a.row_step + k * a.column_step) else { continue };
            let row = b.data.get(k * b.row_step..).unwrap_or(&[]);
            if b.column_step == 1 {
                target.iter_mut().zip(row).for_each(|(out, &y)| *out += x * y);
            } else {
                target.iter_mut().zip(row.iter().step_by(b.column_step)).for_each(|(out, &y)| *out += x * y);
            }
        }
    }
}
