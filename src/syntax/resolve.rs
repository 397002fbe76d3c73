//! Where every name lives.
//!
//! A running function finds its variables in numbered slots and never looks up a name. The rules:
//!
//! ```text
//! k = 2                   top level: found when the code runs
//! fn f(x) {               x, y and g are local in all of f, wherever they are assigned
//!     y = k * x
//!     fn g(z) = y + g(z)  y is taken from f when g is made; g finds itself
//!     g
//! }
//! ```
//!
//! Blocks share the scope around them. Only what nests recurses here, and the parser has limited that.

use super::assigned::{self, Assigned};
use super::ast::*;
use super::messages::say;
use super::overwritten::Mentions;
use crate::diagnostic::Diagnostic;
use crate::source::{Place, Span};
use std::collections::HashMap;
use std::rc::Rc;

/// The most errors that one text reports.
const MOST_ERRORS: usize = 3;

/// What outlives a text: the top-level names, and the places that recorded steps can name.
pub trait Names {
    /// The slot of a top-level name, made when it is first used.
    fn global(&mut self, name: &str) -> u32;
    /// Notes that a function reads a top-level name, so that its value may be wanted whenever one runs.
    fn wanted_inside(&mut self, slot: u32);
    /// The number of a span.
    fn place(&mut self, span: Span) -> Place;
}

/// Fills in the slots and places of a program, in place.
pub fn resolve(block: &mut Block, names: &mut dyn Names) -> Result<(), Vec<Box<Diagnostic>>> {
    let mut resolver = Resolver { names, scopes: Vec::new(), mentions: Mentions::default(), errors: Vec::new() };
    resolver.block(block);
    if resolver.errors.is_empty() { Ok(()) } else { Err(resolver.errors) }
}

/// The slots of a function.
#[derive(Default)]
struct Scope {
    slots: HashMap<Rc<str>, u32>,
    locals: Vec<Rc<str>>,
    captures: Vec<(u32, u32)>,
    /// The name under which an inner function sees itself.
    own: Option<Rc<str>>,
    own_slot: Option<u32>,
}

impl Scope {
    fn add(&mut self, name: &Rc<str>) -> u32 {
        let slot = self.locals.len() as u32;
        self.locals.push(name.clone());
        self.slots.insert(name.clone(), slot);
        slot
    }

    /// The slot of a name that is local here, or of the function itself.
    fn find(&mut self, name: &Rc<str>) -> Option<u32> {
        if let Some(slot) = self.slots.get(name) {
            return Some(*slot);
        }
        if self.own.as_ref() != Some(name) {
            return None;
        }
        let slot = self.add(name);
        self.own_slot = Some(slot);
        Some(slot)
    }
}

#[expect(clippy::vec_box, reason = "an error is boxed wherever it goes")]
struct Resolver<'a> {
    names: &'a mut dyn Names,
    /// The functions around, the innermost last. Empty at the top level.
    scopes: Vec<Scope>,
    mentions: Mentions,
    errors: Vec<Box<Diagnostic>>,
}

impl Resolver<'_> {
    /// The slot of a name in the innermost function, taken from an enclosing one if need be.
    fn local(&mut self, name: &Rc<str>) -> Option<u32> {
        let found = (0..self.scopes.len()).rev().find_map(|level| {
            let slot = self.scopes.get_mut(level)?.find(name)?;
            Some((level, slot))
        });
        let (level, slot) = found?;
        Some(self.scopes.iter_mut().skip(level + 1).fold(slot, |outer, scope| {
            let inner = scope.add(name);
            scope.captures.push((outer, inner));
            inner
        }))
    }

    /// The slot of a top-level name.
    fn global(&mut self, name: &str) -> Slot {
        let slot = self.names.global(name);
        if !self.scopes.is_empty() {
            self.names.wanted_inside(slot);
        }
        Slot::Global(slot)
    }

    fn variable(&mut self, variable: &mut Variable) {
        self.mentions.note(&variable.name);
        variable.slot = match self.local(&variable.name) {
            Some(slot) => Slot::Local(slot),
            None => self.global(&variable.name),
        };
    }

    fn member(&mut self, member: &mut Member) {
        self.mentions.note(&member.name);
        member.local = self.local(&member.name).map_or(Slot::Unresolved, Slot::Local);
        member.global = self.global(&member.name);
    }

    fn complain(&mut self, error: Box<Diagnostic>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    fn block(&mut self, block: &mut Block) {
        let mut begins = Vec::with_capacity(block.statements.len());
        for i in 0..block.statements.len() {
            begins.push(self.mentions.now);
            if let Some(statement) = block.statements.get_mut(i) {
                self.statement(statement);
            }
            for (slot, since) in self.mentions.overwritten.drain(..) {
                let first = begins.partition_point(|begin| *begin < since);
                if let Some(statement) = block.statements.get_mut(..=i).and_then(|before| before.get_mut(first)) {
                    statement.overwrites.push(slot);
                }
            }
        }
    }

    fn statement(&mut self, statement: &mut Statement) {
        let span = statement.span;
        match &mut statement.kind {
            StatementKind::Expression(value) => self.expr(value),
            StatementKind::Assign(target, value) => {
                let from = self.mentions.now;
                self.expr(value);
                if let Target::Name(variable) = target
                    && self.local(&variable.name).is_some()
                {
                    self.mentions.read_last(&variable.name, value, from);
                }
                self.overwrite(target);
            }
            StatementKind::Update(update) => {
                self.expr(&mut update.value);
                self.target(&mut update.target);
                update.place = self.names.place(span);
            }
            StatementKind::Define(name, lambda) => {
                self.variable(name);
                let own = (!self.scopes.is_empty()).then(|| name.name.clone());
                self.lambda(lambda, own);
            }
            StatementKind::While(condition, body) => {
                self.expr(condition);
                self.repeated(body);
            }
            StatementKind::For(target, items, body) => {
                self.expr(items);
                self.target(target);
                self.repeated(body);
            }
            StatementKind::Break | StatementKind::Continue if self.mentions.loops == 0 => {
                let word = if matches!(statement.kind, StatementKind::Break) { "break" } else { "continue" };
                let message = say(format!("this `{word}` is in no loop"), span, "no while or for is around it");
                self.complain(message.error());
            }
            StatementKind::Break | StatementKind::Continue => self.mentions.leave(),
            StatementKind::Return(value) => {
                if self.scopes.is_empty() {
                    let message = say("this `return` is in no function", span, "no function is around it");
                    self.complain(message.error());
                }
                value.iter_mut().for_each(|value| self.expr(value));
            }
            StatementKind::Import(import) => self.variable(&mut import.variable),
        }
    }

    fn repeated(&mut self, body: &mut Block) {
        let left = self.mentions.left;
        self.mentions.loops += 1;
        self.block(body);
        self.mentions.loops -= 1;
        self.mentions.left = left;
    }

    /// The targets of a plain assignment whose value is resolved.
    fn overwrite(&mut self, target: &mut Target) {
        match target {
            Target::Name(variable) => {
                let since = self.mentions.since(&variable.name);
                self.variable(variable);
                self.mentions.overwritten.extend(since.map(|since| (variable.slot, since)));
            }
            Target::Tuple(parts, _) => parts.iter_mut().for_each(|part| self.overwrite(part)),
            part => self.target(part),
        }
    }

    fn target(&mut self, target: &mut Target) {
        match target {
            Target::Name(variable) => self.variable(variable),
            Target::Index(base, indices, span, place) => {
                self.target(base);
                self.indices(indices);
                *place = self.names.place(*span);
            }
            Target::Member(base, member, _) => {
                self.target(base);
                self.member(member);
            }
            Target::Tuple(parts, _) => parts.iter_mut().for_each(|part| self.target(part)),
        }
    }

    fn indices(&mut self, indices: &mut [Index]) {
        for index in indices {
            match index {
                Index::At(value) => self.expr(value),
                Index::Range(start, stop, step, _) => {
                    [start, stop, step].into_iter().flatten().for_each(|value| self.expr(value));
                }
                Index::Ellipsis(_) => {}
            }
        }
    }

    fn arguments(&mut self, arguments: &mut [Argument]) {
        arguments.iter_mut().for_each(|argument| self.expr(&mut argument.value));
    }

    fn lambda(&mut self, lambda: &mut Rc<Lambda>, own: Option<Rc<str>>) {
        // The parser shares no function, so this always holds.
        let Some(lambda) = Rc::get_mut(lambda) else { return };
        let mut scope = Scope { own, ..Scope::default() };
        for param in &lambda.params {
            scope.add(&param.name);
        }
        let mut assigned = Assigned::default();
        assigned::lambda(lambda, &mut assigned);
        for name in assigned.names {
            if !scope.slots.contains_key(&name) {
                scope.add(&name);
            }
        }
        self.scopes.push(scope);
        let around = self.mentions.enter();
        lambda.params.iter_mut().filter_map(|param| param.default.as_mut()).for_each(|value| self.expr(value));
        self.block(&mut lambda.body);
        self.mentions.come_back(around);
        if let Some(scope) = self.scopes.pop() {
            lambda.locals = scope.locals;
            lambda.captures = scope.captures;
            lambda.own_slot = scope.own_slot;
        }
    }

    /// Operands of a chain; each step remembers the span from the first one.
    fn chain(&mut self, first: &mut Expr, steps: &mut [Step]) {
        self.expr(first);
        for step in steps {
            self.expr(&mut step.operand);
            step.place = self.names.place(first.span.to(step.operand.span));
        }
    }

    /// Comparisons are with the neighbour.
    fn comparisons(&mut self, first: &mut Expr, steps: &mut [Step]) {
        self.expr(first);
        let mut left = first.span;
        for step in steps {
            self.expr(&mut step.operand);
            step.place = self.names.place(left.to(step.operand.span));
            left = step.operand.span;
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        let span = expr.span;
        match &mut expr.kind {
            ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::None | ExprKind::Text(_) => {}
            ExprKind::Interpolated(pieces) => {
                for piece in pieces {
                    if let Piece::Value(value, _) = piece {
                        self.expr(value);
                    }
                }
            }
            ExprKind::Name(variable) => self.variable(variable),
            ExprKind::Array(parts) | ExprKind::And(parts) | ExprKind::Or(parts) => {
                parts.iter_mut().for_each(|part| self.expr(part));
            }
            ExprKind::Tuple(entries) => self.arguments(entries),
            ExprKind::Chain(first, steps) => self.chain(first, steps),
            ExprKind::Compare(first, steps) => self.comparisons(first, steps),
            ExprKind::Power(base, step) => self.chain(base, std::slice::from_mut(&mut **step)),
            ExprKind::Sign(_, value, place) | ExprKind::Prime(value, _, place) => {
                *place = self.names.place(span);
                self.expr(value);
            }
            ExprKind::Not(value) => self.expr(value),
            ExprKind::Call(call) => {
                call.place = self.names.place(span);
                self.expr(&mut call.callee);
                self.arguments(&mut call.arguments);
            }
            ExprKind::MethodCall(call) => {
                call.place = self.names.place(span);
                self.expr(&mut call.receiver);
                self.member(&mut call.member);
                self.arguments(&mut call.arguments);
            }
            ExprKind::Member(receiver, member, place) => {
                *place = self.names.place(span);
                self.expr(receiver);
                self.member(member);
            }
            ExprKind::Index(base, indices, place) => {
                *place = self.names.place(span);
                self.expr(base);
                self.indices(indices);
            }
            ExprKind::Lambda(lambda) => self.lambda(lambda, None),
            ExprKind::If(arms, other) => {
                for (condition, body) in arms {
                    self.expr(condition);
                    self.block(body);
                }
                other.iter_mut().for_each(|body| self.block(body));
            }
            ExprKind::Try(parts) => {
                self.mentions.attempts += 1;
                self.block(&mut parts.body);
                self.mentions.attempts -= 1;
                parts.error.iter_mut().for_each(|error| self.variable(error));
                self.block(&mut parts.handler);
            }
            ExprKind::Mode(mode) => {
                self.arguments(&mut mode.arguments);
                self.block(&mut mode.body);
            }
        }
    }
}
