//! What an expression is made of, if nothing happens in it but its value.

use crate::syntax::ast::{Argument, ArgumentKind, BinaryOp, Call, Expr, ExprKind, Index, MethodCall, Variable};
use smallvec::SmallVec;

/// How many operations an expression is made of; `None` if something may happen besides the value.
pub fn steps(expression: &Expr) -> Option<usize> {
    let mut count = 0;
    parts(expression, &mut |part| {
        count += match part {
            Part::Elementwise(_) | Part::Index(_) => 1,
            // A function of the program is more than one operation.
            Part::Call(_) => 2,
            Part::MethodCall(_) => 1,
            Part::Constant | Part::Name(_) | Part::Entry(_) | Part::Tuple(_) => 0,
        };
        Some(())
    })?;
    Some(count)
}

/// A part of an expression. Each gives a value, and operations take those before them.
pub enum Part<'e> {
    /// What is written.
    Constant,
    /// A name that is read.
    Name(&'e Variable),
    /// An operator on so many.
    Elementwise(usize),
    /// An index with so many numbers in it, after what is indexed.
    Index(usize),
    /// So many as one.
    Tuple(usize),
    /// An entry of what names hold.
    Entry(&'e Expr),
    /// A call of what a name holds.
    Call(&'e Call),
    /// A call of the nearest function of a name, after what it is called on.
    MethodCall(&'e MethodCall),
}

/// Calls `visit` with all parts of an expression, operands first; `None` if there is one that is something else.
pub fn parts<'e>(expression: &'e Expr, visit: &mut impl FnMut(Part<'e>) -> Option<()>) -> Option<()> {
    match &expression.kind {
        ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::None => visit(Part::Constant),
        ExprKind::Name(variable) => visit(Part::Name(variable)),
        ExprKind::Chain(first, rest) => {
            parts(first, visit)?;
            for step in rest {
                if step.op == BinaryOp::MatMul {
                    return None;
                }
                parts(&step.operand, visit)?;
                visit(Part::Elementwise(2))?;
            }
            Some(())
        }
        ExprKind::Power(base, step) => {
            parts(base, visit)?;
            parts(&step.operand, visit)?;
            visit(Part::Elementwise(2))
        }
        ExprKind::Sign(_, operand, _) => {
            parts(operand, visit)?;
            visit(Part::Elementwise(1))
        }
        ExprKind::Tuple(entries) => {
            arguments(entries, visit)?;
            visit(Part::Tuple(entries.len()))
        }
        ExprKind::Call(call) => {
            if !matches!(call.callee.kind, ExprKind::Name(_)) {
                return None;
            }
            arguments(&call.arguments, visit)?;
            visit(Part::Call(call))
        }
        ExprKind::Member(..) => visit(Part::Entry(expression)),
        ExprKind::MethodCall(call) => {
            parts(&call.receiver, visit)?;
            arguments(&call.arguments, visit)?;
            visit(Part::MethodCall(call))
        }
        ExprKind::Index(base, index, _) => {
            parts(base, visit)?;
            let mut count = 0;
            for item in index {
                let numbers: SmallVec<[&Expr; 3]> = match item {
                    Index::At(expression) => [expression].into_iter().collect(),
                    Index::Range(start, stop, step, _) => [start, stop, step].into_iter().flatten().collect(),
                    Index::Ellipsis(_) => SmallVec::new(),
                };
                for number in numbers {
                    parts(number, visit)?;
                    count += 1;
                }
            }
            visit(Part::Index(count))
        }
        _ => None,
    }
}

fn arguments<'e>(arguments: &'e [Argument], visit: &mut impl FnMut(Part<'e>) -> Option<()>) -> Option<()> {
    for argument in arguments {
        if matches!(argument.kind, ArgumentKind::Spread) {
            return None;
        }
        parts(&argument.value, visit)?;
    }
    Some(())
}
