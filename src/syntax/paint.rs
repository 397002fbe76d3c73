//! What the words of a text are, for whoever colours it, finds the bracket that belongs to a bracket, or
//! wants to know in which call a place stands.
//!
//! The words are those of the parser, from its own lexer and layout, so that `<` is a bracket after
//! `record` and an operator elsewhere, here as there. A text that is still being written is fine.

use super::layout::arrange;
use super::lex::lex;
use super::token::Token;
use std::ops::Range;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `while`
    Keyword,
    /// `1e-3`, `true`
    Constant,
    /// The text of a string, quotes included.
    Text,
    /// `# comment`
    Comment,
    /// A name.
    Name,
    /// An opening bracket, the `<` of `record <` included.
    Open,
    /// A closing one.
    Close,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// Other signs.
    Sign,
    /// What the language does not have.
    Slip,
}

/// A word and the bytes it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub class: Class,
    /// Where it is.
    pub range: Range<usize>,
}

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    if u32::try_from(text.len()).is_err() {
        return Vec::new();
    }
    let mut words: Vec<Word> = Vec::new();
    let mut end = 0;
    let tokens = arrange(lex(text, 0).tokens).tokens;
    for (start, token, stop) in &tokens {
        let range = *start as usize..*stop as usize;
        let Some(class) = class(token) else { continue };
        if range.start > end {
            comments(text, end..range.start, &mut words);
        }
        end = end.max(range.end);
        if !range.is_empty() {
            words.push(Word { class, range });
        }
    }
    comments(text, end..text.len(), &mut words);
    words
}

/// The brackets of a text that belong to each other, by the numbers of their words; those that are open at
/// the end.
pub fn brackets(words: &[Word]) -> (Vec<(usize, usize)>, Vec<usize>) {
    let mut pairs = Vec::new();
    let mut open = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match word.class {
            Class::Open => open.push(at),
            Class::Close => pairs.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    (pairs, open)
}

/// What lies between two words is white or a comment.
fn comments(text: &str, gap: Range<usize>, words: &mut Vec<Word>) {
    let mut at = gap.start;
    for line in text.get(gap).unwrap_or_default().split_inclusive('\n') {
        if let Some(hash) = line.find('#') {
            words.push(Word { class: Class::Comment, range: at + hash..at + line.trim_end().len() });
        }
        at += line.len();
    }
}

fn class(token: &Token<'_>) -> Option<Class> {
    use Token::*;
    Some(match token {
        Comment | Newline | EndLine => return Option::None,
        Record | Pause | TrainMode | PredictMode | Fn | If | Else | While | For | In | Break | Continue | Return
        | And | Or | Not | Import | As | Try | Catch => Class::Keyword,
        True | False | None | Number(_) | NumberDot(_) => Class::Constant,
        Text(_) | StringStart | Part(_) | Format(_) | StringEnd | Quote | LongQuote | RawQuote => Class::Text,
        Name(_) => Class::Name,
        LeftParen | LeftBracket | LeftBrace | Open | PieceOpen => Class::Open,
        RightParen | RightBracket | RightBrace | Close | PieceClose => Class::Close,
        Token::Comma => Class::Comma,
        Token::Dot => Class::Dot,
        Token::Slip(_) => Class::Slip,
        _ => Class::Sign,
    })
}

#[cfg(test)]
mod tests {
    use super::{Class, brackets, words};

    fn seen(text: &str) -> Vec<(Class, &str)> {
        words(text).into_iter().map(|word| (word.class, &text[word.range])).collect()
    }

    #[test]
    fn words_are_those_of_the_parser() {
        use Class::*;
        let text = "record < y = x > 1 > # hm\nf(\"a{x}b\", true)";
        let expected = [
            (Keyword, "record"),
            (Open, "<"),
            (Name, "y"),
            (Sign, "="),
            (Name, "x"),
            (Sign, ">"),
            (Constant, "1"),
            (Close, ">"),
            (Comment, "# hm"),
            (Name, "f"),
            (Open, "("),
        ];
        assert_eq!(seen(text)[..expected.len()], expected);
        assert!(seen(text).contains(&(Text, "a")) && seen(text).contains(&(Open, "{")));
    }

    #[test]
    fn an_unfinished_text_has_open_brackets() {
        let text = "fn f(x) {\n    g(x, [1";
        let words = words(text);
        let (pairs, open) = brackets(&words);
        assert_eq!(pairs.len(), 1);
        assert_eq!(open.len(), 3);
        for text in ["\"open", "\"\"\"long\n", "x = )", "1 +", "'", "# only", "\"{", "a \u{0} b", ""] {
            super::words(text);
        }
    }
}
