//! Adlib: an array language that differentiates itself.

pub mod source;
pub mod diagnostic;
pub mod syntax;
pub mod array;
pub mod autodiff;
pub mod show;
pub mod value;
pub mod builtin;
pub mod interpret;
pub mod repl;
