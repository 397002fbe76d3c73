//! The step of a reverse pass through an elementwise operation on small arrays.
//!
//! On ten elements the arithmetic is the least of it: what counts is that nothing is copied, converted
//! or allocated but the cotangent itself. So this handles the plain case, doubles whose operands have the
//! result's shape or are numbers, then the one in which operands were stretched, and leaves everything else to
//! the general way.

use super::op::{Reads, Slope};
use super::queue::Queue;
use super::{Args, Context, Node, Var};
use crate::array::element::Element;
use crate::array::fold::{self, total};
use crate::array::lanes::Lane;
use crate::array::lazy::WeightedRow;
use crate::array::{Array, limits, stretch};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::rc::Rc;

/// Elements up to which an array is small.
const SMALL: usize = 4096;

/// Passes a cotangent on to the operands; whether this was such a case.
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
    if let Some((row, g_row)) = rows(out, g) {
        return pass_rows(cx, node, slopes, |slope| slope.lanes, dy, Rows { out, row, g: g_row }, queue);
    }
    if let Some((row, g_row)) = rows(out, g) {
        return pass_rows(cx, node, slopes, |slope| slope.singles, dy, Rows { out, row, g: g_row }, queue);
    }
    Ok(false)
}

/// The elements of a result and of its cotangent, if they are of a type. In place of a result that was let go, since
/// no rule looks at it, stands the cotangent.
#[inline(always)]
fn rows<'g, T: Element>(out: &'g Array, g: &'g Array) -> Option<(&'g [T], &'g [T])> {
    let g_row = g.elements()?;
    if out.is_forgotten() {
        return (out.dtype() == g.dtype()).then_some((g_row, g_row));
    }
    Some((out.elements()?, g_row))
}

/// A result and its cotangent.
struct Rows<'a, 'g, T> {
    out: &'a Array,
    row: &'g [T],
    g: &'g [T],
}

#[inline(always)]
fn pass_rows<'a: 'g, 'g, T: Element>(
    cx: &Context,
    node: &'a Rc<Node>,
    slopes: &[Slope],
    kernel: impl Fn(&Slope) -> WeightedRow<T>,
    dy: &Var,
    rows: Rows<'a, 'g, T>,
    queue: &mut Queue<'a>,
) -> Outcome<bool> {
    let Rows { out, row, g } = rows;
    let lane = |var: &'g Var| match var.plain() {
        Var::Num(x) => Some(Lane::Still(T::from_double(*x))),
        Var::Array(array) if array.shape() == out.shape() => match array.elements() {
            None if array.is_forgotten() && array.dtype() == out.dtype() => Some(Lane::Moving(g)),
            elements => elements.map(Lane::Moving),
        },
        _ => None,
    };
    let mut operands: [Option<&'a Rc<Node>>; 3] = [None; 3];
    // An operand that there is not is never looked at: a row that is there anyway stands for it.
    let mut lanes = [Lane::Moving(g); 3];
    let mut plain = true;
    let mut put = |i: usize, operand: Option<&'a Rc<Node>>, value: Option<Lane<'g, T>>| {
        operands[i] = operand;
        match value {
            Some(value) => lanes[i] = value,
            None => plain = false,
        }
    };
    match &node.args {
        Args::One(_, _, x) => put(0, Some(x), lane(&x.out)),
        Args::Two(_, _, x, y) => {
            put(0, Some(x), lane(&x.out));
            put(1, Some(y), lane(&y.out));
        }
        Args::Left(_, _, x, y) => {
            put(0, Some(x), lane(&x.out));
            put(1, None, Some(Lane::Still(T::from_double(*y))));
        }
        Args::Right(_, _, x, y) => {
            put(0, None, Some(Lane::Still(T::from_double(*x))));
            put(1, Some(y), lane(&y.out));
        }
        Args::Many(many) if many.args.len() <= 3 => {
            for (i, arg) in many.args.iter().enumerate() {
                put(i, arg.node(), lane(arg));
            }
        }
        _ => return Ok(false),
    }
    if !plain {
        return pass_stretched(cx, node, slopes, kernel, dy, Rows { out, row, g }, queue);
    }
    for (slope, operand) in slopes.iter().zip(operands) {
        let Some(operand) = operand.filter(|operand| operand.age >= queue.oldest) else { continue };
        if (slope.reads)().is_one()
            && let Var::Array(_) = operand.out
        {
            queue.add(cx, operand, dy.clone())?;
            continue;
        }
        let mut cotangent = limits::buffer(row.len())?;
        kernel(slope)(&lanes, Lane::Moving(row), g, &mut cotangent);
        match &operand.out {
            // The number stands in every element.
            Var::Num(_) => {
                queue.add_number(cx, operand, rounded::<T>(total(&cotangent, T::double, 0.0, |a, b| a + b)?))?
            }
            _ => queue.add(cx, operand, Var::Array(Rc::new(out.with_elements(cotangent))))?,
        }
    }
    Ok(true)
}

/// The same where operands were stretched to the result's shape: their cotangents are summed up again.
fn pass_stretched<'a, T: Element>(
    cx: &Context,
    node: &'a Rc<Node>,
    slopes: &[Slope],
    kernel: impl Fn(&Slope) -> WeightedRow<T>,
    dy: &Var,
    rows: Rows<'a, '_, T>,
    queue: &mut Queue<'a>,
) -> Outcome<bool> {
    let Rows { out, row, g } = rows;
    let mut operands: [Option<&'a Rc<Node>>; 3] = [None; 3];
    let mut values: [Option<&'a Var>; 3] = [None; 3];
    let mut numbers = [0.0; 3];
    match &node.args {
        Args::One(_, _, x) => operands[0] = Some(x),
        Args::Two(_, _, x, y) => (operands[0], operands[1]) = (Some(x), Some(y)),
        Args::Left(_, _, x, y) => (operands[0], numbers[1]) = (Some(x), *y),
        Args::Right(_, _, x, y) => (numbers[0], operands[1]) = (*x, Some(y)),
        Args::Many(many) => {
            for ((operand, value), arg) in operands.iter_mut().zip(&mut values).zip(&many.args) {
                (*operand, *value) = (arg.node(), Some(arg.plain()));
            }
        }
        _ => return Ok(false),
    }
    for (value, operand) in values.iter_mut().zip(operands) {
        if let Some(operand) = operand {
            *value = Some(&operand.out);
        }
    }
    let mut wanted: SmallVec<[(&Slope, &'a Rc<Node>, Reads); 3]> = SmallVec::new();
    for (slope, operand) in slopes.iter().zip(operands) {
        if let Some(operand) = operand.filter(|operand| operand.age >= queue.oldest) {
            wanted.push((slope, operand, (slope.reads)()));
        }
    }
    // What nobody looks at need not be stretched: a row that is there anyway stands for it.
    let mut stretched: [Option<Vec<T>>; 3] = [const { None }; 3];
    let mut lanes = [Lane::Moving(g); 3];
    for (i, (value, stretched)) in values.iter().zip(&mut stretched).enumerate() {
        match value {
            Some(Var::Array(array)) => {
                if array.is_forgotten() && array.dtype() == out.dtype() {
                    continue;
                }
                let Some(data) = array.elements::<T>() else { return Ok(false) };
                if array.shape() == out.shape() {
                    lanes[i] = Lane::Moving(data);
                } else if wanted.iter().any(|(.., reads)| reads.operand(i)) {
                    *stretched = Some(stretch::stretched(data, array.shape(), out.shape())?);
                }
            }
            Some(Var::Num(x)) => lanes[i] = Lane::Still(T::from_double(*x)),
            Some(_) => return Ok(false),
            None => lanes[i] = Lane::Still(T::from_double(numbers[i])),
        }
    }
    for (lane, stretched) in lanes.iter_mut().zip(&stretched) {
        if let Some(data) = stretched {
            *lane = Lane::Moving(data);
        }
    }
    for (slope, operand, reads) in wanted {
        let whole = matches!(&operand.out, Var::Array(array) if array.shape() == out.shape());
        if reads.is_one() && whole {
            queue.add(cx, operand, dy.clone())?;
            continue;
        }
        let mut cotangent = Vec::new();
        let weighted = if reads.is_one() {
            g
        } else {
            cotangent = limits::buffer(row.len())?;
            kernel(slope)(&lanes, Lane::Moving(row), g, &mut cotangent);
            &cotangent
        };
        match &operand.out {
            // The number stands in every element.
            Var::Num(_) => {
                queue.add_number(cx, operand, rounded::<T>(total(weighted, T::double, 0.0, |a, b| a + b)?))?;
            }
            Var::Array(array) if !whole => {
                let sums = fold::sum_of_repeated(weighted, out.shape(), array.shape())?;
                let sums = sums.into_iter().map(T::from_double).collect::<Vec<T>>();
                queue.add(cx, operand, Var::Array(Rc::new(array.with_elements(sums))))?;
            }
            _ => queue.add(cx, operand, Var::Array(Rc::new(out.with_elements(cotangent))))?,
        }
    }
    Ok(true)
}

/// A sum as an element of a type.
fn rounded<T: Element>(x: f64) -> f64 {
    T::from_double(x).double()
}
