//! Long work that cannot be asked to stop.
//!
//! A decomposition of a matrix of 2,500 rows takes seconds inside `faer`, which knows nothing of Ctrl-C. So it
//! runs on a thread of its own, and whoever asked for it waits for that, or for Ctrl-C. In the second case the
//! thread goes on to its end, and what it found is dropped.

use super::limits;
use crate::diagnostic::{Outcome, Problem};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

/// Steps from which on work is long: some ten milliseconds.
const LONG: usize = 1 << 26;
/// Between two looks at the interrupt flag.
const PATIENCE: Duration = Duration::from_millis(20);
/// The most that `faer` needs, with room to spare.
const STACK: usize = 16 << 20;

/// Does work of about so many steps; apart, if those are many.
///
/// # Errors
/// When somebody asked to stop, or there is no thread to be had.
pub fn apart<R: Send + 'static>(steps: usize, work: impl FnOnce() -> R + Send + 'static) -> Outcome<R> {
    limits::check()?;
    if steps < LONG {
        return Ok(work());
    }
    let (sender, receiver) = channel();
    let thread = Builder::new().name("adlib-apart".into()).stack_size(STACK).spawn(move || {
        // Nobody may be listening any more.
        let _ = sender.send(work());
    });
    if thread.is_err() {
        return Err(Problem::new("there is no thread to be had for this matrix").kind(crate::diagnostic::Kind::Limit));
    }
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) => limits::check()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Problem::new("internal error: a decomposition broke off"));
            }
        }
    }
}
