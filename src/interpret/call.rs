//! Calls: evaluating arguments, binding them to parameters, running functions.

use super::Session;
use super::explain::calls::{missing, too_many, unknown_argument};
use super::session::{FRESH_STACK, RED_ZONE};
use super::stop::{Eval, Parts, Stop};
use crate::diagnostic::{Kind, Part, Problem, grouped};
use crate::source::{Place, Span};
use crate::syntax::ast::{Argument, ArgumentKind, Call, Expr, Lambda, MethodCall};
use crate::value::{self, Arguments, Builtin, Closure, Function, Run, Tuple, Value};
use smallvec::{SmallVec, smallvec};
use std::rc::Rc;

/// How many calls may be running at once.
const MAX_CALLS: usize = 10_000;

/// The arguments of a call, evaluated.
#[derive(Default)]
pub struct Given {
    /// By position.
    pub positional: SmallVec<[Value; 4]>,
    /// By name.
    pub named: SmallVec<[(Rc<str>, Value); 2]>,
}

impl From<Vec<Value>> for Given {
    fn from(positional: Vec<Value>) -> Given {
        Given { positional: positional.into(), named: SmallVec::new() }
    }
}

impl From<Value> for Given {
    fn from(only: Value) -> Given {
        Given { positional: smallvec![only], named: SmallVec::new() }
    }
}

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
        let spans = ArgumentSpans { receiver: None, arguments: &call.arguments };
        if let Value::Builtin(builtin) = &callee
            && let Some(values) = places(builtin, 0, &call.arguments)
        {
            return self.call_bound(builtin, values, call.place, &spans, span, call.callee.span);
        }
        let given = self.arguments(&call.arguments, Given::default())?;
        self.call_with(&callee, given, call.place, &spans, span, call.callee.span)
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
            && let Some(mut values) = places(builtin, 1, &call.arguments)
        {
            if let Some(first) = values.first_mut() {
                *first = receiver;
            }
            return self.call_bound(builtin, values, call.place, &spans, span, call.member.span);
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

    /// Evaluates arguments, spreading tuples.
    fn arguments(&mut self, arguments: &[Argument], mut given: Given) -> Eval<Given> {
        for argument in arguments {
            let value = self.eval(&argument.value)?;
            match &argument.kind {
                ArgumentKind::Positional => given.positional.push(value),
                ArgumentKind::Named(name, span) => {
                    if given.named.iter().any(|(known, _)| known == name) {
                        let problem = Problem::new(format!("`{name}` is given twice"))
                            .label(Part::Whole, "an entry of a spread tuple has this name, too");
                        return Err(self.stop(problem, *span));
                    }
                    given.named.push((name.clone(), value));
                }
                ArgumentKind::Spread => match &value {
                    Value::Tuple(tuple) => {
                        for (i, item) in tuple.items.iter().enumerate() {
                            match tuple.name(i) {
                                Some(name) => given.named.push((name.clone(), item.clone())),
                                None => given.positional.push(item.clone()),
                            }
                        }
                    }
                    other => {
                        let problem = Problem::new("only a tuple can be spread").label(Part::Whole, other.kind());
                        return Err(self.stop(problem, argument.value.span));
                    }
                },
            }
        }
        Ok(given)
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

    /// Calls one of our functions with arguments that go where its parameters are.
    fn call_bound(
        &mut self,
        builtin: &'static Builtin,
        mut values: Values,
        place: Place,
        spans: &ArgumentSpans<'_>,
        span: Span,
        name: Span,
    ) -> Eval<Value> {
        let mut next = usize::from(spans.receiver.is_some());
        for argument in spans.arguments {
            let value = self.eval(&argument.value)?;
            let at = match &argument.kind {
                ArgumentKind::Named(name, _) => builtin.position(name),
                _ => {
                    next += 1;
                    Some(next - 1)
                }
            };
            if let Some(slot) = at.and_then(|at| values.get_mut(at)) {
                *slot = value;
            }
        }
        self.set_place(place);
        self.within_call(spans, builtin, span, name, |session| session.run_builtin(Arguments { builtin, values }))
    }

    /// Runs a call of one of our functions, and says where in it something went wrong.
    #[inline]
    fn within_call(
        &mut self,
        spans: &ArgumentSpans<'_>,
        builtin: &Builtin,
        span: Span,
        name: Span,
        run: impl FnOnce(&mut Session) -> crate::diagnostic::Outcome<Value>,
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
    pub(super) fn call_builtin(
        &mut self,
        builtin: &'static Builtin,
        given: Given,
    ) -> crate::diagnostic::Outcome<Value> {
        if let Run::Elementwise(_) = builtin.run
            && given.named.is_empty()
            && given.positional.len() == builtin.params.len()
            && !given.positional.iter().any(|value| matches!(value, Value::None))
        {
            return self.elementwise(builtin, &given.positional);
        }
        self.run_builtin(bind(builtin, given)?)
    }

    /// Runs one of our functions.
    fn run_builtin(&mut self, mut args: Arguments) -> crate::diagnostic::Outcome<Value> {
        let builtin = args.builtin;
        match &builtin.run {
            Run::Elementwise(_) => {
                args.fill_in();
                self.elementwise(builtin, &args.values)
            }
            Run::Operation(read, op) if self.cx.records() => {
                let computed = read(&args).and_then(|(plan, operands)| {
                    let out = self.cx.compute(op, &plan, &operands)?;
                    Ok((plan, operands, out))
                });
                match computed {
                    Ok((plan, operands, out)) => {
                        drop(args);
                        Ok(Value::Var(self.cx.record_given(op, plan, operands, out)))
                    }
                    Err(fail) => Err(args.find_parameters(fail)),
                }
            }
            Run::Operation(read, op) => read(&args)
                .and_then(|(plan, operands)| self.cx.apply_with(op, plan, &operands).map(Value::Var))
                .map_err(|fail| args.find_parameters(fail)),
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
        run: fn(&mut value::Call<'_>) -> crate::diagnostic::Outcome<Vec<Value>>,
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

    /// Calls a function of the program.
    fn call_function(
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
    fn may_call(&mut self, span: Span) -> Eval<()> {
        if self.depth >= MAX_CALLS {
            let problem = Problem::new(format!("more than {} calls are running at once", grouped(MAX_CALLS)))
                .label(span, "")
                .help("a function that calls itself must stop somewhere: check its first condition")
                .kind(Kind::Limit);
            return Err(Box::new(Stop::Error(crate::diagnostic::Diagnostic::error(problem))));
        }
        self.check(span)
    }

    /// Runs a function whose arguments are in their places, from `base` on.
    fn enter(&mut self, function: &Rc<Function>, closure: &Closure, base: usize, span: Span) -> Eval<Value> {
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

    fn bind_parameters(&mut self, lambda: &Lambda, given: Given, base: usize) -> crate::diagnostic::Outcome<()> {
        let name = lambda.name.as_deref().unwrap_or("this function");
        let plain = lambda.params.len() - usize::from(lambda.rest);
        let count = given.positional.len();
        if count > plain && !lambda.rest {
            let required = lambda.params.iter().filter(|param| param.default.is_none()).count();
            return Err(too_many(name, required, plain, count, value::signature_of(lambda)));
        }
        let mut positional = given.positional.into_iter();
        for (i, value) in positional.by_ref().take(plain).enumerate() {
            self.locals[base + i] = value;
        }
        let mut rest = if lambda.rest { Tuple::new(positional.collect()) } else { Tuple::default() };
        for (at, (given_name, value)) in given.named.into_iter().enumerate() {
            match lambda.params.iter().take(plain).position(|param| param.name == given_name) {
                Some(i) if matches!(self.locals[base + i], Value::Unset) => self.locals[base + i] = value,
                Some(_) => {
                    return Err(
                        Problem::new(format!("{name} gets `{given_name}` twice")).note(value::signature_of(lambda))
                    );
                }
                None if lambda.rest => rest.push(Some(given_name), value),
                None => {
                    let known: Vec<&str> = lambda.params.iter().map(|param| &*param.name).collect();
                    return Err(unknown_argument(name, &given_name, at, &known, value::signature_of(lambda)));
                }
            }
        }
        if lambda.rest {
            self.locals[base + plain] = Value::Tuple(Rc::new(rest));
        }
        for (i, param) in lambda.params.iter().take(plain).enumerate() {
            if param.default.is_none() && matches!(self.locals[base + i], Value::Unset) {
                return Err(missing(name, &param.name, value::signature_of(lambda)));
            }
        }
        Ok(())
    }

    /// An error on its way out of a function: the call is noted, and an error inside the library belongs
    /// to whoever called it.
    #[cold]
    fn through_call(
        &mut self,
        mut error: Box<crate::diagnostic::Diagnostic>,
        lambda: &Lambda,
        span: Span,
        scope: usize,
    ) -> Box<Stop> {
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

/// The expressions that arguments came from.
pub(super) struct ArgumentSpans<'t> {
    pub(super) receiver: Option<&'t Expr>,
    pub(super) arguments: &'t [Argument],
}

impl<'t> ArgumentSpans<'t> {
    fn positional(&self) -> impl Iterator<Item = &'t Expr> {
        let arguments = self.arguments.iter().filter(|argument| matches!(argument.kind, ArgumentKind::Positional));
        self.receiver.into_iter().chain(arguments.map(|argument| &argument.value))
    }

    pub(super) fn in_order(&self) -> Vec<Span> {
        self.receiver
            .into_iter()
            .map(|receiver| receiver.span)
            .chain(self.arguments.iter().map(|argument| argument.value.span))
            .collect()
    }

    /// The names of the arguments given by name, unless a spread tuple brought some of them.
    pub(super) fn keywords(&self) -> Vec<Span> {
        if self.arguments.iter().any(|argument| matches!(argument.kind, ArgumentKind::Spread)) {
            return Vec::new();
        }
        let name = |argument: &Argument| match &argument.kind {
            ArgumentKind::Named(_, span) => Some(*span),
            _ => None,
        };
        self.arguments.iter().filter_map(name).collect()
    }

    /// The span of the argument for each parameter; for those left out, the last one.
    pub(super) fn by_parameter(&self, builtin: &Builtin) -> Vec<Span> {
        let mut spans: Vec<Span> = self.positional().map(|expression| expression.span).collect();
        let last = self.in_order().last().copied().unwrap_or_default();
        for argument in self.arguments {
            if let ArgumentKind::Named(name, _) = &argument.kind
                && let Some(i) = builtin.position(name)
            {
                if spans.len() <= i {
                    spans.resize(i + 1, last);
                }
                if let Some(span) = spans.get_mut(i) {
                    *span = argument.value.span;
                }
            }
        }
        spans
    }
}

/// One value for each parameter.
type Values = SmallVec<[Value; 4]>;

/// Places for the arguments of a call after the first few, if it is clear before they are evaluated that each has
/// its own: nothing is spread, collected, changed or wrong.
fn places(builtin: &Builtin, first: usize, arguments: &[Argument]) -> Option<Values> {
    if matches!(builtin.run, Run::Updates(_)) || builtin.params.iter().any(|param| param.starts_with("...")) {
        return None;
    }
    let mut values: Values = SmallVec::new();
    values.resize(builtin.params.len(), Value::Unset);
    // What is taken is marked until the value is there.
    for slot in 0..first {
        *values.get_mut(slot)? = Value::None;
    }
    let mut next = first;
    for argument in arguments {
        let at = match &argument.kind {
            ArgumentKind::Positional => {
                next += 1;
                next - 1
            }
            ArgumentKind::Named(name, _) => builtin.position(name)?,
            ArgumentKind::Spread => return None,
        };
        let slot = values.get_mut(at).filter(|slot| matches!(slot, Value::Unset))?;
        *slot = Value::None;
    }
    let missing = |(i, value): (usize, &Value)| matches!(value, Value::Unset) && builtin.is_required(i);
    (!values.iter().enumerate().any(missing)).then_some(values)
}

/// Binds arguments to the parameters of one of our functions.
pub(super) fn bind(builtin: &'static Builtin, given: Given) -> crate::diagnostic::Outcome<Arguments> {
    let rest = builtin.params.last().is_some_and(|param| param.starts_with("..."));
    // Parameters after `...rest` can only be given by name, and so can those declared before it.
    let rest_at = builtin.params.iter().position(|param| param.starts_with("..."));
    let plain = rest_at.unwrap_or(builtin.params.len());
    let count = given.positional.len();
    if count > plain && rest_at.is_none() {
        let required = (0..plain).filter(|&i| builtin.param(i).is_some_and(|(_, optional)| !optional)).count();
        let fail = too_many(builtin.name, required, plain, count, builtin.signature());
        let seed = builtin.params.iter().any(|param| param.starts_with("shape"));
        let random = seed && ["normal", "uniform", "rand", "randn", "randint"].contains(&builtin.name);
        return Err(if random { fail.help("to fix the random numbers, call seed first: seed(7)") } else { fail });
    }
    let mut values: Values = SmallVec::new();
    let mut positional = given.positional.into_iter();
    values.extend(positional.by_ref().take(plain));
    values.resize(builtin.params.len(), Value::Unset);
    let mut collected = if rest_at.is_some() { Tuple::new(positional.collect()) } else { Tuple::default() };
    for (at, (name, value)) in given.named.into_iter().enumerate() {
        match builtin.position(&name).and_then(|i| values.get_mut(i)) {
            Some(slot @ Value::Unset) => *slot = value,
            Some(_) => {
                return Err(Problem::new(format!("{} gets `{name}` twice", builtin.name)).note(builtin.signature()));
            }
            None if rest => collected.push(Some(name), value),
            None => {
                let known: Vec<&str> =
                    (0..builtin.params.len()).filter_map(|i| builtin.param(i)).map(|(name, _)| name).collect();
                return Err(unknown_argument(builtin.name, &name, at, &known, builtin.signature()));
            }
        }
    }
    if let Some(slot) = rest_at.and_then(|i| values.get_mut(i))
        && matches!(slot, Value::Unset)
    {
        *slot = Value::Tuple(Rc::new(collected));
    }
    for (i, value) in values.iter().take(plain).enumerate() {
        if let Value::Unset = value
            && builtin.is_required(i)
        {
            let name = builtin.param(i).map_or("", |(name, _)| name);
            return Err(missing(builtin.name, name, builtin.signature()));
        }
    }
    Ok(Arguments { builtin, values })
}
