//! Words of other languages: `def f`, `print x`, `elif`, `lambda`.
//!
//! Here they are ordinary names, so they show only when something stands beside them that no operator
//! joins.

use super::habits::{Answer, quotes};
use super::messages::{insert, replace, say};
use super::token::Token;
use super::view::View;
use crate::diagnostic::Diagnostic;

/// Names that are words elsewhere.
pub fn words(view: &View, index: usize) -> Answer {
    let (left, right) = (view.source_before(index), view.source(index));
    let text = |index: usize| matches!(view.token(index), Some(Token::Text(_) | Token::StringStart));
    if index > 0 && text(index) && view.touches(index) && matches!(left, "f" | "b" | "u") {
        let message = say("every string may hold expressions", view.span(index - 1), "not needed");
        return Some(message.patch("leave it out", vec![replace(view.span(index - 1), "")]).error());
    }
    if view.before(index) == Some(&Token::Prime) && view.touches(index) && !view.touches(index - 1) {
        return quotes(view, index - 1);
    }
    let at_right = match right {
        "elif" | "elsif" | "elseif" => Some(("is written `else if`", "else if")),
        "of" if view.expects("in") => Some(("is written `in`", "in")),
        "is" => Some(("is written `==`", "==")),
        "except" => Some(("is written `catch`", "catch")),
        "then" | "do" | "begin" => Some(("is written `{`", "")),
        "xor" => Some(("is written `!=`", "!=")),
        _ => None,
    };
    if let (Some((title, plain)), Some(Token::Name(_))) = (at_right, view.token(index)) {
        let place = view.span(index);
        if right == "is" && view.token(index + 1) == Some(&Token::Not) {
            let place = place.to(view.span(index + 1));
            let message = say("`is not` is written `!=`", place, "not words of the language");
            return Some(message.patch("write `!=`", vec![replace(place, "!=")]).error());
        }
        let message = say(format!("`{right}` {title}"), place, "not a word of the language");
        return Some(match plain {
            "" => message.help("a block stands between `{` and `}`").error(),
            plain => message.patch(format!("write `{plain}`"), vec![replace(place, plain)]).error(),
        });
    }
    let (title, help) = match left {
        "def" | "function" | "func" | "fun" | "fn" => {
            ("a function begins with `fn`", "write fn f(x) { … } or f(x) = …")
        }
        "lambda" => ("a function without a name is written `->`", "write x -> 2 * x or (x, y) -> x * y"),
        "let" | "var" | "const" | "local" | "global" | "mut" | "auto" => {
            ("a variable needs no declaration", "assigning makes it: x = 3")
        }
        "elif" | "elsif" | "elseif" => ("`elif` is written `else if`", ""),
        "from" => ("a module is imported whole", "write import nn, then nn.name"),
        "class" | "struct" => ("there are no classes", "keep values in a tuple with names: (w = 1, b = 2)"),
        "raise" | "throw" => ("errors are raised by a function", "write error(\"what is wrong\")"),
        "del" | "pass" | "with" | "assert" | "print" | "echo" => ("a call needs parentheses", ""),
        _ => return import(view, index),
    };
    if index == 0 || !matches!(view.before(index), Some(Token::Name(_))) {
        return None;
    }
    let message = say(title, view.span(index - 1), "not a word of the language");
    if left.starts_with("els") || left == "elif" {
        return Some(message.patch("write `else if`", vec![replace(view.span(index - 1), "else if")]).error());
    }
    Some(match (help, left) {
        ("", "assert" | "print") => {
            let rest = view.rest_of_line(view.span(index).start);
            let simple = !rest.contains(['#', ';', '(', '[', '{', '<', '>']);
            let start = view.span(index);
            let end = crate::source::Span::new(start.start, start.start + rest.trim_end().len() as u32);
            let message = say(title, view.span(index - 1), "a function");
            let gap = crate::source::Span::new(view.span(index - 1).end, start.start);
            match simple {
                true => message.patch("write them", vec![replace(gap, "("), insert(end.after(), ")")]).error(),
                false => message.help(format!("write {left}(…)")).error(),
            }
        }
        ("", _) => message_without_word(view, index, left),
        _ => message.help(help).error(),
    })
}

fn message_without_word(view: &View, index: usize, word: &str) -> Box<Diagnostic> {
    say(format!("there is no `{word}` statement"), view.span(index - 1), "not a word of the language").error()
}

/// `import x from "y"`, `import a.b`
fn import(view: &View, index: usize) -> Answer {
    let head = view.head(index);
    if view.token(head) != Some(&Token::Import) {
        return None;
    }
    let place = view.span(index);
    let message = match view.token(index) {
        Some(Token::Comma) => {
            say("one import names one module", place, "a second one").help("write import a; import b")
        }
        None | Some(Token::EndLine) => {
            say("an import names a module or a file", view.span_before(index), "nothing follows it on this line")
        }
        _ => say("an import names a module or a file", place, "does not fit here"),
    };
    Some(message.help("write import nn, import \"path/file.ad\" or import \"file.ad\" as m").error())
}

/// `fn f(x) x`, `1 + fn(x) x`
pub fn function(view: &View, index: usize) -> Answer {
    if view.before(index) != Some(&Token::RightParen) || !view.token(index)?.starts_value() {
        return None;
    }
    let mut depth = 0_usize;
    let opener = (0..index).rev().find(|&word| {
        match view.token(word) {
            Some(Token::RightParen) => depth += 1,
            Some(Token::LeftParen) => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let place = view.span(index);
    let (before, first) = (view.before(opener), opener.checked_sub(2).and_then(|first| view.token(first)));
    let message = say("the body of this function is missing", place, "does not begin it");
    match (before, first) {
        (Some(Token::Name(_)), Some(Token::Fn)) => {
            Some(message.patch("write `=` before a one-line body", vec![insert(place.before(), "= ")]).error())
        }
        (Some(Token::Fn), _) => Some(message.help("inside an expression, write fn(x) { … } or (x -> …)").error()),
        _ => None,
    }
}
