//! Nodes of the tree, as the grammar makes them.
//!
//! Every node that holds others counts how deep it is and is refused beyond [`MAX_DEPTH`], so that
//! `- - - … x` is a message and not a stack that overflows, here or in whoever walks the tree.

use super::ast::*;
use super::messages::{say, show, too_deep, word};
use super::token::KEYWORDS;
use crate::diagnostic::Diagnostic;
use crate::source::{Place, Span};
use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

/// A part of the tree, or why there is none.
pub type Built<T> = Result<T, Box<Diagnostic>>;

/// An operator and the operand behind it.
pub type Tail = (BinaryOp, Span, Expr);

fn node(kind: ExprKind, span: Span, below: u16) -> Built<Expr> {
    let depth = below.saturating_add(1);
    if depth > MAX_DEPTH { Err(too_deep(span)) } else { Ok(Expr::new(kind, span, depth)) }
}

/// A number, a name, a constant: nothing is below it.
pub fn leaf(kind: ExprKind, span: Span) -> Expr {
    Expr::new(kind, span, 1)
}

/// A variable that is not resolved yet.
pub fn variable(name: &str, span: Span) -> Variable {
    Variable { name: name.into(), span, slot: Slot::Unresolved, last: false }
}

fn member(name: &str, span: Span) -> Member {
    Member { name: name.into(), span, local: Slot::Unresolved, global: Slot::Unresolved }
}

fn deepest<'a>(parts: impl IntoIterator<Item = &'a Expr>) -> u16 {
    parts.into_iter().map(|part| part.depth).max().unwrap_or(0)
}

fn values(arguments: &[Argument]) -> u16 {
    deepest(arguments.iter().map(|argument| &argument.value))
}

fn steps(first: &Expr, tails: Vec<Tail>) -> (Vec<Step>, Span, u16) {
    let mut span = first.span;
    let mut depth = first.depth;
    let mut steps = Vec::with_capacity(tails.len());
    for (op, op_span, operand) in tails {
        span = span.to(operand.span);
        depth = depth.max(operand.depth);
        steps.push(Step { op, op_span, operand, place: Place::default() });
    }
    (steps, span, depth)
}

/// `a + b - c`, `a * b @ c`
pub fn chain(first: Expr, tails: Vec<Tail>) -> Built<Expr> {
    let (steps, span, depth) = steps(&first, tails);
    node(ExprKind::Chain(Box::new(first), steps), span, depth)
}

/// `a < b < c`
pub fn compare(first: Expr, tails: Vec<Tail>) -> Built<Expr> {
    let (steps, span, depth) = steps(&first, tails);
    node(ExprKind::Compare(Box::new(first), steps), span, depth)
}

/// `base ** exponent`
pub fn power(base: Expr, op_span: Span, exponent: Expr) -> Built<Expr> {
    let span = base.span.to(exponent.span);
    let depth = base.depth.max(exponent.depth);
    let step = Step { op: BinaryOp::Power, op_span, operand: exponent, place: Place::default() };
    node(ExprKind::Power(Box::new(base), Box::new(step)), span, depth)
}

/// `-x`, `+x`
pub fn sign(sign: Sign, operand: Expr, span: Span) -> Built<Expr> {
    let depth = operand.depth;
    node(ExprKind::Sign(sign, Box::new(operand), Place::default()), span, depth)
}

/// `not x`
pub fn not(operand: Expr, span: Span) -> Built<Expr> {
    let depth = operand.depth;
    node(ExprKind::Not(Box::new(operand)), span, depth)
}

/// `a and b and c`, `a or b or c`: `kind` is [`ExprKind::And`] or [`ExprKind::Or`].
pub fn logical(kind: fn(Vec<Expr>) -> ExprKind, first: Expr, rest: Vec<Expr>) -> Built<Expr> {
    let all = with_first(first, rest);
    let (span, depth) = (across(&all), deepest(&all));
    node(kind(all), span, depth)
}

/// `a, b` without parentheses.
pub fn bare_tuple(first: Expr, rest: Vec<Expr>) -> Built<Expr> {
    let all = with_first(first, rest);
    let (span, depth) = (across(&all), deepest(&all));
    let entries = all.into_iter().map(|value| Argument { kind: ArgumentKind::Positional, value }).collect();
    node(ExprKind::Tuple(entries), span, depth)
}

fn with_first(first: Expr, rest: Vec<Expr>) -> Vec<Expr> {
    let mut all = Vec::with_capacity(rest.len() + 1);
    all.push(first);
    all.extend(rest);
    all
}

fn across(all: &[Expr]) -> Span {
    let start = all.first().map(|first| first.span).unwrap_or_default();
    all.last().map_or(start, |last| start.to(last.span))
}

/// `[a, b]`
pub fn array(elements: Vec<Expr>, span: Span) -> Built<Expr> {
    let depth = deepest(&elements);
    node(ExprKind::Array(elements), span, depth)
}

/// What stands in parentheses: arguments, or one expression that they only group.
pub struct Parens {
    /// The entries.
    pub entries: Vec<Argument>,
    /// Whether a comma stands after the last one.
    pub comma: bool,
    /// With the parentheses.
    pub span: Span,
}

/// `(a)`, `(a, b)`, `(v,)`, `(w = 1)`
pub fn parens(mut parens: Parens) -> Built<Expr> {
    let span = parens.span;
    if parens.entries.len() == 1 && !parens.comma {
        match parens.entries.pop() {
            Some(Argument { kind: ArgumentKind::Positional, value }) => return Ok(Expr { span, ..value }),
            Some(entry) => parens.entries.push(entry),
            None => {}
        }
    }
    distinct(&parens.entries, "two entries have this name")?;
    for entry in &parens.entries {
        if let ArgumentKind::Named(name, span) = &entry.kind
            && KEYWORDS.contains(&&**name)
        {
            return Err(word(name, *span));
        }
    }
    let depth = values(&parens.entries);
    node(ExprKind::Tuple(parens.entries), span, depth)
}

/// `f(x)`, `x.f(y)`
pub fn call(callee: Expr, arguments: Vec<Argument>, end: u32) -> Built<Expr> {
    distinct(&arguments, "two arguments have this name")?;
    in_order(&arguments)?;
    let span = Span::new(callee.span.start, end);
    let depth = callee.depth.max(values(&arguments));
    let place = Place::default();
    // In `(x.f)(y)` the parentheses say that `x.f` comes first; then the node ends behind the name.
    match callee.kind {
        ExprKind::Member(receiver, member, _) if member.span.end == callee.span.end => {
            let call = MethodCall { receiver: *receiver, member, arguments, place, fit: Cell::default() };
            node(ExprKind::MethodCall(Box::new(call)), span, depth.max(1))
        }
        kind => {
            let callee = Expr { kind, ..callee };
            node(ExprKind::Call(Box::new(Call { callee, arguments, place, fit: Cell::default() })), span, depth)
        }
    }
}

fn distinct(arguments: &[Argument], label: &str) -> Built<()> {
    let mut seen = HashSet::new();
    for argument in arguments {
        if let ArgumentKind::Named(name, span) = &argument.kind
            && !seen.insert(name)
        {
            return Err(say(format!("{} is given twice", show(name)), *span, label).error());
        }
    }
    Ok(())
}

/// The title for an argument in the wrong place. In a definition it is a parameter, but that shows only
/// behind the call.
pub const LATE_ARGUMENT: &str = "this argument comes after one with a name";

fn in_order(arguments: &[Argument]) -> Built<()> {
    let named = arguments.iter().position(|argument| matches!(argument.kind, ArgumentKind::Named(..)));
    let Some(named) = named else { return Ok(()) };
    match arguments.iter().skip(named).find(|argument| matches!(argument.kind, ArgumentKind::Positional)) {
        Some(late) => Err(say(LATE_ARGUMENT, late.value.span, "has no name")
            .help("put arguments without a name first: f(x, k = 2)")
            .error()),
        None => Ok(()),
    }
}

/// `x.name`
pub fn dot(receiver: Expr, name: &str, name_span: Span) -> Built<Expr> {
    let (span, depth) = (receiver.span.to(name_span), receiver.depth);
    node(ExprKind::Member(Box::new(receiver), member(name, name_span), Place::default()), span, depth)
}

/// `a[i, 1:3]`
pub fn index(base: Expr, indices: Vec<Index>, end: u32) -> Built<Expr> {
    let span = Span::new(base.span.start, end);
    let depth = base.depth.max(indices.iter().map(index_depth).max().unwrap_or(0));
    node(ExprKind::Index(Box::new(base), indices, Place::default()), span, depth)
}

fn index_depth(index: &Index) -> u16 {
    match index {
        Index::At(value) => value.depth,
        Index::Range(start, stop, step, _) => deepest([start, stop, step].into_iter().flatten()),
        Index::Ellipsis(_) => 0,
    }
}

/// `f'`; another prime on top of one only counts.
pub fn prime(function: Expr, end: u32) -> Built<Expr> {
    let span = Span::new(function.span.start, end);
    let depth = function.depth;
    match function.kind {
        ExprKind::Prime(inner, count, place) => {
            let kind = ExprKind::Prime(inner, count.saturating_add(1), place);
            Ok(Expr::new(kind, span, depth))
        }
        kind => node(ExprKind::Prime(Box::new(Expr { kind, ..function }), 1, Place::default()), span, depth),
    }
}

/// `"text {value}"`
pub fn interpolated(pieces: Vec<Piece>, span: Span) -> Built<Expr> {
    let depth = deepest(pieces.iter().filter_map(|piece| match piece {
        Piece::Value(value, _) => Some(value),
        Piece::Text(_) => None,
    }));
    node(ExprKind::Interpolated(pieces), span, depth)
}

/// A function as an expression.
pub fn lambda(lambda: Lambda) -> Built<Expr> {
    let (span, depth) = (lambda.span, lambda_depth(&lambda));
    node(ExprKind::Lambda(Rc::new(lambda)), span, depth)
}

fn lambda_depth(lambda: &Lambda) -> u16 {
    lambda.body.depth.max(deepest(lambda.params.iter().filter_map(|param| param.default.as_ref())))
}

/// `if a { … } else if b { … } else { … }`
pub fn conditional(arms: Vec<(Expr, Block)>, other: Option<Block>, span: Span) -> Built<Expr> {
    let arm = |(condition, block): &(Expr, Block)| condition.depth.max(block.depth);
    let depth = arms.iter().map(arm).chain(other.iter().map(|block| block.depth)).max().unwrap_or(0);
    node(ExprKind::If(arms, other), span, depth)
}

/// `try { … } catch err { … }`
pub fn try_catch(body: Block, error: Option<Variable>, handler: Block, span: Span) -> Built<Expr> {
    let depth = body.depth.max(handler.depth);
    node(ExprKind::Try(Box::new(Try { body, error, handler })), span, depth)
}

/// `record(train = false) < … >`
pub fn mode(mode: (Mode, Span), arguments: Vec<Argument>, body: Block) -> Built<Expr> {
    let (mode, keyword_span) = mode;
    let span = keyword_span.to(body.span);
    let depth = body.depth.max(values(&arguments));
    node(ExprKind::Mode(Box::new(ModeBlock { mode, arguments, body, keyword_span })), span, depth)
}

/// Statements between brackets.
pub fn block(statements: Vec<Statement>, span: Span) -> Built<Block> {
    let block = program(statements, span);
    if block.depth > MAX_DEPTH { Err(too_deep(span)) } else { Ok(block) }
}

/// The statements of a whole text.
pub fn program(statements: Vec<Statement>, span: Span) -> Block {
    let deepest = statements.iter().map(|statement| statement_depth(&statement.kind)).max().unwrap_or(0);
    Block { statements, span, depth: deepest.saturating_add(1) }
}

/// The body of `x -> e`: a block of one expression.
pub fn expression_block(value: Expr) -> Block {
    let span = value.span;
    let depth = value.depth.saturating_add(1);
    let statement = Statement { kind: StatementKind::Expression(value), span, quiet: false, overwrites: Vec::new() };
    Block { statements: vec![statement], span, depth }
}

fn statement_depth(kind: &StatementKind) -> u16 {
    match kind {
        StatementKind::Expression(value) => value.depth,
        StatementKind::Assign(target, value) => target_depth(target).max(value.depth),
        StatementKind::Update(update) => target_depth(&update.target).max(update.value.depth),
        StatementKind::Define(_, lambda) => lambda_depth(lambda),
        StatementKind::While(condition, body) => condition.depth.max(body.depth),
        StatementKind::For(_, items, body) => items.depth.max(body.depth),
        StatementKind::Return(Some(value)) => value.depth,
        StatementKind::Return(None) | StatementKind::Break | StatementKind::Continue | StatementKind::Import(_) => 0,
    }
}

fn target_depth(target: &Target) -> u16 {
    match target {
        Target::Name(_) => 1,
        Target::Index(base, indices, ..) => {
            target_depth(base).max(indices.iter().map(index_depth).max().unwrap_or(0)).saturating_add(1)
        }
        Target::Member(base, ..) => target_depth(base).saturating_add(1),
        Target::Tuple(parts, _) => parts.iter().map(target_depth).max().unwrap_or(0).saturating_add(1),
    }
}
