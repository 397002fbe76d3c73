//! Functions of functions, random numbers, errors, help; and the examples in their documentation.
#![allow(clippy::unwrap_used)]

#[path = "functions/errors.rs"]
mod errors;
#[path = "functions/examples.rs"]
mod examples;
#[path = "functions/random.rs"]
mod random;
#[path = "functions/running.rs"]
mod running;
#[path = "functions/values.rs"]
mod values;
