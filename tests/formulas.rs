//! An expression that is evaluated again and again while recording becomes one step. Nobody may be able to tell:
//! every program here computes something many times, and compares the bits of the first time, step by step, with
//! those of the others.

#![allow(clippy::unwrap_used, missing_docs)]

use adlib::autodiff::Var;
use adlib::interpret::{Echo, Session};
use adlib::value::Value;

/// `same(measure, f)`: whether something about a function has the same bits each time. The function's text is
/// evaluated step by step the first times, and as a formula afterwards.
const PRELUDE: &str = "
x = 0.3 + 0.1 * arange(12).reshape((4, 3))
y = 1.7 - 0.05 * arange(12).reshape((4, 3)) ** 2
c = [[0.5], [-1.5], [2.5], [1]]
r = [1.25, -0.75, 0.5]
w = cos(arange(12)).reshape((4, 3))
fn equal(a, b) = all((a == b) or (isnan(a) and isnan(b)))
fn same(measure, f) {
    for kind in (a -> a, f32) {
        (u, v) = (kind(x), kind(y))
        first = measure(f, u, v)
        for i in range(7) {
            for a, b in zip(first, measure(f, u, v)) { assert(equal(a, b), \"turn {i}: {a} and {b}\") }
        }
    }
}
";

/// What is measured of a function: its value and gradient, then what looks at the steps of a formula.
const MEASURES: &[&str] = &[
    "(f, x, y) -> { (value, slopes) = value_and_grad((x, y) -> sum(w * f(x, y)), wrt = (0, 1))(x, y); (value, ...slopes) }",
    "(f, x, y) -> grad((x, y) -> sum(w * grad((x, y) -> sum(w * f(x, y) ** 2))(x, y)), wrt = (0, 1))(x, y)",
    "(f, x, y) -> jvp(x -> f(x, y), x, y)",
    "(f, x, y) -> (grad(x -> sum(grad(x -> sum(grad(x -> sum(f(x, y) ** 3))(x) * w))(x) * w))(x),)",
];

fn session(program: &str) -> Session {
    let mut session = Session::new(Box::new(std::io::sink()));
    if let Err(errors) = session.run("formulas.ad", program, Echo::Nothing) {
        panic!("{program}: {}", errors.first().map_or("", |error| error.problem.title.as_str()));
    }
    session
}

#[test]
fn formulas_have_the_bits_of_their_steps() {
    for body in [
        "x * y + x / y - y",
        "-x * (x - 2) ** 3",
        "exp(-x * x / 2) * sin(3 * x) + log1p(x * x) * tanh(y)",
        "x + c * r - y / c",
        "(x[:, none, :] - y[none, :, :]).sum(axis = 0)",
        "sum(x[:, none, :] - y[none, :, :], axis = 0) * x",
        "mean((x - y) ** 2, axis = 1, keepdims = true) + x * r",
        "x * sum(x * y, axis = (0, 1)) - y * mean(x)",
        "x * sqrt(sum(y * y)) ** -1.5 + 1",
        "maximum(x, y) * minimum(x, 0.5) - abs(x - y)",
        "reshape(x * 2 + y, 3, 4).T + x",
        "x * 0 + y ** 0 - (x - x) / y",
        "sigmoid(x) * y + softplus(x - y)",
        "sigmoid(x * y) * tanh(y) + sigmoid(y)",
        "sigmoid(x - y)[:, none, :] * sigmoid(r)[none, none, :] + sigmoid(c)[none, :, :] * x",
        "sigmoid(sigmoid(x) * 3 - 1) ** 2 * reshape(sigmoid(y), 4, 3)",
        "sum(sigmoid(x * 2), axis = 0) + sigmoid(sum(y)) * y",
        "y * sigmoid(x * 2 - y)",
        "sigmoid(1 + x * y)",
        "x * [[2.0]] + y * [0.5]",
    ] {
        for measure in MEASURES {
            session(&format!("{PRELUDE}\nsame({measure}, (x, y) -> {body})"));
        }
    }
}

#[test]
fn a_gradient_has_the_same_bits_however_far_away_its_variable_is() {
    session(
        "x = 30 * cos(arange(39) * 0.7).reshape((13, 3))
c = 3 * sin(arange(13)).reshape((13, 1))
w = cos(arange(39)).reshape((13, 3))
for steps in range(8) {
    attach_grad(x)
    attach_grad(c)
    for _ in range(steps) { record < y = x + 1 > }
    first = none
    for i in range(20) {
        record < l = sum(w * (sin(((c * x) * (-1.5 + x[:, :1]))) * x)) >
        backward(l)
        got = (x.grad, c.grad)
        if i == 0 { first = got }
        for a, b in zip(first, got) { assert(all(a == b), \"turn {i}\") }
    }
}",
    );
}

#[test]
fn a_gate_has_the_bits_of_its_steps_wherever_it_is() {
    let extremes =
        "x = concat((linspace(-800, 800, 399), [0, -0.0, 1e-300, -1e-300, inf, -inf, nan, 1e-17, 37, -37, 745.2]))";
    let whole = MEASURES[0];
    for body in ["sigmoid(x) * 3", "y * sigmoid(x) + 1", "sigmoid(x + 0) - sigmoid(y)"] {
        session(&format!("{PRELUDE}\n{extremes}\ny = 0 * x + 1\nw = y / 3\nsame({whole}, (x, y) -> {body})"));
    }
}

#[test]
fn functions_of_the_program_are_seen_through() {
    for program in [
        "fn f(x, y) { a = x * y; b = a - sin(a); a * b + b }\nsame(MEASURE, (x, y) -> f(x, y) + 1)",
        "k = 2 * x\nfn f(a) { b = a * k; return b - a }\nsame(MEASURE, (x, y) -> f(x - y) * f(y))",
        "fn make(k) { fn g(a) = k * a - a ** 2; g }\n(g, h) = (make(y), make(2))\nsame(MEASURE, (x, y) -> g(x) * h(y) + y)",
        "fn f(a) = a * k - 1\nk = x\nsame(MEASURE, (x, y) -> { k = 3; f(x) * y })",
        "fn f(p, t) = p.a * sin(p.inner.k * t) + p.a ** 2\nsame(MEASURE, (x, y) -> { p = (a = x, inner = (k = y,)); p.a * y - p.inner.k * 2 })",
        "p = (a = y, b = 2)\nfn g(a) = (a * p.a + p.b * a).sum(axis = 1, keepdims = true) * a.exp()\nsame(MEASURE, (x, y) -> g(x).tanh() + g(y - x))",
        "fn g(a) { b = a * a; a = b - a; a * b }\nsame(MEASURE, (x, y) -> g(x) + g(g(y)))",
    ] {
        for measure in MEASURES {
            session(&format!("{PRELUDE}\n{}", program.replace("MEASURE", measure)));
        }
    }
}

#[test]
fn what_changes_is_seen() {
    // In each turn something else changes that the expression follows from.
    let program = "
fn slow(f, x) = grad(x -> sum(f(x)))(x)
fn f(a) = a * a + 1
fn g(a) = sin(a) - a
k = 1
w = ones(3)
fn turn(i, x, h) {
    scale = if i % 5 == 4 { 3 } else { 2 }
    sum(scale * h(x) + k * x * w)
}
total = 0
for i in range(60) {
    if i == 20 { k = 4 }
    if i == 30 { fn f(a) = a * 5 - a ** 2 }
    if i == 40 { w = ones(2, 3) }
    x = if i % 7 == 6 { 0.5 + ones(2, 3) } else { [0.1, 0.2, 0.3] }
    if i == 50 { x = f32(x) }
    if i == 55 { x = 0.7 }
    h = if i % 3 == 2 { g } else { f }
    found = grad(x -> turn(i, x, h))(x)
    scale = if i % 5 == 4 { 3 } else { 2 }
    slope = if i % 3 == 2 { cos(x) - 1 } else if i < 30 { 2 * x } else { 5 - 2 * x }
    expected = scale * slope * ones_like(x + w) + k * w * ones_like(x + w)
    while expected.shape.len > x.shape.len { expected = sum(expected, axis = 0) }
    assert(all(abs(found - expected) < 1e-5), \"turn {i}: {found}, and not {expected}\")
}
";
    session(&program.replace("expected.shape.len > x.shape.len", "ndim(expected) > ndim(x)"));
}

#[test]
fn formulas_are_in_use() {
    for (setting, expression) in [
        ("", "f(x) * x + 3"),
        ("p = (a = 2, b = 1)\nattach_grad(p)", "(p.a * exp(-p.b * t)).sum() - p.a * p.b"),
        ("m = ones(2, 3)", "sum((x[:, none] - x[none, :]) ** 2, axis = 0) + mean(m * x)"),
    ] {
        let session = session(&format!(
            "x = [1, 2, 3]\nt = [0.5, 2]\nattach_grad(x)\nfn f(a) {{ b = a * 2; b - 1 }}\n{setting}
            for i in range(9) {{ record < z = {expression} > }}"
        ));
        let Some(Value::Var(Var::Traced(node))) = session.get("z") else { panic!("{expression} is not recorded") };
        assert!(node.is_formula(), "{expression}");
    }
}

#[test]
fn an_operand_counts_only_as_an_operand() {
    // What a value depends on otherwise, through a number or as an axis or a shape, or because two names hold the same,
    // may be something else the next time.
    let program = "
fn check(x, expected) { assert(all(x == expected), \"{x}, and not {expected}\") }
x = [1, 2, 3, 4, 5, 6]
attach_grad(x)
k = 0
attach_grad(k)
record <
    a = x
    for i in range(12) {
        p = [i + 0.5, 3]
        check(detach(p[0] * x + x), (i + 1.5) * detach(x))
        check(detach(sum(p) * x + x), (i + 4.5) * detach(x))
        check(detach(x * a + 1), detach(x) * detach(a) + 1)
        check(detach(a * x - a), detach(a) * detach(x) - detach(a))
        s = if i < 6 { [2, 3] } else { [3, 2] }
        check(detach(reshape(x * 2, s) + 1), reshape(2 * detach(x) + 1, s))
        j = k + i % 2
        m = reshape(x, 3, 2)
        check(detach(sum(m * m, axis = j) + 1), sum(detach(m) ** 2, axis = i % 2) + 1)
        check(detach(m[i % 3] * 2 + x[i % 6]), detach(m)[i % 3] * 2 + detach(x)[i % 6])
        check(detach(x[:i % 6] * 2 + 1), detach(x)[:i % 6] * 2 + 1)
        if i > 6 { a = x * 0.5 }
    }
>
";
    session(program);
}

#[test]
fn a_method_may_be_a_function_that_was_handed_over() {
    let program = "
mk(k) = fn(u) u * k
x = [1, 2, 3.5]
attach_grad(x)
fn f(exp, u) = u.exp() + u
fn f2(u) { exp = g; u.exp() + u }
fn f3(u) { q = (exp = g, b = 2); q.exp(u) + u }
fn h(u) = u * k
record <
    for i in range(8) {
        (g, k) = (mk(i), i)
        for y in (f(g, x), f2(x), f3(x), (exp = g, b = 2).exp(x) + x, (exp = h, b = 2).exp(x) + x, f(h, x)) {
            assert(all(y == (i + 1) * x), \"turn {i}\")
        }
    }
>
";
    session(program);
}

#[test]
fn a_tuple_is_looked_into() {
    // Other entries, other names, another function under the name of a method.
    let program = "
fn check(x, expected) { assert(all(x == expected), \"{x}, and not {expected}\") }
x = [1, 2, 3]
attach_grad(x)
p = (a = 2, b = 3)
t = (1, 2)
record <
    for i in range(16) {
        if i == 5 { p = (a = 4, b = 3) }
        if i == 7 { p = (b = 5, a = 7) }
        if i == 9 { t = (1, 5) }
        if i == 12 { fn exp(u) = u * 3 }
        check(detach(p.a * x + p.b), p.a * detach(x) + p.b)
        check(detach((x * x + 1).exp()), if i < 12 { e ** (detach(x) ** 2 + 1) } else { 3 * (detach(x) ** 2 + 1) })
        (u, v) = t * x + 1
        check(detach(v), t[1] * detach(x) + 1)
    }
>
";
    session(
        &program
            .replace("e **", "2.718281828459045 **")
            .replace("x == expected", "abs(x - expected) < 1e-9 * abs(expected)"),
    );
}
