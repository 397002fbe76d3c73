//! The reverse pass: from a result back to what it came from.
//!
//! Nodes are taken youngest first, so each is met once, with its whole cotangent. What is pending waits
//! in a [`Queue`] of this pass and nowhere else: a pass may run inside another over the same nodes.

use super::node::Origin;
use super::op::{Caller, Grad, Pull, Slope};
use super::queue::Queue;
use super::slope::weighted;
use super::{Args, Context, Node, Plan, Var, formula, small};
use crate::array::{Array, DType, fuse, limits};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::rc::Rc;

/// Which cotangents a pass is run for.
pub enum Wanted<'w> {
    /// Those of all attached variables.
    Variables,
    /// Those of these nodes. Nothing older than the oldest is visited.
    Nodes(&'w [Rc<Node>]),
    /// Those of these nodes, where the pass ends: nothing flows through one of them to another.
    Until(&'w [Rc<Node>]),
}

/// As many gradients as are mostly asked for at once.
const FEW: usize = 4;

/// The cotangent of a node among those that a pass found, if it was reached.
pub fn cotangent_of<'f>(found: &'f [(Rc<Node>, Var)], node: &Node) -> Option<&'f Var> {
    found.iter().find(|(reached, _)| reached.is(node)).map(|(_, cotangent)| cotangent)
}

/// Pulls cotangents from results back to the nodes that are wanted; each that is reached is given once,
/// youngest first.
///
/// # Errors
/// Whatever a rule returns, or when somebody asked to stop.
pub fn pull(
    cx: &Context,
    heads: &[(Rc<Node>, Var)],
    wanted: &Wanted<'_>,
    caller: &mut dyn Caller,
) -> Outcome<Vec<(Rc<Node>, Var)>> {
    cx.in_pass(|| pass(cx, heads, wanted, caller))
}

fn pass(
    cx: &Context,
    heads: &[(Rc<Node>, Var)],
    wanted: &Wanted<'_>,
    caller: &mut dyn Caller,
) -> Outcome<Vec<(Rc<Node>, Var)>> {
    let oldest = match wanted {
        Wanted::Variables => 0,
        Wanted::Nodes(nodes) | Wanted::Until(nodes) => nodes.iter().map(|node| node.age).min().unwrap_or(u64::MAX),
    };
    cx.check_inside(oldest)?;
    // Nodes come youngest first, and so must those that are looked for.
    let mut ages: SmallVec<[u64; 8]> = match wanted {
        Wanted::Variables => SmallVec::new(),
        Wanted::Nodes(nodes) | Wanted::Until(nodes) => nodes.iter().map(|node| node.age).collect(),
    };
    ages.sort_unstable_by(|a, b| b.cmp(a));
    let mut next_wanted = ages.iter().copied().peekable();
    let mut found = Vec::with_capacity(FEW);
    let mut queue = Queue::new(oldest, heads.iter().map(|(node, _)| node.age).max().unwrap_or(0));
    for (node, head) in heads {
        queue.add(cx, node, head.clone())?;
    }
    let numbers = !cx.recording();
    let place = cx.place();
    let mut steps = 0_u32;
    loop {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(1024) {
            limits::check()?;
        }
        // Numbers first: they are most of what a loop records.
        if numbers
            && let Some((node, g)) = queue.peek_number()
            && next_wanted.peek().is_none_or(|&age| age < node.age)
            && step_number(cx, node, g, &mut queue)?
        {
            continue;
        }
        let Some((node, dy)) = queue.next(cx)? else { break };
        while next_wanted.next_if(|&age| age > node.age).is_some() {}
        let is_wanted = match wanted {
            Wanted::Variables => node.variable().is_some(),
            Wanted::Nodes(_) | Wanted::Until(_) => next_wanted.peek() == Some(&node.age),
        };
        if is_wanted {
            found.push((node.clone(), dy.clone()));
            if matches!(wanted, Wanted::Until(_)) {
                continue;
            }
        }
        step(cx, node, &dy, &mut queue, caller)?;
        queue.spares.keep(dy);
    }
    cx.set_place(place);
    if !cx.recording() {
        let gradients = found.iter().map(|(_, cotangent)| cotangent);
        // A loss that is not computed yet comes out of the same sweep.
        let arrays = gradients.chain(heads.iter().map(|(node, _)| &node.out)).filter_map(|var| match var {
            Var::Array(array) => Some(&**array),
            _ => None,
        });
        fuse::compute(&arrays.collect::<SmallVec<[&Array; FEW]>>())?;
    }
    Ok(found)
}

/// Passes the cotangent of a number, the youngest that is pending, on to numbers; whether it was that
/// simple.
#[inline(always)]
fn step_number<'a>(cx: &Context, node: &'a Rc<Node>, g: f64, queue: &mut Queue<'a>) -> Outcome<bool> {
    let Var::Num(out) = node.out else { return Ok(false) };
    let Origin::Step(args) = &node.origin else { return Ok(false) };
    let (op, x, y, operands) = match args {
        Args::One(op, _, x) => match x.out {
            Var::Num(a) => (*op, Some(x), None, [a, 0.0, 0.0]),
            _ => return Ok(false),
        },
        Args::Two(op, _, x, y) => match (&x.out, &y.out) {
            (Var::Num(a), Var::Num(b)) => (*op, Some(x), Some(y), [*a, *b, 0.0]),
            _ => return Ok(false),
        },
        Args::Left(op, _, x, b) => match x.out {
            Var::Num(a) => (*op, Some(x), None, [a, *b, 0.0]),
            _ => return Ok(false),
        },
        Args::Right(op, _, a, y) => match y.out {
            Var::Num(b) => (*op, None, Some(y), [*a, b, 0.0]),
            _ => return Ok(false),
        },
        _ => return Ok(false),
    };
    let Grad::Slopes(slopes) = cx.op(op).grad else { return Ok(false) };
    queue.pop_number();
    let weigh = |slope: &Slope| {
        let slope = if g == 0.0 { 0.0 } else { (slope.number)(&operands, out) };
        if slope == 0.0 { 0.0 } else { g * slope }
    };
    if let (Some(x), Some(slope)) = (x, slopes.first()) {
        queue.add_number(cx, x, weigh(slope))?;
    }
    if let (Some(y), Some(slope)) = (y, slopes.get(1)) {
        queue.add_number(cx, y, weigh(slope))?;
    }
    Ok(true)
}

/// Passes a node's cotangent on to its operands.
fn step<'a>(cx: &Context, node: &'a Rc<Node>, dy: &Var, queue: &mut Queue<'a>, caller: &mut dyn Caller) -> Outcome<()> {
    let Some((number, place)) = node.step() else { return Ok(()) };
    cx.set_place(place);
    if let Origin::Formula(formula) = &node.origin
        && cx.plainly()
        && !formula.is_expanded()
        && formula::pass(cx, node, formula, dy, queue)?
    {
        return Ok(());
    }
    let op = cx.op(number);
    if let Grad::Slopes(slopes) = &op.grad
        && !cx.recording()
        && !cx.within()
        && small::pass(cx, node, slopes, dy, queue)?
    {
        return Ok(());
    }
    let spare: [Var; 2];
    let (args, plan): (&[Var], &Plan) = match node.args() {
        Args::Source | Args::Variable(_) | Args::Cut(..) => return Ok(()),
        Args::One(_, _, x) => {
            spare = [Var::Traced(x.clone()), Var::Num(0.0)];
            (&spare[..1], &Plan::NONE)
        }
        Args::Two(_, _, x, y) => {
            spare = [Var::Traced(x.clone()), Var::Traced(y.clone())];
            (&spare, &Plan::NONE)
        }
        Args::Left(_, _, x, y) => {
            spare = [Var::Traced(x.clone()), Var::Num(*y)];
            (&spare, &Plan::NONE)
        }
        Args::Right(_, _, x, y) => {
            spare = [Var::Num(*x), Var::Traced(y.clone())];
            (&spare, &Plan::NONE)
        }
        Args::Many(many) => (&many.args, &many.plan),
    };
    let pull = Pull { cx, dy, args, node, plan };
    let mut all = match op.grad {
        Grad::Rule(rule) => rule(&pull, caller)?,
        _ => Vec::new(),
    };
    let mut result = Ok(());
    node.each_operand_at(|i, operand| {
        if result.is_err() || operand.age < queue.oldest || operand.out.dtype() == DType::Bool {
            return;
        }
        if let Grad::Adds(_, add) = &op.grad
            && cx.plainly()
            && let Some(sum) = queue.pending(operand)
        {
            match add(&pull, i, sum) {
                Ok(false) => {}
                added => {
                    result = added.map(|_| ());
                    return;
                }
            }
        }
        let cotangent = match &op.grad {
            Grad::Slopes(slopes) => slopes.get(i).map(|slope| weighted(&pull, slope)).transpose(),
            Grad::Pulls(rule) | Grad::Linear(rule) | Grad::Adds(rule, _) => rule(&pull, i).map(Some),
            Grad::Rule(_) => Ok(all.get_mut(i).and_then(Option::take)),
            Grad::Blocked => Ok(None),
        };
        result = cotangent.and_then(|cotangent| match cotangent {
            Some(cotangent) => cx.fit(cotangent, &operand.out).and_then(|cotangent| queue.add(cx, operand, cotangent)),
            None => Ok(()),
        });
    });
    result
}
