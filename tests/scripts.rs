//! Every script that people are told to run, runs.

use std::path::Path;
use std::process::Command;

/// Long examples take the word "short": they then train for a moment, and assert that they learn. Without
/// optimisation that is all there is time for; a whole run is `cargo test --release`, or `.ci/run`.
const ARGUMENTS: &[&str] = if cfg!(debug_assertions) { &["short"] } else { &[] };

/// Runs a script with the binary and gives what it printed.
fn run(script: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adlib"));
    let output = command.arg(script).args(ARGUMENTS).output().expect("the program starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{} ended with {}\n{out}\n{err}", script.display(), output.status);
    assert!(err.is_empty(), "{} complained:\n{err}", script.display());
    out.into_owned()
}

#[test]
fn tutorials_run_and_print() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/tutorial");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("there are tutorials") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "ad") {
            assert!(!run(&path).is_empty());
            count += 1;
        }
    }
    assert!(count >= 2);
}

#[test]
fn examples_reach_their_figures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/examples");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("there are examples") {
        let path = entry.expect("a file").path();
        // A name that begins with an underscore is what another one imports.
        let script = path.extension().is_some_and(|ending| ending == "ad")
            && !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_'));
        if script {
            assert!(
                std::fs::read_to_string(&path).expect("a script").contains("assert"),
                "{} shows nothing",
                path.display()
            );
            assert!(!run(&path).is_empty());
            count += 1;
        }
    }
    assert!(count >= 12);
}

#[test]
fn the_autograd_tutorial_prints_the_gradient_of_two_x_squared() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/tutorial/autograd.ad");
    assert!(run(&script).contains("[[ 4,  8],\n [12, 16]]"));
}
