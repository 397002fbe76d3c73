//! Loops over elements, compiled for every instruction set from one source.
//!
//! A program is compiled for machines without vector registers of 512 or 256 bits, and runs on those
//! with them. Here, and nowhere else, a loop is compiled several times, and the machine chooses
//! (`pulp`'s dispatch): `exp` of 1,000 numbers takes 500 ns and not 5,000.
//!
//! An [`Expression`] is computed in chunks of constant length, the last of them filled up, so that no
//! element is computed in another way than its neighbour, and a row of 10 costs no more than it must.

use super::elementary::{Alone, Element, Fused, Plain, Real, Repaired, Two};
use super::map::Lane;
use pulp::{Arch, Simd, WithSimd};
use std::marker::PhantomData;

/// Elements of a chunk: eight registers of the widest kind, in double precision.
const CHUNK: usize = 64;
/// Elements of what is left at the end of a row.
const REST: usize = 16;

/// A function of `N` numbers that can be compiled in every precision and mode.
pub trait Expression<const N: usize> {
    /// Whether it is nan where a branch would be needed, and must be computed again there.
    const REPAIRED: bool;
    /// The value.
    fn at<T: Element, M: Repaired>(operands: [Real<T, M>; N]) -> Real<T, M>;
}

/// An element of an array: one number, of some precision.
pub trait Number: Element + Default {
    /// Whether it is not a number.
    fn is_nan(self) -> bool;
}

impl Number for f64 {
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.is_nan()
    }
}

impl Number for f32 {
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.is_nan()
    }
}

/// An expression at one point, as the loops compute it.
#[inline]
pub fn number<E: Expression<N>, const N: usize>(operands: [f64; N]) -> f64 {
    Arch::new().dispatch(AtPoint::<E, N>(operands, PhantomData))
}

struct AtPoint<E, const N: usize>([f64; N], PhantomData<E>);

impl<E: Expression<N>, const N: usize> WithSimd for AtPoint<E, N> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        if is_fused::<S>() { value::<E, f64, Fused, N>(self.0) } else { value::<E, f64, Plain, N>(self.0) }
    }
}

/// Whether an instruction set has a fused multiply-add. All have that have vectors, except WebAssembly's.
#[inline(always)]
const fn is_fused<S: Simd>() -> bool {
    !S::IS_SCALAR && !cfg!(target_family = "wasm")
}

#[inline(always)]
fn value<E: Expression<N>, T: Element, M: Repaired, const N: usize>(operands: [T; N]) -> T {
    E::at(operands.map(Real::<T, M>::new)).0
}

/// Appends an expression of rows of length `len`.
#[inline]
pub fn row<E: Expression<N>, T: Number, const N: usize>(lanes: [Lane<'_, T>; N], len: usize, out: &mut Vec<T>) {
    out.reserve(len);
    Arch::new().dispatch(Row::<E, T, N> { lanes, len, out, expression: PhantomData });
}

struct Row<'a, E, T, const N: usize> {
    lanes: [Lane<'a, T>; N],
    len: usize,
    out: &'a mut Vec<T>,
    expression: PhantomData<E>,
}

impl<E: Expression<N>, T: Number, const N: usize> WithSimd for Row<'_, E, T, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if is_fused::<S>() {
            self.run::<Fused>();
        } else {
            self.run::<Plain>();
        }
    }
}

impl<E: Expression<N>, T: Number, const N: usize> Row<'_, E, T, N> {
    #[inline(always)]
    fn run<M: Alone>(self) {
        let Row { lanes, len, out, .. } = self;
        let mut start = 0_usize;
        if len >= CHUNK {
            // An operand that stands still is a chunk of equal elements.
            let mut still = [[T::default(); CHUNK]; N];
            for (row, lane) in still.iter_mut().zip(&lanes) {
                if let Lane::Still(x) = lane {
                    *row = [*x; CHUNK];
                }
            }
            while len - start >= CHUNK {
                let mut rows = still.each_ref();
                for (row, lane) in rows.iter_mut().zip(&lanes) {
                    if let Lane::Moving(data) = lane
                        && let Some(chunk) = data.get(start..).and_then(<[T]>::first_chunk)
                    {
                        *row = chunk;
                    }
                }
                out.extend_from_slice(&chunk::<E, T, M, N, CHUNK>(rows));
                start += CHUNK;
            }
        }
        while start < len {
            let taken = REST.min(len - start);
            let mut padded = [[T::of(1.0); REST]; N];
            for (row, lane) in padded.iter_mut().zip(&lanes) {
                match lane {
                    Lane::Still(x) => *row = [*x; REST],
                    Lane::Moving(data) => {
                        let data = data.get(start..).unwrap_or(&[]);
                        row.iter_mut().zip(data.iter().take(taken)).for_each(|(to, from)| *to = *from);
                    }
                }
            }
            let result = chunk::<E, T, M, N, REST>(padded.each_ref());
            out.extend_from_slice(result.get(..taken).unwrap_or(&[]));
            start += taken;
        }
    }
}

#[inline(always)]
fn chunk<E: Expression<N>, T: Number, M: Alone, const N: usize, const LEN: usize>(rows: [&[T; LEN]; N]) -> [T; LEN] {
    let mut result = [T::default(); LEN];
    for i in 0..LEN / 2 {
        let j = i + LEN / 2;
        let Two(first, second) = value::<E, Two<T>, M::Swift, N>(rows.map(|row| Two(row[i], row[j])));
        (result[i], result[j]) = (first, second);
    }
    if E::REPAIRED {
        let mut any = false;
        for x in &result {
            any |= x.is_nan();
        }
        if any {
            for i in 0..LEN {
                if result[i].is_nan() {
                    result[i] = value::<E, T, M, N>(rows.map(|row| row[i]));
                }
            }
        }
    }
    result
}

/// Appends `f` of two rows of length `n`, for an `f` that is the same on every machine.
#[inline]
pub fn zip_row<T: Copy, U>(a: Lane<'_, T>, b: Lane<'_, T>, n: usize, out: &mut Vec<U>, f: impl Fn(T, T) -> U) {
    Arch::new().dispatch(ZipRow { a, b, n, out, f });
}

struct ZipRow<'a, T, U, F> {
    a: Lane<'a, T>,
    b: Lane<'a, T>,
    n: usize,
    out: &'a mut Vec<U>,
    f: F,
}

impl<T: Copy, U, F: Fn(T, T) -> U> WithSimd for ZipRow<'_, T, U, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let ZipRow { a, b, n, out, f } = self;
        match (a, b) {
            (Lane::Moving(a), Lane::Moving(b)) => out.extend(a.iter().zip(b).map(|(&x, &y)| f(x, y))),
            (Lane::Moving(a), Lane::Still(y)) => out.extend(a.iter().map(|&x| f(x, y))),
            (Lane::Still(x), Lane::Moving(b)) => out.extend(b.iter().map(|&y| f(x, y))),
            (Lane::Still(x), Lane::Still(y)) => out.extend(std::iter::repeat_n((), n).map(|()| f(x, y))),
        }
    }
}

/// Appends `f` of a block, for an `f` that is the same on every machine.
#[inline]
pub fn map_row<T: Copy, U>(block: &[T], out: &mut Vec<U>, f: impl Fn(T) -> U) {
    Arch::new().dispatch(MapRow { block, out, f });
}

struct MapRow<'a, T, U, F> {
    block: &'a [T],
    out: &'a mut Vec<U>,
    f: F,
}

impl<T: Copy, U, F: Fn(T) -> U> WithSimd for MapRow<'_, T, U, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let MapRow { block, out, f } = self;
        out.extend(block.iter().map(|&x| f(x)));
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

/// Puts an expression of two rows in place of the left one.
pub fn onto_left<E: Expression<2>, T: Number>(left: &mut [T], right: Lane<'_, T>) {
    let mut fresh = Vec::new();
    row::<E, T, 2>([Lane::Moving(left), right], left.len(), &mut fresh);
    left.copy_from_slice(&fresh);
}

/// Puts an expression of two rows in place of the right one.
pub fn onto_right<E: Expression<2>, T: Number>(left: Lane<'_, T>, right: &mut [T]) {
    let mut fresh = Vec::new();
    row::<E, T, 2>([left, Lane::Moving(right)], right.len(), &mut fresh);
    right.copy_from_slice(&fresh);
}
