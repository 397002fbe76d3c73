//! The house style of messages, checked over every message literal in the sources.
//!
//! The golden tests check the messages that their programs bring about; this one reads those that no
//! program brought about, too: a title is a fact in lower case without a full stop, short, in the words of
//! the user. What is filled in counts as one letter.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

/// What a title stands behind.
const TITLES: &[&str] = &["Problem::new(", "fail(", "say(", "Message::new("];
/// What labels, notes and remedies stand behind.
const OTHERS: &[&str] = &[".label(", ".note(", ".help(", ".patch("];
/// Words that blame, or speak of our insides.
const FORBIDDEN: &[&str] =
    &["invalid", "illegal", "bad", "failed", "unexpected", "tensor", "dtype", "leaf", "tape", "node", "broadcast"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The string literal that an argument is, bare or in a `format!`, placeholders made one letter.
fn literal(argument: &str) -> Option<String> {
    let argument = argument.trim_start().trim_start_matches('&');
    let filled = argument.strip_prefix("format!(");
    let body = filled.unwrap_or(argument).trim_start().strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(out),
            '\\' => match chars.next()? {
                '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                'n' => out.push('\n'),
                other => out.push(other),
            },
            '{' if chars.peek() == Some(&'{') => out.push(chars.next()?),
            '}' if chars.peek() == Some(&'}') => out.push(chars.next()?),
            '{' if filled.is_some() => {
                chars.by_ref().find(|&c| c == '}');
                out.push('#');
            }
            other => out.push(other),
        }
    }
    None
}

/// What follows the first comma that is in no bracket.
fn second(arguments: &str) -> &str {
    let mut depth = 0;
    for (at, c) in arguments.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return "",
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => return &arguments[at + 1..],
            _ => {}
        }
    }
    ""
}

fn literals(marks: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for mark in marks {
            for (at, _) in text.match_indices(mark) {
                let before = text[..at].chars().next_back();
                let own_name = !mark.starts_with('.') && before.is_some_and(|c| c.is_alphanumeric() || c == '_');
                // `voice.say(` prints what is no message.
                let printed = *mark == "say(" && before == Some('.');
                if own_name || printed || text[..at].ends_with("fn ") {
                    continue;
                }
                let arguments = &text[at + mark.len()..];
                // The text of a label comes after its place.
                let argument = if *mark == ".label(" { second(arguments) } else { arguments };
                if let Some(literal) = literal(argument) {
                    let line = text[..at].matches('\n').count() + 1;
                    found.push((format!("{}:{line}", path.display()), literal));
                }
            }
        }
    }
    found
}

#[test]
fn titles_keep_the_style() {
    let titles = literals(TITLES);
    assert!(titles.len() > 350, "only {} titles were found", titles.len());
    let mut breaches = Vec::new();
    for (place, title) in titles.iter().filter(|(_, title)| !title.is_empty()) {
        let mut say = |what: &str| breaches.push(format!("{place}: {what}: {title}"));
        if title.chars().count() > 60 {
            say("more than 60 characters");
        }
        if title.ends_with('.') && !title.ends_with("...") {
            say("a full stop");
        }
        if title.contains('\n') {
            say("two lines");
        }
        let first = title.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
        let name = first.chars().count() == 1 || ["NPY", "JSON", "CSV", "UTF", "PNG", "IDX"].contains(&first);
        if first.starts_with(char::is_uppercase) && !name {
            say("a capital");
        }
        let ours: String = title.split('`').step_by(2).collect();
        let mut words = ours.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        // The function that a title is about may be called so.
        let subject = words.next().filter(|word| adlib::builtin::find(word).is_none());
        if let Some(word) = subject.into_iter().chain(words).find(|word| FORBIDDEN.contains(word)) {
            say(&format!("the word {word}"));
        }
    }
    assert!(breaches.is_empty(), "{} breaches\n{}", breaches.len(), breaches.join("\n"));
}

#[test]
fn labels_notes_and_remedies_have_no_full_stop() {
    let texts = literals(OTHERS);
    assert!(texts.len() > 300, "only {} texts were found", texts.len());
    let stops = texts.iter().filter(|(_, text)| text.ends_with('.') && !text.ends_with("..."));
    let breaches: Vec<String> = stops.map(|(place, text)| format!("{place}: {text}")).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}
