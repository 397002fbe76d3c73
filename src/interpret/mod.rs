//! The tree walker.
//!
//! Names were resolved to slots before anything runs, so reading a variable is an index. A number never
//! touches the heap on its way from one operation to the next. What goes wrong below comes up as a
//! [`Fail`](crate::diagnostic::Fail), which speaks of "argument 2"; here, and only here, it gets its place.

mod assign;
mod call;
mod eval;
mod explain;
mod host;
mod index;
mod module;
mod numbers;
mod operate;
mod scope;
mod session;
mod statement;
mod stop;
mod strings;

pub use scope::CONSTANTS;
pub use session::{Echo, Listener, Session};
