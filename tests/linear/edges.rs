//! Infinities, zeros that absorb, and nothing at all.

use super::running::shown;

#[test]
fn logsumexp_of_infinities_has_a_slope() {
    assert_eq!(shown("f(x) = logsumexp(x); f'([-inf, -inf])"), "[0, 0]");
    assert_eq!(shown("f(x) = logsumexp(x); f'([-inf, 3])"), "[0, 1]");
    assert_eq!(shown("f(x) = logsumexp(x); f'([inf, 3])"), "[1, 0]");
    assert_eq!(shown("f(x) = logsumexp(x); f'([inf, inf])"), "[0.5, 0.5]");
    assert_eq!(shown("f(x) = logsumexp(x); f'([nan, 1])"), "[nan, nan]");
    assert_eq!(shown("f(x) = logsumexp(x); hessian(f)([-inf, -inf])"), "[[0, 0],\n [0, 0]]");
    assert_eq!(shown("softmax([inf, 0])"), "[1, 0]");
}

#[test]
fn a_zero_cotangent_absorbs_an_infinite_element() {
    let masked = "f(x) = sum(where([true, false], [[1, 2], [3, inf]] @ x, 0))";
    assert_eq!(shown(&format!("{masked}; f'([1, 1])")), "[1, 2]");
    assert_eq!(shown(&format!("{masked}; jvp(f, [1, 1], [1, 1])[1]")), "3");
    assert_eq!(shown("f(x) = sum(where([true, false], x @ [[1, inf], [2, 3]], 0)); f'([1, 1])"), "[1, 2]");
    assert_eq!(shown("f(x) = sum(where([true, false], x @ [[1, nan], [2, 3]], 0)); f'([1, 1])"), "[1, 2]");
}

#[test]
fn cross_entropy_at_the_edges() {
    // A class that cannot be, and is not.
    assert_eq!(shown("f(x) = cross_entropy(x, 0); f'([0, -inf])"), "[0, 0]");
    assert_eq!(shown("cross_entropy([0, 1000], 0)"), "1000");
    assert_eq!(shown("f(x) = cross_entropy(x, 0); f'([0, 1000])"), "[-1, 1]");
    assert_eq!(shown("f(x) = cross_entropy(x, [1, 0]); f'([0, -inf])"), "[0, 0]");
}

#[test]
fn det_where_there_is_no_inverse() {
    assert_eq!(shown("f(x) = det(x); f'([[1, 2], [2, 4]])"), "[[ 4, -2],\n [-2,  1]]");
    assert_eq!(shown("f(x) = det(x); f'([[0, 0], [0, 0]])"), "[[0, 0],\n [0, 0]]");
}

#[test]
fn what_was_factored_for_a_system_is_the_factor_that_cholesky_finds() {
    let made =
        "k = exp(-0.1 * (arange(40)[:, none] - arange(40)) ** 2) + 0.5 * eye(40); s = [k, 2 * k, diag(arange(40) + 1)]";
    let same = "fn f(a) {
        (b, sides) = (1.0 * a, ones(a.shape[-1]))
        (l, x) = (cholesky(b), solve(a, sides))
        all(cholesky(a) == l) and all(solve(b, sides) == x)
    }";
    assert_eq!(shown(&format!("{made}; {same}; [f(k), f(s), f(f32(s)), f(k[:17, :17])]")), "[true, true, true, true]");
    // A matrix that is not symmetric has a factor of its symmetric part only.
    let skew = "a = k + 0.1 * triu(k, 1); solve(a, ones(40)); l = cholesky(a); norm(l @ l.T - (a + a.T) / 2) < 1e-12";
    assert_eq!(shown(&format!("{made}; {skew}")), "true");
}

#[test]
fn a_factor_with_an_infinite_element_is_pulled_back() {
    for n in [2, 16] {
        let made = format!("k = exp(-0.1 * (arange({n})[:, none] - arange({n})) ** 2) + eye({n}); k[0, 0] = inf");
        let whole = "f(a) = sum(cholesky(a)[1:, 1:] ** 3); g = f'(k)";
        let rest = "h(a) = sum(cholesky(a[1:, 1:]) ** 3); norm(g - h'(k)) < 1e-12";
        assert_eq!(shown(&format!("{made}; {whole}; {rest}")), "true");
    }
}
