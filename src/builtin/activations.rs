//! What neural networks put between their layers, and the smooth maximum they are made of.

use super::elementwise::{REAL, elementwise};
use super::rule::{Functions, slope};
use crate::array::elementary::{Element, Mode, Real};
use crate::autodiff::{Forward, Grad, Midway, Slope};
use crate::value::Builtin;
use crate::{kernel1, kernel2};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Everything declared here.
pub static ALL: &[&Builtin] =
    &[&SIGMOID, &LOG_SIGMOID, &SOFTPLUS, &LOGADDEXP, &RELU, &LEAKY_RELU, &ELU, &SILU, &GELU, &NORMAL_CDF];

pub(crate) static SIGMOID: Builtin = Builtin {
    name: "sigmoid",
    params: &["x"],
    doc: "Logistic function of every element, `1 / (1 + exp(-x))`.\n\nValue and derivative keep all their digits far out.\n> sigmoid([0, 2, -1000])\n[0.5, 0.880797, 0]\n> sigmoid'(50)\n1.92875e-22",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.sigmoid())),
        // Not 1 minus the result, which far out would be 0.
        Grad::Slopes(&[Slope { midway: Some(&TAIL), ..slope!(real | c | c.out() * (-c.x()).sigmoid()) }]),
    ),
};

/// The logistic functions of `x` and `-x` are what is far out and what that lacks of 1.
static TAIL: Midway = Midway {
    made: kernel1!(real | x | x.tail()),
    result: kernel1!(real | x | x.of_tail()),
    slope: slope!(|c| {
        let size = c.x().greater(c.constant(0.0)).choose(c.x(), -c.x());
        size.clone() * (1.0 - size)
    }),
};

pub(crate) static LOG_SIGMOID: Builtin = Builtin {
    name: "log_sigmoid",
    params: &["x"],
    doc: "Logarithm of the logistic function of every element, exact far out.\n> log_sigmoid([0, 50, -1000])\n[-0.693147, -1.92875e-22, -1000]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | -(-x).softplus())),
        Grad::Slopes(&[slope!(real | c | (-c.x()).sigmoid())]),
    ),
};

pub(crate) static SOFTPLUS: Builtin = Builtin {
    name: "softplus",
    params: &["x"],
    doc: "`log(1 + exp(x))` of every element, exact far out.\n> softplus([0, 1000, -50])\n[0.693147, 1000, 1.92875e-22]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(real | x | x.softplus())),
        Grad::Slopes(&[slope!(real | c | c.x().sigmoid())]),
    ),
};

pub(crate) static LOGADDEXP: Builtin = Builtin {
    name: "logaddexp",
    params: &["x", "y"],
    doc: "`log(exp(x) + exp(y))`, element by element, without overflow.\n> logaddexp([0, 1000], [0, -inf])\n[0.693147, 1000]",
    samples: &["3, 2", "[1.5, -2], [0.5, 4]", "[[1, 2], [3, 4]], [5, 6]", "[[1], [2]], 2", "zeros(0, 2), 1"],
    run: elementwise(
        Forward::Map2(kernel2!(real | x, y | logaddexp(x, y))),
        Grad::Slopes(&[
            slope!(real | c | share(c.x(), c.y(), c.out())),
            slope!(real | c | share(c.y(), c.x(), c.out())),
        ]),
    ),
};

/// The part that `x` has in `exp(x) + exp(y)`. Two equal infinities share equally.
fn share<T: Functions>(x: T, y: T, out: T) -> T {
    let difference = x.clone() - y.clone();
    let half = x.equal(y).choose(out.constant(0.5), out);
    difference.clone().equal(difference.clone()).choose(difference.sigmoid(), half)
}

pub(crate) static RELU: Builtin = Builtin {
    name: "relu",
    params: &["x"],
    doc: "Every element, or 0 if it is negative.\n\nThe derivative at 0 is 0.\n> relu([-2, 0, 3])\n[0, 0, 3]\n> relu'([-2, 0, 3])\n[0, 0, 1]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(|x| if x > 0.0 || x.is_nan() { x } else { 0.0 })),
        // The result is 0 where x is not positive, and nan where it is nan.
        Grad::Slopes(&[slope!(|c| c.x().greater(c.constant(0.0)).choose(c.constant(1.0), c.out()))]),
    ),
};

pub(crate) static LEAKY_RELU: Builtin = Builtin {
    name: "leaky_relu",
    params: &["x", "slope = 0.01"],
    doc: "Every element, times `slope` if it is negative.\n\nThe derivative at 0 is `slope`.\n> leaky_relu([-2, 3])\n[-0.02, 3]\n> leaky_relu([-2, 3], 0.5)\n[-1, 3]",
    samples: &["0.3", "-0.3, 0.2", "[0.5, -1.25, 2]", "[[0.1], [-0.7]], [0.2, 0.5]", "zeros(0), 0.1"],
    run: elementwise(
        Forward::Map2(kernel2!(|x, slope| if x > 0.0 { x } else { x * slope })),
        Grad::Slopes(&[
            slope!(|c| c.x().greater(c.constant(0.0)).choose(c.constant(1.0), c.y()).where_defined(c.out())),
            slope!(|c| c.x().greater(c.constant(0.0)).choose(c.constant(0.0), c.x()).where_defined(c.out())),
        ]),
    ),
};

pub(crate) static ELU: Builtin = Builtin {
    name: "elu",
    params: &["x", "alpha = 1"],
    doc: "Every element, or `alpha * expm1(x)` if it is negative.\n\nThe derivative at 0 is `alpha`.\n> elu([-2, 3])\n[-0.864665, 3]",
    samples: &["0.3", "-0.3, 0.2", "[0.5, -1.25, 2]", "[[0.1], [-0.7]], [0.2, 0.5]", "zeros(0), 0.1"],
    run: elementwise(
        Forward::Map2(kernel2!(real | x, alpha | Real::choose(Real::of(0.0).below(x), x, alpha * x.expm1()))),
        Grad::Slopes(&[
            slope!(
                real | c
                    | c.x()
                        .greater(c.constant(0.0))
                        .choose(c.constant(1.0), c.y() * c.x().exp())
                        .where_defined(c.out())
            ),
            slope!(
                real | c | c.x().greater(c.constant(0.0)).choose(c.constant(0.0), c.x().expm1()).where_defined(c.out())
            ),
        ]),
    ),
};

pub(crate) static SILU: Builtin = Builtin {
    name: "silu",
    params: &["x"],
    doc: "`x * sigmoid(x)`, element by element; also called swish.\n> silu([-1, 0, 2])\n[-0.268941, 0, 1.76159]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(
            real | x | Real::choose(x.is(Real::of(f64::NEG_INFINITY)), Real::of(0.0), x * x.sigmoid())
        )),
        // Beyond 800 the slope is 0 or 1 to the last digit.
        Grad::Slopes(&[slope!(
            real | c | {
                let x = c.x().within(800.0);
                x.clone().sigmoid() * ((-x.clone()).sigmoid() * x + 1.0)
            }
        )]),
    ),
};

pub(crate) static GELU: Builtin = Builtin {
    name: "gelu",
    params: &["x"],
    doc: "Every element times the probability that a normal variable is below it.\n\nThe exact form, `0.5 * x * (1 + erf(x / sqrt(2)))`, with all its digits far out.\n> gelu([-1, 0, 2])\n[-0.158655, 0, 1.9545]",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | if x == f64::NEG_INFINITY { 0.0 } else { x * normal_cdf(x) })),
        Grad::Slopes(&[slope!(
            real | c | {
                let x = c.x().within(40.0);
                x.clone().normal_cdf() + density(x.clone()) * x
            }
        )]),
    ),
};

/// What `gelu` and its slope are made of.
pub(crate) static NORMAL_CDF: Builtin = Builtin {
    name: "(normal_cdf)",
    params: &["x"],
    doc: "The probability that a standard normal variable is below every element.",
    samples: REAL,
    run: elementwise(
        Forward::Map1(kernel1!(f64 | x | normal_cdf(x))),
        Grad::Slopes(&[slope!(real | c | density(c.x()))]),
    ),
};

/// The density of the standard normal distribution, which is 0 long before x is infinite.
fn density<T: Functions>(x: T) -> T {
    let x = x.within(40.0);
    (x.clone() * x * -0.5).exp() / (2.0 * PI).sqrt()
}

/// `log(exp(x) + exp(y))`
#[inline(always)]
fn logaddexp<T: Element, M: Mode>(x: Real<T, M>, y: Real<T, M>) -> Real<T, M> {
    let larger = Real::choose(y.below(x), x, y);
    let result = larger + (-(x - y).abs()).softplus();
    // Also of two equal infinities, whose difference is nan.
    Real::choose(x.is(y), x + std::f64::consts::LN_2, result)
}

/// The probability that a standard normal variable is below `x`.
///
/// Far below zero `erfc` falls so steeply that the rounding of its operand alone would cost hundreds of
/// units in the last place. What the rounding took away is put back along the tangent,
/// erfc(t + r) = erfc(t) - r * 2/sqrt(pi) * exp(-t * t).
#[inline]
pub fn normal_cdf(x: f64) -> f64 {
    /// What the double nearest to 1/sqrt(2) lacks.
    const REST: f64 = -4.833_646_656_726_457e-17;
    let t = -x * FRAC_1_SQRT_2;
    if t <= 0.0 || t > 30.0 {
        return 0.5 * pxfm::f_erfc(t);
    }
    let lost = (-x).mul_add(FRAC_1_SQRT_2, -t) - x * REST;
    0.5 * (pxfm::f_erfc(t) - lost * std::f64::consts::FRAC_2_SQRT_PI * (-t * t).exp())
}
