//! What a program is warned of, once for each place.
//!
//! ```text
//! record < y = floor(a) * b >
//! backward(y)
//! a.grad               # zero, for nothing flows through floor
//! ```
//!
//! The program goes on: what is odd may be meant. Where it must not be, `adlib --strict` makes an error of it.

use super::Session;
use super::stop::{Eval, Stop};
use crate::diagnostic::{Diagnostic, Level};

impl Session {
    /// Warnings that were given since the last call.
    pub fn take_warnings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.warnings)
    }

    /// Makes an error of what would be a warning.
    pub fn set_strict(&mut self, strict: bool) {
        self.strict = strict;
    }

    /// Whether a warning is an error.
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// Whether the running call has not been looked at for a reason before. Where a warning is an error it
    /// is one every time.
    pub(super) fn first_time(&mut self, reason: &'static str) -> bool {
        self.explained.insert((self.call_span, reason)) || self.strict
    }

    /// Keeps a warning, once for each place.
    ///
    /// # Errors
    /// Where a warning is an error.
    pub(super) fn warn_at(&mut self, mut warning: Diagnostic) -> Eval<()> {
        if self.strict {
            warning.level = Level::Error;
            return Err(Box::new(Stop::Error(Box::new(warning))));
        }
        warning.level = Level::Warning;
        if self.warned.insert((warning.span(), warning.problem.title.clone())) {
            match &mut self.listener {
                Some(listener) => listener.warned(&warning, &self.sources),
                None => self.warnings.push(warning),
            }
        }
        Ok(())
    }
}
