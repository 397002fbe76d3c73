//! Five minutes with a newcomer, typed into a terminal. The screen is a golden, with times masked, and the
//! session saved as a script shows the same values in the same order.

use super::clock::{let_work, until};
use super::leaving::process;
use super::screen::{Screen, folder, prompt_in};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const ROWS: u16 = 220;

/// Masks what differs from run to run: times, and how far a loop came.
fn masked(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut words: Vec<String> = line.split(' ').map(str::to_string).collect();
        for i in 0..words.len() {
            let word = |at: usize| words.get(at).map_or("", String::as_str);
            let unit = word(i + 1).trim_end_matches(';');
            if ["s", "ms", "us"].contains(&unit) && word(i).parse::<f64>().is_ok() {
                words[i] = "TIME".into();
            }
        }
        let line = words.join(" ");
        let line = match line.split_once("━ round ") {
            Some((before, _)) => format!("{before}━ round MANY"),
            None => line,
        };
        // An input that took long on a slow machine says so.
        if line != "TIME s" {
            out.push(line);
        }
    }
    out.join("\n")
}

#[test]
fn the_first_five_minutes() {
    let folder = folder("lesson");
    let mut screen = prompt_in(&folder, ROWS, 80, &["--seed", "1"]);
    screen.until(|text| text.ends_with("ad>"));
    let inputs = include_str!("lesson.inputs");
    for input in inputs.replace("\n  : ", "\r").lines() {
        if input.starts_with("while true") {
            screen.press(&format!("{input}\r"));
            until("the loop", || screen.lent());
            // For so long that the loop was begun.
            let_work(process(&folder).parse().unwrap(), Duration::from_millis(300));
            screen.abandon();
        } else {
            screen.enter(input);
        }
    }
    let found = masked(screen.text().trim_start()) + "\n";
    let golden = Path::new("tests/terminal/lesson.screen");
    if std::env::var_os("ADLIB_BLESS").is_some() {
        std::fs::write(golden, &found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(golden).unwrap_or_default(), "ADLIB_BLESS=1 cargo test --test terminal");
    // The same lines as a script, on the same screen.
    let script = prompt_in(&folder, ROWS, 80, &["--seed", "1", "lesson.ad"]);
    let expected = values(&found);
    let lines = |text: &str| -> Vec<String> {
        masked(text).lines().filter(|line| !line.is_empty()).map(str::to_string).collect()
    };
    let text = script.until(|text| lines(text).len() >= lines(&expected).len());
    assert_eq!(lines(&text), lines(&expected));
    drop::<Screen>(script);
    let words = ["-e", "x = 3; attach_grad(x); record < y = x ** 2 >; backward(y); x.grad"];
    let output = Command::new(env!("CARGO_BIN_EXE_adlib")).args(words).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "6\n");
}

/// What a session showed, without what was typed, messages, and answers to questions and commands.
fn values(screen: &str) -> String {
    let mut out = String::new();
    let mut wanted = false;
    for line in screen.lines() {
        if let Some(input) = line.strip_prefix("ad>") {
            wanted = !input.trim().is_empty() && !input.trim_start().starts_with([':', '?']);
        } else if line.starts_with("error:") || line.starts_with("note:") || line == "^C" {
            wanted = false;
        } else if wanted && !line.starts_with("  :") {
            // A string alone is quoted at the prompt, and bare when a script prints it.
            let bare = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
            out.push_str(bare.unwrap_or(line));
            out.push('\n');
        }
    }
    out
}
