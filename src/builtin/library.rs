//! What the language says itself: modules written in Adlib and kept in the binary.
//!
//! The names of a prelude need no import. It is not read until a program first asks for one of them, so it
//! costs nothing at the start.

/// The text of a library module.
pub fn module(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Every library module, by name.
pub static MODULES: &[(&str, &str)] = &[];

/// The preludes: the name of each, and its text. Every definition starts a line of its own with `fn name(`;
/// one whose name begins with an underscore is the prelude's own.
pub static PRELUDES: &[(&str, &str)] =
    &[("prelude", include_str!("../library/prelude.ad")), ("solve", include_str!("../library/solve.ad"))];

/// The names that a text defines.
fn defined(text: &'static str) -> impl Iterator<Item = &'static str> {
    let names = text.lines().filter_map(|line| line.strip_prefix("fn ")?.split('(').next());
    names.filter(|name| !name.starts_with('_'))
}

/// The names that the preludes define.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRELUDES.iter().flat_map(|(_, text)| defined(text))
}

/// The prelude that defines a name: what it is called, and its text.
pub fn defines(name: &str) -> Option<(&'static str, &'static str)> {
    PRELUDES.iter().find(|(_, text)| defined(text).any(|known| known == name)).copied()
}
