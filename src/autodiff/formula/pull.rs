//! The reverse pass through a formula: the same sums in the same order as through its steps one by one, in rows
//! that are there already.

use super::super::op::Slope;
use super::super::queue::Queue;
use super::super::{Context, Node, Var};
use super::{At, Code, Does, Formula, From, Operand, Row, Scratch, Step};
use crate::array::fold::total;
use crate::array::lanes::Lane;
use crate::array::{DType, limits};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::rc::Rc;

/// Passes a cotangent on to the operands of a formula; whether that could be done.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn pass<'a>(cx: &Context, node: &'a Node, formula: &'a Formula, dy: &Var, queue: &mut Queue<'a>) -> Outcome<bool> {
    if formula.code.dtype == DType::F32 {
        pass_rows::<f32>(cx, node, formula, dy, queue)
    } else {
        pass_rows::<f64>(cx, node, formula, dy, queue)
    }
}

/// The elements of a result or a cotangent of this length.
fn row<'r, T: Row>(var: &'r Var, number: &'r mut [T; 1], len: usize) -> Option<&'r [T]> {
    match var {
        Var::Array(array) => array.elements().filter(|row: &&[T]| row.len() == len),
        Var::Num(x) => {
            *number = [T::from_double(*x)];
            (len == 1).then_some(number)
        }
        _ => None,
    }
}

fn pass_rows<'a, T: Row>(
    cx: &Context,
    node: &'a Node,
    formula: &'a Formula,
    dy: &Var,
    queue: &mut Queue<'a>,
) -> Outcome<bool> {
    let code = &*formula.code;
    let (mut number, mut head) = ([T::default()], [T::default()]);
    let Some(last) = code.steps.last() else { return Ok(false) };
    if matches!(dy, Var::Num(_)) != last.is_number::<T>() || dy.shape() != last.shape.as_slice() {
        return Ok(false);
    }
    let Some(g) = row::<T>(dy, &mut head, last.len) else { return Ok(false) };
    let result = match &node.out {
        // In place of a result that was let go, since no rule looks at it, stands the cotangent.
        Var::Array(array) if array.is_forgotten() => Some(g),
        out => row::<T>(out, &mut number, last.len),
    };
    let (Some(result), Some(kept)) = (result, T::of(&formula.kept)) else { return Ok(false) };
    if formula.operands.iter().filter_map(Var::node).all(|node| node.age < queue.oldest) {
        return Ok(true);
    }
    let outside = Code::outside::<T>(&formula.operands);
    let values = Values { code, outside: &outside, kept, result };
    T::lend(|scratch: &mut Scratch<T>| {
        scratch.widen(code.spare, code.cotangents, code.longest);
        let Scratch { spare, cotangents, row, sums } = scratch;
        for step in code.again.iter().map(|&at| &code.steps[at]) {
            if let (Some((midway, start)), At::Spare(to)) = (step.midway, step.at) {
                T::map1(&midway.result)(&kept[start..start + step.len], &mut spare[to..to + step.len]);
            }
        }
        // One bit for each step whose cotangent is there.
        let mut there = 0_u64;
        for (at, step) in code.steps.iter().enumerate().rev() {
            let whole = at + 1 == code.steps.len();
            if !whole && there & (1 << at) == 0 {
                continue;
            }
            // So that what waits for an operand is added up as it would be step by step.
            queue.lower(node.age - (code.steps.len() - 1 - at) as u64);
            let (before, rest) = cotangents.split_at_mut(step.cotangent);
            let g = if whole { g } else { &rest[..step.len] };
            let mut flow =
                Flow { cx, values: &values, operands: &formula.operands, before, there: &mut there, sums, queue };
            match &step.does {
                Does::Map1(_, slopes) | Does::Map2(_, slopes) => {
                    flow.weigh(step, at, slopes, (g, whole.then_some(dy)), (spare, row))?;
                }
                Does::Rename => flow.hand_on(&step.args[0], g, None)?,
                Does::Sum(_, divisor, spread) => {
                    let x = &step.args[0];
                    let mut divided: SmallVec<[T; 16]> = SmallVec::new();
                    if *divisor != 1.0 {
                        divided.extend(g.iter().map(|x| T::from_double(x.double() / divisor)));
                    }
                    let g = if *divisor == 1.0 { g } else { &divided };
                    match g {
                        [one] => row[..x.len].fill(*one),
                        _ => spread.write(g, &mut row[..x.len])?,
                    }
                    flow.hand_on(x, &row[..x.len], None)?;
                }
            }
        }
        Ok(true)
    })
}

/// The rows that were computed.
struct Values<'v, T> {
    code: &'v Code,
    outside: &'v [Lane<'v, T>],
    kept: &'v [T],
    result: &'v [T],
}

/// Where cotangents go.
struct Flow<'f, 'a, T> {
    cx: &'f Context,
    values: &'f Values<'f, T>,
    operands: &'a [Var],
    /// The cotangents of the steps before.
    before: &'f mut [T],
    there: &'f mut u64,
    sums: &'f mut Vec<f64>,
    queue: &'f mut Queue<'a>,
}

impl<'a, T: Row> Flow<'_, 'a, T> {
    /// Weighs the cotangent of a step by each slope and hands it on.
    fn weigh(
        &mut self,
        step: &Step,
        at: usize,
        slopes: &[Slope],
        (g, dy): (&[T], Option<&Var>),
        (spare, weighted): (&mut [T], &mut [T]),
    ) -> Outcome<()> {
        let &Values { code, outside, kept, result } = self.values;
        for arg in step.args.iter().filter(|arg| arg.read) {
            if let Some((stretch, start)) = &arg.stretched {
                let (before, rest) = spare.split_at_mut(*start);
                let row = &mut rest[..step.len];
                match code.lane(arg.from, outside, kept, before, result) {
                    Lane::Moving(data) => stretch.write(data, row)?,
                    Lane::Still(x) => row.fill(x),
                }
            }
        }
        let spare = &*spare;
        // In place of what no rule looks at stands a row that is there anyway.
        let mut lanes = [Lane::Moving(g); 3];
        for (lane, arg) in lanes.iter_mut().zip(&step.args).filter(|(_, arg)| arg.read) {
            *lane = match arg.stretched {
                Some((_, start)) => Lane::Moving(&spare[start..start + step.len]),
                None => code.lane(arg.from, outside, kept, spare, result),
            };
        }
        let mut slopes = slopes;
        if let Some((midway, start)) = step.midway {
            lanes[0] = Lane::Moving(&kept[start..start + step.len]);
            slopes = std::slice::from_ref(&midway.slope);
        }
        let out =
            if step.reads_result { code.lane(From::Step(at), outside, kept, spare, result) } else { Lane::Moving(g) };
        for (arg, slope) in step.args.iter().zip(slopes).filter(|(arg, _)| arg.traced) {
            if step.is_number::<T>() {
                let number = |lane: Lane<'_, T>| match lane {
                    Lane::Still(x) => x.double(),
                    Lane::Moving(row) => row.first().map_or(f64::NAN, |x| x.double()),
                };
                let g = number(Lane::Moving(g));
                let slope = if g == 0.0 { 0.0 } else { (slope.number)(&lanes.map(number), number(out)) };
                let weighted = [T::from_double(if slope == 0.0 { 0.0 } else { g * slope })];
                self.hand_on(arg, &weighted, None)?;
                continue;
            }
            let is_one = (slope.reads)().is_one();
            if is_one {
                self.fold(step, arg, g, dy)?;
                continue;
            }
            if let From::Step(to) = arg.from
                && arg.shape == step.shape
                && *self.there & (1 << to) == 0
            {
                // Nothing waits there yet.
                *self.there |= 1 << to;
                let start = code.steps[to].cotangent;
                T::slope(slope)(&lanes, out, g, &mut self.before[start..start + step.len]);
                continue;
            }
            if let From::Outside(i) = arg.from
                && arg.shape == step.shape
                && let Some(node) = self.operands[i].node().filter(|node| node.age >= self.queue.oldest)
                && let Var::Array(array) = &node.out
                && self.queue.pending(node).is_none()
            {
                let mut elements = limits::buffer(step.len)?;
                T::slope(slope)(&lanes, out, g, &mut elements);
                self.queue.add(self.cx, node, Var::Array(Rc::new(array.with_elements(elements))))?;
                continue;
            }
            let weighted = &mut weighted[..step.len];
            T::slope(slope)(&lanes, out, g, weighted);
            self.fold(step, arg, weighted, None)?;
        }
        Ok(())
    }

    /// Hands on a cotangent with the result's shape; that of an operand of another shape is summed up.
    fn fold(&mut self, step: &Step, arg: &Operand, weighted: &[T], whole: Option<&Var>) -> Outcome<()> {
        if arg.shape == step.shape {
            return self.hand_on(arg, weighted, whole);
        }
        let Some(meetings) = &arg.meetings else {
            // The number stands in every element.
            let sum = total(weighted, T::double, 0.0, |a, b| a + b)?;
            return self.hand_on(arg, &[T::from_double(sum)], None);
        };
        let mut sums = std::mem::take(self.sums);
        meetings.sum(weighted, &mut sums)?;
        let mut rounded = Vec::new();
        let result = self.hand_on(arg, T::rounded(&sums, &mut rounded), None);
        *self.sums = sums;
        result
    }

    /// Adds a cotangent to what is there. `whole` is the same as a value, if there is one.
    fn hand_on(&mut self, arg: &Operand, cotangent: &[T], whole: Option<&Var>) -> Outcome<()> {
        match arg.from {
            From::Number(_) => Ok(()),
            From::Step(to) => {
                let start = self.values.code.steps[to].cotangent;
                let sum = &mut self.before[start..start + cotangent.len()];
                if *self.there & (1 << to) == 0 {
                    *self.there |= 1 << to;
                    sum.copy_from_slice(cotangent);
                } else {
                    T::add(sum, cotangent);
                }
                Ok(())
            }
            From::Outside(i) => {
                let node = self.operands[i].node().filter(|node| node.age >= self.queue.oldest);
                let Some(node) = node else { return Ok(()) };
                let array = match (&node.out, cotangent) {
                    (Var::Array(array), _) => array,
                    (_, [x]) => return self.queue.add_number(self.cx, node, x.double()),
                    _ => return Ok(()),
                };
                if let Some(dy) = whole {
                    return self.queue.add(self.cx, node, dy.clone());
                }
                if let Some(sum) = self.queue.pending(node).and_then(Rc::get_mut).filter(|sum| sum.is_ready())
                    && let Some(sum) = T::of_mut(sum.data_mut())
                {
                    T::add(sum, cotangent);
                    return Ok(());
                }
                let mut elements = limits::buffer(cotangent.len())?;
                elements.copy_from_slice(cotangent);
                self.queue.add(self.cx, node, Var::Array(Rc::new(array.with_elements(elements))))
            }
        }
    }
}
