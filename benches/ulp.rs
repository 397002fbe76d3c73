//! How far the elementary functions are from the correctly rounded results, in units in the last place:
//!
//!     cargo bench --bench ulp [-- POINTS [NAME]]
//!
//! Ten million points a function and precision, if not said otherwise: any bits, sizes about 1, the range
//! where the function is interesting, and the neighbours of multiples of a quarter turn; of two operands, what
//! the function says.

#![allow(missing_docs)]

#[path = "../tests/support/ulp.rs"]
mod ulp;

use std::fmt::Debug;
use std::io::Write;
use ulp::Distance;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let count = words.first().and_then(|word| word.parse().ok()).unwrap_or(10_000_000);
    let wanted = |name: &str| words.get(1).is_none_or(|word| word == name);
    for function in ulp::FUNCTIONS.iter().filter(|function| wanted(function.name)) {
        report(function.name, count, ulp::measure(function, count));
    }
    for function in ulp::FUNCTIONS_OF_TWO.iter().filter(|function| wanted(function.name)) {
        report(function.name, count, ulp::measure_two(function, count));
    }
}

fn report<T: Debug, U: Debug>(name: &str, count: usize, (doubles, singles): (Distance<T>, Distance<U>)) {
    let share = |differ: usize| 100.0 * differ as f64 / count as f64;
    let text = format!(
        "{name:<12} double: at most {} ({:.2} % differ; at {:?})   single: at most {} ({:.2} % differ; at {:?})\n",
        doubles.largest,
        share(doubles.differ),
        doubles.at,
        singles.largest,
        share(singles.differ),
        singles.at,
    );
    let _ = std::io::stdout().write_all(text.as_bytes());
}
