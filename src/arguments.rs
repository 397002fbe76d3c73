//! What was written after `adlib`.

use adlib::array::threads::MOST;
use adlib::diagnostic::suggest::did_you_mean;
use adlib::tools::{complete, grammar, usage};
use lexopt::{Arg, Error, Parser, ValueExt};
use std::ffi::OsString;

/// What the program is asked for.
pub enum Wanted {
    /// To print something about itself.
    Text(String),
    /// To run something.
    Run(Command),
    /// To use a tool.
    Tool(Tool, Command),
}

/// A tool, and what it works on.
pub enum Tool {
    /// `fmt`, and whether it only checks.
    Format(Vec<OsString>, bool),
    /// `check`
    Check(Vec<OsString>),
    /// `test`, and whether it blesses.
    Test(Vec<OsString>, bool),
    /// `help`, and the name.
    Help(String),
}

/// What to run, and how.
pub struct Command {
    /// What to run.
    pub program: Program,
    /// What the program finds in `args`.
    pub args: Vec<String>,
    /// Where the random numbers start.
    pub seed: Option<u64>,
    /// How many threads work on large arrays.
    pub threads: Option<usize>,
    /// Whether messages are coloured.
    pub color: Color,
    /// What pictures are made of: whether they may be more than ASCII, if somebody says.
    pub unicode: Option<bool>,
    /// Whether messages are JSON.
    pub json: bool,
    /// Whether a warning is an error.
    pub strict: bool,
    /// Whether the prompt follows.
    pub stay: bool,
    /// Seconds that it may take.
    pub max_time: Option<f64>,
    /// Bytes that it may hold.
    pub max_memory: Option<usize>,
}

/// Where the program comes from.
pub enum Program {
    /// Somebody types it.
    Prompt,
    /// A file.
    File(OsString),
    /// The command line.
    Code(String),
    /// Standard input.
    Input,
}

/// Whether messages are coloured.
#[derive(Clone, Copy)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Yes.
    Always,
    /// No.
    Never,
}

/// Reads the command line; fails with a sentence.
pub fn read(args: impl Iterator<Item = OsString>) -> Result<Wanted, String> {
    let mut parser = Parser::from_args(args);
    let mut command = Command {
        program: Program::Prompt,
        args: Vec::new(),
        seed: None,
        threads: None,
        color: Color::Auto,
        unicode: None,
        json: false,
        strict: false,
        stay: false,
        max_time: None,
        max_memory: None,
    };
    while let Some(arg) = parser.next().map_err(sentence)? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Wanted::Text(usage::help())),
            Arg::Short('V') | Arg::Long("version") => {
                return Ok(Wanted::Text(format!("adlib {}", env!("CARGO_PKG_VERSION"))));
            }
            Arg::Long("manual") => return Ok(Wanted::Text(adlib::builtin::manual::text().trim_end().to_string())),
            Arg::Short('e') | Arg::Long("eval") => {
                if matches!(command.program, Program::Code(_)) {
                    return Err("-e can be given once; statements are separated by ;".to_string());
                }
                let code = parser.value().map_err(|_| "-e needs code, as in adlib -e \"1 + 1\"".to_string())?;
                command.program =
                    Program::Code(code.string().map_err(|_| "the code after -e is not UTF-8 text".to_string())?);
            }
            Arg::Long("seed") => command.seed = Some(seed(&value(&mut parser, "--seed needs a whole number")?)?),
            Arg::Long("threads") => {
                command.threads = Some(threads(&value(&mut parser, "--threads needs a whole number")?)?);
            }
            Arg::Long("color") => command.color = color(&value(&mut parser, "--color needs auto, always or never")?)?,
            Arg::Long("plot") => command.unicode = plot(&value(&mut parser, "--plot needs auto, unicode or ascii")?)?,
            Arg::Long("json") => command.json = true,
            Arg::Long("strict") => command.strict = true,
            Arg::Short('i') | Arg::Long("interactive") => command.stay = true,
            Arg::Long("max-time") => command.max_time = Some(seconds(&value(&mut parser, MAX_TIME)?)?),
            Arg::Long("max-memory") => command.max_memory = Some(bytes(&value(&mut parser, MAX_MEMORY)?)?),
            Arg::Value(word) if is_tool(&command, &word) => return tool(&mut parser, &word.to_string_lossy(), command),
            Arg::Value(value) => {
                let first = match command.program {
                    Program::Code(_) => Some(value),
                    _ if value == "-" => {
                        command.program = Program::Input;
                        None
                    }
                    _ => {
                        command.program = Program::File(value);
                        None
                    }
                };
                // Whatever follows belongs to the script, dashes or not.
                let rest = parser.raw_args().map_err(sentence)?;
                command.args = first.into_iter().chain(rest).map(|arg| arg.to_string_lossy().into_owned()).collect();
            }
            Arg::Short(letter) => return Err(format!("there is no option -{letter}")),
            Arg::Long(name) => return Err(unknown(&format!("--{name}"))),
        }
    }
    Ok(Wanted::Run(command))
}

const MAX_TIME: &str = "--max-time needs a number of seconds";
const MAX_MEMORY: &str = "--max-memory needs a size, such as 500M or 2G";

/// Whether a word calls a tool: a script is named with its ending, or with a folder.
fn is_tool(command: &Command, word: &OsString) -> bool {
    matches!(command.program, Program::Prompt) && word.to_str().is_some_and(|word| usage::find(word).is_some())
}

/// What follows the name of a tool.
fn tool(parser: &mut Parser, name: &str, mut command: Command) -> Result<Wanted, String> {
    let mut words: Vec<OsString> = Vec::new();
    let (mut check, mut bless) = (false, false);
    while let Some(arg) = parser.next().map_err(sentence)? {
        match arg {
            Arg::Long("check") if name == "fmt" => check = true,
            Arg::Long("bless") if name == "test" => bless = true,
            Arg::Long("json") => command.json = true,
            Arg::Long("color") => command.color = color(&value(parser, "--color needs auto, always or never")?)?,
            Arg::Long("seed") => command.seed = Some(seed(&value(parser, "--seed needs a whole number")?)?),
            Arg::Short('h') | Arg::Long("help") => return Ok(Wanted::Text(usage::help())),
            Arg::Value(word) => words.push(word),
            Arg::Short(letter) => return Err(format!("adlib {name} has no option -{letter}")),
            Arg::Long(option) => return Err(format!("adlib {name} has no option --{}", adlib::show::safe(option))),
        }
    }
    let one = |words: &[OsString]| match words {
        [one] => Some(one.to_string_lossy().into_owned()),
        _ => None,
    };
    let choices = usage::find(name).map_or(&[][..], |tool| tool.choices);
    let text = |made: Option<String>| {
        made.map(Wanted::Text).ok_or_else(|| format!("adlib {name} needs one of {}", choices.join(", ")))
    };
    match name {
        "fmt" => Ok(Wanted::Tool(Tool::Format(words, check), command)),
        "check" => Ok(Wanted::Tool(Tool::Check(words), command)),
        "test" => Ok(Wanted::Tool(Tool::Test(words, bless), command)),
        "help" if words.is_empty() => Ok(Wanted::Text(usage::help())),
        "help" => match one(&words) {
            Some(word) => Ok(Wanted::Tool(Tool::Help(word), command)),
            // A title is several words.
            None if words.first().is_some_and(|word| word == "error") => {
                let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
                Ok(Wanted::Tool(Tool::Help(words.join(" ")), command))
            }
            None => Err("adlib help explains one name at a time".to_string()),
        },
        "completions" => text(one(&words).and_then(|shell| complete::completions(&shell))),
        "grammar" => text(one(&words).and_then(|kind| grammar::grammar(&kind))),
        _ => Ok(Wanted::Text(usage::man())),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && *seconds < 1e9);
    seconds.ok_or_else(|| format!("{MAX_TIME}, not {}", adlib::show::safe(text)))
}

fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(['B', 'b', 'i']);
    let (number, unit) = match digits.char_indices().last() {
        Some((at, unit)) if unit.is_alphabetic() => (digits.get(..at).unwrap_or_default(), unit.to_ascii_uppercase()),
        _ => (digits, ' '),
    };
    let unit = match unit {
        ' ' => Some(1.0),
        'K' => Some(1e3),
        'M' => Some(1e6),
        'G' => Some(1e9),
        'T' => Some(1e12),
        _ => None,
    };
    let size = unit.zip(number.parse::<f64>().ok()).map(|(unit, number)| unit * number);
    let size = size.filter(|size| *size >= 1.0 && *size < 1e18).map(|size| size as usize);
    size.ok_or_else(|| format!("{MAX_MEMORY}, not {}", adlib::show::safe(text)))
}

fn value(parser: &mut Parser, need: &str) -> Result<String, String> {
    parser.value().map(|value| value.to_string_lossy().into_owned()).map_err(|_| need.to_string())
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("--seed needs a whole number, not {}", adlib::show::safe(text)))
}

fn threads(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=MOST).contains(count));
    count.ok_or_else(|| format!("--threads needs a number from 1 to {MOST}, not {}", adlib::show::safe(text)))
}

fn color(text: &str) -> Result<Color, String> {
    match text {
        "auto" => Ok(Color::Auto),
        "always" => Ok(Color::Always),
        "never" => Ok(Color::Never),
        other => Err(format!("--color needs auto, always or never, not {}", adlib::show::safe(other))),
    }
}

fn plot(text: &str) -> Result<Option<bool>, String> {
    match text {
        "auto" => Ok(None),
        "unicode" => Ok(Some(true)),
        "ascii" => Ok(Some(false)),
        other => Err(format!("--plot needs auto, unicode or ascii, not {}", adlib::show::safe(other))),
    }
}

fn unknown(name: &str) -> String {
    let name = adlib::show::safe(name);
    let options: Vec<String> = usage::FLAGS.iter().map(|flag| format!("--{}", flag.long)).collect();
    match did_you_mean(&name, options.iter().map(String::as_str)) {
        Some(right) => format!("there is no option {name}; did you mean {right}?"),
        None => format!("there is no option {name}"),
    }
}

fn sentence(error: Error) -> String {
    match error {
        Error::UnexpectedValue { option, .. } => format!("{option} takes no value"),
        other => adlib::show::safe(&other.to_string()).into_owned(),
    }
}
