//! Products of matrices that stay in the cache.
//!
//! What a large product needs, operands packed into the order in which they are read, costs a small one more than it
//! gains. Here a tile of the result stays in registers while the depth is gone through: a row of the right side is
//! read as it is stored, and each of the elements of the left one is multiplied with all of it (K. Goto and R. A. van
//! de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM Transactions on Mathematical Software 34, 2008,
//! without its packing). Each element of the result is one sum in the order of the depth, as in a large product.

use super::{Number, is_fused};
use pulp::{Arch, Simd, WithSimd};
use std::marker::PhantomData;

/// Registers that are enough for 8 · 3 sums and what is multiplied.
const MANY: usize = 32;
/// Vectors in a row of a tile where there are so many.
const WIDE: usize = 3;
/// Rows of a tile.
const TALL: usize = 8;
/// Vectors in a row of a tile where there are fewer.
const NARROW: usize = 2;
/// Rows of a tile there, and of those at the lower end.
const LOW: usize = 4;
/// Up to this depth everything is added in registers; then the sum so far goes back to memory.
const DEPTH: usize = 512;
/// The part of what is computed that may be computed twice, as a divisor: more than that costs more than packing.
const WASTE: usize = 16;
/// Elements in the longest vector there is.
const LONGEST: usize = 16;

/// Elements of a type as vectors of an instruction set.
pub trait Vectors: Number {
    /// A vector of them.
    type Of<S: Simd>: Copy;
    /// How many there are in one.
    fn lanes<S: Simd>() -> usize;
    /// The same element everywhere.
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Of<S>;
    /// The whole vectors of a row.
    fn whole<S: Simd>(row: &[Self]) -> &[Self::Of<S>];
    /// The whole vectors of a row, to be written.
    fn whole_mut<S: Simd>(row: &mut [Self]) -> &mut [Self::Of<S>];
    /// `a + b`
    fn plus<S: Simd>(simd: S, a: Self::Of<S>, b: Self::Of<S>) -> Self::Of<S>;
    /// `a b + c`
    fn multiply_add<S: Simd>(simd: S, a: Self::Of<S>, b: Self::Of<S>, c: Self::Of<S>) -> Self::Of<S>;
}

macro_rules! vectors {
    ($type:ty, $of:ident, $lanes:ident, $splat:ident, $whole:ident, $whole_mut:ident, $add:ident, $multiply_add:ident) => {
        impl Vectors for $type {
            type Of<S: Simd> = S::$of;
            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, x: $type) -> S::$of {
                simd.$splat(x)
            }
            #[inline(always)]
            fn whole<S: Simd>(row: &[$type]) -> &[S::$of] {
                S::$whole(row).0
            }
            #[inline(always)]
            fn whole_mut<S: Simd>(row: &mut [$type]) -> &mut [S::$of] {
                S::$whole_mut(row).0
            }
            #[inline(always)]
            fn plus<S: Simd>(simd: S, a: S::$of, b: S::$of) -> S::$of {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn multiply_add<S: Simd>(simd: S, a: S::$of, b: S::$of, c: S::$of) -> S::$of {
                simd.$multiply_add(a, b, c)
            }
        }
    };
}

vectors!(f64, f64s, F64_LANES, splat_f64s, as_simd_f64s, as_mut_simd_f64s, add_f64s, mul_add_f64s);
vectors!(f32, f32s, F32_LANES, splat_f32s, as_simd_f32s, as_mut_simd_f32s, add_f32s, mul_add_f32s);

/// Two matrices to be multiplied: a left side of [rows, depth], stored by rows or by columns, and a right side of
/// [depth, columns], stored by rows.
#[derive(Clone, Copy)]
pub struct Tiles<'a, T> {
    /// The left side, from its first element on.
    pub a: &'a [T],
    /// The distance between its rows, and that between its columns, of which one is 1.
    pub a_steps: [usize; 2],
    /// The right side, from its first element on.
    pub b: &'a [T],
    /// The distance between its rows, no less than there are columns.
    pub b_step: usize,
    /// Rows of the result.
    pub rows: usize,
    /// What is summed over.
    pub depth: usize,
    /// Columns of the result.
    pub columns: usize,
    /// Whether the product is added to what is there.
    pub adds: bool,
}

/// Whether a result of so many rows and columns is worth computing in tiles: on a machine with vectors, and if it
/// nearly consists of whole ones.
pub fn in_tiles<T: Vectors>(rows: usize, columns: usize) -> bool {
    struct Ask<T>(usize, usize, PhantomData<T>);
    impl<T: Vectors> WithSimd for Ask<T> {
        type Output = bool;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> bool {
            is_worth::<T, S>(self.0, self.1)
        }
    }
    Arch::new().dispatch(Ask(rows, columns, PhantomData::<T>))
}

#[inline(always)]
fn is_worth<T: Vectors, S: Simd>(rows: usize, columns: usize) -> bool {
    let lanes = T::lanes::<S>();
    if !is_fused::<S>() || rows < LOW || columns < lanes || lanes > LONGEST {
        return false;
    }
    let computed = rows.next_multiple_of(LOW).saturating_mul(columns.next_multiple_of(lanes));
    computed - rows.saturating_mul(columns) <= computed / WASTE
}

impl<T: Vectors> Tiles<'_, T> {
    /// Computes the product, by rows; whether it did, which it does if that is [worth it](in_tiles).
    pub fn multiply(self, out: &mut [T]) -> bool {
        Arch::new().dispatch(Multiply { tiles: self, out })
    }
}

struct Multiply<'a, T> {
    tiles: Tiles<'a, T>,
    out: &'a mut [T],
}

impl<T: Vectors> WithSimd for Multiply<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Multiply { tiles, out } = self;
        if !is_worth::<T, S>(tiles.rows, tiles.columns) {
            return false;
        }
        let many = S::REGISTER_COUNT >= MANY;
        if many && tiles.rows >= TALL {
            tiles.panels::<S, TALL>(simd, out, WIDE);
        } else {
            tiles.panels::<S, LOW>(simd, out, if many { WIDE } else { NARROW });
        }
        true
    }
}

/// Which part of a product a tile is.
#[derive(Clone, Copy)]
struct Part {
    /// Where its depth begins.
    first: usize,
    /// The first row that is not computed yet.
    row: usize,
    /// The first column that is not computed yet.
    column: usize,
}

impl<T: Vectors> Tiles<'_, T> {
    #[inline(always)]
    fn panels<S: Simd, const ROWS: usize>(mut self, simd: S, out: &mut [T], wide: usize) {
        let lanes = T::lanes::<S>();
        for first in (0..self.depth).step_by(DEPTH) {
            let mut column = 0;
            while column < self.columns {
                let part = Part { first, row: 0, column };
                let left = (self.columns - column).div_ceil(lanes);
                // Two tiles of two vectors take less time than one of three and one of one. What is no whole vector
                // begins further to the left, for which there must be as many columns.
                let vectors = (if left == 4 { 2 } else { left.min(wide) }).min(self.columns / lanes);
                match vectors {
                    1 => self.panel::<S, ROWS, 1>(simd, out, part),
                    2 => self.panel::<S, ROWS, 2>(simd, out, part),
                    _ => self.panel::<S, ROWS, WIDE>(simd, out, part),
                }
                column += vectors * lanes;
            }
            self.adds = true;
        }
    }

    /// So many vectors of every row of the result.
    #[inline(always)]
    fn panel<S: Simd, const ROWS: usize, const VECTORS: usize>(&self, simd: S, out: &mut [T], mut part: Part) {
        while part.row < self.rows {
            if self.rows - part.row > LOW {
                self.tile::<S, ROWS, VECTORS>(simd, out, part);
                part.row += ROWS;
            } else {
                self.tile::<S, LOW, VECTORS>(simd, out, part);
                part.row += LOW;
            }
        }
    }

    /// A tile begins above or left of where it should, if there is no room for it: what it has in common with those
    /// before is computed again and not written.
    #[inline(always)]
    fn tile<S: Simd, const ROWS: usize, const VECTORS: usize>(&self, simd: S, out: &mut [T], part: Part) {
        let Tiles { a, a_steps: [row_step, column_step], b, b_step, rows, depth, columns, adds } = *self;
        let width = VECTORS * T::lanes::<S>();
        let (top, start) = (part.row.min(rows - ROWS), part.column.min(columns - width));
        let depth = DEPTH.min(depth - part.first);
        let mut sums = [[T::splat(simd, T::default()); VECTORS]; ROWS];
        let right = b[part.first * b_step + start..].chunks(b_step);
        if column_step == 1 {
            let mut rows: [&[T]; ROWS] = [&[]; ROWS];
            for (i, row) in rows.iter_mut().enumerate() {
                *row = &a[(top + i) * row_step + part.first..][..depth];
            }
            for (k, right) in (0..depth).zip(right) {
                let mut left = [T::default(); ROWS];
                for (x, row) in left.iter_mut().zip(&rows) {
                    *x = row[k];
                }
                step::<T, S, ROWS, VECTORS>(simd, &mut sums, left, right);
            }
        } else {
            let left = a[part.first * column_step + top..].chunks(column_step);
            for (left, right) in left.zip(right).take(depth) {
                let Some(&left) = left.first_chunk::<ROWS>() else { return };
                step::<T, S, ROWS, VECTORS>(simd, &mut sums, left, right);
            }
        }
        let out = &mut out[top * columns + start..];
        let (done_rows, done_columns) = (part.row - top, part.column - start);
        if (done_rows, done_columns) == (0, 0) {
            return write::<T, S, ROWS, VECTORS>(simd, &sums, out, columns, adds);
        }
        let mut all = [T::default(); TALL * WIDE * LONGEST];
        write::<T, S, ROWS, VECTORS>(simd, &sums, &mut all, width, false);
        for (out, sums) in out.chunks_mut(columns).zip(all.chunks(width)).take(ROWS).skip(done_rows) {
            for (to, &sum) in out.iter_mut().zip(sums).skip(done_columns) {
                *to = if adds { *to + sum } else { sum };
            }
        }
    }
}

/// Writes a tile, or adds it to what is there.
#[inline(always)]
fn write<T: Vectors, S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    sums: &[[T::Of<S>; VECTORS]; ROWS],
    out: &mut [T],
    step: usize,
    adds: bool,
) {
    for (i, sums) in sums.iter().enumerate() {
        let out = T::whole_mut::<S>(&mut out[i * step..][..VECTORS * T::lanes::<S>()]);
        for (c, &sum) in sums.iter().enumerate() {
            let to = &mut out[c];
            *to = if adds { T::plus(simd, *to, sum) } else { sum };
        }
    }
}

/// Adds what one element of the depth gives.
#[inline(always)]
fn step<T: Vectors, S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    sums: &mut [[T::Of<S>; VECTORS]; ROWS],
    left: [T; ROWS],
    right: &[T],
) {
    let Some(right) = T::whole::<S>(right).first_chunk::<VECTORS>() else { return };
    for (sums, x) in sums.iter_mut().zip(left) {
        let x = T::splat(simd, x);
        for (sum, &y) in sums.iter_mut().zip(right) {
            *sum = T::multiply_add(simd, x, y, *sum);
        }
    }
}
