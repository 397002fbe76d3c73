//! The reverse pass: from a result back to what it came from.
//!
//! Nodes are taken youngest first, so each is met once, with its whole cotangent. What is pending is
//! kept in a ring of 64 slots by age, because operands are mostly a few steps older than results, and
//! in a map for those that are much older. Cotangents live here and nowhere else: a pass may run inside
//! another over the same nodes.

use super::op::{Caller, Grad, Pull, Slope, WeightedRow};
use super::{Args, Context, Node, Plan, Var, small};
use crate::array::map::{Lane, broadcast_to};
use crate::array::{Array, DType, Data, Shape, limits};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Which cotangents a pass is run for.
pub enum Wanted<'w> {
    /// Those of all attached variables.
    Variables,
    /// Those of these nodes. Nothing older than the oldest is visited.
    Nodes(&'w [Rc<Node>]),
    /// Those of these nodes, where the pass ends: nothing flows through one of them to another.
    Until(&'w [Rc<Node>]),
}

/// Pulls cotangents from results back to the nodes that are wanted; each that is reached is given once,
/// youngest first.
///
/// # Errors
/// Whatever a rule returns, or when somebody asked to stop.
pub fn pull(
    cx: &Context,
    heads: &[(Rc<Node>, Var)],
    wanted: &Wanted<'_>,
    caller: &mut dyn Caller,
) -> Outcome<Vec<(Rc<Node>, Var)>> {
    let oldest = match wanted {
        Wanted::Variables => 0,
        Wanted::Nodes(nodes) | Wanted::Until(nodes) => nodes.iter().map(|node| node.age).min().unwrap_or(u64::MAX),
    };
    let mut found = Vec::new();
    let mut queue = Queue::new(oldest);
    queue.top = heads.iter().map(|(node, _)| node.age).max().unwrap_or(0);
    for (node, head) in heads {
        queue.add(cx, node, head.clone())?;
    }
    let place = cx.place();
    let mut steps = 0_u32;
    while let Some((node, dy)) = queue.next(cx)? {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(1024) {
            limits::check()?;
        }
        let is_wanted = match wanted {
            Wanted::Variables => matches!(node.args, Args::Variable(_)),
            Wanted::Nodes(nodes) | Wanted::Until(nodes) => nodes.iter().any(|wanted| wanted.age == node.age),
        };
        if is_wanted {
            found.push((node.clone(), dy.clone()));
            if matches!(wanted, Wanted::Until(_)) {
                continue;
            }
        }
        step(cx, node, &dy, &mut queue, caller)?;
    }
    cx.set_place(place);
    Ok(found)
}

/// Passes a node's cotangent on to its operands.
fn step<'a>(cx: &Context, node: &'a Rc<Node>, dy: &Var, queue: &mut Queue<'a>, caller: &mut dyn Caller) -> Outcome<()> {
    // Numbers first: they are most of what a loop records.
    if let (Var::Num(g), Var::Num(out)) = (dy, &node.out)
        && !cx.recording()
    {
        let (op, operands, x, y) = match &node.args {
            Args::One(op, _, x) => (*op, [x.out.number(), Some(0.0)], Some(x), None),
            Args::Two(op, _, x, y) => (*op, [x.out.number(), y.out.number()], Some(x), Some(y)),
            Args::Left(op, _, x, y) => (*op, [x.out.number(), Some(*y)], Some(x), None),
            Args::Right(op, _, x, y) => (*op, [Some(*x), y.out.number()], None, Some(y)),
            _ => (0, [None, None], None, None),
        };
        if let [Some(a), Some(b)] = operands
            && let Grad::Slopes(slopes) = cx.op(op).grad
        {
            let operands = [a, b, 0.0];
            for (slope, operand) in slopes.iter().zip([x, y]) {
                if let Some(operand) = operand {
                    let cotangent = if *g == 0.0 { 0.0 } else { g * (slope.number)(&operands, *out) };
                    queue.add_number(cx, operand, cotangent)?;
                }
            }
            return Ok(());
        }
    }
    let Some((number, place)) = node.step() else { return Ok(()) };
    cx.set_place(place);
    let op = cx.op(number);
    if let Grad::Slopes(slopes) = &op.grad
        && !cx.recording()
        && small::pass(cx, node, slopes, dy, queue)?
    {
        return Ok(());
    }
    let spare: [Var; 2];
    let (args, plan): (&[Var], &Plan) = match &node.args {
        Args::Source | Args::Variable(_) | Args::Cut(..) => return Ok(()),
        Args::One(_, _, x) => {
            spare = [Var::Traced(x.clone()), Var::Num(0.0)];
            (&spare[..1], &Plan::NONE)
        }
        Args::Two(_, _, x, y) => {
            spare = [Var::Traced(x.clone()), Var::Traced(y.clone())];
            (&spare, &Plan::NONE)
        }
        Args::Left(_, _, x, y) => {
            spare = [Var::Traced(x.clone()), Var::Num(*y)];
            (&spare, &Plan::NONE)
        }
        Args::Right(_, _, x, y) => {
            spare = [Var::Num(*x), Var::Traced(y.clone())];
            (&spare, &Plan::NONE)
        }
        Args::Many(many) => (&many.args, &many.plan),
    };
    let pull = Pull { cx, dy, args, node, plan };
    let mut all = match op.grad {
        Grad::Rule(rule) => rule(&pull, caller)?,
        _ => Vec::new(),
    };
    let mut result = Ok(());
    node.each_operand_at(|i, operand| {
        if result.is_err() || operand.age < queue.oldest || operand.out.dtype() == DType::Bool {
            return;
        }
        let cotangent = match &op.grad {
            Grad::Slopes(slopes) => slopes.get(i).map(|slope| weighted(&pull, slope)).transpose(),
            Grad::Pulls(rule) => rule(&pull, i).map(Some),
            Grad::Rule(_) => Ok(all.get_mut(i).and_then(Option::take)),
            Grad::Blocked => Ok(None),
        };
        result = cotangent.and_then(|cotangent| match cotangent {
            Some(cotangent) => cx.fit(cotangent, &operand.out).and_then(|cotangent| queue.add(cx, operand, cotangent)),
            None => Ok(()),
        });
    });
    result
}

/// The cotangent times a slope, with the result's shape or one that broadcasts to it.
fn weighted(pull: &Pull<'_>, slope: &Slope) -> Outcome<Var> {
    let cx = pull.cx;
    if cx.recording() {
        let slope = (slope.value)(cx, pull.args, &pull.out())?;
        return cx.weigh(pull.dy, &slope);
    }
    let out = &pull.node.out;
    let shape = Shape::from_slice(out.shape());
    let dy = if pull.dy.shape() == shape.as_slice() {
        pull.dy.plain().clone()
    } else {
        cx.stretch(pull.dy.plain().clone(), out)?
    };
    let array = if out.dtype() == DType::F32 && dy.dtype() == DType::F32 {
        let result = weighted_row(pull.args, out, &dy, &shape, slope.singles, Array::to_singles, |x| x as f32)?;
        Array::new(shape, result)
    } else {
        let result = weighted_row(pull.args, out, &dy, &shape, slope.lanes, Array::to_doubles, |x| x)?;
        let array = Array::new(shape, result);
        if dy.dtype() == DType::F32 { array.cast(DType::F32) } else { array }
    };
    Ok(array.into())
}

/// Walks the operands, the result and the cotangent block by block.
fn weighted_row<T: Copy>(
    args: &[Var],
    out: &Var,
    dy: &Var,
    shape: &[usize],
    kernel: WeightedRow<T>,
    elements: impl for<'a> Fn(&'a Array) -> Cow<'a, [T]>,
    number: impl Fn(f64) -> T,
) -> Outcome<Vec<T>> {
    let one = shape.iter().product::<usize>() == 1;
    let mut stretched: SmallVec<[Option<Array>; 3]> = SmallVec::new();
    for arg in args {
        stretched.push(match arg.plain() {
            Var::Array(array) if array.shape() != shape && array.len() != 1 => Some(broadcast_to(array, shape)?),
            _ => None,
        });
    }
    let spread: SmallVec<[Cow<'_, [T]>; 3]> = args
        .iter()
        .zip(&stretched)
        .map(|(arg, stretched)| match (stretched, arg.plain()) {
            (Some(array), _) => elements(array),
            (None, Var::Array(array)) => elements(array),
            (None, other) => Cow::Owned(vec![number(other.number().unwrap_or(f64::NAN))]),
        })
        .collect();
    let lane = |i: usize| match spread.get(i).map(|data| &**data) {
        Some([x]) if !one => Lane::Still(*x),
        Some(data) => Lane::Moving(data),
        None => Lane::Still(number(0.0)),
    };
    let lanes = [lane(0), lane(1), lane(2)];
    let (out, dy) = (out.array(), dy.array());
    let (out, g) = (elements(&out), elements(&dy));
    let mut result = limits::reserve(g.len())?;
    let mut start = 0;
    for block in g.chunks(limits::STRIDE) {
        limits::check()?;
        let end = start + block.len();
        kernel(&lanes.map(|lane| lane.part(start, end)), Lane::Moving(&out).part(start, end), block, &mut result);
        start = end;
    }
    Ok(result)
}

impl Node {
    /// Calls `visit` with the position and node of every traced operand.
    fn each_operand_at<'a>(&'a self, mut visit: impl FnMut(usize, &'a Rc<Node>)) {
        match &self.args {
            Args::Right(_, _, _, y) => visit(1, y),
            Args::Many(many) => {
                for (i, arg) in many.args.iter().enumerate() {
                    if let Var::Traced(node) = arg {
                        visit(i, node);
                    }
                }
            }
            _ => {
                let mut i = 0;
                self.each_operand(|node| {
                    visit(i, node);
                    i += 1;
                });
            }
        }
    }
}

const RING: u64 = 64;

/// What is pending, by age.
pub(super) struct Queue<'a> {
    ring: [Option<(&'a Rc<Node>, Var)>; RING as usize],
    /// One bit for each slot of the ring that is taken.
    taken: u64,
    /// No pending node is younger; the ring holds ages from `top - 63` to `top`.
    top: u64,
    older: BTreeMap<u64, (&'a Rc<Node>, Var)>,
    /// Nothing older than this is visited.
    pub(super) oldest: u64,
}

impl<'a> Queue<'a> {
    fn new(oldest: u64) -> Queue<'a> {
        Queue { ring: [const { None }; RING as usize], taken: 0, top: 0, older: BTreeMap::new(), oldest }
    }

    #[inline]
    pub(super) fn add_number(&mut self, cx: &Context, node: &'a Rc<Node>, cotangent: f64) -> Outcome<()> {
        let slot = (node.age % RING) as usize;
        if node.age < self.oldest {
            return Ok(());
        }
        if self.top - node.age < RING {
            match &mut self.ring[slot] {
                Some((_, Var::Num(sum))) => {
                    *sum += cotangent;
                    return Ok(());
                }
                free @ None => {
                    *free = Some((node, Var::Num(cotangent)));
                    self.taken |= 1 << slot;
                    return Ok(());
                }
                _ => {}
            }
        }
        self.add(cx, node, Var::Num(cotangent))
    }

    pub(super) fn add(&mut self, cx: &Context, node: &'a Rc<Node>, cotangent: Var) -> Outcome<()> {
        if node.age < self.oldest {
            return Ok(());
        }
        if self.top - node.age >= RING {
            return match self.older.get_mut(&node.age) {
                Some((_, sum)) => accumulate(cx, sum, cotangent),
                None => {
                    self.older.insert(node.age, (node, cotangent));
                    Ok(())
                }
            };
        }
        let slot = (node.age % RING) as usize;
        match &mut self.ring[slot] {
            Some((_, sum)) => accumulate(cx, sum, cotangent),
            free @ None => {
                *free = Some((node, cotangent));
                self.taken |= 1 << slot;
                Ok(())
            }
        }
    }

    /// Takes the youngest pending node.
    #[inline]
    fn next(&mut self, cx: &Context) -> Outcome<Option<(&'a Rc<Node>, Var)>> {
        let from_ring = (self.taken != 0).then(|| {
            let at_top = self.taken.rotate_left((RING - 1 - self.top % RING) as u32);
            self.top - u64::from(at_top.leading_zeros())
        });
        let from_older = if self.older.is_empty() { None } else { self.older.last_key_value().map(|(&age, _)| age) };
        let Some(age) = from_ring.max(from_older) else { return Ok(None) };
        self.top = age;
        let mut result = None;
        if from_ring == Some(age) {
            let slot = (age % RING) as usize;
            self.taken &= !(1 << slot);
            result = self.ring[slot].take();
        }
        if from_older == Some(age)
            && let Some((_, (node, cotangent))) = self.older.pop_last()
        {
            match &mut result {
                Some((_, sum)) => accumulate(cx, sum, cotangent)?,
                None => result = Some((node, cotangent)),
            }
        }
        Ok(result)
    }
}

/// Adds a contribution to a cotangent, in place if nobody else sees it.
#[inline]
fn accumulate(cx: &Context, sum: &mut Var, contribution: Var) -> Outcome<()> {
    if let (Var::Num(total), Var::Num(more)) = (&mut *sum, &contribution) {
        *total += more;
        return Ok(());
    }
    if let (Var::Array(total), Var::Array(more)) = (&mut *sum, &contribution)
        && let Some(total) = Rc::get_mut(total)
        && total.shape() == more.shape()
        && let (Data::F64(total), Data::F64(more)) = (total.data_mut(), more.data())
    {
        total.iter_mut().zip(more).for_each(|(x, y)| *x += y);
        return Ok(());
    }
    *sum = cx.add(sum, &contribution)?;
    Ok(())
}
