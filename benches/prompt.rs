//! How long somebody at a terminal waits, in milliseconds: until the prompt is there, until the first
//! picture is, and for Tab, grey text and the value of an input.
//!
//!     cargo bench --bench prompt
//!
//! Every figure is the least of several runs. A prompt that is up at once was loaded before: the first run
//! of a new binary reads it from the disk.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs)]

use rexpect::process::PtyProcess;
use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;
use std::time::Instant;

const RUNS: usize = 9;

/// A terminal with a prompt in it.
struct Terminal {
    /// Ends with this.
    _process: PtyProcess,
    file: File,
    seen: String,
    begun: Instant,
}

impl Terminal {
    fn new() -> Terminal {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adlib"));
        command.env("ADLIB_HISTORY", "").env("XDG_CONFIG_HOME", "/nonexistent").env("TERM", "xterm");
        command.env("LC_ALL", "C.UTF-8");
        let begun = Instant::now();
        let process = PtyProcess::new(command).unwrap();
        let file = process.get_file_handle().unwrap();
        Terminal { _process: process, file, seen: String::new(), begun }
    }

    /// Types something and waits for what it should bring; gives the milliseconds.
    fn after(&mut self, keys: &str, awaited: &str) -> f64 {
        let start = if keys.is_empty() { self.begun } else { Instant::now() };
        self.seen.clear();
        // A terminal takes no more keys while nobody reads what it shows, so both go on at the same time.
        let (mut to, typed) = (self.file.try_clone().unwrap(), keys.as_bytes().to_vec());
        let typing = std::thread::spawn(move || to.write_all(&typed).unwrap());
        let mut bytes = [0; 4096];
        while !self.seen.contains(awaited) {
            let count = self.file.read(&mut bytes).unwrap();
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        typing.join().unwrap();
        start.elapsed().as_secs_f64() * 1e3
    }
}

fn least(run: impl Fn() -> f64) -> f64 {
    (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min)
}

fn report(what: &str, milliseconds: f64) {
    let _ = writeln!(std::io::stdout(), "{what:<44} {milliseconds:>8.2} ms");
}

fn main() {
    let ready = || {
        let mut terminal = Terminal::new();
        terminal.after("", "\x1b[1mad> ");
        terminal
    };
    report("the prompt is there", least(|| Terminal::new().after("", "\x1b[1mad> ")));
    report(
        "the first picture, from the start of the program",
        least(|| {
            let mut terminal = Terminal::new();
            terminal.after("plot(sin, -3, 3, grad = true)\r", "┬");
            terminal.begun.elapsed().as_secs_f64() * 1e3
        }),
    );
    report("a value", least(|| ready().after("6 * 7\r", "42\r\n")));
    report("Tab", least(|| ready().after("softp\t", "softplus")));
    report(
        "Tab among 2,000 names",
        least(|| {
            let mut terminal = ready();
            let names: String = (0..2000).map(|i| format!("name_{i} = {i}\r")).collect();
            terminal.after(&format!("\x1b[200~{names}\x1b[201~\r6 * 7\r"), "42\r\n");
            terminal.after("name_199", "name_199");
            terminal.after("9\t", "name_1999")
        }),
    );
    report("what a call takes", least(|| ready().after("sum(", "keepdims")));
    report("a billion zeros", least(|| ready().after("zeros(1e9)\r", "1000000000")));
    report(
        "a large array",
        least(|| {
            let mut terminal = ready();
            terminal.after("x = zeros(10000, 1000)\r", "\x1b[1mad> ");
            terminal.after("x\r", "shows all")
        }),
    );
}
