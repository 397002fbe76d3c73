//! Computing a formula.

use super::super::forget::leave_elements;
use super::super::node::Origin;
use super::super::{Context, Node, Var};
use super::{At, Code, Does, Formula, From, Operands, Row, Scratch, Wanted};
use crate::array::lanes::Lane;
use crate::array::{Array, DType, limits};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::cell::OnceCell;
use std::rc::Rc;

impl Code {
    /// Whether a value can be the operand of this number.
    #[inline]
    pub fn fits(&self, i: usize, value: &Var) -> bool {
        let is =
            |array: &Array, shape: &[usize]| array.shape() == shape && array.dtype() == self.dtype && array.is_ready();
        match (self.operands.get(i), value) {
            (Some(Wanted::Traced(shape)), Var::Traced(node)) => match &node.out {
                Var::Array(array) => is(array, shape),
                _ => false,
            },
            (Some(Wanted::Plain(shape)), Var::Array(array)) => is(array, shape),
            (Some(Wanted::Number), Var::Traced(node)) => matches!(node.out, Var::Num(_)),
            _ => false,
        }
    }

    /// The elements of an operand.
    #[inline(always)]
    pub(super) fn lane<'r, T: Row>(
        &self,
        from: From,
        outside: &[Lane<'r, T>],
        kept: &'r [T],
        spare: &'r [T],
        result: &'r [T],
    ) -> Lane<'r, T> {
        let mut from = from;
        loop {
            let at = match from {
                From::Number(x) => return Lane::Still(T::from_double(x)),
                From::Outside(i) => return outside[i],
                From::Step(at) => at,
            };
            let step = &self.steps[at];
            let row = match step.at {
                At::Kept(start) => &kept[start..start + step.len],
                At::Spare(start) => &spare[start..start + step.len],
                At::Result => result,
                At::There => {
                    from = step.args[0].from;
                    continue;
                }
            };
            return match row {
                [x] => Lane::Still(*x),
                _ => Lane::Moving(row),
            };
        }
    }

    /// Computes all rows.
    pub(super) fn run<T: Row>(
        &self,
        outside: &[Lane<'_, T>],
        kept: &mut [T],
        (spare, sums): (&mut [T], &mut Vec<f64>),
        result: &mut [T],
    ) -> Outcome<()> {
        for step in &self.steps {
            for arg in &step.args {
                if let Some((stretch, start)) = &arg.stretched {
                    let (before, rest) = spare.split_at_mut(*start);
                    match self.lane(arg.from, outside, kept, before, &[]) {
                        Lane::Moving(data) => stretch.write(data, &mut rest[..step.len])?,
                        Lane::Still(x) => rest[..step.len].fill(x),
                    }
                }
            }
            if let Some((midway, start)) = step.midway {
                let (before, rest) = kept.split_at_mut(start);
                let made = &mut rest[..step.len];
                match self.lane(step.args[0].from, outside, before, spare, &[]) {
                    Lane::Moving(row) => T::map1(&midway.made)(row, made),
                    Lane::Still(x) => T::map1(&midway.made)(&[x], made),
                }
                let out =
                    if let At::Spare(start) = step.at { &mut spare[start..start + step.len] } else { &mut *result };
                T::map1(&midway.result)(made, out);
                continue;
            }
            let (kept, spare, out): (&[T], &[T], &mut [T]) = match step.at {
                At::Kept(start) => {
                    let (before, rest) = kept.split_at_mut(start);
                    (before, spare, &mut rest[..step.len])
                }
                At::Spare(start) => {
                    let (before, rest) = spare.split_at_mut(start);
                    (kept, before, &mut rest[..step.len])
                }
                At::Result => (kept, spare, result),
                At::There => continue,
            };
            let lane = |i: usize| {
                let arg = &step.args[i];
                match arg.stretched {
                    Some((_, start)) => Lane::Moving(&spare[start..start + step.len]),
                    None => self.lane(arg.from, outside, kept, spare, &[]),
                }
            };
            let number = |i: usize| match lane(i) {
                Lane::Still(x) => x.double(),
                Lane::Moving(row) => row.first().map_or(f64::NAN, |x| x.double()),
            };
            match &step.does {
                Does::Map1(kernel, _) if step.is_number::<T>() => out[0] = T::from_double((kernel.number)(number(0))),
                Does::Map2(kernel, _) if step.is_number::<T>() => {
                    out[0] = T::from_double((kernel.number)(number(0), number(1)));
                }
                Does::Map1(kernel, _) => match lane(0) {
                    Lane::Moving(row) => T::map1(kernel)(row, out),
                    Lane::Still(x) => T::map1(kernel)(&[x], out),
                },
                Does::Map2(kernel, _) => T::map2(kernel)(lane(0), lane(1), out),
                Does::Rename => match lane(0) {
                    Lane::Moving(row) => out.copy_from_slice(row),
                    Lane::Still(x) => out.fill(x),
                },
                Does::Sum(meetings, divisor, _) => {
                    if let Lane::Moving(row) = lane(0) {
                        meetings.sum(row, sums)?;
                    }
                    let one = *divisor == 1.0;
                    for (to, &sum) in out.iter_mut().zip(&*sums) {
                        *to = T::from_double(if one { sum } else { sum / divisor });
                    }
                }
            }
        }
        Ok(())
    }

    /// The rows of the operands.
    #[inline(always)]
    pub(super) fn outside<'r, T: Row>(operands: &'r [Var]) -> SmallVec<[Lane<'r, T>; 6]> {
        let lane = |operand: &'r Var| match operand.plain() {
            Var::Array(array) => match array.elements() {
                Some([x]) => Lane::Still(*x),
                row => Lane::Moving(row.unwrap_or(&[])),
            },
            other => Lane::Still(T::from_double(other.number().unwrap_or(f64::NAN))),
        };
        operands.iter().map(lane).collect()
    }
}

impl Context {
    /// Records a formula on operands that [fit](Code::fits).
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn formula(&self, code: &Rc<Code>, operands: Operands) -> Outcome<Var> {
        if code.dtype == DType::F32 {
            self.formula_of::<f32>(code, operands)
        } else {
            self.formula_of::<f64>(code, operands)
        }
    }

    fn formula_of<T: Row>(&self, code: &Rc<Code>, mut operands: Operands) -> Outcome<Var> {
        let Some(last) = code.steps.last() else { return crate::diagnostic::fail("internal error: an empty formula") };
        let mut kept: Vec<T> = if code.kept == 0 { Vec::new() } else { limits::buffer(code.kept)? };
        let mut number = [T::default()];
        let is_number = last.is_number::<T>();
        let mut elements: Vec<T> = if is_number { Vec::new() } else { limits::buffer(last.len)? };
        let result = if is_number { &mut number[..] } else { &mut elements[..] };
        let outside = Code::outside::<T>(&operands);
        T::lend(|Scratch { spare, sums, .. }: &mut Scratch<T>| {
            if spare.len() < code.spare {
                spare.resize(code.spare, T::default());
            }
            code.run(&outside, &mut kept, (&mut spare[..code.spare], sums), result)
        })?;
        let out = if is_number {
            Var::Num(number[0].double())
        } else {
            Var::Array(Rc::new(Array::new(last.shape.clone(), T::wrap(elements))))
        };
        drop(outside);
        for (operand, _) in operands.iter_mut().zip(&code.reads).filter(|(_, read)| !**read) {
            leave_elements(operand);
        }
        let formula = Formula { code: code.clone(), operands, kept: T::wrap(kept), steps: OnceCell::new() };
        let age = self.skip_ages(code.steps.len());
        Ok(Var::Traced(Rc::new(Node { out, age, origin: Origin::Formula(Box::new(formula)) })))
    }
}
