//! What a computation carries along.
//!
//! Inside `record { … }` each step remembers its operands and its place, inside `pause { … }` none does, and neither
//! is said where the step is written. So it is here what is switched on, for every operation to look at.

use super::rows::Level;
use super::turned::Turned;
use super::{Basics, Op};
use crate::source::Place;
use std::cell::{Cell, RefCell};

/// What a computation carries along: whether it records, and where in the program it is.
pub struct Context {
    recording: Cell<bool>,
    /// Recording, and nothing else to be thought of: see [`rows`](super::rows).
    fast: Cell<bool>,
    pub(super) levels: RefCell<Vec<Level>>,
    /// How many of the levels count.
    depth: Cell<usize>,
    training: Cell<bool>,
    /// Whether the step whose value is being computed will be recorded.
    pub(super) traced: Cell<bool>,
    age: Cell<u64>,
    place: Cell<Place>,
    /// The place does not change: the library runs, and its steps belong to its caller.
    held: Cell<bool>,
    /// What reverse passes that are under way remember.
    pub(super) turned: Turned,
    ops: &'static [&'static Op],
    basics: &'static Basics,
}

impl Context {
    /// A context that does not record. `ops` in the order of their numbers.
    pub fn new(ops: &'static [&'static Op], basics: &'static Basics) -> Context {
        Context {
            recording: Cell::new(false),
            fast: Cell::new(false),
            levels: RefCell::new(Vec::new()),
            depth: Cell::new(0),
            training: Cell::new(false),
            traced: Cell::new(false),
            age: Cell::new(0),
            place: Cell::new(Place::default()),
            held: Cell::new(false),
            turned: Turned::default(),
            ops,
            basics,
        }
    }

    /// Another one with the same operations, which records nothing.
    pub(super) fn quiet(&self) -> Context {
        Context::new(self.ops, self.basics)
    }

    /// Whether results remember where they came from.
    #[inline]
    pub fn recording(&self) -> bool {
        self.recording.get()
    }

    /// Whether steps are recorded just as they are computed.
    #[inline]
    pub fn records(&self) -> bool {
        self.fast.get()
    }

    /// Switches recording; gives what it was.
    pub fn set_recording(&self, on: bool) -> bool {
        self.fast.set(on && self.depth.get() == 0);
        self.recording.replace(on)
    }

    /// Whether the step whose value is being computed will be recorded: then somebody may come by the same
    /// elements once more. Asked before anything else is computed.
    pub fn step_is_recorded(&self) -> bool {
        self.traced.get()
    }

    /// How many runs over many rows at once there are around this.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.depth.get()
    }

    /// Changes that; gives what it was.
    pub(super) fn set_depth(&self, depth: usize) -> usize {
        self.fast.set(depth == 0 && self.recording.get());
        self.depth.replace(depth)
    }

    /// Whether `dropout` and its kind behave as in training.
    pub fn training(&self) -> bool {
        self.training.get()
    }

    /// Switches training; gives what it was.
    pub fn set_training(&self, on: bool) -> bool {
        self.training.replace(on)
    }

    /// The place that the next recorded step gets.
    #[inline]
    pub fn place(&self) -> Place {
        self.place.get()
    }

    /// Says where in the program the next step is.
    #[inline]
    pub fn set_place(&self, place: Place) {
        if !self.held.get() {
            self.place.set(place);
        }
    }

    /// Holds the place where it is, or lets it change again; gives what was.
    pub fn hold_place(&self, on: bool) -> bool {
        self.held.replace(on)
    }

    /// Runs something while recording, whether or not we were.
    pub fn recorded<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.set_recording(true);
        let result = run();
        self.set_recording(before);
        result
    }

    /// Runs something without recording.
    pub fn paused<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.set_recording(false);
        let result = run();
        self.set_recording(before);
        result
    }

    /// The operation with a number.
    #[inline]
    pub fn op(&self, number: u16) -> &'static Op {
        self.ops[number as usize]
    }

    /// The operations the engine needs.
    #[inline]
    pub fn basics(&self) -> &'static Basics {
        self.basics
    }

    /// The age of the last step that was recorded.
    pub fn age(&self) -> u64 {
        self.age.get()
    }

    /// Whether steps belong to a caller of what runs.
    pub fn place_is_held(&self) -> bool {
        self.held.get()
    }

    /// Hands out as many ages; gives the last.
    pub(super) fn skip_ages(&self, count: usize) -> u64 {
        let age = self.age.get() + count as u64;
        self.age.set(age);
        age
    }

    #[inline]
    pub(super) fn next_age(&self) -> u64 {
        let age = self.age.get() + 1;
        self.age.set(age);
        age
    }
}
