//! Where a statement ends, and what `<` and `>` mean.
//!
//! One pass over the words with one word of look-ahead, the innermost bracket deciding:
//!
//! ```text
//! record <              `<` after `record` opens a block,
//!     y = x > 1         `>` before a value compares,
//! >                     and before anything else it closes the block.
//! f(record < y = x >,   Inside ( ) a newline ends nothing,
//!   3)
//! ```
//!
//! Brackets are counted here, so that nothing behind this pass meets more than [`MAX_DEPTH`] of them.

use super::ast::MAX_DEPTH;
use super::messages::{insert, say};
use super::slips::Slip;
use super::token::{Spanned, Token};
use super::unclosed::{ClosedRecord, Trouble};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Words ready to be parsed.
pub struct Layout<'input> {
    /// The words, with [`Token::EndLine`], [`Token::Open`] and [`Token::Close`] decided.
    pub tokens: Vec<Spanned<'input>>,
    /// Where statements begin that are in no bracket: numbers of tokens.
    pub starts: Vec<usize>,
    /// The records that were closed, in the order of closing.
    pub closed: Vec<ClosedRecord>,
    /// Brackets that do not match. The words end there.
    pub trouble: Option<Trouble>,
    /// What is legal but probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// An open bracket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bracket {
    /// `(`, and whether it holds the arguments of `record`.
    Paren(Option<usize>),
    /// `[`, of an array or an index.
    Square {
        /// Whether it makes an array.
        array: bool,
    },
    /// `{`
    Brace,
    /// `<`, and the number of its keyword
    Record(usize),
    /// `{` in a string
    Piece,
}

/// Decides newlines and blocks.
pub fn arrange(words: Vec<Spanned<'_>>) -> Layout<'_> {
    let layout =
        Layout { tokens: Vec::new(), starts: vec![0], closed: Vec::new(), trouble: None, warnings: Vec::new() };
    let mut pass = Pass { layout, open: Vec::new(), mode: None };
    let mut words = words.into_iter();
    let (mut word, mut next) = (words.next(), words.next());
    while let Some(this) = word {
        let after = words.next();
        // `not` begins a value, but `not in` does not.
        let not_in = matches!((&next, &after), (Some((_, Token::Not, _)), Some((_, Token::In, _))));
        pass.take(this, next.as_ref(), not_in);
        if pass.layout.trouble.is_some() {
            return pass.layout;
        }
        (word, next) = (next, after);
    }
    pass.finish()
}

struct Pass<'input> {
    layout: Layout<'input>,
    /// The open brackets and the numbers of their tokens.
    open: Vec<(Bracket, usize)>,
    /// The next `<` opens the block of this keyword: just after it, or after its arguments.
    mode: Option<usize>,
}

impl<'input> Pass<'input> {
    fn take(&mut self, (start, mut token, end): Spanned<'input>, word: Option<&Spanned<'input>>, not_in: bool) {
        let next = word.map(|(_, token, _)| token);
        let index = self.layout.tokens.len();
        let mode = self.mode.take();
        let top = self.open.last().map(|(bracket, _)| *bracket);
        match token {
            Token::Record | Token::Pause | Token::TrainMode | Token::PredictMode => self.mode = Some(index),
            Token::LeftParen => self.open(Bracket::Paren(mode), index, start),
            Token::LeftBracket => {
                let array = !self.layout.tokens.last().is_some_and(|(_, last, _)| last.ends_value());
                self.open(Bracket::Square { array }, index, start);
            }
            Token::LeftBrace => self.open(Bracket::Brace, index, start),
            Token::PieceOpen => self.open(Bracket::Piece, index, start),
            Token::RightParen | Token::RightBracket | Token::RightBrace | Token::PieceClose
                if !self.close(&token, Span::new(start, end)) =>
            {
                return;
            }
            Token::Less => {
                if let Some(keyword) = mode {
                    self.open(Bracket::Record(keyword), index, start);
                    token = Token::Open;
                }
            }
            Token::Greater => {
                if let Some(Bracket::Record(keyword)) = top
                    && (not_in || next.is_none_or(|next| !next.starts_value()))
                {
                    self.open.pop();
                    let keyword = self.span(keyword);
                    self.layout.closed.push(ClosedRecord { keyword, close: Span::new(start, end) });
                    token = Token::Close;
                }
            }
            Token::Newline => {
                if self.transparent(top, next) {
                    return;
                }
                token = Token::EndLine;
            }
            Token::Plus | Token::Minus => {
                if self.doubled(&token, start, end, next) {
                    return;
                }
                self.warn(&token, Span::new(start, end), word, top);
            }
            _ => {}
        }
        let ends = token.ends_statement() && self.open.is_empty();
        self.layout.tokens.push((start, token, end));
        if ends {
            self.layout.starts.push(index + 1);
        }
    }

    fn finish(mut self) -> Layout<'input> {
        if let Some((bracket, index)) = self.open.last() {
            self.layout.trouble = Some(Trouble::NeverClosed { bracket: *bracket, opener: *index });
        }
        while let Some((_, Token::EndLine, _)) = self.layout.tokens.last() {
            self.layout.tokens.pop();
        }
        self.layout
    }

    fn span(&self, index: usize) -> Span {
        self.layout.tokens.get(index).map_or(Span::default(), |(start, _, end)| Span::new(*start, *end))
    }

    fn open(&mut self, bracket: Bracket, index: usize, start: u32) {
        self.open.push((bracket, index));
        if self.open.len() > usize::from(MAX_DEPTH) {
            self.layout.trouble = Some(Trouble::TooDeep { place: Span::new(start, start + 1) });
        }
    }

    fn close(&mut self, token: &Token<'input>, place: Span) -> bool {
        let fits = matches!(
            (self.open.last(), token),
            (Some((Bracket::Paren(_), _)), Token::RightParen)
                | (Some((Bracket::Square { .. }, _)), Token::RightBracket)
                | (Some((Bracket::Brace, _)), Token::RightBrace)
                | (Some((Bracket::Piece, _)), Token::PieceClose)
        );
        if fits {
            if let Some((Bracket::Paren(mode), _)) = self.open.pop() {
                self.mode = mode;
            }
        } else {
            self.layout.trouble = Some(match self.open.last() {
                Some((bracket, opener)) => Trouble::Mismatch { bracket: *bracket, opener: *opener, closer: place },
                None => Trouble::NothingOpen { closer: place },
            });
        }
        fits
    }

    /// Does a newline mean nothing here?
    fn transparent(&self, top: Option<Bracket>, next: Option<&Token<'input>>) -> bool {
        matches!(top, Some(Bracket::Paren(_) | Bracket::Square { .. } | Bracket::Piece))
            || self.layout.tokens.last().is_some_and(|(_, last, _)| last.wants_more())
            || matches!(next, Some(Token::Else | Token::Catch | Token::Dot))
    }

    /// `x++` at the end of a statement is an increment elsewhere, and here it would go on.
    fn doubled(&mut self, token: &Token<'input>, start: u32, end: u32, next: Option<&Token<'input>>) -> bool {
        let ends =
            matches!(next, None | Some(Token::Newline | Token::Semicolon | Token::RightBrace | Token::RightParen));
        match self.layout.tokens.last_mut() {
            Some((_, last, last_end)) if ends && last == token && *last_end == start => {
                *last = Token::Slip(Slip::Increment);
                *last_end = end;
                true
            }
            _ => false,
        }
    }

    /// Spaces never matter, but `[1 -1]` looks as if they did.
    fn warn(&mut self, token: &Token<'input>, place: Span, next: Option<&Spanned<'input>>, top: Option<Bracket>) {
        let Some((_, last, last_end)) = self.layout.tokens.last() else { return };
        let joined = next.is_some_and(|(start, next, _)| *start == place.end && next.starts_value());
        if top == Some(Bracket::Square { array: true }) && last.ends_value() && *last_end < place.start && joined {
            let sign = if *token == Token::Minus { "-" } else { "+" };
            let before = Span::new(*last_end, *last_end);
            let warning =
                say(format!("`{sign}` joins two values into one here"), place, "an operator between two values")
                    .patch("for two elements, write a comma", vec![insert(before, ",")])
                    .help(format!("for one element, write a space after `{sign}`"));
            self.layout.warnings.push(warning.warning());
        }
    }
}
