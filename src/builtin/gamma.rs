//! The gamma function and its kin, with derivatives of every order.
//!
//! Values of `gamma`, `lgamma` and `digamma` are `pxfm`'s, within 1 ulp also at negative numbers; at the
//! poles, where tables differ, they are SciPy's. Each derivative of `digamma` is the next `polygamma`.

use super::elementwise::elementwise;
use super::rule::slope;
use crate::autodiff::{Forward, Grad};
use crate::value::Builtin;
use crate::{kernel1, kernel2};
use std::f64::consts::PI;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&GAMMA, &LGAMMA, &DIGAMMA, &POLYGAMMA];

/// Samples away from the poles.
const NOT_POLES: &[&str] = &["0.3", "[0.5, -1.25, 2]", "[[1.1, 1.5], [-0.7, 5.9]]", "zeros(0)"];

pub(crate) static GAMMA: Builtin = Builtin {
    name: "gamma",
    params: &["x"],
    doc: "Gamma function of every element: `gamma(n + 1)` is the factorial of n.\n\nAt 0 it is infinite, with the sign of the zero; at negative whole numbers it is `nan`. Random numbers from the gamma distribution are `gamma_sample`.\n> gamma([5, 0.5, -1.5])\n[24, 1.77245, 2.36327]",
    samples: NOT_POLES,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | gamma(x))),
        // Beyond 171.7 everything is infinite.
        Grad::Slopes(&[slope!(real | c | c.out().weigh(c.x().at_most(172.0).digamma()))]),
    ),
};

pub(crate) static LGAMMA: Builtin = Builtin {
    name: "lgamma",
    params: &["x"],
    doc: "Logarithm of the absolute value of `gamma`, with all its digits near its zeros at 1 and 2.\n> lgamma([1, 100, -0.5])\n[0, 359.134, 1.26551]",
    samples: NOT_POLES,
    run: elementwise(Forward::Map1(kernel1!(f64 | x | lgamma(x))), Grad::Slopes(&[slope!(real | c | c.x().digamma())])),
};

pub(crate) static DIGAMMA: Builtin = Builtin {
    name: "digamma",
    params: &["x"],
    doc: "Derivative of `lgamma`, element by element.\n\nIts own derivatives are `polygamma(1, x)`, `polygamma(2, x)` and so on.\n> digamma([1, 10, -0.5])\n[-0.577216, 2.25175, 0.03649]",
    samples: NOT_POLES,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | digamma(x))),
        Grad::Slopes(&[slope!(real | c | c.constant(1.0).polygamma(c.x()).where_defined(c.out()))]),
    ),
};

pub(crate) static POLYGAMMA: Builtin = Builtin {
    name: "polygamma",
    params: &["n", "x"],
    doc: "The `n`-th derivative of `digamma`, element by element; `n` is a whole number.\n> polygamma(1, [1, 0.5])\n[1.64493, 4.9348]",
    samples: &["1, 0.3", "2, [0.5, -1.25, 2]", "[[0], [3]], [1.5, 4]", "1, zeros(0)"],
    run: elementwise(
        Forward::Map2(kernel2!(f64 | n, x | polygamma(n, x))),
        // There is nothing between two orders, so no derivative by the order either.
        Grad::Slopes(&[slope!(real | c | c.constant(f64::NAN)), slope!(real | c | (c.x() + 1.0).polygamma(c.y()))]),
    ),
};

/// The gamma function. The zeros of either sign have the poles of their sides.
pub fn gamma(x: f64) -> f64 {
    if x == 0.0 { 1.0 / x } else { pxfm::f_tgamma(x) }
}

/// log |Γ(x)|
pub fn lgamma(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { x } else { pxfm::f_lgamma(x) }
}

/// The derivative of log |Γ(x)|.
pub fn digamma(x: f64) -> f64 {
    match x {
        0.0 => -1.0 / x,
        // All that is left of the asymptotic series, which the library leaves to overflow.
        1e16.. => x.ln(),
        _ => pxfm::f_digamma(x),
    }
}

/// Whether Γ is infinite here.
pub(super) fn is_pole(x: f64) -> bool {
    x <= 0.0 && x.fract() == 0.0
}

/// The n-th derivative of digamma.
///
/// For positive x it is (-1)ⁿ⁺¹ n! ζ(n + 1, x), Hurwitz's zeta by Euler's and Maclaurin's formula (NIST
/// Digital Library of Mathematical Functions, 25.11.3 and 25.11.5). For negative x the reflection 5.15.6
/// of the same library adds a derivative of the cotangent.
pub fn polygamma(n: f64, x: f64) -> f64 {
    let order = n as u32;
    if f64::from(order) != n || x.is_nan() || order > 1000 {
        return f64::NAN;
    }
    if order == 0 {
        return digamma(x);
    }
    let sign = if order % 2 == 1 { 1.0 } else { -1.0 };
    if x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if is_pole(x) {
        return sign * f64::INFINITY;
    }
    if x >= 1e16 {
        // All that is left of the asymptotic series, which would overflow.
        return sign * first_term(order - 1, x);
    }
    if (-1e-3..0.0).contains(&x) {
        // One step up, where the reflection would be a difference of infinities.
        return sign * (scaled_zeta(order, 1.0 + x) + first_term(order, x));
    }
    if order == 1 {
        return pxfm::f_trigamma(x);
    }
    if x > 0.0 {
        return sign * scaled_zeta(order, x);
    }
    // (-1)ⁿ ψ⁽ⁿ⁾(1 - x) - π dⁿ/dxⁿ cot(πx), where the first is minus the scaled zeta.
    -scaled_zeta(order, 1.0 - x) - cotangent_derivative(order, x)
}

/// The coefficients B₂ⱼ / (2j)! of Euler's and Maclaurin's formula.
const BERNOULLI: [f64; 10] = [
    8.333_333_333_333_333e-2,
    -1.388_888_888_888_889e-3,
    3.306_878_306_878_307e-5,
    -8.267_195_767_195_767e-7,
    2.087_675_698_786_81e-8,
    -5.284_190_138_687_493e-10,
    1.338_253_653_068_467_8e-11,
    -3.389_680_296_322_583e-13,
    8.586_062_056_277_845e-15,
    -2.174_868_698_558_062e-16,
];

/// n! / qⁿ⁺¹, factor by factor, so that neither overflows alone.
pub(super) fn first_term(n: u32, q: f64) -> f64 {
    (1..=n).fold(1.0 / q, |term, k| term * (f64::from(k) / q))
}

/// n! ζ(n + 1, q) for n >= 1 and positive q.
fn scaled_zeta(n: u32, q: f64) -> f64 {
    let s = f64::from(n) + 1.0;
    let scale = first_term(n, q);
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    // Everything relative to the first term: Σ (q / (q + k))^s
    let mut sum = 1.0;
    let mut u = q;
    while u < s + 10.0 {
        u += 1.0;
        let term = (q / u).powf(s);
        if term < 1e-18 * sum {
            return scale * sum;
        }
        if u < s + 10.0 {
            sum += term;
        }
    }
    let last = (q / u).powf(s);
    let mut tail = u / (s - 1.0) + if u > q { 0.5 } else { -0.5 };
    let mut factor = s / u;
    for (j, coefficient) in BERNOULLI.iter().enumerate() {
        let term = coefficient * factor;
        tail += term;
        if term.abs() < 1e-18 * tail {
            break;
        }
        let even = 2.0 * j as f64 + s;
        factor *= (even + 1.0) / u * ((even + 2.0) / u);
    }
    scale * (sum + last * tail)
}

/// π dⁿ/dxⁿ cot(πx): a polynomial in the cotangent, of which each derivative is the last one's times
/// -(1 + cot²).
fn cotangent_derivative(n: u32, x: f64) -> f64 {
    if n > 150 {
        return f64::NAN;
    }
    let (sin, cos) = (pxfm::f_sinpi(x), pxfm::f_cospi(x));
    let cotangent = cos / sin;
    let mut coefficients = vec![0.0, 1.0];
    for _ in 0..n {
        let mut next = vec![0.0; coefficients.len() + 1];
        for (power, coefficient) in coefficients.iter().enumerate().skip(1) {
            let slope = -(power as f64) * coefficient;
            if let Some(low) = next.get_mut(power - 1) {
                *low += slope;
            }
            if let Some(high) = next.get_mut(power + 1) {
                *high += slope;
            }
        }
        coefficients = next;
    }
    let value = coefficients.iter().rev().fold(0.0, |value, coefficient| value * cotangent + coefficient);
    value * PI.powi(n as i32 + 1)
}
