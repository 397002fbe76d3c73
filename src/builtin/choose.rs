//! Functions that choose: what was not chosen contributes nothing to a derivative, whatever it is.

use super::elementwise::elementwise;
use super::rule::slope;
use crate::array::broadcast::{broadcast, broadcast_to};
use crate::array::lanes::Lane;
use crate::array::map::map2;
use crate::array::operand::result_dtype;
use crate::array::{Array, DType, lazy, limits};
use crate::autodiff::{Forward, Grad, Pull, Var};
use crate::diagnostic::Outcome;
use crate::kernel2;
use crate::value::Builtin;
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MAXIMUM, &MINIMUM, &CLIP, &WHERE];

const APART: &[&str] =
    &["3, 2", "[1.5, -2], [0.5, 4]", "[[1, 2], [7, 4]], [5, 6]", "[[1], [2]], [3, 1.5]", "zeros(0, 2), 1"];

pub(crate) static MAXIMUM: Builtin = Builtin {
    name: "maximum",
    params: &["x", "y"],
    doc: "The larger of two, element by element; `nan` if one of them is.\n\nWhere they are equal each gets half of the derivative.\n> maximum([1, 5], 3)\n[3, 5]",
    samples: APART,
    run: elementwise(
        Forward::Map2(kernel2!(|x, y| if x >= y || x.is_nan() { x } else { y })),
        Grad::Slopes(&[
            slope!(|c| c
                .x()
                .greater(c.y())
                .choose(c.constant(1.0), c.x().equal(c.y()).choose(c.constant(0.5), c.constant(0.0)))
                .where_defined(c.out())),
            slope!(|c| c
                .y()
                .greater(c.x())
                .choose(c.constant(1.0), c.x().equal(c.y()).choose(c.constant(0.5), c.constant(0.0)))
                .where_defined(c.out())),
        ]),
    ),
};

pub(crate) static MINIMUM: Builtin = Builtin {
    name: "minimum",
    params: &["x", "y"],
    doc: "The smaller of two, element by element; `nan` if one of them is.\n\nWhere they are equal each gets half of the derivative.\n> minimum([1, 5], 3)\n[1, 3]",
    samples: APART,
    run: elementwise(
        Forward::Map2(kernel2!(|x, y| if x <= y || x.is_nan() { x } else { y })),
        Grad::Slopes(&[
            slope!(|c| c
                .y()
                .greater(c.x())
                .choose(c.constant(1.0), c.x().equal(c.y()).choose(c.constant(0.5), c.constant(0.0)))
                .where_defined(c.out())),
            slope!(|c| c
                .x()
                .greater(c.y())
                .choose(c.constant(1.0), c.x().equal(c.y()).choose(c.constant(0.5), c.constant(0.0)))
                .where_defined(c.out())),
        ]),
    ),
};

pub(crate) static CLIP: Builtin = Builtin {
    name: "clip",
    params: &["x", "low = -inf", "high = inf"],
    doc: "Every element moved into the range from `low` to `high`; `none` is no bound.\n\nThe bounds count as inside: the derivative there is 1. Where `low` is above `high` the result is `high`.\n> clip([-3, 0.5, 7], 0, 1)\n[0, 0.5, 1]\n> clip([-3, 7], none, 1)\n[-3, 1]",
    samples: &[
        "0.3, 0, 1",
        "[-3, 0.5, 7], 0, 1",
        "[[-3, 0.5], [7, 1.1]], [-1, 1], [0.25, 2]",
        "[1, 2], high = 1.5",
        "zeros(0), -1, 1",
    ],
    run: elementwise(
        Forward::Elements(|_, _, args| match args {
            [x, low, high] => clip(x, low, high),
            _ => Ok(Var::default()),
        }),
        Grad::Slopes(&[
            slope!(|c| {
                let below_high = c.x().greater(c.z()).choose(c.constant(0.0), c.constant(1.0));
                c.y().greater(c.x()).choose(c.constant(0.0), below_high).where_defined(c.out())
            }),
            slope!(|c| {
                let bounds_in_order = c.y().greater(c.z()).choose(c.constant(0.0), c.constant(1.0));
                c.y().greater(c.x()).choose(bounds_in_order, c.constant(0.0)).where_defined(c.out())
            }),
            slope!(|c| {
                let bounds_crossed = c.y().greater(c.z()).choose(c.constant(1.0), c.constant(0.0));
                c.x().greater(c.z()).choose(c.constant(1.0), bounds_crossed).where_defined(c.out())
            }),
        ]),
    ),
};

fn clip(x: &Var, low: &Var, high: &Var) -> Outcome<Var> {
    let (Forward::Map2(larger), Forward::Map2(smaller)) = (&MAXIMUM.op().forward, &MINIMUM.op().forward) else {
        return Ok(Var::default());
    };
    if let (Some(x), Some(low), Some(high)) = (x.number(), low.number(), high.number()) {
        return Ok(Var::Num((smaller.number)((larger.number)(x, low), high)));
    }
    if lazy::postponed_pair(x.shape(), low.shape()) || lazy::postponed_pair(x.shape(), high.shape()) {
        let raised = lazy::map2(larger, x.arg(), low.arg())?;
        return Ok(lazy::map2(smaller, lazy::Arg::Array(Rc::new(raised)), high.arg())?.into());
    }
    let raised: Var = map2(larger, x.operand(), low.operand())?.into();
    Ok(map2(smaller, raised.operand(), high.operand())?.into())
}

pub(crate) static WHERE: Builtin = Builtin {
    name: "where",
    params: &["condition", "x", "y"],
    doc: "Elements of `x` where the condition holds, of `y` elsewhere.\n\nThe side not chosen contributes nothing to a derivative, whatever its value.\n> where([1, -2] > 0, 1, 0)\n[1, 0]",
    samples: &[
        "[true, false], [1, 2], [3, 4]",
        "true, 2, 3",
        "[[true], [false]], [1, 2], 5",
        "zeros(0) > 0, zeros(0), 1",
    ],
    run: elementwise(
        Forward::Elements(|_, _, args| match args {
            [condition, x, y] => choose(condition, x, y),
            _ => Ok(Var::default()),
        }),
        Grad::Pulls(|p: &Pull<'_>, i| {
            let condition = p.args.first().cloned().unwrap_or_default();
            let zero = Var::Num(0.0);
            match i {
                1 => p.cx.apply(WHERE.op(), &[condition, p.dy.clone(), zero]),
                2 => p.cx.apply(WHERE.op(), &[condition, zero, p.dy.clone()]),
                _ => Ok(zero),
            }
        }),
    ),
};

fn choose(condition: &Var, x: &Var, y: &Var) -> Outcome<Var> {
    if let (Some(condition), Var::Num(x), Var::Num(y)) = (condition.number(), x, y) {
        return Ok(Var::Num(if condition != 0.0 { *x } else { *y }));
    }
    let values = broadcast(x.shape(), y.shape())?;
    let shape = broadcast(condition.shape(), &values)?;
    let dtype = match (x.dtype(), y.dtype()) {
        (DType::Bool, DType::Bool) => DType::Bool,
        _ => match result_dtype(x.operand(), y.operand()) {
            DType::F32 => DType::F32,
            _ => DType::F64,
        },
    };
    if lazy::postponed(&shape) {
        let args = [condition.arg(), x.arg(), y.arg()].into_iter().collect();
        return Ok(lazy::later(shape, dtype, lazy::Kind::Choose, args)?.into());
    }
    let condition = broadcast_to(&condition.array(), &shape)?;
    let conditions = condition.to_bools();
    // A side of one element need not be stretched.
    let stretched =
        |side: &Var| if side.len() == 1 { Ok(side.array().into_owned()) } else { broadcast_to(&side.array(), &shape) };
    let (x, y) = (stretched(x)?, stretched(y)?);
    let (xs, ys) = (x.to_doubles(), y.to_doubles());
    let mut chosen = limits::reserve(conditions.len())?;
    let mut start = 0;
    for block in conditions.chunks(limits::STRIDE) {
        limits::check()?;
        let pick = |&holds: &bool, x: f64, y: f64| if holds { x } else { y };
        match (part(&xs, start), part(&ys, start)) {
            (Lane::Still(x), Lane::Still(y)) => chosen.extend(block.iter().map(|holds| pick(holds, x, y))),
            (Lane::Still(x), Lane::Moving(ys)) => {
                chosen.extend(block.iter().zip(ys).map(|(holds, &y)| pick(holds, x, y)))
            }
            (Lane::Moving(xs), Lane::Still(y)) => {
                chosen.extend(block.iter().zip(xs).map(|(holds, &x)| pick(holds, x, y)))
            }
            (Lane::Moving(xs), Lane::Moving(ys)) => {
                chosen.extend(block.iter().zip(xs).zip(ys).map(|((holds, &x), &y)| pick(holds, x, y)));
            }
        }
        start += block.len();
    }
    Ok(Array::new(shape, chosen).cast(dtype).into())
}

/// One element for all, or the elements from `start` on.
fn part(data: &[f64], start: usize) -> Lane<'_, f64> {
    match data {
        [x] => Lane::Still(*x),
        _ => Lane::Moving(data.get(start..).unwrap_or(&[])),
    }
}
