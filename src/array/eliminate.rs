//! Gaussian elimination, on which `solve`, `inv` and `det` rest.
//!
//! Up to 32 rows a plain loop, beyond that `faer`; either way in double precision. It also knows how
//! much of every pivot is more than rounding error: elimination of `[[1, 2, 3], [4, 5, 6], [7, 8, 9]]`,
//! which has rank 2, leaves 1e-16 where the last pivot should be 0.

use super::limits;
use crate::diagnostic::Outcome;
use faer::{MatMut, MatRef};

/// Rows up to which a plain loop eliminates.
const SMALL: usize = 32;

/// A matrix as L U, with rows exchanged so that every pivot is the largest of its column.
pub struct Elimination {
    n: usize,
    /// Row-major: L below the diagonal, where its ones are left out, U on it and above.
    factors: Vec<f64>,
    /// Row `i` of the factors is row `order[i]` of the matrix.
    order: Vec<usize>,
    /// Whether the number of exchanges is odd.
    odd: bool,
}

impl Elimination {
    /// Eliminates an n × n matrix.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn new(matrix: &[f64], n: usize) -> Outcome<Elimination> {
        limits::check()?;
        let mut factors = limits::reserve(n * n)?;
        let mut order: Vec<usize> = limits::reserve(n)?;
        if n <= SMALL {
            factors.extend_from_slice(matrix);
            order.extend(0..n);
            let odd = eliminate(&mut factors, &mut order, n);
            return Ok(Elimination { n, factors, order, odd });
        }
        let lu = MatRef::from_row_major_slice(matrix, n, n).partial_piv_lu();
        let (lower, upper) = (lu.L(), lu.U());
        factors.extend((0..n * n).map(|at| {
            let place = (at / n, at % n);
            if place.0 > place.1 { lower[place] } else { upper[place] }
        }));
        order.extend_from_slice(lu.P().arrays().0);
        let odd = is_odd(&order);
        Ok(Elimination { n, factors, order, odd })
    }

    /// Overwrites the right-hand sides, row-major, with the solutions.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn solve(&self, sides: &mut [f64], columns: usize) -> Outcome<()> {
        limits::check()?;
        let n = self.n;
        let mut unordered = limits::reserve(sides.len())?;
        unordered.extend_from_slice(sides);
        for (row, &from) in sides.chunks_exact_mut(columns).zip(&self.order) {
            row.copy_from_slice(&unordered[from * columns..(from + 1) * columns]);
        }
        if n > SMALL {
            let factors = MatRef::from_row_major_slice(&self.factors, n, n);
            let mut sides = MatMut::from_row_major_slice_mut(sides, n, columns);
            factors.solve_unit_lower_triangular_in_place(sides.as_mut());
            factors.solve_upper_triangular_in_place(sides.as_mut());
            return Ok(());
        }
        for i in 1..n {
            let (done, rest) = sides.split_at_mut(i * columns);
            for (row, &factor) in done.chunks_exact(columns).zip(&self.factors[i * n..i * n + i]) {
                rest.iter_mut().zip(row).for_each(|(x, &y)| *x -= factor * y);
            }
        }
        for i in (0..n).rev() {
            let (rest, done) = sides.split_at_mut((i + 1) * columns);
            let row = &mut rest[i * columns..];
            for (below, &factor) in done.chunks_exact(columns).zip(&self.factors[i * n + i + 1..(i + 1) * n]) {
                row.iter_mut().zip(below).for_each(|(x, &y)| *x -= factor * y);
            }
            row.iter_mut().for_each(|x| *x /= self.factors[i * n + i]);
        }
        Ok(())
    }

    /// The product of the pivots, kept in range on the way.
    pub fn determinant(&self) -> f64 {
        const LARGE: f64 = 1e150;
        let mut product = if self.odd { -1.0 } else { 1.0 };
        let mut scale = 0;
        for pivot in self.pivots() {
            product *= pivot_part(pivot, &mut scale);
            if f64::abs(product) > LARGE {
                product /= LARGE;
                scale += 1;
            } else if f64::abs(product) < 1.0 / LARGE && product != 0.0 {
                product *= LARGE;
                scale -= 1;
            }
        }
        while scale > 0 && product.is_finite() {
            product *= LARGE;
            scale -= 1;
        }
        while scale < 0 && product != 0.0 && product.is_finite() {
            product /= LARGE;
            scale += 1;
        }
        product
    }

    fn pivots(&self) -> impl Iterator<Item = f64> {
        self.factors.iter().step_by(self.n + 1).copied()
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
        let mut smallest = f64::INFINITY;
        for k in 0..n {
            let lower = self.factors[k * n..k * n + k].iter();
            let upper = self.factors[k..].iter().step_by(n);
            let terms: f64 = lower.zip(upper).map(|(l, u)| (l * u).abs()).sum();
            let pivot = self.factors[k * n + k].abs();
            if pivot == 0.0 {
                return 0.0;
            }
            smallest = f64::min(smallest, pivot / (pivot + terms));
        }
        smallest
    }
}

/// A pivot brought into the range in which two of them can be multiplied.
fn pivot_part(pivot: f64, scale: &mut i32) -> f64 {
    const LARGE: f64 = 1e150;
    if pivot.abs() > LARGE && pivot.is_finite() {
        *scale += 1;
        pivot / LARGE
    } else if pivot.abs() < 1.0 / LARGE && pivot != 0.0 {
        *scale -= 1;
        pivot * LARGE
    } else {
        pivot
    }
}

/// Gaussian elimination in place; says whether the number of row exchanges is odd.
fn eliminate(factors: &mut [f64], order: &mut [usize], n: usize) -> bool {
    let mut odd = false;
    for k in 0..n {
        let size = |row: usize, factors: &[f64]| factors[row * n + k].abs();
        let mut best = k;
        for row in k + 1..n {
            if size(row, factors) > size(best, factors) {
                best = row;
            }
        }
        if best != k {
            let (above, below) = factors.split_at_mut(best * n);
            above[k * n..(k + 1) * n].swap_with_slice(&mut below[..n]);
            order.swap(k, best);
            odd = !odd;
        }
        let (above, below) = factors.split_at_mut((k + 1) * n);
        let pivot_row = &above[k * n..];
        let pivot = pivot_row[k];
        if pivot == 0.0 {
            continue;
        }
        for row in below.chunks_exact_mut(n) {
            let factor = row[k] / pivot;
            row[k] = factor;
            row[k + 1..].iter_mut().zip(&pivot_row[k + 1..]).for_each(|(x, &y)| *x -= factor * y);
        }
    }
    odd
}

fn is_odd(order: &[usize]) -> bool {
    let mut seen = vec![false; order.len()];
    let mut odd = false;
    for start in 0..order.len() {
        let mut at = start;
        let mut length = 0;
        while !seen[at] {
            seen[at] = true;
            at = order[at];
            length += 1;
        }
        // A cycle of even length is an odd number of exchanges.
        odd ^= length > 0 && length % 2 == 0;
    }
    odd
}
