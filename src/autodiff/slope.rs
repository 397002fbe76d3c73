//! The cotangent of an elementwise step's operand: the step's cotangent, weighted by a slope.
//!
//! Of `y = sin(x)` it is `dy * cos(x)`. A rule for the slope is compiled into one loop over `x`, `y` and `dy`, which
//! reads what it needs of them, so that `cos(x)` is never an array of its own; of a large array the loop is put off
//! and becomes part of a sweep.

use super::Var;
use super::op::{Pull, Slope};
use crate::array::broadcast::broadcast_to;
use crate::array::buffers::Pooled;
use crate::array::lanes::Lane;
use crate::array::lazy::{self, Kind, WeightedRow};
use crate::array::{Array, DType, Shape, limits};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::borrow::Cow;

/// The cotangent times a slope, with the result's shape or one that broadcasts to it.
pub(super) fn weighted(pull: &Pull<'_>, slope: &Slope) -> Outcome<Var> {
    let cx = pull.cx;
    if cx.recording() || cx.within() {
        let slope = (slope.value)(cx, pull.args, &pull.out())?;
        return cx.weigh(pull.dy, &slope);
    }
    let out = &pull.node.out;
    if lazy::postponed(out.shape()) {
        return weighted_later(pull, slope);
    }
    let shape = Shape::from_slice(out.shape());
    let dy = if pull.dy.shape() == shape.as_slice() {
        pull.dy.plain().clone()
    } else {
        cx.stretch(pull.dy.plain().clone(), out)?
    };
    let reads = (slope.reads)();
    if reads.is_one() && dy.dtype() == out.dtype() {
        return Ok(dy);
    }
    let args: SmallVec<[Option<&Var>; 3]> =
        pull.args.iter().enumerate().map(|(i, arg)| reads.operand(i).then_some(arg)).collect();
    let array = if out.dtype() == DType::F32 && dy.dtype() == DType::F32 {
        let result = weighted_row(&args, out, &dy, &shape, slope.singles, Array::to_singles, |x| x as f32)?;
        Array::new(shape, result)
    } else {
        let result = weighted_row(&args, out, &dy, &shape, slope.lanes, Array::to_doubles, |x| x)?;
        let array = Array::new(shape, result);
        if dy.dtype() == DType::F32 { array.cast(DType::F32) } else { array }
    };
    Ok(array.into())
}

/// Walks the operands that the rule looks at, the result and the cotangent block by block.
fn weighted_row<T: Pooled + Copy + Default>(
    args: &[Option<&Var>],
    out: &Var,
    dy: &Var,
    shape: &[usize],
    kernel: WeightedRow<T>,
    elements: impl for<'a> Fn(&'a Array) -> Cow<'a, [T]>,
    number: impl Fn(f64) -> T,
) -> Outcome<Vec<T>> {
    let one = shape.iter().product::<usize>() == 1;
    let (out, dy) = (out.array(), dy.array());
    // In place of what the rule does not look at stands a row that is there anyway.
    let g = elements(&dy);
    let out = if out.is_forgotten() { Cow::Borrowed(&*g) } else { elements(&out) };
    let mut stretched: SmallVec<[Option<Array>; 3]> = SmallVec::new();
    for arg in args {
        stretched.push(match arg.map(Var::plain) {
            Some(Var::Array(array)) if array.shape() != shape && array.len() != 1 => Some(broadcast_to(array, shape)?),
            _ => None,
        });
    }
    let spread: SmallVec<[Option<Cow<'_, [T]>>; 3]> = args
        .iter()
        .zip(&stretched)
        .map(|(arg, stretched)| match (stretched, arg.map(Var::plain)) {
            (Some(array), _) => Some(elements(array)),
            (None, Some(Var::Array(array))) => Some(elements(array)),
            (None, Some(other)) => Some(Cow::Owned(vec![number(other.number().unwrap_or(f64::NAN))])),
            (None, None) => None,
        })
        .collect();
    let lane = |i: usize| match spread.get(i).and_then(Option::as_deref) {
        Some([x]) if !one => Lane::Still(*x),
        Some(data) => Lane::Moving(data),
        None => Lane::Moving(&g[..]),
    };
    let lanes = [lane(0), lane(1), lane(2)];
    let mut result = limits::buffer(g.len())?;
    let mut start = 0;
    for (block, part) in g.chunks(limits::STRIDE).zip(result.chunks_mut(limits::STRIDE)) {
        limits::check()?;
        let end = start + block.len();
        kernel(&lanes.map(|lane| lane.part(start, end)), Lane::Moving(&out).part(start, end), block, part);
        start = end;
    }
    Ok(result)
}

/// The same for a large array: to be computed when somebody looks.
#[cold]
fn weighted_later(pull: &Pull<'_>, slope: &Slope) -> Outcome<Var> {
    let out = &pull.node.out;
    let reads = (slope.reads)();
    // A cotangent that nothing changes is handed on as it is.
    if reads.is_one() && pull.dy.shape() == out.shape() && pull.dy.dtype() == out.dtype() {
        return Ok(pull.dy.plain().clone());
    }
    // What the rule does not look at is the cotangent once more, which is there anyway.
    let arg = |i: usize| match pull.args.get(i) {
        Some(arg) if reads.operand(i) => arg.arg(),
        _ => pull.dy.arg(),
    };
    let result = if reads.result() { out.arg() } else { pull.dy.arg() };
    let args = [arg(0), arg(1), arg(2), result, pull.dy.arg()].into_iter().collect();
    let dtype = if pull.dy.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    let kind = Kind::Slope(slope.lanes, slope.singles);
    Ok(lazy::later(Shape::from_slice(out.shape()), dtype, kind, args)?.into())
}
