//! What the inputs of a prompt did, so that they can be taken back, done again and saved as a script.
//!
//! An input is remembered by what its names held before and after it, which costs a pointer each, and by
//! the statements of it that ran. Old values may be large, and a recorded one holds everything that it
//! was computed from, so only [`MOST`] bytes of them are kept: then the oldest inputs can no longer be taken
//! back, but are still saved.

use super::Session;
use crate::autodiff::{Node, Var};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{ExprKind, Statement, StatementKind};
use crate::syntax::format::format;
use crate::value::Value;
use rand::rngs::Xoshiro256PlusPlus;
use std::path::Path;
use std::rc::Rc;

/// Bytes of old values that are kept.
const MOST: usize = 256 << 20;
/// Recorded steps that are counted to weigh a value; with more it weighs too much.
const STEPS: usize = 10_000;

/// The last value shown is a name that no input assigns.
const SHOWN: &str = "ans";

/// Inputs in order, and those that were taken back.
#[derive(Default)]
pub(super) struct Journal {
    done: Vec<Step>,
    undone: Vec<Vec<Step>>,
    /// The statements of the running input that ran, while one runs.
    pub(super) running: Option<Vec<Piece>>,
}

/// An input.
struct Step {
    /// Its number at the prompt.
    number: usize,
    pieces: Vec<Piece>,
    change: Change,
    /// Whether the change was given up for its weight.
    lost: bool,
}

/// A statement that ran.
pub(super) struct Piece {
    /// The comments before it.
    lead: String,
    text: String,
    /// Its value was shown.
    pub(super) shown: bool,
    /// Inside other brackets it needs brackets of its own.
    bare: bool,
}

/// What a name held, and where that was assigned.
type Held = (Value, Span);

/// What an input did to names, by slot: before and after.
#[derive(Default)]
struct Change {
    slots: Vec<(usize, Held, Held)>,
    random: Option<(Xoshiro256PlusPlus, Xoshiro256PlusPlus)>,
    weight: usize,
}

/// Everything that an input can change, before it runs.
pub(super) struct Mark {
    values: Vec<Value>,
    written: Vec<Span>,
    random: Xoshiro256PlusPlus,
}

/// What was taken back or done again.
pub struct Turned {
    /// The number of the first input concerned.
    pub number: usize,
    /// The names that hold something else now, and what; nothing if the name is gone.
    pub names: Vec<(Rc<str>, Option<Value>)>,
}

impl Session {
    /// What names hold now.
    pub(super) fn mark(&mut self) -> Mark {
        self.journal.running = Some(Vec::new());
        let scope = self.scopes.first();
        Mark {
            values: scope.map(|scope| scope.values.clone()).unwrap_or_default(),
            written: scope.map(|scope| scope.written.clone()).unwrap_or_default(),
            random: self.random.clone(),
        }
    }

    /// Makes names hold again what they held. Slots that came since then stay, so that resolved code keeps
    /// its meaning, and hold what the language has under their names.
    pub(super) fn restore(&mut self, mark: Mark) {
        let Some(scope) = self.scopes.first_mut() else { return };
        let known = mark.values.len();
        for (slot, name) in scope.names.iter().enumerate().skip(known) {
            if let (Some(value), Some(written)) = (scope.values.get_mut(slot), scope.written.get_mut(slot)) {
                *value = super::scope::standard(name);
                *written = Span::default();
            }
        }
        for (slot, (value, written)) in mark.values.into_iter().zip(mark.written).enumerate() {
            if let (Some(place), Some(at)) = (scope.values.get_mut(slot), scope.written.get_mut(slot)) {
                *place = value;
                *at = written;
            }
        }
        self.random = mark.random;
    }

    /// Remembers what an input did.
    pub(super) fn remember(&mut self, before: Mark) {
        let pieces = self.journal.running.take().unwrap_or_default();
        let Some(scope) = self.scopes.first() else { return };
        let mut change = Change::default();
        for (slot, ((name, value), written)) in scope.names.iter().zip(&scope.values).zip(&scope.written).enumerate() {
            let old = match (before.values.get(slot), before.written.get(slot)) {
                (Some(old), Some(written)) => (old.clone(), *written),
                _ => (super::scope::standard(name), Span::default()),
            };
            let assigned = old.1 != Span::default() || *written != Span::default() || &**name == SHOWN;
            if assigned && (!same(&old.0, value) || old.1 != *written) {
                change.weight = change.weight.saturating_add(weight(&old.0));
                change.slots.push((slot, old, (value.clone(), *written)));
            }
        }
        if before.random != self.random {
            change.random = Some((before.random, self.random.clone()));
        }
        if pieces.is_empty() && change.slots.is_empty() {
            return;
        }
        let step = Step { number: self.inputs, pieces, change, lost: false };
        if self.changes(&step) {
            self.journal.undone.clear();
        }
        self.journal.done.push(step);
        let mut kept = 0_usize;
        for step in self.journal.done.iter_mut().rev() {
            kept = kept.saturating_add(step.change.weight);
            if kept > MOST && !step.lost {
                step.lost = !step.change.slots.is_empty();
                step.change = Change::default();
            }
        }
    }

    /// Whether an input changed a name, rather than only showing something.
    fn changes(&self, step: &Step) -> bool {
        let name = |slot: usize| self.scopes.first().and_then(|scope| scope.names.get(slot));
        step.lost || step.change.slots.iter().any(|(slot, ..)| name(*slot).is_some_and(|name| &**name != SHOWN))
    }

    /// Takes back the last input that changed a name, and what came after it.
    ///
    /// # Errors
    /// Why that cannot be.
    pub fn undo(&mut self) -> Result<Turned, &'static str> {
        let at = self.journal.done.iter().rposition(|step| self.changes(step));
        let Some(at) = at else { return Err("there is nothing to take back") };
        if self.journal.done.get(at).is_some_and(|step| step.lost) {
            return Err("what names held before that is no longer kept: it was too large");
        }
        let steps = self.journal.done.split_off(at);
        for step in steps.iter().rev() {
            self.turn_to(&step.change, false);
        }
        let turned = self.turned(&steps);
        self.journal.undone.push(steps);
        Ok(turned)
    }

    /// Does again what was taken back last.
    ///
    /// # Errors
    /// That there is nothing.
    pub fn redo(&mut self) -> Result<Turned, &'static str> {
        let Some(steps) = self.journal.undone.pop() else { return Err("there is nothing to do again") };
        for step in &steps {
            self.turn_to(&step.change, true);
        }
        let turned = self.turned(&steps);
        self.journal.done.extend(steps);
        Ok(turned)
    }

    fn turn_to(&mut self, change: &Change, after: bool) {
        if let Some(scope) = self.scopes.first_mut() {
            for (slot, old, new) in &change.slots {
                let (value, span) = if after { new } else { old };
                if let (Some(place), Some(written)) = (scope.values.get_mut(*slot), scope.written.get_mut(*slot)) {
                    *place = value.clone();
                    *written = *span;
                }
            }
        }
        if let Some((old, new)) = &change.random {
            self.random = if after { new.clone() } else { old.clone() };
        }
    }

    fn turned(&self, steps: &[Step]) -> Turned {
        let mut names: Vec<(Rc<str>, Option<Value>)> = Vec::new();
        let scope = self.scopes.first();
        for (slot, ..) in steps.iter().flat_map(|step| &step.change.slots) {
            let Some(name) = scope.and_then(|scope| scope.names.get(*slot)) else { continue };
            if &**name != SHOWN && names.iter().all(|(known, _)| known != name) {
                let assigned = scope.and_then(|scope| scope.written.get(*slot)) != Some(&Span::default());
                names.push((name.clone(), self.get(name).filter(|_| assigned).cloned()));
            }
        }
        Turned { number: steps.first().map_or(0, |step| step.number), names }
    }

    /// Forgets every name that was assigned, and everything that was typed.
    pub fn reset(&mut self) {
        let mark = Mark { values: Vec::new(), written: Vec::new(), random: self.random.clone() };
        self.restore(mark);
        self.journal = Journal::default();
        self.style = crate::show::Style { width: self.style.width, ..Default::default() };
        self.singles = false;
        self.set("args", Value::tuple(Vec::new()));
    }

    /// Notes that a statement ran; `text_start` is where what belongs to it begins, comments included.
    pub(super) fn ran(&mut self, statement: &Statement, text_start: u32) {
        let Some(pieces) = &mut self.journal.running else { return };
        let lead = self.sources.text(Span::new(text_start, statement.span.start));
        pieces.push(Piece {
            lead: lead.trim_matches([' ', '\t', '\r', '\n', ';']).to_string(),
            text: self.sources.text(statement.span).to_string(),
            shown: false,
            bare: matches!(&statement.kind, StatementKind::Expression(value) if matches!(value.kind, ExprKind::Tuple(_))),
        });
    }

    /// Runs a text that somebody wrote elsewhere, as one input. What it imports is looked for in its folder.
    ///
    /// # Errors
    /// What went wrong, ready to be drawn.
    pub fn include(&mut self, name: &str, folder: &Path, text: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
        let before = self.mark();
        let here = self.scopes.first().map(|scope| scope.folder.clone()).unwrap_or_default();
        self.set_folder(folder);
        let result = self.run(name, text, super::Echo::Nothing);
        self.set_folder(&here);
        self.remember(before);
        result
    }

    /// What ran so far as a script in the one style that shows the same, and how many inputs that is.
    pub fn script(&self) -> (String, usize) {
        let mut out = String::new();
        let mut count = 0;
        let pieces = || self.journal.done.iter().flat_map(|step| &step.pieces);
        // Outside a prompt nothing is called so unless somebody says it.
        let named = pieces().any(|piece| mentions(&piece.text, SHOWN));
        for step in &self.journal.done {
            count += usize::from(!step.pieces.is_empty());
            for piece in &step.pieces {
                if !piece.lead.is_empty() {
                    out.push_str(&piece.lead);
                    out.push('\n');
                }
                let text = if piece.bare { format!("({})", piece.text) } else { piece.text.clone() };
                out.push_str(&match (piece.shown, named) {
                    (false, _) => text,
                    (true, false) => format!("print({text})"),
                    (true, true) => format!("{SHOWN} = {text}\nprint({SHOWN})"),
                });
                out.push('\n');
            }
        }
        // What ran can be read; if it could not, it would be kept as it is.
        (format(&out, 1).unwrap_or(out), count)
    }
}

/// Whether a text has a word in it.
fn mentions(text: &str, word: &str) -> bool {
    text.split(|char: char| !char.is_alphanumeric() && char != '_').any(|part| part == word)
}

/// Whether two values are one: the same number, or the same place in memory.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Unset, Value::Unset) | (Value::None, Value::None) => true,
        (Value::Var(a), Value::Var(b)) => a.is_same(b),
        (Value::Text(a), Value::Text(b)) => Rc::ptr_eq(a, b),
        (Value::Tuple(a), Value::Tuple(b)) => Rc::ptr_eq(a, b),
        (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
        (Value::Builtin(a), Value::Builtin(b)) => std::ptr::eq(*a, *b),
        (Value::Module(a), Value::Module(b)) => Rc::ptr_eq(a, b),
        (Value::Range(a), Value::Range(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

/// About how many bytes a value keeps alive.
fn weight(value: &Value) -> usize {
    let mut total = 0_usize;
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        total = total.saturating_add(match value {
            Value::Var(Var::Traced(node)) => graph(node),
            Value::Var(var) => var.len().saturating_mul(size_of::<f64>()),
            Value::Text(text) => text.len(),
            Value::Tuple(tuple) => {
                waiting.extend(&tuple.items);
                tuple.items.len().saturating_mul(size_of::<Value>())
            }
            _ => size_of::<Value>(),
        });
    }
    total
}

/// About how many bytes a recorded step keeps alive with everything before it.
fn graph(root: &Rc<Node>) -> usize {
    let (mut total, mut steps) = (0_usize, 0_usize);
    let mut seen = std::collections::HashSet::new();
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        if !seen.insert(Rc::as_ptr(node)) {
            continue;
        }
        steps += usize::from(Rc::ptr_eq(node, node.itself()));
        if steps > STEPS {
            return MOST + 1;
        }
        total = total.saturating_add(node.weight());
        node.each_held(|held| waiting.push(held));
    }
    total
}
