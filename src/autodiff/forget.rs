//! Elements that no rule will read.
//!
//! In `tanh(x @ w + b)` the product is an operand of the sum, whose slope is 1, and the sum one of the tanh, whose
//! slope reads its result. Nothing in the derivative, of whatever order, asks what the product was or the sum; and
//! the program has no name for either. So the sum is written over the product, and let go when the tanh is known: of
//! three arrays one is kept. What remains of the others is their shape and type.
//!
//! A value belongs to a step alone if the program handed over its last handle; whether rules read it is known from
//! them ([`Reads`](super::Reads)). In `z = x @ w + b` and `tanh(z)` the program has a name for the sum. But names go: the
//! function ends, the next turn of the loop takes them for something else. So the elements of a large result stand
//! apart from its step: the program holds both, what follows from the result and does not read it holds the step.
//!
//! Those who want to see every value of a recording, to say where a nan began, compute it again
//! ([`Recall`](super::Recall)), and so does whoever takes a [formula](super::formula) apart. Of what had a name that takes
//! [few](NEAR) steps; what never had one is no deeper than the source.

use super::node::Origin;
use super::{Args, Context, Forward, Grad, Many, Node, Op, Plan, Var};
use crate::array::Array;
use crate::array::in_place::{map2_onto_left, map2_onto_right};
use crate::array::lazy;
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::rc::Rc;

/// To let an array of fewer elements go costs more than it gains.
const FROM: usize = 256;

/// From so many elements on they stand apart from their step.
const APART: usize = 2048;

/// So many steps are computed again, at most, for a value that had a name.
const NEAR: usize = 16;

/// An array of so many elements is not gone through for an operand that is stretched to it.
const SWEPT: usize = 2 * lazy::FROM;

/// Whether a recorded value has so many elements.
#[inline]
fn is_large(operand: &Var) -> bool {
    matches!(operand, Var::Traced(node) if matches!(&node.out, Var::Array(array) if array.len() >= FROM))
}

/// Whether a rule of an operation on so many operands reads the elements of operand `i`. A linear function of one
/// operand has the same derivative wherever it is.
fn is_read(op: &Op, i: usize, of: usize) -> bool {
    let constant = of == 1 && matches!(op.grad, Grad::Linear(_) | Grad::Adds(..));
    // What is read is known of three operands.
    !constant && (of > 3 || op.number.reads().operand(i))
}

/// Holds on to the step alone of an operand whose elements nobody will read: once the program has no name for them,
/// they are gone. Whether that could be done.
#[inline]
pub(super) fn leave_elements(operand: &mut Var) -> bool {
    if let Var::Traced(node) = operand
        && let Origin::Of(step) = &node.origin
        && (Rc::strong_count(node) == 1 || is_near(step.args()))
    {
        *node = step.clone();
        return true;
    }
    false
}

/// Whether so few steps are computed again for one with these operands.
fn is_near(args: &Args) -> bool {
    let mut waiting: SmallVec<[&Args; NEAR]> = SmallVec::new();
    let (mut next, mut steps) = (Some(args), 0);
    while let Some(args) = next {
        args.each_operand(|node| match (&node.out, &node.itself().origin) {
            (Var::Array(array), Origin::Step(args)) if array.is_forgotten() => waiting.push(args),
            // A formula is many steps.
            (Var::Array(array), _) if array.is_forgotten() => steps = NEAR,
            _ => {}
        });
        steps += 1;
        if steps + waiting.len() > NEAR {
            return false;
        }
        next = waiting.pop();
    }
    true
}

/// A node for a result that was recorded.
#[inline]
pub(super) fn recorded(cx: &Context, out: Var, args: Args) -> Rc<Node> {
    let age = cx.next_age();
    match &out {
        Var::Array(array) if array.len() >= APART && stands_apart(cx, array, &args) => {
            let step = Node::new(Var::Array(Rc::new(array.outline())), age, args);
            Rc::new(Node::with_elements(out, Rc::new(step)))
        }
        _ => Rc::new(Node::new(out, age, args)),
    }
}

/// Whether the elements of a result stand apart from the step: no rule of its own reads them, and they can be computed
/// again.
fn stands_apart(cx: &Context, array: &Array, args: &Args) -> bool {
    let Some((op, _)) = args.step() else { return false };
    let there = array.is_ready() || array.is_pending();
    there && !matches!(args, Args::Cut(..)) && !cx.op(op).number.reads().result()
}

impl Context {
    /// The value of operand `i` of so many, if nobody will read its elements once the operation has. A step that is cut
    /// off from its operands cannot be computed again, so it keeps its value.
    pub(super) fn spare<'a>(&self, op: &Op, i: usize, of: usize, operand: &'a mut Var) -> Option<&'a mut Rc<Array>> {
        if !is_large(operand) || is_read(op, i, of) {
            return None;
        }
        let Var::Traced(operand) = operand else { return None };
        let node = Rc::get_mut(operand)?;
        let (maker, _) = node.step()?;
        match &mut node.out {
            _ if matches!(node.origin, Origin::Step(Args::Cut(..))) => None,
            Var::Array(array) if !self.op(maker).number.reads().result() => Some(array),
            _ => None,
        }
    }

    /// Lets go of the elements of those operands that nobody will read again.
    #[inline]
    pub(super) fn forget(&self, op: &Op, args: &mut [Var]) {
        if args.iter().any(is_large) {
            self.forget_large(op, args);
        }
    }

    fn forget_large(&self, op: &Op, args: &mut [Var]) {
        let of = args.len();
        for (i, arg) in args.iter_mut().enumerate() {
            if !is_read(op, i, of)
                && !leave_elements(arg)
                && let Some(array) = self.spare(op, i, of, arg).filter(|array| !array.is_forgotten())
            {
                *array = Rc::new(array.outline());
            }
        }
    }

    /// Applies an operation to operands that the caller has no more use for: if it is recorded, the caller lets go of
    /// its own handles first.
    ///
    /// # Errors
    /// When the operands do not fit the operation.
    #[inline]
    pub fn apply_given(
        &self,
        op: &'static Op,
        plan: Plan,
        mut args: SmallVec<[Var; 2]>,
        let_go: impl FnOnce(),
    ) -> Outcome<Var> {
        if self.depth() != 0 {
            return self.apply_within(op, plan, &args);
        }
        let out = self.value(op, &plan, &args)?;
        if !self.recording() {
            return Ok(out);
        }
        let_go();
        self.forget(op, &mut args);
        let traced = args.iter().any(|arg| arg.node().is_some());
        if !traced || plan.is_none() || matches!(op.grad, Grad::Blocked) {
            return Ok(self.record(op, plan, &args, out));
        }
        Ok(self.node(out, Args::Many(Box::new(Many { op: op.number.get(), place: self.place(), plan, args }))))
    }

    /// The results of one operation for several plans, from an operand that the caller has no more use for.
    ///
    /// # Errors
    /// When the operand does not fit the operation.
    pub fn apply_each(&self, op: &'static Op, plans: Vec<Plan>, mut x: Var) -> Outcome<Vec<Var>> {
        if !self.records() {
            return plans.into_iter().map(|plan| self.apply_with(op, plan, std::slice::from_ref(&x))).collect();
        }
        let value = |plan: &Plan| self.value(op, plan, std::slice::from_ref(&x));
        let outs = plans.iter().map(value).collect::<Outcome<Vec<Var>>>()?;
        self.forget(op, std::slice::from_mut(&mut x));
        let record = |(plan, out)| self.record(op, plan, std::slice::from_ref(&x), out);
        Ok(plans.into_iter().zip(outs).map(record).collect())
    }

    /// The result of an operation on two operands, written over the elements of one that nobody will read again.
    #[inline]
    pub(super) fn written_over(&self, op: &Op, args: &mut [Var; 2]) -> Outcome<Option<Var>> {
        if args.iter().any(is_large) { self.written_over_large(op, args) } else { Ok(None) }
    }

    fn written_over_large(&self, op: &Op, args: &mut [Var; 2]) -> Outcome<Option<Var>> {
        let Forward::Map2(kernel) = &op.forward else { return Ok(None) };
        let [x, y] = args;
        // A row that is added to a large array is so in the sweep of what comes next.
        let stretched = x.shape() != y.shape() && x.number().is_none() && y.number().is_none();
        let ready = |array: &&mut Array| array.is_ready() && !(stretched && array.len() >= SWEPT);
        if let Some(whole) = self.spare(op, 0, 2, x)
            && let Some(array) = Rc::get_mut(whole).filter(ready)
            && map2_onto_left(kernel, array, y.operand())?
        {
            let outline = Rc::new(array.outline());
            return Ok(Some(Var::Array(std::mem::replace(whole, outline))));
        }
        if let Some(whole) = self.spare(op, 1, 2, y)
            && let Some(array) = Rc::get_mut(whole).filter(ready)
            && map2_onto_right(kernel, x.operand(), array)?
        {
            let outline = Rc::new(array.outline());
            return Ok(Some(Var::Array(std::mem::replace(whole, outline))));
        }
        Ok(None)
    }
}
