//! Where the results of a sweep go: buffers, cut into pieces for the threads that fill them.

use crate::array::{Data, fold};

/// Part of a buffer that is written.
pub enum Piece<'t> {
    /// Doubles.
    Doubles(&'t mut [f64]),
    /// Singles.
    Singles(&'t mut [f32]),
    /// Truth values.
    Truths(&'t mut [bool]),
    /// Sums of blocks of [`fold::BLOCK`] elements.
    Sums(&'t mut [f64]),
}

impl<'t> Piece<'t> {
    pub(super) fn of(data: &'t mut Data, summed: bool) -> Piece<'t> {
        match data {
            Data::F64(data) => {
                if summed {
                    Piece::Sums(data)
                } else {
                    Piece::Doubles(data)
                }
            }
            Data::F32(data) => Piece::Singles(data),
            Data::Bool(data) => Piece::Truths(data),
        }
    }

    pub(super) fn split(self, at: usize) -> (Piece<'t>, Piece<'t>) {
        match self {
            Piece::Doubles(data) => {
                let (a, b) = data.split_at_mut(at.min(data.len()));
                (Piece::Doubles(a), Piece::Doubles(b))
            }
            Piece::Singles(data) => {
                let (a, b) = data.split_at_mut(at.min(data.len()));
                (Piece::Singles(a), Piece::Singles(b))
            }
            Piece::Truths(data) => {
                let (a, b) = data.split_at_mut(at.min(data.len()));
                (Piece::Truths(a), Piece::Truths(b))
            }
            // Pieces are split at multiples of a block.
            Piece::Sums(data) => {
                let (a, b) = data.split_at_mut((at / fold::BLOCK).min(data.len()));
                (Piece::Sums(a), Piece::Sums(b))
            }
        }
    }
}
