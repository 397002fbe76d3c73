//! Applying operations, and recording them.

use super::rows::Level;
use super::{Args, Forward, Grad, Many, Node, Op, Plan, Var};
use crate::diagnostic::Outcome;
use crate::source::Place;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What a computation carries along: whether it records, and where in the program it is.
pub struct Context {
    recording: Cell<bool>,
    /// Recording, and nothing else to be thought of: see [`rows`](super::rows).
    fast: Cell<bool>,
    pub(super) levels: RefCell<Vec<Level>>,
    /// How many of the levels count.
    depth: Cell<usize>,
    training: Cell<bool>,
    /// Whether the step whose value is being computed will be recorded.
    pub(super) traced: Cell<bool>,
    age: Cell<u64>,
    place: Cell<Place>,
    /// The place does not change: the library runs, and its steps belong to its caller.
    held: Cell<bool>,
    ops: &'static [&'static Op],
    basics: &'static Basics,
}

/// The operations that the engine itself needs. They are declared where all operations are.
pub struct Basics {
    /// Sum of two.
    pub add: &'static Op,
    /// `g * s`, where a zero gives zero whatever the other is.
    pub weigh: &'static Op,
    /// The same value under a new identity.
    pub alias: &'static Op,
    /// Undoes broadcasting, and gives the result an operand's type: see [`Context::fit`].
    pub fit: fn(&Context, &Var, &Var) -> Outcome<Var>,
    /// Stretches the first to the shape of the second.
    pub stretch: fn(&Context, &Var, &Var) -> Outcome<Var>,
    /// The same elements under another shape.
    pub reshape: fn(&Context, &Var, &[usize]) -> Outcome<Var>,
    /// One row.
    pub row: fn(&Context, &Var, usize) -> Outcome<Var>,
    /// Joins arrays along a new axis.
    pub stack: fn(&Context, &[Var], usize) -> Outcome<Var>,
}

impl Context {
    /// A context that does not record. `ops` in the order of their numbers.
    pub fn new(ops: &'static [&'static Op], basics: &'static Basics) -> Context {
        Context {
            recording: Cell::new(false),
            fast: Cell::new(false),
            levels: RefCell::new(Vec::new()),
            depth: Cell::new(0),
            training: Cell::new(false),
            traced: Cell::new(false),
            age: Cell::new(0),
            place: Cell::new(Place::default()),
            held: Cell::new(false),
            ops,
            basics,
        }
    }

    /// Whether results remember where they came from.
    #[inline]
    pub fn recording(&self) -> bool {
        self.recording.get()
    }

    /// Switches recording; gives what it was.
    pub fn set_recording(&self, on: bool) -> bool {
        self.fast.set(on && self.depth.get() == 0);
        self.recording.replace(on)
    }

    /// Whether the step whose value is being computed will be recorded: then somebody may come by the same
    /// elements once more. Asked before anything else is computed.
    pub fn step_is_recorded(&self) -> bool {
        self.traced.get()
    }

    /// How many runs over many rows at once there are around this.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.depth.get()
    }

    /// Changes that; gives what it was.
    pub(super) fn set_depth(&self, depth: usize) -> usize {
        self.fast.set(depth == 0 && self.recording.get());
        self.depth.replace(depth)
    }

    /// Whether `dropout` and its kind behave as in training.
    pub fn training(&self) -> bool {
        self.training.get()
    }

    /// Switches training; gives what it was.
    pub fn set_training(&self, on: bool) -> bool {
        self.training.replace(on)
    }

    /// The place that the next recorded step gets.
    #[inline]
    pub fn place(&self) -> Place {
        self.place.get()
    }

    /// Says where in the program the next step is.
    #[inline]
    pub fn set_place(&self, place: Place) {
        if !self.held.get() {
            self.place.set(place);
        }
    }

    /// Holds the place where it is, or lets it change again; gives what was.
    pub fn hold_place(&self, on: bool) -> bool {
        self.held.replace(on)
    }

    /// Runs something while recording, whether or not we were.
    pub fn recorded<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.set_recording(true);
        let result = run();
        self.set_recording(before);
        result
    }

    /// Runs something without recording.
    pub fn paused<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.set_recording(false);
        let result = run();
        self.set_recording(before);
        result
    }

    /// The operation with a number.
    #[inline]
    pub fn op(&self, number: u16) -> &'static Op {
        self.ops[number as usize]
    }

    /// The operations the engine needs.
    pub fn basics(&self) -> &'static Basics {
        self.basics
    }

    #[inline]
    pub(super) fn next_age(&self) -> u64 {
        let age = self.age.get() + 1;
        self.age.set(age);
        age
    }

    /// A value to differentiate by. If `x` is traced, the new value is one step away from it, so that a
    /// derivative that passes through it goes on to `x`.
    pub fn source(&self, x: &Var) -> Rc<Node> {
        if self.depth.get() != 0 {
            return self.source_within(x);
        }
        let args = match x {
            Var::Traced(node) => Args::One(self.basics.alias.number.get(), self.place(), node.clone()),
            _ => Args::Source,
        };
        Rc::new(Node { out: x.to_plain(), age: self.next_age(), args })
    }

    /// An attached variable with this value.
    pub fn variable(&self, x: &Var, variable: super::Variable) -> Rc<Node> {
        if self.depth.get() != 0 {
            // It would be one variable for every row.
            crate::array::limits::look();
        }
        Rc::new(Node { out: x.to_plain(), age: self.next_age(), args: Args::Variable(Box::new(variable)) })
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
        if self.depth.get() != 0 {
            return self.apply_within(op, plan, args);
        }
        let out = self.value(op, &plan, args)?;
        Ok(self.record(op, plan, args, out))
    }

    /// The value of an operation whose operands the caller gives up before it is
    /// [recorded](Context::record_given).
    ///
    /// # Errors
    /// When the operands do not fit the operation.
    pub fn compute(&self, op: &'static Op, plan: &Plan, args: &[Var]) -> Outcome<Var> {
        self.value(op, plan, args)
    }

    /// Whether steps are recorded just as they are computed.
    #[inline]
    pub fn records(&self) -> bool {
        self.fast.get()
    }

    /// Applies an elementwise operation to one operand.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    #[inline]
    pub fn single(&self, op: &'static Op, x: Var) -> Outcome<Var> {
        if let (Forward::Map1(kernel), Var::Num(value)) = (&op.forward, x.plain()) {
            if self.depth.get() != 0 {
                return self.apply_within(op, Plan::NONE, &[x]);
            }
            let out = Var::Num((kernel.number)(*value));
            return Ok(match x {
                Var::Traced(x) if self.recording.get() && !matches!(op.grad, Grad::Blocked) => {
                    let args = Args::One(op.number.get(), self.place(), x);
                    Var::Traced(Rc::new(Node { out, age: self.next_age(), args }))
                }
                x => self.record(op, Plan::NONE, &[x], out),
            });
        }
        let args = [x];
        if self.depth.get() != 0 {
            return self.apply_within(op, Plan::NONE, &args);
        }
        let out = self.value(op, &Plan::NONE, &args)?;
        let [x] = args;
        Ok(match x {
            Var::Traced(mut x) if self.recording.get() && !matches!(op.grad, Grad::Blocked) => {
                self.forget(op, 0, &mut x);
                self.node(out, Args::One(op.number.get(), self.place(), x))
            }
            x => self.record(op, Plan::NONE, &[x], out),
        })
    }

    #[inline]
    fn node(&self, out: Var, args: Args) -> Var {
        if let Var::Array(array) = &out {
            array.mark_recorded();
        }
        Var::Traced(Rc::new(Node { out, age: self.next_age(), args }))
    }

    /// Applies an elementwise operation to two operands.
    ///
    /// # Errors
    /// When the shapes do not line up, memory runs out, or somebody asked to stop.
    #[inline]
    pub fn pair(&self, op: &'static Op, x: Var, y: Var) -> Outcome<Var> {
        if let (Forward::Map2(kernel), Var::Num(a), Var::Num(b)) = (&op.forward, x.plain(), y.plain()) {
            let out = Var::Num((kernel.number)(*a, *b));
            if !self.fast.get() || matches!(op.grad, Grad::Blocked) {
                if self.depth.get() != 0 {
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
            return Ok(Var::Traced(Rc::new(Node { out, age: self.next_age(), args })));
        }
        if self.depth.get() != 0 {
            return self.apply_within(op, Plan::NONE, &[x, y]);
        }
        if let Forward::Map2(kernel) = &op.forward
            && !self.recording.get()
        {
            return super::compute::plain_pair(kernel, x, y);
        }
        let mut args = [x, y];
        if !self.recording.get() || matches!(op.grad, Grad::Blocked) {
            let out = self.value(op, &Plan::NONE, &args)?;
            return Ok(self.record(op, Plan::NONE, &args, out));
        }
        let out = match self.written_over(op, &mut args)? {
            Some(out) => out,
            None => self.value(op, &Plan::NONE, &args)?,
        };
        for (i, arg) in args.iter_mut().enumerate() {
            if let Var::Traced(node) = arg {
                self.forget(op, i, node);
            }
        }
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
        if self.depth.get() != 0 && self.recording.get() {
            self.check_history(args);
        }
        self.note(op, plan, args, out)
    }

    /// The same for a result that has its history around a run for many rows, if there is one.
    #[inline]
    pub(super) fn note(&self, op: &'static Op, plan: Plan, args: &[Var], out: Var) -> Var {
        if !self.recording.get() || !args.iter().any(|arg| matches!(arg, Var::Traced(_))) {
            return out;
        }
        let (number, place) = (op.number.get(), self.place());
        let args = match args {
            _ if matches!(op.grad, Grad::Blocked) => match args.iter().find_map(Var::node) {
                Some(node) => Args::Cut(number, place, Rc::downgrade(node)),
                None => return out,
            },
            [Var::Traced(x)] if plan.is_none() => Args::One(number, place, x.clone()),
            [Var::Traced(x), Var::Traced(y)] if plan.is_none() => Args::Two(number, place, x.clone(), y.clone()),
            [Var::Traced(x), Var::Num(y)] if plan.is_none() => Args::Left(number, place, x.clone(), *y),
            [Var::Num(x), Var::Traced(y)] if plan.is_none() => Args::Right(number, place, *x, y.clone()),
            _ => Args::Many(Box::new(Many { op: number, place, plan, args: args.into() })),
        };
        self.node(out, args)
    }

    /// The sum of two.
    ///
    /// # Errors
    /// When the shapes do not line up.
    pub fn add(&self, x: &Var, y: &Var) -> Outcome<Var> {
        self.apply(self.basics.add, &[x.clone(), y.clone()])
    }

    /// `g * s`, where a zero gives zero whatever the other is.
    ///
    /// # Errors
    /// When the shapes do not line up.
    pub fn weigh(&self, g: &Var, s: &Var) -> Outcome<Var> {
        self.apply(self.basics.weigh, &[g.clone(), s.clone()])
    }

    /// Sums a cotangent over the axes along which an operand was stretched, so that it has the
    /// operand's shape and type.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn fit(&self, cotangent: Var, operand: &Var) -> Outcome<Var> {
        let same_type = cotangent.dtype() == operand.dtype()
            || matches!(cotangent.plain(), Var::Num(_)) && matches!(operand.plain(), Var::Num(_) | Var::Bool(_));
        if same_type && cotangent.shape() == operand.shape() {
            return Ok(cotangent);
        }
        (self.basics.fit)(self, &cotangent, operand)
    }

    /// Stretches a tangent to the shape of a result.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn stretch(&self, tangent: Var, result: &Var) -> Outcome<Var> {
        if tangent.shape() == result.shape() {
            return Ok(tangent);
        }
        (self.basics.stretch)(self, &tangent, result)
    }
}
