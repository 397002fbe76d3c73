//! Elementwise functions all over the number line, against values that mpmath computed
//! (`tests/values/make_fixtures.py`): at most one unit in the last place away.

use adlib::interpret::{Echo, Session};
use adlib::value::Value;
use std::io::Write;

/// Where one unit is not reached today, and how many are.
const KNOWN: &[(&str, u64)] = &[
    // The logarithm of a sum that is nearly 1 cancels.
    ("logaddexp", 5),
    // A product of two rounded factors.
    ("silu", 2),
    ("gelu", 3),
];

/// Points at which what is asked for is not what NumPy gives: IEEE 754 has infinity for `(-inf) ** 0.5`.
fn is_numpys_own(name: &str, operands: &[&str]) -> bool {
    name == "**" && operands == ["-inf", "0.5"]
}

/// Doubles in order, so that neighbours differ by one.
fn rank(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

fn apart(found: f64, expected: f64) -> u64 {
    match (found.is_nan(), expected.is_nan()) {
        (true, true) => 0,
        (false, false) => rank(found).abs_diff(rank(expected)),
        _ => u64::MAX,
    }
}

/// The function at many points at once, as the language computes it.
fn evaluate(name: &str, columns: &[Vec<&str>]) -> Vec<f64> {
    let mut session = Session::new(Box::new(std::io::sink()));
    let names = ["a", "b", "c"];
    let mut program = String::new();
    for (name, column) in names.iter().zip(columns) {
        program.push_str(&format!("{name} = [{}]\n", column.join(", ")));
    }
    let arguments = names[..columns.len()].join(", ");
    let call =
        if name.starts_with(char::is_alphabetic) { format!("{name}({arguments})") } else { format!("a {name} b") };
    program.push_str(&format!("result = {call}"));
    if let Err(errors) = session.run("values.ad", &program, Echo::Nothing) {
        panic!("{name}: {}", errors.first().map_or("", |error| error.problem.title.as_str()));
    }
    match session.get("result") {
        Some(Value::Var(var)) => var.array().to_doubles().into_owned(),
        _ => panic!("{name} gives no array"),
    }
}

#[test]
fn values_are_within_one_unit_in_the_last_place() {
    let mut wrong = Vec::new();
    let mut count = 0;
    let fixtures: Vec<(Vec<&str>, f64)> = include_str!("values/fixtures.txt")
        .lines()
        .map(|line| {
            let (call, value) = line.split_once(" => ").expect("a call and its value");
            (call.split(" | ").collect(), value.parse().expect("a number"))
        })
        .collect();
    for group in fixtures.chunk_by(|(a, _), (b, _)| a[0] == b[0]) {
        let name = group[0].0[0];
        let columns: Vec<Vec<&str>> =
            (1..group[0].0.len()).map(|i| group.iter().map(|(call, _)| call[i]).collect()).collect();
        let limit = KNOWN.iter().find(|(known, _)| *known == name).map_or(1, |(_, limit)| *limit);
        for ((call, expected), found) in group.iter().zip(evaluate(name, &columns)) {
            count += 1;
            // Subnormal numbers have fewer digits to lose.
            let subnormal = expected.abs() < f64::MIN_POSITIVE && (found - expected).abs() < 1e-320;
            if apart(found, *expected) > limit && !subnormal && !is_numpys_own(name, &call[1..]) {
                wrong.push(format!(
                    "{} is {found:e}, not {expected:e}: {} apart",
                    call.join(" "),
                    apart(found, *expected)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} values are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // Standard error is not captured, so that this is seen; nobody reading is no reason to fail.
    let _ = writeln!(std::io::stderr(), "against mpmath: {count} values to one unit in the last place");
    assert!(count >= 10_000, "only {count} values were compared");
}
