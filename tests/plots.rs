//! The files that plots are written to: a golden for each kind, blessed with
//! `ADLIB_BLESS=1 cargo test --test plots`, and looked at in a browser before it is committed.

#![allow(clippy::unwrap_used, missing_docs)]

use adlib::interpret::{Echo, Session};
use std::path::Path;

/// Every kind of picture, by the name of its golden.
const PICTURES: &[(&str, &str)] = &[
    (
        "lines",
        "f(t) = t ** 3 - 2 * t\nplot(f, -2, 2, grad = true, title = \"a < b & c\", xlabel = \"t\", ylabel = \"f\"",
    ),
    ("log", "x = linspace(1, 100, 50)\nplot(x, x ** 2, x ** 3, xlog = true, ylog = true"),
    ("gaps", "plot([1, nan, 2, 3, inf, 1]"),
    ("points", "iris = load(\"iris\")\nscatter(iris.x[:, 2], iris.x[:, 3]"),
    ("histogram", "hist(load(\"iris\").x[:, 0], title = \"sepal length\""),
];

#[test]
fn pictures_are_written_as_they_were() {
    let mut wrong = Vec::new();
    for (name, program) in PICTURES {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.svg"));
        let mut session = Session::new(Box::new(std::io::sink()));
        let program = format!("{program}, file = \"{}\")", path.display());
        session.run("test.ad", &program, Echo::Nothing).unwrap();
        let found = std::fs::read_to_string(path).unwrap();
        let golden = Path::new("tests/plots").join(format!("{name}.svg"));
        if std::env::var_os("ADLIB_BLESS").is_some() {
            std::fs::write(&golden, &found).unwrap();
        }
        if std::fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(*name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?} differ: ADLIB_BLESS=1 cargo test --test plots, and look at them");
}
