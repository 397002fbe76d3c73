//! A canvas of characters: braille dots, two by four to a cell, single characters, and blocks of colour if
//! the terminal has colours.

use super::colors;
use super::page::Color;
use crate::show::{Colors, Screen};

/// The colour of what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ink {
    /// The terminal's own.
    #[default]
    Plain,
    /// That of a series.
    Series(usize),
    /// One in particular.
    Color(Color),
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Cell {
    /// Eight dots, by their bits in the braille block.
    dots: u8,
    /// What hides them.
    glyph: Option<char>,
    ink: Ink,
    /// What is behind.
    paper: Option<Color>,
}

/// Characters from light to dark, in which a value can be told.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
const PLAIN: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

/// The character for a value from 0 to 1.
pub fn shade(level: f64, unicode: bool) -> char {
    let shades: &[char] = if unicode { &SHADES } else { &PLAIN };
    let i = (level * shades.len() as f64) as usize;
    shades.get(i.min(shades.len() - 1)).copied().unwrap_or(' ')
}

/// Cells in rows.
pub struct Canvas {
    /// Cells in a row.
    pub wide: usize,
    /// Rows.
    pub rows: usize,
    /// What it is drawn for.
    pub screen: Screen,
    cells: Vec<Cell>,
}

impl Canvas {
    /// An empty one.
    pub fn new(wide: usize, rows: usize, screen: Screen) -> Canvas {
        Canvas { wide, rows, screen, cells: vec![Cell::default(); wide * rows] }
    }

    /// How many dots are side by side in a cell, and above one another.
    pub fn dots(&self) -> (usize, usize) {
        if self.screen.unicode { (2, 4) } else { (1, 1) }
    }

    fn cell(&mut self, row: usize, column: usize) -> Option<&mut Cell> {
        if column < self.wide { self.cells.get_mut(row * self.wide + column) } else { None }
    }

    /// Puts a character into a cell.
    pub fn glyph(&mut self, row: usize, column: usize, glyph: char, ink: Ink) {
        if let Some(cell) = self.cell(row, column) {
            cell.glyph = Some(glyph);
            cell.ink = ink;
        }
    }

    /// Puts a text into a row, if there is room for all of it.
    pub fn text(&mut self, row: usize, column: usize, text: &str, ink: Ink) {
        if text.chars().count() <= self.wide.saturating_sub(column) {
            text.chars().enumerate().for_each(|(i, char)| self.glyph(row, column + i, char, ink));
        }
    }

    /// Whether a text can be put there without hiding another.
    pub fn free(&self, row: usize, column: usize, len: usize) -> bool {
        let cells = self.cells.get(row * self.wide + column..).unwrap_or_default();
        row < self.rows && column + len <= self.wide && cells.iter().take(len).all(|cell| cell.glyph.is_none())
    }

    /// Fills a cell with the value above and the value below in it.
    pub fn halves(&mut self, row: usize, column: usize, above: Option<Color>, below: Option<Color>) {
        if let Some(cell) = self.cell(row, column) {
            (cell.glyph, cell.ink, cell.paper) = match (above, below) {
                (Some(above), below) => (Some('▀'), Ink::Color(above), below),
                (None, Some(below)) => (Some('▄'), Ink::Color(below), None),
                (None, None) => (None, Ink::Plain, None),
            };
        }
    }

    /// A dot, or the glyph instead, at a place in dots.
    pub fn dot(&mut self, x: usize, y: usize, glyph: Option<char>, ink: Ink) {
        let (across, down) = self.dots();
        let Some(cell) = self.cell(y / down, x / across) else { return };
        match glyph {
            Some(glyph) => cell.glyph = Some(glyph),
            None => {
                // The numbering of braille dots: three down, three down, then the two at the bottom.
                const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
                cell.dots |= BITS.get(y % 4).and_then(|row| row.get(x % 2)).copied().unwrap_or(0);
            }
        }
        cell.ink = ink;
    }

    /// A straight line of dots between two places in dots.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), glyph: Option<char>, ink: Ink) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().max(1.0);
        for step in 0..=steps as usize {
            let part = step as f64 / steps;
            let x = (from.0 + (to.0 - from.0) * part).round() as usize;
            let y = (from.1 + (to.1 - from.1) * part).round() as usize;
            self.dot(x, y, glyph, ink);
        }
    }

    /// A line through a row, from one side to the other.
    pub fn across(&mut self, row: usize) {
        let line = if self.screen.unicode { '─' } else { '-' };
        (0..self.wide).for_each(|column| self.glyph(row, column, line, Ink::Plain));
    }

    /// How many cells of a row come before those that are empty to its end.
    pub fn end(&self, row: usize) -> usize {
        let cells = self.cells.get(row * self.wide..(row + 1) * self.wide).unwrap_or_default();
        cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1)
    }

    /// A row as text, without empty cells at its end.
    pub fn row(&self, row: usize) -> String {
        let cells = self.cells.get(row * self.wide..(row + 1) * self.wide).unwrap_or_default();
        let end = self.end(row);
        let mut out = String::new();
        let mut now = (Ink::Plain, None);
        for cell in cells.iter().take(end) {
            // A gap has no ink, so that colours change no more often than they must.
            let wanted = if cell.is_empty() { (Ink::Plain, None) } else { (cell.ink, cell.paper) };
            if wanted != now {
                out.push_str(&switch(self.screen, wanted.0, wanted.1));
                now = wanted;
            }
            out.push(match (cell.glyph, cell.dots) {
                (Some(glyph), _) => glyph,
                (None, 0) => ' ',
                (None, dots) => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
            });
        }
        if now != (Ink::Plain, None) {
            out.push_str(&switch(self.screen, Ink::Plain, None));
        }
        out
    }
}

impl Cell {
    fn is_empty(&self) -> bool {
        self.dots == 0 && self.paper.is_none() && self.glyph.is_none_or(|glyph| glyph == ' ')
    }
}

/// A text in a colour.
pub fn inked(text: &str, ink: Ink, screen: Screen) -> String {
    match ink {
        Ink::Plain => text.to_string(),
        _ if text.is_empty() => String::new(),
        ink => format!("{}{text}{}", switch(screen, ink, None), switch(screen, Ink::Plain, None)),
    }
}

/// What switches a terminal to these colours: nothing, if it has none.
fn switch(screen: Screen, ink: Ink, paper: Option<Color>) -> String {
    // Those of the terminal's own scheme, so that they can be read on dark and on light.
    const SERIES: [u8; 6] = [36, 33, 35, 32, 31, 34];
    if screen.colors == Colors::None {
        return String::new();
    }
    let code = |color: Color, ground: u8| match screen.colors {
        Colors::All => {
            let [red, green, blue] = color;
            format!(";{ground};2;{red};{green};{blue}")
        }
        _ => format!(";{ground};5;{}", colors::numbered(color)),
    };
    let ink = match ink {
        Ink::Plain => String::new(),
        Ink::Series(i) => format!(";{}", SERIES.get(i % SERIES.len()).copied().unwrap_or(39)),
        Ink::Color(color) => code(color, 38),
    };
    let paper = paper.map_or(String::new(), |paper| code(paper, 48));
    format!("\x1b[0{ink}{paper}m")
}
