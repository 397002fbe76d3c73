//! What a recorded step remembers.
//!
//! Sixty-four bytes for a step on numbers, counts included: a loop of a million turns records several
//! million of these.

use super::formula::Formula;
use super::{Plan, Var};
use crate::source::Place;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// A recorded step: its result and what it was computed from.
#[derive(Debug)]
pub struct Node {
    /// The result; never traced itself.
    pub out: Var,
    /// A serial number: operands are older than results.
    pub age: u64,
    /// Where it came from.
    pub(super) origin: Origin,
}

/// Where a node came from, as it was recorded.
#[derive(Debug)]
pub enum Origin {
    /// One operation, or none.
    Step(Args),
    /// Several at once.
    Formula(Box<Formula>),
    /// This step, which has all but the elements of the result: see [`forget`](super::forget).
    Of(Rc<Node>),
}

/// Where a node came from. `op` is the operation's [number](super::Op::number).
#[derive(Debug)]
pub enum Args {
    /// Nowhere: a value that somebody differentiates by.
    Source,
    /// Nowhere: an attached variable, which keeps its gradient.
    Variable(Box<Variable>),
    /// An operation on one traced operand.
    One(u16, Place, Rc<Node>),
    /// An operation on two traced operands.
    Two(u16, Place, Rc<Node>, Rc<Node>),
    /// An operation on a traced operand and a number.
    Left(u16, Place, Rc<Node>, f64),
    /// An operation on a number and a traced operand.
    Right(u16, Place, f64, Rc<Node>),
    /// Any other operation.
    Many(Box<Many>),
    /// An operation that no derivative passes. The operand is remembered only as long as it lives
    /// anyway, so that a loop may carry a detached value for ever.
    Cut(u16, Place, Weak<Node>),
}

/// An operation on several operands, or on arrays, or with a [`Plan`].
#[derive(Debug)]
pub struct Many {
    /// The operation's number.
    pub op: u16,
    /// Where it stands in the program.
    pub place: Place,
    /// What the operation was told besides its operands: axes, a shape, an index.
    pub plan: Plan,
    /// The operands, traced or not.
    pub args: SmallVec<[Var; 2]>,
}

/// An operation and what it was told.
pub(super) struct Parts {
    /// Its number.
    pub op: u16,
    /// Where it stands.
    pub place: Place,
    /// Its operands.
    pub args: SmallVec<[Var; 2]>,
    /// What it was told besides them.
    pub plan: Plan,
}

impl Args {
    /// What is remembered of an operation on these operands, of which one is traced.
    #[inline]
    pub(super) fn of(op: u16, place: Place, plan: Plan, args: &[Var]) -> Args {
        match args {
            [Var::Traced(x)] if plan.is_none() => Args::One(op, place, x.clone()),
            [Var::Traced(x), Var::Traced(y)] if plan.is_none() => Args::Two(op, place, x.clone(), y.clone()),
            [Var::Traced(x), Var::Num(y)] if plan.is_none() => Args::Left(op, place, x.clone(), *y),
            [Var::Num(x), Var::Traced(y)] if plan.is_none() => Args::Right(op, place, *x, y.clone()),
            _ => Args::Many(Box::new(Many { op, place, plan, args: args.into() })),
        }
    }

    /// The operation's number and its place in the program; `None` for sources and variables.
    #[inline]
    pub(super) fn step(&self) -> Option<(u16, Place)> {
        match self {
            Args::Source | Args::Variable(_) => None,
            Args::One(op, place, ..)
            | Args::Two(op, place, ..)
            | Args::Left(op, place, ..)
            | Args::Right(op, place, ..)
            | Args::Cut(op, place, _) => Some((*op, *place)),
            Args::Many(many) => Some((many.op, many.place)),
        }
    }

    /// Calls `visit` with every traced operand.
    pub(super) fn each_operand<'a>(&'a self, mut visit: impl FnMut(&'a Rc<Node>)) {
        match self {
            Args::Source | Args::Variable(_) | Args::Cut(..) => {}
            Args::One(_, _, x) | Args::Left(_, _, x, _) | Args::Right(_, _, _, x) => visit(x),
            Args::Two(_, _, x, y) => {
                visit(x);
                visit(y);
            }
            Args::Many(many) => many.args.iter().filter_map(Var::node).for_each(visit),
        }
    }

    /// The operation in parts, if a derivative passes it.
    pub(super) fn parts(&self) -> Option<Parts> {
        let traced = |node: &Rc<Node>| Var::Traced(node.clone());
        let parts = |op: &u16, place: &Place, args| Some(Parts { op: *op, place: *place, args, plan: Plan::NONE });
        match self {
            Args::Source | Args::Variable(_) | Args::Cut(..) => None,
            Args::One(op, place, x) => parts(op, place, [traced(x)].into_iter().collect()),
            Args::Two(op, place, x, y) => parts(op, place, [traced(x), traced(y)].into_iter().collect()),
            Args::Left(op, place, x, y) => parts(op, place, [traced(x), Var::Num(*y)].into_iter().collect()),
            Args::Right(op, place, x, y) => parts(op, place, [Var::Num(*x), traced(y)].into_iter().collect()),
            Args::Many(many) => {
                let Many { op, place, plan, args } = &**many;
                Some(Parts { op: *op, place: *place, args: args.clone(), plan: plan.clone() })
            }
        }
    }
}

/// What `backward` does with the gradient of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Request {
    /// Replaces the stored gradient.
    #[default]
    Write,
    /// Adds to the stored gradient.
    Add,
    /// Stores nothing.
    None,
}

/// An attached variable.
#[derive(Debug, Default)]
pub struct Variable {
    /// What `backward` does with its gradient.
    pub request: Request,
    /// The gradient that the last `backward` stored.
    pub gradient: RefCell<Option<Var>>,
    /// How many times `backward` had run when the gradient became meaningless: when the variable was
    /// attached, or assigned.
    pub since: Cell<u64>,
    /// Where it was attached.
    pub place: Place,
}

impl Node {
    /// A step.
    #[inline]
    pub(super) fn new(out: Var, age: u64, args: Args) -> Node {
        Node { out, age, origin: Origin::Step(args) }
    }

    /// Whether two nodes are of one step: one may have [its elements](super::forget), the other not.
    #[inline]
    pub fn is(&self, other: &Node) -> bool {
        self.age == other.age
    }

    /// A step whose result is large and read by no rule: the step itself has no elements, and besides it stands one that
    /// has, for the program.
    pub(super) fn with_elements(out: Var, step: Rc<Node>) -> Node {
        Node { out, age: step.age, origin: Origin::Of(step) }
    }

    /// The step itself.
    pub fn itself(self: &Rc<Node>) -> &Rc<Node> {
        match &self.origin {
            Origin::Of(step) => step,
            _ => self,
        }
    }

    /// Where it came from, step by step.
    #[inline]
    pub fn args(&self) -> &Args {
        match &self.origin {
            Origin::Step(args) => args,
            Origin::Formula(formula) => formula.steps(self),
            Origin::Of(step) => step.args(),
        }
    }

    /// Whether it was recorded as several steps at once.
    pub fn is_formula(&self) -> bool {
        matches!(self.origin, Origin::Formula(_))
    }

    /// The attached variable this node is, if it is one.
    pub fn variable(&self) -> Option<&Variable> {
        match &self.origin {
            Origin::Step(Args::Variable(variable)) => Some(variable),
            _ => None,
        }
    }

    /// The operation's number and its place in the program; `None` for sources and variables.
    pub fn step(&self) -> Option<(u16, Place)> {
        match &self.origin {
            Origin::Step(args) => args.step(),
            Origin::Formula(formula) => formula.last(),
            Origin::Of(step) => step.step(),
        }
    }

    /// Calls `visit` with every traced operand.
    pub fn each_operand<'a>(&'a self, visit: impl FnMut(&'a Rc<Node>)) {
        self.args().each_operand(visit);
    }

    /// Calls `visit` with every node that this one holds. Unlike [`args`](Node::args) it takes no formula apart.
    pub fn each_held<'a>(&'a self, mut visit: impl FnMut(&'a Rc<Node>)) {
        match &self.origin {
            Origin::Step(args) => args.each_operand(visit),
            Origin::Formula(formula) => formula.operands().iter().filter_map(Var::node).for_each(visit),
            Origin::Of(step) => visit(step),
        }
    }

    /// About how many bytes it takes, those that it holds aside.
    pub fn weight(&self) -> usize {
        let elements = match (&self.out, &self.origin) {
            (Var::Array(array), _) if array.is_forgotten() => 0,
            (out, Origin::Formula(formula)) => out.len().saturating_add(formula.kept_len()),
            (out, _) => out.len(),
        };
        elements.saturating_mul(size_of::<f64>()).saturating_add(size_of::<Node>())
    }

    /// Calls `visit` with the position and node of every traced operand.
    pub fn each_operand_at<'a>(&'a self, mut visit: impl FnMut(usize, &'a Rc<Node>)) {
        match self.args() {
            Args::Right(_, _, _, y) => visit(1, y),
            Args::Many(many) => {
                for (i, arg) in many.args.iter().enumerate() {
                    if let Var::Traced(node) = arg {
                        visit(i, node);
                    }
                }
            }
            _ => {
                let mut i = 0;
                self.each_operand(|node| {
                    visit(i, node);
                    i += 1;
                });
            }
        }
    }
}
