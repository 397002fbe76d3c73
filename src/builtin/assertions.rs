//! Stopping a program that is not right: errors and assertions.
//!
//! `assert_close(f(2), 4)` says which element is off, by how much, and how much is allowed; `assert(f(2) == 4)` could
//! only say that it does not hold, and would often be wrong in the last digit.

use super::functions::truth;
use crate::array::{Shape, count, limits, shape_text};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::show;
use crate::value::{Builtin, Call, Run, Value, as_var, display, zip_leaves};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&ERROR, &ASSERT, &ASSERT_CLOSE];

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
    let (mut wrong, mut worst, count) = (0_usize, None::<(f64, usize)>, count(&shape));
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
        show::number(x, &style)
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
