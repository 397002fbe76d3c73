//! Tables in text: CSV and TSV.
//!
//! A table that starts with names is a tuple of columns, `house.area`; one that is nothing but numbers is
//! an array. Whatever a person would see at a glance is found out: the delimiter, the header, which
//! columns are numbers. A column of numbers with a cell that is none is a mistake with a line and a name,
//! not a column of text that surprises later:
//!
//! ```text
//! house.csv, line 118, column "area" is not a number: `12,5`
//! ```

mod cells;
mod write;

pub(super) use write::write;

use super::{Reading, shown};
use crate::array::{Array, Shape, limits};
use crate::diagnostic::{Edit, Fail, Outcome, Part, Problem};
use crate::syntax::KEYWORDS;
use crate::value::{Tuple, Value};
use cells::{Cell, Guess, Seen};
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::collections::HashMap;
use std::rc::Rc;

/// More columns than this are a mistake.
const MOST_COLUMNS: usize = 100_000;

/// A column, read.
pub(super) struct Column {
    /// What the header calls it.
    pub title: Option<String>,
    /// An array, or a tuple of strings.
    pub value: Value,
}

/// Reads a table.
pub(super) fn read(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    let (columns, header) = columns(reading, bytes)?;
    if !header && let Some(array) = matrix(columns.iter().map(|column| &column.value))? {
        return Ok(Value::Var(array.into()));
    }
    let mut names = Names::default();
    let mut tuple = Tuple::default();
    for Column { title, value } in columns {
        tuple.push(title.and_then(|title| names.name(&title)), value);
    }
    Ok(Value::Tuple(Rc::new(tuple)))
}

/// Columns of numbers side by side, if that is what all of them are.
pub(super) fn matrix<'a>(columns: impl Iterator<Item = &'a Value> + Clone) -> Outcome<Option<Array>> {
    let number = |value: &'a Value| if let Value::Var(var) = value { Some(var.array()) } else { None };
    let Some(arrays) = columns.map(number).collect::<Option<Vec<_>>>() else { return Ok(None) };
    let rows = arrays.first().map_or(0, |first| first.len());
    let columns: Vec<_> = arrays.iter().map(|array| array.to_doubles()).collect();
    let mut data: Vec<f64> = limits::reserve(rows.saturating_mul(columns.len()))?;
    for i in 0..rows {
        data.extend(columns.iter().filter_map(|column| column.get(i)));
    }
    Ok(Some(Array::new(Shape::from_slice(&[rows, columns.len()]), data)))
}

/// The columns of a table, and whether it started with their names.
pub(super) fn columns(reading: &Reading<'_>, bytes: &[u8]) -> Outcome<(Vec<Column>, bool)> {
    let bytes = super::text::decoded(reading.path, bytes)?.as_bytes();
    let mut table = Table { reading, bytes, delimiter: delimiter(reading, bytes)? };
    let mut rows = table.rows();
    let mut row = ByteRecord::new();
    if !table.next(&mut rows, &mut row)? {
        return Err(Problem::new(format!("{} is empty", shown(reading.path))).label(Part::Argument(0), "read here"));
    }
    if row.len() > MOST_COLUMNS {
        return Err(Problem::new(format!("{} has {} columns", shown(reading.path), row.len()))
            .label(Part::Argument(0), "read here")
            .note(format!("more than {MOST_COLUMNS} are taken for a mistake")));
    }
    let plain = |cell: &[u8]| matches!(cells::cell(text_of(cell), reading.options), Cell::Text | Cell::Missing);
    let header =
        reading.options.header.unwrap_or_else(|| row.iter().all(plain) && row.iter().any(|cell| !cell.is_empty()));
    let titles = header.then(|| row.clone());
    let mut seen: Vec<Seen> = row.iter().map(|_| Seen::default()).collect();
    let mut more = !header || table.next(&mut rows, &mut row)?;
    while more {
        for (seen, cell) in seen.iter_mut().zip(&row) {
            seen.take(text_of(cell), reading.options, || table.line(&row));
        }
        more = table.next(&mut rows, &mut row)?;
    }
    table.finish(seen, titles)
}

fn text_of(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default()
}

/// What separates the cells: as told, or what stands most often in the first line, outside quotes.
fn delimiter(reading: &Reading<'_>, bytes: &[u8]) -> Outcome<u8> {
    if let Some(delimiter) = reading.options.delimiter {
        return u8::try_from(delimiter).ok().filter(u8::is_ascii).ok_or_else(|| {
            Problem::new("a delimiter is one plain character").label(Part::Whole, delimiter.to_string())
        });
    }
    if reading.path.to_lowercase().trim_end_matches(".gz").ends_with(".tsv") {
        return Ok(b'\t');
    }
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    let start = bytes.iter().position(|byte| !matches!(byte, b'\n' | b'\r')).unwrap_or(0);
    for &byte in bytes.get(start..).unwrap_or_default() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(known, _)| *known == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // With decimal commas a comma separates nothing.
    if reading.options.decimal == Some(',') {
        counts[0].1 = 0;
    }
    // The first of those that stand most often.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    Ok(counts.iter().find(|(_, count)| *count == most && most > 0).map_or(b',', |(byte, _)| *byte))
}

struct Table<'a> {
    reading: &'a Reading<'a>,
    bytes: &'a [u8],
    delimiter: u8,
}

impl<'a> Table<'a> {
    fn rows(&self) -> Reader<&'a [u8]> {
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(self.delimiter).from_reader(self.bytes)
    }

    /// Reads the next row; false if there is none.
    fn next(&self, rows: &mut Reader<&'a [u8]>, row: &mut ByteRecord) -> Outcome<bool> {
        let (number, length) = (rows.position().record(), row.len());
        if number % 4096 == 0 {
            limits::check()?;
        }
        let more = rows.read_byte_record(row).map_err(|error| {
            Problem::new(format!("{} cannot be read", shown(self.reading.path)))
                .label(Part::Argument(0), error.to_string())
        })?;
        if more && number > 0 && row.len() != length {
            let (path, line) = (shown(self.reading.path), self.line(row));
            return Err(Problem::new(format!("{path}, line {line} has {} cells, not {length}", row.len()))
                .label(Part::Argument(0), "read here")
                .note(format!("line 1 sets how many cells there are; `{}` separates them", self.separator())));
        }
        Ok(more)
    }

    fn separator(&self) -> String {
        char::from(self.delimiter).escape_default().to_string()
    }

    /// The line on which a row begins.
    fn line(&self, row: &ByteRecord) -> u64 {
        let Some(position) = row.position() else { return 0 };
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let blank = self.bytes.get(start..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        position.line() + blank.filter(|&&byte| byte == b'\n').count() as u64
    }

    /// Decides what every column is. Those that are text are read again for it.
    fn finish(&mut self, seen: Vec<Seen>, titles: Option<ByteRecord>) -> Outcome<(Vec<Column>, bool)> {
        let header = titles.is_some();
        let title = |i: usize| titles.as_ref().and_then(|titles| titles.get(i)).map(|cell| text_of(cell).trim());
        let kept = &self.reading.options.text;
        for name in kept {
            if !(0..seen.len()).any(|i| title(i) == Some(name)) {
                return Err(Problem::new(format!("{} has no column \"{name}\"", shown(self.reading.path)))
                    .label(Part::Whole, "")
                    .note(format!(
                        "it has {}",
                        (0..seen.len().min(20)).filter_map(title).collect::<Vec<_>>().join(", ")
                    )));
            }
        }
        let mut guesses = Vec::with_capacity(seen.len());
        for (i, seen) in seen.iter().enumerate() {
            let title = title(i);
            let guess = if title.is_some_and(|title| kept.iter().any(|kept| kept == title)) {
                Guess::Text
            } else {
                seen.guess(self.delimiter)
            };
            match guess {
                Guess::Odd | Guess::Comma => return Err(self.odd(i, title, seen, guess)),
                guess => guesses.push(guess),
            }
        }
        let rest = self.reread(&guesses, header)?;
        let mut columns = Vec::with_capacity(seen.len());
        for (i, ((seen, guess), text)) in seen.into_iter().zip(guesses).zip(rest).enumerate() {
            let value = match guess {
                Guess::Numbers => Value::Var(Array::new(Shape::from_slice(&[seen.numbers.len()]), seen.numbers).into()),
                Guess::Bools => {
                    let data: Vec<bool> = seen.numbers.iter().map(|&x| x == 1.0).collect();
                    Value::Var(Array::new(Shape::from_slice(&[data.len()]), data).into())
                }
                _ => Value::tuple(text),
            };
            columns.push(Column { title: title(i).filter(|title| !title.is_empty()).map(str::to_string), value });
        }
        Ok((columns, header))
    }

    /// The cells of the columns of text. Equal cells share one string.
    fn reread(&self, guesses: &[Guess], header: bool) -> Outcome<Vec<Vec<Value>>> {
        let mut texts: Vec<Vec<Value>> = guesses.iter().map(|_| Vec::new()).collect();
        if !guesses.contains(&Guess::Text) {
            return Ok(texts);
        }
        let mut known: HashMap<String, Value> = HashMap::new();
        let (mut rows, mut row) = (self.rows(), ByteRecord::new());
        if header {
            self.next(&mut rows, &mut row)?;
        }
        while self.next(&mut rows, &mut row)? {
            for ((texts, guess), cell) in texts.iter_mut().zip(guesses).zip(&row) {
                let cell = text_of(cell);
                match guess {
                    Guess::Text if cells::missing(cell) => texts.push(Value::None),
                    Guess::Text => {
                        let text = match known.get(cell) {
                            Some(text) => text.clone(),
                            None => known.entry(cell.to_string()).or_insert_with(|| Value::text(cell)).clone(),
                        };
                        texts.push(text);
                    }
                    _ => {}
                }
            }
        }
        Ok(texts)
    }

    /// The error for a column of numbers with a cell that is none.
    #[cold]
    fn odd(&self, i: usize, title: Option<&str>, seen: &Seen, guess: Guess) -> Fail {
        let path = shown(self.reading.path);
        let (line, cell) = seen.odd.as_ref().map_or((0, ""), |(line, cell)| (*line, cell));
        let column = match title {
            Some(title) => format!("\"{}\"", super::short(title, 16)),
            None => format!("{}", i + 1),
        };
        let cell = super::short(&crate::show::safe(cell), 14);
        let after = |text: String| vec![Edit::After(Part::Argument(0), text)];
        let problem = Problem::new(format!("{path}, line {line}, column {column} is not a number: `{cell}`"))
            .label(Part::Argument(0), "read here");
        match (guess, title) {
            (Guess::Comma, _) => {
                problem.patch("the file seems to use decimal commas", after(", decimal = \",\"".to_string()))
            }
            (_, Some(title)) => problem.patch(
                "mend that line, or take the column as text",
                after(format!(", text = {}", crate::show::text_quoted(title))),
            ),
            _ => problem.help("mend that line; what is missing is left empty or written nan"),
        }
    }
}

/// Makes names of titles: `sepal length (cm)` is `sepal_length_cm`.
#[derive(Default)]
struct Names {
    used: HashMap<String, usize>,
}

impl Names {
    fn name(&mut self, title: &str) -> Option<Rc<str>> {
        let mut name = String::new();
        for char in title.chars() {
            match char {
                char if char.is_alphanumeric() || char == '_' => name.push(char),
                _ if name.ends_with('_') || name.is_empty() => {}
                _ => name.push('_'),
            }
        }
        if title.ends_with(|char: char| !char.is_alphanumeric() && char != '_') {
            name.truncate(name.trim_end_matches('_').len());
        }
        if name.is_empty() {
            return None;
        }
        if !name.starts_with(|char: char| char.is_alphabetic() || char == '_') {
            name.insert(0, '_');
        }
        if KEYWORDS.contains(&name.as_str()) {
            name.push('_');
        }
        let times = self.used.entry(name.clone()).or_insert(0);
        *times += 1;
        Some(if *times == 1 { name.into() } else { format!("{name}_{times}").into() })
    }
}
