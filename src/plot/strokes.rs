//! What is drawn on a canvas of characters: cells, lines of equal value, curves, points and bars.

use super::axis::Axis;
use super::canvas::{Canvas, Ink, shade};
use super::contour::Contour;
use super::grid::Grid;
use super::{Mark, Series, colors};
use crate::diagnostic::Outcome;
use crate::show::{Colors, Screen, Style, number};

const POINTS: [char; 6] = ['•', '×', '+', '◦', '▴', '▫'];
const PLAIN: [char; 6] = ['*', 'o', '+', 'x', '.', '@'];
const BARS: [char; 5] = ['█', '▒', '░', '▓', '▚'];
const PLAIN_BARS: [char; 5] = ['#', '=', ':', '%', '+'];
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The character of a series, if it is not drawn in dots.
pub(super) fn glyph(i: usize, mark: Mark, screen: Screen) -> Option<char> {
    let of = |list: &[char]| list.get(i % list.len()).copied();
    match (mark, screen.unicode) {
        (Mark::Line, true) => None,
        (Mark::Bars, true) => of(&BARS),
        (Mark::Bars, false) => of(&PLAIN_BARS),
        (Mark::Points | Mark::Path, true) => of(&POINTS),
        (Mark::Line | Mark::Points | Mark::Path, false) => of(&PLAIN),
    }
}

/// The cells of a matrix.
pub(super) fn heat(canvas: &mut Canvas, grid: &Grid) -> Outcome<()> {
    let halves = canvas.screen.unicode && canvas.screen.colors != Colors::None;
    let lines = if halves { canvas.rows * 2 } else { canvas.rows };
    // Means would mix the values of a matrix that has room for each.
    let grid = grid.shrunk(canvas.wide.max(grid.xs.len().min(canvas.wide)), lines)?;
    let levels = grid.from_top();
    let (columns, rows) = (grid.xs.len(), grid.ys.len());
    let level = |line: usize, column: usize| {
        let (row, column) = (line * rows / lines, column * columns / canvas.wide);
        levels.get(row * columns + column).copied().flatten()
    };
    let mut cells = Vec::new();
    for row in 0..canvas.rows {
        for column in 0..canvas.wide {
            let (above, below) =
                if halves { (level(2 * row, column), level(2 * row + 1, column)) } else { (level(row, column), None) };
            cells.push((row, column, above, below));
        }
    }
    for (row, column, above, below) in cells {
        if halves {
            canvas.halves(row, column, above.map(colors::of_value), below.map(colors::of_value));
        } else if let Some(level) = above {
            let ink =
                if canvas.screen.colors == Colors::None { Ink::Plain } else { Ink::Color(colors::of_value(level)) };
            canvas.glyph(row, column, shade(level, canvas.screen.unicode), ink);
        }
    }
    Ok(())
}

/// Lines of equal value, each with its value on it.
pub(super) fn contours(canvas: &mut Canvas, lines: &[Contour], range: (f64, f64), axes: (&Axis, &Axis)) {
    let (across, down) = canvas.dots();
    let (width, height) = ((canvas.wide * across - 1) as f64, (canvas.rows * down - 1) as f64);
    let place = |&(x, y): &(f64, f64)| Some((axes.0.place(x)? * width, (1.0 - axes.1.place(y)?) * height));
    let mut labels = Vec::new();
    for contour in lines {
        let part = (contour.level - range.0) / (range.1 - range.0);
        // Neither so dark that black hides it nor so light that white does.
        let ink = Ink::Color(colors::of_value(0.3 + 0.5 * part.sqrt()));
        let glyph = (!canvas.screen.unicode).then(|| shade(part.sqrt().max(0.1), false));
        for piece in &contour.pieces {
            for pair in piece.windows(2) {
                if let [Some(from), Some(to)] = [pair.first().and_then(place), pair.last().and_then(place)] {
                    canvas.line(from, to, glyph, ink);
                }
            }
        }
        if let Some(longest) = contour.pieces.iter().max_by_key(|piece| piece.len()) {
            labels.push((number(contour.level, &Style { digits: 3, ..Style::default() }), ink, longest));
        }
    }
    // Labels hide lines, not each other.
    let mut written = Canvas::new(canvas.wide, canvas.rows, canvas.screen);
    for (text, ink, piece) in labels {
        let len = text.chars().count();
        let spot = |i: usize| {
            let (x, y) = piece.get(i).and_then(place)?;
            let (row, middle) = (y as usize / down, x as usize / across);
            let column = middle.saturating_sub(len / 2).min(canvas.wide.saturating_sub(len));
            written.free(row, column.saturating_sub(1), (len + 2).min(canvas.wide)).then_some((row, column))
        };
        // From the middle of the line outward.
        let middle = piece.len() / 2;
        let spot = (0..=middle).find_map(|i| spot(middle + i).or_else(|| spot(middle - i)));
        if let Some((row, column)) = spot {
            written.text(row, column, &text, ink);
            canvas.text(row, column, &text, ink);
        }
    }
}

/// The points of a series, joined if it says so.
pub(super) fn points(canvas: &mut Canvas, series: &Series<'_>, i: usize, (x_axis, y_axis): (&Axis, &Axis)) {
    let glyph = glyph(i, series.mark, canvas.screen);
    // A path lies over the colours of values, which have none like it.
    let ink = if series.mark == Mark::Path { Ink::Color(colors::of_series(i + 1)) } else { Ink::Series(i) };
    let (across, down) = canvas.dots();
    let (width, height) = ((canvas.wide * across - 1) as f64, (canvas.rows * down - 1) as f64);
    let place = |(x, y): (f64, f64)| Some((x_axis.place(x)? * width, (1.0 - y_axis.place(y)?) * height));
    let joined = series.mark != Mark::Points;
    let mut last: Option<(f64, f64)> = None;
    let mut points = series.points().map(place).peekable();
    while let Some(here) = points.next() {
        match (here, last.filter(|_| joined)) {
            (None, _) => {}
            (Some(here), Some(from)) => canvas.line(from, here, glyph, ink),
            // One dot would hardly be seen.
            (Some(here), None) if joined && glyph.is_none() && points.peek().is_none_or(Option::is_none) => {
                canvas.line(here, here, Some('•'), ink);
            }
            (Some(here), None) => canvas.line(here, here, glyph, ink),
        }
        last = here;
    }
}

/// Bars upward and downward from a row.
pub(super) fn bars(
    canvas: &mut Canvas,
    series: &Series<'_>,
    i: usize,
    (x_axis, y_axis): (&Axis, &Axis),
    (zero, rows): (usize, usize),
) {
    let (wide, unicode) = (canvas.wide, canvas.screen.unicode);
    let full = glyph(i, Mark::Bars, canvas.screen).unwrap_or('#');
    for (x, y) in series.points().filter(|(x, y)| x.is_finite() && !y.is_nan()) {
        let (left, right) = (x_axis.clamped(x - series.reach), x_axis.clamped(x + series.reach));
        // Where one bar ends and the next begins is one number, computed in two ways.
        let column = |place: f64| (place * wide as f64 + 1e-6).round() as usize;
        let first = column(left);
        let end = column(right).max(first + 1).min(wide);
        // A bar fills the rows between the one it stands on and the one of its number.
        let height = zero as f64 - (1.0 - y_axis.clamped(y)) * (rows - 1) as f64;
        for step in 0..rows {
            let filled = (height.abs() - step as f64).clamp(0.0, 1.0);
            let glyph = match (filled * 8.0).round() as usize {
                0 => break,
                8 => full,
                // Only full blocks come in parts: their lower ones in eighths, of the upper ones half.
                eighths if unicode && full == '█' && height > 0.0 => EIGHTHS.get(eighths).copied().unwrap_or('█'),
                2..=5 if unicode && full == '█' => '▀',
                eighths if eighths >= 4 => full,
                _ => break,
            };
            let row = if height > 0.0 { zero.checked_sub(step + 1) } else { zero.checked_add(step + 1) };
            for column in first..end {
                row.into_iter().for_each(|row| canvas.glyph(row, column, glyph, Ink::Series(i)));
            }
        }
    }
}
