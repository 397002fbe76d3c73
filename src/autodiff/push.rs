//! The forward pass: from what a result came from to the result.
//!
//! It runs over the same recorded nodes as [`pull`](super::pull()), oldest first, with the same rules: a
//! slope works in either direction, and a pull-back, being linear in its cotangent, is transposed by
//! pulling through it.

use super::node::Parts;
use super::op::{Caller, Grad, Pull};
use super::{Context, Node, Plan, Var, Wanted, pull};
use crate::array::{DType, limits};
use crate::diagnostic::Outcome;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Pushes tangents of sources forward to results; a result that depends on no source gets `None`.
///
/// # Errors
/// Whatever a rule returns, or when somebody asked to stop.
pub fn push(
    cx: &Context,
    sources: &[(Rc<Node>, Var)],
    results: &[Rc<Node>],
    caller: &mut dyn Caller,
) -> Outcome<Vec<Option<Var>>> {
    let oldest = sources.iter().map(|(node, _)| node.age).min().unwrap_or(u64::MAX);
    let mut tangents: HashMap<u64, Var> = HashMap::new();
    for (node, tangent) in sources {
        tangents.insert(node.age, tangent.clone());
    }
    let place = cx.place();
    for (count, node) in reachable(results, oldest).into_iter().enumerate() {
        if count % 1024 == 1023 {
            limits::check()?;
        }
        if tangents.contains_key(&node.age) && sources.iter().any(|(source, _)| source.age == node.age) {
            continue;
        }
        if let Some(tangent) = step(cx, &node, &tangents, caller)? {
            tangents.insert(node.age, tangent);
        }
    }
    cx.set_place(place);
    Ok(results.iter().map(|node| tangents.get(&node.age).cloned()).collect())
}

/// Every node between the results and the oldest source, oldest first.
fn reachable(results: &[Rc<Node>], oldest: u64) -> Vec<Rc<Node>> {
    let mut seen = HashSet::new();
    let mut waiting: Vec<Rc<Node>> = results.to_vec();
    let mut found = Vec::new();
    while let Some(node) = waiting.pop() {
        if node.age < oldest || !seen.insert(node.age) {
            continue;
        }
        node.each_operand(|operand| waiting.push(operand.clone()));
        found.push(node);
    }
    found.sort_by_key(|node| node.age);
    found
}

/// The tangent of a node from those of its operands.
fn step(cx: &Context, node: &Rc<Node>, tangents: &HashMap<u64, Var>, caller: &mut dyn Caller) -> Outcome<Option<Var>> {
    let Some(Parts { op: number, place, args, plan }) = node.args().parts() else { return Ok(None) };
    cx.set_place(place);
    let op = cx.op(number);
    let mut total: Option<Var> = None;
    for (i, arg) in args.iter().enumerate() {
        let Some(tangent) = arg.node().and_then(|node| tangents.get(&node.age)) else { continue };
        if arg.dtype() == DType::Bool {
            continue;
        }
        let part = match &op.grad {
            Grad::Blocked => continue,
            Grad::Slopes(slopes) => {
                let Some(slope) = slopes.get(i) else { continue };
                let slope = (slope.value)(cx, &args, &Var::Traced(node.clone()))?;
                let stretched = cx.stretch(tangent.clone(), &node.out)?;
                cx.weigh(&stretched, &slope)?
            }
            Grad::Pulls(_) | Grad::Linear(_) | Grad::Adds(..) | Grad::Rule(_) => {
                match transposed(cx, op, node, &args, &plan, i, tangent, caller)? {
                    Some(part) => part,
                    None => continue,
                }
            }
        };
        let part = cx.stretch(part, &node.out)?;
        total = Some(match total {
            Some(total) => cx.add(&total, &part)?,
            None => part,
        });
    }
    Ok(total)
}

/// `J t` for an operation that only knows how to compute `Jᵀ u`: the latter is linear in `u`, so its own
/// pull-back, applied to `t`, is what we want.
#[expect(clippy::too_many_arguments, reason = "what a step of the pass knows")]
fn transposed(
    cx: &Context,
    op: &'static super::Op,
    node: &Rc<Node>,
    args: &[Var],
    plan: &Plan,
    i: usize,
    tangent: &Var,
    caller: &mut dyn Caller,
) -> Outcome<Option<Var>> {
    let probe = cx.source(&node.out.filled_like(1.0)?);
    let dy = Var::Traced(probe.clone());
    let pull_rule = Pull { cx, dy: &dy, args, node, plan };
    let before = cx.set_recording(true);
    let pulled = match &op.grad {
        Grad::Pulls(rule) | Grad::Linear(rule) | Grad::Adds(rule, _) => rule(&pull_rule, i).map(Some),
        Grad::Rule(rule) => rule(&pull_rule, caller).map(|mut all| all.get_mut(i).and_then(Option::take)),
        _ => Ok(None),
    };
    let pulled = match (pulled, args.get(i)) {
        (Ok(Some(pulled)), Some(arg)) => cx.fit(pulled, arg).map(Some),
        (other, _) => other,
    };
    cx.set_recording(before);
    let Some(Var::Traced(pulled)) = pulled? else { return Ok(None) };
    let found = pull(cx, &[(pulled, tangent.clone())], &Wanted::Nodes(std::slice::from_ref(&probe)), caller)?;
    Ok(found.into_iter().next().map(|(_, tangent)| tangent))
}
