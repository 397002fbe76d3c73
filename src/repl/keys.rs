//! What keys do here that they do not do in every line editor: Enter knows whether an input is whole, Tab
//! indents where nothing is written, Up and Down move within an input before they leave it, a closing
//! bracket steps back, and nothing stops at the mark that a line begins with.
//!
//! A key of `rustyline` is one of its commands, and none of them changes a line in two places. But a
//! completion may: so a key that edits leaves the new line at the [`Desk`] and asks for a completion, which
//! puts it there.

use super::history::Search;
use super::lines::{MARK, TAB, indentation, plain, unfinished, unprompted};
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::sync::{Arc, Mutex, PoisonError};
use unicode_segmentation::UnicodeSegmentation;

/// What keys and the assistant share.
#[derive(Debug, Default)]
pub struct Desk {
    /// What Up looks for.
    pub search: Search,
    /// A line to be put in place of the one that is there, and where the cursor goes.
    pub edited: Option<(String, usize)>,
    /// What ended the line.
    pub ended: Ended,
}

/// What ends a line.
#[derive(Clone, Copy, Debug, Default)]
pub enum Ended {
    /// Enter.
    #[default]
    Entered,
    /// Ctrl-C.
    Abandoned,
    /// Ctrl-Z, with the cursor at a byte: it is to go on there.
    Suspended(usize),
}

/// What a key does with a line in which the cursor stands at a byte.
type Act = fn(&Situation<'_>) -> Answer;

/// What a key does.
enum Answer {
    /// What it always does.
    Usual,
    /// Something that the line editor knows.
    Do(Cmd),
    /// Makes the line this one, with the cursor at that byte.
    Edit(String, usize),
}

/// The line when a key is pressed.
struct Situation<'a> {
    line: &'a str,
    pos: usize,
    /// There is grey text, and it can be accepted.
    accepts: bool,
    hinted: bool,
    key: Option<char>,
    desk: &'a Mutex<Desk>,
}

struct Key {
    act: Act,
    desk: Arc<Mutex<Desk>>,
}

impl ConditionalEventHandler for Key {
    fn handle(&self, event: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let answer = (self.act)(&Situation {
            line: context.line(),
            pos: context.pos(),
            accepts: context.hint_text().is_some(),
            hinted: context.has_hint(),
            key: match event.get(0) {
                Some(KeyEvent(KeyCode::Char(char), _)) => Some(*char),
                _ => None,
            },
            desk: &self.desk,
        });
        match answer {
            Answer::Usual => None,
            Answer::Do(command) => Some(command),
            Answer::Edit(line, pos) => {
                self.desk.lock().unwrap_or_else(PoisonError::into_inner).edited = Some((line, pos));
                Some(Cmd::Complete)
            }
        }
    }
}

/// The keys and what they do.
pub fn bindings(desk: &Arc<Mutex<Desk>>) -> Vec<(Event, EventHandler)> {
    const NONE: Modifiers = Modifiers::NONE;
    let control = |char: char| KeyEvent(KeyCode::Char(char), Modifiers::CTRL);
    let list: Vec<(KeyEvent, Act)> = vec![
        (control('C'), abandon),
        (control('Z'), suspend),
        (KeyEvent(KeyCode::Enter, NONE), enter),
        (control('J'), enter),
        (control('M'), enter),
        (KeyEvent(KeyCode::Enter, Modifiers::ALT), another_line),
        (KeyEvent(KeyCode::Char('M'), Modifiers::CTRL_ALT), another_line),
        (KeyEvent(KeyCode::Char('J'), Modifiers::CTRL_ALT), another_line),
        (KeyEvent(KeyCode::Tab, NONE), tab),
        (KeyEvent(KeyCode::Backspace, NONE), backspace),
        (control('H'), backspace),
        (KeyEvent(KeyCode::Delete, NONE), delete),
        (KeyEvent(KeyCode::Left, NONE), left),
        (control('B'), left),
        (KeyEvent(KeyCode::Right, NONE), right),
        (control('F'), right),
        (KeyEvent(KeyCode::Home, NONE), home),
        (control('A'), home),
        (KeyEvent(KeyCode::End, NONE), end),
        (control('E'), end),
        (control('U'), kill_line),
        (KeyEvent(KeyCode::Up, NONE), up),
        (control('P'), up),
        (KeyEvent(KeyCode::Down, NONE), down),
        (control('N'), down),
        (KeyEvent(KeyCode::Char('}'), NONE), closing),
        (KeyEvent(KeyCode::Char(')'), NONE), closing),
        (KeyEvent(KeyCode::Char(']'), NONE), closing),
        (KeyEvent(KeyCode::Char('>'), NONE), closing),
    ];
    let bound = |(key, act)| {
        let handler = Key { act, desk: desk.clone() };
        (Event::from(key), EventHandler::Conditional(Box::new(handler)))
    };
    list.into_iter().map(bound).collect()
}

impl Situation<'_> {
    fn before(&self) -> &str {
        self.line.get(..self.pos).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.line.get(self.pos..).unwrap_or_default()
    }

    /// What stands before the cursor on its line, without the mark.
    fn before_on_line(&self) -> &str {
        let before = self.before();
        match before.rfind('\n') {
            Some(newline) => unmarked(before.get(newline + 1..).unwrap_or_default()),
            None => before,
        }
    }
}

fn unmarked(line: &str) -> &str {
    line.strip_prefix('\t').unwrap_or(line)
}

/// The column of a place on its line.
fn columns(text: &str) -> usize {
    text.graphemes(true).count()
}

impl Situation<'_> {
    /// The cursor somewhere else.
    fn to(&self, pos: usize) -> Answer {
        Answer::Edit(self.line.to_string(), pos)
    }

    /// The end of the line.
    fn ends(&self, how: Ended) -> Answer {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).ended = how;
        Answer::Do(Cmd::AcceptLine)
    }

    /// Some bytes replaced, and the cursor behind what replaced them.
    fn with(&self, from: usize, to: usize, text: &str) -> Answer {
        let mut line = self.line.to_string();
        match line.get(from..to) {
            Some(_) => line.replace_range(from..to, text),
            None => return Answer::Usual,
        }
        Answer::Edit(line, from + text.len())
    }

    /// Whether nothing but blanks stands before the cursor, on a line that is not the first.
    fn indented(&self) -> bool {
        let line = self.before_on_line();
        self.before().contains('\n') && !line.is_empty() && line.chars().all(|char| char == ' ')
    }
}

/// To `rustyline` an interruption is an error, and what was typed right after it is forgotten with its reader. So
/// this ends the line like Enter, and the desk knows better.
fn abandon(at: &Situation<'_>) -> Answer {
    at.ends(Ended::Abandoned)
}

/// `rustyline` would put the terminal back as it found it, and that is how the prompt holds it.
fn suspend(at: &Situation<'_>) -> Answer {
    if cfg!(unix) { at.ends(Ended::Suspended(at.pos)) } else { Answer::Usual }
}

fn enter(at: &Situation<'_>) -> Answer {
    if unfinished(&unprompted(&plain(at.line))) { another_line(at) } else { at.ends(Ended::Entered) }
}

fn another_line(at: &Situation<'_>) -> Answer {
    at.with(at.pos, at.pos, &format!("{MARK}{}", indentation(&plain(at.before()))))
}

fn tab(at: &Situation<'_>) -> Answer {
    if at.before_on_line().trim().is_empty() { at.with(at.pos, at.pos, &" ".repeat(TAB)) } else { Answer::Usual }
}

/// A bracket that closes what earlier lines opened stands where those lines begin.
fn closing(at: &Situation<'_>) -> Answer {
    let step = at.before_on_line().len().min(TAB);
    match at.key {
        Some(bracket) if at.indented() => at.with(at.pos - step, at.pos, &bracket.to_string()),
        _ => Answer::Usual,
    }
}

/// Takes a whole step of indentation away, and the mark with the end of its line.
fn backspace(at: &Situation<'_>) -> Answer {
    if at.before().ends_with(MARK) {
        return at.with(at.pos - MARK.len(), at.pos, "");
    }
    if !at.indented() {
        return Answer::Usual;
    }
    let step = (at.before_on_line().len() - 1) % TAB + 1;
    at.with(at.pos - step, at.pos, "")
}

fn delete(at: &Situation<'_>) -> Answer {
    if at.after().starts_with(MARK) { at.with(at.pos, at.pos + MARK.len(), "") } else { Answer::Usual }
}

fn left(at: &Situation<'_>) -> Answer {
    if at.before().ends_with(MARK) { at.to(at.pos - MARK.len()) } else { Answer::Usual }
}

fn right(at: &Situation<'_>) -> Answer {
    if at.after().is_empty() && at.hinted {
        return Answer::Do(if at.accepts { Cmd::CompleteHint } else { Cmd::Noop });
    }
    if at.after().starts_with(MARK) { at.to(at.pos + MARK.len()) } else { Answer::Usual }
}

fn home(at: &Situation<'_>) -> Answer {
    at.to(at.pos - at.before_on_line().len())
}

fn end(at: &Situation<'_>) -> Answer {
    if at.after().is_empty() && at.accepts { Answer::Do(Cmd::CompleteHint) } else { Answer::Usual }
}

fn kill_line(at: &Situation<'_>) -> Answer {
    // On the first line what was killed can be yanked.
    if at.before().contains('\n') { at.with(at.pos - at.before_on_line().len(), at.pos, "") } else { Answer::Usual }
}

/// To the line above; from the first line to what was typed before.
fn up(at: &Situation<'_>) -> Answer {
    let Some(newline) = at.before().rfind('\n') else {
        at.desk.lock().unwrap_or_else(PoisonError::into_inner).search.begin(at.line);
        return Answer::Do(Cmd::PreviousHistory);
    };
    let above = at.line.get(..newline).unwrap_or_default();
    let start = above.rfind('\n').map_or(0, |newline| newline + 1);
    at.to(start + column(above.get(start..).unwrap_or_default(), columns(at.before_on_line())))
}

/// To the line below; from the last line to what was typed later.
fn down(at: &Situation<'_>) -> Answer {
    let Some(newline) = at.after().find('\n') else { return Answer::Do(Cmd::NextHistory) };
    let start = at.pos + newline + 1;
    let below = at.line.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
    at.to(start + column(below, columns(at.before_on_line())))
}

/// The byte of a line at which a column begins, or its end.
fn column(line: &str, column: usize) -> usize {
    let text = unmarked(line);
    let mark = line.len() - text.len();
    mark + text.grapheme_indices(true).nth(column).map_or(text.len(), |(at, _)| at)
}
