//! A square matrix as a product of triangular ones, on which `solve`, `inv`, `det` and `logdet` rest.
//!
//! What is factored is remembered with it, so that a system and the gradient through it factor once. Up to
//! 32 rows a plain loop eliminates; beyond, `faer` does, and first it is seen whether the matrix is
//! triangular already, or symmetric with a Cholesky factor, which is half the work. All of it is in double
//! precision whatever the input.

use super::apart::apart;
use super::eliminate::{Elimination, scaled_product};
use super::{buffers, limits};
use crate::diagnostic::{Outcome, Problem};
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt;
use faer::linalg::lu::partial_pivoting as lu;
use faer::perm::PermRef;
use faer::{MatMut, MatRef, Par};
use std::sync::Arc;

/// Rows up to which a plain loop eliminates.
const SMALL: usize = 32;

/// Multiplications between two looks at the interrupt flag: some ten milliseconds.
const LONG: usize = 1 << 27;

/// An n × n matrix as a product of triangular ones.
pub struct Factor {
    n: usize,
    kind: Kind,
}

/// Elements that work on another thread may hold for a while.
type Shared = Arc<Vec<f64>>;

enum Kind {
    /// By the plain loop.
    Loop(Elimination),
    /// The matrix itself, row-major: nothing above the diagonal, or nothing below.
    Triangle { matrix: Shared, lower: bool },
    /// A = L Lᵀ; L column-major.
    Symmetric(Shared),
    /// P Aᵀ = L U; both column-major in one buffer, so the row-major elements went in as they were.
    Pivoted { factors: Shared, order: Vec<usize>, back: Vec<usize>, odd: bool },
}

impl Drop for Factor {
    fn drop(&mut self) {
        match &mut self.kind {
            Kind::Triangle { matrix: data, .. } | Kind::Symmetric(data) | Kind::Pivoted { factors: data, .. } => {
                if let Some(data) = Arc::get_mut(data) {
                    buffers::give(data);
                }
            }
            Kind::Loop(_) => {}
        }
    }
}

impl Factor {
    /// Factors an n × n matrix, row-major.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn new(matrix: &[f64], n: usize) -> Outcome<Factor> {
        limits::check()?;
        if n <= SMALL {
            return Ok(Factor { n, kind: Kind::Loop(Elimination::new(matrix, n)?) });
        }
        let copy = || {
            let mut copy = limits::room(matrix.len())?;
            copy.extend_from_slice(matrix);
            Outcome::Ok(copy)
        };
        for lower in [true, false] {
            if is_triangle(matrix, n, lower) {
                return Ok(Factor { n, kind: Kind::Triangle { matrix: copy()?.into(), lower } });
            }
        }
        if is_symmetric(matrix, n) {
            let mut factors = copy()?;
            let (factors, done) = apart(n.saturating_pow(3) / 2, move || {
                let done = factor_symmetric(&mut factors, n);
                (factors, done)
            })?;
            if done?.is_ok() {
                return Ok(Factor { n, kind: Kind::Symmetric(factors.into()) });
            }
        }
        let mut factors = copy()?;
        let (mut order, mut back) = (limits::filled(n, 0_usize)?, limits::filled(n, 0_usize)?);
        let mut memory = scratch(lu::factor::lu_in_place_scratch::<usize, f64>(n, n, Par::Seq, Default::default()))?;
        apart(n.saturating_pow(3), move || {
            let view = MatMut::from_column_major_slice_mut(&mut factors, n, n);
            let stack = MemStack::new(&mut memory);
            let (info, _) = lu::factor::lu_in_place(view, &mut order, &mut back, Par::Seq, stack, Default::default());
            let odd = info.transposition_count % 2 == 1;
            Factor { n, kind: Kind::Pivoted { factors: factors.into(), order, back, odd } }
        })
    }

    /// Overwrites the right-hand sides, row-major, with the solutions; of the transposed matrix if it is
    /// `turned`.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn solve(&self, sides: &mut [f64], columns: usize, turned: bool) -> Outcome<()> {
        limits::check()?;
        let n = self.n;
        if columns == 0 || n == 0 {
            return Ok(());
        }
        if let Kind::Loop(elimination) = &self.kind {
            return elimination.solve(sides, columns, turned);
        }
        // Some columns at a time, so that Ctrl-C need not wait for all.
        let stretch = (LONG / n.saturating_mul(n).max(1)).clamp(16, columns.max(16));
        let mut all = MatMut::from_row_major_slice_mut(sides, n, columns);
        for start in (0..columns).step_by(stretch) {
            limits::check()?;
            self.solve_some(all.as_mut().subcols_mut(start, stretch.min(columns - start)), turned)?;
        }
        Ok(())
    }

    fn solve_some(&self, sides: MatMut<'_, f64>, turned: bool) -> Outcome<()> {
        let (n, columns) = (self.n, sides.ncols());
        let view = |data| MatRef::from_column_major_slice(data, n, n);
        match &self.kind {
            // By its own loop: see `solve`.
            Kind::Loop(_) => {}
            Kind::Triangle { matrix, lower } => {
                let matrix = MatRef::from_row_major_slice(matrix, n, n);
                match (turned, lower) {
                    (false, true) => matrix.solve_lower_triangular_in_place(sides),
                    (false, false) => matrix.solve_upper_triangular_in_place(sides),
                    (true, true) => matrix.transpose().solve_upper_triangular_in_place(sides),
                    (true, false) => matrix.transpose().solve_lower_triangular_in_place(sides),
                }
            }
            Kind::Symmetric(factors) => {
                let mut memory = scratch(llt::solve::solve_in_place_scratch::<f64>(n, columns, Par::Seq))?;
                llt::solve::solve_in_place(view(factors), sides, Par::Seq, MemStack::new(&mut memory));
            }
            Kind::Pivoted { factors, order, back, .. } => {
                let need = lu::solve::solve_in_place_scratch::<usize, f64>(n, columns, Par::Seq)
                    .or(lu::solve::solve_transpose_in_place_scratch::<usize, f64>(n, columns, Par::Seq));
                let mut memory = scratch(need)?;
                let stack = MemStack::new(&mut memory);
                let (both, order) = (view(factors), PermRef::new_checked(order, back, n));
                // What was factored is the transpose.
                if turned {
                    lu::solve::solve_in_place(both, both, order, sides, Par::Seq, stack);
                } else {
                    lu::solve::solve_transpose_in_place(both, both, order, sides, Par::Seq, stack);
                }
            }
        }
        Ok(())
    }

    /// Appends the inverse, row-major.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn inverse(&self, out: &mut Vec<f64>) -> Outcome<()> {
        limits::check()?;
        let n = self.n;
        let start = out.len();
        fn put(found: &mut Vec<f64>, out: &mut Vec<f64>) {
            out.extend_from_slice(found);
            buffers::give(found);
        }
        fn view(data: &[f64], n: usize) -> MatRef<'_, f64> {
            MatRef::from_column_major_slice(data, n, n)
        }
        match &self.kind {
            Kind::Loop(_) | Kind::Triangle { .. } => {
                out.extend((0..n * n).map(|at| if at % (n + 1) == 0 { 1.0 } else { 0.0 }));
                self.solve(out.get_mut(start..).unwrap_or(&mut []), n, false)?;
            }
            Kind::Symmetric(factors) => {
                let mut memory = scratch(llt::inverse::inverse_scratch::<f64>(n, Par::Seq))?;
                let (factors, mut target) = (factors.clone(), limits::buffer(n * n)?);
                let mut target = apart(n.saturating_pow(3), move || {
                    let inverse = MatMut::from_column_major_slice_mut(&mut target, n, n);
                    llt::inverse::inverse(inverse, view(&factors, n), Par::Seq, MemStack::new(&mut memory));
                    mirror(&mut target, n);
                    target
                })?;
                put(&mut target, out);
            }
            Kind::Pivoted { factors, order, back, .. } => {
                let mut memory = scratch(lu::inverse::inverse_scratch::<usize, f64>(n, Par::Seq))?;
                let (factors, mut target) = (factors.clone(), limits::buffer(n * n)?);
                let (order, back) = (order.clone(), back.clone());
                let mut target = apart(n.saturating_pow(3).saturating_mul(2), move || {
                    let (both, order) = (view(&factors, n), PermRef::new_checked(&order, &back, n));
                    // The inverse of the transpose, column-major, is the inverse, row-major.
                    let inverse = MatMut::from_column_major_slice_mut(&mut target, n, n);
                    lu::inverse::inverse(inverse, both, both, order, Par::Seq, MemStack::new(&mut memory));
                    target
                })?;
                put(&mut target, out);
            }
        }
        Ok(())
    }

    /// The Cholesky factor, column-major and with anything above the diagonal, if that is what was found.
    pub fn triangle(&self) -> Option<&[f64]> {
        match &self.kind {
            Kind::Symmetric(factors) => Some(factors),
            _ => None,
        }
    }

    /// The determinant.
    pub fn determinant(&self) -> f64 {
        scaled_product(if self.odd() { -1.0 } else { 1.0 }, self.pivots())
    }

    /// The sign of the determinant, and the logarithm of its size.
    pub fn log_determinant(&self) -> (f64, f64) {
        let mut sign = if self.odd() { -1.0 } else { 1.0 };
        let mut log = 0.0;
        for pivot in self.pivots() {
            sign *= if pivot == 0.0 || pivot.is_nan() { pivot } else { pivot.signum() };
            log += pivot.abs().ln();
        }
        (sign, log)
    }

    fn odd(&self) -> bool {
        match &self.kind {
            Kind::Loop(elimination) => elimination.odd(),
            Kind::Pivoted { odd, .. } => *odd,
            Kind::Triangle { .. } | Kind::Symmetric(_) => false,
        }
    }

    /// What was divided by.
    fn pivots(&self) -> impl Iterator<Item = f64> + '_ {
        let (data, squared) = match &self.kind {
            Kind::Loop(elimination) => (elimination.factors(), false),
            Kind::Triangle { matrix, .. } => (matrix.as_slice(), false),
            Kind::Symmetric(factors) => (factors.as_slice(), true),
            Kind::Pivoted { factors, .. } => (factors.as_slice(), false),
        };
        data.iter().step_by(self.n.saturating_add(1)).map(move |&x| if squared { x * x } else { x })
    }

    /// Whether a pivot is all rounding error.
    pub fn is_singular(&self) -> bool {
        self.smallest_share() <= self.n as f64 * f64::EPSILON
    }

    /// Whether at least half of the digits of every pivot are left.
    pub fn is_safe(&self) -> bool {
        self.smallest_share() > 1e-8
    }

    /// The smallest share of a pivot in the absolute sum of the terms it was computed from.
    fn smallest_share(&self) -> f64 {
        let n = self.n;
        let none = || std::iter::repeat_n(0.0, n).collect();
        let terms: Vec<f64> = match &self.kind {
            Kind::Loop(elimination) => elimination.terms(),
            Kind::Triangle { .. } => none(),
            Kind::Symmetric(factors) => {
                let mut terms: Vec<f64> = none();
                for (k, column) in factors.chunks_exact(n).enumerate() {
                    terms.iter_mut().zip(column).skip(k + 1).for_each(|(sum, l)| *sum += l * l);
                }
                terms
            }
            Kind::Pivoted { factors, .. } => {
                // Column k of L, and row k of U, which lies n apart.
                let mut terms: Vec<f64> = none();
                for (k, column) in factors.chunks_exact(n).enumerate() {
                    let row = factors.iter().skip(k + (k + 1) * n).step_by(n);
                    let below = terms.iter_mut().zip(column).skip(k + 1);
                    below.zip(row).for_each(|((sum, l), u)| *sum += (l * u).abs());
                }
                terms
            }
        };
        let mut smallest = f64::INFINITY;
        for (pivot, terms) in self.pivots().zip(terms) {
            if pivot == 0.0 {
                return 0.0;
            }
            smallest = f64::min(smallest, pivot.abs() / (pivot.abs() + terms));
        }
        smallest
    }
}

/// Overwrites a symmetric matrix with its Cholesky factor in the lower triangle, column-major; what is above
/// the diagonal may be overwritten too. The inner error is the first leading minor that is not positive.
///
/// # Errors
/// When memory runs out.
pub fn factor_symmetric(matrix: &mut [f64], n: usize) -> Outcome<Result<(), usize>> {
    let mut memory = scratch(llt::factor::cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default()))?;
    let view = MatMut::from_column_major_slice_mut(matrix, n, n);
    let stack = MemStack::new(&mut memory);
    let done = llt::factor::cholesky_in_place(view, Default::default(), Par::Seq, stack, Default::default());
    Ok(match done {
        Ok(_) => Ok(()),
        Err(llt::factor::LltError::NonPositivePivot { index }) => Err(index),
    })
}

/// Working memory for `faer`.
pub(super) fn scratch(need: StackReq) -> Outcome<MemBuffer> {
    MemBuffer::try_new(need)
        .map_err(|_| Problem::new("there is not enough memory for this matrix").kind(crate::diagnostic::Kind::Limit))
}

/// Copies the lower triangle of a column-major matrix above the diagonal, in squares that fit the cache.
fn mirror(matrix: &mut [f64], n: usize) {
    const TILE: usize = 32;
    for rows in (0..n).step_by(TILE) {
        for columns in (0..=rows).step_by(TILE) {
            for row in rows..n.min(rows + TILE) {
                for column in columns..row.min(columns + TILE) {
                    matrix[row * n + column] = matrix[column * n + row];
                }
            }
        }
    }
}

fn is_triangle(matrix: &[f64], n: usize, lower: bool) -> bool {
    let rows = matrix.chunks_exact(n).enumerate();
    if lower {
        rows.into_iter().all(|(i, row)| row.iter().skip(i + 1).all(|&x| x == 0.0))
    } else {
        rows.into_iter().all(|(i, row)| row.iter().take(i).all(|&x| x == 0.0))
    }
}

/// Whether a matrix equals its transpose to the bit, with a positive diagonal.
fn is_symmetric(matrix: &[f64], n: usize) -> bool {
    matrix.iter().step_by(n + 1).all(|&x| x > 0.0)
        && matrix.chunks_exact(n).enumerate().all(|(i, row)| {
            let column = matrix.iter().skip(i).step_by(n);
            row.iter().zip(column).take(i).all(|(x, y)| x == y)
        })
}
