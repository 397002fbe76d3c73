//! The programs that a tool is asked about: files as they are named, folders for every `.ad` in them.

use crate::show::safe;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nobody's programs.
const SKIPPED: &[&str] = &["target", "node_modules"];

/// The files that some paths name, in order and once each; `.` if there is no path.
///
/// # Errors
/// A sentence about a path that leads nowhere.
pub fn programs(paths: &[OsString]) -> Result<Vec<PathBuf>, String> {
    let here = [OsString::from(".")];
    let mut found = Vec::new();
    for path in if paths.is_empty() { &here[..] } else { paths } {
        let path = Path::new(path);
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => collect(path, &mut found, 0)?,
            Ok(_) => found.push(path.to_path_buf()),
            Err(error) => return Err(format!("{} cannot be read: {error}", shown(path))),
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) -> Result<(), String> {
    // A link may lead back up.
    if depth > 64 {
        return Ok(());
    }
    let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}", shown(folder));
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !SKIPPED.contains(&&*name) {
                collect(&path, found, depth + 1)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "ad") {
            found.push(path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path));
        }
    }
    Ok(())
}

/// The text of a file.
///
/// # Errors
/// A sentence that says why there is none.
pub fn read(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", shown(path)))?;
    String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8 text", shown(path)))
}

/// Puts a text in the place of a file, whole or not at all.
///
/// # Errors
/// A sentence that says why not.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    crate::data::write(&path.to_string_lossy(), text.as_bytes())
        .map_err(|fail| format!("{} cannot be written: {}", shown(path), fail.title))
}

/// A path as it is told.
pub fn shown(path: &Path) -> String {
    safe(&path.to_string_lossy()).into_owned()
}
