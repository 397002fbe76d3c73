//! The stream of random numbers never changes.

use super::running::{refused, shown};

#[test]
fn golden_streams() {
    let golden = [
        ("rand(3)", "[0.8116121588818848, 0.7471047161582187, 0.10015090353378375]"),
        ("randn(4)", "[ 0.8439986136221761,   0.7155607127305931,  -1.9158714436187585,   0.45249647038446317]"),
        ("randint(100, shape = 8)", "[81, 74, 10, 74, 18, 59, 98, 52]"),
        ("bernoulli(0.3, shape = 8)", "[false, false, true, false, true, false, false, false]"),
        ("permutation(8)", "[6, 0, 2, 1, 4, 3, 7, 5]"),
        ("choice(100, shape = 6)", "[81, 74, 10, 74, 18, 59]"),
        ("choice(100, shape = 6, replace = false)", "[81, 74, 11, 75, 21, 61]"),
        ("uniform(-1, 1, 3)", "[0.6232243177637695, 0.49420943231643744, -0.7996981929324325]"),
        ("normal(10, 2, 3)", "[11.687997227244352, 11.431121425461185, 6.168257112762483]"),
        ("randint(9007199254740992, shape = 2)", "[7.31035243261964e15, 6.729321042593788e15]"),
    ];
    let mut wrong = Vec::new();
    for (code, expected) in golden {
        let found = shown(&format!("seed(1); display(digits = 17); {code}")).replace('\n', " ");
        if found != expected {
            wrong.push(format!("        ({code:?}, {found:?}),"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn shapes() {
    for (code, shape) in [
        ("rand()", "()"),
        ("rand(2, 3)", "(2, 3)"),
        ("rand((2, 3))", "(2, 3)"),
        ("randn(0)", "(0,)"),
        ("uniform(shape = 2)", "(2,)"),
        ("uniform([1, 2], [[3], [4], [5]])", "(3, 2)"),
        ("uniform(0, [1, 2], (4, 2))", "(4, 2)"),
        ("uniform(0, 1, ())", "()"),
        ("normal(0, 1, [3, 2])", "(3, 2)"),
        ("randint(3)", "()"),
        ("randint(1, 3, (2, 2))", "(2, 2)"),
        ("bernoulli([[0.1, 0.2]])", "(1, 2)"),
        ("permutation([[1, 2], [3, 4], [5, 6]])", "(3, 2)"),
        ("choice([[1, 2], [3, 4]], shape = 5)", "(5, 2)"),
        ("choice([[1, 2], [3, 4]])", "(2,)"),
        ("choice(range(5), shape = (2, 2))", "(2, 2)"),
    ] {
        assert_eq!(shown(&format!("{code}.shape")), shape, "{code}");
    }
    assert_eq!(shown("choice((1, \"a\"), shape = 0)"), "()");
}

#[test]
fn singles() {
    assert_eq!(shown("default_dtype(\"f32\"); seed(1); rand(2)"), "f32([0.811612, 0.747105])");
    assert_eq!(shown("seed(1); uniform(f32([0, 0]), 1)"), "f32([0.811612, 0.747105])");
    assert_eq!(
        shown("default_dtype(\"f32\"); (randn(1).dtype, randint(3, shape = 1).dtype, permutation(2).dtype)"),
        "(\"f32\", \"f32\", \"f32\")"
    );
}

#[test]
fn parameters_differentiate() {
    assert_eq!(shown("f(s) = normal(2, s); seed(1); z = randn(); seed(1); f'(3) == z"), "true");
    assert_eq!(shown("f(m) = sum(normal(m, 1, shape = 5)); f'(3)"), "5");
    assert_eq!(shown("f(a) = uniform(a, 1) + uniform(0, 1 - a) - uniform(0, 1 - a); f(1)"), "1");
    assert_eq!(shown("f(h) = sum(uniform(0, h)); seed(2); u = rand(2); seed(2); sum(f'([1, 5]) == u)"), "2");
}

#[test]
fn moments() {
    assert_eq!(
        shown("seed(3); n = 200000; u = rand(n); sum(u) / n - 0.5 < 0.003 and sum(u ** 2) / n - 1 / 3 < 0.003"),
        "true"
    );
    assert_eq!(
        shown(
            "seed(3); n = 200000; z = randn(n); -0.01 < sum(z) / n < 0.01 and 0.98 < sum(z ** 2) / n < 1.02 and 2.9 < sum(z ** 4) / n < 3.1"
        ),
        "true"
    );
    assert_eq!(
        shown(
            "seed(3); r = randint(3, shape = 30000); 9700 < sum(r == 0) < 10300 and 9700 < sum(r == 2) < 10300 and sum(r < 3) == 30000"
        ),
        "true"
    );
}

#[test]
fn refusals() {
    assert!(refused("normal(0, 1, [3, 2], 7)").contains("normal takes 0 to 3 arguments, found 4"));
    assert!(refused("normal(0, -1)").contains("a standard deviation is not negative"));
    assert!(refused("randint(3, 3)").contains("there is no whole number from 3 up to 3"));
    assert!(refused("bernoulli(1.5)").contains("a probability is from 0 to 1, found 1.5"));
    assert!(refused("bernoulli(nan)").contains("a probability is from 0 to 1"));
    assert!(refused("choice(3, shape = 4, replace = false)").contains("4 different entries cannot be chosen from 3"));
    assert!(refused("choice([])").contains("there is nothing to choose from"));
    assert!(refused("uniform([1, 2], 3, shape = 5)").contains("the parameters do not fit the shape"));
    assert!(refused("seed(-1)").contains("a seed is not negative"));
    assert!(refused("seed(1.5)").contains("whole number"));
    assert!(refused("permutation(-1)").contains("not negative"));
    assert!(refused("permutation(\"abc\")").contains("a whole number, an array or a tuple"));
    assert!(refused("permutation(1e15)").contains("memory"));
}

#[test]
fn gamma_and_its_kin() {
    // Mean a and variance a; of the logarithm, for a small parameter, the mean digamma(a).
    assert_eq!(
        shown("seed(3); z = gamma_sample(2.5, 2, shape = 40000); abs(mean(z) - 5) < 0.05 and abs(var(z) - 10) < 0.3"),
        "true"
    );
    assert_eq!(shown("seed(3); z = gamma_sample(0.2, shape = 40000); abs(mean(log(z)) - digamma(0.2)) < 0.08"), "true");
    assert_eq!(
        shown(
            "seed(3); b = beta_sample(2, 3, shape = 40000); abs(mean(b) - 0.4) < 0.004 and abs(var(b) - 0.04) < 0.001"
        ),
        "true"
    );
    assert_eq!(
        shown(
            "seed(3); d = dirichlet_sample([1, 2, 5], shape = 20000); all(abs(mean(d, 0) - [1, 2, 5] / 8) < 0.005) and all(abs(sum(d, 1) - 1) < 1e-12)"
        ),
        "true"
    );
}

/// Kolmogorov's distance between samples and a distribution, against its bound at one in a thousand.
#[test]
fn distributions() {
    let cases = [
        ("rand(n)", "x"),
        ("randn(n)", "0.5 * (1 + erf(x / sqrt(2)))"),
        ("gamma_sample(1, shape = n)", "1 - exp(-x)"),
        ("gamma_sample(0.5, shape = n)", "erf(sqrt(x))"),
        ("gamma_sample(3, shape = n)", "1 - exp(-x) * (1 + x + x ** 2 / 2)"),
        ("beta_sample(2, 2, shape = n)", "x ** 2 * (3 - 2 * x)"),
        ("beta_sample(0.5, 0.5, shape = n)", "2 / pi * asin(sqrt(x))"),
    ];
    for (sample, distribution) in cases {
        let program = format!(
            "seed(5); n = 5000; x = sort({sample}); F = {distribution}; i = arange(n); max(maximum(F - i / n, (i + 1) / n - F)) < 1.95 / sqrt(n)"
        );
        assert_eq!(shown(&program), "true", "{sample}");
    }
}

/// What a sample moves with its parameter is such that means move as they must, at every order.
#[test]
fn samples_differentiate() {
    let mean = "seed(7); n = 20000; m = a -> mean(gamma_sample(a, shape = n) ** 2)";
    assert_eq!(shown(&format!("{mean}; abs(m'(2.5) - 6) < 0.2")), "true");
    assert_eq!(shown(&format!("{mean}; abs(m''(0.5) - 2) < 0.3")), "true");
    // An exponential variable scales: by its scale the derivative is the sample itself.
    assert_eq!(shown("seed(1); f = s -> gamma_sample(1, s); d = f'(1); seed(1); d == f(1)"), "true");
    let logarithm = "seed(7); m = a -> mean(log(beta_sample(a, 2, shape = 20000)))";
    assert_eq!(shown(&format!("{logarithm}; abs(m'(1.5) - (polygamma(1, 1.5) - polygamma(1, 3.5))) < 0.02")), "true");
    // Along a Dirichlet sample everything moves so that the sum stays.
    assert_eq!(shown("seed(2); all(abs(grad(a -> sum(dirichlet_sample(a)))([1, 2, 0.5])) < 1e-14)"), "true");
}
