//! Scans, sorting, order statistics and linear algebra against NumPy and SciPy (`make_fixtures.py`).

use super::agree::{check, say};

const FIXTURES: &str = include_str!("fixtures.txt");

#[test]
fn doubles_agree_with_numpy() {
    let count = check(FIXTURES, false, 1e-12, |_| true);
    say(&format!("against NumPy and SciPy: {count} numbers to 1e-12"));
    assert!(count >= 5000, "only {count} numbers were compared");
}

#[test]
fn singles_agree_with_numpy_to_a_few_digits() {
    let count = check(FIXTURES, true, 2e-3, |program| program.starts_with("sketch("));
    assert!(count >= 1000, "only {count} numbers were compared");
}
