//! Data in and out: `load` and `save`.

use crate::array::shape_text;
use crate::data::{self, Entry, Options};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::syntax::KEYWORDS;
use crate::value::{Arguments, Builtin, Run, Value};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&LOAD, &SAVE];

pub(crate) static LOAD: Builtin = Builtin {
    name: "load",
    params: &["path", "decimal = \".\"", "delimiter = none", "header = none", "text = ()"],
    doc: "Reads a file by its ending, or one of the data sets in the program.

csv, tsv: a tuple of columns, named by the header; without one, an array if all are numbers. Empty cells and NA are nan. `decimal` is the decimal mark, `delimiter` what separates cells and `header` whether there are names, where these are not seen by themselves; columns named in `text` stay strings.

npy: an array, or strings. npz, safetensors: a tuple with the names in the file. json: numbers in lists are arrays, objects tuples. txt: a tuple of lines. png, jpg: height, width and channels, from 0 to 1. idx: as MNIST has it. Whole numbers become f64, half precision f32, complex numbers a last axis of two. Any of them may be compressed: .csv.gz.

Sets: \"iris\", \"digits\", \"penguins\", with `x` (a row for each observation), `y` (class numbers) and `classes` (their names). Some penguins were not measured: `ok = isfinite(sum(p.x, axis = 1))`, then `p.x[ok]`. Sources: iris is Fisher 1936, digits Alpaydin and Kaynak 1998 (both UCI, CC BY 4.0), penguins Gorman, Williams and Fraser 2014 (CC0).
> iris = load(\"iris\")
> iris.x.shape
(150, 4)
> iris.classes
(\"setosa\", \"versicolor\", \"virginica\")",
    samples: &[],
    run: Run::Routine(|call| {
        let options = options(&call.args)?;
        let (value, warnings) = data::load(call.args.text(0)?, &options)?;
        warnings.into_iter().try_for_each(|warning| call.host.warn(warning))?;
        Ok(value)
    }),
};

/// How a file is to be read.
fn options(args: &Arguments) -> Outcome<Options> {
    let char = |i: usize| -> Outcome<Option<char>> {
        if !args.given(i) {
            return Ok(None);
        }
        let mut chars = args.text(i)?.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(Some(char)),
            _ => {
                let name = args.builtin.param(i).map_or("", |(name, _)| name);
                let problem = Problem::new(format!("{name} is one character, found {}", args.text(i)?.chars().count()));
                Err(problem.label(Part::Argument(i), "").help("a tab is \"\\t\""))
            }
        }
    };
    let header = if args.given(3) { Some(args.flag_or(3, true)?) } else { None };
    let text = match args.get(4) {
        Value::Unset | Value::None => Vec::new(),
        Value::Text(name) => vec![name.to_string()],
        Value::Tuple(names) => {
            let name = |item: &Value| if let Value::Text(name) = item { Some(name.to_string()) } else { None };
            let names: Option<Vec<String>> = names.items.iter().map(name).collect();
            names.ok_or_else(|| args.wrong(4, "names of columns"))?
        }
        _ => return Err(args.wrong(4, "names of columns")),
    };
    let decimal = char(1)?;
    if decimal.is_some_and(|char| char != '.' && char != ',') {
        return Err(Problem::new("a decimal mark is a point or a comma")
            .label(Part::Argument(1), "")
            .help("write decimal = \",\", or leave it out for a point"));
    }
    Ok(Options { decimal, delimiter: char(2)?, header, text })
}

pub(crate) static SAVE: Builtin = Builtin {
    name: "save",
    params: &["path", "...values"],
    doc: "Writes values to a file by its ending, and says what was written.

The file is replaced as a whole or not at all. Values are stored under the names given, `save(path, w = W)`, or under those of the variables, `save(path, w, b)`; one tuple alone is stored entry by entry. `load` reads all of it back.

csv, tsv: columns of one length, or one matrix. npy: one array, or strings. npz, safetensors: several, in tuples as deep as a model nests, with strings and numbers among them. json: anything but functions and infinities. txt: strings, one a line. png, jpg: an array from 0 to 1. Compressed, if .gz follows.
> save(\"line.npy\", [1, 2])
\"saved [2] to line.npy (144 bytes)\"
> load(\"line.npy\")
[1, 2]",
    samples: &[],
    run: Run::Routine(|call| {
        let path = call.args.text(0)?;
        let entries = entries(&call.args, &call.host.argument_texts("save"));
        if entries.is_empty() {
            return Err(Problem::new("there is nothing to save").help("name what to save: save(\"w.npz\", w)"));
        }
        // A tuple or a variable alone is itself for formats that hold one value.
        let whole = match call.args.get(1) {
            Value::Tuple(given) if given.items.len() == 1 && given.name(0).is_none() => given.items.first(),
            _ => None,
        };
        let size = data::save(path, &entries, whole)?;
        Ok(Value::text(format!("saved {} to {} ({} bytes)", listed(&entries), path, grouped(size))))
    }),
};

/// The values to be saved, under the names that they are given or called by.
fn entries(args: &Arguments, texts: &[String]) -> Vec<Entry> {
    let Value::Tuple(given) = args.get(1) else { return Vec::new() };
    let entry = |argument: usize, name: Option<Rc<str>>, value: &Value| Entry { argument, name, value: value.clone() };
    if let [Value::Tuple(only)] = given.items.as_slice()
        && given.name(0).is_none()
        && !only.items.is_empty()
    {
        return only.items.iter().enumerate().map(|(i, value)| entry(1, only.name(i).cloned(), value)).collect();
    }
    let mut entries = Vec::with_capacity(given.items.len());
    for (i, value) in given.items.iter().enumerate() {
        let called = || {
            let text = texts.get(i + 1)?;
            let is_name = text.chars().all(|char| char.is_alphanumeric() || char == '_')
                && text.starts_with(|char: char| char.is_alphabetic() || char == '_')
                && !KEYWORDS.contains(&text.as_str());
            is_name.then(|| Rc::from(text.as_str()))
        };
        let name = given.name(i).cloned().or_else(called);
        // Two values of one name could not be told apart.
        let taken = entries.iter().any(|known: &Entry| name.is_some() && known.name == name);
        entries.push(entry(i + 1, name.filter(|_| !taken), value));
    }
    entries
}

/// The values as the answer lists them: `w [4, 3], b [3]`.
fn listed(entries: &[Entry]) -> String {
    const MOST: usize = 5;
    let one = |entry: &Entry| {
        let kind = match &entry.value {
            Value::Var(var) => shape_text(var.shape()),
            other => other.kind(),
        };
        entry.name.as_ref().map_or(kind.clone(), |name| format!("{name} {kind}"))
    };
    let mut texts: Vec<String> = entries.iter().take(MOST).map(one).collect();
    if entries.len() > MOST {
        texts.push(format!("and {} more", entries.len() - MOST));
    }
    texts.join(", ")
}

/// A count with its digits in threes: `12 345`.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}
