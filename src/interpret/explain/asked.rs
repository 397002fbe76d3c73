//! What a question was about: which variable, where it was made, what text it stands in.
//!
//! A function of ours gets the value of `w` in `w.grad`, never its name. The text of the running call has
//! the name, and the session knows where that name was assigned.

use crate::autodiff::Var;
use crate::diagnostic::Edit;
use crate::interpret::Session;
use crate::source::{Source, Span};
use crate::syntax::ast::{Block, ExprKind, Slot, StatementKind};
use crate::value::Value;
use std::rc::Rc;

use super::tree;

/// Characters of an expression that may stand for its value in a sentence.
const NAME: usize = 20;

/// The first argument of a call of ours, as the program has it.
pub struct Asked {
    /// The variable, if it is one.
    pub variable: Option<Rc<str>>,
    /// What to call the argument in a sentence.
    pub name: String,
    /// The argument.
    pub argument: Span,
    /// The name of the function.
    pub operator: Span,
    /// The call.
    pub whole: Span,
}

impl Session {
    /// What a call was asked about.
    pub(super) fn asked(&self, call: Span) -> Asked {
        self.asked_in_text(call).unwrap_or_else(|| Asked {
            variable: None,
            name: "this value".to_string(),
            argument: call,
            operator: call,
            whole: call,
        })
    }

    /// What the running call was asked about, down to the part of a tuple that is in question.
    pub(super) fn asked_leaf(&self, of: &Var) -> Asked {
        let mut asked = self.asked(self.call_span);
        if let Some(name) = &asked.variable
            && let Some(value @ Value::Tuple(_)) = self.value_of(name)
            && let Some(part) = leaf(name, value, of).filter(|part| part.chars().count() <= NAME)
        {
            asked.name = part;
        }
        asked
    }

    fn asked_in_text(&self, call: Span) -> Option<Asked> {
        let source = self.sources.at(call.start).filter(|source| !source.library)?;
        let text = source.text.get((call.start - source.base) as usize..(call.end - source.base) as usize)?;
        let block = tree::read(text, call.start)?;
        let [statement] = &block.statements[..] else { return None };
        let StatementKind::Expression(expression) = &statement.kind else { return None };
        let (function, operator, arguments) = tree::call(expression)?;
        if !["grad", "backward", "why"].contains(&function) {
            return None;
        }
        let first = arguments.first()?;
        let text = self.sources.text(first.span);
        let short = text.chars().count() <= NAME && !text.contains('\n');
        let variable = match &first.kind {
            ExprKind::Name(variable) => Some(variable.name.clone()),
            _ => None,
        };
        let name = match &variable {
            Some(name) if name.chars().count() <= NAME => name.to_string(),
            None if short => text.to_string(),
            _ => "this value".to_string(),
        };
        Some(Asked { variable, name, argument: first.span, operator, whole: call })
    }

    /// Where a name lives for the running code.
    pub(super) fn slot_of(&self, name: &str) -> Option<Slot> {
        let locals = self.lambda.as_ref().map(|lambda| &lambda.locals[..]).unwrap_or_default();
        match locals.iter().position(|local| &**local == name) {
            Some(i) => Some(Slot::Local(i as u32)),
            None => self.scopes.get(self.scope)?.find(name).map(Slot::Global),
        }
    }

    /// The value of a name for the running code.
    pub(super) fn value_of(&self, name: &str) -> Option<&Value> {
        self.slot_of(name).map(|slot| self.look(slot))
    }

    /// The statement that gave a name its value, or the parameter that did.
    pub(super) fn written(&self, name: &str) -> Option<Span> {
        match self.slot_of(name)? {
            Slot::Global(i) => {
                let written = self.scopes.get(self.scope)?.written.get(i as usize).copied();
                written.filter(|span| *span != Span::default())
            }
            _ => {
                let lambda = self.lambda.as_ref()?;
                if let Some(param) = lambda.params.iter().find(|param| &*param.name == name) {
                    return Some(param.span);
                }
                let parts = tree::parts(&lambda.body);
                let before = |span: Span| span.start < self.call_span.start;
                let spans: Vec<Span> =
                    tree::assignments(&parts, name).into_iter().map(|statement| statement.span).collect();
                spans.iter().rev().find(|span| before(**span)).or(spans.last()).copied()
            }
        }
    }

    /// The whole text that a place stands in, as a tree.
    pub(super) fn program(&self, place: Span) -> Option<Block> {
        let source = self.sources.at(place.start).filter(|source| !source.library)?;
        tree::read(&source.text, source.base)
    }

    /// Whether two places stand in one text.
    pub(super) fn same_text(&self, a: Span, b: Span) -> bool {
        let base = |span: Span| self.sources.at(span.start).map(|source| source.base);
        base(a).is_some() && base(a) == base(b)
    }

    /// Everything that has a name for the running code: the running function's variables, then those of
    /// the file.
    pub(in crate::interpret) fn named(&self) -> Vec<(Rc<str>, Value)> {
        let mut named = Vec::new();
        if let Some(lambda) = &self.lambda {
            let frame = self.locals.get(self.base..).unwrap_or_default();
            named.extend(lambda.locals.iter().cloned().zip(frame.iter().cloned()));
        }
        if let Some(scope) = self.scopes.get(self.scope) {
            named.extend(scope.assigned().map(|(name, i)| (name.clone(), scope.values[i].clone())));
        }
        named
    }

    /// How a place is told in a sentence: `line 3`, or `[2]:1` if it is in another text.
    pub(in crate::interpret) fn line(&self, place: Span, from: Span) -> String {
        let line = self.sources.line_column(place.start).map_or(0, |(line, _)| line);
        match self.sources.at(place.start) {
            Some(source) if !self.same_text(place, from) => format!("{}:{line}", source.name),
            _ => format!("line {line}"),
        }
    }

    /// The edit that puts a line of its own below a statement, if the change parses.
    pub(super) fn line_below(&self, statement: Span, line: &str) -> Option<Edit<Span>> {
        let (source, range) = self.sources.locate(statement)?;
        let rest = source.text.get(range.end..)?;
        let rest = rest.get(..rest.find('\n').unwrap_or(rest.len()))?.trim_end();
        let end = Span::new(statement.end, statement.end + rest.len() as u32);
        let edit = match rest.trim_start() {
            "" => Edit::After(end, format!("\n{}{line}", indent(source, range.start))),
            comment if comment.starts_with('#') => Edit::After(end, format!("\n{}{line}", indent(source, range.start))),
            _ => Edit::After(statement, format!("; {line}")),
        };
        self.checked(vec![edit])?.pop()
    }

    /// The edit that puts a line of its own above a statement, if the change parses.
    pub(super) fn line_above(&self, statement: Span, line: &str) -> Option<Edit<Span>> {
        let (source, range) = self.sources.locate(statement)?;
        let edit = Edit::Before(statement, format!("{line}\n{}", indent(source, range.start)));
        let alone = source.text.get(..range.start)?.rsplit('\n').next()?.trim().is_empty();
        self.checked(vec![edit]).filter(|_| alone)?.pop()
    }

    /// Edits, if the text they change still parses afterwards.
    pub(super) fn checked(&self, edits: Vec<Edit<Span>>) -> Option<Vec<Edit<Span>>> {
        let place = match edits.first()? {
            Edit::Before(span, _) | Edit::After(span, _) | Edit::Replace(span, _) => *span,
        };
        let source = self.sources.at(place.start).filter(|source| !source.library)?;
        let text = crate::diagnostic::draw::patched(&source.text, source.base, &edits)?;
        tree::read(&text, 1).map(|_| edits)
    }
}

/// The spaces that the line of a place begins with.
fn indent(source: &Source, at: usize) -> String {
    let line = source.text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    line.chars().take_while(|char| char.is_whitespace()).collect()
}

/// What the part of a tuple is called that holds a value: `params.w`, `layers[0].b`.
fn leaf(name: &str, value: &Value, wanted: &Var) -> Option<String> {
    fn walk(path: String, value: &Value, wanted: &Var, depth: usize) -> Option<String> {
        match value {
            Value::Var(var) => var.is_same(wanted).then_some(path),
            Value::Tuple(tuple) if depth < 20 => tuple.items.iter().enumerate().find_map(|(i, item)| {
                let path = match tuple.name(i) {
                    Some(name) => format!("{path}.{name}"),
                    None => format!("{path}[{i}]"),
                };
                walk(path, item, wanted, depth + 1)
            }),
            _ => None,
        }
    }
    walk(name.to_string(), value, wanted, 0)
}

/// A title, or a shorter one if it would be too long for a line.
pub fn title(long: String, short: impl Into<String>) -> String {
    if long.chars().count() <= 60 { long } else { short.into() }
}
