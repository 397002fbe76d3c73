//! Reading a script, with a sentence for everything that can be wrong with its name.

use crate::diagnostic::suggest::did_you_mean;
use crate::show::safe;
use std::path::Path;

/// The text of a script.
///
/// # Errors
/// A sentence that says which file cannot be read and why.
pub fn read(path: &Path) -> Result<String, String> {
    let shown = path.to_string_lossy();
    let shown = safe(&shown);
    let reason = match std::fs::read(path) {
        Ok(bytes) => return text(bytes).map_err(|reason| format!("{shown} cannot be read: {reason}")),
        Err(_) if path.is_dir() => "it is a folder".to_string(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let near = neighbour(path).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return Err(format!("there is no file {shown}{near}"));
        }
        Err(error) => error.to_string(),
    };
    Err(format!("{shown} cannot be read: {reason}"))
}

/// A script in the same folder that is called nearly so.
fn neighbour(path: &Path) -> Option<String> {
    let wrong = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let scripts: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.ends_with(".ad")).collect();
    let exact = scripts.iter().find(|name| name.strip_suffix(".ad") == Some(wrong)).map(String::as_str);
    let name = exact.or_else(|| did_you_mean(wrong, scripts.iter().map(String::as_str)))?;
    Some(safe(&path.with_file_name(name).to_string_lossy()).into_owned())
}

/// The text that bytes are.
///
/// # Errors
/// Which line is none, as half a sentence.
pub fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text")
    })
}
