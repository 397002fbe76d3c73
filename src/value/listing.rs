//! Entries one to a line: what a tuple holds when its rows would not fit, or when it has none.
//!
//! ```text
//! iris: 150 flowers of three species, in cm (Fisher 1936)
//!   x  f64 [150, 4]  sepal length, sepal width, petal length, petal width
//!   y  f64 [150]     0 setosa, 1 versicolor, 2 virginica
//! ```

use super::table::{cell, kind as kind_of, missing, shortened, weight};
use super::text::{display_quoted, entry_name};
use super::{Tuple, Value};
use crate::array::{DType, shape_text};
use crate::autodiff::Var;
use crate::diagnostic::grouped;
use crate::show::Style;
use unicode_width::UnicodeWidthStr;

/// A line of a list: a name, what it is, and what there is to say about it.
struct Line {
    name: String,
    kind: String,
    /// What it holds, in no more than so many columns.
    text: Box<dyn Fn(usize) -> String>,
}

/// Lines below each other, their parts too.
fn aligned(lines: Vec<Line>, margin: &str, style: &Style) -> String {
    let widest = |part: fn(&Line) -> &str| lines.iter().map(|line| part(line).width()).max().unwrap_or(0);
    let (names, kinds) = (widest(|line| &line.name), widest(|line| &line.kind));
    let pad = |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.width())));
    let drawn = lines.iter().map(|line| {
        let mut out = format!("{margin}{}  ", pad(&line.name, names));
        if !line.kind.is_empty() {
            out += &format!("{}  ", pad(&line.kind, kinds));
        }
        let room = style.width.saturating_sub(out.width());
        out += &(line.text)(room);
        out.trim_end().to_string()
    });
    drawn.collect::<Vec<_>>().join("\n")
}

fn name(tuple: &Tuple, i: usize) -> String {
    tuple.name(i).map_or_else(|| format!("[{i}]"), |name| entry_name(name))
}

/// Entries of any kind, one to a line: its name, its type and shape, and how it begins. What a set is about
/// stands above, and names of columns or classes beside what they name.
pub(super) fn entries(tuple: &Tuple, style: &Style) -> String {
    let about = (0..tuple.items.len()).find_map(|i| match (tuple.name(i).map(|name| &**name), tuple.items.get(i)) {
        (Some("about"), Some(Value::Text(text))) => Some((i, shortened(text, style.width))),
        _ => None,
    });
    let described = if about.is_some() { described(tuple) } else { Vec::new() };
    let apart = |i: usize| about.as_ref().is_some_and(|(at, _)| *at == i) || described.iter().any(|(_, by)| *by == i);
    let line = |(i, item): (usize, &Value)| {
        let (kind, item, style) = (kind(item), item.clone(), *style);
        let names = described.iter().find(|(of, _)| *of == i).and_then(|(_, by)| tuple.items.get(*by).cloned());
        let small = kind.is_empty();
        let text = move |room: usize| match &names {
            Some(names) => shortened(&description(&item, names), room),
            None if small => shortened(&one_line(&item, &style), room),
            None => preview(&item, room, &style),
        };
        Line { name: name(tuple, i), kind, text: Box::new(text) }
    };
    let shown = tuple.items.iter().enumerate().filter(|(i, _)| !apart(*i)).take(style.threshold);
    let Some((_, about)) = &about else { return aligned(shown.map(line).collect(), "", style) };
    let others: Vec<String> = (0..tuple.items.len()).filter(|&i| apart(i)).map(|i| name(tuple, i)).collect();
    format!("{about}\n{}\n  and {}", aligned(shown.map(line).collect(), "  ", style), others.join(", "))
}

/// Which entries are named by which: the columns or the classes of the nearest array before them that has as
/// many.
fn described(tuple: &Tuple) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (by, names) in tuple.items.iter().enumerate() {
        let Value::Tuple(names) = names else { continue };
        if !names.items.iter().all(|name| matches!(name, Value::Text(_))) {
            continue;
        }
        let fits = |of: &usize| {
            let taken = found.iter().any(|(taken, _)| taken == of);
            !taken && tuple.items.get(*of).is_some_and(|item| has_as_many(item, names.items.len()))
        };
        if let Some(of) = (0..by).rev().find(fits) {
            found.push((of, by));
        }
    }
    found
}

/// Whether an array has so many columns, or so many classes: numbers from 0 on.
fn has_as_many(item: &Value, count: usize) -> bool {
    let Value::Var(var) = item else { return false };
    match var.shape() {
        [_, columns] => *columns == count,
        [_] => {
            let array = var.array();
            let classes = (0..array.len()).filter_map(|at| array.at(at)).filter(|class| !class.is_nan());
            let largest = classes.fold(-1.0, |largest: f64, class| {
                if class >= 0.0 && class.fract() == 0.0 { largest.max(class) } else { f64::INFINITY }
            });
            largest + 1.0 == count as f64
        }
        _ => false,
    }
}

/// `sepal length, sepal width` for columns, `0 setosa, 1 versicolor` for classes.
fn description(item: &Value, names: &Value) -> String {
    let (Value::Var(var), Value::Tuple(names)) = (item, names) else { return String::new() };
    let classes = var.shape().len() == 1;
    let text = |(i, name): (usize, &Value)| match name {
        Value::Text(name) if classes && **name != *i.to_string() => format!("{i} {name}"),
        Value::Text(name) => name.to_string(),
        _ => String::new(),
    };
    names.items.iter().enumerate().map(text).collect::<Vec<_>>().join(", ")
}

/// The columns of a table, one to a line: its name, its type, what is in it, and how much is missing.
pub(super) fn columns(tuple: &Tuple, rows: usize, style: &Style) -> String {
    let line = |(i, column): (usize, &Value)| {
        let (column, style) = (column.clone(), *style);
        let kind = kind_of(&column).to_string();
        let text = move |room: usize| {
            let missing = match missing(&column) {
                0 => String::new(),
                count => format!("  {} missing", grouped(count)),
            };
            shortened(&contents(&column, &style), room.saturating_sub(missing.len())) + &missing
        };
        Line { name: shortened(&name(tuple, i), 24), kind, text: Box::new(text) }
    };
    let lines = tuple.items.iter().enumerate().take(style.threshold).map(line).collect();
    format!("{} rows, {} columns\n{}", grouped(rows), tuple.items.len(), aligned(lines, "  ", style))
}

/// What is in a column: the least and the largest number, the truth values counted, or different texts.
fn contents(column: &Value, style: &Style) -> String {
    const DIFFERENT: usize = 20;
    let number = |at: usize| cell(column, at, style);
    match column {
        Value::Var(var) if var.dtype() == DType::Bool => {
            let array = var.array();
            let count = (0..array.len()).filter(|&at| array.at(at) == Some(1.0)).count();
            format!("{} true, {} false", grouped(count), grouped(array.len() - count))
        }
        Value::Var(var) => {
            let array = var.array();
            let known = || (0..array.len()).filter_map(|at| array.at(at).filter(|x| !x.is_nan()).map(|x| (at, x)));
            let least = known().min_by(|a, b| a.1.total_cmp(&b.1));
            let largest = known().max_by(|a, b| a.1.total_cmp(&b.1));
            match (least, largest) {
                (Some((a, x)), Some((b, y))) if x < y => format!("{} to {}", number(a), number(b)),
                (Some((a, _)), _) => number(a),
                _ => String::new(),
            }
        }
        Value::Tuple(cells) => {
            let mut texts: Vec<String> = Vec::new();
            for (at, _) in cells.items.iter().enumerate().filter(|(_, cell)| !matches!(cell, Value::None)) {
                let text = number(at);
                if !texts.contains(&text) {
                    texts.push(text);
                }
                if texts.len() == DIFFERENT {
                    break;
                }
            }
            texts.join(", ")
        }
        _ => String::new(),
    }
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
                let name = inner.name(i).map(|name| format!("{} = ", entry_name(name))).unwrap_or_default();
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
