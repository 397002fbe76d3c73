//! A session: everything that lives from one input to the next.

use super::journal::Journal;
use super::listener::Listener;
use super::profile::Profile;
use super::scope::Scope;
use super::stop::{Eval, Stop};
use crate::array::limits;
use crate::autodiff::Context;
use crate::builtin;
use crate::diagnostic::{Diagnostic, Kind, Level, Problem};
use crate::show::{Colors, Progress, Screen, Style};
use crate::source::{Place, Sources, Span};
use crate::syntax::ast::{Block, ExprKind, Lambda, Statement, StatementKind};
use crate::syntax::resolve::{self, Names};
use crate::syntax::{self};
use crate::value::{Module, Passes, Value};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

/// Bytes of stack that a call must find; below it continues on a fresh stack.
pub(super) const RED_ZONE: usize = 2 << 20;
/// Bytes of a fresh stack.
pub(super) const FRESH_STACK: usize = 32 << 20;

/// Which values an input shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// None, as in a script.
    Nothing,
    /// Those of expression statements, as at the prompt.
    Each,
    /// Those of assignments too.
    All,
    /// That of the last statement, as for `-e`.
    Last,
}

/// Everything that lives from one input to the next.
pub struct Session {
    /// Every text that was read.
    pub sources: Sources,
    pub(super) cx: Rc<Context>,
    pub(super) scopes: Vec<Scope>,
    /// The scope of the running code.
    pub(super) scope: usize,
    /// The local variables of all running functions, one frame after the other.
    pub(super) locals: Vec<Value>,
    /// Where the frame of the running function starts.
    pub(super) base: usize,
    /// How many of its slots are parameters.
    pub(super) params: usize,
    /// The running function.
    pub(super) lambda: Option<Rc<Lambda>>,
    /// How many functions are running.
    pub(super) depth: usize,
    /// An error on its way through one of our functions.
    pub(super) pending: Option<Box<Stop>>,
    pub(super) modules: HashMap<PathBuf, Option<Rc<Module>>>,
    /// The files being imported, outermost first.
    pub(super) importing: Vec<PathBuf>,
    pub(super) output: Box<dyn Write>,
    pub(super) random: Xoshiro256PlusPlus,
    pub(super) style: Style,
    pub(super) singles: bool,
    pub(super) screen: Screen,
    pub(super) passes: Passes,
    /// Where an attached variable was replaced while recording: by scope and slot.
    pub(super) replaced: HashMap<(usize, u32), (std::rc::Weak<crate::autodiff::Node>, Span)>,
    /// Warnings not yet shown.
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) warned: HashSet<(Span, String)>,
    /// Whether a warning is an error.
    pub(super) strict: bool,
    /// Whether somebody looks at the top-level names after an error.
    pub(super) lasting: bool,
    pub(super) listener: Option<Box<dyn Listener>>,
    /// The loop that somebody follows.
    pub(super) progress: Progress,
    /// The places that were looked at for a warning, and which one.
    pub(super) explained: HashSet<(Span, &'static str)>,
    /// Where the running call stands.
    pub(super) call_span: Span,
    /// How many inputs a prompt gave.
    pub(super) inputs: usize,
    /// Lines that a value may take there.
    pub(super) window: usize,
    /// Which values they show.
    pub(super) echo: Echo,
    /// What they did.
    pub(super) journal: Journal,
    /// What statements cost, while somebody wants to know.
    pub(super) profile: Option<Box<Profile>>,
}

impl Default for Session {
    fn default() -> Session {
        Session::new(Box::new(std::io::stdout()))
    }
}

impl Session {
    /// A session whose program prints to `output`. Random numbers start from a seed taken from the
    /// system.
    pub fn new(output: Box<dyn Write>) -> Session {
        let mut session = Session {
            sources: Sources::default(),
            cx: Rc::new(builtin::context()),
            scopes: vec![Scope::default()],
            scope: 0,
            locals: Vec::new(),
            base: 0,
            params: 0,
            lambda: None,
            depth: 0,
            pending: None,
            modules: HashMap::new(),
            importing: Vec::new(),
            output,
            random: Xoshiro256PlusPlus::seed_from_u64(system_seed()),
            style: Style::default(),
            singles: false,
            screen: Screen { unicode: true, colors: Colors::None },
            passes: Passes::default(),
            replaced: HashMap::new(),
            warnings: Vec::new(),
            warned: HashSet::new(),
            strict: false,
            lasting: true,
            listener: None,
            progress: Progress::default(),
            explained: HashSet::new(),
            call_span: Span::default(),
            inputs: 0,
            window: usize::MAX,
            echo: Echo::Each,
            journal: Journal::default(),
            profile: None,
        };
        session.set("args", Value::tuple(Vec::new()));
        session
    }

    /// A session that knows nothing of this one, and shows what it shows on the same screen.
    pub fn beside(&self, output: Box<dyn Write>) -> Session {
        let mut other = Session::new(output);
        other.style.width = self.style.width;
        other.screen = self.screen;
        other
    }

    /// Starts the random numbers anew.
    pub fn seed(&mut self, seed: u64) {
        self.random = Xoshiro256PlusPlus::seed_from_u64(seed);
    }

    /// Says what the output can show; at first it is text without colours.
    pub fn set_screen(&mut self, screen: Screen) {
        self.screen = screen;
    }

    /// Where relative imports start.
    pub fn set_folder(&mut self, folder: &Path) {
        if let Some(scope) = self.scopes.first_mut() {
            scope.folder = folder.to_path_buf();
        }
    }

    /// Tells somebody of values and warnings as they arise, instead of keeping them.
    pub fn listen(&mut self, listener: Box<dyn Listener>) {
        self.listener = Some(listener);
    }

    /// Says which values the inputs of a prompt show.
    pub fn set_echo(&mut self, echo: Echo) {
        self.echo = echo;
    }

    /// How numbers print.
    pub fn style_mut(&mut self) -> &mut Style {
        &mut self.style
    }

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

    /// Writes what the program printed so far.
    ///
    /// # Errors
    /// When nobody reads it any more.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }

    /// Stops if somebody asked to.
    #[inline(always)]
    pub(super) fn check(&mut self, span: Span) -> Eval<()> {
        if limits::may_stop() { self.check_reason(span) } else { Ok(()) }
    }

    /// The note that a computation was stopped, wherever the flag was seen.
    #[cold]
    pub(super) fn interrupted(&mut self, span: Span) -> Box<Stop> {
        let problem = Problem::new(format!("stopped by {}", limits::stopped_by())).kind(Kind::Interrupt);
        let mut diagnostic = Diagnostic::error(problem.label(span, ""));
        diagnostic.level = Level::Note;
        Box::new(Stop::Error(diagnostic))
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

fn system_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
