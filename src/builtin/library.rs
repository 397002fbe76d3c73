//! What the language says itself: modules written in Adlib and kept in the binary.

/// The text of a library module.
pub fn module(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Every library module, by name.
pub static MODULES: &[(&str, &str)] = &[];
