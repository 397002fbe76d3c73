//! How many threads the large kernels may use.
//!
//! One number for the whole program: what the command line or the program itself asked for, else the
//! variable `ADLIB_THREADS`, else as many as the machine has. Results do not depend on it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most that can be asked for; more would only wait for each other.
pub const MOST: usize = 1024;

/// Zero: nobody asked yet.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// How many threads a large kernel may use; at least 1.
#[inline]
pub fn count() -> usize {
    match COUNT.load(Ordering::Relaxed) {
        0 => first(),
        count => count,
    }
}

/// From now on, this many.
pub fn set(count: usize) {
    COUNT.store(count.clamp(1, MOST), Ordering::Relaxed);
}

/// Asks the environment and the machine, which nothing does that stays on one thread.
#[cold]
fn first() -> usize {
    let asked = std::env::var("ADLIB_THREADS").ok().and_then(|text| text.trim().parse().ok()).filter(|&n| n > 0);
    let count = asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).min(MOST);
    COUNT.store(count, Ordering::Relaxed);
    count
}
