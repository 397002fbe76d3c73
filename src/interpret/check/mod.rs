//! What can be known of a program without running it: names that lead nowhere, calls that do not fit, and
//! shapes, where they are written down, that do not line up.
//!
//! ```text
//! y = sqtr(x)              # nothing is called `sqtr`
//! f(x) = x ** 2
//! f(1, 2)                  # f takes 1 argument
//! ones(3, 2) @ ones(3)     # [3, 2] and [3]
//! ```
//!
//! The messages are those of a run. Nothing is said of what depends on a value: a check that cries wolf is
//! switched off.

mod shapes;

use super::Session;
use super::bind::{ArgumentSpans, Given, bind};
use super::explain::calls::{missing, too_many, unknown_argument};
use super::explain::tree::{self, Part};
use super::stop::{Parts, Stop};
use crate::builtin::library;
use crate::diagnostic::{Diagnostic, Fail};
use crate::source::Span;
use crate::syntax::ast::{ArgumentKind, Block, Call, Expr, ExprKind, Lambda, Slot, StatementKind, Variable};
use crate::value::{Value, signature_of};
use std::collections::HashMap;
use std::rc::Rc;

/// Mistakes that are told; more are consequences, or nobody reads them.
const MOST: usize = 50;

impl Session {
    /// The mistakes and warnings of a text that is not run, in the order of their places.
    pub fn check_text(&mut self, name: &str, text: &str) -> Vec<Diagnostic> {
        let block = match stacker::maybe_grow(super::session::RED_ZONE, super::session::FRESH_STACK, || {
            self.load(name, text, 0)
        }) {
            Ok(block) => block,
            Err(errors) => return self.take_warnings().into_iter().chain(errors).collect(),
        };
        let mut found = self.take_warnings();
        let defined = self.announce(&block);
        for part in tree::parts(&block) {
            let Part::Expression(expression) = part else { continue };
            match &expression.kind {
                ExprKind::Name(variable) => found.extend(self.missing_name(variable)),
                ExprKind::Call(call) => found.extend(self.misfit(call, expression.span, &defined)),
                _ => {}
            }
        }
        found.extend(shapes::check(self, &block));
        found.sort_by_key(|diagnostic| diagnostic.span());
        found.truncate(MOST);
        found
    }

    /// Gives every top-level name that the program assigns a value, so that it is known, and finds the
    /// functions that are defined once.
    fn announce(&mut self, block: &Block) -> HashMap<u32, Rc<Lambda>> {
        let mut assigned: Vec<&Variable> = Vec::new();
        let mut functions: HashMap<u32, Rc<Lambda>> = HashMap::new();
        for part in tree::parts(block) {
            match part {
                Part::Target(variable) => assigned.push(variable),
                Part::Statement(statement) => match &statement.kind {
                    StatementKind::Define(variable, lambda) => {
                        if let Slot::Global(slot) = variable.slot {
                            functions.insert(slot, lambda.clone());
                        }
                        assigned.push(variable);
                    }
                    StatementKind::Import(import) => assigned.push(&import.variable),
                    _ => {}
                },
                Part::Expression(Expr { kind: ExprKind::Try(attempt), .. }) => assigned.extend(&attempt.error),
                Part::Expression(_) => {}
            }
        }
        let mut times: HashMap<u32, usize> = HashMap::new();
        for variable in assigned {
            let Slot::Global(slot) = variable.slot else { continue };
            *times.entry(slot).or_default() += 1;
            let Some(scope) = self.scopes.first_mut() else { continue };
            if let (Some(value), Some(written)) =
                (scope.values.get_mut(slot as usize), scope.written.get_mut(slot as usize))
            {
                *value = Value::None;
                *written = variable.span;
            }
        }
        functions.retain(|slot, _| times.get(slot) == Some(&1));
        functions
    }

    fn global(&self, slot: Slot) -> Option<&Value> {
        let Slot::Global(slot) = slot else { return None };
        self.scopes.first()?.values.get(slot as usize)
    }

    /// A name that nothing gives a value.
    fn missing_name(&mut self, variable: &Variable) -> Option<Diagnostic> {
        let unset = matches!(self.global(variable.slot), Some(Value::Unset));
        if !unset || library::defines(&variable.name).is_some() || ["args", "ans"].contains(&&*variable.name) {
            return None;
        }
        match *self.unknown(variable) {
            Stop::Error(error) => Some(*error),
            _ => None,
        }
    }

    /// A call whose arguments do not fit the function of that name.
    fn misfit(&mut self, call: &Call, span: Span, defined: &HashMap<u32, Rc<Lambda>>) -> Option<Diagnostic> {
        let ExprKind::Name(callee) = &call.callee.kind else { return None };
        if call.arguments.iter().any(|argument| matches!(argument.kind, ArgumentKind::Spread)) {
            return None;
        }
        let spans = ArgumentSpans { receiver: None, arguments: &call.arguments };
        let (fail, arguments, lambda) = match (callee.slot, self.global(callee.slot)) {
            (_, Some(Value::Builtin(builtin))) => {
                let builtin = *builtin;
                let mut given = Given::default();
                for argument in &call.arguments {
                    match &argument.kind {
                        ArgumentKind::Named(name, _) => given.named.push((name.clone(), Value::None)),
                        _ => given.positional.push(Value::None),
                    }
                }
                (bind(builtin, given).err()?, spans.by_parameter(builtin), None)
            }
            (Slot::Global(slot), _) => {
                let lambda = defined.get(&slot)?;
                (unfit(lambda, call)?, spans.in_order(), Some(lambda.clone()))
            }
            _ => return None,
        };
        let keywords = spans.keywords();
        let parts = Parts { whole: span, operator: call.callee.span, arguments: &arguments, keywords: &keywords };
        let stop = self.stop_at(fail, &parts);
        let stop = match lambda {
            Some(lambda) => self.with_definition(stop, &lambda),
            None => stop,
        };
        match *stop {
            Stop::Error(error) => Some(*error),
            _ => None,
        }
    }
}

/// Why a call does not fit a function of the program.
fn unfit(lambda: &Lambda, call: &Call) -> Option<Fail> {
    let name = lambda.name.as_deref().unwrap_or("the function");
    let plain = lambda.params.len() - usize::from(lambda.rest);
    let positional = call.arguments.iter().filter(|argument| argument.is_positional()).count();
    let named: Vec<&str> = call
        .arguments
        .iter()
        .filter_map(|argument| match &argument.kind {
            ArgumentKind::Named(name, _) => Some(&**name),
            _ => None,
        })
        .collect();
    if positional > plain && !lambda.rest {
        let required = lambda.params.iter().filter(|param| param.default.is_none()).count();
        return Some(too_many(name, required, plain, positional, signature_of(lambda)));
    }
    let known: Vec<&str> = lambda.params.iter().take(plain).map(|param| &*param.name).collect();
    if let Some((i, wrong)) = named.iter().enumerate().find(|(_, name)| !lambda.rest && !known.contains(name)) {
        return Some(unknown_argument(name, wrong, i, &known, signature_of(lambda)));
    }
    let left_out = lambda
        .params
        .iter()
        .take(plain)
        .enumerate()
        .find(|(i, param)| *i >= positional && param.default.is_none() && !named.contains(&&*param.name));
    left_out.map(|(_, param)| missing(name, &param.name, signature_of(lambda)))
}
