//! The grey text behind the cursor: what a call still takes, what a name holds, or how an earlier input went
//! on. Only the last can be accepted, with Right or End.

use super::call::around;
use super::lines::{MARK, plain};
use super::preview::{parts, shortened};
use crate::interpret::Session;
use crate::syntax::paint::{Class, words};
use crate::value::Value;
use rustyline::hint::Hint;

/// A longer line gets none.
const LONGEST: usize = 2000;
/// Columns that a value may take.
const WIDTH: usize = 40;

/// Grey text.
pub struct Ghost {
    text: String,
    accepted: Option<String>,
}

impl Hint for Ghost {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.accepted.as_deref()
    }
}

/// What to show behind a line; `earlier` finds an input that begins like it.
pub fn ghost(line: &str, session: &Session, earlier: impl FnOnce() -> Option<String>) -> Option<Ghost> {
    if line.len() > LONGEST || line.trim().is_empty() {
        return None;
    }
    let text = plain(line);
    let shown = |text: String| (!text.is_empty()).then_some(Ghost { text, accepted: None });
    if !text.starts_with([':', '?']) {
        if let Some(call) = around(&text, session).filter(|call| call.fresh) {
            return shown(call.open().collect::<Vec<_>>().join(", ") + ")");
        }
        if let Some(value) = named(&text, session) {
            let (kind, value) = parts(value);
            return shown(format!("  {}", shortened(&if value.is_empty() { kind } else { value }, WIDTH)));
        }
    }
    let rest = earlier()?.strip_prefix(line)?.to_string();
    // Of several lines the first is shown, and all are taken.
    let first = rest.split(MARK).next().unwrap_or_default();
    let text = if first.len() < rest.len() { format!("{first} …") } else { first.to_string() };
    (!rest.is_empty()).then_some(Ghost { text, accepted: Some(rest) })
}

/// The variable whose name a text ends in.
fn named<'s>(text: &str, session: &'s Session) -> Option<&'s Value> {
    let words = words(text);
    let last = words.last().filter(|word| word.class == Class::Name && word.range.end == text.len())?;
    let before = words.len().checked_sub(2).and_then(|at| words.get(at));
    if before.is_some_and(|word| word.class == Class::Dot || text.get(word.range.clone()) == Some("fn")) {
        return None;
    }
    let name = text.get(last.range.clone())?;
    let value = session.get(name)?;
    let theirs = session.names().iter().any(|known| &**known == name) || name == "ans";
    (theirs && !matches!(value, Value::Builtin(_))).then_some(value)
}
