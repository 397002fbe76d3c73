//! The words of the language.
//!
//! `logos` cuts text into these; [`lex`](super::lex) adds the parts of a string and
//! [`layout`](super::layout) the tokens that no pattern can tell apart: `x > 2` compares, while the
//! `>` of `record < y = x >` closes a block, and both are the same character.

use super::ast::BinaryOp;
use super::slips::Slip;
use logos::Logos;
use std::rc::Rc;

/// A token between the position of its first byte and one past its last.
pub type Spanned<'input> = (u32, Token<'input>, u32);

/// Every keyword, in the order of the manual.
pub const KEYWORDS: &[&str] = &[
    "record",
    "pause",
    "train_mode",
    "predict_mode",
    "fn",
    "if",
    "else",
    "while",
    "for",
    "in",
    "break",
    "continue",
    "return",
    "and",
    "or",
    "not",
    "true",
    "false",
    "none",
    "import",
    "as",
    "try",
    "catch",
];

/// Every operator that is no word; that each is one word of the lexer is tested below.
pub const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "//", "%", "@", "**", "^", "=", "+=", "-=", "*=", "/=", "//=", "%=", "@=", "**=", "^=", "==",
    "!=", "<", "<=", ">", ">=", "->",
];

/// A word, an operator or a bracket.
#[derive(Logos, Clone, Debug, PartialEq)]
#[logos(skip r"[ \t\r\u{feff}]+")]
#[rustfmt::skip]
pub enum Token<'input> {
    // What never reaches the grammar.
    #[regex(r"#[^\n]*", allow_greedy = true)] Comment,
    #[token("\n")] Newline,
    #[token("\"")] Quote,
    #[token("\"\"\"")] LongQuote,
    #[token("r\"")] RawQuote,
    // `2.` is a number, but in `2.sqrt()` it is a number and a dot.
    #[regex(r"[0-9]+(_[0-9]+)*\.", |lexer| number(lexer.slice()))] NumberDot(f64),

    // What the passes after `logos` add.
    EndLine,
    Open,
    Close,
    Text(Rc<str>),
    StringStart,
    Part(Rc<str>),
    PieceOpen,
    Format(Rc<str>),
    PieceClose,
    StringEnd,
    // Not in the language. The parser refuses it, so one statement gives one message.
    Slip(Slip),

    #[token(";")] Semicolon,
    #[token("(")] LeftParen, #[token(")")] RightParen,
    #[token("[")] LeftBracket, #[token("]")] RightBracket,
    #[token("{")] LeftBrace, #[token("}")] RightBrace,
    #[token(",")] Comma, #[token(":")] Colon, #[token(".")] Dot, #[token("...")] Ellipsis,
    #[token("'")] Prime, #[token("->")] Arrow, #[token("=")] Equals,
    #[token("+=", |_| BinaryOp::Add)]
    #[token("-=", |_| BinaryOp::Subtract)]
    #[token("*=", |_| BinaryOp::Multiply)]
    #[token("/=", |_| BinaryOp::Divide)]
    #[token("//=", |_| BinaryOp::FloorDivide)]
    #[token("%=", |_| BinaryOp::Remainder)]
    #[token("@=", |_| BinaryOp::MatMul)]
    #[token("**=", |_| BinaryOp::Power)]
    #[token("^=", |_| BinaryOp::Power)]
    Update(BinaryOp),
    #[token("<")] Less, #[token(">")] Greater,
    #[token("==", |_| BinaryOp::Equal)]
    #[token("!=", |_| BinaryOp::NotEqual)]
    #[token("<=", |_| BinaryOp::LessEqual)]
    #[token(">=", |_| BinaryOp::GreaterEqual)]
    Compare(BinaryOp),
    #[token("+")] Plus, #[token("-")] Minus,
    #[token("*", |_| BinaryOp::Multiply)]
    #[token("/", |_| BinaryOp::Divide)]
    #[token("//", |_| BinaryOp::FloorDivide)]
    #[token("%", |_| BinaryOp::Remainder)]
    #[token("@", |_| BinaryOp::MatMul)]
    Product(BinaryOp),
    #[token("**")] #[token("^")] Power,

    Record, Pause, TrainMode, PredictMode, Fn, If, Else, While, For, In, Break, Continue, Return,
    And, Or, Not, True, False, None, Import, As, Try, Catch,

    // Its first letters; `lex` reads on through other alphabets and knows the keywords. Their tables
    // would make a state machine whose debug build needs 256 KiB of stack.
    #[regex(r"[a-zA-Z_][a-zA-Z0-9_]*", |lexer| lexer.slice())] Name(&'input str),
    #[regex(r"[0-9]+(_[0-9]+)*(\.[0-9]+(_[0-9]+)*)?([eE][+-]?[0-9]+(_[0-9]+)*)?", |lexer| number(lexer.slice()))]
    #[regex(r"[0-9]+(_[0-9]+)*\.[eE][+-]?[0-9]+(_[0-9]+)*", |lexer| number(lexer.slice()))]
    #[regex(r"\.[0-9]+(_[0-9]+)*([eE][+-]?[0-9]+(_[0-9]+)*)?", |lexer| number(lexer.slice()))]
    #[regex(r"0[xX][0-9a-fA-F]+(_[0-9a-fA-F]+)*", |lexer| number(lexer.slice()))]
    Number(f64),
}

/// The keyword or the name that is spelled so.
pub fn word(name: &str) -> Token<'_> {
    match name {
        "record" => Token::Record,
        "pause" => Token::Pause,
        "train_mode" => Token::TrainMode,
        "predict_mode" => Token::PredictMode,
        "fn" => Token::Fn,
        "if" => Token::If,
        "else" => Token::Else,
        "while" => Token::While,
        "for" => Token::For,
        "in" => Token::In,
        "break" => Token::Break,
        "continue" => Token::Continue,
        "return" => Token::Return,
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        "true" => Token::True,
        "false" => Token::False,
        "none" => Token::None,
        "import" => Token::Import,
        "as" => Token::As,
        "try" => Token::Try,
        "catch" => Token::Catch,
        _ => Token::Name(name),
    }
}

/// Can a name begin with this?
pub fn starts_name(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

/// Can a name go on with this? Digits of every script can, but not those of `x²`, `x₁` and `½`.
pub fn continues_name(character: char) -> bool {
    let raised = matches!(character, '²' | '³' | '¹' | '¼'..='¾' | '\u{2070}'..='\u{218f}' | '\u{2460}'..='\u{24ff}');
    let mark = matches!(character, '\u{300}'..='\u{36f}');
    starts_name(character) || mark || character.is_numeric() && !raised
}

/// The value of a number as it is written: `1_000`, `.5`, `1e-3`, `0xff`.
pub fn number(text: &str) -> f64 {
    let digits = text.replace('_', "");
    match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => {
            hex.chars().filter_map(|digit| digit.to_digit(16)).fold(0.0, |value, digit| value * 16.0 + f64::from(digit))
        }
        None => digits.parse().unwrap_or(f64::NAN),
    }
}

impl Token<'_> {
    /// Can an expression begin here? Decides what a `>` means in a record.
    pub fn starts_value(&self) -> bool {
        use Token::*;
        self.opens_mode()
            || matches!(
                self,
                LeftParen
                    | LeftBracket
                    | Plus
                    | Minus
                    | Not
                    | Fn
                    | If
                    | Try
                    | True
                    | False
                    | None
                    | Name(_)
                    | Number(_)
                    | Text(_)
                    | StringStart
            )
    }

    /// Can a statement begin here, or what was meant to be one?
    pub fn starts_statement(&self) -> bool {
        use Token::*;
        self.starts_value() || matches!(self, While | For | Break | Continue | Return | Import | Prime | Slip(_))
    }

    /// Can an expression end here?
    pub fn ends_value(&self) -> bool {
        use Token::*;
        matches!(
            self,
            RightParen
                | RightBracket
                | RightBrace
                | Close
                | Prime
                | True
                | False
                | None
                | Name(_)
                | Number(_)
                | Text(_)
                | StringEnd
        )
    }

    /// Does a statement go on after this although the line ends?
    pub fn wants_more(&self) -> bool {
        use Token::*;
        matches!(
            self,
            Comma
                | Dot
                | Arrow
                | Equals
                | Update(_)
                | Less
                | Greater
                | Compare(_)
                | Plus
                | Minus
                | Product(_)
                | Power
                | And
                | Or
                | Not
                | In
        )
    }

    /// Does the next `<` open a block?
    pub fn opens_mode(&self) -> bool {
        matches!(self, Token::Record | Token::Pause | Token::TrainMode | Token::PredictMode)
    }

    /// Does this end a statement?
    pub fn ends_statement(&self) -> bool {
        matches!(self, Token::EndLine | Token::Semicolon)
    }
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, OPERATORS, Token, word};
    use logos::Logos;

    #[test]
    fn the_lists_are_those_of_the_lexer() {
        for operator in OPERATORS {
            let mut lexer = Token::lexer(operator);
            assert!(matches!(lexer.next(), Some(Ok(_))) && lexer.next().is_none(), "{operator} is not one word");
        }
        // Every pair and triple of the signs that operators are made of, so that none is left out.
        let signs: Vec<char> = "+-*/%@^=!<>".chars().collect();
        let mut texts: Vec<String> = signs.iter().map(char::to_string).collect();
        for _ in 0..2 {
            texts.extend(texts.clone().iter().flat_map(|text| signs.iter().map(move |sign| format!("{text}{sign}"))));
        }
        for text in texts {
            let mut lexer = Token::lexer(&text);
            let whole = matches!(lexer.next(), Some(Ok(_))) && lexer.next().is_none();
            assert_eq!(whole, OPERATORS.contains(&text.as_str()), "{text}");
        }
        for keyword in KEYWORDS {
            assert!(!matches!(word(keyword), Token::Name(_)), "{keyword} is not a keyword");
        }
    }
}
