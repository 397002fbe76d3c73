//! The functions the language promises are all there, each with documentation, an example and samples, and the
//! samples cover every kind of operand.

use super::cases::{call, run, sampled, session, split};
use adlib::builtin::{self, library};
use adlib::interpret::Session;
use adlib::value::Run;

/// The names that the contract of the language lists, by topic.
const NAMES: &str = include_str!("names.txt");

fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines().filter_map(|line| line.split_once(": ")).flat_map(|(_, names)| names.split(' '))
}

#[test]
fn every_name_of_the_contract_exists() {
    let manual = builtin::manual::text();
    let listed: Vec<&str> = manual.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let missing: Vec<&str> = names().filter(|name| !listed.contains(name)).collect();
    assert!(missing.is_empty(), "the manual does not list {}", missing.join(", "));
    assert!(names().count() > 200, "the list has only {} names", names().count());
}

/// Functions that take functions, look, or talk to the world outside: a golden test or an example shows each.
const NO_SAMPLES: &[&str] = &["functions", "gradients", "look", "data", "types"];

#[test]
fn every_name_of_the_contract_is_documented_with_an_example_and_samples() {
    for (topic, names) in NAMES.lines().filter_map(|line| line.split_once(": ")) {
        for name in names.split(' ') {
            let documented = match builtin::find(name) {
                Some(builtin) => builtin.doc.contains("\n> "),
                None => library::defines(name).is_some_and(|(_, text)| {
                    let before = text.split(&format!("\nfn {name}(")).next().unwrap_or_default();
                    before.lines().rev().take_while(|line| line.starts_with("##")).any(|line| line.starts_with("## > "))
                }),
            };
            // One waits for somebody to type, the other prints pages.
            assert!(documented || ["input", "help"].contains(&name), "{name} has no example");
            let there = sampled().any(|(sampled, _)| sampled == name);
            assert!(there || name == "seed" || NO_SAMPLES.contains(&topic), "{name} has no samples");
        }
    }
}

/// What a function has no sample for, and why that is right.
const EXCUSED: &[(&str, &[&str], &str)] = &[
    ("a single number", MATRICES, "they need matrices"),
    ("a single number", &["diag", "tril", "triu", "cross", "lstsq", "solve", "dot", "@"], "they need axes"),
    (
        "a single number",
        &["fft", "ifft", "rfft", "irfft", "sort", "argsort", "topk", "layer_norm", "dirichlet_sample"],
        "they need an axis",
    ),
    (
        "a single number",
        &["conv1d", "conv2d", "max_pool2d", "avg_pool2d", "cross_entropy", "split", "batch_norm"],
        "they need axes",
    ),
    ("a single number", &["swapaxes", "pad", "einsum", "concat"], "they work along axes that are there"),
    ("no elements", &["item", "asscalar", "choice"], "they need at least one element"),
    ("no elements", &["argmax", "argmin", "max", "min"], "along the axis there must be something"),
    ("no elements", MAKERS, "they take numbers"),
    ("a table", MAKERS, "they take numbers"),
];

const MATRICES: &[&str] = &[
    "inv",
    "det",
    "logdet",
    "slogdet",
    "cholesky",
    "qr",
    "eigh",
    "eigvalsh",
    "svd",
    "svdvals",
    "pinv",
    "trace",
    "matrix_power",
    "expm",
];

const MAKERS: &[&str] = &["zeros", "ones", "full", "eye", "arange", "range", "linspace", "rand", "randn", "randint"];

/// The shapes of the arrays among the arguments of a sample.
fn shapes(session: &mut Session, sample: &str) -> Vec<Vec<usize>> {
    let mut shapes = Vec::new();
    for argument in split(sample) {
        let argument = argument.split_once(" = ").map_or(argument, |(_, value)| value);
        // The parts of a tuple are operands too.
        let program = format!(
            "t = {argument}\nmap(x -> 1.0 * x, if (try {{ t.shape; true }} catch {{ false }}) {{ (t,) }} else {{ t }})"
        );
        if run(session, &program).is_err() {
            continue;
        }
        let shown = run(session, "map(x -> x.shape, if (try { t.shape; true } catch { false }) { (t,) } else { t })");
        for shape in shown.unwrap_or_default().trim_matches(['(', ')']).split("), ") {
            shapes.push(shape.split(|c: char| !c.is_ascii_digit()).filter_map(|dim| dim.parse().ok()).collect());
        }
    }
    shapes
}

#[test]
fn samples_cover_every_kind_of_operand() {
    let mut session = session();
    let mut missing = Vec::new();
    for (name, samples) in sampled() {
        let all: Vec<Vec<Vec<usize>>> = samples.iter().map(|sample| shapes(&mut session, sample)).collect();
        let operands = || all.iter().flatten();
        let two = builtin::find(name).is_some_and(|b| matches!(b.run, Run::Elementwise(_)) && b.params.len() > 1);
        let mixed = |shapes: &Vec<Vec<usize>>| {
            shapes.iter().any(|a| shapes.iter().any(|b| a != b && !a.is_empty() && !b.is_empty()))
        };
        let kinds = [
            ("a single number", all.iter().any(|shapes| shapes.first().is_some_and(Vec::is_empty))),
            ("no elements", operands().any(|shape| shape.contains(&0))),
            ("a table", operands().any(|shape| shape.len() >= 2)),
            ("operands that are stretched against each other", !two || all.iter().any(mixed)),
        ];
        for (kind, there) in kinds {
            let excused = EXCUSED.iter().any(|(kinds, names, _)| *kinds == kind && names.contains(&name));
            if !there && !excused {
                missing.push(format!("{name} has no sample with {kind}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_operation_has_samples_and_each_is_a_call() {
    for builtin in builtin::all().filter(|builtin| super::cases::public(builtin)) {
        let operation = matches!(builtin.run, Run::Elementwise(_) | Run::Operation(..));
        assert!(!operation || !builtin.samples.is_empty(), "{} has no samples", builtin.name);
    }
    for (name, samples) in sampled() {
        for sample in samples {
            let arguments: Vec<String> = split(sample).iter().map(|argument| argument.to_string()).collect();
            let program = call(name, &arguments);
            if let Err(error) = run(&mut session(), &program) {
                panic!("{program}: {error}");
            }
        }
    }
}

#[test]
fn every_name_is_declared_once() {
    let mut names: Vec<&str> = builtin::all().map(|builtin| builtin.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    // `(linspace)` and its like are told apart by their parentheses.
    assert_eq!(names.len(), count);
}
