//! The largest and the smallest element, and where they are.

use super::arithmetic::{DIVIDE, EQUAL, WEIGH};
use super::reduce::{PARAMS, Reduction, SAMPLES, SUM, read, run, spread_over};
use super::scan::axis_under;
use super::shape::reshape;
use crate::array::reduce::{self, Axes};
use crate::array::{Array, number_text, shape_text};
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Pull, Under, Var};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Run};
use smallvec::SmallVec;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MAX, &MIN, &ARGMAX, &ARGMIN];

pub(crate) static MAX: Builtin = Builtin {
    name: "max",
    params: PARAMS,
    doc: "Largest element, over all axes or some.\n\nElements that tie share the derivative equally. A `nan` among the elements is the result. The larger of two arrays, element by element, is `maximum`.\n> max([[1, 5], [3, 4]], axis = 0)\n[3, 5]\n> grad(max)([2, 3, 3])\n[0, 0.5, 0.5]",
    samples: SAMPLES,
    run: Run::Operation(
        |args| read(args).map_err(|fail| or_elementwise(fail, args, "larger", "maximum")),
        Op {
            forward: Forward::Streaming(|_, plan, args| run(reduce::max, plan, args)),
            grad: Grad::Pulls(|p: &Pull<'_>, _| pull(p)),
            number: Number::new(),
        },
    ),
};

pub(crate) static MIN: Builtin = Builtin {
    name: "min",
    params: PARAMS,
    doc: "Smallest element, over all axes or some.\n\nElements that tie share the derivative equally. A `nan` among the elements is the result. The smaller of two arrays, element by element, is `minimum`.\n> min([[1, 5], [3, 4]], axis = 0)\n[1, 4]",
    samples: SAMPLES,
    run: Run::Operation(
        |args| read(args).map_err(|fail| or_elementwise(fail, args, "smaller", "minimum")),
        Op {
            forward: Forward::Streaming(|_, plan, args| run(reduce::min, plan, args)),
            grad: Grad::Pulls(|p: &Pull<'_>, _| pull(p)),
            number: Number::new(),
        },
    ),
};

/// `max(4, x)` asks for axis `x` of a number, and `max(a, b)` for the axes in `b`, but the larger of two is
/// what was meant.
fn or_elementwise(mut fail: Fail, args: &Arguments, larger: &str, other: &str) -> Fail {
    let [first, second] = [0, 1].map(|i| args.var(i));
    let (Ok(first), Ok(second), true) = (first, second, args.given(1)) else { return fail };
    let text = format!("the {larger} of two values, element by element, is {other}(a, b)");
    if first.shape().is_empty() || !second.shape().is_empty() {
        let found = if second.shape().is_empty() { second.item().map(number_text) } else { None };
        return Problem::new(format!("the second argument of {} is an axis", args.builtin.name))
            .label(Part::Argument(1), found.unwrap_or_else(|| shape_text(second.shape())))
            .note(args.builtin.signature())
            .help(text);
    }
    if second.item().is_some_and(|axis| axis.fract() != 0.0) {
        fail.helps.clear();
        return fail.help(text);
    }
    fail
}

fn pull(p: &Pull<'_>) -> Outcome<Var> {
    let reduction: &Reduction = p.plan.get()?;
    let share = share(p, p.args.first().map_or(&Var::Num(0.0), Var::plain), &p.node.out, &reduction.axes)?;
    p.cx.apply(WEIGH.op(), &[super::reduce::spread(p, p.dy)?, share])
}

/// Elements up to which shares are found in one step.
const SMALL: usize = 4096;

/// For every element, its share in the extreme element that it meets: those that tie share equally. It
/// is a constant; where the extreme is `nan` so is every share.
pub(super) fn share(p: &Pull<'_>, x: &Var, extreme: &Var, axes: &Axes) -> Outcome<Var> {
    if x.len() <= SMALL && !p.cx.within() {
        return Ok(reduce::shares(&x.array(), &extreme.array(), axes)?.into());
    }
    p.cx.paused(|| {
        let wide = spread_over(p, extreme.plain(), axes)?;
        let ties = p.cx.apply(EQUAL.op(), &[x.clone(), wide])?;
        let plan = Plan::shifting(Reduction { axes: axes.clone(), keepdims: true });
        let counts = p.cx.apply_with(SUM.op(), plan, std::slice::from_ref(&ties))?;
        // Compared along whole axes, so both have the rank of `x`.
        let counts = reshape(p.cx, &counts, &reduce::reduced_shape(x.shape(), axes, true))?;
        p.cx.apply(DIVIDE.op(), &[ties, counts])
    })
}

const PLACE_PARAMS: &[&str] = &["x", "axis = none", "keepdims = false"];
const PLACE_SAMPLES: &[&str] =
    &["[1, 3, 2]", "[[1, 5], [3, 4]], 0", "[[1, 5], [3, 4]].T, axis = -1, keepdims = true", "5", "[[1, 5], [7, 4]]"];

/// Along which axis an extreme is looked for.
struct Place {
    axis: Option<usize>,
    keepdims: bool,
}

impl Under for Place {
    fn under(&self, _: usize, rank: usize) -> Outcome<Place> {
        Ok(Place { axis: Some(axis_under(self.axis, rank)?), keepdims: self.keepdims })
    }
}

fn read_place(args: &Arguments) -> Outcome<(Plan, SmallVec<[Var; 2]>)> {
    let x = args.var(0)?;
    let axis = if args.given(1) { Some(reduce::normalise_axis(args.whole(1)?, x.shape().len())?) } else { None };
    let keepdims = args.flag_or(2, false)?;
    Ok((Plan::shifting(Place { axis, keepdims }), [x].into_iter().collect()))
}

fn run_place(kernel: fn(&Array, Option<usize>, bool) -> Outcome<Array>, plan: &Plan, args: &[Var]) -> Outcome<Var> {
    let place: &Place = plan.get()?;
    match args {
        [x] => Ok(kernel(&x.array(), place.axis, place.keepdims)?.into()),
        _ => Ok(Var::default()),
    }
}

pub(crate) static ARGMAX: Builtin = Builtin {
    name: "argmax",
    params: PLACE_PARAMS,
    doc: "Position of the largest element, the first one of several.\n\nWithout an axis it counts through all elements, row by row.\n> argmax([1, 3, 2])\n1\n> argmax([[1, 5], [7, 4]], axis = 1)\n[1, 0]",
    samples: PLACE_SAMPLES,
    run: Run::Operation(
        read_place,
        Op {
            forward: Forward::General(|_, plan, args| run_place(reduce::argmax, plan, args)),
            grad: Grad::Blocked,
            number: Number::new(),
        },
    ),
};

pub(crate) static ARGMIN: Builtin = Builtin {
    name: "argmin",
    params: PLACE_PARAMS,
    doc: "Position of the smallest element, the first one of several.\n\nWithout an axis it counts through all elements, row by row.\n> argmin([2, 1, 3])\n1",
    samples: PLACE_SAMPLES,
    run: Run::Operation(
        read_place,
        Op {
            forward: Forward::General(|_, plan, args| run_place(reduce::argmin, plan, args)),
            grad: Grad::Blocked,
            number: Number::new(),
        },
    ),
};
