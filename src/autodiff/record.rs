//! Applying operations, and recording them.
//!
//! With `x` traced, `x * 2` makes a node that holds `x` and the 2. Most operations have one operand or two, most of
//! these are numbers, and then everything but the product and the node costs more than both: so there is a short
//! way for [one operand](Context::single) and for [two](Context::pair).

use super::forget::recorded;
use super::{Args, Context, Forward, Grad, Node, Op, Plan, Var, Variable};
use crate::array::limits;
use crate::diagnostic::Outcome;
use std::rc::Rc;

impl Context {
    /// A value to differentiate by. If `x` is traced, the new value is one step away from it, so that a
    /// derivative that passes through it goes on to `x`.
    pub fn source(&self, x: &Var) -> Rc<Node> {
        if self.depth() != 0 {
            return self.source_within(x);
        }
        let args = match x {
            Var::Traced(node) => Args::One(self.basics().alias.number.get(), self.place(), node.clone()),
            _ => Args::Source,
        };
        Rc::new(Node::new(x.to_plain(), self.next_age(), args))
    }

    /// An attached variable with this value.
    pub fn variable(&self, x: &Var, variable: Variable) -> Rc<Node> {
        if self.depth() != 0 {
            // It would be one variable for every row.
            limits::look();
        }
        Rc::new(Node::new(x.to_plain(), self.next_age(), Args::Variable(Box::new(variable))))
    }

    /// Applies an operation.
    ///
    /// # Errors
    /// When the operands do not fit the operation.
    #[inline]
    pub fn apply(&self, op: &'static Op, args: &[Var]) -> Outcome<Var> {
        self.apply_with(op, Plan::NONE, args)
    }

    /// Applies an operation that is told something besides its operands.
    ///
    /// # Errors
    /// When the operands do not fit the operation.
    pub fn apply_with(&self, op: &'static Op, plan: Plan, args: &[Var]) -> Outcome<Var> {
        if self.depth() != 0 {
            return self.apply_within(op, plan, args);
        }
        let out = self.value(op, &plan, args)?;
        Ok(self.record(op, plan, args, out))
    }

    /// Applies an elementwise operation to one operand.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    #[inline]
    pub fn single(&self, op: &'static Op, x: Var) -> Outcome<Var> {
        if let (Forward::Map1(kernel), Var::Num(value)) = (&op.forward, x.plain()) {
            if self.depth() != 0 {
                return self.apply_within(op, Plan::NONE, &[x]);
            }
            let out = Var::Num((kernel.number)(*value));
            return Ok(match x {
                Var::Traced(x) if self.recording() && !matches!(op.grad, Grad::Blocked) => {
                    let args = Args::One(op.number.get(), self.place(), x);
                    Var::Traced(Rc::new(Node::new(out, self.next_age(), args)))
                }
                x => self.record(op, Plan::NONE, &[x], out),
            });
        }
        let mut args = [x];
        if self.depth() != 0 {
            return self.apply_within(op, Plan::NONE, &args);
        }
        let out = self.value(op, &Plan::NONE, &args)?;
        let recorded = self.recording() && !matches!(op.grad, Grad::Blocked);
        if recorded {
            self.forget(op, &mut args);
        }
        let [x] = args;
        Ok(match x {
            Var::Traced(x) if recorded => self.node(out, Args::One(op.number.get(), self.place(), x)),
            x => self.record(op, Plan::NONE, &[x], out),
        })
    }

    #[inline]
    pub(super) fn node(&self, out: Var, args: Args) -> Var {
        if let Var::Array(array) = &out {
            array.mark_recorded();
        }
        Var::Traced(recorded(self, out, args))
    }

    /// Applies an elementwise operation to two operands.
    ///
    /// # Errors
    /// When the shapes do not line up, memory runs out, or somebody asked to stop.
    #[inline]
    pub fn pair(&self, op: &'static Op, x: Var, y: Var) -> Outcome<Var> {
        if let (Forward::Map2(kernel), Var::Num(a), Var::Num(b)) = (&op.forward, x.plain(), y.plain()) {
            let out = Var::Num((kernel.number)(*a, *b));
            if !self.records() || matches!(op.grad, Grad::Blocked) {
                if self.depth() != 0 {
                    return self.apply_within(op, Plan::NONE, &[x, y]);
                }
                return Ok(self.record(op, Plan::NONE, &[x, y], out));
            }
            let (number, place) = (op.number.get(), self.place());
            let args = match (x, y) {
                (Var::Traced(x), Var::Traced(y)) => Args::Two(number, place, x, y),
                (Var::Traced(x), Var::Num(y)) => Args::Left(number, place, x, y),
                (Var::Num(x), Var::Traced(y)) => Args::Right(number, place, x, y),
                _ => return Ok(out),
            };
            return Ok(Var::Traced(Rc::new(Node::new(out, self.next_age(), args))));
        }
        if self.depth() != 0 {
            return self.apply_within(op, Plan::NONE, &[x, y]);
        }
        if let Forward::Map2(kernel) = &op.forward
            && !self.recording()
        {
            return super::compute::plain_pair(kernel, x, y);
        }
        let mut args = [x, y];
        if !self.recording() || matches!(op.grad, Grad::Blocked) {
            let out = self.value(op, &Plan::NONE, &args)?;
            return Ok(self.record(op, Plan::NONE, &args, out));
        }
        let out = match (self.written_over(op, &mut args)?, &op.forward) {
            (Some(out), _) => out,
            (None, Forward::Map2(kernel)) => super::compute::of_pair(kernel, &args[0], &args[1])?,
            (None, _) => self.value(op, &Plan::NONE, &args)?,
        };
        self.forget(op, &mut args);
        let (number, place) = (op.number.get(), self.place());
        let args = match args {
            [Var::Traced(x), Var::Traced(y)] => Args::Two(number, place, x, y),
            [Var::Traced(x), Var::Num(y)] => Args::Left(number, place, x, y),
            [Var::Num(x), Var::Traced(y)] => Args::Right(number, place, x, y),
            [x, y] => return Ok(self.record(op, Plan::NONE, &[x, y], out)),
        };
        Ok(self.node(out, args))
    }

    /// Makes a result remember where it came from, if it should.
    #[inline]
    pub fn record(&self, op: &'static Op, plan: Plan, args: &[Var], out: Var) -> Var {
        if !self.recording() {
            return out;
        }
        if self.depth() != 0 {
            self.check_history(args);
        }
        self.note(op, plan, args, out)
    }

    /// The same for a result that has its history around a run for many rows, if there is one.
    #[inline]
    pub(super) fn note(&self, op: &'static Op, plan: Plan, args: &[Var], out: Var) -> Var {
        if !self.recording() || !args.iter().any(|arg| matches!(arg, Var::Traced(_))) {
            return out;
        }
        let (number, place) = (op.number.get(), self.place());
        let args = match args {
            _ if matches!(op.grad, Grad::Blocked) => match args.iter().find_map(Var::node) {
                Some(node) => Args::Cut(number, place, Rc::downgrade(node.itself())),
                None => return out,
            },
            _ => Args::of(number, place, plan, args),
        };
        self.node(out, args)
    }
}
