//! What the system must be asked about a terminal, beside what the line editor asks.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs::OpenOptions;
use std::io::{IsTerminal, Write, stdin};

/// How long a line is waited for at a time.
const MOMENT: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// From now on the terminal is left as it is now, also when the system ends the program.
///
/// While a line is typed the terminal shows nothing by itself and keeps no lines: `rustyline` wants it so, and
/// puts it back. Whoever ends the program with `kill`, or closes the connection, would leave it like that to
/// the shell. So these signals put the terminal back first, and then do what they always do.
pub fn leave_in_order() {
    let (Ok(before), Ok(mut signals)) = (tcgetattr(stdin()), Signals::new([SIGTERM, SIGHUP])) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            // A terminal that is gone needs nothing.
            let _ = tcsetattr(stdin(), OptionalActions::Now, &before);
            // Standard output may be a file.
            let _ = OpenOptions::new().write(true).open("/dev/tty").and_then(|mut tty| tty.write_all(b"\x1b[?2004l\n"));
            let _ = emulate_default_handler(signal);
        }
    });
}

/// Waits a moment for a line to be typed; whether there is one. Reading waits for ever, and Ctrl-C would not end
/// it. What is no terminal may hold a line that was read already, so that waiting there would be wrong.
pub fn line_waits() -> bool {
    let input = stdin();
    !input.is_terminal() || poll(&mut [PollFd::new(&input, PollFlags::IN)], Some(&MOMENT)).unwrap_or(0) > 0
}
