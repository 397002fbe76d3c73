//! Derivatives of derivatives: every transform nested in every other, over closures and captured
//! variables, compared with finite differences or with the same thing written another way. No expected
//! derivative is typed in.

use adlib::interpret::{Echo, Session};

/// Runs a program and gives its last value as text with all digits, as one list of numbers.
fn numbers(program: &str) -> Vec<f64> {
    let mut session = Session::new(Box::new(std::io::sink()));
    session.style_mut().digits = 17;
    let shown = match session.run("test.ad", program, Echo::Last) {
        Ok(shown) => shown.join("\n"),
        Err(errors) => panic!("{}\n{program}", errors.first().map_or("", |error| error.problem.title.as_str())),
    };
    shown
        .split(|c: char| "[](), \n".contains(c))
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().unwrap_or_else(|_| panic!("{word:?} is not a number in {shown:?}")))
        .collect()
}

/// Asserts that two expressions agree to a relative tolerance after the same definitions.
fn agree(definitions: &str, left: &str, right: &str, tolerance: f64) {
    let l = numbers(&format!("{definitions}\n{left}"));
    let r = numbers(&format!("{definitions}\n{right}"));
    assert_eq!(l.len(), r.len(), "{left} and {right} have different sizes: {l:?} and {r:?}");
    for (a, b) in l.iter().zip(&r) {
        let scale = 1.0 + a.abs().max(b.abs());
        assert!((a - b).abs() <= tolerance * scale, "{left} = {l:?}\n{right} = {r:?}\n{definitions}");
    }
}

/// The central difference quotient of a function of a number, as a program.
const DIFFERENCES: &str = "
d(f) = x -> (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
";

#[test]
fn an_inner_derivative_does_not_confuse_its_variable_with_an_outer_one() {
    let cases = [
        "x -> x * (y -> x + y)'(1)",
        "x -> x * (y -> x * y)'(1)",
        "x -> x * (y -> x * y ** 2)'(x)",
        "x -> (y -> x * (z -> y * z * x)'(y))'(x)",
        "x -> (y -> (z -> sin(x * y * z))'(y))'(x)",
        "x -> (x -> x * exp(x))'(x) * x",
        "x -> (x -> (x -> x ** 3)'(x) * x)'(x)",
        "x -> (y -> x * sin(y))''(x)",
    ];
    for case in cases {
        let definitions = format!("{DIFFERENCES}\nf = {case}");
        agree(&definitions, "f'(0.7)", "d(f)(0.7)", 1e-8);
        agree(&definitions, "f''(0.7)", "d(f')(0.7)", 1e-8);
        agree(&definitions, "f'''(0.7)", "d(f'')(0.7)", 1e-8);
    }
}

#[test]
fn forward_and_reverse_agree_in_every_order_of_nesting() {
    let forward = "fw(f) = x -> jvp(f, x, 1)[1]\n";
    for f in [
        "x -> sin(x) * exp(x)",
        "x -> x ** x",
        "x -> 1 / (1 + x ** 2)",
        "x -> log(1 + exp(x)) * tanh(x)",
        "x -> where(x > 0, sqrt(x), x) * x",
    ] {
        let definitions = format!("{DIFFERENCES}{forward}f = {f}");
        agree(&definitions, "f'(0.7)", "d(f)(0.7)", 1e-8);
        agree(&definitions, "fw(f)(0.7)", "f'(0.7)", 1e-14);
        agree(&definitions, "f''(0.7)", "d(f')(0.7)", 1e-8);
        for second in ["fw(fw(f))", "fw(f')", "fw(f)'"] {
            agree(&definitions, &format!("{second}(0.7)"), "f''(0.7)", 1e-13);
        }
        agree(&definitions, "f'''(0.7)", "d(f'')(0.7)", 1e-7);
        for third in ["fw(fw(fw(f)))", "fw(fw(f'))", "fw(fw(f)')", "fw(f')'", "fw(fw(f))'", "fw(f)''", "fw(f'')"] {
            agree(&definitions, &format!("{third}(0.7)"), "f'''(0.7)", 1e-12);
        }
    }
}

#[test]
fn a_gradient_recorded_by_hand_differentiates_again() {
    let program = "
        x = 0.7
        attach_grad(x)
        record <
            y = sin(x) * x ** 3
            g = grad(y, x)
            h = grad(g, x)
            k = grad(h, x)
        >
        backward(k)
        f(x) = sin(x) * x ** 3
    ";
    agree(program, "g", "f'(0.7)", 1e-14);
    agree(program, "h", "f''(0.7)", 1e-14);
    agree(program, "k", "f'''(0.7)", 1e-13);
    agree(program, "x.grad", "f''''(0.7)", 1e-12);
}

#[test]
fn a_gradient_penalty_differentiates() {
    let definitions = "
        fn penalty(w) {
            inner(v) = sum(sin(v * w) ** 2)
            g = grad(inner)([0.3, 0.4, 0.5])
            sum(g ** 2)
        }
        w = [1, 2, 3]
        unit(i) = where([0, 1, 2] == i, 1e-5, 0)
        difference(i) = (penalty(w + unit(i)) - penalty(w - unit(i))) / 2e-5
    ";
    agree(definitions, "grad(penalty)(w)", "[difference(0), difference(1), difference(2)]", 1e-8);
}

#[test]
fn closures_over_attached_variables_give_their_gradients() {
    let program = "
        w = 2
        attach_grad(w)
        record < y = (x -> w * x ** 2)'(3) >
        backward(y)
    ";
    // d/dw of 2 w x at x = 3, by differences in w.
    agree(program, "w.grad", "((2 + 1e-5) * 2 * 3 - (2 - 1e-5) * 2 * 3) / 2e-5", 1e-8);
}

#[test]
fn jacobians_and_hessians_agree_with_each_other() {
    let definitions = "
        f(x) = [sin(x[0]) * x[1], x[2] ** 2, x[0] * x[1] * x[2], exp(x[0])]
        s(x) = sum(f(x) ** 2)
        p = [0.3, 0.5, 0.7]
        column(i) = jvp(f, p, where([0, 1, 2] == i, 1, 0))[1]
        row(i) = vjp(f, p)[1](where([0, 1, 2, 3] == i, 1, 0))
        wide(x) = f(x)[:2]
    ";
    agree(definitions, "jacobian(f)(p)", "[row(0), row(1), row(2), row(3)]", 1e-14);
    agree(definitions, "jacobian(f)(p)[:, 1]", "column(1)", 1e-14);
    agree(definitions, "jacobian(wide)(p)", "jacobian(f)(p)[:2]", 1e-14);
    agree(definitions, "hessian(s)(p)", "jacobian(grad(s))(p)", 1e-13);
    agree(definitions, "hessian(s)(p)", "jacobian(x -> jacobian(s)(x))(p)", 1e-13);
    agree(definitions, "hessian(s)(p)[1]", "hvp(s, p, [0, 1, 0])", 1e-13);
    agree(definitions, "hessian(s)(p)[1]", "jvp(grad(s), p, [0, 1, 0])[1]", 1e-13);
    agree(definitions, "hessian(s)(p)[1]", "grad(x -> grad(s)(x)[1])(p)", 1e-13);
    agree(
        definitions,
        "jacobian(hessian(s))(p)[0, 1]",
        "(hessian(s)(p + [0, 0, 1e-5]) - hessian(s)(p - [0, 0, 1e-5]))[0, 1] / 2e-5 * [0, 0, 1] + jacobian(hessian(s))(p)[0, 1] * [1, 1, 0]",
        1e-7,
    );
}

#[test]
fn a_custom_rule_serves_both_modes_and_every_order() {
    let definitions = "
        cube = custom_grad(x -> x ** 3, (dy, y, x) -> dy * 3 * x ** 2)
        plain(x) = x ** 3
        product = custom_grad((a, b) -> a * sin(b), (dy, y, a, b) -> (dy * sin(b), dy * a * cos(b)))
    ";
    for expression in [
        "F'(0.7)",
        "F''(0.7)",
        "F'''(0.7)",
        "jvp(F, 0.7, 2)[1]",
        "jvp(F', 0.7, 2)[1]",
        "jvp(x -> jvp(F, x, 1)[1], 0.7, 1)[1]",
        "hessian(F)(0.7)",
    ] {
        agree(definitions, &expression.replace('F', "cube"), &expression.replace('F', "plain"), 1e-13);
    }
    agree(definitions, "grad(product, 1)(0.3, 0.4)", "(b -> 0.3 * sin(b))'(0.4)", 1e-14);
    agree(
        definitions,
        "hessian(v -> product(v[0], v[1]))([0.3, 0.4])",
        "hessian(v -> v[0] * sin(v[1]))([0.3, 0.4])",
        1e-13,
    );
}

#[test]
fn loops_and_branches_differentiate_as_they_ran() {
    let definitions = format!(
        "{DIFFERENCES}
        fn collatz(x) {{
            y = x
            for i in range(5) {{ if y > 1 {{ y = y * 0.5 + sin(x) }} else {{ y = 3 * y + x * 0.1 }} }}
            y
        }}
        fn series(x) {{ s = 0; term = 1; n = 1; while abs(term) > 1e-12 {{ s += term; term *= x / n; n += 1 }}; s }}
        fn spread(x) {{ v = [[1, 2, 3], [4, 5, 6]] * x; v[:, 0] = x ** 3; v[v > 4] = x; v[[0, 0], [1, 1]] = [x, x ** 2]; v[1, ::-1] *= [x, 2, 3]; sum(v ** 2) }}
        fn filled(x) {{ v = [0, 0, 0]; for i in range(3) {{ v[i] = x ** (i + 1) }}; v[0] += v[2]; sum(v * v) }}
    "
    );
    for f in ["collatz", "series", "filled", "spread"] {
        agree(&definitions, &format!("{f}'(0.7)"), &format!("d({f})(0.7)"), 1e-8);
        agree(&definitions, &format!("{f}''(0.7)"), &format!("d({f}')(0.7)"), 1e-8);
        agree(&definitions, &format!("jvp({f}, 0.7, 1)[1]"), &format!("{f}'(0.7)"), 1e-13);
    }
    agree(&definitions, "series'(0.7)", "series(0.7)", 1e-10);
}
