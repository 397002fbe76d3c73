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
//! Messages and the formatter know of no terminal, so an editor or a page can use them:
//!
//! ```
//! use adlib::diagnostic::{draw, json};
//! use adlib::interpret::Session;
//! use adlib::syntax::format::format;
//!
//! let mut session = Session::new(Box::new(std::io::sink()));
//! let messages = session.check_text("example.ad", "y = sqtr(2)");
//! let message = messages.first().expect("there is a mistake");
//! let shown = draw::draw(message, &session.sources, draw::Look::default());
//! assert!(shown.starts_with("error: nothing is called `sqtr`\n  ╭▸ example.ad:1:5"));
//! assert!(json::json(message, &session.sources).contains("\"new\":\"sqrt\""));
//! assert_eq!(format("y=2*x", 1).ok().as_deref(), Some("y = 2 * x\n"));
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
