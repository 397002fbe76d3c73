//! Brackets and records that do not match.
//!
//! The likeliest slip in this language is a record that never closes, or that a comparison closed:
//!
//! ```text
//! record <
//!     y = x >      this `>` ends the line, so it ends the record,
//!     2
//! >                and this one has nothing left to close.
//! ```

use super::layout::Bracket;
use super::messages::{Message, insert, say, show, too_deep};
use super::token::Token;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Where a record began and ended.
#[derive(Clone, Copy, Debug)]
pub struct ClosedRecord {
    /// Its keyword.
    pub keyword: Span,
    /// The `>`.
    pub close: Span,
}

/// Brackets that do not match.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// `(a` and the end of the text
    NeverClosed {
        /// What kind.
        bracket: Bracket,
        /// The number of its word.
        opener: usize,
    },
    /// `(a]`
    Mismatch {
        /// What kind is open.
        bracket: Bracket,
        /// The number of its word.
        opener: usize,
        /// The bracket that does not close it.
        closer: Span,
    },
    /// `a)`
    NothingOpen {
        /// The bracket that closes nothing.
        closer: Span,
    },
    /// `((((…`
    TooDeep {
        /// The first bracket too many.
        place: Span,
    },
}

impl Trouble {
    /// The position from which on the words are in doubt.
    pub fn position(&self, view: &View) -> u32 {
        match self {
            Trouble::NeverClosed { opener, .. } | Trouble::Mismatch { opener, .. } => view.span(*opener).start,
            Trouble::NothingOpen { closer } => closer.start,
            Trouble::TooDeep { place } => place.start,
        }
    }

    /// The message.
    pub fn explain(&self, view: &View) -> Box<Diagnostic> {
        match *self {
            Trouble::NeverClosed { bracket: Bracket::Record(keyword), opener } => record(view, keyword, opener),
            Trouble::NeverClosed { opener, .. } => {
                let place = view.span(opener);
                say(format!("this `{}` is never closed", show(view.source(opener))), place, "opened here").unfinished()
            }
            Trouble::Mismatch { bracket: Bracket::Record(keyword), opener, closer } => {
                let text = view.between(closer.start, closer.end);
                let last = view.layout.tokens.iter().rposition(|(_, token, _)| !token.ends_statement());
                let last = view.span(last.unwrap_or(opener));
                record_message(view, keyword, opener)
                    .and(closer, "this comes first")
                    .patch(format!("close it before `{text}`"), vec![insert(last.after(), " >")])
                    .error()
            }
            Trouble::Mismatch { opener, closer, .. } => {
                let text = view.between(closer.start, closer.end);
                let open = show(view.source(opener));
                say(format!("`{text}` does not close `{open}`"), closer, "closes something else")
                    .and(view.span(opener), "opened here, never closed")
                    .error()
            }
            Trouble::NothingOpen { closer } => {
                let text = view.between(closer.start, closer.end);
                say(format!("`{text}` closes nothing"), closer, "nothing is open here").error()
            }
            Trouble::TooDeep { place } => too_deep(place),
        }
    }
}

fn record_message(view: &View, keyword: usize, opener: usize) -> Message {
    let place = Span::new(view.span(keyword).start, view.span(opener).end);
    say(format!("this {} is never closed", view.source(keyword)), place, "opened here")
}

/// `record < y = x` and the end of the text.
fn record(view: &View, keyword: usize, opener: usize) -> Box<Diagnostic> {
    let message = record_message(view, keyword, opener);
    if let Some(greater) = last_comparison(view, opener) {
        let what = "a value follows, so this compares";
        let help = format!("to go on with the result, put the block in parentheses: ({} < … >)", view.source(keyword));
        return message.and(view.span(greater), what).help(help).unfinished();
    }
    match closing_place(view, keyword, opener) {
        Some((place, next)) => message.patch(format!("close it before {next}"), vec![insert(place, " >")]).unfinished(),
        None => match statement_words(view, opener).filter(|(_, token)| !token.ends_statement()).last() {
            Some((last, token)) if token.ends_value() => {
                message.patch("close it with `>`", vec![insert(view.span(last).after(), " >")]).unfinished()
            }
            _ => message.help("close it with `>`").unfinished(),
        },
    }
}

/// The last `>` directly inside a block, if no statement follows it.
fn last_comparison(view: &View, opener: usize) -> Option<usize> {
    let mut found = None;
    for (index, token) in statement_words(view, opener) {
        match token {
            Token::Greater => found = Some(index),
            token if token.ends_statement() => found = None,
            _ => {}
        }
    }
    found
}

/// The words after an open bracket that are in no bracket of their own.
fn statement_words<'a>(view: &'a View, opener: usize) -> impl Iterator<Item = (usize, &'a Token<'a>)> {
    let mut depth = 0_usize;
    view.layout.tokens.iter().enumerate().skip(opener + 1).filter_map(move |(index, (_, token, _))| {
        match token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace | Token::Open | Token::PieceOpen => depth += 1,
            Token::RightParen | Token::RightBracket | Token::RightBrace | Token::Close | Token::PieceClose => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        (depth == 0).then_some((index, token))
    })
}

/// Where an open block was probably meant to end, and what follows there: before the first statement
/// that runs `backward`, or where the text goes back to the column of the block or further.
fn closing_place(view: &View, keyword: usize, opener: usize) -> Option<(Span, String)> {
    let line = view.span(keyword).start;
    let one_line = !matches!(view.token(opener + 1), Some(Token::EndLine));
    let mut start = opener + 1;
    let mut on_line = one_line;
    for (index, token) in statement_words(view, opener) {
        if token.ends_statement() {
            start = index + 1;
            on_line = on_line && *token == Token::Semicolon;
            continue;
        }
        if start <= opener + 1 {
            continue;
        }
        let runs_backward = view.source(index) == "backward";
        let outside =
            index == start && !on_line && (one_line || view.column(view.span(index).start) <= view.column(line));
        if runs_backward || outside {
            let last =
                (opener..start).rev().find(|&index| view.token(index).is_some_and(|token| !token.ends_statement()))?;
            let next = if runs_backward { "backward".to_string() } else { format!("`{}`", show(view.source(start))) };
            return Some((view.span(last).after(), next));
        }
    }
    None
}

/// `record < y = x >` and, lines below, `2 >` and the end: the record may have closed too early.
pub fn recall(view: &View, message: Message) -> Message {
    match view.layout.closed.last() {
        Some(closed) => {
            let name = view.between(closed.keyword.start, closed.keyword.end);
            message.and(closed.close, format!("this `>` closed the {name}")).and(closed.keyword, "the block began here")
        }
        None => message,
    }
}

/// A `>` where no operator can stand, after a block that was closed already.
pub fn closed_early(view: &View, index: usize) -> Option<Box<Diagnostic>> {
    let place = view.span(index);
    if view.token(index) != Some(&Token::Greater) || view.touches(index) && view.before(index) == Some(&Token::Equals) {
        return None;
    }
    let closed = view.layout.closed.iter().rfind(|closed| closed.close.end <= place.start)?;
    let name = view.between(closed.keyword.start, closed.keyword.end);
    let message = say("nothing is left for this `>` to close", place, "closes nothing")
        .and(closed.close, format!("this `>` closed the {name}"))
        .and(closed.keyword, "the block began here")
        .help("put a comparison that ends a line in parentheses: y = (x > 2)");
    Some(message.error())
}
