//! Loops over whole rows, for what every machine computes alike.
//!
//! `x * y` needs no chunks: there is one way to multiply, and the compiler makes vectors of a plain loop.

use super::{Lane, Number};
use pulp::{Arch, Simd, WithSimd};

/// Writes `f` of two rows, for an `f` that is the same on every machine.
#[inline]
pub fn zip_row<T: Copy, U: Copy>(a: Lane<'_, T>, b: Lane<'_, T>, out: &mut [U], f: impl Fn(T, T) -> U) {
    debug_assert!(a.fills(out.len()) && b.fills(out.len()), "a row of another length");
    Arch::new().dispatch(ZipRow { a, b, out, f });
}

struct ZipRow<'a, T, U, F> {
    a: Lane<'a, T>,
    b: Lane<'a, T>,
    out: &'a mut [U],
    f: F,
}

impl<T: Copy, U: Copy, F: Fn(T, T) -> U> WithSimd for ZipRow<'_, T, U, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let ZipRow { a, b, out, f } = self;
        match (a, b) {
            (Lane::Moving(a), Lane::Moving(b)) => {
                for ((to, &x), &y) in out.iter_mut().zip(a).zip(b) {
                    *to = f(x, y);
                }
            }
            (Lane::Moving(a), Lane::Still(y)) => {
                for (to, &x) in out.iter_mut().zip(a) {
                    *to = f(x, y);
                }
            }
            (Lane::Still(x), Lane::Moving(b)) => {
                for (to, &y) in out.iter_mut().zip(b) {
                    *to = f(x, y);
                }
            }
            (Lane::Still(x), Lane::Still(y)) => out.fill(f(x, y)),
        }
    }
}

/// Writes `f` of a block, for an `f` that is the same on every machine.
#[inline]
pub fn map_row<T: Copy, U>(block: &[T], out: &mut [U], f: impl Fn(T) -> U) {
    Arch::new().dispatch(MapRow { block, out, f });
}

struct MapRow<'a, T, U, F> {
    block: &'a [T],
    out: &'a mut [U],
    f: F,
}

impl<T: Copy, U, F: Fn(T) -> U> WithSimd for MapRow<'_, T, U, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let MapRow { block, out, f } = self;
        each_alone(block, out, f);
    }
}

/// Writes `f` of a block, for an `f` that calls what is compiled once.
#[inline(always)]
pub fn each_alone<T: Copy, U>(block: &[T], out: &mut [U], f: impl Fn(T) -> U) {
    debug_assert_eq!(block.len(), out.len(), "a row of another length");
    for (to, &x) in out.iter_mut().zip(block) {
        *to = f(x);
    }
}

/// Replaces each element `x` of a row by `f(x, y)`, for an `f` that is the same on every machine.
#[inline]
pub fn zip_onto<T: Copy>(target: &mut [T], other: Lane<'_, T>, f: impl Fn(T, T) -> T) {
    Arch::new().dispatch(ZipOnto { target, other, f });
}

struct ZipOnto<'a, T, F> {
    target: &'a mut [T],
    other: Lane<'a, T>,
    f: F,
}

impl<T: Copy, F: Fn(T, T) -> T> WithSimd for ZipOnto<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let ZipOnto { target, other, f } = self;
        match other {
            Lane::Moving(other) => {
                for (x, &y) in target.iter_mut().zip(other) {
                    *x = f(*x, y);
                }
            }
            Lane::Still(y) => {
                for x in target {
                    *x = f(*x, y);
                }
            }
        }
    }
}

/// Adds rows, one after the other, to stretches of a target that begin so far apart.
pub fn add_apart<T: Number>(target: &mut [T], apart: usize, rows: &[T], width: usize) {
    Arch::new().dispatch(AddApart { target, apart, rows, width });
}

struct AddApart<'a, T> {
    target: &'a mut [T],
    apart: usize,
    rows: &'a [T],
    width: usize,
}

impl<T: Number> WithSimd for AddApart<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let AddApart { target, apart, rows, width } = self;
        for (to, row) in target.chunks_mut(apart.max(1)).zip(rows.chunks_exact(width.max(1))) {
            to.iter_mut().zip(row).for_each(|(x, &y)| *x = *x + y);
        }
    }
}

/// Replaces each element `x` of a row by `f(x, y)` for the `y` of one row after the other, which begin so far apart.
#[inline]
pub fn fold_onto<T: Copy, U: Copy>(target: &mut [U], rows: &[T], apart: usize, f: impl Fn(U, T) -> U) {
    Arch::new().dispatch(FoldOnto { target, rows, apart, f });
}

struct FoldOnto<'a, T, U, F> {
    target: &'a mut [U],
    rows: &'a [T],
    apart: usize,
    f: F,
}

impl<T: Copy, U: Copy, F: Fn(U, T) -> U> WithSimd for FoldOnto<'_, T, U, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let FoldOnto { target, rows, apart, f } = self;
        for row in rows.chunks(apart.max(1)) {
            target.iter_mut().zip(row).for_each(|(x, &y)| *x = f(*x, y));
        }
    }
}

/// Whether any element is not a number.
pub fn any_nan<T: Number>(data: &[T]) -> bool {
    Arch::new().dispatch(Any(data, T::is_nan))
}

/// Whether any element is not finite.
pub fn any_wild<T: Number>(data: &[T]) -> bool {
    Arch::new().dispatch(Any(data, T::is_wild))
}

struct Any<'a, T, F>(&'a [T], F);

impl<T: Number, F: Fn(T) -> bool> WithSimd for Any<'_, T, F> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        let Any(data, holds) = self;
        // In blocks without a branch inside, which processors look at many at once.
        data.chunks(256).any(|block| block.iter().fold(false, |any, &x| any | holds(x)))
    }
}
