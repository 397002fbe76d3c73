//! What a message can see: the text, its words, and what the parser could have taken.

use super::layout::Layout;
use super::token::{Spanned, Token};
use crate::source::Span;

/// The words around a place.
pub struct View<'a, 'input> {
    /// The whole text.
    pub text: &'input str,
    /// The position of its first byte.
    pub base: u32,
    /// Its words, newlines and records decided.
    pub layout: &'a Layout<'input>,
    /// What the parser could have taken.
    pub expected: &'a [String],
}

impl<'a, 'input> View<'a, 'input> {
    /// A word.
    pub fn token(&self, index: usize) -> Option<&'a Token<'input>> {
        self.layout.tokens.get(index).map(|(_, token, _)| token)
    }

    /// The word before.
    pub fn before(&self, index: usize) -> Option<&'a Token<'input>> {
        self.token(index.checked_sub(1)?)
    }

    /// The place of a word, or the end of the last one.
    pub fn span(&self, index: usize) -> Span {
        match (self.layout.tokens.get(index), self.layout.tokens.last()) {
            (Some((start, _, end)), _) => Span::new(*start, *end),
            (None, Some((_, _, end))) => Span::new(*end, *end),
            (None, None) => Span::new(self.base, self.base),
        }
    }

    /// The place of the word before.
    pub fn span_before(&self, index: usize) -> Span {
        index.checked_sub(1).map_or(self.span(index).before(), |before| self.span(before))
    }

    /// The text between two positions.
    pub fn between(&self, start: u32, end: u32) -> &'input str {
        let range = start.saturating_sub(self.base) as usize..end.saturating_sub(self.base) as usize;
        self.text.get(range).unwrap_or("")
    }

    /// The text of a word.
    pub fn source(&self, index: usize) -> &'input str {
        let span = self.span(index);
        self.between(span.start, span.end)
    }

    /// The text of the word before.
    pub fn source_before(&self, index: usize) -> &'input str {
        index.checked_sub(1).map_or("", |before| self.source(before))
    }

    /// The text from a position to the end of its line.
    pub fn rest_of_line(&self, start: u32) -> &'input str {
        let rest = self.between(start, self.end());
        rest.lines().next().unwrap_or("")
    }

    /// The position behind the last byte.
    pub fn end(&self) -> u32 {
        self.base + self.text.len() as u32
    }

    /// Does a word touch the one before?
    pub fn touches(&self, index: usize) -> bool {
        self.span_before(index).end == self.span(index).start
    }

    /// The first word of the statement that a word belongs to.
    pub fn head(&self, index: usize) -> usize {
        let words = self.layout.tokens.get(..index).unwrap_or(&[]);
        let starts = |(_, token, _): &Spanned| {
            token.ends_statement() || matches!(token, Token::Open | Token::LeftBrace | Token::RightBrace)
        };
        words.iter().rposition(starts).map_or(0, |last| last + 1)
    }

    /// Is a place in the parentheses of something that `=` follows?
    pub fn defines(&self, place: Span) -> bool {
        let tokens = &self.layout.tokens;
        let mut depth = 0_usize;
        for (i, (_, token, _)) in tokens.iter().enumerate().skip_while(|(_, (start, ..))| *start < place.start) {
            match token {
                Token::LeftParen | Token::LeftBracket | Token::LeftBrace => depth += 1,
                Token::RightParen | Token::RightBracket | Token::RightBrace => match depth.checked_sub(1) {
                    Some(outer) => depth = outer,
                    None => return *token == Token::RightParen && self.token(i + 1) == Some(&Token::Equals),
                },
                _ => {}
            }
        }
        false
    }

    /// Could the parser have taken this?
    pub fn expects(&self, name: &str) -> bool {
        self.expected.iter().any(|expected| expected.trim_matches('"') == name)
    }

    /// How far a position is from the first word of its line, or the column of that word if it is the first.
    pub fn column(&self, position: u32) -> usize {
        let line = self.between(self.base, position);
        let line = line.rfind('\n').map_or(line, |newline| line.get(newline + 1..).unwrap_or(""));
        line.chars().take_while(|character| character.is_whitespace()).count()
    }
}
