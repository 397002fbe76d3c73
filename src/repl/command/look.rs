//! Commands that look: at names, at time, at the last value.

use super::{Command, Takes};
use crate::autodiff::Var;
use crate::interpret::Line;
use crate::repl::Prompt;
use crate::repl::preview::{parts, shortened};
use crate::show::Style;
use crate::value::{Value, display};
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

/// Lines of a profile that are shown.
const LINES: usize = 12;
/// The most bytes that are put on a clipboard: terminals take no more.
const CLIPBOARD: usize = 74_000;

pub static VARS: Command = Command {
    name: "vars",
    takes: Takes::Nothing,
    doc: "lists the names you assigned",
    run: |prompt, _| {
        let text = vars(prompt);
        prompt.voice.say(if text.is_empty() { "no names yet" } else { &text });
    },
};

pub static SHAPE: Command = Command {
    name: "shape",
    takes: Takes::Word("NAME"),
    doc: "says what a value is, and what is in it",
    run: |prompt, name| {
        let name = if name.is_empty() { "ans" } else { name };
        match prompt.session.borrow().at(name) {
            Some(value) => prompt.voice.say(&described(name, &value, prompt.voice.look.width)),
            None => prompt.voice.say_aside(&unknown(name)),
        }
    },
};

pub static TIME: Command = Command {
    name: "time",
    takes: Takes::Code,
    doc: "runs code and says how long it takes",
    run: |prompt, code| {
        let mut timing = None;
        prompt.run(|session| session.measure(code).map(|measured| timing = Some(measured)).map(|()| Vec::new()));
        if let Some(timing) = timing {
            let runs = match timing.runs {
                1 => String::new(),
                runs => format!(", the least of {} runs", crate::diagnostic::grouped(runs)),
            };
            prompt.voice.say(&format!("{}{runs}", time(timing.least)));
        }
    },
};

pub static PROF: Command = Command {
    name: "prof",
    takes: Takes::Code,
    doc: "runs code and says which lines take the time",
    run: |prompt, code| {
        let mut lines = Vec::new();
        prompt.run(|session| {
            let (result, found) = session.profile(code);
            lines = found;
            result
        });
        let text = profile(&lines, prompt.voice.look.width);
        if !text.is_empty() {
            prompt.voice.say(&text);
        }
    },
};

pub static COPY: Command = Command {
    name: "copy",
    takes: Takes::Word("NAME"),
    doc: "copies a value, or the last one, with all its digits",
    run: |prompt, name| {
        let name = if name.is_empty() { "ans" } else { name };
        let Some(value) = prompt.session.borrow().at(name) else { return prompt.voice.say_aside(&unknown(name)) };
        let style = Style { digits: 17, threshold: usize::MAX, ..Style::default() };
        let count = match &value {
            Value::Var(var) => var.len(),
            _ => 0,
        };
        // A number takes two bytes at least.
        let text = if count > CLIPBOARD { String::new() } else { display(&value, &style) };
        if count > CLIPBOARD || text.len() > CLIPBOARD {
            return prompt.voice.say_aside(&format!("{name} is too large for a clipboard; save it to a file"));
        }
        // OSC 52, as in https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
        let _ = prompt.voice.raw(&format!("\x1b]52;c;{}\x07", base64(text.as_bytes())));
        prompt.voice.say(&format!("copied {} characters", text.chars().count()));
    },
};

fn unknown(name: &str) -> String {
    match name {
        "ans" => "no value was shown yet".to_string(),
        name => format!("nothing is called `{}`", crate::show::safe(name)),
    }
}

/// A line for every name that was assigned.
fn vars(prompt: &Prompt<'_>) -> String {
    let session = prompt.session.borrow();
    let mut names = session.names();
    names.sort_unstable();
    let rows = names.iter().filter_map(|name| Some(row(name, session.get(name)?))).collect();
    table(rows, prompt.voice.look.width)
}

/// A line for a value, and if it is a tuple one for each of its entries.
fn described(name: &str, value: &Value, width: usize) -> String {
    let mut rows = vec![row(name, value)];
    if let Value::Tuple(tuple) = value {
        rows.extend(tuple.items.iter().enumerate().map(
            |(i, item)| match tuple.names.get(i).into_iter().flatten().next() {
                Some(name) => row(&format!("  .{name}"), item),
                None => row(&format!("  [{i}]"), item),
            },
        ));
    }
    table(rows, width)
}

/// What a value is called, its kind, and its value if it is short with whether it takes part in gradients.
fn row(name: &str, value: &Value) -> [String; 3] {
    let (kind, text) = parts(value);
    let notes = [shortened(&text, 40), standing(value)];
    let notes: Vec<&str> = notes.iter().map(String::as_str).filter(|note| !note.is_empty()).collect();
    [name.to_string(), kind, notes.join(", ")]
}

/// Rows in columns that fit into a window.
fn table(rows: Vec<[String; 3]>, window: usize) -> String {
    let width = |i: usize| rows.iter().filter_map(|row| row.get(i)).map(|text| text.width()).max().unwrap_or(0);
    let widths = [width(0), width(1)];
    let line = |[name, kind, note]: &[String; 3]| {
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width()));
        let line = format!("  {name}{}  {kind}{}  {note}", pad(name, widths[0]), pad(kind, widths[1]));
        shortened(line.trim_end(), window.max(20))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `attached, has gradient`, `recorded`
fn standing(value: &Value) -> String {
    let Value::Var(Var::Traced(node)) = value else { return String::new() };
    match node.variable() {
        Some(variable) if variable.gradient.borrow().is_some() => "attached, has gradient".into(),
        Some(_) => "attached".into(),
        None => "recorded".into(),
    }
}

/// A time with three digits: `12.3 us`.
fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (amount, unit) = match seconds {
        _ if seconds < 1e-6 => (seconds * 1e9, "ns"),
        _ if seconds < 1e-3 => (seconds * 1e6, "us"),
        _ if seconds < 1.0 => (seconds * 1e3, "ms"),
        _ => (seconds, "s"),
    };
    let digits = match amount {
        _ if amount < 10.0 => 2,
        _ if amount < 100.0 => 1,
        _ => 0,
    };
    format!("{amount:.digits$} {unit}")
}

/// Bytes with three digits: `8.00 MB`.
fn bytes(count: u64) -> String {
    let (mut amount, mut unit) = (count as f64, "B");
    for next in ["kB", "MB", "GB", "TB"] {
        if amount < 1000.0 {
            break;
        }
        amount /= 1000.0;
        unit = next;
    }
    if unit == "B" { format!("{count} B") } else { format!("{amount:.1} {unit}") }
}

/// The dearest lines of a program.
fn profile(lines: &[Line], width: usize) -> String {
    let total: f64 = lines.iter().map(|line| line.cost.time.as_secs_f64()).sum();
    let Some(longest) = lines.iter().take(LINES).map(|line| line.place.width()).max() else { return String::new() };
    let mut out = format!("  share      time      runs    arrays  {:longest$}", "line");
    for line in lines.iter().take(LINES) {
        let share = if total > 0.0 { line.cost.time.as_secs_f64() / total * 100.0 } else { 0.0 };
        let runs = crate::diagnostic::grouped(usize::try_from(line.cost.runs).unwrap_or(usize::MAX));
        let arrays = if line.cost.bytes == 0 { String::new() } else { bytes(line.cost.bytes) };
        let row = format!(
            "  {share:>4.0}%  {:>8}  {runs:>8}  {arrays:>8}  {:longest$}  {}",
            time(line.cost.time),
            line.place,
            line.text
        );
        out.push('\n');
        out.push_str(&shortened(row.trim_end(), width.max(40)));
    }
    if lines.len() > LINES {
        out.push_str(&format!("\n  … {} more lines", lines.len() - LINES));
    }
    out
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * i) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{base64, time};
    use std::time::Duration;

    #[test]
    fn small_conversions() {
        for (text, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(text.as_bytes()), coded);
        }
        assert_eq!(time(Duration::from_nanos(12_345)), "12.3 us");
        assert_eq!(time(Duration::from_millis(4_210)), "4.21 s");
    }
}
