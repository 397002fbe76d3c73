//! Large arrays are computed later, in blocks and on all threads. Nobody may be able to tell: every
//! program here computes something on a large array and the same in small pieces, and compares the bits.

use adlib::interpret::{Echo, Session};
use std::process::Command;

/// `all(large, pieces)`: whether a function of 20,000 elements gives what it gives for 2,000 at a time.
const PRELUDE: &str = "
n = 20000
x = 3 * sin(0.37 * arange(n) + 0.5)
y = 2 * cos(0.11 * arange(n))
pieces(f, x, y) = concat(map(i -> f(x[2000 * i : 2000 * (i + 1)], y[2000 * i : 2000 * (i + 1)]), (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)))
fn same(f) {
    for kind in (a -> a, f32) {
        (u, v) = (kind(x), kind(y))
        large = f(u, v)
        small = pieces(f, u, v)
        assert(large.dtype == small.dtype, \"{large.dtype} and {small.dtype}\")
        assert(all((large == small) or (isnan(large) and isnan(small))), \"the values differ\")
    }
}
fn same_gradient(f) {
    same(f)
    same((u, v) -> grad(f, wrt = 0)(u, v))
    same((u, v) -> grad(f, wrt = 1)(u, v))
}
";

fn run(program: &str) {
    let mut session = Session::new(Box::new(std::io::sink()));
    if let Err(errors) = session.run("fused.ad", &format!("{PRELUDE}\n{program}"), Echo::Nothing) {
        panic!("{program}: {}", errors.first().map_or("", |error| error.problem.title.as_str()));
    }
}

#[test]
fn chains_have_the_bits_of_their_pieces() {
    for body in [
        "exp(-u * u / 2) * sin(3 * u) + log1p(u * u) * tanh(u)",
        "u * v + u / v - v",
        "-u",
        "u ** 2 + abs(u) ** v",
        "sqrt(u)",
        "log(u)",
        "where(u > 0, sqrt(u), v)",
        "where(u > v, 1, u)",
        "maximum(u, v) - minimum(u, 0.5)",
        "clip(u, -1, v)",
        "sigmoid(u) * softplus(v) + gelu(u)",
        "f64(f32(u) * 2) + v",
        "(u > 0) * v",
        "2",
    ] {
        if body == "2" {
            run("same((u, v) -> u * 0 + 2)");
        } else {
            run(&format!("same_gradient((u, v) -> {body})"));
        }
    }
    run("same((u, v) -> (u > 0) and (v < 0.5))");
    run("same((u, v) -> not (u > v) or isnan(sqrt(u)))");
    run("same((u, v) -> floor(u) // 2 + u % v)");
}

#[test]
fn second_derivatives_have_the_bits_of_their_pieces() {
    run("f(u, v) = sum(exp(-u * u) * v)\nsame((u, v) -> grad(w -> sum(grad(f)(w, v) ** 2))(u))");
    run("same((u, v) -> jvp(w -> sin(w) * v, u, v)[1])");
}

#[test]
fn a_cotangent_that_is_the_same_everywhere_has_the_bits_of_its_pieces() {
    for f in ["sin(tanh(u)) * exp(v)", "sqrt(abs(u)) + u * v", "elu(sin(u)) - 3 * u"] {
        for factor in ["2", "-0.0", "nan", "inf", "-inf"] {
            run(&format!("same((u, v) -> grad((u, v) -> sum({f}) * {factor})(u, v))"));
        }
    }
}

#[test]
fn sums_do_not_depend_on_when_their_elements_are_computed() {
    run("fn check(f) {
        a = x.reshape((200, 100)); b = y[:200]
        late = f(exp(a) * b[:, none] + y[:100])
        ready = exp(a) * b[:, none] + y[:100]
        first = ready[0, 0]
        assert(all(late == f(ready)), \"the sums differ\")
    }
    check(sum); check(mean); check(max); check(min); check(prod)
    for axis in (0, 1, -1, (0, 1)) {
        check(a -> sum(a, axis = axis)); check(a -> mean(a, axis = axis, keepdims = true))
        check(a -> max(a, axis = axis)); check(a -> any(a > 7, axis = axis)); check(a -> all(a < 7, axis = axis))
    }
    check(a -> sum(a.reshape((20, 10, 100)), axis = 1))");
}

#[test]
fn stretched_operands_are_read_as_they_lie() {
    run("a = x.reshape((20, 10, 100))
    for s in ((100,), (10, 100), (1, 100), (10, 1), (20, 1, 1), (20, 1, 100), (20, 10, 1), (1, 1, 1), ()) {
        b = y[: f64(if len(s) == 0 { 1 } else { prod(concat(map(d -> [d], s))) })].reshape(s)
        late = a * b + b
        whole = broadcast_to(b, a.shape)
        first = whole[0, 0, 0]
        assert(all(late == a * whole + whole), \"{s}\")
        g = grad((a, b) -> sum(sin(a * b)), wrt = 1)(a, b)
        assert(g.shape == b.shape, \"{s}\")
        assert(abs(sum(g) - sum(cos(a * whole) * a)) < 1e-9 * size(a), \"{s}: gradient\")
    }");
}

#[test]
fn rows_of_every_length_are_stretched_alike_in_either_precision() {
    // A row under a large matrix lies there again and again, and blocks begin anywhere in it.
    run("for width in (2, 3, 100, 256, 1000, 1023, 1024, 1025, 2047, 2048, 2049, 4096, 5000) {
        height = 1 + 20000 // width
        for kind in (a -> a, f32) {
            table = kind(sin(arange(width * height)).reshape((height, width)))
            (row, column) = (kind(cos(arange(width))), kind(1 + arange(height) / height)[:, none])
            late = relu(table + row) * column
            for i in (0, 1, height // 2, height - 1) {
                assert(all(late[i] == relu(table[i] + row) * column[i]), \"row {i} of {height} x {width} differs\")
            }
            loss(row) = sum(relu(table + row) * column)
            slope = grad(loss)(row)
            assert_close(slope, sum((table + row > 0) * column, axis = 0), 1e-4)
        }
    }");
}

#[test]
fn short_rows_that_lie_there_again_and_again_are_read_as_they_lie() {
    // Blocks begin and end anywhere in a row, and anywhere among its copies.
    run("for (a, b, c, d) in ((90, 91, 3, 1), (7, 1500, 2, 1), (3, 1100, 5, 1), (101, 7, 30, 1), (5, 40, 2, 53), (2, 3, 2500, 1)) {
        for kind in (a -> a, f32, a -> a > 0) {
            full = kind(sin(arange(a * b * c * d)).reshape((a, b, c, d)))
            for s in ((a, 1, c, d), (1, b, 1, d), (a, 1, c, 1), (1, 1, c, 1), (a, b, 1, 1)) {
                short = kind(cos(arange(prod(concat(map(d -> [d], s))))).reshape(s))
                late = full - short
                whole = broadcast_to(short, full.shape)
                for i in (0, 1, a - 1) {
                    for j in (0, b // 2, b - 1) { assert(all(late[i, j] == full[i, j] - whole[i, j]), \"{s} under {full.shape}\") }
                }
            }
        }
    }");
}

#[test]
fn a_value_once_given_never_changes() {
    run("x = arange(n); a = x * 2; b = a + 1; c = x.reshape((200, 100)) * 1
    kept = b[7]
    x[7] = 100
    assert(b[7] == kept and a[7] == kept - 1 and c[0, 7] == (kept - 1) / 2, \"changed\")
    d = x * 3; x = x * 0; assert(d[7] == 300, \"changed by assignment\")
    w = y * 1; w[0] = 5; w -= 0.5 * w; assert(w[0] == 2.5, \"in place\")
    z = y + 0; t = z; z -= 1; assert(all(t == y) and all(z == y - 1), \"a shared array\")");
}

#[test]
fn long_loops_stay_linear_and_shallow() {
    run("i = 0; while i < 3000 { x = x * 1.0001 + 0.001; i += 1 }; assert(all(isfinite(x)), \"\")");
    run("w = x * 1; attach_grad(w); i = 0; record < z = w; while i < 400 { z = sin(z) + w; i += 1 }; l = sum(z) >; backward(l)
    assert(all(isfinite(w.grad)), \"\")
    small = w[:50] * 1; attach_grad(small); i = 0
    record < z = small; while i < 400 { z = sin(z) + small; i += 1 }; l = sum(z) >; backward(l)
    assert(all(w.grad[:50] == small.grad), \"the bits of a long chain\")");
    run("z = x; i = 0; while i < 60 { z = z + z; i += 1 }; assert(all(z == x * 2 ** 60), \"doubling\")");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let program = "n = 300000
        x = 3 * sin(0.37 * arange(n) + 0.5); attach_grad(x)
        record < l = sum(exp(-x * x / 2) * sin(3 * x)) + sum((x.reshape((3000, 100)) * arange(100)).mean(axis = 0) ** 2) + sum(x.reshape((30, 10000)).max(axis = 1)) >
        l.backward(); display(digits = 17); print(l, x.grad.sum(), (x.grad * cos(0.1 * arange(n))).sum())";
    let with = |threads: &str| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_adlib")).env("ADLIB_THREADS", threads).args(["-e", program]).output();
        let output = output.expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let one = with("1");
    assert!(one.len() > 20);
    assert_eq!(one, with("2"));
    assert_eq!(one, with("3"));
}
