//! Derivatives where a formula would divide by zero, and what only a program shows.

use super::last;

/// Differences, and a comparison of all passes up to order three at a point.
const CHECK: &str = "
fn differences(f, x) {
    flat = x.reshape(-1)
    out = zeros(flat.size)
    for i in range(flat.size) {
        step = 1e-4 * one_hot(i, flat.size)
        out[i] = (f(reshape(flat + step, x.shape)) - f(reshape(flat - step, x.shape))) / 2e-4
    }
    reshape(out, x.shape)
}
fn apart(a, b) {
    if a.shape != b.shape { error(\"shapes differ\") }
    norm(a - b, inf) / (1 + norm(b, inf))
}
fn weighted(y) = sum(y * reshape(1.3 + sin(1 + 1.7 * arange(y.size)), y.shape))
fn check(f, x, order = 3) {
    worst = 0
    v = 0.7 + cos(reshape(arange(x.size), x.shape))
    g = f
    for i in range(order) {
        h = g
        scalar = x -> weighted(h(x))
        slope = grad(scalar)
        worst = max([worst, apart(slope(x), differences(scalar, x))])
        (value, tangent) = jvp(scalar, x, v)
        worst = max([worst, apart(tangent, sum(slope(x) * v))])
        g = slope
    }
    worst < 1e-5
}
";

fn holds(programs: &[&str]) {
    for program in programs {
        assert_eq!(last(&format!("{CHECK}\n{program}")), Ok("true".to_string()), "{program}");
    }
}

fn shows(cases: &[(&str, &str)]) {
    for (program, wanted) in cases {
        assert_eq!(last(program), Ok(wanted.to_string()), "{program}");
    }
}

#[test]
fn products_with_zeros_are_exact_to_order_three() {
    holds(&[
        "check(prod, [2, 0, 3, 1.5])",
        "check(prod, [0, 2, 0, 3, -1])",
        "check(prod, [0, 2, 0, 0, 3])",
        "check(x -> prod(x, 0), [[0, 2, 1], [0, 3, 0], [1, 0, 0], [2, 2, 2]])",
        "check(x -> prod(x, (0, 2), true), [[[1, 0], [2, 3]], [[0, 2], [0, 0]]])",
    ]);
    shows(&[
        ("grad(prod)([2, 0, 3])", "[0, 6, 0]"),
        ("grad(prod)([2, inf, 3])", "[inf, 6, inf]"),
        ("grad(x -> prod(x) * 0)([2, inf, 3])", "[0, 0, 0]"),
        ("grad(x -> prod(x, 0).sum())(f32([0, 2])).dtype", "\"f32\""),
        ("grad(prod)(ones(1000)).sum()", "1000"),
    ]);
}

#[test]
fn ties_share_equally() {
    shows(&[
        ("grad(max)([1, 3, 3])", "[0, 0.5, 0.5]"),
        (
            "grad(x -> sum(min(x, 0)))([[1, 2], [1, 5], [1, 2]])",
            "[[0.333333, 0.5],\n [0.333333, 0],\n [0.333333, 0.5]]",
        ),
        ("jvp(max, [3, 3], [1, 2])", "(3, 1.5)"),
        ("grad(max)([1, nan])", "[nan, nan]"),
        ("grad(x -> 0 * max(x))([1, nan])", "[0, 0]"),
        ("grad(max)([inf, 1, inf])", "[0.5, 0, 0.5]"),
        ("grad(x -> norm(x, inf))([3, -3, 1])", "[0.5, -0.5, 0]"),
        ("hessian(max)([1, 3, 3]).any()", "false"),
    ]);
}

#[test]
fn kinks_take_the_middle() {
    shows(&[
        ("grad(norm)([0, 0])", "[0, 0]"),
        ("grad(x -> norm(x) ** 2)([0, 0])", "[0, 0]"),
        ("grad(x -> norm(x, 1))([0, 2])", "[0, 1]"),
        ("grad(x -> norm(x, inf))([0, 0])", "[0, 0]"),
        ("grad(x -> norm(x, 3))([0, 0])", "[0, 0]"),
        ("grad(x -> norm(x, 0))([0, 2])", "[0, 0]"),
        ("grad(x -> sum(norm(x, axis = 1)))([[3, 4], [0, 0]])", "[[0.6, 0.8],\n [  0,   0]]"),
        ("grad(std)([0.1, 0.1, 0.1])", "[0, 0, 0]"),
        ("grad(std)([5, 5])", "[0, 0]"),
        (
            "grad(x -> sum(std(x, 1)))([[0.1, 0.1, 0.1], [1, 2, 3]])",
            "[[        0, 0,        0],\n [-0.408248, 0, 0.408248]]",
        ),
        ("jvp(norm, [0, 0], [1, 1])", "(0, 0)"),
        ("grad(norm)([1, nan])", "[nan, nan]"),
    ]);
    holds(&[
        "check(norm, [3, -4, 0])",
        "check(x -> norm(x, axis = 0), [[1, 2], [0, -1.5]])",
        "check(x -> norm(x, 3), [1, -2, 0.5])",
        "check(std, [1, 2, 4])",
        "check(x -> std(x, 1, 1, true), [[1, 2, 4], [0, 1, 0]])",
        "check(x -> var(x, (0, 1)), [[1, 2], [1, 1]])",
        "check(var, [5, 5, 5])",
    ]);
}

#[test]
fn what_moves_elements_passes_derivatives_on() {
    holds(&[
        "check(x -> { (a, b) = split(x ** 3, (1,)); a.sum() * b }, [1, 2, 3])",
        "check(x -> concat((x ** 2, x[:1] * x[1:], x)), [1, 2])",
        "check(x -> stack((x, x ** 3, 2 * x), -1), [[1, 2], [3, 4]])",
        "check(x -> full((2, 3), x) ** 3, [1, 2, 3])",
        "check(x -> pad([[1, 2], [3, 4]], 1, x) ** 3, 1.5)",
        "check(x -> linspace(x[0], x[1], 5) ** 3, [1, 2])",
        "check(x -> item(x ** 3), [[1.5]])",
        "check(x -> f64(x) ** 3, [1, 2])",
        "check(x -> diag(diag(x) ** 3, 1), [[1, 2, 3], [4, 5, 6]])",
        "check(x -> x.T.reshape(-1).roll(1).flip() ** 3, [[1, 2, 3], [4, 5, 6]])",
    ]);
    shows(&[
        ("x = f32([1, 2]); attach_grad(x); record < y = f64(x) ** 2 >; backward(y); x.grad.dtype", "\"f32\""),
        ("grad(x -> sum(where(any(x > 1), x, 0)))([0, 2])", "[1, 1]"),
        ("grad(x -> x[argmax(x)])([1, 5, 2])", "[0, 1, 0]"),
    ]);
}

#[test]
fn tuples_map_leaf_by_leaf() {
    shows(&[
        ("zeros_like((w = [1, 2], b = (3, none), f = sin)).b", "(0, none)"),
        ("ones_like((1, [2, 3]))", "(1, [1, 1])"),
        ("f32((w = [1, 2], b = 3)).w.dtype", "\"f32\""),
        (
            "p = (w = [1, 2], b = 3); attach_grad(p); record < q = f32(p); l = sum(q.w) * q.b >; backward(l); p.grad",
            "(w = [3, 3], b = 3)",
        ),
    ]);
}

#[test]
fn constructors_obey_the_default_type() {
    for made in ["zeros(2)", "ones(2)", "full(2, 3)", "eye(2)", "arange(3)", "linspace(0, 1, 3)", "one_hot(1, 2)"] {
        assert_eq!(last(&format!("default_dtype(\"f32\"); {made}.dtype")), Ok("\"f32\"".to_string()), "{made}");
        assert_eq!(last(&format!("{made}.dtype")), Ok("\"f64\"".to_string()), "{made}");
    }
    shows(&[
        ("default_dtype(\"f32\"); default_dtype()", "\"f32\""),
        ("default_dtype(f32); default_dtype(f64); default_dtype()", "\"f64\""),
    ]);
}

#[test]
fn ranges_are_arrays_that_take_no_memory() {
    shows(&[
        ("total = 0; for i in range(1e15) { if i > 3 { break }; total += i }; total", "6"),
        ("len(range(1e14))", "100000000000000"),
        ("range(4)[-1]", "3"),
        ("range(0, 1, 0.25) * 4", "[0, 1, 2, 3]"),
        ("range(5).shape", "(5,)"),
        ("mean(range(5))", "2"),
    ]);
}

#[test]
fn members_read_as_in_numpy() {
    shows(&[
        ("[[1, 2], [3, 4]].sum(axis = 0)", "[4, 6]"),
        ("[[1, 2], [3, 4]].reshape(-1)", "[1, 2, 3, 4]"),
        ("[[1, 2]].T.shape == (2, 1)", "true"),
        ("[1, 2].mean().item()", "1.5"),
    ]);
}
