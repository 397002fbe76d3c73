//! Running a text and saying what came of it: values and printed lines to the output, messages beside it,
//! in the order in which they arose.

use super::door::{Door, Trouble};
use super::net;
#[cfg(unix)]
use super::terminal;
use crate::diagnostic::draw::{Look, draw};
use crate::diagnostic::json::json;
use crate::diagnostic::{Diagnostic, Kind};
use crate::interpret::{Listener, Session};
use crate::show::{Follow, Line, safe};
use crate::source::Sources;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Nothing is being run: a prompt waits, or an editor that it started.
pub(super) static IDLE: AtomicBool = AtomicBool::new(false);

/// Whether nothing is being run, for whoever is told of Ctrl-C.
pub fn idle() -> bool {
    IDLE.load(Ordering::Relaxed)
}

/// How a text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ran to its end.
    Done,
    /// It stopped at an error.
    Failed,
    /// Ctrl-C stopped it.
    Interrupted,
}

/// Says things: what the program shows through the door, messages on standard error.
#[derive(Clone)]
pub struct Voice {
    /// Where the program's output goes.
    pub door: Door,
    /// What the screen can show.
    pub look: Look,
    /// Messages are for a program to read.
    pub json: bool,
}

impl Voice {
    /// Says something that was asked for.
    pub fn say(&mut self, text: &str) {
        // The door remembers what went wrong.
        let _ = writeln!(self.door, "{text}").and_then(|()| self.door.flush());
    }

    /// Sends the terminal something that is not shown.
    pub fn raw(&mut self, sequence: &str) -> std::io::Result<()> {
        self.door.write_all(sequence.as_bytes()).and_then(|()| self.door.flush())
    }

    /// Says something in a soft voice.
    pub fn say_dim(&mut self, text: &str) {
        if self.look.color {
            self.say(&format!("\x1b[2m{text}\x1b[0m"));
        } else {
            self.say(text);
        }
    }

    /// Says something about the program rather than from it, after everything that came before.
    pub fn say_aside(&mut self, text: &str) {
        let _ = self.door.flush();
        self.door.settle();
        // When nobody can be told, there is nobody to tell.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Says exactly this.
    pub fn put(&mut self, text: &str) {
        let _ = write!(self.door, "{text}").and_then(|()| self.door.flush());
    }

    /// A message as whoever reads it wants it.
    pub fn drawn(&self, diagnostic: &Diagnostic, sources: &Sources) -> String {
        if self.json { json(diagnostic, sources) } else { draw(diagnostic, sources, self.look) }
    }

    /// Says a message about a text.
    pub fn tell(&mut self, diagnostic: &Diagnostic, sources: &Sources) {
        self.draw(diagnostic, sources);
    }

    fn draw(&mut self, diagnostic: &Diagnostic, sources: &Sources) {
        let text = self.drawn(diagnostic, sources);
        // The terminal writes `^C` where the cursor stands.
        let apart = !self.json && diagnostic.problem.kind == Kind::Interrupt && std::io::stderr().is_terminal();
        self.say_aside(&if apart { format!("\n{text}") } else { text });
    }
}

impl Listener for Voice {
    fn shown(&mut self, text: &str) {
        let _ = writeln!(self.door, "{text}");
    }

    fn warned(&mut self, warning: &Diagnostic, sources: &Sources) {
        self.draw(warning, sources);
    }

    fn follows(&self) -> Follow {
        if std::io::stderr().is_terminal() { Follow::Terminal { unicode: self.look.unicode } } else { Follow::File }
    }

    fn progressed(&mut self, line: &Line) {
        match self.follows() {
            Follow::Terminal { .. } => self.door.redraw(&line.text, line.stays),
            _ => self.say_aside(&line.text),
        }
    }

    #[cfg(unix)]
    fn line_waits(&mut self) -> bool {
        terminal::line_waits()
    }
}

/// Runs something in a session and draws what went wrong. A panic is caught, said, and forgotten.
pub fn attempt(
    session: &mut Session,
    voice: &mut Voice,
    run: impl FnOnce(&mut Session) -> Result<Vec<String>, Vec<Diagnostic>>,
) -> Ending {
    session.listen(Box::new(voice.clone()));
    let idle = IDLE.swap(false, Ordering::Relaxed);
    let ending = net::caught(|| match run(session) {
        Ok(_) => Ending::Done,
        Err(errors) => {
            let _ = voice.door.flush();
            let interrupted = errors.iter().any(|error| error.problem.kind == Kind::Interrupt);
            // A program that cannot print has nothing else to say.
            if voice.door.trouble().is_none() {
                errors.iter().for_each(|error| voice.draw(error, &session.sources));
            }
            if interrupted { Ending::Interrupted } else { Ending::Failed }
        }
    });
    IDLE.store(idle, Ordering::Relaxed);
    let _ = voice.door.flush();
    voice.door.settle();
    ending.unwrap_or_else(|sentence| {
        voice.say_aside(&safe(&sentence));
        Ending::Failed
    })
}

impl Trouble {
    /// What to say about it, if anything.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Trouble::Closed => None,
            Trouble::Refused(reason) => Some(format!("adlib: the output cannot be written: {reason}")),
        }
    }
}
