//! Fourier transforms.
//!
//! Complex numbers are pairs along the last axis. One operation transforms; it is linear, and its derivative is
//! the transform in the other direction. The others are made of it.

use super::arrange::{FLIP, slice_along};
use super::join::{concat, stack};
use super::linear::internal;
use super::matrices::Matrices;
use crate::array::reduce::{Axes, normalise_axis};
use crate::array::{Array, DType, Shape, fourier, limits, shape_text};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run, Value};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&FFT, &IFFT, &RFFT, &IRFFT, &DFT];

/// Along which axis, and in which direction.
#[derive(Clone, Copy)]
struct Transform {
    axis: usize,
    backwards: bool,
}

pub(crate) static DFT: Builtin = Builtin {
    name: "(fourier transform)",
    params: &["x"],
    doc: "The discrete Fourier transform of pairs, not divided by anything.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| {
                let ([x], &Transform { axis, backwards }) = (args, plan.get()?) else { return Ok(Var::default()) };
                Ok(fourier::transform(&x.array(), axis, backwards)?.into())
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let &Transform { axis, backwards } = p.plan.get()?;
                transform(p.cx, p.dy, axis, !backwards)
            }),
            number: Number::new(),
        },
    ),
};

fn transform(cx: &Context, x: &Var, axis: usize, backwards: bool) -> Outcome<Var> {
    cx.apply_with(DFT.op(), Plan::new(Transform { axis, backwards }), std::slice::from_ref(x))
}

/// Divided by how many there are, as the transform back is.
fn transform_back(cx: &Context, x: &Var, axis: usize) -> Outcome<Var> {
    let n = x.shape().get(axis).copied().unwrap_or(1);
    Matrices(cx).scale(&transform(cx, x, axis, true)?, 1.0 / n.max(1) as f64)
}

/// An array of zeros like `x`, but for the length of one axis.
fn zeros(x: &Var, axis: usize, n: usize) -> Outcome<Var> {
    let mut shape = Shape::from_slice(x.shape());
    if let Some(dim) = shape.get_mut(axis) {
        *dim = n;
    }
    let dtype = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Ok(Array::full(shape, 0.0, dtype)?.into())
}

/// Cut or filled up with zeros to a length.
fn fitted(cx: &Context, x: &Var, axis: usize, n: usize) -> Outcome<Var> {
    let found = x.shape().get(axis).copied().unwrap_or(0);
    if n <= found {
        return slice_along(cx, x, axis, 0, n);
    }
    concat(cx, &[x.clone(), zeros(x, axis, n - found)?], axis)
}

/// Reads `x, n, axis`; `complex` ones are pairs along their last axis, which is not counted.
fn read(args: &Arguments, complex: bool) -> Outcome<(Var, Option<usize>, usize)> {
    let x = args.var(0)?;
    let shape = x.shape();
    if complex && (shape.len() < 2 || shape.last() != Some(&2)) {
        return Err(Problem::new(format!("{} needs complex numbers", args.builtin.name))
            .label(Part::Argument(0), shape_text(shape))
            .help("they are pairs along the last axis; rfft transforms real numbers"));
    }
    if shape.is_empty() {
        return Err(args.wrong(0, "an array").help("a single number has no axis to transform along"));
    }
    let axis = normalise_axis(args.whole_or(2, -1)?, shape.len() - usize::from(complex))?;
    let n = if args.given(1) {
        let n = args.whole(1)?;
        let n = usize::try_from(n).ok().filter(|&n| n > 0).ok_or_else(|| {
            Problem::new(format!("{} needs a positive length, found {n}", args.builtin.name))
                .label(Part::Argument(1), n.to_string())
        })?;
        limits::checked_count(&[n, 2, x.len().max(1) / shape.get(axis).copied().unwrap_or(1).max(1)])?;
        Some(n)
    } else {
        None
    };
    if n.is_none() && shape.get(axis) == Some(&0) {
        return Err(Problem::new(format!("{} of nothing", args.builtin.name))
            .label(Part::Argument(0), shape_text(shape))
            .help("the axis must have at least one element"));
    }
    Ok((x, n, axis))
}

const COMPLEX: &[&str] = &[
    "[[1, 0], [2, 1], [0.5, -1]]",
    "[[1, 0], [2, 1], [0.5, -1], [3, 2]], 3",
    "[[1, 0], [2, 1]], 4",
    "[[[1, 0], [2, 1]], [[0.5, -1], [3, 2]]], axis = 0",
    "[[5, 1]]",
    "zeros(0, 2, 2)",
];

pub(crate) static FFT: Builtin = Builtin {
    name: "fft",
    params: &["x", "n = none", "axis = -1"],
    doc: "Discrete Fourier transform of complex numbers.\n\nComplex numbers are pairs along the last axis, which `axis` does not count: real part, imaginary part. `n` cuts the axis or fills it up with zeros first.\n> fft([[1, 0], [2, 0], [3, 0], [4, 0]])\n[[10,  0],\n [-2,  2],\n [-2,  0],\n [-2, -2]]",
    samples: COMPLEX,
    run: Run::Routine(|call| {
        let (x, n, axis) = read(&call.args, true)?;
        let cx = call.host.cx();
        let x = n.map_or(Ok(x.clone()), |n| fitted(cx, &x, axis, n))?;
        transform(cx, &x, axis, false).map(Value::Var)
    }),
};

pub(crate) static IFFT: Builtin = Builtin {
    name: "ifft",
    params: &["x", "n = none", "axis = -1"],
    doc: "Inverse of `fft`.\n\nComplex numbers are pairs along the last axis, which `axis` does not count.\n> ifft(fft([[1, 0], [2, 5]]))\n[[1, 0],\n [2, 5]]",
    samples: COMPLEX,
    run: Run::Routine(|call| {
        let (x, n, axis) = read(&call.args, true)?;
        let cx = call.host.cx();
        let x = n.map_or(Ok(x.clone()), |n| fitted(cx, &x, axis, n))?;
        transform_back(cx, &x, axis).map(Value::Var)
    }),
};

pub(crate) static RFFT: Builtin = Builtin {
    name: "rfft",
    params: &["x", "n = none", "axis = -1"],
    doc: "Discrete Fourier transform of real numbers: the first half of it, which tells the rest.\n\nThe result is complex: pairs along a new last axis. Of `n` numbers it has `n // 2 + 1`.\n> rfft([1, 2, 3, 4])\n[[10, 0],\n [-2, 2],\n [-2, 0]]",
    samples: &[
        "[1, 2, 3.5, 4]",
        "[1, 2, 3.5]",
        "[1, 2, 3.5], 5",
        "[[1, 2], [3, 4.5]], 1",
        "[[1, 2], [3, 4.5]], axis = 0",
        "[7]",
        "zeros(0, 3)",
    ],
    run: Run::Routine(|call| {
        let (x, n, axis) = read(&call.args, false)?;
        let cx = call.host.cx();
        let x = n.map_or(Ok(x.clone()), |n| fitted(cx, &x, axis, n))?;
        let n = x.shape().get(axis).copied().unwrap_or(0);
        let pairs = stack(cx, &[x.clone(), zeros(&x, axis, n)?], x.shape().len())?;
        let y = transform(cx, &pairs, axis, false)?;
        slice_along(cx, &y, axis, 0, n / 2 + 1).map(Value::Var)
    }),
};

pub(crate) static IRFFT: Builtin = Builtin {
    name: "irfft",
    params: &["x", "n = none", "axis = -1"],
    doc: "Inverse of `rfft`: real numbers.\n\nComplex numbers are pairs along the last axis, which `axis` does not count. `n` is how many real numbers there are, by default twice one less than the complex ones.\n> irfft(rfft([1, 2, 3, 4]))\n[1, 2, 3, 4]\n> irfft(rfft([1, 2, 3]), 3)\n[1, 2, 3]",
    samples: &[
        "[[1, 0.5], [2, 1], [0.5, -1]]",
        "[[1, 0.5], [2, 1], [0.5, -1]], 5",
        "[[1, 0.5], [2, 1], [0.5, -1]], 3",
        "[[1, 0.5], [2, 1]], 6",
        "[[[1, 0], [2, 1]], [[0.5, -1], [3, 2]]], axis = 0",
        "zeros(0, 3, 2)",
    ],
    run: Run::Routine(|call| {
        let (x, n, axis) = read(&call.args, true)?;
        let cx = call.host.cx();
        let m = Matrices(cx);
        let found = x.shape().get(axis).copied().unwrap_or(0);
        let n = n.unwrap_or(2 * found.saturating_sub(1)).max(1);
        let half = fitted(cx, &x, axis, n / 2 + 1)?;
        // The rest are the conjugates, backwards.
        let tail = slice_along(cx, &half, axis, 1, n - n / 2)?;
        let plan = Plan::new(Axes::Some([axis].into_iter().collect()));
        let tail = cx.apply_with(FLIP.op(), plan, &[tail])?;
        let signs: Var = Array::new(Shape::from_slice(&[2]), vec![1.0, -1.0]).cast(half.dtype()).into();
        let both = concat(cx, &[half, m.times(&tail, &signs)?], axis)?;
        let y = transform_back(cx, &both, axis)?;
        let last = y.shape().len().saturating_sub(1);
        let real = slice_along(cx, &y, last, 0, 1)?;
        super::shape::reshape(cx, &real, real.shape().get(..last).unwrap_or(&[])).map(Value::Var)
    }),
};
