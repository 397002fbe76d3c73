//! Every rule against finite differences, in both modes, to order three, at its own samples; again through
//! views, and again in single precision. The names the language promises are all there, and their samples
//! cover every kind of operand.

#![allow(missing_docs)]

#[path = "gradients/cases.rs"]
mod cases;
#[path = "gradients/coverage.rs"]
mod coverage;
#[path = "gradients/rules.rs"]
mod rules;
#[path = "gradients/singles.rs"]
mod singles;
#[path = "gradients/views.rs"]
mod views;
