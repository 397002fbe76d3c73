//! From the steps that an evaluation recorded to what the next ones compute at once.

use super::super::op::{Forward, Grad, Reads};
use super::super::{Context, Node, Op, Plan, Var};
use super::{At, Code, Does, From, LONGEST, Operand, SMALL, Step, Wanted};
use crate::array::fold::Meetings;
use crate::array::reduce::{Axes, reduced_shape};
use crate::array::stretch::Stretch;
use crate::array::{DType, Shape, count};
use smallvec::SmallVec;
use std::cell::Cell;
use std::rc::Rc;

impl Code {
    /// What an evaluation computed: the steps between its operands and its result. `None` if there is one that
    /// cannot be part of a formula, only one, or if they are large.
    pub fn learn(cx: &Context, result: &Rc<Node>, began: u64, operands: &[Var]) -> Option<Code> {
        let dtype = operands.iter().find_map(|operand| match operand.plain() {
            Var::Array(array) => Some(array.dtype()),
            _ => None,
        })?;
        if dtype == DType::Bool {
            return None;
        }
        let nodes = between(result, began, cx.age(), operands)?;
        let mut code = Code {
            steps: Vec::with_capacity(nodes.len()),
            operands: operands.iter().map(wanted).collect::<Option<_>>()?,
            reads: vec![false; operands.len()],
            again: SmallVec::new(),
            dtype,
            kept: 0,
            spare: 0,
            cotangents: 0,
            longest: 0,
            seen_through: Cell::new(false),
            quiet: cx.quiet(),
        };
        for node in &nodes {
            let step = code.step(cx, node, &nodes, operands)?;
            code.steps.push(step);
        }
        code.place_rows();
        Some(code)
    }

    /// One step.
    fn step(&mut self, cx: &Context, node: &Rc<Node>, nodes: &[&Rc<Node>], outside: &[Var]) -> Option<Step> {
        let parts = node.args().parts()?;
        let op = cx.op(parts.op);
        let shape = Shape::from_slice(node.out.shape());
        let len = count(&shape);
        if node.out.dtype() != self.dtype || len == 0 || len > SMALL {
            return None;
        }
        let mut args: SmallVec<[Operand; 2]> = SmallVec::new();
        for arg in parts.args {
            let from = match &arg {
                Var::Num(x) => From::Number(*x),
                Var::Bool(_) => return None,
                Var::Traced(operand) => match nodes.iter().position(|node| node.is(operand)) {
                    Some(at) => From::Step(at),
                    None => From::Outside(outside.iter().position(|var| var.is_same(&arg))?),
                },
                Var::Array(_) => From::Outside(outside.iter().position(|var| var.is_same(&arg))?),
            };
            let shape = Shape::from_slice(arg.shape());
            let len = count(&shape);
            if len == 0 || len > SMALL {
                return None;
            }
            let traced = arg.node().is_some();
            let is_array = matches!(arg.plain(), Var::Array(_));
            args.push(Operand { from, stretched: None, meetings: None, traced, is_array, read: false, shape, len });
        }
        let does = does(op, &parts.plan, &args, &shape)?;
        let midway = match (&does, &args[..]) {
            (Does::Map1(_, [slope]), [arg]) if arg.traced && len > 1 => slope.midway.map(|midway| (midway, 0)),
            _ => None,
        };
        let mut reads_result = false;
        if let (Does::Map1(_, slopes) | Does::Map2(_, slopes), None) = (&does, midway) {
            let used = args.iter().zip(*slopes).filter(|(arg, _)| arg.traced);
            let bits = used.fold(0, |bits, (_, slope)| bits | (slope.reads)().bits);
            let reads = Reads { bits, constant: None };
            reads_result = reads.result();
            for (i, arg) in args.iter_mut().enumerate() {
                arg.read = reads.operand(i);
                if arg.len != len && arg.len != 1 {
                    arg.stretched = Some((Stretch::new(&arg.shape, &shape), 0));
                }
                // A double of rank 0 is a number, a single an array.
                if arg.shape != shape && (!arg.shape.is_empty() || arg.is_array) {
                    arg.meetings = Some(Meetings::undoing(&shape, &arg.shape));
                }
            }
        }
        let cotangent = self.cotangents;
        self.cotangents += len;
        self.longest = args.iter().map(|arg| arg.len).fold(self.longest.max(len), usize::max);
        let (op, place, plan) = (parts.op, parts.place, parts.plan);
        Some(Step { op, place, plan, does, args, shape, len, at: At::Result, midway, reads_result, cotangent })
    }

    /// Decides where each row is: in the record if a rule reads it.
    fn place_rows(&mut self) {
        let there = |steps: &[Step], mut from: From| {
            while let From::Step(at) = from
                && let Some(Step { does: Does::Rename, args, .. }) = steps.get(at)
                && let Some(arg) = args.first()
            {
                from = arg.from;
            }
            from
        };
        // An operand that is only renamed comes from where its elements are.
        let mut read = vec![false; self.steps.len()];
        for at in 0..self.steps.len() {
            let step = &self.steps[at];
            let froms: SmallVec<[From; 2]> = step.args.iter().map(|arg| there(&self.steps, arg.from)).collect();
            read[at] |= step.reads_result;
            for (arg, from) in step.args.iter().zip(froms) {
                match from {
                    From::Step(from) => read[from] |= arg.read,
                    From::Outside(from) => self.reads[from] |= arg.read,
                    From::Number(_) => {}
                }
            }
        }
        let last = self.steps.len().saturating_sub(1);
        for (at, (step, read)) in self.steps.iter_mut().zip(read).enumerate() {
            for arg in &mut step.args {
                if let Some((_, at)) = &mut arg.stretched {
                    *at = self.spare;
                    self.spare += step.len;
                }
            }
            if let Some((_, start)) = &mut step.midway {
                *start = self.kept;
                self.kept += step.len;
                if read && at != last {
                    self.again.push(at);
                }
            }
            step.at = match &step.does {
                _ if at == last => At::Result,
                Does::Rename => At::There,
                _ if read && step.midway.is_none() => At::Kept(self.kept),
                _ => At::Spare(self.spare),
            };
            match step.at {
                At::Kept(_) => self.kept += step.len,
                At::Spare(_) => self.spare += step.len,
                At::Result | At::There => {}
            }
        }
    }
}

/// What an operand of a formula must be the next time.
fn wanted(operand: &Var) -> Option<Wanted> {
    Some(match (operand.plain(), operand.node()) {
        (Var::Array(array), Some(_)) => Wanted::Traced(Shape::from_slice(array.shape())),
        (Var::Array(array), None) => Wanted::Plain(Shape::from_slice(array.shape())),
        (Var::Num(_), Some(_)) => Wanted::Number,
        _ => return None,
    })
}

/// The steps that lead to a result, oldest first: all that are younger than the evaluation.
fn between<'n>(result: &'n Rc<Node>, began: u64, now: u64, operands: &[Var]) -> Option<Vec<&'n Rc<Node>>> {
    let mut found: Vec<&'n Rc<Node>> = Vec::new();
    let mut waiting = vec![result];
    while let Some(node) = waiting.pop() {
        let outside = operands.iter().any(|var| var.node().is_some_and(|operand| operand.is(node)));
        if outside || found.iter().any(|known| known.is(node)) {
            continue;
        }
        if node.age <= began || found.len() == LONGEST {
            return None;
        }
        found.push(node);
        node.each_operand(|operand| waiting.push(operand));
    }
    found.sort_by_key(|node| node.age);
    // Ages are handed out one after the other, and so they are when a formula is taken apart. Were there steps that
    // the result does not follow from, all later ones would be younger than they would have been.
    let all = (began + 1..).zip(&found).all(|(age, node)| node.age == age);
    (found.len() > 1 && all && result.age == now).then_some(found)
}

/// What an operation does to rows, if that is all it does.
fn does(op: &'static Op, plan: &Plan, args: &[Operand], shape: &[usize]) -> Option<Does> {
    Some(match (&op.forward, &op.grad, args) {
        (Forward::Map1(kernel), Grad::Slopes(slopes), [_]) => Does::Map1(kernel, slopes),
        (Forward::Map2(kernel), Grad::Slopes(slopes), [_, _]) => Does::Map2(kernel, slopes),
        (Forward::Renames(_), _, [_]) => Does::Rename,
        (Forward::Sums { axes, mean, .. }, _, [x]) if x.len > 1 => {
            let axes: &Axes = axes(plan).ok()?;
            let divisor = if *mean { (x.len / count(shape).max(1)) as f64 } else { 1.0 };
            let kept = reduced_shape(&x.shape, axes, true);
            Does::Sum(Meetings::over(&x.shape, axes), divisor, Stretch::new(&kept, &x.shape))
        }
        _ => return None,
    })
}
