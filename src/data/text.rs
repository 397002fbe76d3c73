//! Plain text: a tuple of lines.

use super::{Reading, Writing, shown, string};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::Value;

/// Bytes as text, without the mark that some editors put first.
pub(super) fn decoded<'b>(path: &str, bytes: &'b [u8]) -> Outcome<&'b str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
        Problem::new(format!("{}, line {line} is not UTF-8 text", shown(path))).label(Part::Argument(0), "read here")
    })
}

/// Reads lines.
pub(super) fn read(reading: &mut Reading<'_>, bytes: &[u8]) -> Outcome<Value> {
    Ok(Value::tuple(decoded(reading.path, bytes)?.lines().map(Value::text).collect()))
}

/// Writes lines; a single string as it is.
pub(super) fn write(writing: &Writing<'_>) -> Outcome<Vec<u8>> {
    if let Some(Value::Text(text)) = writing.whole {
        return Ok(text.as_bytes().to_vec());
    }
    let mut out = Vec::new();
    for entry in writing.entries {
        let Some(line) = string(&entry.value) else {
            return Err(writing.refuse(entry, "it holds strings, one a line; numbers go into .csv or .npy"));
        };
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    Ok(out)
}
