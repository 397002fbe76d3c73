//! A terminal with a screen: what a person would see, colours and cursor included.

use super::clock::PATIENCE;
use rexpect::process::PtyProcess;
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A program in a terminal.
pub struct Screen {
    /// Ends with this.
    _process: PtyProcess,
    keyboard: File,
    seen: Arc<Mutex<Seen>>,
}

/// What reached the terminal.
struct Seen {
    parser: vt100::Parser,
    /// Everything, as it was sent.
    sent: Vec<u8>,
}

/// A folder of this test's own, made anew.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("screen-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A prompt in a folder, with the settings and the history that are there, on a screen of a size.
pub fn prompt_in(folder: &Path, rows: u16, columns: u16, arguments: &[&str]) -> Screen {
    program_in(folder, rows, columns, &[&[env!("CARGO_BIN_EXE_adlib")], arguments].concat(), &[])
}

/// A program and its arguments in a folder, with variables of its own, on a screen of a size.
pub fn program_in(folder: &Path, rows: u16, columns: u16, words: &[&str], variables: &[(&str, &str)]) -> Screen {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(folder).env("TERM", "xterm").env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR");
    command.env("ADLIB_HISTORY", folder.join("history")).env("XDG_CONFIG_HOME", folder);
    command.envs(variables.iter().copied());
    // The shell waits for the size of the window, which can be set only once there is one.
    let mut waiting = Command::new("sh");
    waiting.arg("-c").arg("read line; exec \"$0\" \"$@\"").arg(command.get_program()).args(command.get_args());
    waiting.current_dir(folder);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => waiting.env(name, value),
            None => waiting.env_remove(name),
        };
    }
    let mut process = PtyProcess::new(waiting).unwrap();
    // A shell does not end because it is asked to.
    process.set_kill_timeout(Some(1000));
    let keyboard = process.get_file_handle().unwrap();
    let seen = Arc::new(Mutex::new(Seen { parser: vt100::Parser::new(rows, columns, 0), sent: Vec::new() }));
    let mut reader = process.get_file_handle().unwrap();
    let screen = seen.clone();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            let mut seen = screen.lock().unwrap();
            seen.parser.process(&bytes[..count]);
            seen.sent.extend_from_slice(&bytes[..count]);
        }
    });
    let mut screen = Screen { _process: process, keyboard, seen };
    screen.window(rows, columns);
    screen.press("\r");
    screen
}

/// A prompt that waits, on a screen of a usual size.
pub fn prompt(name: &str) -> Screen {
    let screen = prompt_in(&folder(name), 24, 80, &[]);
    screen.until(|text| text.ends_with("ad>"));
    screen
}

impl Screen {
    /// Changes the size of the window.
    pub fn window(&mut self, rows: u16, columns: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        // First where what is drawn anew arrives.
        self.seen.lock().unwrap().parser.screen_mut().set_size(rows, columns);
        tcsetwinsize(&self.keyboard, size).unwrap();
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// What can be read on the screen, without blank ends.
    pub fn text(&self) -> String {
        let text = self.seen.lock().unwrap().parser.screen().contents();
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_string()
    }

    /// The line with the cursor, without the grey text behind it, and the cursor's column.
    pub fn line(&self) -> (String, u16) {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        let (row, column) = screen.cursor_position();
        let line = screen.rows(0, screen.size().1).nth(usize::from(row)).unwrap_or_default();
        let grey = (column..screen.size().1)
            .find(|&at| screen.cell(row, at).is_some_and(|cell| cell.dim() && cell.has_contents()));
        let line: String = line.chars().take(grey.map_or(usize::MAX, usize::from)).collect();
        (line.trim_end().to_string(), column)
    }

    /// Whether a text stands on the screen in the soft voice of what was not typed.
    pub fn soft(&self, text: &str) -> bool {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        let (rows, columns) = screen.size();
        let mut dim = String::new();
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            match screen.cell(row, column) {
                Some(cell) if cell.dim() => dim.push_str(if cell.has_contents() { cell.contents() } else { " " }),
                _ => {}
            }
        }
        dim.contains(text)
    }

    /// Whether something was sent to the terminal.
    pub fn was_sent(&self, bytes: &str) -> bool {
        self.sent().contains(bytes)
    }

    /// Everything that was sent to the terminal so far.
    pub fn sent(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().sent).into_owned()
    }

    /// Waits until the screen is as it should be.
    pub fn until(&self, fits: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let text = self.text();
            if fits(&text) {
                return text;
            }
            assert!(start.elapsed() < PATIENCE, "the screen does not become what it should be:\n{text}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until a text can be read.
    pub fn shows(&self, text: &str) -> String {
        self.until(|screen| screen.contains(text))
    }

    /// Waits until the line with the cursor is this one.
    pub fn line_is(&self, line: &str) {
        self.until(|_| self.line().0 == line);
    }

    /// Whether something runs: then the terminal makes a signal of Ctrl-C.
    pub fn lent(&self) -> bool {
        tcgetattr(&self.keyboard).unwrap().local_modes.contains(LocalModes::ISIG)
    }

    /// How many times an input was awaited: each time the terminal is told to say what is pasted.
    fn prompts(&self) -> usize {
        self.sent().matches("\x1b[?2004h").count()
    }

    /// Presses Ctrl-C and waits for a new prompt.
    pub fn abandon(&mut self) {
        let before = self.prompts();
        self.press("\x03");
        self.until(|_| self.prompts() > before && self.line().0 == "ad>");
    }

    /// Types an input and waits until it ran and the prompt is back.
    pub fn enter(&mut self, text: &str) {
        let before = self.prompts();
        self.press(&format!("{text}\r"));
        self.until(|_| self.prompts() > before && self.line().0 == "ad>");
    }
}
