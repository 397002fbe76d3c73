//! Ten million points on a picture of a thousand dots: most of them fall on others. What is left out here
//! nobody could have seen, and what is left is small enough to be drawn and written at once.

use super::axis::Axis;
use super::{Mark, Series};
use crate::array::limits;
use crate::diagnostic::Outcome;

/// Series of fewer points are left alone.
const FEW: usize = 10_000;
/// Places along an axis that a picture can tell apart.
const PLACES: usize = 1_000;
/// The most points that a line which goes to and fro keeps.
const MOST: usize = 100_000;

/// A series without the points that fall on others.
///
/// # Errors
/// When Ctrl-C was pressed, or memory is short.
pub fn thin<'a>(series: Series<'a>, x_axis: &Axis, y_axis: &Axis) -> Outcome<Series<'a>> {
    if series.xs.len() < FEW {
        return Ok(series);
    }
    let kept = match series.mark {
        Mark::Bars => return Ok(series),
        Mark::Points => cells(&series, x_axis, y_axis)?,
        Mark::Line | Mark::Path if goes_right(&series)? => extremes(&series, x_axis)?,
        Mark::Line | Mark::Path => moves(&series, x_axis, y_axis)?,
    };
    let take = |from: &[f64]| kept.iter().filter_map(|&i| from.get(i).copied()).collect::<Vec<_>>().into();
    Ok(Series { xs: take(&series.xs), ys: take(&series.ys), ..series })
}

/// Whether every point is to the right of the one before.
fn goes_right(series: &Series<'_>) -> Outcome<bool> {
    for (i, part) in series.xs.chunks(limits::STRIDE).enumerate() {
        limits::check()?;
        // The first of the next part as well.
        let end = (i * limits::STRIDE + part.len() + 1).min(series.xs.len());
        if !series.xs.get(i * limits::STRIDE..end).is_some_and(<[f64]>::is_sorted) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn place(axis: &Axis, x: f64) -> Option<usize> {
    axis.place(x).map(|place| (place * PLACES as f64) as usize)
}

/// Of every cell, the first point in it.
fn cells(series: &Series<'_>, x_axis: &Axis, y_axis: &Axis) -> Outcome<Vec<usize>> {
    let mut taken = limits::filled((PLACES + 1) * (PLACES + 1), false)?;
    let mut kept = Vec::new();
    for (i, (x, y)) in series.points().enumerate() {
        if i % limits::STRIDE == 0 {
            limits::check()?;
        }
        let Some((column, row)) = place(x_axis, x).zip(place(y_axis, y)) else { continue };
        if let Some(taken) = taken.get_mut(row * (PLACES + 1) + column)
            && !std::mem::replace(taken, true)
        {
            kept.push(i);
        }
    }
    Ok(kept)
}

/// Of a line that goes from left to right, what shows in every column: where it enters and leaves, its
/// lowest and highest point, and that there is a gap.
fn extremes(series: &Series<'_>, x_axis: &Axis) -> Outcome<Vec<usize>> {
    let mut kept = Vec::new();
    let mut column = None;
    let mut seen: Vec<usize> = Vec::new();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut flush = |seen: &mut Vec<usize>| {
        seen.sort_unstable();
        seen.dedup();
        kept.append(seen);
    };
    // Of a column: first, lowest, highest, gap, last.
    let mut slots = [None; 5];
    for (i, (x, y)) in series.points().enumerate() {
        if i % limits::STRIDE == 0 {
            limits::check()?;
        }
        let here = place(x_axis, x);
        if here != column || slots[0].is_none() {
            seen.extend(slots.iter().flatten());
            flush(&mut seen);
            column = here;
            slots = [Some(i), None, None, None, None];
            (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
        }
        if y < low {
            (low, slots[1]) = (y, Some(i));
        }
        if y > high {
            (high, slots[2]) = (y, Some(i));
        }
        if !y.is_finite() {
            slots[3] = Some(i);
        }
        slots[4] = Some(i);
    }
    seen.extend(slots.iter().flatten());
    flush(&mut seen);
    Ok(kept)
}

/// Of a line that goes to and fro, the points that leave the cell of the one before.
fn moves(series: &Series<'_>, x_axis: &Axis, y_axis: &Axis) -> Outcome<Vec<usize>> {
    let mut kept = Vec::new();
    let mut last = None;
    for (i, (x, y)) in series.points().enumerate() {
        if i % limits::STRIDE == 0 {
            limits::check()?;
        }
        let here = Some((place(x_axis, x), place(y_axis, y)));
        if here != last {
            kept.push(i);
            last = here;
        }
    }
    // Beyond this the page is black anyway.
    let step = kept.len().div_ceil(MOST).max(1);
    Ok(kept.into_iter().step_by(step).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::plot::Scene;

    fn thinned(mark: Mark, xs: Vec<f64>, ys: Vec<f64>) -> Series<'static> {
        let series = Series { name: String::new(), mark, xs: xs.into(), ys: ys.into(), reach: 0.0 };
        let scene = Scene { series: vec![series.clone()], ..Scene::default() };
        let view = scene.view().unwrap();
        thin(series, &view.x, &view.y).unwrap()
    }

    #[test]
    fn what_stands_out_stays() {
        let xs: Vec<f64> = (0..1_000_000).map(f64::from).collect();
        let mut ys: Vec<f64> = xs.iter().map(|x| (x / 1e5).sin()).collect();
        ys[123_456] = 7.0;
        ys[654_321] = f64::NAN;
        for mark in [Mark::Line, Mark::Points] {
            let series = thinned(mark, xs.clone(), ys.clone());
            assert!((1000..6000).contains(&series.xs.len()), "{}", series.xs.len());
            assert!(series.ys.contains(&7.0));
            assert_eq!(series.xs.first(), Some(&0.0));
            assert!(mark == Mark::Points || series.ys.iter().any(|y| y.is_nan()));
        }
    }

    #[test]
    fn lines_to_and_fro_end_somewhere() {
        let angles = (0..300_000).map(|i| f64::from(i) * 2.0);
        let series = thinned(Mark::Line, angles.clone().map(f64::sin).collect(), angles.map(f64::cos).collect());
        assert!(series.xs.len() <= MOST && series.xs.len() > 1000, "{}", series.xs.len());
        let few = thinned(Mark::Line, vec![0.0, 1.0, 0.0], vec![0.0, 1.0, 2.0]);
        assert_eq!(few.xs.len(), 3);
    }
}
