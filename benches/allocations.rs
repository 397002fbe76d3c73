//! How many allocations a step costs, and how many bytes a recorded one keeps:
//!
//!     cargo bench --bench allocations
//!
//! These are counts, the same in every run; what steps cost in time is in `figures.rs`, which needs the
//! program's own allocator.

use adlib::interpret::{Echo, Session};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::io::Write;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A session after a preparation.
fn prepared(text: &str) -> Session {
    let mut session = Session::new(Box::new(std::io::sink()));
    run(&mut session, text);
    session
}

fn run(session: &mut Session, text: &str) {
    if let Err(errors) = session.run("allocations.ad", text, Echo::Nothing) {
        panic!("{}", errors.first().map_or("", |error| error.problem.title.as_str()));
    }
}

/// Allocations, and bytes still held, of `f(2 * n)` beyond those of `f(n)`, for each of `n` steps.
fn per_step(preparation: &str, n: usize) -> (f64, f64) {
    let counted = |count: usize| {
        let mut session = prepared(preparation);
        let region = Region::new(ALLOCATOR);
        run(&mut session, &format!("kept = f({count})"));
        let change = region.change();
        (change.allocations as f64, change.bytes_allocated as f64 - change.bytes_deallocated as f64)
    };
    let (once, twice) = (counted(n), counted(2 * n));
    ((twice.0 - once.0) / n as f64, (twice.1 - once.1) / n as f64)
}

fn main() {
    let steps = [
        ("a turn of a while loop on numbers", "fn f(n) { s = 0; i = 0; while i < n { s = s + i; i = i + 1 }; s }", 1.0),
        (
            "a call of a function of two numbers",
            "fn g(a, b) = a + b\nfn f(n) { for i in range(n) { s = g(i, i) }; s }",
            1.0,
        ),
        ("an operation on 10 elements", "fn f(n) { v = ones(10); for _ in range(n) { v = v * 0.9 + 0.1 }; v }", 2.0),
        ("an update of 10 elements", "fn f(n) { v = ones(10); for _ in range(n) { v *= 0.9; v += 0.1 }; v }", 2.0),
        (
            "a recorded operation on numbers",
            "x = 0.5\nattach_grad(x)\nfn f(n) = record < z = x; for _ in range(n) { z = sin(z) * 1.01 + x }; z >",
            3.0,
        ),
        (
            "a recorded operation on 10 elements",
            "x = ones(10)\nattach_grad(x)\nfn f(n) = record < z = x; for _ in range(n) { z = sin(z) * 1.01 + x }; z >",
            3.0,
        ),
        (
            "the same, with its reverse pass, freed",
            "x = ones(10)\nattach_grad(x)\nfn f(n) { record < z = x; for _ in range(n) { z = sin(z) * 1.01 + x } >; backward(z) }",
            3.0,
        ),
    ];
    for (what, preparation, per_turn) in steps {
        let (allocations, bytes) = per_step(preparation, 10_000);
        let (allocations, bytes) = (allocations / per_turn, bytes / per_turn);
        let line = format!("{what:<44} {allocations:>6.2} allocations {bytes:>8.1} bytes kept\n");
        let _ = std::io::stdout().write_all(line.as_bytes());
    }
}
