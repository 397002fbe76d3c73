//! What the parser says when a word does not fit.
//!
//! A generated parser knows only which words it could have taken. What the writer meant shows in the
//! words around: this file holds the general answers, [`habits`](super::habits) those to the slips that
//! other languages train, [`unclosed`](super::unclosed) those about brackets.

use super::slips;
use super::token::Token;
use super::view::View;
use super::{habits, unclosed};
use crate::diagnostic::{Diagnostic, Edit, Level, Problem};
use crate::source::Span;

/// A message while it is put together.
pub struct Message(Box<Problem<Span>>);

/// A message about a place, with what to write beside it.
pub fn say(title: impl Into<String>, place: Span, label: impl Into<String>) -> Message {
    Message::new(title, place, label)
}

/// The edit that puts text at an empty place.
pub fn insert(place: Span, text: &str) -> Edit<Span> {
    Edit::Before(place, text.to_string())
}

/// The edit that puts text in the place of other text.
pub fn replace(place: Span, text: &str) -> Edit<Span> {
    Edit::Replace(place, text.to_string())
}

/// Source text as a message shows it: short, and without control characters.
pub fn show(text: &str) -> String {
    let shown: String =
        text.chars().take(24).map(|character| if character.is_control() { '�' } else { character }).collect();
    if text.chars().nth(24).is_some() { format!("{shown}…") } else { shown }
}

impl Message {
    /// See [`say`].
    pub fn new(title: impl Into<String>, place: Span, label: impl Into<String>) -> Message {
        Message(Problem::new(title).label(place, label))
    }

    /// Adds a place that matters, too.
    pub fn and(self, place: Span, label: impl Into<String>) -> Message {
        Message(self.0.label(place, label))
    }

    /// Adds a remedy in words.
    pub fn help(self, text: impl Into<String>) -> Message {
        Message(self.0.help(text))
    }

    /// Adds a remedy that can be applied.
    pub fn patch(self, text: impl Into<String>, edits: Vec<Edit<Span>>) -> Message {
        Message(self.0.patch(text, edits))
    }

    /// It stops the program.
    pub fn error(self) -> Box<Diagnostic> {
        Diagnostic::error(self.0)
    }

    /// It stops a program, and continues a line at the prompt.
    pub fn unfinished(self) -> Box<Diagnostic> {
        let mut diagnostic = Diagnostic::error(self.0);
        diagnostic.unfinished = true;
        diagnostic
    }

    /// It lets the program go on.
    pub fn warning(self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.0);
        diagnostic.level = Level::Warning;
        *diagnostic
    }
}

/// The message for a tree or brackets deeper than the language allows.
pub fn too_deep(place: Span) -> Box<Diagnostic> {
    say("this nests too deep", place, "more than 200 levels").help("give the inner parts names of their own").error()
}

/// Says why the word with this number does not fit.
pub fn refuse(view: &View, index: usize) -> Box<Diagnostic> {
    if let Some(Token::Slip(slip)) = view.token(index) {
        let span = view.span(index);
        let around = (view.between(view.base, span.start), view.between(span.end, view.end()));
        return slips::explain(slip, span, view.source(index), around);
    }
    unclosed::closed_early(view, index)
        .or_else(|| habits::explain(view, index))
        .or_else(|| keyword(view, index))
        .or_else(|| side_by_side(view, index))
        .unwrap_or_else(|| general(view, index))
}

/// `x.in`, `for = 3`
fn keyword(view: &View, index: usize) -> Option<Box<Diagnostic>> {
    let named = |index| super::token::KEYWORDS.contains(&view.source(index));
    let wants_name = view.expects("name") && !view.expects("number");
    let place = if named(index) && (wants_name || view.token(index + 1) == Some(&Token::Equals)) {
        index
    } else if view.token(index) == Some(&Token::Equals) && index.checked_sub(1).is_some_and(named) {
        index - 1
    } else {
        return None;
    };
    Some(word(view.source(place), view.span(place)))
}

/// A word of the language where a name stands.
pub fn word(name: &str, place: Span) -> Box<Diagnostic> {
    say(format!("`{name}` is a word of the language"), place, "cannot be a name")
        .help(format!("write another name, such as {name}_"))
        .error()
}

/// `a b`
fn side_by_side(view: &View, index: usize) -> Option<Box<Diagnostic>> {
    let (last, token) = (view.before(index)?, view.token(index)?);
    if !last.ends_value()
        || !token.starts_value()
            && !matches!(
                token,
                Token::While | Token::For | Token::Break | Token::Continue | Token::Return | Token::Import
            )
    {
        return None;
    }
    let (left, right) = (view.span_before(index), view.span(index));
    if *last == Token::RightBrace {
        let message =
            say("a new statement begins on a new line", right, "begins here").and(left, "the block ends here");
        return Some(message.patch("or behind `;`", vec![insert(left.after(), ";")]).error());
    }
    let shown = |index: usize| match view.token(index) {
        Some(Token::StringEnd | Token::StringStart | Token::Text(_)) => "a string".to_string(),
        _ => format!("`{}`", show(view.source(index))),
    };
    let title = format!("nothing joins {} and {}", shown(index - 1), shown(index));
    let title = if title.chars().count() > 60 { "nothing joins these two values".to_string() } else { title };
    let message = say(title, right, format!("{} before this", operator_wanted(view)));
    Some(
        match (last, token) {
            (_, Token::Number(_)) if view.source(index).starts_with('.') && view.touches(index) => {
                let entry = format!("[{}]", view.source(index).trim_start_matches('.'));
                message.patch("for an element or entry, write its number in brackets", vec![replace(right, &entry)])
            }
            _ if !view.expects(")")
                && !view.expects("]")
                && matches!(view.token(view.head(index)), Some(Token::For | Token::While | Token::If)) =>
            {
                let word = view.source(view.head(index));
                message.help(format!("the body of {word} stands in braces: {word} … {{ … }}"))
            }
            _ if view.expects(",") && (view.expects(")") || view.expects("]")) => match commas(view, index) {
                Some(edits) => message.patch("to part them, write a comma", edits),
                None => message.help("rows are arrays of their own: [[1, 2], [3, 4]]"),
            },
            (_, Token::Name(_)) if matches!(view.token(index + 1), Some(Token::Equals | Token::Update(_))) => {
                message.patch("to begin another statement, write `;`", vec![insert(left.after(), ";")])
            }
            (Token::Name(name), Token::Name(_) | Token::Number(_) | Token::Text(_) | Token::StringStart) => {
                message.help(format!("to call {}, write {}(…)", show(name), show(name)))
            }
            (_, Token::Text(_) | Token::StringStart) | (Token::StringEnd | Token::Text(_), _) => {
                message.help("in a string, write a value in braces: \"x is {x}\"; `+` joins strings")
            }
            (Token::Number(_), _) => message.patch("to multiply, write `*`", vec![insert(right.before(), "* ")]),
            _ => message,
        }
        .error(),
    )
}

/// The commas that are missing from here to the end of the bracket: `[1 2 3]`. None if it has a `;`.
fn commas(view: &View, index: usize) -> Option<Vec<Edit<Span>>> {
    let mut edits = Vec::new();
    let mut depth = 0_usize;
    for place in index.. {
        let (Some(last), Some(token)) = (view.before(place), view.token(place)) else { break };
        match token {
            Token::Semicolon if depth == 0 => return None,
            token
                if depth == 0
                    && last.ends_value()
                    && token.starts_value()
                    && !matches!(token, Token::Plus | Token::Minus | Token::LeftParen | Token::LeftBracket) =>
            {
                edits.push(insert(view.span_before(place).after(), ","));
            }
            Token::RightParen | Token::RightBracket | Token::RightBrace | Token::PieceClose if depth == 0 => break,
            _ => {}
        }
        match token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace | Token::PieceOpen => depth += 1,
            Token::RightParen | Token::RightBracket | Token::RightBrace | Token::PieceClose => depth -= 1,
            _ => {}
        }
    }
    Some(edits)
}

fn operator_wanted(view: &View) -> &'static str {
    match (view.expects(","), view.expects("end of line")) {
        (true, true) => "an operator, a comma or a new line belongs",
        (true, false) => "an operator or a comma belongs",
        (false, true) => "an operator or a new line belongs",
        (false, false) if view.expects("{") => "an operator or `{` belongs",
        (false, false) => "an operator belongs",
    }
}

/// What can be said of any word.
fn general(view: &View, index: usize) -> Box<Diagnostic> {
    let place = view.span(index);
    let value = view.expects("number");
    let wanted = if value {
        "a value belongs here"
    } else if view.expects("name") {
        "a name belongs here"
    } else if view.expects("{") && !view.expects("+") {
        "`{` belongs here"
    } else if view.expects("(") && !view.expects("+") {
        "`(` belongs here"
    } else if view.expects("in") && !view.expects("+") {
        "`in` belongs here"
    } else {
        &format!("{} here", operator_wanted(view))
    };
    match view.token(index) {
        None => ends(view, index, wanted),
        Some(Token::EndLine) => say("the line ends too early", view.span_before(index).after(), wanted).error(),
        Some(Token::Comma | Token::RightParen | Token::RightBracket | Token::RightBrace | Token::Semicolon)
            if value =>
        {
            let what = show(view.source(index));
            say(format!("nothing stands before `{what}`"), place, wanted).error()
        }
        Some(Token::PieceClose) if view.before(index) == Some(&Token::PieceOpen) => {
            say("nothing stands between `{` and `}`", place, wanted).help("for plain braces, write \\{ and \\}").error()
        }
        Some(Token::StringStart) if view.before(index) == Some(&Token::Import) => {
            say("a path is a plain string", place, "holds an expression").error()
        }
        Some(token) if view.before(index).is_some_and(Token::ends_statement) && value && !token.starts_value() => {
            let message = say(format!("a line does not begin with `{}`", show(view.source(index))), place, wanted);
            message.help("a statement goes on when the line before ends with an operator").error()
        }
        Some(Token::StringStart | Token::Text(_)) => say("a string does not fit here", place, wanted).error(),
        Some(_) => say(format!("`{}` does not fit here", show(view.source(index))), place, wanted).error(),
    }
}

fn ends(view: &View, index: usize, wanted: &str) -> Box<Diagnostic> {
    let last = view.before(index);
    let message = match last {
        None => say("the text ends too early", view.span(index), wanted),
        Some(_) => say(format!("nothing follows `{}`", show(view.source_before(index))), view.span(index), wanted),
    };
    let message = if last == Some(&Token::Greater) { unclosed::recall(view, message) } else { message };
    if last.is_some_and(Token::wants_more) || view.expects("catch") { message.unfinished() } else { message.error() }
}
