//! A column against a row of the same length, where one by one was probably meant.
//!
//! ```text
//! pred = x @ w                     # [150, 1]
//! loss = mean((pred - y) ** 2)     # y is [150]: every row against every row
//! ```
//!
//! It is legal, and `x[:, none] - y` means it; so the warning wants a result that disappears in a
//! reduction, where nobody sees its shape, and operands that nobody made a column of on the spot.

use super::tree;
use crate::autodiff::Var;
use crate::diagnostic::{Diagnostic, Edit, Part, Problem, grouped};
use crate::interpret::Session;
use crate::interpret::stop::{Eval, Parts};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Index, Step};

/// Functions whose result does not show the shape of what they were given.
const REDUCTIONS: &[&str] =
    &["sum", "mean", "max", "min", "prod", "norm", "var", "std", "median", "quantile", "any", "all", "logsumexp"];

/// The length that a column and a row have in common, and whether the column stands on the left.
#[inline]
pub fn column_against_row(left: &Var, right: &Var) -> Option<(usize, bool)> {
    let (Var::Array(left), Var::Array(right)) = (left.plain(), right.plain()) else { return None };
    table_of(left.shape(), right.shape())
}

/// The same of two shapes.
#[inline]
pub fn table_of(left: &[usize], right: &[usize]) -> Option<(usize, bool)> {
    match (left, right) {
        (&[n, 1], &[m]) if n == m && n > 1 => Some((n, true)),
        (&[m], &[n, 1]) if n == m && n > 1 => Some((n, false)),
        _ => None,
    }
}

impl Session {
    /// Warns, once for each place, that an operation made a table.
    #[cold]
    pub(in crate::interpret) fn warn_of_table(
        &mut self,
        (n, on_left): (usize, bool),
        left: Span,
        step: &Step,
    ) -> Eval<()> {
        let what = match step.op {
            BinaryOp::Add => "addition",
            BinaryOp::Subtract => "subtraction",
            BinaryOp::Multiply => "multiplication",
            BinaryOp::Divide => "division",
            op if is_comparison(op) => "comparison",
            _ => return Ok(()),
        };
        if !self.explained.insert((step.op_span, "table")) && !self.is_strict() {
            return Ok(());
        }
        let right = step.operand.span;
        if !self.disappears(left, right, step.op_span) {
            return Ok(());
        }
        let count = grouped(n);
        let (column, row) = if on_left { (0, 1) } else { (1, 0) };
        let problem = Problem::new(format!("this {what} makes a {count} x {count} table"))
            .label(Part::Operator, "every row against every row")
            .label(Part::Argument(column), format!("[{n}, 1]"))
            .label(Part::Argument(row), format!("[{n}]"))
            .patch(
                "if rows should match one to one, drop the column axis",
                vec![Edit::After(Part::Argument(column), "[:, 0]".to_string())],
            );
        let parts =
            Parts { whole: left.to(right), operator: step.op_span, arguments: &[left, right], ..Parts::default() };
        let problem = parts.place(problem, &self.sources);
        self.warn_at(*Diagnostic::error(problem))
    }

    /// Whether the result of an operation is only seen through a reduction, and neither side was made a
    /// column where it stands.
    fn disappears(&self, left: Span, right: Span, operator: Span) -> bool {
        let Some(block) = self.program(operator) else { return false };
        let parts = tree::parts(&block);
        let meant = parts.iter().any(|part| match part {
            tree::Part::Expression(expression) => {
                (tree::inside(expression.span, left) || tree::inside(expression.span, right)) && makes_axis(expression)
            }
            _ => false,
        });
        !meant
            && parts.iter().any(|part| match part {
                tree::Part::Expression(expression) => {
                    tree::call(expression).is_some_and(|(name, _, _)| REDUCTIONS.contains(&name))
                        && tree::feeding(&parts, expression.span).iter().any(|&place| tree::inside(operator, place))
                }
                _ => false,
            })
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    matches!(op, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
}

/// `x[:, none]`, `expand_dims(x, 1)`
fn makes_axis(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Index(_, indices, _) => {
            indices.iter().any(|index| matches!(index, Index::At(value) if matches!(value.kind, ExprKind::None)))
        }
        _ => tree::call(expression).is_some_and(|(name, _, _)| ["expand_dims", "reshape"].contains(&name)),
    }
}
