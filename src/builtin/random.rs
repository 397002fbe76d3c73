//! Random numbers.
//!
//! The generator is xoshiro256++, seeded by SplitMix64; its stream never changes, and a test holds it to
//! that. A double is the upper 53 bits, a single the upper 24, a whole number is drawn by Lemire's
//! multiplication, a normal number by the ziggurat of Marsaglia and Tsang in Doornik's variant.
//!
//! `uniform` and `normal` are computed from their parameters, so they differentiate by them:
//! `normal(m, s)` is `m + s * randn()`.

use super::arithmetic::{ADD, MULTIPLY, SUBTRACT};
use crate::array::broadcast::broadcast;
use crate::array::{Array, DType, Data, Shape, limits, shape_text};
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Host, Run, Value};
use rand_distr::{Distribution, StandardNormal};
use std::convert::Infallible;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&RAND, &RANDN, &UNIFORM, &NORMAL, &RANDINT, &BERNOULLI, &CUT, &SEED];

/// The session's generator, as the distributions want it.
pub(super) struct Bits<'h>(pub(super) &'h mut dyn Host);

impl rand::TryRng for Bits<'_> {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.0.random() >> 32) as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.random())
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(self.0.random().to_le_bytes().get(..chunk.len()).unwrap_or(&[]));
        }
        Ok(())
    }
}

impl Bits<'_> {
    /// From 0 up to but not including 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.random() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// The same as a single.
    fn unit_single(&mut self) -> f64 {
        (self.0.random() >> 40) as f64 * (1.0 / (1_u64 << 24) as f64)
    }

    /// A whole number below `n`, each as likely as any other.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let reject = n.wrapping_neg() % n.max(1);
        loop {
            let product = u128::from(self.0.random()) * u128::from(n);
            if product as u64 >= reject {
                return (product >> 64) as u64;
            }
        }
    }
}

/// An array of numbers drawn one by one.
fn draw(host: &mut dyn Host, shape: Shape, dtype: DType, mut next: impl FnMut(&mut Bits<'_>) -> f64) -> Outcome<Var> {
    let len = limits::checked_count(&shape)?;
    let mut bits = Bits(host);
    if shape.is_empty() && dtype == DType::F64 {
        return Ok(Var::Num(next(&mut bits)));
    }
    fn fill<T>(len: usize, mut next: impl FnMut() -> T) -> Outcome<Vec<T>> {
        let mut data = limits::reserve(len)?;
        while data.len() < len {
            limits::check()?;
            let stretch = (len - data.len()).min(limits::STRIDE);
            data.extend((0..stretch).map(|_| next()));
        }
        Ok(data)
    }
    let data = match dtype {
        DType::F64 => Data::F64(fill(len, || next(&mut bits))?),
        DType::F32 => Data::F32(fill(len, || next(&mut bits) as f32)?),
        DType::Bool => Data::Bool(fill(len, || next(&mut bits) != 0.0)?),
    };
    Ok(Array::new(shape, data).into())
}

pub(super) fn dtype(host: &mut dyn Host) -> DType {
    if *host.singles() { DType::F32 } else { DType::F64 }
}

fn uniform(host: &mut dyn Host, shape: Shape, dtype: DType) -> Outcome<Var> {
    match dtype {
        DType::F32 => draw(host, shape, dtype, |bits| bits.unit_single()),
        _ => draw(host, shape, dtype, |bits| bits.unit()),
    }
}

fn normal(host: &mut dyn Host, shape: Shape, dtype: DType) -> Outcome<Var> {
    draw(host, shape, dtype, |bits| StandardNormal.sample(bits))
}

pub(crate) static RAND: Builtin = Builtin {
    name: "rand",
    params: &["...shape"],
    doc: "Random numbers from 0 up to but not including 1.\n> seed(1)\n> rand(2, 3).shape\n(2, 3)",
    samples: &["", "3", "2, 3", "0, 2"],
    run: Run::Routine(|call| {
        let shape = call.args.shape_rest(0)?;
        let dtype = dtype(call.host);
        uniform(call.host, shape, dtype).map(Value::Var)
    }),
};

pub(crate) static RANDN: Builtin = Builtin {
    name: "randn",
    params: &["...shape"],
    doc: "Random numbers from the normal distribution with mean 0 and standard deviation 1.\n> seed(1)\n> randn(2, 3).shape\n(2, 3)",
    samples: &["", "3", "2, 3", "0, 2"],
    run: Run::Routine(|call| {
        let shape = call.args.shape_rest(0)?;
        let dtype = dtype(call.host);
        normal(call.host, shape, dtype).map(Value::Var)
    }),
};

/// A parameter of a distribution.
pub(super) fn parameter(args: &Arguments, i: usize, default: f64) -> Outcome<Var> {
    if matches!(args.get(i), Value::Unset) { Ok(Var::Num(default)) } else { args.var(i) }
}

/// The shape of what is drawn: as asked for, or that of the parameters.
pub(super) fn drawn_shape(args: &Arguments, i: usize, parameters: &[&Var]) -> Outcome<Shape> {
    let mut own = Shape::new();
    for parameter in parameters {
        own = broadcast(&own, parameter.shape())?;
    }
    if matches!(args.get(i), Value::Unset) {
        return Ok(own);
    }
    let shape = args.shape(i)?;
    if broadcast(&own, &shape).is_ok_and(|joined| joined == shape) {
        return Ok(shape);
    }
    Err(Problem::new("the parameters do not fit the shape")
        .label(Part::Argument(i), shape_text(&shape))
        .label(Part::Argument(0), format!("the parameters have shape {}", shape_text(&own))))
}

/// Singles if the program asked for them, or if an array of them is a parameter.
pub(super) fn drawn_dtype(host: &mut dyn Host, parameters: &[&Var]) -> DType {
    let arrays = || parameters.iter().filter(|x| !x.shape().is_empty());
    match dtype(host) {
        DType::F64 if arrays().next().is_some() && arrays().all(|x| x.dtype() == DType::F32) => DType::F32,
        dtype => dtype,
    }
}

pub(crate) static UNIFORM: Builtin = Builtin {
    name: "uniform",
    params: &["low = 0", "high = 1", "shape = ()"],
    doc: "Random numbers from `low` up to but not including `high`, all equally likely.\n\nWithout a shape the parameters decide. The result differentiates by them.\n> seed(1)\n> uniform(2, 3, shape = 2)\n[2.81161, 2.7471]",
    samples: &["1, 3", "[0, 1], [[2], [3.5]]", "0.5, 2, (2, 3)", "zeros(0), 1", "2, shape = (0, 2)"],
    run: Run::Routine(|call| {
        let (low, high) = (parameter(&call.args, 0, 0.0)?, parameter(&call.args, 1, 1.0)?);
        let shape = drawn_shape(&call.args, 2, &[&low, &high])?;
        let dtype = drawn_dtype(call.host, &[&low, &high]);
        let u = uniform(call.host, shape, dtype)?;
        if matches!((&low, &high), (Var::Num(0.0), Var::Num(1.0))) {
            return Ok(Value::Var(u));
        }
        let cx = call.host.cx();
        let width = cx.apply(SUBTRACT.op(), &[high, low.clone()])?;
        shifted(cx, low, &width, &u)
    }),
};

/// low + width * u
fn shifted(cx: &crate::autodiff::Context, low: Var, width: &Var, u: &Var) -> Outcome<Value> {
    let spread = cx.apply(MULTIPLY.op(), &[width.clone(), u.clone()])?;
    cx.apply(ADD.op(), &[low, spread]).map(Value::Var)
}

pub(crate) static NORMAL: Builtin = Builtin {
    name: "normal",
    params: &["mean = 0", "std = 1", "shape = ()"],
    doc: "Random numbers from the normal distribution.\n\nWithout a shape the parameters decide. The result differentiates by them.\n> seed(1)\n> normal([0, 100], 1).shape\n(2,)",
    samples: &["1, 3", "[0, 1], [[2], [3.5]]", "0.5, 2, (2, 3)", "zeros(0), 1", "2, shape = (0, 2)"],
    run: Run::Routine(|call| {
        let (mean, std) = (parameter(&call.args, 0, 0.0)?, parameter(&call.args, 1, 1.0)?);
        if std.array().to_doubles().iter().any(|&std| std < 0.0) {
            return Err(Problem::new("a standard deviation is not negative").label(Part::Argument(1), "less than 0"));
        }
        let shape = drawn_shape(&call.args, 2, &[&mean, &std])?;
        let dtype = drawn_dtype(call.host, &[&mean, &std]);
        let z = normal(call.host, shape, dtype)?;
        if matches!((&mean, &std), (Var::Num(0.0), Var::Num(1.0))) {
            return Ok(Value::Var(z));
        }
        shifted(call.host.cx(), mean, &std, &z)
    }),
};

pub(crate) static RANDINT: Builtin = Builtin {
    name: "randint",
    params: &["low", "high = none", "shape = ()"],
    doc: "Random whole numbers from `low` up to but not including `high`; of one bound, from 0 up to it.\n> seed(1)\n> randint(1, 7, shape = 5)\n[5, 5, 1, 5, 2]",
    samples: &["6", "-2, 5, (2, 3)", "3, shape = (0, 2)"],
    run: Run::Routine(|call| {
        let first = call.args.whole(0)?;
        let (low, high) = if call.args.given(1) { (first, call.args.whole(1)?) } else { (0, first) };
        if high <= low {
            let last = usize::from(call.args.given(1));
            return Err(Problem::new(format!("there is no whole number from {low} up to {high}"))
                .label(Part::Argument(last), high.to_string())
                .note("the upper bound is not included"));
        }
        let shape = if call.args.given(2) { call.args.shape(2)? } else { Shape::new() };
        let dtype = dtype(call.host);
        draw(call.host, shape, dtype, |bits| (low + bits.below(high.abs_diff(low) as u64) as isize) as f64)
            .map(Value::Var)
    }),
};

pub(crate) static BERNOULLI: Builtin = Builtin {
    name: "bernoulli",
    params: &["p = 0.5", "shape = ()"],
    doc: "Truth values that are true with probability `p`.\n\nWithout a shape `p` decides. No derivative passes.\n> seed(1)\n> bernoulli([0, 1])\n[false, true]",
    samples: &["0.5", "[0.2, 1]", "[[0.2], [0.9]], (2, 3)", "zeros(0)"],
    run: Run::Routine(|call| {
        let p = parameter(&call.args, 0, 0.5)?;
        let p = p.array();
        let probabilities = p.to_doubles();
        if let Some(wrong) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(Problem::new(format!(
                "a probability is from 0 to 1, found {}",
                crate::array::number_text(*wrong)
            ))
            .label(Part::Argument(0), "")
            .help("0 is never, 1 is always"));
        }
        let shape = drawn_shape(&call.args, 1, &[&p.clone().into_owned().into()])?;
        let chance = if probabilities.len() == 1 {
            p.clone().into_owned()
        } else {
            crate::array::broadcast::broadcast_to(&p, &shape)?
        };
        let chance = chance.to_doubles();
        let mut chances = chance.iter().cycle();
        let drawn = draw(call.host, shape, DType::Bool, |bits| {
            f64::from(u8::from(bits.unit() < chances.next().copied().unwrap_or(0.0)))
        })?;
        // What a gradient that ends here is told.
        let p = parameter(&call.args, 0, 0.5)?;
        Ok(Value::Var(call.host.cx().record(CUT.op(), Plan::NONE, &[p], drawn)))
    }),
};

/// What passes no derivative.
static CUT: Builtin = Builtin {
    name: "(bernoulli)",
    params: &["p"],
    doc: "Random truth values.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::General(|_, _, args| Ok(args.first().cloned().unwrap_or_default())),
            grad: Grad::Blocked,
            number: Number::new(),
        },
    ),
};

pub(crate) static SEED: Builtin = Builtin {
    name: "seed",
    params: &["n"],
    doc: "Starts the random numbers anew: the same seed gives the same numbers, on every machine.\n\nThe generator is xoshiro256++ (Blackman and Vigna, 2021), its state the first four outputs of SplitMix64 from the seed. A number from 0 to 1 is the upper 53 bits of an output, in single precision the upper 24; whole numbers are drawn by Lemire's multiplication, normal ones by a ziggurat of 256 layers. This does not change between versions.\n> seed(1)\n> a = rand(3)\n> seed(1)\n> all_equal = sum(a == rand(3))\n> all_equal\n3",
    samples: &[],
    run: Run::Routine(|call| {
        let n = call.args.whole(0)?;
        let n = u64::try_from(n)
            .map_err(|_| Problem::new("a seed is not negative").label(Part::Argument(0), n.to_string()))?;
        call.host.seed(n);
        Ok(Value::None)
    }),
};
