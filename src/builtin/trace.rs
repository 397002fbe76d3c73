//! Looking at what was recorded: the steps, those at a kink, and the one where a nan began.
//!
//! `loss` is nan and forty steps led to it; `nan_origin(loss)` names the one that made a nan of numbers.

use super::steps::{at_kink, index_text, steps, told};
use super::transform::{call_recorded, sources};
use crate::array::{DType, limits, shape_text};
use crate::autodiff::Var;
use crate::diagnostic::Outcome;
use crate::show;
use crate::value::{Builtin, Run, Tuple, Value};

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
                if count == 0
                    && let Some(text) = call.host.tell_zeros(&var)
                {
                    return call.host.print(&(text + "\n")).map(|()| Value::None);
                }
                let elements = if data.len() == 1 { "element" } else { "elements" };
                let are = if count == 1 { "is" } else { "are" };
                format!(
                    "backward reached this variable: {count} of {} {elements} of its gradient {are} not zero",
                    data.len()
                )
            }
            None if variable.since.get() == call.host.passes().count => return Err(call.host.explain_gradient(&var)),
            None => call.host.tell_zeros(&var).unwrap_or_default(),
        };
        call.host.print(&(text + "\n")).map(|()| Value::None)
    }),
};

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
        let cx = call.host.context();
        let recall = cx.recall();
        for node in steps(&value)? {
            limits::check()?;
            let Some((count, of)) = at_kink(&recall, &node)? else { continue };
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

pub(crate) static NAN_ORIGIN: Builtin = Builtin {
    name: "nan_origin",
    params: &["x"],
    doc: "Prints the first recorded step that led to `x` and made a nan of operands without one: its place, and what it was computed from.\n> x = [1, -1]\n> attach_grad(x)\n> record < y = sum(log(x)) >\n> nan_origin(y)\nthe first nan is log(x) at [1], from -1, [3]:1",
    samples: &[],
    run: Run::Routine(|call| {
        let cx = call.host.context();
        let recall = cx.recall();
        for node in steps(call.args.get(0))? {
            limits::check()?;
            let Some(at) = first_nan(&recall.value(&node)?) else { continue };
            let operands = recall.operands(&node)?;
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
