//! Everything that ends an evaluation early, and how a failure gets its place.

use super::Session;
use crate::diagnostic::{Diagnostic, Edit, Fail, Help, Kind, Part, Problem};
use crate::source::Span;
use crate::syntax::ast::Step;
use crate::value::Value;

/// Why an evaluation ended early. Boxed, so that a result stays two words.
#[derive(Debug)]
pub enum Stop {
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return`
    Return(Value),
    /// Something went wrong.
    Error(Box<Diagnostic>),
}

/// The result of an evaluation.
pub type Eval<T> = Result<T, Box<Stop>>;

/// Where the parts of an operation stand in the program.
pub struct Parts<'t> {
    /// The whole expression.
    pub whole: Span,
    /// The operator, or the name of the function.
    pub operator: Span,
    /// The operands or arguments, in the order of the parameters.
    pub arguments: &'t [Span],
}

impl Parts<'_> {
    fn span(&self, part: Part) -> Span {
        match part {
            Part::Whole => self.whole,
            Part::Operator => self.operator,
            Part::Argument(i) => self.arguments.get(i).copied().unwrap_or(self.whole),
        }
    }

    /// Gives a problem its places.
    #[expect(clippy::boxed_local, reason = "problems are boxed wherever they travel")]
    pub fn place(&self, fail: Fail) -> Box<Problem<Span>> {
        let place_edit = |edit: Edit<Part>| match edit {
            Edit::Before(part, text) => Edit::Before(self.span(part), text),
            Edit::After(part, text) => Edit::After(self.span(part), text),
            Edit::Replace(part, text) => Edit::Replace(self.span(part), text),
        };
        let Problem { kind, title, labels, notes, helps } = *fail;
        let mut labels: Vec<(Span, String)> = labels.into_iter().map(|(part, text)| (self.span(part), text)).collect();
        if labels.is_empty() {
            labels.push((self.whole, String::new()));
        }
        let helps = helps
            .into_iter()
            .map(|help| Help { text: help.text, edits: help.edits.into_iter().map(place_edit).collect() })
            .collect();
        Box::new(Problem { kind, title, labels, notes, helps })
    }
}

impl Session {
    /// A failure whose parts are known.
    #[cold]
    pub(super) fn stop_at(&mut self, fail: Fail, parts: &Parts<'_>) -> Box<Stop> {
        if fail.kind == Kind::Placed
            && let Some(stop) = self.pending.take()
        {
            return stop;
        }
        Box::new(Stop::Error(Diagnostic::error(parts.place(fail))))
    }

    /// A failure of something that has no parts.
    #[cold]
    pub(super) fn stop(&mut self, fail: Fail, whole: Span) -> Box<Stop> {
        self.stop_at(fail, &Parts { whole, operator: whole, arguments: &[] })
    }

    /// A failure of an operator between two expressions.
    #[cold]
    pub(super) fn stop_step(&mut self, fail: Fail, left: Span, step: &Step) -> Box<Stop> {
        let right = step.operand.span;
        self.stop_at(fail, &Parts { whole: left.to(right), operator: step.op_span, arguments: &[left, right] })
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind())
    }
}
