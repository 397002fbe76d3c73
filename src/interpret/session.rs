//! A session: everything that lives from one input to the next.

use super::formula::Formulas;
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
use crate::source::{Sources, Span};
use crate::syntax::ast::Lambda;
use crate::value::{Module, Passes, Value};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

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
    /// Random numbers for runs over many rows that are given up, since each row draws its own.
    pub(super) unused: Xoshiro256PlusPlus,
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
    /// Expressions that are recorded as one step.
    pub(super) formulas: Formulas,
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
            unused: Xoshiro256PlusPlus::seed_from_u64(0),
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
            formulas: Formulas::default(),
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

fn system_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
