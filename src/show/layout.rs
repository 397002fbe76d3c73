//! Cells in nested brackets: which of them are shown, and in which columns.
//!
//! Every cell is followed by its comma at once and the padding comes after it, so that numbers can be
//! aligned on their points without spaces inside a literal's elements.

use super::Style;
use super::ends::{all, ends, lower, shorten};

/// The part of a shape that is shown, and how wide.
pub(super) struct Layout {
    /// The positions shown along every axis; `None` stands for the ones left out.
    axes: Vec<Vec<Option<usize>>>,
    strides: Vec<usize>,
    width: usize,
    /// Lines to fit into; with a window, what does not fit into its width is left out rather than wrapped.
    height: Option<usize>,
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

/// Columns at either end of a table that are looked at; a window is narrower.
const WIDEST: usize = 64;

impl Layout {
    /// Chooses what to show of a shape.
    pub(super) fn new(shape: &[usize], style: &Style) -> Layout {
        let mut strides = vec![1; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis] * shape[axis];
        }
        let total: usize = shape.iter().product();
        let mut axes = if total > style.threshold {
            shorten(shape, style.threshold)
        } else {
            shape.iter().map(|&len| all(len)).collect()
        };
        let height = Some(style.height).filter(|&height| height < usize::MAX);
        if let Some(height) = height {
            if let (&[rows, columns], true) = (shape, total > style.threshold) {
                // A window shows as much of a table as it has room for.
                axes = vec![ends(rows, height, height), ends(columns, WIDEST, WIDEST)];
            }
            lower(&mut axes, shape, height);
        }
        Layout { axes, strides, width: style.width, height }
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
        if let Some(height) = self.height
            && let Some(kept) = self.narrower(last, &columns, room, height)
        {
            let left: Vec<bool> = last.iter().flatten().map(|index| kept.contains(&Some(*index))).collect();
            let of = |i: usize| left.get(i).copied().unwrap_or(true);
            let columns: Vec<Column> = columns.iter().enumerate().filter(|(i, _)| of(*i)).map(|(_, it)| *it).collect();
            let rows: Vec<String> = cells
                .chunks(shown)
                .map(|row| {
                    let row: Vec<String> =
                        row.iter().enumerate().filter(|(i, _)| of(*i)).map(|(_, it)| it.clone()).collect();
                    draw_row(&row, &kept, &columns, room, indent)
                })
                .collect();
            let mut out = String::new();
            nest(&self.axes, before, &mut rows.into_iter(), &mut out);
            return out;
        }
        let rows: Vec<String> = cells.chunks(shown).map(|row| draw_row(row, last, &columns, room, indent)).collect();
        let mut rows = rows.into_iter();
        let mut out = String::new();
        nest(&self.axes, before, &mut rows, &mut out);
        out
    }
}

impl Layout {
    /// The positions of the last axis that fit into the window, both ends of it; nothing if all do.
    fn narrower(
        &self,
        last: &[Option<usize>],
        columns: &[Column],
        room: usize,
        height: usize,
    ) -> Option<Vec<Option<usize>>> {
        let known: Vec<usize> = last.iter().flatten().copied().collect();
        let wide = |column: &Column| column.wide() + ", ".len();
        let widest = columns.iter().map(wide).max()?;
        let count = if self.axes.len() == 1 {
            let on_line = ((room + 2) / widest).max(1);
            let most = on_line * height;
            if known.len() <= most { return None } else { most.saturating_sub(on_line).max(2) }
        } else {
            if columns.iter().map(wide).sum::<usize>() <= room + 2 {
                return None;
            }
            // The sign that some are left out takes room too.
            let mut used = "..., ".len();
            let mut count = 0;
            let ends = (0..columns.len()).flat_map(|i| [i, columns.len() - 1 - i]).take(columns.len());
            for column in ends.filter_map(|i| columns.get(i)) {
                used += wide(column);
                if used > room + 2 {
                    break;
                }
                count += 1;
            }
            count.max(2)
        };
        if count >= known.len() {
            return None;
        }
        let (head, tail) = (count - count / 2, count / 2);
        let mut kept: Vec<Option<usize>> = known.iter().take(head).map(|&index| Some(index)).collect();
        kept.push(None);
        kept.extend(known.iter().skip(known.len() - tail).map(|&index| Some(index)));
        Some(kept)
    }
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

    /// What its cells take, without what comes between them.
    fn wide(&self) -> usize {
        if self.fractions < 2 { self.whole } else { self.before + self.after }
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
