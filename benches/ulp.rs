//! How far the elementary functions are from the correctly rounded results, in units in the last place:
//!
//!     cargo bench --bench ulp [-- POINTS [NAME]]
//!
//! Ten million points a function and precision, if not said otherwise: any bits, sizes about 1, the range
//! where the function is interesting, and the neighbours of multiples of a quarter turn.

#![allow(missing_docs)]

#[path = "../tests/support/ulp.rs"]
mod ulp;

use std::io::Write;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let count = words.first().and_then(|word| word.parse().ok()).unwrap_or(10_000_000);
    for function in ulp::FUNCTIONS {
        if words.get(1).is_some_and(|name| name != function.name) {
            continue;
        }
        let (doubles, singles) = ulp::measure(function, count);
        let share = |differ: usize| 100.0 * differ as f64 / count as f64;
        let text = format!(
            "{:<12} double: at most {} ({:.2} % differ; at {:e})   single: at most {} ({:.2} % differ; at {:e})\n",
            function.name,
            doubles.largest,
            share(doubles.differ),
            doubles.at,
            singles.largest,
            share(singles.differ),
            singles.at,
        );
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
}
