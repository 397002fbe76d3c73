//! From pending arrays to a list of instructions.
//!
//! `y = exp(x) * x` with `y` asked for becomes `r0 = exp(x)`, `r1 = r0 * x`, `store r1`. Each pending array
//! is one instruction, however many others use it; registers are used again as soon as nothing reads
//! them any more.

use super::leaf::{Access, Leaf, access};
use super::single;
use super::write::Writer;
use crate::array::lazy::{Arg, Kind, Lazy};
use crate::array::{Array, DType, Shape};
use crate::diagnostic::{Outcome, fail};
use smallvec::SmallVec;
use std::cell::Cell;
use std::rc::Rc;

/// Where an instruction reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// The same number everywhere.
    Num(f64),
    /// The elements of an array that comes in.
    Leaf(usize),
    /// What an earlier instruction of this block left in a register.
    Register(usize),
}

/// One instruction, for a block of elements.
pub struct Instruction {
    /// What is done.
    pub action: Action,
    /// From where.
    pub sources: [Source; 5],
    /// Where to: a register, or an output.
    pub target: usize,
    /// Whether it is an output.
    pub stored: bool,
    /// What the target holds.
    pub dtype: DType,
}

/// What an instruction does.
#[derive(Clone, Copy)]
pub enum Action {
    /// What a pending array says.
    Step(Kind),
    /// Copies, stretching and converting: from this type.
    Copy(DType),
    /// Puts elements where the result keeps them.
    Store,
    /// Puts the sums of blocks there, of elements of this type.
    Sum(DType),
}

/// An array that goes out.
#[derive(Clone, Copy)]
pub struct Output {
    /// What its elements are.
    pub dtype: DType,
    /// The array that comes in which it may be written over.
    pub over: Option<usize>,
    /// For a sum: what it is divided by.
    pub divisor: Option<f64>,
}

/// What a plan comes to.
pub struct Parts {
    /// For every block, in this order.
    pub code: Vec<Instruction>,
    /// What comes in.
    pub leaves: Vec<Leaf>,
    /// What goes out: first what was asked for, then what is kept.
    pub outputs: Vec<Output>,
    /// The arrays that are kept on the way.
    pub kept: Vec<Rc<Array>>,
}

/// A pending array in the plan.
pub struct Node<'r> {
    holder: Holder<'r>,
    /// What is done.
    pub kind: Kind,
    /// What its elements are.
    pub dtype: DType,
    /// To what.
    pub args: SmallVec<[Operand; 3]>,
    references: usize,
    exclusive: usize,
}

/// How the plan holds on to a pending array.
pub enum Holder<'r> {
    /// Asked for.
    Root(&'r Lazy),
    /// On the way.
    Inner(Rc<Array>),
}

/// An operand of a pending array in the plan.
#[derive(Clone, Copy)]
pub enum Operand {
    /// A number.
    Num(f64),
    /// An array that comes in.
    Leaf(usize),
    /// Another pending array.
    Node(usize),
}

/// A sweep in the making.
pub struct Plan<'r> {
    shape: Shape,
    epoch: u64,
    nodes: Vec<Node<'r>>,
    leaves: Vec<Leaf>,
    roots: SmallVec<[&'r Lazy; 2]>,
    code: Vec<Instruction>,
    outputs: Vec<Output>,
    kept: Vec<Rc<Array>>,
}

thread_local! {
    static EPOCH: Cell<u64> = const { Cell::new(0) };
}

fn next_epoch() -> u64 {
    EPOCH.with(|epoch| {
        epoch.set(epoch.get() + 1);
        epoch.get()
    })
}

/// How many steps are pending under these operands, each counted once.
pub fn count_steps(args: &[Arg]) -> u32 {
    fn visit(array: &Array, epoch: u64) -> u32 {
        let Some(lazy) = array.pending() else { return 0 };
        if lazy.mark.get().0 == epoch {
            return 0;
        }
        lazy.mark.set((epoch, 0));
        match &*lazy.step.borrow() {
            Some(step) => 1 + count(&step.args, epoch),
            None => 0,
        }
    }
    fn count(args: &[Arg], epoch: u64) -> u32 {
        args.iter()
            .map(|arg| match arg {
                Arg::Array(array) => visit(array, epoch),
                Arg::Num(_) => 0,
            })
            .sum()
    }
    count(args, next_epoch())
}

impl<'r> Plan<'r> {
    /// An empty plan for results of this shape.
    pub fn new(shape: &[usize]) -> Plan<'r> {
        Plan {
            shape: Shape::from_slice(shape),
            epoch: next_epoch(),
            nodes: Vec::new(),
            leaves: Vec::new(),
            roots: SmallVec::new(),
            code: Vec::new(),
            outputs: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Asks for a pending array.
    pub fn want(&mut self, root: &'r Lazy) {
        self.roots.push(root);
    }

    /// Makes the list of instructions. With `keep_all`, everything that somebody else holds is kept.
    ///
    /// # Errors
    /// When an operand of another shape had to be computed first and that failed.
    pub fn finish(&mut self, keep_all: bool) -> Outcome<()> {
        let mut wanted: SmallVec<[usize; 2]> = SmallVec::new();
        for root in self.roots.clone() {
            wanted.push(self.visit(Holder::Root(root))?);
        }
        self.count_exclusive(&wanted);
        let last = self.nodes.len();
        let mut outputs: Vec<Output> = Vec::new();
        let mut kept = Vec::new();
        let mut stores: Vec<(usize, usize)> = Vec::new();
        for &at in &wanted {
            let Some(node) = self.nodes.get(at) else { continue };
            let alone = wanted.len() == 1 && at + 1 == last && !matches!(node.kind, Kind::Sum(_));
            let over = if alone { self.free_leaf(node.dtype) } else { None };
            stores.push((at, outputs.len()));
            let divisor = if let Kind::Sum(divisor) = node.kind { Some(divisor) } else { None };
            outputs.push(Output { dtype: node.dtype, over, divisor });
        }
        for (at, node) in self.nodes.iter().enumerate() {
            let Holder::Inner(array) = &node.holder else { continue };
            let Some(lazy) = array.pending() else { continue };
            // One holder is this plan.
            let held = Rc::strong_count(array) > node.references + 1;
            if held && !wanted.contains(&at) {
                if keep_all || lazy.keep() {
                    stores.push((at, outputs.len()));
                    outputs.push(Output { dtype: node.dtype, over: None, divisor: None });
                    kept.push(array.clone());
                } else {
                    lazy.passed.set(lazy.passed.get().saturating_add(1));
                }
            }
        }
        self.code = Writer::new(&self.nodes, &self.leaves, &stores, &outputs).write();
        self.outputs = outputs;
        self.kept = kept;
        Ok(())
    }

    /// Lets go of everything but what the sweep needs.
    pub fn into_parts(self) -> Parts {
        Parts { code: self.code, leaves: self.leaves, outputs: self.outputs, kept: self.kept }
    }

    fn visit(&mut self, holder: Holder<'r>) -> Outcome<usize> {
        // The array in a holder of its own, so that the plan can grow while we look at it.
        let array = match &holder {
            Holder::Inner(array) => Some(array.clone()),
            Holder::Root(_) => None,
        };
        let lazy: &Lazy = match (&holder, &array) {
            (Holder::Root(lazy), _) => lazy,
            (_, Some(array)) => match array.pending() {
                Some(lazy) => lazy,
                None => return Ok(0),
            },
            _ => return Ok(0),
        };
        let (epoch, at) = lazy.mark.get();
        if epoch == self.epoch {
            let at = at as usize;
            if let (Some(node), Holder::Inner(array)) = (self.nodes.get_mut(at), holder) {
                node.references += 1;
                // A root met again on the way: from now on its holders can be counted.
                if let Holder::Root(_) = node.holder {
                    node.holder = Holder::Inner(array);
                }
            }
            return Ok(at);
        }
        let step = lazy.step.borrow();
        let Some(step) = &*step else { return fail("internal error: a step to be computed is gone") };
        let mut args = SmallVec::new();
        for arg in &step.args {
            args.push(self.operand(arg)?);
        }
        let at = self.nodes.len();
        lazy.mark.set((self.epoch, at as u32));
        let references = usize::from(matches!(holder, Holder::Inner(_)));
        self.nodes.push(Node { holder, kind: step.kind, dtype: lazy.dtype, args, references, exclusive: 0 });
        Ok(at)
    }

    fn operand(&mut self, arg: &Arg) -> Outcome<Operand> {
        let array = match arg {
            Arg::Num(x) => return Ok(Operand::Num(*x)),
            Arg::Array(array) => array,
        };
        if let Some(x) = single(array) {
            return Ok(Operand::Num(x));
        }
        if array.pending().is_some() {
            if array.shape() == self.shape.as_slice() {
                return self.visit(Holder::Inner(array.clone())).map(Operand::Node);
            }
            // Of another shape, so smaller: computed once, not for every row.
            super::compute(&[array])?;
        }
        if let Some(at) = self.leaves.iter().position(|leaf| leaf.array.as_ref().is_some_and(|l| Rc::ptr_eq(l, array)))
        {
            self.leaves[at].references += 1;
            return Ok(Operand::Leaf(at));
        }
        let access = access(array, &self.shape);
        self.leaves.push(Leaf { array: Some(array.clone()), access, references: 1, exclusive: 0 });
        Ok(Operand::Leaf(self.leaves.len() - 1))
    }

    /// Counts the references that disappear with the arrays asked for. Whoever uses an array comes after
    /// it, so the walk is backwards.
    fn count_exclusive(&mut self, wanted: &[usize]) {
        for at in (0..self.nodes.len()).rev() {
            let Some(node) = self.nodes.get(at) else { continue };
            let alone = match &node.holder {
                Holder::Root(_) => true,
                Holder::Inner(array) => !wanted.contains(&at) && Rc::strong_count(array) == node.exclusive + 1,
            };
            if !alone {
                continue;
            }
            for arg in node.args.clone() {
                match arg {
                    Operand::Node(i) => self.nodes[i].exclusive += 1,
                    Operand::Leaf(i) => self.leaves[i].exclusive += 1,
                    Operand::Num(_) => {}
                }
            }
        }
    }

    /// An array that comes in, that the result may be written over because nobody else will hold it.
    fn free_leaf(&self, dtype: DType) -> Option<usize> {
        self.leaves.iter().position(|leaf| {
            let Some(array) = &leaf.array else { return false };
            matches!(leaf.access, Access::Full)
                && array.dtype() == dtype
                && Rc::strong_count(array) == leaf.exclusive + 1
                && leaf.exclusive == leaf.references
        })
    }
}
