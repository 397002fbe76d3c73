//! Whoever watches a session: the prompt, which says at once what a running program shows, and what it
//! should be warned of.

use crate::diagnostic::Diagnostic;
use crate::show::{Follow, Line};
use crate::source::Sources;

/// Hears what a session has to say while it runs, so that values, warnings and what the program prints
/// come in the order in which they arose.
pub trait Listener {
    /// A statement's value, as text.
    fn shown(&mut self, text: &str);
    /// A warning, once for each place.
    fn warned(&mut self, warning: &Diagnostic, sources: &Sources);
    /// Who follows loops.
    fn follows(&self) -> Follow {
        Follow::Nobody
    }
    /// A line about a loop.
    fn progressed(&mut self, _line: &Line) {}
    /// Waits a moment for somebody to type a line; whether there is one, or no telling.
    fn line_waits(&mut self) -> bool {
        true
    }
}
