//! The header of an NPY file: a Python literal, `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
//!
//! Python would evaluate it. We read the part of the notation that such headers are made of, and go no
//! deeper than they do.

/// What a literal says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Whole(usize),
    Bool(bool),
    /// A tuple or a list.
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

/// The deepest nest that is read. A header of records nests four deep.
const DEEPEST: usize = 8;

/// The literal that a text consists of, or what stands in the way.
pub(super) fn parse(text: &str) -> Result<Literal, String> {
    let mut rest = text;
    let literal = literal(&mut rest, 0)?;
    if rest.trim().is_empty() { Ok(literal) } else { Err(unclear(rest)) }
}

impl Literal {
    /// The value under a key of a dictionary.
    pub(super) fn entry(&self, key: &str) -> Option<&Literal> {
        let Literal::Dict(entries) = self else { return None };
        entries.iter().find(|(known, _)| *known == Literal::Text(key.to_string())).map(|(_, value)| value)
    }
}

fn unclear(rest: &str) -> String {
    let part: String = rest.chars().take(12).collect();
    if part.is_empty() {
        "the header ends too early".to_string()
    } else {
        format!("the header is unclear at {}", crate::show::safe(&part))
    }
}

/// Takes a character if it comes next.
fn take(rest: &mut &str, char: char) -> bool {
    match rest.trim_start().strip_prefix(char) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

fn literal(rest: &mut &str, depth: usize) -> Result<Literal, String> {
    if depth > DEEPEST {
        return Err("the header nests too deep".to_string());
    }
    *rest = rest.trim_start();
    for (word, value) in [("True", true), ("False", false)] {
        if let Some(after) = rest.strip_prefix(word) {
            *rest = after;
            return Ok(Literal::Bool(value));
        }
    }
    for (open, close) in [('(', ')'), ('[', ']')] {
        if take(rest, open) {
            let mut items = Vec::new();
            while !take(rest, close) {
                items.push(literal(rest, depth + 1)?);
                if !take(rest, ',') && !rest.trim_start().starts_with(close) {
                    return Err(unclear(rest));
                }
            }
            return Ok(Literal::List(items));
        }
    }
    if take(rest, '{') {
        let mut entries = Vec::new();
        while !take(rest, '}') {
            let key = literal(rest, depth + 1)?;
            if !take(rest, ':') {
                return Err(unclear(rest));
            }
            entries.push((key, literal(rest, depth + 1)?));
            if !take(rest, ',') && !rest.trim_start().starts_with('}') {
                return Err(unclear(rest));
            }
        }
        return Ok(Literal::Dict(entries));
    }
    for quote in ['\'', '"'] {
        if rest.starts_with(quote) {
            return string(rest, quote);
        }
    }
    let digits = rest.len() - rest.trim_start_matches(|char: char| char.is_ascii_digit()).len();
    match rest.split_at_checked(digits) {
        Some((number, after)) if digits > 0 => {
            // Python 2 wrote `3L`.
            *rest = after.strip_prefix('L').unwrap_or(after);
            number.parse().map(Literal::Whole).map_err(|_| "the header has a number that is too large".to_string())
        }
        _ => Err(unclear(rest)),
    }
}

/// A string, with the escapes that `repr` writes into names.
fn string(rest: &mut &str, quote: char) -> Result<Literal, String> {
    let text = *rest;
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            _ if char == quote => {
                *rest = text.get(at + quote.len_utf8()..).unwrap_or_default();
                return Ok(Literal::Text(out));
            }
            '\\' => match chars.next() {
                Some((_, char @ ('\\' | '\'' | '"'))) => out.push(char),
                _ => return Err("the header has a name that is not plain".to_string()),
            },
            _ => out.push(char),
        }
    }
    Err("the header ends inside a string".to_string())
}
