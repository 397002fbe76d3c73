//! What the tests of programs share: running one in a session of its own, and showing where two texts
//! differ.

use adlib::diagnostic::Diagnostic;
use adlib::diagnostic::draw::{Look, draw};
use adlib::interpret::Session;
#[allow(unused_imports, reason = "not every test that is one of these shows a difference")]
pub use adlib::tools::difference::difference;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// The seed of every test's random numbers.
pub const SEED: u64 = 1;

/// An output that a test can read.
#[derive(Clone, Default)]
pub struct Output(Rc<RefCell<Vec<u8>>>);

impl Output {
    /// What was written since the last call.
    pub fn take(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.0.borrow_mut())).into_owned()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A session whose output a test can read and whose random numbers are always the same.
pub fn session() -> (Session, Output) {
    let output = Output::default();
    let mut session = Session::new(Box::new(output.clone()));
    session.seed(SEED);
    (session, output)
}

/// What an input of the prompt puts on the screen, and its messages.
pub fn screen(session: &mut Session, output: &Output, text: &str) -> (String, Vec<Diagnostic>) {
    let result = session.input(text);
    let mut shown = output.take();
    let mut messages = session.take_warnings();
    messages.iter().for_each(|warning| line(&mut shown, &drawn(warning, session)));
    match result {
        Ok(values) => values.iter().for_each(|value| line(&mut shown, value)),
        Err(errors) => {
            for error in &errors {
                let text = drawn(error, session);
                line(&mut shown, &if error.unfinished { format!("unfinished {text}") } else { text });
            }
            messages.extend(errors);
        }
    }
    (shown, messages)
}

/// A message as every test expects it: without colours, 80 columns wide.
pub fn drawn(message: &Diagnostic, session: &Session) -> String {
    draw(message, &session.sources, Look::default())
}

/// Adds a text and the end of its last line.
pub fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
