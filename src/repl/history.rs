//! What was typed, today and on earlier days.
//!
//! An input is written down before it runs, in one piece at the end of the file, while a lock keeps other
//! prompts away: a prompt that is killed has lost nothing, and two at once keep the inputs of both. A line
//! of the file is an input; in one of several lines `\n` stands for the end of a line and `\\` for `\`.
//!
//! Up looks for what begins like the line it was pressed in.

use super::keys::Desk;
use super::lines::{marked, plain};
use rustyline::history::{History, SearchDirection, SearchResult};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Inputs that are remembered.
const MOST: usize = 10_000;
/// The file is made shorter when it has this many times as many lines.
const TOO_LONG: usize = 2;
/// A longer input is not kept for next time.
const LONGEST: usize = 1 << 16;
/// What the first line of the file says.
const HEADER: &str = "#V2";

/// What Up looks for.
#[derive(Debug, Default)]
pub struct Search {
    /// What was typed when it was first pressed.
    typed: String,
    /// Whether the line is one that was found, unchanged.
    pub found: bool,
}

impl Search {
    /// Up was pressed in a line.
    pub fn begin(&mut self, line: &str) {
        if !self.found {
            self.typed = line.to_string();
        }
    }
}

/// What was typed, oldest first, as it stands in the line editor.
pub struct Past {
    entries: Vec<String>,
    desk: Arc<Mutex<Desk>>,
}

impl Past {
    /// Nothing.
    pub fn new(desk: Arc<Mutex<Desk>>) -> Past {
        Past { entries: Vec::new(), desk }
    }

    /// The newest inputs, oldest first.
    pub fn newest(&self, count: usize) -> impl Iterator<Item = String> {
        self.entries.iter().skip(self.entries.len().saturating_sub(count)).map(|line| plain(line))
    }

    fn nearest(
        &self,
        start: usize,
        direction: SearchDirection,
        matches: impl Fn(&str) -> Option<usize>,
    ) -> Option<SearchResult<'_>> {
        let at = |idx: usize| {
            let entry = self.entries.get(idx)?;
            Some(SearchResult { entry: Cow::Borrowed(entry.as_str()), idx, pos: matches(entry)? })
        };
        match direction {
            SearchDirection::Reverse => (0..self.entries.len().min(start.saturating_add(1))).rev().find_map(at),
            SearchDirection::Forward => (start..self.entries.len()).find_map(at),
        }
    }
}

impl History for Past {
    /// The nearest entry that begins like the line in which Up was pressed; after the last one that line.
    fn get(&self, index: usize, direction: SearchDirection) -> rustyline::Result<Option<SearchResult<'_>>> {
        let typed = self.desk.lock().unwrap_or_else(PoisonError::into_inner).search.typed.clone();
        let found = self.nearest(index, direction, |entry| entry.starts_with(&typed).then_some(entry.len()));
        let back = || SearchResult { pos: typed.len(), entry: Cow::Owned(typed.clone()), idx: self.entries.len() };
        Ok(found.or_else(|| (direction == SearchDirection::Forward).then(back)))
    }

    fn add(&mut self, line: &str) -> rustyline::Result<bool> {
        self.add_owned(line.to_string())
    }

    fn add_owned(&mut self, line: String) -> rustyline::Result<bool> {
        if line.trim().is_empty() || line.starts_with(char::is_whitespace) {
            return Ok(false);
        }
        // What is typed again counts from now.
        self.entries.retain(|entry| *entry != line);
        self.entries.push(line);
        if self.entries.len() > MOST {
            self.entries.remove(0);
        }
        Ok(true)
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn set_max_len(&mut self, _: usize) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_dups(&mut self, _: bool) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_space(&mut self, _: bool) {}

    fn save(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn append(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn load(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn clear(&mut self) -> rustyline::Result<()> {
        self.entries.clear();
        Ok(())
    }

    fn search(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        Ok(if term.is_empty() { None } else { self.nearest(start, direction, |entry| entry.find(term)) })
    }

    fn starts_with(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        Ok(self.nearest(start, direction, |entry| entry.starts_with(term).then_some(term.len())))
    }
}

/// The file of the history. After one failure it is left alone.
pub struct Keeper {
    path: Option<PathBuf>,
}

impl Keeper {
    /// The file that the environment names, if it wants one.
    pub fn new() -> Keeper {
        Keeper { path: path(|name| std::env::var_os(name)) }
    }

    /// Reads what was typed on earlier days. Gives a warning if it is there but cannot be read.
    pub fn load(&mut self, past: &mut Past) -> Option<String> {
        let path = self.path.as_ref().filter(|path| path.exists())?;
        match read(path) {
            Ok(entries) => {
                past.entries = entries.iter().map(|text| marked(text)).collect();
                None
            }
            Err(error) => self.warning(&error),
        }
    }

    /// Writes an input down. Gives a warning, once, if that is not possible.
    pub fn append(&mut self, text: &str) -> Option<String> {
        let path = self.path.as_ref()?;
        if text.starts_with(char::is_whitespace) || text.len() > LONGEST {
            return None;
        }
        let result = write(path, text);
        self.warning(&result.err()?)
    }

    fn warning(&mut self, error: &io::Error) -> Option<String> {
        let path = self.path.take()?;
        let path = crate::show::safe(&path.to_string_lossy()).into_owned();
        Some(format!("warning: what you type is not kept for next time: {path}: {error}"))
    }
}

/// The file, held by nobody else until it is closed.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    file.lock()?;
    Ok(file)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = open(path)?;
    let mut line = String::new();
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        line = format!("{HEADER}\n");
    } else {
        // Whoever wrote last may have been killed in the middle of a line.
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            line.push('\n');
        }
    }
    line.push_str(&text.replace('\\', "\\\\").replace('\n', "\\n"));
    line.push('\n');
    file.write_all(line.as_bytes())
}

/// The inputs in a file, oldest first, each once.
fn read(path: &Path) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    let mut file = File::open(path)?;
    file.lock_shared()?;
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut seen = HashSet::new();
    let lines = text.lines().filter(|line| *line != HEADER && !line.is_empty());
    let mut entries: Vec<&str> = lines.clone().rev().filter(|line| seen.insert(*line)).take(MOST).collect();
    entries.reverse();
    if lines.count() > MOST * TOO_LONG {
        drop(file);
        shorten(path, &entries)?;
    }
    Ok(entries.into_iter().map(unescaped).collect())
}

/// Writes the file anew. Under the lock nobody else writes, and what others wrote since is in the file, so
/// it is read again.
fn shorten(path: &Path, entries: &[&str]) -> io::Result<()> {
    let mut file = open(path)?;
    let mut now = String::new();
    file.read_to_string(&mut now)?;
    let last = entries.last().copied().unwrap_or_default();
    let later = now.rfind(&format!("\n{last}\n")).and_then(|at| now.get(at + last.len() + 2..)).unwrap_or_default();
    let text = format!("{HEADER}\n{}\n{later}", entries.join("\n"));
    file.set_len(0)?;
    file.write_all(text.as_bytes())
}

fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        match (char, char == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            (char, _) => out.push(char),
        }
    }
    out
}

/// `ADLIB_HISTORY` names the file, or nothing if it is empty; otherwise it is among the user's state.
fn path(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(path) = variable("ADLIB_HISTORY") {
        return Some(PathBuf::from(path)).filter(|path| !path.as_os_str().is_empty());
    }
    let state = set("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state =
        state.or_else(|| Some(PathBuf::from(set("HOME").or_else(|| set("USERPROFILE"))?).join(".local/state")))?;
    Some(state.join("adlib").join("history"))
}

#[cfg(test)]
mod tests {
    use super::{Keeper, Past, path};
    use crate::repl::keys::Desk;
    use rustyline::history::{History, SearchDirection};
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    fn found(variables: &[(&str, &str)]) -> Option<std::path::PathBuf> {
        path(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_environment_says_where_the_history_is() {
        assert_eq!(found(&[("HOME", "/h")]).as_deref(), Some(Path::new("/h/.local/state/adlib/history")));
        assert_eq!(found(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]).as_deref(), Some(Path::new("/s/adlib/history")));
        assert_eq!(found(&[("HOME", "/h"), ("ADLIB_HISTORY", "/x")]).as_deref(), Some(Path::new("/x")));
        assert_eq!(found(&[("HOME", "/h"), ("ADLIB_HISTORY", "")]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn two_prompts_keep_the_inputs_of_both() {
        let folder = std::env::temp_dir().join(format!("adlib-history-{}", std::process::id()));
        let file = folder.join("history");
        let (mut one, mut two) = (Keeper { path: Some(file.clone()) }, Keeper { path: Some(file.clone()) });
        for text in ["a = 1", "fn f(x) {\n    \"\\n\"\n}", " secret", "a = 1"] {
            assert_eq!(one.append(text), None);
            assert_eq!(two.append("b = 2"), None);
        }
        let mut past = Past::new(Arc::default());
        assert_eq!(one.load(&mut past), None);
        assert_eq!(past.newest(9).collect::<Vec<_>>(), ["fn f(x) {\n    \"\\n\"\n}", "a = 1", "b = 2"]);
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn up_finds_what_begins_so() {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let mut past = Past::new(desk.clone());
        for line in ["x = 1", "y = 2", "x = 3", "z"] {
            assert!(past.add(line).is_ok());
        }
        if let Ok(mut desk) = desk.lock() {
            desk.search.begin("x");
        }
        let at = |index: usize, direction| {
            past.get(index, direction).ok().flatten().map(|found| (found.entry.into_owned(), found.idx))
        };
        assert_eq!(at(3, SearchDirection::Reverse), Some(("x = 3".into(), 2)));
        assert_eq!(at(1, SearchDirection::Reverse), Some(("x = 1".into(), 0)));
        assert_eq!(at(3, SearchDirection::Forward), Some(("x".into(), 4)));
    }
}
