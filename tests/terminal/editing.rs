//! Typing at the prompt: what a key does, what is offered, what is remembered.

use super::screen::{Screen, folder, program_in, prompt, prompt_in};
use std::time::Duration;

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const RIGHT: &str = "\x1b[C";
const LEFT: &str = "\x1b[D";
const HOME: &str = "\x1b[H";

#[test]
fn an_input_of_several_lines_is_indented_marked_and_edited_as_a_whole() {
    let mut screen = prompt("lines");
    screen.press("fn f(x) {\r");
    screen.line_is("  :");
    screen.press("y = x * 2\r");
    screen.press("y + 1\r");
    screen.shows("  :     y = x * 2\n  :     y + 1\n  :");
    // Up twice, to the end of the second line, and a change there.
    screen.press(&format!("{UP}{UP}"));
    screen.until(|_| screen.line().0 == "  :     y = x * 2");
    screen.press(&format!("{HOME}{RIGHT}{RIGHT}{RIGHT}{RIGHT}"));
    screen.until(|_| screen.line().1 == 8);
    screen.press("z = 5; ");
    screen.line_is("  :     z = 5; y = x * 2");
    // Down and to the end, where the bracket closes.
    screen.press(&format!("{DOWN}{DOWN}"));
    screen.until(|_| screen.line().0 == "  :");
    screen.enter("}");
    screen.shows("\n  : }\nad>");
    screen.enter("f(20)");
    screen.shows("\n41\nad>");
}

#[test]
fn backspace_takes_back_an_indentation_and_then_the_line() {
    let mut screen = prompt("backspace");
    screen.press("x = [\r");
    screen.until(|_| screen.line() == ("  :".into(), 8));
    screen.press("\x7f");
    screen.until(|_| screen.line().1 == 4);
    screen.press(LEFT);
    screen.line_is("ad> x = [");
    screen.press(RIGHT);
    screen.until(|_| screen.line().1 == 4 && screen.line().0 == "  :");
    screen.press("\x7f");
    screen.line_is("ad> x = [");
    screen.press("6]\r");
    screen.enter("x[0] * 7");
    screen.shows("\n42\nad>");
}

#[test]
fn enter_in_the_middle_of_a_whole_input_runs_it_and_alt_enter_never_does() {
    let mut screen = prompt("middle");
    screen.press("6 * 7");
    screen.line_is("ad> 6 * 7");
    screen.press(&format!("{HOME}\r"));
    screen.shows("\n42\nad>");
    screen.press("a = 3\x1b\rb = 4\r");
    screen.shows("ad> a = 3\n  : b = 4\nad>");
    screen.enter("a * b + 30");
    screen.shows("\n42\nad>");
}

#[test]
fn up_finds_what_begins_like_the_line_and_down_comes_back() {
    let mut screen = prompt("prefix");
    for input in ["apple = 1", "berry = 2", "apple2 = 3", "cherry = 4"] {
        screen.enter(input);
    }
    screen.press(&format!("ap{UP}"));
    screen.line_is("ad> apple2 = 3");
    screen.press(UP);
    screen.line_is("ad> apple = 1");
    screen.press(UP);
    screen.line_is("ad> apple = 1");
    screen.press(DOWN);
    screen.line_is("ad> apple2 = 3");
    screen.press(DOWN);
    screen.line_is("ad> ap");
    screen.press(&format!("{UP}{UP}\r"));
    screen.enter("apple + 41");
    screen.shows("\n42\nad>");
}

#[test]
fn ctrl_r_searches_what_was_typed() {
    let mut screen = prompt("search");
    for input in ["first = 6", "second = 7", "third = 8"] {
        screen.enter(input);
    }
    screen.press("\x12con");
    screen.shows("second = 7");
    screen.press("\r");
    screen.until(|text| text.ends_with("\nad>"));
    screen.press("\x12irs");
    screen.shows("first = 6");
    screen.abandon();
    screen.enter("first * second");
    screen.shows("\n42\nad>");
}

#[test]
fn a_killed_prompt_has_lost_nothing_and_two_at_once_keep_both() {
    let folder = folder("killed");
    let mut one = prompt_in(&folder, 24, 80, &[]);
    let mut two = prompt_in(&folder, 24, 80, &[]);
    one.until(|text| text.ends_with("ad>"));
    two.until(|text| text.ends_with("ad>"));
    one.enter("fn f(x) { x + 1 }");
    two.enter("y = 2");
    one.press("while true { y = 3 }\r");
    one.until(|_| std::fs::read_to_string(folder.join("history")).unwrap().contains("while"));
    drop(one);
    drop(two);
    let mut three = prompt_in(&folder, 24, 80, &[]);
    three.until(|text| text.ends_with("ad>"));
    three.press(UP);
    three.line_is("ad> while true { y = 3 }");
    three.press(UP);
    three.line_is("ad> y = 2");
    three.press(UP);
    three.line_is("ad> fn f(x) { x + 1 }");
}

#[test]
fn tab_completes_lists_and_pages_nothing_that_runs() {
    let mut screen = prompt("tab");
    screen.enter("weights = (left = 6 * 7, right = 1)");
    screen.press("wei\t");
    screen.line_is("ad> weights");
    // Members first, then what can be done with them; q ends the list.
    screen.press(".\t");
    screen.shows("--More--");
    assert!(screen.text().lines().any(|line| line.starts_with("left ")));
    screen.press("q");
    screen.line_is("ad> weights.");
    screen.press("lef\t\r");
    screen.shows("\n42\nad>");
    screen.press("sum(weights, ke\t");
    screen.line_is("ad> sum(weights, keepdims =");
    screen.abandon();
    screen.press(":und\t");
    screen.line_is("ad> :undo");
    screen.abandon();
    screen.press("load(\"iri\t");
    screen.line_is("ad> load(\"iris");
}

#[test]
fn tab_finds_a_name_among_many_and_runs_nothing() {
    let mut screen = prompt("many");
    let names: String = (0..2000).map(|i| format!("name_{i} = {i}\r")).collect();
    screen.enter(&format!("\x1b[200~{names}\x1b[201~"));
    screen.enter("fn loud() {\rprint(\"was \" + \"called\")\r[1, 2]\r}");
    screen.press("name_1999\t * 2");
    screen.line_is("ad> name_1999 * 2");
    screen.abandon();
    screen.press("loud().shap\t");
    screen.line_is("ad> loud().shape");
    screen.abandon();
    screen.press("sum(loud(), ax\t");
    screen.line_is("ad> sum(loud(), axis =");
    screen.abandon();
    screen.enter("6 * 7");
    let text = screen.shows("\n42\nad>");
    assert!(!text.contains("was called"), "{text}");
}

#[test]
fn what_is_written_in_the_language_is_completed_too() {
    let mut screen = prompt("library");
    screen.press("mse_l\t");
    screen.line_is("ad> mse_loss");
    screen.press("(");
    screen.until(|_| screen.soft("prediction, target)"));
}

#[test]
fn grey_text_tells_what_a_call_takes_what_a_name_holds_and_how_it_went_on() {
    let mut screen = prompt("grey");
    screen.enter("table = zeros(150, 4)");
    screen.press("sum(");
    screen.until(|_| screen.soft("x, axis = none, keepdims = false)"));
    screen.press("table");
    screen.until(|_| screen.soft("f64 [150, 4]"));
    screen.press(", ");
    screen.until(|_| screen.soft("axis = none, keepdims = false)"));
    screen.press("0)[0]\r");
    screen.shows("\n0\nad>");
    // Right takes how an earlier input went on.
    screen.press("table =");
    screen.until(|_| screen.soft(" zeros(150, 4)"));
    screen.press(RIGHT);
    screen.until(|_| screen.line() == ("ad> table = zeros(150, 4)".into(), 25));
    screen.abandon();
    screen.enter(":set hints off");
    let before = screen.sent().len();
    screen.press("sum(");
    screen.line_is("ad> sum(");
    screen.press("t");
    screen.line_is("ad> sum(t");
    assert!(!screen.sent()[before..].contains("axis"));
}

#[test]
fn brackets_that_belong_together_are_marked_and_words_have_colours() {
    let mut screen = prompt("brackets");
    screen.press("f([1, 2])");
    screen.line_is("ad> f([1, 2])");
    assert!(screen.was_sent("\x1b[36m1\x1b[0m"));
    screen.until(|_| screen.was_sent("\x1b[1;4m(\x1b[0m"));
}

#[test]
fn what_is_typed_right_after_ctrl_c_is_not_lost() {
    let mut screen = prompt("abandoned");
    for _ in 0..5 {
        screen.press("forget = this\x036 * 7\r");
        screen.shows("\n42\nad>");
        screen.press("record <\r  6\x03print(\"an\" + \"other\")\r");
        screen.shows("\nanother\nad>");
        screen.press("\x0c");
        screen.until(|text| text == "ad>");
    }
}

#[test]
fn what_a_terminal_would_obey_is_not_sent_to_it() {
    let mut screen = prompt("obeyed");
    screen.press("\x1b[200~a = \"\x07\u{9b}31mb\"\x1b[201~");
    screen.line_is("ad> a = \"31mb\"");
    screen.press("\x01");
    screen.until(|_| screen.line().1 == 4);
    assert!(!screen.was_sent("\x07") && !screen.was_sent("\u{9b}"), "{:?}", screen.sent());
    screen.abandon();
    // Nor is what somebody else wrote into the history.
    let folder = folder("obeyed-history");
    std::fs::write(folder.join("history"), "#V2\nb = \"\x1b]0;title\x07\"\n").unwrap();
    let mut screen = prompt_in(&folder, 24, 80, &[]);
    screen.until(|text| text.ends_with("ad>"));
    screen.press(UP);
    screen.line_is("ad> b = \"]0;title\"");
    assert!(!screen.was_sent("\x1b]0") && !screen.was_sent("\x07"), "{:?}", screen.sent());
}

#[test]
fn a_megabyte_is_pasted_and_run() {
    let mut screen = prompt("paste");
    let line = "a = a + 1 # and so that it is long enough a comment, on every line that is pasted here\n";
    let count = 1_000_000 / line.len() + 1;
    screen.enter("a = 0");
    screen.press("\x1b[200~");
    for _ in 0..count {
        screen.press(&line.replace('\n', "\r"));
    }
    screen.press("a\x1b[201~\r");
    screen.shows(&format!("\n{count}\n"));
    screen.enter("6 * 7");
    screen.shows("\n42\nad>");
}

#[test]
fn a_window_that_changes_is_heeded() {
    let mut screen = prompt("window");
    screen.enter("x = range(30) + 100000");
    screen.enter("x");
    let wide = screen.text();
    assert!(wide.lines().any(|line| line.len() > 60));
    screen.window(24, 40);
    screen.press("x\r");
    screen.until(|text| text.lines().filter(|line| line.starts_with("ad> x")).count() >= 3 && text.ends_with("ad>"));
    let narrow = screen.text();
    let (_, newest) = narrow.rsplit_once("ad> x\n").unwrap();
    assert!(newest.lines().count() > 5 && newest.lines().all(|line| line.len() <= 40), "{narrow}");
}

#[test]
fn what_is_large_fits_into_the_window() {
    let mut screen = prompt("large");
    screen.enter("x = ones(1000, 784)");
    screen.enter("x");
    let text = screen.shows("[1000, 784], ");
    assert!(text.contains("of 1000 rows; print(x, all = true) shows all\nad>"), "{text}");
    assert!(text.contains("ad> x\n[[1, 1, "), "{text}");
    // What print shows of it fits too, and says how to see all.
    screen.enter("print(\"t\", range(600).reshape(300, 2))");
    let text = screen.shows("of 300 rows; all = true shows all\nad>");
    assert!(text.contains("t [[  0,   1],\n"), "{text}");
    screen.enter("print(range(600).reshape(300, 2), all = true)");
    let text = screen.shows(" [598, 599]]\nad>");
    assert!(!text.contains("...") && text.contains(" [570, 571],\n"), "{text}");
    // A string made of it is the same as in a script.
    screen.enter("len(str(range(600).reshape(300, 2)))");
    screen.shows("\n3899\nad>");
}

#[test]
fn a_billion_zeros_print_or_are_refused_kindly() {
    let mut screen = prompt("billion");
    screen.enter("x = zeros(1e9)");
    let text = screen.text();
    if text.contains("there is not enough memory for this array") {
        return;
    }
    screen.enter("x");
    screen.shows("[0, 0, 0, ");
    screen.shows("\n[1000000000]; print(x, all = true) shows all\nad>");
}

#[test]
fn a_piece_of_a_session_can_be_pasted_as_it_was_copied() {
    let mut screen = prompt("copied");
    screen.press("\x1b[200~ad> fn f(x) {\r  :     x * 2\r  : }\rad> f(4)\r8\rad> y = f(10.5)\x1b[201~\r");
    screen.shows("\n8\nad>");
    screen.enter("y * 2");
    screen.shows("\n42\nad>");
    screen.press("ad> y + 1\r");
    screen.shows("\n22\nad>");
    // Unless something is called so.
    screen.enter("ad = 5");
    screen.enter("ad> y");
    screen.shows("\nfalse\nad>");
}

/// Makes the window so wide and waits until the line is drawn for it. The line editor hears of a change only while it
/// waits for a key, so there is more than one.
fn drawn_anew(screen: &mut Screen, columns: u16) {
    let before = screen.sent().len();
    let drawn = (0..1000).any(|turn| {
        screen.window(24 + turn % 2, columns);
        std::thread::sleep(Duration::from_millis(50));
        screen.sent().len() > before
    });
    assert!(drawn, "{}", screen.text());
}

#[test]
fn a_line_is_drawn_anew_when_the_window_becomes_narrow() {
    let mut screen = prompt("narrow");
    let line = "x = 1000000 + 2000000 + 3000000 + 4000000 + 5000000";
    screen.press(line);
    screen.line_is(&format!("ad> {line}"));
    drawn_anew(&mut screen, 30);
    screen.press(" + 6");
    screen.until(|text| text.replace('\n', "").contains("5000000 + 6"));
    drawn_anew(&mut screen, 80);
    screen.enter("");
    screen.enter("x");
    screen.shows("\n15000006\nad>");
}

#[test]
fn without_colours_nothing_is_coloured_and_a_plain_terminal_gets_plain_lines() {
    let folder = folder("plain");
    let words = [env!("CARGO_BIN_EXE_adlib")];
    let mut screen = program_in(&folder, 24, 80, &words, &[("NO_COLOR", "1")]);
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("x = sum([1, 2]) # three");
    screen.enter("fn f(x) {\rx\r}");
    screen.enter("y = nothing_so_called");
    screen.shows("\u{2501}");
    screen.press("sum(");
    screen.line_is("ad> sum(");
    screen.press("x");
    screen.line_is("ad> sum(x");
    assert!(!screen.sent().contains("axis"));
    let sent = screen.sent();
    let colours = sent
        .split("\x1b[")
        .skip(1)
        .filter(|rest| rest.find(|c: char| c.is_ascii_alphabetic()).is_some_and(|at| rest[at..].starts_with('m')));
    assert_eq!(colours.count(), 0, "{sent:?}");
    // A terminal that knows nothing, such as an editor's.
    let mut screen = program_in(&folder, 24, 80, &words, &[("TERM", "dumb")]);
    screen.until(|text| text.ends_with("ad>"));
    screen.press("x = [6,\r");
    screen.until(|text| text.ends_with("  :"));
    screen.press("7]\r");
    screen.press("x[0] * x[1]\r");
    screen.shows("ad> 42\n");
    screen.press("y = nothing_so_called\r");
    screen.shows("^^^^^");
    assert!(!screen.sent().contains('\x1b'), "{:?}", screen.sent());
}
