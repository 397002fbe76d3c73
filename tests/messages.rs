//! The house style of messages, checked over every message literal in the sources.
//!
//! The golden tests check the messages that their programs bring about; this one reads those that no
//! program brought about, too: a title is a fact in lower case without a full stop, short, in the words of
//! the user. What is filled in counts as one letter.
//!
//! `docs/messages.md` has every title with a program that brings it about, from the golden tests.
//! `ADLIB_BLESS=1 cargo test --test messages` makes it again.

#![allow(clippy::unwrap_used, missing_docs)]

use adlib::diagnostic::catalogue::{self, BLANK, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a title stands behind.
const TITLES: &[&str] =
    &["Problem::new(", "not_a_position(", "fail(", "say(", "Message::new(", "Because(", "wrong(", "let long = "];
/// What several titles stand behind, up to the end of the statement: one is chosen, or shortened.
const CHOICES: &[&str] = &["let title = ", ".title = ", " title(format!(", "const LATE_ARGUMENT: &str = "];
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

/// The literals in a statement, up to its end.
fn chosen(statement: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut at, mut depth) = (0, 0_i32);
    while let Some(step) = statement[at..].find(['"', '(', '[', '{', ')', ']', '}', ';']) {
        at += step;
        match statement.as_bytes()[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b'"' => {
                let start = if statement[..at].ends_with("format!(") { at - "format!(".len() } else { at };
                found.extend(literal(&statement[start..]));
                let mut escaped = false;
                let end = statement[at + 1..].find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                at += 1 + end.unwrap_or(0);
            }
            b';' if depth > 0 => {}
            b';' => break,
            _ if depth == 0 => break,
            _ => depth -= 1,
        }
        at += 1;
    }
    found
}

/// The titles that the library raises in the language itself.
fn raised() -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("src/library").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "ad") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| ["error(", "assert(", "_refuse("].iter().any(|call| line.contains(call)))
        {
            let Some((_, text)) = line.split_once('"') else { continue };
            let mut title = String::new();
            let mut depth = 0;
            let mut chars = text.chars();
            while let Some(c) = chars.next() {
                match c {
                    '"' if depth == 0 => break,
                    '\\' => title.extend(chars.next()),
                    '{' => depth += 1,
                    '}' => {
                        depth -= 1;
                        title.push('#');
                    }
                    c if depth == 0 => title.push(c),
                    _ => {}
                }
            }
            found.push(title);
        }
    }
    found
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
                let arguments = &text[at + mark.trim_end_matches("format!(").len()..];
                if CHOICES.contains(mark) {
                    let line = text[..at].matches('\n').count() + 1;
                    let several = chosen(arguments).into_iter().filter(|literal| literal.contains(' '));
                    found.extend(several.map(|literal| (format!("{}:{line}", path.display()), literal)));
                    continue;
                }
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
    let titles = literals(&[TITLES, CHOICES].concat());
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

/// Titles that no golden test shows: of limits and files that no test can bring about everywhere, of what
/// another message says first, of names too long for the usual title.
const UNSHOWN: &[&str] = &[
    "… cannot be read: …",
    "… cannot be written: …",
    "a function does not stand here without parentheses",
    "a path is a plain string",
    "a slice cannot have a step of 0",
    "a string does not fit here",
    "an index is a whole number",
    "… cannot be read",
    "cannot run again",
    "check_grad needs a function that gives numbers",
    "det has no known third derivative at a singular matrix",
    "… does not belong here",
    "einsum needs an array",
    "entries of a tuple come one by one or as a tuple",
    "… gets a zero gradient: nothing flows back to it",
    "… has … columns",
    "… has no …",
    "… has no elements to index",
    "… has whole numbers beyond 2^53",
    "`……` is written `…`",
    "minimize did not converge",
    "… must have the shape of the unknowns",
    "… needs a variable",
    "… needs numbers, found an empty tuple",
    "nothing attached takes part in this",
    "nothing can be assigned to a part of this",
    "nothing joins these two values",
    "nothing to differentiate",
    "stopped by …",
    "the input cannot be read: …",
    "the line ends too early",
    "the output cannot be written: …",
    "the second derivative is not symmetric",
    "the text ends too early",
    "the value does not fit the place",
    "there is no thread to be had for this matrix",
    "there is not enough memory for this array",
    "there is not enough memory for this matrix",
    "these tuples are nested too deep for JSON",
    "this array has another shape than the index was made for",
    "this array has too many axes for NPY",
    "this cannot be compressed: …",
    "this cannot be summed to that shape",
    "this image is too large for max_pool2d",
    "this is not the array you attached",
    "this nests too deep",
    "this picture cannot be written",
    "this picture is too large for a PNG file",
    "this session has read four gigabytes of text",
    "this text is longer than four gigabytes",
    "two entries are called `…`",
    "write a[i] to index",
    "write x[i] = e to assign",
    "… x … pixels have … bytes, found …",
];

/// The programs of the golden tests, each with what it prints.
fn programs(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "ad")
            && let Ok(printed) = fs::read_to_string(path.with_extension("out"))
        {
            found.push((fs::read_to_string(&path).unwrap(), printed));
        }
    }
}

/// The messages in what a program prints: the title of each, and all of it.
fn messages(printed: &str) -> Vec<(String, String)> {
    let title =
        |line: &str| ["error: ", "warning: "].iter().find_map(|level| line.strip_prefix(level)).map(str::to_string);
    let mut found: Vec<(String, String)> = Vec::new();
    for line in printed.lines() {
        if let Some(title) = title(line) {
            found.push((title, line.to_string()));
        } else if let Some((_, message)) = found.last_mut() {
            *message += &format!("\n{line}");
        }
    }
    found
}

/// The words of a title that no program fills in.
fn name(title: &str, most: usize) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric() && c != '_' && c != BLANK);
    let words: Vec<String> =
        words.filter(|word| !word.is_empty() && !word.contains(BLANK)).map(str::to_lowercase).collect();
    words[..words.len().min(most)].join("-")
}

/// The page that the titles and the golden tests make, and the titles that no program shows.
fn page() -> (String, Vec<String>) {
    let mut titles: BTreeSet<String> =
        literals(&[TITLES, CHOICES].concat()).into_iter().map(|(_, title)| title).chain(raised()).collect();
    titles.retain(|title| {
        title.chars().filter(|c| c.is_alphabetic()).count() > 4
            && !title.starts_with("internal error")
            && title.trim() == title
            && title.contains(' ')
    });
    let titles: Vec<String> = titles.iter().map(|title| title.replace('#', &BLANK.to_string())).collect();
    let kinds = || titles.iter().map(|title| Kind { name: "", title, example: "" });
    let mut found = Vec::new();
    programs(Path::new("tests/errors"), &mut found);
    programs(Path::new("tests/language"), &mut found);
    found.sort();
    let mut examples: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for (program, printed) in &found {
        for (title, message) in messages(printed) {
            let Some(kind) = catalogue::best(&title, kinds()) else { continue };
            let Some(kept) = titles.iter().find(|known| *known == kind.title) else { continue };
            // The one that says most in the fewest lines.
            let rank = |message: &str, program: &str| {
                (!message.contains("help: "), !message.contains("╭╴"), program.lines().count(), program.len())
            };
            let better =
                examples.get(kept.as_str()).is_none_or(|(known, before)| rank(&message, program) < rank(before, known));
            if better {
                examples.insert(kept, (program.clone(), message));
            }
        }
    }
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for title in &titles {
        let name = (6..20).map(|most| name(title, most)).find(|name| !names.contains_key(name)).unwrap_or_else(|| {
            let whole = name(title, 20);
            (2..).map(|i| format!("{whole}-{i}")).find(|name| !names.contains_key(name)).unwrap_or_default()
        });
        names.insert(name, title);
    }
    let mut page = "# Messages

Every kind of message, by the name that `--json` gives it, with a program that brings it about.
`adlib help error NAME` shows one; the title of a message will do for its name. What stands for a part of the
program is written …
"
    .to_string();
    let mut missing = Vec::new();
    for (name, title) in names {
        page += &format!("\n## {name}\n\n{title}\n");
        match examples.get(title) {
            Some((program, message)) => {
                page += &format!("\n```\n{}\n```\n\n```\n{}\n```\n", program.trim_end(), message.trim_end())
            }
            None => missing.push(title.to_string()),
        }
    }
    (page, missing)
}

#[test]
fn the_page_of_messages_is_the_one_that_the_tests_make() {
    let (made, missing) = page();
    if std::env::var_os("ADLIB_BLESS").is_some() {
        fs::write("docs/messages.md", &made).unwrap();
    }
    let kept = fs::read_to_string("docs/messages.md").unwrap_or_default().replace("\r\n", "\n");
    let first = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made).map_or(0, |line| line + 1);
    let unexcused: Vec<&String> = missing.iter().filter(|title| !UNSHOWN.contains(&title.as_str())).collect();
    assert!(unexcused.is_empty(), "no golden test shows these: {unexcused:#?}");
    let shown: Vec<&&str> = UNSHOWN.iter().filter(|title| !missing.iter().any(|missing| missing == **title)).collect();
    assert!(shown.is_empty(), "these need no excuse any more: {shown:#?}");
    assert!(kept == made, "docs/messages.md is stale from line {first} on: ADLIB_BLESS=1 cargo test --test messages");
}

#[test]
fn every_message_of_a_golden_test_has_a_name() {
    if std::env::var_os("ADLIB_BLESS").is_some() {
        // The page that is being made is not yet the one in the library.
        return;
    }
    let mut found = Vec::new();
    programs(Path::new("tests/errors"), &mut found);
    programs(Path::new("tests/language"), &mut found);
    let mut count = 0;
    for (program, printed) in &found {
        for (title, message) in messages(printed) {
            let kind = catalogue::kind_of(&title);
            // What a program says itself has none.
            let own = program.contains("error(") || program.contains("assert(");
            assert!(kind.is_some() || own, "no kind of message has this title: {title}\n{message}");
            if let Some(kind) = kind {
                let told = catalogue::explained(kind.name).unwrap();
                assert!(told.starts_with(kind.title), "{told}");
                count += 1;
            }
        }
    }
    assert!(count > 500, "only {count} messages have a name");
    assert!(catalogue::explained("error: nothing is called `sqtr`").unwrap().contains("error: nothing is called"));
    assert_eq!(catalogue::explained("no such thing at all"), None);
}
