//! Sharing work between threads.
//!
//! The same bits come out for any number of threads: work is cut at places that the shape alone decides,
//! and results are joined in order. Threads are started by the first work that is large enough, and
//! sleep when there is none.

use super::threads;
use crate::diagnostic::Outcome;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::ops::Range;
use std::sync::OnceLock;

fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    POOL.get_or_init(|| {
        let name = |i: usize| format!("adlib-{i}");
        ThreadPoolBuilder::new().num_threads(threads::count()).thread_name(name).build().ok()
    })
    .as_ref()
}

/// Runs something that shares work on the pool's threads; on this one if there is only one.
pub fn install<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    match (threads::count(), pool_if_many()) {
        (1, _) | (_, None) => work(),
        (_, Some(pool)) => pool.install(work),
    }
}

fn pool_if_many() -> Option<&'static ThreadPool> {
    if threads::count() > 1 { pool() } else { None }
}

/// Does two things at the same time, if threads are free.
pub fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    if threads::count() > 1 { rayon::join(a, b) } else { (a(), b()) }
}

/// Cuts `range` into parts of at most `grain`, always at multiples of `grain` from its start, and gives
/// the results of all parts in order.
pub fn in_parts<R: Send>(range: Range<usize>, grain: usize, part: &(impl Fn(Range<usize>) -> R + Sync)) -> Vec<R> {
    fn split<R: Send>(range: Range<usize>, grain: usize, part: &(impl Fn(Range<usize>) -> R + Sync)) -> Vec<R> {
        let parts = range.len().div_ceil(grain.max(1));
        if parts <= 1 {
            return vec![part(range)];
        }
        let middle = range.start + parts / 2 * grain;
        let (mut left, right) =
            join(|| split(range.start..middle, grain, part), || split(middle..range.end, grain, part));
        left.extend(right);
        left
    }
    if threads::count() == 1 {
        let starts = (range.start..range.end).step_by(grain.max(1));
        return starts.map(|start| part(start..range.end.min(start + grain))).collect();
    }
    install(|| split(range, grain, part))
}

/// Cuts `target` into chunks of `size` elements, the last of which may be shorter, and does something to each,
/// with its number. The first failure is the result.
///
/// # Errors
/// Whatever `work` returns.
pub fn each_chunk<T: Send>(
    target: &mut [T],
    size: usize,
    work: &(impl Fn(usize, &mut [T]) -> Outcome<()> + Sync),
) -> Outcome<()> {
    fn split<T: Send>(
        target: &mut [T],
        first: usize,
        size: usize,
        work: &(impl Fn(usize, &mut [T]) -> Outcome<()> + Sync),
    ) -> Outcome<()> {
        let chunks = target.len().div_ceil(size);
        if chunks <= 1 {
            return work(first, target);
        }
        let (left, right) = target.split_at_mut(chunks / 2 * size);
        let (a, b) = join(|| split(left, first, size, work), || split(right, first + chunks / 2, size, work));
        a.and(b)
    }
    let size = size.max(1);
    if threads::count() == 1 || target.len() <= size {
        return target.chunks_mut(size).enumerate().try_for_each(|(i, chunk)| work(i, chunk));
    }
    install(|| split(target, 0, size, work))
}
