//! What kinds of messages there are: one page, made by a test from the titles in the source and from the
//! programs that bring them about.
//!
//! ```text
//! adlib --json -e "sqtr(2)"               {"level":"error","name":"nothing-is-called", …
//! adlib help error nothing-is-called      a program that does this, and what it is told
//! ```
//!
//! A message carries no name of its own, which would have to be kept beside its title; its title leads to it.

/// The page. `ADLIB_BLESS=1 cargo test --test messages` makes it again.
const PAGE: &str = include_str!("../../docs/messages.md");

/// What stands in a title for whatever the program has there.
pub const BLANK: char = '…';

/// A kind of message.
#[derive(Clone, Copy, Debug)]
pub struct Kind<'p> {
    /// Its name: words of its title.
    pub name: &'p str,
    /// Its title, with [`BLANK`] for what differs.
    pub title: &'p str,
    /// A program that brings it about and what that is told, in Markdown; empty for what no program shows.
    pub example: &'p str,
}

/// Every kind, in the order of their names.
pub fn kinds() -> impl Iterator<Item = Kind<'static>> {
    PAGE.split("\n## ").skip(1).map(|section| {
        let (name, rest) = section.split_once('\n').unwrap_or((section, ""));
        let (title, example) = rest.trim().split_once('\n').unwrap_or((rest.trim(), ""));
        Kind { name, title, example: example.trim() }
    })
}

/// The kind of a message with this title; nothing for what a program says itself.
pub fn kind_of(title: &str) -> Option<Kind<'static>> {
    best(title, kinds())
}

/// Of some kinds the one whose title says most of this one.
pub fn best<'p>(title: &str, kinds: impl Iterator<Item = Kind<'p>>) -> Option<Kind<'p>> {
    let words = |kind: &Kind<'_>| kind.title.chars().filter(|&char| char != BLANK).count();
    kinds.filter(|kind| fits(title, kind.title)).max_by_key(words)
}

/// Whether a title is of a kind.
fn fits(title: &str, kind: &str) -> bool {
    let mut pieces = kind.split(BLANK);
    let Some(mut rest) = pieces.next().and_then(|first| title.strip_prefix(first)) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    false
}

/// What there is to say about a kind, by its name or by the title of a message.
pub fn explained(asked: &str) -> Option<String> {
    let asked = asked.trim();
    let named = kinds().find(|kind| kind.name == asked);
    let kind = named
        .or_else(|| kind_of(asked.split_once(": ").map_or(asked, |(_, title)| title)))
        .or_else(|| kind_of(asked))?;
    let mut out = format!("{}\n\n", kind.title);
    for line in kind.example.lines().filter(|line| !line.starts_with("```")) {
        out += line;
        out.push('\n');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_title_fits_its_kind_whatever_stands_in_the_blanks() {
        for (title, kind, fit) in [
            ("nothing is called `sqtr`", "nothing is called `…`", true),
            ("y was not recorded", "… was not recorded", true),
            ("y was not recorded before", "… was not recorded", false),
            ("f takes 1 to 2 arguments, found 3", "… takes … arguments, found …", true),
            ("f takes 1 to 2", "… takes … arguments, found …", false),
            ("these shapes do not line up", "these shapes do not line up", true),
            ("these shapes do not line up now", "these shapes do not line up", false),
            ("a gets b back", "… gets … to", false),
        ] {
            assert_eq!(fits(title, kind), fit, "{title} / {kind}");
        }
    }
}
