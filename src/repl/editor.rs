//! Reading one input from a terminal.
//!
//! An input that is merely unfinished continues on the next line, under a prompt of its own, and can be
//! edited as a whole. A paste arrives as one text, newlines included, and is one input. Lines typed while
//! something else runs wait in a buffer that lives as long as the editor.

use super::assist::{Assistant, painted};
use super::history::{Keeper, Past};
use super::keys::{Desk, Ended, bindings};
use super::lines::{CONTINUED, PROMPT, TAB, marked, plain, unfinished};
use super::settings::Settings;
use super::terminal;
use crate::interpret::Session;
use rustyline::config::{Behavior, Config};
use rustyline::error::ReadlineError;
use rustyline::history::History;
use rustyline::{ColorMode, CompletionType};
use std::cell::RefCell;
use std::io::{ErrorKind, IsTerminal};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// The prompt, as it is and as it is drawn.
const DRAWN: (&str, &str) = (PROMPT, "\x1b[1mad> \x1b[0m");
/// Names that Tab lists without asking, page by page.
const MOST: usize = 1000;

/// What somebody typed.
pub enum Input {
    /// A whole input, of one or more lines.
    Text(String),
    /// Ctrl-C: whatever was typed is to be forgotten.
    Abandoned,
    /// Bytes that are no text.
    Unreadable,
    /// Ctrl-D, or the terminal is gone.
    End,
}

/// A line editor with its history.
pub struct Editor {
    lines: rustyline::Editor<Assistant, Past>,
    desk: Arc<Mutex<Desk>>,
    keeper: Keeper,
    color: bool,
}

impl Editor {
    /// An editor that completes the names of a session.
    ///
    /// # Errors
    /// Why the terminal cannot be used.
    pub fn new(session: Rc<RefCell<Session>>, settings: Rc<RefCell<Settings>>, color: bool) -> Result<Editor, String> {
        let output = std::io::stdout().is_terminal();
        let config = Config::builder()
            .auto_add_history(false)
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .completion_prompt_limit(MOST)
            // Tabs, and the marks of lines, are drawn by us even without colours.
            .color_mode(ColorMode::Forced)
            .tab_stop(TAB as u8)
            // `adlib > file`: the prompt belongs on the terminal, values in the file.
            .behavior(if output { Behavior::Stdio } else { Behavior::PreferTerm })
            .build();
        let desk = Arc::new(Mutex::new(Desk::default()));
        let past = Past::new(desk.clone());
        let mut lines = rustyline::Editor::with_history(config, past).map_err(|error| error.to_string())?;
        for (keys, handler) in bindings(&desk) {
            lines.bind_sequence(keys, handler);
        }
        lines.set_helper(Some(Assistant::new(session, settings, desk.clone(), color)));
        Ok(Editor { lines, desk, keeper: Keeper::new(), color })
    }

    /// Columns and lines of the terminal.
    pub fn size(&mut self) -> Option<(usize, usize)> {
        let (columns, lines) = self.lines.dimensions()?;
        Some((usize::from(columns), usize::from(lines))).filter(|&(columns, lines)| columns > 0 && lines > 0)
    }

    /// Reads what was typed on earlier days; gives a warning if it cannot be.
    pub fn load_history(&mut self) -> Option<String> {
        self.keeper.load(self.lines.history_mut())
    }

    /// Keeps an input; gives a warning if it cannot be.
    pub fn remember(&mut self, text: &str) -> Option<String> {
        // Adding to a list in memory cannot fail.
        let _ = self.lines.history_mut().add(&marked(text));
        self.keeper.append(text)
    }

    /// A text as it looks when it is typed, prompts included.
    pub fn as_typed(&self, text: &str) -> String {
        let prompt = if self.color { DRAWN.1 } else { DRAWN.0 };
        format!("{prompt}{}", painted(&marked(text), None, self.color))
    }

    /// The last inputs, oldest first.
    pub fn past(&self, count: usize) -> Vec<String> {
        self.lines.history().newest(count).collect()
    }

    /// Waits for an input, with something already typed.
    pub fn read(&mut self, typed: &str) -> Input {
        let mut text = String::new();
        let mut typed = (marked(typed), String::new());
        loop {
            let prompt = if text.is_empty() { DRAWN } else { (CONTINUED, CONTINUED) };
            let initial = if text.is_empty() { (typed.0.as_str(), typed.1.as_str()) } else { ("", "") };
            let line = if self.color {
                self.lines.readline_with_initial(&prompt, initial)
            } else {
                self.lines.readline_with_initial(prompt.0, initial)
            };
            let ended = std::mem::take(&mut self.desk.lock().unwrap_or_else(PoisonError::into_inner).ended);
            match (line, ended) {
                (Ok(_), Ended::Abandoned) => return Input::Abandoned,
                (Ok(line), Ended::Suspended(at)) => {
                    terminal::suspend();
                    let (before, after) = line.split_at_checked(at).unwrap_or((&line, ""));
                    typed = (before.to_string(), after.to_string());
                }
                (Ok(line), Ended::Entered) => {
                    text.push_str(&plain(&line));
                    // Enter has asked already, but on a terminal that cannot edit there are no keys.
                    if !bare() || !unfinished(&text) {
                        return Input::Text(text);
                    }
                    text.push('\n');
                }
                (Err(ReadlineError::Interrupted), _) => return Input::Abandoned,
                // In the middle of an input, Ctrl-D takes back that input only.
                (Err(ReadlineError::Eof), _) if !text.is_empty() && std::io::stdin().is_terminal() => {
                    return Input::Abandoned;
                }
                (Err(ReadlineError::Signal(_)), _) => {}
                (Err(ReadlineError::Io(error)), _) if error.kind() == ErrorKind::InvalidData => {
                    return Input::Unreadable;
                }
                (Err(_), _) => return Input::End,
            }
        }
    }
}

/// Whether the terminal is one that `rustyline` reads line by line.
pub fn bare() -> bool {
    std::env::var("TERM").is_ok_and(|term| ["dumb", "cons25", "emacs"].contains(&term.to_ascii_lowercase().as_str()))
}
