//! Reductions, shape operations and constructors: against NumPy, and at the edges of their derivatives.
#![allow(clippy::unwrap_used)]

#[path = "reduce_shape/edges.rs"]
mod edges;
#[path = "reduce_shape/numpy.rs"]
mod numpy;
#[path = "reduce_shape/refusals.rs"]
mod refusals;

use adlib::interpret::{Echo, Session};

/// What the last statement of a program shows, or the title of its error.
fn last(program: &str) -> Result<String, String> {
    let mut session = Session::new(Box::new(std::io::sink()));
    match session.run("test", program, Echo::Last) {
        Ok(shown) => Ok(shown.into_iter().next().unwrap_or_default()),
        Err(errors) => Err(errors.first().unwrap().problem.title.clone()),
    }
}
