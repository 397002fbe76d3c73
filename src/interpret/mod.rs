//! The tree walker.
//!
//! Names were resolved to slots before anything runs, so reading a variable is an index. A number never
//! touches the heap on its way from one operation to the next. What goes wrong below comes up as a
//! [`Fail`](crate::diagnostic::Fail), which speaks of "argument 2"; here, and only here, it gets its place.

mod assign;
mod bind;
mod call;
mod check;
mod condition;
mod echo;
mod eval;
mod explain;
mod formula;
mod host;
mod index;
mod input;
mod journal;
mod listener;
mod measure;
mod module;
mod names;
mod numbers;
mod operate;
mod profile;
mod release;
mod rounds;
mod run;
mod scope;
mod session;
mod statement;
mod stop;
mod strings;
mod update;
mod warn;

pub use journal::Turned;
pub use listener::Listener;
pub use measure::Timing;
pub use profile::{Cost, Line};
pub use scope::CONSTANTS;
pub use session::{Echo, Session};
