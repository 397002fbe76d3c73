//! Files of data: what each ending means, in one list, and the readers and writers behind it.
//!
//! `load("house.csv")` finds the format by the ending, gives it the bytes and gets a value; `save` goes
//! the other way. A reader sees nothing but bytes that somebody else made: whatever they say, it answers
//! with a value or with what is wrong, and takes no more memory than the bytes can fill.

mod door;
mod elements;
mod idx;
mod json;
mod literal;
mod nest;
mod npy;
mod npz;
mod numeral;
mod picture;
mod sets;
mod table;
mod text;
mod weights;

pub use sets::NAMES as SETS;

use crate::array::Array;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::value::{Value, as_var};
use std::rc::Rc;

/// What a reader is told besides the bytes.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What separates the whole part of a number from its fraction, if it is not a point.
    pub decimal: Option<char>,
    /// What separates the cells of a table, if it is not to be found out.
    pub delimiter: Option<char>,
    /// Whether a table starts with the names of its columns, if that is not to be found out.
    pub header: Option<bool>,
    /// Columns of a table that stay text.
    pub text: Vec<String>,
}

/// A file being read.
pub struct Reading<'a> {
    /// The path as it was given.
    pub path: &'a str,
    /// What the reader is told.
    pub options: &'a Options,
    /// What the user should hear although the file was read.
    pub warnings: Vec<Fail>,
}

/// One of the values being saved.
#[derive(Clone)]
pub struct Entry {
    /// Which argument of the call it came with.
    pub argument: usize,
    /// Its name, if it has one.
    pub name: Option<Rc<str>>,
    /// The value.
    pub value: Value,
}

type Read = fn(&mut Reading<'_>, &[u8]) -> Outcome<Value>;
type Write = fn(&Writing<'_>) -> Outcome<Vec<u8>>;

/// What files with one of these endings hold.
struct Format {
    endings: &'static [&'static str],
    read: Read,
    write: Option<Write>,
}

/// Every format there is.
static FORMATS: &[Format] = &[
    Format { endings: &["csv"], read: table::read, write: Some(table::write) },
    Format { endings: &["tsv"], read: table::read, write: Some(table::write) },
    Format { endings: &["npy"], read: npy::read, write: Some(npy::write) },
    Format { endings: &["npz"], read: npz::read, write: Some(npz::write) },
    Format { endings: &["safetensors"], read: weights::read, write: Some(weights::write) },
    Format { endings: &["json"], read: json::read, write: Some(json::write) },
    Format { endings: &["txt"], read: text::read, write: Some(text::write) },
    Format { endings: &["png"], read: picture::read_png, write: Some(picture::write_png) },
    Format { endings: &["jpg", "jpeg"], read: picture::read_jpeg, write: Some(picture::write_jpeg) },
    // MNIST comes as train-images-idx3-ubyte.
    Format { endings: &["idx", "idx1-ubyte", "idx3-ubyte"], read: idx::read, write: None },
];

/// What is to be saved.
pub struct Writing<'a> {
    /// The path as it was given.
    pub path: &'a str,
    /// The values, with their names.
    pub entries: &'a [Entry],
    /// What was given, if it was one value without a name.
    pub whole: Option<&'a Value>,
}

/// Reads a file, or one of the sets in the binary, and gives its value and what to warn of.
///
/// # Errors
/// When there is no such file or set, or it does not hold what its ending says.
pub fn load(path: &str, options: &Options) -> Outcome<(Value, Vec<Fail>)> {
    if let Some(set) = sets::find(path) {
        return Ok((set?, Vec::new()));
    }
    format(path)?;
    parse(path, &door::read(path)?, options)
}

/// What the bytes of a file stand for.
///
/// # Errors
/// When they do not hold what the ending of the path says.
pub fn parse(path: &str, bytes: &[u8], options: &Options) -> Outcome<(Value, Vec<Fail>)> {
    let (format, _) = format(path)?;
    let mut reading = Reading { path, options, warnings: Vec::new() };
    let value = if bytes.starts_with(GZIP) {
        (format.read)(&mut reading, &door::unpack(path, bytes)?)
    } else {
        (format.read)(&mut reading, bytes)
    };
    Ok((value?, reading.warnings))
}

/// Writes values to a file, whole or not at all, and gives its size in bytes.
///
/// # Errors
/// When the format cannot hold them, or the file cannot be written.
pub fn save(path: &str, entries: &[Entry], whole: Option<&Value>) -> Outcome<usize> {
    let (format, pack) = format(path)?;
    let Some(write) = format.write else {
        let ending = format.endings.first().copied().unwrap_or_default();
        return Err(Problem::new(format!(".{ending} files can be loaded, not saved"))
            .label(Part::Argument(0), "")
            .help("arrays are saved as .npy, several as .npz or .safetensors"));
    };
    let mut bytes = write(&Writing { path, entries, whole })?;
    if pack {
        bytes = door::pack(&bytes)?;
    }
    door::write(path, &bytes)?;
    Ok(bytes.len())
}

/// How compressed bytes begin, whatever the file is called.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// Writes a file that somebody else composed, whole or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &str, bytes: &[u8]) -> Outcome<()> {
    door::write(path, bytes)
}

/// A PNG file with these pixels: red, green and blue of each, row after row.
///
/// # Errors
/// When there are not as many as that.
pub fn png(wide: u32, high: u32, bytes: &[u8]) -> Outcome<Vec<u8>> {
    picture::png(wide, high, bytes)
}

/// The format of a path by its ending, and whether it is compressed as well: `house.csv.gz`.
fn format(path: &str) -> Outcome<(&'static Format, bool)> {
    let lower = path.to_lowercase();
    let (inner, pack) = match lower.strip_suffix(".gz") {
        Some(inner) => (inner, true),
        None => (lower.as_str(), false),
    };
    let name = inner.rsplit(['/', '\\']).next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let known = FORMATS.iter().find(|format| {
        format
            .endings
            .iter()
            .any(|&known| ending == Some(known) || (known.ends_with("-ubyte") && name.ends_with(known)))
    });
    known.map(|format| (format, pack)).ok_or_else(|| unknown(path, ending))
}

/// The error for a path that names neither a format nor a set.
fn unknown(path: &str, ending: Option<&str>) -> Fail {
    let endings = FORMATS.iter().filter_map(|format| format.endings.first());
    let list = endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(" ");
    let shown = shown(path);
    match ending {
        None => {
            let problem = Problem::new(format!("{shown} has no ending, and is not a data set"));
            let problem = problem.label(Part::Argument(0), "");
            match did_you_mean(path, SETS.iter().copied()) {
                Some(set) => {
                    let edit = crate::diagnostic::Edit::Replace(Part::Argument(0), format!("\"{set}\""));
                    problem.patch(format!("did you mean \"{set}\"?"), vec![edit])
                }
                None => problem.help(format!("the sets are {}; files end in {list}", SETS.join(", "))),
            }
        }
        Some("pt" | "pth" | "pkl" | "pickle" | "bin") => {
            let stem = shown.rsplit_once('.').map_or(shown.as_str(), |(stem, _)| stem);
            Problem::new(format!("{shown} holds a pickle, which would run code")).label(Part::Argument(0), "").help(
                format!(
                    "save it as safetensors in Python, and load that:\n  import torch, safetensors.torch\n  \
                 safetensors.torch.save_file(torch.load(\"{shown}\"), \"{stem}.safetensors\")"
                ),
            )
        }
        Some(ending) => {
            let problem = Problem::new(format!("files that end in .{} are not known", short(ending, 20)));
            problem.label(Part::Argument(0), "").help(format!("known endings are {list}, each also with .gz"))
        }
    }
}

/// The last part of a path as messages show it.
pub(crate) fn shown(path: &str) -> String {
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path);
    short(&crate::show::safe(name), 24)
}

/// A text cut to so many characters, with a sign that it was.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

impl Reading<'_> {
    /// The error that the bytes are not what the ending says.
    fn refuse(&self, format: &str, why: impl Into<String>) -> Fail {
        Problem::new(format!("{} is not {format}", shown(self.path))).label(Part::Argument(0), why)
    }
}

impl Writing<'_> {
    /// The one value that is to be saved, for formats that hold one.
    fn only(&self) -> Outcome<Entry> {
        match (self.whole, self.entries) {
            (Some(value), _) => Ok(Entry { argument: 1, name: None, value: value.clone() }),
            (None, [entry]) => Ok(entry.clone()),
            (None, entries) => {
                Err(Problem::new(format!("{} holds one value, found {}", shown(self.path), entries.len()))
                    .label(Part::Argument(0), "")
                    .help("several arrays go into one .npz or .safetensors file"))
            }
        }
    }

    /// The error that a format cannot hold a value.
    fn refuse(&self, entry: &Entry, help: &str) -> Fail {
        let kind = entry.value.kind();
        let title = match kind.split_once(" of shape") {
            Some((kind, _)) => format!("{} cannot hold {kind} like this", shown(self.path)),
            None => format!("{} cannot hold {kind}", shown(self.path)),
        };
        Problem::new(title).label(Part::Argument(entry.argument), kind).help(help)
    }
}

/// A value as an array, if it is one.
fn array_of(value: &Value) -> Outcome<Option<Array>> {
    Ok(as_var(value)?.map(|var| var.array().into_owned()))
}

/// A value as a string, if it is one.
fn string(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}
