//! What a cell is, and what a column of them must then be.

use crate::data::Options;

/// What stands for a missing value, as pandas has it.
const MISSING: &[&str] = &["", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "None"];

/// A cell by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    Missing,
    Number(f64),
    Bool(bool),
    /// `12,5`
    Comma,
    Text,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    Numbers,
    Bools,
    Text,
    /// Numbers, but for a cell or two.
    Odd,
    /// Numbers with decimal commas, which nobody told us of.
    Comma,
}

/// Whether a cell stands for a missing value.
pub(super) fn missing(cell: &str) -> bool {
    MISSING.contains(&cell.trim())
}

pub(super) fn cell(cell: &str, options: &Options) -> Cell {
    let cell = cell.trim();
    if MISSING.contains(&cell) {
        return Cell::Missing;
    }
    if let Some(number) = number(cell, options.decimal) {
        return Cell::Number(number);
    }
    match cell {
        "true" | "True" | "TRUE" => Cell::Bool(true),
        "false" | "False" | "FALSE" => Cell::Bool(false),
        _ if options.decimal.is_none() && number_with_comma(cell) => Cell::Comma,
        _ => Cell::Text,
    }
}

fn number(cell: &str, decimal: Option<char>) -> Option<f64> {
    match decimal {
        None | Some('.') => cell.parse().ok(),
        // Points can only group the digits of the whole part, in threes.
        Some(decimal) => {
            let (whole, fraction) = cell.split_once(decimal).unwrap_or((cell, ""));
            let mut groups = whole.split('.');
            let first = groups.next().unwrap_or_default();
            let in_threes = |group: &str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
            let grouped = whole.contains('.');
            if fraction.contains('.')
                || (grouped && first.trim_start_matches(['+', '-']).len() > 3)
                || !groups.all(in_threes)
            {
                return None;
            }
            let point = if cell.contains(decimal) { "." } else { "" };
            format!("{}{point}{fraction}", whole.replace('.', "")).parse().ok()
        }
    }
}

/// Whether this is a number written with a comma: `12,5`, `-0,25`, `1.234,5`.
fn number_with_comma(cell: &str) -> bool {
    cell.matches(',').count() == 1
        && cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.' | b'-' | b'+' | b'e' | b'E'))
        && number(cell, Some(',')).is_some()
}

/// What was seen of a column so far.
#[derive(Default)]
pub(super) struct Seen {
    /// Its cells as numbers, nan where they are none.
    pub numbers: Vec<f64>,
    numeric: usize,
    bools: usize,
    missing: usize,
    commas: usize,
    /// Cells with a comma and three digits behind it, which can be thousands.
    thousands: usize,
    /// The first cell that is neither a number nor missing, and its line.
    pub odd: Option<(u64, String)>,
}

impl Seen {
    /// Adds a cell.
    pub(super) fn take(&mut self, text: &str, options: &Options, line: impl FnOnce() -> u64) {
        let cell = cell(text, options);
        self.numbers.push(match cell {
            Cell::Number(number) => number,
            Cell::Bool(truth) => f64::from(u8::from(truth)),
            _ => f64::NAN,
        });
        match cell {
            Cell::Missing => self.missing += 1,
            Cell::Number(_) => self.numeric += 1,
            Cell::Bool(_) => self.bools += 1,
            Cell::Comma => {
                self.commas += 1;
                self.thousands += usize::from(text.trim().rsplit(',').next().is_some_and(|tail| tail.len() == 3));
            }
            Cell::Text => {}
        }
        if !matches!(cell, Cell::Missing | Cell::Number(_)) && self.odd.is_none() {
            self.odd = Some((line(), text.chars().take(40).collect()));
        }
    }

    /// What the column is.
    pub(super) fn guess(&self, delimiter: u8) -> Guess {
        let filled = self.numbers.len() - self.missing;
        let strange = filled - self.numeric;
        if strange == 0 {
            return Guess::Numbers;
        }
        if self.bools == filled {
            return if self.missing == 0 { Guess::Bools } else { Guess::Numbers };
        }
        let thousands = delimiter == b',' && self.thousands == self.commas;
        if self.commas == strange && !thousands {
            return Guess::Comma;
        }
        // One slip among numbers is a slip; a column in which every fifth cell is none is text.
        if strange.saturating_mul(20) <= filled || (strange == 1 && filled >= 5) { Guess::Odd } else { Guess::Text }
    }
}
