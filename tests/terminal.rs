//! The prompt, as somebody at a terminal meets it.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "terminal/between.rs"]
mod between;
#[path = "support/clock.rs"]
mod clock;
#[path = "terminal/commands.rs"]
mod commands;
#[path = "terminal/editing.rs"]
mod editing;
#[path = "terminal/files.rs"]
mod files;
#[path = "terminal/leaving.rs"]
mod leaving;
#[path = "terminal/lesson.rs"]
mod lesson;
#[path = "terminal/screen.rs"]
mod screen;

use clock::PATIENCE;
use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const UP: &str = "\x1b[A";

/// A prompt that keeps its history in a file, or nowhere if that is empty, before anything was read.
fn launched(history: &Path) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adlib"));
    command.env("ADLIB_HISTORY", history).env("TERM", "xterm").env("NO_COLOR", "1").env("LC_ALL", "C.UTF-8");
    let patience = u64::try_from(PATIENCE.as_millis()).ok();
    spawn_with_options(command, Options::new().timeout_ms(patience).strip_ansi_escape_codes(true)).unwrap()
}

/// A prompt that waits.
fn prompt() -> PtySession {
    let mut session = launched(Path::new(""));
    session.exp_string("ad> ").unwrap();
    session
}

fn enter(session: &mut PtySession, text: &str) {
    session.send(&format!("{text}\r")).unwrap();
    session.flush().unwrap();
}

fn press(session: &mut PtySession, keys: &str) {
    session.send(keys).unwrap();
    session.flush().unwrap();
}

/// A line of its own, so that the echo of what was typed does not count.
fn shows(session: &mut PtySession, line: &str) {
    session.exp_string(&format!("\n{line}\r\n")).unwrap_or_else(|error| panic!("{line}: {error}"));
}

/// Waits for the end of a prompt, and whether it is a good one.
fn left(mut session: PtySession) -> bool {
    session.exp_eof().unwrap();
    // The type of a status has no name outside the crate.
    format!("{:?}", session.process().wait().unwrap()).replace(' ', "").ends_with(",0)")
}

/// A file in a fresh folder of this test.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("terminal-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder.join("history")
}

#[test]
fn lines_typed_ahead_all_arrive_in_order() {
    let mut session = launched(Path::new(""));
    let mut all = String::from("n=1\r");
    let mut n = 1;
    for i in 0..200 {
        all += &format!("n=n*3%1009+{}\r", i % 10);
        n = n * 3 % 1009 + i % 10;
    }
    press(&mut session, &(all + "print(n, \"is\" + \" it\")\r"));
    shows(&mut session, &format!("{n} is it"));
}

#[test]
fn lines_typed_while_something_runs_arrive_too() {
    let mut session = prompt();
    enter(&mut session, "i = 0; print(\"go\" + \"ing\"); while i < 100000 { i = i + 1 }");
    shows(&mut session, "going");
    press(&mut session, "j = i + 11\rfn f(x) {\r    x * 2 }\rf(j)\r");
    shows(&mut session, "200022");
}

#[test]
fn a_pasted_function_is_one_input_and_pasted_statements_all_show() {
    let mut session = prompt();
    enter(&mut session, "\x1b[200~fn f(x) {\r    y = x + 1\r    y * 2\r}\x1b[201~");
    enter(&mut session, "f(20)");
    shows(&mut session, "42");
    enter(&mut session, "\x1b[200~37 * 3\rprint(11 * 2)\r17 * 3\x1b[201~");
    shows(&mut session, "111\r\n22\r\n51");
}

#[test]
fn unfinished_input_continues_until_it_is_whole_or_given_up() {
    let mut session = prompt();
    enter(&mut session, "x = [6,");
    session.exp_string("  : ").unwrap();
    enter(&mut session, "");
    session.exp_string("  : ").unwrap();
    enter(&mut session, "7]");
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "x[0] * x[1]");
    shows(&mut session, "42");
    enter(&mut session, "record <");
    session.exp_string("  : ").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "37 * 3");
    shows(&mut session, "111");
}

#[test]
fn ctrl_c_stops_a_loop_and_keeps_everything() {
    let mut session = prompt();
    enter(&mut session, "a = 41");
    enter(&mut session, "print(\"go\" + \"ing\"); while true { a = 41 }");
    shows(&mut session, "going");
    // The time that is told is at least this.
    std::thread::sleep(Duration::from_millis(1100));
    session.send_control('c').unwrap();
    session.exp_regex(r"note: stopped by Ctrl-C after [1-9][0-9]*\.[0-9] s; everything you had is still here").unwrap();
    session.exp_regex("round [0-9 ]+\r\n").unwrap();
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "a + 1");
    shows(&mut session, "42");
}

#[test]
fn ctrl_c_is_not_caught_and_leaves_recording() {
    let mut session = prompt();
    enter(&mut session, "x = 20; x.attach_grad(); n = 0");
    enter(
        &mut session,
        "try { record < n = x * 2; print(\"go\" + \"ing\"); while true { n = x * 2 } > } catch { print(\"cau\" + \"ght\") }",
    );
    shows(&mut session, "going");
    session.send_control('c').unwrap();
    let (before, _) =
        session.exp_regex("note: stopped by Ctrl-C after [0-9.]+ s; everything you had is still here").unwrap();
    assert!(!before.contains("caught"), "{before}");
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "(n, is_recording(), is_training())");
    shows(&mut session, "(40, false, false)");
}

#[test]
fn ctrl_c_does_not_wait_for_a_decomposition() {
    let mut session = prompt();
    enter(&mut session, "m = randn(1500, 1500); print(\"go\" + \"ing\"); s = svd(m)");
    shows(&mut session, "going");
    // Into the decomposition, which takes minutes without optimisation.
    std::thread::sleep(Duration::from_millis(100));
    session.send_control('c').unwrap();
    session.exp_string("stopped by Ctrl-C").unwrap();
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "m.shape");
    shows(&mut session, "(1500, 1500)");
}

#[test]
fn ctrl_d_leaves_and_so_does_quit() {
    let mut session = prompt();
    session.send_control('d').unwrap();
    assert!(left(session));
    let mut session = prompt();
    enter(&mut session, "quit");
    assert!(left(session));
}

#[test]
fn up_brings_back_what_was_typed_even_another_day() {
    let history = fresh("history");
    let mut session = launched(&history);
    enter(&mut session, "fn f(x) {");
    session.exp_string("  : ").unwrap();
    enter(&mut session, "print(x * 2) }");
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "f(21)");
    shows(&mut session, "42");
    session.exp_string("ad> ").unwrap();
    press(&mut session, &format!("{UP}\r"));
    shows(&mut session, "42");
    drop(session);
    let mut session = launched(&history);
    session.exp_string("ad> ").unwrap();
    // The call, and before it the function, which has two lines.
    press(&mut session, &format!("{UP}{UP}\r"));
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "f(50 + 5.5)");
    shows(&mut session, "111");
}

#[test]
fn a_history_that_cannot_be_written_costs_one_warning() {
    let mut session = launched(Path::new("/dev/null/history"));
    enter(&mut session, "6 * 7");
    session.exp_string("warning: what you type is not kept for next time").unwrap();
    shows(&mut session, "42");
    enter(&mut session, "37 * 3");
    let between = session.exp_string("\n111\r\n").unwrap();
    assert!(!between.contains("warning"), "{between}");
}

#[test]
fn tab_completes_a_variable_and_a_member() {
    let mut session = prompt();
    enter(&mut session, "weights = (left = 6 * 7, right = 1)");
    session.exp_string("ad> ").unwrap();
    enter(&mut session, "wei\t.lef\t");
    shows(&mut session, "42");
}

#[test]
fn a_question_is_answered() {
    let mut session = prompt();
    enter(&mut session, "?sqrt");
    session.exp_string("Square root of every element.").unwrap();
    enter(&mut session, "?record");
    session.exp_string("record < statements >").unwrap();
    enter(&mut session, "?sqtr");
    session.exp_string("did you mean `sqrt`?").unwrap();
    enter(&mut session, "help");
    session.exp_string("Ctrl-C stops what runs").unwrap();
}

#[test]
fn an_error_leaves_the_session_as_it_was() {
    let mut session = prompt();
    enter(&mut session, "a = 21");
    enter(&mut session, "2 + 0");
    shows(&mut session, "2");
    enter(&mut session, "x = nothing_so_called");
    session.exp_string("error: nothing is called `nothing_so_called`").unwrap();
    session.exp_string("[3]:1:5").unwrap();
    enter(&mut session, "a * ans");
    shows(&mut session, "42");
}
