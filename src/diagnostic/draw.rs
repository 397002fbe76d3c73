//! Messages as a person sees them: the only file that names `annotate-snippets`.
//!
//! That crate panics on spans outside its text and prints as much as a span covers. Spans here come
//! from anywhere, the text from anyone, so everything is first cut to what can be shown: a span to one
//! line, that line to the width of the screen, and a library's text to the call that led into it.

use super::safe::safe;
use super::{Diagnostic, Edit, Help, Level};
use crate::source::{Source, Sources, Span};
use annotate_snippets::renderer::{DecorStyle, Renderer};
use annotate_snippets::{Annotation, AnnotationKind, Level as Heading, Patch, Snippet};
use std::borrow::Cow;
use std::ops::Range;

/// What the screen can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Colours, as escape sequences.
    pub color: bool,
    /// Box-drawing characters, or ASCII in their place.
    pub unicode: bool,
    /// Columns on a line.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Look {
        Look { color: false, unicode: true, width: 80 }
    }
}

/// Calls shown of a chain.
const CALLS: usize = 5;
/// Characters of a label.
const LABEL: usize = 200;
/// Bytes on a line of a patch, and lines: what is longer is described but not drawn.
const PATCH_LINE: usize = 300;
const PATCH_LINES: usize = 12;

/// Draws a message: its title, the lines it is about with their labels, notes and remedies.
pub fn draw(d: &Diagnostic, sources: &Sources, look: Look) -> String {
    let width = look.width.max(40);
    let (marks, used) = marks(d, sources, width);
    let mut group = heading(d.level).primary_title(safe(&d.problem.title).into_owned()).elements(snippets(&marks));
    for note in &d.problem.notes {
        group = group.element(Heading::NOTE.message(safe(note).into_owned()));
    }
    if let Some(chain) = chain(d.calls.get(used..).unwrap_or_default(), sources) {
        group = group.element(Heading::NOTE.message(chain));
    }
    let mut groups = Vec::new();
    for help in &d.problem.helps {
        let text = safe(&help.text).into_owned();
        match patches(help, sources) {
            Shown::Words => group = group.element(Heading::HELP.message(text)),
            Shown::Patch(snippet) => groups.push(Heading::HELP.secondary_title(text).element(snippet)),
            Shown::Not => {}
        }
    }
    groups.insert(0, group);
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if look.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    let drawn = renderer.decor_style(decor).term_width(width).render(&groups);
    drawn.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The text with the edits of a help made, or `None` if they do not all lie in it, apart from each other.
/// `base` is the position of the text's first byte, as [`Sources::add`] gave it.
pub fn patched(text: &str, base: u32, edits: &[Edit<Span>]) -> Option<String> {
    let mut edits: Vec<(Range<usize>, &str)> = edits
        .iter()
        .map(|edit| {
            let (span, new) = replacement(edit);
            let start = span.start.checked_sub(base)? as usize;
            let end = span.end.checked_sub(base)? as usize;
            Some((start..end, new))
        })
        .collect::<Option<_>>()?;
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in edits {
        text.get(range.clone())?;
        out.push_str(text.get(done..range.start)?);
        out.push_str(new);
        done = range.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// An edit as a span and what to put in its place.
fn replacement(edit: &Edit<Span>) -> (Span, &str) {
    match edit {
        Edit::Before(span, text) => (span.before(), text),
        Edit::After(span, text) => (span.after(), text),
        Edit::Replace(span, text) => (*span, text),
    }
}

fn heading(level: Level) -> Heading<'static> {
    match level {
        Level::Error => Heading::ERROR,
        Level::Warning => Heading::WARNING,
        Level::Note => Heading::NOTE,
    }
}

/// One place to underline.
struct Mark<'a> {
    source: &'a Source,
    range: Range<usize>,
    text: String,
    kind: AnnotationKind,
}

/// The places to underline, the primary one first, and how many calls at the front of the chain they
/// make superfluous: an error inside a library is shown at the call that led into it.
fn marks<'a>(d: &Diagnostic, sources: &'a Sources, width: usize) -> (Vec<Mark<'a>>, usize) {
    let mark = |span: Span, text: &str, kind: AnnotationKind| {
        let (source, range) = visible(span, sources)?;
        let range = one_line(&source.text, range, width);
        let text: String = safe(text).replace(['\n', '\t'], " ");
        Some(Mark { source, range, text: shortened(text), kind })
    };
    let Some((span, text)) = d.problem.labels.first() else {
        return (Vec::new(), 0);
    };
    let (primary, used) = match mark(*span, text, AnnotationKind::Primary) {
        Some(primary) => (Some(primary), 0),
        None => match d.calls.iter().position(|(_, call)| visible(*call, sources).is_some()) {
            Some(index) => {
                (d.calls.get(index).and_then(|(_, call)| mark(*call, text, AnnotationKind::Primary)), index + 1)
            }
            None => (None, 0),
        },
    };
    let Some(primary) = primary else {
        return (Vec::new(), 0);
    };
    let mut marks = vec![primary];
    for (span, text) in d.problem.labels.iter().skip(1) {
        let Some(mark) = mark(*span, text, AnnotationKind::Context) else { continue };
        if marks.iter().all(|other| fits(&mark, other, width)) {
            marks.push(mark);
        }
    }
    (marks, used)
}

/// Where a span stands, if a user may see it.
fn visible(span: Span, sources: &Sources) -> Option<(&Source, Range<usize>)> {
    let (source, range) = sources.locate(span)?;
    (!source.library).then_some((source, range))
}

/// A range cut to the first line that it shows something of, to whole characters, and to about what
/// fits on a line of the screen. An empty range after the last line moves to the end of what is written.
fn one_line(text: &str, range: Range<usize>, width: usize) -> Range<usize> {
    let first = boundary(text, range.start);
    let mut start = first;
    let mut end = boundary(text, range.end).max(start);
    let inside = text.get(start..end).unwrap_or_default();
    start += inside.len() - inside.trim_start().len();
    if start == end {
        let at = first.min(text.trim_end().len());
        return at..at;
    }
    let rest = text.get(start..end).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default().trim_end();
    end = start + line.len();
    // The label needs room too.
    let most = (width * 2 / 3).max(20);
    if let Some((cut, _)) = line.char_indices().nth(most) {
        end = start + cut;
    }
    start..end
}

/// The nearest place before a byte where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Whether two marks can be drawn together: on a line longer than the screen only if they are near.
fn fits(mark: &Mark<'_>, other: &Mark<'_>, width: usize) -> bool {
    if mark.source.base != other.source.base {
        return true;
    }
    let left = mark.range.start.min(other.range.start);
    let right = mark.range.end.max(other.range.end);
    let text = &mark.source.text;
    let columns = |at: usize| at - line_start(text, at);
    right - left <= width * 2 / 3 || columns(mark.range.end).max(columns(other.range.end)) <= width
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// One snippet for every text that has a mark, that of the primary one first.
fn snippets<'a>(marks: &'a [Mark<'a>]) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut bases: Vec<u32> = Vec::new();
    for mark in marks {
        if !bases.contains(&mark.source.base) {
            bases.push(mark.source.base);
        }
    }
    let snippet = |base: u32| {
        let mut of_text = marks.iter().filter(move |mark| mark.source.base == base).peekable();
        let source = of_text.peek()?.source;
        let annotation = |mark: &'a Mark<'a>| {
            let label = Some(mark.text.as_str()).filter(|text| !text.is_empty());
            mark.kind.span(mark.range.clone()).label(label)
        };
        Some(
            Snippet::source(shown(&source.text))
                .path(safe(&source.name).replace('\n', " "))
                .annotations(of_text.map(annotation)),
        )
    };
    bases.into_iter().filter_map(snippet).collect()
}

/// A text without the control characters that `annotate-snippets` lets through, each replaced by one that
/// takes as many bytes, so that spans stay right.
fn shown(text: &str) -> Cow<'_, str> {
    let replaced = |char: char| match char {
        '\u{80}'..='\u{9f}' => '\u{bf}',
        '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => '\u{fffd}',
        _ => char,
    };
    if text.is_ascii() || text.chars().all(|char| replaced(char) == char) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(replaced).collect())
}

/// The calls that led to the place, one a line, leaving out those inside a library.
fn chain(calls: &[(String, Span)], sources: &Sources) -> Option<String> {
    let mut lines = Vec::new();
    let mut more = 0;
    for (name, call) in calls {
        let Some((source, _)) = visible(*call, sources) else { continue };
        if lines.len() == CALLS {
            more += 1;
            continue;
        }
        let place = match sources.line_column(call.start) {
            Some((line, column)) => format!("{}:{line}:{column}", source.name),
            None => source.name.clone(),
        };
        lines.push(safe(&format!("in {name}, called at {place}")).replace('\n', " "));
    }
    if more > 0 {
        lines.push(format!("… {} more", super::grouped(more)));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// How a remedy is shown.
enum Shown<'a> {
    Words,
    Patch(Snippet<'a, Patch<'a>>),
    /// It is about text that the user did not write.
    Not,
}

/// A remedy as a patch, if it has edits, they can be made, and they fit on the screen.
fn patches<'a>(help: &'a Help<Span>, sources: &'a Sources) -> Shown<'a> {
    let edits: Vec<(Span, &str)> = help.edits.iter().map(replacement).collect();
    let Some((first, _)) = edits.first() else {
        return Shown::Words;
    };
    let Some(source) = sources.at(first.start) else {
        return Shown::Words;
    };
    if source.library {
        return Shown::Not;
    }
    let text = &source.text;
    let local = |position: u32| position.saturating_sub(source.base) as usize;
    let start = line_start(text, edits.iter().map(|(span, _)| local(span.start)).min().unwrap_or(0));
    let end = edits.iter().map(|(span, _)| local(span.end)).max().unwrap_or(0);
    let tail = text.get(end..).unwrap_or_default();
    let old = text.get(start..end + tail.find('\n').unwrap_or(tail.len())).unwrap_or_default();
    match patched(old, source.base.saturating_add(start as u32), &help.edits) {
        Some(new) if drawable(old, &new) => {}
        _ => return Shown::Words,
    }
    // Edits that touch each other would be drawn wrong, so they become one.
    let mut joined: Vec<(Range<usize>, String)> = Vec::new();
    let mut sorted = edits;
    sorted.sort_by_key(|(span, _)| (span.start, span.end));
    for (span, new) in sorted {
        let range = local(span.start)..local(span.end);
        match joined.last_mut() {
            Some((last, text)) if last.end == range.start => {
                last.end = range.end;
                text.push_str(new);
            }
            _ => joined.push((range, new.to_string())),
        }
    }
    let patch = |(range, new): (Range<usize>, String)| Patch::new(range, safe(&new).into_owned());
    Shown::Patch(Snippet::source(shown(text)).patches(joined.into_iter().map(patch)))
}

/// Whether the change of some lines can be drawn: short, and not a removal of lines, which comes out
/// wrong or panics.
fn drawable(old: &str, new: &str) -> bool {
    let count = |text: &str| text.split('\n').count();
    let short = |text: &str| count(text) <= PATCH_LINES && text.lines().all(|line| line.len() <= PATCH_LINE);
    old != new && !new.trim().is_empty() && count(old) <= count(new) && short(old) && short(new)
}
