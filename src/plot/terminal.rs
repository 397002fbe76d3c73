//! A scene in characters: the canvas, and what stands around it.
//!
//! ```text
//!   4 ┤⢣                      ⡜
//!     │ ⠣⡀                  ⢀⠜
//!   2 ┤  ⠑⢄                ⡠⠊
//!     │    ⠑⠢⣀          ⣀⠔⠊
//!   0 ┤       ⠉⠒⠒⠤⠤⠒⠒⠉
//!     └┬───────────┬───────────┬
//!      -2          0           2
//! ```

use super::axis::Axis;
use super::canvas::{Canvas, Ink, inked, shade};
use super::contour::Contour;
use super::grid::Grid;
use super::{Field, Mark, Scene, Series, colors, cut};
use crate::diagnostic::Outcome;
use crate::show::{Colors, Screen, Style, number};
use unicode_width::UnicodeWidthStr;

/// The narrowest picture, in cells.
const NARROWEST: usize = 16;
/// The longest name beside a curve.
const NAME: usize = 20;
/// The most rows that a matrix takes.
const TALLEST: usize = 24;

const POINTS: [char; 6] = ['•', '×', '+', '◦', '▴', '▫'];
const PLAIN: [char; 6] = ['*', 'o', '+', 'x', '.', '@'];
const BARS: [char; 5] = ['█', '▒', '░', '▓', '▚'];
const PLAIN_BARS: [char; 5] = ['#', '=', ':', '%', '+'];
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws a scene in so many columns and rows, the numbers beside it included in the columns.
///
/// # Errors
/// When Ctrl-C was pressed.
pub fn draw(scene: &Scene, columns: usize, rows: usize, screen: Screen) -> Outcome<String> {
    let unicode = screen.unicode;
    let (x_axis, y_axis) = scene.axes();
    let wanted = rows.clamp(3, 200);
    let rows = match &scene.field {
        // A matrix has rows of its own.
        Some(Field::Heat(grid)) => fit(grid.ys.len(), wanted, TALLEST.max(wanted)),
        _ => wanted,
    };
    let y_ticks = y_axis.ticks(rows / 2);
    let margin = y_ticks.iter().map(|(_, text)| text.len()).max().unwrap_or(0).clamp(2, 12);
    let names = names(scene, screen);
    let scale = scale(scene, screen, rows);
    let beside =
        names.iter().map(|name| name.text.width() + 2).chain(scale.iter().map(|(_, _, text)| text.width() + 4));
    let beside = beside.max().unwrap_or(0);
    let wide = columns.min(500).saturating_sub(margin + 2 + beside).max(NARROWEST);
    let wide = match &scene.field {
        Some(Field::Heat(grid)) => fit(grid.xs.len(), wide, wide),
        _ => wide,
    };
    let mut canvas = Canvas::new(wide, rows, screen);
    match &scene.field {
        Some(Field::Heat(grid)) => heat(&mut canvas, grid)?,
        Some(Field::Contours { lines, range, .. }) => contours(&mut canvas, lines, *range, (&x_axis, &y_axis)),
        None => {}
    }
    for (i, series) in scene.series.iter().enumerate() {
        draw_series(&mut canvas, series, i, &x_axis, &y_axis);
    }
    let row_of = |place: f64| ((1.0 - place) * (rows - 1) as f64).round() as usize;
    let mut labels = vec![String::new(); rows];
    for (place, text) in y_ticks {
        if let Some(label) = labels.get_mut(row_of(place)) {
            *label = text;
        }
    }
    let mut notes = vec![String::new(); rows];
    for (row, ink, text) in scale {
        if let Some(note) = notes.get_mut(row) {
            *note = format!("{} {text}", inked(&ink.1.to_string(), ink.0, screen));
        }
    }
    for (series, name) in scene.series.iter().zip(&names).filter(|(_, name)| !name.text.is_empty()) {
        let wanted = series.end(&x_axis, &y_axis).map_or(0, |(_, y)| row_of(y));
        // The nearest row that is free, so that names of curves that meet can be read.
        let free = |row: &usize| notes.get(*row).is_some_and(String::is_empty);
        let free = (0..rows).filter(free).min_by_key(|row| row.abs_diff(wanted));
        if let Some(note) = free.and_then(|row| notes.get_mut(row)) {
            *note = inked(&name.text, name.ink, screen);
        }
    }
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    let centred = |text: &str| {
        let text = cut(text, columns.min(500).max(wide), if unicode { '…' } else { '~' });
        let indent = (margin + 2 + wide.saturating_sub(text.width()) / 2).min(columns.saturating_sub(text.width()));
        format!("{}{text}", " ".repeat(indent))
    };
    if !scene.title.is_empty() {
        line(centred(&scene.title));
    }
    if !scene.y_label.is_empty() {
        let sign = if unicode { '…' } else { '~' };
        line(format!("{}{}", " ".repeat(margin + 1), cut(&scene.y_label, columns.saturating_sub(margin + 1), sign)));
    }
    let (tick, bar) = if unicode { ('┤', '│') } else { ('+', '|') };
    for (row, (label, note)) in labels.iter().zip(&notes).enumerate() {
        let pad = " ".repeat(margin.saturating_sub(label.len()));
        let edge = if label.is_empty() { bar } else { tick };
        let cells = canvas.row(row);
        let gap = if note.is_empty() { 0 } else { wide.saturating_sub(canvas.end(row)) + 2 };
        line(format!("{pad}{label} {edge}{cells}{}{note}", " ".repeat(gap)));
    }
    let (below, numbers) = bottom(scene, &x_axis, wide, unicode);
    line(format!("{} {below}", " ".repeat(margin)));
    line(format!("{}{numbers}", " ".repeat(margin + 1)));
    if !scene.x_label.is_empty() {
        line(centred(&scene.x_label));
    }
    Ok(out)
}

/// How many cells so many elements take: each the same number, if all find room.
fn fit(elements: usize, wanted: usize, most: usize) -> usize {
    match elements {
        0 => wanted,
        elements if elements <= wanted => wanted / elements * elements,
        elements => elements.min(most),
    }
}

/// What stands beside a series.
struct Name {
    text: String,
    ink: Ink,
}

/// What stands beside the series, if there are several.
fn names(scene: &Scene, screen: Screen) -> Vec<Name> {
    let name = |(i, series): (usize, &Series)| {
        let name = if scene.named() {
            cut(&series.name, NAME, if screen.unicode { '…' } else { '~' })
        } else {
            String::new()
        };
        let text = match (glyph(i, series.mark, screen), name.is_empty()) {
            (_, true) => name,
            (Some(glyph), false) => format!("{glyph} {name}"),
            (None, false) => name,
        };
        Name { text, ink: ink(scene, i) }
    };
    scene.series.iter().enumerate().map(name).collect()
}

/// The colour of a series: that of the terminal, if it is alone.
fn ink(scene: &Scene, i: usize) -> Ink {
    if scene.named() { Ink::Series(i) } else { Ink::Plain }
}

/// The character of a series, if it is not drawn in dots.
fn glyph(i: usize, mark: Mark, screen: Screen) -> Option<char> {
    let of = |list: &[char]| list.get(i % list.len()).copied();
    match (mark, screen.unicode) {
        (Mark::Line, true) => None,
        (Mark::Bars, true) => of(&BARS),
        (Mark::Bars, false) => of(&PLAIN_BARS),
        (Mark::Points | Mark::Path, true) => of(&POINTS),
        (Mark::Line | Mark::Points | Mark::Path, false) => of(&PLAIN),
    }
}

/// What the shades of a field mean: rows, how they look, and numbers.
fn scale(scene: &Scene, screen: Screen, rows: usize) -> Vec<(usize, (Ink, char), String)> {
    let Some(Field::Heat(grid)) = &scene.field else { return Vec::new() };
    let Some((low, high)) = grid.range() else { return Vec::new() };
    let steps = rows.clamp(2, 5);
    let step = |i: usize| {
        let part = i as f64 / (steps - 1) as f64;
        let value = low * (1.0 - part) + high * part;
        let (ink, char) = match screen.colors {
            Colors::None => (Ink::Plain, shade(part, screen.unicode)),
            _ => (Ink::Color(colors::of_value(part)), if screen.unicode { '█' } else { '#' }),
        };
        (steps - 1 - i, (ink, char), number(value, &Style { digits: 4, ..Style::default() }))
    };
    if low == high { vec![step(0)] } else { (0..steps).map(step).collect() }
}

/// The horizontal axis and the numbers or names below it.
fn bottom(scene: &Scene, axis: &Axis, wide: usize, unicode: bool) -> (String, String) {
    let (corner, dash, tick) = if unicode { ('└', '─', '┬') } else { ('+', '-', '+') };
    let mut edge: Vec<char> = std::iter::repeat_n(dash, wide).collect();
    let mut numbers = String::new();
    let ticks = if scene.x_names.is_empty() {
        axis.ticks(wide / 10)
    } else {
        // Every name takes what it needs of its share, or every second does.
        let share = (wide / scene.x_names.len()).max(1);
        let every = 4_usize.div_ceil(share);
        let room = (share * every).saturating_sub(1).max(2);
        let named = |(i, name): (usize, &String)| {
            Some((axis.place(i as f64)?, cut(name, room, if unicode { '…' } else { '~' })))
        };
        scene.x_names.iter().enumerate().step_by(every).filter_map(named).collect()
    };
    for (place, text) in ticks {
        let at = (place * (wide - 1) as f64).round() as usize;
        // The first character of `edge` is the corner; a number is centred below its tick.
        let start = (at + 1).saturating_sub(text.width() / 2);
        if numbers.is_empty() || start > numbers.width() {
            numbers.push_str(&" ".repeat(start.saturating_sub(numbers.width())));
            numbers.push_str(&text);
            if let Some(cell) = edge.get_mut(at) {
                *cell = tick;
            }
        }
    }
    (std::iter::once(corner).chain(edge).collect(), numbers)
}

/// The cells of a matrix.
fn heat(canvas: &mut Canvas, grid: &Grid) -> Outcome<()> {
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
fn contours(canvas: &mut Canvas, lines: &[Contour], range: (f64, f64), axes: (&Axis, &Axis)) {
    let (across, down) = canvas.dots();
    let (width, height) = ((canvas.wide * across - 1) as f64, (canvas.rows * down - 1) as f64);
    let place = |&(x, y): &(f64, f64)| Some((axes.0.place(x)? * width, (1.0 - axes.1.place(y)?) * height));
    let mut labels = Vec::new();
    for contour in lines {
        let part = (contour.level - range.0) / (range.1 - range.0);
        let ink = Ink::Color(colors::of_value(part.sqrt()));
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

fn draw_series(canvas: &mut Canvas, series: &Series, i: usize, x_axis: &Axis, y_axis: &Axis) {
    let glyph = glyph(i, series.mark, canvas.screen);
    let ink = Ink::Series(i);
    if series.mark == Mark::Bars {
        return bars(canvas, series, i, x_axis, y_axis);
    }
    let (across, down) = canvas.dots();
    let (width, height) = ((canvas.wide * across - 1) as f64, (canvas.rows * down - 1) as f64);
    let mut last: Option<(f64, f64)> = None;
    for (x, y) in series.points() {
        let here = match (x_axis.place(x), y_axis.place(y)) {
            (Some(x), Some(y)) => (x * width, (1.0 - y) * height),
            _ => {
                last = None;
                continue;
            }
        };
        let from = last.filter(|_| series.mark != Mark::Points).unwrap_or(here);
        canvas.line(from, here, glyph, ink);
        last = Some(here);
    }
}

fn bars(canvas: &mut Canvas, series: &Series, i: usize, x_axis: &Axis, y_axis: &Axis) {
    let zero = y_axis.clamped(0.0);
    let (wide, rows, unicode) = (canvas.wide, canvas.rows, canvas.screen.unicode);
    let full = glyph(i, Mark::Bars, canvas.screen).unwrap_or('#');
    for (x, y) in series.points().filter(|(x, y)| x.is_finite() && !y.is_nan()) {
        let (left, right) = (x_axis.clamped(x - series.reach), x_axis.clamped(x + series.reach));
        let top = y_axis.clamped(y);
        let (low, high) = if top < zero { (top, zero) } else { (zero, top) };
        // Where one bar ends and the next begins is one number, computed in two ways.
        let column = |place: f64| (place * wide as f64 + 1e-6).round() as usize;
        let first = column(left);
        let end = column(right).max(first + 1);
        for column in first..end.min(wide) {
            for row in 0..rows {
                let (above, below) = (1.0 - row as f64 / rows as f64, 1.0 - (row + 1) as f64 / rows as f64);
                let filled = ((high.min(above) - low.max(below)) * rows as f64).clamp(0.0, 1.0);
                let glyph = match (filled * 8.0).round() as usize {
                    0 => continue,
                    // Only full blocks come in parts, and only their tops.
                    eighths if unicode && full == '█' && top >= zero && low <= below => {
                        EIGHTHS.get(eighths).copied().unwrap_or('█')
                    }
                    eighths if eighths >= 4 => full,
                    _ => continue,
                };
                canvas.glyph(row, column, glyph, Ink::Series(i));
            }
        }
    }
}
