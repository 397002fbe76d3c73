//! Messages for programs to read: one JSON object on a line.
//!
//! An editor shows what a person would see, so the object has all of it: the places of the labels as bytes
//! and as lines and columns, the remedies as edits that can be made, and the name that `adlib help error`
//! explains. Lines and columns count from 1,
//! columns in characters; bytes count from 0.

use super::{Diagnostic, Edit, Level, catalogue};
use crate::source::{Sources, Span};
use std::fmt::Write;

/// A message as a JSON object, without the end of the line.
pub fn json(d: &Diagnostic, sources: &Sources) -> String {
    let level = match d.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let labels = d.problem.labels.iter().enumerate().map(|(i, (span, text))| {
        format!("{{\"text\":{},\"primary\":{},\"place\":{}}}", string(text), i == 0, place(*span, sources))
    });
    let helps = d.problem.helps.iter().map(|help| {
        let edits = help.edits.iter().map(|edit| {
            let (span, new) = match edit {
                Edit::Before(span, new) => (span.before(), new),
                Edit::After(span, new) => (span.after(), new),
                Edit::Replace(span, new) => (*span, new),
            };
            format!("{{\"place\":{},\"new\":{}}}", place(span, sources), string(new))
        });
        format!("{{\"text\":{},\"edits\":{}}}", string(&help.text), list(edits))
    });
    let calls = d
        .calls
        .iter()
        .map(|(name, span)| format!("{{\"function\":{},\"place\":{}}}", string(name), place(*span, sources)));
    format!(
        "{{\"level\":\"{level}\",\"name\":{},\"title\":{},\"labels\":{},\"notes\":{},\"helps\":{},\"calls\":{},\"unfinished\":{}}}",
        catalogue::kind_of(&d.problem.title).map_or("null".to_string(), |kind| string(kind.name)),
        string(&d.problem.title),
        list(labels),
        list(d.problem.notes.iter().map(|note| string(note))),
        list(helps),
        list(calls),
        d.unfinished
    )
}

/// A place that the user wrote; `null` for one in a library, or nowhere.
fn place(span: Span, sources: &Sources) -> String {
    let Some((source, range)) = sources.locate(span).filter(|(source, _)| !source.library) else {
        return "null".to_string();
    };
    let point = |byte: usize| {
        let position = source.base.saturating_add(u32::try_from(byte).unwrap_or(u32::MAX));
        let (line, column) = sources.line_column(position).unwrap_or((1, 1));
        format!("{{\"byte\":{byte},\"line\":{line},\"column\":{column}}}")
    };
    format!("{{\"file\":{},\"start\":{},\"end\":{}}}", string(&source.name), point(range.start), point(range.end))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A JSON string.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
