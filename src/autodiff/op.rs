//! What an operation tells the engine: how to compute it and how it differentiates.

use super::{Context, Node, Var};
use crate::array::Array;
use crate::array::kernel::{Kernel1, Kernel2, Test2};
use crate::array::lazy::WeightedRow;
use crate::array::reduce::Axes;
use crate::diagnostic::{Outcome, Problem};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU8, AtomicU16, Ordering};

/// A differentiable operation.
pub struct Op {
    /// How its value is computed.
    pub forward: Forward,
    /// How it differentiates.
    pub grad: Grad,
    /// Its number among all operations, given when the first context is made.
    pub number: Number,
}

/// How a value is computed from operands without history.
pub enum Forward {
    /// Element by element from one operand.
    Map1(Kernel1),
    /// Element by element from two operands, broadcast against each other.
    Map2(Kernel2),
    /// A truth value for each element.
    Test1(fn(f64) -> bool),
    /// A truth value for each pair of elements.
    Test2(Test2),
    /// Any other way.
    General(fn(&Context, &Plan, &[Var]) -> Outcome<Var>),
    /// Element by element from any number of operands, broadcast against one another.
    Elements(fn(&Context, &Plan, &[Var]) -> Outcome<Var>),
    /// Any other way; and how to compute it for many operands at once.
    Rows(fn(&Context, &Plan, &[Var]) -> Outcome<Var>, RowsRule),
    /// The same, and it need not have its operands computed first.
    StreamingRows(fn(&Context, &Plan, &[Var]) -> Outcome<Var>, RowsRule),
    /// Any other way that need not have its operands computed first.
    Streaming(fn(&Context, &Plan, &[Var]) -> Outcome<Var>),
    /// The elements of one operand in their order, under another shape.
    Renames(fn(&Context, &Plan, &[Var]) -> Outcome<Var>),
    /// The sum of one operand over axes that the plan tells, or its mean; it need not be computed first.
    Sums {
        /// Computes it.
        value: fn(&Context, &Plan, &[Var]) -> Outcome<Var>,
        /// The axes.
        axes: fn(&Plan) -> Outcome<&Axes>,
        /// Whether it is divided by how many elements meet.
        mean: bool,
    },
}

/// Computes an operation for `count` sets of operands at once. The flags say which operands have a first axis
/// with one entry for each set; the others are the same for all. The result has that axis.
pub type RowsRule = fn(&Context, &Plan, &[Var], &[bool], usize) -> Outcome<Var>;

/// How an operation differentiates. The engine multiplies, undoes broadcasting, lets zeros absorb, and
/// gives each step its place; rules never do.
pub enum Grad {
    /// An elementwise operation: the derivative by each operand.
    Slopes(&'static [Slope]),
    /// An operation that mixes or moves elements: the cotangent of operand `i`, linear in `dy`.
    Pulls(PullRule),
    /// The same of an operation that is linear in each operand: its rule does not look at the result.
    Linear(PullRule),
    /// The same of one that can add that cotangent to what is pending for the operand.
    Adds(PullRule, AddRule),
    /// The cotangents of all operands at once, from a rule that calls back into the program.
    Rule(fn(&Pull<'_>, &mut dyn Caller) -> Outcome<Cotangents>),
    /// Constant almost everywhere: nothing passes.
    Blocked,
}

/// Computes the cotangent of operand `i`, linear in `dy`.
pub type PullRule = fn(&Pull<'_>, usize) -> Outcome<Var>;

/// Adds the cotangent of operand `i` to a sum of the operand's shape and type, without an array for the cotangent
/// alone; whether it did. Only asked where nothing is recorded and no array stands for many. So that results do
/// not depend on it, whether it adds must follow from shapes, types and elements, and not from who else holds the sum.
pub type AddRule = fn(&Pull<'_>, usize, &mut Rc<Array>) -> Outcome<bool>;

/// One cotangent for each operand; none where nothing flows.
pub type Cotangents = Vec<Option<Var>>;

/// The derivative of an elementwise operation by one operand: one rule, compiled for each of these.
pub struct Slope {
    /// For numbers: the operands and the result.
    pub number: fn(&[f64; 3], f64) -> f64,
    /// For doubles in a pass that is not recorded: writes `slope * cotangent` for a row of elements.
    pub lanes: WeightedRow<f64>,
    /// The same for singles.
    pub singles: WeightedRow<f32>,
    /// For any order: a value that may itself be recorded.
    pub value: fn(&Context, &[Var], &Var) -> Outcome<Var>,
    /// What the rule looks at.
    pub reads: fn() -> Reads,
    /// What may be kept instead of that.
    pub midway: Option<&'static Midway>,
}

/// Something on the way from the operand of a function to its result, from which both the result and the derivative
/// follow, not a bit different: where many steps are recorded as one, it is kept instead of either.
pub struct Midway {
    /// What it is of the operand.
    pub made: Kernel1,
    /// The result of it.
    pub result: Kernel1,
    /// The derivative of the result by the operand, of it.
    pub slope: Slope,
}

/// What a rule looks at, and whether it is the number 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reads {
    /// One bit for each operand, and bit 3 for the result.
    pub bits: u8,
    /// The number that the rule is, if it is one.
    pub constant: Option<f64>,
}

impl Reads {
    /// The bits of all operands.
    pub const OPERANDS: u8 = 7;
    /// The bit of the result.
    pub const RESULT: u8 = 8;

    /// Whether it looks at an operand.
    pub fn operand(self, i: usize) -> bool {
        i < 3 && self.bits & (1 << i) != 0
    }

    /// Whether it looks at the result.
    pub fn result(self) -> bool {
        self.bits & Reads::RESULT != 0
    }

    /// Whether it is the number 1.
    pub fn is_one(self) -> bool {
        self.constant == Some(1.0)
    }
}

impl Op {
    /// Gives the operation its number, and notes what its rules look at.
    pub fn enroll(&self, number: u16) {
        let reads = match &self.grad {
            Grad::Slopes(slopes) => slopes.iter().fold(0, |bits, slope| bits | (slope.reads)().bits),
            Grad::Linear(_) | Grad::Adds(..) => Reads::OPERANDS,
            Grad::Pulls(_) | Grad::Rule(_) => Reads::OPERANDS | Reads::RESULT,
            Grad::Blocked => 0,
        };
        self.number.number.store(number, Ordering::Relaxed);
        self.number.reads.store(reads, Ordering::Relaxed);
    }
}

/// What a [`PullRule`] can ask.
pub struct Pull<'a> {
    /// To compute with.
    pub cx: &'a Context,
    /// The cotangent of the result, with the result's shape.
    pub dy: &'a Var,
    /// The operands.
    pub args: &'a [Var],
    /// The recorded step: its value is the result.
    pub node: &'a Rc<Node>,
    /// What the operation was told besides its operands.
    pub plan: &'a Plan,
}

impl Pull<'_> {
    /// The result of the operation, as something that can be differentiated again.
    pub fn out(&self) -> Var {
        Var::Traced(self.node.clone())
    }
}

/// Lets a rule call a function of the program.
pub trait Caller {
    /// Calls a function value; `function` and the results are the upper layers' own types.
    fn call_rule(&mut self, function: &dyn Any, dy: &Var, y: &Var, args: &[Var]) -> Outcome<Cotangents>;
}

/// What an operation was told besides its operands: axes, a shape, an index. Each operation has its own
/// type for it.
#[derive(Clone, Default)]
pub struct Plan(Option<Rc<dyn Kept>>);

/// What a plan keeps.
trait Kept {
    fn kept(&self) -> &dyn Any;
    fn under(&self, count: usize, rank: usize) -> Option<Outcome<Plan>>;
}

struct Opaque<T>(T);

impl<T: 'static> Kept for Opaque<T> {
    fn kept(&self) -> &dyn Any {
        &self.0
    }

    fn under(&self, _: usize, _: usize) -> Option<Outcome<Plan>> {
        None
    }
}

struct Shifting<T>(T);

impl<T: Under> Kept for Shifting<T> {
    fn kept(&self) -> &dyn Any {
        &self.0
    }

    fn under(&self, count: usize, rank: usize) -> Option<Outcome<Plan>> {
        Some(self.0.under(count, rank).map(Plan::shifting))
    }
}

/// A plan for one array that says what it is for `count` of them, stacked along a new first axis: axes are
/// one further back, a shape has one more length. That is all an operation needs to compute many rows at
/// once.
pub trait Under: Sized + 'static {
    /// The plan for `count` arrays with `rank` axes each.
    ///
    /// # Errors
    /// When there is none, or memory runs out.
    fn under(&self, count: usize, rank: usize) -> Outcome<Self>;
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_none() { "no plan" } else { "a plan" })
    }
}

impl Plan {
    /// Nothing.
    pub const NONE: Plan = Plan(None);

    /// Keeps something for the operation and its rule.
    pub fn new<T: 'static>(value: T) -> Plan {
        Plan(Some(Rc::new(Opaque(value))))
    }

    /// Keeps something that also knows what it is for many arrays at once.
    pub fn shifting<T: Under>(value: T) -> Plan {
        Plan(Some(Rc::new(Shifting(value))))
    }

    /// The plan for `count` arrays, stacked along a new first axis; `None` if nobody said.
    pub(super) fn under(&self, count: usize, rank: usize) -> Option<Outcome<Plan>> {
        self.0.as_ref().and_then(|kept| kept.under(count, rank))
    }

    /// Whether there is nothing.
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Drops what was kept. It may hold recorded steps, whose plans hold others, so this is a loop as well.
    pub(super) fn drop_later(self) {
        thread_local! {
            /// What is still to be dropped, while something is being dropped.
            static DROPPING: RefCell<Option<Vec<Plan>>> = const { RefCell::new(None) };
        }
        if self.0.as_ref().is_none_or(|kept| Rc::strong_count(kept) > 1) {
            return;
        }
        let waits = DROPPING.with_borrow_mut(|dropping| match dropping {
            Some(waiting) => {
                waiting.push(self);
                None
            }
            None => {
                *dropping = Some(Vec::new());
                Some(self)
            }
        });
        let mut next = waits;
        if next.is_none() {
            return;
        }
        while let Some(plan) = next {
            drop(plan);
            next = DROPPING.with_borrow_mut(|dropping| dropping.as_mut().and_then(Vec::pop));
        }
        DROPPING.set(None);
    }

    /// What was kept.
    ///
    /// # Errors
    /// When it was something else, which is a mistake of ours.
    pub fn get<T: 'static>(&self) -> Outcome<&T> {
        self.0
            .as_deref()
            .and_then(|plan| plan.kept().downcast_ref())
            .ok_or_else(|| Problem::new("internal error: an operation lost its plan"))
    }
}

/// An operation's number, `u16` so that a node has room for it, and what its rules together look at.
pub struct Number {
    number: AtomicU16,
    reads: AtomicU8,
}

impl Number {
    /// Not given yet.
    pub const fn new() -> Number {
        Number { number: AtomicU16::new(0), reads: AtomicU8::new(Reads::OPERANDS | Reads::RESULT) }
    }

    /// The number.
    #[inline]
    pub fn get(&self) -> u16 {
        self.number.load(Ordering::Relaxed)
    }

    /// What the rules look at, as [`Reads`] has it.
    #[inline]
    pub(super) fn reads(&self) -> Reads {
        Reads { bits: self.reads.load(Ordering::Relaxed), constant: None }
    }
}

impl Default for Number {
    fn default() -> Number {
        Number::new()
    }
}
