//! Derivatives to order three, in both modes, against differences of the one before.

use super::running::Prompt;

const CHECK: &str = "
fn along(f, v) = x -> sum(grad(f)(x) * v)
fn check(f, x, v) {
    h = 1e-5
    g = f
    order = 1
    while order <= 3 {
        numeric = (g(x + h * v) - g(x - h * v)) / (2 * h)
        reverse = along(g, v)(x)
        assert_close(reverse, numeric, rtol = 2e-5, atol = 1e-6)
        assert_close(jvp(g, x, v)[1], reverse, rtol = 1e-9, atol = 1e-10)
        g = along(g, v)
        order = order + 1
    }
}
A = [[2, 0.5, -1], [1, 3, 0.25], [0, -1, 1.5]]
V = [[0.3, -0.5, 1], [0.2, 0.7, -0.1], [-0.4, 0.9, 0.6]]
W = [[1, 0.2, -1], [0.5, 0.25, 0.3], [0.1, 1, -0.2]]
S = [A, A + 0.5]
A4 = [[2, 0.5, -1, 0], [1, 3, 0.25, 1], [0, -1, 1.5, 0.5], [1, 1, 0, -2]]
large(x, n) = 6 * eye(n) + outer(sin(x[0] * arange(n)), cos(x[1] + arange(n))) / 8 + x[2] * diag(cos(arange(n)))
V4 = [[0.3, -0.5, 1, 0.1], [0.2, 0.7, -0.1, 1], [-0.4, 0.9, 0.6, 0.3], [0.1, 0.2, 0.3, -1]]
";

#[test]
fn every_rule_to_order_three() {
    let mut prompt = Prompt::default();
    prompt.run(CHECK).unwrap();
    let mut wrong = Vec::new();
    for case in [
        // Products of every pair of ranks, either side or both depending on x.
        "x -> sum((x @ x @ W @ [1, 2, 3]) ** 2), A, V",
        "x -> sum(([1, 2, 3] @ x @ W) ** 2), S, [V, W]",
        "x -> sum((W @ x @ W) ** 2), S, [V, W]",
        "x -> sum((x @ W) ** 2), S, [V, W]",
        "x -> sum((S @ x) ** 2), A, V",
        "x -> sum((S @ x[0] * (x[0] @ S)) ** 2), A, V",
        "x -> sum((x @ x[0, 0]) ** 2), S, [V, W]",
        "x -> (x[0] @ x[1]) ** 2, A, V",
        "x -> dot(x[0], x[1]) ** 2, A, V",
        "x -> sum(dot(x, x) ** 2), A, V",
        "x -> sum(outer(x, x[0]) ** 2), A, V",
        // Inverses and determinants.
        "x -> sum(inv(x) * W), A, V",
        "x -> sum(inv(x) * W), S, [V, W]",
        "x -> det(x), A, V",
        "x -> sum(det(x) ** 2), S, [V, W]",
        "x -> det(x) ** 2, [[3]], [[1]]",
        "x -> det(x) ** 2, [[1, 2], [2, 4]], [[1, 0.5], [2, -1]]",
        "x -> det(x), [[1, 2, 3], [4, 5, 6], [7, 8, 9]], V",
        "x -> det(x), A * 0, V",
        "x -> det(x), A4, V4",
        "x -> sum(det(x) ** 2), [A4, A4 + 1], [V4, V4 * 2]",
        "x -> sum(solve(x, [1, 2, 3]) * [1, -1, 2]), A, V",
        "x -> sum(solve(x, [1, 2, 3]) * [1, -1, 2]), S, [V, W]",
        "x -> sum(solve(A, x ** 3) * W), A, V",
        "x -> sum(solve(S, x ** 3) * W), A, V",
        "x -> sum(solve(S, x[0] ** 3) * [1, 2, 3]), A, V",
        "x -> sum(solve(x, x ** 2) * W), A, V",
        // Of tiles, in which larger ones are pulled back, there are several.
        "x -> sum(cholesky(x @ x.T + eye(3)) ** 2 * W), A, V",
        "x -> sum(cholesky(S @ x @ S.swapaxes(1, 2) + x.T @ x) * W), 3 * eye(3) + 0.1 * A, V",
        "x -> sum(cholesky(large(x[0], 17)) ** 3), A, V",
        "x -> sum(cholesky(large(x[0], 40)) * large(x[1], 40)), A, V",
        "x -> sum(cholesky([large(x[0], 33), large(x[1], 33)]) ** 2 * large(x[2], 33)), A, V",
        // Softmax and what rests on it.
        "x -> sum(softmax(x) * W), A, V",
        "x -> sum(softmax(x, 0) * W), A, V",
        "x -> sum(softmax(x, none) * W), A, V",
        "x -> sum(softmax(x, 1) * W), S, [V, W]",
        "x -> sum(log_softmax(x) * W), A, V",
        "x -> sum(log_softmax(x, 0) * W), S, [V, W]",
        "x -> logsumexp(x), A, V",
        "x -> sum(logsumexp(x, 0) ** 2), A, V",
        "x -> sum(logsumexp(x, (0, 2)) ** 2), S, [V, W]",
        "x -> sum(logsumexp(x, axis = 1, keepdims = true) * x), A, V",
        "x -> cross_entropy(x, [0, 2, 1]), A, V",
        "x -> cross_entropy(x[0], 1), A, V",
        "x -> cross_entropy(x, softmax(W)), A, V",
        "x -> cross_entropy(W, softmax(x)), A, V",
        "x -> cross_entropy(x, [[0, 1, 2], [2, 2, 0]]), S, [V, W]",
    ] {
        if let Err(error) = prompt.run(&format!("check({case})")) {
            wrong.push(format!("{case}\n{error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn det_of_a_singular_matrix_of_any_size_has_two_derivatives() {
    let mut prompt = Prompt::default();
    prompt.run(CHECK).unwrap();
    prompt.run("S4 = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [1, -1, 2, 5]]; f(x) = det(x)").unwrap();
    prompt
        .run("h = 1e-4; assert_close(along(f, V4)(S4), (f(S4 + h * V4) - f(S4 - h * V4)) / (2 * h), rtol = 1e-5)")
        .unwrap();
    prompt.run("g = along(f, V4); assert_close(along(g, V4)(S4), (g(S4 + h * V4) - g(S4 - h * V4)) / (2 * h), rtol = 1e-5)").unwrap();
    prompt.run("assert_close(jvp(g, S4, V4)[1], along(g, V4)(S4), rtol = 1e-9)").unwrap();
    let error = prompt.run("along(along(g, V4), V4)(S4)").unwrap_err();
    assert!(error.contains("det has no known third derivative at a singular matrix"), "{error}");
}
