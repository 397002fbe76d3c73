//! Stopping, and how the terminal is left: by Ctrl-C, by Ctrl-Z, by a signal, by the front door.

use super::clock::{PATIENCE, until};
use super::screen::{Screen, folder, program_in, prompt, prompt_in};
use rustix::io::ioctl_fionread;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

/// A shell that compares the settings of its terminal before and after the prompt; what comes to stand on the
/// screen at the end is `left STATUS, the same`.
pub fn watched(folder: &Path) -> Screen {
    let script = folder.join("run.sh");
    let text = format!(
        "trap : INT; stty echo; stty -a > before; '{}'; status=$?; stty -a > after; cmp before after && echo \"left $status, the same\"",
        env!("CARGO_BIN_EXE_adlib")
    );
    std::fs::write(&script, text).unwrap();
    let screen = program_in(folder, 24, 80, &["sh", "run.sh"], &[]);
    screen.until(|text| text.ends_with("ad>"));
    screen
}

/// The number of the prompt that runs in a folder of its own.
pub fn process(folder: &Path) -> String {
    let wanted = std::fs::canonicalize(folder).unwrap();
    let numbers = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let ours = numbers.filter(|path| {
        std::fs::read_link(path.join("cwd")).is_ok_and(|place| place == wanted)
            && std::fs::read_to_string(path.join("comm")).is_ok_and(|name| name.trim() == "adlib")
    });
    ours.last().unwrap().file_name().unwrap().to_string_lossy().into_owned()
}

/// Sends a signal.
pub fn kill(signal: &str, process: &str) {
    assert!(Command::new("kill").args([signal, process]).status().unwrap().success());
}

#[test]
fn the_terminal_is_left_as_it_was() {
    let folder = folder("restore");
    let mut screen = watched(&folder);
    screen.press("print(\"go\" + \"ing\"); while true { a = 1 }\r");
    screen.shows("going");
    screen.press("\x03");
    screen.shows("stopped by Ctrl-C");
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("x = nothing_so_called");
    screen.press("half of something");
    screen.abandon();
    screen.press("\x04");
    screen.shows("left 0, the same");
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    if !cfg!(target_os = "linux") {
        return;
    }
    for (signal, status) in [("-TERM", 143), ("-HUP", 129)] {
        let folder = folder(&format!("signal{signal}"));
        let mut screen = watched(&folder);
        screen.press("half of someth");
        screen.line_is("ad> half of someth");
        kill(signal, &process(&folder));
        screen.shows(&format!("left {status}, the same"));
        let (_, last) = screen.sent().rsplit_once("\x1b[?2004").map(|(a, b)| (a.to_string(), b.to_string())).unwrap();
        // Pastes are no longer marked.
        assert!(last.starts_with('l'), "{last:?}");
    }
    // While something runs, too.
    let folder = folder("signal-running");
    let mut screen = watched(&folder);
    screen.press("print(\"go\" + \"ing\"); while true { a = 1 }\r");
    screen.shows("going");
    kill("-TERM", &process(&folder));
    screen.shows("left 143, the same");
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_comes_back_to_the_line() {
    if Command::new("bash").arg("--version").output().is_err() {
        return;
    }
    let folder = folder("suspend");
    let variables = [("PS1", "shell> "), ("PROGRAM", env!("CARGO_BIN_EXE_adlib"))];
    let mut screen = program_in(&folder, 30, 80, &["bash", "--norc", "-i"], &variables);
    screen.until(|text| text.ends_with("shell>"));
    screen.press("$PROGRAM\r");
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("x = 5");
    screen.press("1 + x");
    screen.line_is("ad> 1 + x");
    screen.press("\x1a");
    screen.shows("Stopped");
    screen.until(|text| text.ends_with("shell>"));
    screen.press("stty -a | grep -qw -- -icanon || echo the shell\\'s own\r");
    screen.shows("\nthe shell's own\n");
    screen.press("fg\r");
    screen.line_is("ad> 1 + x");
    screen.press(" * 8\r");
    screen.shows("\n41\nad>");
    // In the middle of a program it stops, and goes on.
    screen.press("n = 0; while true { n += 1; if n % 20000 == 1 { print(\"go\" + \"ing\") } }\r");
    screen.shows("going");
    screen.press("\x1a");
    screen.until(|text| text.ends_with("shell>"));
    let before = screen.sent().matches("going").count();
    screen.press("fg\r");
    screen.until(|_| screen.sent().matches("going").count() > before);
    screen.press("\x03");
    screen.shows("stopped by Ctrl-C");
    screen.until(|text| text.ends_with("ad>"));
    screen.press("\x04");
    screen.until(|text| text.ends_with("shell>"));
}

#[test]
fn ctrl_c_ends_the_wait_for_a_line() {
    let mut screen = prompt("input");
    screen.press("name = input(\"who\" + \"? \")\r");
    screen.shows("who?");
    screen.press("some\x03");
    screen.shows("note: stopped by Ctrl-C");
    screen.until(|text| text.ends_with("ad>"));
    screen.press("name = input(\"who\" + \" else? \")\r");
    screen.shows("who else?");
    screen.press("body\r");
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("name");
    screen.shows("\n\"body\"\nad>");
}

#[test]
fn a_save_that_was_stopped_leaves_the_old_file() {
    let folder = folder("stopped-save");
    let mut screen = prompt_in(&folder, 24, 80, &[]);
    screen.until(|text| text.ends_with("ad>"));
    // A save that had come to its end before the key was struck is not what is meant.
    let stopped = (0..20).any(|round| {
        std::fs::write(folder.join("x.npy"), "old").unwrap();
        screen.press(&format!("x = zeros(4e7); print(\"go\" + \"ing\", {round}); save(\"x.npy\", x)\r"));
        screen.until(|text| text.lines().any(|line| line == format!("going {round}")));
        screen.abandon();
        screen.text().contains("note: stopped by Ctrl-C")
    });
    assert!(stopped, "{}", screen.text());
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(std::fs::read_to_string(folder.join("x.npy")).unwrap(), "old");
    assert!(files.iter().all(|name| name == "x.npy" || name == "history"), "{files:?}");
}

#[test]
fn what_takes_long_says_how_long_and_what_was_stopped_says_it_once() {
    let mut screen = prompt("slow");
    screen.enter(":set slow 0.2");
    screen.press("start = time(); while time() - start < 0.4 { a = 1 }\r");
    let is_time = |line: &str| line.strip_suffix(" s").is_some_and(|number| number.parse::<f64>().is_ok());
    screen.until(|text| text.lines().any(is_time));
    assert!(screen.soft(" s"));
    let soft = screen.sent().matches(" s\x1b[0m").count();
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("1 + 1");
    screen.press("print(\"go\" + \"ing\"); while true { a = 1 }\r");
    screen.shows("going");
    screen.abandon();
    screen.shows("note: stopped by Ctrl-C after ");
    assert_eq!(screen.sent().matches(" s\x1b[0m").count(), soft);
}

#[test]
fn what_cannot_stop_at_once_says_so_and_the_third_ctrl_c_ends_the_program() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = folder("third");
    let mut screen = watched(&folder);
    // A file that begins and never ends: whoever opens it to write waits for somebody who reads.
    assert!(Command::new("mkfifo").arg(folder.join("slow.csv")).status().unwrap().success());
    let (sender, receiver) = mpsc::channel();
    let slow = folder.join("slow.csv");
    std::thread::spawn(move || sender.send(OpenOptions::new().write(true).open(slow)));
    screen.press("x = load(\"slow.csv\")\r");
    let mut slow = receiver.recv_timeout(PATIENCE).unwrap().unwrap();
    slow.write_all(b"x\n").unwrap();
    until("the reader", || ioctl_fionread(&slow).unwrap() == 0);
    let process = process(&folder);
    let press = |screen: &mut Screen| {
        let before = screen.sent().matches("^C").count();
        screen.press("\x03");
        screen.until(|_| screen.sent().matches("^C").count() > before);
    };
    press(&mut screen);
    // A signal that waits swallows the next.
    until("the first signal", || {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        ["SigPnd:", "ShdPnd:"].iter().all(|name| status.contains(&format!("{name}\t0000000000000000\n")))
    });
    assert!(!screen.text().contains("again quits"), "{}", screen.text());
    press(&mut screen);
    screen.shows("Ctrl-C again quits adlib");
    screen.press("\x03");
    screen.shows("left 130, the same");
}

#[test]
fn a_script_may_be_followed_by_the_prompt() {
    let folder = folder("stay");
    std::fs::write(folder.join("start.ad"), "x = 20\nprint(\"x is \" + str(x))\n").unwrap();
    std::fs::write(folder.join("wrong.ad"), "x = 30\ny = nothing_so_called\n").unwrap();
    let mut screen = prompt_in(&folder, 24, 80, &["-i", "start.ad", "one", "two"]);
    screen.until(|text| text.contains("x is 20\nadlib ") && text.ends_with("ad>"));
    screen.enter("x + 22, args");
    screen.shows("\n(42, (\"one\", \"two\"))\nad>");
    // What the script did cannot be taken back, and is not saved.
    screen.enter(":undo");
    screen.shows("there is nothing to take back");
    // After a mistake one can look around.
    let mut screen = prompt_in(&folder, 24, 80, &["-i", "wrong.ad"]);
    screen.shows("wrong.ad:2:5");
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("x + 12");
    screen.shows("\n42\nad>");
    // What was recorded is there as well, even if it was about to be recorded anew.
    let again = "w = 3\nattach_grad(w)\nfor i in range(2) {\n    record < l = if i == 0 { w ** 2 } else { error(\"no\") } >\n}\n";
    std::fs::write(folder.join("again.ad"), again).unwrap();
    let mut screen = prompt_in(&folder, 24, 80, &["-i", "again.ad"]);
    screen.shows("again.ad:4:");
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("backward(l); w.grad + 36");
    screen.shows("\n42\nad>");
    let mut screen = prompt_in(&folder, 24, 80, &["-i", "-e", "z = 6 * 7"]);
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("z");
    screen.shows("ad> z\n42\nad>");
}
