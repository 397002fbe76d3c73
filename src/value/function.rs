//! Functions: those of a program, those of ours, and how the two meet.
//!
//! A [`Builtin`] is one literal that says everything there is to know about a function of ours; help,
//! completion, the manual, the gradient checks and the tests read it. Builtins reach the interpreter
//! only through [`Host`].

use super::Value;
use crate::autodiff::{Context, Node, Op, Plan, Var};
use crate::diagnostic::{Fail, Outcome, Problem};
use crate::show::{Screen, Style};
use crate::source::Place;
use crate::syntax::ast::Lambda;
use smallvec::SmallVec;
use std::rc::Rc;

/// A function that a program made.
pub enum Function {
    /// As written, with what it saw when it was made.
    Closure(Closure),
    /// One of ours with its first arguments already given, like what `grad(f)` returns.
    Partial(Partial),
}

/// A function as written, with what it saw when it was made.
pub struct Closure {
    /// The text.
    pub lambda: Rc<Lambda>,
    /// Where its top-level names live.
    pub scope: usize,
    /// The values of the names it took from the enclosing function, in the order of
    /// [`Lambda::captures`].
    pub captured: Vec<Value>,
}

/// One of our functions with its first arguments already given.
pub struct Partial {
    /// The function.
    pub builtin: &'static Builtin,
    /// Its first arguments.
    pub bound: Vec<Value>,
}

impl Function {
    pub(super) fn captured_mut(&mut self) -> &mut Vec<Value> {
        match self {
            Function::Closure(closure) => &mut closure.captured,
            Function::Partial(partial) => &mut partial.bound,
        }
    }
}

/// Everything there is to know about one of our functions.
pub struct Builtin {
    /// What programs call it.
    pub name: &'static str,
    /// Its parameters as help shows them: `x`, `axis = none`, `...rest`. One with `=` may be left out.
    pub params: &'static [&'static str],
    /// What it does: a sentence that can stand alone in a list, then details, then examples: lines that
    /// start with `> `, each followed by what it prints.
    pub doc: &'static str,
    /// Argument lists, as written in a program, at which it is defined and its derivative is checked.
    pub samples: &'static [&'static str],
    /// What happens when it is called.
    pub run: Run,
}

/// What happens when one of our functions is called.
pub enum Run {
    /// An elementwise operation: every argument is an operand, and tuples are mapped leaf by leaf.
    Elementwise(Op),
    /// A differentiable operation: arguments are read into operands and a plan.
    Operation(Read, Op),
    /// Anything else.
    Routine(fn(&mut Call<'_>) -> Outcome<Value>),
    /// Changes the variables it is given: gets their values, gives the new ones.
    Updates(fn(&mut Call<'_>) -> Outcome<Vec<Value>>),
}

/// Reads the arguments of a differentiable operation into operands and a plan.
pub type Read = fn(&Arguments) -> Outcome<(Plan, SmallVec<[Var; 2]>)>;

impl Builtin {
    /// The differentiable operation behind the function.
    ///
    /// # Panics
    /// If there is none, which a test of all declarations rules out for those that ask.
    #[inline]
    pub fn op(&self) -> &Op {
        match &self.run {
            Run::Elementwise(op) | Run::Operation(_, op) => op,
            _ => unreachable!("{} is not an operation", self.name),
        }
    }

    /// The names of its parameters, and whether each may be left out.
    pub fn param(&self, i: usize) -> Option<(&'static str, bool)> {
        let text = self.params.get(i)?;
        Some(match text.split_once(' ') {
            Some((name, _)) => (name, true),
            None => (*text, false),
        })
    }

    /// The number of the parameter of a name.
    pub fn position(&self, name: &str) -> Option<usize> {
        let named = |text: &&str| text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        self.params.iter().position(named)
    }

    /// Whether there is a parameter with this number that may not be left out.
    pub fn is_required(&self, i: usize) -> bool {
        self.params.get(i).is_some_and(|text| !text.bytes().any(|byte| byte == b' '))
    }

    /// `normal(mean = 0, std = 1, shape = ())`
    pub fn signature(&self) -> String {
        format!("{}({})", self.name, self.params.join(", "))
    }
}

/// What the interpreter does for our functions.
pub trait Host {
    /// The context to compute in.
    fn cx(&self) -> &Context;
    /// The same context, for a pass that may need the host whole.
    fn context(&self) -> Rc<Context>;
    /// Calls a function with arguments by position.
    ///
    /// # Errors
    /// What the function returns.
    fn call(&mut self, function: &Value, args: Vec<Value>) -> Outcome<Value>;
    /// Calls a function with a tuple of arguments, named entries by name.
    ///
    /// # Errors
    /// What the function returns.
    fn call_tuple(&mut self, function: &Value, args: super::Tuple) -> Outcome<Value>;
    /// Calls a rule of the program during a pass.
    ///
    /// # Errors
    /// What the rule returns, or that its result does not fit.
    fn call_rule(&mut self, function: &dyn std::any::Any, dy: &Var, y: &Var, args: &[Var])
    -> Outcome<Vec<Option<Var>>>;
    /// Writes to the program's output.
    ///
    /// # Errors
    /// When nobody reads it any more.
    fn print(&mut self, text: &str) -> Outcome<()>;
    /// Tells the user something that does not stop the program, once for each place.
    fn warn(&mut self, problem: Fail) -> Outcome<()>;
    /// The next 64 random bits.
    fn random(&mut self) -> u64;
    /// Starts the random numbers anew.
    fn seed(&mut self, seed: u64);
    /// How numbers print.
    fn style(&mut self) -> &mut Style;
    /// Whether literals and constructors make singles.
    fn singles(&mut self) -> &mut bool;
    /// What `help` prints about a name; `None` if nothing has that name.
    fn help(&mut self, name: &str) -> Option<String>;
    /// Bookkeeping of `backward`: how often it ran.
    fn passes(&mut self) -> &mut Passes;
    /// A line from standard input, without its end; `None` at the end of the input.
    ///
    /// # Errors
    /// When it cannot be read.
    fn input(&mut self, prompt: &str) -> Outcome<Option<String>>;
    /// Tells whoever follows that a loop has done so many of so many rounds, with values of interest.
    fn progress(&mut self, done: f64, total: f64, values: &[(String, f64)]);
    /// The recorded values that a variable holds for the running code, with what leads to each: `loss`,
    /// `params.w`.
    fn recorded_names(&self) -> Vec<(String, Rc<Node>)>;
    /// Lines that an array may take at a prompt; no limit elsewhere.
    fn lines(&self) -> usize;
    /// What the output can show.
    fn screen(&self) -> Screen;
    /// The texts of the arguments that the running call passes by position; nothing if a function of the
    /// program passes the function on.
    fn argument_texts(&self, function: &str) -> Vec<String>;
    /// Why the gradient of a value cannot be read.
    fn explain_gradient(&mut self, asked: &Var) -> Fail;
    /// Warns, once for each place, that a gradient reads as zeros, and says why.
    fn explain_zeros(&mut self, asked: &Var) -> Outcome<()>;
    /// Whether `backward` from a value reaches no variable because every way back is flat. Then it warns,
    /// once for each place.
    fn explain_flat(&mut self, y: &Value) -> Outcome<bool>;
    /// Warns, once for each place, that the gradient of a variable holds so many nan, and says why.
    fn explain_nan(&mut self, variable: &Rc<crate::autodiff::Node>, count: usize) -> Outcome<()>;
    /// Why a gradient reads as zeros, in words, if it is known.
    fn tell_zeros(&mut self, asked: &Var) -> Option<String>;
    /// What the program has at a place, if it is short, and where that is, with a tab between.
    fn tell_place(&self, place: Place) -> String;
    /// Why no gradient can be computed from a value: it has no history, or none that leads anywhere.
    fn explain_unrecorded(&mut self, asked: &Value) -> Fail;
}

/// What `backward` leaves behind for later questions.
#[derive(Debug, Default)]
pub struct Passes {
    /// How often it ran.
    pub count: u64,
    /// Where it ran last.
    pub place: Place,
    /// The roots of the last run, while they live.
    pub roots: Vec<std::rc::Weak<crate::autodiff::Node>>,
}

/// A call of one of our functions.
pub struct Call<'h> {
    /// The interpreter.
    pub host: &'h mut dyn Host,
    /// What it was given.
    pub args: Arguments,
}

/// The arguments of a call, bound to parameters.
pub struct Arguments {
    /// Which function.
    pub builtin: &'static Builtin,
    /// A value for each parameter, [`Value::Unset`] if it was left out; those left out at the end need not be there.
    /// A `...rest` parameter holds a tuple.
    pub values: SmallVec<[Value; 4]>,
}

impl Arguments {
    /// An argument.
    #[inline]
    pub fn get(&self, i: usize) -> &Value {
        self.values.get(i).unwrap_or(&Value::Unset)
    }

    /// Whether there is none but the first.
    #[inline]
    pub fn is_single(&self) -> bool {
        matches!(self.values.get(1..), None | Some([]))
    }

    /// Gives optional arguments that were left out, or are `none`, the numbers that the parameters name.
    pub fn fill_in(&mut self) {
        self.values.resize(self.builtin.params.len(), Value::Unset);
        for (value, text) in self.values.iter_mut().zip(self.builtin.params) {
            if matches!(value, Value::Unset | Value::None)
                && let Some(default) = text.split_once(" = ").and_then(|(_, default)| default.parse().ok())
            {
                *value = Value::num(default);
            }
        }
    }

    /// Whether an argument was given and is not `none`.
    pub fn given(&self, i: usize) -> bool {
        !matches!(self.get(i), Value::Unset | Value::None)
    }

    /// The error that an argument is not what it should be: `sum needs an array as x, found a string`.
    pub fn wrong(&self, i: usize, needed: &str) -> Fail {
        let name = self.builtin.param(i).map_or("argument", |(name, _)| name);
        let found = self.get(i).kind();
        Problem::new(format!(
            "{} needs {needed} as {}, found {found}",
            self.builtin.name,
            name.trim_start_matches("...")
        ))
        .label(crate::diagnostic::Part::Argument(i), found)
        .note(self.builtin.signature())
    }
}
