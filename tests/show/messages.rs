//! Messages.
use adlib::diagnostic::draw::{Look, draw, patched};
use adlib::diagnostic::{Diagnostic, Edit, Level, Problem};
use adlib::source::{Sources, Span};

/// Puts a text among the sources and finds spans in it.
struct Script {
    base: u32,
    text: String,
}

impl Script {
    fn new(sources: &mut Sources, name: &str, text: &str) -> Script {
        Script { base: sources.add(name, text, false).unwrap(), text: text.to_string() }
    }

    /// The span of the first occurrence of a piece.
    fn of(&self, piece: &str) -> Span {
        self.nth(piece, 0)
    }

    fn nth(&self, piece: &str, index: usize) -> Span {
        let (start, _) = self.text.match_indices(piece).nth(index).unwrap();
        Span::new(self.base + start as u32, self.base + (start + piece.len()) as u32)
    }
}

fn drawn(d: &Diagnostic, sources: &Sources) -> String {
    draw(d, sources, Look::default())
}

/// The program that a message's first patch makes of a script.
fn mended(d: &Diagnostic, script: &Script) -> String {
    let help = d.problem.helps.iter().find(|help| !help.edits.is_empty()).unwrap();
    patched(&script.text, script.base, &help.edits).unwrap()
}

#[test]
fn matrix_product() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "iris.ad", "\n\n\n\n\n\n\n\nscores = x @ w + b\n");
    let d = Diagnostic::error(
        Problem::new("these two matrices cannot be multiplied")
            .label(s.of("@"), "needs 4 rows on the right, found 3")
            .label(s.of("x"), "[150, 4]")
            .label(s.of("w"), "[3, 4]")
            .patch("transpose w: [150, 4] @ [4, 3] gives [150, 3]", vec![Edit::After(s.of("w"), ".T".into())]),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: these two matrices cannot be multiplied
  ╭▸ iris.ad:9:12
  │
9 │ scores = x @ w + b
  │          ┬ ┯ ─ [3, 4]
  │          │ │
  │          │ needs 4 rows on the right, found 3
  │          [150, 4]
  ╰╴
help: transpose w: [150, 4] @ [4, 3] gives [150, 3]
  ╭╴
9 │ scores = x @ w.T + b
  ╰╴              ++"
    );
    assert_eq!(mended(&d, &s).trim(), "scores = x @ w.T + b");
}

fn shapes(sources: &mut Sources) -> (Script, Box<Diagnostic>) {
    let s = Script::new(sources, "fit.ad", "\n\n\nd = prices - weekly\n");
    let d = Diagnostic::error(
        Problem::new("these shapes do not line up")
            .label(s.of("-"), "axis 1: 5 against 52")
            .label(s.of("prices"), "[52, 5]")
            .label(s.of("weekly"), "[52]")
            .note("shapes are compared from the right; each pair must be equal or contain a 1\n  prices  52   5\n  weekly      52\n               ^")
            .patch("to take one weekly value from every row, make it a column", vec![Edit::After(s.of("weekly"), "[:, none]".into())]),
    );
    (s, d)
}

#[test]
fn element_by_element() {
    let mut sources = Sources::default();
    let (s, d) = shapes(&mut sources);
    assert_eq!(
        drawn(&d, &sources),
        "\
error: these shapes do not line up
  ╭▸ fit.ad:4:12
  │
4 │ d = prices - weekly
  │     ┬───── ┯ ────── [52]
  │     │      │
  │     │      axis 1: 5 against 52
  │     [52, 5]
  │
  ╰ note: shapes are compared from the right; each pair must be equal or contain a 1
            prices  52   5
            weekly      52
                         ^
help: to take one weekly value from every row, make it a column
  ╭╴
4 │ d = prices - weekly[:, none]
  ╰╴                   +++++++++"
    );
    assert_eq!(mended(&d, &s).trim(), "d = prices - weekly[:, none]");
}

#[test]
fn without_box_drawing_or_with_colour() {
    let mut sources = Sources::default();
    let (_, d) = shapes(&mut sources);
    let plain = draw(&d, &sources, Look { unicode: false, ..Look::default() });
    assert!(plain.is_ascii(), "{plain}");
    assert!(
        plain.contains(" --> fit.ad:4:12\n  |\n4 | d = prices - weekly\n  |     ------ ^ ------ [52]\n"),
        "{plain}"
    );
    let color = draw(&d, &sources, Look { color: true, ..Look::default() });
    assert!(color.contains('\u{1b}'));
    // Without its escape sequences it is the same drawing.
    let mut bare = String::new();
    let mut rest = color.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, drawn(&d, &sources));
}

#[test]
fn unknown_name() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "[3]", "y = sqtr(x) + 1");
    let d = Diagnostic::error(
        Problem::new("nothing is called `sqtr`")
            .label(s.of("sqtr"), "")
            .patch("did you mean `sqrt`?", vec![Edit::Replace(s.of("sqtr"), "sqrt".into())]),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: nothing is called `sqtr`
  ╭▸ [3]:1:5
  │
1 │ y = sqtr(x) + 1
  │     ━━━━
  ╰╴
help: did you mean `sqrt`?
  ╭╴
1 - y = sqtr(x) + 1
1 + y = sqrt(x) + 1
  ╰╴"
    );
    assert_eq!(mended(&d, &s), "y = sqrt(x) + 1");
}

#[test]
fn never_attached() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "train.ad", "\n\nw = normal(0, 1, [4, 3])\n\n\nw.grad\n");
    let made = s.of("w = normal(0, 1, [4, 3])");
    let d = Diagnostic::error(
        Problem::new("w does not keep a gradient")
            .label(s.of("w.grad"), "asked for here")
            .label(made, "made here, never attached")
            .patch("attach it before recording", vec![Edit::After(made, "\nattach_grad(w)".into())]),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: w does not keep a gradient
  ╭▸ train.ad:6:1
  │
3 │ w = normal(0, 1, [4, 3])
  │ ──────────────────────── made here, never attached
  ┆
6 │ w.grad
  │ ━━━━━━ asked for here
  ╰╴
help: attach it before recording
  ╭╴
3 ± w = normal(0, 1, [4, 3])
4 + attach_grad(w)
  ╰╴"
    );
    assert_eq!(mended(&d, &s), "\n\nw = normal(0, 1, [4, 3])\nattach_grad(w)\n\n\nw.grad\n");
}

#[test]
fn not_recorded() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "first.ad", "x = 1\n\ny = 2 * x ** 2\nbackward(y)\n");
    let made = s.of("y = 2 * x ** 2");
    let d = Diagnostic::error(
        Problem::new("y was not recorded")
            .label(s.nth("y", 1), "no way back from here")
            .label(made, "computed outside record")
            .patch(
                "compute it inside a record",
                vec![Edit::Before(made, "record < ".into()), Edit::After(made, " >".into())],
            ),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: y was not recorded
  ╭▸ first.ad:4:10
  │
3 │ y = 2 * x ** 2
  │ ────────────── computed outside record
4 │ backward(y)
  │          ━ no way back from here
  ╰╴
help: compute it inside a record
  ╭╴
3 │ record < y = 2 * x ** 2 >
  ╰╴++++++++                +"
    );
    assert_eq!(mended(&d, &s), "x = 1\n\nrecord < y = 2 * x ** 2 >\nbackward(y)\n");
}

#[test]
fn places_in_two_inputs_at_the_prompt() {
    let mut sources = Sources::default();
    let made = Script::new(&mut sources, "[12]", "y = f(x)");
    let s = Script::new(&mut sources, "[13]", "backward(y)");
    let whole = made.of("y = f(x)");
    let d = Diagnostic::error(
        Problem::new("y was not recorded")
            .label(s.of("y"), "no way back from here")
            .label(whole, "computed outside record")
            .patch(
                "compute it inside a record",
                vec![Edit::Before(whole, "record < ".into()), Edit::After(whole, " >".into())],
            ),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: y was not recorded
  ╭▸ [13]:1:10
  │
1 │ backward(y)
  │          ━ no way back from here
  │
  ⸬  [12]:1:1
  │
1 │ y = f(x)
  │ ──────── computed outside record
  ╰╴
help: compute it inside a record
  ╭╴
1 │ record < y = f(x) >
  ╰╴++++++++          +"
    );
    assert_eq!(mended(&d, &made), "record < y = f(x) >");
}

#[test]
fn weights_given_to_backward() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "[6]", "backward(y, [1, 1, 1])");
    let d = Diagnostic::error(
        Problem::new("the weights given to backward must have the shape of y")
            .label(s.of("[1, 1, 1]"), "[3]")
            .label(s.of("y"), "[2, 2]")
            .help("leave it out to use ones, the same as backward(sum(y))"),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: the weights given to backward must have the shape of y
  ╭▸ [6]:1:13
  │
1 │ backward(y, [1, 1, 1])
  │          ┬  ━━━━━━━━━ [3]
  │          │
  │          [2, 2]
  │
  ╰ help: leave it out to use ones, the same as backward(sum(y))"
    );
}

#[test]
fn condition_on_an_array() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "[9]", "if a > 0 { b = a } else { b = -a }");
    let d = Diagnostic::error(
        Problem::new("if needs one true or false, found 3")
            .label(s.of("a > 0"), "[true, false, true]")
            .help("element by element: where(a > 0, a, -a);  as a whole: all(a > 0) or any(a > 0)"),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: if needs one true or false, found 3
  ╭▸ [9]:1:4
  │
1 │ if a > 0 { b = a } else { b = -a }
  │    ━━━━━ [true, false, true]
  │
  ╰ help: element by element: where(a > 0, a, -a);  as a whole: all(a > 0) or any(a > 0)"
    );
}

#[test]
fn unclosed_record() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "first.ad", "\n\n\n\nrecord < y = 2 * x ** 2\n");
    let d = Diagnostic::error(
        Problem::new("this record is never closed")
            .label(s.of("record <"), "opened here")
            .patch("close it before backward", vec![Edit::After(s.of("** 2"), " >".into())]),
    );
    assert_eq!(
        drawn(&d, &sources),
        "\
error: this record is never closed
  ╭▸ first.ad:5:1
  │
5 │ record < y = 2 * x ** 2
  │ ━━━━━━━━ opened here
  ╰╴
help: close it before backward
  ╭╴
5 │ record < y = 2 * x ** 2 >
  ╰╴                        +"
    );
}

#[test]
fn the_calls_that_led_there() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "fit.ad", "fn f(x) { x + none }\nf(1)\n");
    let mut d = Diagnostic::error(Problem::new("none cannot be added").label(s.of("+"), ""));
    d.calls = vec![("f".into(), s.of("f(1)"))];
    assert_eq!(
        drawn(&d, &sources),
        "\
error: none cannot be added
  ╭▸ fit.ad:1:13
  │
1 │ fn f(x) { x + none }
  │             ━
  │
  ╰ note: in f, called at fit.ad:2:1"
    );
    d.calls = vec![("f".into(), s.of("f(1)")); 17];
    let text = drawn(&d, &sources);
    assert_eq!(text.matches("in f, called at fit.ad:2:1").count(), 5);
    assert!(text.ends_with("\n          … 12 more"), "{text}");
}

#[test]
fn a_library_is_never_shown() {
    let mut sources = Sources::default();
    let base = sources.add("nn.ad", "fn dense(x, w) { x @ w }", true).unwrap();
    let s = Script::new(&mut sources, "fit.ad", "y = dense(a, b)\n");
    let inside = Span::new(base + 19, base + 20);
    let mut d = Diagnostic::error(
        Problem::new("these two matrices cannot be multiplied")
            .label(inside, "needs 4 rows on the right, found 3")
            .label(Span::new(base + 17, base + 18), "[150, 4]")
            .patch("transpose w", vec![Edit::After(inside, ".T".into())]),
    );
    d.calls = vec![("inner".into(), inside), ("dense".into(), s.of("dense(a, b)"))];
    assert_eq!(
        drawn(&d, &sources),
        "\
error: these two matrices cannot be multiplied
  ╭▸ fit.ad:1:5
  │
1 │ y = dense(a, b)
  ╰╴    ━━━━━━━━━━━ needs 4 rows on the right, found 3"
    );
    d.calls.clear();
    assert_eq!(drawn(&d, &sources), "error: these two matrices cannot be multiplied");
}

#[test]
fn warnings_and_notes() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "[7]", "while norm(b) < 1000 {\n    b = b / 2\n}\n");
    let mut d = Diagnostic::error(
        Problem::new("stopped by Ctrl-C after 4.2 s")
            .label(s.of("while norm(b) < 1000 {\n    b = b / 2\n}"), "round 31 809 112"),
    );
    d.level = Level::Note;
    assert_eq!(
        drawn(&d, &sources),
        "\
note: stopped by Ctrl-C after 4.2 s
  ╭▸ [7]:1:1
  │
1 │ while norm(b) < 1000 {
  ╰╴━━━━━━━━━━━━━━━━━━━━━━ round 31 809 112"
    );
    d.level = Level::Warning;
    assert!(drawn(&d, &sources).starts_with("warning: stopped"));
}

#[test]
fn tabs_wide_and_combining_characters_keep_the_caret_right() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "t.ad", "\tθ漢字e\u{301} = \tfoo + bar\r\n");
    let d =
        Diagnostic::error(Problem::new("x").label(s.of("foo"), "foo").label(s.of("漢"), "kan").label(s.of("bar"), ""));
    assert_eq!(
        drawn(&d, &sources),
        "\
error: x
  ╭▸ t.ad:1:11
  │
1 │     θ漢字e\u{301} =     foo + bar
  │      ┬─          ┯━━   ───
  │      │           │
  ╰╴     kan         foo"
    );
}

#[test]
fn long_lines_show_what_is_near() {
    let mut sources = Sources::default();
    let text = format!("{}foo + 1{}", "x + ".repeat(125_000), " + x".repeat(125_000));
    let s = Script::new(&mut sources, "t.ad", &text);
    let foo = s.of("foo");
    let problem =
        Problem::new("x").label(foo, "here").label(s.of("x"), "far").patch("do", vec![Edit::After(foo, " >".into())]);
    let text = drawn(&Diagnostic::error(problem), &sources);
    assert!(text.len() < 1000 && text.contains("t.ad:1:500001") && text.contains("━━━ here"), "{text}");
    let all = Span::new(s.base, s.base + 1_000_000);
    let text = drawn(&Diagnostic::error(Problem::new("x").label(all, "here")), &sources);
    assert!(text.len() < 1500, "{text}");
}

#[test]
fn the_end_of_a_text_is_where_its_last_word_ends() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "t.ad", "x = (1 +\n\n\n");
    let d = Diagnostic::error(Problem::new("the text ends here").label(Span::new(s.base + 11, s.base + 11), ""));
    assert_eq!(drawn(&d, &sources), "error: the text ends here\n  ╭▸ t.ad:1:9\n  │\n1 │ x = (1 +\n  ╰╴        ━");
    let s = Script::new(&mut sources, "[1]", "");
    let d = Diagnostic::error(Problem::new("nothing").label(Span::new(s.base, s.base), ""));
    assert!(drawn(&d, &sources).contains("[1]:1:1"));
}

#[test]
fn terminals_are_safe_from_messages() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "a\u{1b}[2J.ad", "x = \"\u{1b}[31m\u{7}\u{202e}\u{9b}31m\" + 1\n");
    let evil = "\u{1b}]0;title\u{7}";
    let mut d = Diagnostic::error(
        Problem::new(evil)
            .label(s.of("+"), evil)
            .note(evil)
            .help(evil)
            .patch(evil, vec![Edit::Before(s.of("1"), evil.into())]),
    );
    d.calls = vec![(evil.into(), s.of("+"))];
    let text = drawn(&d, &sources);
    assert!(!text.chars().any(|char| char.is_control() && char != '\n'), "{text:?}");
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn edits_on_several_lines_and_side_by_side() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "shadow.ad", "record <\n    x = x * 2\n    y = sum(x ** 2)\n>\n");
    let d = Diagnostic::error(Problem::new("this x is not the x you attached").label(s.of("x"), "").patch(
        "give the intermediate result its own name",
        vec![Edit::Replace(s.of("x"), "u".into()), Edit::Replace(s.nth("x", 2), "u".into())],
    ));
    assert_eq!(mended(&d, &s), "record <\n    u = x * 2\n    y = sum(u ** 2)\n>\n");
    let text = drawn(&d, &sources);
    assert!(text.ends_with("  ╭╴\n2 ±     u = x * 2\n3 ±     y = sum(u ** 2)\n  ╰╴"), "{text}");
    let d = Diagnostic::error(Problem::new("x").label(s.of("sum"), "").patch(
        "two edits at one place",
        vec![Edit::Replace(s.of("sum"), "mean".into()), Edit::After(s.of("sum"), "_of".into())],
    ));
    let text = drawn(&d, &sources);
    assert!(text.contains("3 -     y = sum(x ** 2)\n3 +     y = mean_of(x ** 2)"), "{text}");
}

#[test]
fn a_removal_of_lines_is_told_in_words() {
    let mut sources = Sources::default();
    let s = Script::new(&mut sources, "t.ad", "a\nb\nc\n");
    let d = Diagnostic::error(
        Problem::new("x").label(s.of("a"), "").patch("remove b", vec![Edit::Replace(s.of("b\n"), String::new())]),
    );
    assert!(drawn(&d, &sources).ends_with("  ╰ help: remove b"));
    assert_eq!(mended(&d, &s), "a\nc\n");
}

const ROUNDS: usize = 4000;

#[test]
fn no_span_panics() {
    let mut sources = Sources::default();
    let texts = ["", "x", "\n\n", "é漢\t\u{301}\n  y = 1 +\r\n\r\n# θ\n", "a b\n    c\n\n\nd\n"];
    let mut end = 0;
    for (index, text) in texts.iter().enumerate() {
        end = sources.add("t.ad", text, index == 1).unwrap() + text.len() as u32;
    }
    let mut state = 1u64;
    let mut random = |most: u32| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u32 % most
    };
    let pieces = ["", " ", "\n", "x", "é\n", "\n\n  z", "漢"];
    for round in 0..ROUNDS {
        let mut span = || {
            let start = random(end + 4);
            let span = Span::new(start, if random(2) == 0 { start + random(4) } else { random(end + 4) });
            (span, random(pieces.len() as u32) as usize, random(3))
        };
        let mut problem = Problem::new("t\ni");
        for _ in 0..round % 4 {
            let (span, piece, _) = span();
            problem = problem.label(span, pieces[piece]);
        }
        for _ in 0..round % 3 {
            let edit = |(span, piece, kind): (Span, usize, u32)| match kind {
                0 => Edit::Before(span, pieces[piece].into()),
                1 => Edit::After(span, pieces[piece].into()),
                _ => Edit::Replace(span, pieces[piece].into()),
            };
            let edits = (0..1 + round % 2).map(|_| edit(span())).collect();
            problem = problem.patch("h", edits);
        }
        let mut d = Diagnostic::error(problem);
        d.calls = (0..round % 8).map(|_| ("f".to_string(), span().0)).collect();
        let look = Look { unicode: round % 2 == 0, color: round % 5 == 0, width: round % 100 };
        draw(&d, &sources, look);
    }
    let far = Diagnostic::error(Problem::new("x").label(Span::new(u32::MAX, 0), "").label(Span::new(0, u32::MAX), ""));
    assert_eq!(drawn(&far, &sources), "error: x");
}

#[test]
fn edits_that_do_not_fit_are_not_made() {
    let at = Span::new;
    assert_eq!(patched("abc", 10, &[Edit::Replace(at(11, 12), "X".into())]).unwrap(), "aXc");
    assert_eq!(
        patched("abc", 10, &[Edit::After(at(10, 13), "!".into()), Edit::Before(at(10, 13), "(".into())]).unwrap(),
        "(abc!"
    );
    assert_eq!(patched("abc", 10, &[]).unwrap(), "abc");
    assert_eq!(patched("abc", 10, &[Edit::Replace(at(9, 11), "X".into())]), None);
    assert_eq!(patched("abc", 10, &[Edit::Replace(at(12, 14), "X".into())]), None);
    assert_eq!(patched("abc", 10, &[Edit::Replace(at(12, 11), "X".into())]), None);
    assert_eq!(patched("é", 0, &[Edit::Before(at(1, 1), "X".into())]), None);
    let overlapping = [Edit::Replace(at(10, 12), "X".into()), Edit::Replace(at(11, 13), "Y".into())];
    assert_eq!(patched("abc", 10, &overlapping), None);
}
