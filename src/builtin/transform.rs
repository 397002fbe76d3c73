//! Functions of functions: gradients, and products with Jacobians and Hessians.
//!
//! Each runs a function on fresh sources, so that a transform inside another differentiates by its own
//! argument only, and what it computes is recorded if the program is recording, so that all of them
//! nest in one another.

use super::gradient::{HostCaller, gradient_by, heads, partial};
use crate::array::shape_text;
use crate::autodiff::{Forward, Grad, Node, Number, Op, Plan, Pull, Var, push};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Host, Run, Tuple, Value, Wholes, as_var, map_leaves, wholes_of};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] =
    &[&GRAD_OF, &VALUE_AND_GRAD, &VALUE_AND_GRAD_OF, &VJP, &PULL_BACK, &JVP, &HVP, &CUSTOM_GRAD, &CUSTOM_OF, &CUSTOM];

/// The positions of arguments to differentiate by, as `wrt` gives them.
pub fn positions(wrt: &Value) -> Outcome<Wholes> {
    wholes_of(wrt)?.filter(|list| list.iter().all(|&i| i >= 0) && !list.is_empty()).ok_or_else(|| {
        let found = crate::value::display_quoted(wrt, &crate::show::Style::default());
        let found = if found.len() <= 20 { found } else { wrt.kind() };
        Problem::new(format!("wrt is the position of an argument, found {found}"))
            .help("the first argument is at position 0")
    })
}

/// The argument of this number, if it gives positions of arguments; the first one if it was left out.
pub(super) fn wrt(args: &Arguments, i: usize) -> Outcome<Value> {
    let wrt = if args.given(i) { args.get(i).clone() } else { Value::num(0.0) };
    positions(&wrt).map(|_| wrt)
}

/// Something traced for every array in a value, each a source of its own.
pub(super) fn sources(host: &dyn Host, value: &Value) -> Outcome<Value> {
    map_leaves(value, &mut |leaf| match as_var(leaf)? {
        Some(var) => Ok(Value::Var(Var::Traced(host.cx().source(&var)))),
        None => Ok(leaf.clone()),
    })
}

/// Calls a function while recording.
pub(super) fn call_recorded(host: &mut dyn Host, f: &Value, args: Tuple) -> Outcome<Value> {
    let before = host.cx().set_recording(true);
    let result = host.call_tuple(f, args);
    host.cx().set_recording(before);
    result
}

/// A result as the program may keep it: with its history only if the program is recording.
fn kept(host: &dyn Host, value: &Value) -> Outcome<Value> {
    if host.cx().recording() {
        return Ok(value.clone());
    }
    map_leaves(value, &mut |leaf| match leaf {
        Value::Var(var) => Ok(Value::Var(var.to_plain())),
        other => Ok(other.clone()),
    })
}

/// The traced parts of a result, each with ones as its head.
fn unit_heads(value: &Value, name: &str) -> Outcome<Vec<(Rc<Node>, Var)>> {
    match value {
        Value::Var(Var::Traced(node)) => Ok(vec![(node.clone(), node.out.filled_like(1.0)?)]),
        Value::Var(_) | Value::Range(_) => Ok(Vec::new()),
        other => Err(Problem::new(format!("{name} needs a function that gives numbers"))
            .label(Part::Whole, format!("it gave {}", other.kind()))),
    }
}

/// The arguments with those at `wrt` replaced by sources, and those: a tuple if `wrt` is one.
pub(super) fn with_sources(host: &dyn Host, wrt: &Value, mut args: Tuple) -> Outcome<(Tuple, Value)> {
    let mut by = Vec::new();
    for &i in &positions(wrt)? {
        let count = args.items.len();
        let Some(arg) = args.items.get_mut(i as usize) else {
            return Err(Problem::new(format!("there is no argument {i} to differentiate by"))
                .note(format!("{count} given; the first is at position 0")));
        };
        let traced = sources(host, arg)?;
        if !matches!(arg, Value::Tuple(_)) && as_var(arg)?.is_none() {
            return Err(Problem::new(format!("there is no derivative by {}", arg.kind()))
                .label(Part::Argument(i as usize), arg.kind()));
        }
        *arg = traced.clone();
        by.push(traced);
    }
    let by =
        if matches!(wrt, Value::Tuple(_)) { Value::tuple(by) } else { by.into_iter().next().unwrap_or(Value::None) };
    Ok((args, by))
}

/// Calls `f` with the arguments at `wrt` replaced by sources; gives the result and the gradient by them.
pub(super) fn gradient(host: &mut dyn Host, f: &Value, wrt: &Value, args: Tuple) -> Outcome<(Value, Value)> {
    let (args, by) = with_sources(host, wrt, args)?;
    let result = call_recorded(host, f, args)?;
    let heads = unit_heads(&result, "grad")?;
    let gradient = gradient_by(host, &heads, &by)?;
    Ok((result, gradient))
}

pub(super) fn rest_tuple(args: &Arguments, i: usize) -> Tuple {
    match args.get(i) {
        Value::Tuple(tuple) => (**tuple).clone(),
        _ => Tuple::default(),
    }
}

/// What `grad(f)` returns.
pub(crate) static GRAD_OF: Builtin = Builtin {
    name: "(grad)",
    params: &["f", "wrt", "...args"],
    doc: "The gradient of `sum(f(…))`.",
    samples: &[],
    run: Run::Routine(|call| {
        let (f, wrt) = (call.args.get(0).clone(), call.args.get(1).clone());
        let args = rest_tuple(&call.args, 2);
        gradient(call.host, &f, &wrt, args).map(|(_, gradient)| gradient)
    }),
};

pub(crate) static VALUE_AND_GRAD: Builtin = Builtin {
    name: "value_and_grad",
    params: &["f", "wrt = 0"],
    doc: "The function that returns the value of `f` and the gradient of `sum(f(…))`, as a tuple.\n> f(x) = x ** 2\n> value_and_grad(f)(3)\n(9, 6)",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let wrt = wrt(&call.args, 1)?;
        Ok(partial(&VALUE_AND_GRAD_OF, vec![f, wrt]))
    }),
};

pub(crate) static VALUE_AND_GRAD_OF: Builtin = Builtin {
    name: "(value_and_grad)",
    params: &["f", "wrt", "...args"],
    doc: "The value of `f` and the gradient of `sum(f(…))`.",
    samples: &[],
    run: Run::Routine(|call| {
        let (f, wrt) = (call.args.get(0).clone(), call.args.get(1).clone());
        let args = rest_tuple(&call.args, 2);
        let (value, gradient) = gradient(call.host, &f, &wrt, args)?;
        Ok(Value::tuple(vec![kept(call.host, &value)?, gradient]))
    }),
};

pub(crate) static VJP: Builtin = Builtin {
    name: "vjp",
    params: &["f", "x"],
    doc: "The value of `f(x)`, and the function from a cotangent of it to the gradient by `x`.\n> y, back = vjp(x -> x ** 2, [1, 2])\n> back([1, 10])\n[2, 40]",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let x = sources(call.host, call.args.get(1))?;
        let y = call_recorded(call.host, &f, Tuple::new(vec![x.clone()]))?;
        unit_heads(&y, "vjp")?;
        Ok(Value::tuple(vec![kept(call.host, &y)?, partial(&PULL_BACK, vec![y, x])]))
    }),
};

pub(crate) static PULL_BACK: Builtin = Builtin {
    name: "(vjp)",
    params: &["y", "x", "cotangent"],
    doc: "The gradient of `sum(cotangent * y)` by `x`.",
    samples: &[],
    run: Run::Routine(|call| {
        let heads = heads(&call.args, 0, 2)?;
        let x = call.args.get(1).clone();
        gradient_by(call.host, &heads, &x)
    }),
};

pub(crate) static JVP: Builtin = Builtin {
    name: "jvp",
    params: &["f", "x", "v"],
    doc: "The value of `f(x)` and its derivative in the direction `v`, by one forward pass.\n> jvp(x -> x ** 2, [1, 2], [1, 0])\n([1, 4], [2, 0])",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let (x, v) = (call.args.get(1).clone(), call.args.get(2).clone());
        let (value, tangent) =
            directional(call.host, &x, &v, &mut |host, x| call_recorded(host, &f, Tuple::new(vec![x])))?;
        Ok(Value::tuple(vec![value, tangent]))
    }),
};

/// The value of a function and its derivative in a direction. `run` must record.
pub(super) fn directional(
    host: &mut dyn Host,
    x: &Value,
    v: &Value,
    run: &mut dyn FnMut(&mut dyn Host, Value) -> Outcome<Value>,
) -> Outcome<(Value, Value)> {
    let x = sources(host, x)?;
    let mut tangents: Vec<(Rc<Node>, Var)> = Vec::new();
    pair_up(&x, v, &mut tangents, 0)?;
    let y = run(host, x)?;
    let mut results: Vec<Rc<Node>> = Vec::new();
    map_leaves(&y, &mut |leaf| {
        results.extend(match leaf {
            Value::Var(Var::Traced(node)) => Some(node.clone()),
            _ => None,
        });
        Ok(Value::None)
    })?;
    let cx = host.context();
    let pushed = push(&cx, &tangents, &results, &mut HostCaller(host))?;
    let mut pushed = pushed.into_iter();
    let tangent = map_leaves(&y, &mut |leaf| {
        Ok(match leaf {
            Value::Var(var @ Var::Traced(_)) => Value::Var(match pushed.next().flatten() {
                Some(tangent) => tangent,
                None => var.filled_like(0.0)?,
            }),
            Value::Var(var) => Value::Var(var.filled_like(0.0)?),
            _ => Value::None,
        })
    })?;
    Ok((kept(host, &y)?, tangent))
}

/// Pairs the sources in `x` with the tangents in `v`, which must have the same structure and shapes.
fn pair_up(x: &Value, v: &Value, found: &mut Vec<(Rc<Node>, Var)>, depth: usize) -> Outcome<()> {
    match (x, v) {
        (Value::Tuple(x), Value::Tuple(v)) if depth < 200 && x.same_structure(v) => {
            x.items.iter().zip(&v.items).try_for_each(|(x, v)| pair_up(x, v, found, depth + 1))
        }
        (Value::Var(Var::Traced(node)), v) => match as_var(v)? {
            Some(tangent) if tangent.shape() == node.out.shape() => {
                found.push((node.clone(), tangent));
                Ok(())
            }
            Some(tangent) => Err(Problem::new("the direction must have the shape of x")
                .label(Part::Argument(2), shape_text(tangent.shape()))
                .label(Part::Argument(1), shape_text(node.out.shape()))),
            None => Err(Problem::new("the direction must have the structure of x").label(Part::Argument(2), v.kind())),
        },
        (Value::Tuple(_), _) => {
            Err(Problem::new("the direction must have the structure of x").label(Part::Argument(2), v.kind()))
        }
        _ => Ok(()),
    }
}

pub(crate) static HVP: Builtin = Builtin {
    name: "hvp",
    params: &["f", "x", "v"],
    doc: "The Hessian of `f` at `x` times `v`, without the Hessian: forward over reverse.\n> hvp(x -> sum(x ** 3), [1, 2], [1, 1])\n[6, 12]",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let (x, v) = (call.args.get(1).clone(), call.args.get(2).clone());
        directional(call.host, &x, &v, &mut |host, x| {
            gradient_recorded(host, &f, &Value::num(0.0), Tuple::new(vec![x]))
        })
        .map(|(_, tangent)| tangent)
    }),
};

/// The gradient of a function, itself recorded.
pub(super) fn gradient_recorded(host: &mut dyn Host, f: &Value, wrt: &Value, args: Tuple) -> Outcome<Value> {
    let before = host.cx().set_recording(true);
    let result = gradient(host, f, wrt, args);
    host.cx().set_recording(before);
    result.map(|(_, gradient)| gradient)
}

pub(crate) static CUSTOM_GRAD: Builtin = Builtin {
    name: "custom_grad",
    params: &["f", "rule"],
    doc: "The function `f` with a derivative of your own.\n\n`rule(dy, y, ...args)` gets the cotangent of the result, the result and the arguments, and gives one cotangent for each argument, as a tuple if there are several. It must be linear in `dy`; the same rule then serves forward and reverse mode at every order.\n> cube = custom_grad(x -> x ** 3, (dy, y, x) -> dy * 3 * x ** 2)\n> cube'(2)\n12",
    samples: &[],
    run: Run::Routine(|call| {
        Ok(partial(&CUSTOM_OF, vec![call.args.function(0)?.clone(), call.args.function(1)?.clone()]))
    }),
};

pub(crate) static CUSTOM_OF: Builtin = Builtin {
    name: "(custom_grad)",
    params: &["f", "rule", "...args"],
    doc: "A function with a derivative of its own.",
    samples: &[],
    run: Run::Routine(|call| {
        let (f, rule) = (call.args.get(0).clone(), call.args.get(1).clone());
        let args = rest_tuple(&call.args, 2);
        let mut operands = Vec::new();
        for (i, arg) in args.items.iter().enumerate() {
            let Some(var) = as_var(arg)? else {
                return Err(Problem::new("a function with a custom gradient takes numbers")
                    .label(Part::Argument(i), arg.kind()));
            };
            operands.push(var);
        }
        let plain = args.items.iter().map(|arg| match arg {
            Value::Var(var) => Value::Var(var.to_plain()),
            other => other.clone(),
        });
        let plain = Tuple { items: plain.collect(), names: args.names.clone() };
        let before = call.host.cx().set_recording(false);
        let result = call.host.call_tuple(&f, plain);
        call.host.cx().set_recording(before);
        let result = result?;
        let Some(out) = as_var(&result)? else {
            return Err(Problem::new("a function with a custom gradient gives numbers")
                .label(Part::Whole, format!("this gave {}", result.kind())));
        };
        let plan = Plan::new(Custom { rule, function: Some((f, args.names.clone())) });
        Ok(Value::Var(call.host.cx().record(CUSTOM.op(), plan, &operands, out.into_plain())))
    }),
};

/// What a recorded call of a function with a derivative of its own remembers.
pub(super) struct Custom {
    /// From the cotangent, the result and the operands to the cotangents of the operands.
    pub rule: Value,
    /// The function, and the names that its last arguments were given by, where it can be run again.
    pub function: Option<(Value, Vec<Option<Rc<str>>>)>,
}

/// A recorded call of a function with a derivative of its own.
pub(crate) static CUSTOM: Builtin = Builtin {
    name: "(custom)",
    params: &["...args"],
    doc: "A recorded call of a function with a derivative of its own.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::General(|_, _, _| Err(Problem::new("internal error: not to be called"))),
            grad: Grad::Rule(|p: &Pull<'_>, caller| {
                caller.call_rule(&p.plan.get::<Custom>()?.rule, p.dy, &p.out(), p.args)
            }),
            number: Number::new(),
        },
    ),
};
