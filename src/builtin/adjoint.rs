//! The adjoint of a differential equation: its gradient by a second equation that runs backwards.
//!
//! `odeint(f, y0, t, method = "adjoint")` keeps none of its steps. Its gradient needs, at any time and
//! state, the pull-back of `f` to the state, the time and whatever else `f` sees, which is what these two
//! functions give to the library; the equation itself is written there.

use super::checkpoint::{on_real, reached};
use super::gradient::{partial, run_pull};
use super::indexing::row;
use super::transform::{CUSTOM, Custom, call_recorded};
use crate::array::limits;
use crate::autodiff::{Node, Plan, Var, Wanted, cotangent_of};
use crate::diagnostic::Outcome;
use crate::value::{Builtin, Call, Host, Run, Tuple, Value, as_var};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&ADJOINT, &BOUND, &PULLBACK];

pub(crate) static ADJOINT: Builtin = Builtin {
    name: "_adjoint",
    params: &["f", "rule", "y0", "t", "ys"],
    doc: "The states `ys` at the times `t`, recorded as a function of `y0`, `t` and what `f` sees.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let (f, rule) = (call.args.function(0)?.clone(), call.args.function(1)?.clone());
        let (y0, t, ys) = (call.args.var(2)?, call.args.var(3)?, call.args.var(4)?.into_plain());
        if !call.host.cx().recording() {
            return Ok(Value::Var(ys));
        }
        let mut seen: Vec<Rc<Node>> = Vec::new();
        for i in 0..ys.shape().first().copied().unwrap_or(0) {
            limits::check()?;
            let (state, time) = (row(call.host.cx(), &ys, i)?, row(call.host.cx(), &t, i)?.into_plain());
            seen.extend(evaluate(call.host, &f, &state, &time)?.seen);
            seen.sort_by_key(|node| node.age);
            seen.dedup_by_key(|node| node.age);
        }
        let seen: Vec<Var> = seen.into_iter().map(Var::Traced).collect();
        let before = Value::tuple(seen.iter().cloned().map(Value::Var).collect());
        let rule = partial(&BOUND, vec![rule, before]);
        let operands: Vec<Var> = [y0, t].into_iter().chain(seen).collect();
        Ok(Value::Var(call.host.cx().record(CUSTOM.op(), Plan::new(Custom { rule, function: None }), &operands, ys)))
    }),
};

/// A run of `f(y, t)`.
struct Evaluation {
    result: Var,
    /// The sources that stand for the state and the time.
    own: [Rc<Node>; 2],
    /// What else the result was recorded from.
    seen: Vec<Rc<Node>>,
}

/// Runs `f(y, t)` on sources.
fn evaluate(host: &mut dyn Host, f: &Value, y: &Var, t: &Var) -> Outcome<Evaluation> {
    let (y, t) = (host.cx().source(y), host.cx().source(t));
    let args = [&y, &t].map(|node| Value::Var(Var::Traced(node.clone()))).to_vec();
    let result = call_recorded(host, f, Tuple::new(args))?;
    let result = as_var(&result)?.unwrap_or_default();
    let seen = result.node().map(|node| reached(node, y.age, 1)).unwrap_or_default();
    Ok(Evaluation { result, own: [y, t], seen })
}

static BOUND: Builtin = Builtin {
    name: "(bound)",
    params: &["f", "first", "...args"],
    doc: "A function with its first argument given.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.function(0)?.clone();
        let items = [call.args.get(1)].into_iter().chain(call.args.rest(2)).cloned().collect();
        call.host.call(&f, items)
    }),
};

pub(crate) static PULLBACK: Builtin = Builtin {
    name: "_pullback",
    params: &["f", "y", "t", "before", "seen", "cotangent"],
    doc: "`f(y, t)`, and the cotangents of `y`, `t` and what `f` sees besides, as a tuple.\n\n`before` is what it saw when it ran forwards, `seen` the operands that stand for it now.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.function(0)?.clone();
        let (y, t, dy) = (call.args.var(1)?, call.args.var(2)?, call.args.var(5)?);
        let (before, seen) = (call.args.get(3).clone(), call.args.get(4).clone());
        let real = nodes(&seen);
        let Evaluation { result, own, .. } = evaluate(call.host, &f, &y, &t)?;
        let value = result.to_plain();
        let result = match result {
            Var::Traced(node) => on_real(&call.host.context(), node, (own[0].age - 1, &own), &before, &real)?,
            _ => None,
        };
        let targets: Vec<Rc<Node>> = own.into_iter().chain(real).collect();
        let pulled = match &result {
            Some(node) => run_pull(call.host, &[(node.clone(), dy)], &Wanted::Until(&targets))?,
            None => Vec::new(),
        };
        let mut items = vec![Value::Var(match result {
            Some(node) if call.host.cx().recording() => Var::Traced(node),
            _ => value,
        })];
        for target in &targets {
            let cotangent = cotangent_of(&pulled, target).cloned();
            items.push(Value::Var(cotangent.map_or_else(|| target.out.filled_like(0.0), Ok)?));
        }
        Ok(Value::tuple(items))
    }),
};

/// The recorded entries of a tuple.
fn nodes(value: &Value) -> Vec<Rc<Node>> {
    let Value::Tuple(tuple) = value else { return Vec::new() };
    let node = |item: &Value| match item {
        Value::Var(Var::Traced(node)) => Some(node.clone()),
        _ => None,
    };
    tuple.items.iter().filter_map(node).collect()
}
