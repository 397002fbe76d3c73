//! Expressions that are recorded as one step.
//!
//! `w = m * r2 ** -1.5` in a loop records the same two steps in each turn, on arrays of the same shapes. The second
//! time it does so, the steps are learnt as one [`Code`], which from then on computes and records the whole
//! expression whenever its [sources] are what they were: arrays of these shapes, the same numbers and functions.
//! Otherwise it is evaluated step by step, which comes to the same. Only expressions are looked at in which nothing
//! happens but the value: of names, numbers, our own operations, and functions that are made of such.

mod parts;
mod sources;

use super::Session;
use super::explain::table::table_of;
use super::run::MAX_CALLS;
use super::stop::Eval;
use crate::autodiff::{Code, Operands, Var};
use crate::syntax::ast::Expr;
use crate::value::Value;
use sources::{Found, Source};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The number of an expression that is no formula.
pub const PLAIN: u32 = u32::MAX;

/// Evaluations between two tries, at most.
const PATIENCE: u32 = 1 << 14;

/// The expressions that may be formulas, by their number less one.
#[derive(Default)]
pub struct Formulas {
    sites: Vec<Site>,
    /// One is being learnt, step by step.
    learning: bool,
}

/// An expression that may be a formula.
struct Site {
    learnt: RefCell<Option<Learnt>>,
    /// Evaluations to let pass before it is looked at again.
    wait: Cell<u32>,
    /// How long the last wait was.
    waited: Cell<u32>,
    /// Evaluations since it was learnt.
    hits: Cell<u32>,
}

/// What was learnt.
struct Learnt {
    code: Rc<Code>,
    sources: Vec<Source>,
    /// How many calls, one within another, are left out.
    calls: usize,
}

impl Site {
    /// Lets evaluations pass, twice as many as the last time.
    fn rest(&self) {
        let wait = (2 * self.waited.get()).clamp(1, PATIENCE);
        self.wait.set(wait);
        self.waited.set(wait);
    }
}

impl Session {
    /// The value of an expression as one recorded step, if it can be had so.
    pub(super) fn formula(&mut self, expression: &Expr) -> Eval<Option<Value>> {
        let number = match expression.formula.get() {
            0 => self.new_site(expression),
            number => number,
        };
        let Some(site) = self.formulas.sites.get(number.wrapping_sub(1) as usize) else { return Ok(None) };
        if site.wait.get() > 0 {
            site.wait.set(site.wait.get() - 1);
            return Ok(None);
        }
        if self.formulas.learning || self.singles || self.cx.place_is_held() || self.profile.is_some() {
            return Ok(None);
        }
        let learnt = site.learnt.borrow();
        let Some(known) = &*learnt else {
            drop(learnt);
            return self.learn(expression, number);
        };
        let Some(operands) = self.operands_of(known) else {
            drop(learnt);
            // Who was right for long is asked again soon.
            if site.hits.get() > 2 * site.waited.get() {
                site.waited.set(0);
            }
            *site.learnt.borrow_mut() = None;
            site.rest();
            return Ok(None);
        };
        site.hits.set(site.hits.get().saturating_add(1));
        let value = self.cx.formula(&known.code, operands);
        drop(learnt);
        match value {
            Ok(value) => Ok(Some(Value::Var(value))),
            Err(fail) => Err(self.stop(fail, expression.span)),
        }
    }

    /// The operands of a formula, if all its sources are what they were.
    #[inline]
    fn operands_of(&self, known: &Learnt) -> Option<Operands> {
        if known.code.is_seen_through() || self.depth + known.calls > MAX_CALLS {
            return None;
        }
        let mut operands = Operands::new();
        for source in &known.sources {
            if !self.look_again(source, &known.code, &known.sources, &mut operands) {
                return None;
            }
        }
        Some(operands)
    }

    /// Gives an expression a number, if it may be a formula.
    #[cold]
    fn new_site(&mut self, expression: &Expr) -> u32 {
        let mut number = PLAIN;
        if parts::steps(expression).is_some_and(|steps| steps > 1) {
            // Once is not again and again.
            let (wait, waited) = (Cell::new(1), Cell::new(1));
            self.formulas.sites.push(Site { learnt: RefCell::new(None), wait, waited, hits: Cell::new(0) });
            number = u32::try_from(self.formulas.sites.len()).unwrap_or(PLAIN);
        }
        expression.formula.set(number);
        number
    }

    /// Evaluates an expression step by step, and learns what it does.
    #[cold]
    fn learn(&mut self, expression: &Expr, number: u32) -> Eval<Option<Value>> {
        let at = number.wrapping_sub(1) as usize;
        if let Some(site) = self.formulas.sites.get(at) {
            site.rest();
        }
        let Some(Found { sources, operands, deepest: calls }) = self.sources(expression) else { return Ok(None) };
        if !operands.iter().any(|operand| matches!(operand.plain(), Var::Array(_))) {
            return Ok(None);
        }
        let began = self.cx.age();
        self.formulas.learning = true;
        let value = self.eval(expression);
        self.formulas.learning = false;
        let value = value?;
        if let Value::Var(Var::Traced(node)) = &value
            && let Some(code) = Code::learn(&self.cx, node, began, &operands)
            // A table is warned of where it arises.
            && !code.pairs().any(|(x, y)| table_of(x, y).is_some())
            && let Some(site) = self.formulas.sites.get(at)
        {
            *site.learnt.borrow_mut() = Some(Learnt { code: Rc::new(code), sources, calls });
            site.hits.set(0);
            site.wait.set(0);
        }
        Ok(Some(value))
    }
}
