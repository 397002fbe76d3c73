//! Binding arguments to parameters.
//!
//! In `f(1, ...pair, n=2)` some arguments have a place and some a name, and a parameter may have a default or
//! collect what is left. Each must get one value, and what does not fit is said in the same words whether the
//! program or we declared the function.

use super::Session;
use super::explain::calls::{missing, too_many, unknown_argument};
use super::stop::Eval;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::source::Span;
use crate::syntax::ast::{Argument, ArgumentKind, Expr, Fit, Lambda, Places};
use crate::value::{self, Arguments, Builtin, Run, Tuple, Value};
use smallvec::{SmallVec, smallvec};
use std::cell::Cell;
use std::rc::Rc;

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

/// The expressions that arguments came from.
pub(super) struct ArgumentSpans<'t> {
    pub(super) receiver: Option<&'t Expr>,
    pub(super) arguments: &'t [Argument],
}

impl<'t> ArgumentSpans<'t> {
    pub(super) fn positional(&self) -> impl Iterator<Item = &'t Expr> {
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
pub(super) type Values = SmallVec<[Value; 4]>;

/// Where the arguments of a call after the first few go, if it is clear before they are evaluated that each has a
/// parameter of its own: nothing is spread, collected, changed or wrong. It is worked out when a call calls something
/// else than before.
#[inline]
pub(super) fn fit(builtin: &Builtin, first: usize, arguments: &[Argument], known: &Cell<Fit>) -> Option<Places> {
    let function = std::ptr::from_ref(builtin).addr();
    let fit = known.get();
    if fit.function == function {
        return fit.places;
    }
    let places = places(builtin, first, arguments);
    known.set(Fit { function, places });
    places
}

fn places(builtin: &Builtin, first: usize, arguments: &[Argument]) -> Option<Places> {
    if matches!(builtin.run, Run::Updates(_)) || builtin.params.iter().any(|param| param.starts_with("...")) {
        return None;
    }
    let mut places = Places::default();
    let mut taken = vec![false; builtin.params.len()];
    taken.get_mut(..first)?.fill(true);
    let mut next = first;
    for (i, argument) in arguments.iter().enumerate() {
        let at = match &argument.kind {
            ArgumentKind::Positional => {
                next += 1;
                next - 1
            }
            ArgumentKind::Named(name, _) => builtin.position(name)?,
            ArgumentKind::Spread => return None,
        };
        *taken.get_mut(at).filter(|taken| !**taken)? = true;
        *places.get_mut(i)? = u8::try_from(at).ok()?;
    }
    let missing = |(i, taken): (usize, &bool)| !taken && builtin.is_required(i);
    (!taken.iter().enumerate().any(missing)).then_some(places)
}

/// Binds arguments to the parameters of one of our functions.
pub(super) fn bind(builtin: &'static Builtin, given: Given) -> Outcome<Arguments> {
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

impl Session {
    /// Evaluates arguments, spreading tuples.
    pub(super) fn arguments(&mut self, arguments: &[Argument], mut given: Given) -> Eval<Given> {
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

    pub(super) fn bind_parameters(&mut self, lambda: &Lambda, given: Given, base: usize) -> Outcome<()> {
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
}
