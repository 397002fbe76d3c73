//! What can be written after `adlib`: one table, from which come the help, the shells' completions and the
//! page of the manual.

/// An option.
pub struct Flag {
    /// `-e`, if it has a short name.
    pub short: Option<char>,
    /// Its name, without the dashes.
    pub long: &'static str,
    /// What its value stands for, if it takes one.
    pub value: Option<&'static str>,
    /// The values there are, if they can be listed.
    pub choices: &'static [&'static str],
    /// What it does, in a phrase.
    pub about: &'static str,
}

/// A tool.
pub struct Tool {
    /// The word that calls it.
    pub name: &'static str,
    /// What may follow.
    pub takes: &'static str,
    /// The words that may follow, if they can be listed.
    pub choices: &'static [&'static str],
    /// Whether files follow.
    pub files: bool,
    /// Its own options.
    pub flags: &'static [&'static str],
    /// What it does, in a phrase.
    pub about: &'static str,
}

const fn flag(short: Option<char>, long: &'static str, value: Option<&'static str>, about: &'static str) -> Flag {
    Flag { short, long, value, choices: &[], about }
}

/// Every option.
pub static FLAGS: &[Flag] = &[
    flag(Some('e'), "eval", Some("CODE"), "run code and print its last value"),
    flag(Some('i'), "interactive", None, "stay at the prompt after the script, with its names"),
    flag(None, "seed", Some("N"), "start the random numbers from N"),
    flag(None, "threads", Some("N"), "work on large arrays with N threads; or set ADLIB_THREADS"),
    flag(None, "max-time", Some("SECONDS"), "stop after so many seconds, with exit status 124"),
    flag(None, "max-memory", Some("SIZE"), "refuse arrays beyond 2G, 500M, ..., with exit status 122"),
    Flag {
        short: None,
        long: "color",
        value: Some("WHEN"),
        choices: &["auto", "always", "never"],
        about: "auto, always or never; auto heeds NO_COLOR",
    },
    Flag {
        short: None,
        long: "plot",
        value: Some("KIND"),
        choices: &["auto", "unicode", "ascii"],
        about: "auto, unicode or ascii; auto is ascii in a file or pipe",
    },
    flag(None, "json", None, "give messages as JSON, one on a line"),
    flag(None, "strict", None, "make an error of what would be a warning"),
    flag(None, "manual", None, "print the manual: everything there is, on one page"),
    flag(Some('h'), "help", None, "print this"),
    flag(Some('V'), "version", None, "print the version"),
];

const fn tool(name: &'static str, takes: &'static str, about: &'static str) -> Tool {
    Tool { name, takes, choices: &[], files: false, flags: &[], about }
}

/// Every tool.
pub static TOOLS: &[Tool] = &[
    Tool {
        files: true,
        flags: &["--check"],
        ..tool("fmt", "[--check] paths...", "put programs into the one style; - for standard input")
    },
    Tool { files: true, ..tool("check", "paths...", "find mistakes in programs without running them") },
    Tool {
        files: true,
        flags: &["--bless"],
        ..tool("test", "[--bless] paths...", "run NAME.ad and compare what it prints with NAME.out")
    },
    tool("help", "NAME", "explain a function; help error TITLE explains a message"),
    Tool {
        choices: &["bash", "zsh", "fish", "powershell"],
        ..tool("completions", "SHELL", "completions for bash, zsh, fish or powershell")
    },
    tool("man", "", "this page, for man"),
    Tool {
        choices: &["textmate", "tree-sitter", "vim"],
        ..tool("grammar", "KIND", "highlighting for editors: textmate, tree-sitter or vim")
    },
];

/// The tool of a name.
pub fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

const USES: &[(&str, &str)] = &[
    ("adlib", "start the prompt; without a terminal, the same as adlib -"),
    ("adlib file.ad args...", "run a script; args is the tuple of the rest of the line"),
    ("adlib -e \"code\"", "run code and print its last value"),
    ("adlib -", "run what comes on standard input"),
];

const STATUS: &str = "Exit status: 0; 1 after an error in the script, or something found by check, fmt or test;
2 after wrong use; 74 if output cannot be written; 122 and 124 when --max-memory and
--max-time end the script; 130 after Ctrl-C.";

const HISTORY: &str = "ADLIB_HISTORY names the file that keeps what was typed; if it is empty, nothing is kept.";

impl Flag {
    /// `-e, --eval CODE`
    fn written(&self) -> String {
        let short = self.short.map_or("    ".to_string(), |short| format!("-{short}, "));
        let value = self.value.map_or(String::new(), |value| format!(" {value}"));
        format!("{short}--{}{value}", self.long)
    }
}

/// What `adlib --help` prints.
pub fn help() -> String {
    let mut out = "adlib: an array language that differentiates itself\n\n".to_string();
    let mut row = |left: &str, right: &str| out += &format!("  {left:<30} {right}\n");
    USES.iter().for_each(|(left, right)| row(left, right));
    TOOLS.iter().for_each(|tool| row(format!("adlib {} {}", tool.name, tool.takes).trim_end(), tool.about));
    row("", "");
    FLAGS.iter().for_each(|flag| row(&flag.written(), flag.about));
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    format!("{}\n\n{STATUS}\n{HISTORY}", lines.join("\n"))
}

/// The page that `adlib man` prints.
pub fn man() -> String {
    // Quotes would join words, and vanish.
    let plain = |text: &str| text.replace('\\', "\\e").replace('-', "\\-").replace('"', "\\(dq");
    let mut out = format!(
        ".TH ADLIB 1 \"\" \"adlib {}\" \"User Commands\"\n.SH NAME\nadlib \\- an array language that differentiates itself\n.SH SYNOPSIS\n",
        env!("CARGO_PKG_VERSION")
    );
    for (left, _) in USES {
        out += &format!(".B {}\n.br\n", plain(left));
    }
    out += ".SH DESCRIPTION\nWithout a file it starts a prompt, where\n.B ?name\nexplains a function and\n.B :tour\nteaches the language.\n";
    for (left, right) in USES {
        out += &format!(".TP\n.B {}\n{}\n", plain(left), plain(right));
    }
    out += ".SH TOOLS\n";
    for tool in TOOLS {
        out += &format!(".TP\n.B adlib {} {}\n{}\n", tool.name, plain(tool.takes), plain(tool.about));
    }
    out += ".SH OPTIONS\n";
    for flag in FLAGS {
        out += &format!(".TP\n.B {}\n{}\n", plain(flag.written().trim_start()), plain(flag.about));
    }
    let status = STATUS.trim_start_matches("Exit status: ").replace('\n', " ");
    out + &format!(".SH EXIT STATUS\n{}\n.SH ENVIRONMENT\n{}\n", plain(&status), plain(HISTORY))
}
