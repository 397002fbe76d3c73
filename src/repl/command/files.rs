//! Commands that write the session to a file and read one into it.

use super::{Command, Takes};
use crate::show::safe;

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
            Err(fail) => prompt.voice.say_aside(&format!("error: {}", safe(&fail.title))),
        }
    },
};

pub static LOAD: Command = Command {
    name: "load",
    takes: Takes::File,
    doc: "runs a script here, so that its names are yours",
    run: |prompt, path| {
        if path.is_empty() {
            return prompt.voice.say_aside("`:load` needs a script, as in `:load lesson.ad`; data is read by `load`");
        }
        match std::fs::read_to_string(path) {
            Ok(text) => prompt.run(|session| session.include(path, &text)),
            Err(error) => prompt.voice.say_aside(&format!("error: {} cannot be read: {error}", safe(path))),
        }
    },
};
