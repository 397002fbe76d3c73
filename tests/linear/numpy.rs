//! Values against NumPy and SciPy: see `make_fixtures.py`.

use super::running::Prompt;

#[test]
fn values_agree() {
    let mut wrong = Vec::new();
    for line in include_str!("fixtures.txt").lines() {
        let (program, value) = line.split_once(" => ").unwrap();
        let check = format!(
            "y = {program}; assert(y.shape == shape({value})); assert_close(y, {value}, rtol = 1e-12, atol = 1e-13)"
        );
        if let Err(error) = Prompt::default().run(&check) {
            wrong.push(error);
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn singles_stay_singles() {
    let mut prompt = Prompt::default();
    prompt.run("a = f32([[1, 2], [3, 4.5]])").unwrap();
    for program in [
        "a @ a",
        "inv(a)",
        "det(a)",
        "solve(a, a)",
        "softmax(a)",
        "log_softmax(a)",
        "logsumexp(a)",
        "cross_entropy(a, [0, 1])",
        "outer(a, a)",
    ] {
        let text = prompt.run(program).unwrap();
        assert!(text.starts_with("f32("), "{program} gives {text}");
    }
}
