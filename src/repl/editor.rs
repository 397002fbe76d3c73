//! Reading one input from a terminal.
//!
//! An input that is merely unfinished continues on the next line, under a prompt of its own. A paste
//! arrives as one text, newlines included, and is one input. Lines typed while something else runs wait
//! in a buffer that lives as long as the editor.

use super::complete::Completions;
use super::history::Keeper;
use crate::interpret::Session;
use crate::syntax;
use rustyline::completion::Completer;
use rustyline::config::{Behavior, Config};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{FileHistory, History};
use rustyline::validate::Validator;
use rustyline::{
    Cmd, ColorMode, CompletionType, ConditionalEventHandler, Context, Event, EventContext, EventHandler, Helper,
    KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::cell::RefCell;
use std::io::{ErrorKind, IsTerminal};
use std::rc::Rc;

const PROMPT: (&str, &str) = ("ad> ", "\x1b[1mad> \x1b[0m");
const CONTINUED: (&str, &str) = ("  : ", "\x1b[2m  : \x1b[0m");
/// Inputs that are kept.
const MOST: usize = 10_000;

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
    lines: rustyline::Editor<Assistant, FileHistory>,
    keeper: Keeper,
    color: bool,
}

impl Editor {
    /// An editor that completes the names of a session.
    ///
    /// # Errors
    /// Why the terminal cannot be used.
    pub fn new(session: Rc<RefCell<Session>>, color: bool) -> Result<Editor, String> {
        let output = std::io::stdout().is_terminal();
        let config = Config::builder()
            .auto_add_history(false)
            .max_history_size(MOST)
            .and_then(|builder| builder.history_ignore_dups(true))
            .map_err(|error| error.to_string())?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .color_mode(if color { ColorMode::Forced } else { ColorMode::Disabled })
            // `adlib > file`: the prompt belongs on the terminal, values in the file.
            .behavior(if output { Behavior::Stdio } else { Behavior::PreferTerm })
            .build();
        let history = FileHistory::with_config(&config);
        let mut lines = rustyline::Editor::with_history(config, history).map_err(|error| error.to_string())?;
        lines.set_helper(Some(Assistant { completions: Completions::new(session) }));
        let tab = Event::from(KeyEvent(KeyCode::Tab, Modifiers::NONE));
        lines.bind_sequence(tab, EventHandler::Conditional(Box::new(Indent)));
        Ok(Editor { lines, keeper: Keeper::new(), color })
    }

    /// Columns of the terminal.
    pub fn width(&mut self) -> Option<usize> {
        let (columns, _) = self.lines.dimensions()?;
        Some(usize::from(columns)).filter(|&columns| columns > 0)
    }

    /// Reads what was typed on earlier days; gives a warning if it cannot be.
    pub fn load_history(&mut self) -> Option<String> {
        self.keeper.load(self.lines.history_mut())
    }

    /// Keeps an input; gives a warning if it cannot be.
    pub fn remember(&mut self, text: &str) -> Option<String> {
        // Adding to a list in memory cannot fail.
        let _ = self.lines.history_mut().add(text);
        self.keeper.append(self.lines.history_mut())
    }

    /// Waits for an input.
    pub fn read(&mut self) -> Input {
        let mut text = String::new();
        let mut prompt = PROMPT;
        loop {
            let line = if self.color { self.lines.readline(&prompt) } else { self.lines.readline(prompt.0) };
            match line {
                Ok(line) => {
                    text.push_str(&line);
                    if !unfinished(&text) {
                        return Input::Text(text);
                    }
                    text.push('\n');
                    prompt = CONTINUED;
                }
                Err(ReadlineError::Interrupted) => return Input::Abandoned,
                // In the middle of an input, Ctrl-D takes back that input only.
                Err(ReadlineError::Eof) if !text.is_empty() && std::io::stdin().is_terminal() => {
                    return Input::Abandoned;
                }
                Err(ReadlineError::Signal(_)) => {}
                Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => return Input::Unreadable,
                Err(_) => return Input::End,
            }
        }
    }
}

/// Whether a text is fine as far as it goes, and only ends too early.
fn unfinished(text: &str) -> bool {
    // A question is not a program.
    let question = text.trim_start().starts_with('?');
    !question && syntax::parse(text, 1).is_err_and(|errors| errors.iter().all(|error| error.unfinished))
}

/// What `rustyline` asks while a line is typed.
struct Assistant {
    completions: Completions,
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.completions.at(line, pos))
    }
}

impl Helper for Assistant {}
impl Highlighter for Assistant {}
impl Validator for Assistant {}
impl Hinter for Assistant {
    type Hint = String;
}

/// Tab where nothing is written yet indents.
struct Indent;

impl ConditionalEventHandler for Indent {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let before = context.line().get(..context.pos())?;
        let line = before.rsplit('\n').next()?;
        line.trim().is_empty().then(|| Cmd::Insert(1, "    ".to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::unfinished;

    #[test]
    fn only_a_text_that_ends_too_early_continues() {
        for text in ["record <", "fn f(x) {\n", "x = [1,\n", "a +", "\"\"\"long\n\n"] {
            assert!(unfinished(text), "{text}");
        }
        for text in ["x = 1", "x = )", "?fn", "", "x ="] {
            assert_eq!(unfinished(text), text == "x =", "{text}");
        }
    }
}
