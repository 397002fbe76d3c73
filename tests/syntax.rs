//! What programs mean, and what is said about those that mean nothing.
//!
//! A case in `tests/syntax/*.txt` is a program, a line `---`, and its tree or its message; a line `===`
//! parts two cases. `ADLIB_BLESS=1 cargo test --test syntax` writes down what comes out.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "syntax/limits.rs"]
mod limits;
#[path = "syntax/message.rs"]
mod message;
#[path = "syntax/mutations.rs"]
mod mutations;
#[path = "syntax/names.rs"]
mod names;
#[path = "syntax/spans.rs"]
mod spans;
#[path = "syntax/tree.rs"]
mod tree;

use adlib::source::Sources;
use adlib::syntax::parse;
use std::path::Path;

/// The positions of a text do not begin at 0, so that a forgotten `base` shows.
fn outcome(program: &str) -> String {
    let mut sources = Sources::default();
    sources.add("before.ad", "something before", false);
    let base = sources.add("case.ad", program, false).unwrap();
    match parse(program, base) {
        Ok(parsed) => {
            let mut lines: Vec<String> =
                parsed.warnings.iter().map(|warning| message::show(warning, &sources, program, base)).collect();
            lines.push(tree::program(&parsed.block, program, base));
            lines.join("\n")
        }
        Err(errors) => {
            assert!((1..=3).contains(&errors.len()), "one to three errors");
            let shown: Vec<String> = errors.iter().map(|error| message::show(error, &sources, program, base)).collect();
            shown.join("\n\n")
        }
    }
}

/// Characters that a fixture cannot show are written as names.
const NAMED: [(&str, &str); 5] =
    [("‹NUL›", "\0"), ("‹CR›", "\r"), ("‹LF›", "\n"), ("‹BOM›", "\u{feff}"), ("‹NBSP›", "\u{a0}")];

fn fixture(name: &str) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut blessed = Vec::new();
    let mut wrong = Vec::new();
    for case in text.trim_end_matches('\n').split("\n===\n") {
        let (shown, expected) = case.split_once("\n---").expect("a case has a line `---`");
        let program = NAMED.iter().fold(shown.to_string(), |text, (name, character)| text.replace(name, character));
        let found = outcome(&program);
        let expected = expected.strip_prefix('\n').unwrap_or(expected);
        if found != expected {
            wrong.push(format!("{shown}\n  expected: {expected}\n  found:    {found}"));
        }
        blessed.push(format!("{shown}\n---\n{found}"));
    }
    if std::env::var_os("ADLIB_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, blessed.join("\n===\n") + "\n").unwrap();
    } else {
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n\n"));
    }
    blessed.len()
}

#[test]
fn programs_mean_their_trees() {
    assert_eq!(fixture("programs.txt"), 270);
}

/// The two rules of this language that nobody brings along.
#[test]
fn records_close_and_lines_end_where_they_should() {
    assert!(fixture("records.txt") + fixture("newlines.txt") >= 60);
}

#[test]
fn habits_of_other_languages_are_answered() {
    fixture("habits.txt");
}

#[test]
fn strings_hold_expressions() {
    fixture("strings.txt");
}
