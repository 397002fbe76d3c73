//! Functions of functions that are not about derivatives, and what else goes through entries one by one.
//!
//! `map(f, xs)` is a loop whose results need no name. Entries are rows of an array, members of a tuple, characters of
//! a string or numbers of a range; each function takes all of them, and gives back what it was given where it can.

use super::{indexing, join};
use crate::array::{Array, Shape, limits, shape_text};
use crate::autodiff::{Context, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Range, Run, Tuple, Value, as_var};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MAP, &FILTER, &REDUCE, &ZIP, &ENUMERATE];

/// What a value holds, one by one.
enum Items {
    Array(Var),
    Tuple(Rc<Tuple>),
    Text(Vec<char>),
    Range(Rc<Range>),
}

impl Items {
    fn of(args: &Arguments, i: usize) -> Outcome<Items> {
        Items::of_value(args.get(i)).ok_or_else(|| args.wrong(i, "an array, a tuple or a string"))
    }

    fn of_value(value: &Value) -> Option<Items> {
        Some(match value {
            Value::Var(var) if !var.shape().is_empty() => Items::Array(var.clone()),
            Value::Tuple(tuple) => Items::Tuple(tuple.clone()),
            Value::Text(text) => Items::Text(text.chars().collect()),
            Value::Range(range) => Items::Range(range.clone()),
            _ => return None,
        })
    }

    fn len(&self) -> usize {
        match self {
            Items::Array(var) => var.shape().first().copied().unwrap_or(0),
            Items::Tuple(tuple) => tuple.items.len(),
            Items::Text(characters) => characters.len(),
            Items::Range(range) => range.len,
        }
    }

    fn at(&self, cx: &Context, i: usize) -> Outcome<Value> {
        limits::check()?;
        Ok(match self {
            Items::Array(Var::Array(array)) if array.rank() == 1 && array.doubles().is_some() => {
                Value::num(array.at(i).unwrap_or(f64::NAN))
            }
            Items::Array(var) => Value::Var(indexing::row(cx, var, i)?),
            Items::Tuple(tuple) => tuple.items.get(i).cloned().unwrap_or(Value::None),
            Items::Text(characters) => Value::text(characters.get(i).copied().unwrap_or(' ')),
            Items::Range(range) => Value::num(range.at(i)),
        })
    }
}

pub(crate) static MAP: Builtin = Builtin {
    name: "map",
    params: &["f", "xs"],
    doc: "What a function gives for each entry.\n\nOver an array the entries are those along the first axis, and results that are numbers are stacked; other results, and those over a tuple or a string, come as a tuple.\n> map(sum, [[1, 2], [3, 4]])\n[3, 7]\n> map(x -> x ** 2, (1, [2, 3]))\n(1, [4, 9])",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let items = Items::of(&call.args, 1)?;
        let place = call.host.cx().place();
        let mut results = Vec::new();
        for i in 0..items.len() {
            let item = items.at(call.host.cx(), i)?;
            results.push(call.host.call(&f, vec![item])?);
            call.host.cx().set_place(place);
        }
        match &items {
            Items::Tuple(tuple) => Ok(tuple.with_items(results)),
            Items::Text(_) => Ok(Value::tuple(results)),
            Items::Array(_) | Items::Range(_) => stacked(call.host.cx(), results),
        }
    }),
};

/// Numbers as one array, anything else as a tuple.
fn stacked(cx: &Context, results: Vec<Value>) -> Outcome<Value> {
    if results.is_empty() {
        return Ok(Value::Var(Array::new(Shape::from_slice(&[0]), Vec::<f64>::new()).into()));
    }
    match results.iter().map(as_var).collect::<Outcome<Option<Vec<Var>>>>()? {
        Some(vars) => {
            let shape = Shape::from_slice(vars.first().map_or(&[], Var::shape));
            if let Some((i, other)) = vars.iter().enumerate().find(|(_, var)| var.shape() != shape.as_slice()) {
                return Err(Problem::new("the results have different shapes, so they do not stack")
                    .note(format!(
                        "the first has shape {}, that of entry {i} has {}",
                        shape_text(&shape),
                        shape_text(other.shape())
                    ))
                    .help("to keep them apart, map over a tuple"));
            }
            join::stack(cx, &vars, 0).map(Value::Var)
        }
        None => Ok(Value::tuple(results)),
    }
}

pub(crate) static FILTER: Builtin = Builtin {
    name: "filter",
    params: &["f", "xs"],
    doc: "The entries for which a function gives true.\n> filter(x -> x > 1, [1, 2, 3])\n[2, 3]\n> filter(x -> x != none, (1, none, 2))\n(1, 2)",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let items = Items::of(&call.args, 1)?;
        let place = call.host.cx().place();
        let mut kept = Vec::new();
        for i in 0..items.len() {
            let item = items.at(call.host.cx(), i)?;
            let holds = call.host.call(&f, vec![item])?;
            call.host.cx().set_place(place);
            let found = || {
                Problem::new(format!("filter needs true or false, and the function gave {}", holds.kind()))
                    .label(Part::Argument(0), holds.kind())
            };
            if truth(&holds).ok_or_else(found)? {
                kept.push(i);
            }
        }
        let cx = call.host.cx();
        Ok(match items {
            Items::Tuple(tuple) => {
                let mut part = Tuple::default();
                for i in kept {
                    part.push(tuple.name(i).cloned(), tuple.items.get(i).cloned().unwrap_or(Value::None));
                }
                Value::Tuple(Rc::new(part))
            }
            Items::Text(characters) => {
                Value::text(kept.into_iter().filter_map(|i| characters.get(i)).collect::<String>())
            }
            Items::Range(range) => Value::Var(
                Array::new([kept.len()].as_slice(), kept.into_iter().map(|i| range.at(i)).collect::<Vec<_>>()).into(),
            ),
            Items::Array(var) => Value::Var(indexing::rows(cx, &var, &kept)?),
        })
    }),
};

/// Whether a single truth value or number holds.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Var(var) if var.shape().is_empty() => var.item().map(|x| x != 0.0),
        _ => None,
    }
}

pub(crate) static REDUCE: Builtin = Builtin {
    name: "reduce",
    params: &["f", "xs", "initial = xs[0]"],
    doc: "Joins the entries from the left: `f(f(f(initial, xs[0]), xs[1]), xs[2])`.\n\nWithout `initial` it starts with the first entry.\n> reduce((a, b) -> a * 10 + b, [1, 2, 3])\n123\n> reduce((a, b) -> a + b, (\"x\", \"y\"), \">\")\n\">xy\"",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let items = Items::of(&call.args, 1)?;
        let (mut result, start) = match call.args.get(2) {
            Value::Unset if items.len() == 0 => {
                return Err(Problem::new("there is nothing to reduce")
                    .label(Part::Argument(1), "no entries")
                    .help("give the value to start with: reduce(f, xs, 0)"));
            }
            Value::Unset => (items.at(call.host.cx(), 0)?, 1),
            initial => (initial.clone(), 0),
        };
        let place = call.host.cx().place();
        for i in start..items.len() {
            let item = items.at(call.host.cx(), i)?;
            result = call.host.call(&f, vec![result, item])?;
            call.host.cx().set_place(place);
        }
        Ok(result)
    }),
};

pub(crate) static ZIP: Builtin = Builtin {
    name: "zip",
    params: &["...xs"],
    doc: "The first entries of all, then the second ones, and so on, as a tuple of tuples.\n\nIt is as long as the shortest.\n> zip([1, 2], (\"a\", \"b\"))\n((1, \"a\"), (2, \"b\"))",
    samples: &[],
    run: Run::Routine(|call| {
        let mut all = Vec::new();
        for value in call.args.rest(0) {
            all.push(Items::of_value(value).ok_or_else(|| {
                Problem::new(format!("zip needs arrays, tuples or strings, found {}", value.kind()))
                    .help("to count along, write enumerate(xs)")
            })?);
        }
        let len = all.iter().map(Items::len).min().unwrap_or(0);
        let mut result = limits::reserve(len)?;
        for i in 0..len {
            let entry = all.iter().map(|items| items.at(call.host.cx(), i)).collect::<Outcome<_>>()?;
            result.push(Value::tuple(entry));
        }
        Ok(Value::tuple(result))
    }),
};

pub(crate) static ENUMERATE: Builtin = Builtin {
    name: "enumerate",
    params: &["xs", "start = 0"],
    doc: "Every entry with its position in front, as a tuple of pairs.\n\nPositions count from `start`.\n> enumerate((\"a\", \"b\"))\n((0, \"a\"), (1, \"b\"))\n> for i, x in enumerate([5, 7]) { print(i, x) }\n0 5\n1 7",
    samples: &[],
    run: Run::Routine(|call| {
        let items = Items::of(&call.args, 0)?;
        let start = call.args.number_or(1, 0.0)?;
        let mut result = limits::reserve(items.len())?;
        for i in 0..items.len() {
            result.push(Value::tuple(vec![Value::num(start + i as f64), items.at(call.host.cx(), i)?]));
        }
        Ok(Value::tuple(result))
    }),
};
