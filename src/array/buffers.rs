//! Buffers, kept for the next one who needs one.
//!
//! A fresh buffer of 80 MB costs eight to eleven nanoseconds an element, because the system must find and
//! clear every page; the sine of an element costs less than one. And what a training loop frees at the end
//! of a step, an allocator gives back to the system just before the next step wants it. So a buffer of
//! [`LEAST`] bytes or more that nobody needs any more is kept and given to the next array of about its
//! size. [`release`] gives them all back: the prompt does so while it waits.

use std::cell::RefCell;

/// Smaller buffers are the allocator's business.
const LEAST: usize = 1 << 12;
/// How many bytes of one type are kept at most.
const MOST: usize = 192 << 20;
/// Sizes from one power of two to the next; buffers are looked for among those of their own and the next.
const STEPS: usize = 4;

/// Buffers of one type, by size.
pub struct Shelf<T> {
    /// For each size, the longest kept first, and how many more are wanted.
    sizes: Vec<Size<T>>,
    /// How many bytes they are together.
    bytes: usize,
}

/// Buffers of about one size.
struct Size<T> {
    buffers: Vec<Vec<T>>,
    /// How many buffers of this size are out. No more are kept: much that is freed was never asked for here.
    wanted: usize,
}

impl<T> Shelf<T> {
    const fn new() -> Shelf<T> {
        Shelf { sizes: Vec::new(), bytes: 0 }
    }

    /// Takes a buffer with room for `len` elements and not much more.
    fn take(&mut self, len: usize) -> Option<Vec<T>> {
        let own = size_of_len(len);
        for number in [own, own + 1] {
            let Some(size) = self.sizes.get_mut(number) else { continue };
            // Those of this size may still be a little too small; few are looked at.
            let at = size.buffers.iter().rev().take(4).position(|buffer| buffer.capacity() >= len);
            if let Some(at) = at {
                let buffer = size.buffers.swap_remove(size.buffers.len() - 1 - at);
                size.wanted += 1;
                self.bytes = self.bytes.saturating_sub(buffer.capacity() * size_of::<T>());
                return Some(buffer);
            }
        }
        if self.sizes.len() <= own {
            self.sizes.resize_with(own + 1, || Size { buffers: Vec::new(), wanted: 0 });
        }
        if let Some(size) = self.sizes.get_mut(own) {
            size.wanted += 1;
        }
        None
    }

    /// Keeps a buffer; if there are too many, none of another size stays.
    fn keep(&mut self, buffer: Vec<T>) {
        let bytes = buffer.capacity() * size_of::<T>();
        let own = size_of_len(buffer.capacity());
        if self.sizes.get(own).is_none_or(|size| size.wanted == 0) {
            return;
        }
        if self.bytes.saturating_add(bytes) > MOST {
            for (_, size) in self.sizes.iter_mut().enumerate().filter(|&(other, _)| other != own) {
                self.bytes -= size.buffers.iter().map(|buffer| buffer.capacity() * size_of::<T>()).sum::<usize>();
                size.buffers = Vec::new();
            }
            if self.bytes.saturating_add(bytes) > MOST {
                return;
            }
        }
        if let Some(size) = self.sizes.get_mut(own) {
            size.wanted -= 1;
            self.bytes += bytes;
            size.buffers.push(buffer);
        }
    }
}

/// The number of a size: [`STEPS`] of them to a power of two.
fn size_of_len(len: usize) -> usize {
    let len = len.max(STEPS);
    let power = len.ilog2() as usize;
    power * STEPS + ((len >> (power - STEPS.ilog2() as usize)) & (STEPS - 1))
}

thread_local! {
    static DOUBLES: RefCell<Shelf<f64>> = const { RefCell::new(Shelf::new()) };
    static SINGLES: RefCell<Shelf<f32>> = const { RefCell::new(Shelf::new()) };
    static TRUTHS: RefCell<Shelf<bool>> = const { RefCell::new(Shelf::new()) };
}

/// An element type whose buffers are kept.
pub trait Pooled: Sized + PartialEq + 'static {
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
#[inline(always)]
pub fn take<T: Pooled>(len: usize) -> Option<Vec<T>> {
    if len.saturating_mul(size_of::<T>()) < LEAST { None } else { from_shelf(len) }
}

fn from_shelf<T: Pooled>(len: usize) -> Option<Vec<T>> {
    T::shelf(|shelf| shelf.take(len)).flatten()
}

/// Keeps a buffer that nobody needs any more, if it is large enough.
#[inline(always)]
pub fn give<T: Pooled>(buffer: &mut Vec<T>) {
    if buffer.capacity().saturating_mul(size_of::<T>()) >= LEAST {
        onto_shelf(buffer);
    }
}

fn onto_shelf<T: Pooled>(buffer: &mut Vec<T>) {
    if buffer.capacity().saturating_mul(size_of::<T>()) <= MOST {
        let buffer = std::mem::take(buffer);
        T::shelf(|shelf| shelf.keep(buffer));
    }
}

/// Gives all that is kept back to the system.
pub fn release() {
    f64::shelf(|shelf| *shelf = Shelf::new());
    f32::shelf(|shelf| *shelf = Shelf::new());
    bool::shelf(|shelf| *shelf = Shelf::new());
}
