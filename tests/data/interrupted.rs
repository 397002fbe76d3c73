//! Saves that do not come to their end: the old file is still there, whole.
#![cfg(unix)]

use crate::clock::until;
use adlib::data::{Options, load};
use adlib::value::Value;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A folder of its own with a file of ones.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let ones = adlib().current_dir(&folder).args(["-e", "save(\"x.npy\", ones(200, 200))"]).output().unwrap();
    assert!(ones.status.success(), "{ones:?}");
    folder
}

fn adlib() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adlib"));
    command.stdin(Stdio::null());
    command
}

/// Whether the file is whole: of this shape, with one number everywhere. Gives that number.
fn whole(folder: &Path) -> f64 {
    let path = folder.join("x.npy");
    let (value, _) = load(path.to_str().unwrap(), &Options::default()).unwrap_or_else(|error| panic!("{error:?}"));
    let Value::Var(var) = value else { panic!("not an array") };
    assert_eq!(var.shape(), [200, 200]);
    let first = var.array().at(0).unwrap();
    assert!((0..40_000).all(|at| var.array().at(at) == Some(first)), "half of one file and half of another");
    first
}

#[test]
fn a_save_that_is_killed_leaves_a_whole_file() {
    let folder = folder("killed");
    let code = "for i in range(2, 1e9) { save(\"x.npy\", full((200, 200), i)) }";
    let file = || std::fs::metadata(folder.join("x.npy")).unwrap().ino();
    for round in 0..12 {
        let before = file();
        let mut child = adlib().current_dir(&folder).args(["-e", code]).stdout(Stdio::null()).spawn().unwrap();
        // Something was saved, and then some more.
        until("the first save", || file() != before);
        std::thread::sleep(Duration::from_millis(7 * round));
        // Not a signal that it could heed.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(whole(&folder) >= 2.0, "nothing was saved");
    }
}

#[test]
fn a_save_that_finds_no_room_says_so_and_leaves_the_old_file() {
    let folder = folder("full");
    let shell = |before: &str| {
        let line = format!("{before} ulimit -f 8; exec \"$0\" -e 'save(\"x.npy\", zeros(200, 200))'");
        Command::new("sh").current_dir(&folder).args(["-c", &line, env!("CARGO_BIN_EXE_adlib")]).output().unwrap()
    };
    // Where the signal for a file that is too large is ignored, writing fails as on a full disk.
    let refused = shell("trap '' XFSZ;");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("error: x.npy cannot be written") && said.contains("too large"), "{said}");
    assert_eq!(whole(&folder), 1.0);
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["x.npy"], "a draft was left behind");
    // Where it is not, the program ends there.
    assert!(!shell("").status.success());
    assert_eq!(whole(&folder), 1.0);
}
