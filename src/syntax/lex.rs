//! From text to words.
//!
//! Strings are the reason this is more than a call of `logos`: in `"mean {f("x"):.2f}"` the braces
//! hold code, the code holds a string, and the text after `:` is neither. A stack remembers where we
//! are, so nothing recurses and a place inside a string is as exact as any other. What cannot be a
//! word becomes [`Token::Slip`], which the parser refuses, so that one statement gives one message.

use super::slips::Slip;
use super::strings::{self, End};
use super::token::{Spanned, Token, continues_name, starts_name, word};
use crate::source::Span;
use logos::{Lexer, Logos};
use std::ops::Range;
use std::rc::Rc;

/// The words of a text.
pub struct Lexed<'input> {
    /// In order; a run of blank and comment lines is one [`Token::Newline`].
    pub tokens: Vec<Spanned<'input>>,
    /// The `##` lines, with the position of the word directly below them.
    pub docs: Vec<(u32, Rc<str>)>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
}

/// The place of a comment, without the end of its line.
pub type Comment = Span;

/// Cuts a text that begins at position `base` into words.
pub fn lex(text: &str, base: u32) -> Lexed<'_> {
    let mut scanner = Scanner {
        text,
        base,
        lexer: Token::lexer(text),
        tokens: Vec::new(),
        docs: Vec::new(),
        comments: Vec::new(),
        doc: None,
        in_doc: false,
        open: Vec::new(),
        pieces: 0,
        one_line_pieces: 0,
        outermost: None,
    };
    while let Some(token) = scanner.lexer.next() {
        let span = scanner.lexer.span();
        scanner.take(token, span);
    }
    if scanner.pieces > 0 {
        let slip = if scanner.one_line_pieces > 0 { Slip::OpenPiece } else { Slip::OpenLongString };
        scanner.give_up(slip, None);
    }
    Lexed { tokens: scanner.tokens, docs: scanner.docs, comments: scanner.comments }
}

/// A string whose end has not been read.
#[derive(Clone, Copy)]
struct OpenString {
    long: bool,
    /// The byte of its first quote.
    start: usize,
    /// How many tokens and open brackets there were before it.
    tokens: usize,
    brackets: usize,
}

enum Open {
    Brace,
    /// `(` or `[`
    Other,
    /// The `{` at this byte of a string.
    Piece(OpenString, usize),
}

struct Scanner<'input> {
    text: &'input str,
    base: u32,
    lexer: Lexer<'input, Token<'input>>,
    tokens: Vec<Spanned<'input>>,
    docs: Vec<(u32, Rc<str>)>,
    comments: Vec<Comment>,
    doc: Option<String>,
    in_doc: bool,
    open: Vec<Open>,
    pieces: usize,
    one_line_pieces: usize,
    /// The string that is not itself inside a string.
    outermost: Option<OpenString>,
}

impl<'input> Scanner<'input> {
    fn take(&mut self, token: Result<Token<'input>, ()>, span: Range<usize>) {
        match token {
            Ok(Token::Comment) => self.comment(span),
            Ok(Token::Newline) => self.newline(span),
            Ok(Token::Quote) => self.string(span, false),
            Ok(Token::LongQuote) => self.string(span, true),
            Ok(Token::RawQuote) => self.raw_string(span),
            Ok(Token::NumberDot(value)) => self.number_dot(value, span),
            Ok(Token::Name(_)) => self.name(span),
            Ok(token @ (Token::LeftParen | Token::LeftBracket | Token::LeftBrace)) => {
                self.open.push(if token == Token::LeftBrace { Open::Brace } else { Open::Other });
                self.push(token, span);
            }
            Ok(token @ (Token::RightParen | Token::RightBracket)) => {
                if matches!(self.open.last(), Some(Open::Brace | Open::Other)) {
                    self.open.pop();
                }
                self.push(token, span);
            }
            Ok(Token::RightBrace) => self.right_brace(span),
            Ok(Token::Colon) if matches!(self.open.last(), Some(Open::Piece(..))) => self.format(span),
            Ok(token) => self.push(token, span),
            Err(()) => match self.text[span.start..].chars().next() {
                Some(first) if starts_name(first) => self.name(span),
                first => {
                    let character = first.unwrap_or('\0');
                    let end = span.end.max(span.start + character.len_utf8());
                    self.push(Token::Slip(Slip::Character(character)), span.start..end);
                }
            },
        }
    }

    fn push(&mut self, token: Token<'input>, span: Range<usize>) {
        let (start, end) = (self.base + span.start as u32, self.base + span.end as u32);
        if let Some(doc) = self.doc.take_if(|_| token != Token::Newline) {
            self.docs.push((start, doc.into()));
        }
        self.tokens.push((start, token, end));
    }

    /// Moves on behind bytes that `logos` did not read.
    fn skip(&mut self, bytes: usize) {
        self.lexer.bump(bytes);
    }

    fn comment(&mut self, span: Range<usize>) {
        self.comments.push(Span::new(self.base + span.start as u32, self.base + span.end as u32));
        let line = &self.text[span];
        let own_line = matches!(self.tokens.last(), None | Some((_, Token::Newline, _)));
        if let Some(line) = line.strip_prefix("##").filter(|line| own_line && !line.starts_with('#')) {
            let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
            match &mut self.doc {
                Some(doc) => {
                    doc.push('\n');
                    doc.push_str(line);
                }
                None => self.doc = Some(line.to_string()),
            }
            self.in_doc = true;
        }
    }

    fn newline(&mut self, span: Range<usize>) {
        if self.one_line_pieces > 0 {
            self.give_up(Slip::OpenPiece, None);
            return self.newline(span);
        }
        // A blank line, or an ordinary comment, parts documentation from what is below.
        if !std::mem::take(&mut self.in_doc) {
            self.doc = None;
        }
        if !matches!(self.tokens.last(), Some((_, Token::Newline, _))) {
            self.push(Token::Newline, span);
        }
    }

    /// `2.` is a number, but `2.sqrt()` calls `sqrt`.
    fn number_dot(&mut self, value: f64, span: Range<usize>) {
        let next = self.lexer.remainder().chars().next();
        if next.is_some_and(starts_name) {
            self.push(Token::Number(value), span.start..span.end - 1);
            self.push(Token::Dot, span.end - 1..span.end);
        } else {
            self.push(Token::Number(value), span);
        }
    }

    /// A word that begins at `span` and goes on as long as it can, in any alphabet.
    fn name(&mut self, span: Range<usize>) {
        let rest = self.lexer.remainder();
        let length = rest.find(|character| !continues_name(character)).unwrap_or(rest.len());
        self.skip(length);
        let span = span.start..span.end + length;
        let name = &self.text[span.clone()];
        match (word(name), self.tokens.last_mut()) {
            (Token::Name(_), Some((_, last @ Token::Number(_), end))) if *end == self.base + span.start as u32 => {
                *last = Token::Slip(Slip::NumberName(name.len() as u32));
                *end = self.base + span.end as u32;
            }
            (word, _) => self.push(word, span),
        }
    }

    fn string(&mut self, span: Range<usize>, long: bool) {
        let string = OpenString { long, start: span.start, tokens: self.tokens.len(), brackets: self.open.len() };
        if self.pieces == 0 {
            self.outermost = Some(string);
        }
        self.push(Token::StringStart, span);
        self.text_of(string);
    }

    fn raw_string(&mut self, span: Range<usize>) {
        let rest = self.lexer.remainder();
        match rest.find(['"', '\n']).filter(|&end| rest[end..].starts_with('"')) {
            Some(end) => {
                self.skip(end + 1);
                self.push(Token::Text(rest[..end].into()), span.start..span.end + end + 1);
            }
            None => {
                self.push(Token::Slip(Slip::OpenString), span);
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            }
        }
    }

    /// Reads text up to the end of the string or to the next `{`.
    fn text_of(&mut self, string: OpenString) {
        let start = self.lexer.span().end;
        let run = strings::run(self.lexer.remainder(), string.long);
        let end = start + run.length;
        self.skip(run.length);
        if let End::Slip(slip, length) = run.end {
            return self.give_up(slip, Some(end..end + length));
        }
        let text: Rc<str> = run.text.into();
        if run.length > 0 {
            self.push(Token::Part(text.clone()), start..end);
        }
        match run.end {
            End::Quote => {
                let length = if string.long { 3 } else { 1 };
                self.skip(length);
                if self.tokens.len() <= string.tokens + 2 {
                    self.tokens.truncate(string.tokens);
                    self.push(Token::Text(text), string.start..end + length);
                } else {
                    self.push(Token::StringEnd, end..end + length);
                }
            }
            End::Brace => {
                self.skip(1);
                self.push(Token::PieceOpen, end..end + 1);
                self.open.push(Open::Piece(string, end));
                self.pieces += 1;
                self.one_line_pieces += usize::from(!string.long);
            }
            End::Line if self.pieces > 0 => self.give_up(Slip::OpenPiece, None),
            End::Line => self.give_up(Slip::OpenString, None),
            End::Text if self.one_line_pieces > 0 => self.give_up(Slip::OpenPiece, None),
            End::Text | End::Slip(..) => self.give_up(Slip::OpenLongString, None),
        }
    }

    fn right_brace(&mut self, span: Range<usize>) {
        if self.pieces > 0 {
            // A bracket left open inside `{ }` must not swallow the rest of the string.
            let fits = |open: &Open| matches!(open, Open::Piece(..) | Open::Brace);
            let keep = self.open.iter().rposition(fits).map_or(0, |index| index + 1);
            self.open.truncate(keep);
        }
        match self.open.pop() {
            Some(Open::Piece(string, _)) => self.close_piece(string, span),
            _ => self.push(Token::RightBrace, span),
        }
    }

    fn close_piece(&mut self, string: OpenString, span: Range<usize>) {
        self.pieces -= 1;
        self.one_line_pieces -= usize::from(!string.long);
        self.push(Token::PieceClose, span);
        self.text_of(string);
    }

    /// What follows `:` inside a string is Python's format specification.
    fn format(&mut self, span: Range<usize>) {
        let rest = self.lexer.remainder();
        let Some(end) = rest.find(['}', '\n', '"']).filter(|&end| rest[end..].starts_with('}')) else {
            return self.give_up(Slip::OpenPiece, None);
        };
        self.skip(end + 1);
        self.push(Token::Format(rest[..end].into()), span.start..span.end + end);
        if let Some(Open::Piece(string, _)) = self.open.pop() {
            self.close_piece(string, span.end + end..span.end + end + 1);
        }
    }

    /// Puts a slip in place of the whole outermost string, and goes on behind it.
    fn give_up(&mut self, slip: Slip, place: Option<Range<usize>>) {
        let Some(string) = self.outermost else { return };
        let place = place.unwrap_or_else(|| match self.open.iter().rev().find_map(piece_start) {
            Some(start) if slip == Slip::OpenPiece => start..start + 1,
            _ => string.start..string.start + if string.long { 3 } else { 1 },
        });
        self.tokens.truncate(string.tokens);
        self.open.truncate(string.brackets);
        self.pieces = 0;
        self.one_line_pieces = 0;
        // The slip stands where the string began, so that it keeps its turn; the message has the place.
        let slip = Slip::InString(Box::new(slip), self.base + place.start as u32, self.base + place.end as u32);
        let here = self.lexer.span().end.min(self.text.len());
        let rest = self.lexer.remainder();
        let skipped = if string.long {
            rest.find("\"\"\"").map_or(rest.len(), |end| end + 3)
        } else if self.text[..here].ends_with('\n') {
            0
        } else {
            rest.find('\n').unwrap_or(rest.len())
        };
        self.push(Token::Slip(slip), string.start..here.max(place.end));
        self.skip(skipped);
    }
}

fn piece_start(open: &Open) -> Option<usize> {
    match open {
        Open::Piece(_, start) => Some(*start),
        Open::Brace | Open::Other => None,
    }
}
