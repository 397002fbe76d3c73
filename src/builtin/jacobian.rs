//! All first derivatives at once, and all second ones.
//!
//! A Jacobian is computed row by row with reverse passes or column by column with forward passes, whichever
//! are fewer, over one run of the function. Arguments and results may be tuples: then so is the Jacobian, a
//! tuple like the result whose entries are tuples like the argument.

use super::gradient::{HostCaller, partial, run_pull};
use super::join::stack;
use super::shape::reshape;
use super::transform::{call_recorded, gradient_recorded, rest_tuple, with_sources, wrt};
use crate::array::{Array, Data, Shape, limits};
use crate::autodiff::{Node, Var, Wanted, cotangent_of, push};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Host, Run, Tuple, Value, as_var, map_leaves};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&JACOBIAN, &JACOBIAN_OF, &HESSIAN, &HESSIAN_OF];

pub(crate) static JACOBIAN: Builtin = Builtin {
    name: "jacobian",
    params: &["f", "wrt = 0"],
    doc: "The function that returns the derivative of every element of `f(…)` by every element of its first argument, or of those at the positions `wrt`.\n\nIts shape is that of the result followed by that of the argument. Of a tuple it is a tuple like the result, whose entries are like the argument. It takes as many passes as the result or the argument has elements, whichever is less.\n> jacobian(x -> x ** 2)([1, 2])\n[[2, 0],\n [0, 4]]\n> jacobian((a, b) -> a * b, wrt = (0, 1))(2, [3, 5])\n([3, 5], [[2, 0],\n          [0, 2]])",
    samples: &[],
    run: Run::Routine(|call| {
        let wrt = wrt(&call.args, 1)?;
        Ok(partial(&JACOBIAN_OF, vec![call.args.function(0)?.clone(), wrt]))
    }),
};

static JACOBIAN_OF: Builtin = Builtin {
    name: "(jacobian)",
    params: &["f", "wrt", "...args"],
    doc: "All first derivatives of a function.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        derivatives(call, "jacobian", &mut |host, f, _, args| call_recorded(host, f, args))
    }),
};

pub(crate) static HESSIAN: Builtin = Builtin {
    name: "hessian",
    params: &["f", "wrt = 0"],
    doc: "The function that returns all second derivatives of `sum(f(…))` by the elements of its first argument, or of those at the positions `wrt`.\n\nOf a tuple it is a tuple of tuples.\n> hessian(x -> sum(x ** 3))([1, 2])\n[[6,  0],\n [0, 12]]\n> hessian(p -> p.a ** 2 * p.b)((a = 2, b = 3))\n(a = (a = 6, b = 4), b = (a = 4, b = 0))",
    samples: &[],
    run: Run::Routine(|call| {
        let wrt = wrt(&call.args, 1)?;
        Ok(partial(&HESSIAN_OF, vec![call.args.function(0)?.clone(), wrt]))
    }),
};

static HESSIAN_OF: Builtin = Builtin {
    name: "(hessian)",
    params: &["f", "wrt", "...args"],
    doc: "All second derivatives of a function.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| derivatives(call, "hessian", &mut gradient_recorded)),
};

/// What to run on sources: the function, or its gradient.
type Recorded<'r> = &'r mut dyn FnMut(&mut dyn Host, &Value, &Value, Tuple) -> Outcome<Value>;

/// All derivatives of what `run` makes of a function, by the arguments at `wrt`.
fn derivatives(call: &mut Call<'_>, name: &str, run: Recorded<'_>) -> Outcome<Value> {
    let (f, wrt) = (call.args.get(0).clone(), call.args.get(1).clone());
    let (args, by) = with_sources(call.host, &wrt, rest_tuple(&call.args, 2))?;
    let inputs = nodes(&by)?;
    let result = run(call.host, &f, &wrt, args)?;
    let mut outputs = Vec::new();
    map_leaves(&result, &mut |leaf| {
        match as_var(leaf)? {
            Some(var) => outputs.push(var),
            // The gradient by what is no number.
            None if matches!(leaf, Value::None) => {}
            None => {
                return Err(Problem::new(format!("{name} needs a function that gives numbers"))
                    .label(Part::Whole, format!("it gave {}", leaf.kind())));
            }
        }
        Ok(Value::None)
    })?;
    let mut blocks = blocks(call.host, &inputs, &outputs)?.into_iter();
    map_leaves(&result, &mut |leaf| match as_var(leaf)? {
        Some(_) => map_leaves(&by, &mut |leaf| match leaf {
            Value::Var(Var::Traced(_)) => Ok(blocks.next().map_or(Value::None, Value::Var)),
            _ => Ok(Value::None),
        }),
        None => Ok(Value::None),
    })
}

/// The traced leaves of a value.
fn nodes(value: &Value) -> Outcome<Vec<Rc<Node>>> {
    let mut found = Vec::new();
    map_leaves(value, &mut |leaf| {
        if let Value::Var(Var::Traced(node)) = leaf {
            found.push(node.clone());
        }
        Ok(Value::None)
    })?;
    Ok(found)
}

/// The derivative of every output by every input, output by output.
fn blocks(host: &mut dyn Host, inputs: &[Rc<Node>], outputs: &[Var]) -> Outcome<Vec<Var>> {
    let mut shapes = Vec::new();
    for output in outputs {
        for input in inputs {
            let mut shape = Shape::from_slice(output.shape());
            shape.extend_from_slice(input.out.shape());
            limits::checked_count(&shape)?;
            shapes.push(shape);
        }
    }
    let rows: usize = outputs.iter().map(|output| output.node().map_or(0, |node| node.out.len())).sum();
    let columns: usize = inputs.iter().map(|input| input.out.len()).sum();
    let parts = if rows <= columns { by_rows(host, inputs, outputs)? } else { by_columns(host, inputs, outputs)? };
    let of = |i: usize| (i / inputs.len().max(1), i % inputs.len().max(1));
    let cx = host.context();
    let mut blocks = Vec::new();
    for (i, (parts, shape)) in parts.iter().zip(&shapes).enumerate() {
        let axis = if rows <= columns { 0 } else { outputs.get(of(i).0).map_or(0, |output| output.shape().len()) };
        blocks.push(if parts.is_empty() {
            let like = inputs.get(of(i).1).map_or(Var::default(), |input| input.out.clone());
            Array::full(shape.clone(), 0.0, like.filled_like(0.0)?.dtype())?.into()
        } else {
            reshape(&cx, &stack(&cx, parts, axis)?, shape)?
        });
    }
    Ok(blocks)
}

/// The rows of every block, by reverse passes.
fn by_rows(host: &mut dyn Host, inputs: &[Rc<Node>], outputs: &[Var]) -> Outcome<Vec<Vec<Var>>> {
    let mut blocks = Vec::new();
    for output in outputs {
        let mut parts: Vec<Vec<Var>> = vec![Vec::new(); inputs.len()];
        if let Var::Traced(result) = output {
            for i in 0..output.len() {
                let found = run_pull(host, &[(result.clone(), unit(&result.out, i)?)], &Wanted::Nodes(inputs))?;
                for (input, parts) in inputs.iter().zip(&mut parts) {
                    parts.push(match cotangent_of(&found, input) {
                        Some(row) => row.clone(),
                        None => input.out.filled_like(0.0)?,
                    });
                }
            }
        }
        blocks.append(&mut parts);
    }
    Ok(blocks)
}

/// The columns of every block, by forward passes.
fn by_columns(host: &mut dyn Host, inputs: &[Rc<Node>], outputs: &[Var]) -> Outcome<Vec<Vec<Var>>> {
    let results: Vec<Rc<Node>> = outputs.iter().filter_map(Var::node).cloned().collect();
    let mut blocks: Vec<Vec<Var>> = vec![Vec::new(); inputs.len().saturating_mul(outputs.len())];
    let cx = host.context();
    for (k, input) in inputs.iter().enumerate() {
        for i in 0..input.out.len() {
            let seed = [(input.clone(), unit(&input.out, i)?)];
            let mut pushed = push(&cx, &seed, &results, &mut HostCaller(host))?.into_iter();
            for (j, output) in outputs.iter().enumerate() {
                let column = output.node().and_then(|_| pushed.next()).flatten();
                if let (Some(parts), Some(_)) = (blocks.get_mut(j * inputs.len() + k), output.node()) {
                    parts.push(column.map_or_else(|| output.filled_like(0.0), Ok)?);
                }
            }
        }
    }
    Ok(blocks)
}

/// One at one element, zero elsewhere.
fn unit(like: &Var, i: usize) -> Outcome<Var> {
    let mut array = like.filled_like(0.0)?.array().into_owned();
    match array.data_mut() {
        Data::F64(data) => data.get_mut(i).into_iter().for_each(|x| *x = 1.0),
        Data::F32(data) => data.get_mut(i).into_iter().for_each(|x| *x = 1.0),
        Data::Bool(_) => {}
    }
    Ok(array.into())
}
