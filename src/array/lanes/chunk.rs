//! How the elements of a chunk are computed: first as if all were easy, if they may be; then without a branch, two
//! by two; and what is nan then once more, one by one.

use super::Number;
use super::expression::{Expression, value};
use crate::array::elementary::{Alone, Easy, Repaired, Two};

/// A chunk: if those before it in the row were easy, it is tried whether this one is.
#[inline(always)]
pub fn chunk<E: Expression<N>, T: Number, M: Alone, const N: usize, const LEN: usize>(
    rows: [&[T; LEN]; N],
    easy: &mut bool,
    result: &mut [T; LEN],
) {
    if E::POWERS && *easy {
        pairs::<E, T, Easy<M>, N, LEN>(rows, result);
        if !has_nan(result) {
            return;
        }
        *easy = false;
    }
    pairs::<E, T, M::Swift, N, LEN>(rows, result);
    if E::REPAIRED && has_nan(result) {
        for i in 0..LEN {
            if result[i].is_nan() {
                let mut operands = [T::default(); N];
                operands.iter_mut().zip(&rows).for_each(|(operand, row)| *operand = row[i]);
                result[i] = value::<E, T, M, N>(operands);
            }
        }
    }
}

#[inline(always)]
fn pairs<E: Expression<N>, T: Number, M: Repaired, const N: usize, const LEN: usize>(
    rows: [&[T; LEN]; N],
    result: &mut [T; LEN],
) {
    for i in 0..LEN / 2 {
        let j = i + LEN / 2;
        // A loop, because `map` of an array is a call unless the whole program is optimised as one.
        let mut operands = [Two(T::default(), T::default()); N];
        for (operand, row) in operands.iter_mut().zip(&rows) {
            *operand = Two(row[i], row[j]);
        }
        let Two(first, second) = value::<E, Two<T>, M, N>(operands);
        (result[i], result[j]) = (first, second);
    }
}

/// One comparison tells of two elements whether either is nan.
#[inline(always)]
fn has_nan<T: Number, const LEN: usize>(block: &[T; LEN]) -> bool {
    let (first, second) = block.split_at(LEN / 2);
    first.iter().zip(second).fold(false, |any, (x, y)| any | (x.is_nan() | y.is_nan()))
}
