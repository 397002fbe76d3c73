//! `adlib test`: a test is a program and what it prints.
//!
//! `NAME.ad` with `NAME.out` beside it is run in a session of its own, with the same random numbers every
//! time; what it prints, then its warnings and its error, must equal the file. `--bless` writes down what
//! came out, and a program that is named on the command line gets its first `.out` so.

use super::difference::difference;
use super::{FINE, FOUND, WRONG_USE, files};
use crate::diagnostic::Level;
use crate::diagnostic::draw::{Look, draw};
use crate::interpret::{Echo, Session};
use crate::repl::{Voice, caught};
use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

/// The seed of every test's random numbers, unless another is asked for.
const SEED: u64 = 1;

/// Runs the tests that some paths name.
pub fn run(paths: &[OsString], bless: bool, seed: Option<u64>, voice: &mut Voice) -> u8 {
    let named = |path: &Path| paths.iter().any(|named| Path::new(named) == path);
    let programs = match files::programs(paths) {
        Ok(programs) => programs,
        Err(sentence) => {
            voice.say_aside(&format!("adlib: {sentence}"));
            return WRONG_USE;
        }
    };
    let tests: Vec<_> =
        programs.into_iter().filter(|path| path.with_extension("out").is_file() || named(path)).collect();
    if tests.is_empty() {
        voice.say_aside("adlib: there is no test here: a test is NAME.ad with NAME.out beside it");
        return WRONG_USE;
    }
    let (mut passed, mut blessed, mut failed) = (0, 0, 0);
    for path in &tests {
        match test(path, bless, seed.unwrap_or(SEED)) {
            Ok(false) => passed += 1,
            Ok(true) => {
                blessed += 1;
                voice.say(&format!("wrote {}", files::shown(&path.with_extension("out"))));
            }
            Err(reason) => {
                failed += 1;
                voice.say(&format!("failed {}\n{}", files::shown(path), reason.trim_end()));
            }
        }
    }
    let written = if blessed > 0 { format!(", {blessed} written") } else { String::new() };
    voice.say(&format!("{passed} passed{written}, {failed} failed"));
    if failed == 0 { FINE } else { FOUND }
}

/// Runs one test; whether its output was written down.
fn test(path: &Path, bless: bool, seed: u64) -> Result<bool, String> {
    let text = files::read(path)?;
    let found = output(path, &text, seed)?;
    let out = path.with_extension("out");
    let expected = if out.is_file() { Some(files::read(&out)?) } else { None };
    match expected {
        Some(expected) if expected == found => Ok(false),
        _ if bless => files::write(&out, &found).map(|()| true),
        None => Err("it has no .out yet; adlib test --bless writes one".to_string()),
        Some(expected) => Err(format!("- expected, + found\n{}", difference(&expected, &found))),
    }
}

/// What a program prints, with its messages.
fn output(path: &Path, text: &str, seed: u64) -> Result<String, String> {
    let output = Output::default();
    let mut session = Session::new(Box::new(output.clone()));
    session.seed(seed);
    session.end_with_error();
    if let Some(folder) = path.parent() {
        session.set_folder(folder);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ran = caught(|| session.run(&name, text, Echo::Nothing))?;
    let mut screen = String::from_utf8_lossy(&output.0.take()).into_owned();
    let errors = ran.err().into_iter().flatten();
    for message in session.take_warnings().into_iter().chain(errors) {
        if message.level != Level::Note {
            screen += &draw(&message, &session.sources, Look::default());
            screen.push('\n');
        }
    }
    Ok(screen)
}

/// An output that is kept.
#[derive(Clone, Default)]
struct Output(Rc<RefCell<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
