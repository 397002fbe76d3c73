//! The doors that keep a program from exhausting the machine: allocation and interruption.
//!
//! `zeros(1e6, 1e6)` must be a sentence, not a dead process, and Ctrl-C must reach a kernel that runs
//! for a minute. So every buffer of a size that a program chooses comes from [`reserve`], and every
//! long loop calls [`check`] about every millisecond.

use super::buffers::{self, Pooled};
use crate::diagnostic::{Kind, Outcome, Problem};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Elements between two looks at the interrupt flag.
pub const STRIDE: usize = 1 << 16;

/// Requests below this many bytes are not compared with what the machine has left.
const SMALL: usize = 64 << 20;
/// The same under a budget, which is smaller than a machine.
const SMALL_OF_A_BUDGET: usize = 64 << 10;

/// What is said where no step of the program can be blamed.
pub const NO_MEMORY: &str = "there is not enough memory to go on";

thread_local! {
    static RESERVED: Cell<u64> = const { Cell::new(0) };
}

/// The time that a program may take is over.
static EXPIRED: AtomicBool = AtomicBool::new(false);

/// Bytes that the whole program may hold, and whether it was refused more.
static BUDGET: AtomicUsize = AtomicUsize::new(usize::MAX);
static REFUSED: AtomicBool = AtomicBool::new(false);

/// Why something may have to stop: the lowest bit for Ctrl-C, and above it how many threads have looked at
/// what they may not see. One number, so that a loop asks only once a turn.
static REASONS: AtomicUsize = AtomicUsize::new(0);
const CTRL_C: usize = 1;
const LOOKED: usize = 2;

thread_local! {
    /// Whether this thread looked at an array that has no elements.
    static HAS_LOOKED: Cell<bool> = const { Cell::new(false) };
    /// How often it did.
    static LOOKS: Cell<u64> = const { Cell::new(0) };
}

/// How many are at work on something that must not be left half done.
static UNSTOPPABLE: AtomicUsize = AtomicUsize::new(0);

/// Does something that takes a moment and must not be left half done: meanwhile nobody is asked to stop or refused
/// memory that the machine has. Who asked is heard afterwards.
pub fn unstoppable<R>(work: impl FnOnce() -> R) -> R {
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            UNSTOPPABLE.fetch_sub(1, Ordering::Relaxed);
        }
    }
    UNSTOPPABLE.fetch_add(1, Ordering::Relaxed);
    let _over = Over;
    work()
}

fn is_unstoppable() -> bool {
    UNSTOPPABLE.load(Ordering::Relaxed) != 0
}

/// Asks whatever is running to stop: what Ctrl-C does.
pub fn interrupt() {
    REASONS.fetch_or(CTRL_C, Ordering::Relaxed);
}

/// Asks whatever is running to stop because its time is over.
pub fn expire() {
    EXPIRED.store(true, Ordering::Relaxed);
    interrupt();
}

/// Whether the time is over.
pub fn expired() -> bool {
    EXPIRED.load(Ordering::Relaxed)
}

/// What asked to stop, for a sentence.
pub fn stopped_by() -> &'static str {
    if expired() { "--max-time" } else { "Ctrl-C" }
}

/// Sets how many bytes the whole program may hold.
pub fn set_budget(bytes: usize) {
    BUDGET.store(bytes, Ordering::Relaxed);
}

/// Whether something was refused because of the budget.
pub fn over_budget() -> bool {
    REFUSED.load(Ordering::Relaxed)
}

/// Forgets a request to stop.
pub fn clear_interrupt() {
    REASONS.fetch_and(!CTRL_C, Ordering::Relaxed);
}

/// Whether somebody asked to stop.
#[inline(always)]
pub fn interrupted() -> bool {
    REASONS.load(Ordering::Relaxed) & CTRL_C != 0
}

/// Notes that this thread looked at an array that has no elements (see [`hidden`](super::hidden)): whatever
/// it is running must come to nothing.
#[cold]
pub fn look() {
    if !HAS_LOOKED.replace(true) {
        LOOKS.set(LOOKS.get().wrapping_add(1));
        REASONS.fetch_add(LOOKED, Ordering::Relaxed);
    }
}

/// Whether this thread looked since it was asked last.
pub fn looked() -> bool {
    let looked = HAS_LOOKED.replace(false);
    if looked {
        REASONS.fetch_sub(LOOKED, Ordering::Relaxed);
    }
    looked
}

/// How often this thread looked since it started.
pub fn looks() -> u64 {
    LOOKS.get()
}

/// Whether there may be a reason to stop; [`check`] knows.
#[inline(always)]
pub fn may_stop() -> bool {
    REASONS.load(Ordering::Relaxed) != 0
}

/// Ends a long loop once somebody asked to stop.
///
/// # Errors
/// A problem of kind [`Kind::Interrupt`].
#[inline(always)]
pub fn check() -> Outcome<()> {
    if may_stop() { stop() } else { Ok(()) }
}

#[cold]
fn stop() -> Outcome<()> {
    if is_unstoppable() {
        return Ok(());
    }
    if interrupted() {
        return Err(Problem::new(format!("stopped by {}", stopped_by())).kind(Kind::Interrupt));
    }
    if HAS_LOOKED.get() {
        return Err(Problem::new("internal error: this has no elements to look at").kind(Kind::Interrupt));
    }
    Ok(())
}

/// How many elements a shape has.
///
/// # Errors
/// When the number does not fit into the machine's address space.
pub fn checked_count(shape: &[usize]) -> Outcome<usize> {
    let mut total: usize = 1;
    if shape.contains(&0) {
        return Ok(0);
    }
    for &dim in shape {
        total = total.checked_mul(dim).filter(|&n| n <= isize::MAX as usize / 16).ok_or_else(|| {
            Problem::new("this array would be too large for memory").help("use a smaller shape").kind(Kind::Limit)
        })?;
    }
    Ok(total)
}

/// An empty vector with room for `len` elements.
///
/// # Errors
/// When the machine has not that much memory left.
#[inline]
pub fn reserve<T>(len: usize) -> Outcome<Vec<T>> {
    let bytes = len.saturating_mul(size_of::<T>());
    if bytes < SMALL_OF_A_BUDGET {
        count(bytes);
        return Ok(Vec::with_capacity(len));
    }
    let mut data = Vec::new();
    let refused = (bytes >= looked_at() && bytes > available()) || data.try_reserve_exact(len).is_err();
    if refused {
        return Err(too_much(bytes));
    }
    count(bytes);
    Ok(data)
}

/// An empty vector with room for `len` elements of an array, one that was kept if there is one.
///
/// # Errors
/// When the machine has not that much memory left.
#[inline]
pub fn room<T: Pooled>(len: usize) -> Outcome<Vec<T>> {
    match buffers::take(len) {
        Some(mut kept) => {
            count(len.saturating_mul(size_of::<T>()));
            kept.clear();
            Ok(kept)
        }
        None => reserve(len),
    }
}

/// Bytes of buffers that this thread asked for since it started, whether or not they were given back since.
pub fn reserved() -> u64 {
    RESERVED.get()
}

#[inline(always)]
fn count(bytes: usize) {
    RESERVED.set(RESERVED.get().wrapping_add(bytes as u64));
}

/// Refuses what the machine has no memory for.
///
/// # Errors
/// When it has not.
#[inline]
pub fn affordable(bytes: usize) -> Outcome<()> {
    if bytes >= looked_at() && bytes > available() { Err(too_much(bytes)) } else { Ok(()) }
}

/// Requests from this many bytes on are compared with what can be had.
#[inline]
fn looked_at() -> usize {
    if BUDGET.load(Ordering::Relaxed) == usize::MAX { SMALL } else { SMALL_OF_A_BUDGET }
}

#[cold]
fn too_much(bytes: usize) -> crate::diagnostic::Fail {
    if BUDGET.load(Ordering::Relaxed) != usize::MAX {
        REFUSED.store(true, Ordering::Relaxed);
    }
    Problem::new("there is not enough memory for this array")
        .note(format!("it needs {}, and {} can be had", bytes_text(bytes), bytes_text(available())))
        .kind(Kind::Limit)
}

/// A vector of `len` elements of any value, for somebody who writes them all.
///
/// # Errors
/// When the machine has not that much memory left.
pub fn buffer<T: Pooled + Copy + Default>(len: usize) -> Outcome<Vec<T>> {
    if let Some(mut kept) = buffers::take(len) {
        count(len.saturating_mul(size_of::<T>()));
        kept.resize(len, T::default());
        return Ok(kept);
    }
    let bytes = len.saturating_mul(size_of::<T>());
    if bytes < SMALL_OF_A_BUDGET {
        count(bytes);
    } else {
        // Whether there is room is asked first, since only this way of making a vector leaves the clearing to
        // the system, which does it when a page is first written.
        drop(reserve::<T>(len)?);
    }
    Ok(vec![T::default(); len])
}

/// The elements of an array of `len` copies of one value, in a buffer that was kept if there is one.
///
/// # Errors
/// When the machine has not that much memory left, or somebody asked to stop.
pub fn copies<T: Pooled + Copy + Default>(len: usize, value: T) -> Outcome<Vec<T>> {
    let large = len.saturating_mul(size_of::<T>()) >= SMALL;
    let mut data = match buffers::take(len) {
        // A page of zeros is the system's until somebody writes there: `zeros(1e9)` takes no time and no memory.
        None if large && value == T::default() => {
            drop(reserve::<T>(len)?);
            return Ok(vec![value; len]);
        }
        None => reserve(len)?,
        Some(mut kept) => {
            count(len.saturating_mul(size_of::<T>()));
            kept.clear();
            kept
        }
    };
    while large && data.len() < len {
        check()?;
        data.resize(len.min(data.len() + STRIDE), value);
    }
    data.resize(len, value);
    Ok(data)
}

/// A vector of `len` copies of one value.
///
/// # Errors
/// When the machine has not that much memory left.
pub fn filled<T: Clone>(len: usize, value: T) -> Outcome<Vec<T>> {
    let mut data = reserve(len)?;
    data.resize(len, value);
    Ok(data)
}

/// Bytes that can be taken without driving the machine into swap: what Linux calls `MemAvailable`, less
/// a tenth; elsewhere a guess that only stops the absurd.
fn available() -> usize {
    if is_unstoppable() {
        return usize::MAX;
    }
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<usize>().ok());
    let machine = kilobytes.map_or(16 << 30, |k| k.saturating_mul(1024) / 10 * 9);
    match BUDGET.load(Ordering::Relaxed) {
        usize::MAX => machine,
        budget => machine.min(budget.saturating_sub(held().unwrap_or(0))),
    }
}

/// Bytes that the program holds now, where the system tells.
fn held() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: usize = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// The most bytes that the program held at once since it started, where the system tells: what Linux
/// calls `VmHWM`.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

fn bytes_text(bytes: usize) -> String {
    let mut amount = bytes as f64;
    for unit in ["bytes", "KB", "MB", "GB", "TB"] {
        if amount < 1000.0 {
            return format!("{amount:.3} {unit}").replace(".000", "");
        }
        amount /= 1000.0;
    }
    format!("{amount:.3e} PB")
}
