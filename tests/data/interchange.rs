//! Files written by others.

use adlib::array::Data;
use adlib::data::{Options, load};
use adlib::value::Value;
use std::collections::BTreeMap;
use std::path::Path;

pub const MADE: &str = "tests/data/files/made";

/// What a file needs to be told, by its name.
pub fn options(name: &str) -> Options {
    Options { decimal: name.contains("decimal-comma").then_some(','), ..Options::default() }
}

/// One leaf: its path in the value, its type and shape, and its bits.
type Leaf = (String, String, String);

/// The leaves of a value, as `make_fixtures.py` writes them.
fn leaves(value: &Value, path: &str, out: &mut Vec<Leaf>) {
    let mut leaf = |kind: String, text: String| out.push((path.to_string(), kind, text));
    match value {
        Value::None => leaf("none".into(), String::new()),
        Value::Text(text) => leaf("text".into(), text.to_string()),
        Value::Tuple(tuple) => {
            for (i, item) in tuple.items.iter().enumerate() {
                let own = tuple.name(i).map_or(i.to_string(), |name| name.to_string());
                leaves(item, &if path.is_empty() { own } else { format!("{path}.{own}") }, out);
            }
        }
        Value::Var(var) => {
            let array = var.array();
            let bits: Vec<String> = match array.data() {
                Data::Bool(data) => data.iter().map(|x| u8::from(*x).to_string()).collect(),
                Data::F32(data) => data.iter().map(|x| format!("{:x}", x.to_bits())).collect(),
                Data::F64(data) => data.iter().map(|x| format!("{:x}", x.to_bits())).collect(),
            };
            let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
            leaf(format!("{} [{}]", array.dtype().name(), shape.join(", ")), bits.join(" "));
        }
        other => panic!("files hold no {}", other.kind()),
    }
}

/// What every file should give.
fn expected() -> BTreeMap<String, Vec<Leaf>> {
    let mut files: BTreeMap<String, Vec<Leaf>> = BTreeMap::new();
    for line in std::fs::read_to_string("tests/data/expected.txt").unwrap().lines() {
        let [name, path, kind, text] = line.splitn(4, '\t').collect::<Vec<_>>().try_into().unwrap();
        let text = if kind == "text" { serde_json::from_str::<String>(text).unwrap() } else { text.to_string() };
        files.entry(name.to_string()).or_default().push((path.to_string(), kind.to_string(), text));
    }
    files
}

/// Whether two leaves are equal; of a JPEG, nearly so, since decoders round differently.
fn same(name: &str, found: &Leaf, expected: &Leaf) -> bool {
    let numbers = |leaf: &Leaf| -> Vec<f64> {
        leaf.2.split(' ').map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap())).collect()
    };
    // nan has many bit patterns; a table says only that it is one.
    let missing = |leaf: &Leaf| leaf.2.replace("fff8000000000000", "7ff8000000000000");
    match name.rsplit('.').next() {
        Some("jpg") => {
            found.1 == expected.1
                && numbers(found).iter().zip(numbers(expected)).all(|(a, b)| (a - b).abs() <= 2.0 / 255.0)
        }
        Some("csv" | "tsv" | "json" | "gz") => {
            (&found.0, &found.1, missing(found)) == (&expected.0, &expected.1, missing(expected))
        }
        _ => found == expected,
    }
}

#[test]
fn files_of_others_are_read_to_the_last_bit() {
    let expected = expected();
    assert!(expected.len() >= 80, "there are only {} files", expected.len());
    let mut wrong = Vec::new();
    for (name, mut expected) in expected {
        let path = Path::new(MADE).join(&name);
        let mut found = Vec::new();
        match load(path.to_str().unwrap(), &options(&name)) {
            Ok((value, _)) => leaves(&value, "", &mut found),
            Err(problem) => wrong.push(format!("{name}: {} {:?}", problem.title, problem.labels)),
        }
        // A safetensors file has no order of its own.
        if name.ends_with("safetensors") {
            found.sort();
            expected.sort();
        }
        if found.len() != expected.len() {
            wrong.push(format!("{name}: {} leaves, not {}", found.len(), expected.len()));
        }
        for (found, expected) in found.iter().zip(&expected) {
            if !same(&name, found, expected) {
                wrong.push(format!("{name}:\n  expected {expected:?}\n  found    {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_is_expected_to_hold_something() {
    let expected = expected();
    for entry in std::fs::read_dir(MADE).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(expected.contains_key(&name), "nobody says what {name} holds");
    }
}

#[test]
fn whole_numbers_that_lose_digits_are_told() {
    let path = format!("{MADE}/i8-rounded.npy");
    let (_, warnings) = load(&path, &Options::default()).unwrap();
    assert_eq!(
        warnings.first().map(|warning| warning.title.as_str()),
        Some("i8-rounded.npy has whole numbers beyond 2^53")
    );
    let (_, warnings) = load(&format!("{MADE}/i8.npy"), &Options::default()).unwrap();
    assert!(warnings.is_empty());
}
