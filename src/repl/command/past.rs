//! Commands about what was typed: taking it back, doing it again, forgetting it.

use super::{Command, Takes};
use crate::interpret::Turned;
use crate::repl::Prompt;
use crate::repl::preview::preview;

/// Names that a sentence lists.
const NAMES: usize = 4;
/// Inputs that `:hist` shows unless it is told.
const INPUTS: usize = 20;

pub static HIST: Command = Command {
    name: "hist",
    takes: Takes::Word("N"),
    doc: "shows what you typed last, today and before",
    run: |prompt, count| {
        let count = if count.is_empty() { Ok(INPUTS) } else { count.parse() };
        match count {
            Ok(count) => {
                let text = prompt.editor.past(count).join("\n");
                prompt.voice.say(crate::show::safe(&text).as_ref());
            }
            Err(_) => prompt.voice.say_aside("`:hist` takes a whole number, as in `:hist 50`"),
        }
    },
};

pub static UNDO: Command = Command {
    name: "undo",
    takes: Takes::Nothing,
    doc: "takes back the last input that changed a name",
    run: |prompt, _| {
        let turned = prompt.session.borrow_mut().undo();
        match turned {
            Ok(turned) => {
                let text =
                    format!("back to before [{}]{}", turned.number, names(&turned, prompt, "again", "gone again"));
                prompt.voice.say(&text);
            }
            Err(sentence) => prompt.voice.say_aside(sentence),
        }
    },
};

pub static REDO: Command = Command {
    name: "redo",
    takes: Takes::Nothing,
    doc: "does again what was taken back last",
    run: |prompt, _| {
        let turned = prompt.session.borrow_mut().redo();
        match turned {
            Ok(turned) => {
                let text = format!("did [{}] again{}", turned.number, names(&turned, prompt, "again", "gone"));
                prompt.voice.say(&text);
            }
            Err(sentence) => prompt.voice.say_aside(sentence),
        }
    },
};

pub static RESET: Command = Command {
    name: "reset",
    takes: Takes::Nothing,
    doc: "forgets every name, and what could be taken back",
    run: |prompt, _| {
        let count = prompt.session.borrow().names().len();
        prompt.session.borrow_mut().reset();
        prompt.voice.say(&match count {
            1 => "forgot 1 name".to_string(),
            count => format!("forgot {count} names"),
        });
    },
};

/// `; c is 383.529 again`
fn names(turned: &Turned, prompt: &Prompt<'_>, held: &str, gone: &str) -> String {
    let room = prompt.voice.look.width.saturating_sub(40).clamp(10, 40);
    match &turned.names[..] {
        [] => String::new(),
        [(name, Some(value))] => format!("; {name} is {} {held}", preview(value, room)),
        [(name, None)] => format!("; {name} is {gone}"),
        names => {
            let list: Vec<&str> = names.iter().take(NAMES).map(|(name, _)| &**name).collect();
            let more = names.len().saturating_sub(NAMES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("; {}{more} are as they were", list.join(", "))
        }
    }
}
