//! Running a function of the program.
//!
//! `fib(n - 1) + fib(n - 2)` runs a function in the middle of itself. Which function runs, where its variables are
//! and where in the program it is are put aside, and put back however it ends: by its last line, by `return` or by
//! an error, which is told on its way out which calls it passed.

use super::Session;
use super::bind::{ArgumentSpans, Given};
use super::session::{FRESH_STACK, RED_ZONE};
use super::stop::{Eval, Parts, Stop};
use crate::diagnostic::{Diagnostic, Kind, Problem, grouped};
use crate::source::{Place, Span};
use crate::syntax::ast::Lambda;
use crate::value::{Closure, Function, Value};
use std::rc::Rc;

/// How many calls may be running at once.
pub(super) const MAX_CALLS: usize = 10_000;

impl Session {
    /// Calls a function of the program.
    pub(super) fn call_function(
        &mut self,
        function: &Rc<Function>,
        given: Given,
        span: Span,
        name: Span,
        spans: Option<&ArgumentSpans<'_>>,
    ) -> Eval<Value> {
        let Function::Closure(closure) = &**function else { return Ok(Value::None) };
        self.may_call(span)?;
        let lambda = &closure.lambda;
        let base = self.locals.len();
        self.locals.resize(base + lambda.locals.len(), Value::Unset);
        if let Err(problem) = self.bind_parameters(lambda, given, base) {
            self.locals.truncate(base);
            let arguments = spans.map(ArgumentSpans::in_order).unwrap_or_default();
            let keywords = spans.map(ArgumentSpans::keywords).unwrap_or_default();
            let parts = Parts { whole: span, operator: name, arguments: &arguments, keywords: &keywords };
            let stop = self.stop_at(problem, &parts);
            return Err(self.with_definition(stop, lambda));
        }
        self.enter(function, closure, base, span)
    }

    /// Whether one more function may run.
    #[inline]
    pub(super) fn may_call(&mut self, span: Span) -> Eval<()> {
        if self.depth >= MAX_CALLS {
            let problem = Problem::new(format!("more than {} calls are running at once", grouped(MAX_CALLS)))
                .label(span, "")
                .help("a function that calls itself must stop somewhere: check its first condition")
                .kind(Kind::Limit);
            return Err(Box::new(Stop::Error(Diagnostic::error(problem))));
        }
        self.check(span)
    }

    /// Runs a function whose arguments are in their places, from `base` on.
    pub(super) fn enter(&mut self, function: &Rc<Function>, closure: &Closure, base: usize, span: Span) -> Eval<Value> {
        let lambda = &closure.lambda;
        let outer = Frame {
            base: std::mem::replace(&mut self.base, base),
            scope: std::mem::replace(&mut self.scope, closure.scope),
            params: std::mem::replace(&mut self.params, lambda.params.len()),
            lambda: self.lambda.replace(lambda.clone()),
            place: self.cx.place(),
            held: self.cx.hold_place(self.scopes.get(closure.scope).is_some_and(|scope| scope.library)),
        };
        self.depth += 1;
        let result = stacker::maybe_grow(RED_ZONE, FRESH_STACK, || self.run_function(closure, function));
        self.depth -= 1;
        self.locals.truncate(base);
        self.base = outer.base;
        self.scope = outer.scope;
        self.params = outer.params;
        self.lambda = outer.lambda;
        self.cx.hold_place(outer.held);
        self.cx.set_place(outer.place);
        match result {
            Err(stop) => match *stop {
                Stop::Return(value) => Ok(value),
                Stop::Error(error) => Err(self.through_call(error, lambda, span, closure.scope)),
                other => Err(Box::new(other)),
            },
            done => done,
        }
    }

    fn run_function(&mut self, closure: &Closure, function: &Rc<Function>) -> Eval<Value> {
        let lambda = &closure.lambda;
        for ((_, inner), value) in lambda.captures.iter().zip(&closure.captured) {
            if let Some(slot) = self.locals.get_mut(self.base + *inner as usize) {
                *slot = value.clone();
            }
        }
        if let Some(own) = lambda.own_slot
            && let Some(slot) = self.locals.get_mut(self.base + own as usize)
        {
            *slot = Value::Function(function.clone());
        }
        for (i, param) in lambda.params.iter().enumerate() {
            let Some(default) = &param.default else { continue };
            if matches!(self.locals.get(self.base + i), Some(Value::Unset)) {
                let value = self.eval(default)?;
                if let Some(slot) = self.locals.get_mut(self.base + i) {
                    *slot = value;
                }
            }
        }
        self.block(&lambda.body)
    }

    /// An error on its way out of a function: the call is noted, and an error inside the library belongs
    /// to whoever called it.
    #[cold]
    fn through_call(&mut self, mut error: Box<Diagnostic>, lambda: &Lambda, span: Span, scope: usize) -> Box<Stop> {
        if self.scopes.get(scope).is_some_and(|scope| scope.library) {
            let inside = |span: &Span| self.sources.at(span.start).is_some_and(|source| source.library);
            if inside(&error.span()) {
                error.problem.labels.retain(|(span, _)| !inside(span));
                error.problem.labels.insert(0, (span, String::new()));
                error.problem.helps.iter_mut().for_each(|help| help.edits.clear());
            }
        } else {
            let name = lambda.name.as_deref().unwrap_or("a function").to_string();
            error.calls.push((name, span));
        }
        Box::new(Stop::Error(error))
    }
}

/// What a call must put back.
struct Frame {
    base: usize,
    scope: usize,
    params: usize,
    lambda: Option<Rc<Lambda>>,
    place: Place,
    held: bool,
}
