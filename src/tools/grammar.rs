//! Highlighting for editors, from the keywords and operators of the lexer and the table of functions.
//!
//! All three know the words of the language, not its tree: what is coloured is a keyword, a function of
//! ours, a number, a string with its expressions, a comment, an operator, a name that is defined.

use crate::builtin;
use crate::builtin::library;
use crate::diagnostic::json::string;
use crate::syntax::{KEYWORDS, OPERATORS};
use std::fmt::Write;

/// Keywords that are values, and words between values.
const VALUES: &[&str] = &["true", "false", "none"];
const WORDS: &[&str] = &["and", "or", "not", "in"];
/// Names that stand for numbers.
const NUMBERS: &[&str] = crate::interpret::CONSTANTS;

/// A number, as the lexer reads it.
const NUMBER: &str = r"0[xX][0-9a-fA-F]+(_[0-9a-fA-F]+)*|([0-9]+(_[0-9]+)*(\.([0-9]+(_[0-9]+)*)?)?|\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?";
/// An escape in a string.
const ESCAPE: &str = r#"\\([nt"\\{}]|u\{[0-9a-fA-F]{1,6}\})|\{\{|\}\}"#;

/// The grammar for an editor; `None` for a kind that is not known.
pub fn grammar(kind: &str) -> Option<String> {
    Some(match kind {
        "textmate" => textmate(),
        "tree-sitter" => tree_sitter(),
        "vim" => vim(),
        _ => return None,
    })
}

/// The functions of the language that are called by a name.
fn functions() -> Vec<&'static str> {
    let ours = builtin::all().map(|builtin| builtin.name).filter(|name| name.starts_with(char::is_alphabetic));
    // `not` is one of them, too.
    let mut names: Vec<&str> = ours.chain(library::names()).filter(|name| !KEYWORDS.contains(name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn control() -> Vec<&'static str> {
    KEYWORDS.iter().copied().filter(|word| !VALUES.contains(word) && !WORDS.contains(word)).collect()
}

/// Operators as one pattern, the longest first.
fn operators() -> String {
    let mut all: Vec<&str> = OPERATORS.to_vec();
    all.sort_by_key(|operator| std::cmp::Reverse(operator.len()));
    all.iter().map(|operator| escaped(operator)).collect::<Vec<_>>().join("|")
}

fn escaped(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { format!("\\{c}") }).collect()
}

fn textmate() -> String {
    let words = |words: &[&str]| string(&format!(r"(?<![\p{{L}}\p{{N}}_])({})(?![\p{{L}}\p{{N}}_])", words.join("|")));
    let rule = |name: &str, pattern: &str| format!("{{\"name\":{},\"match\":{pattern}}}", string(name));
    let within = "[{\"include\":\"#escape\"},{\"include\":\"#piece\"}]";
    let quoted = |name: &str, begin: &str, end: &str| {
        format!(
            "{{\"name\":{},\"begin\":{},\"end\":{},\"patterns\":{within}}}",
            string(name),
            string(begin),
            string(end)
        )
    };
    let main = [
        rule("comment.line.documentation.adlib", &string("##.*$")),
        rule("comment.line.number-sign.adlib", &string("#.*$")),
        rule("string.quoted.raw.adlib", &string("(?<![\\p{L}\\p{N}_])r\"[^\"\\n]*\"")),
        quoted("string.quoted.triple.adlib", "\"\"\"", "\"\"\""),
        // One that is not closed ends with its line.
        quoted("string.quoted.double.adlib", "\"", "\"|$"),
        format!(
            "{{\"match\":{},\"captures\":{{\"1\":{{\"name\":\"keyword.control.adlib\"}},\"2\":{{\"name\":\"entity.name.function.adlib\"}}}}}}",
            string(r"(?<![\p{L}\p{N}_])(fn)\s+([\p{L}_][\p{L}\p{N}_]*)")
        ),
        rule("entity.name.function.adlib", &string(r"^\s*[\p{L}_][\p{L}\p{N}_]*(?=\([^()]*\)\s*=(?!=))")),
        rule("keyword.control.adlib", &words(&control())),
        rule("keyword.operator.word.adlib", &words(WORDS)),
        rule("constant.language.adlib", &words(VALUES)),
        rule("constant.numeric.adlib", &string(&format!(r"(?<![\p{{L}}\p{{N}}_])({NUMBER})"))),
        rule("support.constant.adlib", &words(NUMBERS)),
        rule("support.function.adlib", &words(&functions())),
        rule("keyword.operator.adlib", &string(&operators())),
    ];
    let piece = format!(
        "{{\"name\":\"meta.embedded.adlib\",\"begin\":{},\"end\":{},\"patterns\":[{{\"match\":{},\"name\":\"constant.other.placeholder.adlib\"}},{{\"include\":\"#main\"}}]}}",
        string("\\{(?!\\{)"),
        string("\\}"),
        string(":[^:}\"]*(?=\\})")
    );
    format!(
        "{{\"scopeName\":\"source.adlib\",\"name\":\"Adlib\",\"fileTypes\":[\"ad\"],\"firstLineMatch\":{},\"patterns\":[{{\"include\":\"#main\"}}],\"repository\":{{\"main\":{{\"patterns\":[{}]}},\"escape\":{},\"piece\":{piece}}}}}",
        string("^#!.*\\badlib\\b"),
        main.join(",\n"),
        rule("constant.character.escape.adlib", &string(ESCAPE))
    )
}

fn tree_sitter() -> String {
    let pattern = |text: &str| format!("new RegExp({})", string(text));
    let list = |words: &[&str]| words.iter().map(|word| string(word)).collect::<Vec<_>>().join(", ");
    let mut out = String::from(
        "// The words of Adlib, for highlighting with tree-sitter: `tree-sitter generate` makes the parser.\n// A tree of words, not of expressions: where a line ends and what `>` means is decided elsewhere.\n\nmodule.exports = grammar({\n  name: \"adlib\",\n  extras: $ => [/\\s/, /\\ufeff/],\n  word: $ => $.identifier,\n  rules: {\n    source_file: $ => repeat($._word),\n    _word: $ => choice($.documentation, $.comment, $.string, $.number, $.keyword, $.word_operator, $.constant,\n      $.builtin, $.identifier, $.operator, $.punctuation),\n",
    );
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "    documentation: $ => token(prec(2, /##[^\\n]*/)),\n    comment: $ => token(prec(1, /#[^\\n]*/)),\n    number: $ => token({}),\n    keyword: $ => choice({}),\n    word_operator: $ => choice({}),\n    constant: $ => choice({}, {}),\n    builtin: $ => choice({}),\n    identifier: $ => /[\\p{{L}}_][\\p{{L}}\\p{{N}}_]*/u,\n    operator: $ => token(choice({})),\n    punctuation: $ => choice({}),\n",
        pattern(NUMBER),
        list(&control()),
        list(WORDS),
        list(VALUES),
        list(NUMBERS),
        list(&functions()),
        list(OPERATORS),
        list(&["(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "...", "'"])
    );
    out += "    string: $ => choice($._raw, $._long, $._short),\n    _raw: $ => token(prec(1, /r\"[^\"\\n]*\"/)),\n    _long: $ => seq('\"\"\"', repeat(choice(token.immediate(prec(1, /[^\"{\\\\]+|\"{1,2}/)), $.escape, $.interpolation)), token.immediate(prec(2, '\"\"\"'))),\n    _short: $ => seq('\"', repeat(choice(token.immediate(prec(1, /[^\"{\\\\\\n]+/)), $.escape, $.interpolation)), token.immediate('\"')),\n";
    let _ = write!(
        out,
        "    escape: $ => token.immediate(prec(2, {})),\n    interpolation: $ => seq(token.immediate(prec(1, '{{')), repeat($._word), '}}'),\n  }},\n}});\n",
        pattern(ESCAPE)
    );
    out
}

fn vim() -> String {
    let mut out = String::from(
        "\" Vim syntax file for Adlib, made by `adlib grammar vim`: keep it as ~/.vim/syntax/adlib.vim, and write\n\"   au BufRead,BufNewFile *.ad setfiletype adlib\n\" into ~/.vim/filetype.vim\nif exists(\"b:current_syntax\")\n  finish\nendif\nsyntax iskeyword @,48-57,_,192-255\n",
    );
    let mut keywords = |group: &str, words: &[&str]| {
        for line in words.chunks(12) {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "syntax keyword {group} {}", line.join(" "));
        }
    };
    keywords("adlibKeyword", &control());
    keywords("adlibWordOperator", WORDS);
    keywords("adlibConstant", VALUES);
    keywords("adlibConstant", NUMBERS);
    // A function may be called like a word of Vim's own command.
    let reserved = ["contains", "contained", "display", "fold", "transparent", "extend", "skipwhite", "conceal"];
    let (odd, plain): (Vec<&str>, Vec<&str>) = functions().into_iter().partition(|name| reserved.contains(name));
    keywords("adlibFunction", &plain);
    for name in odd {
        let _ = writeln!(out, "syntax match adlibFunction /\\<{name}\\>/");
    }
    let _ =
        writeln!(out, "syntax match adlibOperator /\\v{}/", operators().replace('/', "\\/").replace("\\\\/", "\\/"));
    let _ = writeln!(
        out,
        "syntax match adlibNumber /\\v<[0-9]@=({0})|\\w@1<!\\.[0-9]@=({0})/",
        NUMBER.replace("(\\.(", "%(\\.%(").replace('(', "%(").replace("%%", "%")
    );
    out += "syntax match adlibDefinition /\\%(\\<fn\\s\\+\\)\\@<=\\k\\+/\nsyntax match adlibDefinition /^\\s*\\zs\\k\\+\\ze([^()]*)\\s*==\\@!/\n";
    out += "syntax match adlibComment /#.*$/ contains=@Spell\nsyntax match adlibDocumentation /##.*$/ contains=@Spell\nsyntax match adlibEscape /\\\\[nt\"\\\\{}]\\|\\\\u{\\x\\{1,6}}\\|{{\\|}}/ contained\nsyntax match adlibFormat /:[^:}\"]*\\ze}/ contained\nsyntax region adlibPiece start=/{{\\@!/ end=/}/ contained contains=ALLBUT,adlibEscape,adlibPiece\nsyntax region adlibString start=/\"/ end=/\"/ oneline contains=adlibEscape,adlibPiece\nsyntax region adlibString start=/\"\"\"/ end=/\"\"\"/ contains=adlibEscape,adlibPiece\nsyntax region adlibString start=/\\<r\"/ end=/\"/ oneline\n";
    for (group, kind) in [
        ("Keyword", "Keyword"),
        ("WordOperator", "Operator"),
        ("Constant", "Constant"),
        ("Function", "Function"),
        ("Definition", "Identifier"),
        ("Format", "Special"),
        ("Operator", "Operator"),
        ("Number", "Number"),
        ("Comment", "Comment"),
        ("Documentation", "SpecialComment"),
        ("Escape", "SpecialChar"),
        ("String", "String"),
    ] {
        let _ = writeln!(out, "highlight default link adlib{group} {kind}");
    }
    out + "let b:current_syntax = \"adlib\"\n"
}
