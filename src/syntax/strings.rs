//! What stands between quotes.
//!
//! Escapes are `\n \t \" \\ \{ \}` and `\u{1F600}`; `{{` and `}}` are single braces, as in Python's
//! f-strings, since nothing else could begin with `{{`. In `"""` strings every newline counts, also one
//! directly after the opening quotes: that is Python's rule, too, and text pasted from there keeps its
//! meaning. A line that ends in `\r\n` counts as one that ends in `\n`.

use super::slips::Slip;

/// Text up to the next thing that is not text.
pub struct Run {
    /// With escapes read.
    pub text: String,
    /// The bytes read, without what ended them.
    pub length: usize,
    /// What comes next.
    pub end: End,
}

/// What ends a run of text.
pub enum End {
    /// The closing quote or quotes.
    Quote,
    /// `{`, which begins an expression.
    Brace,
    /// The end of the line, in a string that has only one.
    Line,
    /// The end of everything.
    Text,
    /// Something that cannot stand in a string, and its length in bytes.
    Slip(Slip, usize),
}

/// Reads text from the start of `source`.
pub fn run(source: &str, long: bool) -> Run {
    let mut text = String::new();
    let mut at = 0;
    let end = loop {
        let rest = source.get(at..).unwrap_or("");
        let Some(character) = rest.chars().next() else { break if long { End::Text } else { End::Line } };
        match character {
            '"' if !long || rest.starts_with("\"\"\"") => break End::Quote,
            '{' if !rest.starts_with("{{") => break End::Brace,
            '{' | '}' => {
                text.push(character);
                at += if rest.starts_with("{{") || rest.starts_with("}}") { 2 } else { 1 };
            }
            '\n' if !long => break End::Line,
            '\r' if rest.starts_with("\r\n") => at += 1,
            '\\' => match escape(rest) {
                Ok((character, length)) => {
                    text.push(character);
                    at += length;
                }
                Err((slip, length)) => break End::Slip(slip, length),
            },
            _ if character.is_control() && !matches!(character, '\n' | '\t') => {
                break End::Slip(Slip::Character(character), character.len_utf8());
            }
            _ => {
                text.push(character);
                at += character.len_utf8();
            }
        }
    };
    Run { text, length: at, end }
}

/// The character that an escape stands for, and the length of the escape.
fn escape(rest: &str) -> Result<(char, usize), (Slip, usize)> {
    let Some(name) = rest.chars().nth(1) else { return Err((Slip::Escape, 1)) };
    match name {
        'n' => Ok(('\n', 2)),
        't' => Ok(('\t', 2)),
        '"' | '\\' | '{' | '}' => Ok((name, 2)),
        'u' => {
            let end = rest.find('}').filter(|&end| rest.starts_with("\\u{") && end <= 9);
            let digits = end.and_then(|end| rest.get(3..end));
            let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            match (code.and_then(char::from_u32), end) {
                (Some(character), Some(end)) => Ok((character, end + 1)),
                _ => Err((Slip::CodePoint, end.map_or(2, |end| end + 1))),
            }
        }
        '\n' | '\r' => Err((Slip::Escape, 1)),
        _ => Err((Slip::Escape, 1 + name.len_utf8())),
    }
}
