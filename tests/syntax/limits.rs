//! Long and deep programs, on a stack of 256 KiB.

use super::names::Session;
use adlib::syntax::parse;
use adlib::syntax::resolve::resolve;

const MANY: usize = 1_000_000;

/// Runs on a small stack, and says how the program ended: the number of statements, or the first title.
fn on_small_stack(text: String) -> Result<usize, String> {
    let run = move || match parse(&text, 1) {
        Ok(mut parsed) => {
            resolve(&mut parsed.block, &mut Session::default()).unwrap();
            Ok(parsed.block.statements.len())
        }
        Err(errors) => Err(errors[0].problem.title.clone()),
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap()
}

fn refused(text: String) {
    assert_eq!(on_small_stack(text), Err("this nests too deep".to_string()));
}

#[test]
fn chains_may_be_long() {
    for text in [format!("x{}", " + x".repeat(MANY)), format!("f{}", "'".repeat(MANY))] {
        assert_eq!(on_small_stack(text), Ok(1));
    }
}

#[test]
fn other_chains_may_be_long() {
    let many = MANY / 10;
    for chain in [" * x", " < x", " and x", " or x", ", x", " not in x"] {
        assert_eq!(on_small_stack(format!("x{}", chain.repeat(many))), Ok(1), "{chain}");
    }
    assert_eq!(on_small_stack(format!("if a {{ }}{}", " else if a { }".repeat(many))), Ok(1));
    assert_eq!(on_small_stack("x = 1\n".repeat(many)), Ok(many));
    assert_eq!(on_small_stack(format!("[{}]", "1, ".repeat(many))), Ok(1));
    assert_eq!(on_small_stack(format!("f({})", "k, ".repeat(many))), Ok(1));
    assert_eq!(on_small_stack(format!("\"{}\"", "{x}".repeat(many))), Ok(1));
}

#[test]
fn blank_lines_comments_and_strings_may_be_long() {
    assert_eq!(on_small_stack(format!("a{}.b", "\n".repeat(MANY))), Ok(1));
    assert_eq!(on_small_stack(format!("# {}\n1", "x".repeat(MANY))), Ok(1));
    assert_eq!(on_small_stack(format!("\"{}\"", "x".repeat(MANY))), Ok(1));
}

#[test]
fn brackets_may_not_be_deep() {
    refused("(".repeat(MANY));
    refused(format!("{}x{}", "\"{".repeat(MANY / 10), "}\"".repeat(MANY / 10)));
    for bracket in ["[", "f(", "a[", "record < ", "if a { ", "x -> {", "fn(x) {", "while a {"] {
        refused(bracket.repeat(MANY / 10));
    }
}

#[test]
fn expressions_may_not_be_deep() {
    refused(format!("{}x", "-".repeat(MANY)));
    for (prefix, end) in [("+ ", "x"), ("not ", "x"), ("2 ** ", "2"), ("x -> ", "x"), ("fn(x) ", "x")] {
        refused(format!("{}{end}", prefix.repeat(MANY / 10)));
    }
    for suffix in ["(1)", "[1]", ".a", ".a()"] {
        refused(format!("f{}", suffix.repeat(MANY / 10)));
    }
    refused(format!("{}x{}", "(".repeat(150), "+ 1) * 2".repeat(150)));
    refused(format!("{}x{}", "if a { ".repeat(150), " }".repeat(150)));
}

#[test]
fn what_is_deep_but_allowed_fits_a_small_stack() {
    for (open, inner, close) in [("(", "x", ")"), ("[", "x", "]"), ("f(", "x", ")"), ("a[", "x", "]"), ("- ", "x", "")]
    {
        assert_eq!(on_small_stack(format!("{}{inner}{}", open.repeat(190), close.repeat(190))), Ok(1), "{open}");
    }
    for (open, inner, close) in [
        ("if a { ", "x", " }"),
        ("record < ", "x", " >"),
        ("x -> ", "x", ""),
        ("\"{", "x", "}\""),
        ("fn(x) { ", "x", " }"),
    ] {
        assert_eq!(on_small_stack(format!("{}{inner}{}", open.repeat(95), close.repeat(95))), Ok(1), "{open}");
    }
    assert_eq!(on_small_stack(format!("{}x{}", "while a { ".repeat(190), " }".repeat(190))), Ok(1));
}

#[test]
fn errors_are_found_in_linear_time() {
    assert_eq!(on_small_stack("\"{".repeat(MANY)), Err("this `{` in a string is never closed".to_string()));
    for text in [
        ")".repeat(MANY),
        "a b\n".repeat(MANY / 4),
        "  a b\n".repeat(MANY / 4),
        "a b; ".repeat(MANY / 4),
        "\"x\n".repeat(MANY / 4),
        "\"{x\n".repeat(MANY / 4),
        format!("{}{}", "(".repeat(150), "\n".repeat(MANY)),
        "\"{(\n".repeat(MANY / 4),
        "not ".repeat(MANY / 4) + ")",
        format!("record < {}", "y = x\n".repeat(MANY / 4)),
    ] {
        assert!(on_small_stack(text).is_err());
    }
}
