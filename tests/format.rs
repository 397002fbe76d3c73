//! The one style of a program's text: what it is, that it changes no program, and that every program of
//! the repository has it.

#![allow(clippy::unwrap_used, missing_docs)]

use adlib::syntax::format::format;
use adlib::syntax::parse;
use std::fs;
use std::path::{Path, PathBuf};

/// What is no program on purpose.
const NO_PROGRAMS: &str = "tests/errors/";
fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "ad") {
            found.push(path);
        }
    }
}

/// The tree of a program, without places.
fn tree(text: &str) -> String {
    let parsed = parse(text, 1).unwrap_or_else(|errors| panic!("{}\n{text}", errors[0].problem.title));
    let shown = format!("{:?}", parsed.block);
    let mut out = String::with_capacity(shown.len());
    let mut rest = shown.as_str();
    while let Some(at) = rest.find("Span { start: ") {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once('}').unwrap().1;
    }
    out + rest
}

/// Formats a program and checks that the result is the same program and stays as it is.
fn formatted(text: &str) -> String {
    let new = format(text, 1).unwrap_or_else(|errors| panic!("{}\n{text}", errors[0].problem.title));
    assert_eq!(tree(text), tree(&new), "another program:\n{text}\nbecame\n{new}");
    let again = format(&new, 1).unwrap_or_else(|errors| panic!("{}\n{new}", errors[0].problem.title));
    assert_eq!(new, again, "not the same twice:\n{text}");
    assert!(new.lines().all(|line| line.contains("\"\"\"") || line == line.trim_end() || text.contains("\"\"\"")));
    new
}

#[test]
fn every_program_of_the_repository_has_the_style() {
    let mut paths = Vec::new();
    ["src", "scripts", "tests", "benches"].iter().for_each(|folder| programs(Path::new(folder), &mut paths));
    paths.sort();
    assert!(paths.len() > 300);
    let bless = std::env::var_os("ADLIB_BLESS").is_some();
    let (mut wrong, mut no_programs) = (Vec::new(), 0);
    for path in paths {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        if name.starts_with(NO_PROGRAMS) && parse(&text, 1).is_err() {
            no_programs += 1;
            continue;
        }
        let new = formatted(&text);
        if new != text {
            if bless {
                fs::write(&path, new).unwrap();
            } else {
                wrong.push(name);
            }
        }
    }
    assert!(no_programs > 20, "only {no_programs} programs of {NO_PROGRAMS} do not parse");
    assert!(wrong.is_empty(), "adlib fmt changes these:\n{}", wrong.join("\n"));
}

#[test]
fn what_the_style_is() {
    let text = fs::read_to_string("tests/format/style.txt").unwrap();
    let mut blessed = Vec::new();
    for case in text.trim_end().split("\n===\n") {
        let (program, expected) = case.split_once("\n---").unwrap();
        let found = formatted(program);
        if std::env::var_os("ADLIB_BLESS").is_none() {
            assert_eq!(found.trim(), expected.trim(), "\n{program}");
        }
        blessed.push(format!("{program}\n---\n{}", found.trim_end()));
    }
    assert!(blessed.len() >= 20);
    if std::env::var_os("ADLIB_BLESS").is_some() {
        fs::write("tests/format/style.txt", blessed.join("\n===\n") + "\n").unwrap();
    }
}

#[test]
fn every_program_of_the_syntax_tests_stays_the_same_program() {
    let mut count = 0;
    for name in ["programs", "records", "newlines", "habits", "strings"] {
        let text = fs::read_to_string(format!("tests/syntax/{name}.txt")).unwrap();
        for case in text.split("\n===\n") {
            let program = case.split("\n---").next().unwrap();
            if parse(program, 1).is_ok() {
                formatted(program);
                count += 1;
            }
        }
    }
    assert!(count > 300, "{count} programs");
}

#[test]
fn a_mistake_is_told_and_nothing_is_written() {
    let errors = format("x = (1,\ny = 2\n", 1).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(format("", 1).unwrap(), "");
    assert_eq!(format("\n\n # only this \n\n", 1).unwrap(), "# only this\n");
}

/// Programs made by chance: every construct, in every spacing.
struct Maker {
    state: u64,
    out: String,
    comments: usize,
    /// Open `( )` or `[ ]`: a newline means nothing there.
    brackets: usize,
}

impl Maker {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.state >> 33) as usize % limit
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// Adds a word, parted from the one before in some way.
    fn word(&mut self, word: &str) {
        let joins = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '"';
        let close = self.out.ends_with(joins) && word.starts_with(joins)
            || self.out.ends_with(['<', '>', '=', '*', '/', '-', '+', '!', '^', '@', '%', '.'])
            || self.out.ends_with('r') && word.starts_with('"');
        let space = match self.below(8) {
            0 | 1 if !close => "",
            2 => "  ",
            3 => "\t ",
            4 if self.brackets > 0 => "\n   ",
            5 if self.brackets > 0 => return self.broken(word),
            _ => " ",
        };
        self.out.push_str(space);
        self.out.push_str(word);
    }

    fn broken(&mut self, word: &str) {
        self.comment();
        self.out.push_str("\n\n");
        self.out.push_str(word);
    }

    fn comment(&mut self) {
        self.comments += 1;
        let space = self.pick(&["", " ", "     "]);
        let mark = self.pick(&["", "#", "!"]);
        self.out += &format!("{space}#{mark} {}", self.comments);
    }

    /// Where a statement may go on below: after an operator or a comma.
    fn goes_on(&mut self) {
        match self.below(12) {
            0 => self.out.push('\n'),
            1 => {
                self.comment();
                self.out.push_str("\n\t");
            }
            _ => {}
        }
    }

    fn end(&mut self) {
        match self.below(10) {
            0 => self.out.push(';'),
            1 => self.out.push_str(" ; \n"),
            2 => self.out.push_str("\n\n\n"),
            3 => {
                self.comment();
                self.out.push('\n');
            }
            4 => {
                self.out.push('\n');
                self.comment();
                self.out.push_str("  \n");
            }
            5 => self.out.push_str("\r\n"),
            _ => self.out.push('\n'),
        }
    }

    fn bracketed(&mut self, open: &str, close: &str, inner: impl FnOnce(&mut Maker)) {
        self.word(open);
        self.brackets += 1;
        inner(self);
        self.word(close);
        self.brackets -= 1;
    }

    fn block(&mut self, open: &str, close: &str, depth: usize) {
        let outer = std::mem::replace(&mut self.brackets, 0);
        self.word(open);
        for _ in 0..self.below(3) {
            if self.below(2) == 0 {
                self.end();
            }
            self.statement(depth);
            self.end();
        }
        self.word(close);
        self.brackets = outer;
    }

    fn name(&mut self) {
        let name = self.pick(&["x", "y", "loss", "θ", "w1", "r", "_a"]);
        self.word(name);
    }

    fn list(&mut self, depth: usize) {
        for i in 0..self.below(4) {
            if i > 0 {
                self.word(",");
            }
            self.expression(depth);
        }
    }

    /// What stands between the brackets of a call: values, some of them named or spread.
    fn arguments(&mut self, depth: usize) {
        for i in 0..self.below(4) {
            if i > 0 {
                self.word(",");
            }
            match self.below(6) {
                0 => {
                    self.word("axis");
                    self.word("=");
                }
                1 => self.word("..."),
                _ => {}
            }
            self.expression(depth);
            if self.below(8) == 0 {
                self.word(",");
                return;
            }
        }
    }

    /// The parameters of a function, with their brackets.
    fn params(&mut self) {
        let params = ["x", "x, y", "x,k = -1", "x, ...rest", "", "x,\n  y"];
        let params = self.pick(&params);
        self.word("(");
        self.out.push_str(params);
        self.word(")");
    }

    /// Lines may end, and comments stand, before `else`, `catch` and `.name`.
    fn lines_end(&mut self) {
        match self.below(6) {
            0 => self.out.push('\n'),
            1 => {
                self.comment();
                self.out.push_str("\n  ");
            }
            2 => {
                self.out.push('\n');
                self.comment();
                self.out.push_str("\n\n");
            }
            _ => {}
        }
    }

    /// What can be assigned to.
    fn target(&mut self) {
        self.name();
        for _ in 0..self.below(3) {
            let part = self.pick(&["[0]", ".w", "[ 1:, -1 ]", " . b", "[...,0]", ""]);
            self.out.push_str(part);
        }
    }

    fn expression(&mut self, depth: usize) {
        if depth == 0 {
            let word = self.pick(&[
                "1",
                "2.5",
                ".5",
                "1.",
                "1e-3",
                "0xff",
                "1_000",
                "x",
                "y",
                "θ",
                "true",
                "none",
                "\"a # b\"",
                "r\"\\d\"",
                "\"{x:.2f} and { y + 1 }\"",
                "\"\"\"two\n  lines # of text\"\"\"",
                "\"{f(\"n\")}\"",
            ]);
            return self.word(word);
        }
        let depth = depth - 1;
        match self.below(24) {
            0..=3 => {
                self.expression(depth);
                let operator = self.pick(&[
                    "+", "-", "*", "/", "//", "%", "@", "**", "^", "==", "!=", "<=", "<", ">=", "and", "or", "in",
                    "not in",
                ]);
                self.word(operator);
                self.goes_on();
                self.bracketed("(", ")", |maker| maker.expression(depth));
            }
            4 => {
                let sign = self.pick(&["-", "+", "not"]);
                self.word(sign);
                self.bracketed("(", ")", |maker| maker.expression(depth));
            }
            5 | 6 => {
                self.name();
                self.bracketed("(", ")", |maker| maker.arguments(depth));
            }
            7 => self.bracketed("[", "]", |maker| maker.list(depth)),
            8 => {
                self.name();
                let index = self.pick(&["[0]", "[ 1 : , none ]", "[::-1]", "[...,  0]", "[ -1 ,1:n+1]", "[a  :b]"]);
                self.out.push_str(index);
            }
            9 => {
                self.name();
                let member = self.pick(&[".T", " .norm( )", "''", " . grad", "'(0)", ".f'( - 1 )"]);
                self.out.push_str(member);
            }
            10 => self.bracketed("(", ")", |maker| {
                maker.name();
                maker.word("->");
                maker.expression(depth);
            }),
            11 => self.bracketed("(", ")", |maker| {
                maker.word("fn");
                maker.word("(");
                maker.name();
                maker.word(")");
                maker.word("-");
                maker.expression(depth);
            }),
            12 => {
                self.word("if");
                self.expression(depth);
                self.block("{", "}", depth);
                for _ in 0..self.below(3) {
                    self.lines_end();
                    self.word("else");
                    self.word("if");
                    self.expression(depth);
                    self.block("{", "}", depth);
                }
                if self.below(3) > 0 {
                    self.lines_end();
                    self.word("else");
                    self.block("{", "}", depth);
                }
            }
            13 => {
                let mode = self.pick(&["record", "pause", "record(train = false)", "train_mode", "predict_mode"]);
                self.word(mode);
                self.bracketed("", "", |_| {});
                self.block("<", ">", depth);
            }
            14 => {
                self.word("try");
                self.block("{", "}", depth);
                self.lines_end();
                self.word("catch");
                if self.below(2) == 0 {
                    self.name();
                }
                self.block("{", "}", depth);
            }
            15 => self.bracketed("(", ")", |maker| {
                maker.word("w");
                maker.word("=");
                maker.expression(depth);
                maker.word(",");
                maker.word("...");
                maker.name();
                maker.word(",");
            }),
            16 => self.bracketed("(", ")", |maker| {
                let head = maker.pick(&["x ->", "(x, y) ->", "(x, k=2)->", "()  ->"]);
                maker.word(head);
                maker.goes_on();
                if maker.below(2) == 0 { maker.block("{", "}", depth) } else { maker.expression(depth) }
            }),
            17 => self.bracketed("(", ")", |maker| {
                maker.word("fn");
                maker.params();
                maker.block("{", "}", depth);
            }),
            18 => {
                // A method, perhaps on a line of its own.
                self.name();
                for _ in 0..=self.below(2) {
                    self.lines_end();
                    self.out.push_str(".norm");
                    self.bracketed("(", ")", |maker| maker.arguments(depth));
                }
            }
            19 => {
                self.word("not");
                self.goes_on();
                self.expression(0);
                let chain = self.pick(&["< x <= 1", "in xs", "not  in (1, 2)", ">y ", "!= y == z"]);
                self.word(chain);
            }
            20 => {
                let number = self.pick(&["2", "x", "(x)", "f(x)", "[1]"]);
                self.word(number);
                self.word("**");
                self.goes_on();
                let exponent = self.pick(&["-1", "- - x", "y ** 2", "+2"]);
                self.word(exponent);
            }
            _ => self.expression(0),
        }
    }

    fn statement(&mut self, depth: usize) {
        let depth = depth.saturating_sub(1);
        match self.below(18) {
            0..=4 => {
                self.target();
                let assign = self.pick(&["=", "+=", "-=", "*=", "//=", "%=", "@=", "**=", "^=", "/="]);
                self.word(assign);
                self.goes_on();
                self.expression(depth);
            }
            5 => {
                self.out.push_str("\n## A function.\n## > f(1)\n");
                self.word("fn");
                self.word("f");
                self.word("(");
                self.word("x");
                self.word(",");
                self.word("k");
                self.word("=");
                self.expression(0);
                self.word(")");
                self.block("{", "}", depth);
            }
            6 => {
                self.word("f");
                self.word("(");
                self.word("t");
                self.word(")");
                self.word("=");
                self.expression(depth);
            }
            7 => {
                self.word("while");
                self.name();
                self.word("<");
                self.expression(0);
                self.word("{");
                self.end();
                self.statement(depth);
                self.end();
                let leaves = self.pick(&["break", "continue", "if x { break }"]);
                self.word(leaves);
                self.end();
                self.word("}");
            }
            8 => {
                self.word("for");
                self.word("i");
                self.word(",");
                self.name();
                self.word("in");
                self.name();
                self.block("{", "}", depth);
            }
            9 => {
                self.word("import");
                let path = self.pick(&["\"file.ad\"  as m", "nn", "optim as o", "\"file.ad\""]);
                self.word(path);
            }
            10 => {
                // Several names take the parts of a value.
                let names = self.pick(&["a, b", "(a, b)", "a, (b, c)", "a,b,", "x[0], p.w"]);
                self.word(names);
                self.word("=");
                self.goes_on();
                self.expression(depth);
                if self.below(3) == 0 {
                    self.word(",");
                    self.goes_on();
                    self.expression(0);
                }
            }
            11 => {
                self.word("fn");
                self.word("g");
                self.params();
                if self.below(2) == 0 {
                    self.word("=");
                    self.goes_on();
                    return self.expression(depth);
                }
                self.word("{");
                self.end();
                self.word("return");
                if self.below(2) == 0 {
                    self.expression(depth);
                    self.word(",");
                    self.goes_on();
                    self.word("y");
                }
                self.end();
                self.word("}");
            }
            _ => self.expression(depth),
        }
    }
}

/// How the tree shows each kind of thing that can be in it, from the declarations of the tree itself.
fn kinds() -> Vec<String> {
    let text = fs::read_to_string("src/syntax/ast.rs").unwrap();
    let mut kinds = Vec::new();
    for declared in text.split("\npub enum ").skip(1) {
        let (name, rest) = declared.split_once(" {").unwrap();
        let body = rest.split_once("\n}").unwrap().0;
        for line in
            body.lines().filter(|line| line.starts_with("    ") && line.trim_start().starts_with(char::is_uppercase))
        {
            let variant = line.trim().trim_end_matches(',');
            let (word, holds) = variant.split_once('(').map_or((variant, ""), |(word, _)| (word, "("));
            kinds.push(match name {
                "StatementKind" | "ExprKind" | "ArgumentKind" => {
                    format!("kind: {word}{}", if holds.is_empty() { "," } else { "(" })
                }
                "BinaryOp" => format!("op: {word},"),
                "Mode" => format!("mode: {word},"),
                "Target" | "Index" | "Piece" => format!("{word}("),
                "Sign" => format!("Sign({word},"),
                // Where a name lives is found out later.
                _ => continue,
            });
        }
    }
    kinds
}

#[test]
fn a_thousand_programs_made_by_chance_stay_the_same_programs() {
    let mut missing = kinds();
    assert!(missing.len() > 60, "{missing:?}");
    let (mut right, mut seed, mut comments) = (0, 0, 0);
    while right < 1_000 {
        seed += 1;
        assert!(seed < 10_000, "only {right} of the programs parse");
        let mut maker = Maker { state: seed, out: String::new(), comments: 0, brackets: 0 };
        for _ in 0..=maker.below(6) {
            maker.statement(3);
            maker.end();
        }
        // A newline may part what should be one statement; that is a mistake of the maker.
        if parse(&maker.out, 1).is_err() {
            continue;
        }
        let new = formatted(&maker.out);
        let tree = tree(&new);
        missing.retain(|kind| !tree.contains(kind.as_str()));
        let marks = |text: &str| -> Vec<String> {
            let words = |line: &str| line.split_whitespace().map(str::to_string).collect::<Vec<_>>();
            let number = |pair: &[String]| pair[0].ends_with('#') || pair[0].ends_with('!');
            text.lines()
                .flat_map(|line| {
                    words(line).windows(2).filter(|pair| number(pair)).map(|pair| pair.join(" ")).collect::<Vec<_>>()
                })
                .filter(|mark| mark.chars().last().is_some_and(|c| c.is_ascii_digit()))
                .map(|mark| mark[mark.find('#').unwrap_or(0)..].to_string())
                .collect()
        };
        assert_eq!(marks(&maker.out), marks(&new), "comments of\n{}", maker.out);
        comments += maker.comments;
        right += 1;
    }
    assert!(comments > 1_000, "{comments} comments");
    assert!(missing.is_empty(), "none of the programs has {missing:?}");
}
