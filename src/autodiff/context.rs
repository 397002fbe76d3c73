//! Applying operations, and recording them.

use super::{Args, Forward, Grad, Many, Node, Op, Plan, Var};
use crate::array::{Array, DType, Shape, lazy, map};
use crate::diagnostic::Outcome;
use crate::source::Place;
use smallvec::SmallVec;
use std::cell::Cell;
use std::rc::Rc;

/// What a computation carries along: whether it records, and where in the program it is.
pub struct Context {
    recording: Cell<bool>,
    training: Cell<bool>,
    /// Whether the step whose value is being computed will be recorded.
    traced: Cell<bool>,
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
    /// Part of an array; its plan is an `Rc<Selection>`.
    pub take: &'static Op,
    /// Undoes broadcasting, and gives the result an operand's type: see [`Context::fit`].
    pub fit: fn(&Context, &Var, &Var) -> Outcome<Var>,
    /// Stretches the first to the shape of the second.
    pub stretch: fn(&Context, &Var, &Var) -> Outcome<Var>,
}

impl Context {
    /// A context that does not record. `ops` in the order of their numbers.
    pub fn new(ops: &'static [&'static Op], basics: &'static Basics) -> Context {
        Context {
            recording: Cell::new(false),
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
        self.recording.replace(on)
    }

    /// Whether the step whose value is being computed will be recorded: then somebody may come by the same
    /// elements once more. Asked before anything else is computed.
    pub fn step_is_recorded(&self) -> bool {
        self.traced.get()
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
    fn next_age(&self) -> u64 {
        let age = self.age.get() + 1;
        self.age.set(age);
        age
    }

    /// A value to differentiate by. If `x` is traced, the new value is one step away from it, so that a
    /// derivative that passes through it goes on to `x`.
    pub fn source(&self, x: &Var) -> Rc<Node> {
        let args = match x {
            Var::Traced(node) => Args::One(self.basics.alias.number.get(), self.place(), node.clone()),
            _ => Args::Source,
        };
        Rc::new(Node { out: x.to_plain(), age: self.next_age(), args })
    }

    /// An attached variable with this value.
    pub fn variable(&self, x: &Var, variable: super::Variable) -> Rc<Node> {
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
        let out = self.value(op, &Plan::NONE, &args)?;
        let [x] = args;
        Ok(match x {
            Var::Traced(x) if self.recording.get() && !matches!(op.grad, Grad::Blocked) => {
                self.node(out, Args::One(op.number.get(), self.place(), x))
            }
            x => self.record(op, Plan::NONE, &[x], out),
        })
    }

    #[inline]
    fn node(&self, out: Var, args: Args) -> Var {
        if let Var::Array(array) = &out {
            array.is_recorded();
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
            if !self.recording.get() || matches!(op.grad, Grad::Blocked) {
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
        if let Forward::Map2(kernel) = &op.forward
            && !self.recording.get()
        {
            return plain_pair(kernel, x, y);
        }
        let args = [x, y];
        let out = self.value(op, &Plan::NONE, &args)?;
        if !self.recording.get() || matches!(op.grad, Grad::Blocked) {
            return Ok(self.record(op, Plan::NONE, &args, out));
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

    fn value(&self, op: &'static Op, plan: &Plan, args: &[Var]) -> Outcome<Var> {
        match (&op.forward, args) {
            (Forward::Map1(kernel), [x]) => Ok(match x.plain() {
                Var::Num(x) => Var::Num((kernel.number)(*x)),
                Var::Bool(x) => Var::Num((kernel.number)(f64::from(u8::from(*x)))),
                Var::Array(x) if lazy::postponed(x.shape()) => later(x, lazy::Kind::Map1(kernel), None)?,
                Var::Array(x) => map::map1(kernel, x)?.into(),
                Var::Traced(_) => Var::Num(f64::NAN),
            }),
            (Forward::Map2(kernel), [x, y]) => Ok(match (x.number(), y.number()) {
                (Some(x), Some(y)) => Var::Num((kernel.number)(x, y)),
                _ if lazy::postponed_pair(x.shape(), y.shape()) => lazy::map2(kernel, x.arg(), y.arg())?.into(),
                _ => map::map2(kernel, x.operand(), y.operand())?.into(),
            }),
            (Forward::Test1(test), [x]) => Ok(match (x.number(), x.plain()) {
                (Some(x), _) => Var::Bool(test(x)),
                (None, Var::Array(x)) if lazy::postponed(x.shape()) => {
                    later(x, lazy::Kind::Test1(*test), Some(DType::Bool))?
                }
                _ => map::test1(*test, &x.array())?.into(),
            }),
            (Forward::Test2(test), [x, y]) => Ok(match (x.number(), y.number()) {
                (Some(x), Some(y)) => Var::Bool((test.number)(x, y)),
                _ if lazy::postponed_pair(x.shape(), y.shape()) => lazy::test2(test, x.arg(), y.arg())?.into(),
                _ => map::compare(test, x.operand(), y.operand())?.into(),
            }),
            (Forward::General(value) | Forward::Streaming(value), _) => {
                if let Forward::General(_) = op.forward {
                    for arg in args {
                        if let Var::Array(array) = arg.plain() {
                            array.compute()?;
                        }
                    }
                }
                if args.iter().any(|arg| matches!(arg, Var::Traced(_))) {
                    self.traced.set(self.recording.get() && !matches!(op.grad, Grad::Blocked));
                    let plain: SmallVec<[Var; 3]> = args.iter().map(|arg| arg.to_plain()).collect();
                    value(self, plan, &plain)
                } else {
                    self.traced.set(false);
                    value(self, plan, args)
                }
            }
            _ => crate::diagnostic::fail("internal error: wrong number of operands"),
        }
    }

    /// Makes a result remember where it came from, if it should.
    #[inline]
    pub fn record(&self, op: &'static Op, plan: Plan, args: &[Var], out: Var) -> Var {
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

/// A function of one large array, to be computed when somebody looks.
#[cold]
fn later(x: &Rc<Array>, kind: lazy::Kind, dtype: Option<DType>) -> Outcome<Var> {
    let number = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    let args = [lazy::Arg::Array(x.clone())].into_iter().collect();
    Ok(lazy::later(Shape::from_slice(x.shape()), dtype.unwrap_or(number), kind, args)?.into())
}

/// An elementwise operation that is not recorded: in place of an operand that nobody else holds.
#[inline]
fn plain_pair(kernel: &'static map::Kernel2, mut x: Var, mut y: Var) -> Outcome<Var> {
    if lazy::postponed_pair(x.shape(), y.shape()) {
        return Ok(lazy::map2(kernel, x.arg(), y.arg())?.into());
    }
    if let Var::Array(array) = &mut x
        && let Some(array) = Rc::get_mut(array)
        && map::map2_onto_left(kernel, array, y.operand())?
    {
        return Ok(x);
    }
    if let Var::Array(array) = &mut y
        && let Some(array) = Rc::get_mut(array)
        && map::map2_onto_right(kernel, x.operand(), array)?
    {
        return Ok(y);
    }
    Ok(map::map2(kernel, x.operand(), y.operand())?.into())
}
