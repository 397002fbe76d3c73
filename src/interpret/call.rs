//! Calls: what is called, its arguments evaluated, and where a mistake in it is.
//!
//! `f(x, y)`, `x.f(y)` and `f(...pair, n=2)` come here. What is called may be a function of the program, one of
//! ours or part of one; each says what went wrong, and here is known which argument it was.

use super::Session;
use super::bind::{ArgumentSpans, Given, Values, bind, fit};
use super::stop::{Eval, Parts};
use crate::autodiff::Op;
use crate::diagnostic::{Outcome, Problem};
use crate::source::{Place, Span};
use crate::syntax::ast::{Argument, Call, Expr, MethodCall, Places};
use crate::value::{self, Arguments, Builtin, Closure, Function, Read, Run, Value};
use smallvec::smallvec;
use std::rc::Rc;

impl Session {
    /// `f(arguments)`
    pub(super) fn call_expression(&mut self, call: &Call, span: Span) -> Eval<Value> {
        let callee = self.eval(&call.callee)?;
        if let Value::Function(function) = &callee
            && let Function::Closure(closure) = &**function
            && closure.lambda.params.len() == call.arguments.len()
            && !closure.lambda.rest
            && call.arguments.iter().all(Argument::is_positional)
        {
            return self.call_plainly(function, closure, call, span);
        }
        if let Value::Builtin(builtin) = &callee {
            return self.call_ours(builtin, call, span);
        }
        let spans = ArgumentSpans { receiver: None, arguments: &call.arguments };
        let given = self.arguments(&call.arguments, Given::default())?;
        self.call_with(&callee, given, call.place, &spans, span, call.callee.span)
    }

    /// `f(arguments)` for a function of ours.
    pub(super) fn call_ours(&mut self, builtin: &'static Builtin, call: &Call, span: Span) -> Eval<Value> {
        let spans = ArgumentSpans { receiver: None, arguments: &call.arguments };
        if let Some(places) = fit(builtin, 0, &call.arguments, &call.fit) {
            return self.call_fitting(builtin, Values::new(), places, call.place, &spans, span, call.callee.span);
        }
        let given = self.arguments(&call.arguments, Given::default())?;
        self.call_with(&Value::Builtin(builtin), given, call.place, &spans, span, call.callee.span)
    }

    /// `receiver.name(arguments)`: an entry called, or the nearest function of that name with the
    /// receiver as its first argument.
    pub(super) fn method_call(&mut self, call: &MethodCall, span: Span) -> Eval<Value> {
        let receiver = self.eval(&call.receiver)?;
        if let Some(entry) = self.entry(&receiver, &call.member.name) {
            let given = self.arguments(&call.arguments, Given::default())?;
            let spans = ArgumentSpans { receiver: None, arguments: &call.arguments };
            return self.call_with(&entry, given, call.place, &spans, span, call.member.span);
        }
        let Some(function) = self.nearest_function(&call.member) else {
            return Err(self.no_member(&receiver, &call.member));
        };
        let spans = ArgumentSpans { receiver: Some(&call.receiver), arguments: &call.arguments };
        if let Value::Builtin(builtin) = &function
            && let Some(places) = fit(builtin, 1, &call.arguments, &call.fit)
        {
            let values = smallvec![receiver];
            return self.call_fitting(builtin, values, places, call.place, &spans, span, call.member.span);
        }
        let mut given = Given::default();
        given.positional.push(receiver);
        let given = self.arguments(&call.arguments, given)?;
        self.call_with(&function, given, call.place, &spans, span, call.member.span)
    }

    /// `f(x, y)` for a function of the program with just these parameters: the arguments go where the
    /// function will look for them.
    fn call_plainly(&mut self, function: &Rc<Function>, closure: &Closure, call: &Call, span: Span) -> Eval<Value> {
        let base = self.locals.len();
        for argument in &call.arguments {
            match self.eval(&argument.value) {
                Ok(value) => self.locals.push(value),
                Err(stop) => {
                    self.locals.truncate(base);
                    return Err(stop);
                }
            }
        }
        if let Err(stop) = self.may_call(span) {
            self.locals.truncate(base);
            return Err(stop);
        }
        self.call_place(function, call.place);
        self.locals.resize(base + closure.lambda.locals.len(), Value::Unset);
        self.enter(function, closure, base, span)
    }

    /// Calls a value with arguments whose expressions are known.
    fn call_with(
        &mut self,
        callee: &Value,
        given: Given,
        place: Place,
        spans: &ArgumentSpans<'_>,
        span: Span,
        name: Span,
    ) -> Eval<Value> {
        match callee {
            Value::Function(function) if matches!(**function, Function::Closure(_)) => {
                self.call_place(function, place);
                self.call_function(function, given, span, name, Some(spans))
            }
            Value::Builtin(builtin) => {
                self.set_place(place);
                if let Run::Updates(run) = &builtin.run {
                    return self.call_updating(builtin, *run, given, spans, span, name);
                }
                self.within_call(spans, builtin, span, name, |session| session.call_builtin(builtin, given))
            }
            other => self.call_value(other, given, place, &[], span, name),
        }
    }

    /// Calls one of our functions with the first few values and arguments of which is known where they go.
    #[expect(clippy::too_many_arguments, reason = "a call has many parts")]
    #[inline(always)]
    fn call_fitting(
        &mut self,
        builtin: &'static Builtin,
        values: Values,
        places: Places,
        place: Place,
        spans: &ArgumentSpans<'_>,
        span: Span,
        name: Span,
    ) -> Eval<Value> {
        let mut args = Arguments { builtin, values };
        for (argument, at) in spans.arguments.iter().zip(&places) {
            let value = self.operand(&argument.value)?;
            let at = usize::from(*at);
            if at > args.values.len() {
                args.values.resize(at, Value::Unset);
            }
            match args.values.get_mut(at) {
                Some(slot) => *slot = value,
                None => args.values.push(value),
            }
        }
        self.set_place(place);
        self.within_call(spans, builtin, span, name, |session| match &builtin.run {
            Run::Operation(read, op) => session.operation(*read, op, &mut args),
            _ => session.run_builtin(args),
        })
    }

    /// Runs a call of one of our functions, and says where in it something went wrong.
    #[inline(always)]
    fn within_call(
        &mut self,
        spans: &ArgumentSpans<'_>,
        builtin: &Builtin,
        span: Span,
        name: Span,
        run: impl FnOnce(&mut Session) -> Outcome<Value>,
    ) -> Eval<Value> {
        let caller = std::mem::replace(&mut self.call_span, span);
        let result = run(self);
        self.call_span = caller;
        result.map_err(|fail| {
            let (arguments, keywords) = (spans.by_parameter(builtin), spans.keywords());
            self.stop_at(fail, &Parts { whole: span, operator: name, arguments: &arguments, keywords: &keywords })
        })
    }

    /// Calls a value.
    pub(super) fn call_value(
        &mut self,
        callee: &Value,
        given: Given,
        place: Place,
        spans: &[Span],
        span: Span,
        name: Span,
    ) -> Eval<Value> {
        match callee {
            Value::Function(function) => match &**function {
                Function::Closure(_) => {
                    self.call_place(function, place);
                    self.call_function(function, given, span, name, None)
                }
                Function::Partial(partial) => {
                    let mut all = Given { positional: partial.bound.iter().cloned().collect(), named: given.named };
                    all.positional.extend(given.positional);
                    self.set_place(place);
                    let caller = std::mem::replace(&mut self.call_span, span);
                    let result = self.call_builtin(partial.builtin, all);
                    self.call_span = caller;
                    result.map_err(|fail| {
                        self.stop_at(fail, &Parts { whole: span, operator: name, arguments: &[], ..Parts::default() })
                    })
                }
            },
            Value::Builtin(builtin) => {
                self.set_place(place);
                let caller = std::mem::replace(&mut self.call_span, span);
                let result = self.call_builtin(builtin, given);
                self.call_span = caller;
                result.map_err(|fail| {
                    self.stop_at(fail, &Parts { whole: span, operator: name, arguments: spans, ..Parts::default() })
                })
            }
            other => Err(self.not_callable(other, name, span)),
        }
    }

    /// The steps that a function of the library records belong to its call.
    #[inline]
    fn call_place(&self, function: &Function, place: Place) {
        if let Function::Closure(closure) = function
            && self.cx.recording()
            && self.scopes.get(closure.scope).is_some_and(|scope| scope.library)
        {
            self.set_place(place);
        }
    }

    /// Calls one of our functions.
    pub(super) fn call_builtin(&mut self, builtin: &'static Builtin, given: Given) -> Outcome<Value> {
        if let Run::Elementwise(_) = builtin.run
            && given.named.is_empty()
            && given.positional.len() == builtin.params.len()
            && !given.positional.iter().any(|value| matches!(value, Value::None))
        {
            return self.elementwise(builtin, &given.positional);
        }
        self.run_builtin(bind(builtin, given)?)
    }

    /// Runs one of our functions that is an operation.
    #[inline(always)]
    fn operation(&mut self, read: Read, op: &'static Op, args: &mut Arguments) -> Outcome<Value> {
        let computed =
            read(args).and_then(|(plan, operands)| self.cx.apply_given(op, plan, operands, || args.values.clear()));
        computed.map(Value::Var).map_err(|fail| args.find_parameters(fail))
    }

    /// Runs one of our functions.
    fn run_builtin(&mut self, mut args: Arguments) -> Outcome<Value> {
        let builtin = args.builtin;
        match &builtin.run {
            Run::Elementwise(_) => {
                args.fill_in();
                self.elementwise(builtin, &args.values)
            }
            Run::Operation(read, op) => self.operation(*read, op, &mut args),
            Run::Routine(run) => {
                let mut call = value::Call { host: self, args };
                run(&mut call).map_err(|fail| call.args.find_parameters(fail))
            }
            Run::Updates(_) => {
                let name = builtin.name;
                Err(Problem::new(format!("{name} must be called with the variable that it changes"))
                    .help(format!("name the value if it has no name, v = …, then call {name}(v) or v.{name}()")))
            }
        }
    }

    /// Calls one of our functions that changes the variables it is given.
    fn call_updating(
        &mut self,
        builtin: &'static Builtin,
        run: fn(&mut value::Call<'_>) -> Outcome<Vec<Value>>,
        given: Given,
        spans: &ArgumentSpans<'_>,
        span: Span,
        name: Span,
    ) -> Eval<Value> {
        let count = given.positional.len();
        let arguments = spans.by_parameter(builtin);
        let caller = std::mem::replace(&mut self.call_span, span);
        let updated = bind(builtin, given).and_then(|args| run(&mut value::Call { host: self, args }));
        self.call_span = caller;
        let updated = updated.map_err(|fail| {
            let keywords = spans.keywords();
            self.stop_at(fail, &Parts { whole: span, operator: name, arguments: &arguments, keywords: &keywords })
        })?;
        let expressions: Vec<&Expr> = spans.positional().collect();
        if expressions.len() != count {
            let problem = Problem::new(format!("{} needs variables, and a spread tuple has none", builtin.name));
            let problem = problem.help("give the tuple itself: every array in it is meant");
            return Err(self.stop(problem, span));
        }
        for (expression, value) in expressions.into_iter().zip(updated) {
            self.write_back(expression, value, builtin.name)?;
        }
        Ok(Value::None)
    }
}
