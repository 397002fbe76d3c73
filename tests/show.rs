//! How numbers, arrays and messages look.
#![allow(clippy::unwrap_used)]

#[path = "show/arrays.rs"]
mod arrays;
#[path = "show/formats.rs"]
mod formats;
#[path = "show/messages.rs"]
mod messages;
#[path = "show/names.rs"]
mod names;
#[path = "show/pasted.rs"]
mod pasted;
