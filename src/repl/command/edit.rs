//! `:edit`: an input, or a script, in the editor that the user likes best.
//!
//! What was saved runs as if it had been typed; an editor that is left without saving changes nothing.

use super::{Command, Takes, files};
use crate::array::limits;
use crate::repl::{Prompt, terminal};
use crate::show::safe;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The editor of somebody who named none.
const USUAL: &str = if cfg!(windows) { "notepad" } else { "vi" };

pub static EDIT: Command = Command {
    name: "edit",
    takes: Takes::Word("NAME"),
    doc: "opens your editor on the last input, a name, [3] or a file",
    run: |prompt, wanted| match what(prompt, wanted) {
        Ok(Wanted::Input(text)) => input(prompt, &text),
        Ok(Wanted::File(path)) => match edited(Path::new(&path)) {
            Ok(true) => files::load(prompt, &path),
            Ok(false) => prompt.voice.say("nothing was saved, so nothing ran"),
            Err(sentence) => prompt.voice.say_aside(&sentence),
        },
        Err(sentence) => prompt.voice.say_aside(&sentence),
    },
};

/// What is to be edited.
enum Wanted {
    /// Something that was typed.
    Input(String),
    /// A script.
    File(String),
}

/// What somebody means: nothing for the last input, the number of one, a name, a script.
fn what(prompt: &Prompt<'_>, wanted: &str) -> Result<Wanted, String> {
    let session = prompt.session.borrow();
    let number = wanted.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(wanted);
    if wanted.is_empty() {
        return Ok(Wanted::Input(session.typed(None).unwrap_or_default().to_string()));
    }
    if let Ok(number) = number.parse() {
        let text = session.typed(Some(number)).ok_or_else(|| format!("there is no input [{number}]"))?;
        return Ok(Wanted::Input(text.to_string()));
    }
    if let Some(source) = session.assigned_in(wanted) {
        let typed = source.name.starts_with('[');
        return Ok(if typed { Wanted::Input(source.text.clone()) } else { Wanted::File(source.name.clone()) });
    }
    if wanted.ends_with(".ad") || Path::new(wanted).is_file() {
        return Ok(Wanted::File(wanted.to_string()));
    }
    Err(format!("nothing is called `{}`; `:edit` alone opens the last input", safe(wanted)))
}

/// Lets somebody edit an input, and runs it if it was saved.
fn input(prompt: &mut Prompt<'_>, text: &str) {
    let path = match draft(text) {
        Ok(path) => path,
        Err(error) => return prompt.voice.say_aside(&format!("there is no room for a draft: {error}")),
    };
    let saved = edited(&path).and_then(|saved| {
        let text = if saved { crate::repl::script::read(&path)? } else { String::new() };
        Ok(text.trim_end().to_string())
    });
    // Nobody looks at it again.
    let _ = std::fs::remove_file(&path);
    match saved {
        Ok(text) if text.is_empty() => prompt.voice.say("nothing was saved, so nothing ran"),
        Ok(text) => {
            prompt.show_input(&text);
            prompt.take(&text);
        }
        Err(sentence) => prompt.voice.say_aside(&sentence),
    }
}

/// A new file with a text that only this user can read.
fn draft(text: &str) -> std::io::Result<PathBuf> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let path = std::env::temp_dir().join(format!("adlib-{}-{}.ad", std::process::id(), now.as_nanos()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path)?;
    file.write_all(text.as_bytes())?;
    if !text.is_empty() {
        file.write_all(b"\n")?;
    }
    Ok(path)
}

/// Opens the editor on a file and waits; whether the file was saved.
fn edited(path: &Path) -> Result<bool, String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| USUAL.to_string());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or(USUAL);
    let before = state(path);
    let ended = terminal::lent(|| std::process::Command::new(program).args(words).arg(path).status());
    // Ctrl-C in the editor is the editor's.
    limits::clear_interrupt();
    match ended {
        Ok(status) if status.success() => Ok(state(path) != before),
        Ok(status) => Err(format!("{} ended with {status}, so nothing ran", safe(program))),
        Err(error) => Err(format!("{} cannot be started: {error}; set EDITOR to an editor", safe(program))),
    }
}

/// What changes when a file is saved: when, and what is in it.
fn state(path: &Path) -> Option<(SystemTime, Vec<u8>)> {
    Some((std::fs::metadata(path).and_then(|data| data.modified()).ok()?, std::fs::read(path).ok()?))
}
