//! What is typed at the prompt but is no program: `?sqrt`, `help`, `quit`. A variable of the same name
//! comes first.

use super::command;
use crate::builtin::library::MODULES;
use crate::builtin::{self, manual, topics};
use crate::diagnostic::suggest::did_you_mean;
use crate::interpret::{CONSTANTS, Session};
use crate::show::safe;
use crate::syntax::KEYWORDS;
use crate::value::Value;

/// What an input asks for.
#[derive(Debug, PartialEq)]
pub enum Meaning {
    /// To be run.
    Program,
    /// To be told something.
    Say(String),
    /// To leave.
    Leave,
    /// A command, which begins with a colon.
    Command,
}

/// What an input asks for.
pub fn meaning(text: &str, session: &Session) -> Meaning {
    let word = text.trim();
    if word.starts_with(':') {
        return Meaning::Command;
    }
    if let Some(sentence) = elsewhere(word) {
        return Meaning::Say(sentence);
    }
    let taken = |name: &str| session.names().iter().any(|known| &**known == name);
    let called = || word.strip_prefix("help(").and_then(|rest| rest.strip_suffix(')')).filter(|_| !taken("help"));
    if let Some(name) = word.strip_prefix('?').or_else(|| word.strip_suffix('?')) {
        return Meaning::Say(explain(name.trim().trim_end_matches("()"), session));
    }
    // What is explained needs no value: a keyword has none, and what is not there has a neighbour.
    if let Some(name) = called().filter(|name| name.chars().all(|char| char.is_alphanumeric() || "_.".contains(char))) {
        return Meaning::Say(explain(name, session));
    }
    match word {
        "quit" | "exit" | "quit()" | "exit()" if !taken(word) => Meaning::Leave,
        "help" if !taken(word) => Meaning::Say(overview()),
        "who" | "whos" | "clear" if !taken(word) => {
            elsewhere(&format!("%{word}")).map_or(Meaning::Program, Meaning::Say)
        }
        _ => Meaning::Program,
    }
}

/// How something is written here that begins as a command does at other prompts.
fn elsewhere(text: &str) -> Option<String> {
    if text.starts_with('!') && !text.starts_with("!=") {
        return Some("there is no shell here; Ctrl-Z goes to yours, and fg comes back".to_string());
    }
    let rest = text.strip_prefix('%')?.trim_start_matches('%');
    let (name, argument) = rest.split_once(' ').unwrap_or((rest, ""));
    let ours = match name {
        "timeit" => "time",
        "prun" | "lprun" | "memit" => "prof",
        "who" | "whos" => "vars",
        "clear" => "reset",
        "history" => "hist",
        "paste" | "cpaste" => return Some("what is pasted is one input here, however long".to_string()),
        other => command::ALL.iter().map(|command| command.name).find(|known| *known == other)?,
    };
    Some(safe(format!("commands begin with a colon here: `:{ours} {argument}").trim_end()).into_owned() + "`")
}

/// What there is to know about a name; without one, what there is.
pub fn explain(name: &str, session: &Session) -> String {
    match name {
        "" => return overview(),
        "functions" if session.get(name).is_none() => return functions(),
        _ => {}
    }
    if KEYWORDS.contains(&name)
        && let Some(text) = topics::find(name)
    {
        return text.to_string();
    }
    match session.get(name) {
        Some(value) if !value.is_function() && !matches!(value, Value::Module(_)) => {
            return format!("{name} is {}", value.kind());
        }
        _ => {}
    }
    if let Some(text) = session.describe(name) {
        return text;
    }
    if session.get(name).is_some() {
        return format!("{name} is a function");
    }
    if MODULES.iter().any(|(module, _)| Some(*module) == name.split('.').next()) {
        let module = name.split('.').next().unwrap_or_default();
        return format!("{module} is a module: `import {module}` first, then ?{name} explains it");
    }
    let variables = session.names();
    let ours: Vec<&str> = named_functions().collect();
    let known =
        variables.iter().map(|name| &**name).chain(ours).chain(KEYWORDS.iter().chain(CONSTANTS).map(|name| &**name));
    match did_you_mean(name, known) {
        Some(right) => format!("nothing is called `{name}`; did you mean `{right}`?"),
        None => format!("nothing is called `{name}`; `help` lists what there is"),
    }
}

/// Functions that have a name rather than a sign, those written in the language included.
pub fn named_functions() -> impl Iterator<Item = &'static str> {
    let ours = builtin::all().map(|builtin| builtin.name).filter(|name| name.starts_with(char::is_alphabetic));
    ours.chain(builtin::library::names())
}

/// What there is, on one screen.
fn overview() -> String {
    format!(
        "?name explains a function, a word or a variable: ?sqrt; ?functions lists them\n\
         Tab completes, Up brings back what you typed, Ctrl-R searches it\n\
         Ctrl-C stops what runs, Ctrl-D or quit leaves; ans is the last value shown\n\n{}",
        command::list()
    )
}

/// Words and functions, by subject.
fn functions() -> String {
    let list = |title: &str, names: &[&str]| format!("{title}\n  {}", names.join(" "));
    let modules: Vec<&str> = MODULES.iter().map(|(name, _)| *name).collect();
    let mut lists = vec![list("Words", KEYWORDS)];
    for (title, mut names) in manual::subjects() {
        names.retain(|name| !KEYWORDS.contains(name));
        if !names.is_empty() {
            lists.push(list(&title, &names));
        }
    }
    lists.push(list("Modules to import", &modules));
    lists.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Meaning, elsewhere, explain, meaning};
    use crate::interpret::Session;
    use crate::syntax::KEYWORDS;

    #[test]
    fn every_keyword_is_explained() {
        assert!(KEYWORDS.iter().all(|name| explain(name, &Session::default()).contains('\n')));
    }

    #[test]
    fn a_variable_comes_before_a_word() {
        let mut session = Session::default();
        assert_eq!(meaning(" quit ", &session), Meaning::Leave);
        assert!(session.input("quit = 3").is_ok());
        assert_eq!(meaning("quit", &session), Meaning::Program);
        assert_eq!(elsewhere("%whos").as_deref(), Some("commands begin with a colon here: `:vars`"));
        assert_eq!(elsewhere("%timeit f(x)").as_deref(), Some("commands begin with a colon here: `:time f(x)`"));
        assert!(elsewhere("!ls").is_some() && elsewhere("%nothing").is_none() && elsewhere("x % 2").is_none());
        assert_eq!(explain("quit", &session), "quit is a number");
        assert_eq!(explain("sqtr", &session), "nothing is called `sqtr`; did you mean `sqrt`?");
    }
}
