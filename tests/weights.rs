//! Weights that are used many times have one gradient, to which each use adds its part, in place where that is
//! possible. The programs here use the same weights many times, and as many copies of them once each: the gradient
//! must be the sum of the copies' gradients.

use adlib::interpret::{Echo, Session};

/// `check(f, w)`: whether `f`, which gets the weights of each use, has the same gradient for one as for copies.
const PRELUDE: &str = "
fn values(shape, seed = 0) = sin(1.3 * arange(zeros(shape).size) + seed).reshape(shape) / 4
fn close(found, expected) {
    assert(found.dtype == expected.dtype, \"{found.dtype} and {expected.dtype}\")
    assert(found.shape == expected.shape, \"{found.shape} and {expected.shape}\")
    tolerance = if expected.dtype == \"f32\" { 1e-5 } else { 1e-12 }
    assert_close(f64(found), f64(expected), rtol = tolerance, atol = tolerance)
}
fn shared(f) = w -> f((w, w, w, w, w))
fn apart(f) = w -> {
    total = zeros_like(w)
    for part in grad(f)((w, w, w, w, w)) { total += part }
    total
}
fn check(f, w) {
    for kind in (f64, f32) { close(grad(shared(f))(kind(w)), apart(f)(kind(w))) }
    # The gradient of a gradient goes through products that take an operand as turned.
    along = cos(arange(w.size)).reshape(w.shape)
    twice = g -> grad(w -> sum(g(w) * along))
    close(twice(grad(shared(f)))(w), twice(apart(f))(w))
    close(twice(grad(shared(f)))(w), jvp(grad(shared(f)), w, along)[1])
}
";

fn run(program: &str) {
    let mut session = Session::new(Box::new(std::io::sink()));
    if let Err(errors) = session.run("weights.ad", &format!("{PRELUDE}\n{program}"), Echo::Nothing) {
        panic!("{program}: {}", errors.first().map_or("", |error| error.problem.title.as_str()));
    }
}

#[test]
fn products_in_every_orientation() {
    // In blocks, too small for them, and thin: on either side, turned or not.
    for (rows, inner, columns) in [(9, 12, 11), (3, 4, 2), (1, 40, 30), (40, 30, 1), (30, 1, 40)] {
        for (body, shape) in [
            ("tanh(x @ w)", (inner, columns)),
            ("tanh(x @ w.T)", (columns, inner)),
            ("tanh(w @ x.T)", (columns, inner)),
            ("tanh(w.T @ x.T)", (inner, columns)),
        ] {
            run(&format!(
                "check(ws -> {{
                    s = 0
                    for (i, w) in enumerate(ws) {{ x = values(({rows}, {inner}), i); s += sum({body}) }}
                    s
                }}, values(({}, {}), 3))",
                shape.0, shape.1
            ));
        }
    }
}

#[test]
fn one_result_is_the_operand_of_the_next() {
    run("check(ws -> {
        h = values((8, 20))
        for w in ws { h = tanh(h @ w + values((8, 20), 1)) }
        sum(h * h)
    }, values((20, 20), 2))");
    run("check(ws -> {
        h = values((20,))
        for w in ws { h = tanh(w @ h) + tanh(h @ w) }
        sum(h * h)
    }, values((40, 40), 2)[:20, :20])");
    // A product of the weights with themselves, each on both sides.
    run("check(ws -> sum(ws[0] @ ws[1] @ ws[2].T @ ws[3] @ ws[4]), values((12, 12)))");
}

#[test]
fn vectors() {
    for body in ["x @ w", "w @ x", "x.T @ w @ w"] {
        let (x, w) = if body == "w @ x" { ("(30, 40)", "(30,)") } else { ("(40, 30)", "(30,)") };
        let body = body.replace("x.T @ w @ w", "(x @ w) @ (x @ w)");
        run(&format!(
            "check(ws -> {{
                s = 0
                for (i, w) in enumerate(ws) {{ x = values({x}, i); s += sum(tanh({body})) }}
                s
            }}, values({w}, 3))"
        ));
    }
    // The gradient of a matrix that meets a vector is a column times a row.
    for (rows, columns) in [(30, 40), (4, 3), (1, 5), (5, 1)] {
        run(&format!(
            "check(ws -> {{
                s = 0
                for (i, w) in enumerate(ws) {{
                    (x, y) = (values(({columns},), i), values(({rows},), i))
                    s += sum(tanh(w @ x)) + sum(tanh(y @ w)) + sum(tanh(x @ w.T)) + sum(tanh(w.T @ y))
                }}
                s
            }}, values(({rows}, {columns}), 3))"
        ));
    }
}

#[test]
fn stacks() {
    for (x, w, body) in [
        // One matrix for all, a matrix for each, and stacks that are stretched.
        ("(3, 9, 12)", "(12, 11)", "x @ w"),
        ("(3, 12, 11)", "(9, 12)", "w @ x"),
        ("(3, 9, 12)", "(3, 12, 11)", "x @ w"),
        ("(3, 9, 12)", "(3, 11, 12)", "x @ swapaxes(w, 1, 2)"),
        ("(2, 3, 9, 12)", "(3, 12, 11)", "x @ w"),
        ("(2, 3, 12, 9)", "(2, 1, 11, 12)", "w @ x"),
        ("(9, 12)", "(3, 12, 11)", "x @ w"),
        ("(12,)", "(3, 12, 20)", "x @ w"),
        ("(3, 30, 20)", "(20,)", "x @ w"),
    ] {
        run(&format!(
            "check(ws -> {{
                s = 0
                for (i, w) in enumerate(ws) {{ x = values({x}, i); s += sum(tanh({body})) }}
                s
            }}, values({w}, 3))"
        ));
    }
}

#[test]
fn parts_of_an_array() {
    for body in ["w[i]", "w[:, i]", "w[i:]", "w[[i, 0, i]]", "w[:, none, i]", "w[w > 0.1 * i]", "w[i, 2]"] {
        run(&format!(
            "check(ws -> {{
                s = 0
                for (i, w) in enumerate(ws) {{ s += sum(tanh({body})) + mean(w ** 2) }}
                s
            }}, values((7, 6), 3))"
        ));
    }
}

#[test]
fn sums_that_are_not_computed_yet() {
    // A penalty on weights so many that their elements are computed later, before and after the products.
    run("fn loss(ws) {
        s = sum(ws[0] ** 2)
        for (i, w) in enumerate(ws[1:4]) { s += sum(tanh(values((4, 90), i) @ w)) }
        s + sum(ws[4] ** 3)
    }
    w = values((90, 95))
    close(grad(shared(loss))(w), apart(loss)(w))");
}

#[test]
fn types_that_differ() {
    run("fn loss(ws) {
        s = 0
        for (i, w) in enumerate(ws) { s += sum(tanh(values((9, 12), i) @ w) + f32(values((9, 12), i)) @ w) }
        s
    }
    w = f32(values((12, 11)))
    close(grad(shared(loss))(w), apart(loss)(w))
    w = values((12, 11))
    close(grad(shared(loss))(w), apart(loss)(w))");
}

#[test]
fn a_zero_absorbs_in_a_sum_too() {
    run("fn loss(ws) {
        s = 0
        for (i, w) in enumerate(ws) {
            x = values((9, 12), i)
            x[i, 3] = inf
            x[0, 0] = nan
            y = x @ w
            s += sum(where(isfinite(y), y, 0))
        }
        s
    }
    w = values((12, 11))
    found = grad(shared(loss))(w)
    assert(all(isfinite(found)), \"a zero met an infinity\")
    close(found, apart(loss)(w))");
}

#[test]
fn what_somebody_else_holds_is_not_written() {
    // The head is handed on as the first part of the gradient by the sum, which changes nothing.
    run("w = values((12, 11))
    head = values((12, 11), 1)
    before = head + 0
    attach_grad(w)
    x = values((12, 12), 2)
    record < y = w + x @ w + x.T @ w >
    backward(y, head)
    assert(all(head == before), \"the head was changed\")
    first = w.grad + 0
    record < y = w + x @ w + x.T @ w >
    backward(y, values((12, 11), 1))
    assert(all(w.grad == first), \"the gradient depends on who holds the head\")
    close(first, head + x.T @ head + x @ head)");
}

#[test]
fn rows_of_many_at_once() {
    run("x = values((4, 9, 12))
    fn loss(w, x) {
        s = 0
        for i in range(3) { s += sum(tanh((x + i) @ w)) + w[i, 0] * w[0, i] }
        s
    }
    w = values((12, 11))
    many = vmap(grad(loss), axis = (none, 0))(w, x)
    for i in range(4) { close(many[i], grad(loss)(w, x[i])) }
    stack = values((4, 12, 11))
    many = vmap(grad(loss))(stack, x)
    for i in range(4) { close(many[i], grad(loss)(stack[i], x[i])) }");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    run("fn check(loss, w) {
        before = threads()
        threads(1)
        one = grad(loss)(w)
        threads(2)
        two = grad(loss)(w)
        threads(before)
        assert(all(one == two), \"the bits differ\")
    }
    fn matrices(w) {
        h = values((258, 130))
        for _ in range(2) { h = tanh(h @ w) @ w.T }
        sum(h)
    }
    check(matrices, values((130, 300)) / 10)
    fn vectors(w) {
        h = values((300,))
        for _ in range(3) { h = tanh(w @ h) }
        sum(h)
    }
    check(vectors, values((300, 300)) / 10)");
}
