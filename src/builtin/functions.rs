//! Functions that call functions, and what a program does besides computing.

use crate::array::limits;
use crate::autodiff::Var;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Call, Run, Tuple, Value, as_var, display};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MAP, &FILTER, &REDUCE, &ZIP, &ENUMERATE, &ERROR, &ASSERT, &ASSERT_CLOSE, &STR, &INPUT, &TIME];

/// What can be gone through: the entries of a tuple, the rows of an array, the characters of a string.
fn items(args: &Arguments, i: usize, cx: &crate::autodiff::Context) -> Outcome<Vec<Value>> {
    match args.get(i) {
        Value::Tuple(tuple) => Ok(tuple.items.clone()),
        Value::Text(text) => Ok(text.chars().map(Value::text).collect()),
        Value::Range(range) => {
            let mut found = limits::reserve(range.len)?;
            found.extend((0..range.len).map(|i| Value::num(range.at(i))));
            Ok(found)
        }
        Value::Var(var) if !var.shape().is_empty() => rows(var, cx),
        _ => Err(args.wrong(i, "an array, a tuple or a string")),
    }
}

/// The rows of an array, recorded if it is.
fn rows(var: &Var, cx: &crate::autodiff::Context) -> Outcome<Vec<Value>> {
    let len = var.shape().first().copied().unwrap_or(0);
    let mut found = limits::reserve(len)?;
    for i in 0..len {
        limits::check()?;
        found.push(match (var, var.shape().len()) {
            (Var::Array(array), 1) if array.doubles().is_some() => Value::num(array.at(i).unwrap_or(f64::NAN)),
            _ => Value::Var(super::indexing::row(cx, var, i)?),
        });
    }
    Ok(found)
}

pub(crate) static MAP: Builtin = Builtin {
    name: "map",
    params: &["f", "xs"],
    doc: "Applies a function to every row of an array, or to every entry of a tuple.\n\nOver an array the results are stacked into an array; over a tuple they make a tuple.\n> map(x -> x ** 2, [1, 2, 3])\n[1, 4, 9]\n> map(x -> x ** 2, (1, [2, 3]))\n(1, [4, 9])",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let found = items(&call.args, 1, call.host.cx())?;
        let mut results = Vec::with_capacity(found.len());
        for item in found {
            results.push(call.host.call(&f, vec![item])?);
        }
        match call.args.get(1) {
            Value::Tuple(tuple) => Ok(tuple.with_items(results)),
            Value::Text(_) => Ok(Value::tuple(results)),
            _ => stacked(call, results),
        }
    }),
};

/// Results of one shape as an array.
fn stacked(call: &Call<'_>, results: Vec<Value>) -> Outcome<Value> {
    let mut vars = Vec::with_capacity(results.len());
    for result in &results {
        match as_var(result)? {
            Some(var) => vars.push(var),
            None => {
                return Err(Problem::new(format!("an array holds numbers, and the function gave {}", result.kind()))
                    .label(Part::Argument(0), result.kind())
                    .help("over a tuple, map gives a tuple, which holds anything"));
            }
        }
    }
    super::join::stack(call.host.cx(), &vars, 0).map(Value::Var)
}

pub(crate) static FILTER: Builtin = Builtin {
    name: "filter",
    params: &["f", "xs"],
    doc: "Keeps the rows of an array, or the entries of a tuple, for which a function gives true.\n> filter(x -> x > 1, [1, 2, 3])\n[2, 3]\n> filter(x -> x > 1, (1, 2, 3))\n(2, 3)",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let found = items(&call.args, 1, call.host.cx())?;
        let mut kept = Vec::new();
        for (i, item) in found.iter().enumerate() {
            let holds = call.host.call(&f, vec![item.clone()])?;
            let holds = match &holds {
                Value::Var(var) if var.shape().is_empty() => var.item() != Some(0.0),
                other => {
                    return Err(Problem::new(format!("filter needs a function that gives true or false, and it gave {}", other.kind()))
                        .label(Part::Argument(0), other.kind()));
                }
            };
            if holds {
                kept.push(i);
            }
        }
        match call.args.get(1) {
            Value::Tuple(tuple) => {
                let mut result = Tuple::default();
                for i in kept {
                    result.push(tuple.name(i).cloned(), found[i].clone());
                }
                Ok(Value::Tuple(Rc::new(result)))
            }
            Value::Text(_) => Ok(Value::text(kept.iter().map(|&i| display(&found[i], &crate::show::Style::default())).collect::<String>())),
            _ => {
                let x = call.args.var(1)?;
                super::indexing::rows(call.host.cx(), &x, &kept).map(Value::Var)
            }
        }
    }),
};

pub(crate) static REDUCE: Builtin = Builtin {
    name: "reduce",
    params: &["f", "xs", "initial = none"],
    doc: "Combines rows or entries from the left with a function of two arguments.\n> reduce((a, b) -> a * b, [1, 2, 3, 4])\n24\n> reduce((a, b) -> a + b, (), 0)\n0",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let mut found = items(&call.args, 1, call.host.cx())?.into_iter();
        let first = if matches!(call.args.get(2), Value::Unset) { found.next() } else { Some(call.args.get(2).clone()) };
        let Some(mut total) = first else {
            return Err(Problem::new("reduce has nothing to begin with")
                .label(Part::Argument(1), "empty")
                .help("give a value to begin with: reduce(f, xs, 0)"));
        };
        for item in found {
            total = call.host.call(&f, vec![total, item])?;
        }
        Ok(total)
    }),
};

pub(crate) static ZIP: Builtin = Builtin {
    name: "zip",
    params: &["...xs"],
    doc: "Goes through several things side by side: a tuple of tuples, as many as the shortest has.\n> zip([1, 2], (\"a\", \"b\"))\n((1, \"a\"), (2, \"b\"))",
    samples: &[],
    run: Run::Routine(|call| {
        let mut columns = Vec::new();
        for value in call.args.rest(0) {
            let one = Arguments { builtin: call.args.builtin, values: [value.clone()].into_iter().collect() };
            columns.push(items(&one, 0, call.host.cx())?);
        }
        let len = columns.iter().map(Vec::len).min().unwrap_or(0);
        let rows = (0..len).map(|i| Value::tuple(columns.iter().map(|column| column[i].clone()).collect()));
        Ok(Value::tuple(rows.collect()))
    }),
};

pub(crate) static ENUMERATE: Builtin = Builtin {
    name: "enumerate",
    params: &["xs", "start = 0"],
    doc: "Pairs every row or entry with its position.\n> enumerate((\"a\", \"b\"))\n((0, \"a\"), (1, \"b\"))\n> for i, x in enumerate([5, 6]) { print(i, x) }\n0 5\n1 6",
    samples: &[],
    run: Run::Routine(|call| {
        let start = call.args.number_or(1, 0.0)?;
        let found = items(&call.args, 0, call.host.cx())?;
        let pairs = found.into_iter().enumerate().map(|(i, item)| Value::tuple(vec![Value::num(start + i as f64), item]));
        Ok(Value::tuple(pairs.collect()))
    }),
};

pub(crate) static ERROR: Builtin = Builtin {
    name: "error",
    params: &["message"],
    doc: "Stops with a message of your own, or with an error that was caught.\n> try { error(\"no data\") } catch err { err.message }\n\"no data\"",
    samples: &[],
    run: Run::Routine(|call| {
        let style = *call.host.style();
        let message = match call.args.get(0) {
            Value::Tuple(tuple) => tuple.find("message").and_then(|i| tuple.items.get(i)).cloned(),
            _ => None,
        };
        let message = message.unwrap_or_else(|| call.args.get(0).clone());
        Err(Problem::new(display(&message, &style)))
    }),
};

pub(crate) static ASSERT: Builtin = Builtin {
    name: "assert",
    params: &["condition", "message = \"this does not hold\""],
    doc: "Stops with a message unless a condition holds.\n> assert(1 + 1 == 2, \"arithmetic works\")\n> try { assert(1 > 2, \"one is small\") } catch err { err.message }\n\"this does not hold: one is small\"",
    samples: &[],
    run: Run::Routine(|call| {
        let holds = match call.args.get(0) {
            Value::Var(var) => match var.item().filter(|_| var.shape().is_empty()) {
                Some(x) => x != 0.0,
                None => {
                    return Err(Problem::new(format!("assert needs one true or false, found {}", var.len()))
                        .label(Part::Argument(0), crate::array::shape_text(var.shape()))
                        .help("as a whole: assert(all(…)) or assert(any(…))"));
                }
            },
            _ => return Err(call.args.wrong(0, "true or false")),
        };
        if holds {
            return Ok(Value::None);
        }
        let style = *call.host.style();
        let title = match call.args.get(1) {
            Value::Unset => "this does not hold".to_string(),
            message => format!("this does not hold: {}", display(message, &style)),
        };
        Err(Problem::new(title).label(Part::Argument(0), "false"))
    }),
};

pub(crate) static ASSERT_CLOSE: Builtin = Builtin {
    name: "assert_close",
    params: &["a", "b", "rtol = 1e-7", "atol = 0"],
    doc: "Stops unless two arrays agree: |a - b| <= atol + rtol * |b| for every element.\n> assert_close(0.1 + 0.2, 0.3)\n> try { assert_close([1, 2], [1, 2.5]) } catch err { err.message }\n\"these differ: 2 against 2.5 at [1]\"",
    samples: &[],
    run: Run::Routine(|call| {
        let (a, b) = (call.args.var(0)?, call.args.var(1)?);
        let (rtol, atol) = (call.args.number_or(2, 1e-7)?, call.args.number_or(3, 0.0)?);
        let shape = crate::array::map::broadcast(a.shape(), b.shape())?;
        let spread = |x: &Var| crate::array::map::broadcast_to(&x.array(), &shape).map(|x| x.to_doubles().into_owned());
        let (x, y) = (spread(&a)?, spread(&b)?);
        let mut worst: Option<(usize, f64)> = None;
        for (i, (x, y)) in x.iter().zip(&y).enumerate() {
            let excess = (x - y).abs() - (atol + rtol * y.abs());
            let close = x == y || x.is_nan() && y.is_nan() || excess <= 0.0;
            if !close && worst.is_none_or(|(_, known)| excess > known || excess.is_nan()) {
                worst = Some((i, excess));
            }
        }
        let Some((i, _)) = worst else { return Ok(Value::None) };
        let style = *call.host.style();
        let number = |data: &[f64]| crate::show::number(data.get(i).copied().unwrap_or(f64::NAN), &style);
        let mut position = Vec::new();
        let mut rest = i;
        for &dim in shape.iter().rev() {
            position.push(rest % dim.max(1));
            rest /= dim.max(1);
        }
        position.reverse();
        let place = if shape.is_empty() { String::new() } else { format!(" at {}", crate::array::shape_text(&position)) };
        let digits = crate::show::Style { digits: 17, ..style };
        let (mut left, mut right) = (number(&x), number(&y));
        if left == right {
            left = crate::show::number(x.get(i).copied().unwrap_or(f64::NAN), &digits);
            right = crate::show::number(y.get(i).copied().unwrap_or(f64::NAN), &digits);
        }
        Err(Problem::new(format!("these differ: {left} against {right}{place}")).label(Part::Whole, ""))
    }),
};

pub(crate) static STR: Builtin = Builtin {
    name: "str",
    params: &["x"],
    doc: "A value as text, as `print` shows it.\n> str(1.5) + \" m\"\n\"1.5 m\"",
    samples: &[],
    run: Run::Routine(|call| {
        let style = *call.host.style();
        Ok(Value::text(display(call.args.get(0), &style)))
    }),
};

pub(crate) static INPUT: Builtin = Builtin {
    name: "input",
    params: &["prompt = \"\""],
    doc: "Reads a line from standard input; `none` at its end.\n\n`f64(input(\"how many? \"))` reads a number.",
    samples: &[],
    run: Run::Routine(|call| {
        let prompt = if call.args.given(0) { call.args.text(0)?.to_string() } else { String::new() };
        Ok(call.host.input(&prompt)?.map_or(Value::None, Value::text))
    }),
};

pub(crate) static TIME: Builtin = Builtin {
    name: "time",
    params: &[],
    doc: "Seconds since the start of 1970, for measuring how long something takes.\n> start = time()\n> time() - start >= 0\ntrue",
    samples: &[],
    run: Run::Routine(|_| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Ok(Value::num(since.map_or(0.0, |since| since.as_secs_f64())))
    }),
};
