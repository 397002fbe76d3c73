//! What the system must be asked about a terminal, beside what the line editor asks.
//!
//! A terminal as it is found makes a signal of Ctrl-C, and nothing of Ctrl-D in the middle of a line. `rustyline`
//! changes that while it reads a line and puts it back at once. But between two lines nobody heeds a signal, and
//! whoever presses Ctrl-C when the tour has just said what comes next means the line that is about to appear. So
//! the prompt [holds](hold) the terminal for as long as it is there, and [lends](lent) it to what runs.

use super::editor::bare;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{InputModes, LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs::OpenOptions;
use std::io::{IsTerminal, Write, stdin};
use std::sync::OnceLock;

/// How long a line is waited for at a time.
const MOMENT: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// The terminal as it was found.
static FOUND: OnceLock<Termios> = OnceLock::new();

/// The terminal is held until this is dropped.
pub struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        as_found();
    }
}

/// From now on a key is only a key, and waits for the line editor as it was struck. The terminal is left as it is
/// now, also when the system ends the program: whoever does so with `kill`, or closes the connection, would leave
/// it to the shell as it was held. So these signals put it back first, and then do what they always do.
pub fn hold() -> Held {
    if let Ok(found) = tcgetattr(stdin()) {
        let _ = FOUND.set(found);
    }
    if let Ok(mut signals) = Signals::new([SIGTERM, SIGHUP]) {
        std::thread::spawn(move || {
            for signal in signals.forever() {
                as_found();
                // Standard output may be a file.
                let tty = OpenOptions::new().write(true).open("/dev/tty");
                let _ = tty.and_then(|mut tty| tty.write_all(b"\x1b[?2004l\n"));
                let _ = emulate_default_handler(signal);
            }
        });
    }
    for_keys();
    Held
}

/// Runs something that has the terminal as it was found: Ctrl-C stops it, and what it reads is shown.
pub fn lent<T>(run: impl FnOnce() -> T) -> T {
    as_found();
    let result = run();
    for_keys();
    result
}

/// Gives the terminal to the shell until it comes back: what Ctrl-Z does.
pub fn suspend() {
    // Whoever cannot be stopped goes on.
    let _ = lent(|| kill_current_process_group(Signal::TSTP));
}

fn as_found() {
    set(|_| {});
}

fn for_keys() {
    // Where `rustyline` reads whole lines, the terminal makes them.
    if !bare() {
        set(|modes| {
            modes.local_modes -= LocalModes::ISIG | LocalModes::ICANON | LocalModes::ECHO | LocalModes::IEXTEN;
            modes.input_modes -= InputModes::ICRNL | InputModes::IXON;
        });
    }
}

/// Makes the terminal what it was, but for a change.
fn set(change: impl FnOnce(&mut Termios)) {
    if let Some(mut modes) = FOUND.get().cloned() {
        change(&mut modes);
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    }
}

/// Waits a moment for a line to be typed; whether there is one. Reading waits for ever, and Ctrl-C would not end
/// it. What is no terminal may hold a line that was read already, so that waiting there would be wrong.
pub fn line_waits() -> bool {
    let input = stdin();
    !input.is_terminal() || poll(&mut [PollFd::new(&input, PollFlags::IN)], Some(&MOMENT)).unwrap_or(0) > 0
}
