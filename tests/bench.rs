//! Every workload of `scripts/bench` at a small size: it runs, prints what it should, and computes what
//! PyTorch computed (`tests/bench/make_checksums.py`). How long it takes is nobody's business here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What a measurement is known by, and its checksums.
type Sums = BTreeMap<(String, String, String, String), Vec<f64>>;

/// The text of a member of one line of JSON; `-` if it has none of that name.
fn member<'a>(line: &'a str, name: &str) -> &'a str {
    let Some((_, rest)) = line.split_once(&format!("\"{name}\": ")) else { return "-" };
    match rest.strip_prefix('"') {
        Some(text) => text.split('"').next().unwrap_or("-"),
        None => rest.split([',', '}']).next().unwrap_or("-"),
    }
}

fn expected() -> Sums {
    let text = include_str!("bench/checksums.txt");
    let line = |line: &str| {
        let mut parts = line.split('\t').map(str::to_string);
        let mut key = || parts.next().expect("a line names its measurement");
        let key = (key(), key(), key(), key());
        (key, parts.map(|number| number.parse().expect("a number")).collect())
    };
    text.lines().map(line).collect()
}

fn measured(work: &str) -> Sums {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/bench/run.ad");
    let mut command = Command::new(env!("CARGO_BIN_EXE_adlib"));
    let output = command.arg(script).args([work, "--threads", "1", "--small"]).output().expect("the program starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{work}: {out}\n{err}");
    let mut sums = Sums::new();
    for line in out.lines() {
        assert_eq!(member(line, "peer"), "adlib", "{line}");
        assert_eq!(member(line, "th"), "1", "{line}");
        let number = |name: &str| member(line, name).parse::<f64>().unwrap_or(f64::NAN);
        assert!(number("min") > 0.0 && number("min") <= number("med") && number("med") <= number("q3"), "{line}");
        assert!(number("reps") >= 1.0, "{line}");
        let key = ["w", "phase", "n", "dt"].map(|name| member(line, name).to_string());
        let found = ["loss", "gsum", "gabs", "gw"].map(|name| member(line, name));
        let found = found.iter().filter(|text| **text != "-").map(|text| text.parse().expect("a number")).collect();
        sums.insert(key.into(), found);
    }
    sums
}

fn compare(works: &[&str]) {
    let expected = expected();
    for work in works {
        let sums = measured(work);
        let wanted: Vec<_> = expected.keys().filter(|key| key.0.trim_end_matches('b') == *work).collect();
        assert_eq!(sums.keys().collect::<Vec<_>>(), wanted, "{work} measures what it should");
        assert!(!wanted.is_empty(), "{work} is checked");
        for (key, sums) in &sums {
            let right = &expected[key];
            assert_eq!(sums.len(), right.len(), "{key:?}");
            // A sum in which terms cancel is as exact as its terms.
            let scale = right.get(2).copied().unwrap_or(0.0).abs();
            let tolerance = if key.3 == "f32" { 1e-5 } else { 1e-11 };
            for (i, (found, right)) in sums.iter().zip(right).enumerate() {
                let size = if i == 0 { right.abs() } else { scale };
                assert!((found - right).abs() <= tolerance * size, "{key:?}: {sums:?}, PyTorch says {right}");
            }
        }
    }
}

#[test]
fn scalar_work() {
    compare(&["W2", "W3", "W4"]);
}

#[test]
fn elementwise_work_and_products() {
    compare(&["W5", "W6"]);
}

#[test]
fn networks() {
    compare(&["W7", "W8", "W9", "W10"]);
}

#[test]
fn second_derivatives_and_linear_algebra() {
    compare(&["W11", "W12"]);
}

#[test]
fn gradients_of_examples() {
    compare(&["W14"]);
}

#[test]
fn simulations() {
    compare(&["W13"]);
}
