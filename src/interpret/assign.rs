//! Assignment: to names, entries, elements, and into several targets at once.
//!
//! Every value is immutable as seen by others. A target is updated by taking its variable's value out of
//! its slot, changing it, in place if nobody else holds it, and putting it back, whatever happened.

use super::Session;
use super::index;
use super::stop::Eval;
use crate::autodiff::{Var, Variable as Attached};
use crate::diagnostic::{Outcome, Problem};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Slot, Target, Update, Variable};
use crate::value::{Tuple, Value};
use std::rc::Rc;

/// What happens to the gradient of an attached variable that is assigned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// After an update it can still be read.
    Gradient,
    /// After a plain assignment it is gone.
    Nothing,
}

/// What happens to the part of a variable that is assigned.
pub(super) enum Change<'t> {
    /// `= value`
    Replace(Value),
    /// `op= value`
    Update(&'t Update, Value),
}

/// A step from a variable to the part of it that is assigned, indices already evaluated.
enum Path<'t> {
    Index(smallvec::SmallVec<[index::Evaluated; 3]>, index::Site<'t>),
    Member(&'t str, Span, Span),
}

impl Session {
    /// `x = value`
    #[inline]
    pub(super) fn store(&mut self, variable: &Variable, value: Value, span: Span) -> Eval<()> {
        self.store_keeping(variable, value, span, Keep::Nothing)
    }

    /// Overwrites a number with a number; whether the variable held one.
    #[inline]
    pub(super) fn store_number(&mut self, variable: &Variable, x: f64, span: Span) -> bool {
        match variable.slot {
            Slot::Local(i) => match self.locals.get_mut(self.base + i as usize) {
                Some(Value::Var(Var::Num(place))) => {
                    *place = x;
                    true
                }
                _ => false,
            },
            Slot::Global(i) => {
                let Some(scope) = self.scopes.get_mut(self.scope) else { return false };
                let Some(Value::Var(Var::Num(place))) = scope.values.get_mut(i as usize) else { return false };
                *place = x;
                if let Some(written) = scope.written.get_mut(i as usize) {
                    *written = span;
                }
                true
            }
            Slot::Unresolved => false,
        }
    }

    #[inline]
    pub(super) fn store_keeping(&mut self, variable: &Variable, value: Value, span: Span, keep: Keep) -> Eval<()> {
        if let Slot::Local(i) = variable.slot
            && let Some(place) = self.locals.get_mut(self.base + i as usize)
            && !any_attached(place, 0)
        {
            *place = value;
            return Ok(());
        }
        let value = match any_attached(self.look(variable.slot), 0) {
            true => self.reattach(variable.slot, value, span, keep)?,
            false => value,
        };
        self.put(variable.slot, value, span);
        Ok(())
    }

    #[inline]
    pub(super) fn put(&mut self, slot: Slot, value: Value, span: Span) {
        match slot {
            Slot::Local(i) => {
                if let Some(place) = self.locals.get_mut(self.base + i as usize) {
                    *place = value;
                }
            }
            Slot::Global(i) => {
                if let Some(scope) = self.scopes.get_mut(self.scope) {
                    if let Some(place) = scope.values.get_mut(i as usize) {
                        *place = value;
                    }
                    if let Some(written) = scope.written.get_mut(i as usize) {
                        *written = span;
                    }
                }
            }
            Slot::Unresolved => {}
        }
    }

    pub(super) fn place(&mut self, slot: Slot) -> Option<&mut Value> {
        match slot {
            Slot::Local(i) => self.locals.get_mut(self.base + i as usize),
            Slot::Global(i) => self.scopes.get_mut(self.scope).and_then(|scope| scope.values.get_mut(i as usize)),
            Slot::Unresolved => None,
        }
    }

    pub(super) fn take(&mut self, slot: Slot) -> Value {
        self.place(slot).map(std::mem::take).unwrap_or_default()
    }

    /// A variable stays attached when it is assigned outside a recording; inside one, its name becomes
    /// that of an intermediate result, which is remembered in case somebody asks for its gradient.
    fn reattach(&mut self, slot: Slot, value: Value, span: Span, keep: Keep) -> Eval<Value> {
        if matches!(slot, Slot::Local(i) if (i as usize) < self.params) {
            return Ok(value);
        }
        let old = self.look(slot).clone();
        if self.cx.recording() {
            if let (Value::Var(Var::Traced(node)), Slot::Global(i)) = (&old, slot)
                && node.variable().is_some()
            {
                self.replaced.insert((self.scope, i), (Rc::downgrade(node), span));
            }
            return Ok(value);
        }
        self.attach_like(&old, value, keep, 0).map_err(|fail| self.stop(fail, span))
    }

    /// Attaches the leaves of a new value whose counterparts in the old one were.
    fn attach_like(&mut self, old: &Value, new: Value, keep: Keep, depth: usize) -> Outcome<Value> {
        match (old, new) {
            (Value::Var(Var::Traced(node)), Value::Var(new)) => {
                let Some(attached) = node.variable() else { return Ok(Value::Var(new)) };
                let shares = new.node().is_some_and(|node| node.variable().is_some());
                if shares || node.out.shape() != new.shape() {
                    return Ok(Value::Var(new));
                }
                let gradient = if keep == Keep::Gradient { attached.gradient.borrow().clone() } else { None };
                let since = if keep == Keep::Gradient { attached.since.get() } else { self.passes.count };
                let variable = Attached {
                    request: attached.request,
                    gradient: gradient.into(),
                    since: since.into(),
                    place: attached.place,
                };
                Ok(Value::Var(Var::Traced(self.cx.variable(&new, variable))))
            }
            (Value::Tuple(old), Value::Tuple(new))
                if depth < MAX_DEPTH && old.same_structure(&new) && !Rc::ptr_eq(old, &new) =>
            {
                let items = old
                    .items
                    .iter()
                    .zip(&new.items)
                    .map(|(old, new)| self.attach_like(old, new.clone(), keep, depth + 1))
                    .collect::<Outcome<_>>()?;
                Ok(new.with_items(items))
            }
            (_, new) => Ok(new),
        }
    }

    /// Assigns to any target.
    pub(super) fn assign(&mut self, target: &Target, value: Value, span: Span) -> Eval<()> {
        match target {
            Target::Name(variable) => self.store(variable, value, span),
            Target::Tuple(targets, _) if matches!(&value, Value::Tuple(tuple) if tuple.items.len() == targets.len()) => {
                let Value::Tuple(tuple) = value else { return Ok(()) };
                for (target, entry) in targets.iter().zip(&tuple.items) {
                    self.assign(target, entry.clone(), span)?;
                }
                Ok(())
            }
            Target::Tuple(targets, targets_span) => {
                let entries = self.entries(value, targets.len(), *targets_span)?;
                for (target, entry) in targets.iter().zip(entries) {
                    self.assign(target, entry, span)?;
                }
                Ok(())
            }
            _ => self.change(target, span, &Change::Replace(value)).map(drop),
        }
    }

    /// Changes a part of a variable.
    pub(super) fn change(&mut self, target: &Target, span: Span, change: &Change<'_>) -> Eval<Value> {
        let mut path = Vec::new();
        let variable = self.path(target, &mut path)?;
        let slot = variable.slot;
        if matches!(self.look(slot), Value::Unset) {
            return Err(self.unknown(variable));
        }
        let written = match slot {
            Slot::Global(i) => self.scopes.get(self.scope).and_then(|scope| scope.written.get(i as usize)).copied(),
            _ => None,
        };
        // Whoever holds a value forces a copy, so only one that is attached is held.
        let attached = any_attached(self.look(slot), 0);
        let old = attached.then(|| self.look(slot).clone());
        let mut value = self.take(slot);
        let result = self.change_part(&mut value, &path, change);
        match (result, old) {
            (Ok(part), Some(old)) => {
                self.put(slot, old, span);
                let element = matches!(path.last(), Some(Path::Index(..)));
                let keep = if element || matches!(change, Change::Update(..)) { Keep::Gradient } else { Keep::Nothing };
                let value = self.reattach(slot, value, span, keep)?;
                self.put(slot, value, span);
                Ok(part)
            }
            (Ok(part), None) => {
                self.put(slot, value, span);
                Ok(part)
            }
            (Err(stop), _) => {
                self.put(slot, value, written.unwrap_or(span));
                Err(stop)
            }
        }
    }

    /// The variable that a target is a part of, and the way to the part, outermost first.
    fn path<'t>(&mut self, target: &'t Target, path: &mut Vec<Path<'t>>) -> Eval<&'t Variable> {
        match target {
            Target::Name(variable) => Ok(variable),
            Target::Index(base, indices, span, place) => {
                let variable = self.path(base, path)?;
                let items = self.evaluate_index(indices)?;
                path.push(Path::Index(items, index::Site { index: indices, span: *span, place: *place }));
                Ok(variable)
            }
            Target::Member(base, member, span) => {
                let variable = self.path(base, path)?;
                path.push(Path::Member(&member.name, member.span, *span));
                Ok(variable)
            }
            Target::Tuple(_, span) => Err(self.stop(Problem::new("nothing can be assigned to a part of this"), *span)),
        }
    }

    fn change_part(&mut self, value: &mut Value, path: &[Path<'_>], change: &Change<'_>) -> Eval<Value> {
        let Some((step, rest)) = path.split_first() else {
            *value = match change {
                Change::Replace(new) => new.clone(),
                Change::Update(update, right) => self.updated(update, value.clone(), right.clone())?,
            };
            return Ok(value.clone());
        };
        match (step, &mut *value) {
            (Path::Member(name, name_span, span), Value::Tuple(tuple)) => {
                let Some(i) = tuple.find(name) else { return Err(self.no_entry(tuple, name, *name_span, *span)) };
                self.change_entry(tuple, i, rest, change)
            }
            (Path::Member(_, _, span), Value::Module(module)) => {
                let problem =
                    Problem::new(format!("the names of module {} cannot be assigned from outside", module.name));
                Err(self.stop(problem, *span))
            }
            (Path::Member(name, _, span), other) => {
                let problem = Problem::new(format!("{} has no entry called `{name}`", other.kind()))
                    .help(format!("entries belong to tuples, such as ({name} = 1)"));
                Err(self.stop(problem, *span))
            }
            (Path::Index(items, site), Value::Tuple(tuple)) => {
                let i = index::tuple_position(items, tuple.items.len()).map_err(|fail| self.stop(fail, site.span))?;
                self.change_entry(tuple, i, rest, change)
            }
            (Path::Index(items, site), Value::Var(_) | Value::Range(_)) => {
                let (new, part) = match (change, rest) {
                    (Change::Replace(new), []) => (new.clone(), new.clone()),
                    _ => {
                        let mut whole = self.index_value(value, items, *site)?;
                        let part = self.change_part(&mut whole, rest, change)?;
                        (whole, part)
                    }
                };
                self.put_part(value, items, new, *site)?;
                Ok(part)
            }
            (Path::Index(_, site), other) => {
                let problem = Problem::new(format!("the parts of {} cannot be assigned", other.kind()));
                Err(self.stop(problem, site.span))
            }
        }
    }

    fn change_entry(&mut self, tuple: &mut Rc<Tuple>, i: usize, rest: &[Path<'_>], change: &Change<'_>) -> Eval<Value> {
        let Some(item) = Rc::make_mut(tuple).items.get_mut(i) else { return Ok(Value::None) };
        self.change_part(item, rest, change)
    }

    /// A function of ours gives a variable a new value.
    pub(super) fn write_back(&mut self, expression: &Expr, value: Value, name: &str) -> Eval<()> {
        match &expression.kind {
            ExprKind::Name(variable) => {
                let written = match variable.slot {
                    Slot::Global(i) => {
                        self.scopes.get(self.scope).and_then(|scope| scope.written.get(i as usize)).copied()
                    }
                    _ => None,
                };
                self.put(variable.slot, value, written.unwrap_or(expression.span));
                Ok(())
            }
            ExprKind::Member(base, member, _) => {
                let mut whole = self.eval(base)?;
                let Value::Tuple(tuple) = &mut whole else { return Err(self.no_variable(expression, name)) };
                let Some(i) = tuple.find(&member.name) else { return Err(self.no_variable(expression, name)) };
                if let Some(item) = Rc::make_mut(tuple).items.get_mut(i) {
                    *item = value;
                }
                self.write_back(base, whole, name)
            }
            ExprKind::Index(base, items, _) => {
                let mut whole = self.eval(base)?;
                let items = self.evaluate_index(items)?;
                let Value::Tuple(tuple) = &mut whole else { return Err(self.no_variable(expression, name)) };
                let i = index::tuple_position(&items, tuple.items.len())
                    .map_err(|fail| self.stop(fail, expression.span))?;
                if let Some(item) = Rc::make_mut(tuple).items.get_mut(i) {
                    *item = value;
                }
                self.write_back(base, whole, name)
            }
            _ => Err(self.no_variable(expression, name)),
        }
    }
}

/// How deep in a nest of tuples recorded arrays are looked for: parameters of models are not nested
/// deeper, and a list made of pairs must not be walked at every assignment.
pub(super) const MAX_DEPTH: usize = 64;

#[inline]
fn any_attached(value: &Value, depth: usize) -> bool {
    match value {
        Value::Var(Var::Traced(node)) => node.variable().is_some(),
        Value::Tuple(tuple) => depth < MAX_DEPTH && any_attached_in(tuple, depth),
        _ => false,
    }
}

fn any_attached_in(tuple: &Tuple, depth: usize) -> bool {
    tuple.items.iter().any(|item| any_attached(item, depth + 1))
}

/// The text of a target.
pub(super) fn target_span(target: &Target) -> Span {
    match target {
        Target::Name(variable) => variable.span,
        Target::Index(_, _, span, _) | Target::Member(_, _, span) | Target::Tuple(_, span) => *span,
    }
}
