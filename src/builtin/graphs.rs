//! What was recorded, drawn: `graph`.

use super::drawing::{look, option, screen, text, write};
use super::recorded;
use super::steps::steps;
use crate::array::shape_text;
use crate::autodiff::{Args, Node, Var};
use crate::diagnostic::{Part, Problem};
use crate::plot::graph::{self, Kind, Step};
use crate::show::{Style, number};
use crate::value::{Builtin, Run, Value};
use std::collections::HashMap;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&GRAPH];

/// How many steps are drawn on the screen and on a page, if nobody says, and at most.
const FEW: usize = 24;
const MANY: usize = 60;
const MOST: usize = 300;

pub(crate) static GRAPH: Builtin = Builtin {
    name: "graph",
    params: &["y", "steps = none", "file = none", "style = none"],
    doc: "Draws the recorded computation of `y`: each step below what it was computed from, with its operation, its value or shape, and the name of the variable that holds it.

Only the newest `steps` are drawn. `file = \"x.svg\"` or `\"x.png\"` writes a file instead of printing; `style` is \"braille\" or \"ascii\".
> x = [1, 2]
> attach_grad(x)
> record < y = sum(x ** 2) >
> graph(y, style = \"ascii\")
   x [2]
     |
square [2]
     |
 y: sum 5",
    samples: &[],
    run: Run::Routine(|call| {
        let look = look(&call.args)?;
        let path = text(&call.args, "file")?;
        let nodes = steps(call.args.get(0))?;
        let usual = if path.is_some() { MANY } else { FEW };
        let at = option(&call.args, "steps").unwrap_or(0);
        let mut wanted = usual;
        if call.args.given(at) {
            let count = call.args.whole(at)?;
            wanted = usize::try_from(count).ok().filter(|count| (1..=MOST).contains(count)).ok_or_else(|| {
                Problem::new(format!("steps is from 1 to {MOST}, found {count}")).label(Part::Argument(at), count.to_string())
            })?;
        }
        let names: HashMap<u64, String> =
            call.host.recorded_names().into_iter().map(|(name, node)| (node.age, name)).collect();
        let columns = call.host.style().width;
        let mut drawn = describe(&nodes, wanted, &names);
        if path.is_none() {
            // What is wider than the window would be torn apart.
            while graph::width(&drawn.0) > columns && wanted > 1 {
                wanted = (wanted * 3 / 4).max(1);
                drawn = describe(&nodes, wanted, &names);
            }
        }
        let (described, hidden) = drawn;
        let note = match hidden {
            0 => String::new(),
            1 => "1 earlier step is not shown".to_string(),
            hidden => format!("{} earlier steps are not shown", crate::diagnostic::grouped(hidden)),
        };
        if let Some(path) = path {
            let what = format!("{} of {} steps", nodes.len() - hidden, nodes.len());
            return write(call, &path, &graph::lay_out(&described, &note), &what);
        }
        let unicode = screen(call, look).unicode;
        let note = if note.is_empty() { note } else { format!("{} {note}\n", if unicode { "…" } else { "..." }) };
        let drawn = graph::draw(&described, unicode);
        call.host.print(&format!("{note}{drawn}"))?;
        Ok(Value::None)
    }),
};

/// The newest steps in words, and how many are left out.
fn describe(nodes: &[Rc<Node>], most: usize, names: &HashMap<u64, String>) -> (Vec<Step>, usize) {
    let hidden = nodes.len().saturating_sub(most);
    let mut described: Vec<Step> = Vec::new();
    let mut places: HashMap<u64, usize> = HashMap::new();
    let last = nodes.len().saturating_sub(1);
    for (i, node) in nodes.iter().enumerate().skip(hidden) {
        let mut inputs = Vec::new();
        let mut cut = false;
        node.each_operand(|operand| match places.get(&operand.age) {
            Some(place) => inputs.push(*place),
            None => cut = true,
        });
        if cut {
            inputs.push(described.len());
            described.push(Step { label: "...".to_string(), kind: Kind::Step, inputs: Vec::new() });
        }
        let kind = match node.step() {
            None => Kind::Source,
            Some(_) if i == last => Kind::Result,
            Some(_) => Kind::Step,
        };
        places.insert(node.age, described.len());
        described.push(Step { label: label(node, names.get(&node.age)), kind, inputs });
    }
    (described, hidden)
}

/// `y: 2 * [2, 2]`: the name, the operation with the numbers in it, and the result.
fn label(node: &Node, name: Option<&String>) -> String {
    let style = Style { digits: 4, ..Style::default() };
    let brief = |var: &Var| match var.item() {
        Some(x) if var.shape().is_empty() => number(x, &style),
        _ => shape_text(var.shape()),
    };
    let operation = |op: u16| recorded(op).map_or("", |builtin| builtin.name).trim_matches(['(', ')']).to_string();
    let constant = |var: &Var| (var.node().is_none() && var.shape().is_empty()).then(|| brief(var));
    let what = match node.args() {
        Args::Source | Args::Variable(_) => String::new(),
        Args::One(op, ..) | Args::Two(op, ..) | Args::Cut(op, ..) => operation(*op),
        Args::Left(op, _, _, y) => format!("{} {}", operation(*op), number(*y, &style)),
        Args::Right(op, _, x, _) => format!("{} {}", number(*x, &style), operation(*op)),
        Args::Many(many) => match &many.args[..] {
            [_, y] if constant(y).is_some() => format!("{} {}", operation(many.op), constant(y).unwrap_or_default()),
            [x, _] if constant(x).is_some() => format!("{} {}", constant(x).unwrap_or_default(), operation(many.op)),
            _ => operation(many.op),
        },
    };
    let name = name.map(|name| super::drawing::short(name));
    match (name, what.is_empty()) {
        (Some(name), true) => format!("{name} {}", brief(&node.out)),
        (Some(name), false) => format!("{name}: {what} {}", brief(&node.out)),
        (None, true) => format!("attached {}", brief(&node.out)),
        (None, false) => format!("{what} {}", brief(&node.out)),
    }
}
