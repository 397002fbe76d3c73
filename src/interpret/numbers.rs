//! The short way for plain numbers: most of what a loop computes.
//!
//! `s + i * i` of three numbers needs no values that are moved about, no traces and no errors, so it is
//! tried first. An expression remembers when it was something else (see
//! [`Expr::other`](crate::syntax::ast::Expr::other)), and is then not tried in vain again.

use super::Session;
use crate::autodiff::{Forward, Var};
use crate::builtin::arithmetic::power;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Sign, Step};
use crate::value::Value;

impl Session {
    /// The number that an expression plainly is, if finding out needs neither a call nor a trace: most
    /// of what a loop computes. Nothing happens on the way, so that whoever gets `None` may evaluate the
    /// expression from the start.
    #[inline(always)]
    pub(super) fn number(&self, expression: &Expr) -> Option<f64> {
        match &expression.kind {
            ExprKind::Name(variable) => match self.look(variable.slot) {
                Value::Var(Var::Num(x)) => Some(*x),
                _ => None,
            },
            ExprKind::Number(x) if !self.singles => Some(*x),
            ExprKind::Chain(first, rest) if !expression.other.get() => self.number_chain(first, rest),
            ExprKind::Sign(..) | ExprKind::Power(..) | ExprKind::Index(..) => self.other_number(expression),
            ExprKind::Call(_) if !expression.other.get() => self.other_number(expression),
            _ => None,
        }
    }

    pub(super) fn number_chain(&self, first: &Expr, rest: &[Step]) -> Option<f64> {
        let mut left = self.number(first)?;
        for step in rest {
            let right = self.number(&step.operand)?;
            if !is_arithmetic(step.op) {
                return None;
            }
            left = arithmetic(step.op, left, right);
        }
        Some(left)
    }

    fn other_number(&self, expression: &Expr) -> Option<f64> {
        match &expression.kind {
            ExprKind::Sign(Sign::Minus, operand, _) => Some(-self.number(operand)?),
            ExprKind::Power(base, step) => Some(power(self.number(base)?, self.number(&step.operand)?)),
            ExprKind::Index(base, index, _) => self.plain_element(base, index),
            ExprKind::Call(call) => match (self.plain_kernel(&call.callee)?, &call.arguments[..]) {
                (Forward::Map1(kernel), [x]) if x.is_positional() => Some((kernel.number)(self.number(&x.value)?)),
                (Forward::Map2(kernel), [x, y]) if x.is_positional() && y.is_positional() => {
                    Some((kernel.number)(self.number(&x.value)?, self.number(&y.value)?))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether an operator is one of the four that a processor has.
#[inline(always)]
pub(super) fn is_arithmetic(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide)
}

/// `x op y` for one of those four.
#[inline(always)]
pub(super) fn arithmetic(op: BinaryOp, x: f64, y: f64) -> f64 {
    match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        _ => x / y,
    }
}
