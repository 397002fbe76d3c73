//! Large buffers, kept for the next one who needs one.
//!
//! A fresh buffer of 80 MB costs eight to eleven nanoseconds an element, because the system must find and
//! clear every page; the sine of an element costs less than one. So a buffer of [`LARGE`] bytes or more
//! that nobody needs any more is kept, a few of them, and given to the next array of about its size.
//! [`release`] gives them back: the prompt does so while it waits.

use std::cell::RefCell;

/// Smaller buffers are the allocator's business.
const LARGE: usize = 1 << 20;
/// How many bytes are kept at most.
const MOST: usize = 192 << 20;
/// How many buffers of each type are kept at most.
const COUNT: usize = 16;

/// Buffers of one type, the longest kept first.
pub struct Shelf<T> {
    buffers: Vec<Vec<T>>,
}

thread_local! {
    static DOUBLES: RefCell<Shelf<f64>> = const { RefCell::new(Shelf { buffers: Vec::new() }) };
    static SINGLES: RefCell<Shelf<f32>> = const { RefCell::new(Shelf { buffers: Vec::new() }) };
    static TRUTHS: RefCell<Shelf<bool>> = const { RefCell::new(Shelf { buffers: Vec::new() }) };
}

/// An element type whose buffers are kept.
pub trait Pooled: Sized + 'static {
    /// Does something with the buffers of this type that are kept. Nothing happens while the thread ends.
    fn shelf<R>(act: impl FnOnce(&mut Shelf<Self>) -> R) -> Option<R>;
}

macro_rules! pooled {
    ($type:ty, $shelf:ident) => {
        impl Pooled for $type {
            fn shelf<R>(act: impl FnOnce(&mut Shelf<Self>) -> R) -> Option<R> {
                $shelf.try_with(|shelf| shelf.try_borrow_mut().ok().map(|mut shelf| act(&mut shelf))).ok().flatten()
            }
        }
    };
}

pooled!(f64, DOUBLES);
pooled!(f32, SINGLES);
pooled!(bool, TRUTHS);

/// A buffer that was kept, with room for `len` elements and not much more, and with whatever elements it
/// had; `None` if there is none.
pub fn take<T: Pooled>(len: usize) -> Option<Vec<T>> {
    if len.saturating_mul(size_of::<T>()) < LARGE {
        return None;
    }
    T::shelf(|shelf| {
        let fits = |buffer: &Vec<T>| buffer.capacity() >= len && buffer.capacity() / 5 <= len / 4;
        let at = shelf.buffers.iter().rposition(fits)?;
        Some(shelf.buffers.remove(at))
    })
    .flatten()
}

/// Keeps a buffer that nobody needs any more, if it is large; gives up the oldest ones for it.
#[inline]
pub fn give<T: Pooled>(buffer: &mut Vec<T>) {
    if buffer.capacity().saturating_mul(size_of::<T>()) >= LARGE {
        keep(std::mem::take(buffer));
    }
}

#[cold]
fn keep<T: Pooled>(buffer: Vec<T>) {
    let most = MOST / size_of::<T>();
    if buffer.capacity() > most {
        return;
    }
    T::shelf(|shelf| {
        shelf.buffers.push(buffer);
        let total = |shelf: &Shelf<T>| shelf.buffers.iter().map(Vec::capacity).sum::<usize>();
        while shelf.buffers.len() > COUNT || total(shelf) > most {
            shelf.buffers.remove(0);
        }
    });
}

/// Gives all that is kept back to the system.
pub fn release() {
    f64::shelf(|shelf| shelf.buffers = Vec::new());
    f32::shelf(|shelf| shelf.buffers = Vec::new());
    bool::shelf(|shelf| shelf.buffers = Vec::new());
}
