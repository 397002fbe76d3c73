//! What Tab offers: names, members after a dot, the names of arguments, files inside a string, commands and
//! what they take. Nothing is evaluated for it.

use super::call::around;
use super::command::{self, Takes};
use super::lines::plain;
use super::settings;
use super::words::named_functions;
use crate::data::SETS;
use crate::interpret::{CONSTANTS, Session};
use crate::syntax::KEYWORDS;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// Words that mean something at the prompt only.
const WORDS: &[&str] = &["quit", "exit"];

/// Knows what can be written at a place.
pub struct Completions {
    session: Rc<RefCell<Session>>,
}

impl Completions {
    /// Those of a session.
    pub fn new(session: Rc<RefCell<Session>>) -> Completions {
        Completions { session }
    }

    /// Where the unfinished word before a position begins, and what it could become.
    pub fn at(&self, line: &str, pos: usize) -> (usize, Vec<String>) {
        let before = line.get(..pos).unwrap_or_default();
        if let Some(rest) = before.strip_prefix(':')
            && let Some(offered) = command(rest)
        {
            return offered;
        }
        if let Some(start) = open_string(before) {
            let path = before.get(start..).unwrap_or_default();
            let (place, mut found) = files(start, path);
            if before.ends_with(&format!("load(\"{path}")) {
                found.extend(SETS.iter().filter(|set| set.starts_with(path)).map(|set| set.to_string()));
            }
            return (place, found);
        }
        let start = word_start(before, in_name);
        let word = before.get(start..).unwrap_or_default();
        // While a program runs nobody types; if somebody did, there would be nothing to offer.
        let Ok(session) = self.session.try_borrow() else { return (start, Vec::new()) };
        // What belongs to the value comes before what could be done with it.
        let mut members: Vec<String> = Vec::new();
        let mut names: Vec<String> = functions(&session).collect();
        if let Some(owner) = before.get(..start).and_then(|rest| rest.strip_suffix('.')) {
            let path = owner.get(word_start(owner, |char| in_name(char) || char == '.')..).unwrap_or_default();
            members = session.members(path).iter().map(|name| name.to_string()).collect();
        } else {
            if let Some(call) =
                around(&plain(before.get(..start).unwrap_or_default()), &session).filter(|call| call.fresh)
            {
                members = call.keywords();
            }
            names.extend(session.names().iter().map(|name| name.to_string()));
            names.extend(KEYWORDS.iter().chain(CONSTANTS).chain(WORDS).map(|name| name.to_string()));
        }
        names.retain(|name| !members.contains(name));
        names.sort_unstable();
        names.dedup();
        let names = members.into_iter().chain(names).filter(|name| name.starts_with(word)).collect();
        (start, names)
    }
}

/// Commands, and what the one that is typed takes; nothing for code.
fn command(rest: &str) -> Option<(usize, Vec<String>)> {
    let Some((name, argument)) = rest.split_once(' ') else {
        let names = command::ALL.iter().map(|command| command.name);
        return Some((1, names.filter(|name| name.starts_with(rest)).map(str::to_string).collect()));
    };
    let start = 1 + rest.len() - argument.len();
    match command::ALL.iter().find(|command| command.name == name)?.takes {
        Takes::Code | Takes::Word("NAME") => None,
        Takes::Nothing | Takes::Word(_) => Some((start, Vec::new())),
        Takes::File => Some(files(start, argument)),
        Takes::Setting => Some(match argument.split_once(' ') {
            None => {
                let names = settings::ALL.iter().map(|setting| setting.name);
                (start, names.filter(|name| name.starts_with(argument)).map(|name| format!("{name} ")).collect())
            }
            Some((name, value)) => {
                let values = settings::ALL.iter().find(|setting| setting.name == name).map_or(&[][..], |it| it.values);
                let fits = values.iter().filter(|known| known.starts_with(value)).map(|known| known.to_string());
                (start + name.len() + 1, fits.collect())
            }
        }),
    }
}

/// Every function: ours, and those of the program.
fn functions(session: &Session) -> impl Iterator<Item = String> {
    let theirs = session.names().into_iter().filter(|name| session.get(name).is_some_and(|value| value.is_function()));
    named_functions()
        .filter(|name| !KEYWORDS.contains(name))
        .map(str::to_string)
        .chain(theirs.map(|name| name.to_string()))
}

fn in_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn word_start(text: &str, part: impl Fn(char) -> bool) -> usize {
    text.trim_end_matches(part).len()
}

/// Where the string begins in whose middle a text ends.
fn open_string(text: &str) -> Option<usize> {
    let mut open = None;
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' if open.is_some() => escaped = true,
            '"' => open = if open.is_some() { None } else { Some(at + 1) },
            '#' if open.is_none() => return None,
            '\n' => open = None,
            _ => {}
        }
    }
    open
}

/// The files that a path in a string could become; folders end in a slash.
fn files(start: usize, path: &str) -> (usize, Vec<String>) {
    let (folder, name) = match path.rfind('/') {
        Some(slash) => path.split_at(slash + 1),
        None => ("", path),
    };
    let place = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let mut found: Vec<String> = entries
        .filter_map(|entry| {
            let found = entry.file_name().into_string().ok()?;
            let hidden = found.starts_with('.') && !name.starts_with('.');
            // A name that would need escapes in a string is left to whoever gave it.
            let plain = !found.contains(['"', '\\', '{', '}']) && !found.contains(char::is_control);
            let end = if entry.path().is_dir() { "/" } else { "" };
            (plain && !hidden && found.starts_with(name)).then(|| found + end)
        })
        .collect();
    found.sort_unstable();
    (start + folder.len(), found)
}

#[cfg(test)]
mod tests {
    use super::Completions;
    use crate::interpret::Session;
    use std::cell::RefCell;
    use std::rc::Rc;

    fn offered(line: &str) -> (usize, Vec<String>) {
        let mut session = Session::default();
        assert!(session.input("weights = (left = 1, right = (up = 2, upper = 3)); fn weigh(x) { x }").is_ok());
        Completions::new(Rc::new(RefCell::new(session))).at(line, line.len())
    }

    #[test]
    fn names_are_offered_where_they_fit() {
        assert_eq!(offered("y = weig"), (4, vec!["weigh".into(), "weights".into()]));
        assert_eq!(offered("sqr(weights.lef"), (12, vec!["left".into()]));
        assert_eq!(offered("weights.right.up"), (14, vec!["up".into(), "upper".into()]));
        assert_eq!(offered("weights.weig"), (8, vec!["weigh".into()]));
        assert_eq!(offered("reco").1, ["record"]);
        assert!(offered("?sqr").1.contains(&"sqrt".to_string()));
        assert!(offered("nothing.here.qq").1.is_empty());
    }

    #[test]
    fn arguments_and_commands_are_offered() {
        assert_eq!(offered("sum(weights, ax"), (13, vec!["axis = ".into()]));
        assert_eq!(offered("weigh(").1.first().map(String::as_str), Some("x = "));
        assert_eq!(offered(":un"), (1, vec!["undo".into()]));
        assert_eq!(offered(":set hi"), (5, vec!["hints ".into()]));
        assert_eq!(offered(":set hints o"), (11, vec!["on".into(), "off".into()]));
        assert_eq!(offered(":time weights"), (6, vec!["weights".into()]));
        assert_eq!(offered(":load src/re"), (10, vec!["repl/".into()]));
        assert_eq!(offered("load(\"ir").1, ["iris"]);
    }

    #[test]
    fn files_are_offered_inside_a_string() {
        assert_eq!(offered("load(\"src/re"), (10, vec!["repl/".into()]));
        assert_eq!(offered("load(\"src/\" + \"Cargo.t"), (15, vec!["Cargo.toml".into()]));
    }
}
