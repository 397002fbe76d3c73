//! What leads from the prompt to files and back: an editor, scripts, the session as a script.

use super::leaving::{kill, process};
use super::screen::{Screen, folder, program_in, prompt_in};
use std::path::Path;
use std::process::Command;

/// A prompt whose user's editor is a script of the shell that gets the file as `$1`.
fn with_editor(folder: &Path, script: &str) -> Screen {
    let editor = folder.join("editor.sh");
    std::fs::write(&editor, script).unwrap();
    let editor = format!("sh {}", editor.display());
    let words = [env!("CARGO_BIN_EXE_adlib")];
    let screen = program_in(folder, 40, 80, &words, &[("VISUAL", ""), ("EDITOR", &editor)]);
    screen.until(|text| text.ends_with("ad>"));
    screen
}

#[test]
fn an_input_is_edited_in_an_editor_and_runs_when_it_was_saved() {
    let folder = folder("edit");
    let mut screen = with_editor(&folder, "sed -i 's/21/22/; s/two/three/' \"$1\"");
    screen.enter("fn f(x) {\rx * 21\r}");
    screen.enter("word = \"two\"");
    // The last input is shown as it runs, and its names are there.
    screen.enter(":edit");
    screen.shows("\nad> word = \"three\"\nad>");
    screen.enter(":edit f");
    screen.shows("\nad> fn f(x) {\n  :     x * 22\n  : }\nad>");
    screen.enter("word, f(10)");
    screen.shows("\n(\"three\", 220)\nad>");
    // By number, and from the history like anything that was typed.
    screen.enter(":edit [2]");
    screen.press("\x1b[A\x1b[A");
    screen.line_is("ad> :edit [2]");
    screen.abandon();
    screen.enter(":edit 77");
    screen.shows("there is no input [77]");
    screen.enter(":edit nothing_so_called");
    screen.shows("nothing is called `nothing_so_called`; `:edit` alone opens the last input");
    // A script is saved where it is, and loaded.
    std::fs::write(folder.join("start.ad"), "z = 21 * 2\n").unwrap();
    screen.enter(":edit start.ad");
    screen.enter("z");
    screen.shows("\n44\nad>");
    assert_eq!(std::fs::read_to_string(folder.join("start.ad")).unwrap(), "z = 22 * 2\n");
}

#[test]
fn an_editor_that_saves_nothing_or_is_not_there_changes_nothing() {
    let folder = folder("unsaved");
    let mut screen = with_editor(&folder, "exit 0");
    screen.enter("n = 1");
    screen.enter("n += 1");
    screen.enter(":edit");
    screen.shows("nothing was saved, so nothing ran");
    screen.enter("n * 111");
    screen.shows("\n222\nad>");
    std::fs::write(folder.join("editor.sh"), "sed -i 's/.*/n = 9/' \"$1\"; exit 3").unwrap();
    screen.enter(":edit");
    screen.shows("sh ended with exit status: 3, so nothing ran");
    screen.enter("n * 111 + 1");
    screen.shows("\n223\nad>");
    let words = [env!("CARGO_BIN_EXE_adlib")];
    let mut screen = program_in(&folder, 24, 80, &words, &[("VISUAL", "no-such-editor-anywhere -x")]);
    screen.until(|text| text.ends_with("ad>"));
    screen.enter(":edit");
    screen.shows("no-such-editor-anywhere cannot be started:");
    screen.shows("set EDITOR to an editor");
}

#[test]
fn ctrl_c_in_an_editor_is_the_editors() {
    let folder = folder("editor-interrupt");
    let mut screen =
        with_editor(&folder, "trap 'echo heard' INT; echo edi''ting; until test \"$line\" = q; do read line; done");
    screen.enter("n = 41");
    screen.press(":edit\r");
    screen.shows("editing");
    // Three of them would end a program that does not heed them.
    for count in 1..=4 {
        screen.press("\x03");
        screen.until(|text| text.matches("heard").count() == count);
    }
    screen.press("q\r");
    screen.shows("nothing was saved");
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("n + 1");
    screen.shows("\n42\nad>");
}

#[test]
fn a_script_is_run_beside_the_session_or_loaded_into_it() {
    let folder = folder("scripts");
    std::fs::create_dir(folder.join("sub")).unwrap();
    std::fs::write(folder.join("sub/part.ad"), "q = 8\n").unwrap();
    std::fs::write(folder.join("sub/whole.ad"), "import \"part.ad\"\nx = part.q * 10\nprint(\"x is {x}\")\n").unwrap();
    std::fs::write(folder.join("wrong.ad"), "x = 1\ny = nothing_so_called\n").unwrap();
    let mut screen = prompt_in(&folder, 40, 80, &[]);
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("x = 5");
    screen.enter(":run sub/whole.ad");
    screen.shows("\nx is 80\nad>");
    screen.enter("x");
    screen.shows("ad> x\n5\nad>");
    screen.enter(":load sub/whole.ad");
    screen.enter("x + part.q");
    screen.shows("\n88\nad>");
    // A mistake has the name of its file, and costs nothing here.
    screen.enter(":run wrong.ad");
    screen.shows("wrong.ad:2:5");
    screen.enter("x");
    screen.shows("ad> x\n80\nad>");
    screen.enter(":run wrogn.ad");
    screen.shows("there is no file wrogn.ad; did you mean wrong.ad?");
    screen.enter(":load");
    screen.shows("`:load` needs a script");
    // What a script did can be taken back as one input.
    screen.enter(":undo");
    screen.enter("x");
    screen.shows("ad> x\n5\nad>");
}

#[test]
fn a_session_is_saved_as_a_script_that_shows_the_same() {
    let folder = folder("save");
    let mut screen = prompt_in(&folder, 40, 80, &[]);
    screen.until(|text| text.ends_with("ad>"));
    for input in [
        "x=20  # a number",
        "x=x+1",
        "x = nothing_so_called",
        "x * 2",
        "1, ans",
        "y = 5",
        ":undo",
        "fn f(a){\ra+1\r}",
        "f(x); f(x + 1);",
        ":save lesson",
    ] {
        screen.enter(input);
    }
    screen.shows("wrote 6 inputs that worked to lesson.ad; run them with: adlib lesson.ad");
    let text = std::fs::read_to_string(folder.join("lesson.ad")).unwrap();
    assert!(!text.contains("nothing_so_called") && !text.contains("y = 5"), "{text}");
    let adlib = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_adlib")).args(words).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{words:?} {output:?}\n{text}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(adlib(&["lesson.ad"]), "42\n(1, 42)\n", "{text}");
    adlib(&["fmt", "--check", "lesson.ad"]);
    screen.enter(":reset");
    screen.enter(":load lesson.ad");
    screen.enter("f(x)");
    screen.shows("\n22\nad>");
    screen.enter(":save nowhere/at/all.ad");
    screen.shows("all.ad cannot be written; there is no folder nowhere/at: make it first");
}

#[test]
fn values_go_into_a_file_while_somebody_types_at_the_terminal() {
    let folder = folder("redirected");
    let line = format!("'{}' > values.txt", env!("CARGO_BIN_EXE_adlib"));
    let mut screen = program_in(&folder, 24, 80, &["sh", "-c", &line], &[]);
    screen.until(|text| text.contains("adlib ") && text.ends_with("ad>"));
    screen.enter("6 * 7");
    screen.enter("x = nothing_so_called");
    screen.shows("error: nothing is called");
    screen.enter("print(\"twice\", 2 * 4.25)");
    assert!(!screen.text().contains("\n42\n"), "{}", screen.text());
    let values = || std::fs::read_to_string(folder.join("values.txt")).unwrap();
    assert_eq!(values(), "42\ntwice 8.5\n");
    // Nor does what is said to the terminal at the end.
    if cfg!(target_os = "linux") {
        kill("-TERM", &process(&folder));
        screen.until(|_| screen.sent().rsplit("\x1b[?2004").next().is_some_and(|last| last.starts_with('l')));
        assert_eq!(values(), "42\ntwice 8.5\n");
    }
}
