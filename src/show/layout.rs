//! Cells in nested brackets: which of them are shown, and in which columns.
//!
//! Every cell is followed by its comma at once and the padding comes after it, so that numbers can be
//! aligned on their points without spaces inside a literal's elements.

use super::Style;

/// How many cells of a long axis are shown at each end.
const EDGE: usize = 3;

/// The part of a shape that is shown, and how wide.
pub(super) struct Layout {
    /// The positions shown along every axis; `None` stands for the ones left out.
    axes: Vec<Vec<Option<usize>>>,
    strides: Vec<usize>,
    width: usize,
}

/// The width of a column: what stands before the point, and from the point on.
#[derive(Clone, Copy, Default)]
struct Column {
    before: usize,
    after: usize,
    /// Cells that have a point.
    fractions: usize,
    /// The widest cell, for columns that are right-aligned.
    whole: usize,
}

impl Layout {
    /// Chooses what to show of a shape.
    pub(super) fn new(shape: &[usize], style: &Style) -> Layout {
        let mut strides = vec![1; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis] * shape[axis];
        }
        let total: usize = shape.iter().product();
        let axes = if total > style.threshold {
            shorten(shape, style.threshold)
        } else {
            shape.iter().map(|&len| all(len)).collect()
        };
        Layout { axes, strides, width: style.width }
    }

    /// The row-major positions of the cells shown, in order.
    pub(super) fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0];
        for (axis, &stride) in self.axes.iter().zip(&self.strides) {
            let shown = || axis.iter().flatten();
            positions = positions.iter().flat_map(|&start| shown().map(move |&index| start + index * stride)).collect();
        }
        positions
    }

    /// Draws the cells, given in the order of [`Layout::positions`], when `before` columns are taken on
    /// the first line and `behind` on the last.
    pub(super) fn draw(&self, cells: &[String], before: usize, behind: usize) -> String {
        let Some(last) = self.axes.last() else {
            return cells.concat();
        };
        let shown = last.iter().flatten().count();
        let indent = before + self.axes.len();
        let room = self.width.saturating_sub(indent + self.axes.len() + behind);
        let mut columns = vec![Column::default(); shown];
        if self.axes.len() > 1 {
            for row in cells.chunks(shown) {
                row.iter().zip(&mut columns).for_each(|(cell, column)| column.widen(cell));
            }
        } else if cells.iter().map(|cell| cell.len() + 2).sum::<usize>() > room + 2 {
            let mut widest = Column::default();
            cells.iter().for_each(|cell| widest.widen(cell));
            columns.fill(widest);
        }
        let rows: Vec<String> = cells.chunks(shown).map(|row| draw_row(row, last, &columns, room, indent)).collect();
        let mut rows = rows.into_iter();
        let mut out = String::new();
        nest(&self.axes, before, &mut rows, &mut out);
        out
    }
}

fn all(len: usize) -> Vec<Option<usize>> {
    (0..len).map(Some).collect()
}

/// The ends of every axis, and of the leading axes ever less until no more than `most` cells are left: a
/// cube of rank 20 has no long axis, but a million cells.
fn shorten(shape: &[usize], most: usize) -> Vec<Vec<Option<usize>>> {
    let mut edges = vec![(EDGE, EDGE); shape.len()];
    let shown = |edges: &[(usize, usize)]| -> usize {
        shape.iter().zip(edges).fold(1, |product: usize, (&len, edge)| product.saturating_mul(len.min(edge.0 + edge.1)))
    };
    for edge in (1..EDGE).rev() {
        if shown(&edges) > most {
            edges.fill((edge, edge));
        }
    }
    for axis in 0..edges.len() {
        if shown(&edges) > most {
            edges[axis] = (1, 0);
        }
    }
    let axis = |(&len, (head, tail)): (&usize, (usize, usize))| {
        if len <= head + tail {
            return all(len);
        }
        let ends = (len - tail..len).map(Some);
        (0..head).map(Some).chain([None]).chain(ends).collect()
    };
    shape.iter().zip(edges).map(axis).collect()
}

/// One row without its brackets, on several lines if it must.
fn draw_row(row: &[String], axis: &[Option<usize>], columns: &[Column], room: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let mut owed = 0;
    let mut cells = row.iter().zip(columns);
    for (index, shown) in axis.iter().enumerate() {
        let (left, text, right) = match shown {
            None => (0, "...", 0),
            Some(_) => match cells.next() {
                Some((cell, column)) => column.place(cell),
                None => (0, "", 0),
            },
        };
        let wide = left + width(text) + right;
        if index > 0 {
            out.push(',');
            if used + 2 + wide > room {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                used = 0;
            } else {
                out.push_str(&" ".repeat(owed + 1));
                used += 2;
            }
        }
        out.push_str(&" ".repeat(left));
        out.push_str(text);
        owed = right;
        used += wide;
    }
    out
}

/// Puts brackets around rows, axis by axis.
fn nest(axes: &[Vec<Option<usize>>], indent: usize, rows: &mut impl Iterator<Item = String>, out: &mut String) {
    out.push('[');
    match axes {
        [] | [_] => out.push_str(&rows.next().unwrap_or_default()),
        [axis, inner @ ..] => {
            for (index, shown) in axis.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                    // A blank line between tables, two between stacks of tables.
                    out.push_str(&"\n".repeat(inner.len()));
                    out.push_str(&" ".repeat(indent + 1));
                }
                match shown {
                    Some(_) => nest(inner, indent + 1, rows, out),
                    None => out.push_str("..."),
                }
            }
        }
    }
    out.push(']');
}

impl Column {
    fn widen(&mut self, cell: &str) {
        let before = before_point(cell);
        self.before = self.before.max(before);
        self.after = self.after.max(width(cell) - before);
        self.whole = self.whole.max(width(cell));
        self.fractions += usize::from(cell.contains('.'));
    }

    /// The spaces before a cell, the cell, and the spaces owed after its comma. One fraction among whole
    /// numbers is right-aligned with them; only fractions are worth aligning on their points.
    fn place<'a>(&self, cell: &'a str) -> (usize, &'a str, usize) {
        if self.fractions < 2 {
            return (self.whole.saturating_sub(width(cell)), cell, 0);
        }
        let before = before_point(cell);
        (self.before.saturating_sub(before), cell, self.after.saturating_sub(width(cell) - before))
    }
}

/// What a cell takes on the screen. Fill characters of a format can be wide.
fn width(cell: &str) -> usize {
    if cell.is_ascii() { cell.len() } else { unicode_width::UnicodeWidthStr::width(cell) }
}

/// Columns before the point, or before the exponent of a number without one.
fn before_point(cell: &str) -> usize {
    let Some(end) =
        cell.find('.').or_else(|| cell.find('e').filter(|_| cell.ends_with(|last: char| last.is_ascii_digit())))
    else {
        return width(cell);
    };
    width(cell.get(..end).unwrap_or(cell))
}
