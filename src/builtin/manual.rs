//! The manual: everything there is, as one page of Markdown. Nothing in it is written for it. The text of a
//! function is its declaration's, that of a module its own `##` lines, that of the language the topics' of
//! `help`, so that what is declared is in the manual.
//!
//! The page is kept in `docs/manual.md`; a test makes it again and runs its examples.

use super::{FAMILIES, library, topics};
use crate::autodiff::Grad;
use crate::value::{Builtin, Run};

/// A chapter begins with the family whose first function this is, and goes on to the next.
const CHAPTERS: &[(&str, &str)] = &[
    ("Operators", "+"),
    ("Elementwise functions", "abs"),
    ("Reductions, scans and sorting", "sum"),
    ("Shapes", "shape"),
    ("Making arrays", "zeros"),
    ("Indexing", "[ ]"),
    ("Linear algebra", "@"),
    ("Losses and networks", "softmax"),
    ("Random numbers", "rand"),
    ("Functions of functions", "map"),
    ("Gradients", "attach_grad"),
    ("Looking at values and recordings", "print"),
    ("Files", "load"),
    ("Pictures", "plot"),
];

/// The whole manual.
pub fn text() -> String {
    let mut out = String::from(
        "# The manual of Adlib\n\nMade from the declarations by `adlib --manual`; a test keeps it true and runs \
         its examples. A line that begins with `>` is typed at the prompt, what follows it is the answer.\n",
    );
    let chapters: Vec<(&str, Vec<&'static Builtin>)> = chapters();
    out += "\n## Contents\n\n- [The language](#the-language)\n";
    for (title, functions) in &chapters {
        let names: Vec<String> = functions.iter().map(|builtin| format!("`{}`", builtin.name)).collect();
        out += &format!("- [{title}](#{}): {}\n", anchor(title), names.join(" "));
    }
    let modules = || {
        library::PRELUDES
            .iter()
            .map(|prelude| (true, prelude))
            .chain(library::MODULES.iter().map(|module| (false, module)))
    };
    for (prelude, (name, text)) in modules() {
        let title = module_title(prelude, name);
        let names: Vec<String> = library::defined(text).map(|name| format!("`{name}`")).collect();
        out += &format!("- [{title}](#{}): {}\n", anchor(&title), names.join(" "));
    }
    out += "\n## The language\n";
    for (names, text) in topics::TOPICS {
        // How it is written, in as many lines as it takes, then an empty one.
        let (written, doc) = text.split_once("\n\n").unwrap_or((text, ""));
        out += &format!("\n### {}\n\n```text\n{written}\n```\n\n{}", names.join(", "), markdown(doc));
    }
    for (title, functions) in &chapters {
        out += &format!("\n## {title}\n");
        for builtin in functions {
            out += &format!("\n### {}\n\n`{}`\n\n{}", builtin.name, written(builtin), markdown(builtin.doc));
            if let Some(rule) = rule(builtin) {
                out += &format!("\n*{rule}*\n");
            }
        }
    }
    for (prelude, (name, text)) in modules() {
        out += &format!("\n## {}\n\n", module_title(prelude, name));
        out += &markdown(&library::introduction(text));
        for (signature, doc) in library::documented(text) {
            let short = signature.split('(').next().unwrap_or_default();
            let (short, signature) = if prelude {
                (short.to_string(), signature.to_string())
            } else {
                (format!("{name}.{short}"), format!("{name}.{signature}"))
            };
            out += &format!("\n### {short}\n\n`{signature}`\n\n{}", markdown(&doc));
        }
    }
    out
}

/// The names of the functions that programs can call, by subject.
pub fn subjects() -> Vec<(String, Vec<&'static str>)> {
    let ours = chapters().into_iter().map(|(title, functions)| {
        let names = functions.iter().map(|builtin| builtin.name).filter(|name| name.starts_with(char::is_alphabetic));
        (title.to_string(), names.collect())
    });
    let theirs =
        library::PRELUDES.iter().map(|(name, text)| (module_title(true, name), library::defined(text).collect()));
    ours.chain(theirs).filter(|(_, names): &(String, Vec<&str>)| !names.is_empty()).collect()
}

/// The functions that programs can name, by chapter.
fn chapters() -> Vec<(&'static str, Vec<&'static Builtin>)> {
    let mut chapters: Vec<(&str, Vec<&Builtin>)> = Vec::new();
    for family in FAMILIES {
        let first = family.first().map_or("", |builtin| builtin.name);
        if let Some((title, _)) = CHAPTERS.iter().find(|(_, opening)| *opening == first) {
            chapters.push((title, Vec::new()));
        }
        if let Some((_, functions)) = chapters.last_mut() {
            functions.extend(family.iter().copied().filter(|builtin| !builtin.name.starts_with(['(', '_'])));
        }
    }
    chapters
}

fn module_title(prelude: bool, name: &str) -> String {
    if prelude { format!("Written in the language: {name}") } else { format!("Module {name}") }
}

/// A call as a program writes it.
fn written(builtin: &Builtin) -> String {
    match (builtin.name, builtin.params) {
        ("[ ]", [x, index @ ..]) => format!("{x}[{}]", index.join(", ")),
        (name, [x]) if !name.starts_with(char::is_alphabetic) || name == "not" => format!("{name} {x}"),
        (name, [x, y]) if !name.starts_with(char::is_alphabetic) || ["and", "or"].contains(&name) => {
            format!("{x} {name} {y}")
        }
        _ => builtin.signature(),
    }
}

/// How it differentiates, if it has a rule of its own or is checked as if it had one.
fn rule(builtin: &Builtin) -> Option<&'static str> {
    match &builtin.run {
        Run::Elementwise(op) | Run::Operation(_, op) => Some(match op.grad {
            Grad::Slopes(_) => "Differentiates: a slope for each element.",
            Grad::Pulls(_) | Grad::Linear(_) | Grad::Adds(..) => "Differentiates: a pull-back.",
            Grad::Rule(_) => "Differentiates: by the rule it was given.",
            Grad::Blocked => "Passes no derivative.",
        }),
        _ if builtin.samples.is_empty() => None,
        _ => Some("Has no rule of its own; where it computes with arrays, theirs apply."),
    }
}

/// Where Markdown puts a title.
fn anchor(title: &str) -> String {
    let lower = title.to_lowercase().replace(' ', "-");
    lower.chars().filter(|char| char.is_alphanumeric() || *char == '-' || *char == '_').collect()
}

/// A documentation with its examples in a fence.
fn markdown(doc: &str) -> String {
    let examples = doc.lines().position(|line| line.starts_with("> "));
    let lines: Vec<&str> = doc.lines().collect();
    let (words, examples) = lines.split_at(examples.unwrap_or(lines.len()));
    let words = words.join("\n");
    let mut out = String::new();
    if !words.trim().is_empty() {
        out += &format!("{}\n", words.trim());
    }
    if !examples.is_empty() {
        let between = if out.is_empty() { "" } else { "\n" };
        out += &format!("{between}```adlib\n{}\n```\n", examples.join("\n").trim_end());
    }
    out
}
