//! NPZ, the format of NumPy's `savez`: a zip archive of NPY files.

use super::{Entry, Reading, Writing, door, npy};
use crate::diagnostic::{Outcome, Problem};
use crate::value::{Tuple, Value};
use std::collections::HashSet;
use std::io::{Cursor, Write};
use std::rc::Rc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const FORMAT: &str = "an NPZ file";

/// Reads all arrays of an archive, under their names; under none if NumPy numbered them.
pub(super) fn read(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    if !bytes.starts_with(b"PK") {
        return Err(reading.refuse(FORMAT, "it does not start as one"));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| reading.refuse(FORMAT, error.to_string()))?;
    let mut entries: Vec<(Rc<str>, Value)> = Vec::new();
    let mut known: HashSet<Rc<str>> = HashSet::new();
    for i in 0..archive.len() {
        let file = archive.by_index(i).map_err(|error| reading.refuse(FORMAT, error.to_string()))?;
        let title = file.name().map(|name| name.to_string()).unwrap_or_default();
        let name: Rc<str> = match title.strip_suffix(".npy") {
            Some(name) => name.into(),
            None => {
                let title = super::short(&crate::show::safe(&title), 24);
                return Err(reading.refuse(FORMAT, format!("{title} in it is not an array")));
            }
        };
        if !known.insert(name.clone()) {
            let name = super::short(&crate::show::safe(&name), 20);
            return Err(reading.refuse(FORMAT, format!("{name} is there twice")));
        }
        // What the archive says of the size is not to be trusted with memory.
        let body = door::all(file, 0)?.map_err(|error| reading.refuse(FORMAT, error.to_string()))?;
        entries.push((name, npy::read(reading, &body)?));
    }
    let numbered = entries.iter().enumerate().all(|(i, (name, _))| **name == *format!("arr_{i}"));
    let mut tuple = Tuple::default();
    entries.into_iter().for_each(|(name, value)| tuple.push(Some(name).filter(|_| !numbered), value));
    Ok(Value::Tuple(tuple.into()))
}

/// Writes an archive.
pub(super) fn write(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    let trouble = |error: &dyn std::fmt::Display| {
        Problem::new(format!("{} cannot be written: {error}", super::shown(writing.path)))
    };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (i, entry) in writing.entries.iter().enumerate() {
        let Some(body) = npy::encoded(&entry.value)? else {
            return Err(writing.refuse(entry, "it holds arrays and strings; nested tuples go into .safetensors"));
        };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(body.len() >= u32::MAX as usize);
        archive.start_file(format!("{}.npy", name(entry, i)), options).map_err(|error| trouble(&error))?;
        archive.write_all(&body).map_err(|error| trouble(&error))?;
    }
    Ok(archive.finish().map_err(|error| trouble(&error))?.into_inner())
}

/// The name of an entry, or the one NumPy gives to those without.
fn name(entry: &Entry, i: usize) -> String {
    entry.name.as_ref().map_or_else(|| format!("arr_{i}"), |name| name.to_string())
}
