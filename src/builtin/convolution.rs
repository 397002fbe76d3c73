//! Convolutions. The derivatives of one are convolutions too: see [`crate::array::convolve`].

use super::arithmetic::fit;
use super::linear::absorb;
use crate::array::convolve::Convolution;
use crate::array::window::at_least;
use crate::array::{Array, Shape, shape_text};
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run};
use smallvec::SmallVec;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&CONV2D, &CONV1D, &CONV_IMAGES, &CONV_FILTERS];

type Operands = (Plan, SmallVec<[Var; 2]>);

/// What the three functions are told besides their operands.
#[derive(Clone)]
struct Told {
    convolution: Rc<Convolution>,
    /// The operand whose zeros absorb whatever they meet, because it is a cotangent or a tangent.
    absorbing: Option<usize>,
}

fn read(args: &Arguments, flat: bool) -> Outcome<Operands> {
    let (x, w) = (args.var(0)?, args.var(1)?);
    let stride = pair(args, 3, 1, flat, "the stride")?;
    let padding = pair(args, 4, 0, flat, "the padding")?;
    let groups = at_least(args.whole_or(5, 1)?, 1, "the number of groups", 5)?;
    let made = Convolution::new(args.builtin.name, (x.shape(), w.shape()), stride, padding, groups, flat)?;
    let filters = made.filter_shape().first().copied().unwrap_or(0);
    let mut operands: SmallVec<[Var; 2]> = [x, w].into_iter().collect();
    if args.given(2) {
        let bias = args.var(2)?;
        if bias.shape() != [filters] {
            return Err(Problem::new("the bias is not one number for each filter")
                .label(Part::Argument(2), shape_text(bias.shape()))
                .label(Part::Argument(1), format!("{filters} filters")));
        }
        operands.push(bias);
    }
    Ok((Plan::new(Told { convolution: Rc::new(made), absorbing: None }), operands))
}

/// A number for both axes, or one for each; in one dimension there is only one.
pub(super) fn pair(args: &Arguments, i: usize, least: usize, flat: bool, what: &str) -> Outcome<[usize; 2]> {
    let wholes = if args.given(i) { args.wholes(i)? } else { [least as isize].into_iter().collect() };
    let read = |value: isize| at_least(value, least, what, i);
    match *wholes {
        [both] if !flat => Ok([read(both)?; 2]),
        [down, across] if !flat => Ok([read(down)?, read(across)?]),
        // The other axis has length 1, and the window too.
        [across] => Ok([least, read(across)?]),
        _ => Err(args.wrong(i, if flat { "one number" } else { "1 or 2 numbers" })),
    }
}

/// Images under filters, forward and backward.
const fn convolving() -> Op {
    Op {
        forward: Forward::General(|_, plan, args| {
            let told: &Told = plan.get()?;
            let [x, w, bias @ ..] = args else { return Ok(Var::default()) };
            let (x, w) = (x.array(), w.array());
            let bias = bias.first().map(Var::array);
            let run = |x: &Array, w: &Array| told.convolution.convolve(x, w, bias.as_deref());
            absorb(told.absorbing, &x, &w, run).map(Var::from)
        }),
        grad: Grad::Pulls(|p: &Pull<'_>, i| match (i, p.args) {
            (0, [_, w, ..]) => with(p, &CONV_IMAGES, p.dy, w, 0),
            (1, [x, ..]) => with(p, &CONV_FILTERS, p.dy, x, 0),
            (_, [_, _, bias]) => {
                // A column of the result's axes, which the sum over the others leaves.
                let shape: Shape = bias.shape().iter().copied().chain(p.dy.shape().iter().skip(2).map(|_| 1)).collect();
                let column = Array::full(shape.clone(), 0.0, p.dy.dtype())?;
                super::shape::reshape(p.cx, &fit(p.cx, p.dy, &column.into())?, bias.shape())
            }
            _ => Ok(Var::default()),
        }),
        number: Number::new(),
    }
}

/// Applies one of the three functions with the plan of another. `absorbing` is the operand that is a
/// cotangent or a tangent.
fn with(p: &Pull<'_>, builtin: &'static Builtin, a: &Var, b: &Var, absorbing: usize) -> Outcome<Var> {
    let told: &Told = p.plan.get()?;
    let told = Told { absorbing: Some(absorbing), ..told.clone() };
    p.cx.apply_with(builtin.op(), Plan::new(told), &[a.clone(), b.clone()])
}

pub(crate) static CONV2D: Builtin = Builtin {
    name: "conv2d",
    params: &["x", "w", "bias = none", "stride = 1", "padding = 0", "groups = 1"],
    doc: "Filters that slide over images.\n\n`x` is (batch, channel, height, width), `w` is (out, in, height, width), `bias` one number for each filter. `stride` and `padding` are a number, or a pair for height and width. With `groups`, the channels are dealt out to as many groups of filters, each of which sees only its own. As in every library for neural networks the filters are not flipped.\n> conv2d(arange(9).reshape(1, 1, 3, 3), ones(1, 1, 2, 2))[0, 0]\n[[ 8, 12],\n [20, 24]]\n> conv2d(ones(1, 3, 28, 28), ones(8, 3, 3, 3), stride = 2, padding = 1).shape\n(1, 8, 14, 14)",
    samples: &[
        "[[[[1, 2, 3], [4, 5, 7], [0, -1, 2]]]], [[[[1, -1], [0.5, 2]]]]",
        "[[[[1, 2], [3, 4]], [[0, 1], [2, -1]]], [[[5, 6], [7, 8]], [[1, 1], [0, 2]]]], [[[[1]], [[2]]], [[[0.5]], [[-1]]]], [0.5, -1]",
        "[[[[1, 2, 3], [4, 5, 7], [0, -1, 2]]]], [[[[1, -1], [0.5, 2]]], [[[0, 1], [1, 0]]]], none, 2, 1",
        "[[[[1, 2, 3], [4, 5, 7], [0, -1, 2]]]], [[[[1, -1]]]], [3], (1, 2), (0, 1)",
        "[[[[1, 2, 0], [3, 4, 1]], [[0, 1, 1], [2, -1, 3]]]], [[[[1, 2]]], [[[0.5, 1]]]], groups = 2",
        "zeros(0, 1, 3, 3), [[[[1, -1], [0.5, 2]]]]",
        "zeros(1, 0, 3, 3), zeros(2, 0, 2, 2), [1, 2]",
    ],
    run: Run::Operation(|args| read(args, false), convolving()),
};

pub(crate) static CONV1D: Builtin = Builtin {
    name: "conv1d",
    params: &["x", "w", "bias = none", "stride = 1", "padding = 0", "groups = 1"],
    doc: "Filters that slide along sequences.\n\n`x` is (batch, channel, length), `w` is (out, in, length), `bias` one number for each filter. With `groups`, the channels are dealt out to as many groups of filters, each of which sees only its own. The filters are not flipped.\n> conv1d([[[1, 2, 4, 8]]], [[[-1, 1]]])[0, 0]\n[1, 2, 4]\n> conv1d([[[1, 2, 4, 8]]], [[[1, 1, 1]]], stride = 2, padding = 1)[0, 0]\n[3, 14]",
    samples: &[
        "[[[1, 2, 4, 8]]], [[[-1, 1]]]",
        "[[[1, 2, 4, 8], [0, 1, -1, 3]]], [[[-1, 1], [2, 0.5]], [[1, 0], [1, 1]]], [1, -2]",
        "[[[1, 2, 4, 8]], [[3, -1, 0.5, 2]]], [[[1, 2, 3]]], none, 2, 1",
        "[[[1, 2, 4], [0, 1, -1]]], [[[2, 1]], [[-1, 1]]], groups = 2",
        "zeros(0, 1, 3), [[[1, -1]]]",
    ],
    run: Run::Operation(|args| read(args, true), convolving()),
};

fn internal(_: &Arguments) -> Outcome<Operands> {
    Err(Problem::new("internal error: not to be called"))
}

/// The derivative of `sum(u * conv(x, w))` by `x`, from `u` and `w`.
static CONV_IMAGES: Builtin = Builtin {
    name: "(convolution by images)",
    params: &["u", "w"],
    doc: "What every element of the images had a part in.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| {
                let told: &Told = plan.get()?;
                let [u, w] = args else { return Ok(Var::default()) };
                absorb(told.absorbing, &u.array(), &w.array(), |u, w| told.convolution.by_images(u, w)).map(Var::from)
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| match (i, p.args) {
                (0, [_, w]) => with(p, &CONV2D, p.dy, w, 0),
                (_, [u, _]) => with(p, &CONV_FILTERS, u, p.dy, 1),
                _ => Ok(Var::default()),
            }),
            number: Number::new(),
        },
    ),
};

/// The derivative of `sum(u * conv(x, w))` by `w`, from `u` and `x`.
static CONV_FILTERS: Builtin = Builtin {
    name: "(convolution by filters)",
    params: &["u", "x"],
    doc: "What every element of the filters had a part in.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| {
                let told: &Told = plan.get()?;
                let [u, x] = args else { return Ok(Var::default()) };
                absorb(told.absorbing, &u.array(), &x.array(), |u, x| told.convolution.by_filters(u, x)).map(Var::from)
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| match (i, p.args) {
                (0, [_, x]) => with(p, &CONV2D, x, p.dy, 1),
                (_, [u, _]) => with(p, &CONV_IMAGES, u, p.dy, 1),
                _ => Ok(Var::default()),
            }),
            number: Number::new(),
        },
    ),
};
