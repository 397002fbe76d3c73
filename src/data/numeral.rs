//! Numbers as files have them: as many digits as it takes to read the same one back, and no more.

use std::fmt::{Display, LowerExp};

/// A number that is not nan, written so that every language reads the same one.
pub(super) fn numeral<T: Display + LowerExp + Copy + Into<f64>>(x: T) -> String {
    let size = x.into().abs();
    if size == 0.0 || (1e-5..1e16).contains(&size) { x.to_string() } else { format!("{x:e}") }
}
