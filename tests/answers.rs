//! Roots, fixed points, minima and differential equations: their values against SciPy's, and their
//! gradients, to order three, against closed forms and differences.

#[path = "support/agree.rs"]
mod agreement;

use agreement::agree;

#[test]
fn values_are_those_of_scipy() {
    let mut count = 0;
    for line in include_str!("answers/fixtures.txt").lines() {
        let (program, value) = line.split_once(" => ").expect("a program and its value");
        agree("", program, value, if program.starts_with("odeint") { 3e-7 } else { 1e-7 });
        count += 1;
    }
    assert!(count >= 12);
}

/// The central difference quotient of a function of a number.
const DIFFERENCES: &str = "d(f) = x -> (f(x + 1e-4) - f(x - 1e-4)) / 2e-4\n";

#[test]
fn an_answer_differentiates_to_every_order_in_both_modes() {
    // Each is the square root, the cube root or the exponential, found as an answer.
    let cases = [
        ("a -> root(x -> x ** 2 - a, 1)", "sqrt", 1e-12),
        ("a -> root(x -> [x[0] ** 2 - a, x[1] - x[0]], [1, 2])[1]", "sqrt", 1e-12),
        ("a -> root((x, b) -> x ** 2 - b, 1, args = a)", "sqrt", 1e-12),
        ("a -> root(p -> (p.x * p.y - a, p.x - p.y), (x = 1, y = 2)).y", "sqrt", 1e-12),
        ("a -> fixed_point(x -> (x + a / x) / 2, 1)", "sqrt", 1e-12),
        ("a -> minimize(x -> x ** 4 / 4 - a * x, 1)", "cbrt", 1e-9),
        ("a -> minimize(x -> x[0] ** 4 / 4 - a * x[0] + (x[1] - x[0]) ** 2, [1, 1])[1]", "cbrt", 1e-9),
        ("a -> odeint((y, t) -> y, 1, [0, a])[1]", "exp", 1e-7),
        ("a -> odeint((y, t) -> a * y, 1, [0, 1])[1]", "exp", 1e-7),
        ("a -> odeint((y, t, b) -> b * y, 1, [0, 1], args = a)[1]", "exp", 1e-7),
        ("a -> odeint((y, t) -> 0 * y + exp(t), exp(a), [a, a])[1]", "exp", 1e-7),
    ];
    let definitions = "fw(f) = x -> jvp(f, x, 1)[1]\n";
    for (case, known, tolerance) in cases {
        let definitions = format!("{definitions}f = {case}\ng = {known}");
        agree(&definitions, "f(0.7)", "g(0.7)", tolerance);
        agree(&definitions, "f'(0.7)", "g'(0.7)", tolerance);
        agree(&definitions, "fw(f)(0.7)", "g'(0.7)", tolerance);
        for second in ["f''", "fw(f')", "fw(f)'", "fw(fw(f))"] {
            agree(&definitions, &format!("{second}(0.7)"), "g''(0.7)", 30.0 * tolerance);
        }
        agree(&definitions, "f'''(0.7)", "g'''(0.7)", 1000.0 * tolerance);
        agree(&definitions, "vmap(f')([0.7, 0.9])", "vmap(g')([0.7, 0.9])", tolerance);
        agree(
            &definitions,
            "hessian(v -> f(v[0]) * f(v[1]))([0.7, 0.9])",
            "hessian(v -> g(v[0]) * g(v[1]))([0.7, 0.9])",
            1e3 * tolerance,
        );
    }
}

#[test]
fn answers_nest_in_one_another() {
    let cases = [
        "a -> minimize(x -> (x - root(z -> z ** 2 - a, 1)) ** 2 + x ** 4, 0)",
        "a -> root(x -> minimize(z -> z ** 4 + (z - x) ** 2, 0) - a, 1)",
        "a -> fixed_point(x -> root(z -> z ** 3 + z - cos(a * x), 1), 1)",
        "a -> root(x -> odeint((y, t) -> -x * y, 1, [0, 1])[1] - a / 2, 1)",
        "a -> odeint((y, t) -> root(z -> z ** 3 + z - y * a, 1), 1, [0, 1])[1]",
        "a -> minimize(x -> (odeint((y, t) -> -x * y, 1, [0, 1], method = \"adjoint\")[1] - a / 2) ** 2, 0.5)",
        "a -> sum(vmap(b -> root(x -> x ** 2 - a * b, 1))([1, 2, 3]))",
        "a -> sum(jacobian(b -> root(x -> x ** 2 - a * b, ones(2)))([1, 2]) ** 2)",
        "a -> checkpoint(b -> root(x -> x ** 2 - b * a, 1))(a)",
        "a -> root(checkpoint(x -> x ** 3 + a * x - 1), 1)",
        "a -> root(custom_grad(x -> x ** 3 - 1, (dy, y, x) -> dy * 3 * x ** 2), 2) * a",
        "a -> (b -> root(x -> x ** 3 + b * x - a, 1))'(a)",
    ];
    for case in cases {
        let definitions = format!("{DIFFERENCES}f = {case}");
        agree(&definitions, "f'(0.7)", "d(f)(0.7)", 2e-6);
        agree(&definitions, "jvp(f, 0.7, 1)[1]", "f'(0.7)", 1e-6);
    }
}

#[test]
fn a_linear_equation_is_a_matrix_exponential() {
    // exp([[0, w], [-w, 0]] t) turns by w t.
    let definitions = "
        f(w, method) = odeint((y, t) -> [[0, w], [-w, 0]] @ y, [1, 2], [0, 0.5, 2], method = method)
        g(w) = stack(([1, cos(0.5 * w) + 2 * sin(0.5 * w), cos(2 * w) + 2 * sin(2 * w)],
                      [2, 2 * cos(0.5 * w) - sin(0.5 * w), 2 * cos(2 * w) - sin(2 * w)])).T
        h = [[1, 0.5], [0.25, -1], [2, 0.3]]
    ";
    for method in ["\"direct\"", "\"adjoint\""] {
        agree(definitions, &format!("f(1.3, {method})"), "g(1.3)", 1e-6);
        agree(definitions, &format!("(w -> sum(h * f(w, {method})))'(1.3)"), "(w -> sum(h * g(w)))'(1.3)", 1e-6);
        agree(definitions, &format!("(w -> sum(h * f(w, {method})))''(1.3)"), "(w -> sum(h * g(w)))''(1.3)", 1e-5);
    }
}

#[test]
fn the_adjoint_agrees_with_the_direct_gradient() {
    let definitions = "
        rate(y, t, p) = (prey = y.prey * (p[0] - p[1] * y.predator), predator = y.predator * (p[3] * y.prey - p[2]))
        t = linspace(0, 3, 7)
        k = 1.5
        k.attach_grad()
        fn loss(p, y0, t, method) {
            y = odeint((y, t) -> rate(y, t, p * k), y0, t, method = method, rtol = 1e-10, atol = 1e-10)
            sum(y.prey * [0, 1, 2, 3, 4, 5, 6]) + sum(y.predator ** 2)
        }
        p = [1, 0.7, 2, 0.6]
        y0 = (prey = 1, predator = 0.5)
        by(wrt, method) = grad(loss, wrt = wrt)(p, y0, t, method)
        fn by_seen(method) { record < l = loss(p, y0, t, method) >; grad(l, k) }
        difference(i) = (loss(p + 1e-5 * one_hot(i, 4), y0, t, \"direct\") - loss(p - 1e-5 * one_hot(i, 4), y0, t, \"direct\")) / 2e-5
    ";
    agree(definitions, "by(0, \"direct\")", "[difference(0), difference(1), difference(2), difference(3)]", 1e-6);
    for wrt in ["0", "1", "2"] {
        agree(definitions, &format!("by({wrt}, \"adjoint\")"), &format!("by({wrt}, \"direct\")"), 1e-7);
    }
    agree(definitions, "by_seen(\"adjoint\")", "by_seen(\"direct\")", 1e-7);
}

#[test]
fn what_is_assigned_after_the_answer_does_not_change_its_gradient() {
    let program = "
        a = 4
        a.attach_grad()
        scale = 1
        record <
            y = root(x -> scale * x ** 2 - a, 1)
            g = grad(y, a)
        >
        scale = 100
        y.backward()
        first = a.grad
        g.backward()
    ";
    agree(program, "[first, a.grad]", "[0.25, -1 / 32]", 1e-12);
}

#[test]
fn a_chain_of_answers_is_as_long_as_one_likes() {
    let program = "
        f(a) = { x = 1; for i in range(3000) { x = root(z -> z - x * a, 0) }; x }
    ";
    let program = program.replace("f(a) = {", "fn f(a) {");
    agree(&program, "f'(1)", "3000", 1e-9);
    let forgetful = "fn f(a) { x = 1; for i in range(20000) { x = checkpoint(z -> z * a)(x) }; x }";
    agree(forgetful, "f'(1)", "20000", 1e-9);
}
