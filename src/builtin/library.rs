//! What the language says itself: modules written in Adlib and kept in the binary.
//!
//! The prelude is one whose names need no import. It is not read until a program first asks for one of
//! them, so it costs nothing at the start.

/// The text of a library module.
pub fn module(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Every library module, by name.
pub static MODULES: &[(&str, &str)] = &[];

/// The text of the prelude.
pub static PRELUDE: &str = include_str!("../library/prelude.ad");

/// The names that the prelude defines.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRELUDE.lines().filter_map(|line| line.strip_prefix("fn ")?.split('(').next())
}

/// Whether the prelude defines a name.
pub fn defines(name: &str) -> bool {
    names().any(|known| known == name)
}
