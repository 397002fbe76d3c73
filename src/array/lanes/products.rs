//! A matrix times a vector, and a column times a row.
//!
//! Each element of the matrix is read once and used once, so what counts is that memory is never waited for:
//! several rows are gone through side by side, and the vector stays in the cache. A product of matrices, which
//! packs its operands first, takes twice as long.

use super::{Number, is_fused};
use crate::array::elementary::{Element, Fused, Mode, Plain};
use pulp::{Arch, Simd, WithSimd};

/// Rows that are gone through side by side.
const ROWS: usize = 4;

/// An element type for which there are inner products.
pub trait Dots: Number {
    /// The inner products of a vector with the rows of a matrix: `out[i] = a[i] · x`.
    fn dots(a: &[Self], x: &[Self], out: &mut [Self]);
}

/// Sums in as many registers as there are rows, for one element type: a compiler does not reorder sums, so the
/// vectors are written out.
macro_rules! dots {
    ($type:ty, $rows:ident, $vectors:ident, $part:ident, $zero:ident, $multiply_add:ident, $sum:ident) => {
        impl Dots for $type {
            fn dots(a: &[$type], x: &[$type], out: &mut [$type]) {
                Arch::new().dispatch($rows { a, x, out });
            }
        }

        struct $rows<'a> {
            a: &'a [$type],
            x: &'a [$type],
            out: &'a mut [$type],
        }

        impl WithSimd for $rows<'_> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) {
                let $rows { a, x, out } = self;
                let width = x.len().max(1);
                let (x, rest) = S::$vectors(x);
                let rest = simd.$part(rest);
                let mut groups = a.chunks_exact(ROWS * width);
                let (fours, ones) = out.as_chunks_mut::<ROWS>();
                for (four, group) in fours.iter_mut().zip(&mut groups) {
                    let (first, second) = group.split_at(2 * width);
                    let ((a, b), (c, d)) = (first.split_at(width), second.split_at(width));
                    let ((a, a_rest), (b, b_rest)) = (S::$vectors(a), S::$vectors(b));
                    let ((c, c_rest), (d, d_rest)) = (S::$vectors(c), S::$vectors(d));
                    let [mut p, mut q, mut r, mut s] = [simd.$zero(0.0); ROWS];
                    for ((((&x, &a), &b), &c), &d) in x.iter().zip(a).zip(b).zip(c).zip(d) {
                        p = simd.$multiply_add(a, x, p);
                        q = simd.$multiply_add(b, x, q);
                        r = simd.$multiply_add(c, x, r);
                        s = simd.$multiply_add(d, x, s);
                    }
                    p = simd.$multiply_add(simd.$part(a_rest), rest, p);
                    q = simd.$multiply_add(simd.$part(b_rest), rest, q);
                    r = simd.$multiply_add(simd.$part(c_rest), rest, r);
                    s = simd.$multiply_add(simd.$part(d_rest), rest, s);
                    *four = [simd.$sum(p), simd.$sum(q), simd.$sum(r), simd.$sum(s)];
                }
                for (one, row) in ones.iter_mut().zip(groups.remainder().chunks_exact(width)) {
                    let (a, a_rest) = S::$vectors(row);
                    let mut p = simd.$zero(0.0);
                    for (&x, &a) in x.iter().zip(a) {
                        p = simd.$multiply_add(a, x, p);
                    }
                    *one = simd.$sum(simd.$multiply_add(simd.$part(a_rest), rest, p));
                }
            }
        }
    };
}

dots!(f64, Doubles, as_simd_f64s, partial_load_f64s, splat_f64s, mul_add_e_f64s, reduce_sum_f64s);
dots!(f32, Singles, as_simd_f32s, partial_load_f32s, splat_f32s, mul_add_e_f32s, reduce_sum_f32s);

/// Adds the rows of a matrix, each times a number of its own: `out += Σ weights[i] a[i]`.
pub fn add_rows<T: Number>(a: &[T], weights: &[T], out: &mut [T]) {
    Arch::new().dispatch(AddRows { a, weights, out });
}

struct AddRows<'a, T> {
    a: &'a [T],
    weights: &'a [T],
    out: &'a mut [T],
}

impl<T: Number> WithSimd for AddRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if is_fused::<S>() { self.run::<Fused>() } else { self.run::<Plain>() }
    }
}

impl<T: Number> AddRows<'_, T> {
    #[inline(always)]
    fn run<M: Mode>(self) {
        let AddRows { a, weights, out } = self;
        let width = out.len().max(1);
        let (fours, rest) = weights.as_chunks::<ROWS>();
        let mut groups = a.chunks_exact(ROWS * width);
        for (&[p, q, r, s], group) in fours.iter().zip(&mut groups) {
            let (first, second) = group.split_at(2 * width);
            let ((a, b), (c, d)) = (first.split_at(width), second.split_at(width));
            for ((((to, &a), &b), &c), &d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                let sum = multiply_add::<T, M>(a, p, *to);
                let sum = multiply_add::<T, M>(b, q, sum);
                let sum = multiply_add::<T, M>(c, r, sum);
                *to = multiply_add::<T, M>(d, s, sum);
            }
        }
        for (&weight, row) in rest.iter().zip(groups.remainder().chunks_exact(width)) {
            for (to, &a) in out.iter_mut().zip(row) {
                *to = multiply_add::<T, M>(a, weight, *to);
            }
        }
    }
}

/// Adds a column times a row, a matrix: `out[i, j] += column[i] row[j]`.
pub fn add_outer<T: Number>(column: &[T], row: &[T], out: &mut [T]) {
    Arch::new().dispatch(AddOuter { column, row, out });
}

struct AddOuter<'a, T> {
    column: &'a [T],
    row: &'a [T],
    out: &'a mut [T],
}

impl<T: Number> WithSimd for AddOuter<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if is_fused::<S>() { self.run::<Fused>() } else { self.run::<Plain>() }
    }
}

impl<T: Number> AddOuter<'_, T> {
    #[inline(always)]
    fn run<M: Mode>(self) {
        let AddOuter { column, row, out } = self;
        for (&x, out) in column.iter().zip(out.chunks_exact_mut(row.len().max(1))) {
            for (to, &y) in out.iter_mut().zip(row) {
                *to = multiply_add::<T, M>(x, y, *to);
            }
        }
    }
}

#[inline(always)]
fn multiply_add<T: Element, M: Mode>(a: T, b: T, c: T) -> T {
    if M::FUSED { a.fma(b, c) } else { a * b + c }
}
