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
use super::strokes::{self, glyph};
use super::{Field, Mark, Scene, Series, View, colors, cut};
use crate::array::limits;
use crate::diagnostic::Outcome;
use crate::show::{Colors, Screen, Style, number};
use unicode_width::UnicodeWidthStr;

/// The narrowest picture, in cells.
const NARROWEST: usize = 16;
/// The longest name beside a curve.
const NAME: usize = 20;
/// The most rows that a matrix takes.
const TALLEST: usize = 24;
/// The widest numbers beside the axis.
const WIDEST_NUMBER: usize = 24;

/// Draws a scene in so many columns and rows, the numbers beside it included in the columns.
///
/// # Errors
/// When Ctrl-C was pressed.
pub fn draw(scene: &Scene<'_>, view: &View, columns: usize, rows: usize, screen: Screen) -> Outcome<String> {
    let unicode = screen.unicode;
    let (x_axis, y_axis, rows) = upright(scene, view, rows.clamp(3, 200));
    let bars = scene.series.iter().any(|series| series.mark == Mark::Bars);
    let row_of = |place: f64| ((1.0 - place) * (rows - 1) as f64).round() as usize;
    // Bars stand on a row of their own; if that is the last one, it is the axis.
    let zero = row_of(y_axis.clamped(0.0));
    let ground = bars && zero + 1 == rows;
    // Where numbers stand on every row that is nearest, they should not stand too close.
    let y_ticks = y_axis.ticks(if matches!(scene.field, Some(Field::Heat(_))) { rows / 3 } else { rows / 2 });
    let margin = y_ticks.iter().map(|(_, text)| text.len()).max().unwrap_or(0).clamp(2, WIDEST_NUMBER);
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
    let mut canvas = Canvas::new(wide, if ground { rows - 1 } else { rows }, screen);
    match &scene.field {
        Some(Field::Heat(grid)) => strokes::heat(&mut canvas, grid)?,
        Some(Field::Contours { lines, range, .. }) => strokes::contours(&mut canvas, lines, *range, (&x_axis, &y_axis)),
        None => {}
    }
    if bars && !ground {
        canvas.across(zero);
    }
    for (i, series) in scene.series.iter().enumerate() {
        limits::check()?;
        match series.mark {
            Mark::Bars => strokes::bars(&mut canvas, series, i, (&x_axis, &y_axis), (zero, rows)),
            _ => strokes::points(&mut canvas, series, i, (&x_axis, &y_axis)),
        }
    }
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
        // A line is called something where it ends; of points and bars none is the last one.
        let end = if series.mark == Mark::Line { series.end(&x_axis, &y_axis) } else { None };
        let wanted = end.map_or(0, |(_, y)| row_of(y));
        // The nearest row that is free, so that names of curves that meet can be read.
        let free = |row: &usize| notes.get(*row).is_some_and(String::is_empty);
        let free = (0..canvas.rows).filter(free).min_by_key(|row| row.abs_diff(wanted));
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
    let below_all = labels.get(canvas.rows).cloned().unwrap_or_default();
    for (row, (label, note)) in labels.iter().zip(&notes).enumerate().take(canvas.rows) {
        let pad = " ".repeat(margin.saturating_sub(label.len()));
        let edge = if label.is_empty() { bar } else { tick };
        let cells = canvas.row(row);
        let gap = if note.is_empty() { 0 } else { wide.saturating_sub(canvas.end(row)) + 2 };
        line(format!("{pad}{label} {edge}{cells}{}{note}", " ".repeat(gap)));
    }
    let room = columns.min(500).saturating_sub(margin + 1).max(wide + 1);
    let (below, numbers) = bottom(scene, &x_axis, (wide, room), unicode);
    line(format!("{below_all:>margin$} {below}"));
    line(format!("{}{numbers}", " ".repeat(margin + 1)));
    if !scene.x_label.is_empty() {
        line(centred(&scene.x_label));
    }
    Ok(out)
}

/// The axes as rows show them best, and how many rows there are.
fn upright(scene: &Scene<'_>, view: &View, wanted: usize) -> (Axis, Axis, usize) {
    let rows = wanted.saturating_sub(2).max(3)..=wanted + 2;
    let (axis, rows) = match &scene.field {
        // A matrix has rows of its own.
        Some(Field::Heat(grid)) => (None, fit(grid.ys.len(), wanted, TALLEST.max(wanted))),
        // A plane ends where it ends.
        Some(Field::Contours { .. }) => view.y.on_rows(rows, 0.0).map_or((None, wanted), |(y, rows)| (Some(y), rows)),
        None => view.y.on_rows(rows, 1.0).map_or((None, wanted), |(y, rows)| (Some(y), rows)),
    };
    (view.x, axis.unwrap_or(view.y), rows)
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
fn names(scene: &Scene<'_>, screen: Screen) -> Vec<Name> {
    let name = |(i, series): (usize, &Series<'_>)| {
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
fn ink(scene: &Scene<'_>, i: usize) -> Ink {
    if scene.named() { Ink::Series(i) } else { Ink::Plain }
}

/// What the shades of a field mean: rows, how they look, and numbers.
fn scale(scene: &Scene<'_>, screen: Screen, rows: usize) -> Vec<(usize, (Ink, char), String)> {
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

/// The horizontal axis and the numbers or names below it, which end where the window does.
fn bottom(scene: &Scene<'_>, axis: &Axis, (wide, room): (usize, usize), unicode: bool) -> (String, String) {
    let (corner, dash, tick) = if unicode { ('└', '─', '┬') } else { ('+', '-', '+') };
    let mut edge: Vec<char> = std::iter::repeat_n(dash, wide).collect();
    let mut numbers = String::new();
    let ticks = if scene.x_names.is_empty() {
        let apart = |ticks: &[(f64, String)]| {
            let middle = |place: f64| (place * (wide - 1) as f64).round();
            let pair = |(a, b): (&(f64, String), &(f64, String))| {
                let between = middle(b.0) - middle(a.0);
                between > ((a.1.width() + b.1.width()).div_ceil(2) + 1) as f64
            };
            ticks.iter().zip(ticks.iter().skip(1)).all(pair)
        };
        axis.ticks_that_fit(wide / 10, apart)
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
        let start = (at + 1).saturating_sub(text.width() / 2).min(room.saturating_sub(text.width()));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wider_than_the_window() {
        for (low, high) in [(0.0, 1.0), (0.0, 1e5), (1e6, 3e6), (-1e-7, 1e-7), (1.0, 1.0 + 4e-15)] {
            for mark in [Mark::Line, Mark::Points, Mark::Bars] {
                for name in ["", "a name"] {
                    let series = Series {
                        name: name.to_string(),
                        mark,
                        xs: vec![low, high].into(),
                        ys: vec![high, low].into(),
                        reach: 0.0,
                    };
                    let scene = Scene {
                        title: "title ".repeat(20),
                        x_label: "label ".repeat(20),
                        series: if name.is_empty() { vec![series] } else { vec![series.clone(), series] },
                        ..Scene::default()
                    };
                    let view = scene.view().unwrap();
                    for (columns, unicode) in [(60, false), (80, true), (81, false)] {
                        let screen = Screen { unicode, colors: Colors::None };
                        let drawn = draw(&scene, &view, columns, 14, screen).unwrap();
                        let widest = drawn.lines().map(UnicodeWidthStr::width).max().unwrap();
                        assert!(widest <= columns, "{low} {high} {mark:?}: {widest} of {columns}\n{drawn}");
                    }
                }
            }
        }
    }
}
