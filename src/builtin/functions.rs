//! Functions of functions that are not about derivatives, and what a script needs besides numbers:
//! errors, assertions, text, input.

use super::{indexing, join};
use crate::array::{Array, Shape, limits, shape_text};
use crate::autodiff::{Context, Var};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Call, Range, Run, Tuple, Value, as_var, display, zip_leaves};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MAP, &FILTER, &REDUCE, &ZIP, &ENUMERATE, &ERROR, &ASSERT, &ASSERT_CLOSE, &STR, &INPUT];

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
fn truth(value: &Value) -> Option<bool> {
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

pub(crate) static ERROR: Builtin = Builtin {
    name: "error",
    params: &["text"],
    doc: "Stops with a message, which `catch` may handle.\n\nWhat `catch` caught can be given to stop with the same message again.\n> try { error(\"too cold\") } catch err { err.message }\n\"too cold\"",
    samples: &[],
    run: Run::Routine(|call| {
        if let Value::Tuple(caught) = call.args.get(0) {
            let entry = |name: &str| caught.find(name).and_then(|i| caught.items.get(i));
            if let Some(Value::Text(message)) = entry("message") {
                let problem = Problem::new(message.as_str());
                return Err(match entry("line") {
                    Some(line @ Value::Var(_)) => {
                        problem.note(format!("caught before, from line {}", display(line, call.host.style())))
                    }
                    _ => problem,
                });
            }
        }
        Err(Problem::new(call.args.text(0)?))
    }),
};

pub(crate) static ASSERT: Builtin = Builtin {
    name: "assert",
    params: &["condition", "text = none"],
    doc: "Stops with a message unless a condition holds.\n> try { assert(1 > 2, \"one is not greater\") } catch err { err.message }\n\"one is not greater\"",
    samples: &[],
    run: Run::Routine(|call| {
        let holds = truth(call.args.get(0)).ok_or_else(|| {
            let problem = call.args.wrong(0, "one true or false");
            if matches!(call.args.get(0), Value::Var(_)) {
                problem.help("for an array, write assert(all(…)) or assert(any(…))")
            } else {
                problem
            }
        })?;
        match call.args.get(1) {
            _ if holds => Ok(Value::None),
            Value::Text(text) => Err(Problem::new(text.as_str()).label(Part::Argument(0), "does not hold")),
            Value::Unset | Value::None => {
                Err(Problem::new("an assertion does not hold").label(Part::Argument(0), "false"))
            }
            _ => Err(call.args.wrong(1, "a string")),
        }
    }),
};

pub(crate) static ASSERT_CLOSE: Builtin = Builtin {
    name: "assert_close",
    params: &["a", "b", "rtol = 1e-7", "atol = 0"],
    doc: "Stops unless every element of `a` is within `atol + rtol * abs(b)` of that of `b`.\n\nShapes must agree, but either may be a single number; a nan is close to a nan. Tuples are compared leaf by leaf.\n> assert_close(0.1 + 0.2, 0.3)\n> try { assert_close([1, 2], [1, 2.5]) } catch err { err.message }\n\"1 of 2 elements is not close\"",
    samples: &[],
    run: Run::Routine(|call| {
        let tolerance = (call.args.number_or(2, 1e-7)?, call.args.number_or(3, 0.0)?);
        let (a, b) = (call.args.get(0).clone(), call.args.get(1).clone());
        if !matches!((&a, &b), (Value::Tuple(_), _) | (_, Value::Tuple(_))) {
            return close(call, &a, &b, tolerance).map(|()| Value::None);
        }
        zip_leaves(&[a, b], &mut |leaves| match leaves {
            [a, b] => close(call, a, b, tolerance).map(|()| Value::None),
            _ => Ok(Value::None),
        })?;
        Ok(Value::None)
    }),
};

fn close(call: &mut Call<'_>, a: &Value, b: &Value, (rtol, atol): (f64, f64)) -> Outcome<()> {
    let (Some(a), Some(b)) = (as_var(a)?, as_var(b)?) else {
        return match (a, b) {
            (Value::None, Value::None) => Ok(()),
            (Value::Text(a), Value::Text(b)) if a == b => Ok(()),
            _ => Err(Problem::new(format!("{} is not close to {}", a.kind(), b.kind()))
                .label(Part::Argument(0), a.kind())
                .label(Part::Argument(1), b.kind())),
        };
    };
    if a.shape() != b.shape() && !a.shape().is_empty() && !b.shape().is_empty() {
        return Err(Problem::new("arrays of different shapes are not close")
            .label(Part::Argument(0), shape_text(a.shape()))
            .label(Part::Argument(1), shape_text(b.shape())));
    }
    let shape = Shape::from_slice(if a.shape().is_empty() { b.shape() } else { a.shape() });
    let (xs, ys) = (a.array(), b.array());
    let (xs, ys) = (xs.to_doubles(), ys.to_doubles());
    let at = |data: &[f64], i: usize| data.get(if data.len() == 1 { 0 } else { i }).copied().unwrap_or(f64::NAN);
    let (mut wrong, mut worst, count) = (0_usize, None::<(f64, usize)>, crate::array::count(&shape));
    for i in 0..count {
        if i % limits::STRIDE == 0 {
            limits::check()?;
        }
        let (x, y) = (at(&xs, i), at(&ys, i));
        if x == y || x.is_nan() && y.is_nan() || (x - y).abs() <= atol + rtol * y.abs() && y.is_finite() {
            continue;
        }
        wrong += 1;
        // How many times more than allowed; what is not a number is worse than anything.
        let badness = (x - y).abs() / (atol + rtol * y.abs());
        let badness = if badness.is_nan() { f64::INFINITY } else { badness };
        if worst.is_none_or(|(most, _)| badness > most) {
            worst = Some((badness, i));
        }
    }
    let Some((_, i)) = worst else { return Ok(()) };
    Err(not_close(call, &shape, wrong, count, i, (at(&xs, i), at(&ys, i)), atol + rtol * at(&ys, i).abs()))
}

#[cold]
fn not_close(
    call: &mut Call<'_>,
    shape: &[usize],
    wrong: usize,
    count: usize,
    i: usize,
    (x, y): (f64, f64),
    allowed: f64,
) -> Fail {
    let mut style = *call.host.style();
    let mut number = |x: f64, digits: usize| {
        style.digits = digits;
        crate::show::number(x, &style)
    };
    let digits = if (x - y).abs() < 1e-4 * y.abs() { 17 } else { 6 };
    let (left, right) = (number(x, digits), number(y, digits));
    let (difference, allowed) = (number((x - y).abs(), 6), number(allowed, 6));
    let title = match (count, wrong) {
        (1, _) => "these are not close".to_string(),
        (_, 1) => format!("1 of {count} elements is not close"),
        _ => format!("{wrong} of {count} elements are not close"),
    };
    let place = if shape.is_empty() { String::new() } else { format!("the worst is at {}: ", index_text(shape, i)) };
    Problem::new(title)
        .label(Part::Argument(0), left)
        .label(Part::Argument(1), right)
        .note(format!("{place}they differ by {difference}, and {allowed} is allowed"))
}

/// A position in row-major order as an index: `[1, 0]`.
fn index_text(shape: &[usize], i: usize) -> String {
    let mut rest = i;
    let mut index = Shape::from_elem(0, shape.len());
    for (at, &dim) in index.iter_mut().zip(shape).rev() {
        *at = rest % dim.max(1);
        rest /= dim.max(1);
    }
    shape_text(&index)
}

pub(crate) static STR: Builtin = Builtin {
    name: "str",
    params: &["x"],
    doc: "A value as text, as `print` shows it.\n> str([1, 2]) + \"!\"\n\"[1, 2]!\"",
    samples: &[],
    run: Run::Routine(|call| {
        let style = *call.host.style();
        Ok(Value::text(display(call.args.get(0), &style)))
    }),
};

pub(crate) static INPUT: Builtin = Builtin {
    name: "input",
    params: &["prompt = \"\""],
    doc: "A line from standard input as a string, without its end; `none` at the end of the input.",
    samples: &[],
    run: Run::Routine(|call| {
        let prompt = if call.args.given(0) { call.args.text(0)?.to_string() } else { String::new() };
        Ok(call.host.input(&prompt)?.map_or(Value::None, Value::text))
    }),
};
