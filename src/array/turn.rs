//! Gathering transposed matrices.
//!
//! `x.T` of a [1000, 1000] array reads down columns, each element in another line of the cache, and would read each
//! line again for every column. So it goes tile by tile: both what is read and what is written stays in the cache.

use super::element::Element;
use super::limits;
use super::walk::Walk;
use crate::diagnostic::Outcome;

/// A walk over transposed matrices, which goes tile by tile.
pub(super) struct Turned {
    /// The matrices.
    pub(super) outer: Walk,
    /// Rows of a matrix.
    pub(super) rows: usize,
    /// Elements of a row.
    pub(super) width: usize,
    /// From one element of a row to the next; those of a column are neighbours.
    pub(super) step: usize,
}

impl Turned {
    /// The elements, in order.
    pub(super) fn gather<T: Element>(&self, data: &[T]) -> Outcome<Vec<T>> {
        let block = self.rows * self.width;
        let mut out = limits::buffer(block * self.outer.len())?;
        let mut blocks = out.chunks_exact_mut(block);
        let (inner, inner_step) = self.outer.run();
        self.outer.each_run(|run| {
            for i in 0..inner {
                let Some(target) = blocks.next() else { return Ok(()) };
                let at = run.wrapping_add_signed(inner_step.wrapping_mul(i as isize));
                for row in (0..self.rows).step_by(TILE) {
                    limits::check()?;
                    let row_end = self.rows.min(row + TILE);
                    for column in (0..self.width).step_by(TILE) {
                        let column_end = self.width.min(column + TILE);
                        let source = data.get(at + row + column * self.step..).unwrap_or(&[]);
                        let target = &mut target[row * self.width + column..];
                        if row_end - row == TILE && column_end - column == TILE {
                            turn_tile(source, self.step, target, self.width);
                            continue;
                        }
                        for r in 0..row_end - row {
                            let target = &mut target[r * self.width..][..column_end - column];
                            for (out, &x) in target.iter_mut().zip(source.iter().skip(r).step_by(self.step)) {
                                *out = x;
                            }
                        }
                    }
                }
            }
            Ok(())
        })?;
        Ok(out)
    }
}

/// Rows and columns of a tile.
const TILE: usize = 16;

/// Turns a whole tile: read row by row, written row by row, and turned in between where it costs least.
#[inline(always)]
fn turn_tile<T: Element>(source: &[T], source_step: usize, target: &mut [T], target_step: usize) {
    let mut tile = [[T::default(); TILE]; TILE];
    for (column, row) in source.chunks(source_step).take(TILE).enumerate() {
        for (to, &x) in tile.iter_mut().zip(row.iter()) {
            to[column] = x;
        }
    }
    for (row, to) in tile.iter().zip(target.chunks_mut(target_step)) {
        if let Some(to) = to.first_chunk_mut() {
            *to = *row;
        }
    }
}
