//! Every example in the documentation of our functions prints what it says.
//!
//! Lines that start with `> ` are typed one after the other at a fresh prompt; one that is unfinished is
//! continued by the next. What follows, up to the next such line, is what the screen shows.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use adlib::syntax;
use support::{difference, line, screen, session};

/// The examples of a documentation as lines of a screen, and what the screen really shows.
fn examples(doc: &str) -> (String, String) {
    let (mut session, output) = session();
    let (mut expected, mut found) = (String::new(), String::new());
    let mut input = String::new();
    for text in doc.lines().skip_while(|text| !text.starts_with("> ")) {
        line(&mut expected, text);
        let Some(typed) = text.strip_prefix("> ") else { continue };
        line(&mut found, text);
        input.push_str(typed);
        if let Err(errors) = syntax::parse(&input, 1)
            && errors.iter().any(|error| error.unfinished)
        {
            input.push('\n');
            continue;
        }
        found.push_str(&screen(&mut session, &output, &input).0);
        input.clear();
    }
    (expected.trim_end().to_string(), found.trim_end().to_string())
}

#[test]
fn every_example_prints_what_it_says() {
    // Some examples write files.
    std::env::set_current_dir(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for builtin in adlib::builtin::all() {
        let (expected, found) = examples(builtin.doc);
        count += usize::from(!expected.is_empty());
        if expected != found {
            wrong.push(format!("{}: - documented, + printed\n{}", builtin.name, difference(&expected, &found)));
        }
    }
    assert!(count > 10, "only {count} functions have examples");
    assert!(wrong.is_empty(), "{} of {count} have wrong examples\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_documentation_starts_with_a_sentence() {
    for builtin in adlib::builtin::all() {
        let first = builtin.doc.lines().next().unwrap_or_default();
        assert!(first.ends_with(['.', ':']), "{}: {first}", builtin.name);
    }
}

#[test]
fn every_function_has_an_example() {
    // One waits for somebody to type, the other prints pages.
    let excused = ["input", "help"];
    for builtin in adlib::builtin::all() {
        let public = !builtin.name.starts_with(['(', '_']) && !excused.contains(&builtin.name);
        assert!(!public || builtin.doc.contains("\n> "), "{} has no example", builtin.name);
    }
}

#[test]
fn the_session_of_the_readme_happens_as_printed() {
    let (mut session, output) = session();
    let (mut expected, mut found, mut input) = (String::new(), String::new(), String::new());
    let mut run = |input: &mut String, found: &mut String| {
        if !input.is_empty() {
            found.push_str(&screen(&mut session, &output, input).0);
            input.clear();
        }
    };
    for text in include_str!("../README.md").lines() {
        if let Some(typed) = text.strip_prefix("    ad> ") {
            run(&mut input, &mut found);
            input.push_str(typed);
        } else if let Some(typed) = text.strip_prefix("      : ") {
            input.push('\n');
            input.push_str(typed);
        } else if input.is_empty() {
            continue;
        } else if let Some(shown) = text.strip_prefix("    ") {
            line(&mut expected, shown);
        } else {
            run(&mut input, &mut found);
        }
    }
    assert!(expected.len() > 50, "the session is gone");
    assert_eq!(found.trim_end(), expected.trim_end());
}
