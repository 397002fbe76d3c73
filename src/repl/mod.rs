//! The prompt, and what it shares with scripts: one door for output, one net for panics, one way to run
//! a text and say what went wrong. This folder alone names `rustyline`.

mod assist;
mod call;
mod command;
mod complete;
mod door;
mod editor;
mod ghost;
mod history;
mod keys;
mod lines;
mod net;
mod preview;
mod settings;
mod tour;
mod voice;
mod words;

pub use door::{Door, Trouble};
pub use net::{caught, install as install_net};
pub use voice::{Ending, Voice, attempt};

use crate::array::{buffers, limits};
use crate::diagnostic::Diagnostic;
use crate::interpret::Session;
use editor::{Editor, Input};
use settings::Settings;
use std::cell::RefCell;
use std::rc::Rc;
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
/// `before_each` is called before every input is awaited.
pub fn run(session: Session, voice: &mut Voice, before_each: fn()) {
    let session = Rc::new(RefCell::new(session));
    let settings = Rc::new(RefCell::new(Settings::default()));
    let editor = match Editor::new(session.clone(), settings.clone(), voice.look.color) {
        Ok(editor) => editor,
        Err(reason) => return voice.say_aside(&format!("the terminal cannot be read: {reason}")),
    };
    let mut prompt = Prompt { session, voice, settings, editor, tour: Tour::default(), left: false };
    prompt.voice.say(&banner());
    prompt.fit();
    settings::start(&mut prompt);
    if let Some(warning) = prompt.editor.load_history() {
        prompt.voice.say_aside(&warning);
    }
    while !prompt.left && prompt.voice.door.trouble().is_none() {
        before_each();
        // While nobody computes, the memory is the system's.
        buffers::release();
        let proposed = prompt.tour.proposes().unwrap_or_default();
        match prompt.editor.read(&proposed) {
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

    /// Does what an input asks for.
    fn take(&mut self, text: &str) {
        // The window may have changed while somebody typed.
        self.fit();
        if !text.trim().is_empty() {
            // Before it runs: whatever happens to the program, the input can be had again.
            if let Some(warning) = self.editor.remember(text) {
                self.voice.say_aside(&warning);
            }
            let meaning = words::meaning(text, &self.session.borrow(), self.voice.look.width);
            match meaning {
                Meaning::Leave => self.left = true,
                Meaning::Say(text) => self.voice.say(&text),
                Meaning::Command => command::run(self, text),
                Meaning::Program => self.run(|session| session.input(text)),
            }
        }
        tour::after(self, text);
    }

    /// Runs something in the session; what takes long says how long it took.
    fn run(&mut self, run: impl FnOnce(&mut Session) -> Result<Vec<String>, Vec<Diagnostic>>) {
        limits::clear_interrupt();
        let start = Instant::now();
        attempt(&mut self.session.borrow_mut(), self.voice, run);
        let elapsed = start.elapsed();
        if elapsed >= self.settings.borrow().slow {
            self.voice.say_dim(&format!("{:.1} s", elapsed.as_secs_f64()));
        }
    }
}
