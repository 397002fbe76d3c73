//! The manual that is kept is the one that the declarations make, it names everything, and its examples print
//! what it says.
//!
//! After a change of a declaration, `ADLIB_BLESS=1 cargo test --test manual` makes it again.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use adlib::builtin::{self, library, manual, topics};
use adlib::syntax;
use support::{difference, line, screen, session};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/manual.md");

#[test]
fn the_manual_that_is_kept_is_the_one_that_the_declarations_make() {
    let made = manual::text();
    if std::env::var_os("ADLIB_BLESS").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        std::fs::write(KEPT, &made).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default().replace("\r\n", "\n");
    let first = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made).map_or(0, |line| line + 1);
    assert!(kept == made, "docs/manual.md is stale from line {first} on: ADLIB_BLESS=1 cargo test --test manual");
}

/// The titles of all entries.
fn titles(manual: &str) -> Vec<&str> {
    manual.lines().filter_map(|line| line.strip_prefix("### ")).collect()
}

#[test]
fn everything_is_in_it() {
    let manual = manual::text();
    let titles = titles(&manual);
    let ours = builtin::all().map(|builtin| builtin.name).filter(|name| !name.starts_with(['(', '_']));
    let preludes = library::names().map(str::to_string);
    let modules = library::MODULES
        .iter()
        .flat_map(|(module, text)| library::defined(text).map(move |name| format!("{module}.{name}")));
    for name in ours.map(str::to_string).chain(preludes).chain(modules) {
        assert!(titles.contains(&name.as_str()), "{name} is not in the manual");
    }
    for (names, _) in topics::TOPICS {
        assert!(titles.contains(&names.join(", ").as_str()), "{} is not in the manual", names.join(", "));
    }
    // Nothing stands there twice, so that a link leads to one place.
    for (i, title) in titles.iter().enumerate() {
        assert!(!titles[..i].contains(title), "{title} is in the manual twice");
    }
}

/// The examples of every entry, with its title.
fn examples(manual: &str) -> Vec<(&str, Vec<&str>)> {
    let (mut title, mut found, mut inside) = ("", Vec::new(), None::<Vec<&str>>);
    for line in manual.lines() {
        match &mut inside {
            Some(lines) if line == "```" => {
                found.push((title, std::mem::take(lines)));
                inside = None;
            }
            Some(lines) => lines.push(line),
            None if line == "```adlib" => inside = Some(Vec::new()),
            None => title = line.strip_prefix("### ").or(line.strip_prefix("## ")).unwrap_or(title),
        }
    }
    found
}

#[test]
fn its_examples_print_what_it_says() {
    // Some examples write files.
    std::env::set_current_dir(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let manual = manual::text();
    let mut wrong = Vec::new();
    let all = examples(&manual);
    for (title, lines) in &all {
        let (mut session, output) = session();
        let (mut expected, mut found, mut input) = (String::new(), String::new(), String::new());
        for text in lines {
            line(&mut expected, text);
            let Some(typed) = text.strip_prefix("> ") else { continue };
            line(&mut found, text);
            input.push_str(typed);
            if syntax::parse(&input, 1).is_err_and(|errors| errors.iter().any(|error| error.unfinished)) {
                input.push('\n');
                continue;
            }
            found.push_str(&screen(&mut session, &output, &input).0);
            input.clear();
        }
        if expected.trim_end() != found.trim_end() {
            wrong.push(format!("{title}: - in the manual, + printed\n{}", difference(&expected, &found)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} have wrong examples\n\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert!(all.len() > 250, "only {} entries have examples", all.len());
}
