//! Loops over expressions with functions, which are computed with what the machine has.
//!
//! `sin(x) + 1` is computed in chunks of constant length, the last of them filled up, so that no element is
//! computed in another way than its neighbour, and a row of 10 costs no more than it must.

use super::chunk::chunk;
use super::{Lane, Number, is_fused};
use crate::array::elementary::{Alone, Easy, Element, Fused, Plain, Real, Repaired};
use pulp::{Arch, Simd, WithSimd};
use std::marker::PhantomData;

/// A function of `N` numbers that can be compiled in every precision and mode.
pub trait Expression<const N: usize> {
    /// Whether it is nan where a branch would be needed, and must be computed again there.
    const REPAIRED: bool = false;
    /// Whether it is operators and roots alone, so short that a row of ten is not worth a chunk.
    const SHORT: bool = false;
    /// Whether it has a power, which often is a product, and then much shorter. It is nan where that power is, or
    /// the power is of no weight.
    const POWERS: bool = false;
    /// The value.
    fn at<T: Element, M: Repaired>(operands: [T; N]) -> Real<T, M>;
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
        if is_fused::<S>() { self.run::<Fused>() } else { self.run::<Plain>() }
    }
}

impl<E: Expression<N>, const N: usize> AtPoint<E, N> {
    #[inline(always)]
    fn run<M: Alone>(self) -> f64 {
        if E::POWERS {
            let easy = value::<E, f64, Easy<M>, N>(self.0);
            if !easy.is_nan() {
                return easy;
            }
        }
        value::<E, f64, M, N>(self.0)
    }
}

#[inline(always)]
pub(super) fn value<E: Expression<N>, T: Element, M: Repaired, const N: usize>(operands: [T; N]) -> T {
    E::at::<T, M>(operands).0
}

/// Writes an expression of rows.
#[inline]
pub fn row<E: Expression<N>, T: Number, const N: usize>(lanes: [Lane<'_, T>; N], out: &mut [T]) {
    debug_assert!(lanes.iter().all(|lane| lane.fills(out.len())), "a row of another length");
    Arch::new().dispatch(Row::<E, T, N> { lanes, out, expression: PhantomData });
}

/// Elements of a chunk: eight registers of the widest kind, in double precision.
const CHUNK: usize = 64;
/// Elements of what is left at the end of a row.
const REST: usize = 16;

struct Row<'a, E, T, const N: usize> {
    lanes: [Lane<'a, T>; N],
    out: &'a mut [T],
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

impl<'a, E: Expression<N>, T: Number, const N: usize> Row<'a, E, T, N> {
    #[inline(always)]
    fn run<M: Alone>(self) {
        let Row { lanes, out, .. } = self;
        if E::SHORT
            && (in_one_loop::<E, T, M, N, N>(&lanes, out)
                || in_one_loop::<E, T, M, N, 0>(&lanes, out)
                || in_one_loop::<E, T, M, N, 1>(&lanes, out))
        {
            return;
        }
        let (chunks, rest) = out.as_chunks_mut::<CHUNK>();
        let mut start = 0_usize;
        let mut easy = E::POWERS;
        if !chunks.is_empty() {
            // An operand that stands still is a chunk of equal elements, made only if there is one.
            let stands = lanes.iter().any(|lane| matches!(lane, Lane::Still(_)));
            let still = stands.then(|| {
                let mut still = [[T::default(); CHUNK]; N];
                for (row, lane) in still.iter_mut().zip(&lanes) {
                    if let Lane::Still(x) = lane {
                        *row = [*x; CHUNK];
                    }
                }
                still
            });
            for result in chunks {
                let moving = |lane: &Lane<'a, T>| match lane {
                    Lane::Moving(data) => data.get(start..).and_then(<[T]>::first_chunk),
                    Lane::Still(_) => None,
                };
                let mut rows = match (&still, lanes.iter().find_map(moving)) {
                    (Some(still), _) => still.each_ref(),
                    (None, Some(chunk)) => [chunk; N],
                    (None, None) => return,
                };
                for (row, lane) in rows.iter_mut().zip(&lanes) {
                    if let Some(chunk) = moving(lane) {
                        *row = chunk;
                    }
                }
                chunk::<E, T, M, N, CHUNK>(rows, &mut easy, result);
                start += CHUNK;
            }
        }
        if E::SHORT {
            for (i, to) in rest.iter_mut().enumerate() {
                let mut operands = [T::default(); N];
                for (operand, lane) in operands.iter_mut().zip(&lanes) {
                    *operand = match lane {
                        Lane::Still(x) => *x,
                        Lane::Moving(data) => data.get(start + i).copied().unwrap_or_default(),
                    };
                }
                *to = value::<E, T, M, N>(operands);
            }
            return;
        }
        for part in rest.chunks_mut(REST) {
            let mut padded = [[T::of(1.0); REST]; N];
            for (row, lane) in padded.iter_mut().zip(&lanes) {
                match lane {
                    Lane::Still(x) => *row = [*x; REST],
                    Lane::Moving(data) => {
                        let data = data.get(start..).unwrap_or(&[]);
                        row.iter_mut().zip(data.iter().take(part.len())).for_each(|(to, from)| *to = *from);
                    }
                }
            }
            let mut result = [T::default(); REST];
            chunk::<E, T, M, N, REST>(padded.each_ref(), &mut easy, &mut result);
            part.iter_mut().zip(&result).for_each(|(to, from)| *to = *from);
            start += REST;
        }
    }
}

/// Writes an expression so short that cutting rows into chunks would cost more than the elements, if the operand
/// numbered `STILL` stands still and no other; whether that was so. There may be none of that number, and the last
/// operand always moves.
#[inline(always)]
fn in_one_loop<E: Expression<N>, T: Number, M: Alone, const N: usize, const STILL: usize>(
    lanes: &[Lane<'_, T>; N],
    out: &mut [T],
) -> bool {
    let mut rows: [&[T]; N] = [&[]; N];
    let mut still = T::default();
    // Not `enumerate`, with which the compiler leaves the loops over operands as they are.
    for ((row, lane), at) in rows.iter_mut().zip(lanes).zip(0..N) {
        match lane {
            Lane::Moving(data) if at != STILL && data.len() >= out.len() => *row = &data[..out.len()],
            Lane::Still(x) if at == STILL => still = *x,
            _ => return false,
        }
    }
    if STILL < N {
        // A row as long, which is not looked at.
        rows[STILL] = rows[N - 1];
    }
    for (i, to) in out.iter_mut().enumerate() {
        let mut operands = [T::default(); N];
        for (operand, row) in operands.iter_mut().zip(&rows) {
            *operand = row[i];
        }
        if STILL < N {
            operands[STILL] = still;
        }
        *to = value::<E, T, M, N>(operands);
    }
    true
}

/// Elements that are set aside while something is written over them.
const ASIDE: usize = 256;

/// Puts an expression of two rows in place of the left one.
pub fn onto_left<E: Expression<2>, T: Number>(left: &mut [T], right: Lane<'_, T>) {
    in_place(left, |before, start, to| {
        row::<E, T, 2>([Lane::Moving(before), right.part(start, start + to.len())], to);
    });
}

/// Puts an expression of two rows in place of the right one.
pub fn onto_right<E: Expression<2>, T: Number>(left: Lane<'_, T>, right: &mut [T]) {
    in_place(right, |before, start, to| {
        row::<E, T, 2>([left.part(start, start + to.len()), Lane::Moving(before)], to);
    });
}

/// Calls `write` with parts of a row as they were, where they start, and where the results go.
#[inline(always)]
fn in_place<T: Number>(row: &mut [T], write: impl Fn(&[T], usize, &mut [T])) {
    let mut aside = [T::default(); ASIDE];
    for (i, part) in row.chunks_mut(ASIDE).enumerate() {
        let Some(before) = aside.get_mut(..part.len()) else { continue };
        before.copy_from_slice(part);
        write(before, i * ASIDE, part);
    }
}
