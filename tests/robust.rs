//! Nothing a person types may panic: every function with arguments of every kind, and programs put
//! together at random. What comes out does not matter here, only that something does.

use adlib::builtin;
use adlib::diagnostic::draw::{Look, draw};
use adlib::interpret::{Echo, Session};

/// Values of every kind, with those that break things among them.
const VALUES: &[&str] = &[
    "0",
    "1",
    "-1",
    "2.5",
    "1e300",
    "-1e18",
    "inf",
    "-inf",
    "nan",
    "true",
    "[]",
    "[1, 2, 3]",
    "[[1, 2], [3, 4]]",
    "[[1, 2, 3], [4, 5, 6]]",
    "[[[1]]]",
    "[0, 0]",
    "[nan, inf]",
    "[true, false]",
    "[1, 2] > 1",
    "[[]]",
    "(1, 2)",
    "()",
    "(w = [1, 2], b = 0)",
    "((1, 2), [3, 4])",
    "\"text\"",
    "\"\"",
    "\"f32\"",
    "none",
    "x -> x * 2",
    "(x, y) -> x",
    "sin",
    "() -> 1",
    "[9007199254740993, 1]",
    "[0.5, 1.5]",
    "X",
    "Y",
    "-3",
    "[1]",
    "4e9",
    "(2, 2)",
    "(1e9, 1e9)",
];

/// A small generator of our own, so that a failure can be repeated from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// A session with an attached array `X` and a recorded `Y`.
fn session() -> Session {
    let mut session = Session::new(Box::new(std::io::sink()));
    let prepared = session.run("start.ad", "X = [1, 2]\nattach_grad(X)\nrecord < Y = X ** 2 >", Echo::Nothing);
    assert!(prepared.is_ok());
    session
}

/// Runs a text and draws whatever goes wrong.
fn survives(session: &mut Session, text: &str) {
    if let Err(errors) = session.input(text) {
        for error in errors {
            let drawn = draw(&error, &session.sources, Look::default());
            assert!(!drawn.contains("internal error"), "{text}\n{drawn}");
        }
    }
    for warning in session.take_warnings() {
        draw(&warning, &session.sources, Look::default());
    }
}

#[test]
fn every_function_survives_arguments_of_every_kind() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let skipped = ["input", "load", "save"];
    for builtin in builtin::all().filter(|builtin| builtin.name.starts_with(char::is_alphabetic)) {
        if skipped.contains(&builtin.name) || ["and", "or", "not"].contains(&builtin.name) {
            continue;
        }
        let mut session = session();
        for round in 0..60 {
            let count = if round < 3 { round } else { random.below(builtin.params.len() + 2) };
            let mut arguments: Vec<String> = (0..count).map(|_| random.pick(VALUES).to_string()).collect();
            if random.below(4) == 0
                && let Some((name, _)) = builtin.param(random.below(builtin.params.len().max(1)))
            {
                arguments.push(format!("{} = {}", name.trim_start_matches("..."), random.pick(VALUES)));
            }
            let call = format!("{}({})", builtin.name, arguments.join(", "));
            survives(&mut session, &call);
            if random.below(3) == 0 {
                survives(&mut session, &format!("record < Z = {call} >\nbackward(Z)\nX.grad"));
            }
            if random.below(6) == 0 {
                survives(
                    &mut session,
                    &format!("v = {call}\n\"{{v}} {{v:.3f}}\"\nv[0]\nv[0] = 1\nv += 1\nv'\nv.shape"),
                );
            }
        }
    }
}

#[test]
fn operators_survive_operands_of_every_kind() {
    let operators = ["+", "-", "*", "/", "//", "%", "@", "**", "==", "!=", "<", ">=", "in", "not in", "and", "or"];
    for operator in operators {
        let mut session = session();
        for left in VALUES {
            for right in VALUES {
                survives(&mut session, &format!("({left}) {operator} ({right})"));
            }
        }
    }
}

#[test]
fn indices_survive_indices_of_every_kind() {
    let indices = [
        "0",
        "-1",
        "5",
        "1:",
        ":-1",
        "::2",
        "::-1",
        "::0",
        "...",
        "none",
        "[0, 1]",
        "[true, false]",
        "[]",
        "1e18",
        "nan",
        "0.5",
        "\"a\"",
        "-1e18:",
        "[[0]], [[1]]",
        "X",
    ];
    let mut session = session();
    for value in VALUES {
        for first in indices {
            survives(&mut session, &format!("v = {value}; v[{first}]"));
            survives(&mut session, &format!("v = {value}; v[{first}] = 7; v[{first}] += [1, 2]; v"));
            for second in indices {
                survives(&mut session, &format!("v = {value}; v[{first}, {second}]"));
            }
        }
    }
}

#[test]
fn programs_put_together_at_random_survive() {
    let pieces = [
        "x",
        "y",
        "f",
        "=",
        "+=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        "record",
        "pause",
        "if",
        "else",
        "for",
        "in",
        "fn",
        "->",
        "'",
        ".",
        ",",
        ":",
        ";",
        "\n",
        "1",
        "2.5",
        "\"a{x}b\"",
        "\"",
        "not",
        "and",
        "return",
        "break",
        "try",
        "catch",
        "import",
        "...",
        "none",
        "grad",
        "backward",
        "attach_grad",
        "sum",
        "print",
        "@",
        "**",
        "-",
        "==",
        "#",
        "\\",
        "é",
        "\u{0}",
        "0x",
        "1e",
        "true",
    ];
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..6000 {
        let text: String = (0..random.below(24))
            .map(|_| random.pick(&pieces).to_string() + if random.below(3) == 0 { "" } else { " " })
            .collect();
        let mut session = Session::new(Box::new(std::io::sink()));
        survives(&mut session, &text);
    }
}
