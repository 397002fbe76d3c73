//! Looking at what was recorded: the steps, those at a kink, and the one where a nan began.
//!
//! `loss` is nan and forty steps led to it; `nan_origin(loss)` names the one that made a nan of numbers.

use super::recorded;
use super::transform::{call_recorded, sources};
use crate::array::{DType, limits, shape_text};
use crate::autodiff::{Args, Node, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::show;
use crate::value::{Builtin, Host, Run, Tuple, Value};
use std::collections::HashSet;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&WHY, &TAPE, &KINKS, &NAN_ORIGIN];

pub(crate) static WHY: Builtin = Builtin {
    name: "why",
    params: &["x"],
    doc: "Says why the gradient of an attached array is what it is: not computed, zero for a reason, or reached.\n> x = [1, 2]\n> attach_grad(x)\n> record < y = sum(x ** 2) >\n> backward(y)\n> why(x)\nbackward reached this variable: 2 of 2 elements of its gradient are not zero",
    samples: &[],
    run: Run::Routine(|call| {
        let var = call.args.var(0)?;
        let Some(variable) = var.node().and_then(|node| node.variable()) else {
            return Err(call.host.explain_gradient(&var));
        };
        let stored = variable.gradient.borrow().clone();
        let text = match stored {
            Some(gradient) => {
                let data = gradient.array().to_doubles().into_owned();
                let count = data.iter().filter(|&&x| x != 0.0).count();
                let elements = if data.len() == 1 { "element" } else { "elements" };
                let are = if count == 1 { "is" } else { "are" };
                format!(
                    "backward reached this variable: {count} of {} {elements} of its gradient {are} not zero",
                    data.len()
                )
            }
            None if variable.since.get() == call.host.passes().count => return Err(call.host.explain_gradient(&var)),
            None => call.host.tell_zeros(&var),
        };
        call.host.print(&(text + "\n")).map(|()| Value::None)
    }),
};

/// The steps that lead to a value, oldest first.
fn steps(value: &Value) -> Outcome<Vec<Rc<Node>>> {
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
        if seen.len().is_multiple_of(1024) {
            limits::check()?;
        }
        node.each_operand(|operand| waiting.push(operand.clone()));
        found.push(node);
    }
    found.sort_by_key(|node| node.age);
    Ok(found)
}

/// A step in words: what it is called, and what the program has there.
fn told(host: &mut dyn Host, node: &Node) -> (String, String) {
    match node.step() {
        None if node.variable().is_some() => ("attached".to_string(), String::new()),
        None => ("argument".to_string(), String::new()),
        Some((op, place)) => {
            let name = recorded(op).map_or("", |builtin| builtin.name);
            (name.trim_matches(['(', ')']).to_string(), host.tell_place(place))
        }
    }
}

/// A value in few characters: a number, or a shape.
fn brief(var: &Var) -> String {
    match var.item() {
        Some(x) if var.shape().is_empty() => show::number(x, &show::Style::default()),
        _ => shape_text(var.shape()),
    }
}

pub(crate) static TAPE: Builtin = Builtin {
    name: "tape",
    params: &["y", "rows = 20"],
    doc: "Prints the recorded steps that lead to `y`, newest last: the operation, its result or the shape of it, and where it stands.\n\nOnly the last `rows` are shown.\n> x = 3\n> attach_grad(x)\n> record < y = 2 * x ** 2 >\n> tape(y)\nattached  3\nsquare    9   x ** 2      [3]:1\n*         18  2 * x ** 2  [3]:1",
    samples: &[],
    run: Run::Routine(|call| {
        let nodes = steps(call.args.get(0))?;
        let rows = usize::try_from(call.args.whole_or(1, 20)?).unwrap_or(0);
        let hidden = nodes.len().saturating_sub(rows);
        let mut table = Vec::new();
        for node in nodes.iter().skip(hidden) {
            let (name, place) = told(call.host, node);
            table.push((name, brief(&node.out), place));
        }
        let width = |column: fn(&(String, String, String)) -> &str| {
            table.iter().map(|row| column(row).chars().count()).max().unwrap_or(0)
        };
        let (first, second) = (width(|row| &row.0), width(|row| &row.1));
        let code = |row: &str| row.split_once('\t').map_or(0, |(code, _)| code.chars().count());
        let third = table.iter().map(|row| code(&row.2)).max().unwrap_or(0);
        let mut text = if hidden > 0 { format!("... {hidden} earlier steps\n") } else { String::new() };
        for (name, result, place) in &table {
            let (code, line) = place.split_once('\t').unwrap_or((place, ""));
            let row = format!("{name:first$}  {result:second$}  {code:third$}  {line}");
            text += &format!("{}\n", row.trim_end());
        }
        call.host.print(&text).map(|()| Value::None)
    }),
};

pub(crate) static KINKS: Builtin = Builtin {
    name: "kinks",
    params: &["y", "...x"],
    doc: "Prints the recorded steps that sit at a kink, where the derivative is a choice: `abs` and `relu` at 0, a tie of `maximum` or `max`, `clip` at a bound.\n\n`y` is a recorded result, or a function that is run on the arguments after it.\n> kinks(x -> sum(abs(x) + relu(x - 1)), [0, 1])\nabs(x) is at a kink in 1 of 2 elements, [1]:1\nrelu(x - 1) is at a kink in 1 of 2 elements, [1]:1\n> kinks(x -> x ** 2, 0)\nno recorded step is at a kink",
    samples: &[],
    run: Run::Routine(|call| {
        let value = match call.args.get(0).clone() {
            f if f.is_function() => {
                let args = call.args.rest(1).to_vec();
                let args = args.iter().map(|arg| sources(call.host, arg)).collect::<Outcome<Vec<_>>>()?;
                call_recorded(call.host, &f, Tuple::new(args))?
            }
            value => value,
        };
        let mut text = String::new();
        for node in steps(&value)? {
            limits::check()?;
            let Some((count, of)) = at_kink(&node) else { continue };
            let (name, place) = told(call.host, &node);
            let (code, line) = place.split_once('\t').unwrap_or((&name, ""));
            let what =
                if of == 1 { "is at a kink".to_string() } else { format!("is at a kink in {count} of {of} elements") };
            let comma = if line.is_empty() { "" } else { ", " };
            text += &format!("{code} {what}{comma}{line}\n");
        }
        if text.is_empty() {
            text = "no recorded step is at a kink\n".to_string();
        }
        call.host.print(&text).map(|()| Value::None)
    }),
};

/// The values of a step's operands.
pub(crate) fn operands(node: &Node) -> Vec<Var> {
    match &node.args {
        Args::Source | Args::Variable(_) => Vec::new(),
        Args::One(_, _, x) => vec![x.out.to_plain()],
        Args::Two(_, _, x, y) => vec![x.out.to_plain(), y.out.to_plain()],
        Args::Left(_, _, x, y) => vec![x.out.to_plain(), Var::Num(*y)],
        Args::Right(_, _, x, y) => vec![Var::Num(*x), y.out.to_plain()],
        Args::Many(many) => many.args.iter().map(|arg| arg.to_plain()).collect(),
        Args::Cut(_, _, x) => x.upgrade().map(|x| x.out.to_plain()).into_iter().collect(),
    }
}

/// How many elements of a step are at a kink, and of how many; `None` if none is.
fn at_kink(node: &Node) -> Option<(usize, usize)> {
    let name = recorded(node.step()?.0)?.name;
    let operands = operands(node);
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

pub(crate) static NAN_ORIGIN: Builtin = Builtin {
    name: "nan_origin",
    params: &["x"],
    doc: "Prints the first recorded step that led to `x` and made a nan of operands without one: its place, and what it was computed from.\n> x = [1, -1]\n> attach_grad(x)\n> record < y = sum(log(x)) >\n> nan_origin(y)\nthe first nan is log(x) at [1], from -1, [3]:1",
    samples: &[],
    run: Run::Routine(|call| {
        for node in steps(call.args.get(0))? {
            limits::check()?;
            let Some(at) = first_nan(&node.out) else { continue };
            let operands = operands(&node);
            if operands.iter().any(|operand| first_nan(operand).is_some()) {
                continue;
            }
            let (name, place) = told(call.host, &node);
            let (code, line) = place.split_once('\t').unwrap_or((&name, ""));
            let shape = node.out.shape();
            let index = index_text(shape, at);
            let style = show::Style::default();
            let from: Option<Vec<String>> = operands
                .iter()
                .map(|operand| {
                    let i = if operand.shape() == shape { at } else { 0 };
                    let known = operand.shape() == shape || operand.len() == 1;
                    known.then(|| operand.array().at(i)).flatten().map(|x| show::number(x, &style))
                })
                .collect();
            let from = match from {
                Some(from) if !from.is_empty() => format!(", from {}", from.join(" and ")),
                _ => String::new(),
            };
            let comma = if line.is_empty() { "" } else { ", " };
            let text = format!("the first nan is {code}{index}{from}{comma}{line}\n");
            return call.host.print(&text).map(|()| Value::None);
        }
        call.host.print("no recorded step made a nan\n").map(|()| Value::None)
    }),
};

/// The position of the first nan.
pub(crate) fn first_nan(var: &Var) -> Option<usize> {
    if var.dtype() == DType::Bool {
        return None;
    }
    var.array().to_doubles().iter().position(|x| x.is_nan())
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
