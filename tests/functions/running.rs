//! Running a program as a prompt does, and keeping all that it shows.

use adlib::diagnostic::draw::{Look, draw};
use adlib::interpret::Session;
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

/// Output that can be read afterwards.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A prompt without a terminal.
pub struct Prompt {
    session: Session,
    output: Kept,
}

impl Default for Prompt {
    fn default() -> Prompt {
        let output = Kept::default();
        Prompt { session: Session::new(Box::new(output.clone())), output }
    }
}

impl Prompt {
    /// What an input prints and shows; for an error, its drawing.
    pub fn run(&mut self, text: &str) -> Result<String, String> {
        let result = self.session.input(text);
        let mut out = String::from_utf8(std::mem::take(&mut *self.output.0.borrow_mut())).unwrap();
        match result {
            Ok(shown) => {
                shown.iter().for_each(|text| out += &format!("{text}\n"));
                Ok(out.trim_end_matches('\n').to_string())
            }
            Err(errors) => {
                Err(errors.iter().map(|error| draw(error, &self.session.sources, Look::default())).collect())
            }
        }
    }
}

/// What a program shows at a prompt of its own.
pub fn shown(text: &str) -> String {
    match Prompt::default().run(text) {
        Ok(out) => out,
        Err(error) => panic!("{text}\n{error}"),
    }
}

/// The message that a program ends with.
pub fn refused(text: &str) -> String {
    match Prompt::default().run(text) {
        Ok(out) => panic!("{text}\nwas to fail, and gave {out}"),
        Err(error) => error,
    }
}
