//! Text made harmless for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// Text whose control characters, other than newline and tab, are visible and without effect. Characters
/// that reorder a line count as such, for with them a program could seem to say something else.
pub fn safe(s: &str) -> Cow<'_, str> {
    if !s.chars().any(|char| hidden(char) && !matches!(char, '\n' | '\t')) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len() + 16);
    for char in s.chars() {
        match char {
            '\n' | '\t' => out.push(char),
            _ => push_visible(&mut out, char),
        }
    }
    Cow::Owned(out)
}

fn hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Adds a character, or what stands for it if it is hidden.
pub(crate) fn push_visible(out: &mut String, char: char) {
    if hidden(char) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{{{:x}}}", char as u32);
    } else {
        out.push(char);
    }
}
