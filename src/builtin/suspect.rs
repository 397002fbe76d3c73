//! Which step of a computation has the wrong rule.
//!
//! A gradient that disagrees with differences says that some rule on the way is wrong, not which. But every
//! recorded step can be run again on its own: its operands are moved a little, in a direction, and what the
//! result does is compared with what the rule says, to first order and, since a rule may be right to first
//! order only, to second. The step that is furthest off is the one to look at.

use super::check::{TOLERANCE, apart, brief, moved, step_at, waves};
use super::gradient::{HostCaller, run_pull};
use super::steps::{at_kink, steps, told};
use super::transform::{CUSTOM, Custom, call_recorded, sources};
use crate::array::{Array, DType, Shape, limits};
use crate::autodiff::{Args, Grad, Node, Op, Plan, Recall, Var, Wanted, cotangent_of, push};
use crate::diagnostic::{Kind, Outcome};
use crate::value::{Host, Tuple, Value, as_var, map_leaves};
use std::rc::Rc;

/// What to say about a function whose derivatives disagree with differences.
pub(super) fn explanation(host: &mut dyn Host, f: &Value, mut args: Tuple) -> Outcome<String> {
    for arg in &mut args.items {
        *arg = sources(host, arg)?;
    }
    let result = call_recorded(host, f, args)?;
    if !has_history(&result)? {
        return Ok("nothing that it computes from its arguments is recorded".to_string());
    }
    let nodes = steps(&result)?;
    let cx = host.context();
    let recall = cx.recall();
    let mut worst: Option<(Fault, &Rc<Node>)> = None;
    for node in &nodes {
        limits::check()?;
        let fault = match fault(host, &recall, node) {
            Ok(fault) => fault,
            Err(fail) if fail.kind == Kind::Mistake => None,
            Err(fail) => return Err(fail),
        };
        if let Some(fault) = fault
            && worst.as_ref().is_none_or(|(worst, _)| fault.apart() > worst.apart())
        {
            worst = Some((fault, node));
        }
    }
    let kink = |host: &mut dyn Host| {
        let node = nodes.iter().find(|node| is_kink(&recall, node))?;
        Some(format!("{} is at a kink here, where differences see both sides", place(host, node)))
    };
    Ok(match worst {
        Some((_, node)) if is_kink(&recall, node) => kink(host).unwrap_or_default(),
        Some((fault, node)) => {
            let order = if fault.second { "second derivative" } else { "derivative" };
            let (found, difference) = (brief(fault.found), brief(fault.difference));
            let place = place(host, node);
            format!(
                "the {order} of {place} is wrong: in one direction it is {found}, and differences give {difference}"
            )
        }
        None => kink(host).unwrap_or_else(|| {
            "every step agrees with differences of its own: a jump, a random number or `detach` may be the reason"
                .to_string()
        }),
    })
}

fn is_kink(recall: &Recall<'_>, node: &Node) -> bool {
    matches!(at_kink(recall, node), Ok(Some(_)))
}

fn has_history(value: &Value) -> Outcome<bool> {
    let mut found = false;
    map_leaves(value, &mut |leaf| {
        found |= matches!(leaf, Value::Var(Var::Traced(_)));
        Ok(Value::None)
    })?;
    Ok(found)
}

/// A step as the program has it: `cube(x) at example.ad:3`.
fn place(host: &mut dyn Host, node: &Node) -> String {
    // A rule that is checked by itself stands nowhere but in the check.
    if node.step().is_some_and(|(_, place)| place == host.cx().place()) {
        return "the function itself".to_string();
    }
    let (name, place) = told(host, node);
    match place.split_once('\t') {
        Some(("", line)) => format!("{name} at {line}"),
        Some((code, line)) => format!("{code} at {line}"),
        None => name,
    }
}

/// How the derivative of one step differs from differences.
struct Fault {
    second: bool,
    found: f64,
    difference: f64,
}

impl Fault {
    fn apart(&self) -> f64 {
        let apart = apart(self.found, self.difference);
        if apart.is_nan() { f64::INFINITY } else { apart }
    }
}

/// A recorded step that can be run again.
struct Again<'n> {
    node: &'n Node,
    op: &'static Op,
    plan: Plan,
    /// The operands, as doubles.
    at: Vec<Var>,
    /// The positions of those that are numbers to differentiate by.
    by: Vec<usize>,
}

impl Again<'_> {
    /// The operands moved along directions.
    fn moved(&self, along: &[Vec<f64>], step: f64) -> Vec<Var> {
        let mut args = self.at.clone();
        for (&i, v) in self.by.iter().zip(along) {
            if let Some(arg) = args.get_mut(i) {
                let data = moved(&arg.array().to_doubles(), v, step);
                *arg = Array::new(Shape::from_slice(arg.shape()), data).into();
            }
        }
        args
    }

    fn value(&self, host: &mut dyn Host, args: &[Var]) -> Outcome<Var> {
        if self.op.number.get() != CUSTOM.op().number.get() {
            let cx = host.context();
            return cx.paused(|| cx.apply_with(self.op, self.plan.clone(), args));
        }
        let custom: &Custom = self.plan.get()?;
        let Some((function, names)) = &custom.function else { return crate::diagnostic::fail("cannot run again") };
        let items = args.iter().cloned().map(Value::Var).collect();
        let before = host.cx().set_recording(false);
        let result = host.call_tuple(function, Tuple { items, names: names.clone() });
        host.cx().set_recording(before);
        Ok(as_var(&result?)?.unwrap_or_default())
    }

    /// The step recorded once more on fresh sources: those, and the result.
    fn recorded(&self, host: &mut dyn Host, args: &[Var]) -> Outcome<(Vec<Rc<Node>>, Rc<Node>)> {
        let out = self.value(host, args)?.into_plain();
        let cx = host.context();
        let mut args = args.to_vec();
        let mut sources = Vec::new();
        for &i in &self.by {
            if let Some(arg) = args.get_mut(i) {
                let source = cx.source(arg);
                sources.push(source.clone());
                *arg = Var::Traced(source);
            }
        }
        match cx.recorded(|| cx.record(self.op, self.plan.clone(), &args, out)) {
            Var::Traced(node) => Ok((sources, node)),
            _ => crate::diagnostic::fail("nothing to differentiate"),
        }
    }

    /// How the result, weighted, changes along a direction, says the rule in reverse mode.
    fn slope(&self, host: &mut dyn Host, args: &[Var], weights: &Var, along: &[Vec<f64>]) -> Outcome<f64> {
        let (sources, node) = self.recorded(host, args)?;
        let found = run_pull(host, &[(node, weights.clone())], &Wanted::Nodes(&sources))?;
        Ok(along_all(&sources, &found, along))
    }
}

/// The cotangents of sources, times directions.
fn along_all(sources: &[Rc<Node>], found: &[(Rc<Node>, Var)], along: &[Vec<f64>]) -> f64 {
    sources.iter().zip(along).filter_map(|(source, v)| cotangent_of(found, source).map(|dy| dot(dy, v))).sum()
}

fn dot(x: &Var, v: &[f64]) -> f64 {
    x.array().to_doubles().iter().zip(v).map(|(x, v)| x * v).sum()
}

fn shaped(like: &Var, data: Vec<f64>) -> Var {
    Array::new(Shape::from_slice(like.shape()), data).into()
}

/// Where the rule of a step disagrees with differences, if it does.
fn fault(host: &mut dyn Host, recall: &Recall<'_>, node: &Node) -> Outcome<Option<Fault>> {
    let Some((number, _)) = node.step() else { return Ok(None) };
    let op = host.cx().op(number);
    if matches!(op.grad, Grad::Blocked) {
        return Ok(None);
    }
    let plan = match node.args() {
        Args::Many(many) => many.plan.clone(),
        _ => Plan::NONE,
    };
    let single = |var: Var| if var.dtype() == DType::F32 { var.array().cast(DType::F64).into() } else { var };
    let at: Vec<Var> = recall.operands(node)?.into_iter().map(single).collect();
    let by: Vec<usize> =
        traced(node).into_iter().filter(|&i| at.get(i).is_some_and(|x| x.dtype() == DType::F64)).collect();
    let again = Again { node, op, plan, at, by };
    let directions = |k: f64| -> Vec<Vec<f64>> {
        let len = |&i: &usize| again.at.get(i).map_or(0, Var::len);
        again.by.iter().map(len).enumerate().map(|(j, len)| waves(len, k + j as f64)).collect()
    };
    let (along, second) = (directions(0.0), directions(2.5));
    let largest = again.by.iter().filter_map(|&i| again.at.get(i)).flat_map(|x| x.array().to_doubles().into_owned());
    let step = step_at(largest.fold(0.0, |a: f64, b| a.max(b.abs())));
    let out = &again.node.out;
    let weights = shaped(out, waves(out.len(), 1.7));
    let weighted = |value: Var| dot(&value, &weights.array().to_doubles());

    let above = weighted(again.value(host, &again.moved(&along, step))?);
    let below = weighted(again.value(host, &again.moved(&along, -step))?);
    let difference = (above - below) / (2.0 * step);
    let reverse = again.slope(host, &again.at, &weights, &along)?;
    let (sources, node) = again.recorded(host, &again.at)?;
    let tangents: Vec<(Rc<Node>, Var)> =
        sources.iter().zip(&along).map(|(source, v)| (source.clone(), shaped(&source.out, v.clone()))).collect();
    let cx = host.context();
    let forward = push(&cx, &tangents, std::slice::from_ref(&node), &mut HostCaller(host))?;
    let forward = forward.into_iter().flatten().map(weighted).sum();
    for found in [reverse, forward] {
        let fault = Fault { second: false, found, difference };
        if fault.apart() > TOLERANCE {
            return Ok(Some(fault));
        }
    }

    let above = again.slope(host, &again.moved(&second, step), &weights, &along)?;
    let below = again.slope(host, &again.moved(&second, -step), &weights, &along)?;
    let difference = (above - below) / (2.0 * step);
    let before = cx.set_recording(true);
    let first = run_pull(host, &[(node, weights.clone())], &Wanted::Nodes(&sources));
    cx.set_recording(before);
    let mut heads = Vec::new();
    for (source, gradient) in first? {
        let v = sources.iter().zip(&along).find(|(known, _)| known.is(&source)).map(|(_, v)| v.clone());
        if let (Var::Traced(gradient), Some(v)) = (gradient, v) {
            let v = shaped(&gradient.out, v);
            heads.push((gradient, v));
        }
    }
    let found = run_pull(host, &heads, &Wanted::Nodes(&sources))?;
    let fault = Fault { second: true, found: along_all(&sources, &found, &second), difference };
    Ok((fault.apart() > TOLERANCE).then_some(fault))
}

/// The positions of a step's operands that were traced.
fn traced(node: &Node) -> Vec<usize> {
    match node.args() {
        Args::Source | Args::Variable(_) | Args::Cut(..) => Vec::new(),
        Args::One(..) | Args::Left(..) => vec![0],
        Args::Right(..) => vec![1],
        Args::Two(..) => vec![0, 1],
        Args::Many(many) => {
            (0..many.args.len()).filter(|&i| many.args.get(i).is_some_and(|x| x.node().is_some())).collect()
        }
    }
}
