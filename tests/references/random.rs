//! Random numbers against an implementation of the same papers in another language (`make_random.py`).

use super::agree::{check, say};

const FIXTURES: &str = include_str!("random.txt");

#[test]
fn streams_are_those_of_the_papers() {
    let count = check(FIXTURES, false, 1e-14, |program| !program.contains("_sample") && !program.contains("slope"));
    // Their values go through logarithms and powers.
    let more = check(FIXTURES, false, 1e-12, |program| program.contains("_sample"));
    say(&format!("against streams computed from the papers: {} random numbers", count + more));
    assert!(count + more >= 4000, "only {} numbers were compared", count + more);
}

#[test]
fn gamma_samples_differentiate_as_quantiles_do() {
    let count = check(FIXTURES, false, 1e-9, |program| program.contains("slope"));
    assert!(count >= 40, "only {count} derivatives were compared");
}
