//! NPZ, the format of NumPy's `savez`: a zip archive of NPY files.
//!
//! A nest of tuples is flattened; how it was nested is a string among the arrays.

use super::{Entry, Reading, Writing, door, nest, npy};
use crate::diagnostic::{Outcome, Problem};
use crate::value::{Tuple, Value};
use std::collections::HashSet;
use std::io::{Cursor, Write};
use std::rc::Rc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const FORMAT: &str = "an NPZ file";
/// The name of the string that says how arrays were nested.
const NOTE: &str = "__adlib__";

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
    if let Some((_, Value::Text(note))) = entries.iter().find(|(name, _)| **name == *NOTE) {
        let arrays = entries.iter().filter(|(name, _)| **name != *NOTE);
        let arrays: Vec<_> = arrays.map(|(name, value)| (name.to_string(), value.clone())).collect();
        if let Some(value) = nest::restored(note.as_str(), &arrays)? {
            return Ok(value);
        }
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
    for (name, body) in bodies(writing)? {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(body.len() >= u32::MAX as usize);
        archive.start_file(format!("{name}.npy"), options).map_err(|error| trouble(&error))?;
        archive.write_all(&body).map_err(|error| trouble(&error))?;
    }
    Ok(archive.finish().map_err(|error| trouble(&error))?.into_inner())
}

/// The files of an archive: one for each entry, or for each array in a nest and what says how it was nested.
fn bodies(writing: &Writing<'_>) -> Outcome<Vec<(String, Vec<u8>)>> {
    let mut bodies = Vec::new();
    for (i, entry) in writing.entries.iter().enumerate() {
        match npy::encoded(&entry.value)? {
            Some(body) => bodies.push((name(entry, i), body)),
            None if matches!(entry.value, Value::Tuple(_)) => return nested(writing),
            None => return Err(writing.refuse(entry, "it holds arrays, strings, and tuples of these")),
        }
    }
    Ok(bodies)
}

fn nested(writing: &Writing<'_>) -> Outcome<Vec<(String, Vec<u8>)>> {
    let mut bodies = Vec::new();
    let mut add = |name: &str, value: &Value| -> Outcome<()> {
        bodies.extend(npy::encoded(value)?.map(|body| (name.to_string(), body)));
        Ok(())
    };
    let note = nest::flattened(writing, &mut |name, array| add(name, &Value::Var(array.clone().into())))?;
    add(NOTE, &Value::text(note))?;
    Ok(bodies)
}

/// The name of an entry, or the one NumPy gives to those without.
fn name(entry: &Entry, i: usize) -> String {
    entry.name.as_ref().map_or_else(|| format!("arr_{i}"), |name| name.to_string())
}
