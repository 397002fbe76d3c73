//! What one step costs, each beside the same work in plain Rust, in one run:
//!
//!     cargo bench --bench figures
//!
//! Every figure is the least of several runs, in nanoseconds per step. The program is started anew for
//! the last one, which is in milliseconds.

use adlib::interpret::{Echo, Session};
use std::hint::black_box;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REPEATS: usize = 9;

/// The least time of several runs, in nanoseconds per step.
fn least(steps: f64, mut run: impl FnMut()) -> f64 {
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..REPEATS).map(|_| once(&mut run)).fold(f64::INFINITY, f64::min) * 1e9 / steps
}

/// The time of a program after a preparation, in nanoseconds per step.
fn program(preparation: &str, text: &str, steps: f64) -> f64 {
    let mut session = Session::new(Box::new(std::io::sink()));
    let run = |session: &mut Session, text: &str| {
        if let Err(errors) = session.run("figures.ad", text, Echo::Nothing) {
            panic!("{}", errors.first().map_or("", |error| error.problem.title.as_str()));
        }
    };
    run(&mut session, preparation);
    least(steps, || run(&mut session, text))
}

fn report(what: &str, ours: f64, native: f64, unit: &str) {
    let ratio = ours / native;
    out(&format!("{what:<52} {ours:>9.2} {unit}   in Rust {native:>8.3} {unit}   ratio {ratio:>7.1}\n"));
}

fn out(text: &str) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn main() {
    let turns = 1e6;
    let ours = program("", "n = 1e6\ns = 0\ni = 1\nwhile i <= n { s = s + i; i = i + 1 }", turns);
    let native = least(turns, || {
        let (mut sum, mut i) = (0.0, 1.0);
        while i <= black_box(turns) {
            sum += i;
            i += 1.0;
        }
        black_box(sum);
    });
    report("a turn of a while loop on numbers", ours, native, "ns");

    // Ten recorded products a turn, so that the loop itself is a small part; the steps of one recording
    // fit into the cache, those of the other do not.
    let product = " * 1.0001 * 0.9999".repeat(5);
    for (what, length) in [("1,000", 100), ("1,000,000", 100_000)] {
        let text =
            format!("record < z = x; i = 0; while i < {length} {{ z = z{product}; i = i + 1 }} >\nbackward(z)\nz = 0");
        let steps = 10.0 * f64::from(length);
        let ours = program("x = 0.5\nattach_grad(x)", &text, steps);
        let native = least(steps, || {
            let mut tape: Vec<(f64, f64)> = Vec::new();
            let mut z = black_box(0.5);
            for _ in 0..steps as usize {
                tape.push((z, 1.0001));
                z *= black_box(1.0001);
            }
            let slope = tape.iter().rev().fold(1.0, |g, (_, factor)| g * factor);
            black_box((z, slope));
        });
        report(&format!("a recorded product, both ways and freed, of {what}"), ours, native, "ns");
    }

    let text = format!("i = 0\nwhile i < 10000 {{ v = v{product}; i = i + 1 }}");
    let ours = program("v = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", &text, 1e5);
    let native = least(1e5, || {
        let mut v = vec![1.0; 10];
        for _ in 0..100_000 {
            v = v.iter().map(|x| x * black_box(1.0001)).collect();
        }
        black_box(v);
    });
    report("an operation on 10 elements", ours, native, "ns");

    // Starting the program up to its first gradient, beside starting a program that does nothing.
    let start = |command: &str, arguments: &[&str]| {
        least(1e6, || {
            let status =
                std::process::Command::new(command).args(arguments).stdout(std::process::Stdio::null()).status();
            assert!(status.is_ok_and(|status| status.success()), "{command} runs");
        })
    };
    let code = "x = 3; attach_grad(x); record < y = x ** 2 >; backward(y); x.grad";
    let ours = start(env!("CARGO_BIN_EXE_adlib"), &["-e", code]);
    let native = start("true", &[]);
    report("a cold start to the first gradient", ours, native, "ms");
}
