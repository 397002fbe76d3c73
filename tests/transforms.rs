//! Derivatives of derivatives: every transform nested in every other, over closures and captured
//! variables, compared with finite differences or with the same thing written another way. No expected
//! derivative is typed in.

#[path = "support/agree.rs"]
mod agreement;

use adlib::interpret::{Echo, Session};
use agreement::agree;

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
fn derivatives_of_tuples_are_tuples_of_derivatives() {
    let definitions = "
        f(p, c) = (sin(p.a) * c, p.b @ p.b * p.a)
        s(p, c) = sum(f(p, c)[0]) ** 2 + f(p, c)[1]
        p = (a = 0.3, b = [0.5, 0.7])
        c = [2, 3, 4]
        # The same functions of one vector.
        g(v) = concat((f((a = v[0], b = v[1:3]), v[3:])[0], [f((a = v[0], b = v[1:3]), v[3:])[1]]))
        z(v) = s((a = v[0], b = v[1:3]), v[3:])
        v = [0.3, 0.5, 0.7, 2, 3, 4]
        j = jacobian(g)(v)
        h = hessian(z)(v)
    ";
    agree(definitions, "jacobian(f)(p, c)", "((j[:3, 0], j[:3, 1:3]), (j[3, 0], j[3, 1:3]))", 1e-14);
    agree(definitions, "jacobian(f, wrt = 1)(p, c)", "(j[:3, 3:], j[3, 3:])", 1e-14);
    agree(
        definitions,
        "jacobian(f, wrt = (1, 0))(p, c)",
        "((j[:3, 3:], (j[:3, 0], j[:3, 1:3])), (j[3, 3:], (j[3, 0], j[3, 1:3])))",
        1e-14,
    );
    agree(definitions, "hessian(s)(p, c)", "((h[0, 0], h[0, 1:3]), (h[1:3, 0], h[1:3, 1:3]))", 1e-13);
    agree(definitions, "hessian(s, wrt = 1)(p, c)", "h[3:, 3:]", 1e-13);
    agree(
        definitions,
        "hessian(s, wrt = (1, 0))(p, c)",
        "((h[3:, 3:], (h[3:, 0], h[3:, 1:3])), ((h[0, 3:], (h[0, 0], h[0, 1:3])), (h[1:3, 3:], (h[1:3, 0], h[1:3, 1:3]))))",
        1e-13,
    );
    agree(definitions, "jacobian(grad(s))(p, c)", "hessian(s)(p, c)", 1e-13);
    agree(definitions, "jacobian(grad(s, wrt = 1), wrt = 1)(p, c)", "hessian(s, wrt = 1)(p, c)", 1e-13);
    agree(definitions, "grad(s, wrt = (1, 0))(p, c)", "(grad(s, 1)(p, c), grad(s)(p, c))", 1e-15);
}

#[test]
fn a_jacobian_takes_as_many_passes_as_it_has_rows_or_columns() {
    // A rule that says when it is asked: once for each pass.
    let passes = |f: &str, x: &str| {
        let printed = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
        let mut session = Session::new(Box::new(Shared(printed.clone())));
        let program = format!(
            "told = custom_grad(x -> 2 * x, fn(dy, y, x) {{ print(\"asked\"); 2 * dy }})\njacobian(x -> told({f}))({x})"
        );
        assert!(session.run("test.ad", &program, Echo::Last).is_ok());
        String::from_utf8_lossy(&printed.borrow()).lines().count()
    };
    assert_eq!(passes("x[:2]", "ones(7)"), 2);
    assert_eq!(passes("x", "ones(7)"), 7);
    assert_eq!(passes("tile(x, 3)", "ones(2)"), 2);
    assert_eq!(passes("x * ones(9)", "3"), 1);
    assert_eq!(passes("sum(x)", "ones(3, 3)"), 1);
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
