//! Adlib: an array language that differentiates itself.
//!
//! A program is text; [`syntax`] makes a tree of it; [`interpret`] walks the tree; its values are
//! differentiable arrays. Ten lines that go the whole way:
//!
//! ```
//! use adlib::interpret::{Echo, Session};
//!
//! let mut session = Session::new(Box::new(std::io::sink()));
//! let program = "
//!     x = [[1, 2], [3, 4]]
//!     x.attach_grad()
//!     record < y = 2 * x ** 2 >
//!     y.backward()
//!     x.grad
//! ";
//! let shown = session.run("example.ad", program, Echo::Last).expect("the program is right");
//! assert_eq!(shown, ["[[ 4,  8],\n [12, 16]]"]);
//! ```
//!
//! The modules below are in reading order, from the ground up. Each uses only those above it.

// The ground: places in text, and what can go wrong there.
pub mod diagnostic;
pub mod source;

// Arrays, and nothing but arrays.
pub mod array;

// The engine, the text, the print: three neighbours that do not know each other.
pub mod autodiff;
pub mod show;
pub mod syntax;

// What the language handles, every function it has, and the walker that runs it.
pub mod builtin;
pub mod data;
pub mod interpret;
pub mod plot;
pub mod repl;
pub mod tools;
pub mod value;
