//! The beta function, with its true derivatives also where the formula is zero times infinity.
//!
//! `beta'` by one operand is usually `beta(x, y) * (digamma(x) - digamma(x + y))`. But `beta(-0.5, 0.5)` is 0,
//! because Γ(x + y) is infinite there, and its derivative is not; and `beta(-3, 2)` is finite although both
//! Γ(-3) and Γ(-1) are not. So every derivative is computed from the Taylor polynomials of Γ and of 1 / Γ,
//! of which the latter has no poles.

use super::arithmetic::WEIGH;
use super::elementwise::elementwise;
use super::gamma::{first_term, gamma, is_pole, lgamma, polygamma};
use super::rule::slope;
use crate::array::broadcast::{broadcast, broadcast_to};
use crate::array::operand::result_dtype;
use crate::array::{Array, DType, limits};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Problem};
use crate::kernel2;
use crate::value::{Builtin, Run};
use std::f64::consts::PI;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&BETA, &DERIVATIVE];

pub(crate) static BETA: Builtin = Builtin {
    name: "beta",
    params: &["x", "y"],
    doc: "Beta function, `gamma(x) * gamma(y) / gamma(x + y)`, element by element.\n\nRandom numbers from the beta distribution are `beta_sample`.\n> beta([2, 0.5], [3, 0.5])\n[0.0833333, 3.14159]",
    samples: &[
        "3, 2",
        "[1.5, 2], [0.5, 4]",
        "[[1, 2], [7, 0.2]], [-0.3, 6]",
        "[[1], [2]], 1.5",
        "[-0.5, -2.25], [0.5, 0.25]",
        "zeros(0, 2), 1",
    ],
    run: elementwise(
        Forward::Map2(kernel2!(f64 | x, y | beta(x, y))),
        Grad::Slopes(&[
            slope!(real | c | c.x().beta_derivative(c.y())),
            slope!(real | c | c.y().beta_derivative(c.x())),
        ]),
    ),
};

/// How often the beta function is differentiated by each operand.
type Orders = [usize; 2];

/// What its derivatives are: each is the next.
static DERIVATIVE: Builtin = Builtin {
    name: "(beta derivative)",
    params: &["x", "y"],
    doc: "A derivative of the beta function.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::General(|_, plan, args| {
                let orders = *plan.get::<Orders>()?;
                let [x, y] = args else { return Ok(Var::default()) };
                if let (Var::Num(x), Var::Num(y)) = (x, y) {
                    return Ok(Var::Num(derivative(orders, *x, *y)));
                }
                let shape = broadcast(x.shape(), y.shape())?;
                let dtype = if result_dtype(x.operand(), y.operand()) == DType::F32 { DType::F32 } else { DType::F64 };
                let (x, y) = (broadcast_to(&x.array(), &shape)?, broadcast_to(&y.array(), &shape)?);
                let mut out = limits::reserve(x.len())?;
                for (i, (&x, &y)) in x.to_doubles().iter().zip(y.to_doubles().iter()).enumerate() {
                    if i % 1024 == 0 {
                        limits::check()?;
                    }
                    out.push(derivative(orders, x, y));
                }
                Ok(Array::new(shape, out).cast(dtype).into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let [mut a, mut b] = *p.plan.get::<Orders>()?;
                if i == 0 {
                    a += 1
                } else {
                    b += 1
                }
                let slope = p.cx.apply_with(DERIVATIVE.op(), Plan::new([a, b]), p.args)?;
                p.cx.apply(WEIGH.op(), &[p.dy.clone(), slope])
            }),
            number: Number::new(),
        },
    ),
};

/// The derivative by `x`, as something that can be differentiated again.
pub(super) fn slope_of(cx: &Context, x: &Var, y: &Var) -> Outcome<Var> {
    let orders: Orders = [1, 0];
    cx.apply_with(DERIVATIVE.op(), Plan::new(orders), &[x.clone(), y.clone()])
}

/// A derivative of the beta function.
pub(super) fn derivative([a, b]: Orders, x: f64, y: f64) -> f64 {
    if a + b == 0 || x.is_nan() || y.is_nan() {
        return beta(x, y);
    }
    if x.is_infinite() || y.is_infinite() {
        return if x > 0.0 && y > 0.0 && x.min(y).is_finite() { 0.0 } else { f64::NAN };
    }
    let odd = |n: usize| if n % 2 == 1 { -1.0 } else { 1.0 };
    for (pole, other, order, across) in [(x, y, a, b), (y, x, b, a)] {
        if is_pole(pole) && across > 0 {
            return f64::NAN;
        }
        if pole == 0.0 && !is_pole(other) {
            // The first term of the expansion there, 1 / x.
            return odd(order) * first_term(u32::try_from(order).unwrap_or(u32::MAX), pole);
        }
        if is_pole(pole) {
            // Of a whole number n of factors: B(x, n) = (-1)ⁿ B(1 - x - n, n).
            let turned = 1.0 - pole - other;
            let whole = other.fract() == 0.0 && other > 0.0 && turned > 0.0;
            let sign = if other % 2.0 == 0.0 { 1.0 } else { -1.0 };
            return if whole { sign * odd(order) * derivative([order, 0], turned, other) } else { f64::NAN };
        }
    }
    let sum = x + y;
    let (first, second) = (gamma_series(a, x), gamma_series(b, y));
    let (scale, inverse) = if is_pole(sum) {
        // 1 / Γ(s) = Γ(1 - s) sin(πs) / π (NIST Digital Library of Mathematical Functions, 5.5.3).
        let turned = gamma_series(a + b, 1.0 - sum);
        let sine = |k: usize| if k.is_multiple_of(2) { 0.0 } else { odd(k / 2) * power(PI, k) / factorial(k) };
        let coefficient =
            |n: usize| (0..=n).map(|k| odd(n - k) * turned.get(n - k).unwrap_or(&0.0) * sine(k)).sum::<f64>();
        let sign = if sum % 2.0 == 0.0 { 1.0 } else { -1.0 };
        let scale = gamma(x) * gamma(y) * gamma(1.0 - sum) / PI;
        (sign * scale, (0..=a + b).map(coefficient).collect::<Vec<f64>>())
    } else {
        (beta(x, y), exponential(a + b, |k| -polygamma((k - 1) as f64, sum)))
    };
    let mut total = 0.0;
    for (p, c) in first.iter().enumerate() {
        for (q, d) in second.iter().enumerate() {
            let (left, right) = (a - p, b - q);
            let ways = factorial(left + right) / (factorial(left) * factorial(right));
            total += c * d * ways * inverse.get(left + right).unwrap_or(&0.0);
        }
    }
    scale * factorial(a) * factorial(b) * total
}

fn factorial(n: usize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}

fn power(x: f64, n: usize) -> f64 {
    x.powi(i32::try_from(n).unwrap_or(i32::MAX))
}

/// The Taylor coefficients of Γ(x + t) / Γ(x).
fn gamma_series(n: usize, x: f64) -> Vec<f64> {
    exponential(n, |k| polygamma((k - 1) as f64, x))
}

/// The Taylor coefficients of the exponential of a function with these derivatives, and the value 0.
fn exponential(n: usize, derivative: impl Fn(usize) -> f64) -> Vec<f64> {
    let slopes: Vec<f64> = (1..=n).map(|k| derivative(k) / factorial(k - 1)).collect();
    let mut out = vec![1.0];
    for k in 1..=n {
        let sum: f64 = slopes.iter().take(k).zip(out.iter().rev()).map(|(slope, earlier)| slope * earlier).sum();
        out.push(sum / k as f64);
    }
    out
}

/// The beta function.
pub fn beta(x: f64, y: f64) -> f64 {
    let (a, b) = if x.abs() >= y.abs() { (x, y) } else { (y, x) };
    if a.is_nan() || b.is_nan() || (x + y).is_nan() || (x == f64::INFINITY && y == f64::INFINITY) {
        return f64::NAN;
    }
    for (pole, other) in [(a, b), (b, a)] {
        if is_pole(pole) {
            // Where the pole of the sum cancels that of the operand there is a limit along whole numbers.
            let finite = other.fract() == 0.0 && 1.0 - pole - other > 0.0 && other > 0.0;
            let sign = if other % 2.0 == 0.0 { 1.0 } else { -1.0 };
            return match pole {
                _ if finite => sign * beta(1.0 - pole - other, other),
                // The zeros of either sign have the poles of their sides.
                0.0 => 1.0 / pole,
                _ => f64::INFINITY,
            };
        }
    }
    let sum = a + b;
    if a == f64::INFINITY {
        return if b > 0.0 { 0.0 } else { gamma(b) * f64::INFINITY };
    }
    if is_pole(sum) {
        return 0.0;
    }
    if a > 20.0 && b > 20.0 {
        // Stirling's series of all three, the large parts of which cancel.
        let ratio = -(a * (b / a).ln_1p() + b * (a / b).ln_1p());
        let rest = stirling_rest(a) + stirling_rest(b) - stirling_rest(sum);
        return (ratio + rest).exp() * (2.0 * PI * (1.0 / a + 1.0 / b)).sqrt();
    }
    if a > 40.0 && sum > 20.0 && b.abs() < 150.0 {
        // Γ(a) / Γ(a + b), again by Stirling's series.
        let ratio = (0.5 - a) * (b / a).ln_1p() - b * sum.ln() + b;
        return gamma(b) * (ratio + stirling_rest(a) - stirling_rest(sum)).exp();
    }
    let (ga, gb, gs) = (gamma(a), gamma(b), gamma(sum));
    let small = |value: f64| value != 0.0 && value.is_finite();
    if small(ga) && small(gb) && small(gs) && ga.abs() > 1e-300 && gb.abs() > 1e-300 && gs.abs() > 1e-300 {
        return if gb.abs() > gs.abs() { ga * (gb / gs) } else { ga / gs * gb };
    }
    let sign = gamma_sign(a) * gamma_sign(b) * gamma_sign(sum);
    sign * (lgamma(a) + lgamma(b) - lgamma(sum)).exp()
}

/// What Stirling's formula for log Γ(x) leaves out: 1 / (12 x) and so on.
fn stirling_rest(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    series.iter().rev().fold(0.0, |sum, coefficient| sum * square + coefficient) / x
}

/// The sign of Γ(x) between its poles.
fn gamma_sign(x: f64) -> f64 {
    if x > 0.0 || x.floor() % 2.0 == 0.0 { 1.0 } else { -1.0 }
}
