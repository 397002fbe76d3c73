//! Every kind of picture in braille, in ASCII and as SVG, from one program each: goldens that
//! `ADLIB_BLESS=1 cargo test --test plots` blesses. An SVG is looked at in a browser before it is committed.

#![allow(clippy::unwrap_used, missing_docs)]

use adlib::interpret::{Echo, Session};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

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
    ("bars", "a = [50, 40, -10]\nb = [20, nan, 30]\nbar((\"setosa\", \"versicolor\", \"virginica\"), a, b"),
    ("heat", "heatmap([[1, 2, 3], [3, 4, nan]], title = \"small\", xlabel = \"column\""),
    (
        "contours",
        "rosenbrock(x, y) = (1 - x) ** 2 + 100 * (y - x ** 2) ** 2\np = [[-1.5, 2], [-1, 1], [0, 0.2], [1, 1]]\ncontour(rosenbrock, -2, 2, -1, 3, path = p, title = \"valley\"",
    ),
    ("poles", "plot(tan, x -> 1 / x, -5, 5, names = (\"tan\", \"1 / x\")"),
    ("columns", "plot([[1, 2], [3, 1], [4, 4]], title = \"columns\""),
    (
        "groups",
        "x = load(\"iris\").x\nscatter(x[:50, 2], x[:50, 3], x[50:100, 3], names = (\"setosa\", \"versicolor\")",
    ),
    ("surface", "heatmap((x, y) -> sin(x) * cos(y), -3, 3, -1, 1, path = [[-2, 0], [0, 0.5]], ylabel = \"y\""),
    ("picture", "show(load(\"digits\").x[:3].reshape(3, 8, 8)"),
    (
        "graph",
        "x = [[1, 2], [3, 4]]\nb = 0.5\nattach_grad(x, b)\nrecord < h = tanh(x @ x + b); loss = mean((h - b) ** 2) + sum(x) >\ngraph(loss",
    ),
];

/// Runs a program that draws into a file, and gives what was written.
fn drawn(name: &str, program: &str, ending: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{ending}"));
    let _ = std::fs::remove_file(&path);
    let mut session = Session::new(Box::new(std::io::sink()));
    let program = format!("{program}, file = \"{}\")", path.display());
    session.run("test.ad", &program, Echo::Nothing).unwrap();
    std::fs::read(path).unwrap()
}

/// What a program draws on a screen that shows braille, and on one that shows ASCII.
fn shown(program: &str) -> String {
    #[derive(Clone, Default)]
    struct Output(Rc<RefCell<Vec<u8>>>);
    impl std::io::Write for Output {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let output = Output::default();
    for style in ["braille", "ascii"] {
        let mut session = Session::new(Box::new(output.clone()));
        session.run("test.ad", &format!("{program}, style = \"{style}\")"), Echo::Nothing).unwrap();
    }
    String::from_utf8(output.0.take()).unwrap()
}

#[test]
fn pictures_are_drawn_as_they_were() {
    let mut wrong = Vec::new();
    for (name, program) in PICTURES {
        let svg = String::from_utf8(drawn(name, program, "svg")).unwrap();
        for (ending, found) in [("svg", svg), ("txt", shown(program))] {
            let golden = Path::new("tests/plots").join(format!("{name}.{ending}"));
            if std::env::var_os("ADLIB_BLESS").is_some() {
                std::fs::write(&golden, &found).unwrap();
            }
            if std::fs::read_to_string(&golden).unwrap_or_default() != found {
                wrong.push(golden);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?} differ: ADLIB_BLESS=1 cargo test --test plots, and look at them");
}

/// Whatever has a `style` is a kind of picture.
#[test]
fn no_kind_of_picture_is_without_a_golden() {
    for builtin in adlib::builtin::all().filter(|builtin| builtin.params.iter().any(|name| name.starts_with("style"))) {
        let call = format!("{}(", builtin.name);
        let last = |program: &str| program.lines().last().unwrap().starts_with(&call);
        assert!(PICTURES.iter().any(|(_, program)| last(program)), "{} is not drawn in any golden", builtin.name);
    }
}

/// Reads the tags of an XML text and says what is wrong with it: one that is not closed, an attribute
/// without quotes, a sign that is not escaped.
fn misshapen(text: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let escapes = ["&amp;", "&lt;", "&gt;"].iter().map(|escape| before.matches(escape).count()).sum::<usize>();
        if before.matches('&').count() != escapes || before.contains('>') {
            return Some(format!("not escaped: {before}"));
        }
        let Some((tag, after)) = after.split_once('>') else { return Some("a tag does not end".to_string()) };
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Some(format!("</{name}> closes nothing"));
            }
            continue;
        }
        // Outside quotes, then inside, in turn.
        let parts: Vec<&str> = tag.split('"').collect();
        let (last, before) = parts.split_last().unwrap();
        if !before.len().is_multiple_of(2)
            || last.contains('=')
            || !before.iter().step_by(2).all(|part| part.ends_with('='))
        {
            return Some(format!("quotes of <{tag}>"));
        }
        if tag.contains("NaN") || tag.contains("inf") {
            return Some(format!("a place that is none: <{tag}>"));
        }
        if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    (!open.is_empty() || !rest.trim().is_empty()).then(|| format!("left open: {open:?} {rest}"))
}

#[test]
fn pictures_are_well_formed() {
    assert!(misshapen("<a><b c=\"d\"/></a>").is_none());
    for wrong in ["<a>", "<a></b>", "<a b=c/>", "<a>1 & 2</a>", "<a x=\"NaN\"/>"] {
        assert!(misshapen(wrong).is_some(), "{wrong}");
    }
    let odd = [
        ("odd-point", "plot([5]"),
        ("odd-range", "plot([1e308, -1e308, inf]"),
        ("odd-words", "plot([1, 2], [2, 3], [3, 4], title = \"<&\\u{1b}[31m\\n]]>\", names = (\"\\u{0}\", \"'\\\"\")"),
        ("odd-log", "plot([0, -1, 5], ylog = true, xlog = true"),
        ("odd-bars", "bar([inf, -inf, nan, 1]"),
        ("odd-heat", "heatmap([[inf, nan], [-inf, 1]]"),
        ("odd-flat", "heatmap(zeros(3, 3)"),
        ("odd-contour", "contour([[nan, 1, 2], [3, inf, 5], [1, 1, 1]], path = [[nan, 1], [1e300, 2]]"),
        ("odd-level", "contour(zeros(3, 3), path = [[0, 0], [2, 1]]"),
        ("odd-steps", "x = 1\nattach_grad(x)\nrecord < for i in range(100) { x = sin(x) } >\ngraph(x, steps = 3"),
        ("odd-picture", "show([[nan, inf], [-inf, 5]]"),
    ];
    for (name, program) in PICTURES.iter().chain(&odd) {
        let text = String::from_utf8(drawn(name, program, "svg")).unwrap();
        assert_eq!(misshapen(&text), None, "{name}");
    }
    for (name, program) in odd {
        assert!(drawn(name, program, "png").starts_with(b"\x89PNG"), "{name}");
    }
}

/// The pixels of a PNG that the program wrote.
fn pixels(bytes: &[u8]) -> image::RgbImage {
    image::load_from_memory(bytes).unwrap().to_rgb8()
}

#[test]
fn png_shows_what_svg_says() {
    for (name, program) in PICTURES {
        let image = pixels(&drawn(name, program, "png"));
        let svg = String::from_utf8(drawn(name, program, "svg")).unwrap();
        let size = format!("width=\"{}\" height=\"{}\"", image.width() / 2, image.height() / 2);
        assert!(svg.contains(&size), "{name}: {size}");
        let found: std::collections::HashSet<[u8; 3]> = image.pixels().map(|pixel| pixel.0).collect();
        // Every colour that fills or strokes something is there, and a corner that nothing covers is white.
        for part in svg.split("=\"#").skip(1) {
            let color = u32::from_str_radix(&part[..6], 16).unwrap();
            let wanted = [16, 8, 0].map(|shift| (color >> shift & 0xff) as u8);
            let near = |pixel: &[u8; 3]| pixel.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 24);
            assert!(found.iter().any(near), "{name} has no {wanted:?}");
        }
        if !matches!(*name, "picture" | "graph") {
            assert_eq!(image.get_pixel(0, image.height() - 1).0, [255; 3], "{name}");
        }
    }
}

#[test]
fn letters_are_where_svg_puts_them() {
    let [with, without] = ["title = \"∇f θ\"", "title = \" \""]
        .map(|title| pixels(&drawn("title", &format!("plot([1, 2], {title}"), "png")));
    let differs: Vec<(u32, u32)> = (0..with.height())
        .flat_map(|y| (0..with.width()).map(move |x| (x, y)))
        .filter(|&(x, y)| with.get_pixel(x, y) != without.get_pixel(x, y))
        .collect();
    assert!(differs.len() > 100, "{}", differs.len());
    assert!(differs.iter().all(|(x, y)| (560..760).contains(x) && (15..60).contains(y)), "{differs:?}");
}
