//! Gaussian elimination of small matrices, by a plain loop in double precision.

use super::limits;
use crate::diagnostic::Outcome;

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
    /// When memory runs out.
    pub fn new(matrix: &[f64], n: usize) -> Outcome<Elimination> {
        let mut factors = limits::reserve(n * n)?;
        let mut order: Vec<usize> = limits::reserve(n)?;
        factors.extend_from_slice(matrix);
        order.extend(0..n);
        let odd = eliminate(&mut factors, &mut order, n);
        Ok(Elimination { n, factors, order, odd })
    }

    /// Overwrites the right-hand sides, row-major, with the solutions; of the transposed matrix if it is
    /// `turned`.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn solve(&self, sides: &mut [f64], columns: usize, turned: bool) -> Outcome<()> {
        let n = self.n;
        let at = |i: usize, j: usize| self.factors[i * n + j];
        if turned {
            // Aᵀ = Uᵀ Lᵀ P: forward through U, back through L, and the rows to their places.
            for i in 0..n {
                let (done, rest) = sides.split_at_mut(i * columns);
                let row = &mut rest[..columns];
                for (k, above) in done.chunks_exact(columns).enumerate() {
                    subtract(row, at(k, i), above);
                }
                row.iter_mut().for_each(|x| *x /= at(i, i));
            }
            for i in (0..n).rev() {
                let (rest, done) = sides.split_at_mut((i + 1) * columns);
                let row = &mut rest[i * columns..];
                for (k, below) in done.chunks_exact(columns).enumerate() {
                    subtract(row, at(i + 1 + k, i), below);
                }
            }
        }
        let mut unordered = limits::reserve(sides.len())?;
        unordered.extend_from_slice(sides);
        for (i, &from) in self.order.iter().enumerate() {
            let (to, from) = if turned { (from, i) } else { (i, from) };
            sides[to * columns..(to + 1) * columns].copy_from_slice(&unordered[from * columns..(from + 1) * columns]);
        }
        if turned {
            return Ok(());
        }
        for i in 1..n {
            let (done, rest) = sides.split_at_mut(i * columns);
            for (k, above) in done.chunks_exact(columns).enumerate() {
                subtract(&mut rest[..columns], at(i, k), above);
            }
        }
        for i in (0..n).rev() {
            let (rest, done) = sides.split_at_mut((i + 1) * columns);
            let row = &mut rest[i * columns..];
            for (k, below) in done.chunks_exact(columns).enumerate() {
                subtract(row, at(i, i + 1 + k), below);
            }
            row.iter_mut().for_each(|x| *x /= at(i, i));
        }
        Ok(())
    }

    /// Whether the number of row exchanges is odd.
    pub fn odd(&self) -> bool {
        self.odd
    }

    /// L and U, row-major.
    pub fn factors(&self) -> &[f64] {
        &self.factors
    }

    /// For every pivot, the absolute sum of the terms that were subtracted to make it.
    pub fn terms(&self) -> Vec<f64> {
        let n = self.n;
        let sum = |k: usize| {
            let lower = self.factors[k * n..k * n + k].iter();
            let upper = self.factors[k..].iter().step_by(n);
            lower.zip(upper).map(|(l, u)| (l * u).abs()).sum()
        };
        (0..n).map(sum).collect()
    }
}

fn subtract(row: &mut [f64], factor: f64, other: &[f64]) {
    row.iter_mut().zip(other).for_each(|(x, &y)| *x -= factor * y);
}

/// A product of pivots, kept in range on the way.
pub fn scaled_product(sign: f64, pivots: impl Iterator<Item = f64>) -> f64 {
    const LARGE: f64 = 1e150;
    let mut product = sign;
    let mut scale = 0;
    for pivot in pivots {
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
