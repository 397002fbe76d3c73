//! What is struck while nothing runs and no line is asked for yet.

use super::clock::until;
use super::leaving::{process, watched};
use super::screen::{Screen, folder, prompt_in};
use rustix::io::ioctl_fionread;
use std::fs::File;
use std::path::Path;

/// Enters an input and strikes keys after its line has ended and before it runs: the prompt writes the input down
/// in between, and waits until nobody else does.
fn between(screen: &mut Screen, folder: &Path, input: &str, keys: &str) {
    let history = File::open(folder.join("history")).unwrap();
    history.lock().unwrap();
    let ended = |screen: &Screen| screen.sent().matches("\x1b[?2004l").count();
    let before = ended(screen);
    screen.press(&format!("{input}\r"));
    screen.until(|_| ended(screen) > before);
    screen.press(keys);
    // A terminal takes its time to bring them.
    let terminal = File::open(format!("/proc/{}/fd/0", process(folder))).unwrap();
    until("the keys", || ioctl_fionread(&terminal).unwrap() >= keys.len() as u64);
    history.unlock().unwrap();
}

#[test]
fn ctrl_c_between_two_lines_is_ctrl_c_at_the_next() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = folder("between-tour");
    let mut screen = prompt_in(&folder, 24, 80, &[]);
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("1 + 1");
    screen.press(":tour\r");
    screen.line_is("ad> x = [[1, 2], [3, 4]]");
    between(&mut screen, &folder, "", "\x03");
    screen.shows("the tour waits; `:tour` goes on");
    screen.line_is("ad>");
    // What was entered ran.
    between(&mut screen, &folder, "x[1, 1] * 10", "x[0, 1] * 5\x03x[0, 0] * 42\r");
    screen.shows("\n40\nad> x[0, 1] * 5\nad> x[0, 0] * 42\n42\nad>");
}

#[test]
fn ctrl_c_that_stopped_a_program_is_not_ctrl_c_at_the_next_line() {
    let folder = folder("between-once");
    let mut screen = prompt_in(&folder, 24, 80, &[]);
    screen.until(|text| text.ends_with("ad>"));
    screen.press(":tour\r");
    screen.line_is("ad> x = [[1, 2], [3, 4]]");
    screen.press("\x15print(\"go\" + \"ing\"); while true { a = 1 }\r");
    screen.shows("going");
    screen.press("\x03");
    screen.shows("stopped by Ctrl-C");
    screen.line_is("ad> x = [[1, 2], [3, 4]]");
    assert!(!screen.text().contains("the tour waits"), "{}", screen.text());
}

#[test]
fn keys_between_two_lines_are_those_of_the_next() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = folder("between-keys");
    let mut screen = watched(&folder);
    screen.enter("x = 6");
    // Back to the start, where Ctrl-D takes a letter away.
    between(&mut screen, &folder, "x = x + 1", "xx * 6\x01\x04\r");
    screen.shows("\nad> x * 6\n42\nad>");
    between(&mut screen, &folder, "y = 1", "\x04");
    screen.shows("left 0, the same");
}
