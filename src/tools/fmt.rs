//! `adlib fmt`: files in the style of [`format`](crate::syntax::format).

use super::{FINE, FOUND, WRONG_USE, files};
use crate::repl::Voice;
use crate::source::Sources;
use crate::syntax::format::format;
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

/// Formats files and says which ones changed; with `check` it only says which ones would.
pub fn run(paths: &[OsString], check: bool, voice: &mut Voice) -> u8 {
    if let [only] = paths
        && only == "-"
    {
        return input(check, voice);
    }
    let programs = match files::programs(paths) {
        Ok(programs) => programs,
        Err(sentence) => {
            voice.say_aside(&format!("adlib: {sentence}"));
            return WRONG_USE;
        }
    };
    let mut status = FINE;
    for path in programs {
        match one(&path, check, voice) {
            Ok(false) => {}
            Ok(true) => {
                voice.say(&format!("{} {}", if check { "would change" } else { "changed" }, files::shown(&path)));
                status = if check { FOUND } else { status };
            }
            Err(sentence) => {
                if !sentence.is_empty() {
                    voice.say_aside(&format!("adlib: {sentence}"));
                }
                status = FOUND;
            }
        }
    }
    status
}

/// Whether a file changed, or would; an empty sentence if its mistakes were told.
fn one(path: &Path, check: bool, voice: &mut Voice) -> Result<bool, String> {
    let text = files::read(path)?;
    let new = styled(&path.to_string_lossy(), &text, voice)?;
    if new == text {
        return Ok(false);
    }
    if !check {
        files::write(path, &new)?;
    }
    Ok(true)
}

/// What comes on standard input goes out in style.
fn input(check: bool, voice: &mut Voice) -> u8 {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().lock().read_to_string(&mut text) {
        voice.say_aside(&format!("adlib: standard input cannot be read: {error}"));
        return WRONG_USE;
    }
    match styled("stdin", &text, voice) {
        Err(_) => FOUND,
        Ok(new) if check => {
            if new == text {
                FINE
            } else {
                FOUND
            }
        }
        Ok(new) => {
            voice.put(&new);
            FINE
        }
    }
}

fn styled(name: &str, text: &str, voice: &mut Voice) -> Result<String, String> {
    let mut sources = Sources::default();
    let base = sources.add(name, text, false).ok_or("it is longer than four gigabytes")?;
    format(text, base).map_err(|errors| {
        errors.iter().for_each(|error| voice.tell(error, &sources));
        String::new()
    })
}
