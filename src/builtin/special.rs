//! Special functions of one line: the error function and its inverse, `sinc`, `x log y`.

use super::elementwise::{REAL, elementwise};
use super::rule::{Functions, slope};
use crate::autodiff::{Forward, Grad};
use crate::value::Builtin;
use crate::{kernel1, kernel2};
use std::f64::consts::{FRAC_2_SQRT_PI, PI};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&ERF, &ERFC, &ERFINV, &XLOGY, &SINC, &SINC_DERIVATIVE];

pub(crate) static ERF: Builtin = Builtin {
    name: "erf",
    params: &["x"],
    doc: "Error function of every element, `2 / sqrt(pi)` times the integral of `exp(-t ** 2)` from 0 to x.\n\nOf a normal variable, `0.5 * (1 + erf(x / sqrt(2)))` is the probability that it is below x.\n> erf([0, 1, -inf])\n[0, 0.842701, -1]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | pxfm::f_erf(x))),
        Grad::Slopes(&[slope!(real | c | bell(c.x()) * FRAC_2_SQRT_PI)]),
    ),
};

/// exp(-x²), which is 0 long before x is infinite.
fn bell<T: Functions>(x: T) -> T {
    let x = x.within(30.0);
    (x.clone() * -x).exp()
}

pub(crate) static ERFC: Builtin = Builtin {
    name: "erfc",
    params: &["x"],
    doc: "`1 - erf(x)`, with all its digits where that is small.\n> erfc([0, 10])\n[1, 2.08849e-45]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | pxfm::f_erfc(x))),
        Grad::Slopes(&[slope!(real | c | bell(c.x()) * -FRAC_2_SQRT_PI)]),
    ),
};

pub(crate) static ERFINV: Builtin = Builtin {
    name: "erfinv",
    params: &["x"],
    doc: "Inverse of `erf`: the number of which it is `x`.\n\nAt -1 and 1 it is infinite, and so is the derivative; beyond there is none: `nan`.\n> erfinv([0, 0.5, 1])\n[0, 0.476936, inf]\n> erf(erfinv(0.25))\n0.25",
    samples: &["0.3", "[0.5, -0.75, 0.9]", "[[0.1, 0.6], [-0.7, 0.2]]", "zeros(0)"],
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | pxfm::f_erfinv(x))),
        Grad::Slopes(&[slope!(real | c | (c.out() * c.out()).exp() / FRAC_2_SQRT_PI)]),
    ),
};

pub(crate) static XLOGY: Builtin = Builtin {
    name: "xlogy",
    params: &["x", "y"],
    doc: "`x * log(y)`, element by element, and 0 where x is 0.\n\nSo `-sum(xlogy(p, p))` is the entropy of probabilities some of which are 0.\n> xlogy([0, 2], [0, 3])\n[0, 2.19722]",
    samples: &["3, 2", "[1.5, -2], [0.5, 4]", "[[1, 2], [7, 0]], [5, 6]", "[[1], [2]], 1.5", "zeros(0, 2), 1"],
    run: elementwise(
        Forward::Map2(kernel2!(f64 | x, y | xlogy(x, y))),
        Grad::Slopes(&[
            // Where the value is nan the slope is, and `log` of a negative number is nan anyway.
            slope!(real | c | c.y().ln().where_defined(c.out())),
            slope!(real | c | c.x().weigh(1.0 / c.y()).where_defined(c.out())),
        ]),
    ),
};

#[inline]
fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 && !y.is_nan() { 0.0 } else { x * y.ln() }
}

pub(crate) static SINC: Builtin = Builtin {
    name: "sinc",
    params: &["x"],
    doc: "`sin(pi * x) / (pi * x)` of every element, and 1 at 0.\n\nIt is exactly 0 at every other whole number. Its derivatives are exact around 0 too.\n> sinc([0, 0.5, 3])\n[1, 0.63662, 0]\n> sinc''(0)\n-3.28987",
    samples: &["0.3", "0", "[0.5, -1.25, 2]", "[[1e-9, 1.5], [-0.7, 20.25]]", "zeros(0)"],
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | sinc_derivative(0.0, x))),
        Grad::Slopes(&[slope!(real | c | c.constant(1.0).sinc_derivative(c.x()))]),
    ),
};

/// What the derivatives of `sinc` are: as a quotient they would lose their digits around 0.
pub(crate) static SINC_DERIVATIVE: Builtin = Builtin {
    name: "(sinc derivative)",
    params: &["n", "x"],
    doc: "The `n`-th derivative of `sinc`.",
    samples: &["1, 0.3", "2, [0.5, 2]"],
    run: elementwise(
        Forward::Map2(kernel2!(f64 | n, x | sinc_derivative(n, x))),
        Grad::Slopes(&[
            slope!(real | c | c.constant(f64::NAN)),
            slope!(real | c | (c.x() + 1.0).sinc_derivative(c.y())),
        ]),
    ),
};

/// The `n`-th derivative of sin(πx) / (πx).
///
/// From `x s(x) = sin(πx) / π`, differentiated n times, `x sₙ + n sₙ₋₁` is a derivative of the right side.
/// That recurrence is stable once |πx| exceeds n / e. Below, the power series of s around 0 is summed: the
/// derivatives of cos(ts) integrated over s from 0 to 1, with t = πx.
pub fn sinc_derivative(n: f64, x: f64) -> f64 {
    let t = PI * x;
    let order = n as u32;
    if f64::from(order) != n || order > 100 {
        return f64::NAN;
    }
    if x.is_infinite() {
        return 0.0;
    }
    if t.abs() > f64::max(1.0, 0.5 * n) {
        let (sin, cos) = (pxfm::f_sinpi(x), pxfm::f_cospi(x));
        let mut s = sin / t;
        for k in 1..=order {
            let turned = [sin, cos, -sin, -cos][(k % 4) as usize];
            s = (turned - f64::from(k) * s) / t;
        }
        return s * PI.powi(order as i32);
    }
    // Σ over even m >= n of (-1)^(m/2) t^(m-n) / ((m-n)! (m+1))
    let first = order + order % 2;
    let mut power = if order % 2 == 1 { t } else { 1.0 };
    let mut sum = 0.0;
    let mut m = first;
    while m < first + 60 {
        let sign = if m.is_multiple_of(4) { 1.0 } else { -1.0 };
        sum += sign * power / f64::from(m + 1);
        let degree = f64::from(m - order);
        power *= t * t / ((degree + 1.0) * (degree + 2.0));
        m += 2;
    }
    sum * PI.powi(order as i32)
}
