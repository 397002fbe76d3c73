//! Tables for a page: what `print(t, as = "markdown")` writes.
//!
//! ```text
//! | place | height |
//! |-------|-------:|
//! | Graz  |    353 |
//! ```

use super::table::{cell, rows};
use super::text::{display, entry_name};
use super::{Tuple, Value};
use crate::show::Style;
use unicode_width::UnicodeWidthStr;

/// Rows at the beginning and at the end of a table that is too long.
const ENDS: (usize, usize) = (10, 5);

/// A column with its texts.
struct Column {
    title: String,
    cells: Vec<String>,
    /// Numbers end at the right.
    numbers: bool,
}

/// A value as a table in Markdown: columns of one length, the rows of a matrix, the elements of a vector,
/// or the entries of a tuple with their names. Nothing for what is no table.
pub fn markdown(value: &Value, style: &Style) -> Option<String> {
    let columns = match value {
        Value::Tuple(tuple) => match rows(tuple) {
            Some(rows) => {
                let shown = shown(rows, style);
                let title = |i: usize| tuple.name(i).map_or_else(|| i.to_string(), |name| entry_name(name));
                tuple.items.iter().enumerate().map(|(i, item)| column(title(i), item, &shown, style)).collect()
            }
            None => entries(tuple, style)?,
        },
        Value::Var(var) => {
            let (rows, count) = match var.shape() {
                [rows] => (*rows, 1),
                [rows, columns] if *columns > 0 => (*rows, *columns),
                _ => return None,
            };
            let flat = Value::Var(var.to_plain());
            let shown = shown(rows, style);
            let of = |i: usize| Column {
                title: i.to_string(),
                cells: texts(&shown, |row| cell(&flat, row * count + i, style)),
                numbers: true,
            };
            (0..count).map(of).collect()
        }
        _ => return None,
    };
    Some(drawn(&columns))
}

/// The rows that are shown, and where some are left out.
fn shown(rows: usize, style: &Style) -> Vec<Option<usize>> {
    if rows <= style.threshold.max(ENDS.0 + ENDS.1) {
        return (0..rows).map(Some).collect();
    }
    (0..ENDS.0).map(Some).chain([None]).chain((rows - ENDS.1..rows).map(Some)).collect()
}

fn texts(shown: &[Option<usize>], of: impl Fn(usize) -> String) -> Vec<String> {
    shown.iter().map(|row| row.map_or("...".to_string(), &of)).collect()
}

fn column(title: String, value: &Value, shown: &[Option<usize>], style: &Style) -> Column {
    let text = |row: usize| match value {
        Value::Tuple(cells) => match cells.items.get(row) {
            Some(Value::None) | None => String::new(),
            Some(item) => display(item, style),
        },
        other => cell(other, row, style),
    };
    Column { title, cells: texts(shown, text), numbers: matches!(value, Value::Var(_)) }
}

/// The entries of a tuple with names, one a row.
fn entries(tuple: &Tuple, style: &Style) -> Option<Vec<Column>> {
    let names: Vec<String> =
        (0..tuple.items.len()).filter_map(|i| tuple.name(i).map(|name| entry_name(name))).collect();
    let values = tuple.items.iter().map(|item| display(item, style)).collect();
    (names.len() == tuple.items.len() && !names.is_empty()).then(|| {
        vec![
            Column { title: "name".to_string(), cells: names, numbers: false },
            Column { title: "value".to_string(), cells: values, numbers: false },
        ]
    })
}

fn drawn(columns: &[Column]) -> String {
    let plain = |text: &str| crate::show::safe(text).replace('|', "\\|").replace(['\n', '\t'], " ");
    let columns: Vec<Column> = columns
        .iter()
        .map(|column| Column {
            title: plain(&column.title),
            cells: column.cells.iter().map(|cell| plain(cell)).collect(),
            numbers: column.numbers,
        })
        .collect();
    let widths: Vec<usize> = columns.iter().map(Column::width).collect();
    let row = |of: &dyn Fn(&Column, usize) -> String| {
        let cells: Vec<String> = columns.iter().zip(&widths).map(|(column, &width)| of(column, width)).collect();
        format!("|{}|\n", cells.join("|"))
    };
    let placed = |text: &str, column: &Column, width: usize| {
        let pad = " ".repeat(width.saturating_sub(text.width()));
        if column.numbers { format!(" {pad}{text} ") } else { format!(" {text}{pad} ") }
    };
    let mut out = row(&|column, width| placed(&column.title, column, width));
    out += &row(&|column, width| format!("{}{}", "-".repeat(width + 1), if column.numbers { ":" } else { "-" }));
    for i in 0..columns.first().map_or(0, |column| column.cells.len()) {
        out += &row(&|column, width| placed(column.cells.get(i).map_or("", |cell| cell), column, width));
    }
    out.trim_end().to_string()
}

impl Column {
    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.width()).chain([self.title.width(), 3]).max().unwrap_or(3)
    }
}
