//! Where text comes from, and how a place in it is named.
//!
//! A session reads many texts: every line typed at the prompt, a script, its modules. They are laid
//! end to end in one space of byte positions, so a [`Span`] is two numbers and never asks which text
//! it belongs to; only drawing a message does. A recorded step remembers its place in four bytes: a
//! [`Place`], the number of a span.

use std::ops::Range;

/// A stretch of program text: byte positions in everything the session has read, end to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of the bytes from `start` up to `end`.
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span just after this one.
    pub fn after(self) -> Span {
        Span { start: self.end, end: self.end }
    }

    /// The empty span just before this one.
    pub fn before(self) -> Span {
        Span { start: self.start, end: self.start }
    }
}

/// The number of a span, small enough for every recorded step to carry one. Zero is "nowhere".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Place(pub u32);

/// One text that the session has read.
#[derive(Debug)]
pub struct Source {
    /// What messages call it: `fit.ad`, or `[3]` for the third input at the prompt.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The position of its first byte in the session's space.
    pub base: u32,
    /// Library text is never shown to a user: an error in it belongs to whoever called it.
    pub library: bool,
}

/// Every text the session has read, and every place a recorded step can name.
#[derive(Debug)]
pub struct Sources {
    list: Vec<Source>,
    places: Vec<Span>,
}

impl Default for Sources {
    fn default() -> Self {
        Sources { list: Vec::new(), places: vec![Span::default()] }
    }
}

impl Sources {
    /// Keeps a text and gives the position of its first byte, or `None` when four gigabytes are full.
    pub fn add(&mut self, name: &str, text: &str, library: bool) -> Option<u32> {
        // A gap of one byte keeps the end of one text apart from the start of the next.
        let base = self.list.last().map_or(1, |last| u64::from(last.base) + last.text.len() as u64 + 1);
        let end = base + text.len() as u64;
        if end >= u64::from(u32::MAX) {
            return None;
        }
        let base = base as u32;
        self.list.push(Source { name: name.to_string(), text: text.to_string(), base, library });
        Some(base)
    }

    /// The last text of a name.
    pub fn named(&self, name: &str) -> Option<&Source> {
        self.list.iter().rev().find(|source| source.name == name)
    }

    /// The text that holds a position.
    pub fn at(&self, position: u32) -> Option<&Source> {
        let index = self.list.partition_point(|source| source.base <= position);
        let source = self.list.get(index.checked_sub(1)?)?;
        (position as usize <= source.base as usize + source.text.len()).then_some(source)
    }

    /// The text a span belongs to, and its bytes in that text.
    pub fn locate(&self, span: Span) -> Option<(&Source, Range<usize>)> {
        let source = self.at(span.start)?;
        let start = (span.start - source.base) as usize;
        let end = (span.end.max(span.start) - source.base) as usize;
        Some((source, start..end.min(source.text.len())))
    }

    /// The characters of a span.
    pub fn text(&self, span: Span) -> &str {
        self.locate(span).and_then(|(source, range)| source.text.get(range)).unwrap_or("")
    }

    /// Line and column of a position, both counted from 1, the column in characters.
    pub fn line_column(&self, position: u32) -> Option<(usize, usize)> {
        let source = self.at(position)?;
        let before = source.text.get(..(position - source.base) as usize)?;
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some((line, before.get(start..).unwrap_or("").chars().count() + 1))
    }

    /// Gives a span a number that a recorded step can carry.
    pub fn place(&mut self, span: Span) -> Place {
        let place = Place(u32::try_from(self.places.len()).unwrap_or(0));
        if place.0 != 0 {
            self.places.push(span);
        }
        place
    }

    /// The span of a place.
    pub fn span(&self, place: Place) -> Span {
        self.places.get(place.0 as usize).copied().unwrap_or_default()
    }
}
