//! Adlib: an array language that differentiates itself.

pub mod source;
pub mod diagnostic;
pub mod syntax;
pub mod array;
