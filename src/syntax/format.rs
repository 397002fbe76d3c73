//! The one style of a program's text.
//!
//! ```text
//! f( x,k=2 )=x^k   # a power
//! ```
//! becomes
//! ```text
//! f(x, k = 2) = x ** k  # a power
//! ```
//!
//! Lines stay as they were broken, as in Go: whoever wrote them knew what belongs together. Spaces,
//! indentation and blank lines follow from the words. Words and comments are never touched (but for `^`,
//! which is written `**`), so that the tree stays the same; strings are copied as they stand.

use super::lex::Comment;
use super::token::{Spanned, Token};
use super::{layout, lex, parse};
use crate::diagnostic::Diagnostic;
use unicode_width::UnicodeWidthStr;

/// Columns of a level.
const LEVEL: usize = 4;
/// Comments at the ends of lines next to each other stand in one column, unless a line is longer.
const ALIGNED: usize = 70;

/// The text in the style of the house.
///
/// ```
/// use adlib::syntax::format::format;
///
/// assert_eq!(format("y=2*x**2;  f (-y)", 1).ok().as_deref(), Some("y = 2 * x ** 2; f(-y)\n"));
/// ```
///
/// # Errors
/// Those of [`parse`]: text that is no program has no style.
pub fn format(text: &str, base: u32) -> Result<String, Vec<Box<Diagnostic>>> {
    parse(text, base)?;
    let lexed = lex::lex(text, base);
    let arranged = layout::arrange(lexed.tokens);
    let new = Writer::new(text).write(&items(text, base, &arranged.tokens, &lexed.comments));
    // A net under the rules below: a text with other words would be another program.
    let words = |tokens: &[Spanned<'_>]| tokens.iter().map(|(_, token, _)| format!("{token:?}")).collect::<Vec<_>>();
    let again = layout::arrange(lex::lex(&new, base).tokens);
    let same = words(&again.tokens) == words(&arranged.tokens);
    debug_assert!(same, "formatting changed the words of\n{text}\nwhich became\n{new}");
    Ok(if same { new } else { text.to_string() })
}

/// A word, a whole string, or a comment.
struct Item<'a, 'input> {
    /// `None` for a comment.
    token: Option<&'a Token<'input>>,
    /// What it is written as.
    text: &'input str,
    start: usize,
    end: usize,
    /// A statement ends here.
    ends: bool,
}

/// Words and comments in order; a string with expressions in it is one of them.
fn items<'a, 'input>(
    text: &'input str,
    base: u32,
    tokens: &'a [Spanned<'input>],
    comments: &[Comment],
) -> Vec<Item<'a, 'input>> {
    let mut items: Vec<Item> = Vec::with_capacity(tokens.len() + comments.len());
    let mut strings = 0_usize;
    for (start, token, end) in tokens {
        let (start, end) = ((start - base) as usize, (end - base) as usize);
        match token {
            Token::StringEnd => strings = strings.saturating_sub(1),
            Token::StringStart => strings += 1,
            _ => {}
        }
        let inside = strings > 0 && *token != Token::StringStart || strings > 1 || *token == Token::StringEnd;
        match items.last_mut() {
            Some(last) if inside => {
                last.end = end;
                last.text = text.get(last.start..end).unwrap_or_default();
            }
            Some(last) if *token == Token::EndLine => last.ends = true,
            _ if *token == Token::EndLine => {}
            _ => {
                let text = match (token, text.get(start..end).unwrap_or_default()) {
                    (Token::Power, _) => "**",
                    (_, "^=") => "**=",
                    (_, text) => text,
                };
                items.push(Item { token: Some(token), text, start, end, ends: *token == Token::Semicolon });
            }
        }
    }
    for comment in comments {
        let (start, end) = ((comment.start - base) as usize, (comment.end - base) as usize);
        let after = items.partition_point(|item| item.start < start);
        // What looks like a comment inside a string's expression is part of the string.
        if after.checked_sub(1).and_then(|before| items.get(before)).is_none_or(|before| before.end <= start) {
            let text = text.get(start..end).unwrap_or_default().trim_end();
            items.insert(after, Item { token: None, text, start, end, ends: false });
        }
    }
    items
}

/// An open bracket.
struct Open {
    /// The column of lines inside.
    inner: usize,
    /// The column of a line that begins with the closing bracket.
    closer: usize,
    /// Statements stand inside.
    block: bool,
    /// It holds the parameters of `fn`.
    params: bool,
    /// It holds the elements of an array.
    array: bool,
}

struct Writer<'input> {
    text: &'input str,
    out: String,
    open: Vec<Open>,
    /// The column of the line that is being written, and of what comes next.
    indent: usize,
    column: usize,
    line: usize,
    /// Comments behind code: where they begin, on which line, in which column.
    trailing: Vec<(usize, usize, usize)>,
    /// Parameters were just closed: what follows is a body.
    body: bool,
}

impl<'input> Writer<'input> {
    fn new(text: &'input str) -> Writer<'input> {
        Writer {
            text,
            out: String::with_capacity(text.len() + text.len() / 8),
            open: Vec::new(),
            indent: 0,
            column: 0,
            line: 0,
            trailing: Vec::new(),
            body: false,
        }
    }

    fn write(mut self, items: &[Item<'_, 'input>]) -> String {
        let mut before: Option<&Item> = None;
        // The last word, and the one before it.
        let (mut word, mut word_before): (Option<&Item>, Option<&Item>) = (None, None);
        let mut unary = false;
        for (i, item) in items.iter().enumerate() {
            let breaks = before.map_or(0, |before| self.breaks(before, item));
            match (before, item.token) {
                (None, _) => {}
                (Some(before), _) if breaks > 0 => self.new_line(before, word, item, breaks > 1),
                (_, None) => self.push("  "),
                (Some(_), Some(token)) => {
                    let last = word.and_then(|word| word.token);
                    let parted = last.is_some_and(|last| self.parted(last, unary, token));
                    if parted && (unary || !self.one_or_two(word_before, word, item)) {
                        self.push(" ");
                    }
                }
            }
            let behind_code = item.token.is_none() && breaks == 0 && before.is_some();
            if behind_code {
                self.trailing.push((self.out.len(), self.line, self.column));
            }
            self.push(item.text);
            let Some(token) = item.token else {
                before = Some(item);
                continue;
            };
            let value_before = word.is_some_and(|word| !word.ends && word.token.is_some_and(ends_value)) && !self.body;
            unary = matches!(token, Token::Plus | Token::Minus) && !value_before;
            let params = *token == Token::LeftParen
                && [word, word_before].iter().any(|word| word.and_then(|word| word.token) == Some(&Token::Fn));
            self.bracket(token, params, items.get(i + 1).filter(|next| self.breaks(item, next) == 0));
            if let (Token::LeftBracket, Some(open)) = (token, self.open.last_mut()) {
                open.array = !value_before;
            }
            word_before = word;
            word = Some(item);
            before = Some(item);
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.aligned()
    }

    /// Whether this follows the sign of `[1 -1]`, which is one element and looks like two. A program is warned of
    /// it, and whoever wrote it says which it is to be.
    fn one_or_two(&self, before: Option<&Item<'_, '_>>, sign: Option<&Item<'_, '_>>, item: &Item<'_, '_>) -> bool {
        let (Some(before), Some(sign)) = (before, sign) else { return false };
        matches!(sign.token, Some(Token::Plus | Token::Minus))
            && before.end < sign.start
            && sign.end == item.start
            && self.open.last().is_some_and(|open| open.array)
    }

    /// How many lines end between two items.
    fn breaks(&self, before: &Item<'_, '_>, item: &Item<'_, '_>) -> usize {
        self.text.get(before.end..item.start).unwrap_or_default().matches('\n').count()
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((lines, last)) => {
                self.line += lines.matches('\n').count() + 1;
                self.column = last.width();
            }
            None => self.column += text.width(),
        }
    }

    fn new_line(&mut self, before: &Item<'_, '_>, word: Option<&Item<'_, '_>>, item: &Item<'_, '_>, blank: bool) {
        let opens = before.token.is_some_and(|token| opens_block(token) || opens_list(token));
        let closes = item.token.is_some_and(closes);
        self.push(if blank && !opens && !closes { "\n\n" } else { "\n" });
        self.indent = match self.open.last() {
            Some(open) if closes => open.closer,
            top => {
                let in_block = top.is_none_or(|open| open.block);
                let inner = top.map_or(0, |open| open.inner);
                let goes_on = word.is_some_and(|word| match (word.token, item.token) {
                    (Some(last), None) => !word.ends && last.wants_more(),
                    (Some(last), Some(token)) => {
                        !word.ends && !opens_block(last) && !matches!(token, Token::Else | Token::Catch)
                    }
                    (None, _) => false,
                });
                inner + if in_block && goes_on { LEVEL } else { 0 }
            }
        };
        self.push(&" ".repeat(self.indent));
    }

    fn bracket(&mut self, token: &Token<'_>, params: bool, next: Option<&Item<'_, '_>>) {
        self.body = false;
        if opens_block(token) {
            self.open.push(Open { inner: self.indent + LEVEL, closer: self.indent, block: true, params, array: false });
        } else if opens_list(token) {
            // What follows on the same line shows where the rest belongs.
            let hangs = next.is_some_and(|next| next.token.is_some());
            let inner = if hangs { self.column } else { self.indent + LEVEL };
            self.open.push(Open { inner, closer: self.indent, block: false, params, array: false });
        } else if closes(token) {
            self.body = self.open.pop().is_some_and(|open| open.params);
        }
    }

    /// Does a space stand between two words on one line?
    fn parted(&self, last: &Token<'_>, unary: bool, next: &Token<'_>) -> bool {
        use Token::{
            Colon, Comma, Dot, Ellipsis, Fn, LeftBrace, LeftBracket, LeftParen, Minus, Plus, Prime, RightBrace,
            RightBracket, RightParen, Semicolon,
        };
        match (last, next) {
            (_, Comma | Semicolon | RightParen | RightBracket | Dot | Prime) => {
                matches!((last, next), (Comma, Prime | Dot))
            }
            (LeftParen | LeftBracket | Dot | Ellipsis | Colon, _) => false,
            (_, Colon) => *last == Comma,
            (LeftBrace, RightBrace) => false,
            (_, LeftParen | LeftBracket) if self.body => true,
            (Fn, LeftParen) => false,
            (_, LeftParen) if last.opens_mode() => false,
            (_, LeftParen | LeftBracket) => !unary && !ends_value(last),
            // `--x` looks like something else.
            (_, Plus | Minus) => true,
            _ => !unary,
        }
    }

    /// Puts comments behind the code of neighbouring lines into one column.
    fn aligned(self) -> String {
        let mut out = String::with_capacity(self.out.len());
        let mut done = 0;
        let mut rest = &self.trailing[..];
        while let Some(&(_, first, _)) = rest.first() {
            let together = |(i, (_, line, column)): (usize, &(usize, usize, usize))| {
                *line == first + i && (i == 0 || *column <= ALIGNED)
            };
            let short = rest.first().is_some_and(|(_, _, column)| *column <= ALIGNED);
            let count = if short { rest.iter().enumerate().take_while(|&entry| together(entry)).count() } else { 1 };
            let (group, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            let widest = group.iter().map(|(_, _, column)| *column).max().unwrap_or(0);
            for &(at, _, column) in group {
                out.push_str(self.out.get(done..at).unwrap_or_default());
                out.push_str(&" ".repeat(widest - column));
                done = at;
            }
            rest = others;
        }
        out.push_str(self.out.get(done..).unwrap_or_default());
        out
    }
}

/// Does a value end with this word? A string with expressions in it is known by its first one.
fn ends_value(token: &Token<'_>) -> bool {
    token.ends_value() || *token == Token::StringStart
}

fn opens_block(token: &Token<'_>) -> bool {
    matches!(token, Token::LeftBrace | Token::Open)
}

fn opens_list(token: &Token<'_>) -> bool {
    matches!(token, Token::LeftParen | Token::LeftBracket)
}

fn closes(token: &Token<'_>) -> bool {
    matches!(token, Token::RightParen | Token::RightBracket | Token::RightBrace | Token::Close)
}
