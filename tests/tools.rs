//! The tools in the binary, as somebody meets them who types `adlib fmt`.

#![allow(clippy::unwrap_used, missing_docs)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tools-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Exit status, output and messages.
fn run(folder: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_adlib"))
        .args(args)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever reads no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[test]
fn fmt_changes_checks_and_filters() {
    let here = folder("fmt");
    std::fs::create_dir(here.join("sub")).unwrap();
    std::fs::write(here.join("a.ad"), "x=1 # one\n").unwrap();
    std::fs::write(here.join("sub/b.ad"), "x = 1\n").unwrap();
    std::fs::write(here.join("broken.ad"), "x = (1\n").unwrap();
    let (status, out, err) = run(&here, &["fmt", "--check"], "");
    assert_eq!((status, out.as_str()), (1, "would change a.ad\n"));
    assert!(err.contains("this `(` is never closed") || err.contains("error: "), "{err}");
    assert_eq!(std::fs::read_to_string(here.join("a.ad")).unwrap(), "x=1 # one\n");
    std::fs::remove_file(here.join("broken.ad")).unwrap();
    assert_eq!(run(&here, &["fmt"], ""), (0, "changed a.ad\n".into(), String::new()));
    assert_eq!(std::fs::read_to_string(here.join("a.ad")).unwrap(), "x = 1  # one\n");
    assert_eq!(run(&here, &["fmt", "--check", "."], ""), (0, String::new(), String::new()));
    assert_eq!(run(&here, &["fmt", "-"], "f( x )=x^2"), (0, "f(x) = x ** 2\n".into(), String::new()));
    assert_eq!(run(&here, &["fmt", "--check", "-"], "f( x )=x^2").0, 1);
    assert_eq!(run(&here, &["fmt", "nowhere.ad"], "").0, 2);
    assert_eq!(
        run(&here, &["fmt", "--bless"], ""),
        (2, String::new(), "adlib: adlib fmt has no option --bless\nadlib --help shows what can be written\n".into())
    );
}

#[test]
fn check_finds_several_mistakes_without_running() {
    let here = folder("check");
    let program = "\
print(\"never printed\")
y = sqtr(2)
f(x, k = 2) = x ** k
f(1, 2, 3)
f(k = 3)
f(1, kk = 3)
exp(1, 2)
w = ones(3, 4)
x = ones(150, 4)
scores = x @ w
d = zeros(52, 5) - ones(52)
s = sum(w, axis = 2)
";
    std::fs::write(here.join("wrong.ad"), program).unwrap();
    let (status, out, err) = run(&here, &["check"], "");
    assert_eq!((status, err.as_str()), (1, ""));
    let titles: Vec<&str> = out.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(
        titles,
        [
            "error: nothing is called `sqtr`",
            "error: f takes 1 to 2 arguments, found 3",
            "error: f needs a value for `x`",
            "error: f has no argument called `kk`",
            "error: exp takes 1 argument, found 2",
            "error: these two matrices cannot be multiplied",
            "error: these shapes do not line up",
            "error: axis 2 is out of range",
        ],
        "{out}"
    );
    assert!(out.ends_with("8 mistakes in 1 program\n"), "{out}");
    assert!(!out.contains("never printed\n"));
    // As JSON, one on a line.
    let (status, out, _) = run(&here, &["check", "--json", "wrong.ad"], "");
    assert_eq!((status, out.lines().count()), (1, 8));
    for line in out.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let start = &value["labels"][0]["place"]["start"];
        assert_eq!(value["level"], "error");
        assert_eq!(value["labels"][0]["place"]["file"], "wrong.ad");
        let (byte, number) = (start["byte"].as_u64().unwrap() as usize, start["line"].as_u64().unwrap() as usize);
        assert_eq!(program[..byte].matches('\n').count() + 1, number);
    }
}

/// A check that cries wolf is switched off: it says nothing of the programs that run.
#[test]
fn check_is_silent_about_programs_that_run() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["scripts", "tests/language", "tests/programs", "tests/values"] {
        if here.join(folder).is_dir() {
            let (_, out, err) = run(here, &["check", folder], "");
            let errors: Vec<&str> = out.split("error: ").skip(1).filter(|error| !meant(error)).collect();
            assert!(errors.is_empty() && err.is_empty(), "{folder}:\nerror: {}{err}", errors.join("error: "));
        }
    }
}

/// Mistakes that programs make on purpose, to catch them.
fn meant(error: &str) -> bool {
    let line = error.lines().find(|line| line.contains('│') && line.chars().any(char::is_alphabetic));
    line.is_some_and(|line| line.contains("try ") || line.contains("# unknown"))
}

#[test]
fn test_runs_blesses_and_shows_what_differs() {
    let here = folder("test");
    assert_eq!(run(&here, &["test"], "").0, 2);
    std::fs::write(here.join("sum.ad"), "print(1 + 1, rand())\nw.grad\n").unwrap();
    std::fs::write(here.join("_module.ad"), "x = 1\n").unwrap();
    let (status, out, _) = run(&here, &["test", "sum.ad"], "");
    assert_eq!(status, 1);
    assert!(out.contains("adlib test --bless"), "{out}");
    assert_eq!(
        run(&here, &["test", "--bless", "sum.ad"], ""),
        (0, "wrote sum.out\n0 passed, 1 written, 0 failed\n".into(), String::new())
    );
    let written = std::fs::read_to_string(here.join("sum.out")).unwrap();
    assert!(written.starts_with("2 0.") && written.contains("error: nothing is called `w`"), "{written}");
    assert_eq!(run(&here, &["test"], ""), (0, "1 passed, 0 failed\n".into(), String::new()));
    std::fs::write(here.join("sum.out"), written.replace("2 0.", "3 0.")).unwrap();
    let (status, out, _) = run(&here, &["test"], "");
    assert_eq!(status, 1);
    assert!(out.contains("failed sum.ad\n- expected, + found\n- 3 0.") && out.contains("\n+ 2 0."), "{out}");
    assert!(out.ends_with("0 passed, 1 failed\n"));
    assert_eq!(run(&here, &["test", "--bless"], "").0, 0);
    assert_eq!(std::fs::read_to_string(here.join("sum.out")).unwrap(), written);
}

#[test]
fn messages_as_json_hold_the_patch() {
    let here = folder("json");
    std::fs::write(here.join("a.ad"), "θ = 2; y = sqtr(θ)\n").unwrap();
    let (status, out, err) = run(&here, &["--json", "a.ad"], "");
    assert_eq!((status, out.as_str()), (1, ""));
    let value: serde_json::Value = serde_json::from_str(&err).unwrap();
    assert_eq!(value["title"], "nothing is called `sqtr`");
    let place = &value["helps"][0]["edits"][0]["place"];
    assert_eq!(place["start"], serde_json::json!({"byte": 12, "line": 1, "column": 12}));
    assert_eq!(place["end"]["byte"], 16);
    assert_eq!(value["helps"][0]["edits"][0]["new"], "sqrt");
}

#[test]
fn time_and_memory_have_limits() {
    let here = folder("limits");
    let (status, _, err) = run(&here, &["--max-time", "0.2", "-e", "while true { }"], "");
    assert_eq!(status, 124, "{err}");
    assert!(err.contains("stopped by --max-time after "), "{err}");
    let (status, _, err) = run(&here, &["--max-memory", "200M", "-e", "x = ones(1e8); x[0]"], "");
    assert_eq!(status, 122, "{err}");
    assert!(err.contains("there is not enough memory for this array"), "{err}");
    assert_eq!(run(&here, &["--max-memory", "2G", "-e", "sum(ones(1000))"], ""), (0, "1000\n".into(), String::new()));
    let grows = "x = (0,); while true { x = (...x, ones(100000)) }";
    assert_eq!(run(&here, &["--max-memory", "300M", "-e", grows], "").0, 122);
    assert_eq!(run(&here, &["--max-memory", "much", "-e", "1"], "").0, 2);
    assert_eq!(run(&here, &["--max-time", "-1", "-e", "1"], "").0, 2);
}

#[test]
fn a_training_loop_holds_one_recording() {
    let here = folder("one-recording");
    // A recording is 80 arrays of 1.3 megabytes.
    let start = "w = ones(400, 400) / 400; attach_grad(w); x = ones(400, 400)
        fn deep(x) { for _ in range(80) { x = x @ w }; x }\n";
    let fits = |turns: &str| run(&here, &["--max-memory", "190M", "-e", &format!("{start}{turns}; 1")], "").0 == 0;
    assert!(fits("for _ in range(3) { record < l = sum(deep(x)) >; backward(l) }"));
    assert!(fits("for _ in range(3) { record < y = deep(x); l = sum(y) >; backward(l) }"));
    assert!(fits("fn f() { for _ in range(3) { record < y = deep(x); l = sum(y) >; backward(l) } }; f()"));
    assert!(fits("for _ in range(3) { record < both = (y -> (sum(y), y))(deep(x)) >; backward(both[0]) }"));
    // Whoever holds on to one recording needs memory for two.
    assert!(!fits("for i in range(3) { record < l = sum(deep(x)) >; if i == 0 { first = l } }"));
    assert!(!fits("fn f() = l; for _ in range(3) { record < l = sum(deep(x)) > }"));
}

#[test]
fn a_recording_lets_go_of_what_no_rule_reads_with_its_name() {
    let here = folder("let-go");
    // 80 arrays of 1.3 megabytes are read on the way back; 80 more have a name for a while.
    let start = "w = ones(400, 400) / 400; attach_grad(w)\n";
    let fits = |body: &str| {
        let program = format!(
            "{start}fn deep(x) {{ for i in range(80) {{ {body} }}; x }}; record < y = sum(deep(w)) >; backward(y)"
        );
        run(&here, &["--max-memory", "190M", "-e", &program], "").0 == 0
    };
    assert!(fits("x = tanh(x @ w)"));
    assert!(fits("z = x @ w; x = tanh(z)"));
    assert!(fits("(z, k) = (x @ w, i); x = exp(-(z + k))"));
    // Whoever keeps it needs memory for it.
    assert!(!fits("z = x @ w; x = tanh(z); all = if i == 0 { (z,) } else { (...all, z) }"));
    assert!(!fits("z = x @ w; x = z * z"));
}

#[test]
fn what_was_refused_memory_once_is_not_empty_afterwards() {
    let here = folder("refused");
    // What waits to be computed needs more memory at some limits than there is, first here, then there.
    let program = "q = ones(400, 1000); attach_grad(q)
        fn f(q) { z = q * 2; w = exp(z * 0.01); w + z }
        record < t = 0; p = q; for i in range(3) { p = f(p) * 0.1; r = p - 5; t = t + sum(floor(r)) } >
        tape(t, 1); t";
    let mut refused = 0;
    for limit in (14..40).step_by(2) {
        let (status, out, err) = run(&here, &["--max-memory", &format!("{limit}M"), "-e", program], "");
        match status {
            0 => assert_eq!(out.lines().last(), Some("-6000000"), "{limit}: {out}"),
            status => assert_eq!(status, 122, "{limit}: {err}"),
        }
        refused += usize::from(status != 0);
    }
    assert!(refused > 0, "no limit was too small");
}

#[test]
fn what_is_looked_at_without_memory_is_computed_all_the_same() {
    let here = folder("looked-at");
    // The products that the zs are summed from take 128 megabytes each and were let go; the last step, which is made of
    // several, can only be looked at if one is computed again.
    let program = "a = ones(4000, 2); attach_grad(a); b = ones(2, 4000) * 3
        record < zs = map(k -> sum(a @ b, 0), (1, 2, 3, 4, 5, 6, 7, 8)) >
        c = linspace(0, 1, 4000); attach_grad(c)
        record < t = 0; for z in zs { u = exp(z * -0.00001 + c) * log(z - 5 + c); t = t + sum(u) } >
        zs = 0; z = 0; u = 0; before = grad(t, c)
        others = ones(14, 1_000_000)
        tape(t, 1); all(before == grad(t, c))";
    let (status, out, err) = run(&here, &["--max-memory", "270M", "-e", program], "");
    assert_eq!((status, out.lines().last()), (0, Some("true")), "{err}");
}

#[test]
fn names_are_explained_on_the_command_line() {
    let here = folder("help");
    let (status, out, _) = run(&here, &["help", "tanh"], "");
    assert_eq!(status, 0);
    assert!(out.starts_with("tanh(x)"), "{out}");
    assert!(run(&here, &["help", "optim.adam"], "").1.contains("adam("));
    assert_eq!(
        run(&here, &["help", "tahn"], ""),
        (1, String::new(), "adlib: nothing is called tahn; did you mean tan?\n".into())
    );
    assert_eq!(run(&here, &["help"], "").1, run(&here, &["--help"], "").1);
}

/// Every option and tool is in the help, the page of the manual and every shell's completions.
#[test]
fn what_describes_the_program_names_everything() {
    let here = folder("describe");
    let texts: Vec<String> = [
        &["--help"][..],
        &["man"],
        &["completions", "bash"],
        &["completions", "zsh"],
        &["completions", "fish"],
        &["completions", "powershell"],
    ]
    .iter()
    .map(|args| run(&here, args, ""))
    .map(|(status, out, err)| {
        assert_eq!((status, err.as_str()), (0, ""));
        out.replace("\\-", "-")
    })
    .collect();
    for text in &texts {
        for flag in adlib::tools::usage::FLAGS {
            assert!(text.contains(flag.long), "{} is not in\n{text}", flag.long);
        }
        for tool in adlib::tools::usage::TOOLS {
            assert!(text.contains(tool.name), "{} is not in\n{text}", tool.name);
        }
    }
    assert!(texts[0].lines().all(|line| line.chars().count() <= 100), "{}", texts[0]);
    assert_eq!(run(&here, &["completions", "tcsh"], "").0, 2);
    assert_eq!(run(&here, &["completions"], "").0, 2);
    // The shell itself reads its completions.
    std::fs::write(here.join("complete.bash"), &texts[2]).unwrap();
    let script = "source complete.bash; COMP_WORDS=(adlib completions f); COMP_CWORD=2; _adlib; echo ${COMPREPLY[@]}; COMP_WORDS=(adlib --js); COMP_CWORD=1; _adlib; echo ${COMPREPLY[@]}; COMP_WORDS=(adlib fm); COMP_CWORD=1; _adlib; echo ${COMPREPLY[@]}";
    if let Ok(output) = Command::new("bash").args(["--norc", "-c", script]).current_dir(&here).output() {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "fish\n--json\nfmt\n");
    }
    std::fs::write(here.join("a.ad"), "").unwrap();
    std::fs::write(here.join("complete.fish"), &texts[4]).unwrap();
    let script = "source complete.fish; for words in 'completions f' --js fm 'fmt --' '--plot ' 'fmt '; complete -C \"adlib $words\" | cut -f 1 | string join ' '; end";
    if let Ok(output) = Command::new("fish").args(["-N", "-c", script]).current_dir(&here).output() {
        let expected = "fish\n--json\nfmt\n--check --color --json\nascii auto unicode\na.ad ";
        let found = String::from_utf8_lossy(&output.stdout);
        assert!(found.starts_with(expected), "{found}");
    }
    std::fs::write(here.join("_adlib"), &texts[3]).unwrap();
    let script = "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; echo ${_comps[adlib]}; autoload +X _adlib && zsh -n _adlib && echo read";
    if let Ok(output) = Command::new("zsh").args(["-f", "-c", script]).current_dir(&here).output() {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "_adlib\nread\n");
    }
}

/// The grammars know every word.
#[test]
fn grammars_know_the_words_of_the_language() {
    let here = folder("grammar");
    let textmate = run(&here, &["grammar", "textmate"], "").1;
    let value: serde_json::Value = serde_json::from_str(&textmate).unwrap();
    assert_eq!(value["scopeName"], "source.adlib");
    let sitter = run(&here, &["grammar", "tree-sitter"], "").1;
    let vim = run(&here, &["grammar", "vim"], "").1;
    let words = |text: &str| -> std::collections::HashSet<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_string).collect()
    };
    for text in [&textmate, &sitter, &vim] {
        let words = words(text);
        let functions =
            adlib::builtin::all().map(|builtin| builtin.name).filter(|name| name.starts_with(char::is_alphabetic));
        for word in adlib::syntax::KEYWORDS.iter().copied().chain(functions).chain(["dropout", "pi"]) {
            assert!(words.contains(word), "{word} is missing");
        }
    }
    assert_eq!(run(&here, &["grammar", "emacs"], "").0, 2);
}

#[test]
fn help_explains_kinds_of_messages() {
    let here = folder("help-error");
    let (status, out, said) = run(&here, &["--json", "-e", "x = [1, 2]; sqtr(x)"], "");
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(
        said.contains(r#""level":"error","name":"nothing-is-called","title":"nothing is called `sqtr`""#),
        "{said}"
    );
    let (status, by_name, said) = run(&here, &["help", "error", "nothing-is-called"], "");
    assert_eq!((status, said.as_str()), (0, ""));
    assert!(
        by_name.starts_with("nothing is called `…`\n") && by_name.contains("error: nothing is called `"),
        "{by_name}"
    );
    // The screen shows no name, but the title.
    for title in ["nothing is called `f`", "error: nothing is called `f`"] {
        assert_eq!(run(&here, &["help", "error", title], "").1, by_name);
    }
    assert_eq!(run(&here, &["help", "error", "nothing", "is", "called", "`f`"], "").1, by_name);
    let (status, out, said) = run(&here, &["help", "error", "nothing-is-caled"], "");
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(said.contains("did you mean nothing-is-called?"), "{said}");
    // What a program says itself has no name.
    let (_, _, said) = run(&here, &["--json", "-e", "error(\"too cold\")"], "");
    assert!(said.contains(r#""name":null,"title":"too cold""#), "{said}");
}

/// Vim itself says how it highlights a program. What Visual Studio Code and tree-sitter make of theirs say the
/// scripts beside the program.
#[test]
fn vim_highlights_a_program() {
    let here = folder("vim");
    std::fs::write(here.join("adlib.vim"), run(&here, &["grammar", "vim"], "").1).unwrap();
    let beside = std::fs::canonicalize("tests/grammars").unwrap();
    let name = |variable: &str, path: &Path| format!("let g:{variable} = '{}'", path.display());
    let vim = Command::new("vim")
        .args(["-es", "-u", "NONE", "-N", "--cmd", &name("syntax", &here.join("adlib.vim"))])
        .args(["--cmd", &name("out", &here.join("found"))])
        .arg(beside.join("sample.ad"))
        .arg("-S")
        .arg(beside.join("groups.vim"))
        .stdin(Stdio::null())
        .output();
    // Nowhere is it needed for anything else.
    let Ok(_) = vim else { return };
    let found = std::fs::read_to_string(here.join("found")).unwrap();
    let golden = beside.join("sample.vim");
    if std::env::var_os("ADLIB_BLESS").is_some() {
        std::fs::write(&golden, &found).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap();
    assert!(expected == found, "{}", adlib::tools::difference::difference(&expected, &found));
}

#[test]
fn the_page_of_the_manual_is_one_that_groff_has_nothing_to_say_about() {
    let here = folder("man");
    std::fs::write(here.join("adlib.1"), run(&here, &["man"], "").1).unwrap();
    let args = ["-ww", "-man", "-Tascii", "-P-cbou", "adlib.1"];
    if let Ok(output) = Command::new("groff").args(args).current_dir(&here).output() {
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let page = String::from_utf8_lossy(&output.stdout).replace(|c| !char::is_alphanumeric(c), "");
        for flag in adlib::tools::usage::FLAGS {
            assert!(page.contains(&flag.long.replace('-', "")), "{}", flag.long);
        }
    }
}
