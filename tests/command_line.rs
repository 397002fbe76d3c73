//! The command line, as scripts and shells meet it.
#![allow(clippy::unwrap_used)]

#[path = "support/clock.rs"]
mod clock;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn adlib() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adlib"));
    command.env_remove("NO_COLOR").current_dir(env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
    command
}

/// Exit status, output and messages of a command.
fn finished(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn run(args: &[&str]) -> (i32, String, String) {
    finished(adlib().args(args))
}

/// A file of this test, by a path that needs no folder.
fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    name.to_string()
}

/// Gives a command its standard input.
fn fed(args: &[&str], input: &str) -> (i32, String, String) {
    let mut child =
        adlib().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn code_prints_its_last_value() {
    assert_eq!(run(&["-e", "1 + 1"]), (0, "2\n".into(), String::new()));
    assert_eq!(run(&["-e", "1; print(2); 3"]), (0, "2\n3\n".into(), String::new()));
    assert_eq!(run(&["-e", "print(2)"]), (0, "2\n".into(), String::new()));
    assert_eq!(run(&["-e", ""]), (0, String::new(), String::new()));
    assert_eq!(run(&["-e", "args", "a", "-b"]).1, "(\"a\", \"-b\")\n");
}

#[test]
fn a_script_prints_only_what_it_prints() {
    let script = file("quiet.ad", "1 + 1\nprint(\"x =\", 3)\n");
    assert_eq!(run(&[&script]), (0, "x = 3\n".into(), String::new()));
}

#[test]
fn a_script_finds_its_arguments_dashes_or_not() {
    let script = file("args.ad", "print(args)\n");
    assert_eq!(run(&[&script, "a", "--seed", "-e", "--"]).1, "(\"a\", \"--seed\", \"-e\", \"--\")\n");
    assert_eq!(run(&[&script]).1, "()\n");
    assert_eq!(run(&["--", &script, "x"]).1, "(\"x\",)\n");
    let dashed = file("-dashed.ad", "print(7)\n");
    assert_eq!(run(&["--", &dashed]).1, "7\n");
}

#[test]
fn a_first_line_for_the_shell_is_skipped() {
    let script = file("shell.ad", "#!/usr/bin/env adlib\nprint(1)\ny = nothing_so_called\n");
    let (status, output, messages) = run(&[&script]);
    assert_eq!((status, output.as_str()), (1, "1\n"));
    assert!(messages.contains("shell.ad:3:5"), "{messages}");
}

#[test]
fn standard_input_is_a_script() {
    for args in [&["-"][..], &[]] {
        assert_eq!(fed(args, "x = 20\nx\nprint(x + 1)"), (0, "21\n".into(), String::new()));
        let (status, output, messages) = fed(args, "print(1)\nx = q\nprint(2)\n");
        assert_eq!((status, output.as_str()), (1, "1\n"));
        assert!(messages.starts_with("error: nothing is called `q`\n") && messages.contains("stdin:2:5"), "{messages}");
    }
    assert_eq!(fed(&["-", "a"], "print(args)").1, "(\"a\",)\n");
    assert_eq!(fed(&[], "record <").0, 1);
}

#[test]
fn a_script_stops_at_its_first_error_and_names_its_file() {
    let script = file("wrong.ad", "print(1)\nx = sqtr(4)\nprint(2)\n");
    let (status, output, messages) = run(&[&script]);
    assert_eq!((status, output.as_str()), (1, "1\n"));
    assert!(messages.contains("wrong.ad:2:5") && messages.contains("did you mean `sqrt`?"), "{messages}");
    let script = file("unfinished.ad", "print(1)\nrecord < y = 1\n");
    let (status, output, _) = run(&[&script]);
    assert_eq!((status, output.as_str()), (1, ""));
}

#[test]
fn messages_and_output_come_in_order_on_one_stream() {
    let script = file("order.ad", "print(\"before\")\nx = nothing_so_called\n");
    let both = std::fs::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("order.txt")).unwrap();
    let status = adlib().arg(&script).stdout(both.try_clone().unwrap()).stderr(both).status().unwrap();
    assert_eq!(status.code(), Some(1));
    let text = std::fs::read_to_string(Path::new(env!("CARGO_TARGET_TMPDIR")).join("order.txt")).unwrap();
    assert!(text.starts_with("before\nerror: "), "{text}");
}

#[test]
fn imports_start_at_the_folder_of_the_script() {
    file("parts/helper.ad", "fn twice(x) { 2 * x }\n");
    let script = file("parts/main.ad", "import \"helper.ad\" as helper\nprint(helper.twice(21))\n");
    assert_eq!(run(&[&script]), (0, "42\n".into(), String::new()));
}

#[test]
fn a_script_that_cannot_be_read_is_wrong_use_and_named() {
    let (status, output, messages) = run(&["no_such_script.ad"]);
    assert_eq!((status, output.as_str()), (2, ""));
    assert_eq!(messages, "adlib: there is no file no_such_script.ad\n");
    file("almost.ad", "");
    assert!(run(&["almots.ad"]).2.ends_with("did you mean almost.ad?\n"));
    assert!(run(&["almost"]).2.ends_with("did you mean almost.ad?\n"));
    file("folder/x", "");
    assert_eq!(run(&["folder"]), (2, String::new(), "adlib: folder cannot be read: it is a folder\n".into()));
    let script = file("latin.ad", b"print(1)\nprint(\"\xe9\")\n");
    assert_eq!(
        run(&[&script]),
        (2, String::new(), "adlib: latin.ad cannot be read: line 2 is not UTF-8 text\n".into())
    );
}

#[test]
fn wrong_use_is_said_in_a_sentence() {
    for (args, sentence) in [
        (&["--sede", "3"][..], "adlib: there is no option --sede; did you mean --seed?\n"),
        (&["--frobnicate"], "adlib: there is no option --frobnicate\n"),
        (&["-x"], "adlib: there is no option -x\n"),
        (&["-e"], "adlib: -e needs code, as in adlib -e \"1 + 1\"\n"),
        (&["-e", "1", "-e", "2"], "adlib: -e can be given once; statements are separated by ;\n"),
        (&["--seed", "abc"], "adlib: --seed needs a whole number, not abc\n"),
        (&["--seed"], "adlib: --seed needs a whole number\n"),
        (&["--threads", "0"], "adlib: --threads needs a number from 1 to 1024, not 0\n"),
        (&["--color", "blue"], "adlib: --color needs auto, always or never, not blue\n"),
        (&["--plot", "dots"], "adlib: --plot needs auto, unicode or ascii, not dots\n"),
    ] {
        let (status, output, messages) = run(args);
        assert_eq!((status, output.as_str()), (2, ""), "{args:?}");
        assert!(messages.starts_with(sentence), "{messages}");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for option in ["--help", "-h"] {
        let (status, output, messages) = run(&[option]);
        assert_eq!((status, messages.as_str()), (0, ""));
        assert!(output.contains("adlib file.ad args...") && output.lines().all(|line| line.len() <= 90), "{output}");
    }
    assert_eq!(run(&["--version"]).1, format!("adlib {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    assert!(!run(&["-e", "q"]).2.contains('\x1b'));
    assert!(run(&["--color", "always", "-e", "q"]).2.contains('\x1b'));
    assert!(run(&["--color=always", "-e", "q"]).2.contains('\x1b'));
    assert!(!run(&["--color=never", "-e", "q"]).2.contains('\x1b'));
}

#[test]
fn pictures_in_a_pipe_are_ascii_unless_asked_for() {
    assert!(run(&["-e", "plot(sin)"]).1.is_ascii());
    assert!(run(&["--plot", "ascii", "-e", "plot(sin)"]).1.is_ascii());
    let (status, drawn, _) = run(&["--plot=unicode", "-e", "plot(sin)"]);
    assert_eq!(status, 0);
    assert!(drawn.contains('┤') && drawn.contains('⠤') && !drawn.contains('\x1b'), "{drawn}");
    // A path over a plane is seen on every colour of it; lines are neither black nor white.
    let code = "contour((x, y) -> x ** 2 + y ** 2, -1, 1, path = [[1, 1], [0, 0]])";
    let mut command = adlib();
    command.env("COLORTERM", "truecolor").args(["--color=always", "--plot=unicode", "-e", code]);
    let drawn = finished(&mut command).1;
    let inks: Vec<Vec<u32>> = drawn
        .split("38;2;")
        .skip(1)
        .map(|rest| rest.split(['m', ';']).take(3).map(|part| part.parse().unwrap()).collect())
        .collect();
    assert!(inks.contains(&vec![0xd5, 0x5e, 0]), "{inks:?}");
    assert!(inks.iter().all(|ink| (150..620).contains(&ink.iter().sum::<u32>())), "{inks:?}");
}

#[test]
#[cfg(unix)]
fn a_closed_pipe_ends_the_program_quietly() {
    let script = file("endless.ad", "i = 0\nwhile true { i = i + 1; print(i) }\n");
    let mut child = adlib().arg(&script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 2];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(&first, b"1\n");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_an_error_of_its_own() {
    for args in [&["-e", "print(1)"][..], &["-e", "1"], &["--help"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let (status, _, messages) = finished(adlib().args(args).stdout(full));
        assert_eq!(status, 74, "{messages}");
        assert!(messages.starts_with("adlib: the output cannot be written: "), "{messages}");
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_stops_a_script_with_its_own_status() {
    // The first output comes when the buffer is full; from then on Ctrl-C is heeded.
    let script = file("forever.ad", "i = 0\nwhile i < 20000 { print(i); i = i + 1 }\nwhile true { }\n");
    let mut child = adlib().arg(&script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 2]).unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    // What was printed before is all there.
    assert!(output.stdout.ends_with(b"\n"));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("note: stopped by Ctrl-C"));
}

#[test]
fn strict_makes_errors_of_warnings() {
    let flat = "a = 1.5; b = 2; attach_grad(a, b); record < y = floor(a) * b >; backward(y); print(a.grad)";
    let (status, out, said) = run(&["-e", flat]);
    assert_eq!((status, out.as_str()), (0, "0\n"), "{said}");
    assert!(said.starts_with("warning: a gets a zero gradient"), "{said}");
    let (status, out, said) = run(&["--strict", "-e", flat]);
    assert_eq!((status, out.as_str()), (1, ""), "{said}");
    assert!(said.starts_with("error: a gets a zero gradient") && said.contains("flat everywhere"), "{said}");
    // Every time, and with a place, so that a program can catch it.
    let twice = format!("for i in range(2) {{ try {{ {flat} }} catch err {{ print(err.line) }} }}");
    assert_eq!(run(&["--strict", "-e", &twice]).1, "1\n1\n");
    // Also what is seen before anything runs, or in a calculation, or in a gradient.
    for code in [
        "[1 -1]",
        "x = [[1], [2]]; y = [1, 2]; sum(x - y)",
        "x = [0, 4]; attach_grad(x); record < y = sum(sqrt(x) - 2 * sqrt(x)) >; backward(y)",
    ] {
        assert_eq!(run(&["-e", code]).0, 0, "{code}");
        assert_eq!(run(&["--strict", "-e", code]).0, 1, "{code}");
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_stops_a_drawing_of_a_hundred_million_points() {
    // Computed before the first output comes, which it does when the buffer is full.
    let start = "y = ones(1e7); y[0] = 2\nfor i in range(20000) { print(i) }\n";
    for (name, drawing) in [
        ("plot", "plot(y, y, y, y, y, y, y, y, y, y, y)"),
        ("contour", "contour(y.reshape(2500, 4000), levels = linspace(0, 3, 100))"),
    ] {
        let script = file(&format!("draws-{name}.ad"), format!("{start}while true {{ {drawing} }}\n"));
        let mut child = adlib().arg(&script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut printed = child.stdout.take().unwrap();
        printed.read_exact(&mut [0; 2]).unwrap();
        let rest = std::thread::spawn(move || printed.read_to_end(&mut Vec::new()).unwrap());
        clock::let_work(child.id(), Duration::from_secs(1));
        let before = clock::worked(child.id());
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        // Until it has ended, but is still known.
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let after = clock::worked(child.id());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}: {said}");
        rest.join().unwrap();
        // One drawing alone takes eight seconds of work without optimisation.
        let more = before.zip(after).map(|(before, after)| after.saturating_sub(before));
        assert!(more.is_none_or(|more| more < Duration::from_secs(3)), "{name}: {more:?}");
    }
}
