//! Random numbers from the gamma distribution and its kin, which differentiate by their parameters.
//!
//! A sample is what the uniform random numbers behind it make of the parameter, and no formula says how it
//! moves with it. But where the distribution function `F(a, z)` stays, `dz/da = -(dF/da) / (dF/dz)`
//! (Figurnov, Mohamed and Mnih, "Implicit Reparameterization Gradients", 2018). The logarithm of the sample
//! is what is drawn and differentiated, since for a small parameter the sample itself is no double.
//!
//! Samples are drawn as Marsaglia and Tsang do ("A simple method for generating gamma variables", 2000):
//! for each try a normal and a uniform number, and below 1 one more uniform number in the end.

use super::activations::SIGMOID;
use super::arithmetic::{ADD, MULTIPLY, NEGATE, SUBTRACT, WEIGH, fit, stretch};
use super::elementwise::EXP;
use super::gamma::{DIGAMMA, POLYGAMMA, digamma, polygamma};
use super::losses::softmax;
use super::random::{Bits, drawn_dtype, drawn_shape, parameter};
use crate::array::broadcast::broadcast_to;
use crate::array::{Array, DType, Shape, limits, number_text};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Host, Run, Value};
use rand_distr::{Distribution, StandardNormal};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&GAMMA_SAMPLE, &BETA_SAMPLE, &DIRICHLET_SAMPLE, &DRAWN, &QUOTIENT];

pub(crate) static GAMMA_SAMPLE: Builtin = Builtin {
    name: "gamma_sample",
    params: &["alpha", "scale = 1", "shape = ()"],
    doc: "Random numbers from the gamma distribution with shape parameter `alpha`, times `scale`.\n\nWithout a shape the parameters decide. The result differentiates by both.\n> seed(1)\n> gamma_sample([0.5, 3], shape = (4, 2)).shape\n(4, 2)",
    samples: &["2.5", "[0.5, 3], [[1], [2]]", "[[1.5], [20]], 2, (3, 2, 2)", "zeros(0), 1"],
    run: Run::Routine(|call: &mut Call<'_>| {
        let (alpha, scale) = (call.args.var(0)?, parameter(&call.args, 1, 1.0)?);
        let shape = drawn_shape(&call.args, 2, &[&alpha, &scale])?;
        let dtype = drawn_dtype(call.host, &[&alpha, &scale]);
        let log = log_gamma(call.host, &alpha, 0, shape, dtype)?;
        let cx = call.host.cx();
        let sample = cx.apply(EXP.op(), &[log])?;
        cx.apply(MULTIPLY.op(), &[sample, scale]).map(Value::Var)
    }),
};

pub(crate) static BETA_SAMPLE: Builtin = Builtin {
    name: "beta_sample",
    params: &["alpha", "beta", "shape = ()"],
    doc: "Random numbers between 0 and 1 from the beta distribution.\n\nWithout a shape the parameters decide. The result differentiates by both.\n> seed(1)\n> beta_sample([0.5, 3], 2).shape\n(2,)",
    samples: &["2.5, 0.5", "[0.5, 3], [[1], [2]]", "[[1.5], [20]], 2, (3, 2, 2)", "zeros(0), 1"],
    run: Run::Routine(|call: &mut Call<'_>| {
        let (alpha, beta) = (call.args.var(0)?, call.args.var(1)?);
        let shape = drawn_shape(&call.args, 2, &[&alpha, &beta])?;
        let dtype = drawn_dtype(call.host, &[&alpha, &beta]);
        let x = log_gamma(call.host, &alpha, 0, shape.clone(), dtype)?;
        let y = log_gamma(call.host, &beta, 1, shape, dtype)?;
        let cx = call.host.cx();
        let apart = cx.apply(SUBTRACT.op(), &[x, y])?;
        cx.apply(SIGMOID.op(), &[apart]).map(Value::Var)
    }),
};

pub(crate) static DIRICHLET_SAMPLE: Builtin = Builtin {
    name: "dirichlet_sample",
    params: &["alpha", "shape = ()"],
    doc: "Random positive numbers that sum to 1 along the last axis, from the Dirichlet distribution.\n\nThe shape says how many there are, in front of the shape of `alpha`. The result differentiates by `alpha`.\n> seed(1)\n> x = dirichlet_sample([0.5, 3, 1], shape = 4)\n> x.shape\n(4, 3)\n> sum(x, axis = 1)\n[1, 1, 1, 1]",
    samples: &["[2.5, 0.5]", "[[0.5, 3], [1, 2]]", "[1.5, 20, 3], (2, 1)", "zeros(0, 2)"],
    run: Run::Routine(|call: &mut Call<'_>| {
        let alpha = call.args.var(0)?;
        if alpha.shape().is_empty() {
            return Err(Problem::new("dirichlet_sample needs an array of parameters")
                .label(Part::Argument(0), "a single number"));
        }
        let own = Shape::from_slice(alpha.shape());
        let front = if call.args.given(1) { call.args.shape(1)? } else { Shape::new() };
        let dtype = drawn_dtype(call.host, &[&alpha]);
        let log = log_gamma(call.host, &alpha, 0, front.into_iter().chain(own).collect(), dtype)?;
        softmax(call.host.cx(), &log).map(Value::Var)
    }),
};

/// Logarithms of samples from the gamma distribution.
fn log_gamma(host: &mut dyn Host, alpha: &Var, part: usize, shape: Shape, dtype: DType) -> Outcome<Var> {
    let parameters = alpha.array().cast(DType::F64);
    let bad = |a: &&f64| !(**a > 0.0 && a.is_finite());
    if let Some(wrong) = parameters.to_doubles().iter().find(bad) {
        return Err(Problem::new(format!("this parameter is a positive number, found {}", number_text(*wrong)))
            .label(Part::Argument(part), "of a distribution"));
    }
    let len = limits::checked_count(&shape)?;
    let wide = broadcast_to(&parameters, &shape)?;
    let mut out = limits::reserve(len)?;
    let mut bits = Bits(host);
    for (i, &a) in wide.to_doubles().iter().enumerate() {
        if i % 1024 == 0 {
            limits::check()?;
        }
        out.push(draw(&mut bits, a));
    }
    let drawn = Array::new(shape, out).cast(dtype);
    let cx = host.cx();
    if alpha.node().is_none() || !cx.recording() {
        return Ok(drawn.into());
    }
    let wide = stretch(cx, alpha, &drawn.clone().into())?;
    cx.apply_with(DRAWN.op(), Plan::new(drawn), &[wide])
}

/// The logarithm of one sample.
fn draw(bits: &mut Bits<'_>, a: f64) -> f64 {
    if a < 1.0 {
        let larger = draw(bits, a + 1.0);
        return larger + (1.0 - bits.unit()).ln() / a;
    }
    let d = a - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x: f64 = StandardNormal.sample(bits);
        let u = bits.unit();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && (1.0 - u).ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
            return d.ln() + v.ln();
        }
    }
}

const fn internal(name: &'static str, params: &'static [&'static str], doc: &'static str, op: Op) -> Builtin {
    let run = Run::Operation(|_| Err(Problem::new("internal error: not to be called")), op);
    Builtin { name, params, doc, samples: &[], run }
}

/// The sample is the plan; the operand is only what it moves with.
static DRAWN: Builtin = internal(
    "(gamma_sample)",
    &["alpha"],
    "Logarithms of random numbers from the gamma distribution.",
    Op {
        forward: Forward::General(|_, plan, _| Ok(plan.get::<Array>()?.clone().into())),
        grad: Grad::Pulls(|p: &Pull<'_>, _| {
            let Some(a) = p.args.first() else { return Ok(p.dy.clone()) };
            let slope = quotient(p.cx, 1, a, &p.out())?;
            p.cx.apply(WEIGH.op(), &[p.dy.clone(), p.cx.apply(NEGATE.op(), &[slope])?])
        }),
        number: Number::new(),
    },
);

/// For `l = log z`: the n-th derivative of the distribution function by `a`, over its derivative by `l`.
static QUOTIENT: Builtin = internal(
    "(gamma quotient)",
    &["a", "l"],
    "A derivative of the distribution function of the gamma distribution over its density.",
    Op {
        forward: Forward::General(|_, plan, args| match args {
            [a, l] => {
                let n = *plan.get::<usize>()?;
                let (a, l) = (a.array(), l.array());
                let mut out = limits::reserve(a.len())?;
                for (&a, &l) in a.to_doubles().iter().zip(l.to_doubles().iter()) {
                    limits::check()?;
                    out.push(derivative_over_density(n, a, l));
                }
                let dtype = if l.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
                Ok(Array::new(Shape::from_slice(l.shape()), out).cast(dtype).into())
            }
            _ => Ok(Var::default()),
        }),
        // With p the density of l, q the quotient and y = (dⁿp/daⁿ) / p:
        // dq/dl = y - q (a - exp(l)) and dq/da = (the next quotient) - q (l - digamma(a)).
        grad: Grad::Pulls(|p: &Pull<'_>, i| {
            let (cx, n) = (p.cx, *p.plan.get::<usize>()?);
            let [a, l] = p.args else { return Ok(p.dy.clone()) };
            let pair = |builtin: &'static Builtin, x: Var, y: Var| cx.apply(builtin.op(), &[x, y]);
            let apart = pair(&SUBTRACT, l.clone(), cx.apply(DIGAMMA.op(), std::slice::from_ref(a))?)?;
            let (first, factor) = if i == 0 {
                (quotient(cx, n + 1, a, l)?, apart)
            } else {
                let size = cx.apply(EXP.op(), std::slice::from_ref(l))?;
                (density_quotient(cx, n, a, &apart)?, pair(&SUBTRACT, a.clone(), size)?)
            };
            let slope = pair(&SUBTRACT, first, pair(&MULTIPLY, p.out(), factor)?)?;
            pair(&WEIGH, p.dy.clone(), slope)
        }),
        number: Number::new(),
    },
);

fn quotient(cx: &Context, n: usize, a: &Var, l: &Var) -> Outcome<Var> {
    cx.apply_with(QUOTIENT.op(), Plan::new(n), &[a.clone(), l.clone()])
}

/// The n-th derivative of the density by `a`, over the density: the complete Bell polynomial of the
/// derivatives of its logarithm, `l - digamma(a)` and minus the polygammas.
fn density_quotient(cx: &Context, n: usize, a: &Var, apart: &Var) -> Outcome<Var> {
    let mut bell = vec![fit(cx, &Var::Num(1.0), apart)?];
    for order in 0..n {
        let mut next: Option<Var> = None;
        let mut binomial = 1.0;
        for k in 0..=order {
            let derivative = match k {
                0 => apart.clone(),
                _ => {
                    let up = cx.apply(POLYGAMMA.op(), &[Var::Num(k as f64), a.clone()])?;
                    cx.apply(NEGATE.op(), &[up])?
                }
            };
            let earlier = bell.get(order - k).cloned().unwrap_or_default();
            let term =
                cx.apply(MULTIPLY.op(), &[cx.apply(MULTIPLY.op(), &[earlier, derivative])?, Var::Num(binomial)])?;
            next = Some(match next {
                Some(sum) => cx.apply(ADD.op(), &[sum, term])?,
                None => term,
            });
            binomial = binomial * (order - k) as f64 / (k + 1) as f64;
        }
        bell.extend(next);
    }
    Ok(bell.pop().unwrap_or_default())
}

/// Taylor coefficients in `a`, as many as asked for.
type Jet = Vec<f64>;

fn times(x: &Jet, y: &Jet) -> Jet {
    let coefficient = |k: usize| (0..=k).map(|i| x.get(i).zip(y.get(k - i)).map_or(0.0, |(x, y)| x * y)).sum();
    (0..x.len()).map(coefficient).collect()
}

fn inverse(x: &Jet) -> Jet {
    let first = x.first().copied().unwrap_or(1.0);
    let mut out: Jet = Vec::with_capacity(x.len());
    for k in 0..x.len() {
        let rest: f64 = (1..=k).map(|i| x.get(i).zip(out.get(k - i)).map_or(0.0, |(x, y)| x * y)).sum();
        out.push(if k == 0 { 1.0 / first } else { -rest / first });
    }
    out
}

/// `value + slope * (a - a₀)`
fn line(n: usize, value: f64, slope: f64) -> Jet {
    (0..=n).map(|k| [value, slope].get(k).copied().unwrap_or(0.0)).collect()
}

/// The most terms of a series; enough for a parameter of 1e8.
const TERMS: usize = 200_000;

/// The n-th derivative by `a` of the regularised lower incomplete gamma function P(a, z) over the density
/// of l = log z. Below the mean by the power series, above by the continued fraction of the upper one
/// (NIST Digital Library of Mathematical Functions, 8.7.1 and 8.9.2), both as Taylor polynomials in `a`.
fn derivative_over_density(n: usize, a: f64, l: f64) -> f64 {
    let z = l.exp();
    if !(a > 0.0 && z.is_finite()) {
        return f64::NAN;
    }
    // The density at a + ε over that at a: the exponential of its Taylor polynomial.
    let logarithm = |k: usize| if k == 1 { l - digamma(a) } else { -polygamma((k - 1) as f64, a) };
    let mut density: Jet = vec![1.0];
    let mut factorial = 1.0;
    let mut slopes = vec![0.0];
    for k in 1..=n {
        factorial *= k as f64;
        slopes.push(logarithm(k) / factorial * k as f64);
        let sum: f64 = (1..=k).map(|i| slopes.get(i).zip(density.get(k - i)).map_or(0.0, |(x, y)| x * y)).sum();
        density.push(sum / k as f64);
    }
    let small = |term: &Jet, sum: &Jet| term.iter().zip(sum).all(|(term, sum)| term.abs() <= 1e-17 * sum.abs());
    let (whole, sign) = if z < a + 1.0 {
        let mut term = inverse(&line(n, a, 1.0));
        let mut sum = term.clone();
        for k in 1..TERMS {
            term = times(&term, &inverse(&line(n, a + k as f64, 1.0)));
            term.iter_mut().for_each(|x| *x *= z);
            sum.iter_mut().zip(&term).for_each(|(sum, x)| *sum += x);
            if small(&term, &sum) {
                break;
            }
        }
        (sum, 1.0)
    } else {
        // Lentz's method.
        let one = line(n, 1.0, 0.0);
        let mut fraction = line(n, z + 1.0 - a, -1.0);
        let (mut c, mut d) = (fraction.clone(), line(n, 0.0, 0.0));
        for k in 1..TERMS {
            let k = k as f64;
            let (top, bottom) = (line(n, -k * (k - a), k), line(n, z + 2.0 * k + 1.0 - a, -1.0));
            let add = |x: &Jet| -> Jet { x.iter().zip(&bottom).map(|(x, y)| x + y).collect() };
            d = inverse(&add(&times(&top, &d)));
            c = add(&times(&top, &inverse(&c)));
            let change = times(&c, &d);
            fraction = times(&fraction, &change);
            let moved: Jet = change.iter().zip(&one).map(|(x, y)| x - y).collect();
            if moved.iter().all(|x| x.abs() <= 1e-16) {
                break;
            }
        }
        (inverse(&fraction), -1.0)
    };
    sign * factorial * times(&density, &whole).last().copied().unwrap_or(f64::NAN)
}
