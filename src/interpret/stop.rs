//! Everything that ends an evaluation early, and how a failure gets its place.

use super::Session;
use crate::array::limits;
use crate::diagnostic::mention;
use crate::diagnostic::{Diagnostic, Edit, Fail, Help, Kind, Part, Problem};
use crate::source::{Sources, Span};
use crate::syntax::ast::{ExprKind, Step};
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
#[derive(Default)]
pub struct Parts<'t> {
    /// The whole expression.
    pub whole: Span,
    /// The operator, or the name of the function.
    pub operator: Span,
    /// The operands or arguments, in the order of the parameters.
    pub arguments: &'t [Span],
    /// The names of the arguments that were given by name.
    pub keywords: &'t [Span],
}

/// Characters of an operand's text that may stand for it in a sentence.
const NAME: usize = 20;

/// Operands that a sentence can mention.
const MOST_NAMES: usize = 8;

impl Parts<'_> {
    fn span(&self, part: Part) -> Span {
        match part {
            Part::Whole | Part::Parameter(_) => self.whole,
            Part::Operator => self.operator,
            Part::Argument(i) => self.arguments.get(i).copied().unwrap_or(self.whole),
            Part::Keyword(i) => self.keywords.get(i).copied().unwrap_or(self.whole),
        }
    }

    /// Gives a problem its places, and operands that it mentions their names.
    #[expect(clippy::boxed_local, reason = "problems are boxed wherever they travel")]
    pub fn place(&self, fail: Fail, sources: &Sources) -> Box<Problem<Span>> {
        let Problem { kind, title, labels, notes, helps } = *fail;
        let names: Vec<String> = (0..self.arguments.len().min(MOST_NAMES)).map(|i| self.name(i, sources)).collect();
        let named = |text: String| mention::fill(&text, &names);
        let mut labels: Vec<(Span, String)> =
            labels.into_iter().map(|(part, text)| (self.span(part), named(text))).collect();
        if labels.is_empty() {
            labels.push((self.whole, String::new()));
        }
        let place_help = |help: Help<Part>| {
            let edits = help.edits.into_iter().flat_map(|edit| self.place_edit(edit, sources)).collect();
            Help { text: named(help.text), edits }
        };
        let helps = helps.into_iter().map(place_help).collect();
        Box::new(Problem { kind, title: named(title), labels, notes: notes.into_iter().map(named).collect(), helps })
    }

    /// What an operand is called: its own text if that is short, else which one it is.
    fn name(&self, i: usize, sources: &Sources) -> String {
        let text = self.arguments.get(i).map_or("", |&span| visible_text(span, sources));
        if !text.is_empty() && text.chars().count() <= NAME && !text.contains(['\n', '"']) {
            return text.to_string();
        }
        let between = matches!(self.arguments, [a, b] if a.end <= self.operator.start && self.operator.end <= b.start);
        let ordinal = ["the first argument", "the second argument", "the third argument"];
        match i {
            0 if between => "the left side",
            1 if between => "the right side",
            _ => ordinal.get(i).copied().unwrap_or("this argument"),
        }
        .to_string()
    }

    /// An edit with its place. What binds tighter than the operand it follows needs parentheses.
    fn place_edit(&self, edit: Edit<Part>, sources: &Sources) -> Vec<Edit<Span>> {
        match edit {
            Edit::Before(part, text) => vec![Edit::Before(self.span(part), text)],
            Edit::After(part, text) => {
                let span = self.span(part);
                if text.starts_with(['.', '[']) && !binds_tightly(visible_text(span, sources)) {
                    return vec![Edit::Before(span, "(".to_string()), Edit::After(span, format!("){text}"))];
                }
                vec![Edit::After(span, text)]
            }
            Edit::Replace(part, text) => vec![Edit::Replace(self.span(part), text)],
        }
    }
}

/// The text of a place that the user wrote.
fn visible_text(span: Span, sources: &Sources) -> &str {
    match sources.at(span.start) {
        Some(source) if !source.library => sources.text(span).trim(),
        _ => "",
    }
}

/// Whether `.T` after an expression is about the whole of it.
fn binds_tightly(text: &str) -> bool {
    let Some(kind) = super::explain::tree::expression(text) else { return false };
    let loose = matches!(
        kind,
        ExprKind::Chain(..)
            | ExprKind::Compare(..)
            | ExprKind::Power(..)
            | ExprKind::Sign(..)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Lambda(_)
            | ExprKind::If(..)
            | ExprKind::Try(_)
            | ExprKind::Mode(_)
    );
    !loose || in_brackets(text)
}

/// Whether one pair of parentheses holds all of a text.
fn in_brackets(text: &str) -> bool {
    let mut depth = 0_i32;
    let closed_early = text.char_indices().any(|(at, char)| {
        depth += i32::from(char == '(') - i32::from(char == ')');
        depth == 0 && at + 1 < text.len()
    });
    text.starts_with('(') && !closed_early && !text.contains('"')
}

impl Session {
    /// Stops if there is a reason to.
    #[cold]
    pub(super) fn check_reason(&mut self, span: Span) -> Eval<()> {
        if limits::interrupted() {
            Err(self.interrupted(span))
        } else {
            limits::check().map_err(|fail| self.stop(fail, span))
        }
    }

    /// A failure whose parts are known.
    #[cold]
    pub(super) fn stop_at(&mut self, fail: Fail, parts: &Parts<'_>) -> Box<Stop> {
        if fail.kind == Kind::Placed
            && let Some(stop) = self.pending.take()
        {
            return stop;
        }
        if fail.kind == Kind::Interrupt {
            return self.interrupted(parts.whole);
        }
        Box::new(Stop::Error(Diagnostic::error(parts.place(fail, &self.sources))))
    }

    /// A failure of something that has no parts.
    #[cold]
    pub(super) fn stop(&mut self, fail: Fail, whole: Span) -> Box<Stop> {
        self.stop_at(fail, &Parts { whole, operator: whole, ..Parts::default() })
    }

    /// A failure of an operator between two expressions.
    #[cold]
    pub(super) fn stop_step(&mut self, fail: Fail, left: Span, step: &Step) -> Box<Stop> {
        let right = step.operand.span;
        self.stop_at(
            fail,
            &Parts { whole: left.to(right), operator: step.op_span, arguments: &[left, right], ..Parts::default() },
        )
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind())
    }
}
