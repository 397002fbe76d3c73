//! Commands about the prompt itself.

use super::{Command, Takes};
use crate::repl::{settings, tour, words};

pub static SET: Command = Command {
    name: "set",
    takes: Takes::Setting,
    doc: "changes a setting; alone it lists them",
    run: |prompt, text| {
        if text.is_empty() {
            let list = settings::list(prompt);
            return prompt.voice.say(&list);
        }
        if let Err(sentence) = settings::set(prompt, text) {
            prompt.voice.say_aside(&sentence);
        }
    },
};

pub static TOUR: Command = Command {
    name: "tour",
    takes: Takes::Word("STEP"),
    doc: "teaches, one step at a time; `:tour off` ends it",
    run: tour::go,
};

pub static HELP: Command = Command {
    name: "help",
    takes: Takes::Word("NAME"),
    doc: "explains a name, as ?name does; alone it shows this",
    run: |prompt, name| {
        let text = words::explain(name, &prompt.session.borrow());
        prompt.explain(&text);
    },
};

pub static QUIT: Command =
    Command { name: "quit", takes: Takes::Nothing, doc: "leaves", run: |prompt, _| prompt.left = true };
