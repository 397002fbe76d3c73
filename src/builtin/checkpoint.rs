//! Recording only the ends of a computation.
//!
//! A recorded loop keeps every step until `backward`. `checkpoint(f)` keeps the arguments and the result, and
//! runs `f` again when the derivative is needed: memory for time. What `f` sees besides its arguments, such as
//! attached variables around it, gets its gradient too, so the first run looks for everything recorded that it
//! reached.

use super::gradient::{partial, run_pull};
use super::implicit::laid_again;
use super::transform::{CUSTOM, Custom, call_recorded, rest_tuple};
use crate::autodiff::{Context, Node, Plan, Var, Wanted, cotangent_of};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Host, Run, Tuple, Value, as_var, map_leaves};
use std::collections::HashSet;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&CHECKPOINT, &CHECKPOINT_OF, &CHECKPOINT_RULE];

pub(crate) static CHECKPOINT: Builtin = Builtin {
    name: "checkpoint",
    params: &["f"],
    doc: "The function `f`, which forgets its steps and runs again for the derivative: memory for time.\n\nThe derivative is that of `f`, also by what it sees besides its arguments. A function that draws random numbers draws others the second time.\n> g = checkpoint(x -> sin(x) ** 2)\n> g'(1) == (x -> sin(x) ** 2)'(1)\ntrue",
    samples: &[],
    run: Run::Routine(|call| Ok(partial(&CHECKPOINT_OF, vec![call.args.function(0)?.clone()]))),
};

static CHECKPOINT_OF: Builtin = Builtin {
    name: "(checkpoint)",
    params: &["f", "...args"],
    doc: "A function that forgets its steps.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.get(0).clone();
        let args = rest_tuple(&call.args, 1);
        if !call.host.cx().recording() {
            return call.host.call_tuple(&f, args);
        }
        let began = call.host.cx().source(&Var::Num(0.0)).age;
        let mut operands = Vec::new();
        let template = with_sources(call.host, &args, &mut |_, var| operands.push(var.clone()))?;
        let sources = operands.len() as u64;
        let result = call_recorded(call.host, &f, template)?;
        let result = numbers(&result)?;
        let Var::Traced(node) = &result else { return Ok(Value::Var(result)) };
        let seen: Vec<Var> = reached(node, began, sources).into_iter().map(Var::Traced).collect();
        operands.extend(seen.iter().cloned());
        let seen = Value::tuple(seen.into_iter().map(Value::Var).collect());
        let rule = partial(&CHECKPOINT_RULE, vec![f, Value::Tuple(Rc::new(args)), seen]);
        let out = node.out.to_plain();
        Ok(Value::Var(call.host.cx().record(CUSTOM.op(), Plan::new(Custom { rule, function: None }), &operands, out)))
    }),
};

/// The arguments with a source in place of every array; `visit` gets each with the array it stands for.
fn with_sources(host: &dyn Host, args: &Tuple, visit: &mut dyn FnMut(Rc<Node>, &Var)) -> Outcome<Tuple> {
    let mut replace = |value: &Value| {
        map_leaves(value, &mut |leaf| match as_var(leaf)? {
            Some(var) => {
                let source = host.cx().source(&var);
                visit(source.clone(), &var);
                Ok(Value::Var(Var::Traced(source)))
            }
            None => Ok(leaf.clone()),
        })
    };
    let items = args.items.iter().map(&mut replace).collect::<Outcome<_>>()?;
    Ok(Tuple { items, names: args.names.clone() })
}

fn numbers(result: &Value) -> Outcome<Var> {
    as_var(result)?.ok_or_else(|| {
        Problem::new("checkpoint needs a function that gives numbers")
            .label(Part::Whole, format!("it gave {}", result.kind()))
    })
}

/// Everything recorded before the run that its result depends on. The run began at the age `began`, and its
/// `sources` came first.
pub(super) fn reached(result: &Rc<Node>, began: u64, sources: u64) -> Vec<Rc<Node>> {
    let mut seen = HashSet::new();
    let mut waiting = vec![result.clone()];
    let mut found = Vec::new();
    while let Some(node) = waiting.pop() {
        if !seen.insert(node.age) {
            continue;
        }
        if node.age < began {
            found.push(node);
        } else if node.age > began + sources {
            node.each_operand(|operand| waiting.push(operand.clone()));
        }
    }
    found.sort_by_key(|node| node.age);
    found
}

/// The result of a second run as if it had been recorded from `real` in place of what the function saw the
/// first time. A step may have been laid once more on other operands since, but the function still sees what
/// it saw. The second run began at the age `began`; `own` are the sources that it was given.
pub(super) fn on_real(
    cx: &Context,
    result: Rc<Node>,
    (began, own): (u64, &[Rc<Node>]),
    seen: &Value,
    real: &[Rc<Node>],
) -> Outcome<Option<Rc<Node>>> {
    let Value::Tuple(seen) = seen else { return Ok(Some(result)) };
    let seen: Vec<&Rc<Node>> = seen.items.iter().filter_map(|item| as_node(item)).collect();
    if reached(&result, began, own.len() as u64).iter().any(|node| !seen.iter().any(|seen| seen.is(node))) {
        return Err(Problem::new("the function now sees other variables than before")
            .label(Part::Whole, "")
            .note("it runs again for its derivative, and a variable that it reads was assigned since, or was not read before")
            .help("hand it what it needs as an argument"));
    }
    if seen.iter().zip(real).all(|(seen, real)| seen.is(real)) {
        return Ok(Some(result));
    }
    let same = own.iter().map(|node| (node.age, Var::Traced(node.clone())));
    let other = seen.iter().zip(real).map(|(seen, real)| (seen.age, Var::Traced(real.clone())));
    laid_again(cx, &result, same.chain(other).collect())
}

fn as_node(value: &Value) -> Option<&Rc<Node>> {
    match value {
        Value::Var(var) => var.node(),
        _ => None,
    }
}

/// Runs the function again and pulls the cotangent back to its arguments and to what it saw besides.
static CHECKPOINT_RULE: Builtin = Builtin {
    name: "(checkpoint rule)",
    params: &["f", "args", "seen", "dy", "y", "...operands"],
    doc: "The derivative of a function that forgot its steps.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.get(0).clone();
        let Value::Tuple(args) = call.args.get(1).clone() else { return Ok(Value::None) };
        let seen = call.args.get(2).clone();
        let dy = call.args.var(3)?;
        let operands = call.args.rest(5).to_vec();
        let mut own = Vec::new();
        let began = call.host.cx().source(&Var::Num(0.0)).age;
        let given = given_now(&args, &operands)?;
        let template = with_sources(call.host, &given, &mut |source, _| own.push(source))?;
        let real: Vec<Rc<Node>> = operands.iter().skip(own.len()).filter_map(as_node).cloned().collect();
        let result = numbers(&call_recorded(call.host, &f, template)?)?;
        let result = match result {
            Var::Traced(node) => on_real(&call.host.context(), node, (began, &own), &seen, &real)?,
            _ => None,
        };
        own.extend(real);
        let found = match result {
            Some(node) => run_pull(call.host, &[(node, dy)], &Wanted::Until(&own))?,
            None => Vec::new(),
        };
        let gradient = |target: &Rc<Node>| cotangent_of(&found, target).cloned().map_or(Value::None, Value::Var);
        Ok(Value::tuple(own.iter().map(gradient).collect()))
    }),
};

/// The arguments with the operands of the step in place of every array.
fn given_now(args: &Tuple, operands: &[Value]) -> Outcome<Tuple> {
    let mut operands = operands.iter();
    let mut replace = |value: &Value| {
        map_leaves(value, &mut |leaf| match as_var(leaf)? {
            Some(_) => Ok(operands.next().cloned().unwrap_or(Value::None)),
            None => Ok(leaf.clone()),
        })
    };
    let items = args.items.iter().map(&mut replace).collect::<Outcome<_>>()?;
    Ok(Tuple { items, names: args.names.clone() })
}
