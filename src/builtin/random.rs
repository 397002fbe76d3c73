//! Random numbers.
//!
//! One generator for a session, Xoshiro256++ (Blackman and Vigna, 2019), seeded from one number by
//! SplitMix64: its stream is fixed, so a program that calls `seed` prints the same for ever. A uniform
//! double is the upper 53 bits of a draw; a normal one comes from the ziggurat method (Marsaglia and
//! Tsang, 2000).

use super::arithmetic::{ADD, MULTIPLY, SUBTRACT};
use crate::array::map::broadcast;
use crate::array::{Array, DType, Shape, limits};
use crate::autodiff::Var;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Host, Run, Value, as_var};
use rand::TryRng;
use rand_distr::{Distribution, StandardNormal};
use std::convert::Infallible;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&SEED, &RAND, &RANDN, &UNIFORM, &NORMAL, &RANDINT, &BERNOULLI, &PERMUTATION, &CHOICE];

/// The session's generator, as the distributions want it.
struct Draws<'h>(&'h mut dyn Host);

impl TryRng for Draws<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.0.random() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.random())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.0.random().to_le_bytes();
            chunk.iter_mut().zip(word).for_each(|(byte, random)| *byte = random);
        }
        Ok(())
    }
}

/// A uniform double in [0, 1).
fn unit(host: &mut dyn Host) -> f64 {
    (host.random() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A whole number below `n`, without bias: draws in the last, incomplete run are thrown away.
fn below(host: &mut dyn Host, n: u64) -> u64 {
    let n = n.max(1);
    let limit = u64::MAX - u64::MAX % n;
    loop {
        let draw = host.random();
        if draw < limit {
            return draw % n;
        }
    }
}

/// An array of draws, in the type that literals have.
fn filled(host: &mut dyn Host, shape: &[usize], mut draw: impl FnMut(&mut dyn Host) -> f64) -> Outcome<Var> {
    let len = limits::checked_count(shape)?;
    let mut data = limits::reserve(len)?;
    for i in 0..len {
        if i % limits::STRIDE == 0 {
            limits::check()?;
        }
        data.push(draw(host));
    }
    let array = Array::new(Shape::from_slice(shape), data);
    Ok(if *host.singles() { array.cast(DType::F32).into() } else { array.into() })
}

fn standard_normal(host: &mut dyn Host) -> f64 {
    StandardNormal.sample(&mut Draws(host))
}

pub(crate) static SEED: Builtin = Builtin {
    name: "seed",
    params: &["n"],
    doc: "Starts the random numbers anew: the same seed gives the same numbers.\n> seed(1)\n> a = rand()\n> seed(1)\n> rand() == a\ntrue",
    samples: &[],
    run: Run::Routine(|call| {
        let n = call.args.whole(0)?;
        call.host.seed(n as i64 as u64);
        Ok(Value::None)
    }),
};

pub(crate) static RAND: Builtin = Builtin {
    name: "rand",
    params: &["...shape"],
    doc: "Uniform random numbers from 0 up to 1, in the given shape.\n> rand(2, 3).shape\n(2, 3)",
    samples: &[],
    run: Run::Routine(|call| {
        let shape = call.args.shape_rest(0)?;
        filled(call.host, &shape, unit).map(Value::Var)
    }),
};

pub(crate) static RANDN: Builtin = Builtin {
    name: "randn",
    params: &["...shape"],
    doc: "Normal random numbers with mean 0 and standard deviation 1, in the given shape.\n> randn(2, 3).shape\n(2, 3)",
    samples: &[],
    run: Run::Routine(|call| {
        let shape = call.args.shape_rest(0)?;
        filled(call.host, &shape, standard_normal).map(Value::Var)
    }),
};

/// The shape of the draws: the one that was given, or that of the parameters.
fn drawn_shape(call: &Call<'_>, i: usize, a: &Var, b: &Var) -> Outcome<Shape> {
    if matches!(call.args.get(i), Value::Unset) { broadcast(a.shape(), b.shape()) } else { call.args.shape(i) }
}

fn parameter(call: &Call<'_>, i: usize, default: f64) -> Outcome<Var> {
    if matches!(call.args.get(i), Value::Unset) { Ok(Var::Num(default)) } else { call.args.var(i) }
}

pub(crate) static UNIFORM: Builtin = Builtin {
    name: "uniform",
    params: &["low = 0", "high = 1", "shape = ()"],
    doc: "Uniform random numbers from `low` up to `high`.\n\nWithout a shape there are as many as the parameters have elements. The draws are `low + (high - low) * rand(…)`, so they differentiate by both.\n> uniform(shape = 2).shape\n(2,)",
    samples: &[],
    run: Run::Routine(|call| {
        let (low, high) = (parameter(call, 0, 0.0)?, parameter(call, 1, 1.0)?);
        let shape = drawn_shape(call, 2, &low, &high)?;
        let draws = filled(call.host, &shape, unit)?;
        let cx = call.host.cx();
        let width = cx.apply(SUBTRACT.op(), &[high, low.clone()])?;
        let scaled = cx.apply(MULTIPLY.op(), &[width, draws])?;
        cx.apply(ADD.op(), &[low, scaled]).map(Value::Var)
    }),
};

pub(crate) static NORMAL: Builtin = Builtin {
    name: "normal",
    params: &["mean = 0", "std = 1", "shape = ()"],
    doc: "Normal random numbers.\n\nWithout a shape there are as many as the parameters have elements. The draws are `mean + std * randn(…)`, so they differentiate by both.\n> normal(0, 2, shape = (2, 3)).shape\n(2, 3)",
    samples: &[],
    run: Run::Routine(|call| {
        let (mean, std) = (parameter(call, 0, 0.0)?, parameter(call, 1, 1.0)?);
        if let Some(&negative) = std.array().to_doubles().iter().find(|&&x| x < 0.0) {
            return Err(Problem::new("a standard deviation is not negative").label(Part::Argument(1), negative.to_string()));
        }
        let shape = drawn_shape(call, 2, &mean, &std)?;
        let draws = filled(call.host, &shape, standard_normal)?;
        let cx = call.host.cx();
        let scaled = cx.apply(MULTIPLY.op(), &[std, draws])?;
        cx.apply(ADD.op(), &[mean, scaled]).map(Value::Var)
    }),
};

pub(crate) static RANDINT: Builtin = Builtin {
    name: "randint",
    params: &["low", "high = none", "shape = ()"],
    doc: "Whole random numbers from `low` up to, but not including, `high`; with one number, from 0 up to it.\n> r = randint(6, shape = 100)\n> all(r >= 0 and r < 6)\ntrue",
    samples: &[],
    run: Run::Routine(|call| {
        let first = call.args.whole(0)?;
        let (low, high) = if call.args.given(1) { (first, call.args.whole(1)?) } else { (0, first) };
        if high <= low {
            return Err(Problem::new(format!("there is no whole number from {low} up to {high}")).label(Part::Whole, ""));
        }
        let shape = if matches!(call.args.get(2), Value::Unset) { Shape::new() } else { call.args.shape(2)? };
        let span = high.abs_diff(low) as u64;
        filled(call.host, &shape, |host| low as f64 + below(host, span) as f64).map(Value::Var)
    }),
};

pub(crate) static BERNOULLI: Builtin = Builtin {
    name: "bernoulli",
    params: &["p = 0.5", "shape = ()"],
    doc: "1 with probability `p`, otherwise 0. No derivative passes.\n> bernoulli(1, shape = 3)\n[1, 1, 1]",
    samples: &[],
    run: Run::Routine(|call| {
        let p = parameter(call, 0, 0.5)?;
        if let Some(&wrong) = p.array().to_doubles().iter().find(|&&x| !(0.0..=1.0).contains(&x)) {
            return Err(Problem::new("a probability lies between 0 and 1").label(Part::Argument(0), wrong.to_string()));
        }
        let shape = drawn_shape(call, 1, &p, &Var::Num(0.0))?;
        let p = crate::array::map::broadcast_to(&p.array(), &shape)?.to_doubles().into_owned();
        let mut p = p.into_iter();
        filled(call.host, &shape, |host| f64::from(u8::from(unit(host) < p.next().unwrap_or(0.0)))).map(Value::Var)
    }),
};

pub(crate) static PERMUTATION: Builtin = Builtin {
    name: "permutation",
    params: &["x"],
    doc: "The whole numbers below `x` in random order, or the rows of an array in random order.\n> sum(permutation(5))\n10",
    samples: &[],
    run: Run::Routine(|call| {
        let x = call.args.var(0)?;
        let len = if x.shape().is_empty() {
            usize::try_from(call.args.whole(0)?).map_err(|_| Problem::new("a permutation has no negative length").label(Part::Argument(0), ""))?
        } else {
            x.shape()[0]
        };
        limits::checked_count(&[len])?;
        let mut order: Vec<usize> = limits::reserve(len)?;
        order.extend(0..len);
        // Fisher and Yates, from the end.
        for i in (1..len).rev() {
            if i % limits::STRIDE == 0 {
                limits::check()?;
            }
            order.swap(i, below(call.host, i as u64 + 1) as usize);
        }
        if x.shape().is_empty() {
            let mut order = order.into_iter();
            return filled(call.host, &[len], |_| order.next().unwrap_or(0) as f64).map(Value::Var);
        }
        super::indexing::rows(call.host.cx(), &x, &order).map(Value::Var)
    }),
};

pub(crate) static CHOICE: Builtin = Builtin {
    name: "choice",
    params: &["x", "shape = ()", "replace = true"],
    doc: "Rows of an array, entries of a tuple, or whole numbers below `x`, chosen at random.\n\nWith `replace = false` none is chosen twice.\n> choice([7, 7, 7], shape = 2)\n[7, 7]",
    samples: &[],
    run: Run::Routine(|call| {
        let replace = call.args.flag_or(2, true)?;
        let shape = if matches!(call.args.get(1), Value::Unset) { Shape::new() } else { call.args.shape(1)? };
        let count = limits::checked_count(&shape)?;
        let source = call.args.get(0).clone();
        let len = match &source {
            Value::Tuple(tuple) => tuple.items.len(),
            other => match as_var(other)? {
                Some(x) if x.shape().is_empty() => usize::try_from(call.args.whole(0)?).unwrap_or(0),
                Some(x) => x.shape()[0],
                None => return Err(call.args.wrong(0, "an array, a tuple or a number")),
            },
        };
        if len == 0 && count > 0 {
            return Err(Problem::new("there is nothing to choose from").label(Part::Argument(0), "empty"));
        }
        if !replace && count > len {
            return Err(Problem::new(format!("{count} cannot be chosen from {len} without repeating"))
                .label(Part::Argument(1), count.to_string())
                .help("write replace = true to let the same one come again"));
        }
        let picks = picked(call.host, len, count, replace)?;
        match &source {
            Value::Tuple(tuple) if shape.is_empty() => Ok(picks.first().and_then(|&i| tuple.items.get(i)).cloned().unwrap_or(Value::None)),
            Value::Tuple(tuple) => Ok(Value::tuple(picks.iter().filter_map(|&i| tuple.items.get(i)).cloned().collect())),
            other => match as_var(other)? {
                Some(x) if !x.shape().is_empty() => super::indexing::rows_in(call.host.cx(), &x, &picks, &shape).map(Value::Var),
                _ => {
                    let mut picks = picks.into_iter();
                    filled(call.host, &shape, |_| picks.next().unwrap_or(0) as f64).map(Value::Var)
                }
            },
        }
    }),
};

/// Positions below `len`, at random.
fn picked(host: &mut dyn Host, len: usize, count: usize, replace: bool) -> Outcome<Vec<usize>> {
    if replace {
        let mut picks = limits::reserve(count)?;
        for _ in 0..count {
            picks.push(below(host, len as u64) as usize);
        }
        return Ok(picks);
    }
    let mut order: Vec<usize> = limits::reserve(len)?;
    order.extend(0..len);
    for i in 0..count {
        let other = i + below(host, (len - i) as u64) as usize;
        order.swap(i, other);
    }
    order.truncate(count);
    Ok(order)
}
