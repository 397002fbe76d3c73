//! Values: what an operation computes from operands, their history aside.

use super::{Context, Forward, Grad, Op, Plan, Var};
use crate::array::kernel::{Kernel1, Kernel2, Test2};
use crate::array::operand::Operand;
use crate::array::{Array, DType, Shape, in_place, lazy, map};
use crate::diagnostic::Outcome;
use smallvec::SmallVec;
use std::rc::Rc;

/// Computes an operation from all its operands at once.
type Compute = fn(&Context, &Plan, &[Var]) -> Outcome<Var>;

impl Context {
    /// The value of an operation, without a record of it.
    ///
    /// # Errors
    /// When the operands do not fit the operation.
    pub fn value(&self, op: &'static Op, plan: &Plan, args: &[Var]) -> Outcome<Var> {
        match (&op.forward, args) {
            (Forward::Map1(kernel), [x]) => of_one(kernel, x),
            (Forward::Map2(kernel), [x, y]) => of_pair(kernel, x, y),
            (Forward::Test1(test), [x]) => tested(*test, x),
            (Forward::Test2(test), [x, y]) => compared(test, x, y),
            (Forward::General(value) | Forward::Renames(value) | Forward::Rows(value, _), _) => {
                for arg in args {
                    if let Var::Array(array) = arg.plain() {
                        array.compute()?;
                    }
                }
                self.of_plain(op, *value, plan, args)
            }
            (
                Forward::Streaming(value)
                | Forward::Sums { value, .. }
                | Forward::Elements(value)
                | Forward::StreamingRows(value, _),
                _,
            ) => self.of_plain(op, *value, plan, args),
            _ => crate::diagnostic::fail("internal error: wrong number of operands"),
        }
    }

    /// The value of such an operation from operands without their history.
    #[inline]
    fn of_plain(&self, op: &Op, value: Compute, plan: &Plan, args: &[Var]) -> Outcome<Var> {
        let traced = args.iter().any(|arg| matches!(arg, Var::Traced(_)));
        self.traced.set(traced && self.recording() && !matches!(op.grad, Grad::Blocked));
        match args {
            _ if !traced => value(self, plan, args),
            // Only a number may have to be settled.
            [x] if !x.shape().is_empty() => value(self, plan, std::slice::from_ref(x.plain())),
            _ => self.of_settled(value, plan, args),
        }
    }

    fn of_settled(&self, value: Compute, plan: &Plan, args: &[Var]) -> Outcome<Var> {
        value(self, plan, &args.iter().map(Var::to_plain).collect::<SmallVec<[Var; 3]>>())
    }
}

impl Context {
    /// Writes the result of an elementwise operation over its left operand, if nobody else holds that and neither is
    /// recorded; whether it did. Large arrays are left to those who compute later.
    ///
    /// # Errors
    /// When somebody asked to stop; then nothing was changed.
    pub fn write_onto(&self, op: &'static Op, x: &mut Var, y: &Var) -> Outcome<bool> {
        let Forward::Map2(kernel) = &op.forward else { return Ok(false) };
        if self.depth() != 0 || y.node().is_some() && self.recording() || lazy::postponed_pair(x.shape(), y.shape()) {
            return Ok(false);
        }
        match x {
            Var::Array(array) => match Rc::get_mut(array) {
                Some(array) => in_place::map2_onto_left(kernel, array, y.operand()),
                None => Ok(false),
            },
            _ => Ok(false),
        }
    }
}

/// A function of one operand.
fn of_one(kernel: &'static Kernel1, x: &Var) -> Outcome<Var> {
    Ok(match x.plain() {
        Var::Num(x) => Var::Num((kernel.number)(*x)),
        Var::Bool(x) => Var::Num((kernel.number)(f64::from(u8::from(*x)))),
        Var::Array(x) if lazy::postponed(x.shape()) => later(x, lazy::Kind::Map1(kernel), None)?,
        Var::Array(x) => map::map1(kernel, x)?.into(),
        Var::Traced(_) => Var::Num(f64::NAN),
    })
}

/// A truth value for each element.
fn tested(test: fn(f64) -> bool, x: &Var) -> Outcome<Var> {
    Ok(match (x.number(), x.plain()) {
        (Some(x), _) => Var::Bool(test(x)),
        (None, Var::Array(x)) if lazy::postponed(x.shape()) => later(x, lazy::Kind::Test1(test), Some(DType::Bool))?,
        _ => map::test1(test, &x.array())?.into(),
    })
}

/// A truth value for each pair of elements.
fn compared(test: &'static Test2, x: &Var, y: &Var) -> Outcome<Var> {
    Ok(match (x.number(), y.number()) {
        (Some(x), Some(y)) => Var::Bool((test.number)(x, y)),
        _ if lazy::postponed_pair(x.shape(), y.shape()) => lazy::test2(test, x.arg(), y.arg())?.into(),
        _ => map::compare(test, x.operand(), y.operand())?.into(),
    })
}

/// A function of two operands.
pub(super) fn of_pair(kernel: &'static Kernel2, x: &Var, y: &Var) -> Outcome<Var> {
    let (a, b) = (x.operand(), y.operand());
    let postponed = match (a, b) {
        (Operand::Array(x), Operand::Array(y)) => lazy::postponed_pair(x.shape(), y.shape()),
        (Operand::Array(array), _) | (_, Operand::Array(array)) => lazy::postponed(array.shape()),
        _ => {
            let number = |x: &Var| x.number().unwrap_or(f64::NAN);
            return Ok(Var::Num((kernel.number)(number(x), number(y))));
        }
    };
    Ok(if postponed { lazy::map2(kernel, x.arg(), y.arg())? } else { map::map2(kernel, a, b)? }.into())
}

/// A function of one large array, to be computed when somebody looks.
#[cold]
fn later(x: &Rc<Array>, kind: lazy::Kind, dtype: Option<DType>) -> Outcome<Var> {
    let number = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    let args = [lazy::Arg::Array(x.clone())].into_iter().collect();
    Ok(lazy::later(Shape::from_slice(x.shape()), dtype.unwrap_or(number), kind, args)?.into())
}

/// An elementwise operation that is not recorded: in place of an operand that nobody else holds.
#[inline]
pub(super) fn plain_pair(kernel: &'static Kernel2, mut x: Var, mut y: Var) -> Outcome<Var> {
    if lazy::postponed_pair(x.shape(), y.shape()) {
        return Ok(lazy::map2(kernel, x.arg(), y.arg())?.into());
    }
    if let Var::Array(array) = &mut x
        && let Some(array) = Rc::get_mut(array)
        && in_place::map2_onto_left(kernel, array, y.operand())?
    {
        return Ok(x);
    }
    if let Var::Array(array) = &mut y
        && let Some(array) = Rc::get_mut(array)
        && in_place::map2_onto_right(kernel, x.operand(), array)?
    {
        return Ok(y);
    }
    Ok(map::map2(kernel, x.operand(), y.operand())?.into())
}
