//! What begins with a colon.

use super::screen::{folder, prompt, prompt_in};

#[test]
fn undo_and_redo_go_back_and_forth() {
    let mut screen = prompt("undo");
    screen.enter("c = 41");
    screen.enter("c = c + 1");
    screen.enter("c");
    screen.enter(":undo");
    screen.shows("back to before [2]; c is 41 again");
    screen.enter(":redo");
    screen.shows("did [2] again; c is 42 again");
    screen.enter(":undo");
    screen.enter(":undo");
    screen.shows("back to before [1]; c is gone again");
    screen.enter(":undo");
    screen.shows("there is nothing to take back");
    screen.enter("c");
    screen.shows("nothing is called `c`");
}

#[test]
fn a_loop_that_was_stopped_tells_its_state_and_can_be_taken_back() {
    let mut screen = prompt("stopped");
    screen.enter("b = [3, 4]");
    // After a few thousand rounds b has long been zero.
    screen.press("n = 0; while norm(b) < 1000 { b = b / 2; n += 1; if n == 5000 { print(\"go\" + \"ing\") } }\r");
    screen.shows("going");
    screen.press("\x03");
    screen.shows("; everything you had is still here");
    screen.shows(": norm(b) is 0, and not growing");
    screen.enter(":undo");
    screen.shows("back to before [2]; b, n are as they were");
    screen.enter("b");
    screen.shows("\n[3, 4]\nad>");
}

#[test]
fn settings_files_and_an_initial_script_are_heeded() {
    let folder = folder("settings");
    std::fs::create_dir_all(folder.join("adlib")).unwrap();
    std::fs::write(folder.join("adlib/config.toml"), "# mine\ndigits = 3\necho = \"on\"\nnothing = 1\n").unwrap();
    std::fs::write(folder.join("adlib/init.ad"), "half(x) = x / 2\n").unwrap();
    let mut screen = prompt_in(&folder, 24, 80, &[]);
    screen.shows("warning: config.toml:4: there is no setting `nothing`");
    screen.until(|text| text.ends_with("ad>"));
    screen.enter("y = half(pi)");
    screen.shows("\n1.57\nad>");
    screen.enter(":set digits 6");
    screen.enter(":set echo off");
    screen.enter("ans");
    screen.shows("\n1.5708\nad>");
    screen.enter(":set ecko on");
    screen.shows("did you mean `echo`?");
}

#[test]
fn the_shape_of_a_value_and_of_what_is_in_it_is_told() {
    let mut screen = prompt("shape");
    screen.enter("t = (w = zeros(3, 4), note = \"x\", inner = (1, 2))");
    screen.enter(":shape t");
    screen.shows("\n    .w      f64 [3, 4]\n    .note   string      \"x\"\n    .inner  tuple (2)   (1, 2)\nad>");
    screen.enter(":shape t.inner");
    screen.shows("\n    [0]    f64        1\n");
    screen.enter(":shape");
    screen.shows("no value was shown yet");
    screen.enter("ones(5)");
    screen.enter(":shape");
    screen.shows("\n  ans  f64 [5]  [1, 1, 1, 1, 1]\nad>");
    screen.enter(":shape nothing_so_called");
    screen.shows("nothing is called `nothing_so_called`");
}

#[test]
fn names_are_listed_with_what_they_hold() {
    let mut screen = prompt("vars");
    for input in ["x = [3, 4]", "x.attach_grad()", "record < y = x.norm() >", "y.backward()", "fn f(a, k = 2) { a }"] {
        screen.enter(input);
    }
    screen.enter(":vars");
    let expected =
        "\n  f  fn(a, k = 2)\n  x  f64 [2]       [3, 4], attached, has gradient\n  y  f64           5, recorded\nad>";
    screen.shows(expected);
}

#[test]
fn time_and_lines_are_measured() {
    let mut screen = prompt("time");
    screen.enter("fn work(n) {\rs = 0\rfor i in range(n) { s += sum(ones(1000)) }\rs\r}");
    // What is slow once, because the machine has something else to do, is not repeated.
    let repeated = (0..100).any(|_| {
        screen.enter(":time work(2)");
        let text = screen.shows("\n2000\n");
        text.contains(" ms, the least of") || text.contains(" us, the least of")
    });
    assert!(repeated, "{}", screen.text());
    screen.enter(":prof work(50)");
    let text = screen.shows("for i in range(n)");
    let line = text.lines().find(|line| line.contains("[1]:3")).unwrap();
    assert!(line.contains("kB") && line.contains('%'), "{line}");
}

#[test]
fn a_value_is_copied_with_all_its_digits() {
    let mut screen = prompt("copy");
    screen.enter("1 / 3");
    screen.enter(":copy");
    screen.shows("copied 18 characters");
    // 0.3333333333333333 in base 64.
    assert!(screen.was_sent("\x1b]52;c;MC4zMzMzMzMzMzMzMzMzMzMz\x07"));
}

#[test]
fn the_tour_proposes_waits_and_goes_on() {
    let mut screen = prompt("tour");
    screen.press(":tour\r");
    screen.shows("1. Arrays (1 of");
    screen.line_is("ad> x = [[1, 2], [3, 4]]");
    screen.press("\r");
    screen.line_is("ad> x");
    screen.press("\r");
    screen.shows("[[1, 2],\n [3, 4]]");
    screen.line_is("ad> x ** 2 + 1");
    screen.press("\r");
    screen.shows("2. A gradient (2 of");
    screen.press("\x03");
    screen.shows("the tour waits; `:tour` goes on");
    screen.enter("6 * 7");
    screen.press(":tour\r");
    screen.line_is("ad> attach_grad(x)");
}

#[test]
fn help_lists_the_commands_and_a_slip_is_told() {
    let mut screen = prompt("help");
    screen.enter(":help");
    screen.shows(":undo");
    screen.enter(":udno");
    screen.shows("there is no command `:udno`; did you mean `:undo`?");
    screen.enter(":vars");
    screen.shows("no names yet");
    // Habits from other prompts.
    screen.enter("%timeit sqrt(2)");
    screen.shows("commands begin with a colon here: `:time sqrt(2)`");
    screen.enter("!ls");
    screen.shows("there is no shell here");
    screen.enter("6 * 7");
    screen.enter("_ + 1");
    screen.shows("here it is written `ans`");
    screen.enter("?functions");
    screen.shows("Functions of functions\n  map filter");
}
