//! The door to files: one way in, one way out.
//!
//! What is read is taken in pieces, so that a file that never ends is refused before memory is gone,
//! and Ctrl-C is heard. What is written goes to a new file beside the old one, which takes its name only
//! when it is whole and on the disk: after a crash there is the old file or the new one, never half.

use super::shown;
use crate::array::limits;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Edit, Fail, Outcome, Part, Problem};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Bytes taken at a time.
const PIECE: usize = 1 << 18;

/// All bytes of a file.
pub(super) fn read(path: &str) -> Outcome<Vec<u8>> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let size = file.metadata().map_or(0, |data| if data.is_dir() { 0 } else { data.len() });
    all(file, usize::try_from(size).unwrap_or(0))?.map_err(|error| unreadable(path, &error))
}

/// Everything that comes out of a reader, in a buffer that starts with room for `expected` bytes.
pub(super) fn all(mut reader: impl Read, expected: usize) -> Outcome<Result<Vec<u8>, std::io::Error>> {
    let mut bytes: Vec<u8> = limits::reserve(expected.min(1 << 30).saturating_add(1))?;
    loop {
        limits::check()?;
        if bytes.capacity() - bytes.len() < PIECE.min(bytes.len() + 1) {
            let mut larger = limits::reserve(bytes.capacity().saturating_mul(2).max(PIECE))?;
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        let room = (bytes.capacity() - bytes.len()).min(PIECE);
        match reader.by_ref().take(room as u64).read_to_end(&mut bytes) {
            Ok(0) => return Ok(Ok(bytes)),
            Ok(_) => {}
            Err(error) => return Ok(Err(error)),
        }
    }
}

/// What gzip made these bytes of.
pub(super) fn unpack(path: &str, bytes: &[u8]) -> Outcome<Vec<u8>> {
    all(MultiGzDecoder::new(bytes), bytes.len())?.map_err(|error| {
        Problem::new(format!("{} is not a whole gzip file", shown(path))).label(Part::Argument(0), error.to_string())
    })
}

/// Bytes compressed as gzip does.
pub(super) fn pack(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = GzEncoder::new(limits::reserve(bytes.len() / 2)?, Compression::default());
    for piece in bytes.chunks(PIECE) {
        limits::check()?;
        encoder.write_all(piece).map_err(|error| Problem::new(format!("this cannot be compressed: {error}")))?;
    }
    encoder.finish().map_err(|error| Problem::new(format!("this cannot be compressed: {error}")))
}

fn unreadable(path: &str, error: &std::io::Error) -> Fail {
    let shown_path = shown(path);
    if Path::new(path).is_dir() {
        return Problem::new(format!("{shown_path} is a folder")).label(Part::Argument(0), "");
    }
    if error.kind() != ErrorKind::NotFound {
        return Problem::new(format!("{shown_path} cannot be read")).label(Part::Argument(0), error.to_string());
    }
    let problem = Problem::new(format!("there is no file {shown_path}")).label(Part::Argument(0), "");
    match neighbour(Path::new(path)) {
        Some(near) => {
            let edit = Edit::Replace(Part::Argument(0), crate::show::text_quoted(&near));
            problem.patch(format!("did you mean {}?", shown(&near)), vec![edit])
        }
        None => match std::path::absolute(path) {
            Ok(full) if Path::new(path).is_relative() => {
                problem.note(format!("looked for {}", crate::show::safe(&full.to_string_lossy())))
            }
            _ => problem,
        },
    }
}

/// A file in the same folder that is called nearly so.
fn neighbour(path: &Path) -> Option<String> {
    let wrong = path.file_name()?.to_str()?;
    let entries = fs::read_dir(folder_of(path)).ok()?.flatten();
    let names: Vec<String> = entries.take(10_000).filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let right = did_you_mean(wrong, names.iter().map(String::as_str))?;
    path.with_file_name(right).to_str().map(str::to_string)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file whole, or leaves what was there.
pub(super) fn write(path: &str, bytes: &[u8]) -> Outcome<()> {
    // Through a link to the file it means; the link stays.
    let target = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    let place = |error: std::io::Error| unwritable(path, &error);
    match fs::metadata(&target) {
        Ok(data) if data.is_dir() => {
            return Err(Problem::new(format!("{} is a folder", shown(path))).label(Part::Argument(0), ""));
        }
        // A pipe or a device has no name to take over.
        Ok(data) if !data.is_file() => return fs::write(&target, bytes).map_err(place),
        Ok(data) if data.permissions().readonly() => {
            return Err(place(std::io::Error::from(ErrorKind::PermissionDenied)));
        }
        _ => {}
    }
    let (draft, file) = draft(&target).map_err(place)?;
    let done = fill(file, bytes, &target).map(|filled| filled.and_then(|()| fs::rename(&draft, &target)));
    if let Err(fail) = done.and_then(|done| done.map_err(place)) {
        // Whether the draft can be removed does not change what has to be said.
        let _ = fs::remove_file(&draft);
        return Err(fail);
    }
    // So that the new name, too, is on the disk; not every system can do this to a folder.
    if let Ok(folder) = File::open(folder_of(&target)) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A new file in the folder of another.
fn draft(target: &Path) -> std::io::Result<(PathBuf, File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut number = 0_u32;
    loop {
        let draft = target.with_file_name(format!(".{name}.{}.{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&draft) {
            Ok(file) => return Ok((draft, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(error),
        }
    }
}

fn fill(mut file: File, bytes: &[u8], target: &Path) -> Outcome<std::io::Result<()>> {
    if let Ok(old) = fs::metadata(target)
        && let Err(error) = file.set_permissions(old.permissions())
    {
        return Ok(Err(error));
    }
    for piece in bytes.chunks(PIECE) {
        limits::check()?;
        if let Err(error) = file.write_all(piece) {
            return Ok(Err(error));
        }
    }
    let synced = file.sync_all();
    // Waiting for the disk may have taken long.
    limits::check()?;
    Ok(synced)
}

fn unwritable(path: &str, error: &std::io::Error) -> Fail {
    let problem = Problem::new(format!("{} cannot be written", shown(path)));
    let problem = problem.label(Part::Argument(0), error.to_string());
    let folder = folder_of(Path::new(path));
    if error.kind() == ErrorKind::NotFound && !folder.is_dir() {
        return problem
            .help(format!("there is no folder {}: make it first", crate::show::safe(&folder.to_string_lossy())));
    }
    problem
}
