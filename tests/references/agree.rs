//! Running a line of a fixture and comparing what it gives.

use adlib::interpret::{Echo, Session};
use adlib::value::{Value, as_var};
use std::io::Write;

const PRELUDE: &str = "
fn made(shape, seed = 0) {
    i = arange(size(zeros(shape)))
    (((7919 * i + i * i * i + seed) % 1009 - 504) / 64).reshape(shape)
}
fn sketch(y) {
    y = f64(y).flatten()
    all = sum(abs(y))
    i = 1 + arange(len(y))
    concat(([all], map(k -> sum(cos(1.3 * k * i) * y), arange(1, 7)) / all))
}
edge(y) = y.reshape(-1, y.shape[-1])[-1][:5]
flat(y) = y.flatten()
weighted(y) = sum(y * sin(1 + arange(size(y))).reshape(y.shape))
fn drawn(n, f) { seed(n); f() }
fn gamma_slope(order, a) {
    f = t -> gamma_sample(t)
    for _ in range(order) { f = grad(f) }
    f(a)
}
";

/// The shape and the elements.
type Numbers = (Vec<usize>, Vec<f64>);

/// A session with the operands of the fixtures, of singles if asked for.
fn session(single: bool) -> Session {
    let mut session = Session::new(Box::new(std::io::sink()));
    session.run("operands", PRELUDE, Echo::Nothing).unwrap();
    if single {
        let narrow = "wide = made; made = (shape, seed) -> f32(wide(shape, seed))";
        session.run("operands", narrow, Echo::Nothing).unwrap();
    }
    session
}

fn value(session: &mut Session, program: &str) -> Result<Numbers, String> {
    if let Err(errors) = session.run("test", &format!("result = {program}"), Echo::Nothing) {
        return Err(errors.first().unwrap().problem.title.clone());
    }
    let result = session.get("result").ok_or("nothing")?;
    let var = match result {
        Value::Var(_) => as_var(result).ok().flatten().ok_or("no array")?,
        _ => return Err("no array".to_string()),
    };
    Ok((var.shape().to_vec(), var.array().to_doubles().into_owned()))
}

fn list<T: std::str::FromStr>(text: &str) -> Vec<T> {
    let parsed = text.split(',').filter(|word| *word != "-").map(|word| word.parse().ok());
    parsed.collect::<Option<Vec<T>>>().expect("a list of numbers")
}

/// Runs the lines that a filter lets through, and asserts that all are as they say, relative to the size of a
/// number or to 1. Gives the number of numbers compared.
pub fn check(fixtures: &str, single: bool, tolerance: f64, wanted: fn(&str) -> bool) -> usize {
    let mut session = session(single);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in fixtures.lines() {
        let (program, expected) = line.split_once(" => ").expect("a program and what it gives");
        if !wanted(program) {
            continue;
        }
        let (shape, elements) = expected.split_once(' ').expect("a shape and elements");
        let (shape, elements) = (list::<usize>(shape), list::<f64>(elements));
        count += elements.len();
        match value(&mut session, program) {
            Ok((found_shape, found)) if found_shape == shape => {
                for (i, (found, expected)) in found.iter().zip(&elements).enumerate() {
                    let close = (found - expected).abs() <= tolerance * expected.abs().max(1.0)
                        || found == expected
                        || found.is_nan() && expected.is_nan();
                    if !close {
                        wrong.push(format!("{program}: element {i} is {found:e}, not {expected:e}"));
                    }
                }
            }
            Ok((found, _)) => wrong.push(format!("{program}: the shape is {found:?}, not {shape:?}")),
            Err(error) => wrong.push(format!("{program}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {count} numbers are wrong:\n{}", wrong.len(), wrong.join("\n"));
    count
}

/// A line that is seen although the test succeeds.
pub fn say(line: &str) {
    // Nobody reading is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{line}");
}
