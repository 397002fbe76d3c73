//! An input of several lines as it stands in the line editor.
//!
//! The editor knows no continuation prompt. But a tab is as wide as we say, so every line after the first
//! begins with one: it is drawn as `  : `, and is no part of the text. What was pasted has none, and is
//! shown as it is.

use crate::syntax::paint::{Class, brackets, words};
use crate::syntax::{self};
use std::borrow::Cow;

/// What a line after the first begins with.
pub const MARK: &str = "\n\t";
/// The columns of a prompt, and so of a tab.
pub const TAB: usize = 4;

/// What stands before an input, and before every further line of it.
pub const PROMPT: &str = "ad> ";
pub const CONTINUED: &str = "  : ";

/// A text as it stands in the editor.
pub fn marked(text: &str) -> String {
    text.replace('\n', MARK)
}

/// The text of what stands in the editor.
pub fn plain(line: &str) -> String {
    line.replace(MARK, "\n")
}

/// A text without the prompts that were copied with it: of a piece of a session only what was typed is left.
pub fn unprompted(text: &str) -> Cow<'_, str> {
    if !text.starts_with(PROMPT) {
        return Cow::Borrowed(text);
    }
    let inputs = text.lines().filter_map(|line| {
        let typed = line.strip_prefix(PROMPT).or_else(|| line.strip_prefix(CONTINUED));
        typed.or_else(|| (line == PROMPT.trim_end() || line == CONTINUED.trim_end()).then_some(""))
    });
    Cow::Owned(inputs.collect::<Vec<_>>().join("\n"))
}

/// Whether a text is fine as far as it goes, and only ends too early.
pub fn unfinished(text: &str) -> bool {
    // A question is not a program, and a command is one line, unless it runs code.
    let Some(code) = super::command::code_of(text) else { return false };
    syntax::parse(code, 1).is_err_and(|errors| errors.iter().all(|error| error.unfinished))
}

/// The blanks that the line after a text begins with: four for every bracket that is open.
pub fn indentation(text: &str) -> String {
    let words = words(text);
    let (_, open) = brackets(&words);
    // In a string nothing may be added.
    if words.last().is_some_and(|word| matches!(word.class, Class::Text | Class::Slip)) && unfinished(text) {
        return String::new();
    }
    // Several brackets opened on one line indent once.
    let line = |at: usize| {
        let start = words.get(at).map_or(0, |word| word.range.start);
        text.get(..start).map_or(0, |before| before.matches('\n').count())
    };
    let mut lines: Vec<usize> = open.into_iter().map(line).collect();
    lines.dedup();
    " ".repeat(lines.len() * TAB)
}

#[cfg(test)]
mod tests {
    use super::{indentation, marked, plain, unfinished, unprompted};

    #[test]
    fn only_a_text_that_ends_too_early_continues() {
        for text in
            ["record <", "fn f(x) {\n", "x = [1,\n", "a +", "\"\"\"long\n\n", "x =", ":time f(", ":prof fn f(x) {"]
        {
            assert!(unfinished(text), "{text}");
        }
        for text in ["x = 1", "x = )", "?fn", "", ":set (", ":nothing (", ": ("] {
            assert!(!unfinished(text), "{text}");
        }
    }

    #[test]
    fn a_line_is_as_deep_as_its_brackets() {
        for (text, deep) in
            [("fn f(x) {", 4), ("fn f(x) {\n    while g(", 8), ("f(record <", 4), ("x = 1", 0), ("\"\"\"a", 0)]
        {
            assert_eq!(indentation(text).len(), deep, "{text}");
        }
    }

    #[test]
    fn a_piece_of_a_session_is_what_was_typed_in_it() {
        let text = "ad> fn f(x) {\n  :     x\n  : }\nad> f(2)\n2\nad>";
        assert_eq!(unprompted(text), "fn f(x) {\n    x\n}\nf(2)\n");
        assert_eq!(unprompted("f(2)\nad> 3"), "f(2)\nad> 3");
    }

    #[test]
    fn marks_come_and_go() {
        let text = "fn f(x) {\n    x\n}";
        assert_eq!(plain(&marked(text)), text);
    }
}
