//! The step of a reverse pass through an elementwise operation on small arrays.
//!
//! On ten elements the arithmetic is the least of it: what counts is that nothing is copied, converted
//! or allocated but the cotangent itself. So this handles the plain case, in which all is of one type and operands
//! have the result's shape or are numbers, then the one in which operands are stretched, and leaves everything else
//! to the general way.

use super::op::{Reads, Slope};
use super::queue::Queue;
use super::{Args, Context, Node, Var};
use crate::array::element::Element;
use crate::array::fold::{self, total};
use crate::array::lanes::Lane;
use crate::array::lazy::WeightedRow;
use crate::array::{Array, limits, same_shape, stretch};
use crate::diagnostic::Outcome;
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
    if out.len() > SMALL || !same_shape(g.shape(), out.shape()) {
        return Ok(false);
    }
    if let Some((row, g_row)) = rows(out, g) {
        return pass_rows(
            cx,
            node,
            &Step { slopes, kernel: |slope: &Slope| slope.lanes, out, row, dy, g: g_row },
            queue,
        );
    }
    if let Some((row, g_row)) = rows(out, g) {
        return pass_rows(
            cx,
            node,
            &Step { slopes, kernel: |slope: &Slope| slope.singles, out, row, dy, g: g_row },
            queue,
        );
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

/// A step: its slopes, which of their kernels is for the type, its result and its cotangent.
struct Step<'a, 'g, T, K> {
    slopes: &'a [Slope],
    kernel: K,
    out: &'a Array,
    row: &'g [T],
    dy: &'g Var,
    g: &'g [T],
}

/// The nodes that operands are, and the rows that a rule sees of all operands. For one that there is not, or that is
/// never looked at, stands a row that is there anyway.
struct Operands<'a, 'l, T> {
    nodes: [Option<&'a Rc<Node>>; 3],
    lanes: [Lane<'l, T>; 3],
}

#[inline(always)]
fn pass_rows<'a: 'g, 'g, T: Element>(
    cx: &Context,
    node: &'a Rc<Node>,
    step: &Step<'_, 'g, T, impl Fn(&Slope) -> WeightedRow<T>>,
    queue: &mut Queue<'a>,
) -> Outcome<bool> {
    let &Step { out, g, .. } = step;
    let mut operands = Operands { nodes: [None; 3], lanes: [Lane::Moving(g); 3] };
    let mut shorter = [None; 3];
    let (mut known, mut plain) = (true, true);
    let mut put = |i: usize, node: Option<&'a Rc<Node>>, value: &'g Var| {
        operands.nodes[i] = node;
        match value.plain() {
            Var::Num(x) => operands.lanes[i] = Lane::Still(T::from_double(*x)),
            Var::Array(array) => {
                let whole = same_shape(array.shape(), out.shape());
                plain &= whole;
                match array.elements() {
                    Some(data) if whole => operands.lanes[i] = Lane::Moving(data),
                    Some(data) => shorter[i] = Some((data, array.shape())),
                    None => known &= array.is_forgotten() && array.dtype() == out.dtype(),
                }
            }
            _ => known = false,
        }
    };
    match node.args() {
        Args::One(_, _, x) => put(0, Some(x), &x.out),
        Args::Two(_, _, x, y) => {
            put(0, Some(x), &x.out);
            put(1, Some(y), &y.out);
        }
        Args::Left(_, _, x, y) => {
            put(0, Some(x), &x.out);
            operands.lanes[1] = Lane::Still(T::from_double(*y));
        }
        Args::Right(_, _, x, y) => {
            put(1, Some(y), &y.out);
            operands.lanes[0] = Lane::Still(T::from_double(*x));
        }
        Args::Many(many) if many.args.len() <= 3 => {
            for (i, arg) in many.args.iter().enumerate() {
                put(i, arg.node(), arg);
            }
        }
        _ => return Ok(false),
    }
    if !known {
        return Ok(false);
    }
    if plain {
        hand_on(cx, step, &operands, |_| true, queue)?;
    } else {
        pass_stretched(cx, step, &operands, &shorter, queue)?;
    }
    Ok(true)
}

/// The elements and the shape of each operand that is to be stretched.
type Shorter<'g, T> = [Option<(&'g [T], &'g [usize])>; 3];

/// The same where operands are stretched to the result's shape. What nobody looks at need not be.
fn pass_stretched<'a, T: Element>(
    cx: &Context,
    step: &Step<'_, '_, T, impl Fn(&Slope) -> WeightedRow<T>>,
    operands: &Operands<'a, '_, T>,
    shorter: &Shorter<'_, T>,
    queue: &mut Queue<'a>,
) -> Outcome<()> {
    let shape = step.out.shape();
    let wanted =
        step.slopes.iter().zip(operands.nodes).filter(|(_, node)| node.is_some_and(|node| node.age >= queue.oldest));
    let bits = wanted.fold(0, |bits, (slope, _)| bits | (slope.reads)().bits);
    let reads = Reads { bits, constant: None };
    let mut stretched: [Option<Vec<T>>; 3] = [const { None }; 3];
    for (i, (to, from)) in stretched.iter_mut().zip(shorter).enumerate() {
        if let Some((data, from)) = from
            && reads.operand(i)
        {
            *to = Some(stretch::stretched(data, from, shape)?);
        }
    }
    let Operands { nodes, mut lanes } = *operands;
    for (lane, stretched) in lanes.iter_mut().zip(&stretched) {
        if let Some(data) = stretched {
            *lane = Lane::Moving(data);
        }
    }
    hand_on(cx, step, &Operands { nodes, lanes }, |array| same_shape(array.shape(), shape), queue)
}

/// Weighs the cotangent by each slope and hands it on. That of an operand which has not the whole result's shape is
/// summed up again.
#[inline(always)]
fn hand_on<'a, T: Element>(
    cx: &Context,
    step: &Step<'_, '_, T, impl Fn(&Slope) -> WeightedRow<T>>,
    operands: &Operands<'a, '_, T>,
    whole: impl Fn(&Array) -> bool,
    queue: &mut Queue<'a>,
) -> Outcome<()> {
    let &Step { slopes, ref kernel, out, row, dy, g } = step;
    for (slope, operand) in slopes.iter().zip(operands.nodes) {
        let Some(operand) = operand.filter(|operand| operand.age >= queue.oldest) else { continue };
        let is_one = (slope.reads)().is_one();
        let whole = matches!(&operand.out, Var::Array(array) if whole(array));
        if is_one && whole {
            queue.add(cx, operand, dy.clone())?;
            continue;
        }
        let mut cotangent = None;
        let mut weighted = g;
        if !is_one {
            let array = cotangent.insert(match queue.spares.take(out) {
                Some(spare) => spare,
                None => Rc::new(out.with_elements(limits::buffer::<T>(row.len())?)),
            });
            if let Some(to) = Rc::get_mut(array).and_then(|array| T::of_mut(array.data_mut())) {
                kernel(slope)(&operands.lanes, Lane::Moving(row), g, to);
            }
            weighted = array.elements().unwrap_or(g);
        }
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
            _ => {
                if let Some(cotangent) = cotangent.take() {
                    queue.add(cx, operand, Var::Array(cotangent))?;
                }
            }
        }
        if let Some(cotangent) = cotangent {
            queue.spares.keep(Var::Array(cotangent));
        }
    }
    Ok(())
}

/// A sum as an element of a type.
fn rounded<T: Element>(x: f64) -> f64 {
    T::from_double(x).double()
}
