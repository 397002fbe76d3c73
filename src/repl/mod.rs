//! The prompt, and what it shares with scripts: one door for output, one net for panics, one way to run
//! a text and say what went wrong. This folder alone names `rustyline`.

mod assist;
mod call;
mod command;
mod complete;
mod door;
mod editor;
mod fitted;
mod ghost;
mod history;
mod keys;
mod lines;
mod net;
mod preview;
pub mod script;
mod settings;
#[cfg(unix)]
mod terminal;
#[cfg(not(unix))]
#[path = "console.rs"]
mod terminal;
mod tour;
mod voice;
mod words;

pub use door::{Door, Trouble};
pub use net::{caught, install as install_net};
pub use voice::{Ending, Voice, attempt, idle};

use crate::array::{buffers, limits};
use crate::diagnostic::Diagnostic;
use crate::interpret::Session;
use editor::{Editor, Input};
use lines::unprompted;
use settings::Settings;
use std::cell::RefCell;
use std::io::IsTerminal;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tour::Tour;
use words::Meaning;

/// What a prompt says before anything is typed.
fn banner() -> String {
    format!(
        "adlib {} — arrays that know their derivatives\n?name explains, :tour teaches, Tab completes, Ctrl-D leaves\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// The prompt: everything that is at hand while somebody types.
pub struct Prompt<'v> {
    /// Completion reads it while a line is being typed; nothing runs then.
    session: Rc<RefCell<Session>>,
    voice: &'v mut Voice,
    settings: Rc<RefCell<Settings>>,
    editor: Editor,
    tour: Tour,
    /// Somebody wants to leave.
    left: bool,
}

/// Reads inputs from a terminal and runs them until somebody leaves, or until nobody reads the output.
///
/// `forget` makes Ctrl-C as if it had not been pressed.
pub fn run(session: Session, voice: &mut Voice, forget: fn()) {
    let _held = terminal::hold();
    let session = Rc::new(RefCell::new(session));
    let settings = Rc::new(RefCell::new(Settings::default()));
    let editor = match Editor::new(session.clone(), settings.clone(), voice.look.color) {
        Ok(editor) => editor,
        Err(reason) => return voice.say_aside(&format!("the terminal cannot be read: {reason}")),
    };
    let mut prompt = Prompt { session, voice, settings, editor, tour: Tour::default(), left: false };
    // `adlib > file`: the file is for values.
    if std::io::stdout().is_terminal() {
        prompt.voice.say(&banner());
    } else {
        prompt.voice.say_aside(&banner());
    }
    prompt.fit();
    settings::start(&mut prompt);
    if let Some(warning) = prompt.editor.load_history() {
        prompt.voice.say_aside(&warning);
    }
    while !prompt.left && prompt.voice.door.trouble().is_none() {
        voice::IDLE.store(true, Ordering::Relaxed);
        // While nobody computes, the memory is the system's.
        buffers::release();
        let input = if limits::interrupted() {
            // What it was to stop had just come to its end. The terminal has written `^C`.
            prompt.voice.say_aside("");
            Input::Abandoned
        } else {
            let proposed = prompt.tour.proposes().unwrap_or_default();
            prompt.editor.read(&proposed)
        };
        forget();
        match input {
            Input::Text(text) => prompt.take(&text),
            Input::Abandoned => {
                if prompt.tour.pause() {
                    prompt.voice.say("the tour waits; `:tour` goes on");
                }
            }
            Input::Unreadable => prompt.voice.say_aside("that was not UTF-8 text, and was left out"),
            Input::End => return,
        }
    }
}

impl Prompt<'_> {
    /// Fits what prints to the window as it is now.
    fn fit(&mut self) {
        if let Some((columns, lines)) = self.editor.size() {
            self.voice.look.width = columns;
            let mut session = self.session.borrow_mut();
            session.style_mut().width = columns;
            // The prompt and what was typed stay in sight.
            session.set_window(lines.saturating_sub(6).clamp(4, 40));
        }
    }

    /// Says something that is made of sentences.
    fn explain(&mut self, text: &str) {
        let text = fitted::fitted(text, self.voice.look.width);
        self.voice.say(&text);
    }

    /// Shows an input that was typed elsewhere.
    fn show_input(&mut self, text: &str) {
        let text = self.editor.as_typed(&crate::show::safe(text));
        self.voice.say(&text);
    }

    /// Does what an input asks for.
    fn take(&mut self, text: &str) {
        // The window may have changed while somebody typed.
        self.fit();
        let text = &*if self.session.borrow().get("ad").is_some() { text.into() } else { unprompted(text) };
        if !text.trim().is_empty() {
            // Before it runs: whatever happens to the program, the input can be had again.
            if let Some(warning) = self.editor.remember(text) {
                self.voice.say_aside(&warning);
            }
            let meaning = words::meaning(text, &self.session.borrow());
            match meaning {
                Meaning::Leave => self.left = true,
                Meaning::Say(text) => self.explain(&text),
                Meaning::Command => command::run(self, text),
                Meaning::Program => self.run(|session| session.input(text)),
            }
        }
        tour::after(self, text);
    }

    /// Runs something in the session.
    fn run(&mut self, run: impl FnOnce(&mut Session) -> Result<Vec<String>, Vec<Diagnostic>>) {
        let session = self.session.clone();
        self.run_in(&mut session.borrow_mut(), run);
    }

    /// Runs something in a session; what takes long says how long it took.
    fn run_in(
        &mut self,
        session: &mut Session,
        run: impl FnOnce(&mut Session) -> Result<Vec<String>, Vec<Diagnostic>>,
    ) {
        let start = Instant::now();
        let ending = terminal::lent(|| attempt(session, self.voice, run));
        let elapsed = start.elapsed();
        if ending == Ending::Interrupted {
            // It is not the next line that was meant.
            limits::clear_interrupt();
        }
        // The note about an interruption has said it.
        if elapsed >= self.settings.borrow().slow && ending != Ending::Interrupted {
            self.voice.say_dim(&format!("{:.1} s", elapsed.as_secs_f64()));
        }
    }
}
