//! What is said of two shapes that do not line up.
//!
//! ```text
//! prices - weekly        # [52, 5] and [52]
//! ```

use super::shape_text;
use crate::diagnostic::mention::{column, name};
use crate::diagnostic::{Edit, Fail, Part, Problem};

/// Axes in the table of a note; longer shapes are not spread out.
const MOST_AXES: usize = 8;

/// The message for shapes that clash at an axis of the result, where one is `x` and the other `y` long.
#[cold]
pub fn mismatch(a: &[usize], b: &[usize], axis: usize, x: usize, y: usize) -> Fail {
    let rule = "shapes are compared from the right; each pair must be equal or contain a 1";
    let problem = Problem::new("these shapes do not line up")
        .label(Part::Operator, format!("axis {axis}: {x} against {y}"))
        .label(Part::Argument(0), shape_text(a))
        .label(Part::Argument(1), shape_text(b));
    let rank = a.len().max(b.len());
    let problem = match rank {
        0..=MOST_AXES => problem.note(format!("{rule}\n{}", table(a, b, axis, rank))),
        _ => problem.note(rule),
    };
    remedy(problem, a, b)
}

/// Both shapes, one below the other as they are compared, and where they clash.
fn table(a: &[usize], b: &[usize], axis: usize, rank: usize) -> String {
    let dim = |shape: &[usize], axis: usize| {
        let dim = (axis + shape.len()).checked_sub(rank).and_then(|axis| shape.get(axis));
        dim.map_or(String::new(), usize::to_string)
    };
    let width = |axis: usize| dim(a, axis).len().max(dim(b, axis).len());
    let row = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = (0..rank).map(|axis| format!("{:>1$}", cell(axis), width(axis))).collect();
        cells.join("  ")
    };
    let clash = row(&|at| if at == axis { "^".to_string() } else { String::new() });
    [(0, row(&|axis| dim(a, axis))), (1, row(&|axis| dim(b, axis))), (2, clash)]
        .map(|(i, row)| format!("  {}  {row}", column(i)).trim_end().to_string())
        .join("\n")
}

/// A remedy if one thing makes the shapes line up: another axis at the end of the flatter one, or
/// exchanging the axes of a matrix.
fn remedy(problem: Fail, a: &[usize], b: &[usize]) -> Fail {
    for (i, flat, other) in [(1, b, a), (0, a, b)] {
        if flat.len() == 1 && other.len() == 2 && line_up(&[flat, &[1]].concat(), other) {
            let text = format!("to use one value of {} for every row, make it a column", name(i));
            return problem.patch(text, vec![Edit::After(Part::Argument(i), "[:, none]".to_string())]);
        }
    }
    for (i, turned, other) in [(1, b, a), (0, a, b)] {
        if let &[rows, columns] = turned
            && other.len() == 2
            && line_up(&[columns, rows], other)
        {
            let text = format!("transpose {}: its shape becomes {}", name(i), shape_text(&[columns, rows]));
            return problem.patch(text, vec![Edit::After(Part::Argument(i), ".T".to_string())]);
        }
    }
    problem
}

/// Whether shapes line up. Asking for them joined would make another message.
fn line_up(a: &[usize], b: &[usize]) -> bool {
    a.iter().rev().zip(b.iter().rev()).all(|(&x, &y)| x == y || x == 1 || y == 1)
}
