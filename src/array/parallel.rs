//! Sharing work between threads.
//!
//! The same bits come out for any number of threads: work is cut at places that the shape alone decides, and results
//! are joined in order. Who does which part is left to chance: this thread and its helpers take the next one when
//! they are done with one. So this thread begins at once, and a helper that is late takes fewer.
//!
//! Helpers are started by the first work that is large enough. Waking one takes some 50 us, a third of what a chain
//! of operations on 100,000 elements takes; so a helper that has nothing more to do looks out for [`PATIENCE`]
//! before it sleeps.

use super::threads;
use crate::diagnostic::Outcome;
use rayon::{ThreadPool, ThreadPoolBuilder, Yield};
use std::cell::Cell;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long a helper looks out for more work before it sleeps: the time between two steps of a loop over large
/// arrays, and too short to matter to anybody else.
const PATIENCE: Duration = Duration::from_micros(200);

/// The helpers: one fewer than there are threads.
fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    POOL.get_or_init(|| {
        let name = |i: usize| format!("adlib-{i}");
        ThreadPoolBuilder::new().num_threads(threads::count().saturating_sub(1)).thread_name(name).build().ok()
    })
    .as_ref()
}

/// Does something to every item, on all threads. The first failure is the result; after it nobody begins another.
///
/// # Errors
/// Whatever `work` returns.
pub fn each<I: Send>(items: Vec<I>, work: &(impl Fn(I) -> Outcome<()> + Sync)) -> Outcome<()> {
    let helpers = threads::count().min(items.len()).saturating_sub(1);
    let Some(pool) = (helpers > 0).then(pool).flatten() else { return items.into_iter().try_for_each(work) };
    let busy = AtomicUsize::new(helpers);
    let items = Mutex::new(items.into_iter());
    let failure = Mutex::new(None);
    let take = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let all = || {
        while let Some(item) = take() {
            if let Err(fail) = work(item) {
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fail);
                // Nothing is left for the others.
                items.lock().unwrap_or_else(PoisonError::into_inner).by_ref().for_each(drop);
            }
        }
    };
    pool.in_place_scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(|_| {
                all();
                busy.fetch_sub(1, Ordering::Release);
                look_out();
            });
        }
        all();
        // A helper that is at its last item will be done before this thread could sleep and be woken.
        let began = Instant::now();
        while busy.load(Ordering::Acquire) > 0 && began.elapsed() < PATIENCE {
            std::hint::spin_loop();
        }
    });
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Has this helper look out for more work, once it is done with what it does.
fn look_out() {
    thread_local! {
        static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    if SINCE.replace(Some(Instant::now())).is_some() {
        return;
    }
    rayon::spawn(|| {
        while SINCE.get().is_some_and(|since| since.elapsed() < PATIENCE) {
            if rayon::yield_now() != Some(Yield::Executed) {
                std::hint::spin_loop();
            }
        }
        SINCE.set(None);
    });
}

/// Cuts `range` into parts of at most `grain`, always at multiples of `grain` from its start, and gives
/// the results of all parts in order.
pub fn in_parts<R: Send>(range: Range<usize>, grain: usize, part: &(impl Fn(Range<usize>) -> R + Sync)) -> Vec<R> {
    let grain = grain.max(1);
    let starts = (range.start..range.end).step_by(grain);
    let parts = starts.map(|start| start..range.end.min(start + grain));
    if threads::count() == 1 {
        return parts.map(part).collect();
    }
    let mut results: Vec<Option<R>> = Vec::new();
    results.resize_with(range.len().div_ceil(grain), || None);
    let items = parts.zip(results.iter_mut()).collect();
    let _ = each(items, &|(range, result): (Range<usize>, &mut Option<R>)| {
        *result = Some(part(range));
        Ok(())
    });
    results.into_iter().flatten().collect()
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
    let mut chunks = target.chunks_mut(size.max(1)).enumerate();
    if threads::count() == 1 || chunks.len() <= 1 {
        return chunks.try_for_each(|(i, chunk)| work(i, chunk));
    }
    each(chunks.collect(), &|(i, chunk)| work(i, chunk))
}
