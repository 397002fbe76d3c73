//! What the language says itself: modules written in Adlib and kept in the binary.
//!
//! The names of a prelude need no import. It is not read until a program first asks for one of them, so it
//! costs nothing at the start.

/// The text of a library module.
pub fn module(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Every library module, by name.
pub static MODULES: &[(&str, &str)] = &[
    ("data", include_str!("../library/data.ad")),
    ("nn", include_str!("../library/nn.ad")),
    ("optim", include_str!("../library/optim.ad")),
];

/// The preludes: the name of each, and its text. Every definition starts a line of its own with `fn name(`;
/// one whose name begins with an underscore is the prelude's own.
pub static PRELUDES: &[(&str, &str)] = &[
    ("prelude", include_str!("../library/prelude.ad")),
    ("solve", include_str!("../library/solve.ad")),
    ("made", include_str!("../library/made.ad")),
];

/// What a module is about: its own words, and a line for each function.
pub fn about(name: &str) -> Option<String> {
    let mut lines = module(name)?.lines();
    let mut text = String::new();
    for line in lines.by_ref() {
        let Some(line) = line.strip_prefix("##") else { break };
        text += line.strip_prefix(' ').unwrap_or(line);
        text.push('\n');
    }
    let mut first = None;
    for line in lines {
        if let Some(words) = line.strip_prefix("##") {
            first = first.or(Some(words));
        } else if let (Some(rest), Some(words)) = (line.strip_prefix("fn "), first.take()) {
            text += &format!("\n{name}.{}\n   {words}", signature(rest));
        }
    }
    Some(text)
}

/// What a text says about itself: the `##` lines at its top, if no definition follows them directly.
pub fn introduction(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with("##"));
    let words: Vec<&str> = lines.map(words).collect();
    let followed = text.lines().nth(words.len()).is_some_and(|line| line.starts_with("fn "));
    if followed { String::new() } else { words.join("\n") }
}

/// Every definition that is documented: how it is called, and its `##` lines.
pub fn documented(text: &'static str) -> impl Iterator<Item = (&'static str, String)> {
    let mut above: Vec<&str> = Vec::new();
    text.lines().filter_map(move |line| {
        if line.starts_with("##") {
            above.push(words(line));
            return None;
        }
        let doc = std::mem::take(&mut above).join("\n");
        let rest = line.strip_prefix("fn ").filter(|rest| !rest.starts_with('_') && !doc.is_empty())?;
        Some((signature(rest), doc))
    })
}

/// A line of a documentation without what marks it.
fn words(line: &str) -> &str {
    let line = line.trim_start_matches('#');
    line.strip_prefix(' ').unwrap_or(line)
}

/// What stands before the end of the bracket that a definition opens first.
fn signature(text: &str) -> &str {
    let mut depth = 0_u32;
    let end = text.char_indices().find(|(_, char)| {
        match char {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *char == ')' && depth == 0
    });
    end.map_or(text, |(at, _)| text.get(..=at).unwrap_or(text))
}

/// The names that a text defines.
pub fn defined(text: &'static str) -> impl Iterator<Item = &'static str> {
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
