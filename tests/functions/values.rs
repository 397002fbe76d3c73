//! What the functions give, and that derivatives pass through them.

use super::running::{Prompt, shown};

#[test]
fn map_filter_and_reduce() {
    for (code, expected) in [
        ("map(x -> x ** 2, range(3))", "[0, 1, 4]"),
        ("map(x -> x, \"ab\")", "(\"a\", \"b\")"),
        ("map(x -> \"<{x}>\", [1, 2])", "(\"<1>\", \"<2>\")"),
        ("map(x -> x + 1, (a = 1, b = 2))", "(a = 2, b = 3)"),
        ("map(exp, [])", "[]"),
        ("map(exp, ())", "()"),
        ("map(x -> x > 1, [1, 2])", "[false, true]"),
        ("filter(x -> sum(x) > 3, [[1, 2], [3, 4]])", "[[3, 4]]"),
        ("filter(x -> x % 2, range(6))", "[1, 3, 5]"),
        ("filter(c -> c != \"a\", \"banana\")", "\"bnn\""),
        ("filter(x -> false, [1, 2])", "[]"),
        ("reduce((a, b) -> a - b, [10, 2, 3])", "5"),
        ("reduce((a, b) -> a + b, [], 7)", "7"),
        ("zip(range(1000), [1, 2], \"xyz\")", "((0, 1, \"x\"), (1, 2, \"y\"))"),
        ("zip()", "()"),
        ("enumerate(\"ab\", 1)", "((1, \"a\"), (2, \"b\"))"),
        ("enumerate([[1, 2]])", "((0, [1, 2]),)"),
    ] {
        assert_eq!(shown(code), expected, "{code}");
    }
}

#[test]
fn derivatives_pass_through_functions_of_functions() {
    assert_eq!(shown("f(x) = sum(map(t -> t ** 3, x)); f'([1, 2])"), "[3, 12]");
    assert_eq!(shown("f(x) = sum(map(t -> t ** 3, x)); hessian(f)([1, 2])"), "[[6,  0],\n [0, 12]]");
    assert_eq!(shown("f(x) = reduce((a, b) -> a * b, x); f'([2, 3, 4])"), "[12, 8, 6]");
    assert_eq!(shown("f(x) = sum(filter(t -> t > 1, x) ** 2); f'([1, 2, 3])"), "[0, 4, 6]");
    assert_eq!(shown("f(x) = reduce((s, p) -> s + p[0] * p[1], zip(x, x), 0); f'([2, 3])"), "[4, 6]");
    assert_eq!(shown("f(x) = reduce((s, p) -> s + p[0] * p[1], enumerate(x), 0); f'([2, 3])"), "[0, 1]");
}

#[test]
fn the_prelude_is_there_without_an_import() {
    assert_eq!(shown("dropout([1, 2])"), "[1, 2]");
    assert_eq!(shown("[1, 2].dropout(0.3)"), "[1, 2]");
    assert_eq!(shown("dropout = 0.5; [1, 2].dropout(dropout)"), "[1, 2]");
    assert_eq!(shown("dropout"), "fn dropout(x, p = 0.5)");
    assert_eq!(shown("f = dropout; f(3)"), "3");
    assert_eq!(shown("fn f(x) { x.dropout() }; f(2)"), "2");
    // Its value in the program is the program's: assigning replaces it for this program only.
    assert_eq!(shown("fn dropout(x) { 7 }; dropout(1)"), "7");
    let mut prompt = Prompt::default();
    assert!(prompt.run("dropout([1], 2)").is_err());
    assert_eq!(prompt.run("dropout([1])").unwrap(), "[1]");
}

#[test]
fn dropout_in_training() {
    let program =
        "seed(1); x = [1, 2, 3, 4, 5, 6, 7, 8]; attach_grad(x); record < y = dropout(x, 0.75) >; y.backward()";
    let mut prompt = Prompt::default();
    prompt.run(program).unwrap();
    assert_eq!(prompt.run("sum((y == 0) + (y == 4 * x)) == 8").unwrap(), "true");
    assert_eq!(prompt.run("sum(x.grad * x == y) == 8").unwrap(), "true");
    assert_eq!(shown("train_mode < dropout([1, 2], 1) >"), "[0, 0]");
    assert_eq!(shown("train_mode < dropout([1, 2], 0) >"), "[1, 2]");
    assert_eq!(shown("record < predict_mode < dropout([1, 2], 1) > >"), "[1, 2]");
    // Half of very many stay.
    assert_eq!(
        shown("seed(1); n = 100000; abs_sum = sum(train_mode < dropout(rand(n) * 0 + 1) >); 99000 < abs_sum < 101000"),
        "true"
    );
}

#[test]
fn errors_can_be_caught_and_raised_again() {
    assert_eq!(shown("try { error(\"x\") } catch err { (err.message, err.line) }"), "(\"x\", 1)");
    assert_eq!(shown("try { try { error(\"x\") } catch err { error(err) } } catch err { err.message }"), "\"x\"");
    assert_eq!(
        shown("try { assert([1, 1] == 1) } catch err { err.message }"),
        "\"assert needs one true or false as condition, found an array of shape [2]\""
    );
    assert_eq!(shown("assert(2 > 1)"), "");
    assert_eq!(shown("try { assert(1 > 2) } catch err { err.message }"), "\"an assertion does not hold\"");
}

#[test]
fn closeness() {
    for close in [
        "1, 1 + 1e-9",
        "[1, nan], [1, nan]",
        "[inf, -inf], [inf, -inf]",
        "(1, \"a\", none), (1, \"a\", none)",
        "[2, 2], 2",
        "[1, 2], [1.05, 2], rtol = 0.1",
        "[0, 1e-9], 0, atol = 1e-8",
    ] {
        assert_eq!(shown(&format!("assert_close({close})")), "");
    }
    for far in [
        "1, 1.1",
        "[1, nan], [1, 2]",
        "inf, -inf",
        "1e300, inf",
        "(1, 2), (1, 3)",
        "[1, 2], [1, 2, 3]",
        "1, \"a\"",
        "0, 1e-12",
    ] {
        assert!(Prompt::default().run(&format!("assert_close({far})")).is_err(), "{far}");
    }
}

#[test]
fn printing() {
    assert_eq!(shown("print(1 / 3, \"a\", digits = 17)"), "0.3333333333333333 a");
    assert_eq!(shown("print(1, end = \"\"); print(2)"), "12");
    assert_eq!(shown("display(digits = 3); print([1 / 3, 2])"), "[0.333, 2]");
    assert_eq!(shown("str(1 / 3)"), "\"0.333333\"");
    assert_eq!(shown("str((1, \"a\"))"), "\"(1, \\\"a\\\")\"");
    assert_eq!(shown("t = time(); t > 1.7e9"), "true");
}

#[test]
fn mean_squared_error() {
    assert_eq!(shown("f(x) = mse_loss(x, [1, 2]); f'([2, 4])"), "[1, 2]");
    assert_eq!(shown("mse_loss([1, 3], 1)"), "2");
    assert_eq!(shown("hessian(x -> mse_loss(x, [1, 2]))([2, 4])"), "[[1, 0],\n [0, 1]]");
}
