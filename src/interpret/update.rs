//! `x += y` and its kin.
//!
//! An array that nobody else holds is updated where it is: a loop that adds to one makes no other. What is attached or
//! recorded is not, since the record may need what it was.

use super::Session;
use super::assign::{Change, Keep, target_span};
use super::operate::operator;
use super::stop::{Eval, Parts};
use crate::autodiff::Var;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Slot, Target, Update};
use crate::value::Value;

impl Session {
    /// `target op= value`; gives the new value if the target is a part of something.
    pub(super) fn update(&mut self, update: &Update, span: Span) -> Eval<Value> {
        if let Target::Name(variable) = &update.target {
            if let Value::Var(Var::Num(x)) = *self.look(variable.slot)
                && let Some(y) = self.number(&update.value)
            {
                let result = match update.op {
                    BinaryOp::Add => x + y,
                    BinaryOp::Subtract => x - y,
                    BinaryOp::Multiply => x * y,
                    BinaryOp::Divide => x / y,
                    _ => f64::NAN,
                };
                let simple =
                    matches!(update.op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide);
                if simple && self.store_number(variable, result, span) {
                    return Ok(Value::None);
                }
            }
            let right = self.eval(&update.value)?;
            if let Value::Var(y) = &right
                && self.update_in_place(variable.slot, update, y, span)?
            {
                return Ok(Value::None);
            }
            let left = self.read(variable)?;
            let result = self.updated(update, left, right)?;
            return self.store_keeping(variable, result, span, Keep::Gradient).map(|()| Value::None);
        }
        let right = self.eval(&update.value)?;
        self.change(&update.target, span, &Change::Update(update, right))
    }

    /// `x op= y` on an array that nobody else holds: no other is made. Whether it was such a case.
    #[inline]
    fn update_in_place(&mut self, slot: Slot, update: &Update, y: &Var, span: Span) -> Eval<bool> {
        if !matches!(self.look(slot), Value::Var(Var::Array(_))) {
            return Ok(false);
        }
        let mut value = self.take(slot);
        let done = match &mut value {
            Value::Var(x) => self.cx.write_onto(operator(update.op).op(), x, y),
            _ => Ok(false),
        };
        // Nothing was changed unless all was.
        match (&done, self.place(slot)) {
            (Ok(true), _) => self.put(slot, value, span),
            (_, Some(place)) => *place = value,
            _ => {}
        }
        done.map_err(|fail| self.stop(fail, span))
    }

    pub(super) fn updated(&mut self, update: &Update, left: Value, right: Value) -> Eval<Value> {
        self.set_place(update.place);
        self.operate(update.op, left, right).map_err(|fail| {
            let left = target_span(&update.target);
            let spans = [left, update.value.span];
            self.stop_at(
                fail,
                &Parts {
                    whole: left.to(update.value.span),
                    operator: update.op_span,
                    arguments: &spans,
                    ..Parts::default()
                },
            )
        })
    }
}
