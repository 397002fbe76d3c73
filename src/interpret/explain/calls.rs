//! Calls that do not fit: the wrong number of arguments, a name that is no parameter, a thing that is no
//! function.
//!
//! ```text
//! exp(1, 2)
//! sum(x, axes = 0)
//! x(3)                 # x is an array
//! ```

use crate::autodiff::Var;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Diagnostic, Edit, Fail, Part, Problem};
use crate::interpret::Session;
use crate::interpret::stop::Stop;
use crate::source::Span;
use crate::syntax::ast::Lambda;
use crate::value::Value;

/// More arguments by position than there are parameters.
#[cold]
pub fn too_many(name: &str, required: usize, most: usize, found: usize, signature: String) -> Fail {
    let range = if required == most { most.to_string() } else { format!("{required} to {most}") };
    let noun = if most == 1 { "argument" } else { "arguments" };
    let extra = if found == most + 1 { "one too many".to_string() } else { format!("{} too many", found - most) };
    Problem::new(format!("{name} takes {range} {noun}, found {found}"))
        .label(Part::Argument(most), extra)
        .note(signature)
}

/// A parameter without a default that nobody gave a value.
#[cold]
pub fn missing(name: &str, param: &str, signature: String) -> Fail {
    Problem::new(format!("{name} needs a value for `{param}`")).label(Part::Operator, "").note(signature)
}

/// A name that no parameter has, as the `i`-th that was given by name.
#[cold]
pub fn unknown_argument(name: &str, wrong: &str, i: usize, known: &[&str], signature: String) -> Fail {
    let problem =
        Problem::new(format!("{name} has no argument called `{wrong}`")).label(Part::Keyword(i), "").note(signature);
    match did_you_mean(wrong, known.iter().copied()) {
        Some(right) => {
            problem.patch(format!("did you mean `{right}`?"), vec![Edit::Replace(Part::Keyword(i), right.to_string())])
        }
        None => problem,
    }
}

impl Session {
    /// A call that does not fit a function of the program also shows where that was defined.
    #[cold]
    pub(in crate::interpret) fn with_definition(&self, stop: Box<Stop>, lambda: &Lambda) -> Box<Stop> {
        let Stop::Error(mut error) = *stop else { return stop };
        if let (Some(first), Some(last)) = (lambda.params.first(), lambda.params.last())
            && let Some(text) = self.sources.at(first.span.start)
            && !text.library
        {
            let last = last.default.as_ref().map_or(last.span, |default| default.span);
            error.problem.labels.push((first.span.to(last), "defined here".to_string()));
        }
        Box::new(Stop::Error(error))
    }

    /// Something that is no function is called.
    #[cold]
    pub(in crate::interpret) fn not_callable(&self, callee: &Value, name: Span, call: Span) -> Box<Stop> {
        let text = self.sources.text(name);
        let short = text.chars().count() <= 20 && !text.contains('\n');
        let title = if short { format!("{text} is not a function") } else { "this is not a function".to_string() };
        let problem = Problem::new(title).label(name, callee.kind());
        let arguments = Span::new(name.end, call.end);
        let inner = self.sources.text(arguments).trim();
        let inner =
            inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).map(str::trim).unwrap_or_default();
        let plain = !inner.is_empty() && !inner.contains(['=', '(']);
        let problem = match callee {
            Value::Var(var) if !var.shape().is_empty() && plain => {
                let edit = Edit::Replace(arguments, format!("[{inner}]"));
                match self.checked(vec![edit]) {
                    Some(edits) => problem.patch("to take an element, use square brackets", edits),
                    None => problem,
                }
            }
            Value::Tuple(_) if plain => {
                let edit = Edit::Replace(arguments, format!("[{inner}]"));
                match self.checked(vec![edit]) {
                    Some(edits) => problem.patch("to take an entry, use square brackets", edits),
                    None => problem,
                }
            }
            Value::Var(Var::Num(_) | Var::Traced(_)) if plain => {
                match self.checked(vec![Edit::Replace(arguments, format!(" * {}", factor(inner)))]) {
                    Some(edits) => problem.patch("to multiply, write *", edits),
                    None => problem,
                }
            }
            Value::Var(_) | Value::Tuple(_) => problem.help("to take an element, write [ ]; to multiply, write *"),
            _ => problem,
        };
        Box::new(Stop::Error(Diagnostic::error(problem)))
    }

    /// A function is indexed.
    #[cold]
    pub(in crate::interpret) fn not_indexable(&self, base: Span, whole: Span) -> Box<Stop> {
        let problem = Problem::new("a function has no elements to index").label(base, "a function");
        let index = Span::new(base.end, whole.end);
        let inner = self.sources.text(index).trim();
        let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).map(str::trim);
        let edits = inner.and_then(|inner| self.checked(vec![Edit::Replace(index, format!("({inner})"))]));
        let problem = match edits {
            Some(edits) => problem.patch("a function is called with ( )", edits),
            None => problem.help("a function is called with ( )"),
        };
        Box::new(Stop::Error(Diagnostic::error(problem)))
    }
}

/// A text as the right side of `*`, in parentheses unless it is one word.
fn factor(text: &str) -> String {
    let word = text.chars().all(|char| char.is_alphanumeric() || char == '_' || char == '.');
    if word { text.to_string() } else { format!("({text})") }
}
