//! Every rule against finite differences, in both modes, to order three, at its own samples.
//!
//! No derivative is typed in. For a function `f` of one of its arguments, a fixed direction `v` and fixed
//! weights `w`, everything is about `g(s) = sum(w * f(x + s * v))`: each derivative of `g`, reached through
//! every nesting of forward and reverse mode, is compared with the difference quotient of the one before.

use adlib::autodiff::{Args, Grad, Var};
use adlib::builtin;
use adlib::interpret::{Echo, Session};
use adlib::value::{Builtin, Run, Value};

/// What the checks of a case are written in.
const PRELUDE: &str = "
display(digits = 17)
W(y) = cos(1.3 * (1 + arange(size(y)))).reshape(y.shape)
total(w, y) = sum(w * y)
h = 0.0005
difference(q) = (8 * (q(h) - q(-h)) - (q(2 * h) - q(-2 * h))) / (12 * h)
forward(q) = s -> jvp(q, s, 1)[1]
";

/// One argument of one sample of one function.
struct Case {
    name: &'static str,
    sample: &'static str,
    position: usize,
    /// The call, with `x` in place of the argument.
    call: String,
    argument: String,
}

/// Cuts a list of arguments at the commas outside all brackets and strings.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut parts) = (0, false, 0, Vec::new());
    for (i, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// A call as a program writes it.
fn call(name: &str, arguments: &[String]) -> String {
    let infix = !name.starts_with(char::is_alphabetic) || ["and", "or", "not"].contains(&name);
    match (name, arguments) {
        ("[ ]", [x, index @ ..]) => format!("({x})[{}]", index.join(", ")),
        (_, [x]) if infix => format!("{name} ({x})"),
        (_, [x, y]) if infix => format!("({x}) {name} ({y})"),
        _ => format!("{name}({})", arguments.join(", ")),
    }
}

fn session() -> Session {
    let mut session = Session::new(Box::new(std::io::sink()));
    assert!(session.run("prelude.ad", PRELUDE, Echo::Nothing).is_ok());
    session
}

/// Runs a program and gives what its last statement shows.
fn run(session: &mut Session, program: &str) -> Result<String, String> {
    let shown = session.run("check.ad", program, Echo::Last).map(|shown| shown.join(""));
    shown.map_err(|errors| errors.first().map_or(String::new(), |error| error.problem.title.clone()))
}

fn blocked(builtin: &Builtin) -> bool {
    matches!(&builtin.run, Run::Elementwise(op) | Run::Operation(_, op) if matches!(op.grad, Grad::Blocked))
}

fn public(builtin: &Builtin) -> bool {
    !builtin.name.starts_with('(')
}

/// Whether the result of a call is recorded when one argument is something to differentiate by.
fn depends(case: &Case) -> bool {
    let mut session = session();
    let program = format!("x = 1.0 * ({})\nattach_grad(x)\nrecord < y = {} >", case.argument, case.call);
    // An axis or a shape is no number to differentiate by, and may not even be a number.
    if run(&mut session, &program).is_err() {
        return false;
    }
    match session.get("y") {
        Some(Value::Var(Var::Traced(node))) => !matches!(node.args, Args::Cut(..)),
        Some(Value::Tuple(tuple)) => tuple.items.iter().any(|item| matches!(item, Value::Var(Var::Traced(_)))),
        _ => false,
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for builtin in builtin::all().filter(|builtin| public(builtin) && !blocked(builtin)) {
        for &sample in builtin.samples {
            let arguments = split(sample);
            for (position, argument) in arguments.iter().enumerate() {
                let named = argument.split_once(" = ");
                let mut with_x: Vec<String> = arguments.iter().map(|argument| argument.to_string()).collect();
                with_x[position] = named.map_or("x".to_string(), |(name, _)| format!("{name} = x"));
                let argument = named.map_or(*argument, |(_, value)| value).to_string();
                cases.push(Case { name: builtin.name, sample, position, call: call(builtin.name, &with_x), argument });
            }
        }
    }
    cases
}

/// The numbers in what a program showed.
fn numbers(text: &str) -> Vec<f64> {
    text.split(|c: char| "(), \n".contains(c)).filter_map(|word| word.parse().ok()).collect()
}

/// Checks one case; gives the number of comparisons, or what is wrong.
fn check(case: &Case) -> Result<usize, String> {
    let mut session = session();
    let at = |what: &str| format!("{}({}), argument {}: {what}", case.name, case.sample, case.position);
    let mut ask = |program: &str| run(&mut session, program).map_err(|error| at(&format!("{error}\n{program}")));
    // Results that are tuples, as those of split, are joined into one array first.
    ask(&format!("x0 = 1.0 * ({})\ncalled = x -> {}\nkind = called(x0)", case.argument, case.call))?;
    let joined = ask("try { kind.shape; false } catch { true }")? == "true";
    let f = if joined { "f = x -> concat(map(part -> part.flatten(), called(x)))" } else { "f = called" };
    ask(&format!("{f}\nw = W(f(x0))\nv = cos(x0 + 0.7)\ng = s -> total(w, f(x0 + s * v))"))?;
    // Differences in single precision need a wider step, and see fewer digits.
    let narrow = ask("try { x0.dtype == \"f32\" or kind.dtype == \"f32\" } catch { false }")? == "true";
    let tolerance = if narrow { 1e-4 } else { 2e-6 };
    ask(if narrow { "h = 0.1\nnear = 1e-5" } else { "near = 1e-9" })?;
    // Nothing to move by: `logsumexp` of nothing is -inf, and a difference of infinities says nothing.
    let empty = ask("try { size(x0) == 0 } catch { false }")? == "true";
    let mut count = 0;
    let orders = [
        ("g", vec!["g'", "forward(g)"]),
        ("g'", vec!["g''", "forward(g')", "forward(g)'", "forward(forward(g))"]),
        (
            "g''",
            vec![
                "g'''",
                "forward(g'')",
                "forward(g')'",
                "forward(g)''",
                "forward(forward(g'))",
                "forward(forward(g)')",
                "forward(forward(g))'",
                "forward(forward(forward(g)))",
            ],
        ),
    ];
    for (order, (lower, ways)) in (1..).zip(&orders) {
        let list: Vec<String> = ways.iter().map(|way| format!("({way})(0)")).collect();
        let found = numbers(&ask(&format!("(difference({lower}), {})", list.join(", ")))?);
        let [expected, found @ ..] = &found[..] else { return Err(at("no numbers")) };
        let expected = if empty { &0.0 } else { expected };
        if found.len() != ways.len() {
            return Err(at(&format!("order {order} gives {found:?}")));
        }
        // A negative base has real powers only here and there: no derivative by the exponent, and no end to it.
        if expected.is_nan() && found.iter().all(|value| value.is_nan()) {
            return Ok(count + found.len());
        }
        for (way, value) in ways.iter().zip(found) {
            count += 1;
            let close = (value - expected).abs() <= tolerance * (1.0 + expected.abs());
            if !close {
                return Err(at(&format!("order {order} by {way} is {value}, by differences {expected}")));
            }
        }
    }
    if ask("try { x0.shape; true } catch { false }")? == "true" {
        let same = ask("(grad(x -> total(w, f(x)))(x0).shape == x0.shape and jvp(f, x0, v)[1].shape == f(x0).shape)")?;
        let hessian = ask(
            "H = hessian(x -> total(w, f(x)))(x0).reshape(size(x0), size(x0))\nall(abs(H - H.T) <= 1e-10 * (1 + abs(H)))",
        )?;
        // By rows with reverse passes, by columns with forward ones.
        let jacobian = ask(
            "J = jacobian(f)(x0).reshape(size(f(x0)), size(x0))\nabs(sum(J @ v.flatten() * w.flatten()) - g'(0)) <= near * (1 + abs(g'(0)))",
        )?;
        let single = ask(
            "G = grad(x -> total(w, f(x)))(x0)\nS = grad(x -> total(w, f(x)))(f32(x0))\nS.dtype == \"f32\" and all(abs(S - G) <= 2e-4 * (1 + abs(G)))",
        )?;
        for (what, holds) in [
            ("a gradient or tangent has the wrong shape", same),
            ("the Hessian is not symmetric", hessian),
            ("the Jacobian disagrees with the gradient", jacobian),
            ("the gradient in single precision is far from that in double", single),
        ] {
            count += 1;
            if holds != "true" {
                return Err(at(what));
            }
        }
    }
    Ok(count)
}

#[test]
fn every_rule_agrees_with_differences_in_both_modes_to_order_three() {
    let cases = cases();
    let results: Vec<Result<usize, String>> = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let cases = &cases;
            scope.spawn(move || {
                let mine = cases.iter().skip(half).step_by(2);
                mine.filter(|case| depends(case)).map(check).collect::<Vec<_>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().expect("no check panics")).collect()
    });
    let wrong: Vec<&String> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    let count: usize = results.iter().filter_map(|result| result.as_ref().ok()).sum();
    assert!(
        wrong.is_empty(),
        "{} of {} cases are wrong:\n{}",
        wrong.len(),
        results.len(),
        wrong.iter().map(|text| text.as_str()).collect::<Vec<_>>().join("\n")
    );
    assert!(count > 4000, "only {count} comparisons were made");
}

#[test]
fn every_operation_has_samples_and_each_is_a_call() {
    for builtin in builtin::all().filter(|builtin| public(builtin)) {
        let operation = matches!(builtin.run, Run::Elementwise(_) | Run::Operation(..));
        assert!(!operation || !builtin.samples.is_empty(), "{} has no samples", builtin.name);
        for sample in builtin.samples {
            let arguments: Vec<String> = split(sample).iter().map(|argument| argument.to_string()).collect();
            let program = call(builtin.name, &arguments);
            if let Err(error) = run(&mut session(), &program) {
                panic!("{program}: {error}");
            }
        }
    }
}

#[test]
fn every_name_is_declared_once() {
    let mut names: Vec<&str> = builtin::all().map(|builtin| builtin.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    // `(linspace)` and its like are told apart by their parentheses.
    assert_eq!(names.len(), count);
}
