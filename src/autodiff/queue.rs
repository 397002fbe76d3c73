//! What is pending in a reverse pass, by age.
//!
//! Operands are mostly a few steps older than results, so the youngest 64 ages have a slot each in a
//! ring; a node that is older than that, like the parameter that every turn of a loop uses, waits in a
//! map. Numbers, which are most of what a loop records, wait as plain numbers.

use super::{Context, Forward, Node, Var};
use crate::array::in_place::map2_onto_left;
use crate::array::operand::Operand;
use crate::array::{Array, fuse};
use crate::diagnostic::Outcome;
use std::collections::BTreeMap;
use std::rc::Rc;

const RING: u64 = 64;

/// Pending nodes with their cotangents.
pub(super) struct Queue<'a> {
    nodes: [Option<&'a Rc<Node>>; RING as usize],
    numbers: [f64; RING as usize],
    arrays: [Option<Var>; RING as usize],
    /// One bit for each slot of the ring that is taken.
    taken: u64,
    /// One bit for each of those whose cotangent is not a plain number.
    others: u64,
    /// No pending node is younger; the ring holds ages from `top - 63` to `top`.
    top: u64,
    older: BTreeMap<u64, (&'a Rc<Node>, Var)>,
    /// The youngest age in the map; 0 if there is none.
    older_top: u64,
    /// Nothing older than this is visited.
    pub(super) oldest: u64,
}

impl<'a> Queue<'a> {
    /// An empty queue for nodes from the age `oldest` up to the age `top`.
    pub(super) fn new(oldest: u64, top: u64) -> Queue<'a> {
        Queue {
            nodes: [None; RING as usize],
            numbers: [0.0; RING as usize],
            arrays: [const { None }; RING as usize],
            taken: 0,
            others: 0,
            top,
            older: BTreeMap::new(),
            older_top: 0,
            oldest,
        }
    }

    /// Adds to the cotangent of a node, which is a number.
    #[inline(always)]
    pub(super) fn add_number(&mut self, cx: &Context, node: &'a Rc<Node>, cotangent: f64) -> Outcome<()> {
        if node.age < self.oldest {
            return Ok(());
        }
        let slot = (node.age % RING) as usize;
        let bit = 1_u64 << slot;
        if self.top.wrapping_sub(node.age) < RING && self.others & bit == 0 {
            if self.taken & bit != 0 {
                self.numbers[slot] += cotangent;
            } else {
                self.taken |= bit;
                self.nodes[slot] = Some(node);
                self.numbers[slot] = cotangent;
            }
            return Ok(());
        }
        self.add(cx, node, Var::Num(cotangent))
    }

    /// Adds to the cotangent of a node.
    pub(super) fn add(&mut self, cx: &Context, node: &'a Rc<Node>, cotangent: Var) -> Outcome<()> {
        if node.age < self.oldest {
            return Ok(());
        }
        if self.top.wrapping_sub(node.age) >= RING {
            return match self.older.get_mut(&node.age) {
                Some((_, sum)) => accumulate(cx, sum, cotangent),
                None => {
                    self.older_top = self.older_top.max(node.age);
                    self.older.insert(node.age, (node, cotangent));
                    Ok(())
                }
            };
        }
        let slot = (node.age % RING) as usize;
        let bit = 1_u64 << slot;
        if self.taken & bit == 0 {
            self.taken |= bit;
            self.nodes[slot] = Some(node);
            match cotangent {
                Var::Num(x) => self.numbers[slot] = x,
                other => {
                    self.others |= bit;
                    self.arrays[slot] = Some(other);
                }
            }
            return Ok(());
        }
        let mut sum = match self.arrays[slot].take() {
            Some(sum) => sum,
            None => Var::Num(self.numbers[slot]),
        };
        accumulate(cx, &mut sum, cotangent)?;
        match sum {
            Var::Num(x) => {
                self.others &= !bit;
                self.numbers[slot] = x;
            }
            other => {
                self.others |= bit;
                self.arrays[slot] = Some(other);
            }
        }
        Ok(())
    }

    /// The cotangent that is pending for a node so far, if that is an array of the node's shape and type: to be
    /// added to in place, so that going through an array row by row costs what the array has, not that for every
    /// row.
    #[inline]
    pub(super) fn pending(&mut self, node: &Node) -> Option<&mut Rc<Array>> {
        let slot = (node.age % RING) as usize;
        let sum = if self.top.wrapping_sub(node.age) >= RING {
            self.older.get_mut(&node.age).map(|(_, sum)| sum)
        } else if self.others & (1 << slot) != 0 {
            self.arrays[slot].as_mut()
        } else {
            None
        };
        match sum {
            Some(Var::Array(sum)) if sum.dtype() == node.out.dtype() && sum.shape() == node.out.shape() => Some(sum),
            _ => None,
        }
    }

    /// The youngest age in the ring, which must not be empty.
    #[inline(always)]
    fn ring_top(&self) -> u64 {
        let at_top = self.taken.rotate_left((RING - 1 - self.top % RING) as u32);
        self.top.wrapping_sub(u64::from(at_top.leading_zeros()))
    }

    /// The youngest pending node and its cotangent, if that is a plain number.
    #[inline(always)]
    pub(super) fn peek_number(&mut self) -> Option<(&'a Rc<Node>, f64)> {
        if self.taken == 0 {
            return None;
        }
        let age = self.ring_top();
        let slot = (age % RING) as usize;
        if age <= self.older_top || self.others & (1 << slot) != 0 {
            return None;
        }
        self.top = age;
        Some((self.nodes[slot]?, self.numbers[slot]))
    }

    /// Takes what [`peek_number`](Queue::peek_number) showed.
    #[inline(always)]
    pub(super) fn pop_number(&mut self) {
        self.taken &= !(1 << (self.top % RING));
    }

    /// Takes the youngest pending node.
    #[inline]
    pub(super) fn next(&mut self, cx: &Context) -> Outcome<Option<(&'a Rc<Node>, Var)>> {
        let from_ring = (self.taken != 0).then(|| self.ring_top());
        let from_older = (!self.older.is_empty()).then_some(self.older_top);
        let Some(age) = from_ring.max(from_older) else { return Ok(None) };
        self.top = age;
        let mut result = None;
        if from_ring == Some(age) {
            let slot = (age % RING) as usize;
            let bit = 1_u64 << slot;
            self.taken &= !bit;
            self.others &= !bit;
            let cotangent = self.arrays[slot].take().unwrap_or(Var::Num(self.numbers[slot]));
            result = self.nodes[slot].map(|node| (node, cotangent));
        }
        if from_older == Some(age)
            && let Some((_, (node, cotangent))) = self.older.pop_last()
        {
            self.older_top = self.older.last_key_value().map_or(0, |(&age, _)| age);
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
    // What is there already is added up at once, in place: kept for later, it would leave the caches first.
    let there = |var: &Var| matches!(var, Var::Array(array) if !array.is_pending());
    let there = there(sum) && there(&contribution) && !cx.within();
    if there
        && let (Var::Array(total), Var::Array(more)) = (&mut *sum, &contribution)
        && !fuse::large(more.len())
        && let Some(total) = Rc::get_mut(total)
        && let Forward::Map2(add) = &cx.basics().add.forward
        && map2_onto_left(add, total, Operand::Array(more))?
    {
        return Ok(());
    }
    let total = std::mem::take(sum);
    *sum = cx.add(&total, &contribution)?;
    drop((total, contribution));
    match sum {
        Var::Array(sum) if there => sum.compute(),
        _ => Ok(()),
    }
}
