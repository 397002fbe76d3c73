//! Programs that are long, deep or endless: each gives its value, or an error that says what is too
//! much, in a thread with little stack.

use adlib::array::limits;
use adlib::interpret::{Echo, Session};
use adlib::value::{Value, display};

/// Runs a program in a thread with a stack of 256 KiB and gives what the last statement shows, or the
/// title of what went wrong.
fn in_small_stack(program: impl Into<String>) -> Result<String, String> {
    let program = program.into();
    std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(move || run(&program))
        .expect("a thread starts")
        .join()
        .expect("nothing panics")
}

fn run(program: &str) -> Result<String, String> {
    let mut session = Session::new(Box::new(std::io::sink()));
    let shown = session.run("test.ad", program, Echo::Last);
    let title = |errors: Vec<adlib::diagnostic::Diagnostic>| {
        errors.first().map_or(String::new(), |error| error.problem.title.clone())
    };
    shown.map(|shown| shown.join("\n")).map_err(title)
}

#[test]
fn a_chain_of_a_million_steps_differentiates_and_is_freed() {
    let program = "
        x = 1
        attach_grad(x)
        record <
            y = x
            i = 0
            while i < 1_000_000 { y = y * 1.000001; i = i + 1 }
        >
        backward(y)
        slope = x.grad
        y = 0
        x = 0
        slope";
    let shown = in_small_stack(program).expect("it runs");
    assert_eq!(shown, "2.71828");
}

#[test]
fn a_chain_of_a_million_array_steps_is_freed() {
    let program = "
        x = [1, 2]
        attach_grad(x)
        record < y = x; i = 0; while i < 100_000 { y = y + x; i = i + 1 } >
        backward(y)
        x.grad";
    assert_eq!(in_small_stack(program).expect("it runs"), "[100001, 100001]");
}

#[test]
fn doubling_fifty_times_is_two_to_the_fiftieth() {
    let program = "x = 1; attach_grad(x); record < y = x; for i in [1,2,3,4,5,6,7,8,9,10] { y = y + y; y = y + y; y = y + y; y = y + y; y = y + y } >; backward(y); x.grad == 2 ** 50";
    assert_eq!(in_small_stack(program).expect("it runs"), "true");
}

#[test]
fn a_million_opening_brackets_are_too_many() {
    for bracket in ["(", "[", "f(", "if x { ", "record < ", "x -> "] {
        let error = in_small_stack(bracket.repeat(1_000_000) + "1").expect_err("it is refused");
        assert!(error.contains("nested") || error.contains("deep"), "{bracket}: {error}");
    }
}

#[test]
fn a_million_terms_add_up() {
    let mut program = "1".to_string();
    program.push_str(&"+1".repeat(999_999));
    assert_eq!(in_small_stack(program).expect("it runs"), "1000000");
}

#[test]
fn runaway_recursion_is_an_error() {
    let error = in_small_stack("fn f(n) { f(n + 1) }\nf(0)").expect_err("it is refused");
    assert!(error.contains("calls are running"), "{error}");
    let error = in_small_stack("f(n) = 1 + f(n + 1) * 2\n[f(0)]").expect_err("it is refused");
    assert!(error.contains("calls are running"), "{error}");
    let error = in_small_stack("f(x) = g'(x)\ng(x) = f'(x)\nf(1)").expect_err("it is refused");
    assert!(error.contains("calls are running"), "{error}");
}

#[test]
fn a_recursion_of_nine_thousand_calls_works() {
    assert_eq!(in_small_stack("fn f(n) { if n == 0 { 0 } else { 1 + f(n - 1) } }\nf(9000)").expect("it runs"), "9000");
}

#[test]
fn deep_tuples_are_built_and_dropped() {
    assert_eq!(
        in_small_stack("t = ()\ni = 0\nwhile i < 300_000 { t = (t,); i += 1 }\nt = 0\ni").expect("it runs"),
        "300000"
    );
    let error =
        in_small_stack("t = (1,)\ni = 0\nwhile i < 1000 { t = (t,); i += 1 }\nt + 1").expect_err("it is refused");
    assert!(error.contains("nested"), "{error}");
    assert!(in_small_stack("t = ()\ni = 0\nwhile i < 1000 { t = (t,); i += 1 }\nt").is_ok());
}

#[test]
fn functions_that_hold_functions_are_dropped() {
    let program = "wrap(f) = x -> f(x)\nf = x -> x\ni = 0\nwhile i < 200_000 { f = wrap(f); i += 1 }\nf = 0\ni";
    assert_eq!(in_small_stack(program).expect("it runs"), "200000");
}

#[test]
fn arrays_too_large_for_the_machine_are_an_error() {
    for program in ["x = [0]\nx[[0]][:, none] * 0 + [1]\nfill(1)", "[1, 2] * 1"] {
        let _ = run(program);
    }
    assert!(limits::checked_count(&[1 << 40, 1 << 40]).is_err());
    assert!(limits::reserve::<f64>(1 << 50).is_err());
}

#[test]
fn values_print_whatever_they_are() {
    let mut session = Session::new(Box::new(std::io::sink()));
    let _ = session.run("test.ad", "f(x, k = 2) = x", Echo::Nothing);
    let style = *session.style_mut();
    assert_eq!(session.get("f").map(|value| display(value, &style)), Some("fn f(x, k = 2)".to_string()));
    assert_eq!(display(&Value::None, &style), "none");
}
