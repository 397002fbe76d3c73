//! Layers import only downward, libraries are named where they belong, and a file is one idea.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};

/// The layers, highest first. A file may use those below its own, and its own folder.
const LAYERS: &[&[&str]] = &[
    &["main", "arguments"],
    &["tools"],
    &["repl"],
    &["interpret"],
    &["builtin"],
    &["data", "plot"],
    &["value"],
    &["show", "syntax", "autodiff"],
    &["array"],
    &["diagnostic"],
    &["source"],
];

/// Which library may be named where.
const LIBRARIES: &[(&str, &str)] = &[
    ("ndarray", "src/array/"),
    ("faer", "src/array/"),
    ("rustfft", "src/array/"),
    ("pulp", "src/array/lanes"),
    ("rustyline", "src/repl/"),
    ("signal_hook", "src/repl/terminal.rs"),
    ("rustix", "src/repl/terminal.rs"),
    ("logos", "src/syntax/"),
    ("lalrpop_util", "src/syntax/mod.rs"),
    ("flate2", "src/data/door.rs"),
    ("serde_json", "src/data/json.rs"),
    ("tiny_skia", "src/plot/png.rs"),
    ("ttf_parser", "src/plot/letters.rs"),
    ("annotate_snippets", "src/diagnostic/draw.rs"),
];

/// Lines that a file should not exceed.
const LINES: usize = 400;

/// Files that do, and why they stay one.
const LONG: &[(&str, &str)] = &[("src/syntax/ast.rs", "the whole tree, to be read as one")];

fn rust_files(folder: &Path, found: &mut Vec<(String, String)>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.to_string_lossy().replace('\\', "/"), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Every file, by name, with its text.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    rust_files(Path::new("src"), &mut found);
    assert!(found.len() > 20);
    found
}

/// The lines of a text that are not comments, numbered.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

#[test]
fn imports_point_downward() {
    let mut wrong = Vec::new();
    for (name, text) in files() {
        let own = name.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
        if own == "lib" {
            continue;
        }
        let own_rank = rank(own).unwrap_or_else(|| panic!("{name} belongs to no layer"));
        for (number, line) in code(&text) {
            let paths = line.split("crate::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
                Some(list) => list.split(',').map(str::trim).collect(),
                None => vec![rest],
            });
            for path in paths {
                let used = path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                // What is in no layer is a macro.
                if used != own && rank(used).is_some_and(|used| used <= own_rank) {
                    wrong.push(format!("{name}:{number} uses {used}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these imports do not point downward:\n{}", wrong.join("\n"));
}

#[test]
fn libraries_are_named_where_they_belong() {
    let mut wrong = Vec::new();
    for (name, text) in files() {
        for (number, line) in code(&text) {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            for &(library, place) in LIBRARIES {
                if !name.starts_with(place)
                    && words.clone().any(|word| word == library)
                    && !line.contains(&format!("\"{library}\""))
                {
                    wrong.push(format!("{name}:{number} names {library}"));
                }
            }
            if words.any(|word| word == "unsafe") && !line.contains("unsafe_code") {
                wrong.push(format!("{name}:{number} says unsafe"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_is_one_idea() {
    let files = files();
    let long = |name: &str| files.iter().any(|(file, text)| file == name && text.lines().count() > LINES);
    for (name, _) in &files {
        let excused = LONG.iter().any(|(excused, _)| excused == name);
        assert!(!long(name) || excused, "{name} is longer than {LINES} lines: cut it in two, or say here why not");
        assert!(long(name) || !excused, "{name} needs no excuse any more");
    }
}
