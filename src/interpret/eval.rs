//! Expressions.

use super::Session;
use super::explain::table::column_against_row;
use super::formula;
use super::numbers::{arithmetic, is_arithmetic};
use super::operate::is_product;
use super::stop::{Eval, Parts};
use crate::autodiff::{Forward, Var};
use crate::builtin::arithmetic::{NEGATE, PLUS, POWER, power};
use crate::builtin::elementwise::SQUARE;
use crate::diagnostic::{Part, Problem};
use crate::source::{Place, Span};
use crate::syntax::ast::{BinaryOp, Call, Expr, ExprKind, Member, Sign, Slot, Step, Variable};
use crate::value::{Builtin, Run, Value};

impl Session {
    /// The value of an expression.
    pub(super) fn eval(&mut self, expression: &Expr) -> Eval<Value> {
        if self.cx.records()
            && expression.formula.get() != formula::PLAIN
            && let Some(value) = self.formula(expression)?
        {
            return Ok(value);
        }
        match &expression.kind {
            ExprKind::Number(x) => Ok(self.literal(*x)),
            ExprKind::Name(variable) => self.read(variable),
            ExprKind::Chain(first, rest) => {
                if !expression.other.get() {
                    if let Some(x) = self.number_chain(first, rest) {
                        return Ok(Value::num(x));
                    }
                    expression.other.set(true);
                }
                self.chain(expression, first, rest)
            }
            ExprKind::Compare(first, rest) => self.compare(first, rest),
            ExprKind::Power(base, step) => {
                let left = self.eval(base)?;
                let right = self.eval(&step.operand)?;
                match (left, right) {
                    (Value::Var(Var::Num(x)), Value::Var(Var::Num(y))) => Ok(Value::num(power(x, y))),
                    (Value::Var(x), Value::Var(y)) => {
                        self.set_place(step.place);
                        // The power that is met most is a product, for which no logarithm is taken.
                        let power = match y {
                            Var::Num(2.0) => self.cx.single(SQUARE.op(), x),
                            y => self.cx.pair(POWER.op(), x, y),
                        };
                        power.map(Value::Var).map_err(|fail| self.stop_step(fail, base.span, step))
                    }
                    (left, right) => self.binary(step.op, left, right, base.span, step),
                }
            }
            ExprKind::Sign(sign, operand, place) => self.sign(*sign, operand, *place, expression.span),
            ExprKind::Call(call) => match self.builtin(&call.callee) {
                Some(builtin) => {
                    expression.other.set(!matches!(builtin.run, Run::Elementwise(_)));
                    match self.direct_call(builtin, call, expression.span)? {
                        Some(value) => Ok(value),
                        None => self.call_ours(builtin, call, expression.span),
                    }
                }
                None => {
                    expression.other.set(true);
                    self.call_expression(call, expression.span)
                }
            },
            ExprKind::MethodCall(call) => self.method_call(call, expression.span),
            ExprKind::Member(receiver, member, place) => self.member(receiver, member, *place, expression.span),
            ExprKind::Index(base, index, place) => self.index_expression(base, index, *place, expression.span),
            ExprKind::Array(items) => self.array_literal(items, expression.span),
            ExprKind::Tuple(entries) => self.tuple_literal(entries),
            ExprKind::Bool(x) => Ok(Value::bool(*x)),
            ExprKind::None => Ok(Value::None),
            ExprKind::Text(text) => Ok(Value::text(&**text)),
            ExprKind::Interpolated(pieces) => self.interpolated(pieces),
            ExprKind::Not(operand) => self.not(operand),
            ExprKind::And(operands) => self.logical(operands, false),
            ExprKind::Or(operands) => self.logical(operands, true),
            ExprKind::Prime(function, order, place) => self.prime(function, *order, *place, expression.span),
            ExprKind::Lambda(lambda) => Ok(self.closure(lambda)),
            ExprKind::If(arms, otherwise) => {
                for (condition, block) in arms {
                    if self.condition(condition, "if")? {
                        return self.block(block);
                    }
                }
                otherwise.as_ref().map_or(Ok(Value::None), |block| self.block(block))
            }
            ExprKind::Try(attempt) => self.attempt(attempt),
            ExprKind::Mode(mode) => self.mode(mode),
        }
    }

    /// A number as written: a double, unless the program asked for singles.
    #[inline]
    pub(super) fn literal(&self, x: f64) -> Value {
        if self.singles {
            return Value::Var(crate::array::Array::scalar(x, crate::array::DType::F32).into());
        }
        Value::num(x)
    }

    /// A variable, looked at.
    #[inline(always)]
    pub(super) fn look(&self, slot: Slot) -> &Value {
        let value = match slot {
            Slot::Local(i) => self.locals.get(self.base + i as usize),
            Slot::Global(i) => self.scopes.get(self.scope).and_then(|scope| scope.values.get(i as usize)),
            Slot::Unresolved => None,
        };
        value.unwrap_or(&Value::Unset)
    }

    /// A variable's value.
    #[inline]
    pub(super) fn read(&mut self, variable: &Variable) -> Eval<Value> {
        match self.look(variable.slot) {
            Value::Unset => self.read_unset(variable),
            // An array that nobody reads again can be written over.
            Value::Var(Var::Array(_)) if variable.last => Ok(self.take(variable.slot)),
            value => Ok(value.clone()),
        }
    }

    /// A variable that has no value yet: the prelude may have one.
    #[cold]
    fn read_unset(&mut self, variable: &Variable) -> Eval<Value> {
        if let Slot::Global(_) = variable.slot
            && let Some(value) = self.prelude(&variable.name)
        {
            return Ok(value);
        }
        Err(self.unknown(variable))
    }

    /// The operation that a name stands for, if it is an elementwise function of ours.
    #[inline]
    pub(super) fn plain_kernel(&self, callee: &Expr) -> Option<&'static Forward> {
        match self.builtin(callee)? {
            Builtin { run: Run::Elementwise(op), .. } => Some(&op.forward),
            _ => None,
        }
    }

    /// The function of ours that a name stands for.
    #[inline]
    pub(super) fn builtin(&self, callee: &Expr) -> Option<&'static Builtin> {
        let ExprKind::Name(variable) = &callee.kind else { return None };
        match self.look(variable.slot) {
            Value::Builtin(builtin) => Some(builtin),
            _ => None,
        }
    }

    /// `f(x)` for an elementwise function of a number or an array: no argument lists.
    #[inline]
    fn direct_call(&mut self, builtin: &'static Builtin, call: &Call, span: Span) -> Eval<Option<Value>> {
        let Run::Elementwise(op) = &builtin.run else { return Ok(None) };
        if !matches!(op.forward, Forward::Map1(_)) {
            return Ok(None);
        }
        let [argument] = &call.arguments[..] else { return Ok(None) };
        if !argument.is_positional() {
            return Ok(None);
        }
        match self.eval(&argument.value)? {
            Value::Var(x) => {
                self.set_place(call.place);
                match self.cx.single(op, x) {
                    Ok(y) => Ok(Some(Value::Var(y))),
                    Err(fail) => {
                        let parts = Parts {
                            whole: span,
                            operator: call.callee.span,
                            arguments: &[argument.value.span],
                            ..Parts::default()
                        };
                        Err(self.stop_at(fail, &parts))
                    }
                }
            }
            other => {
                let callee = Value::Builtin(builtin);
                let arguments = [argument.value.span];
                self.call_value(&callee, other.into(), call.place, &arguments, span, call.callee.span).map(Some)
            }
        }
    }

    /// `a + b - c`, `a * b / c`: from the left.
    fn chain(&mut self, whole: &Expr, first: &Expr, rest: &[Step]) -> Eval<Value> {
        let mut left = self.operand(first)?;
        for (i, step) in rest.iter().enumerate() {
            let right = match &step.operand.kind {
                ExprKind::Chain(a, product) if step.op == BinaryOp::Add && is_product(product) => {
                    match self.plus_product(&mut left, step.place, a, &product[0])? {
                        Some(right) => right,
                        None => continue,
                    }
                }
                _ => self.operand(&step.operand)?,
            };
            left = match (left, right) {
                (Value::Var(Var::Num(x)), Value::Var(Var::Num(y))) if is_arithmetic(step.op) => {
                    Value::num(arithmetic(step.op, x, y))
                }
                (Value::Var(x), Value::Var(y)) if step.op != BinaryOp::MatMul => {
                    self.set_place(step.place);
                    let table = column_against_row(&x, &y);
                    match self.cx.pair(super::operate::operator(step.op).op(), x, y) {
                        Ok(value) => {
                            if let Some(table) = table {
                                self.warn_of_table(table, so_far(first, rest, i), step)?;
                            }
                            Value::Var(value)
                        }
                        Err(fail) => return Err(self.stop_step(fail, so_far(first, rest, i), step)),
                    }
                }
                (left, right) => self.binary(step.op, left, right, so_far(first, rest, i), step)?,
            };
        }
        if let Value::Var(Var::Num(_)) = left {
            whole.other.set(false);
        }
        Ok(left)
    }

    /// An operand or an argument: mostly a variable or a number.
    #[inline(always)]
    pub(super) fn operand(&mut self, expression: &Expr) -> Eval<Value> {
        match &expression.kind {
            ExprKind::Name(variable) => self.read(variable),
            ExprKind::Number(x) if !self.singles => Ok(Value::num(*x)),
            _ => self.eval(expression),
        }
    }

    /// `a < b <= c`: each with its neighbour, joined by `and`.
    fn compare(&mut self, first: &Expr, rest: &[Step]) -> Eval<Value> {
        let mut left = self.eval(first)?;
        let mut left_span = first.span;
        let mut result: Option<Value> = None;
        for step in rest {
            let right = self.eval(&step.operand)?;
            let next = self.binary(step.op, left, right.clone(), left_span, step)?;
            result = Some(match result {
                None => next,
                Some(result) => self.both(result, next, first.span.to(step.operand.span))?,
            });
            if rest.len() > 1 && matches!(&result, Some(Value::Var(var)) if var.number() == Some(0.0)) {
                return Ok(Value::bool(false));
            }
            left = right;
            left_span = step.operand.span;
        }
        Ok(result.unwrap_or(Value::None))
    }

    fn sign(&mut self, sign: Sign, operand: &Expr, place: Place, span: Span) -> Eval<Value> {
        let value = self.eval(operand)?;
        if let (Value::Var(Var::Num(x)), Sign::Minus) = (&value, sign) {
            return Ok(Value::num(-x));
        }
        let builtin = if sign == Sign::Minus { &NEGATE } else { &PLUS };
        self.set_place(place);
        let result = match value {
            Value::Var(x) => self.cx.single(builtin.op(), x).map(Value::Var),
            value => self.elementwise(builtin, &[value]),
        };
        result.map_err(|fail| {
            self.stop_at(fail, &Parts { whole: span, operator: span, arguments: &[operand.span], ..Parts::default() })
        })
    }

    /// Says where the next recorded step is.
    #[inline(always)]
    pub(super) fn set_place(&self, place: Place) {
        self.cx.set_place(place);
    }

    /// `v.name`: an entry, or the nearest function of that name applied to `v`.
    fn member(&mut self, receiver: &Expr, member: &Member, place: Place, span: Span) -> Eval<Value> {
        let value = self.eval(receiver)?;
        if let Some(entry) = self.entry(&value, &member.name) {
            return Ok(entry);
        }
        match self.nearest_function(member) {
            Some(function) => self.call_value(&function, value.into(), place, &[receiver.span], span, member.span),
            None => Err(self.no_member(&value, member)),
        }
    }

    /// The entry of a tuple or module that has one of that name.
    pub(super) fn entry(&self, value: &Value, name: &str) -> Option<Value> {
        match value {
            Value::Tuple(tuple) => tuple.find(name).and_then(|i| tuple.items.get(i)).cloned(),
            Value::Module(module) => {
                let scope = self.scopes.get(module.scope)?;
                let slot = scope.find(name)? as usize;
                let own = scope.written.get(slot).is_some_and(|span| *span != Span::default());
                scope.values.get(slot).filter(|value| own && !matches!(value, Value::Unset)).cloned()
            }
            _ => None,
        }
    }

    /// The nearest function of a name: a variable that holds something else does not hide it.
    pub(super) fn nearest_function(&mut self, member: &Member) -> Option<Value> {
        [member.local, member.global]
            .into_iter()
            .map(|slot| self.look(slot))
            .find(|value| value.is_function())
            .cloned()
            .or_else(|| Some(super::scope::standard(&member.name)).filter(Value::is_function))
            .or_else(|| self.prelude(&member.name))
    }

    /// `f'`
    fn prime(&mut self, function: &Expr, order: u32, place: Place, span: Span) -> Eval<Value> {
        let mut value = self.eval(function)?;
        if !value.is_function() {
            let problem = Problem::new("a prime differentiates a function").label(Part::Whole, value.kind());
            let problem = match &value {
                Value::Var(var) if !var.shape().is_empty() => {
                    let text = self.sources.text(function.span).to_string();
                    problem.help(format!("the transpose is written {text}.T"))
                }
                _ => problem,
            };
            return Err(self.stop(problem, function.span));
        }
        for _ in 0..order {
            value = self.call_value(
                &Value::Builtin(&crate::builtin::gradient::GRAD),
                value.into(),
                place,
                &[function.span],
                span,
                function.span,
            )?;
        }
        Ok(value)
    }
}

/// The part of a chain before its `i`-th step.
fn so_far(first: &Expr, rest: &[Step], i: usize) -> Span {
    let last = i.checked_sub(1).and_then(|i| rest.get(i));
    last.map_or(first.span, |step| first.span.to(step.operand.span))
}
