//! The adjoint of a differential equation: its gradient by a second equation that runs backwards.
//!
//! `odeint(f, y0, t, method = "adjoint")` keeps none of its steps. Its gradient needs, at any time and
//! state, the pull-back of `f` to the state, the time and whatever else `f` sees, which is what these two
//! functions give to the library; the equation itself is written there.

use super::checkpoint::reached;
use super::gradient::run_pull;
use super::indexing::row;
use super::transform::{CUSTOM, call_recorded};
use crate::array::limits;
use crate::autodiff::{Node, Plan, Var, Wanted};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Host, Run, Tuple, Value, as_var};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&ADJOINT, &PULLBACK];

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
            let (_, _, _, more) = evaluate(call.host, &f, &state, &time)?;
            seen.extend(more);
            seen.sort_by_key(|node| node.age);
            seen.dedup_by_key(|node| node.age);
        }
        let operands: Vec<Var> = [y0, t].into_iter().chain(seen.into_iter().map(Var::Traced)).collect();
        Ok(Value::Var(call.host.cx().record(CUSTOM.op(), Plan::new(rule), &operands, ys)))
    }),
};

/// Runs `f(y, t)` on sources; gives its result, the two sources, and what else it was recorded from.
fn evaluate(
    host: &mut dyn Host,
    f: &Value,
    y: &Var,
    t: &Var,
) -> Outcome<(Var, Rc<Node>, Rc<Node>, Vec<Rc<Node>>)> {
    let (y, t) = (host.cx().source(y), host.cx().source(t));
    let args = [&y, &t].map(|node| Value::Var(Var::Traced(node.clone()))).to_vec();
    let result = call_recorded(host, f, Tuple::new(args))?;
    let result = as_var(&result)?.unwrap_or_default();
    let seen = result.node().map(|node| reached(node, y.age, 1)).unwrap_or_default();
    Ok((result, y, t, seen))
}

pub(crate) static PULLBACK: Builtin = Builtin {
    name: "_pullback",
    params: &["f", "y", "t", "seen", "cotangent"],
    doc: "`f(y, t)`, and the cotangents of `y`, `t` and what `f` sees besides, as a tuple.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.function(0)?.clone();
        let (y, t, dy) = (call.args.var(1)?, call.args.var(2)?, call.args.var(4)?);
        let Value::Tuple(seen) = call.args.get(3).clone() else { return Ok(Value::None) };
        let (result, y, t, found) = evaluate(call.host, &f, &y, &t)?;
        let mut targets = vec![y, t];
        for item in &seen.items {
            let Value::Var(Var::Traced(node)) = item else { continue };
            targets.push(node.clone());
        }
        if found.iter().any(|node| !targets.iter().any(|target| Rc::ptr_eq(target, node))) {
            return Err(Problem::new("the function now sees other variables than before")
                .label(Part::Whole, "")
                .note("the adjoint runs the function again, and a variable that it reads was assigned since, or is read at some times only")
                .help("pass what it needs in args, or use method = \"direct\""));
        }
        let pulled = match &result {
            Var::Traced(node) => run_pull(call.host, &[(node.clone(), dy)], &Wanted::Until(&targets))?,
            _ => Vec::new(),
        };
        let mut items = vec![Value::Var(match call.host.cx().recording() {
            true => result,
            false => result.into_plain(),
        })];
        for target in &targets {
            let cotangent = pulled.iter().find(|(node, _)| Rc::ptr_eq(node, target)).map(|(_, dy)| dy.clone());
            items.push(Value::Var(cotangent.map_or_else(|| target.out.filled_like(0.0), Ok)?));
        }
        Ok(Value::tuple(items))
    }),
};
