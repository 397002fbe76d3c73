//! Every transform inside every other. Each is written twice: as the language has it, and without any
//! derivative, with difference quotients of five points; the two must agree however they are nested.

#[path = "support/agree.rs"]
#[expect(dead_code, reason = "what differs is collected here")]
mod agreement;

use agreement::numbers;

/// A transform of functions of a number, and the same without derivatives, where `d` is a difference quotient.
struct Transform {
    name: &'static str,
    with: &'static str,
    without: &'static str,
}

const TRANSFORMS: &[Transform] = &[
    Transform { name: "grad", with: "x -> grad(f)(x)", without: "d(f)" },
    Transform { name: "prime", with: "x -> f'(x)", without: "d(f)" },
    Transform { name: "value_and_grad", with: "x -> value_and_grad(f)(x)[1]", without: "d(f)" },
    Transform { name: "vjp", with: "x -> vjp(f, x)[1](2)", without: "x -> 2 * d(f)(x)" },
    Transform { name: "jvp", with: "x -> jvp(f, x, 2)[1]", without: "x -> 2 * d(f)(x)" },
    Transform { name: "hvp", with: "x -> hvp(f, x, 2)", without: "x -> 2 * d(d(f))(x)" },
    Transform {
        name: "jacobian",
        with: "x -> sum(jacobian(v -> f(v[0]) * v)([x, 1]))",
        without: "x -> d(f)(x) * (x + 1) + 2 * f(x)",
    },
    Transform { name: "hessian", with: "hessian(f)", without: "d(d(f))" },
    Transform { name: "vmap", with: "x -> sum(vmap(f)([x, 1.5 * x]))", without: "x -> f(x) + f(1.5 * x)" },
    Transform {
        name: "vmap, row by row",
        with: "x -> sum(vmap(z -> if z > 0 { f(z) } else { 0 })([x, -1, 1.5 * x]))",
        without: "x -> f(x) + f(1.5 * x)",
    },
    Transform { name: "checkpoint", with: "checkpoint(f)", without: "f" },
    Transform { name: "custom_grad", with: "custom_grad(f, (dy, y, x) -> dy * f'(x))", without: "f" },
    Transform {
        name: "root",
        with: "x -> root(z -> z ** 3 + z - f(x), 1)",
        without: "x -> root(z -> z ** 3 + z - f(x), 1)",
    },
    Transform {
        name: "fixed_point",
        with: "x -> fixed_point(z -> cos(z) / 2 + f(x) / 10, 0)",
        without: "x -> fixed_point(z -> cos(z) / 2 + f(x) / 10, 0)",
    },
    Transform {
        name: "minimize",
        with: "x -> minimize(z -> z ** 4 / 4 + z ** 2 / 2 - z * f(x), 0.5)",
        without: "x -> root(z -> z ** 3 + z - f(x), 1)",
    },
    Transform {
        name: "odeint",
        with: "x -> odeint((y, t) -> y * f(x) / 10, 1, [0, 1], rtol = 1e-9, atol = 1e-9)[1]",
        without: "x -> exp(f(x) / 10)",
    },
    Transform {
        name: "odeint, adjoint",
        with: "x -> odeint((y, t) -> y * f(x) / 10, 1, [0, 1], rtol = 1e-9, atol = 1e-9, method = \"adjoint\")[1]",
        without: "x -> exp(f(x) / 10)",
    },
];

#[test]
fn every_transform_nests_in_every_other() {
    let mut definitions = String::from(
        "h = 0.01\nd(f) = x -> (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)\n\
         f(x) = exp(x / 2) + sin(x)\n",
    );
    for (i, transform) in TRANSFORMS.iter().enumerate() {
        definitions += &format!("t{i}(f) = {}\nu{i}(f) = {}\n", transform.with, transform.without);
    }
    let mut wrong = String::new();
    for (i, outer) in TRANSFORMS.iter().enumerate() {
        for (j, inner) in TRANSFORMS.iter().enumerate() {
            let found = numbers(&format!("{definitions}[t{i}(t{j}(f))(0.7), u{i}(u{j}(f))(0.7)]"));
            let [with, without] = found[..] else { panic!("{} of {} gives {found:?}", outer.name, inner.name) };
            if (with - without).abs() > 2e-5 * (1.0 + without.abs()) || with.is_nan() {
                wrong += &format!("{} of {}: {with}, without derivatives {without}\n", outer.name, inner.name);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
