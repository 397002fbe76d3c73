//! How numbers and arrays print. What prints can be typed in again: a matrix is a literal with its rows
//! on lines of their own, an empty one is `zeros(0, 3)`, single precision is `f32([1, 2])`.
//!
//! This module knows [`Array`], not the language's values; whoever prints a tuple calls it per entry.

mod ends;
mod layout;
mod number;
mod progress;
mod screen;
mod spec;
mod text;

pub use crate::diagnostic::safe::safe;
pub use number::{number, number_f32};
pub use progress::{Follow, Line, Progress};
pub use screen::{Colors, Screen};
pub use spec::{format_array, format_spec, format_text};
pub use text::text_quoted;

use crate::array::{Array, DType, Data};
use layout::Layout;

/// How much prints, and how precisely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Significant digits of a number that is not whole. From 17 on, as many as it takes to read the
    /// same number back.
    pub digits: usize,
    /// Columns on a line.
    pub width: usize,
    /// Lines that an array may take.
    pub height: usize,
    /// Arrays with more elements than this are shortened.
    pub threshold: usize,
}

impl Default for Style {
    fn default() -> Style {
        Style { digits: 6, width: 80, height: usize::MAX, threshold: 1000 }
    }
}

/// An array as a literal: `[[ 4,  8],` above ` [12, 16]]`.
pub fn array(x: &Array, style: &Style) -> String {
    if x.is_empty() {
        return empty(x);
    }
    let layout = Layout::new(x.shape(), style);
    let cells = cells(x, &layout.positions(), style);
    match x.dtype() {
        DType::F32 => format!("f32({})", layout.draw(&cells, "f32(".len(), ")".len())),
        DType::F64 | DType::Bool => layout.draw(&cells, 0, 0),
    }
}

/// Rows for a place behind other text: those after the first begin where it does.
pub fn hung(before: &str, rows: String) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let indent = unicode_width::UnicodeWidthStr::width(line);
    if indent == 0 || !rows.contains('\n') {
        return rows;
    }
    let margin = format!("\n{:indent$}", "");
    rows.replace('\n', &margin).replace(&format!("{margin}\n"), "\n\n")
}

/// An expression for an array without elements; a comparison makes one of truth values.
fn empty(x: &Array) -> String {
    let shape: Vec<String> = x.shape().iter().map(usize::to_string).collect();
    let zeros = if shape.len() == 1 { "[]".to_string() } else { format!("zeros({})", shape.join(", ")) };
    match x.dtype() {
        DType::F64 => zeros,
        DType::F32 => format!("f32({zeros})"),
        DType::Bool => format!("{zeros} > 0"),
    }
}

/// The texts of the elements at these positions: each as the number alone would print, so that one tiny
/// element does not give the others exponents. Columns keep them aligned on their points.
fn cells(x: &Array, positions: &[usize], style: &Style) -> Vec<String> {
    let cell = |&position: &usize| match x.data() {
        Data::Bool(data) => data.get(position).map(bool::to_string),
        Data::F32(data) => data.get(position).map(|&value| number::write(value, style)),
        Data::F64(data) => data.get(position).map(|&value| number::write(value, style)),
    };
    positions.iter().map(|position| cell(position).unwrap_or_default()).collect()
}
