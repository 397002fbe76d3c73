//! What the value of an expression follows from.
//!
//! In `0.1 * pull(x) + v` it is what `x` and `v` hold, and `pull`; and if `pull` is a function of the program, whose
//! body is assignments to its own names and a result, what the names in it hold that it took from around it.

use super::super::Session;
use super::parts::{Part, parts};
use crate::autodiff::{Code, Grad, Operands, Var};
use crate::syntax::ast::{
    Argument, Call, Expr, ExprKind, Lambda, MethodCall, Slot, Statement, StatementKind, Target, Variable,
};
use crate::value::{Builtin, Closure, Function, Run, Value};
use std::rc::Rc;

/// Functions that are looked into, one within another, at most.
const DEEPEST: usize = 8;

/// Something that the value of an expression follows from.
pub struct Source {
    place: Place,
    held: Held,
}

/// Where a source is found.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// A name in the running code.
    Name(Slot),
    /// A top-level name of another scope than the running one, perhaps: this slot of that scope.
    Global(usize, u32),
    /// What a function, the source of the first number, took from around it.
    Captured(usize, usize),
    /// This entry of a tuple, the source of the first number.
    Entry(usize, usize),
}

/// What is found there.
enum Held {
    /// An array or a recorded number: an operand.
    Operand,
    /// The same as the operand of this number.
    Same(usize),
    /// This number.
    Number(u64),
    /// This function of ours.
    Builtin(&'static Builtin),
    /// A function of the program with this text, in this scope.
    Closure(Rc<Lambda>, usize),
    /// A tuple with these names.
    Tuple(Vec<Option<Rc<str>>>),
    /// Anything but a function.
    NoFunction,
}

/// What the value of a part depends on. A formula must depend on its operands through the steps that are recorded
/// and on nothing else of them, so there are rules for what may meet.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// On nothing that is not known to be the same the next time.
    Constant,
    /// It is an array that is not recorded. Only recorded steps may take it, as it is.
    Plain,
    /// It is recorded.
    Traced,
}

/// The code in which a name stands: that which runs, or a function that is looked into.
struct Inside<'f> {
    /// The source that the function is, and the function.
    function: Option<(usize, &'f Closure)>,
    /// The local names that it assigned so far, the newest last.
    assigned: Vec<(u32, Kind)>,
    depth: usize,
}

/// The sources of an expression as far as they are known.
#[derive(Default)]
pub struct Found {
    pub sources: Vec<Source>,
    pub operands: Operands,
    /// How many functions are looked into, one within another.
    pub deepest: usize,
}

impl Session {
    /// The sources of an expression and its operands; `None` if it cannot be a formula.
    pub(super) fn sources(&self, expression: &Expr) -> Option<Found> {
        let mut found = Found::default();
        let inside = Inside { function: None, assigned: Vec::new(), depth: 0 };
        let kind = self.follow(expression, &inside, &mut found)?;
        (kind == Kind::Traced).then_some(found)
    }

    /// Notes what an expression follows from.
    fn follow(&self, expression: &Expr, inside: &Inside<'_>, found: &mut Found) -> Option<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        parts(expression, &mut |part| {
            let kind = match part {
                Part::Constant => Kind::Constant,
                Part::Name(variable) => match inside.place(variable.slot)? {
                    Ok(kind) => kind,
                    Err(place) => {
                        let at = self.note(place, found)?;
                        self.kind(found.sources.get(at)?, found)?
                    }
                },
                Part::Entry(entry) => {
                    let at = self.entry_of(entry, inside, found)?;
                    self.kind(found.sources.get(at)?, found)?
                }
                Part::Elementwise(count) => elementwise(&kinds.split_off(kinds.len().checked_sub(count)?))?,
                Part::Index(count) => first_of(&kinds.split_off(kinds.len().checked_sub(count + 1)?))?,
                Part::Tuple(count) => all_constant(&kinds.split_off(kinds.len().checked_sub(count)?))?,
                Part::Call(call) => {
                    let given = kinds.split_off(kinds.len().checked_sub(call.arguments.len())?);
                    self.kind_of_call(call, &given, inside, found)?
                }
                Part::MethodCall(call) => {
                    let given = kinds.split_off(kinds.len().checked_sub(call.arguments.len() + 1)?);
                    self.kind_of_method(call, &given, inside, found)?
                }
            };
            kinds.push(kind);
            Some(())
        })?;
        kinds.pop()
    }

    /// Notes the entry of a tuple, which a name holds or which is an entry itself; gives its number.
    fn entry_of(&self, entry: &Expr, inside: &Inside<'_>, found: &mut Found) -> Option<usize> {
        match &entry.kind {
            ExprKind::Name(variable) => self.note(inside.place(variable.slot)?.err()?, found),
            ExprKind::Member(receiver, member, _) => {
                let tuple = self.entry_of(receiver, inside, found)?;
                let Value::Tuple(entries) = self.found_at(found.sources.get(tuple)?.place, &found.sources) else {
                    return None;
                };
                self.note(Place::Entry(tuple, entries.find(&member.name)?), found)
            }
            _ => None,
        }
    }

    /// The same as [`kind_of_call`](Session::kind_of_call) for one of our functions called on an array.
    fn kind_of_method(
        &self,
        call: &MethodCall,
        given: &[Kind],
        inside: &Inside<'_>,
        found: &mut Found,
    ) -> Option<Kind> {
        for slot in [call.member.local, call.member.global] {
            if slot == Slot::Unresolved {
                continue;
            }
            match inside.place(slot)? {
                // No function is a value of what is followed.
                Ok(_) => {}
                Err(place) if self.found_at(place, &found.sources).is_function() => {
                    self.note(place, found)?;
                    return kind_of_ours(self.found_at(place, &found.sources), given);
                }
                Err(place) => found.sources.push(Source { place, held: Held::NoFunction }),
            }
        }
        kind_of_ours(&super::super::scope::standard(&call.member.name), given)
    }

    /// What the result of a call depends on, given what its arguments do.
    fn kind_of_call(&self, call: &Call, given: &[Kind], inside: &Inside<'_>, found: &mut Found) -> Option<Kind> {
        let ExprKind::Name(callee) = &call.callee.kind else { return None };
        let Err(place) = inside.place(callee.slot)? else { return None };
        let at = self.note(place, found)?;
        match self.found_at(place, &found.sources) {
            ours @ Value::Builtin(_) => {
                let first = call.arguments.first().is_none_or(Argument::is_positional);
                first.then(|| kind_of_ours(ours, given))?
            }
            Value::Function(function) => match function.as_ref() {
                Function::Closure(closure) => self.look_into((at, closure), call, given, inside.depth, found),
                Function::Partial(_) => None,
            },
            _ => None,
        }
    }

    /// Notes what the result of a function follows from besides its arguments.
    fn look_into(
        &self,
        (at, closure): (usize, &Closure),
        call: &Call,
        given: &[Kind],
        depth: usize,
        found: &mut Found,
    ) -> Option<Kind> {
        let lambda = &closure.lambda;
        let plain = lambda.params.len() == call.arguments.len() && !lambda.rest;
        let library = self.scopes.get(closure.scope).is_none_or(|scope| scope.library);
        if !plain || library || depth == DEEPEST || !call.arguments.iter().all(Argument::is_positional) {
            return None;
        }
        let assigned = (0..).zip(given.iter().copied()).collect();
        let mut inside = Inside { function: Some((at, closure)), assigned, depth: depth + 1 };
        found.deepest = found.deepest.max(inside.depth);
        let (last, first) = lambda.body.statements.split_last()?;
        for statement in first {
            let StatementKind::Assign(Target::Name(Variable { slot: Slot::Local(slot), .. }), value) = &statement.kind
            else {
                return None;
            };
            let kind = self.follow(value, &inside, found)?;
            inside.assigned.push((*slot, kind));
        }
        let Statement { kind: StatementKind::Expression(result) | StatementKind::Return(Some(result)), .. } = last
        else {
            return None;
        };
        self.follow(result, &inside, found)
    }

    /// What a source makes a value depend on; `None` for one that holds others, or may see what changes.
    fn kind(&self, source: &Source, found: &Found) -> Option<Kind> {
        Some(match self.found_at(source.place, &found.sources) {
            Value::Var(Var::Traced(_)) => Kind::Traced,
            Value::Var(Var::Array(_)) => Kind::Plain,
            Value::Var(_) => Kind::Constant,
            _ => return None,
        })
    }

    /// Notes a source; gives its number.
    fn note(&self, place: Place, found: &mut Found) -> Option<usize> {
        let known = |source: &Source| source.place == place && !matches!(source.held, Held::NoFunction);
        if let Some(at) = found.sources.iter().position(known) {
            return Some(at);
        }
        let held = match self.found_at(place, &found.sources) {
            Value::Tuple(tuple) => Held::Tuple(tuple.names.clone()),
            Value::Var(Var::Num(x)) => Held::Number(x.to_bits()),
            Value::Var(var @ (Var::Array(_) | Var::Traced(_))) => {
                match found.operands.iter().position(|operand| operand.is_same(var)) {
                    Some(operand) => Held::Same(operand),
                    None => {
                        found.operands.push(var.clone());
                        Held::Operand
                    }
                }
            }
            Value::Builtin(builtin) => Held::Builtin(builtin),
            Value::Function(function) => match function.as_ref() {
                Function::Closure(closure) => Held::Closure(closure.lambda.clone(), closure.scope),
                Function::Partial(_) => return None,
            },
            _ => return None,
        };
        found.sources.push(Source { place, held });
        Some(found.sources.len() - 1)
    }

    /// What is found in a place.
    #[inline]
    fn found_at<'s>(&'s self, place: Place, sources: &[Source]) -> &'s Value {
        match place {
            Place::Name(slot) => self.look(slot),
            Place::Global(scope, slot) => {
                let value = self.scopes.get(scope).and_then(|scope| scope.values.get(slot as usize));
                value.unwrap_or(&Value::Unset)
            }
            Place::Entry(tuple, i) => {
                let tuple = sources.get(tuple).map(|source| self.found_at(source.place, sources));
                match tuple {
                    Some(Value::Tuple(tuple)) => tuple.items.get(i).unwrap_or(&Value::Unset),
                    _ => &Value::Unset,
                }
            }
            Place::Captured(function, i) => {
                let function = sources.get(function).map(|source| self.found_at(source.place, sources));
                let closure = match function {
                    Some(Value::Function(function)) => match &**function {
                        Function::Closure(closure) => Some(closure),
                        Function::Partial(_) => None,
                    },
                    _ => None,
                };
                closure.and_then(|closure| closure.captured.get(i)).unwrap_or(&Value::Unset)
            }
        }
    }

    /// Looks at a source again, and adds it to the operands if it is one; whether it is what it was.
    #[inline]
    pub(super) fn look_again(&self, source: &Source, code: &Code, sources: &[Source], operands: &mut Operands) -> bool {
        match (&source.held, self.found_at(source.place, sources)) {
            (Held::Operand, Value::Var(var)) => {
                let fits = code.fits(operands.len(), var);
                operands.push(var.clone());
                fits
            }
            (Held::Same(operand), Value::Var(var)) => operands.get(*operand).is_some_and(|other| other.is_same(var)),
            (Held::Number(bits), Value::Var(Var::Num(x))) => x.to_bits() == *bits,
            (Held::Tuple(names), Value::Tuple(tuple)) => {
                let same = |(a, b): (&Option<Rc<str>>, &Option<Rc<str>>)| match (a, b) {
                    (Some(a), Some(b)) => Rc::ptr_eq(a, b) || a == b,
                    (a, b) => a.is_none() && b.is_none(),
                };
                names.len() == tuple.names.len() && names.iter().zip(&tuple.names).all(same)
            }
            (Held::NoFunction, value) => !value.is_function(),
            (Held::Builtin(builtin), Value::Builtin(other)) => std::ptr::eq(*builtin, *other),
            (Held::Closure(lambda, scope), Value::Function(function)) => match function.as_ref() {
                Function::Closure(closure) => Rc::ptr_eq(&closure.lambda, lambda) && closure.scope == *scope,
                Function::Partial(_) => false,
            },
            _ => false,
        }
    }
}

/// The kind of what one of our functions computes.
fn kind_of_ours(function: &Value, given: &[Kind]) -> Option<Kind> {
    match function {
        Value::Builtin(Builtin { run: Run::Elementwise(op), .. }) if !matches!(op.grad, Grad::Blocked) => {
            elementwise(given)
        }
        // What is not the first operand is a plan.
        Value::Builtin(Builtin { run: Run::Operation(..), .. }) => first_of(given),
        _ => None,
    }
}

/// The kind of what is computed element by element.
fn elementwise(operands: &[Kind]) -> Option<Kind> {
    if operands.contains(&Kind::Traced) {
        return Some(Kind::Traced);
    }
    all_constant(operands)
}

/// The kind of what is computed from one operand and a plan.
fn first_of(operands: &[Kind]) -> Option<Kind> {
    let (first, plan) = operands.split_first()?;
    all_constant(plan)?;
    (*first != Kind::Plain).then_some(*first)
}

/// The kind of what is computed from constants.
fn all_constant(operands: &[Kind]) -> Option<Kind> {
    operands.iter().all(|kind| *kind == Kind::Constant).then_some(Kind::Constant)
}

impl Inside<'_> {
    /// Where the value of a name is found, or what it depends on if it is computed here. `None` if it cannot be
    /// followed.
    fn place(&self, slot: Slot) -> Option<Result<Kind, Place>> {
        Some(match (self.function, slot) {
            (_, Slot::Unresolved) => return None,
            (None, slot) => Err(Place::Name(slot)),
            (Some((_, closure)), Slot::Global(slot)) => Err(Place::Global(closure.scope, slot)),
            (Some((at, closure)), Slot::Local(slot)) => {
                match self.assigned.iter().rev().find(|(assigned, _)| *assigned == slot) {
                    Some((_, kind)) => Ok(*kind),
                    None => {
                        let captured = closure.lambda.captures.iter().position(|&(_, inner)| inner == slot)?;
                        Err(Place::Captured(at, captured))
                    }
                }
            }
        })
    }
}
