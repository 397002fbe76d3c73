//! What can be set at the prompt, in one list, and the file that sets it for every day.
//!
//! A line of `config.toml` is a setting as `:set` takes it, with `=`: `hints = "off"`, `digits = 4`. That
//! much of TOML needs no library.

use super::Prompt;
use crate::diagnostic::suggest::did_you_mean;
use crate::interpret::Echo;
use std::path::PathBuf;
use std::time::Duration;

/// What the prompt itself keeps; how values print belongs to the session.
pub struct Settings {
    /// Grey text.
    pub hints: bool,
    /// Values of assignments are shown too.
    pub echo: bool,
    /// An input that takes longer says how long it took.
    pub slow: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { hints: true, echo: false, slow: Duration::from_secs(1) }
    }
}

/// One setting.
pub struct Setting {
    /// What `:set` calls it.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// What it can be, for completion.
    pub values: &'static [&'static str],
    get: fn(&Prompt<'_>) -> String,
    set: fn(&mut Prompt<'_>, &str) -> Result<(), &'static str>,
}

const SWITCH: &[&str] = &["on", "off"];

/// Every setting.
pub static ALL: &[Setting] = &[
    Setting {
        name: "hints",
        doc: "grey text: what a call takes, what a name holds",
        values: SWITCH,
        get: |prompt| switch_text(prompt.settings.borrow().hints),
        set: |prompt, text| switch(text).map(|on| prompt.settings.borrow_mut().hints = on),
    },
    Setting {
        name: "echo",
        doc: "assignments show what was assigned",
        values: SWITCH,
        get: |prompt| switch_text(prompt.settings.borrow().echo),
        set: |prompt, text| {
            let on = switch(text)?;
            prompt.settings.borrow_mut().echo = on;
            prompt.session.borrow_mut().set_echo(if on { Echo::All } else { Echo::Each });
            Ok(())
        },
    },
    Setting {
        name: "digits",
        doc: "significant digits of a number that is not whole",
        values: &["6", "17"],
        get: |prompt| prompt.session.borrow_mut().style_mut().digits.to_string(),
        set: |prompt, text| whole(text).map(|count| prompt.session.borrow_mut().style_mut().digits = count),
    },
    Setting {
        name: "threshold",
        doc: "elements above which an array is shortened",
        values: &["1000"],
        get: |prompt| prompt.session.borrow_mut().style_mut().threshold.to_string(),
        set: |prompt, text| whole(text).map(|count| prompt.session.borrow_mut().style_mut().threshold = count),
    },
    Setting {
        name: "strict",
        doc: "what would be a warning is an error",
        values: SWITCH,
        get: |prompt| switch_text(prompt.session.borrow().is_strict()),
        set: |prompt, text| switch(text).map(|on| prompt.session.borrow_mut().set_strict(on)),
    },
    Setting {
        name: "slow",
        doc: "seconds after which an input says how long it took",
        values: &["1"],
        get: |prompt| prompt.settings.borrow().slow.as_secs_f64().to_string(),
        set: |prompt, text| {
            let seconds = text.parse().ok().filter(|seconds: &f64| *seconds >= 0.0);
            let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            prompt.settings.borrow_mut().slow = time.ok_or("a number of seconds")?;
            Ok(())
        },
    },
];

fn switch_text(on: bool) -> String {
    if on { "on" } else { "off" }.to_string()
}

fn switch(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => Err("on or off"),
    }
}

fn whole(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|&count: &usize| count > 0).ok_or("a whole number from 1 on")
}

/// Every setting, what it is and what it is for.
pub fn list(prompt: &Prompt<'_>) -> String {
    let lines =
        ALL.iter().map(|setting| format!("  {:<10} {:<6} {}", setting.name, (setting.get)(prompt), setting.doc));
    lines.collect::<Vec<_>>().join("\n")
}

/// Sets one: `hints off`, `hints = "off"`.
///
/// # Errors
/// What is wrong, as a sentence.
pub fn set(prompt: &mut Prompt<'_>, text: &str) -> Result<(), String> {
    let (name, value) = text.split_once(['=', ' ']).unwrap_or((text, ""));
    let (name, value) = (name.trim(), value.trim().trim_start_matches('=').trim().trim_matches('"'));
    let Some(setting) = ALL.iter().find(|setting| setting.name == name) else {
        let near = did_you_mean(name, ALL.iter().map(|setting| setting.name));
        let help =
            near.map_or_else(|| "`:set` lists what there is".to_string(), |near| format!("did you mean `{near}`?"));
        return Err(format!("there is no setting `{}`; {help}", crate::show::safe(name)));
    };
    (setting.set)(prompt, value).map_err(|needed| match value {
        "" => format!("{name} is {}; it can be {needed}", (setting.get)(prompt)),
        value => format!("{name} is {needed}, not `{}`", crate::show::safe(value)),
    })
}

/// Where the user keeps `config.toml` and `init.ad`.
pub fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let home = || set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(".config"));
    Some(config.or_else(home)?.join("adlib"))
}

/// Heeds the user's settings and runs what they want at every start.
pub fn start(prompt: &mut Prompt<'_>) {
    let Some(folder) = folder() else { return };
    if let Ok(text) = std::fs::read_to_string(folder.join("config.toml")) {
        for (line, number) in text.lines().zip(1..) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty()
                && let Err(sentence) = set(prompt, line)
            {
                prompt.voice.say_aside(&format!("warning: config.toml:{number}: {sentence}"));
            }
        }
    }
    if let Ok(text) = std::fs::read_to_string(folder.join("init.ad")) {
        prompt.run(|session| session.include("init.ad", &folder, &text));
    }
}
