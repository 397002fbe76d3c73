//! The prompt, and what it shares with scripts: one door for output, one net for panics, one way to run
//! a text and say what went wrong. This folder alone names `rustyline`.

mod complete;
mod door;
mod editor;
mod history;
mod net;
mod voice;
mod words;

pub use door::{Door, Trouble};
pub use net::install as install_net;
pub use voice::{Ending, Voice, attempt};

use crate::array::{buffers, limits};
use crate::interpret::Session;
use editor::{Editor, Input};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use words::Meaning;

/// An input that takes longer than this says how long it took.
const LONG: Duration = Duration::from_secs(1);

/// What a prompt says before anything is typed.
fn banner() -> String {
    format!(
        "adlib {} — arrays that know their derivatives\n?name explains, Tab completes, Ctrl-D leaves\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// Reads inputs from a terminal and runs them until somebody leaves, or until nobody reads the output.
///
/// `before_each` is called before every input is awaited.
pub fn run(session: Session, voice: &mut Voice, before_each: fn()) {
    // Completion reads the session while a line is being typed; nothing runs then.
    let session = Rc::new(RefCell::new(session));
    let mut editor = match Editor::new(session.clone(), voice.look.color) {
        Ok(editor) => editor,
        Err(reason) => return voice.say_aside(&format!("the terminal cannot be read: {reason}")),
    };
    voice.say(&banner());
    if let Some(warning) = editor.load_history() {
        voice.say_aside(&warning);
    }
    loop {
        if let Some(width) = editor.width() {
            voice.look.width = width;
            session.borrow_mut().style_mut().width = width;
        }
        before_each();
        // While nobody computes, the memory is the system's.
        buffers::release();
        let text = match editor.read() {
            Input::Text(text) => text,
            Input::Abandoned => continue,
            Input::Unreadable => {
                voice.say_aside("that was not UTF-8 text, and was left out");
                continue;
            }
            Input::End => return,
        };
        if text.trim().is_empty() {
            continue;
        }
        // Before it runs: whatever happens to the program, the input can be had again.
        if let Some(warning) = editor.remember(&text) {
            voice.say_aside(&warning);
        }
        let meaning = words::meaning(&text, &session.borrow(), voice.look.width);
        match meaning {
            Meaning::Leave => return,
            Meaning::Say(text) => voice.say(&text),
            Meaning::Program => evaluate(&session, voice, &text),
        }
        if voice.door.trouble().is_some() {
            return;
        }
    }
}

fn evaluate(session: &RefCell<Session>, voice: &mut Voice, text: &str) {
    limits::clear_interrupt();
    let start = Instant::now();
    attempt(&mut session.borrow_mut(), voice, |session| session.input(text));
    let elapsed = start.elapsed();
    if elapsed >= LONG {
        voice.say_dim(&format!("{:.1} s", elapsed.as_secs_f64()));
    }
}
