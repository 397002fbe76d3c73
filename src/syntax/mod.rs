//! From text to tree.
//!
//! [`lex`] cuts the text into words, [`layout`] decides where statements end and what `<` and `>` mean,
//! the grammar in `grammar/adlib.lalrpop` makes the tree of [`ast`] with the help of [`build`] and
//! [`cover`], and [`resolve`] finds out where every name lives. What does not fit becomes a message in
//! [`messages`], with [`habits`] and [`foreign`] for the slips that other languages train. [`format`] gives a text the style of the house.
//! Only this file names the parser generator: its types end here.

mod assigned;
pub mod ast;
mod build;
mod cover;
mod foreign;
pub mod format;
mod habits;
mod layout;
mod lex;
mod messages;
mod overwritten;
pub mod paint;
pub mod resolve;
mod slips;
mod strings;
mod token;
mod unclosed;
mod view;

pub use token::{KEYWORDS, OPERATORS, number};

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use ast::{Block, Statement, StatementKind};
use lalrpop_util::ParseError;
use layout::Layout;
use std::rc::Rc;
use token::{Spanned, Token};
use view::View;

#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports, unused_parens, dead_code)]
mod grammar {
    lalrpop_util::lalrpop_mod!(generated, "/adlib.rs");
    pub use generated::ProgramParser;
}

/// The most errors that one text reports.
const MOST_ERRORS: usize = 3;

/// A program that can be resolved and run.
#[derive(Debug)]
pub struct Parsed {
    /// Its statements.
    pub block: Block,
    /// What is legal but probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// Parses a program whose first byte has the position `base`.
///
/// There are at most three errors, one a statement. Text that merely ends too early gives one error
/// whose [`unfinished`](Diagnostic::unfinished) is set, and the prompt asks for more.
///
/// ```
/// use adlib::syntax::parse;
///
/// assert_eq!(parse("y = 2 * x", 1).map_or(0, |parsed| parsed.block.statements.len()), 1);
/// assert!(parse("record <", 1).is_err_and(|errors| errors[0].unfinished));
/// ```
pub fn parse(text: &str, base: u32) -> Result<Parsed, Vec<Box<Diagnostic>>> {
    let last = u32::try_from(text.len()).ok().and_then(|length| base.checked_add(length));
    let Some(end) = last else {
        let place = Span::new(base, base);
        return Err(vec![messages::say("this text is longer than four gigabytes", place, "begins here").error()]);
    };
    let lexed = lex::lex(text, base);
    let context = Context { docs: lexed.docs };
    let mut layout = layout::arrange(lexed.tokens);
    match (run(&context, &layout, 0), &layout.trouble) {
        (Ok(statements), None) => {
            let block = build::program(statements, Span::new(base, end));
            Ok(Parsed { block, warnings: std::mem::take(&mut layout.warnings) })
        }
        (Ok(_), Some(trouble)) => Err(vec![trouble.explain(&view(text, base, &layout, &[]))]),
        (Err(stop), Some(_)) => Err(vec![in_doubt(text, base, &layout, stop)]),
        (Err(stop), None) => Err(errors(text, base, &context, &layout, stop)),
    }
}

/// What the grammar's actions can see.
pub(crate) struct Context {
    /// The `##` lines, with the position of the statement below them.
    docs: Vec<(u32, Rc<str>)>,
}

impl Context {
    /// A statement, with its documentation.
    pub(crate) fn statement(&self, mut kind: StatementKind, span: Span) -> Statement {
        if let Ok(index) = self.docs.binary_search_by_key(&span.start, |(position, _)| *position)
            && let Some((_, doc)) = self.docs.get(index)
        {
            cover::document(&mut kind, doc);
        }
        Statement { kind, span, quiet: false, overwrites: Vec::new() }
    }
}

/// Gives a message to the generated parser.
pub(crate) fn refused<'input, T>(built: build::Built<T>) -> Result<T, ParseError<u32, Token<'input>, Box<Diagnostic>>> {
    built.map_err(|error| ParseError::User { error })
}

/// Why the parser stopped.
enum Stop {
    /// The word with this number does not fit; it could have been one of these.
    Word(usize, Vec<String>),
    /// The words fit, but not what they say.
    Said(Box<Diagnostic>),
}

fn run(context: &Context, layout: &Layout, from: usize) -> Result<Vec<Statement>, Stop> {
    let words = layout.tokens.get(from..).unwrap_or(&[]);
    let number = |position: u32| words.partition_point(|(start, _, _)| *start < position) + from;
    grammar::ProgramParser::new()
        .parse(context, words.iter().map(|word: &Spanned| Ok::<_, Box<Diagnostic>>(word.clone())))
        .map_err(|error| match error {
            ParseError::User { error } => Stop::Said(error),
            ParseError::UnrecognizedToken { token, expected } => Stop::Word(number(token.0), expected),
            ParseError::ExtraToken { token } => Stop::Word(number(token.0), Vec::new()),
            ParseError::UnrecognizedEof { expected, .. } => Stop::Word(layout.tokens.len(), expected),
            ParseError::InvalidToken { location } => Stop::Word(number(location), Vec::new()),
        })
}

fn view<'a, 'input>(
    text: &'input str,
    base: u32,
    layout: &'a Layout<'input>,
    expected: &'a [String],
) -> View<'a, 'input> {
    View { text, base, layout, expected }
}

fn message(text: &str, base: u32, layout: &Layout, stop: Stop) -> Box<Diagnostic> {
    match stop {
        Stop::Word(index, expected) => messages::refuse(&view(text, base, layout, &expected), index),
        Stop::Said(diagnostic) if diagnostic.problem.title == build::LATE_ARGUMENT => {
            let view = view(text, base, layout, &[]);
            if view.defines(diagnostic.span()) { cover::late_parameter(diagnostic.span()) } else { diagnostic }
        }
        Stop::Said(diagnostic) => diagnostic,
    }
}

/// The error of a text whose brackets do not match. A word that does not fit comes first, unless it is
/// on a later line and inside what was never closed: then it is a consequence.
fn in_doubt(text: &str, base: u32, layout: &Layout, stop: Stop) -> Box<Diagnostic> {
    let view = view(text, base, layout, &[]);
    let Some(trouble) = &layout.trouble else { return message(text, base, layout, stop) };
    if let Stop::Word(index, _) = &stop {
        let (place, before) = (view.span(*index), view.span_before(*index));
        let later = place.start >= trouble.position(&view) && view.between(before.end, place.start).contains('\n');
        let slip = matches!(view.token(*index), Some(Token::Slip(_)));
        if *index >= layout.tokens.len() {
            return trouble.explain(&view);
        }
        if later && !slip {
            let mut diagnostic = trouble.explain(&view);
            diagnostic.unfinished = false;
            return diagnostic;
        }
    }
    message(text, base, layout, stop)
}

/// All errors worth reporting: parsing goes on with the next statement that is not inside the one that
/// stopped it, which shows in its indentation.
#[expect(clippy::vec_box, reason = "an error is boxed wherever it goes")]
fn errors(text: &str, base: u32, context: &Context, layout: &Layout, mut stop: Stop) -> Vec<Box<Diagnostic>> {
    let mut errors: Vec<Box<Diagnostic>> = Vec::new();
    loop {
        let view = view(text, base, layout, &[]);
        let place = match &stop {
            Stop::Word(index, _) => view.span(*index).start,
            Stop::Said(diagnostic) => diagnostic.span().start,
        };
        // Behind a string that is never closed, text and code are confused.
        let confused = match &stop {
            Stop::Word(index, _) => {
                view.token(*index).is_some_and(|token| matches!(token, Token::Slip(slip) if slip.confuses()))
            }
            Stop::Said(_) => false,
        };
        errors.push(message(text, base, layout, stop));
        if errors.len() > 1 {
            // No further line can mend the first one.
            errors.iter_mut().for_each(|error| error.unfinished = false);
        }
        let begins = |index: usize| view.span(index).start;
        let next = layout.starts.partition_point(|&index| index < layout.tokens.len() && begins(index) <= place);
        let Some(&failed) = next.checked_sub(1).and_then(|index| layout.starts.get(index)) else { return errors };
        let column = view.column(begins(failed));
        let next = layout.starts.iter().skip(next).find(|&&index| {
            let new_line = view.before(index) == Some(&Token::EndLine);
            // A statement that cannot begin so is the rest of the one before.
            let begins_one = view.token(index).is_some_and(Token::starts_statement);
            new_line && begins_one && view.column(begins(index)) <= column
        });
        let Some(&next) = next.filter(|_| errors.len() < MOST_ERRORS && !confused) else { return errors };
        match run(context, layout, next) {
            Ok(_) => return errors,
            Err(again) => stop = again,
        }
    }
}
