//! Strings as literals.

use crate::diagnostic::safe::push_visible;

/// A string as a literal that reads back the same: `"a \{b}\n"`.
pub fn text_quoted(s: &str) -> String {
    let mut out = String::with_capacity(s.len() + 2);
    out.push('"');
    for char in s.chars() {
        match char {
            '"' | '\\' | '{' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ => push_visible(&mut out, char),
        }
    }
    out.push('"');
    out
}
