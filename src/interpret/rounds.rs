//! What a loop was doing when Ctrl-C stopped it.
//!
//! ```text
//! while norm(b) < 1000 { b = b / 2 }
//! ━━━━━━━━━━━━━━━━━━━━ round 31 809 112: norm(b) is 0, and not growing
//! ```
//!
//! A loop that never ends is mostly one whose condition does not come nearer, so what the condition
//! compares is looked at now and then, and once more when the loop is stopped.

use super::Session;
use super::stop::{Eval, Stop};
use crate::array::limits;
use crate::builtin;
use crate::diagnostic::{Kind, grouped};
use crate::show;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Block, Expr, ExprKind, Slot, Target};
use crate::value::{Function, Run, Value};

/// Rounds between two looks. A round is a look's worth at least.
const EVERY: u64 = 1024;
/// The longest text of a condition's side that a note repeats.
const TEXT: usize = 30;

/// How far a loop has come.
#[derive(Default)]
pub(super) struct Rounds {
    /// Whole rounds.
    pub(super) count: u64,
    /// What the condition compared some rounds ago.
    sample: Option<f64>,
}

impl Session {
    /// `while condition { body }`
    pub(super) fn repeat(&mut self, condition: &Expr, body: &Block, span: Span) -> Eval<Value> {
        let mut rounds = Rounds::default();
        match self.turns(condition, body, span, &mut rounds) {
            Ok(()) => Ok(Value::None),
            Err(stop) if interrupted(&stop) => {
                let header = Span::new(span.start, condition.span.end);
                let state = self.state(condition, &rounds);
                Err(self.told(stop, header, rounds.count.saturating_add(1), None, &state))
            }
            Err(stop) => Err(stop),
        }
    }

    fn turns(&mut self, condition: &Expr, body: &Block, span: Span, rounds: &mut Rounds) -> Eval<()> {
        while self.condition(condition, "while")? {
            self.check(span)?;
            if !self.turn(body)? {
                break;
            }
            rounds.count += 1;
            if rounds.count.is_multiple_of(EVERY) {
                rounds.sample = side(condition).and_then(|(side, _)| self.gauge(side));
            }
        }
        Ok(())
    }

    /// `for target in items { body }`
    pub(super) fn go_through(&mut self, target: &Target, items: &Expr, body: &Block, span: Span) -> Eval<Value> {
        let values = self.eval(items)?;
        let total = match &values {
            Value::Range(range) => Some(range.len),
            Value::Tuple(tuple) => Some(tuple.items.len()),
            Value::Var(var) => var.shape().first().copied(),
            _ => None,
        };
        let mut count = 0;
        match self.each(target, values, items.span, body, span, &mut count) {
            Ok(()) => Ok(Value::None),
            Err(stop) if interrupted(&stop) => {
                Err(self.told(stop, Span::new(span.start, items.span.end), count, total, ""))
            }
            Err(stop) => Err(stop),
        }
    }

    /// The note with the loop's state, unless a loop inside this one told its own, or the loop is the
    /// library's.
    fn told(&self, mut stop: Box<Stop>, header: Span, count: u64, total: Option<usize>, state: &str) -> Box<Stop> {
        if let Stop::Error(error) = &mut *stop
            && error.problem.labels.iter().all(|(_, text)| text.is_empty())
            && self.sources.at(header.start).is_some_and(|source| !source.library)
        {
            let whole = |count: u64| grouped(usize::try_from(count).unwrap_or(usize::MAX));
            let of = total.map(|total| format!(" of {}", grouped(total))).unwrap_or_default();
            let round = whole(count);
            error.problem.labels = vec![(header, format!("round {round}{of}{state}"))];
            error.calls.clear();
        }
        stop
    }

    /// `: norm(b) is 0, and not growing`
    fn state(&mut self, condition: &Expr, rounds: &Rounds) -> String {
        let Some((side, op)) = side(condition) else { return String::new() };
        // The loop has stopped; only this look is yet to come.
        limits::clear_interrupt();
        let now = self.gauge(side);
        limits::interrupt();
        let text = self.sources.text(side.span).trim().to_string();
        let Some(now) = now.filter(|_| text.chars().count() <= TEXT && !text.contains('\n')) else {
            return String::new();
        };
        let stuck = match (rounds.sample, op) {
            (Some(before), _) if before != now && !(before.is_nan() && now.is_nan()) => "",
            (None, _) => "",
            (_, BinaryOp::Less | BinaryOp::LessEqual) => ", and not growing",
            (_, BinaryOp::Greater | BinaryOp::GreaterEqual) => ", and not shrinking",
            _ => ", and not changing",
        };
        format!(": {text} is {}{stuck}", show::number(now, &show::Style::default()))
    }

    /// The number that an expression is, if finding out runs nothing of the program.
    fn gauge(&mut self, expression: &Expr) -> Option<f64> {
        if !self.harmless(expression) {
            return None;
        }
        let recording = self.cx.set_recording(false);
        let value = self.eval(expression).ok();
        self.cx.set_recording(recording);
        match value {
            Some(Value::Var(var)) if var.shape().is_empty() => var.item(),
            _ => None,
        }
    }

    /// Whether an expression only computes: names, numbers, and functions of the language of them.
    fn harmless(&self, expression: &Expr) -> bool {
        match &expression.kind {
            ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Name(_) => true,
            ExprKind::Sign(_, operand, _) | ExprKind::Member(operand, ..) => self.harmless(operand),
            ExprKind::Chain(first, rest) => {
                self.harmless(first) && rest.iter().all(|step| self.harmless(&step.operand))
            }
            ExprKind::Power(base, step) => self.harmless(base) && self.harmless(&step.operand),
            ExprKind::Call(call) => {
                let ours = matches!(&call.callee.kind, ExprKind::Name(name) if self.ours(name.slot));
                ours && call.arguments.iter().all(|argument| self.harmless(&argument.value))
            }
            ExprKind::MethodCall(call) => {
                let ours = builtin::find(&call.member.name).is_some_and(computes)
                    && [call.member.local, call.member.global].into_iter().all(|slot| !self.theirs(slot));
                ours && self.harmless(&call.receiver)
                    && call.arguments.iter().all(|argument| self.harmless(&argument.value))
            }
            _ => false,
        }
    }

    fn ours(&self, slot: Slot) -> bool {
        matches!(self.look(slot), Value::Builtin(builtin) if computes(builtin))
    }

    fn theirs(&self, slot: Slot) -> bool {
        slot != Slot::Unresolved
            && matches!(self.look(slot), Value::Function(function) if matches!(**function, Function::Closure(_)))
    }
}

fn computes(builtin: &crate::value::Builtin) -> bool {
    matches!(builtin.run, Run::Elementwise(_) | Run::Operation(..))
}

fn interrupted(stop: &Stop) -> bool {
    // A run for many rows that is given up stops in the same way.
    limits::interrupted() && matches!(stop, Stop::Error(error) if error.problem.kind == Kind::Interrupt)
}

/// What a condition compares with something fixed: the left side, or the right one of `1000 > norm(b)`.
fn side(condition: &Expr) -> Option<(&Expr, BinaryOp)> {
    let ExprKind::Compare(first, rest) = &condition.kind else { return None };
    let [step] = &rest[..] else { return None };
    if matches!(first.kind, ExprKind::Number(_)) {
        let op = match step.op {
            BinaryOp::Less => BinaryOp::Greater,
            BinaryOp::LessEqual => BinaryOp::GreaterEqual,
            BinaryOp::Greater => BinaryOp::Less,
            BinaryOp::GreaterEqual => BinaryOp::LessEqual,
            other => other,
        };
        return Some((&step.operand, op));
    }
    Some((first, step.op))
}
