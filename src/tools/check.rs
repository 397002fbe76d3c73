//! `adlib check`: what can be known of a program without running it.

use super::{FINE, FOUND, WRONG_USE, files};
use crate::diagnostic::Level;
use crate::interpret::Session;
use crate::repl::Voice;
use std::ffi::OsString;

/// Checks files and tells their mistakes, on standard output.
pub fn run(paths: &[OsString], voice: &mut Voice) -> u8 {
    let programs = match files::programs(paths) {
        Ok(programs) => programs,
        Err(sentence) => {
            voice.say_aside(&format!("adlib: {sentence}"));
            return WRONG_USE;
        }
    };
    let (mut status, mut mistakes) = (FINE, 0_usize);
    for path in &programs {
        let text = match files::read(path) {
            Ok(text) => text,
            Err(sentence) => {
                voice.say_aside(&format!("adlib: {sentence}"));
                status = FOUND;
                continue;
            }
        };
        let mut session = Session::new(Box::new(std::io::sink()));
        for message in session.check_text(&path.to_string_lossy(), &text) {
            if message.level == Level::Error {
                status = FOUND;
                mistakes += 1;
            }
            let shown = voice.drawn(&message, &session.sources);
            voice.say(&shown);
        }
    }
    if !voice.json {
        let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
        voice.say(&format!("{} in {}", count(mistakes, "mistake"), count(programs.len(), "program")));
    }
    status
}
