//! Literals that hold expressions: strings with interpolation, arrays and tuples.

use super::Session;
use super::stop::{Eval, Parts, Stop};
use crate::array::{Array, DType, Shape, limits};
use crate::autodiff::Var;
use crate::diagnostic::{Diagnostic, Edit, Outcome, Part, Problem};
use crate::show;
use crate::source::Span;
use crate::syntax::ast::{Argument, ArgumentKind, Expr, Piece};
use crate::value::{Tuple, Value, as_var, display};
use std::rc::Rc;

/// What to write where an array cannot be.
const HOLDS_ANYTHING: &str = "a tuple holds anything";

impl Session {
    /// `"text {expression:spec}"`
    pub(super) fn interpolated(&mut self, pieces: &[Piece]) -> Eval<Value> {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Value(expression, spec) => {
                    let value = self.eval(expression)?;
                    match spec {
                        None => text.push_str(&display(&value, &self.style)),
                        Some(spec) => {
                            let formatted = formatted(&value, spec).map_err(|fail| self.stop(fail, expression.span))?;
                            text.push_str(&formatted);
                        }
                    }
                }
            }
        }
        Ok(Value::text(text))
    }

    /// `[a, b]`: equal shapes stacked along a new first axis.
    pub(super) fn array_literal(&mut self, items: &[Expr], span: Span) -> Eval<Value> {
        let mut numbers: Vec<f64> = Vec::with_capacity(items.len().min(limits::STRIDE));
        let mut vars: Vec<Var> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let value = self.eval(item)?;
            match value {
                Value::Var(Var::Num(x)) if vars.is_empty() => numbers.push(x),
                value => {
                    if vars.is_empty() {
                        vars = numbers.iter().map(|&x| Var::Num(x)).collect();
                    }
                    match as_var(&value).map_err(|fail| self.stop(fail, item.span))? {
                        Some(var) => vars.push(var),
                        None => {
                            let problem = Problem::new(format!("an array holds numbers, and this is {}", value.kind()))
                                .label(item.span, "")
                                .patch(HOLDS_ANYTHING, self.in_parentheses(items, span));
                            return Err(Box::new(Stop::Error(Diagnostic::error(problem))));
                        }
                    }
                }
            }
            if i % limits::STRIDE == limits::STRIDE - 1 {
                self.check(span)?;
            }
        }
        if vars.is_empty() {
            let dtype = if self.singles { DType::F32 } else { DType::F64 };
            let array = Array::new(Shape::from_slice(&[numbers.len()]), numbers);
            return Ok(Value::Var(if dtype == DType::F32 { array.cast(dtype) } else { array }.into()));
        }
        if let Some(odd) = vars.iter().position(|var| vars.first().is_some_and(|first| first.shape() != var.shape())) {
            let shape = |i: usize| match vars.get(i).map(Var::shape) {
                Some([]) => "a number".to_string(),
                Some(shape) => crate::array::shape_text(shape),
                None => String::new(),
            };
            let place = |i: usize| items.get(i).map_or(span, |item| item.span);
            let problem = Problem::new("the entries of an array must have one shape")
                .label(place(odd), shape(odd))
                .label(place(0), shape(0))
                .patch(HOLDS_ANYTHING, self.in_parentheses(items, span));
            return Err(Box::new(Stop::Error(Diagnostic::error(problem))));
        }
        let stacked = crate::builtin::shape::stack(&self.cx, &vars, 0);
        let spans: Vec<Span> = items.iter().map(|item| item.span).collect();
        stacked.map(Value::Var).map_err(|fail| {
            self.stop_at(fail, &Parts { whole: span, operator: span, arguments: &spans, ..Parts::default() })
        })
    }

    /// The edits that make a tuple of an array as written.
    fn in_parentheses(&self, items: &[Expr], span: Span) -> Vec<Edit<Span>> {
        let [open, end] = [Span::new(span.start, span.start + 1), Span::new(span.end - 1, span.end)];
        let behind = items.last().map_or(end, |last| Span::new(last.span.end, end.start));
        let close = if items.len() == 1 && !self.sources.text(behind).contains(',') { ",)" } else { ")" };
        vec![Edit::Replace(open, "(".to_string()), Edit::Replace(end, close.to_string())]
    }

    /// `(a, w = b, ...t)`
    pub(super) fn tuple_literal(&mut self, entries: &[Argument]) -> Eval<Value> {
        let mut tuple = Tuple::new(Vec::with_capacity(entries.len()));
        for entry in entries {
            let value = self.eval(&entry.value)?;
            match &entry.kind {
                ArgumentKind::Positional => tuple.push(None, value),
                ArgumentKind::Named(name, span) => {
                    // An entry that a spread tuple brought may be replaced.
                    match tuple.find(name) {
                        Some(i) if entries.iter().any(|entry| matches!(entry.kind, ArgumentKind::Spread)) => {
                            if let Some(item) = tuple.items.get_mut(i) {
                                *item = value;
                            }
                        }
                        Some(_) => {
                            return Err(self.stop(Problem::new(format!("two entries are called `{name}`")), *span));
                        }
                        None => tuple.push(Some(name.clone()), value),
                    }
                }
                ArgumentKind::Spread => match &value {
                    Value::Tuple(other) => {
                        for (i, item) in other.items.iter().enumerate() {
                            match other.name(i).and_then(|name| tuple.find(name)) {
                                Some(known) => tuple.items[known] = item.clone(),
                                None => tuple.push(other.name(i).cloned(), item.clone()),
                            }
                        }
                    }
                    other => {
                        let problem = Problem::new("only a tuple can be spread").label(Part::Whole, other.kind());
                        return Err(self.stop(problem, entry.value.span));
                    }
                },
            }
        }
        Ok(Value::Tuple(Rc::new(tuple)))
    }
}

/// A value under a format specification, element by element.
pub(super) fn formatted(value: &Value, spec: &str) -> Outcome<String> {
    match value {
        Value::Var(var) if var.shape().is_empty() => show::format_spec(var.item().unwrap_or(f64::NAN), spec),
        Value::Var(_) | Value::Range(_) => {
            let var = as_var(value)?.unwrap_or_default();
            show::format_array(&var.array(), spec)
        }
        Value::Text(text) => show::format_text(text, spec),
        Value::Tuple(tuple) => {
            let items = tuple.items.iter().map(|item| formatted(item, spec)).collect::<Outcome<Vec<_>>>()?;
            Ok(format!("({})", items.join(", ")))
        }
        other => Err(Problem::new(format!("{} has no format", other.kind()))
            .help("only numbers and strings have one; leave out what stands after the `:`")),
    }
}
