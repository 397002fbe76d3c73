//! Values as a table: columns with their names, or one matrix.

use super::super::numeral::numeral;
use super::super::{Entry, Writing, array_of, shown};
use crate::array::{Array, Data, limits};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::Value;
use csv::{Terminator, WriterBuilder};
use std::fmt::{Display, LowerExp};

/// A column to be written.
enum Column {
    /// Part `at` of every `step` elements of an array.
    Numbers {
        array: Array,
        at: usize,
        step: usize,
    },
    Cells(Vec<Value>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Column::Numbers { array, step, .. } => array.len() / (*step).max(1),
            Column::Cells(cells) => cells.len(),
        }
    }

    fn cell(&self, row: usize) -> Option<String> {
        match self {
            Column::Numbers { array, at, step } => {
                let position = row.checked_mul(*step)?.checked_add(*at)?;
                match array.data() {
                    Data::Bool(data) => data.get(position).map(bool::to_string),
                    Data::F32(data) => data.get(position).map(|&x| number(x)),
                    Data::F64(data) => data.get(position).map(|&x| number(x)),
                }
            }
            Column::Cells(cells) => match cells.get(row)? {
                Value::Text(text) => Some(text.to_string()),
                Value::Var(var) => var.item().map(number),
                _ => Some(String::new()),
            },
        }
    }
}

/// A number; what is none is missing.
fn number<T: Display + LowerExp + Copy + Into<f64>>(x: T) -> String {
    if x.into().is_nan() { String::new() } else { numeral(x) }
}

/// Writes a table: a matrix alone as its rows, anything else under a header.
pub(crate) fn write(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let bare = match writing.entries {
        [Entry { value: Value::Var(var), .. }] => var.shape().len() == 2,
        _ => false,
    };
    let mut columns = Vec::new();
    let mut titles: Vec<String> = Vec::new();
    for (i, entry) in writing.entries.iter().enumerate() {
        let argument = entry.argument;
        let title = entry.name.as_ref().map_or_else(|| format!("column_{}", i + 1), |name| name.to_string());
        match array_of(&entry.value)? {
            Some(array) if array.rank() == 2 => {
                let step = array.shape().get(1).copied().unwrap_or(1);
                for at in 0..step {
                    titles.push(format!("{title}_{at}"));
                    columns.push((argument, Column::Numbers { array: array.clone(), at, step }));
                }
            }
            Some(array) if array.rank() < 2 => {
                titles.push(title);
                columns.push((argument, Column::Numbers { array, at: 0, step: 1 }));
            }
            _ => {
                let Some(cells) = cells(&entry.value) else {
                    let help = "its columns are arrays, or tuples of strings; anything goes into .json or .safetensors";
                    return Err(writing.refuse(entry, help));
                };
                titles.push(title);
                columns.push((argument, Column::Cells(cells)));
            }
        }
    }
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    if let Some((at, (argument, other))) = columns.iter().enumerate().find(|(_, (_, column))| column.len() != rows) {
        let (first, title) = (titles.first().map_or("", |title| title), titles.get(at).map_or("", |title| title));
        return Err(Problem::new("the columns of a table have the same length")
            .label(Part::Argument(*argument), format!("{title} has {}, {first} has {rows}", other.len())));
    }
    let delimiter = if writing.path.to_lowercase().trim_end_matches(".gz").ends_with(".tsv") { b'\t' } else { b',' };
    let mut out = WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .flexible(true)
        .from_writer(limits::reserve(rows.saturating_mul(columns.len()).saturating_mul(8))?);
    let trouble = |error: csv::Error| Problem::new(format!("{} cannot be written: {error}", shown(writing.path)));
    if !bare {
        out.write_record(&titles).map_err(trouble)?;
    }
    for row in 0..rows {
        if row % 4096 == 0 {
            limits::check()?;
        }
        let cells = columns.iter().map(|(_, column)| column.cell(row).unwrap_or_default());
        out.write_record(cells).map_err(trouble)?;
    }
    out.into_inner().map_err(|error| Problem::new(format!("{} cannot be written: {error}", shown(writing.path))))
}

/// The cells of a tuple of strings, numbers and `none`.
fn cells(value: &Value) -> Option<Vec<Value>> {
    let plain = |item: &Value| match item {
        Value::Text(_) | Value::None => true,
        Value::Var(var) => var.shape().is_empty(),
        _ => false,
    };
    match value {
        Value::Text(_) => Some(vec![value.clone()]),
        Value::Tuple(tuple) if tuple.items.iter().all(plain) => Some(tuple.items.clone()),
        _ => None,
    }
}
