//! Variables, `backward`, and what it leaves behind. The transforms of functions are in
//! [`transform`](super::transform).

use super::transform::GRAD_OF;
use crate::array::{Data, shape_text};
use crate::autodiff::{Caller, Context, Node, Request, Var, Variable, Wanted, cotangent_of, pull};
use crate::diagnostic::mention::name;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Call, Function, Host, Partial, Run, Value, as_var, map_leaves};
use std::any::Any;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&ATTACH_GRAD, &BACKWARD, &GRAD, &DETACH, &IS_RECORDING, &IS_TRAINING];

pub(crate) static ATTACH_GRAD: Builtin = Builtin {
    name: "attach_grad",
    params: &["...variables", "req = \"write\""],
    doc: "Makes variables something to differentiate by.\n\nA tuple attaches every array in it. `req` says what `backward` does with the gradient: \"write\" replaces it, \"add\" adds to it, \"none\" stores nothing.\n> x = 3\n> attach_grad(x)\n> record < y = x ** 2 >\n> backward(y)\n> x.grad\n6",
    samples: &[],
    run: Run::Updates(|call| {
        let request = match call.args.get(1) {
            Value::Unset => Request::Write,
            Value::Text(text) => match text.as_str() {
                "write" => Request::Write,
                "add" => Request::Add,
                "none" => Request::None,
                other => {
                    return Err(Problem::new(format!("attach_grad knows no req = \"{other}\""))
                        .label(Part::Argument(1), "")
                        .help("write \"write\", \"add\" or \"none\""));
                }
            },
            _ => return Err(call.args.wrong(1, "\"write\", \"add\" or \"none\"")),
        };
        let values = call.args.rest(0).to_vec();
        if values.is_empty() {
            return Err(Problem::new("attach_grad needs a variable").note(call.args.builtin.signature()));
        }
        let since = call.host.passes().count;
        let place = call.host.cx().place();
        values.iter().enumerate().map(|(i, value)| attach(call.host.cx(), value, i, request, since, place)).collect()
    }),
};

fn attach(
    cx: &Context,
    value: &Value,
    i: usize,
    request: Request,
    since: u64,
    place: crate::source::Place,
) -> Outcome<Value> {
    let leaf = |value: &Value| -> Outcome<Value> {
        let Some(var) = as_var(value)? else { return Ok(value.clone()) };
        let var = as_real(var);
        let variable = Variable { request, since: since.into(), place, ..Variable::default() };
        Ok(Value::Var(Var::Traced(cx.variable(&var, variable))))
    };
    match value {
        Value::Tuple(_) => map_leaves(value, &mut |value| leaf(value)),
        other if as_var(other)?.is_some() => leaf(other),
        other => Err(Problem::new(format!("attach_grad needs numbers, found {}", other.kind()))
            .label(Part::Argument(i), other.kind())),
    }
}

/// Truth values become numbers: there is no derivative by a truth value.
fn as_real(var: Var) -> Var {
    match var.plain() {
        Var::Bool(x) => Var::Num(f64::from(u8::from(*x))),
        Var::Array(array) if array.dtype() == crate::array::DType::Bool => array.cast(crate::array::DType::F64).into(),
        _ => var,
    }
}

pub(crate) static BACKWARD: Builtin = Builtin {
    name: "backward",
    params: &["y", "head = none"],
    doc: "Computes the gradient of `sum(y)`, or of `sum(head * y)`, for every attached array that `y` depends on.\n\nThe gradients are stored in the variables: read them as `x.grad`. `y` may be a tuple, with a tuple of heads.\n> x = [1, 2]\n> attach_grad(x)\n> record < y = x ** 2 >\n> backward(y, [1, 10])\n> x.grad\n[2, 40]",
    samples: &[],
    run: Run::Routine(|call| {
        let heads = heads(&call.args, 0, 1)?;
        if heads.is_empty() {
            let y = call.args.get(0).clone();
            return Err(call.host.explain_unrecorded(&y));
        }
        let before = call.host.cx().set_recording(false);
        let found = run_pull(call.host, &heads, &Wanted::Variables);
        call.host.cx().set_recording(before);
        let found = found?;
        let y = call.args.get(0).clone();
        if found.is_empty() && !call.host.explain_flat(&y)? {
            return Err(call.host.explain_unrecorded(&y));
        }
        let place = call.host.cx().place();
        let passes = call.host.passes();
        passes.count += 1;
        passes.place = place;
        passes.roots.clear();
        passes.roots.extend(heads.iter().map(|(node, _)| Rc::downgrade(node.itself())));
        for (node, gradient) in found {
            let Some(variable) = node.variable() else { continue };
            let gradient = gradient.into_plain();
            if let Some(count) = nans(&gradient) {
                call.host.explain_nan(&node, count)?;
            }
            let before = variable.gradient.take();
            let gradient = match (variable.request, before) {
                (Request::None, before) => before,
                (Request::Add, Some(before)) => Some(call.host.cx().paused(|| call.host.cx().add(&before, &gradient))?),
                _ => Some(gradient),
            };
            variable.gradient.replace(gradient);
        }
        Ok(Value::None)
    }),
};

/// Elements of a gradient that are looked at for nan. Larger ones are computed when somebody looks, which
/// a warning must not bring about.
const LOOKED_AT: usize = 1 << 16;

/// How many elements of a gradient are nan, if any is and they are at hand.
fn nans(gradient: &Var) -> Option<usize> {
    let count = match gradient {
        Var::Num(x) => usize::from(x.is_nan()),
        Var::Array(array) if array.len() > LOOKED_AT || array.is_pending() || !array.data().has_nan() => 0,
        Var::Array(array) => match array.data() {
            Data::F64(data) => data.iter().filter(|x| x.is_nan()).count(),
            Data::F32(data) => data.iter().filter(|x| x.is_nan()).count(),
            Data::Bool(_) => 0,
        },
        _ => 0,
    };
    (count > 0).then_some(count)
}

/// The recorded results in argument `y`, each with its head.
pub fn heads(args: &Arguments, y: usize, head: usize) -> Outcome<Vec<(Rc<Node>, Var)>> {
    let mut found = Vec::with_capacity(1);
    collect_heads(args.get(y), args.get(head), args, &mut found, 0)?;
    Ok(found)
}

fn collect_heads(
    y: &Value,
    head: &Value,
    args: &Arguments,
    found: &mut Vec<(Rc<Node>, Var)>,
    depth: usize,
) -> Outcome<()> {
    match (y, head) {
        (Value::Tuple(ys), _) if depth < 200 => {
            let heads = match head {
                Value::Tuple(heads) if heads.items.len() == ys.items.len() => Some(heads),
                Value::Unset | Value::None => None,
                _ => {
                    return Err(Problem::new("the weights given to backward must have the structure of y")
                        .label(Part::Argument(1), head.kind())
                        .label(Part::Argument(0), format!("a tuple of {}", ys.items.len())));
                }
            };
            for (i, y) in ys.items.iter().enumerate() {
                let head = heads.and_then(|heads| heads.items.get(i)).unwrap_or(&Value::None);
                collect_heads(y, head, args, found, depth + 1)?;
            }
            Ok(())
        }
        (Value::Var(y), _) => {
            let head = match head {
                Value::Unset | Value::None => y.filled_like(1.0)?,
                other => as_var(other)?.ok_or_else(|| args.wrong(1, "a number or an array"))?,
            };
            if head.shape() != y.shape() {
                let shown =
                    |var: &Var| if var.shape().is_empty() { "a number".into() } else { shape_text(var.shape()) };
                let problem = Problem::new("the weights given to backward must have the shape of y")
                    .label(Part::Argument(1), shown(&head))
                    .label(Part::Argument(0), shown(y));
                return Err(match depth {
                    0 => problem.help("leave it out to use ones, the same as backward(sum(y))"),
                    _ => problem.help("entry by entry, weights have the shape of what they weigh; none means ones"),
                });
            }
            if let Var::Traced(node) = y {
                found.push((node.clone(), head));
            }
            Ok(())
        }
        (Value::Range(_) | Value::None, _) => Ok(()),
        _ if depth > 0 => Ok(()),
        _ => Err(args.wrong(0, "a number or an array")),
    }
}

/// Runs a reverse pass with the interpreter at hand for rules that are functions of the program.
pub fn run_pull(host: &mut dyn Host, heads: &[(Rc<Node>, Var)], wanted: &Wanted<'_>) -> Outcome<Vec<(Rc<Node>, Var)>> {
    // The context lives in the host, which a rule may need whole, so the pass gets a handle of its own.
    let cx = host.context();
    pull(&cx, heads, wanted, &mut HostCaller(host))
}

/// Lets a rule of the program be called during a pass.
pub struct HostCaller<'h>(pub &'h mut dyn Host);

impl Caller for HostCaller<'_> {
    fn call_rule(&mut self, function: &dyn Any, dy: &Var, y: &Var, args: &[Var]) -> Outcome<Vec<Option<Var>>> {
        self.0.call_rule(function, dy, y, args)
    }
}

pub(crate) static GRAD: Builtin = Builtin {
    name: "grad",
    params: &["y", "x = none", "head = none", "wrt = 0"],
    doc: "The gradient: of a variable, of a result by something it was computed from, or as a function.\n\n`grad(x)` (or `x.grad`) is what the last `backward` stored. `grad(y, x)` computes the gradient of `sum(y)` by `x` and stores nothing. `grad(f)` (or `f'`) is the function that returns the gradient of `sum(f(…))` by its first argument, or by those at the positions `wrt`.\n> f(x) = x ** 3\n> grad(f)(2)\n12\n> f'(2)\n12",
    samples: &[],
    run: Run::Routine(|call| {
        if call.args.get(0).is_function() {
            let wrt = [3, 1].into_iter().map(|i| call.args.get(i)).find(|value| !matches!(value, Value::Unset));
            let wrt = wrt.cloned().unwrap_or(Value::num(0.0));
            super::transform::positions(&wrt)?;
            return Ok(partial(&GRAD_OF, vec![call.args.get(0).clone(), wrt]));
        }
        if matches!(call.args.get(1), Value::Unset) {
            let value = call.args.get(0).clone();
            if let Value::Tuple(_) = value {
                return map_leaves(&value, &mut |leaf| match leaf {
                    Value::Var(var) => stored(call.host, var),
                    _ => Ok(Value::None),
                });
            }
            let Some(var) = as_var(&value)? else { return Err(call.args.wrong(0, "an attached array or a function")) };
            return stored(call.host, &var);
        }
        let heads = heads(&call.args, 0, 2)?;
        if heads.is_empty() {
            let y = call.args.get(0).clone();
            return Err(call.host.explain_unrecorded(&y));
        }
        let x = call.args.get(1).clone();
        gradient_by(call.host, &heads, &x)
    }),
};

/// A function of ours with its first arguments given.
pub fn partial(builtin: &'static Builtin, bound: Vec<Value>) -> Value {
    Value::Function(Rc::new(Function::Partial(Partial { builtin, bound })))
}

/// The gradient by everything traced in `x`, with its structure; zeros where nothing flows, `none` for
/// what is not an array.
pub fn gradient_by(host: &mut dyn Host, heads: &[(Rc<Node>, Var)], x: &Value) -> Outcome<Value> {
    let mut targets: Vec<Rc<Node>> = Vec::new();
    let mut untraced = false;
    map_leaves(x, &mut |leaf| {
        match leaf {
            Value::Var(Var::Traced(node)) => targets.push(node.clone()),
            Value::Var(_) | Value::Range(_) => untraced = true,
            _ => {}
        }
        Ok(Value::None)
    })?;
    if targets.is_empty() && untraced {
        return Err(Problem::new(format!("{} was neither attached nor recorded", name(1)))
            .label(Part::Argument(1), "nothing remembers this value")
            .help(format!("attach it before recording: attach_grad({})", name(1))));
    }
    let found = run_pull(host, heads, &Wanted::Nodes(&targets))?;
    map_leaves(x, &mut |leaf| match leaf {
        Value::Var(var) => Ok(Value::Var(match var.node().and_then(|node| cotangent_of(&found, node)) {
            Some(gradient) => gradient.clone(),
            None => var.filled_like(0.0)?,
        })),
        _ => Ok(Value::None),
    })
}

/// Whether a gradient is known to be nothing but zeros: one that nobody has looked at yet is not computed
/// for this.
fn reads_as_zeros(gradient: &Var) -> bool {
    match gradient {
        Var::Num(x) => *x == 0.0,
        Var::Array(array) if !array.is_pending() => match array.data() {
            Data::F64(data) => data.iter().all(|&x| x == 0.0),
            Data::F32(data) => data.iter().all(|&x| x == 0.0),
            Data::Bool(_) => false,
        },
        _ => false,
    }
}

/// The gradient that `backward` stored in a variable.
fn stored(host: &mut dyn Host, var: &Var) -> Outcome<Value> {
    let Some(variable) = var.node().and_then(|node| node.variable()) else {
        return Err(host.explain_gradient(var));
    };
    let gradient = variable.gradient.borrow().clone();
    if let Some(gradient) = gradient {
        if reads_as_zeros(&gradient) {
            host.explain_zeros(var)?;
        }
        return Ok(Value::Var(gradient));
    }
    if variable.request == Request::None {
        return Err(Problem::new(format!("{} was attached with req = \"none\"", name(0)))
            .label(Part::Argument(0), "it stores no gradient")
            .help(format!("compute it without storing it: grad(y, {})", name(0))));
    }
    if variable.since.get() == host.passes().count {
        return Err(host.explain_gradient(var));
    }
    host.explain_zeros(var)?;
    var.filled_like(0.0).map(Value::Var)
}

pub(crate) static DETACH: Builtin = Builtin {
    name: "detach",
    params: &["x"],
    doc: "The same value without its history: no derivative passes.\n> f(x) = x * detach(x)\n> f'(3)\n3",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        map_leaves(call.args.get(0), &mut |leaf| match leaf {
            Value::Var(var) => Ok(Value::Var(call.host.cx().detached(var))),
            other => Ok(other.clone()),
        })
    }),
};

pub(crate) static IS_RECORDING: Builtin = Builtin {
    name: "is_recording",
    params: &[],
    doc: "Whether results remember where they came from.\n> record < is_recording() >\ntrue",
    samples: &[],
    run: Run::Routine(|call| Ok(Value::bool(call.host.cx().recording()))),
};

pub(crate) static IS_TRAINING: Builtin = Builtin {
    name: "is_training",
    params: &[],
    doc: "Whether `dropout` and `batch_norm` behave as in training.\n> record < is_training() >\ntrue\n> is_training()\nfalse",
    samples: &[],
    run: Run::Routine(|call| Ok(Value::bool(call.host.cx().training()))),
};
