//! A message as text, and a test of the house style and of every patch.
//!
//! ```text
//! error: `&&` is written `and`
//! 1:3 `&&` not an operator
//! help: write `and`
//! becomes: a and b
//! ```

use adlib::diagnostic::{Diagnostic, Edit, Level};
use adlib::source::{Sources, Span};
use adlib::syntax::parse;

/// The text of a message about a program that `sources` holds.
pub fn show(diagnostic: &Diagnostic, sources: &Sources, program: &str, base: u32) -> String {
    let level = match diagnostic.level {
        Level::Error if diagnostic.unfinished => "unfinished",
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let mut lines = vec![format!("{level}: {}", diagnostic.problem.title)];
    for (span, label) in &diagnostic.problem.labels {
        let (line, column) = sources.line_column(span.start).expect("a label has a place");
        let text = sources.text(*span).replace('\n', "⏎").replace(|c: char| c.is_control(), "�");
        lines.push(format!("{line}:{column} `{text}` {label}"));
    }
    lines.extend(diagnostic.problem.notes.iter().map(|note| format!("note: {note}")));
    for help in &diagnostic.problem.helps {
        lines.push(format!("help: {}", help.text));
        if !help.edits.is_empty() {
            let mended = apply(program, base, &help.edits);
            // Another mistake on another line may remain.
            let line = sources.line_column(diagnostic.span().start).map(|place| place.0);
            let mut mended_sources = Sources::default();
            mended_sources.add("mended.ad", &mended, false);
            if let Err(errors) = parse(&mended, 1)
                && !errors[0].unfinished
                && mended_sources.line_column(errors[0].span().start).map(|place| place.0) <= line
            {
                panic!("the patch of\n{program}\ngives\n{mended}\nwhich says {}", errors[0].problem.title);
            }
            lines.push(format!("becomes: {}", mended.replace('\n', "⏎").replace('\r', "")));
        }
    }
    style(diagnostic);
    lines.join("\n")
}

fn apply(program: &str, base: u32, edits: &[Edit<Span>]) -> String {
    let mut changes: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| match edit {
            Edit::Before(at, text) => ((at.start - base) as usize, (at.start - base) as usize, text.as_str()),
            Edit::After(at, text) => ((at.end - base) as usize, (at.end - base) as usize, text.as_str()),
            Edit::Replace(at, text) => ((at.start - base) as usize, (at.end - base) as usize, text.as_str()),
        })
        .collect();
    changes.sort();
    let mut mended = program.to_string();
    for (start, end, text) in changes.into_iter().rev() {
        mended.replace_range(start..end, text);
    }
    mended
}

fn style(diagnostic: &Diagnostic) {
    let title = &diagnostic.problem.title;
    assert!(title.chars().count() <= 60, "too long: {title}");
    assert!(!title.ends_with('.'), "a full stop: {title}");
    assert!(!title.starts_with(char::is_uppercase), "a capital: {title}");
    for word in ["invalid", "illegal", "bad ", "failed", "unexpected", "token", "parse"] {
        assert!(!title.contains(word), "the word {word}: {title}");
    }
    assert!(!diagnostic.problem.labels.is_empty(), "no place: {title}");
}
