//! Values over a plane, in rows: a matrix as it stands, or a function of two numbers.

use super::page::Color;
use crate::array::limits;
use crate::diagnostic::Outcome;

/// Values over a plane.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Where the columns are; they increase, in steps of one size.
    pub xs: Vec<f64>,
    /// Where the rows are.
    pub ys: Vec<f64>,
    /// Row after row.
    pub values: Vec<f64>,
    /// Whether the first row is at the top, as in a matrix that is printed.
    pub down: bool,
}

/// Whether finite numbers grow from each to the next.
fn ascends(places: &[f64]) -> bool {
    places.iter().all(|place| place.is_finite()) && places.windows(2).all(|pair| matches!(pair, [a, b] if a < b))
}

/// Whether places that grow do so in steps of one size, as near as the eye sees.
pub fn is_even(places: &[f64]) -> bool {
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return true };
    let step = (last / 2.0 - first / 2.0) / (places.len().max(2) - 1) as f64 * 2.0;
    places.windows(2).all(|pair| if let [a, b] = pair { (b - a - step).abs() <= 0.01 * step } else { true })
}

fn descends(places: &[f64]) -> bool {
    places.len() > 1 && places.windows(2).all(|pair| matches!(pair, [a, b] if a > b))
}

/// Half a step before the first place, and half a step after the last one.
fn edges(places: &[f64]) -> (f64, f64) {
    match places {
        [] => (0.0, 1.0),
        [one] => (one - 0.5, one + 0.5),
        [first, .., last] => {
            let half = (last / 2.0 - first / 2.0) / (places.len() - 1) as f64;
            (first - half, last + half)
        }
    }
}

impl Grid {
    /// Where the outermost cells end: left and right, bottom and top.
    pub fn edges(&self) -> ((f64, f64), (f64, f64)) {
        (edges(&self.xs), edges(&self.ys))
    }

    /// Turns the rows and columns so that their places increase; whether those of the columns and of the rows
    /// do then.
    pub fn ascend(&mut self) -> (bool, bool) {
        let columns = self.xs.len().max(1);
        if descends(&self.xs) {
            self.xs.reverse();
            self.values.chunks_mut(columns).for_each(<[f64]>::reverse);
        }
        if descends(&self.ys) {
            self.ys.reverse();
            self.values.reverse();
            self.values.chunks_mut(columns).for_each(<[f64]>::reverse);
        }
        (ascends(&self.xs), ascends(&self.ys))
    }

    /// The value in a row and a column.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        let i = row.saturating_mul(self.xs.len()).saturating_add(column);
        self.values.get(i).copied().filter(|_| column < self.xs.len()).unwrap_or(f64::NAN)
    }

    /// The smallest and the largest value that is finite.
    pub fn range(&self) -> Option<(f64, f64)> {
        let finite = || self.values.iter().copied().filter(|x| x.is_finite());
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        (low <= high).then_some((low, high))
    }

    /// The same in at most so many columns and rows: where there are more, means of neighbours.
    ///
    /// # Errors
    /// When memory is short, or Ctrl-C was pressed.
    pub fn shrunk(&self, columns: usize, rows: usize) -> Outcome<Grid> {
        let (wide, high) = (self.xs.len(), self.ys.len());
        if wide <= columns && high <= rows {
            return Ok(self.clone());
        }
        let (columns, rows) = (columns.clamp(1, wide.max(1)), rows.clamp(1, high.max(1)));
        let part = |i: usize, of: usize, all: usize| {
            let start = i * all / of;
            start..((i + 1) * all).div_ceil(of).max(start + 1).min(all)
        };
        let mut values = limits::reserve(columns.saturating_mul(rows))?;
        for row in 0..rows {
            limits::check()?;
            for column in 0..columns {
                let (mut sum, mut count) = (0.0, 0.0);
                for i in part(row, rows, high) {
                    for j in part(column, columns, wide) {
                        let value = self.at(i, j);
                        if !value.is_nan() {
                            sum += value;
                            count += 1.0;
                        }
                    }
                }
                values.push(sum / count);
            }
        }
        let places = |places: &[f64], count: usize| -> Vec<f64> {
            let (low, high) = edges(places);
            let step = high / count as f64 - low / count as f64;
            (0..count).map(|i| low + (i as f64 + 0.5) * step).collect()
        };
        Ok(Grid { xs: places(&self.xs, columns), ys: places(&self.ys, rows), values, down: self.down })
    }

    /// The same with at most about so many columns and rows, each of them one that there was, the first and the
    /// last among them.
    ///
    /// # Errors
    /// When memory is short, or Ctrl-C was pressed.
    pub fn sampled(&self, most: usize) -> Outcome<Grid> {
        let kept = |all: usize| -> Vec<usize> {
            let step = all.div_ceil(most.max(2)).max(1);
            let last = all.checked_sub(1).filter(|last| last % step != 0);
            (0..all).step_by(step).chain(last).collect()
        };
        let (columns, rows) = (kept(self.xs.len()), kept(self.ys.len()));
        let mut values = limits::reserve(columns.len().saturating_mul(rows.len()))?;
        for &row in &rows {
            limits::check()?;
            values.extend(columns.iter().map(|&column| self.at(row, column)));
        }
        let places = |places: &[f64], kept: &[usize]| kept.iter().filter_map(|&i| places.get(i).copied()).collect();
        Ok(Grid { xs: places(&self.xs, &columns), ys: places(&self.ys, &rows), values, down: self.down })
    }

    /// The values from the upper left corner, in rows, as parts of their range.
    pub fn from_top(&self) -> Vec<Option<f64>> {
        let (low, high) = self.range().unwrap_or((0.0, 1.0));
        let level = |value: f64| {
            let level = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
            if value.is_nan() { None } else { Some(if low == high { 0.5 } else { level.clamp(0.0, 1.0) }) }
        };
        let rows = self.ys.len();
        let order = (0..rows).map(|row| if self.down { row } else { rows - 1 - row });
        order.flat_map(|row| (0..self.xs.len()).map(move |column| level(self.at(row, column)))).collect()
    }

    /// The colours of its cells from the upper left corner.
    pub fn colors(&self) -> Vec<Option<Color>> {
        self.from_top().into_iter().map(|level| level.map(super::colors::of_value)).collect()
    }
}
