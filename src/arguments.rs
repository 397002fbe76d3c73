//! What was written after `adlib`.

use adlib::array::threads::MOST;
use adlib::diagnostic::suggest::did_you_mean;
use lexopt::{Arg, Error, Parser, ValueExt};
use std::ffi::OsString;

const HELP: &str = "\
adlib: an array language that differentiates itself

  adlib                    start the prompt; without a terminal, the same as adlib -
  adlib file.ad args...    run a script; it finds the rest of the line in the tuple args
  adlib -e \"code\"          run code and print its last value
  adlib -                  run what comes on standard input

  -e, --eval CODE          as above
      --seed N             start the random numbers from N
      --threads N          work on large arrays with N threads; or set ADLIB_THREADS
      --color WHEN         auto, always or never; auto heeds NO_COLOR
      --manual             print the manual: everything there is, on one page
  -h, --help               print this
  -V, --version            print the version

Exit status: 0; 1 after an error in the script; 2 after wrong use; 74 if output cannot be
written; 130 after Ctrl-C.
ADLIB_HISTORY names the file that keeps what was typed; if it is empty, nothing is kept.";

const OPTIONS: &[&str] = &["--eval", "--seed", "--threads", "--color", "--manual", "--help", "--version"];

/// What the program is asked for.
pub enum Wanted {
    /// To print something about itself.
    Text(String),
    /// To run something.
    Run(Command),
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
    let mut command =
        Command { program: Program::Prompt, args: Vec::new(), seed: None, threads: None, color: Color::Auto };
    while let Some(arg) = parser.next().map_err(sentence)? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Wanted::Text(HELP.to_string())),
            Arg::Short('V') | Arg::Long("version") => {
                return Ok(Wanted::Text(format!("adlib {}", env!("CARGO_PKG_VERSION"))));
            }
            Arg::Long("manual") => return Ok(Wanted::Text(adlib::builtin::manual::text())),
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

fn unknown(name: &str) -> String {
    let name = adlib::show::safe(name);
    match did_you_mean(&name, OPTIONS.iter().copied()) {
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
