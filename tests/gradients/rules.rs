//! Every rule against finite differences, in both modes, to order three.
//!
//! No derivative is typed in. For a function `f` of one of its arguments, a fixed direction `v` and fixed
//! weights `w`, everything is about `g(s) = sum(w * f(x + s * v))`: each derivative of `g`, reached through
//! every nesting of forward and reverse mode, is compared with the difference quotient of the one before.

use super::cases::{Case, Trial, check_all, session};

/// Each derivative, and all ways to the next.
const ORDERS: [(&str, &[&str]); 3] = [
    ("g", &["g'", "forward(g)"]),
    ("g'", &["g''", "forward(g')", "forward(g)'", "forward(forward(g))"]),
    (
        "g''",
        &[
            "g'''",
            "forward(g'')",
            "forward(g')'",
            "forward(g)''",
            "forward(forward(g'))",
            "forward(forward(g)')",
            "forward(forward(g))'",
            "forward(forward(forward(g)))",
        ],
    ),
];

/// Functions whose samples do not move along with their parameters as these are moved, because each try is
/// accepted or not: their derivatives are those at a fixed value of the distribution function.
const IMPLICIT: &[&str] = &["gamma_sample", "beta_sample", "dirichlet_sample"];

/// Checks one case; gives the number of comparisons, or what is wrong.
fn check(case: &Case) -> Result<usize, String> {
    if IMPLICIT.contains(&case.name) {
        return Ok(0);
    }
    let mut trial = Trial::begin(case, session())?;
    // Differences in single precision need a wider step, and see fewer digits.
    let narrow = trial.holds("try { x0.dtype == \"f32\" or kind.dtype == \"f32\" } catch { false }")?;
    let tolerance = if narrow { 1e-4 } else { 2e-6 };
    trial.ask(if narrow { "h = 0.1\nnear = 1e-5" } else { "near = 1e-9" })?;
    // Nothing to move by: `logsumexp` of nothing is -inf, and a difference of infinities says nothing.
    let empty = trial.holds("try { size(x0) == 0 } catch { false }")?;
    let mut count = 0;
    for (order, (lower, ways)) in (1..).zip(ORDERS) {
        let mut list = vec![format!("difference({lower})")];
        list.extend(ways.iter().map(|way| format!("({way})(0)")));
        let found = trial.measure(&list)?;
        let [expected, found @ ..] = &found[..] else { return Err(trial.at("no numbers")) };
        let expected = if empty { &0.0 } else { expected };
        // A negative base has real powers only here and there: no derivative by the exponent, and no end to it.
        if expected.is_nan() && found.iter().all(|value| value.is_nan()) {
            return Ok(count + found.len());
        }
        for (way, value) in ways.iter().zip(found) {
            count += 1;
            let close = (value - expected).abs() <= tolerance * (1.0 + expected.abs());
            if !close {
                return Err(trial.at(&format!("order {order} by {way} is {value}, by differences {expected}")));
            }
        }
    }
    if trial.holds("try { x0.shape; true } catch { false }")? {
        let claims = [
            (
                "a gradient or tangent has the wrong shape",
                "grad(x -> total(w, f(x)))(x0).shape == x0.shape and jvp(f, x0, v)[1].shape == f(x0).shape",
            ),
            (
                "the Hessian is not symmetric",
                "H = hessian(x -> total(w, f(x)))(x0).reshape(size(x0), size(x0))\nall(abs(H - H.T) <= 1e-10 * (1 + abs(H)))",
            ),
            (
                // By rows with reverse passes, by columns with forward ones.
                "the Jacobian disagrees with the gradient",
                "J = jacobian(f)(x0).reshape(size(f(x0)), size(x0))\nabs(sum(J @ v.flatten() * w.flatten()) - g'(0)) <= near * (1 + abs(g'(0)))",
            ),
            (
                "the gradient in single precision is far from that in double",
                "G = grad(x -> total(w, f(x)))(x0)\nS = grad(x -> total(w, f(x)))(f32(x0))\nS.dtype == \"f32\" and all(abs(S - G) <= 2e-4 * (1 + abs(G)))",
            ),
        ];
        for (what, claim) in claims {
            count += 1;
            if !trial.holds(claim)? {
                return Err(trial.at(what));
            }
        }
    }
    Ok(count)
}

#[test]
fn every_rule_agrees_with_differences_in_both_modes_to_order_three() {
    let count = check_all("rules against differences, both modes, orders 1 to 3", check);
    assert!(count >= 5000, "only {count} comparisons were made");
}
