//! Programs and what they print.
//!
//! `NAME.ad` under one of the [`FOLDERS`] is run, and what it prints, then its warnings and its error,
//! must equal `NAME.out` beside it. A file whose name starts with `_` is a module that others import.
//! `NAME.session` is a conversation: lines that start with `ad> ` are inputs, those with `  : ` continue
//! them, and the rest is what the screen shows. `ADLIB_BLESS=1 cargo test --test golden` writes down
//! what comes out; read it before committing it.
//!
//! Under `errors/` every program ends in an error; each patch that any message proposes must make the
//! message go away. Every message anywhere keeps the house style.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use adlib::diagnostic::draw::patched;
use adlib::diagnostic::{Diagnostic, Edit, Level};
use adlib::interpret::{Echo, Session};
use adlib::source::Span;
use adlib::value::Value;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::{difference, drawn, line, screen, session};

/// Where the programs are, below `tests/`.
const FOLDERS: &[&str] = &["language", "values", "errors", "programs", "session"];

/// Words that no title may hold: they blame, or speak of our insides.
const FORBIDDEN: &[&str] = &[
    "invalid",
    "illegal",
    "bad",
    "failed",
    "unexpected",
    "tensor",
    "dtype",
    "leaf",
    "tape",
    "node",
    "broadcast",
    "broadcasting",
    "broadcasted",
];

/// Beginnings of titles of messages that need no more than their title and place.
const WAIVED: &[&str] = &[
    "nothing is called",
    "2 names on the left, 3 values on the right",
    "3 names on the left, 2 values on the right",
    "a number cannot be taken apart into 2 names",
    "a slice needs whole numbers, found 0.5",
    "a string has no sign to change",
    "a style is \"braille\", \"blocks\" or \"ascii\"",
    "heatmap needs places in equal steps",
    "module _fine has nothing called `value_of_y`",
    "pause has no argument called `train`",
    "root needs numbers, found a string",
    "the names of module _fine cannot be assigned from outside",
    "the parts of a string cannot be assigned",
];

const BLESS: &str = "ADLIB_BLESS=1 cargo test --test golden";

fn main() {
    let arguments = Arguments::from_args();
    let mut files = BTreeSet::new();
    FOLDERS.iter().for_each(|folder| collect(&Path::new("tests").join(folder), &mut files));
    let mut trials = Vec::new();
    for path in &files {
        let name = path.strip_prefix("tests").unwrap().with_extension("").to_string_lossy().replace('\\', "/");
        let path = path.clone();
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        match &*extension {
            "ad" if path.file_name().unwrap().to_string_lossy().starts_with('_') => {}
            "ad" => trials.push(Trial::test(name, move || program(&path))),
            "session" => trials.push(Trial::test(name, move || conversation(&path))),
            "out" if files.contains(&path.with_extension("ad")) => {}
            "out" => trials.push(Trial::test(format!("{name}.out"), || Err("no program belongs to it".into()))),
            // Data that a program reads.
            _ => {}
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.insert(path);
        }
    }
}

/// What a program puts on the screen, and the session it ran in.
struct Ran {
    screen: String,
    messages: Vec<Diagnostic>,
    session: Session,
}

fn run(path: &Path, text: &str) -> Ran {
    let (mut session, output) = session();
    session.set_folder(path.parent().unwrap());
    session.end_with_error();
    session.set("args", Value::tuple(vec![Value::text("one"), Value::text("two")]));
    let result = session.run(&path.file_name().unwrap().to_string_lossy(), text, Echo::Nothing);
    let mut screen = output.take();
    let mut messages = session.take_warnings();
    messages.extend(result.err().into_iter().flatten());
    messages.iter().for_each(|message| line(&mut screen, &drawn(message, &session)));
    Ran { screen, messages, session }
}

fn program(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let ran = run(path, &text);
    let error = ran.messages.iter().find(|message| message.level == Level::Error);
    match (error, path.starts_with("tests/errors")) {
        (None, true) => return Err(format!("it ends without an error:\n{}", ran.screen).into()),
        (Some(_), false) => return Err(format!("it ends in an error:\n{}", ran.screen).into()),
        _ => {}
    }
    for message in &ran.messages {
        style(message, &text)?;
    }
    for message in &ran.messages {
        remedies(message, path, &text, &ran.session)?;
    }
    if ran.screen.trim().is_empty() {
        return Err("it prints nothing, so it shows nothing".into());
    }
    compare(&path.with_extension("out"), &ran.screen)
}

/// Compares with a file that says what should come out, or writes it.
fn compare(path: &Path, found: &str) -> Result<(), Failed> {
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == found {
        return Ok(());
    }
    if std::env::var_os("ADLIB_BLESS").is_some() {
        fs::write(path, found)?;
        return Ok(());
    }
    let state = if expected.is_empty() { " (missing or empty)" } else { "" };
    let difference = difference(&expected, found);
    Err(format!("{}{state}: - expected, + found; if what was found is right: {BLESS}\n{difference}", path.display())
        .into())
}

/// A conversation at the prompt.
fn conversation(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let (mut session, output) = session();
    session.set_folder(path.parent().unwrap());
    let mut found = String::new();
    let mut lines = text.lines().peekable();
    let mut answers = 0;
    let mut inputs = Vec::new();
    while let Some(first) = lines.next() {
        let Some(first) = first.strip_prefix("ad> ") else {
            if found.is_empty() {
                return Err(format!("it should start with an input, and starts with {first}").into());
            }
            continue;
        };
        line(&mut found, &format!("ad> {first}"));
        let mut input = first.to_string();
        while let Some(more) = lines.next_if(|line| line.starts_with("  :")) {
            line(&mut found, more);
            input.push('\n');
            input.push_str(more.strip_prefix("  : ").unwrap_or_default());
        }
        let (shown, messages) = screen(&mut session, &output, &input);
        inputs.push(input);
        for message in &messages {
            style(message, &text)?;
            retyped(message, path, &inputs, &session)?;
        }
        answers += usize::from(!shown.is_empty());
        found.push_str(&shown);
    }
    if answers == 0 {
        return Err("nothing is ever shown, so it shows nothing".into());
    }
    compare(path, &found)
}

/// Whether a message keeps to the style of the house.
fn style(message: &Diagnostic, text: &str) -> Result<(), Failed> {
    let title = &message.problem.title;
    let breach = |what: &str| Err(format!("{what}: {title}").into());
    if title.chars().count() > 60 {
        return breach("a title has at most 60 characters");
    }
    if title.is_empty() || title.ends_with('.') {
        return breach("a title is not empty and has no full stop");
    }
    let words = || title.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let first = words().next().unwrap_or_default();
    if first.starts_with(char::is_uppercase) && !text.contains(first) {
        return breach("a title starts in lower case, unless with a name of the program");
    }
    let subject = |word: &str| word == first && adlib::builtin::find(word).is_some();
    // What stands in backquotes is the program's, and so is the function that a title is about.
    let ours: String = title.split('`').step_by(2).collect();
    let mut ours = ours.split(|c: char| !c.is_alphanumeric() && c != '_');
    if let Some(word) = ours.find(|word| FORBIDDEN.contains(&&*word.to_lowercase()) && !subject(word)) {
        return breach(&format!("a title does not say {word}"));
    }
    if message.problem.labels.is_empty() {
        return breach("a message has a place");
    }
    let silent = message.problem.helps.is_empty()
        && message.problem.notes.is_empty()
        && message.problem.labels.iter().all(|(_, label)| label.is_empty());
    // What a program raises itself says what it says.
    if silent && !text.contains("error(") && !text.contains("assert") && !bare(title) {
        return breach("a message has a remedy, a note or a label that says more than the title");
    }
    let stops = |text: &str| text.ends_with('.') && !text.ends_with("...");
    let labels = message.problem.labels.iter().map(|(_, text)| text);
    let helps = message.problem.helps.iter().map(|help| &help.text);
    if let Some(text) = labels.chain(helps).find(|text| stops(text)) {
        return breach(&format!("a label and a remedy have no full stop: {text}"));
    }
    Ok(())
}

/// Titles that say all there is to say.
fn bare(title: &str) -> bool {
    WAIVED.iter().any(|start| title.starts_with(start))
}

fn place_of(edit: &Edit<Span>) -> Span {
    match edit {
        Edit::Before(span, _) | Edit::After(span, _) | Edit::Replace(span, _) => *span,
    }
}

/// Whether every patch that a message proposes makes it go away. A warning's must leave a program that runs.
fn remedies(error: &Diagnostic, path: &Path, text: &str, session: &Session) -> Result<(), Failed> {
    for help in error.problem.helps.iter().filter(|help| !help.edits.is_empty()) {
        let place = help.edits.first().map_or(Span::default(), place_of);
        let source = session.sources.at(place.start).ok_or("a patch has a place")?;
        let mended = patched(&source.text, source.base, &help.edits)
            .ok_or_else(|| format!("this patch cannot be made: {}", help.text))?;
        if let Err(errors) = adlib::syntax::parse(&mended, 1) {
            return Err(
                format!("patched ({}), it does not parse: {}\n{mended}", help.text, errors[0].problem.title).into()
            );
        }
        // It would have to be written to the file.
        if source.text != text {
            return Err(format!("a patch in another file cannot be tried: {}", help.text).into());
        }
        let again = run(path, &mended);
        let place = again.session.sources.line_column(error.span().start);
        let same = |message: &&Diagnostic| {
            let here = error.level == Level::Error
                || again.session.sources.line_column(message.span().start).map(|place| place.0)
                    == place.map(|place| place.0);
            message.level == error.level && message.problem.title == error.problem.title && here
        };
        if again.messages.iter().find(same).is_some() {
            return Err(format!("patched ({}), it says the same:\n{mended}\n{}", help.text, again.screen).into());
        }
        if let Some(worse) = again.messages.iter().find(|message| message.level == Level::Error) {
            return Err(format!("patched ({}), it fails: {}\n{mended}", help.text, worse.problem.title).into());
        }
    }
    Ok(())
}

/// Whether every patch that a message at the prompt proposes makes it go away, if the input is typed so.
fn retyped(message: &Diagnostic, path: &Path, inputs: &[String], session: &Session) -> Result<(), Failed> {
    for help in message.problem.helps.iter().filter(|help| !help.edits.is_empty()) {
        let place = help.edits.first().map_or(Span::default(), place_of);
        let source = session.sources.at(place.start).ok_or("a patch has a place")?;
        let mended = patched(&source.text, source.base, &help.edits)
            .ok_or_else(|| format!("this patch cannot be made: {}", help.text))?;
        let at = inputs.iter().rposition(|input| *input == source.text).ok_or("a patch is of an input")?;
        let (mut again, output) = self::session();
        again.set_folder(path.parent().unwrap());
        let mut messages = Vec::new();
        for (i, input) in inputs.iter().enumerate() {
            messages = screen(&mut again, &output, if i == at { &mended } else { input }).1;
        }
        let worse = |other: &&Diagnostic| other.level == Level::Error || other.problem.title == message.problem.title;
        if let Some(worse) = messages.iter().find(worse) {
            return Err(format!("patched ({}), it says: {}\n{mended}", help.text, worse.problem.title).into());
        }
    }
    Ok(())
}
