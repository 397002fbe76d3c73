//! Comparing what two expressions of the language give.

use adlib::interpret::{Echo, Session};

/// Runs a program and gives its last value, and what it printed, as one list of numbers.
pub fn numbers(program: &str) -> Vec<f64> {
    let mut session = Session::new(Box::new(std::io::sink()));
    session.style_mut().digits = 17;
    let shown = match session.run("test.ad", program, Echo::Last) {
        Ok(shown) => shown.join("\n"),
        Err(errors) => panic!("{}\n{program}", errors.first().map_or("", |error| error.problem.title.as_str())),
    };
    // The names of a tuple's entries are no numbers.
    let words = shown.split(|c: char| "[](), \n=".contains(c));
    words
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit() || "-in".contains(c)))
        .map(|word| word.parse().unwrap_or_else(|_| panic!("{word:?} is not a number in {shown:?}")))
        .collect()
}

/// Asserts that two expressions agree to a relative tolerance after the same definitions.
pub fn agree(definitions: &str, left: &str, right: &str, tolerance: f64) {
    let l = numbers(&format!("{definitions}\n{left}"));
    let r = numbers(&format!("{definitions}\n{right}"));
    assert!(!l.is_empty(), "{left} gives no numbers");
    assert_eq!(l.len(), r.len(), "{left} and {right} have different sizes: {l:?} and {r:?}\n{definitions}");
    for (a, b) in l.iter().zip(&r) {
        let scale = 1.0 + a.abs().max(b.abs());
        assert!((a - b).abs() <= tolerance * scale, "{left} = {l:?}\n{right} = {r:?}\n{definitions}");
    }
}
