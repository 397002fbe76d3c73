//! Messages that need to know what the program did: unknown names, calls that do not fit, gradients that
//! are not there.
//!
//! All of it runs on the way out of a mistake, so it may be slow: the text is parsed again rather than
//! kept, and the graph of recorded steps is walked from the end. Nothing here changes what a program
//! computes.

mod asked;
pub mod calls;
mod conditions;
mod gradients;
mod graph;
mod names;
mod nan;
pub mod passed;
pub mod table;
pub mod tree;
mod unrecorded;
mod zeros;
