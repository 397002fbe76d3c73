//! Tuples that are too large for a literal: a table of columns, or a list of what there is.
//!
//! `load("house.csv")` is thousands of numbers, and brackets full of them help nobody. Columns of one
//! length print side by side, as rows under their types; if there are too many for that, one to a line. So do
//! other named entries, with their shapes.

use super::listing;
use super::text::display_quoted;
use super::{Tuple, Value};
use crate::array::DType;
use crate::diagnostic::grouped;
use crate::show::{self, Style};
use unicode_width::UnicodeWidthStr;

/// Lines that a literal may take.
const LINES: usize = 24;
/// Rows of a table that are shown.
const ROWS: usize = 24;
/// Of a longer one, those at the beginning and at the end.
const ENDS: (usize, usize) = (10, 5);
/// Of a larger column nobody counts what is missing: printing must not take long.
const COUNTED: usize = 10_000_000;
/// The widest cell.
const CELL: usize = 24;

/// A tuple as a table or a list, unless a literal shows it better.
pub(super) fn large(tuple: &Tuple, style: &Style, literal: impl FnOnce() -> String) -> Result<String, String> {
    if tuple.names.iter().flatten().next().is_none() {
        return Err(literal());
    }
    let short = weight(tuple, style.threshold) < style.threshold;
    let literal = short.then(literal);
    if let Some(literal) = &literal
        && !literal.contains('\n')
        && literal.width() <= style.width
    {
        return Err(literal.clone());
    }
    if let Some(rows) = rows(tuple) {
        return Ok(table(tuple, rows, style).unwrap_or_else(|| listing::columns(tuple, rows, style)));
    }
    match literal {
        Some(literal) if literal.lines().count() <= LINES => Err(literal),
        _ => Ok(listing::entries(tuple, style)),
    }
}

/// How many numbers and strings there are, counted up to a limit.
pub(super) fn weight(tuple: &Tuple, limit: usize) -> usize {
    let mut total: usize = 0;
    let mut waiting: Vec<&Tuple> = vec![tuple];
    while let Some(tuple) = waiting.pop() {
        for item in &tuple.items {
            total = total.saturating_add(match item {
                Value::Var(var) => var.len(),
                _ => 1,
            });
            if let Value::Tuple(inner) = item {
                waiting.push(inner);
            }
            if total >= limit {
                return total;
            }
        }
    }
    total
}

/// The number of rows, if all entries are columns with as many.
pub(super) fn rows(tuple: &Tuple) -> Option<usize> {
    let plain = |item: &Value| match item {
        Value::Text(_) | Value::None => true,
        Value::Var(var) => var.shape().is_empty(),
        _ => false,
    };
    let length = |value: &Value| match value {
        Value::Var(var) => {
            if let &[rows] = var.shape() {
                Some(rows)
            } else {
                None
            }
        }
        Value::Tuple(cells) => (cells.names.is_empty() && cells.items.iter().all(plain)).then_some(cells.items.len()),
        _ => None,
    };
    let rows = length(tuple.items.first()?)?;
    (rows > 1 && tuple.items.iter().all(|item| length(item) == Some(rows))).then_some(rows)
}

/// One column's texts, all of one width.
struct Column {
    title: String,
    /// `f64`, `text`
    kind: &'static str,
    cells: Vec<String>,
    /// Words start at the left, numbers end at the right.
    words: bool,
    width: usize,
}

impl Column {
    fn new(title: &str, value: &Value, positions: &[Option<usize>], style: &Style) -> Column {
        let mut cells: Vec<String> =
            positions.iter().map(|at| at.map_or("...".to_string(), |at| cell(value, at, style))).collect();
        let words = matches!(value, Value::Tuple(_));
        if !words {
            // Points below points.
            let tail = |cell: &String| cell.find('.').filter(|_| cell != "...").map_or(0, |at| cell.len() - at);
            let longest = cells.iter().map(tail).max().unwrap_or(0);
            for cell in cells.iter_mut().filter(|cell| cell.bytes().any(|byte| byte.is_ascii_digit())) {
                let missing = longest - tail(cell);
                cell.push_str(&" ".repeat(missing));
            }
        }
        let (title, kind) = (shortened(title, CELL), kind(value));
        let width = cells.iter().map(|cell| cell.width()).chain([title.width(), kind.len()]).max().unwrap_or(0);
        Column { title, kind, cells, words, width }
    }

    fn place(&self, text: &str) -> String {
        let pad = " ".repeat(self.width.saturating_sub(text.width()));
        if self.words { format!("{text}{pad}") } else { format!("{pad}{text}") }
    }
}

/// What a column holds.
pub(super) fn kind(column: &Value) -> &'static str {
    match column {
        Value::Var(var) => var.dtype().name(),
        _ => "text",
    }
}

/// How many cells of a column hold nothing.
pub(super) fn missing(column: &Value) -> usize {
    match column {
        Value::Var(var) if var.dtype() == DType::Bool || var.len() > COUNTED => 0,
        Value::Var(var) => {
            let array = var.array();
            (0..array.len()).filter(|&at| array.at(at).is_some_and(f64::is_nan)).count()
        }
        Value::Tuple(cells) => cells.items.iter().filter(|cell| matches!(cell, Value::None)).count(),
        _ => 0,
    }
}

pub(super) fn cell(value: &Value, at: usize, style: &Style) -> String {
    match value {
        Value::Var(var) => {
            let array = var.array();
            match (array.at(at), var.dtype()) {
                (Some(x), DType::Bool) => (x != 0.0).to_string(),
                (Some(x), DType::F32) => show::number_f32(x as f32, style),
                (Some(x), DType::F64) => show::number(x, style),
                (None, _) => String::new(),
            }
        }
        Value::Tuple(cells) => match cells.items.get(at) {
            Some(Value::Text(text)) => shortened(text, CELL),
            Some(other) => shortened(&display_quoted(other, style), CELL),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// A text on one line, cut if it is too long.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let line = show::text_quoted(text);
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(&line);
    let line = line.replace("\\\"", "\"").replace("\\{", "{");
    if line.width() <= most {
        return line;
    }
    let mut out = String::new();
    for char in line.chars() {
        if out.width() + 2 > most {
            break;
        }
        out.push(char);
    }
    out.push('…');
    out
}

/// Rows under titles and types; nothing if not all columns fit.
fn table(tuple: &Tuple, rows: usize, style: &Style) -> Option<String> {
    let positions: Vec<Option<usize>> = if rows <= ROWS {
        (0..rows).map(Some).collect()
    } else {
        (0..ENDS.0).map(Some).chain([None]).chain((rows - ENDS.1..rows).map(Some)).collect()
    };
    let number = |at: &Option<usize>| at.map_or("...".to_string(), |at| at.to_string());
    let numbers: Vec<String> = positions.iter().map(number).collect();
    let margin = numbers.iter().map(String::len).max().unwrap_or(0);
    let mut room = style.width.saturating_sub(margin);
    let mut columns = Vec::new();
    for (i, value) in tuple.items.iter().enumerate() {
        let column = Column::new(tuple.name(i).map_or("", |name| name), value, &positions, style);
        room = room.checked_sub(column.width + 2)?;
        columns.push(column);
    }
    let mut out = String::new();
    let mut line = |first: &str, texts: &mut dyn Iterator<Item = String>| {
        let mut line = format!("{}{first}", " ".repeat(margin - first.len()));
        texts.for_each(|text| line += &format!("  {text}"));
        out += line.trim_end();
        out.push('\n');
    };
    line("", &mut columns.iter().map(|column| column.place(&column.title)));
    line("", &mut columns.iter().map(|column| column.place(column.kind)));
    for (i, number) in numbers.iter().enumerate() {
        line(number, &mut columns.iter().map(|column| column.place(column.cells.get(i).map_or("", |cell| cell))));
    }
    let gaps: Vec<String> = tuple
        .items
        .iter()
        .enumerate()
        .map(|(i, value)| {
            (missing(value), tuple.name(i).map_or_else(|| format!("[{i}]"), |name| shortened(name, CELL)))
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} in {name}", grouped(count)))
        .collect();
    if rows > ROWS || !gaps.is_empty() {
        out += &format!("{} rows, {} columns", grouped(rows), tuple.items.len());
    }
    if !gaps.is_empty() {
        out += &format!("; missing: {}", gaps.join(", "));
    }
    Some(out.trim_end().to_string())
}
