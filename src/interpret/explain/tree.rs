//! The text of a program once more as a tree, as a list of its parts.
//!
//! A message about `y` may have to know that `y = 2 * x` stands outside every `record`. The interpreter
//! does not keep what it ran, but it keeps the text, and positions are the same every time it is parsed.

use crate::interpret::session::{FRESH_STACK, RED_ZONE};
use crate::source::Span;
use crate::syntax::ast::{
    Argument, ArgumentKind, Block, Expr, ExprKind, Index, Lambda, ModeBlock, Piece, Statement, StatementKind, Step,
    Target, Variable,
};
use crate::syntax::parse;

/// One part of a program.
#[derive(Clone, Copy)]
pub enum Part<'t> {
    /// A statement.
    Statement(&'t Statement),
    /// An expression.
    Expression(&'t Expr),
    /// A name on the left of `=`.
    Target(&'t Variable),
}

/// Parses a text whose first byte has the position `base`, on a stack with room for it: a mistake may
/// be found deep inside a program.
pub fn read(text: &str, base: u32) -> Option<Block> {
    stacker::maybe_grow(RED_ZONE, FRESH_STACK, || parse(text, base).ok()).map(|parsed| parsed.block)
}

/// What kind of expression a text is, if it is one.
pub fn expression(text: &str) -> Option<ExprKind> {
    let [statement] = <[Statement; 1]>::try_from(read(text, 1)?.statements).ok()?;
    match statement.kind {
        StatementKind::Expression(expression) => Some(expression.kind),
        _ => None,
    }
}

/// Every part of a program, each before the parts inside it.
pub fn parts(block: &Block) -> Vec<Part<'_>> {
    let mut walk = Walk(Vec::new());
    walk.block(block);
    walk.0
}

/// Every part of a statement.
pub fn statement_parts(statement: &Statement) -> Vec<Part<'_>> {
    let mut walk = Walk(Vec::new());
    walk.statement(statement);
    walk.0
}

/// Every part of an expression.
pub fn expression_parts(expression: &Expr) -> Vec<Part<'_>> {
    let mut walk = Walk(Vec::new());
    walk.expr(expression);
    walk.0
}

/// Whether a span lies inside another.
pub fn inside(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The blocks between `<` and `>` around a place, outermost first, each with its whole span.
pub fn modes<'t>(parts: &[Part<'t>], place: Span) -> Vec<(&'t ModeBlock, Span)> {
    let around = |part: &Part<'t>| match part {
        Part::Expression(Expr { kind: ExprKind::Mode(mode), span, .. }) if inside(place, *span) => {
            Some((&**mode, *span))
        }
        _ => None,
    };
    parts.iter().filter_map(around).collect()
}

/// The statement with a span.
pub fn statement<'t>(parts: &[Part<'t>], span: Span) -> Option<&'t Statement> {
    parts.iter().find_map(|part| match part {
        Part::Statement(statement) if statement.span == span => Some(*statement),
        _ => None,
    })
}

/// The names that are read inside a place.
pub fn reads<'t>(parts: &[Part<'t>], place: Span) -> Vec<&'t Variable> {
    let read = |part: &Part<'t>| match part {
        Part::Expression(Expr { kind: ExprKind::Name(variable), .. }) if inside(variable.span, place) => Some(variable),
        _ => None,
    };
    parts.iter().filter_map(read).collect()
}

/// Names that are followed to what they were computed from.
const FAR: usize = 64;

/// The places that the value of a place was computed in: itself, and what was assigned to the names
/// that it reads, and so on.
pub fn feeding(parts: &[Part<'_>], place: Span) -> Vec<Span> {
    let mut places = vec![place];
    let mut names: Vec<&str> = Vec::new();
    let mut next = 0;
    while let Some(&place) = places.get(next) {
        next += 1;
        for read in reads(parts, place) {
            if names.contains(&&*read.name) || names.len() >= FAR {
                continue;
            }
            names.push(&read.name);
            places.extend(assignments(parts, &read.name).into_iter().filter_map(|statement| match &statement.kind {
                StatementKind::Assign(_, value) => Some(value.span),
                StatementKind::Update(update) => Some(update.value.span),
                StatementKind::Define(_, lambda) => Some(lambda.body.span),
                StatementKind::For(_, items, _) => Some(items.span),
                _ => None,
            }));
        }
    }
    places
}

/// The statements that assign to a name, in the order they are written.
pub fn assignments<'t>(parts: &[Part<'t>], name: &str) -> Vec<&'t Statement> {
    let assigns = |target: &Target| base(target).is_some_and(|variable| &*variable.name == name);
    let assigning = |part: &Part<'t>| match part {
        Part::Statement(statement) => match &statement.kind {
            StatementKind::Assign(Target::Tuple(targets, _), _) => targets.iter().any(assigns),
            StatementKind::Assign(target, _) | StatementKind::For(target, ..) => assigns(target),
            StatementKind::Update(update) => assigns(&update.target),
            StatementKind::Define(variable, _) => &*variable.name == name,
            _ => false,
        }
        .then_some(*statement),
        _ => None,
    };
    parts.iter().filter_map(assigning).collect()
}

/// What a name is called on, and with what: `f` and `x` for `f(x)` and for `x.f`.
pub fn call(expression: &Expr) -> Option<(&str, Span, Vec<&Expr>)> {
    let positional = |arguments: &'_ [Argument]| -> Vec<usize> {
        let plain = |(i, argument): (usize, &Argument)| matches!(argument.kind, ArgumentKind::Positional).then_some(i);
        arguments.iter().enumerate().filter_map(plain).collect()
    };
    match &expression.kind {
        ExprKind::Call(call) => {
            let ExprKind::Name(callee) = &call.callee.kind else { return None };
            let arguments = positional(&call.arguments).into_iter().map(|i| &call.arguments[i].value).collect();
            Some((&callee.name, callee.span, arguments))
        }
        ExprKind::MethodCall(call) => {
            let rest = positional(&call.arguments).into_iter().map(|i| &call.arguments[i].value);
            Some((&call.member.name, call.member.span, std::iter::once(&call.receiver).chain(rest).collect()))
        }
        ExprKind::Member(receiver, member, _) => Some((&member.name, member.span, vec![receiver])),
        _ => None,
    }
}

/// The variable that a target is, or is a part of.
pub fn base(target: &Target) -> Option<&Variable> {
    match target {
        Target::Name(variable) => Some(variable),
        Target::Index(base_of, ..) | Target::Member(base_of, ..) => base(base_of),
        Target::Tuple(..) => None,
    }
}

struct Walk<'t>(Vec<Part<'t>>);

impl<'t> Walk<'t> {
    fn block(&mut self, block: &'t Block) {
        block.statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &'t Statement) {
        self.0.push(Part::Statement(statement));
        match &statement.kind {
            StatementKind::Expression(value) => self.expr(value),
            StatementKind::Assign(target, value) => {
                self.target(target);
                self.expr(value);
            }
            StatementKind::Update(update) => {
                self.target(&update.target);
                self.expr(&update.value);
            }
            StatementKind::Define(_, lambda) => self.lambda(lambda),
            StatementKind::While(condition, body) => {
                self.expr(condition);
                self.block(body);
            }
            StatementKind::For(target, items, body) => {
                self.target(target);
                self.expr(items);
                self.block(body);
            }
            StatementKind::Return(value) => value.iter().for_each(|value| self.expr(value)),
            StatementKind::Break | StatementKind::Continue | StatementKind::Import(_) => {}
        }
    }

    fn target(&mut self, target: &'t Target) {
        match target {
            Target::Name(variable) => self.0.push(Part::Target(variable)),
            Target::Index(base, indices, ..) => {
                self.target(base);
                self.indices(indices);
            }
            Target::Member(base, ..) => self.target(base),
            Target::Tuple(targets, _) => targets.iter().for_each(|target| self.target(target)),
        }
    }

    fn indices(&mut self, indices: &'t [Index]) {
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

    fn lambda(&mut self, lambda: &'t Lambda) {
        lambda.params.iter().filter_map(|param| param.default.as_ref()).for_each(|value| self.expr(value));
        self.block(&lambda.body);
    }

    fn arguments(&mut self, arguments: &'t [Argument]) {
        arguments.iter().for_each(|argument| self.expr(&argument.value));
    }

    fn steps(&mut self, first: &'t Expr, steps: &'t [Step]) {
        self.expr(first);
        steps.iter().for_each(|step| self.expr(&step.operand));
    }

    fn expr(&mut self, expr: &'t Expr) {
        self.0.push(Part::Expression(expr));
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::None | ExprKind::Text(_) | ExprKind::Name(_) => {}
            ExprKind::Interpolated(pieces) => {
                for piece in pieces {
                    if let Piece::Value(value, _) = piece {
                        self.expr(value);
                    }
                }
            }
            ExprKind::Array(all) | ExprKind::And(all) | ExprKind::Or(all) => all.iter().for_each(|one| self.expr(one)),
            ExprKind::Tuple(entries) => self.arguments(entries),
            ExprKind::Chain(first, steps) | ExprKind::Compare(first, steps) => self.steps(first, steps),
            ExprKind::Power(base, step) => self.steps(base, std::slice::from_ref(&**step)),
            ExprKind::Sign(_, value, _) | ExprKind::Prime(value, ..) | ExprKind::Not(value) => self.expr(value),
            ExprKind::Call(call) => {
                self.expr(&call.callee);
                self.arguments(&call.arguments);
            }
            ExprKind::MethodCall(call) => {
                self.expr(&call.receiver);
                self.arguments(&call.arguments);
            }
            ExprKind::Member(receiver, ..) => self.expr(receiver),
            ExprKind::Index(base, indices, _) => {
                self.expr(base);
                self.indices(indices);
            }
            ExprKind::Lambda(lambda) => self.lambda(lambda),
            ExprKind::If(arms, otherwise) => {
                for (condition, body) in arms {
                    self.expr(condition);
                    self.block(body);
                }
                otherwise.iter().for_each(|body| self.block(body));
            }
            ExprKind::Try(attempt) => {
                self.block(&attempt.body);
                self.block(&attempt.handler);
            }
            ExprKind::Mode(mode) => {
                self.arguments(&mode.arguments);
                self.block(&mode.body);
            }
        }
    }
}
