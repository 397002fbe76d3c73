//! Linear algebra, softmax and losses: values against NumPy and SciPy, derivatives against differences,
//! and the edges.
#![allow(clippy::unwrap_used)]

#[path = "linear/derivatives.rs"]
mod derivatives;
#[path = "linear/edges.rs"]
mod edges;
#[path = "linear/numpy.rs"]
mod numpy;
#[path = "functions/running.rs"]
#[allow(dead_code)]
mod running;
