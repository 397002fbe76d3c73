//! What keys do here that they do not do in every line editor: Enter knows whether an input is whole, Tab
//! indents where nothing is written, Up and Down move within an input before they leave it, and nothing
//! stops at the mark that a line begins with.

use super::history::Search;
use super::lines::{MARK, TAB, indentation, plain, unfinished};
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent, Modifiers, Movement,
    RepeatCount,
};
use std::sync::{Arc, Mutex, PoisonError};
use unicode_segmentation::UnicodeSegmentation;

/// What a key does with a line in which the cursor stands at a byte; nothing is what it always does.
type Act = fn(&Situation<'_>) -> Option<Cmd>;

/// The line when a key is pressed.
struct Situation<'a> {
    line: &'a str,
    pos: usize,
    /// There is grey text, and it can be accepted.
    accepts: bool,
    hinted: bool,
    search: &'a Mutex<Search>,
}

struct Key {
    act: Act,
    search: Arc<Mutex<Search>>,
}

impl ConditionalEventHandler for Key {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        (self.act)(&Situation {
            line: context.line(),
            pos: context.pos(),
            accepts: context.hint_text().is_some(),
            hinted: context.has_hint(),
            search: &self.search,
        })
    }
}

/// The keys and what they do.
pub fn bindings(search: &Arc<Mutex<Search>>) -> Vec<(Event, EventHandler)> {
    const NONE: Modifiers = Modifiers::NONE;
    let control = |char: char| KeyEvent(KeyCode::Char(char), Modifiers::CTRL);
    let list: Vec<(KeyEvent, Act)> = vec![
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
    ];
    let bound = |(key, act)| {
        let handler = Key { act, search: search.clone() };
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

/// How many times an arrow must be pressed to pass a text.
fn steps(text: &str) -> RepeatCount {
    RepeatCount::try_from(text.graphemes(true).count()).unwrap_or(RepeatCount::MAX)
}

fn back(text: &str) -> Option<Cmd> {
    Some(if text.is_empty() { Cmd::Noop } else { Cmd::Move(Movement::BackwardChar(steps(text))) })
}

fn forth(text: &str) -> Option<Cmd> {
    Some(if text.is_empty() { Cmd::Noop } else { Cmd::Move(Movement::ForwardChar(steps(text))) })
}

fn enter(at: &Situation<'_>) -> Option<Cmd> {
    if unfinished(&plain(at.line)) { another_line(at) } else { Some(Cmd::AcceptLine) }
}

fn another_line(at: &Situation<'_>) -> Option<Cmd> {
    Some(Cmd::Insert(1, format!("{MARK}{}", indentation(&plain(at.before())))))
}

fn tab(at: &Situation<'_>) -> Option<Cmd> {
    at.before_on_line().trim().is_empty().then(|| Cmd::Insert(1, " ".repeat(TAB)))
}

/// Takes a whole step of indentation away, and the mark with the end of its line.
fn backspace(at: &Situation<'_>) -> Option<Cmd> {
    if at.before().ends_with(MARK) {
        return Some(Cmd::Kill(Movement::BackwardChar(2)));
    }
    let line = at.before_on_line();
    let blank = !line.is_empty() && at.before().contains('\n') && line.chars().all(|char| char == ' ');
    let more = (line.len().max(1) - 1) % TAB + 1;
    blank.then(|| Cmd::Kill(Movement::BackwardChar(RepeatCount::try_from(more).unwrap_or(1))))
}

fn delete(at: &Situation<'_>) -> Option<Cmd> {
    at.after().starts_with(MARK).then_some(Cmd::Kill(Movement::ForwardChar(2)))
}

fn left(at: &Situation<'_>) -> Option<Cmd> {
    at.before().ends_with(MARK).then_some(Cmd::Move(Movement::BackwardChar(2)))
}

fn right(at: &Situation<'_>) -> Option<Cmd> {
    if at.after().is_empty() && at.hinted {
        return Some(if at.accepts { Cmd::CompleteHint } else { Cmd::Noop });
    }
    at.after().starts_with(MARK).then_some(Cmd::Move(Movement::ForwardChar(2)))
}

fn home(at: &Situation<'_>) -> Option<Cmd> {
    back(at.before_on_line())
}

fn end(at: &Situation<'_>) -> Option<Cmd> {
    (at.after().is_empty() && at.accepts).then_some(Cmd::CompleteHint)
}

fn kill_line(at: &Situation<'_>) -> Option<Cmd> {
    let line = at.before_on_line();
    (!line.is_empty()).then(|| Cmd::Kill(Movement::BackwardChar(steps(line))))
}

/// To the line above; from the first line to what was typed before.
fn up(at: &Situation<'_>) -> Option<Cmd> {
    let before = at.before();
    let Some(newline) = before.rfind('\n') else {
        at.search.lock().unwrap_or_else(PoisonError::into_inner).begin(at.line);
        return Some(Cmd::PreviousHistory);
    };
    let above = before.get(..newline).unwrap_or_default();
    let start = above.rfind('\n').map_or(0, |newline| newline + 1);
    let target = start + column(above.get(start..).unwrap_or_default(), steps(at.before_on_line()));
    back(before.get(target..).unwrap_or_default())
}

/// To the line below; from the last line to what was typed later.
fn down(at: &Situation<'_>) -> Option<Cmd> {
    let after = at.after();
    let Some(newline) = after.find('\n') else { return Some(Cmd::NextHistory) };
    let below = after.get(newline + 1..).unwrap_or_default();
    let below = below.split('\n').next().unwrap_or_default();
    let target = newline + 1 + column(below, steps(at.before_on_line()));
    forth(after.get(..target).unwrap_or_default())
}

/// The byte of a line at which a column begins, or its end.
fn column(line: &str, column: RepeatCount) -> usize {
    let text = unmarked(line);
    let mark = line.len() - text.len();
    mark + text.grapheme_indices(true).nth(usize::from(column)).map_or(text.len(), |(at, _)| at)
}
