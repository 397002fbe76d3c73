//! Looking at values: printing, help.

use crate::diagnostic::Problem;
use crate::value::{Builtin, Run, Value, display};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PRINT, &HELP];

pub(crate) static PRINT: Builtin = Builtin {
    name: "print",
    params: &["...values"],
    doc: "Prints values, separated by spaces.\n> print(\"x =\", 3)\nx = 3",
    samples: &[],
    run: Run::Routine(|call| {
        let style = *call.host.style();
        let texts: Vec<String> = call.args.rest(0).iter().map(|value| display(value, &style)).collect();
        call.host.print(&(texts.join(" ") + "\n"))?;
        Ok(Value::None)
    }),
};

pub(crate) static HELP: Builtin = Builtin {
    name: "help",
    params: &["name"],
    doc: "Explains a function; at the prompt `?name` does the same.",
    samples: &[],
    run: Run::Routine(|call| {
        let name = match call.args.get(0) {
            Value::Builtin(builtin) => builtin.name.to_string(),
            Value::Text(text) => text.to_string(),
            other => return Err(Problem::new(format!("help explains functions, and this is {}", other.kind()))),
        };
        match call.host.help(&name) {
            Some(text) => call.host.print(&(text + "\n")).map(|()| Value::None),
            None => Err(Problem::new(format!("nothing is called `{name}`"))),
        }
    }),
};
