//! The same samples in single precision: values and derivatives of every order are those in double
//! precision to a few digits, and everything stays single.

use super::cases::{Case, Trial, check_all, run, session};
use adlib::interpret::Session;

/// What is measured, by order, and how far the two may be apart.
const WAYS: [(&[&str], f64); 4] = [
    (&["g(0)"], 1e-5),
    (&["g'(0)", "forward(g)(0)"], 1e-4),
    (&["g''(0)", "forward(forward(g))(0)", "forward(g')(0)"], 1e-3),
    (&["g'''(0)", "forward(forward(forward(g)))(0)", "forward(g'')(0)"], 1e-2),
];

/// A session in which literals are singles.
fn singles() -> Session {
    let mut session = session();
    assert!(run(&mut session, "default_dtype(\"f32\")").is_ok());
    session
}

fn check(case: &Case) -> Result<usize, String> {
    let mut double = Trial::begin(case, session())?;
    let mut single = Trial::begin(case, singles())?;
    if case.name == "f64" {
        return Ok(0);
    }
    // The positions that topk gives beside the values are doubles in any case.
    if !single.holds("(try { kind.values.dtype } catch { f(x0).dtype }) == \"f32\"")? {
        return Err(single.at("the result is not single"));
    }
    let mut count = 1;
    for (order, (ways, tolerance)) in WAYS.into_iter().enumerate() {
        let ways: Vec<String> = ways.iter().map(|way| way.to_string()).collect();
        let (expected, found) = (double.measure(&ways)?, single.measure(&ways)?);
        for ((way, expected), found) in ways.iter().zip(expected).zip(found) {
            count += 1;
            let close = (found - expected).abs() <= tolerance * (1.0 + expected.abs())
                || found == expected
                || found.is_nan() && expected.is_nan();
            if !close {
                return Err(single.at(&format!("order {order}, {way}: {found} in singles, {expected} in doubles")));
            }
        }
    }
    Ok(count)
}

#[test]
fn single_precision_gives_the_same_to_a_few_digits() {
    let count = check_all("rules in single precision, both modes, orders 0 to 3", check);
    assert!(count >= 2000, "only {count} comparisons were made");
}
