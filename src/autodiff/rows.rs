//! One run for many rows.
//!
//! While [`vmap`](crate::builtin::vmap) runs a function, an array in it may stand for many of the same shape:
//! its elements are [hidden](crate::array::Array::hiding), and behind it is one array with an axis more, the
//! first. An operation on it is done to what is behind, all rows at once, and its result is hidden again. So
//! is what the function sees of a recording around it: behind what it gets is the recorded value itself, and
//! the rows are recorded in the recording outside while the function, which may differentiate, records its own
//! steps inside. A node of the inner recording never leads to one of the outer.
//!
//! How an operation is done to many rows follows from its declaration: an elementwise one lines up the axes; one
//! with a [plan](super::Plan) that knows what it is [under](super::Under) one more axis uses that; one with a rule
//! of its own ([`Forward::Rows`]) uses the rule; one that is told nothing is done row by row. Anything else is
//! looked at, and then the function is run for each row.

use super::{Args, Context, Forward, Grad, Node, Op, Plan, Var};
use crate::array::broadcast::broadcast_to;
use crate::array::{Array, DType, Shape, limits};
use crate::diagnostic::{Outcome, Problem};
use smallvec::SmallVec;
use std::rc::Rc;

/// A run for many rows at once.
#[derive(Clone, Copy)]
pub(super) struct Level {
    /// Nodes that are younger belong to the run.
    began: u64,
    /// Whether the program was recording around it.
    recording: bool,
    /// How many rows there are.
    count: usize,
}

/// What is behind an array that stands for many.
#[derive(Clone)]
struct Behind {
    depth: usize,
    var: Var,
    /// Whether there is a first axis with one entry for each row; otherwise all rows are the same.
    many: bool,
}

fn behind(var: &Var) -> Option<&Behind> {
    match var.plain() {
        Var::Array(array) => array.behind()?.downcast_ref(),
        _ => None,
    }
}

/// An array that stands for what is behind it.
fn hide(behind: Behind) -> Var {
    let shape = behind.var.shape();
    let shape = Shape::from_slice(if behind.many { shape.get(1..).unwrap_or(&[]) } else { shape });
    let dtype = behind.var.dtype();
    Var::Array(Rc::new(Array::hiding(shape, dtype, Rc::new(behind))))
}

/// What cannot be done to many rows at once.
fn give_up<T>() -> Outcome<T> {
    limits::look();
    limits::check()?;
    Err(Problem::new("internal error: this is done row by row"))
}

impl Context {
    /// Whether a function runs for many rows at once.
    #[inline]
    pub fn within(&self) -> bool {
        self.depth() != 0
    }

    /// Whether there is nothing but elements to think of: nothing is recorded, and none stand for many rows.
    #[inline]
    pub fn plainly(&self) -> bool {
        !self.recording() && !self.within()
    }

    /// Begins a run for many rows at once.
    pub fn enter(&self, count: usize) {
        let depth = self.depth();
        let level = Level { began: self.next_age(), recording: self.recording(), count };
        let mut levels = self.levels.borrow_mut();
        levels.truncate(depth);
        levels.push(level);
        self.set_depth(depth + 1);
    }

    /// Ends the run.
    pub fn leave(&self) {
        let depth = self.depth().saturating_sub(1);
        self.levels.borrow_mut().truncate(depth);
        self.set_depth(depth);
    }

    fn level(&self, depth: usize) -> Option<Level> {
        self.levels.borrow().get(depth.checked_sub(1)?).copied()
    }

    /// An array that stands, in the run, for the rows of `var`.
    pub fn hidden_rows(&self, var: Var) -> Var {
        hide(Behind { depth: self.depth(), var, many: true })
    }

    /// What stands, in the run, for a value from around it.
    fn hidden_outside(&self, var: &Var) -> Var {
        hide(Behind { depth: self.depth(), var: var.clone(), many: false })
    }

    /// The result of the run: what is behind it, and whether that has one entry for each row.
    pub fn revealed(&self, result: &Var) -> (Var, bool) {
        match behind(result) {
            Some(behind) if behind.depth == self.depth() => (behind.var.clone(), behind.many),
            _ => (result.clone(), false),
        }
    }

    /// Whether a value was recorded around the run.
    fn outside(&self, var: &Var) -> bool {
        match (var, self.level(self.depth())) {
            (Var::Traced(node), Some(level)) => node.age < level.began,
            _ => false,
        }
    }

    /// A run cannot differentiate by what is around it: every row would have a derivative of its own.
    ///
    /// # Errors
    /// If something as old as this is.
    pub(super) fn check_inside(&self, oldest: u64) -> Outcome<()> {
        match self.level(self.depth()) {
            Some(level) if oldest < level.began => give_up(),
            _ => Ok(()),
        }
    }

    /// A step that somebody else computed has no history around the run, so nothing in it may have one.
    #[cold]
    pub(super) fn check_history(&self, args: &[Var]) {
        let has = |arg: &Var| self.outside(arg) || behind(arg).is_some_and(|behind| behind.var.node().is_some());
        if args.iter().any(has) {
            limits::look();
        }
    }

    /// Without any history, around the run as well.
    pub fn detached(&self, var: &Var) -> Var {
        match behind(var) {
            Some(behind) => hide(Behind { var: self.detached(&behind.var), ..behind.clone() }),
            None => var.to_plain(),
        }
    }

    /// A value to differentiate by, in the run.
    #[cold]
    pub(super) fn source_within(&self, x: &Var) -> Rc<Node> {
        if self.outside(x) {
            let out = self.hidden_outside(x);
            return Rc::new(Node::new(out, self.next_age(), Args::Source));
        }
        let args = match x {
            Var::Traced(node) => Args::One(self.basics().alias.number.get(), self.place(), node.clone()),
            _ => Args::Source,
        };
        Rc::new(Node::new(x.to_plain(), self.next_age(), args))
    }

    /// Applies an operation in the run.
    #[cold]
    pub(super) fn apply_within(&self, op: &'static Op, plan: Plan, args: &[Var]) -> Outcome<Var> {
        let depth = self.depth();
        let Some(level) = self.level(depth) else { return give_up() };
        let args: SmallVec<[Var; 3]> =
            args.iter().map(|arg| if self.outside(arg) { self.hidden_outside(arg) } else { arg.clone() }).collect();
        let mut vars: SmallVec<[Var; 3]> = SmallVec::new();
        let mut many: SmallVec<[bool; 3]> = SmallVec::new();
        let mut hidden = false;
        for arg in &args {
            match behind(arg).filter(|behind| behind.depth == depth) {
                Some(behind) => {
                    hidden = true;
                    vars.push(behind.var.clone());
                    many.push(behind.many);
                }
                None => {
                    vars.push(arg.to_plain());
                    many.push(false);
                }
            }
        }
        let any = many.contains(&true);
        // What is behind belongs to the program around the run.
        let recording = self.set_recording(self.recording() && level.recording);
        self.set_depth(depth - 1);
        let out = if any {
            self.apply_rows(op, &plan, &vars, &many, level.count)
        } else {
            self.apply_with(op, plan.clone(), &vars)
        };
        self.set_depth(depth);
        self.set_recording(recording);
        let out = match out {
            Ok(var) if hidden => {
                if any && var.shape().first() != Some(&level.count) {
                    return give_up();
                }
                hide(Behind { depth, var, many: any })
            }
            Ok(var) => var,
            Err(fail) => {
                // One row may be wrong, and the others not.
                limits::look();
                return Err(fail);
            }
        };
        Ok(self.note(op, plan, &args, out))
    }

    /// Applies an operation to many rows at once.
    fn apply_rows(&self, op: &'static Op, plan: &Plan, vars: &[Var], many: &[bool], count: usize) -> Outcome<Var> {
        let rank = |(var, many): (&Var, &bool)| var.shape().len().saturating_sub(usize::from(*many));
        let ranks = vars.iter().zip(many).map(rank);
        let widest = ranks.clone().max().unwrap_or(0);
        let elementwise = matches!(op.grad, Grad::Slopes(_))
            || matches!(
                op.forward,
                Forward::Map1(_) | Forward::Map2(_) | Forward::Test1(_) | Forward::Test2(_) | Forward::Elements(_)
            );
        if elementwise {
            self.check_types(vars, many)?;
            let lined_up: Outcome<SmallVec<[Var; 3]>> = vars
                .iter()
                .zip(many)
                .map(|(var, &many)| if many { self.lined_up(var, widest) } else { Ok(var.clone()) })
                .collect();
            return self.apply_with(op, plan.clone(), &lined_up?);
        }
        if let Forward::Rows(_, rule) | Forward::StreamingRows(_, rule) = op.forward {
            return rule(self, plan, vars, many, count);
        }
        if ranks.clone().all(|rank| rank == widest)
            && let Some(plan) = plan.under(count, widest)
        {
            let all: Outcome<SmallVec<[Var; 3]>> =
                vars.iter().zip(many).map(|(var, &many)| self.with_rows(var, many, count)).collect();
            return self.apply_with(op, plan?, &all?);
        }
        // A plan may remember what was computed for one row.
        if !plan.is_none() {
            return give_up();
        }
        let mut results = limits::reserve(count)?;
        for i in 0..count {
            limits::check()?;
            let row = |(var, &many): (&Var, &bool)| {
                if many { (self.basics().row)(self, var, i) } else { Ok(var.clone()) }
            };
            let row: SmallVec<[Var; 3]> = vars.iter().zip(many).map(row).collect::<Outcome<_>>()?;
            results.push(self.apply(op, &row)?);
        }
        if results.is_empty() {
            return give_up();
        }
        (self.basics().stack)(self, &results, 0)
    }

    /// A single number does not decide the type of a result, but an array of one for each row would.
    fn check_types(&self, vars: &[Var], many: &[bool]) -> Outcome<()> {
        let singles = vars.iter().any(|var| var.dtype() == DType::F32);
        let plain_number = |var: &Var| matches!(var.plain(), Var::Num(_) | Var::Bool(_));
        let narrow = |(var, &many): (&Var, &bool)| {
            if var.dtype() == DType::F32 { var.shape().len() > usize::from(many) || !many } else { plain_number(var) }
        };
        let all_same = vars.iter().all(|var| var.dtype() == DType::F32);
        if singles && !all_same && !vars.iter().zip(many).all(narrow) { give_up() } else { Ok(()) }
    }

    /// Many rows, each with as many axes as this.
    pub fn lined_up(&self, var: &Var, rank: usize) -> Outcome<Var> {
        let shape = var.shape();
        let missing = (rank + 1).saturating_sub(shape.len());
        let (Some((&count, row)), true) = (shape.split_first(), missing > 0) else { return Ok(var.clone()) };
        let mut wide = Shape::from_elem(1, missing + 1);
        if let Some(first) = wide.first_mut() {
            *first = count;
        }
        wide.extend_from_slice(row);
        (self.basics().reshape)(self, var, &wide)
    }

    /// An operand with a first axis for the rows, also if it is the same for all.
    pub fn with_rows(&self, var: &Var, many: bool, count: usize) -> Outcome<Var> {
        if many {
            return Ok(var.clone());
        }
        let mut shape = Shape::from_slice(var.shape());
        shape.insert(0, count);
        if var.dtype() == DType::Bool {
            return Ok(broadcast_to(&var.array(), &shape)?.into());
        }
        let like: Var = Array::full(shape, 0.0, var.dtype())?.into();
        self.stretch(var.clone(), &like)
    }
}
