//! What the program's output can show: a file takes ASCII, a terminal perhaps braille and colours.

/// Which colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Colors {
    /// None.
    #[default]
    None,
    /// The 256 that are numbered.
    Numbered,
    /// All.
    All,
}

/// What can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Screen {
    /// Braille, lines and blocks, or nothing but ASCII.
    pub unicode: bool,
    /// Colours.
    pub colors: Colors,
}
