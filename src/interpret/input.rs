//! An input from its text to what it shows.
//!
//! In `a = 1; b = log(a) + [1, 2][5]` the second statement fails: `a` is 1 then and stays so, `b` is what it was
//! before, and the next input finds a session in which nothing runs, whatever was in the middle of running.

use super::Session;
use super::scope::Scope;
use super::session::{Echo, FRESH_STACK, RED_ZONE};
use super::stop::Stop;
use crate::diagnostic::{Diagnostic, Kind, Problem};
use crate::source::{Place, Sources, Span};
use crate::syntax;
use crate::syntax::ast::{Block, ExprKind, Statement, StatementKind};
use crate::syntax::resolve::{self, Names};
use crate::value::Value;
use std::time::Instant;

impl Session {
    /// Runs one input of a prompt, which messages call `[n]`, and gives the texts it shows. After an
    /// error, variables are as they were before the statement that failed. What it did can be
    /// [taken back](Session::undo).
    ///
    /// # Errors
    /// What went wrong, ready to be drawn.
    pub fn input(&mut self, text: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
        self.inputs += 1;
        let name = format!("[{}]", self.inputs);
        let before = self.mark();
        let result = self.run(&name, text, self.echo);
        self.remember(before);
        result
    }

    /// Runs a whole text and gives the texts it shows, or tells them to whoever listens.
    ///
    /// # Errors
    /// What went wrong, ready to be drawn.
    pub fn run(&mut self, name: &str, text: &str, echo: Echo) -> Result<Vec<String>, Vec<Diagnostic>> {
        // A parser's frames are large, and nobody knows how much stack the caller left.
        stacker::maybe_grow(RED_ZONE, FRESH_STACK, || self.run_here(name, text, echo))
    }

    fn run_here(&mut self, name: &str, text: &str, echo: Echo) -> Result<Vec<String>, Vec<Diagnostic>> {
        // What ran before may have been left in the middle by a panic.
        self.settle();
        let block = self.load(name, text, 0)?;
        let mut shown = Vec::new();
        let last = block.statements.len().saturating_sub(1);
        let start = Instant::now();
        let typed = matches!(echo, Echo::Each | Echo::All);
        let mut read = block.span.start;
        for (i, statement) in block.statements.iter().enumerate() {
            let before = typed.then(|| self.scopes.first().cloned()).flatten();
            match self.run_statement(statement) {
                Ok(value) => {
                    self.ran(statement, read);
                    read = statement.span.end;
                    let wanted = match echo {
                        Echo::Nothing => false,
                        Echo::Each => !statement.quiet && shows(statement),
                        Echo::All => !statement.quiet && !matches!(statement.kind, StatementKind::Import(_)),
                        Echo::Last => i == last,
                    };
                    if wanted && !matches!(value, Value::None | Value::Unset) {
                        let text = self.shown(&value, statement);
                        match &mut self.listener {
                            Some(listener) => listener.shown(&text),
                            None => shown.push(text),
                        }
                        self.set("ans", value);
                        let looked = shows(statement);
                        if let Some(piece) =
                            self.journal.running.iter_mut().filter_map(|pieces| pieces.last_mut()).next()
                        {
                            piece.shown = looked;
                        }
                    }
                }
                Err(mut error) => {
                    let interrupted = error.problem.kind == Kind::Interrupt;
                    if interrupted {
                        error.problem.title += &format!(" after {:.1} s", start.elapsed().as_secs_f64());
                        if typed {
                            error.problem.title += "; everything you had is still here";
                        }
                    }
                    if let (Some(before), false, Some(scope)) = (before, interrupted, self.scopes.first_mut()) {
                        let names = std::mem::take(scope);
                        *scope = before;
                        // Slots that the failed input made stay, so that resolved code keeps its meaning.
                        for name in names.names.iter().skip(scope.names.len()) {
                            scope.slot(name);
                        }
                    }
                    return Err(vec![*error]);
                }
            }
        }
        Ok(shown)
    }

    /// Reads a text into a tree for a scope.
    pub(super) fn load(&mut self, name: &str, text: &str, scope: usize) -> Result<Block, Vec<Diagnostic>> {
        let unboxed = |errors: Vec<Box<Diagnostic>>| errors.into_iter().map(|error| *error).collect::<Vec<_>>();
        let library = self.scopes.get(scope).is_some_and(|scope| scope.library);
        let Some(base) = self.sources.add(name, text, library) else {
            let problem = Problem::new("this session has read four gigabytes of text").kind(Kind::Limit);
            return Err(vec![*Diagnostic::error(problem)]);
        };
        let mut parsed = syntax::parse(text, base).map_err(unboxed)?;
        for warning in parsed.warnings {
            if let Err(stop) = self.warn_at(warning)
                && let Stop::Error(error) = *stop
            {
                return Err(vec![*error]);
            }
        }
        let Some(names) = self.scopes.get_mut(scope) else { return Ok(parsed.block) };
        resolve::resolve(&mut parsed.block, &mut Resolving { scope: names, sources: &mut self.sources })
            .map_err(unboxed)?;
        Ok(parsed.block)
    }

    /// Runs a statement at the top level and leaves the session ready for the next one, whatever
    /// happens.
    pub(super) fn run_statement(&mut self, statement: &Statement) -> Result<Value, Box<Diagnostic>> {
        let mut result = self.counted(statement);
        // What will be shown is computed here, where Ctrl-C can stop it.
        if let Ok(value) = &result
            && shows(statement)
            && let Err(fail) = value.compute()
        {
            result = Err(self.stop(fail, statement.span));
        }
        self.settle();
        match result {
            Ok(value) => Ok(value),
            Err(stop) => match *stop {
                Stop::Error(error) => Err(error),
                // The resolver refuses these outside loops and functions.
                Stop::Break | Stop::Continue | Stop::Return(_) => Ok(Value::None),
            },
        }
    }

    /// Forgets whatever was running.
    fn settle(&mut self) {
        self.locals.clear();
        self.base = 0;
        self.params = 0;
        self.lambda = None;
        self.scope = 0;
        self.depth = 0;
        self.pending = None;
        self.importing.clear();
        self.cx.set_recording(false);
        self.cx.set_training(false);
        self.cx.hold_place(false);
        self.cx.set_place(Place::default());
    }
}

/// Gives names their slots in a scope and spans their numbers.
struct Resolving<'s> {
    scope: &'s mut Scope,
    sources: &'s mut Sources,
}

impl Names for Resolving<'_> {
    fn global(&mut self, name: &str) -> u32 {
        self.scope.slot(name)
    }

    fn wanted_inside(&mut self, slot: u32) {
        self.scope.wanted_inside.insert(slot);
    }

    fn place(&mut self, span: Span) -> Place {
        self.sources.place(span)
    }
}

/// Whether the prompt shows a statement's value: that of an expression, unless it is a block that ends
/// in an assignment.
fn shows(statement: &Statement) -> bool {
    fn block_shows(block: &Block) -> bool {
        block.statements.last().is_some_and(shows)
    }
    match &statement.kind {
        StatementKind::Expression(expression) => match &expression.kind {
            ExprKind::Mode(mode) => block_shows(&mode.body),
            ExprKind::If(arms, otherwise) => {
                arms.iter().any(|(_, block)| block_shows(block)) || otherwise.as_ref().is_some_and(block_shows)
            }
            ExprKind::Try(attempt) => block_shows(&attempt.body) || block_shows(&attempt.handler),
            _ => true,
        },
        _ => false,
    }
}
