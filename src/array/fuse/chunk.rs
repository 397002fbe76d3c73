//! Pieces of an array for whoever reads it once: a sum looks at each and forgets it.

use super::piece::Piece;
use super::run::{Program, Scratch};
use crate::array::{DType, Data};
use std::ops::Range;

/// A piece of an array for whoever reads it once.
pub struct Chunk<'c> {
    /// Which elements.
    pub range: Range<usize>,
    ready: Option<&'c Data>,
    program: Option<&'c Program<'c>>,
    scratch: &'c mut Scratch,
}

/// Elements of any type.
#[derive(Clone, Copy)]
pub enum Slice<'s> {
    /// Doubles.
    Doubles(&'s [f64]),
    /// Singles.
    Singles(&'s [f32]),
    /// Truth values.
    Truths(&'s [bool]),
}

impl<'c> Chunk<'c> {
    pub(super) fn new(
        range: Range<usize>,
        ready: Option<&'c Data>,
        program: Option<&'c Program<'c>>,
        scratch: &'c mut Scratch,
    ) -> Chunk<'c> {
        Chunk { range, ready, program, scratch }
    }

    /// The elements of a part of the piece.
    pub fn read(&mut self, range: Range<usize>) -> Slice<'_> {
        if let Some(data) = self.ready {
            return match data {
                Data::F64(data) => Slice::Doubles(data.get(range).unwrap_or(&[])),
                Data::F32(data) => Slice::Singles(data.get(range).unwrap_or(&[])),
                Data::Bool(data) => Slice::Truths(data.get(range).unwrap_or(&[])),
            };
        }
        let Some(program) = self.program else { return Slice::Doubles(&[]) };
        let mut chunk = self.scratch.chunk.take().unwrap_or(Data::F64(Vec::new()));
        match (program.result(), &mut chunk) {
            (DType::F64, Data::F64(data)) => data.resize(range.len(), 0.0),
            (DType::F32, Data::F32(data)) => data.resize(range.len(), 0.0),
            (DType::Bool, Data::Bool(data)) => data.resize(range.len(), false),
            (DType::F64, other) => *other = Data::F64(vec![0.0; range.len()]),
            (DType::F32, other) => *other = Data::F32(vec![0.0; range.len()]),
            (DType::Bool, other) => *other = Data::Bool(vec![false; range.len()]),
        }
        let mut pieces = [Piece::of(&mut chunk, false)];
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + program.width());
            program.block(start..end, self.scratch, &mut pieces, range.start);
            start = end;
        }
        match self.scratch.chunk.insert(chunk) {
            Data::F64(data) => Slice::Doubles(data),
            Data::F32(data) => Slice::Singles(data),
            Data::Bool(data) => Slice::Truths(data),
        }
    }
}
