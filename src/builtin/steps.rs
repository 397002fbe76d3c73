//! Recorded steps, as those see them who look at what was recorded: which led to a value, what each is in
//! words, and whether it sits at a kink.

use super::recorded;
use crate::array::{limits, shape_text};
use crate::autodiff::{Node, Recall, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Host, Value};
use std::collections::HashSet;
use std::rc::Rc;

/// The steps that lead to a value, oldest first.
pub(super) fn steps(value: &Value) -> Outcome<Vec<Rc<Node>>> {
    let mut seen = HashSet::new();
    let mut waiting: Vec<Rc<Node>> = Vec::new();
    crate::value::map_leaves(value, &mut |leaf| {
        if let Value::Var(Var::Traced(node)) = leaf {
            waiting.push(node.clone());
        }
        Ok(Value::None)
    })?;
    if waiting.is_empty() {
        return Err(Problem::new("this value was not recorded")
            .label(Part::Argument(0), "nothing led to it that was recorded")
            .help("attach what it is computed from, and compute it inside a record"));
    }
    let mut found = Vec::new();
    while let Some(node) = waiting.pop() {
        if !seen.insert(node.age) {
            continue;
        }
        // To take a step apart that is made of several can take a moment.
        limits::check()?;
        node.each_operand(|operand| waiting.push(operand.clone()));
        found.push(node);
    }
    found.sort_by_key(|node| node.age);
    Ok(found)
}

/// A step in words: what it is called, and what the program has there.
pub(super) fn told(host: &mut dyn Host, node: &Node) -> (String, String) {
    match node.step() {
        None if node.variable().is_some() => ("attached".to_string(), String::new()),
        None => ("argument".to_string(), String::new()),
        Some((op, place)) => {
            let name = recorded(op).map_or("", |builtin| builtin.name);
            (name.trim_matches(['(', ')']).to_string(), host.tell_place(place))
        }
    }
}

/// How many elements of a step are at a kink, and of how many; `None` if none is.
pub(super) fn at_kink(recall: &Recall<'_>, node: &Node) -> Outcome<Option<(usize, usize)>> {
    Ok(match node.step().and_then(|(op, _)| recorded(op)) {
        Some(builtin) => kinks(builtin.name, &recall.operands(node)?, node),
        None => None,
    })
}

fn kinks(name: &str, operands: &[Var], node: &Node) -> Option<(usize, usize)> {
    let doubles = |i: usize| operands.get(i).map(|var| var.array().to_doubles().into_owned());
    let x = doubles(0)?;
    let whole = (1, 1);
    let found = match name {
        "abs" | "relu" | "leaky_relu" | "sign" => (x.iter().filter(|&&x| x == 0.0).count(), x.len()),
        "floor" | "ceil" | "trunc" => (x.iter().filter(|x| x.fract() == 0.0).count(), x.len()),
        "round" => (x.iter().filter(|x| x.fract().abs() == 0.5).count(), x.len()),
        "maximum" | "minimum" | "clip" | "hypot" | "atan2" => {
            let others: Vec<Vec<f64>> = (1..operands.len()).filter_map(doubles).collect();
            let len = node.out.len();
            // Where operands are broadcast the numbers are compared one by one only if all fit.
            let at = |data: &[f64], i: usize| match data.len() {
                1 => data.first().copied(),
                n if n == len => data.get(i).copied(),
                _ => None,
            };
            let both_zero = matches!(name, "hypot" | "atan2");
            let tie = |i: usize| {
                others.iter().any(|other| match (at(&x, i), at(other, i)) {
                    (Some(a), Some(b)) => a == b && (!both_zero || a == 0.0),
                    _ => false,
                })
            };
            ((0..len).filter(|&i| tie(i)).count(), len)
        }
        "norm" if node.out.item() == Some(0.0) => whole,
        "max" | "min" if node.out.shape().is_empty() => {
            let best = node.out.item()?;
            (usize::from(x.iter().filter(|&&x| x == best).count() > 1), 1)
        }
        _ => return None,
    };
    (found.0 > 0).then_some(found)
}

/// Where an element stands, as ` at [1, 0]`; nothing for a number.
pub(crate) fn index_text(shape: &[usize], i: usize) -> String {
    let mut position = Vec::new();
    let mut rest = i;
    for &dim in shape.iter().rev() {
        position.push(rest % dim.max(1));
        rest /= dim.max(1);
    }
    position.reverse();
    if position.is_empty() { String::new() } else { format!(" at {}", shape_text(&position)) }
}
