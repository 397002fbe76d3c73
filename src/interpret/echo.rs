//! What the prompt shows of a value: as much as fits into the window, and a line that says what is missing.

use super::Session;
use crate::array::shape_text;
use crate::show::Style;
use crate::syntax::ast::{ExprKind, Statement, StatementKind};
use crate::value::{Value, display_quoted};

impl Session {
    /// Says how many lines a value may take.
    pub fn set_window(&mut self, lines: usize) {
        self.window = lines;
    }

    /// The text of a statement's value.
    pub(super) fn shown(&self, value: &Value, statement: &Statement) -> String {
        if self.window == usize::MAX {
            return display_quoted(value, &self.style);
        }
        // The last line says what is left out.
        let style = Style { height: self.window.saturating_sub(1).max(2), ..self.style };
        let mut text = display_quoted(value, &style);
        if let Value::Var(var) = value
            && let [rows, inner @ ..] = var.shape()
            && text.contains("...")
        {
            let lines = text.lines().filter(|line| line.trim_start().starts_with('[')).count();
            let some = match inner {
                [_] if lines < *rows => format!(", {lines} of {rows} rows"),
                _ => String::new(),
            };
            let name = match &statement.kind {
                StatementKind::Expression(value) => match &value.kind {
                    ExprKind::Name(variable) => &*variable.name,
                    _ => "ans",
                },
                _ => "ans",
            };
            text += &format!("\n{}{some}; print({name}, all = true) shows all", shape_text(var.shape()));
        }
        text
    }
}
