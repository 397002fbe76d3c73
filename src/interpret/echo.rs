//! What the prompt shows of a value: as much as fits into the window, and a line that says what is missing.

use super::Session;
use crate::show::Style;
use crate::syntax::ast::{ExprKind, Statement, StatementKind};
use crate::value::{Value, display_quoted, left_out};

impl Session {
    /// Says how many lines a value may take.
    pub fn set_window(&mut self, lines: usize) {
        self.window = lines;
    }

    /// Lines that an array may take: the last of the window says what is left out.
    pub(super) fn lines(&self) -> usize {
        if self.window == usize::MAX { usize::MAX } else { self.window.saturating_sub(1).max(2) }
    }

    /// The text of a statement's value.
    pub(super) fn shown(&self, value: &Value, statement: &Statement) -> String {
        if self.window == usize::MAX {
            return display_quoted(value, &self.style);
        }
        let mut text = display_quoted(value, &Style { height: self.lines(), ..self.style });
        if let Some(left_out) = left_out(value, &text) {
            let name = match &statement.kind {
                StatementKind::Expression(value) => match &value.kind {
                    ExprKind::Name(variable) => &*variable.name,
                    _ => "ans",
                },
                _ => "ans",
            };
            text += &format!("\n{left_out}; print({name}, all = true) shows all");
        }
        text
    }
}
