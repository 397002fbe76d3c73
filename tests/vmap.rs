//! `vmap` runs a function once for all rows where it can, and then gives what a run for each row gives: for
//! every operation at its own samples, its derivatives, and functions put together.

#[path = "support/agree.rs"]
mod agreement;

use adlib::array::limits;
use adlib::autodiff::Grad;
use adlib::builtin;
use adlib::interpret::{Echo, Session};
use adlib::value::Run;
use agreement::agree;
use std::io::Write as _;

/// The arguments of a sample: what stands between commas that are in no bracket.
fn arguments(sample: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut depth = 0;
    for c in sample.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all.iter().map(|argument| argument.trim().to_string()).collect()
}

/// What a program shows last, or nothing if it fails.
fn shown(program: &str) -> Option<String> {
    let mut session = Session::new(Box::new(std::io::sink()));
    session.style_mut().digits = 10;
    session.run("test.ad", program, Echo::Last).ok().map(|shown| shown.join("\n"))
}

#[test]
fn every_operation_does_to_many_rows_what_it_does_to_each() {
    let (mut checked, mut at_once) = (0, 0);
    let mut slow = std::collections::BTreeSet::new();
    for builtin in builtin::all() {
        let (op, elementwise) = match &builtin.run {
            Run::Elementwise(op) => (op, true),
            Run::Operation(_, op) => (op, false),
            _ => continue,
        };
        if !builtin.name.starts_with(|c: char| c.is_alphabetic()) {
            continue;
        }
        for sample in builtin.samples {
            let arguments = arguments(sample);
            let Some((x, rest)) = arguments.split_first() else { continue };
            let rest: String = rest.iter().map(|argument| format!(", {argument}")).collect();
            let name = builtin.name;
            let mut programs = vec![format!("f(x) = {name}(x{rest})")];
            if elementwise && arguments.len() == 2 {
                programs.push(format!("f(x) = {name}({x}, x)"));
                programs.push(format!("f(x) = {name}(x, x * 0.5 + 0.1)"));
            }
            if !matches!(op.grad, Grad::Blocked) {
                programs.push(format!("g(x) = sum({name}(x{rest}) ** 2)\nf = grad(g)"));
                programs.push(format!("g(x) = sum({name}(x{rest}) ** 2)\nf(x) = jvp(grad(g), x, ones_like(x))[1]"));
            }
            for program in programs {
                let rows = format!("x = {x}\nrows = stack((x, x * 0.9, x * 1.1))\n{program}\n");
                let each = shown(&format!("{rows}stack((f(rows[0]), f(rows[1]), f(rows[2])))"));
                let before = limits::looks();
                let all = shown(&format!("{rows}vmap(f)(rows)"));
                // What a single row cannot do, many cannot either.
                assert_eq!(all, each, "{rows}");
                checked += usize::from(each.is_some());
                let once = limits::looks() == before;
                at_once += usize::from(once && each.is_some());
                if !once {
                    slow.insert(name);
                }
            }
        }
    }
    let _ = writeln!(std::io::stdout(), "{checked} checks, {at_once} with one run; row by row: {slow:?}");
    assert!(checked >= 1000, "{checked} checks");
    assert!(at_once * 3 >= checked * 2, "only {at_once} of {checked} with one run; row by row: {slow:?}");
}

/// Functions that do the same to every row.
const STRAIGHT: &[&str] = &[
    "f(x) = sum(sin(x) * x ** 2)",
    "f(x) = { y = exp(x); y / sum(y) }",
    "f(x) = softmax(w @ x)",
    "f(x) = x @ w",
    "f(x) = x @ x",
    "f(x) = (x[:, none] * w) @ x",
    "f(x) = grad(z -> sum(tanh(w @ z) ** 2))(x)",
    "f(x) = hessian(z -> sum(tanh(w @ z) ** 2))(x)",
    "f(x) = jacobian(z -> tanh(w @ z))(x)",
    "f(x) = jvp(z -> tanh(w @ z), x, x)",
    "f(x) = hvp(z -> sum(tanh(w @ z) ** 3), x, ones(3))",
    "f(x) = grad((p, z) -> sum(tanh(p.w @ z + p.b) ** 2))((w = w, b = [1, 2, 3]), x)",
    "f(x) = where(x > 0.5, sqrt(x), 0)",
    "f(x) = concat((x[1:], [x[0]])) * 2",
    "f(x) = stack((x, x ** 2)).T",
    "f(x) = { s = 0; for i in range(3) { s += x[i] * i }; s }",
    "f(x) = { s = x * 0; for row in w { s += row * x }; s }",
    "f(x) = vmap(z -> z * x)([1, 2, 3])",
    "f(x) = vmap(z -> sum(z * x))(w)",
    "f(x) = vmap(grad(z -> sum(sin(z * x))))(w)",
    "f(x) = reshape(x, 3, 1) * w - norm(x)",
    "f(x) = max(x) + min(w * x, axis = 1)",
    "f(x) = cumsum(x) * var(x)",
    "f(x) = 3",
    "f(x) = w",
    "f(x) = f64(x > 1)",
    "f(x) = x * detach(x)",
    "f(x) = grad(z -> sum(z * detach(z)))(x)",
    "f(x) = checkpoint(z -> sin(z) ** 2)(x)",
    "f(x) = grad(z -> sum(checkpoint(y -> sin(y) ** 2)(z)))(x)",
    "f(x) = custom_grad(z -> z ** 3, (dy, y, z) -> dy * 3 * z ** 2)(x)",
    "f(x) = (a = x, b = (sum(x), w @ x))",
];

/// Functions that ask what is in a row.
const CROOKED: &[&str] = &[
    "f(x) = if sum(x) > 3 { x } else { -x ** 2 }",
    "fn f(x) { while sum(x) < 20 { x = x * 2 }; x }",
    "f(x) = w[f64(x[0] > 2)]",
    "f(x) = { y = x; y[argmax(x)] = 0; y }",
    "f(x) = try { if x[0] > 2 { error(\"no\") }; x } catch { -x }",
    "f(x) = root(z -> z ** 3 + z - sum(x), 1)",
    "f(x) = grad(z -> if z[0] > 2 { sum(z) } else { sum(z ** 2) })(x)",
    "f(x) = sort(x)[::-1]",
];

/// A function as written, where a block is a function's.
fn defined(function: &str) -> String {
    match function.strip_prefix("f(x) = {") {
        Some(block) => format!("fn f(x) {{{block}"),
        None => function.to_string(),
    }
}

const GIVEN: &str = "w = [[1, 2, 0.5], [0.25, -1, 1], [2, 0.1, -0.3]]
rows = [[0.3, 0.7, 1.5], [2.5, 0.2, 0.9], [1.1, 1.2, 0.4], [3, 0.5, 0.6]]
# The same, for a run that is never once for all.
slow(f) = vmap(fn(x) { if x[0] > inf { 0 } else { f(x) } })
";

#[test]
fn one_run_for_all_rows_gives_what_one_for_each_gives() {
    for (functions, once) in [(STRAIGHT, true), (CROOKED, false)] {
        for function in functions {
            let definitions = format!("{GIVEN}{}", defined(function));
            let before = limits::looks();
            let found = shown(&format!("{definitions}\nvmap(f)(rows)"));
            assert!(found.is_some(), "{function} fails");
            assert_eq!(limits::looks() == before, once, "{function} in one run");
            agree(&definitions, "vmap(f)(rows)", "slow(f)(rows)", 1e-13);
        }
    }
}

#[test]
fn what_is_around_a_run_differentiates_through_it() {
    // What gives a tuple has no square.
    let number =
        |function: &str| function.contains("(a = ") || function.contains("= jvp") || function.contains("(p, z)");
    for function in STRAIGHT.iter().chain(CROOKED).filter(|function| !number(function)) {
        let definitions = format!(
            "{GIVEN}fn by(m, w, rows) {{\n{}\nsum(m(f)(rows) ** 2)\n}}\nv = 0.1 * w + 0.2",
            defined(function).replace("fn f(x)", "f = fn(x)").replace("f(x) = ", "f = x -> ")
        );
        for by in ["1", "2", "(1, 2)"] {
            agree(
                &definitions,
                &format!("grad(by, wrt = {by})(vmap, w, rows)"),
                &format!("grad(by, wrt = {by})(slow, w, rows)"),
                1e-11,
            );
        }
        agree(
            &definitions,
            "(jvp(w -> by(vmap, w, rows), w, v)[1], hvp(w -> by(vmap, w, rows), w, v))",
            "(jvp(w -> by(slow, w, rows), w, v)[1], hvp(w -> by(slow, w, rows), w, v))",
            1e-10,
        );
        agree(
            &definitions,
            "hvp(rows -> by(vmap, w, rows), rows, rows)",
            "hvp(rows -> by(slow, w, rows), rows, rows)",
            1e-10,
        );
    }
}

#[test]
fn attached_variables_around_a_run_get_their_gradients() {
    let program = "
        w = [[1, 2], [3, 4]]
        x = [[0.5, 1], [2, -1], [1, 1]]
        attach_grad(w, x)
        record < y = sum(vmap(grad(z -> sum(sin(w @ z))))(x) ** 2) >
        backward(y)
        g(w, x) = sum(vmap(fn(z) { if z[0] > inf { 0 }; grad(z -> sum(sin(w @ z)))(z) })(x) ** 2)
    ";
    agree(program, "(w.grad, x.grad)", "grad(g, wrt = (0, 1))(detach(w), detach(x))", 1e-12);
    // A derivative by what is around the function is another one for every row.
    let program = "
        w = 2
        attach_grad(w)
        record < y = vmap(x -> grad(x * w ** 2, w))([1, 2, 3]) >
    ";
    agree(program, "y", "[4, 8, 12]", 1e-14);
}

#[test]
fn axes_are_given_for_each_argument() {
    let definitions = "
        a = [[1, 2, 3], [4, 5, 6]]
        b = [[1, 0], [2, 1], [0, 3]]
        c = [10, 20, 30]
        p = (w = a, s = [7, 8])
    ";
    for (left, right) in [
        ("vmap((x, y) -> x * y, axis = (0, none))(a, c)", "stack((a[0] * c, a[1] * c))"),
        ("vmap((x, y) -> x @ y, axis = (1, 0))(a, b)", "stack((a[:, 0] @ b[0], a[:, 1] @ b[1], a[:, 2] @ b[2]))"),
        ("vmap((x, y) -> x @ y, axis = (0, 1))(a, b)", "stack((a[0] @ b[:, 0], a[1] @ b[:, 1]))"),
        ("vmap((x, y) -> y @ x, axis = (none, -1))(c, b)", "stack((b[:, 0] @ c, b[:, 1] @ c))"),
        ("vmap(x -> x * 2, axis = 1, out_axis = 1)(a)", "a * 2"),
        ("vmap(x -> x * 2, out_axis = -1)(a)", "(a * 2).T"),
        ("vmap(x -> (x, sum(x)), axis = -1)(a)", "(a.T, sum(a, axis = 0))"),
        ("vmap((q, x) -> sum(q.w) * q.s + x)(p, [1, 2])", "[6 * 7 + 1, 15 * 8 + 2]"),
        ("vmap((q, x) -> sum(q.w * x) + q.s, axis = (none, 0))(p, [1, 2])", "stack((21 + p.s, 42 + p.s))"),
        ("vmap(vmap((x, y) -> x * y, axis = (none, 0)), axis = (0, none))([1, 2], c)", "[[10, 20, 30], [20, 40, 60]]"),
        (
            "vmap(grad((x, y) -> sum(x * y) ** 2), axis = (0, none))(a, c)",
            "stack((2 * sum(a[0] * c) * c, 2 * sum(a[1] * c) * c))",
        ),
    ] {
        agree(definitions, left, right, 1e-14);
    }
}

#[test]
fn nothing_is_done_twice_that_others_can_see() {
    let printed = |program: &str| {
        let output = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
        let mut session = Session::new(Box::new(Shared(output.clone())));
        assert!(session.run("test.ad", program, Echo::Last).is_ok(), "{program}");
        String::from_utf8_lossy(&output.borrow()).into_owned()
    };
    assert_eq!(printed("vmap(fn(x) { print(\"one\", x); x })([1, 2])"), "one 1\none 2\n");
    assert_eq!(printed("vmap(fn(x) { print(\"one\"); x })([1, 2])"), "one\none\n");
    assert_eq!(
        printed("seed(1); a = vmap(x -> x + rand())([0, 0]); seed(1); print(all(a == [rand(), rand()]))"),
        "true\n"
    );
}

/// Output that can be read afterwards.
struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
