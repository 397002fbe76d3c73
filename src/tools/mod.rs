//! The tools in the binary: `adlib fmt`, `check`, `test`, and what describes the program to a shell, to
//! `man` and to an editor. Each is a function of texts; only this folder and `main` know of files and of
//! exit statuses.

pub mod check;
pub mod complete;
pub mod difference;
pub mod files;
pub mod fmt;
pub mod golden;
pub mod grammar;
pub mod usage;

use crate::builtin::library;
use crate::diagnostic::catalogue;
use crate::diagnostic::suggest::did_you_mean;
use crate::interpret::{Echo, Session};
use crate::value::Host;

/// What the language says about a name: a function, a word, a module or what is in one.
///
/// # Errors
/// A sentence with the name that was probably meant.
pub fn explained(name: &str) -> Result<String, String> {
    let mut session = Session::new(Box::new(std::io::sink()));
    let module = name.split('.').next().unwrap_or(name);
    if library::module(module).is_some() {
        // Its text has been run by a test.
        let _ = session.run("help", &format!("import {module}"), Echo::Nothing);
    }
    if let Some(text) = session.help(name) {
        return Ok(text.trim_end().to_string());
    }
    let shown = crate::show::safe(name).into_owned();
    if let Some(asked) = name.strip_prefix("error ") {
        let near = did_you_mean(asked.trim(), catalogue::kinds().map(|kind| kind.name));
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        return Err(format!("no message has the name or the title {}{near}", crate::show::safe(asked)));
    }
    let known = crate::builtin::all()
        .map(|builtin| builtin.name)
        .chain(library::names())
        .chain(library::MODULES.iter().map(|(name, _)| *name));
    Err(match did_you_mean(name, known) {
        Some(right) => format!("nothing is called {shown}; did you mean {right}?"),
        None => format!("nothing is called {shown}"),
    })
}

/// Nothing to complain of.
pub const FINE: u8 = 0;
/// Something was found.
pub const FOUND: u8 = 1;
/// The command was wrong.
pub const WRONG_USE: u8 = 2;
