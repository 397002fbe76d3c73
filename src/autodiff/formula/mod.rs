//! Many recorded steps as one.
//!
//! In `x + h / 6 * (a + 2 * b + 2 * c + d)` on fifteen numbers the arithmetic is the least of it: each of seven
//! steps makes a node, an array and its elements, and the reverse pass as many cotangents. So an expression that
//! is evaluated again and again while recording is [learnt](Code::learn) from the steps that it recorded, and from
//! then on recorded as one: its operands, and those rows in between that rules read. Every row is computed by the
//! kernels that compute it alone, and cotangents are added up in the same order, so not a bit differs.
//!
//! Nobody else need know. Who looks at the [operands](super::Node::args) of such a step, to differentiate once more
//! or to say where a nan began, finds the steps it is made of, [computed again](expand) with the ages they would have.

mod expand;
mod learn;
mod pull;
mod run;

pub(super) use pull::pass;

use super::op::{Midway, Plan, Slope};
use super::{Args, Context, Var};
use crate::array::element::Element;
use crate::array::fold::Meetings;
use crate::array::kernel::{Kernel1, Kernel2};
use crate::array::lanes::{Lane, zip_onto};
use crate::array::lazy::WeightedRow;
use crate::array::stretch::Stretch;
use crate::array::{DType, Data, Shape};
use crate::source::Place;
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;

/// Elements up to which a row is small: beyond, the arithmetic is what counts.
const SMALL: usize = 4096;

/// Steps that are learnt as one at most.
const LONGEST: usize = 64;

/// What a formula computes, learnt from an evaluation.
pub struct Code {
    /// In the order in which they were recorded; the last gives the result.
    steps: Vec<Step>,
    /// What each operand must be.
    operands: Vec<Wanted>,
    /// Whether rules read each operand.
    reads: Vec<bool>,
    /// The steps whose results are not kept though rules read them: they are computed again.
    again: SmallVec<[usize; 2]>,
    /// The type of all elements.
    dtype: DType,
    /// How many elements the record keeps.
    kept: usize,
    /// How many more a run needs.
    spare: usize,
    /// How many elements all cotangents together have.
    cotangents: usize,
    /// How many the longest has.
    longest: usize,
    /// Whether somebody looked at the steps that a formula is made of: then it is no gain.
    seen_through: Cell<bool>,
    /// Computes operands again that were let go.
    quiet: Context,
}

/// What an operand must be.
enum Wanted {
    /// A recorded array of this shape.
    Traced(Shape),
    /// One that is not recorded.
    Plain(Shape),
    /// A recorded number.
    Number,
}

/// A step.
struct Step {
    op: u16,
    place: Place,
    plan: Plan,
    does: Does,
    args: SmallVec<[Operand; 2]>,
    shape: Shape,
    len: usize,
    at: At,
    /// Where in the record that is which is kept instead of its operand and its result, if something is.
    midway: Option<(&'static Midway, usize)>,
    /// Whether a rule that is used reads the result.
    reads_result: bool,
    /// Where its cotangent is among all.
    cotangent: usize,
}

/// What a step does.
enum Does {
    /// Element by element from one operand.
    Map1(&'static Kernel1, &'static [Slope]),
    /// Element by element from two.
    Map2(&'static Kernel2, &'static [Slope]),
    /// Nothing but another shape.
    Rename,
    /// Sums, each divided by a number; and how their cotangents are spread.
    Sum(Meetings, f64, Stretch),
}

/// An operand of a step.
struct Operand {
    from: From,
    /// How it is stretched to the result's shape, if it must be, and where among the spare elements it is then.
    stretched: Option<(Stretch, usize)>,
    /// Which elements of a cotangent with the result's shape meet in one of its own, if it has another shape.
    meetings: Option<Meetings>,
    /// Whether it has a history.
    traced: bool,
    /// Whether it is an array, though perhaps of rank 0.
    is_array: bool,
    /// Whether a rule that is used reads it.
    read: bool,
    shape: Shape,
    len: usize,
}

/// Where an operand comes from.
#[derive(Clone, Copy)]
enum From {
    /// A number that is always the same.
    Number(f64),
    /// An operand of the formula.
    Outside(usize),
    /// A step before.
    Step(usize),
}

/// Where the elements of a result are.
#[derive(Clone, Copy, PartialEq)]
enum At {
    /// In the record, from here.
    Kept(usize),
    /// Among the spare elements, from here.
    Spare(usize),
    /// They are the formula's result.
    Result,
    /// Where those of its operand are.
    There,
}

/// The operands of a formula.
pub type Operands = SmallVec<[Var; 6]>;

/// What a recorded formula remembers.
pub struct Formula {
    code: Rc<Code>,
    operands: Operands,
    kept: Data,
    /// The operands of its last step, if somebody asked.
    steps: OnceCell<Args>,
}

impl std::fmt::Debug for Formula {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} steps of {:?}", self.code.steps.len(), self.operands)
    }
}

impl Drop for Formula {
    fn drop(&mut self) {
        self.kept.let_go();
    }
}

impl Formula {
    /// The number of its last operation, and its place.
    pub(super) fn last(&self) -> Option<(u16, Place)> {
        self.code.steps.last().map(|step| (step.op, step.place))
    }

    /// Whether its steps are nodes of their own: then others may lead to them.
    pub(super) fn is_expanded(&self) -> bool {
        self.steps.get().is_some()
    }

    /// What it was computed from.
    pub(super) fn operands(&self) -> &[Var] {
        &self.operands
    }

    /// How many elements are kept on the way.
    pub(super) fn kept_len(&self) -> usize {
        self.code.kept
    }

    /// Its operands, and those of its last step if somebody asked for these, taken.
    pub(super) fn take(&mut self) -> (Operands, Option<Args>) {
        (std::mem::take(&mut self.operands), self.steps.take())
    }
}

/// Elements that formulas are about.
trait Row: Element {
    /// Whether those of rank 0 are numbers, and not arrays.
    const HAS_NUMBERS: bool;
    /// The loop of a function of one operand.
    fn map1(kernel: &Kernel1) -> fn(&[Self], &mut [Self]);
    /// The loop of a function of two.
    fn map2(kernel: &Kernel2) -> fn(Lane<'_, Self>, Lane<'_, Self>, &mut [Self]);
    /// The loop of a slope.
    fn slope(slope: &Slope) -> WeightedRow<Self>;
    /// Adds a row to another.
    fn add(sum: &mut [Self], row: &[Self]);
    /// Sums as elements.
    fn rounded<'r>(sums: &'r [f64], to: &'r mut Vec<Self>) -> &'r [Self];
    /// Lends what a run needs besides what it keeps.
    fn lend<R>(run: impl FnOnce(&mut Scratch<Self>) -> R) -> R;
}

/// Rows that are used again by the next run.
#[derive(Default)]
struct Scratch<T> {
    spare: Vec<T>,
    cotangents: Vec<T>,
    row: Vec<T>,
    sums: Vec<f64>,
}

impl<T: Copy + Default> Scratch<T> {
    /// Makes room.
    fn widen(&mut self, spare: usize, cotangents: usize, row: usize) {
        let widen = |rows: &mut Vec<T>, len| {
            if rows.len() < len {
                rows.resize(len, T::default());
            }
        };
        widen(&mut self.spare, spare);
        widen(&mut self.cotangents, cotangents);
        widen(&mut self.row, row);
    }
}

macro_rules! row {
    ($type:ty, $numbers:expr, $map:ident, $slope:ident, |$sums:ident, $to:ident| $rounded:expr) => {
        impl Row for $type {
            const HAS_NUMBERS: bool = $numbers;
            #[inline(always)]
            fn map1(kernel: &Kernel1) -> fn(&[$type], &mut [$type]) {
                kernel.$map
            }
            #[inline(always)]
            fn map2(kernel: &Kernel2) -> fn(Lane<'_, $type>, Lane<'_, $type>, &mut [$type]) {
                kernel.$map
            }
            #[inline(always)]
            fn slope(slope: &Slope) -> WeightedRow<$type> {
                slope.$slope
            }
            #[inline(always)]
            fn add(sum: &mut [$type], row: &[$type]) {
                zip_onto(sum, Lane::Moving(row), |a: $type, b: $type| a + b);
            }
            #[inline(always)]
            fn rounded<'r>($sums: &'r [f64], $to: &'r mut Vec<$type>) -> &'r [$type] {
                $rounded
            }
            fn lend<R>(run: impl FnOnce(&mut Scratch<$type>) -> R) -> R {
                thread_local! {
                    static SCRATCH: Cell<Option<Box<Scratch<$type>>>> = const { Cell::new(None) };
                }
                let mut scratch = SCRATCH.take().unwrap_or_default();
                let result = run(&mut scratch);
                SCRATCH.set(Some(scratch));
                result
            }
        }
    };
}

row!(f64, true, doubles, lanes, |sums, _to| sums);
row!(f32, false, singles, singles, |sums, to| {
    to.extend(sums.iter().map(|&sum| sum as f32));
    to
});

impl Step {
    /// Whether it is computed as a number.
    fn is_number<T: Row>(&self) -> bool {
        T::HAS_NUMBERS && self.shape.is_empty()
    }
}

impl Code {
    /// Whether somebody looked at the steps that a formula of this kind is made of.
    pub fn is_seen_through(&self) -> bool {
        self.seen_through.get()
    }

    /// The shapes of both operands, where a step has two.
    pub fn pairs(&self) -> impl Iterator<Item = (&[usize], &[usize])> {
        self.steps.iter().filter_map(|step| match &step.args[..] {
            [x, y] => Some((&x.shape[..], &y.shape[..])),
            _ => None,
        })
    }
}
