//! Commands that write the session to a file, read one into it, and run one beside it.

use super::{Command, Takes};
use crate::interpret::Echo;
use crate::repl::{Prompt, script};
use crate::show::safe;
use std::path::Path;

pub static SAVE: Command = Command {
    name: "save",
    takes: Takes::File,
    doc: "writes what worked as a script that shows the same",
    run: |prompt, path| {
        if path.is_empty() {
            return prompt.voice.say_aside("`:save` needs a file, as in `:save lesson.ad`");
        }
        let (text, count) = prompt.session.borrow().script();
        let path = if path.contains('.') { path.to_string() } else { format!("{path}.ad") };
        match crate::data::write(&path, text.as_bytes()) {
            Ok(()) => {
                let inputs = if count == 1 { "1 input" } else { &format!("{count} inputs") };
                let shown = safe(&path);
                prompt.voice.say(&format!("wrote {inputs} that worked to {shown}; run them with: adlib {shown}"));
            }
            Err(fail) => {
                let help = fail.helps.first().map(|help| format!("; {}", help.text)).unwrap_or_default();
                prompt.voice.say_aside(&safe(&format!("{}{help}", fail.title)));
            }
        }
    },
};

pub static LOAD: Command =
    Command { name: "load", takes: Takes::File, doc: "runs a script here, so that its names are yours", run: load };

pub static RUN: Command = Command {
    name: "run",
    takes: Takes::File,
    doc: "runs a script on its own, as `adlib FILE` does",
    run: |prompt, path| {
        let Some(text) = text(prompt, "run", path) else { return };
        let mut session = prompt.session.borrow().beside(Box::new(prompt.voice.door.clone()));
        session.set_folder(folder(path));
        prompt.run_in(&mut session, |session| session.run(path, &text, Echo::Nothing));
    },
};

/// Runs a script in the session.
pub fn load(prompt: &mut Prompt<'_>, path: &str) {
    let Some(text) = text(prompt, "load", path) else { return };
    prompt.run(|session| session.include(path, folder(path), &text));
}

/// The text of the script that a command was given, or a sentence that says what is wrong.
fn text(prompt: &mut Prompt<'_>, command: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        let data = if command == "load" { "; data is read by `load(\"data.csv\")`" } else { "" };
        prompt.voice.say_aside(&format!("`:{command}` needs a script, as in `:{command} lesson.ad`{data}"));
        return None;
    }
    match script::read(Path::new(path)) {
        Ok(text) => Some(text),
        Err(sentence) => {
            prompt.voice.say_aside(&sentence);
            None
        }
    }
}

fn folder(path: &str) -> &Path {
    Path::new(path).parent().unwrap_or(Path::new(""))
}
