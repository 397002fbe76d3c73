//! A scene in characters: lines of braille dots, two by four to a cell, or one plain character a cell.
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
use super::{Mark, Scene, Series};
use unicode_width::UnicodeWidthStr;

/// Which characters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// Braille, lines and blocks.
    Unicode,
    /// What every terminal has.
    Ascii,
}

/// The narrowest picture, in cells.
const NARROWEST: usize = 16;
/// The longest name beside a curve.
const NAME: usize = 20;

const POINTS: [char; 6] = ['•', '×', '+', '◦', '▴', '▫'];
const PLAIN: [char; 6] = ['*', 'o', '+', 'x', '.', '@'];
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws a scene in so many columns and rows, the numbers beside it included in the columns.
pub fn draw(scene: &Scene, columns: usize, rows: usize, charset: Charset) -> String {
    let unicode = charset == Charset::Unicode;
    let rows = rows.clamp(3, 200);
    let (x_axis, y_axis) = scene.axes();
    let y_ticks = y_axis.ticks(rows / 2);
    let margin = y_ticks.iter().map(|(_, text)| text.len()).max().unwrap_or(0).clamp(2, 12);
    let names = names(scene, charset);
    let beside = names.iter().map(|name| name.width() + 2).max().unwrap_or(0);
    let wide = columns.min(500).saturating_sub(margin + 2 + beside).max(NARROWEST);
    let mut canvas = Canvas { wide, rows, dots: vec![0; wide * rows], glyphs: vec![None; wide * rows], unicode };
    for (i, series) in scene.series.iter().enumerate() {
        canvas.series(series, i, &x_axis, &y_axis);
    }
    let row_of = |place: f64| ((1.0 - place) * (rows - 1) as f64).round() as usize;
    let mut labels = vec![String::new(); rows];
    for (place, text) in y_ticks {
        if let Some(label) = labels.get_mut(row_of(place)) {
            *label = text;
        }
    }
    let mut notes = vec![""; rows];
    for (series, name) in scene.series.iter().zip(&names) {
        let end = series.points().rev().find_map(|(x, y)| Some((x_axis.place(x)?, y_axis.place(y)?)));
        let wanted = end.map_or(0, |(_, y)| row_of(y));
        // The nearest row that is free, so that names of curves that meet can be read.
        let free = (0..rows).filter(|&row| notes.get(row) == Some(&"")).min_by_key(|row| row.abs_diff(wanted));
        if let Some(note) = free.and_then(|row| notes.get_mut(row)) {
            *note = name;
        }
    }
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    if !scene.title.is_empty() {
        let indent = margin + 2 + wide.saturating_sub(scene.title.width()) / 2;
        line(format!("{}{}", " ".repeat(indent), scene.title));
    }
    if !scene.y_label.is_empty() {
        line(format!("{}{}", " ".repeat(margin + 1), scene.y_label));
    }
    let (tick, bar) = if unicode { ('┤', '│') } else { ('+', '|') };
    for (row, (label, note)) in labels.iter().zip(&notes).enumerate() {
        let pad = " ".repeat(margin.saturating_sub(label.len()));
        let edge = if label.is_empty() { bar } else { tick };
        line(format!("{pad}{label} {edge}{}  {note}", canvas.row(row)));
    }
    let (below, numbers) = bottom(&x_axis, wide, unicode);
    line(format!("{} {below}", " ".repeat(margin)));
    line(format!("{}{numbers}", " ".repeat(margin + 1)));
    if !scene.x_label.is_empty() {
        let indent = margin + 2 + wide.saturating_sub(scene.x_label.width()) / 2;
        line(format!("{}{}", " ".repeat(indent), scene.x_label));
    }
    out
}

/// What stands beside the series, if there are several.
fn names(scene: &Scene, charset: Charset) -> Vec<String> {
    if scene.series.len() < 2 {
        return scene.series.iter().map(|_| String::new()).collect();
    }
    let name = |(i, series): (usize, &Series)| {
        let name: String = series.name.chars().take(NAME).collect();
        match (glyph(i, series.mark, charset), name.is_empty()) {
            (_, true) => name,
            (Some(glyph), false) => format!("{glyph} {name}"),
            (None, false) => name,
        }
    };
    scene.series.iter().enumerate().map(name).collect()
}

/// The character of a series, if it is not drawn in dots.
fn glyph(i: usize, mark: Mark, charset: Charset) -> Option<char> {
    let of = |list: [char; 6]| list.get(i % list.len()).copied();
    match (mark, charset) {
        (Mark::Bars, _) | (Mark::Line, Charset::Unicode) => None,
        (Mark::Points, Charset::Unicode) => of(POINTS),
        (Mark::Line | Mark::Points, Charset::Ascii) => of(PLAIN),
    }
}

/// The horizontal axis and the numbers below it.
fn bottom(axis: &Axis, wide: usize, unicode: bool) -> (String, String) {
    let (corner, dash, tick) = if unicode { ('└', '─', '┬') } else { ('+', '-', '+') };
    let mut edge: Vec<char> = std::iter::repeat_n(dash, wide).collect();
    let mut numbers = String::new();
    for (place, text) in axis.ticks(wide / 10) {
        let at = (place * (wide - 1) as f64).round() as usize;
        if let Some(cell) = edge.get_mut(at) {
            *cell = tick;
        }
        // The first character of `edge` is the corner; a number is centred below its tick.
        let start = (at + 1).saturating_sub(text.len() / 2);
        if numbers.is_empty() || start > numbers.len() {
            numbers.push_str(&" ".repeat(start.saturating_sub(numbers.len())));
            numbers.push_str(&text);
        }
    }
    (std::iter::once(corner).chain(edge).collect(), numbers)
}

struct Canvas {
    wide: usize,
    rows: usize,
    /// Eight dots a cell, by their bits in the braille block.
    dots: Vec<u8>,
    /// What hides the dots of a cell.
    glyphs: Vec<Option<char>>,
    unicode: bool,
}

impl Canvas {
    fn series(&mut self, series: &Series, i: usize, x_axis: &Axis, y_axis: &Axis) {
        let charset = if self.unicode { Charset::Unicode } else { Charset::Ascii };
        let glyph = glyph(i, series.mark, charset);
        if series.mark == Mark::Bars {
            return self.bars(series, x_axis, y_axis);
        }
        let (across, down) = if self.unicode { (2, 4) } else { (1, 1) };
        let (width, height) = ((self.wide * across - 1) as f64, (self.rows * down - 1) as f64);
        let mut last: Option<(f64, f64)> = None;
        for (x, y) in series.points() {
            let here = match (x_axis.place(x), y_axis.place(y)) {
                (Some(x), Some(y)) => (x * width, (1.0 - y) * height),
                _ => {
                    last = None;
                    continue;
                }
            };
            let from = last.filter(|_| series.mark == Mark::Line).unwrap_or(here);
            let steps = (here.0 - from.0).abs().max((here.1 - from.1).abs()).round().max(1.0);
            for step in 0..=steps as usize {
                let part = step as f64 / steps;
                let x = (from.0 + (here.0 - from.0) * part).round() as usize;
                let y = (from.1 + (here.1 - from.1) * part).round() as usize;
                self.dot(x, y, glyph);
            }
            last = Some(here);
        }
    }

    fn dot(&mut self, x: usize, y: usize, glyph: Option<char>) {
        let (across, down) = if self.unicode { (2, 4) } else { (1, 1) };
        let cell = (y / down) * self.wide + x / across;
        match glyph {
            Some(glyph) => {
                if let Some(cell) = self.glyphs.get_mut(cell) {
                    *cell = Some(glyph);
                }
            }
            None => {
                // The numbering of braille dots: three down, three down, then the two at the bottom.
                const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
                let bit = BITS.get(y % 4).and_then(|row| row.get(x % 2)).copied().unwrap_or(0);
                if let Some(cell) = self.dots.get_mut(cell) {
                    *cell |= bit;
                }
            }
        }
    }

    fn bars(&mut self, series: &Series, x_axis: &Axis, y_axis: &Axis) {
        let reach = series.reach();
        let zero = y_axis.clamped(0.0);
        for (x, y) in series.points().filter(|(x, y)| x.is_finite() && !y.is_nan()) {
            let (left, right) = (x_axis.clamped(x - reach), x_axis.clamped(x + reach));
            let top = y_axis.clamped(y);
            let (low, high) = if top < zero { (top, zero) } else { (zero, top) };
            // Where one bar ends and the next begins is one number, computed in two ways.
            let column = |place: f64| (place * self.wide as f64 + 1e-6).round() as usize;
            let first = column(left);
            let end = column(right).max(first + 1);
            for column in first..end.min(self.wide) {
                for row in 0..self.rows {
                    let bottom = 1.0 - (row + 1) as f64 / self.rows as f64;
                    let filled = ((high - bottom.max(low)) * self.rows as f64).clamp(0.0, 1.0);
                    let glyph = match (filled * 8.0).round() as usize {
                        0 => continue,
                        eighths if self.unicode => EIGHTHS.get(eighths).copied().unwrap_or('█'),
                        eighths if eighths >= 4 => '#',
                        _ => continue,
                    };
                    if let Some(cell) = self.glyphs.get_mut(row * self.wide + column) {
                        *cell = Some(glyph);
                    }
                }
            }
        }
    }

    fn row(&self, row: usize) -> String {
        let range = row * self.wide..(row + 1) * self.wide;
        let cells = self.dots.get(range.clone()).unwrap_or_default().iter();
        let glyphs = self.glyphs.get(range).unwrap_or_default();
        let cell = |(dots, glyph): (&u8, &Option<char>)| match (glyph, dots) {
            (Some(glyph), _) => *glyph,
            (None, 0) => ' ',
            (None, dots) => char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' '),
        };
        cells.zip(glyphs).map(cell).collect()
    }
}
