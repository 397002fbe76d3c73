//! Operands that are transposed, sliced or reversed views of what is differentiated by, and cotangents that
//! arrive through such views or all alike: the derivatives are those of the operand by itself.
//!
//! What to compare with has been checked against differences; here both sides are exact, so that the
//! tolerance is that of rounding.

use super::cases::{Case, Trial, check_all, session};

/// A way to look at an array: its name, the least rank, what is looked at to see `x0`, and the look.
const VIEWS: [(&str, usize, &str, &str); 4] = [
    ("transposed", 2, "x0.T", "b -> b.T"),
    ("every second", 1, "repeat(x0, 2, -1)", "b -> b[..., ::2]"),
    ("reversed", 1, "flip(x0, -1)", "b -> b[..., ::-1]"),
    ("a row of a table", 0, "stack((x0, x0 + 1))", "b -> b[0]"),
];

/// A view of the result that is as good as it gets, by rank; at last the sum, whose cotangent is one number
/// for all.
const RESULTS: [&str; 4] = ["y -> if ndim(y) > 1 { y.T } else { y }", "half", "back", "sum"];

const HELPERS: &str = "
half(y) = if ndim(y) > 0 { y[..., ::2] } else { y }
back(y) = if ndim(y) > 0 { y[..., ::-1] } else { y }
";

fn check(case: &Case) -> Result<usize, String> {
    let mut trial = Trial::begin(case, session())?;
    if !trial.holds("try { x0.shape; x0.dtype != \"f32\" and kind.dtype != \"f32\" } catch { false }")? {
        return Ok(0);
    }
    trial.ask(HELPERS)?;
    let rank: usize = trial.ask("x0.ndim")?.parse().unwrap_or(0);
    let mut count = 0;
    for ((name, least, base, view), result) in VIEWS.into_iter().zip(RESULTS) {
        if rank < least {
            continue;
        }
        trial.ask(&format!(
            "b0 = {base}; view = {view}; out = {result}; u = cos(b0 + 0.4)\n\
             seen = s -> total(w2, out(f(view(b0 + s * u))))\n\
             alone = s -> total(w2, out(f(x0 + s * view(u))))\n\
             w2 = W(out(f(x0)))"
        ))?;
        let ways = [
            ["alone(0)", "seen(0)", "seen(0)"],
            ["alone'(0)", "seen'(0)", "forward(seen)(0)"],
            ["alone''(0)", "seen''(0)", "forward(forward(seen))(0)"],
            ["alone'''(0)", "seen'''(0)", "forward(forward(forward(seen)))(0)"],
        ];
        for (order, [expected, reverse, forward]) in ways.into_iter().enumerate() {
            let found = trial.measure(&[expected, reverse, forward].map(str::to_string))?;
            let [expected, found @ ..] = &found[..] else { return Err(trial.at("no numbers")) };
            for (mode, value) in ["reverse", "forward"].iter().zip(found) {
                count += 1;
                let close = (value - expected).abs() <= 1e-9 * (1.0 + expected.abs())
                    || value == expected
                    || value.is_nan() && expected.is_nan();
                if !close {
                    return Err(trial.at(&format!("{name}: order {order} in {mode} is {value}, not {expected}")));
                }
            }
        }
        count += 1;
        if !trial.holds("G = grad(b -> total(w2, out(f(view(b)))))(b0)\nG.shape == b0.shape")? {
            return Err(trial.at(&format!("{name}: the gradient has the wrong shape")));
        }
    }
    Ok(count)
}

#[test]
fn derivatives_through_views_are_those_of_the_operand_itself() {
    let count = check_all("rules through views, both modes, orders 0 to 3", check);
    assert!(count >= 5000, "only {count} comparisons were made");
}
