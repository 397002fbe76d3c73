//! Tuples that are too large for a literal: a table of columns, or a list of what there is.
//!
//! `load("house.csv")` is thousands of numbers, and brackets full of them help nobody. Columns of one
//! length print side by side, as rows; other named entries one to a line, with their shapes.

use super::text::display_quoted;
use super::{Tuple, Value};
use crate::array::shape_text;
use crate::autodiff::Var;
use crate::show::{self, Style};
use unicode_width::UnicodeWidthStr;

/// Lines that a literal may take.
const LINES: usize = 24;
/// Rows of a table that are shown.
const ROWS: usize = 24;
/// Of a longer one, those at the beginning and at the end.
const ENDS: (usize, usize) = (10, 5);
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
        return Ok(table(tuple, rows, style));
    }
    match literal {
        Some(literal) if literal.lines().count() <= LINES => Err(literal),
        _ => Ok(list(tuple, style)),
    }
}

/// How many numbers and strings there are, counted up to a limit.
fn weight(tuple: &Tuple, limit: usize) -> usize {
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
fn rows(tuple: &Tuple) -> Option<usize> {
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
        let title = shortened(title, CELL);
        let width = cells.iter().map(|cell| cell.width()).chain([title.width()]).max().unwrap_or(0);
        Column { title, cells, words, width }
    }

    fn place(&self, text: &str) -> String {
        let pad = " ".repeat(self.width.saturating_sub(text.width()));
        if self.words { format!("{text}{pad}") } else { format!("{pad}{text}") }
    }
}

fn cell(value: &Value, at: usize, style: &Style) -> String {
    match value {
        Value::Var(var) => {
            let array = var.array();
            match (array.at(at), var.dtype()) {
                (Some(x), crate::array::DType::Bool) => (x != 0.0).to_string(),
                (Some(x), crate::array::DType::F32) => show::number_f32(x as f32, style),
                (Some(x), crate::array::DType::F64) => show::number(x, style),
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
fn shortened(text: &str, most: usize) -> String {
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

fn table(tuple: &Tuple, rows: usize, style: &Style) -> String {
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
        // Room for the sign that there are more.
        let spare = if i + 1 < tuple.items.len() { "  ...".len() } else { 0 };
        if column.width + 2 + spare > room && i > 0 {
            break;
        }
        room = room.saturating_sub(column.width + 2);
        columns.push(column);
    }
    let more = columns.len() < tuple.items.len();
    let mut out = String::new();
    let mut line = |first: &str, texts: &mut dyn Iterator<Item = String>| {
        let mut line = format!("{}{first}", " ".repeat(margin - first.len()));
        texts.for_each(|text| line += &format!("  {text}"));
        if more {
            line += "  ...";
        }
        out += line.trim_end();
        out.push('\n');
    };
    line("", &mut columns.iter().map(|column| column.place(&column.title)));
    for (i, number) in numbers.iter().enumerate() {
        line(number, &mut columns.iter().map(|column| column.place(column.cells.get(i).map_or("", |cell| cell))));
    }
    if rows > ROWS || more {
        out += &format!("{rows} rows, {} columns", tuple.items.len());
    }
    out.trim_end().to_string()
}

fn list(tuple: &Tuple, style: &Style) -> String {
    let name = |i: usize| tuple.name(i).map_or_else(|| format!("[{i}]"), |name| name.to_string());
    let width = (0..tuple.items.len()).map(|i| name(i).width()).max().unwrap_or(0);
    let kinds: Vec<String> = tuple.items.iter().map(kind).collect();
    let kinds_width = kinds.iter().map(|kind| kind.width()).max().unwrap_or(0);
    let mut out = String::new();
    for (i, (item, kind)) in tuple.items.iter().zip(&kinds).enumerate().take(style.threshold) {
        let name = name(i);
        let mut line = format!("{name}{}  ", " ".repeat(width - name.width()));
        let room = style.width.saturating_sub(line.width());
        if kind.is_empty() {
            line += &shortened(&one_line(item, style), room);
        } else {
            line += &format!("{kind}{}  ", " ".repeat(kinds_width - kind.width()));
            let room = style.width.saturating_sub(line.width());
            line += &preview(item, room, style);
        }
        out += line.trim_end();
        out.push('\n');
    }
    out.trim_end().to_string()
}

/// What kind of entry it is, if that says more than its value: `f64 [150, 4]`.
fn kind(value: &Value) -> String {
    const FEW: usize = 12;
    match value {
        Value::Var(var) if var.len() > FEW => format!("{} {}", var.dtype().name(), shape_text(var.shape())),
        Value::Tuple(inner) if weight(inner, FEW + 1) > FEW => format!("tuple [{}]", inner.items.len()),
        _ => String::new(),
    }
}

/// A small value as a literal on one line.
fn one_line(value: &Value, style: &Style) -> String {
    let text = display_quoted(value, &Style { width: usize::MAX, ..*style });
    text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The beginning of a large value.
fn preview(value: &Value, room: usize, style: &Style) -> String {
    let mut out = String::new();
    let count = match value {
        Value::Var(var) => var.len(),
        Value::Tuple(inner) => inner.items.len(),
        _ => 0,
    };
    for i in 0..count {
        let text = match value {
            Value::Var(var) => cell(&flat(var), i, style),
            Value::Tuple(inner) => {
                let name = inner.name(i).map(|name| format!("{name} = ")).unwrap_or_default();
                name + &match inner.items.get(i) {
                    Some(item) if kind(item).is_empty() => one_line(item, style),
                    Some(item) => kind(item),
                    None => String::new(),
                }
            }
            _ => String::new(),
        };
        if out.width() + text.width() + ", ...".len() > room {
            out += "...";
            break;
        }
        out += &text;
        if i + 1 < count {
            out += ", ";
        }
    }
    out
}

fn flat(var: &Var) -> Value {
    Value::Var(var.to_plain())
}
