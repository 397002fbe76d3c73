//! The machine that a program runs on: its clock, its environment, its input, its memory and its threads.

use crate::array::{limits, threads};
use crate::diagnostic::{Part, Problem};
use crate::value::{Builtin, Run, Value};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&TIME, &GETENV, &INPUT, &PEAK_MEMORY, &THREADS];

pub(crate) static TIME: Builtin = Builtin {
    name: "time",
    params: &[],
    doc: "Seconds since the start of 1970; the difference of two is how long something took.\n> start = time()\n> time() - start < 60\ntrue",
    samples: &[],
    run: Run::Routine(|_| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Ok(Value::num(since.map_or(0.0, |since| since.as_secs_f64())))
    }),
};

pub(crate) static GETENV: Builtin = Builtin {
    name: "getenv",
    params: &["name", "default = none"],
    doc: "A variable of the environment, as a string; `default` if it is not set.\n> getenv(\"NO_SUCH_VARIABLE\", \"nothing\")\n\"nothing\"",
    samples: &[],
    run: Run::Routine(|call| {
        let name = call.args.text(0)?;
        // The system's own functions panic on names that no variable can have.
        let possible = !name.is_empty() && !name.contains(['=', '\0']);
        Ok(match possible.then(|| std::env::var_os(name)).flatten() {
            Some(text) => Value::text(text.to_string_lossy()),
            None if call.args.given(1) => call.args.get(1).clone(),
            None => Value::None,
        })
    }),
};

pub(crate) static INPUT: Builtin = Builtin {
    name: "input",
    params: &["prompt = \"\""],
    doc: "A line from standard input as a string, without its end; `none` at the end of the input.",
    samples: &[],
    run: Run::Routine(|call| {
        let prompt = if call.args.given(0) { call.args.text(0)?.to_string() } else { String::new() };
        Ok(call.host.input(&prompt)?.map_or(Value::None, Value::text))
    }),
};

pub(crate) static PEAK_MEMORY: Builtin = Builtin {
    name: "peak_memory",
    params: &[],
    doc: "The most bytes of memory that the program held at once since it started; `none` on systems that do not tell.\n> bytes = peak_memory()\n> bytes == none or bytes > 0\ntrue",
    samples: &[],
    run: Run::Routine(|_| Ok(limits::peak_memory().map_or(Value::None, |bytes| Value::num(bytes as f64)))),
};

pub(crate) static THREADS: Builtin = Builtin {
    name: "threads",
    params: &["count = none"],
    doc: "How many threads work on large arrays, after setting it if `count` is given.\n\nAt first it is what `adlib --threads` or the variable ADLIB_THREADS says, or as many as the machine has. Results are the same for any number.\n> threads(2)\n2",
    samples: &[],
    run: Run::Routine(|call| {
        if call.args.given(0) {
            let count = call.args.whole(0)?;
            match usize::try_from(count).ok().filter(|count| (1..=threads::MOST).contains(count)) {
                Some(count) => threads::set(count),
                None => {
                    return Err(Problem::new(format!("count is from 1 to {}, found {count}", threads::MOST))
                        .label(Part::Argument(0), count.to_string()));
                }
            }
        }
        Ok(Value::num(threads::count() as f64))
    }),
};
