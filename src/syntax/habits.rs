//! Slips that other languages train.
//!
//! `for i in 0:3` is right in Julia, `x = y if c else z` in Python, `x => x * 2` in JavaScript. Each rule
//! looks at the word that did not fit and at its neighbours, and says how the same is written here.

use super::ast::BinaryOp;
use super::foreign::{function, words};
use super::messages::{replace, say, show};
use super::token::Token;
use super::view::View;
use crate::diagnostic::Diagnostic;

/// A message, if a rule knows the slip.
pub type Answer = Option<Box<Diagnostic>>;

/// The answer of the first rule that knows the slip.
pub fn explain(view: &View, index: usize) -> Answer {
    let head = view.head(index);
    if view.token(head) == Some(&Token::Import) && view.before(index).is_some_and(Token::ends_value) {
        let last = (index..).take_while(|&at| view.token(at).is_some_and(|token| !token.ends_statement())).last();
        let path = view.span(head + 1).to(view.span(last.unwrap_or(index)));
        let text = view.between(path.start, path.end);
        let path_like = text.contains('/') || text.ends_with(".ad");
        if path_like && !text.contains(['"', ' ', '\\', '{', '}']) {
            let message = say("a path is a string", path, "stands without quotes");
            return Some(message.patch("put it in quotes", vec![replace(path, &format!("\"{text}\""))]).error());
        }
    }
    if view.expects("< of a block") && view.token(index) != Some(&Token::Equals) {
        return mode(view, index);
    }
    match view.token(index) {
        Some(Token::Prime) => quotes(view, index),
        Some(Token::Equals) => equals(view, index),
        Some(Token::Colon) => colon(view, index),
        Some(Token::LeftBrace) => brace(view, index),
        Some(Token::EndLine) | None => line_end(view, index),
        Some(Token::Greater) => fat_arrow(view, index),
        Some(Token::If | Token::For) => python_expression(view, index),
        Some(Token::Else | Token::Catch) => alone(view, index),
        Some(Token::Arrow) => arrow(view, index),
        Some(Token::In) if view.token(view.head(index)) == Some(&Token::For) => {
            let message = say("a `for` has no parentheses around it", view.span(index), "does not fit here");
            Some(message.help("write for x in xs { … }").error())
        }
        Some(Token::Update(_)) => update(view, index),
        Some(Token::Product(_) | Token::Power | Token::Plus | Token::Minus) => operator(view, index),
        Some(Token::Comma) if view.before(index) == Some(&Token::PieceOpen) => None,
        Some(Token::RightBracket) if view.before(index) == Some(&Token::LeftBracket) => {
            let message = say("an index is missing", view.span(index), "nothing stands between `[` and `]`");
            Some(message.help("for everything along an axis, write x[:]").error())
        }
        Some(_) => words(view, index).or_else(|| function(view, index)),
    }
}

/// `'text'`
pub fn quotes(view: &View, index: usize) -> Answer {
    let place = view.span(index);
    let message = |place| say("strings use double quotes", place, "a single quote is the prime of f'(x)");
    let rest = view.rest_of_line(place.end);
    let Some(length) = rest.find('\'') else {
        return Some(message(place).help("write \"text\"").error());
    };
    let text = rest.get(..length).unwrap_or("");
    let whole = crate::source::Span::new(place.start, place.end + length as u32 + 1);
    if view.before(index).is_some_and(Token::ends_value) {
        return Some(message(whole).help("write \"text\"; a call needs parentheses").error());
    }
    if text.contains(['"', '{', '}', '\\']) {
        return Some(message(whole).help("write \"text\", with \\\" for a quote in it").error());
    }
    let mut edits = vec![replace(whole, &format!("\"{text}\""))];
    // The others on the line, so that the remedy is one.
    let mut at = length + 1;
    while let Some((start, text)) = rest.get(at..).and_then(quoted) {
        let from = place.end + (at + start) as u32;
        let span = crate::source::Span::new(from, from + text.len() as u32 + 2);
        edits.push(replace(span, &format!("\"{text}\"")));
        at += start + text.len() + 2;
    }
    Some(message(whole).patch("write it so", edits).error())
}

/// The next text in single quotes, and where it begins, if what stands before it leaves no doubt.
fn quoted(line: &str) -> Option<(usize, &str)> {
    let start = line.find(['\'', '"', '#'])?;
    let prime = line.get(..start)?.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | ')' | ']'));
    let text = line.get(start..)?.strip_prefix('\'').filter(|_| !prime)?;
    let text = text.get(..text.find('\'')?)?;
    (!text.contains(['"', '{', '}', '\\'])).then_some((start, text))
}

/// `=` where it cannot assign.
fn equals(view: &View, index: usize) -> Answer {
    let place = view.span(index);
    if view.touches(index) && matches!(view.before(index), Some(Token::Compare(BinaryOp::Equal | BinaryOp::NotEqual))) {
        let (wide, plain) =
            if view.before(index) == Some(&Token::Compare(BinaryOp::Equal)) { ("===", "==") } else { ("!==", "!=") };
        let both = view.span_before(index).to(place);
        let message = say(format!("`{wide}` is written `{plain}`"), both, "not an operator");
        return Some(message.patch(format!("write `{plain}`"), vec![replace(both, plain)]).error());
    }
    if view.token(index + 1) == Some(&Token::Greater) && view.touches(index + 1) {
        return fat_arrow(view, index + 1);
    }
    let head = view.head(index);
    match view.token(head)? {
        Token::If | Token::While => {
            let message = say("`=` does not compare", place, "assigns");
            return Some(message.patch("to compare, write `==`", vec![replace(place, "==")]).error());
        }
        Token::For => return Some(counting(view, index)),
        _ => {}
    }
    let first = (head..index).find(|&before| matches!(view.token(before), Some(Token::Equals | Token::Update(_))))?;
    if first + 1 == index {
        return None;
    }
    let message = say("assignments do not chain", place, "a second assignment").and(view.span(first), "the first one");
    Some(message.help("assign in two statements: b = 3; a = b").error())
}

/// `for i in 0:3`, `for i = 1:3`, `for (i = 0; …)`
fn counting(view: &View, index: usize) -> Box<Diagnostic> {
    let name = (view.head(index)..index).find_map(|word| match view.token(word) {
        Some(Token::Name(name)) => Some(show(name)),
        _ => None,
    });
    let name = name.unwrap_or("i".to_string());
    say("a loop runs over the items of something", view.span(index), "does not fit here")
        .help(format!("to count, write for {name} in range(0, 3) {{ … }}"))
        .error()
}

/// `if c:`, `for i in 0:3`, `x := 1`, `a[1:2:3:4]`
fn colon(view: &View, index: usize) -> Answer {
    let place = view.span(index);
    if view.token(index + 1) == Some(&Token::Equals) && view.touches(index + 1) {
        let both = place.to(view.span(index + 1));
        return Some(
            say("`:=` is written `=`", both, "not an operator").patch("write `=`", vec![replace(both, "=")]).error(),
        );
    }
    let head = view.head(index);
    let counts = view.rest_of_line(place.end).contains('{');
    if view.token(head) == Some(&Token::For) && counts && (head..index).any(|word| view.token(word) == Some(&Token::In))
    {
        let low = view.span_before(index);
        if let (Some(Token::Number(_)), Some(Token::Number(_))) = (view.before(index), view.token(index + 1))
            && index >= 2
            && view.token(index - 2) == Some(&Token::In)
            && view.token(index + 2) == Some(&Token::LeftBrace)
        {
            let high = view.span(index + 1);
            let call = format!("range({}, {})", view.source(index - 1), view.source(index + 1));
            return Some(
                say("a loop runs over the items of something", place, "makes a slice, inside an index only")
                    .patch(format!("to count, write {call}"), vec![replace(low.to(high), &call)])
                    .error(),
            );
        }
        return Some(counting(view, index));
    }
    let block = match view.token(head) {
        Some(Token::If | Token::While | Token::For | Token::Try | Token::Fn) => Some(view.source(head)),
        _ if matches!(view.before(index), Some(Token::Else | Token::Try | Token::Catch)) => {
            Some(view.source_before(index))
        }
        _ => None,
    };
    if let Some(word) = block {
        let message = say("a block stands between `{` and `}`", place, "begins no block");
        let shape = match word {
            "else" | "try" => format!("{word} {{ … }}"),
            "fn" => "fn f(x) { … }".to_string(),
            "for" => "for x in xs { … }".to_string(),
            word => format!("{word} c {{ … }}"),
        };
        return Some(message.help(format!("write {shape}")).error());
    }
    if view.expects("]") {
        let message = say("a slice has three parts at most", place, "one too many");
        return Some(message.help("write a[start:stop:step]").error());
    }
    None
}

/// `if c` and `{` on the next line, `{a = 1}`
fn brace(view: &View, index: usize) -> Answer {
    let place = view.span(index);
    match view.before(index) {
        Some(Token::Equals | Token::LeftParen | Token::LeftBracket | Token::Comma | Token::Arrow | Token::Return) => {
            let message = say("`{` does not begin a value", place, "begins a block");
            Some(message.help("for values with names, write a tuple: (a = 1, b = 2)").error())
        }
        None => stands_alone(view, index),
        Some(last) if last.ends_statement() || matches!(last, Token::LeftBrace | Token::Open) => {
            stands_alone(view, index)
        }
        _ => words(view, index),
    }
}

fn stands_alone(view: &View, index: usize) -> Answer {
    let message = say("a block does not stand alone", view.span(index), "begins a block");
    Some(message.help("put if, while, for, try or fn before it, on the same line").error())
}

/// The end of a line where a block should begin.
fn line_end(view: &View, index: usize) -> Answer {
    let before = view.span_before(index);
    if view.token(index + 1) == Some(&Token::LeftBrace) && view.expects("{") {
        let brace = view.span(index + 1);
        let message = say("`{` does not begin a line", brace, "belongs on the line before");
        let gap = crate::source::Span::new(before.end, brace.end);
        return Some(if view.between(before.end, brace.start).trim().is_empty() {
            message.patch("put it behind what it belongs to", vec![replace(gap, " {")]).error()
        } else {
            message.help("put it behind what it belongs to").error()
        });
    }
    let head = view.head(index);
    if view.expects("catch") && view.token(index).is_some() {
        let message = say("this try has no catch", before.after(), "`catch` belongs here, or on the next line");
        return Some(message.help("write try { … } catch err { … }").error());
    }
    if view.expects("{") && view.expects("=") {
        let message = say("this function has no body", before.after(), "`{` or `=` belongs here, on the same line");
        return Some(message.help("write fn f(x) { … } or fn f(x) = …").error());
    }
    if view.expects("{") && !view.expects("number") {
        let word = (head..index).find(|&word| {
            matches!(
                view.token(word),
                Some(Token::If | Token::While | Token::For | Token::Fn | Token::Try | Token::Else)
            )
        });
        let name = word.map_or(view.source_before(index), |word| view.source(word));
        let message =
            say(format!("this {} has no block", show(name)), before.after(), "`{` belongs here, on the same line");
        return Some(message.help("write the block as { … }").error());
    }
    words(view, index)
}

/// `record`, `pause x`
fn mode(view: &View, index: usize) -> Answer {
    let word = (0..index).rfind(|&word| view.token(word).is_some_and(Token::opens_mode))?;
    let name = view.source(word);
    let message = say(format!("{name} needs a block"), view.span(word), "no `<` follows it on this line");
    Some(message.help(format!("write {name} < … >, with the `<` on the same line")).error())
}

/// `x => x * 2`, `a <> b`
fn fat_arrow(view: &View, index: usize) -> Answer {
    if view.before(index) == Some(&Token::Less) && view.touches(index) {
        let both = view.span_before(index).to(view.span(index));
        let message = say("`<>` is written `!=`", both, "not an operator");
        return Some(message.patch("write `!=`", vec![replace(both, "!=")]).error());
    }
    if view.before(index) != Some(&Token::Equals) || !view.touches(index) {
        return None;
    }
    let both = view.span_before(index).to(view.span(index));
    Some(say("`=>` is written `->`", both, "not an operator").patch("write `->`", vec![replace(both, "->")]).error())
}

/// `x = y if c else z`, `[x for x in xs]`
fn python_expression(view: &View, index: usize) -> Answer {
    let after_value = view.before(index).is_some_and(|last| last.ends_value() && *last != Token::RightBrace);
    if !after_value {
        return None;
    }
    let place = view.span(index);
    Some(if view.token(index) == Some(&Token::If) {
        let message = say("the condition of an `if` comes first", place, "stands behind a value");
        message.help("write if c { y } else { z }").error()
    } else {
        let message = say("a loop does not stand inside an expression", place, "begins a loop");
        message.help("to make an array from another, write map(x -> 2 * x, xs)").error()
    })
}

/// `else` and `catch` without what they belong to.
fn alone(view: &View, index: usize) -> Answer {
    let (name, owner) = if view.token(index) == Some(&Token::Else) { ("else", "if") } else { ("catch", "try") };
    let message = say(
        format!("this `{name}` has no `{owner}`"),
        view.span(index),
        format!("no {owner} {{ … }} stands before it"),
    );
    Some(message.error())
}

/// `1 + x -> x`
fn arrow(view: &View, index: usize) -> Answer {
    let message = say("a function does not stand here without parentheses", view.span(index), "begins its body");
    Some(message.help("only names stand before `->`; write (x -> …) inside an expression").error())
}

/// `a, b += 1`, `x = y += 1`
fn update(view: &View, index: usize) -> Answer {
    let place = view.span(index);
    let words = view.head(index)..index;
    if let Some(first) = words.clone().find(|&word| matches!(view.token(word), Some(Token::Equals | Token::Update(_))))
    {
        let message =
            say("assignments do not chain", place, "a second assignment").and(view.span(first), "the first one");
        return Some(message.help("write each as a statement of its own").error());
    }
    words.clone().find(|&word| view.token(word) == Some(&Token::Comma))?;
    let message = say("several names are not updated at once", place, "updates one");
    Some(message.help("update each in a statement of its own").error())
}

/// `a .* b`, `// text`, `f(*t)`
fn operator(view: &View, index: usize) -> Answer {
    let place = view.span(index);
    let text = view.source(index);
    if view.before(index) == Some(&Token::Dot) && view.touches(index) {
        let both = view.span_before(index).to(place);
        let message = say(format!("`.{text}` is written `{text}`"), both, "not an operator");
        return Some(message.patch("operators work element by element", vec![replace(both, text)]).error());
    }
    let at_start = view.before(index).is_none_or(Token::ends_statement);
    let star = view.touches(index + 1) && view.source(index + 1).starts_with('*');
    if text == "//" || at_start && text == "/" && star {
        return Some(say("a comment begins with `#`", place, "divides, and nothing stands before it").error());
    }
    if matches!(view.before(index), Some(Token::LeftParen | Token::Comma)) && (text == "*" || text == "**") {
        let message = say("a tuple is spread with `...`", place, "nothing stands before it");
        return Some(message.patch("write `...`", vec![replace(place, "...")]).error());
    }
    None
}
