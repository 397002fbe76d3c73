//! Where the terminal is not one of Unix, the line editor is all there is.

/// Nothing is held.
pub struct Held;

/// Leaves the terminal as it is.
pub fn hold() -> Held {
    Held
}

/// Runs something.
pub fn lent<T>(run: impl FnOnce() -> T) -> T {
    run()
}

/// No key asks for it.
pub fn suspend() {}
