//! Conditions: what decides which way a program goes.
//!
//! `while norm(b) < 1000` asks for one truth value that nobody keeps. So two numbers are compared where they are, and
//! what only a condition will see is not recorded.

use super::Session;
use super::stop::{Eval, Stop};
use crate::diagnostic::Problem;
use crate::syntax::ast::{BinaryOp, Call, Expr, ExprKind, Step};
use crate::value::{Builtin, Run, Value};

impl Session {
    /// Whether a condition holds. A comparison of numbers needs no trace: nobody keeps its result.
    #[inline]
    pub(super) fn condition(&mut self, condition: &Expr, what: &str) -> Eval<bool> {
        if let Some(holds) = self.compare_numbers(condition, what)? {
            return Ok(holds);
        }
        let value = self.eval(condition)?;
        self.truth(&value, condition, what)
    }

    /// Whether a value that stands as a condition holds.
    pub(super) fn truth(&mut self, value: &Value, expression: &Expr, what: &str) -> Eval<bool> {
        if let Value::Var(var) = value
            && var.shape().is_empty()
            && let Some(x) = var.item()
        {
            return Ok(x != 0.0);
        }
        let problem = match value {
            Value::Var(var) => self.array_condition(var, expression, what),
            _ => Problem::new(format!("{what} needs true or false, found {}", value.kind()))
                .label(expression.span, value.kind()),
        };
        Err(Box::new(Stop::Error(crate::diagnostic::Diagnostic::error(problem))))
    }

    /// A comparison of two plain numbers, traced or not, which a condition needs no trace of.
    #[inline]
    fn compare_numbers(&mut self, condition: &Expr, what: &str) -> Eval<Option<bool>> {
        let ExprKind::Compare(first, rest) = &condition.kind else { return Ok(None) };
        let [step] = &rest[..] else { return Ok(None) };
        let (x, y) = match self.number(first).zip(self.number(&step.operand)) {
            Some(both) => both,
            None => {
                let left = self.compared(first)?;
                let right = self.compared(&step.operand)?;
                let numbers = match (&left, &right) {
                    (Value::Var(a), Value::Var(b)) => a.number().zip(b.number()),
                    _ => None,
                };
                match numbers {
                    Some(both) => both,
                    None => return self.compare_values(left, right, first, step, (condition, what)).map(Some),
                }
            }
        };
        Ok(Some(match step.op {
            BinaryOp::Less => x < y,
            BinaryOp::LessEqual => x <= y,
            BinaryOp::Greater => x > y,
            BinaryOp::GreaterEqual => x >= y,
            BinaryOp::Equal => x == y,
            BinaryOp::NotEqual => x != y,
            _ => {
                let (left, right) = (Value::num(x), Value::num(y));
                return self.compare_values(left, right, first, step, (condition, what)).map(Some);
            }
        }))
    }

    /// The value of what a condition compares. What one of our operations makes of variables there, as in
    /// `while norm(x) < 1`, is not recorded: nobody will ever compute with it.
    #[inline(always)]
    fn compared(&mut self, operand: &Expr) -> Eval<Value> {
        if let ExprKind::Call(call) = &operand.kind
            && self.cx.recording()
            && let Some(builtin) = self.builtin(&call.callee)
            && is_plain_call(builtin, call)
        {
            let before = self.cx.set_recording(false);
            let value = match builtin.run {
                Run::Operation(..) => {
                    operand.other.set(true);
                    self.call_ours(builtin, call, operand.span)
                }
                _ => self.eval(operand),
            };
            self.cx.set_recording(before);
            return value;
        }
        self.operand(operand)
    }

    #[cold]
    fn compare_values(
        &mut self,
        left: Value,
        right: Value,
        first: &Expr,
        step: &Step,
        asked: (&Expr, &str),
    ) -> Eval<bool> {
        let value = self.binary(step.op, left, right, first.span, step)?;
        self.truth(&value, asked.0, asked.1)
    }
}

/// Whether a call of ours is an operation on variables and numbers.
fn is_plain_call(builtin: &Builtin, call: &Call) -> bool {
    let plain = |expression: &Expr| matches!(expression.kind, ExprKind::Name(_) | ExprKind::Number(_));
    matches!(builtin.run, Run::Elementwise(_) | Run::Operation(..))
        && call.arguments.iter().all(|argument| plain(&argument.value))
}
