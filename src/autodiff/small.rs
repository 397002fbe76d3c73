//! The step of a reverse pass through an elementwise operation on small arrays.
//!
//! On ten elements the arithmetic is the least of it: what counts is that nothing is copied, converted
//! or allocated but the cotangent itself. So this handles the plain case, doubles whose operands have the
//! result's shape or are numbers, and leaves everything else to the general way.

use super::op::Slope;
use super::queue::Queue;
use super::{Args, Context, Node, Var};
use crate::array::fold::total;
use crate::array::limits;
use crate::array::map::Lane;
use crate::diagnostic::Outcome;
use std::rc::Rc;

/// Elements up to which an array is small.
const SMALL: usize = 4096;

/// Passes a cotangent on to the operands; whether this was the plain case.
///
/// # Errors
/// When memory runs out.
#[inline]
pub(super) fn pass<'a>(
    cx: &Context,
    node: &'a Rc<Node>,
    slopes: &[Slope],
    dy: &Var,
    queue: &mut Queue<'a>,
) -> Outcome<bool> {
    let (Var::Array(out), Var::Array(g)) = (&node.out, dy) else { return Ok(false) };
    if out.len() > SMALL || g.shape() != out.shape() {
        return Ok(false);
    }
    let (Some(row), Some(g_row)) = (out.doubles(), g.doubles()) else { return Ok(false) };
    let lane = |var: &'a Var| match var.plain() {
        Var::Num(x) => Some(Lane::Still(*x)),
        Var::Array(array) if array.shape() == out.shape() => array.doubles().map(Lane::Moving),
        _ => None,
    };
    let mut operands: [Option<&'a Rc<Node>>; 3] = [None; 3];
    // An operand that there is not is never looked at: a row that is there anyway stands for it.
    let mut lanes = [Lane::Moving(g_row); 3];
    match &node.args {
        Args::One(_, _, x) => {
            let Some(x_lane) = lane(&x.out) else { return Ok(false) };
            (operands[0], lanes[0]) = (Some(x), x_lane);
        }
        Args::Two(_, _, x, y) => {
            let (Some(x_lane), Some(y_lane)) = (lane(&x.out), lane(&y.out)) else { return Ok(false) };
            (operands[0], lanes[0]) = (Some(x), x_lane);
            (operands[1], lanes[1]) = (Some(y), y_lane);
        }
        Args::Left(_, _, x, y) => {
            let Some(x_lane) = lane(&x.out) else { return Ok(false) };
            (operands[0], lanes[0]) = (Some(x), x_lane);
            lanes[1] = Lane::Still(*y);
        }
        Args::Right(_, _, x, y) => {
            let Some(y_lane) = lane(&y.out) else { return Ok(false) };
            lanes[0] = Lane::Still(*x);
            (operands[1], lanes[1]) = (Some(y), y_lane);
        }
        Args::Many(many) if many.args.len() <= operands.len() => {
            for (i, arg) in many.args.iter().enumerate() {
                let Some(arg_lane) = lane(arg) else { return Ok(false) };
                (operands[i], lanes[i]) = (arg.node(), arg_lane);
            }
        }
        _ => return Ok(false),
    }
    for (slope, operand) in slopes.iter().zip(operands) {
        let Some(operand) = operand.filter(|operand| operand.age >= queue.oldest) else { continue };
        if (slope.reads)().is_one()
            && let Var::Array(_) = operand.out
        {
            queue.add(cx, operand, dy.clone())?;
            continue;
        }
        let mut cotangent = limits::room(row.len())?;
        (slope.lanes)(&lanes, Lane::Moving(row), g_row, &mut cotangent);
        match &operand.out {
            Var::Num(_) => {
                // The number stands in every element.
                let sum = total(&cotangent, |x| x, 0.0, |a, b| a + b)?;
                queue.add_number(cx, operand, sum)?;
            }
            _ => queue.add(cx, operand, Var::Array(Rc::new(out.with_doubles(cotangent))))?,
        }
    }
    Ok(true)
}
