//! What is pending in a reverse pass, by age.
//!
//! Operands are mostly a few steps older than results, so the youngest 64 ages have a slot each in a
//! ring; a node that is older than that, like the parameter that every turn of a loop uses, waits in a
//! map. Numbers, which are most of what a loop records, wait as plain numbers. Of arrays only a few wait at a time,
//! so that a slot says where among these its own is, and a pass over three steps does not prepare for 64.

use super::spares::Spares;
use super::{Context, Forward, Node, Var};
use crate::array::in_place::{map2_onto_left, map2_onto_right};
use crate::array::operand::Operand;
use crate::array::{Array, fuse, same_shape};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::rc::Rc;

const RING: u64 = 64;

/// Pending nodes with their cotangents.
pub(super) struct Queue<'a> {
    nodes: [Option<&'a Rc<Node>>; RING as usize],
    numbers: [f64; RING as usize],
    /// Where among the arrays the slot's cotangent is, if it is one of the others.
    at: [u8; RING as usize],
    arrays: Arrays,
    /// One bit for each slot of the ring that is taken.
    taken: u64,
    /// One bit for each of those whose cotangent is not a plain number.
    others: u64,
    /// No pending node is younger; the ring holds ages from `top - 63` to `top`.
    top: u64,
    /// Made when the first one waits there.
    older: Option<BTreeMap<u64, (&'a Rc<Node>, Var)>>,
    /// The youngest age in the map; 0 if there is none.
    older_top: u64,
    /// Nothing older than this is visited.
    pub(super) oldest: u64,
    /// For the next cotangents.
    pub(super) spares: Spares,
}

impl<'a> Queue<'a> {
    /// An empty queue for nodes from the age `oldest` up to the age `top`.
    pub(super) fn new(oldest: u64, top: u64) -> Queue<'a> {
        Queue {
            nodes: [None; RING as usize],
            numbers: [0.0; RING as usize],
            at: [0; RING as usize],
            arrays: Arrays::default(),
            taken: 0,
            others: 0,
            top,
            older: None,
            older_top: 0,
            oldest,
            spares: Spares::default(),
        }
    }

    /// Whether what is pending for a node of this age waits in the map: it stays there when the ring comes near, so that
    /// contributions are added up one after the other, however far away the node was.
    #[inline(always)]
    fn is_older(&self, age: u64) -> bool {
        self.top.wrapping_sub(age) >= RING || age <= self.older_top && self.is_in_map(age)
    }

    #[cold]
    fn is_in_map(&self, age: u64) -> bool {
        self.older.as_ref().is_some_and(|older| older.contains_key(&age))
    }

    /// Adds to the cotangent of a node, which is a number.
    #[inline(always)]
    pub(super) fn add_number(&mut self, cx: &Context, node: &'a Rc<Node>, cotangent: f64) -> Outcome<()> {
        if node.age < self.oldest {
            return Ok(());
        }
        let slot = (node.age % RING) as usize;
        let bit = 1_u64 << slot;
        if !self.is_older(node.age) && self.others & bit == 0 {
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
        if self.is_older(node.age) {
            let older = self.older.get_or_insert_default();
            match older.get_mut(&node.age) {
                Some((_, sum)) => {
                    let rest = accumulate(cx, sum, cotangent)?;
                    self.spares.keep(rest);
                }
                None => {
                    self.older_top = self.older_top.max(node.age);
                    older.insert(node.age, (node, cotangent));
                }
            }
            return Ok(());
        }
        let slot = (node.age % RING) as usize;
        let bit = 1_u64 << slot;
        if self.taken & bit == 0 {
            self.taken |= bit;
            self.nodes[slot] = Some(node);
            self.put(slot, cotangent);
            return Ok(());
        }
        if self.others & bit != 0
            && let Some(sum) = self.arrays.get_mut(self.at[slot])
        {
            let rest = accumulate(cx, sum, cotangent)?;
            self.spares.keep(rest);
            return Ok(());
        }
        let mut sum = Var::Num(self.numbers[slot]);
        accumulate(cx, &mut sum, cotangent)?;
        self.put(slot, sum);
        Ok(())
    }

    /// Gives a slot, which has a number or nothing, a cotangent.
    #[inline(always)]
    fn put(&mut self, slot: usize, cotangent: Var) {
        match cotangent {
            Var::Num(x) => self.numbers[slot] = x,
            other => {
                self.others |= 1 << slot;
                self.at[slot] = self.arrays.put(other);
            }
        }
    }

    /// The cotangent that is pending for a node so far, if that is an array of the node's shape and type: to be
    /// added to in place, so that going through an array row by row costs what the array has, not that for every
    /// row.
    #[inline]
    pub(super) fn pending(&mut self, node: &Node) -> Option<&mut Rc<Array>> {
        let slot = (node.age % RING) as usize;
        let sum = if self.is_older(node.age) {
            self.older.as_mut().and_then(|older| older.get_mut(&node.age)).map(|(_, sum)| sum)
        } else if self.others & (1 << slot) != 0 {
            self.arrays.get_mut(self.at[slot])
        } else {
            None
        };
        match sum {
            Some(Var::Array(sum)) if sum.dtype() == node.out.dtype() && same_shape(sum.shape(), node.out.shape()) => {
                Some(sum)
            }
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

    /// Says that nothing younger than this is pending.
    #[inline]
    pub(super) fn lower(&mut self, top: u64) {
        self.top = top;
    }

    /// Takes the youngest pending node.
    #[inline]
    pub(super) fn next(&mut self, cx: &Context) -> Outcome<Option<(&'a Rc<Node>, Var)>> {
        let from_ring = (self.taken != 0).then(|| self.ring_top());
        let from_older = (self.older_top != 0).then_some(self.older_top);
        let Some(age) = from_ring.max(from_older) else { return Ok(None) };
        self.top = age;
        let mut result = None;
        if from_ring == Some(age) {
            let slot = (age % RING) as usize;
            let bit = 1_u64 << slot;
            let cotangent = match self.others & bit {
                0 => Var::Num(self.numbers[slot]),
                _ => self.arrays.take(self.at[slot]),
            };
            self.taken &= !bit;
            self.others &= !bit;
            result = self.nodes[slot].map(|node| (node, cotangent));
        }
        if from_older == Some(age)
            && let Some(older) = &mut self.older
            && let Some((_, (node, cotangent))) = older.pop_last()
        {
            self.older_top = older.last_key_value().map_or(0, |(&age, _)| age);
            match &mut result {
                Some((_, sum)) => drop(accumulate(cx, sum, cotangent)?),
                None => result = Some((node, cotangent)),
            }
        }
        Ok(result)
    }
}

/// The cotangents in the ring that are not plain numbers, each at a place of its own.
#[derive(Default)]
struct Arrays {
    vars: SmallVec<[Var; 8]>,
    /// One bit for each place that is taken: no more than there are slots.
    taken: u64,
}

impl Arrays {
    #[inline]
    fn put(&mut self, var: Var) -> u8 {
        let at = self.taken.trailing_ones();
        self.taken |= 1_u64.wrapping_shl(at);
        match self.vars.get_mut(at as usize) {
            Some(place) => *place = var,
            None => self.vars.push(var),
        }
        at as u8
    }

    #[inline]
    fn get_mut(&mut self, at: u8) -> Option<&mut Var> {
        self.vars.get_mut(usize::from(at))
    }

    #[inline]
    fn take(&mut self, at: u8) -> Var {
        self.taken &= !1_u64.wrapping_shl(u32::from(at));
        self.get_mut(at).map(std::mem::take).unwrap_or_default()
    }
}

/// Adds a contribution to a cotangent, in place of the one or the other if nobody else sees it. Gives what is left.
#[inline]
fn accumulate(cx: &Context, sum: &mut Var, mut contribution: Var) -> Outcome<Var> {
    if let (Var::Num(total), Var::Num(more)) = (&mut *sum, &contribution) {
        *total += more;
        return Ok(contribution);
    }
    // What is there already is added up at once, in place: kept for later, it would leave the caches first.
    let there = |var: &Var| matches!(var, Var::Array(array) if !array.is_pending());
    let there = there(sum) && there(&contribution) && !cx.within();
    if there
        && let (Var::Array(total), Var::Array(more)) = (&mut *sum, &mut contribution)
        && !fuse::large(more.len())
        && let Forward::Map2(add) = &cx.basics().add.forward
    {
        if let Some(total) = Rc::get_mut(total)
            && map2_onto_left(add, total, Operand::Array(more))?
        {
            return Ok(contribution);
        }
        if let Some(more) = Rc::get_mut(more)
            && map2_onto_right(add, Operand::Array(total), more)?
        {
            return Ok(std::mem::replace(sum, contribution));
        }
    }
    let total = std::mem::take(sum);
    *sum = cx.add(&total, &contribution)?;
    drop(contribution);
    match sum {
        Var::Array(sum) if there => sum.compute()?,
        _ => {}
    }
    Ok(total)
}
