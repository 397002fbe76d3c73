//! Special functions against values that mpmath and SciPy computed (`tests/special/make_fixtures.py`): 12
//! digits, also at poles, near zeros and at negative numbers.

#![allow(clippy::unwrap_used, missing_docs)]

use adlib::builtin;
use std::io::Write;

fn value(name: &str, operands: &[f64]) -> f64 {
    use adlib::autodiff::Forward;
    match (&builtin::find(name).unwrap().op().forward, operands) {
        (Forward::Map1(kernel), [x]) => (kernel.number)(*x),
        (Forward::Map2(kernel), [x, y]) => (kernel.number)(*x, *y),
        _ => panic!("{name} takes other operands"),
    }
}

#[test]
fn values_have_twelve_digits() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in include_str!("special/fixtures.txt").lines() {
        let (call, expected) = line.split_once(" => ").unwrap();
        let words: Vec<&str> = call.split(" | ").collect();
        let operands: Vec<f64> = words[1..].iter().map(|word| word.parse().unwrap()).collect();
        let (found, expected) = (value(words[0], &operands), expected.parse::<f64>().unwrap());
        count += 1;
        // The rounding of an operand next to a zero alone moves the value by the absolute error.
        let close = found == expected
            || found.is_nan() && expected.is_nan()
            || (found - expected).abs() <= 1e-12 * expected.abs() + 1e-22;
        if !close {
            wrong.push(format!("{call} is {found:e}, not {expected:e}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} values are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // Standard error is not captured, so that this is seen; nobody reading is no reason to fail.
    let _ = writeln!(std::io::stderr(), "special functions against mpmath and SciPy: {count} values to 1e-12");
    assert!(count > 3000, "only {count} values were compared");
}
