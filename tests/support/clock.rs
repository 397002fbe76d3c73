//! Waiting for what a process does, not for a time that some machine needs for it.

#![allow(dead_code, reason = "not every test that waits needs all of it")]

use std::time::{Duration, Instant};

/// How long anything that must happen is waited for. It only matters when it does not happen.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until something holds.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The time that a process has spent computing, where the system tells; also when it has ended and nobody asked how.
pub fn worked(process: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the name, in brackets; those that follow are counted from the state.
    let (_, fields) = text.rsplit_once(')')?;
    let ticks =
        fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>()?;
    // Linux counts in hundredths of a second for every program.
    Some(Duration::from_millis(ticks * 10))
}

/// Lets a process compute for so long, whatever else the machine does meanwhile.
pub fn let_work(process: u32, long: Duration) {
    match worked(process) {
        Some(begun) => until("its work", || worked(process).is_none_or(|now| now >= begun + long)),
        None => std::thread::sleep(long),
    }
}
