//! What turns out to be a target, a parameter list or a definition.
//!
//! `f(x) = e` begins like a call and `(a, b) -> e` like a tuple, and no parser with one word of
//! look-ahead can tell. So both are read as what they begin like, and turned into what they are when
//! `=` or `->` shows it.

use super::ast::*;
use super::build::{self, Built, Parens};
use super::messages::{replace, say, show, word};
use super::token::{KEYWORDS, continues_name, starts_name};
use crate::source::{Place, Span};
use std::collections::HashSet;
use std::rc::Rc;

/// `target = value`, or the definition `f(x) = value`.
pub fn assign(target: Expr, value: Expr) -> Built<StatementKind> {
    let span = target.span.to(value.span);
    match target.kind {
        ExprKind::Call(call) => {
            let Call { callee, arguments, .. } = *call;
            match callee.kind {
                ExprKind::Name(variable) if variable.span == callee.span && callee.span.start == target.span.start => {
                    define(variable, params(arguments)?, build::expression_block(value), span)
                }
                _ => Err(no_definition(callee.span)),
            }
        }
        ExprKind::MethodCall(call) => Err(no_definition(call.receiver.span.to(call.member.span))),
        kind => Ok(StatementKind::Assign(self::target(Expr { kind, ..target })?, value)),
    }
}

fn no_definition(span: Span) -> Box<crate::diagnostic::Diagnostic> {
    say("only a name can be defined", span, "not a name")
        .help("a definition reads f(x) = e; an element is assigned as x[i] = e")
        .error()
}

/// `target op= value`
pub fn update(target: Expr, (op, op_span): (BinaryOp, Span), value: Expr) -> Built<StatementKind> {
    let span = target.span;
    match self::target(target)? {
        Target::Tuple(..) => Err(say("several names are not updated at once", span, "a tuple of names")
            .help("update each in a statement of its own")
            .error()),
        target => Ok(StatementKind::Update(Box::new(Update { target, op, op_span, value, place: Place::default() }))),
    }
}

/// `fn name(params) …`
pub fn define(name: Variable, params: (Vec<Param>, bool), body: Block, span: Span) -> Built<StatementKind> {
    let mut lambda = function(params, body, span);
    lambda.name = Some(name.name.clone());
    Ok(StatementKind::Define(name, Rc::new(lambda)))
}

/// A function that is not resolved yet.
pub fn function((params, rest): (Vec<Param>, bool), body: Block, span: Span) -> Lambda {
    Lambda { params, rest, body, span, ..Lambda::default() }
}

/// `x -> e`
pub fn arrow(name: &str, name_span: Span, body: Block) -> Built<Expr> {
    let param = Param { name: name.into(), span: name_span, default: None };
    let span = name_span.to(body.span);
    build::lambda(function((vec![param], false), body, span))
}

/// `(a, b) -> e`
pub fn arrow_list(head: Parens, body: Block) -> Built<Expr> {
    let span = head.span.to(body.span);
    build::lambda(function(params(head.entries)?, body, span))
}

/// An argument list read as parameters, and whether the last one collects the rest.
pub fn params(arguments: Vec<Argument>) -> Built<(Vec<Param>, bool)> {
    let mut seen = HashSet::new();
    let mut params: Vec<Param> = Vec::with_capacity(arguments.len());
    let mut rest = false;
    for Argument { kind, value } in arguments {
        let place = value.span;
        if rest {
            let message = say("the parameter that collects the rest comes last", place, "comes after it");
            return Err(message.help("write (x, ...rest)").error());
        }
        rest = matches!(kind, ArgumentKind::Spread);
        let (name, span, default) = match kind {
            ArgumentKind::Named(name, span) if KEYWORDS.contains(&&*name) => return Err(word(&name, span)),
            ArgumentKind::Named(name, span) => (name, span, Some(value)),
            ArgumentKind::Positional | ArgumentKind::Spread => match plain_name(value) {
                Some(variable) => (variable.name, variable.span, None),
                None => {
                    let message = say("a parameter is a name", place, "not a name");
                    return Err(message.help("parameters read f(x, k = 2) or (x, k = 2) -> …; `==` compares").error());
                }
            },
        };
        let late = !rest && default.is_none() && params.iter().any(|param| param.default.is_some());
        if late {
            return Err(late_parameter(span));
        }
        if !seen.insert(name.clone()) {
            let message = say(format!("two parameters are called {}", show(&name)), span, "the second one");
            return Err(message.error());
        }
        params.push(Param { name, span, default });
    }
    Ok((params, rest))
}

/// The message for a parameter without a default behind one that has one.
pub fn late_parameter(span: Span) -> Box<crate::diagnostic::Diagnostic> {
    say("a parameter without a default comes first", span, "comes after one that has a default").error()
}

/// A name, unless it stands in parentheses.
fn plain_name(value: Expr) -> Option<Variable> {
    match value.kind {
        ExprKind::Name(variable) if variable.span == value.span => Some(variable),
        _ => None,
    }
}

/// An expression read as what `=` assigns to.
fn target(value: Expr) -> Built<Target> {
    let span = value.span;
    // A node in parentheses begins before its first part does.
    match value.kind {
        ExprKind::Name(variable) if variable.span == span => Ok(Target::Name(variable)),
        ExprKind::Index(base, indices, place) if base.span.start == span.start => {
            Ok(Target::Index(Box::new(container(*base)?), indices, span, place))
        }
        ExprKind::Member(base, member, _) if base.span.start == span.start => {
            Ok(Target::Member(Box::new(container(*base)?), member, span))
        }
        ExprKind::Tuple(entries) => {
            let mut targets = Vec::with_capacity(entries.len());
            for Argument { kind, value } in entries {
                match kind {
                    ArgumentKind::Positional => targets.push(target(value)?),
                    ArgumentKind::Named(_, span) => return Err(no_target(span)),
                    ArgumentKind::Spread => return Err(no_target(value.span)),
                }
            }
            Ok(Target::Tuple(targets, span))
        }
        ExprKind::Name(variable) => Err(say("a target stands without parentheses", span, "in parentheses")
            .patch("leave them out", vec![replace(span, &variable.name)])
            .error()),
        ExprKind::Array(_) => Err(say("nothing can be assigned to an array as written", span, "not a variable")
            .help("to take something apart, write a, b = e")
            .error()),
        _ => Err(no_target(span)),
    }
}

/// What an assigned element or entry is in.
fn container(base: Expr) -> Built<Target> {
    let span = base.span;
    match target(base)? {
        Target::Tuple(..) => Err(no_target(span)),
        target => Ok(target),
    }
}

fn no_target(span: Span) -> Box<crate::diagnostic::Diagnostic> {
    say("nothing can be assigned to this", span, "not a variable")
        .help("names, elements and entries can be assigned: x = e, x[i] = e, p.w = e, a, b = e; `==` compares")
        .error()
}

/// `(i, x)` of a `for`
pub fn pattern(mut parts: Vec<Target>, span: Span) -> Target {
    match (parts.len(), parts.pop()) {
        (1, Some(part)) => part,
        (_, Some(part)) => {
            parts.push(part);
            Target::Tuple(parts, span)
        }
        (_, None) => Target::Tuple(parts, span),
    }
}

/// `import nn`, `import nn as m`
pub fn import_name(path: Variable, variable: Option<Variable>) -> StatementKind {
    let path_span = path.span;
    let name = path.name.clone();
    StatementKind::Import(Import { path: name, quoted: false, path_span, variable: variable.unwrap_or(path) })
}

/// `import "path/file.ad"`, whose module is called `file`.
pub fn import_path(path: Rc<str>, path_span: Span, variable: Option<Variable>) -> Built<StatementKind> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or("");
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let variable = match variable {
        Some(variable) => variable,
        None if is_name(stem) => build::variable(stem, path_span),
        None => {
            let message = say("the name of this file cannot be a variable", path_span, "what will it be called?");
            return Err(message.help("say a name: import \"file.ad\" as m").error());
        }
    };
    Ok(StatementKind::Import(Import { path, quoted: true, path_span, variable }))
}

fn is_name(text: &str) -> bool {
    text.starts_with(starts_name) && text.chars().all(continues_name) && !KEYWORDS.contains(&text)
}

/// Gives a definition the `##` lines above it.
pub fn document(kind: &mut StatementKind, doc: &Rc<str>) {
    let lambda = match kind {
        StatementKind::Define(_, lambda) => lambda,
        StatementKind::Assign(_, Expr { kind: ExprKind::Lambda(lambda), .. }) => lambda,
        _ => return,
    };
    if let Some(lambda) = Rc::get_mut(lambda) {
        lambda.doc = Some(doc.clone());
    }
}
