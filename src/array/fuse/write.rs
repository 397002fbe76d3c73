//! Writing the instructions of a plan: which register holds what, and what must be converted first.

use super::leaf::{Access, Leaf};
use super::plan::{Action, Instruction, Node, Operand, Output, Source};
use super::wide;
use crate::array::DType;
use crate::array::lanes::Lane;
use crate::array::lazy::Kind;
use smallvec::SmallVec;

/// Writes instructions for nodes in order.
pub struct Writer<'p, 'r> {
    nodes: &'p [Node<'r>],
    leaves: &'p [Leaf],
    stores: &'p [(usize, usize)],
    outputs: &'p [Output],
    code: Vec<Instruction>,
    /// Where each node's elements are.
    values: Vec<Source>,
    /// Conversions and copies that were already written.
    copies: Vec<(Source, DType, DType, Source)>,
    next: usize,
}

const NOWHERE: Source = Source::Num(0.0);

impl<'p, 'r> Writer<'p, 'r> {
    /// A writer for these nodes; each store is the number of a node and that of an output.
    pub fn new(
        nodes: &'p [Node<'r>],
        leaves: &'p [Leaf],
        stores: &'p [(usize, usize)],
        outputs: &'p [Output],
    ) -> Writer<'p, 'r> {
        Writer { nodes, leaves, stores, outputs, code: Vec::new(), values: Vec::new(), copies: Vec::new(), next: 0 }
    }

    /// The instructions for a block.
    pub fn write(mut self) -> Vec<Instruction> {
        for (at, node) in self.nodes.iter().enumerate() {
            if let Kind::Sum(_) = node.kind {
                self.sum(at, node);
                self.values.push(NOWHERE);
                continue;
            }
            let value = self.node(node);
            self.values.push(value);
            let stores = self.stores.iter().filter(|&&(stored, _)| stored == at);
            // What nobody else reads is computed where it is to be stored.
            if let (&[(_, output)], Source::Register(register), false) =
                (stores.clone().copied().collect::<SmallVec<[_; 2]>>().as_slice(), value, self.is_read(at))
                && self.outputs.get(output).is_some_and(|output| output.over.is_none())
                && let Some(last) = self.code.last_mut()
                && let (Action::Step(_), true) = (last.action, last.target == register)
            {
                (last.target, last.stored) = (output, true);
                continue;
            }
            for &(_, output) in stores {
                // A source of the right type: what a node gives always is.
                let from = value;
                self.code.push(Instruction {
                    action: Action::Store,
                    sources: [from, NOWHERE, NOWHERE, NOWHERE, NOWHERE],
                    target: output,
                    stored: true,
                    dtype: node.dtype,
                });
            }
        }
        assign_registers(&mut self.code, self.next);
        self.code
    }

    /// Whether another node reads this one.
    fn is_read(&self, at: usize) -> bool {
        let reads = |arg: &Operand| matches!(*arg, Operand::Node(other) if other == at);
        self.nodes.iter().skip(at + 1).any(|node| node.args.iter().any(reads))
    }

    /// Sums the elements of a node's only operand, whatever their type.
    fn sum(&mut self, at: usize, node: &Node<'_>) {
        let arg = node.args.first().copied().unwrap_or(Operand::Num(0.0));
        let from = match arg {
            Operand::Node(at) => self.nodes.get(at).map_or(DType::F64, |node| node.dtype),
            Operand::Leaf(at) => self.leaves.get(at).map_or(DType::F64, Leaf::dtype),
            Operand::Num(_) => DType::F64,
        };
        let source = match self.typed(arg, from) {
            Source::Num(x) => self.copy(Source::Num(x), from, from),
            source => source,
        };
        for &(_, output) in self.stores.iter().filter(|&&(stored, _)| stored == at) {
            let sources = [source, NOWHERE, NOWHERE, NOWHERE, NOWHERE];
            self.code.push(Instruction {
                action: Action::Sum(from),
                sources,
                target: output,
                stored: true,
                dtype: from,
            });
        }
    }

    fn node(&mut self, node: &Node<'_>) -> Source {
        let compute = wide(node.dtype);
        let arg = |i: usize| node.args.get(i).copied().unwrap_or(Operand::Num(0.0));
        match node.kind {
            Kind::Same => self.typed(arg(0), node.dtype),
            // Not an array: see `sum`.
            Kind::Sum(_) => NOWHERE,
            Kind::Map1(kernel) => match self.typed(arg(0), compute) {
                Source::Num(x) if compute == DType::F64 => Source::Num((kernel.number)(x)),
                Source::Num(x) => {
                    let mut out = [0.0];
                    (kernel.singles)(&[x as f32], &mut out);
                    Source::Num(out[0].into())
                }
                x => self.emit(node, [x, NOWHERE, NOWHERE, NOWHERE, NOWHERE]),
            },
            Kind::Map2(kernel) => match (self.typed(arg(0), compute), self.typed(arg(1), compute)) {
                (Source::Num(x), Source::Num(y)) if compute == DType::F64 => Source::Num((kernel.number)(x, y)),
                (Source::Num(x), Source::Num(y)) => {
                    let mut out = [0.0];
                    (kernel.singles)(Lane::Still(x as f32), Lane::Still(y as f32), &mut out);
                    Source::Num(out[0].into())
                }
                (x, y) => self.emit(node, [x, y, NOWHERE, NOWHERE, NOWHERE]),
            },
            Kind::Test1(_) => {
                let x = self.typed(arg(0), DType::F64);
                self.emit(node, [x, NOWHERE, NOWHERE, NOWHERE, NOWHERE])
            }
            Kind::Test2(_, narrow) => {
                let round = |source| match source {
                    Source::Num(x) if narrow => Source::Num(f64::from(x as f32)),
                    other => other,
                };
                let (x, y) = (self.typed(arg(0), DType::F64), self.typed(arg(1), DType::F64));
                self.emit(node, [round(x), round(y), NOWHERE, NOWHERE, NOWHERE])
            }
            Kind::Choose => {
                let condition = self.typed(arg(0), DType::Bool);
                let (x, y) = (self.typed(arg(1), node.dtype), self.typed(arg(2), node.dtype));
                match condition {
                    Source::Num(holds) => {
                        if holds != 0.0 {
                            x
                        } else {
                            y
                        }
                    }
                    condition => self.emit(node, [condition, x, y, NOWHERE, NOWHERE]),
                }
            }
            Kind::Slope(..) => {
                let mut sources = [NOWHERE; 5];
                for (i, source) in sources.iter_mut().enumerate() {
                    *source = self.typed(arg(i), compute);
                }
                // The cotangent is a row, even if it is the same everywhere; and so is then what stands in place of
                // operands that are not read.
                if let Source::Num(number) = sources[4] {
                    let row = self.copy(sources[4], compute, compute);
                    let same = |source: &Source| matches!(source, Source::Num(x) if x.to_bits() == number.to_bits());
                    sources.iter_mut().filter(|source| same(source)).for_each(|source| *source = row);
                }
                self.emit(node, sources)
            }
        }
    }

    fn emit(&mut self, node: &Node<'_>, sources: [Source; 5]) -> Source {
        let target = self.register();
        self.code.push(Instruction {
            action: Action::Step(node.kind),
            sources,
            target,
            stored: false,
            dtype: node.dtype,
        });
        Source::Register(target)
    }

    fn register(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// Where an operand's elements are, as elements of a type.
    fn typed(&mut self, operand: Operand, dtype: DType) -> Source {
        let (source, from, plain) = match operand {
            Operand::Num(x) => return Source::Num(x),
            Operand::Node(at) => {
                let from = self.nodes.get(at).map_or(dtype, |node| node.dtype);
                (self.values.get(at).copied().unwrap_or(NOWHERE), from, true)
            }
            Operand::Leaf(at) => {
                let Some(leaf) = self.leaves.get(at) else { return NOWHERE };
                (Source::Leaf(at), leaf.dtype(), !matches!(leaf.access, Access::Strided(..)))
            }
        };
        match source {
            Source::Num(x) => Source::Num(x),
            source if from == dtype && plain => source,
            source => self.copy(source, from, dtype),
        }
    }

    /// A register with a copy of other elements, written once for all who need it.
    fn copy(&mut self, source: Source, from: DType, to: DType) -> Source {
        let known = self.copies.iter().find(|&&(s, f, t, _)| s == source && f == from && t == to);
        if let Some(&(_, _, _, copy)) = known {
            return copy;
        }
        let target = self.register();
        self.code.push(Instruction {
            action: Action::Copy(from),
            sources: [source, NOWHERE, NOWHERE, NOWHERE, NOWHERE],
            target,
            stored: false,
            dtype: to,
        });
        let copy = Source::Register(target);
        self.copies.push((source, from, to, copy));
        copy
    }
}

/// Gives registers new numbers, so that each is used again once nothing reads it any more. Every type has
/// numbers of its own.
fn assign_registers(code: &mut [Instruction], count: usize) {
    let mut last_read = vec![0; count];
    for (at, instruction) in code.iter().enumerate() {
        for source in instruction.sources {
            if let Source::Register(register) = source
                && let Some(last) = last_read.get_mut(register)
            {
                *last = at;
            }
        }
    }
    let mut names = vec![0; count];
    let mut types = vec![DType::F64; count];
    let mut free: [Vec<usize>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    let mut used = [0_usize; 3];
    for (at, instruction) in code.iter_mut().enumerate() {
        let read = instruction.sources;
        if !instruction.stored {
            let kind = instruction.dtype as usize;
            let name = free[kind].pop().unwrap_or_else(|| {
                used[kind] += 1;
                used[kind] - 1
            });
            names[instruction.target] = name;
            types[instruction.target] = instruction.dtype;
            // Written and never read: free at once.
            if last_read[instruction.target] <= at {
                free[kind].push(name);
            }
            instruction.target = name;
        }
        for (i, source) in read.iter().enumerate() {
            if let Source::Register(register) = *source {
                instruction.sources[i] = Source::Register(names[register]);
                let first = read.iter().position(|other| other == source) == Some(i);
                if last_read[register] == at && first {
                    free[types[register] as usize].push(names[register]);
                }
            }
        }
    }
}
