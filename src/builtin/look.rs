//! Looking at values: printing, text, help.

use super::{all, library, topics};
use crate::array::shape_text;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::show::{Style, text_quoted};
use crate::value::{Arguments, Builtin, Function, Run, Value, display, left_out, markdown, signature_of};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PRINT, &STR, &DISPLAY, &HELP];

/// A count that is at least 1, or a default if it was left out.
fn count_or(args: &Arguments, i: usize, default: usize) -> Outcome<usize> {
    if !args.given(i) {
        return Ok(default);
    }
    let count = args.whole(i)?;
    usize::try_from(count).ok().filter(|&count| count > 0).ok_or_else(|| {
        let name = args.builtin.param(i).map_or("", |(name, _)| name);
        Problem::new(format!("{name} is at least 1, found {count}")).label(Part::Argument(i), count.to_string())
    })
}

/// Elements that can be printed: beyond that their texts would fill the machine, and nobody reads them.
const MOST: usize = 10_000_000;

fn all_of_it(i: usize, value: &Value, style: &Style) -> Outcome<()> {
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Tuple(tuple) => waiting.extend(&tuple.items),
            Value::Var(var) if var.len() > MOST && var.len() <= style.threshold => {
                return Err(Problem::new("this array is too large to print all of it")
                    .label(Part::Argument(i), shape_text(var.shape()))
                    .help("print a part of it, as in x[:100], or save it to a file"));
            }
            _ => {}
        }
    }
    Ok(())
}

pub(crate) static PRINT: Builtin = Builtin {
    name: "print",
    params: &["...values", "digits = none", "end = \"\\n\"", "all = false", "as = none"],
    doc: "Prints values, separated by spaces, and ends the line.\n\n`digits` is how many significant digits numbers show, `end` what comes instead of the end of the line; with `all = true` nothing is left out of a large array, and with `as = \"markdown\"` a table is one for a page.\n> print(\"x =\", 3)\nx = 3\n> print(1 / 3, digits = 3)\n0.333\n> print((place = (\"Graz\", \"Linz\"), height = [353, 266]), as = \"markdown\")\n| place | height |\n|-------|-------:|\n| Graz  |    353 |\n| Linz  |    266 |",
    samples: &[],
    run: Run::Routine(|call| {
        let style = *call.host.style();
        let mut style = Style { digits: count_or(&call.args, 1, style.digits)?, height: call.host.lines(), ..style };
        if call.args.flag_or(3, false)? {
            (style.threshold, style.height) = (usize::MAX, usize::MAX);
        }
        let end = if call.args.given(2) { call.args.text(2)? } else { "\n" };
        for (i, value) in call.args.rest(0).iter().enumerate() {
            all_of_it(i, value, &style)?;
            value.compute()?;
        }
        let texts: Vec<String> = if call.args.given(4) {
            let text = call.args.text(4)?;
            if text != "markdown" {
                return Err(Problem::new(format!(
                    "print writes as \"markdown\", not as {}",
                    text_quoted(&short(text))
                ))
                .label(Part::Argument(4), "")
                .help("leave it out to print as usual"));
            }
            let refuse = |value: &Value| {
                Problem::new(format!("{} is not a table", value.kind()))
                    .label(Part::Argument(0), value.kind())
                    .help("tables are tuples of columns of one length, matrices, and tuples with names")
            };
            let table = |value| markdown(value, &style).ok_or_else(|| refuse(value));
            call.args.rest(0).iter().map(table).collect::<Outcome<_>>()?
        } else {
            call.args.rest(0).iter().map(|value| display(value, &style)).collect()
        };
        // As at the prompt itself, the last line says what is left out.
        let at_prompt = style.height != usize::MAX && !call.args.given(2) && !call.args.given(4);
        let cut = call.args.rest(0).iter().zip(&texts).filter_map(|(value, text)| left_out(value, text));
        let notes: String = cut.filter(|_| at_prompt).map(|cut| format!("{cut}; all = true shows all\n")).collect();
        let between = if call.args.given(4) { "\n\n" } else { " " };
        call.host.print(&(texts.join(between) + end + &notes))?;
        Ok(Value::None)
    }),
};

/// The beginning of a text.
fn short(text: &str) -> String {
    text.chars().take(12).collect()
}

pub(crate) static STR: Builtin = Builtin {
    name: "str",
    params: &["x"],
    doc: "A value as text, as `print` shows it.\n> str([1, 2]) + \"!\"\n\"[1, 2]!\"",
    samples: &[],
    run: Run::Routine(|call| {
        let style = *call.host.style();
        Ok(Value::text(display(call.args.get(0), &style)))
    }),
};

pub(crate) static DISPLAY: Builtin = Builtin {
    name: "display",
    params: &["digits = none", "width = none", "threshold = none"],
    doc: "Sets how numbers and arrays print from now on.\n\n`digits`: significant digits of a number that is not whole, 6 at first; with 17, as many as it takes to read the same number back. `width`: columns on a line, 80 at first. `threshold`: elements above which an array is shortened, 1,000 at first. Without arguments all three are as at first.\n> display(digits = 3)\n> pi\n3.14\n> display()\n> pi\n3.14159",
    samples: &[],
    run: Run::Routine(|call| {
        let before = if (0..3).any(|i| call.args.given(i)) { *call.host.style() } else { Style::default() };
        *call.host.style() = Style {
            digits: count_or(&call.args, 0, before.digits)?,
            width: count_or(&call.args, 1, before.width)?,
            threshold: count_or(&call.args, 2, before.threshold)?,
            height: before.height,
        };
        Ok(Value::None)
    }),
};

pub(crate) static HELP: Builtin = Builtin {
    name: "help",
    params: &["topic = none"],
    doc: "Explains a function, a keyword or a topic; without one, lists them.\n\nA function is given itself or by name, anything else by name: `help(sin)`, `help(\"record\")`. At the prompt `?name` does the same.",
    samples: &[],
    run: Run::Routine(|call| {
        let name = match call.args.get(0) {
            Value::Unset | Value::None => {
                let text = overview();
                return call.host.print(&text).map(|()| Value::None);
            }
            Value::Builtin(builtin) => builtin.name.to_string(),
            Value::Text(text) => text.to_string(),
            Value::Module(module) => module.name.clone(),
            Value::Function(function) => {
                let text = match &**function {
                    Function::Closure(closure) => {
                        let signature = signature_of(&closure.lambda);
                        match &closure.lambda.doc {
                            Some(doc) => format!("{signature}\n\n{doc}\n"),
                            None => format!("{signature}\n"),
                        }
                    }
                    Function::Partial(partial) => {
                        let shown = display(call.args.get(0), &Style::default());
                        format!("{shown}\n\n{}\n", partial.builtin.doc)
                    }
                };
                return call.host.print(&text).map(|()| Value::None);
            }
            other => {
                return Err(Problem::new(format!("help explains functions, and this is {}", other.kind()))
                    .label(Part::Argument(0), other.kind())
                    .help("give a function, or the name of a topic as a string; help() lists them"));
            }
        };
        match topics::find(&name).map(str::to_string).or_else(|| call.host.help(&name)) {
            Some(text) => call.host.print(&(text + "\n")).map(|()| Value::None),
            None => Err(unknown(&name)),
        }
    }),
};

fn unknown(name: &str) -> crate::diagnostic::Fail {
    let problem = Problem::new(format!("there is no help on `{name}`")).label(Part::Argument(0), "");
    let known = all().map(|builtin| builtin.name).chain(library::names()).chain(topics::names());
    match did_you_mean(name, known.filter(|known| known.starts_with(char::is_alphabetic))) {
        Some(right) => problem.help(format!("did you mean help(\"{right}\")?")),
        None => problem.help("help() lists what there is"),
    }
}

/// Everything there is help on.
fn overview() -> String {
    let mut functions: Vec<&str> = all()
        .map(|builtin| builtin.name)
        .chain(library::names())
        .filter(|name| name.starts_with(char::is_alphabetic))
        .collect();
    functions.sort_unstable();
    functions.dedup();
    let topics: Vec<&str> = topics::names().collect();
    let mut text = String::from("help(name) explains one of these: a function by itself, a topic as a string.\n");
    let modules: Vec<&str> = library::MODULES.iter().map(|(name, _)| *name).collect();
    for (title, names) in [("topics", topics), ("modules to import", modules), ("functions", functions)] {
        text += &format!("\n{title}\n");
        let mut line = String::new();
        for name in names {
            if line.len() + name.len() > 76 {
                text += &format!("  {}\n", line.trim_end());
                line.clear();
            }
            line += name;
            line.push(' ');
        }
        text += &format!("  {}\n", line.trim_end());
    }
    text
}
