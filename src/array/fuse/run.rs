//! Going through an array block by block.

use super::Slice;
use super::leaf::{Access, Leaf};
use super::piece::Piece;
use super::plan::{Action, Instruction, Output, Source};
use super::rows::{choose, gather, leaf_doubles, leaf_singles, leaf_truths, put, row, taken};
use super::{GRAIN, PARALLEL_FROM};
use crate::array::lanes::{Lane, each_alone};
use crate::array::lazy::Kind;
use crate::array::{DType, Data, fold, limits, parallel};
use crate::diagnostic::Outcome;
use std::cell::RefCell;
use std::ops::Range;

/// Elements in a register: 8 KB, so that the program of a block costs little beside its elements, and what does
/// not fit the first cache stays in the second.
pub const BLOCK: usize = 1024;
/// The same for a program that knows nothing but singles.
pub const WIDEST: usize = 2 * BLOCK;

/// Parts that a large array is cut into for the threads, if they are not too small or too large then.
const PARTS: usize = 32;
/// Elements of such a part, at least; parts are multiples of it.
const LEAST: usize = 4096;

/// A list of instructions and what comes in: all a thread needs.
pub struct Program<'a> {
    code: &'a [Instruction],
    leaves: Vec<View<'a>>,
    width: usize,
}

/// An array that comes in, for a program that runs.
struct View<'a> {
    /// `None` if the result is written over it.
    data: Option<&'a Data>,
    access: &'a Access,
    /// The output that is written over it.
    over: usize,
}

/// Registers, one set for each type.
#[derive(Default)]
pub struct Scratch {
    doubles: Vec<Vec<f64>>,
    singles: Vec<Vec<f32>>,
    truths: Vec<Vec<bool>>,
    /// Elements of a chunk for whoever reads it once.
    pub(super) chunk: Option<Data>,
}

thread_local! {
    static SCRATCH: RefCell<Vec<Scratch>> = const { RefCell::new(Vec::new()) };
}

/// Does something with registers that this thread keeps for the next time.
pub fn with_scratch<R>(work: impl FnOnce(&mut Scratch) -> R) -> R {
    // A thread that waits for another may take up other work: then a second set is needed.
    let mut scratch = SCRATCH.with(|kept| kept.borrow_mut().pop()).unwrap_or_default();
    let result = work(&mut scratch);
    SCRATCH.with(|kept| kept.borrow_mut().push(scratch));
    result
}

/// A buffer whose elements will all be written.
///
/// # Errors
/// When memory runs out.
pub fn blank(dtype: DType, len: usize) -> Outcome<Data> {
    Ok(match dtype {
        DType::F64 => Data::F64(limits::buffer(len)?),
        DType::F32 => Data::F32(limits::buffer(len)?),
        DType::Bool => Data::Bool(limits::buffer(len)?),
    })
}

/// Runs a program over the whole array and stores what goes out.
///
/// # Errors
/// When somebody asked to stop, if the sweep may be stopped.
pub fn store(program: &Program<'_>, targets: &mut [Data], summed: &[bool], len: usize, may_stop: bool) -> Outcome<()> {
    let pieces: Vec<Piece<'_>> =
        targets.iter_mut().zip(summed).map(|(target, &summed)| Piece::of(target, summed)).collect();
    if len < PARALLEL_FROM || crate::array::threads::count() == 1 {
        return part(program, 0..len, pieces, may_stop);
    }
    // Many more parts than threads, so that none waits long for another.
    let size = (len / PARTS).next_multiple_of(LEAST).min(GRAIN);
    let mut rest = pieces;
    let mut items = Vec::with_capacity(len.div_ceil(size));
    for start in (0..len).step_by(size) {
        let (first, others) = rest.into_iter().map(|piece| piece.split(size)).unzip();
        items.push((start..len.min(start + size), first));
        rest = others;
    }
    parallel::each(items, &|(range, pieces)| part(program, range, pieces, may_stop))
}

fn part(program: &Program<'_>, range: Range<usize>, mut pieces: Vec<Piece<'_>>, may_stop: bool) -> Outcome<()> {
    with_scratch(|scratch| {
        let mut start = range.start;
        while start < range.end {
            if may_stop && (start - range.start).is_multiple_of(GRAIN) {
                limits::check()?;
            }
            let end = range.end.min(start + program.width);
            program.block(start..end, scratch, &mut pieces, range.start);
            start = end;
        }
        Ok(())
    })
}

/// What is where while a block is computed.
struct Place<'p, 'a, 't> {
    views: &'p [View<'a>],
    pieces: &'p [Piece<'t>],
    range: Range<usize>,
    /// Where the pieces start.
    base: usize,
}

/// A lane of one type: a register, an array that comes in, or what will be written over.
macro_rules! lane {
    ($name:ident, $leaf:ident, $type:ty, $data:ident, $piece:ident, $still:expr) => {
        #[inline(always)]
        fn $name<'x>(&'x self, source: Source, registers: &'x [Vec<$type>]) -> Lane<'x, $type> {
            match source {
                Source::Register(i) => {
                    Lane::Moving(registers.get(i).and_then(|register| register.get(..self.range.len())).unwrap_or(&[]))
                }
                Source::Num(x) => Lane::Still(($still)(x)),
                Source::Leaf(i) => Lane::Moving(self.$leaf(i)),
            }
        }

        fn $leaf(&self, i: usize) -> &[$type] {
            let Some(view) = self.views.get(i) else { return &[] };
            let range = match view.access {
                Access::Tiled(_, period) => {
                    let start = self.range.start % period;
                    start..start + self.range.len()
                }
                _ => self.range.clone(),
            };
            match (view.data, self.pieces.get(view.over)) {
                (Some(Data::$data(data)), _) => data.get(range).unwrap_or(&[]),
                (None, Some(Piece::$piece(data))) => {
                    data.get(range.start - self.base..range.end - self.base).unwrap_or(&[])
                }
                _ => &[],
            }
        }
    };
}

impl Place<'_, '_, '_> {
    lane!(doubles, leaf_of_doubles, f64, F64, Doubles, |x: f64| x);
    lane!(singles, leaf_of_singles, f32, F32, Singles, |x: f64| x as f32);
    lane!(truths, leaf_of_truths, bool, Bool, Truths, |x: f64| x != 0.0);
}

/// Where a step writes: a register, or, if it is stored at once, part of a piece.
macro_rules! result {
    ($instruction:ident, $piece:ident, $kind:ident, $registers:expr, $range:ident) => {
        if $instruction.stored {
            let part = match &mut $piece {
                Piece::$kind(data) => data.get_mut($range).unwrap_or_default(),
                _ => &mut [],
            };
            (Vec::new(), Some(part))
        } else {
            (taken(&mut $registers, $instruction.target), None)
        }
    };
}

/// Puts back what a step was written to.
macro_rules! put_back {
    ($instruction:ident, $piece:ident, $pieces:ident, $registers:expr, $register:ident) => {
        if !$instruction.stored {
            put(&mut $registers, $instruction.target, $register);
        } else if let Some(place) = $pieces.get_mut($instruction.target) {
            *place = $piece;
        }
    };
}

impl<'a> Program<'a> {
    /// Instructions and what they read.
    pub fn new(code: &'a [Instruction], leaves: &'a [Leaf], outputs: &[Output]) -> Program<'a> {
        let leaves = leaves
            .iter()
            .enumerate()
            .map(|(i, leaf)| View {
                data: leaf.data(),
                access: &leaf.access,
                over: outputs.iter().position(|output| output.over == Some(i)).unwrap_or(0),
            })
            .collect();
        let narrow = code.iter().all(|instruction| {
            let from = match instruction.action {
                Action::Copy(from) | Action::Sum(from) => from,
                Action::Step(_) | Action::Store => instruction.dtype,
            };
            instruction.dtype == DType::F32 && from == DType::F32
        });
        Program { code, leaves, width: if narrow { WIDEST } else { BLOCK } }
    }

    /// How many elements are computed at once.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// What the last store stores.
    pub(super) fn result(&self) -> DType {
        self.code.last().map_or(DType::F64, |last| last.dtype)
    }

    /// Computes a block. The pieces start at element `base`.
    pub(super) fn block(&self, range: Range<usize>, scratch: &mut Scratch, pieces: &mut [Piece<'_>], base: usize) {
        let len = range.len();
        for instruction in self.code {
            let sources = &instruction.sources;
            let at = instruction.target;
            // What is stored at once needs no register. No piece that is read is written so.
            let mut piece = Piece::Doubles(&mut []);
            if let (Action::Step(_), true, Some(target)) = (instruction.action, instruction.stored, pieces.get_mut(at))
            {
                piece = std::mem::replace(target, piece);
            }
            let place = Place { views: &self.leaves, pieces, range: range.clone(), base };
            let target = range.start - base..range.end - base;
            match (instruction.action, instruction.dtype) {
                (Action::Store, _) => {
                    let Some(mut piece) = pieces.get_mut(at) else { continue };
                    // What is read is a register, a number or an array that comes in; never a piece.
                    match &mut piece {
                        Piece::Doubles(data) => {
                            self.put_away(data, target, sources[0], &scratch.doubles, &range, leaf_doubles, |x| x)
                        }
                        Piece::Singles(data) => {
                            self.put_away(data, target, sources[0], &scratch.singles, &range, leaf_singles, |x| {
                                x as f32
                            })
                        }
                        Piece::Sums(_) => {}
                        Piece::Truths(data) => {
                            self.put_away(data, target, sources[0], &scratch.truths, &range, leaf_truths, |x| x != 0.0)
                        }
                    }
                }
                (Action::Sum(from), _) => {
                    let row = match from {
                        DType::F64 => Slice::Doubles(row(place.doubles(sources[0], &scratch.doubles))),
                        DType::F32 => Slice::Singles(row(place.singles(sources[0], &scratch.singles))),
                        DType::Bool => Slice::Truths(row(place.truths(sources[0], &scratch.truths))),
                    };
                    let mut sums = [0.0; WIDEST / fold::BLOCK];
                    fold::sum_blocks(row, &mut sums);
                    if let Some(Piece::Sums(data)) = pieces.get_mut(at) {
                        let places = data.iter_mut().skip((range.start - base) / fold::BLOCK);
                        places.zip(sums).for_each(|(to, sum)| *to = sum);
                    }
                }
                (Action::Copy(from), to) => self.copy(&place, from, to, sources[0], at, scratch),
                (Action::Step(kind), DType::F64) => {
                    let (mut register, out) = result!(instruction, piece, Doubles, scratch.doubles, target);
                    let out = out.unwrap_or_else(|| register.get_mut(..len).unwrap_or_default());
                    let lane = |i: usize| place.doubles(sources[i], &scratch.doubles);
                    match kind {
                        Kind::Map1(kernel) => (kernel.doubles)(row(lane(0)), out),
                        Kind::Map2(kernel) => (kernel.doubles)(lane(0), lane(1), out),
                        Kind::Slope(slope, _) => slope(&[lane(0), lane(1), lane(2)], lane(3), row(lane(4)), out),
                        Kind::Choose => choose(row(place.truths(sources[0], &scratch.truths)), lane(1), lane(2), out),
                        _ => {}
                    }
                    put_back!(instruction, piece, pieces, scratch.doubles, register);
                }
                (Action::Step(kind), DType::F32) => {
                    let (mut register, out) = result!(instruction, piece, Singles, scratch.singles, target);
                    let out = out.unwrap_or_else(|| register.get_mut(..len).unwrap_or_default());
                    let lane = |i: usize| place.singles(sources[i], &scratch.singles);
                    match kind {
                        Kind::Map1(kernel) => (kernel.singles)(row(lane(0)), out),
                        Kind::Map2(kernel) => (kernel.singles)(lane(0), lane(1), out),
                        Kind::Slope(_, slope) => slope(&[lane(0), lane(1), lane(2)], lane(3), row(lane(4)), out),
                        Kind::Choose => choose(row(place.truths(sources[0], &scratch.truths)), lane(1), lane(2), out),
                        _ => {}
                    }
                    put_back!(instruction, piece, pieces, scratch.singles, register);
                }
                (Action::Step(kind), DType::Bool) => {
                    let (mut register, out) = result!(instruction, piece, Truths, scratch.truths, target);
                    let out = out.unwrap_or_else(|| register.get_mut(..len).unwrap_or_default());
                    let lane = |i: usize| place.doubles(sources[i], &scratch.doubles);
                    match kind {
                        Kind::Test1(test) => each_alone(row(lane(0)), out, test),
                        Kind::Test2(test, _) => (test.doubles)(lane(0), lane(1), out),
                        Kind::Choose => {
                            let truth = |i: usize| place.truths(sources[i], &scratch.truths);
                            choose(row(truth(0)), truth(1), truth(2), out);
                        }
                        _ => {}
                    }
                    put_back!(instruction, piece, pieces, scratch.truths, register);
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the same for three types")]
    fn put_away<T: Copy>(
        &self,
        data: &mut [T],
        target: Range<usize>,
        source: Source,
        registers: &[Vec<T>],
        range: &Range<usize>,
        leaf: fn(&Data) -> &[T],
        still: fn(f64) -> T,
    ) {
        let Some(target) = data.get_mut(target) else { return };
        let row = match source {
            Source::Num(x) => return target.fill(still(x)),
            Source::Register(i) => registers.get(i).and_then(|register| register.get(..range.len())).unwrap_or(&[]),
            Source::Leaf(i) => match self.leaves.get(i) {
                Some(View { data: Some(data), access: Access::Tiled(_, period), .. }) => {
                    let start = range.start % period;
                    leaf(data).get(start..start + range.len()).unwrap_or(&[])
                }
                Some(View { data: Some(data), .. }) => leaf(data).get(range.clone()).unwrap_or(&[]),
                // Written over itself: it is there already.
                _ => return,
            },
        };
        if row.len() == target.len() {
            target.copy_from_slice(row);
        }
    }

    /// Fills a register from elements of another type or another layout.
    fn copy(
        &self,
        place: &Place<'_, '_, '_>,
        from: DType,
        to: DType,
        source: Source,
        at: usize,
        scratch: &mut Scratch,
    ) {
        let range = &place.range;
        let strided = match source {
            Source::Leaf(i) => self.leaves.get(i).and_then(|view| match (view.access, view.data) {
                (Access::Strided(dims, steps), Some(data)) => Some((dims, steps, data)),
                _ => None,
            }),
            _ => None,
        };
        macro_rules! fill {
            ($registers:ident, $convert_f64:expr, $convert_f32:expr, $convert_bool:expr) => {{
                let mut register = taken(&mut scratch.$registers, at);
                let out = register.get_mut(..range.len()).unwrap_or_default();
                match (strided, from, source) {
                    (Some((dims, steps, Data::F64(data))), ..) => gather(dims, steps, data, range, out, $convert_f64),
                    (Some((dims, steps, Data::F32(data))), ..) => gather(dims, steps, data, range, out, $convert_f32),
                    (Some((dims, steps, Data::Bool(data))), ..) => gather(dims, steps, data, range, out, $convert_bool),
                    (None, _, Source::Num(x)) => out.fill(($convert_f64)(x)),
                    (None, DType::F64, _) => {
                        each_alone(row(place.doubles(source, &scratch.doubles)), out, $convert_f64)
                    }
                    (None, DType::F32, _) => {
                        each_alone(row(place.singles(source, &scratch.singles)), out, $convert_f32)
                    }
                    (None, DType::Bool, _) => {
                        each_alone(row(place.truths(source, &scratch.truths)), out, $convert_bool)
                    }
                }
                put(&mut scratch.$registers, at, register);
            }};
        }
        match to {
            DType::F64 => fill!(doubles, |x: f64| x, |x: f32| f64::from(x), |x: bool| f64::from(u8::from(x))),
            DType::F32 => fill!(singles, |x: f64| x as f32, |x: f32| x, |x: bool| f32::from(u8::from(x))),
            DType::Bool => fill!(truths, |x: f64| x != 0.0, |x: f32| x != 0.0, |x: bool| x),
        }
    }
}
