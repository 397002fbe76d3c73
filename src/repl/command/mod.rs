//! What begins with `:` at the prompt. It is about the session and never part of the language, so that a
//! session saved as a script is nothing but a program.
//!
//! A command is one literal; `:help` and completion read the list.

mod edit;
mod files;
mod look;
mod past;
mod steer;

use super::Prompt;
use crate::diagnostic::suggest::did_you_mean;
use crate::show::safe;

/// One command.
pub struct Command {
    /// What is typed after the colon.
    pub name: &'static str,
    /// What is typed after the name.
    pub takes: Takes,
    /// What it does: half a sentence.
    pub doc: &'static str,
    run: fn(&mut Prompt<'_>, &str),
}

/// What is typed after the name of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A program, of several lines if need be.
    Code,
    /// The path of a file.
    File,
    /// A setting and what it should be.
    Setting,
    /// A word of its own, shown so in help.
    Word(&'static str),
}

/// Every command, in the order of help.
pub static ALL: &[&Command] = &[
    &look::VARS,
    &look::SHAPE,
    &look::TIME,
    &look::PROF,
    &look::COPY,
    &past::HIST,
    &past::UNDO,
    &past::REDO,
    &past::RESET,
    &files::SAVE,
    &files::LOAD,
    &files::RUN,
    &edit::EDIT,
    &steer::SET,
    &steer::TOUR,
    &steer::HELP,
    &steer::QUIT,
];

impl Takes {
    fn shown(self) -> &'static str {
        match self {
            Takes::Nothing => "",
            Takes::Code => "CODE",
            Takes::File => "FILE",
            Takes::Setting => "NAME VALUE",
            Takes::Word(word) => word,
        }
    }
}

/// The part of an input that is program; nothing of a question or of a command that takes none.
pub fn code_of(text: &str) -> Option<&str> {
    let trimmed = text.trim_start();
    if trimmed.starts_with('?') {
        return None;
    }
    let Some(rest) = trimmed.strip_prefix(':') else { return Some(text) };
    let (name, argument) = parts(rest);
    find(name).ok().filter(|command| command.takes == Takes::Code).map(|_| argument)
}

fn parts(text: &str) -> (&str, &str) {
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (name, argument.trim())
}

/// The command with a name, or with a name that only it begins with.
fn find(name: &str) -> Result<&'static Command, String> {
    if let Some(command) = ALL.iter().find(|command| command.name == name) {
        return Ok(command);
    }
    let mut begins = ALL.iter().filter(|command| !name.is_empty() && command.name.starts_with(name));
    if let (Some(command), None) = (begins.next(), begins.next()) {
        return Ok(command);
    }
    let near = did_you_mean(name, ALL.iter().map(|command| command.name));
    let help =
        near.map_or_else(|| "`:help` lists what there is".to_string(), |near| format!("did you mean `:{near}`?"));
    Err(format!("there is no command `:{}`; {help}", safe(name)))
}

/// Runs an input that begins with a colon.
pub fn run(prompt: &mut Prompt<'_>, text: &str) {
    let (name, argument) = parts(text.trim_start().trim_start_matches(':'));
    match find(name) {
        Ok(command) if command.takes == Takes::Nothing && !argument.is_empty() => {
            prompt.voice.say_aside(&format!("`:{}` takes nothing, found `{}`", command.name, safe(argument)));
        }
        Ok(command) if command.takes == Takes::Code && argument.is_empty() => {
            prompt.voice.say_aside(&format!("`:{0}` needs something to run, as in `:{0} sum(x)`", command.name));
        }
        Ok(command) => (command.run)(prompt, argument),
        Err(sentence) => prompt.voice.say_aside(&sentence),
    }
}

/// Every command with what it takes and does.
pub fn list() -> String {
    let line = |command: &&Command| {
        format!("  {:<18} {}", format!(":{} {}", command.name, command.takes.shown()).trim_end(), command.doc)
    };
    ALL.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{ALL, find, list};

    #[test]
    fn the_list_fits_on_a_screen_and_a_few_letters_are_enough() {
        assert!(list().lines().all(|line| line.len() < 80), "{}", list());
        for command in ALL {
            assert!(find(command.name).is_ok_and(|found| found.name == command.name));
        }
        assert!(find("und").is_ok_and(|found| found.name == "undo"));
        assert!(find("re").is_err() && find("").is_err());
    }
}
