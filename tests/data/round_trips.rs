//! What we write comes back, in every format that can hold it.

use crate::interchange::MADE;
use adlib::interpret::{Echo, Session};

/// Runs a program in a folder of its own for files, and gives what its last statement shows.
fn run(text: &str) -> Result<Vec<String>, String> {
    let mut session = Session::new(Box::new(std::io::sink()));
    session.seed(7);
    let text = text.replace("DIR", env!("CARGO_TARGET_TMPDIR"));
    session.run("test.ad", &text, Echo::Last).map_err(|errors| {
        errors.into_iter().map(|error| format!("{}: {:?}", error.problem.title, error.problem.notes)).collect()
    })
}

/// Checks that a condition holds after a program.
fn holds(name: &str, program: &str, condition: &str) {
    let result = run(&format!("{program}\n{condition}"));
    assert_eq!(result, Ok(vec!["true".to_string()]), "{name}: {program}\n{condition}");
}

/// That two values are the same, leaf by leaf: type, shape and every bit but those of nan.
const SAME: &str = r#"
fn equal(a, b) {
    if a.dtype != b.dtype or a.shape != b.shape { return false }
    all((a == b and 1 / a == 1 / b) or (a != a and b != b))
}
"#;

const ARRAYS: &[&str] = &[
    "1 / 3",
    "[1, 2.5, -0, nan, inf, -inf, 5e-324, 1.7976931348623157e308]",
    "normal(0, 1, (3, 4))",
    "f32(normal(0, 1, (2, 3, 2)))",
    "[[true, false], [false, true]]",
    "zeros(0, 3)",
    "zeros(2, 1, 1, 2)",
    "f32(0.1)",
    "true",
];

#[test]
fn arrays_survive_npy() {
    for (i, array) in ARRAYS.iter().enumerate() {
        let program = format!("{SAME}\nx = {array}\nsave(\"DIR/a{i}.npy\", x)\nsave(\"DIR/a{i}.npy.gz\", x)");
        holds(array, &program, &format!("equal(x, load(\"DIR/a{i}.npy\")) and equal(x, load(\"DIR/a{i}.npy.gz\"))"));
    }
}

#[test]
fn arrays_survive_npz_and_safetensors_under_their_names() {
    for ending in ["npz", "safetensors"] {
        for (i, array) in ARRAYS.iter().enumerate() {
            let path = format!("DIR/b{i}.{ending}");
            let program =
                format!("{SAME}\nx = {array}\ny = [1, 2]\nsave(\"{path}\", y, x, z = 2 * x)\nb = load(\"{path}\")");
            holds(array, &program, "equal(x, b.x) and equal(2 * x, b.z) and equal(y, b.y) and equal(b[0], y)");
        }
    }
}

#[test]
fn a_model_survives_with_its_names_and_its_nesting() {
    let model = "(layers = ((w = [[1, 2], [3, 4]], b = 0), (w = f32([5]), b = true)), act = \"relu\", zero = (), nothing = none, a = (b = [1],), odd = (1, x = 2))";
    for ending in ["safetensors", "npz", "npz.gz"] {
        let program = format!("m = {model}\nsave(\"DIR/m.{ending}\", m)\nl = load(\"DIR/m.{ending}\")");
        let same = "str(l) == str(m) and l.layers[1].w.dtype == \"f32\" and l.layers[1].b.dtype == \"bool\"";
        holds(ending, &program, same);
    }
    // JSON has one type of numbers, and lists or objects.
    let plain =
        "(layers = ((w = [[1, 2], [3, 4]], b = 0), (w = [5], b = true)), act = \"relu\", zero = (), nothing = none)";
    let program = format!("m = {plain}\nsave(\"DIR/m.json\", m)\nl = load(\"DIR/m.json\")");
    holds("json", &program, "str(l) == str(m)");
    // Several values, one of them nested, keep their names too.
    let program =
        "w = [1, 2]\np = (a = [3], b = (c = [4]))\nsave(\"DIR/several.npz\", w, p)\nl = load(\"DIR/several.npz\")";
    holds("several", program, "str(l) == \"(w = [1, 2], p = (a = [3], b = (c = [4])))\"");
    // A note that lies is one of the strings.
    let program = "save(\"DIR/lies.npz\", w = [1], __adlib__ = \"7\")\nl = load(\"DIR/lies.npz\")";
    holds("lies", program, "str(l) == \"(w = [1], __adlib__ = \\\"7\\\")\"");
    // Arithmetic needs the same order of entries, too.
    let program = "p = (w = [1, 2], b = 3)\nsave(\"DIR/p.safetensors\", p)\nq = load(\"DIR/p.safetensors\")";
    holds("order", program, "str(p - 0.1 * q) == str(p - 0.1 * p)");
}

#[test]
fn tables_survive_csv_and_tsv() {
    for ending in ["csv", "tsv", "csv.gz"] {
        let table = "(x = [1.5, nan, 1 / 3], n = [1, 2, 1e300], ok = [true, false, true], city = (\"a, \\\"b\\\"\", none, \"ü\\n;\"))";
        let program = format!("{SAME}\nt = {table}\nsave(\"DIR/t.{ending}\", t)\nl = load(\"DIR/t.{ending}\")");
        holds(ending, &program, "equal(t.x, l.x) and equal(t.n, l.n) and equal(t.ok, l.ok) and t.city == l.city");
        let program = format!("{SAME}\nx = normal(0, 1, (20, 3))\nsave(\"DIR/x.{ending}\", x)");
        holds(ending, &program, &format!("equal(x, load(\"DIR/x.{ending}\"))"));
        let program = format!("x = f32(normal(0, 1, 20))\nsave(\"DIR/f.{ending}\", x)");
        holds(ending, &program, &format!("all(f32(load(\"DIR/f.{ending}\").x) == x)"));
        let program = format!("x = [nan, 1, nan]\nsave(\"DIR/n.{ending}\", x)");
        holds(ending, &program, &format!("load(\"DIR/n.{ending}\").x.shape == (3,)"));
    }
}

#[test]
fn values_survive_json() {
    for value in [
        "1 / 3",
        "[1e300, 5e-324, -0.1, 12345678901234567]",
        "[[1, 2], [3, 4]]",
        "[true, false]",
        "\"a \\\"b\\\" \\n ü \\u{1}\"",
        "none",
        "()",
        "(w = [1, 2], b = (1, \"x\"), n = none)",
        "(a = [], b = [nan, 1])",
        "((w = [1, 2]), [3])",
    ] {
        holds(value, &format!("x = {value}\nsave(\"DIR/v.json\", x)"), "str(load(\"DIR/v.json\")) == str(x)");
    }
    let program = "x = normal(0, 1, 1000) * exp(normal(0, 200, 1000))\nx = x[isfinite(x)]\nsave(\"DIR/x.json\", x)";
    holds("numbers", program, "all(load(\"DIR/x.json\") == x)");
    holds("several", "a = 1\nsave(\"DIR/s.json\", a, b = [2])", "str(load(\"DIR/s.json\")) == \"(a = 1, b = [2])\"");
}

#[test]
fn strings_survive_text_and_npy() {
    holds("lines", "t = (\"a\", \"\", \"ü\")\nsave(\"DIR/t.txt\", t)", "load(\"DIR/t.txt\") == t");
    holds("strings", "t = (\"a\", \"\", \"ü\")\nsave(\"DIR/t.npy\", t)", "load(\"DIR/t.npy\") == t");
    holds("string", "save(\"DIR/s.npy\", \"one\")", "load(\"DIR/s.npy\") == \"one\"");
}

#[test]
fn pictures_survive_png() {
    for shape in ["(4, 5)", "(4, 5, 2)", "(4, 5, 3)", "(4, 5, 4)"] {
        let program = format!("x = randint(0, 256, {shape}) / 255\nsave(\"DIR/p.png\", x)");
        holds(shape, &program, "all(load(\"DIR/p.png\") == x)");
    }
    holds(
        "jpeg",
        "x = linspace(0, 1, 256).reshape(16, 16)\nsave(\"DIR/p.jpg\", x)",
        "max(abs(load(\"DIR/p.jpg\") - x)) < 0.02",
    );
}

#[test]
fn a_save_that_fails_leaves_the_old_file() {
    let program = "save(\"DIR/old.json\", [1, 2])\ntry { save(\"DIR/old.json\", [inf]) } catch { none }";
    holds("old", program, "all(load(\"DIR/old.json\") == [1, 2])");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let drafts = std::fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".old.json"));
    assert_eq!(drafts.count(), 0, "a draft was left behind");
}

#[cfg(unix)]
#[test]
fn a_save_keeps_links_and_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("links");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let (file, link) = (folder.join("real.npy"), folder.join("link.npy"));
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.npy", &link).unwrap();
    run("save(\"DIR/links/link.npy\", [1, 2])").unwrap();
    assert!(link.symlink_metadata().unwrap().file_type().is_symlink(), "the link is still one");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    holds("link", "", "all(load(\"DIR/links/real.npy\") == [1, 2])");
}

#[test]
fn a_file_of_pandas_is_written_back_as_it_was() {
    let program = format!("t = load(\"{MADE}/frame.csv\")\nsave(\"DIR/frame.csv\", t)");
    holds("frame", &program, &format!("str(load(\"DIR/frame.csv\")) == str(load(\"{MADE}/frame.csv\"))"));
}
