//! What `rustyline` asks while a line is typed: colours, grey text, what Tab offers.

use super::complete::Completions;
use super::ghost::{Ghost, ghost};
use super::keys::Desk;
use super::lines::TAB;
use super::settings::Settings;
use crate::interpret::Session;
use crate::syntax::paint::{Class, Word, brackets, words};
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::SearchDirection;
use rustyline::line_buffer::LineBuffer;
use rustyline::validate::Validator;
use rustyline::{Changeset, Context, Helper};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use unicode_width::UnicodeWidthStr;

/// A longer line is drawn as it is: a paste of a megabyte must not be slow.
const LONGEST: usize = 1 << 15;

/// Helps while a line is typed.
pub struct Assistant {
    session: Rc<RefCell<Session>>,
    completions: Completions,
    settings: Rc<RefCell<Settings>>,
    desk: Arc<Mutex<Desk>>,
    color: bool,
    /// The line is drawn for the last time.
    last: Cell<bool>,
}

impl Assistant {
    /// An assistant that knows the names of a session.
    pub fn new(
        session: Rc<RefCell<Session>>,
        settings: Rc<RefCell<Settings>>,
        desk: Arc<Mutex<Desk>>,
        color: bool,
    ) -> Assistant {
        let completions = Completions::new(session.clone());
        Assistant { session, completions, settings, desk, color, last: Cell::new(false) }
    }
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        if self.desk.lock().unwrap_or_else(PoisonError::into_inner).edited.is_some() {
            return Ok((pos, vec![String::from(" ")]));
        }
        Ok(self.completions.at(line, pos))
    }

    fn update(&self, line: &mut LineBuffer, start: usize, elected: &str, changes: &mut Changeset) {
        match self.desk.lock().unwrap_or_else(PoisonError::into_inner).edited.take() {
            Some((text, pos)) => line.update(&text, pos, changes),
            None => {
                let end = line.pos();
                line.replace(start..end, elected, changes);
            }
        }
    }
}

impl Helper for Assistant {}
impl Validator for Assistant {}

impl Hinter for Assistant {
    type Hint = Ghost;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Ghost> {
        let history = context.history();
        let index = context.history_index();
        let shown = history.starts_with(line, index, SearchDirection::Forward).ok().flatten();
        let found = index < history.len() && shown.is_some_and(|shown| shown.idx == index && shown.entry == line);
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).search.found = found;
        // Grey text that is not grey would look typed.
        if found || pos < line.len() || !self.color || !self.settings.borrow().hints {
            return None;
        }
        let session = self.session.try_borrow().ok()?;
        ghost(line, &session, || {
            let last = history.len().checked_sub(1)?;
            let found = history.starts_with(line, last, SearchDirection::Reverse).ok()??;
            Some(found.entry.into_owned())
        })
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        if line.len() > LONGEST {
            return if line.contains(unseen) { Cow::Owned(line.replace(unseen, "")) } else { Cow::Borrowed(line) };
        }
        if !self.color && !line.contains('\t') && !line.contains(unseen) {
            return Cow::Borrowed(line);
        }
        let cursor = (!self.last.get()).then_some(pos);
        Cow::Owned(painted(line, cursor, self.color))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, line: &str, _: usize, kind: CmdKind) -> bool {
        self.last.set(kind == CmdKind::ForcedRefresh);
        line.len() <= LONGEST && (self.color || line.contains('\t'))
    }
}

/// The escape sequence of a class.
fn style(class: Class) -> &'static str {
    match class {
        Class::Keyword => "\x1b[35m",
        Class::Constant => "\x1b[36m",
        Class::Text => "\x1b[32m",
        Class::Comment => "\x1b[2m",
        Class::Slip => "\x1b[31m",
        Class::Name | Class::Open | Class::Close | Class::Comma | Class::Dot | Class::Sign => "",
    }
}

/// A line with colours, with the brackets at the cursor marked, and with its tabs drawn.
pub fn painted(line: &str, cursor: Option<usize>, color: bool) -> String {
    let command = line.starts_with([':', '?']);
    let words = if command { Vec::new() } else { words(line) };
    let marked = cursor.map(|cursor| at_cursor(&words, cursor)).unwrap_or_default();
    let mut out = String::with_capacity(line.len() * 2);
    let mut done = 0;
    let mut piece = |text: &str, style: &str| {
        if style.is_empty() || !color || text.is_empty() {
            tabs(text, &mut out, color, style);
        } else {
            out.push_str(style);
            tabs(text, &mut out, color, style);
            out.push_str("\x1b[0m");
        }
    };
    if command {
        let end = line.find(' ').unwrap_or(line.len());
        piece(line.get(..end).unwrap_or_default(), "\x1b[35m");
        done = end;
    }
    for (at, word) in words.iter().enumerate() {
        piece(line.get(done..word.range.start).unwrap_or_default(), "");
        let style = if marked.contains(&at) { "\x1b[1;4m" } else { style(word.class) };
        piece(line.get(word.range.clone()).unwrap_or_default(), style);
        done = word.range.end;
    }
    piece(line.get(done..).unwrap_or_default(), "");
    out
}

/// The bracket at the cursor, or before it, and the one that belongs to it.
fn at_cursor(words: &[Word], cursor: usize) -> Vec<usize> {
    let (pairs, _) = brackets(words);
    let here = |at: usize, place: usize| words.get(at).is_some_and(|word| word.range.start == place);
    let before = cursor.checked_sub(1);
    let pair = [Some(cursor), before]
        .into_iter()
        .flatten()
        .find_map(|place| pairs.iter().find(|(open, close)| here(*open, place) || here(*close, place)));
    pair.map(|(open, close)| vec![*open, *close]).unwrap_or_default()
}

/// A piece of a line whose tabs are blanks; one that begins a line is the mark of a line that goes on.
fn tabs(text: &str, out: &mut String, color: bool, style: &str) {
    for char in text.chars().filter(|&char| !unseen(char)) {
        if char != '\t' {
            out.push(char);
        } else if out.ends_with('\n') {
            out.push_str(if color { "\x1b[0m\x1b[2m  : \x1b[0m" } else { "  : " });
            out.push_str(if color { style } else { "" });
        } else {
            // The prompt is as wide as a tab, so the first line needs no other count.
            let line = out.rsplit('\n').next().unwrap_or_default();
            let column = without_escapes(line).width();
            out.push_str(&" ".repeat(TAB - column % TAB));
        }
    }
}

/// A character that a terminal obeys instead of showing it. The editor counts no column for it, and a text
/// that was pasted or kept from another day may hold one.
fn unseen(char: char) -> bool {
    char.is_control() && char != '\n' && char != '\t'
}

fn without_escapes(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for char in text.chars() {
        match char {
            '\x1b' => inside = true,
            'm' if inside => inside = false,
            _ if inside => {}
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{painted, without_escapes};

    #[test]
    fn colours_take_no_columns_and_lines_are_marked() {
        let line = "record <\n\t    y = \"a\tb\" # c\n\t>";
        let plain = "record <\n  :     y = \"a  b\" # c\n  : >";
        assert_eq!(painted(line, Some(7), false), plain);
        assert_eq!(without_escapes(&painted(line, Some(7), true)), plain);
        assert!(painted(line, Some(7), true).contains("\x1b[1;4m>"));
        assert!(!painted(line, None, true).contains("\x1b[1;4m"));
        assert_eq!(painted("\"\x07\x1b]0;title\u{9c}\"", None, false), "\"]0;title\"");
    }
}
