//! The command line.

mod arguments;

use adlib::array::{limits, threads};
use adlib::diagnostic::draw::Look;
use adlib::interpret::{Echo, Session};
use adlib::repl::{self, Door, Ending, Trouble, Voice, attempt, script};
use adlib::show::{Colors, Screen};
use adlib::tools;
use adlib::value::Value;
use arguments::{Color, Command, Program, Tool, Wanted};
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit statuses other than 0.
const FAILED: u8 = 1;
const WRONG_USE: u8 = 2;
const UNWRITABLE: u8 = 74;
const OUT_OF_MEMORY: u8 = 122;
const OUT_OF_TIME: u8 = 124;
const INTERRUPTED: u8 = 130;

/// How often Ctrl-C was pressed while nothing heeded it. The second time that is said, the third time it ends the
/// program.
static PRESSED: AtomicUsize = AtomicUsize::new(0);

fn main() -> ExitCode {
    repl::install_net();
    let mut voice = Voice { door: Door::default(), look: Look::default(), json: false };
    let status = match arguments::read(std::env::args_os().skip(1)) {
        Ok(Wanted::Text(text)) => {
            voice.say(&text);
            0
        }
        Ok(Wanted::Run(command)) => start(command, &mut voice),
        Ok(Wanted::Tool(tool, command)) => use_tool(tool, command, &mut voice),
        Err(sentence) => wrong_use(&mut voice, &format!("{sentence}\nadlib --help shows what can be written")),
    };
    ExitCode::from(match voice.door.trouble() {
        // Whoever read the output had enough.
        Some(Trouble::Closed) => 0,
        Some(trouble) => {
            voice.say_aside(&trouble.sentence().unwrap_or_default());
            UNWRITABLE
        }
        None => status,
    })
}

fn wrong_use(voice: &mut Voice, sentence: &str) -> u8 {
    voice.say_aside(&format!("adlib: {sentence}"));
    WRONG_USE
}

/// Formats, checks, tests or explains.
fn use_tool(tool: Tool, command: Command, voice: &mut Voice) -> u8 {
    voice.json = command.json;
    match tool {
        Tool::Format(paths, check) => {
            voice.look = look(command.color, std::io::stderr().is_terminal());
            tools::fmt::run(&paths, check, voice)
        }
        Tool::Check(paths) => {
            voice.look = look(command.color, std::io::stdout().is_terminal());
            tools::check::run(&paths, voice)
        }
        Tool::Test(paths, bless) => {
            heed_interrupts();
            tools::golden::run(&paths, bless, command.seed, voice)
        }
        Tool::Help(name) => match tools::explained(&name) {
            Ok(text) => {
                voice.say(&text);
                tools::FINE
            }
            Err(sentence) => {
                voice.say_aside(&format!("adlib: {sentence}"));
                tools::FOUND
            }
        },
    }
}

fn start(command: Command, voice: &mut Voice) -> u8 {
    voice.json = command.json;
    if let Some(bytes) = command.max_memory {
        limits::set_budget(bytes);
    }
    let prompts = command.stay || matches!(command.program, Program::Prompt) && std::io::stdin().is_terminal();
    if let Some(seconds) = command.max_time.filter(|_| !prompts) {
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_secs_f64(seconds));
            limits::expire();
            // Whatever does not heed it has a second to.
            std::thread::sleep(std::time::Duration::from_secs(1));
            std::process::exit(i32::from(OUT_OF_TIME));
        });
    }
    let mut session = Session::new(Box::new(voice.door.clone()));
    if let Some(seed) = command.seed {
        session.seed(seed);
    }
    session.set_strict(command.strict);
    if !prompts {
        session.end_with_error();
    }
    if let Some(count) = command.threads {
        threads::set(count);
    }
    session.set_screen(screen(command.color, command.unicode));
    session.set("args", Value::tuple(command.args.into_iter().map(Value::text).collect()));
    match command.program {
        Program::Prompt if std::io::stdin().is_terminal() => {
            voice.look = look(command.color, std::io::stdout().is_terminal());
            heed_interrupts();
            repl::run(session, voice, forget_interrupts);
            0
        }
        program => {
            voice.look = look(command.color, std::io::stderr().is_terminal());
            let status = run(program, &mut session, voice);
            if command.stay && status != WRONG_USE && std::io::stdin().is_terminal() {
                voice.look = look(command.color, std::io::stdout().is_terminal());
                forget_interrupts();
                repl::run(session, voice, forget_interrupts);
                return 0;
            }
            status
        }
    }
}

fn run(program: Program, session: &mut Session, voice: &mut Voice) -> u8 {
    let (name, text, echo) = match program {
        Program::Code(code) => ("-e".to_string(), code, Echo::Last),
        Program::File(path) => match script::read(Path::new(&path)) {
            Ok(text) => {
                if let Some(folder) = Path::new(&path).parent() {
                    session.set_folder(folder);
                }
                (path.to_string_lossy().into_owned(), text, Echo::Nothing)
            }
            Err(sentence) => return wrong_use(voice, &sentence),
        },
        Program::Prompt | Program::Input => {
            let mut bytes = Vec::new();
            match std::io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .map_err(|error| error.to_string())
                .and_then(|_| script::text(bytes))
            {
                Ok(text) => ("stdin".to_string(), text, Echo::Nothing),
                Err(reason) => return wrong_use(voice, &format!("standard input cannot be read: {reason}")),
            }
        }
    };
    // Not before: until the text is there, Ctrl-C has nothing to stop but the waiting.
    heed_interrupts();
    match attempt(session, voice, |session| session.run(&name, &text, echo)) {
        Ending::Done => 0,
        Ending::Failed if limits::over_budget() => OUT_OF_MEMORY,
        Ending::Failed => FAILED,
        Ending::Interrupted if limits::expired() => OUT_OF_TIME,
        Ending::Interrupted => INTERRUPTED,
    }
}

fn look(color: Color, terminal: bool) -> Look {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let dumb = set("TERM").is_some_and(|term| term == "dumb");
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !dumb && set("NO_COLOR").is_none(),
    };
    // Nothing set says nothing: in a bare container the terminal still reads UTF-8.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let utf8 = locale.is_none_or(|name| name.to_ascii_lowercase().replace('-', "").contains("utf8"));
    Look { color, unicode: !terminal || (utf8 && !dumb), ..Look::default() }
}

/// What pictures on standard output may be made of.
fn screen(color: Color, unicode: Option<bool>) -> Screen {
    let terminal = std::io::stdout().is_terminal();
    let look = look(color, terminal);
    let set = |name: &str| std::env::var(name).unwrap_or_default();
    let colors = match look.color {
        false => Colors::None,
        true if matches!(set("COLORTERM").as_str(), "truecolor" | "24bit") => Colors::All,
        true => Colors::Numbered,
    };
    Screen { unicode: unicode.unwrap_or(terminal && look.unicode), colors }
}

/// From now on Ctrl-C asks the running program to stop.
fn heed_interrupts() {
    // Without a handler Ctrl-C ends the whole program, which is what it means elsewhere.
    let _ = ctrlc::set_handler(|| {
        limits::interrupt();
        if repl::idle() {
            return;
        }
        match PRESSED.fetch_add(1, Ordering::Relaxed) {
            0 => {}
            // When nobody can be told, there is nobody to tell.
            1 => drop(writeln!(
                std::io::stderr(),
                "\nstill at something that cannot stop at once; Ctrl-C again quits adlib, and what is not saved is lost"
            )),
            _ => std::process::exit(i32::from(INTERRUPTED)),
        }
    });
}

fn forget_interrupts() {
    PRESSED.store(0, Ordering::Relaxed);
    limits::clear_interrupt();
}
