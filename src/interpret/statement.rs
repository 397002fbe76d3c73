//! Statements and blocks.

use super::Session;
use super::stop::{Eval, Stop};
use crate::array::limits;
use crate::autodiff::Var;
use crate::diagnostic::{Kind, Problem};
use crate::source::Span;
use crate::syntax::ast::{Block, Mode, ModeBlock, Statement, StatementKind, Target, Try};
use crate::value::{Closure, Function, Tuple, Value};
use std::rc::Rc;

impl Session {
    /// Runs a block and gives the value of its last statement.
    pub(super) fn block(&mut self, block: &Block) -> Eval<Value> {
        if self.profile.is_some() {
            return self.profiled(block);
        }
        let Some((last, before)) = block.statements.split_last() else { return Ok(Value::None) };
        for statement in before {
            self.run_one(statement)?;
        }
        self.statement(last)
    }

    /// Runs a block for its effect.
    fn run_block(&mut self, block: &Block) -> Eval<()> {
        if self.profile.is_some() {
            return self.profiled(block).map(drop);
        }
        for statement in &block.statements {
            self.run_one(statement)?;
        }
        Ok(())
    }

    /// Runs a statement for its effect.
    #[inline]
    fn run_one(&mut self, statement: &Statement) -> Eval<()> {
        match &statement.kind {
            StatementKind::Assign(Target::Name(variable), value) => {
                if let Some(x) = self.number(value)
                    && self.store_number(variable, x, statement.span)
                {
                    return Ok(());
                }
                self.release(statement);
                let value = self.eval(value)?;
                self.store(variable, value, statement.span)
            }
            StatementKind::Update(update) => {
                self.release(statement);
                self.update(update, statement.span).map(drop)
            }
            _ => self.statement(statement).map(drop),
        }
    }

    /// Runs a statement and gives its value.
    pub(super) fn statement(&mut self, statement: &Statement) -> Eval<Value> {
        self.release(statement);
        let span = statement.span;
        match &statement.kind {
            StatementKind::Expression(expression) => self.eval(expression),
            StatementKind::Assign(target, value) => {
                let value = self.eval(value)?;
                self.assign(target, value.clone(), span)?;
                Ok(value)
            }
            StatementKind::Update(update) => {
                let value = self.update(update, span)?;
                match &update.target {
                    Target::Name(variable) => self.read(variable),
                    _ => Ok(value),
                }
            }
            StatementKind::Define(variable, lambda) => {
                let function = self.closure(lambda);
                self.store(variable, function, span)?;
                Ok(Value::None)
            }
            StatementKind::While(condition, body) => self.repeat(condition, body, span),
            StatementKind::For(target, items, body) => self.go_through(target, items, body, span),
            StatementKind::Break => Err(Box::new(Stop::Break)),
            StatementKind::Continue => Err(Box::new(Stop::Continue)),
            StatementKind::Return(value) => {
                let value = match value {
                    Some(value) => self.eval(value)?,
                    None => Value::None,
                };
                Err(Box::new(Stop::Return(value)))
            }
            StatementKind::Import(import) => {
                let module = self.import(import)?;
                self.store(&import.variable, module, span)?;
                Ok(Value::None)
            }
        }
    }

    /// One turn of a loop; whether there may be another.
    #[inline]
    pub(super) fn turn(&mut self, body: &Block) -> Eval<bool> {
        match self.run_block(body) {
            Ok(()) => Ok(true),
            Err(stop) => match *stop {
                Stop::Continue => Ok(true),
                Stop::Break => Ok(false),
                _ => Err(stop),
            },
        }
    }

    /// A `for` loop over a value as it is now; counts the rounds that were begun.
    pub(super) fn each(
        &mut self,
        target: &Target,
        items: Value,
        items_span: Span,
        body: &Block,
        span: Span,
        rounds: &mut u64,
    ) -> Eval<()> {
        let mut turn = |session: &mut Session, item: Value| -> Eval<bool> {
            session.check(span)?;
            *rounds += 1;
            match target {
                Target::Name(variable) => session.store(variable, item, items_span)?,
                target => session.assign(target, item, items_span)?,
            }
            session.turn(body)
        };
        match &items {
            Value::Range(range) => {
                for i in 0..range.len {
                    if !turn(self, Value::num(range.at(i)))? {
                        break;
                    }
                }
            }
            Value::Tuple(tuple) => {
                for item in &tuple.items {
                    if !turn(self, item.clone())? {
                        break;
                    }
                }
            }
            Value::Text(text) => {
                for character in text.chars() {
                    if !turn(self, Value::text(character))? {
                        break;
                    }
                }
            }
            Value::Var(var) if !var.shape().is_empty() => {
                for i in 0..var.shape()[0] {
                    let item = self.row(var, i).map_err(|fail| self.stop(fail, items_span))?;
                    if !turn(self, item)? {
                        break;
                    }
                }
            }
            other => {
                let problem = Problem::new(format!("for cannot go through {}", other.kind()));
                let problem = match other {
                    Value::Var(_) => problem.help("to count, write range(n)"),
                    _ => problem.help("it goes through arrays, tuples, strings and range(a, b)"),
                };
                return Err(self.stop(problem, items_span));
            }
        }
        Ok(())
    }

    /// The `i`-th entry of an array along its first axis.
    pub(super) fn row(&mut self, var: &Var, i: usize) -> crate::diagnostic::Outcome<Value> {
        if let (Var::Array(array), 1) = (var, var.shape().len())
            && let Some(data) = array.doubles()
        {
            return Ok(Value::num(data.get(i).copied().unwrap_or(f64::NAN)));
        }
        let items = [crate::array::index::IndexItem::At(i as isize)];
        super::index::take(&self.cx, var, &items).map(Value::Var)
    }

    /// A function with what it sees now.
    pub(super) fn closure(&mut self, lambda: &Rc<crate::syntax::ast::Lambda>) -> Value {
        let captured = lambda
            .captures
            .iter()
            .map(|(outer, _)| self.locals.get(self.base + *outer as usize).cloned().unwrap_or_default())
            .collect();
        Value::Function(Rc::new(Function::Closure(Closure { lambda: lambda.clone(), scope: self.scope, captured })))
    }

    /// `try { … } catch err { … }`. Ctrl-C and limits are not caught.
    pub(super) fn attempt(&mut self, attempt: &Try) -> Eval<Value> {
        let (recording, training) = (self.cx.recording(), self.cx.training());
        match self.block(&attempt.body) {
            Err(stop) => match *stop {
                // Another row may go another way.
                other if self.cx.within() => {
                    limits::look();
                    Err(Box::new(other))
                }
                Stop::Error(error) if error.problem.kind == Kind::Mistake => {
                    self.cx.set_recording(recording);
                    self.cx.set_training(training);
                    if let Some(variable) = &attempt.error {
                        let line = self.sources.line_column(error.span().start).map_or(0, |(line, _)| line);
                        let caught = Tuple::named([
                            ("message", Value::text(error.problem.title.clone())),
                            ("line", Value::num(line as f64)),
                        ]);
                        self.store(variable, Value::Tuple(Rc::new(caught)), variable.span)?;
                    }
                    self.block(&attempt.handler)
                }
                other => Err(Box::new(other)),
            },
            done => done,
        }
    }

    /// `record < … >` and its relatives. Whatever happens inside, recording is afterwards what it was.
    pub(super) fn mode(&mut self, mode: &ModeBlock) -> Eval<Value> {
        let mut train = true;
        for argument in &mode.arguments {
            train = self.mode_argument(mode, argument)?;
        }
        let (recording, training) = (self.cx.recording(), self.cx.training());
        match mode.mode {
            Mode::Record => {
                self.cx.set_recording(true);
                self.cx.set_training(train);
            }
            Mode::Pause => {
                self.cx.set_recording(false);
            }
            Mode::Train => {
                self.cx.set_training(true);
            }
            Mode::Predict => {
                self.cx.set_training(false);
            }
        }
        let result = self.block(&mode.body);
        self.cx.set_recording(recording);
        self.cx.set_training(training);
        result
    }

    fn mode_argument(&mut self, mode: &ModeBlock, argument: &crate::syntax::ast::Argument) -> Eval<bool> {
        use crate::syntax::ast::ArgumentKind;
        match (&argument.kind, mode.mode) {
            (ArgumentKind::Named(name, _), Mode::Record) if &**name == "train" => {
                self.condition(&argument.value, "train")
            }
            (ArgumentKind::Named(name, name_span), _) => {
                let keyword = mode_name(mode.mode);
                let problem = Problem::new(format!("{keyword} has no argument called `{name}`"));
                let near = crate::diagnostic::suggest::did_you_mean(name, ["train"].into_iter()).is_some();
                let problem = match mode.mode {
                    Mode::Record if near => problem.patch(
                        "did you mean `train`?",
                        vec![crate::diagnostic::Edit::Replace(crate::diagnostic::Part::Whole, "train".to_string())],
                    ),
                    Mode::Record => problem.help("it takes train = false"),
                    _ => problem,
                };
                Err(self.stop(problem, *name_span))
            }
            _ => {
                let problem = Problem::new(format!("{} takes no such argument", mode_name(mode.mode)));
                let problem =
                    if mode.mode == Mode::Record { problem.help("it takes train = false, by name") } else { problem };
                Err(self.stop(problem, argument.value.span))
            }
        }
    }

    /// Several targets get the entries of a value: of a tuple, or along an array's first axis.
    pub(super) fn entries(&mut self, value: Value, count: usize, targets: Span) -> Eval<Vec<Value>> {
        let values = match &value {
            Value::Tuple(tuple) => tuple.items.clone(),
            Value::Range(range) if range.len == count => (0..range.len).map(|i| Value::num(range.at(i))).collect(),
            Value::Var(var) if !var.shape().is_empty() => {
                let len = var.shape()[0];
                if len == count {
                    (0..len)
                        .map(|i| self.row(var, i))
                        .collect::<Result<_, _>>()
                        .map_err(|fail| self.stop(fail, targets))?
                } else {
                    return Err(self.stop(count_mismatch(count, len), targets));
                }
            }
            other => {
                let problem = Problem::new(format!("{} cannot be taken apart into {count} names", other.kind()));
                return Err(self.stop(problem, targets));
            }
        };
        if values.len() == count { Ok(values) } else { Err(self.stop(count_mismatch(count, values.len()), targets)) }
    }
}

fn count_mismatch(names: usize, values: usize) -> crate::diagnostic::Fail {
    Problem::new(format!("{names} names on the left, {values} values on the right"))
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Record => "record",
        Mode::Pause => "pause",
        Mode::Train => "train_mode",
        Mode::Predict => "predict_mode",
    }
}
