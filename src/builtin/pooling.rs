//! Pooling: every window of an image becomes one number.
//!
//! Which element of a window is the largest is found once, when the arguments are read, and kept: what
//! is left is reading elements at positions, whose transpose adds them up where they came from.

use super::convolution::pair;
use crate::array::pool::Pooling;
use crate::array::window::{Slide, images, read_images};
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run};
use smallvec::SmallVec;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MAX_POOL2D, &AVG_POOL2D, &UNPOOL, &SPREAD];

type Operands = (Plan, SmallVec<[Var; 2]>);

/// The windows, and the position of the largest element of each.
struct Largest {
    pooling: Pooling,
    positions: Vec<u32>,
}

fn read(args: &Arguments) -> Outcome<(Pooling, Var)> {
    let x = args.var(0)?;
    let (batch, channels, image) = read_images(x.shape(), false, args.builtin.name)?;
    let kernel = pair(args, 1, 1, false, "the window")?;
    let stride = if args.given(2) { pair(args, 2, 1, false, "the stride")? } else { kernel };
    let padding = pair(args, 3, 0, false, "the padding")?;
    if padding.iter().zip(&kernel).any(|(&padding, &kernel)| padding > kernel / 2) {
        return Err(Problem::new("the padding is more than half of the window")
            .label(Part::Argument(3), format!("{} by {}", padding[0], padding[1]))
            .label(Part::Argument(1), format!("{} by {}", kernel[0], kernel[1]))
            .note("some windows would have nothing but padding"));
    }
    let places = Slide { kernel, stride, padding }.over(image, 1)?;
    let results = images(batch, channels, places.count, false);
    crate::array::limits::checked_count(&results)?;
    Ok((Pooling { places, images: images(batch, channels, image, false), results }, x))
}

const SAMPLES: &[&str] = &[
    "[[[[1, 2, 3, 0.5], [4, 5, 7, -2], [0, -1, 2, 6], [3, 8, 9, 1]]]], 2",
    "[[[[1, 2, 3], [4, 5, 7], [0, -1, 2]]], [[[3, 1, 0], [2, 8, 4], [6, 9, -3]]]], 2, 1",
    "[[[[1, 2, 3], [4, 5, 7], [0, -1, 2]], [[3, 1, 0], [2, 8, 4], [6, 9, -3]]]], 2, padding = 1",
    "[[[[1, 2, 3], [4, 5, 7], [0, -1, 2]]]], (1, 2), (2, 1), (0, 1)",
    "zeros(0, 1, 4, 4), 2",
];

pub(crate) static MAX_POOL2D: Builtin = Builtin {
    name: "max_pool2d",
    params: &["x", "kernel", "stride = kernel", "padding = 0"],
    doc: "The largest element of every window of an image.\n\n`x` is (batch, channel, height, width); the others are a number, or a pair for height and width. The padding has no part in it. Where several elements are the largest, the first one counts.\n> max_pool2d([[[[1, 2, 5, 6], [3, 4, 7, 8]]]], 2)[0, 0]\n[[4, 8]]\n> max_pool2d(zeros(1, 3, 28, 28), 3, stride = 2, padding = 1).shape\n(1, 3, 14, 14)",
    samples: SAMPLES,
    run: Run::Operation(
        |args| {
            let (pooling, x) = read(args)?;
            let positions = pooling.largest(&x.array())?;
            Ok((Plan::new(Largest { pooling, positions }), [x].into_iter().collect()))
        },
        Op {
            forward: Forward::General(|_, plan, args| {
                let Largest { pooling, positions } = plan.get()?;
                args.first().map_or_else(|| Ok(Var::default()), |x| Ok(pooling.read(positions, &x.array())?.into()))
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                p.cx.apply_with(UNPOOL.op(), p.plan.clone(), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static AVG_POOL2D: Builtin = Builtin {
    name: "avg_pool2d",
    params: &["x", "kernel", "stride = kernel", "padding = 0"],
    doc: "The mean of every window of an image.\n\n`x` is (batch, channel, height, width); the others are a number, or a pair for height and width. The padding counts as zeros.\n> avg_pool2d([[[[1, 2, 5, 6], [3, 4, 7, 8]]]], 2)[0, 0]\n[[2.5, 6.5]]",
    samples: SAMPLES,
    run: Run::Operation(
        |args| read(args).map(|(pooling, x)| (Plan::new(pooling), [x].into_iter().collect())),
        Op {
            forward: Forward::General(|_, plan, args| {
                let pooling: &Pooling = plan.get()?;
                args.first().map_or_else(|| Ok(Var::default()), |x| Ok(pooling.mean(&x.array())?.into()))
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                p.cx.apply_with(SPREAD.op(), p.plan.clone(), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

fn internal(_: &Arguments) -> Outcome<Operands> {
    Err(Problem::new("internal error: not to be called"))
}

static UNPOOL: Builtin = Builtin {
    name: "(unpooling)",
    params: &["u"],
    doc: "What windows have, added up where their largest elements are.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| {
                let Largest { pooling, positions } = plan.get()?;
                args.first().map_or_else(|| Ok(Var::default()), |u| Ok(pooling.write(positions, &u.array())?.into()))
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                p.cx.apply_with(MAX_POOL2D.op(), p.plan.clone(), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};

static SPREAD: Builtin = Builtin {
    name: "(spreading)",
    params: &["u"],
    doc: "What windows have, shared out equally to their elements.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| {
                let pooling: &Pooling = plan.get()?;
                args.first().map_or_else(|| Ok(Var::default()), |u| Ok(pooling.share_out(&u.array())?.into()))
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                p.cx.apply_with(AVG_POOL2D.op(), p.plan.clone(), std::slice::from_ref(p.dy))
            }),
            number: Number::new(),
        },
    ),
};
