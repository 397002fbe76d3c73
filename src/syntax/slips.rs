//! Text that is no word of the language, and what to write instead.
//!
//! Most of it is right somewhere else: `a && b` in C, `x²` on paper, a curly quote in a mail.

use super::messages::{Message, replace, say, show};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Text that cannot be a word.
#[derive(Clone, Debug, PartialEq)]
pub enum Slip {
    /// `a & b`
    Character(char),
    /// `2x`, with the length of the name
    NumberName(u32),
    /// `x++` at the end of a statement
    Increment,
    /// `"text` and the end of the line
    OpenString,
    /// `"""text` and the end of everything
    OpenLongString,
    /// `"{x"`
    OpenPiece,
    /// `"\q"`
    Escape,
    /// `"\u{110000}"`
    CodePoint,
    /// One of the others at a place inside the string that the word covers.
    InString(Box<Slip>, u32, u32),
}

impl Slip {
    /// Is it unclear what is text and what is code behind this?
    pub fn confuses(&self) -> bool {
        match self {
            Slip::InString(slip, ..) => slip.confuses(),
            Slip::OpenString | Slip::OpenLongString | Slip::OpenPiece => true,
            _ => false,
        }
    }
}

/// The message for a slip: `text` is what it covers, `around` the text before and behind it.
pub fn explain(slip: &Slip, span: Span, text: &str, around: (&str, &str)) -> Box<Diagnostic> {
    match slip {
        Slip::InString(slip, start, end) => {
            let place = Span::new(*start, *end);
            let from = start.saturating_sub(span.start) as usize;
            explain(slip, place, text.get(from..).unwrap_or(""), ("", ""))
        }
        Slip::Character(character) => self::character(*character, span, around),
        Slip::NumberName(length) => {
            let middle = text.len().saturating_sub(*length as usize);
            let (number, name) = text.split_at_checked(middle).unwrap_or((text, ""));
            let place = Span::new(span.end - length, span.end - length);
            if name.starts_with('_') && name.chars().all(|character| character == '_' || character.is_ascii_digit()) {
                let digits: String = name.chars().filter(|character| *character != '_').collect();
                return say("a `_` in a number stands between two digits", span, "one of these does not")
                    .patch("leave it out", vec![replace(span, &format!("{number}{digits}"))])
                    .error();
            }
            say("a number runs into a name", span, "nothing stands between them")
                .patch(format!("to multiply, write {number} * {name}"), vec![super::messages::insert(place, " * ")])
                .error()
        }
        Slip::Increment => {
            let op = text.chars().next().unwrap_or('+');
            say(format!("there is no `{text}`"), span, "nothing follows it")
                .help(format!("to count, write x {op}= 1"))
                .error()
        }
        Slip::OpenString => say("this string is never closed", span, "opened here")
            .help("close it with `\"` on the same line; a text of several lines stands between `\"\"\"` and `\"\"\"`")
            .error(),
        Slip::OpenLongString => {
            say("this string is never closed", span, "opened here").help("close it with `\"\"\"`").unfinished()
        }
        Slip::OpenPiece => say("this `{` in a string is never closed", span, "opened here")
            .help("close the expression with `}`, or write `\\{` for a plain brace")
            .error(),
        Slip::Escape => {
            let escape: String = text.chars().take(2).collect();
            say(format!("there is no escape `{}`", show(&escape)), span, "not an escape")
                .help("escapes are \\n \\t \\\" \\\\ \\{ \\} \\u{..}; write `\\\\` for a backslash, or r\"raw text\"")
                .error()
        }
        Slip::CodePoint => say("this escape names no character", span, "not a character")
            .help("write its number in hexadecimal: \\u{3b8} is θ")
            .error(),
    }
}

fn character(character: char, span: Span, (last, next): (&str, &str)) -> Box<Diagnostic> {
    let doubled = Span::new(span.start, span.end + character.len_utf8() as u32);
    let twice = next.starts_with(character);
    match character {
        '&' | '|' => {
            let word = if character == '&' { "and" } else { "or" };
            let spaced = |next: &str| {
                let before = if last.ends_with(char::is_whitespace) { "" } else { " " };
                let after = if next.starts_with(char::is_whitespace) { "" } else { " " };
                format!("{before}{word}{after}")
            };
            if twice {
                let next = next.get(1..).unwrap_or("");
                return say(format!("`{character}{character}` is written `{word}`"), doubled, "not an operator")
                    .patch(format!("write `{word}`"), vec![replace(doubled, &spaced(next))])
                    .error();
            }
            if next.starts_with('>') {
                return say("there is no `|>`", span, "not an operator").help("write x.f() for f(x)").error();
            }
            say(format!("`{character}` is written `{word}`"), span, "not an operator")
                .patch(format!("write `{word}`; it works element by element, too"), vec![replace(span, &spaced(next))])
                .error()
        }
        '!' if matches!(next.get(..2), Some("r}" | "s}" | "a}" | "r:" | "s:" | "a:")) => {
            say("a value in a string is not converted", span, "nothing follows a value but `:` and a format")
                .help("write {x} or {x:.3f}")
                .error()
        }
        '!' => say("`!` is written `not`", span, "not an operator")
            .patch("write `not`", vec![replace(span, "not ")])
            .error(),
        '~' => say("`~` is written `not`", span, "not an operator")
            .patch("write `not`; it works element by element, too", vec![replace(span, "not ")])
            .error(),
        '?' => say("`?` does not belong here", span, "not an operator")
            .help("to choose between two values, write if c { y } else { z }")
            .error(),
        '²' | '³' => {
            let power = if character == '²' { " ** 2" } else { " ** 3" };
            say(format!("a power is written `{}`", power.trim_start()), span, "not an operator")
                .patch(format!("write `{}`", power.trim_start()), vec![replace(span, power)])
                .error()
        }
        '\\' if next.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || next.is_empty() => {
            say("a line is not continued with `\\`", span, "does not belong here")
                .help("a statement goes on after an operator or a comma, and inside ( ) and [ ]")
                .error()
        }
        '\\' => say("there is no operator `\\`", span, "not an operator")
            .help("to solve A x = b, write solve(A, b)")
            .error(),
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '`' => {
            say(format!("`{character}` is not a quote here"), span, "not a plain quote")
                .help("strings stand between plain double quotes: \"text\"")
                .error()
        }
        _ => match lookalike(character) {
            Some(plain) => {
                say(format!("`{character}` is written `{plain}`"), span, "looks like it, but is another character")
                    .patch(format!("write `{plain}`"), vec![replace(span, plain)])
                    .error()
            }
            None => unknown(character, span),
        },
    }
}

fn unknown(character: char, span: Span) -> Box<Diagnostic> {
    if character.is_control() || character.is_whitespace() || character as u32 >= 0xe000 {
        let name = match character {
            '\0' => "the character NUL".to_string(),
            '\x1b' => "the character ESC".to_string(),
            '\u{a0}' => "a non-breaking space".to_string(),
            _ => format!("the character U+{:04X}", character as u32),
        };
        return say(format!("{name} does not belong here"), span, "cannot be seen, but is here")
            .patch("delete it", vec![replace(span, if character.is_whitespace() { " " } else { "" })])
            .error();
    }
    Message::new(format!("`{character}` does not belong here"), span, "means nothing outside a string").error()
}

/// The plain character that a typographic one stands for.
fn lookalike(character: char) -> Option<&'static str> {
    Some(match character {
        '−' | '–' | '—' => "-",
        '×' | '·' | '⋅' => "*",
        '÷' => "/",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '→' | '↦' => "->",
        '∈' => "in",
        '′' => "'",
        '…' => "...",
        _ => return None,
    })
}
