//! What is typed at the prompt but is no program: `?sqrt`, `help`, `quit`. A variable of the same name
//! comes first.

use super::command;
use crate::builtin::{self, topics};
use crate::diagnostic::suggest::did_you_mean;
use crate::interpret::{CONSTANTS, Session};
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
pub fn meaning(text: &str, session: &Session, width: usize) -> Meaning {
    let word = text.trim();
    if word.starts_with(':') {
        return Meaning::Command;
    }
    if let Some(name) = word.strip_prefix('?').or_else(|| word.strip_suffix('?')) {
        let name = name.trim().trim_end_matches("()");
        return Meaning::Say(if name.is_empty() { overview(width) } else { explain(name, session) });
    }
    // Keywords are no values, so `help(record)` cannot be a call.
    if let Some(name) = word.strip_prefix("help(").and_then(|rest| rest.strip_suffix(')'))
        && KEYWORDS.contains(&name.trim())
    {
        return Meaning::Say(explain(name.trim(), session));
    }
    let taken = || session.names().iter().any(|name| &**name == word);
    match word {
        "quit" | "exit" | "quit()" | "exit()" if !taken() => Meaning::Leave,
        "help" | "help()" if !taken() => Meaning::Say(overview(width)),
        _ => Meaning::Program,
    }
}

/// What there is to know about a name.
fn explain(name: &str, session: &Session) -> String {
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
    let variables = session.names();
    let ours: Vec<&str> = named_functions().collect();
    let known =
        variables.iter().map(|name| &**name).chain(ours).chain(KEYWORDS.iter().chain(CONSTANTS).map(|name| &**name));
    match did_you_mean(name, known) {
        Some(right) => format!("nothing is called `{name}`; did you mean `{right}`?"),
        None => format!("nothing is called `{name}`; `help` lists what there is"),
    }
}

/// Our functions that have a name rather than a sign.
pub fn named_functions() -> impl Iterator<Item = &'static str> {
    builtin::all().map(|builtin| builtin.name).filter(|name| name.starts_with(char::is_alphabetic))
}

/// What there is, on one screen.
fn overview(width: usize) -> String {
    let mut text = String::from(
        "?name explains a function, a word or a variable: ?sqrt\n\
         Tab completes, Up brings back what you typed, Ctrl-R searches it\n\
         Ctrl-C stops what runs, Ctrl-D or quit leaves; ans is the last value shown\n",
    );
    text.push_str(&format!("\ncommands\n{}\n", command::list()));
    let mut functions: Vec<&str> = named_functions().filter(|name| !KEYWORDS.contains(name)).collect();
    functions.sort_unstable();
    for (title, names) in [("words", KEYWORDS), ("functions", functions.as_slice())] {
        text.push_str(&format!("\n{title}\n{}", wrapped(names, width.clamp(20, 100))));
    }
    text.trim_end().to_string()
}

/// Names in lines that begin with two blanks.
fn wrapped(names: &[&str], width: usize) -> String {
    let mut lines = vec![String::from(" ")];
    for name in names {
        if let Some(line) = lines.last_mut() {
            if line.len() + 1 + name.len() > width {
                lines.push(format!("  {name}"));
            } else {
                line.push(' ');
                line.push_str(name);
            }
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::{Meaning, explain, meaning};
    use crate::interpret::Session;
    use crate::syntax::KEYWORDS;

    #[test]
    fn every_keyword_is_explained() {
        assert!(KEYWORDS.iter().all(|name| explain(name, &Session::default()).contains('\n')));
    }

    #[test]
    fn a_variable_comes_before_a_word() {
        let mut session = Session::default();
        assert_eq!(meaning(" quit ", &session, 80), Meaning::Leave);
        assert!(session.input("quit = 3").is_ok());
        assert_eq!(meaning("quit", &session, 80), Meaning::Program);
        assert_eq!(explain("quit", &session), "quit is a number");
        assert_eq!(explain("sqtr", &session), "nothing is called `sqtr`; did you mean `sqrt`?");
    }
}
