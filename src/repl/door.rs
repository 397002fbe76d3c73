//! The one door for output.
//!
//! `println!` panics when nobody reads any more (`adlib x.ad | head -1`). Here a write that fails is
//! remembered, so that whoever started the program can end it quietly or say what is wrong.

use std::cell::RefCell;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Stdout, Write};
use std::rc::Rc;

/// Why output could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody reads it any more.
    Closed,
    /// The system refused, for this reason.
    Refused(String),
}

/// Standard output. Copies are the same door.
#[derive(Clone)]
pub struct Door(Rc<RefCell<Inner>>);

struct Inner {
    out: BufWriter<Stdout>,
    /// Somebody is watching, so nothing waits in the buffer.
    watched: bool,
    trouble: Option<Trouble>,
    /// A line on standard error waits to be drawn again.
    unfinished: bool,
}

impl Default for Door {
    fn default() -> Door {
        let out = io::stdout();
        let watched = out.is_terminal();
        Door(Rc::new(RefCell::new(Inner {
            out: BufWriter::with_capacity(1 << 16, out),
            watched,
            trouble: None,
            unfinished: false,
        })))
    }
}

impl Door {
    /// What went wrong, if anything did.
    pub fn trouble(&self) -> Option<Trouble> {
        self.0.borrow().trouble.clone()
    }
}

impl Door {
    /// Draws a line on standard error in place of the one before it, which stays or is drawn again.
    pub fn redraw(&self, line: &str, stays: bool) {
        let mut inner = self.0.borrow_mut();
        let _ = inner.out.flush();
        let end = if stays { "\n" } else { "" };
        // When nobody can be told, there is nobody to tell.
        let _ = write!(io::stderr().lock(), "\r{line}\x1b[K{end}");
        inner.unfinished = !stays;
    }

    /// Whatever comes next begins on a line of its own.
    pub fn settle(&self) {
        self.0.borrow_mut().settle();
    }
}

impl Inner {
    fn settle(&mut self) {
        if std::mem::take(&mut self.unfinished) {
            let _ = writeln!(io::stderr().lock());
        }
    }

    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result
            && error.kind() != ErrorKind::Interrupted
            && self.trouble.is_none()
        {
            self.trouble = Some(match error.kind() {
                ErrorKind::BrokenPipe => Trouble::Closed,
                _ => Trouble::Refused(error.to_string()),
            });
        }
        result
    }
}

impl Write for Door {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.0.borrow_mut();
        inner.settle();
        let mut result = inner.out.write(bytes);
        if inner.watched && result.is_ok() {
            result = inner.out.flush().and(result);
        }
        inner.note(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut inner = self.0.borrow_mut();
        let result = inner.out.flush();
        inner.note(result)
    }
}
