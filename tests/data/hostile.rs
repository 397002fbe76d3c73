//! Bytes that nobody meant well: every truncation of every file, bytes flipped, headers that promise
//! too much. There must be a value or an error, no panic, and no memory that the bytes cannot fill.

use crate::interchange::{MADE, options};
use adlib::data::{Options, parse};

/// What this process has asked of the system at most, in kilobytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmPeak:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

fn files() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(MADE)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn damaged_files_give_a_value_or_an_error() {
    let before = peak();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    let (mut values, mut errors) = (0, 0);
    let mut attempt = |name: &str, bytes: &[u8]| match parse(name, bytes, &options(name)) {
        Ok(_) => values += 1,
        Err(_) => errors += 1,
    };
    for (name, bytes) in files() {
        // Large files are cut and flipped here and there, small ones everywhere.
        let step = bytes.len() / 400 + 1;
        for end in (0..bytes.len()).step_by(step) {
            attempt(&name, &bytes[..end]);
        }
        for at in (0..bytes.len()).step_by(step) {
            let mut damaged = bytes.clone();
            for value in [0, 0xff, damaged[at] ^ 1, damaged[at] ^ 0x80, next() as u8] {
                damaged[at] = value;
                attempt(&name, &damaged);
            }
        }
        for _ in 0..100 {
            let mut damaged = bytes.clone();
            for _ in 0..next() % 6 + 1 {
                let at = next() % damaged.len();
                damaged[at] = next() as u8;
            }
            attempt(&name, &damaged);
        }
    }
    assert!(values > 1000 && errors > 10_000, "{values} values, {errors} errors: too few of one");
    let grown = peak().saturating_sub(before);
    assert!(grown < 600_000, "{grown} kB more were asked for than before");
}

/// The error for these bytes.
fn refused(name: &str, bytes: &[u8]) -> String {
    match parse(name, bytes, &Options::default()) {
        Ok(_) => panic!("{name} was read"),
        Err(problem) => {
            problem.labels.first().map_or(problem.title.clone(), |(_, label)| format!("{}: {label}", problem.title))
        }
    }
}

fn npy(header: &str, body: &[u8]) -> Vec<u8> {
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    out.extend(header.as_bytes());
    out.extend(body);
    out
}

#[test]
fn npy_headers_that_promise_too_much_are_refused() {
    let shapes = [
        "(1000000000000,)",
        "(18446744073709551615, 18446744073709551615)",
        "(0, 18446744073709551615, 18446744073709551615)",
        "(99999999999999999999999,)",
        "(-1,)",
        "(1.5,)",
        "(3, 3",
    ];
    for shape in shapes {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
        refused("x.npy", &npy(&header, &[0; 8]));
    }
    for descr in [
        "'|O'",
        "'<f16'",
        "'<U0'",
        "'<U99999999999999999999'",
        "'|V0'",
        "'<M8[ns]'",
        "[]",
        "[('a', '|V0')]",
        "''",
        "'<'",
        "'é'",
        "3",
    ] {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1000000000000,), }}\n");
        refused("x.npy", &npy(&header, &[]));
    }
    refused("x.npy", &npy(&"[".repeat(60_000), &[]));
    refused("x.npy", &npy(&"{'a':".repeat(10_000), &[]));
}

#[test]
fn names_that_stand_twice_are_refused() {
    let header = br#"{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.extend([0; 8]);
    assert!(refused("m.safetensors", &bytes).contains("\"w\" stands twice"));
    assert!(refused("m.json", br#"{"a": 1, "b": {"c": 1, "c": 2}}"#).contains("\"c\" stands twice"));
}

#[test]
fn a_safetensors_header_of_all_memory_is_refused() {
    for length in [u64::MAX, 1 << 40, 100_000_001, 9] {
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend(b"{}");
        refused("m.safetensors", &bytes);
    }
}

#[test]
fn deep_json_is_refused() {
    refused("x.json", "[".repeat(100_000).as_bytes());
    refused("x.json", "{\"a\":".repeat(100_000).as_bytes());
}

#[test]
fn a_note_that_lies_about_the_structure_is_passed_over() {
    for note in [
        "[",
        "\\\"x\\\"",
        "{\\\"names\\\":[null,null],\\\"items\\\":[\\\"w\\\",\\\"w\\\"]}",
        "{\\\"names\\\":[],\\\"items\\\":[]}",
        "7",
    ] {
        let header = format!(
            r#"{{"__metadata__":{{"adlib":"{note}"}},"w":{{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}}}"#
        );
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(1.5_f64.to_le_bytes());
        let (value, _) = parse("m.safetensors", &bytes, &Options::default()).unwrap();
        let text = adlib::value::display_quoted(&value, &adlib::show::Style::default());
        assert_eq!(text, "(w = [1.5])", "{note}");
    }
}

/// The names in a file are anybody's.
#[test]
fn names_from_files_cannot_move_the_cursor() {
    let long = "x".repeat(100_000);
    let text = format!("{{\"\\u001b[31m\": 1, \"a\\nb\": {{\"\\u0007\": [1, 2]}}, \"{long}\": 2}}");
    let (value, _) = adlib::data::parse("x.json", text.as_bytes(), &adlib::data::Options::default()).unwrap();
    let style = adlib::show::Style::default();
    for text in [adlib::value::display(&value, &style), adlib::value::markdown(&value, &style).unwrap()] {
        assert!(!text.contains(['\u{1b}', '\u{7}']) && text.contains("\\u{1b}[31m") && text.len() < 5000, "{text}");
    }
}
