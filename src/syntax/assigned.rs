//! Which names a function assigns, anywhere in it: those are its own.
//!
//! A first look at the whole body, since `y` is local in the first line of
//! `fn f() { print(y); y = 1 }`, too. Functions inside are not entered: what they assign is theirs.

use super::ast::*;
use std::collections::HashSet;
use std::rc::Rc;

/// Names in the order in which they are assigned first.
#[derive(Default)]
pub struct Assigned {
    /// The names.
    pub names: Vec<Rc<str>>,
    seen: HashSet<Rc<str>>,
}

impl Assigned {
    fn add(&mut self, variable: &Variable) {
        if self.seen.insert(variable.name.clone()) {
            self.names.push(variable.name.clone());
        }
    }
}

/// Adds what the defaults and the body of a function assign.
pub fn lambda(lambda: &Lambda, names: &mut Assigned) {
    lambda.params.iter().filter_map(|param| param.default.as_ref()).for_each(|value| expr(value, names));
    block(&lambda.body, names);
}

fn block(block: &Block, names: &mut Assigned) {
    block.statements.iter().for_each(|part| statement(part, names));
}

fn statement(statement: &Statement, names: &mut Assigned) {
    match &statement.kind {
        StatementKind::Expression(value) => expr(value, names),
        StatementKind::Assign(left, value) => {
            target(left, names);
            expr(value, names);
        }
        StatementKind::Update(update) => {
            target(&update.target, names);
            expr(&update.value, names);
        }
        StatementKind::Define(variable, _) => names.add(variable),
        StatementKind::While(condition, body) => {
            expr(condition, names);
            block(body, names);
        }
        StatementKind::For(left, items, body) => {
            target(left, names);
            expr(items, names);
            block(body, names);
        }
        StatementKind::Break | StatementKind::Continue => {}
        StatementKind::Return(value) => value.iter().for_each(|value| expr(value, names)),
        StatementKind::Import(import) => names.add(&import.variable),
    }
}

fn target(left: &Target, names: &mut Assigned) {
    match left {
        Target::Name(variable) => names.add(variable),
        Target::Index(base, parts, ..) => {
            target(base, names);
            indices(parts, names);
        }
        Target::Member(base, ..) => target(base, names),
        Target::Tuple(parts, _) => parts.iter().for_each(|part| target(part, names)),
    }
}

fn indices(indices: &[Index], names: &mut Assigned) {
    for index in indices {
        match index {
            Index::At(value) => expr(value, names),
            Index::Range(start, stop, step, _) => {
                [start, stop, step].into_iter().flatten().for_each(|value| expr(value, names));
            }
            Index::Ellipsis(_) => {}
        }
    }
}

fn arguments(arguments: &[Argument], names: &mut Assigned) {
    arguments.iter().for_each(|argument| expr(&argument.value, names));
}

fn steps(first: &Expr, steps: &[Step], names: &mut Assigned) {
    expr(first, names);
    steps.iter().for_each(|step| expr(&step.operand, names));
}

fn expr(value: &Expr, names: &mut Assigned) {
    match &value.kind {
        ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::None | ExprKind::Text(_) => {}
        ExprKind::Name(_) | ExprKind::Lambda(_) => {}
        ExprKind::Interpolated(pieces) => {
            for piece in pieces {
                if let Piece::Value(value, _) = piece {
                    expr(value, names);
                }
            }
        }
        ExprKind::Array(parts) | ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| expr(part, names));
        }
        ExprKind::Tuple(entries) => arguments(entries, names),
        ExprKind::Chain(first, rest) | ExprKind::Compare(first, rest) => steps(first, rest, names),
        ExprKind::Power(base, step) => steps(base, std::slice::from_ref(&**step), names),
        ExprKind::Sign(_, part, _) | ExprKind::Not(part) | ExprKind::Prime(part, ..) | ExprKind::Member(part, ..) => {
            expr(part, names);
        }
        ExprKind::Call(call) => {
            expr(&call.callee, names);
            arguments(&call.arguments, names);
        }
        ExprKind::MethodCall(call) => {
            expr(&call.receiver, names);
            arguments(&call.arguments, names);
        }
        ExprKind::Index(base, parts, _) => {
            expr(base, names);
            indices(parts, names);
        }
        ExprKind::If(arms, other) => {
            for (condition, body) in arms {
                expr(condition, names);
                block(body, names);
            }
            other.iter().for_each(|body| block(body, names));
        }
        ExprKind::Try(parts) => {
            block(&parts.body, names);
            parts.error.iter().for_each(|error| names.add(error));
            block(&parts.handler, names);
        }
        ExprKind::Mode(mode) => {
            arguments(&mode.arguments, names);
            block(&mode.body, names);
        }
    }
}
