//! Names that were almost right.
use adlib::diagnostic::suggest::{did_you_mean, foreign};

const NAMES: [&str; 9] = ["sqrt", "square", "sum", "sin", "sinh", "softmax", "T", "attach_grad", "cross_entropy"];

fn near(wrong: &str) -> Option<&'static str> {
    did_you_mean(wrong, NAMES.into_iter())
}

#[test]
fn slips_are_understood() {
    assert_eq!(near("sqtr"), Some("sqrt"));
    assert_eq!(near("sqr"), Some("sqrt"));
    assert_eq!(near("sofmtax"), Some("softmax"));
    assert_eq!(near("Sqrt"), Some("sqrt"));
    assert_eq!(near("SOFTMAX"), Some("softmax"));
    assert_eq!(near("atach_grad"), Some("attach_grad"));
    assert_eq!(near("crossentropy"), Some("cross_entropy"));
}

#[test]
fn equally_near_names_are_told_apart_by_their_beginning() {
    assert_eq!(near("sinn"), Some("sin"));
    assert_eq!(did_you_mean("mix", ["fix", "max", "mid"].into_iter()), Some("mid"));
}

#[test]
fn far_names_are_not_suggested() {
    assert_eq!(near("z"), None);
    assert_eq!(near(""), None);
    assert_eq!(near("abc"), None);
    assert_eq!(near("gradient"), None);
    assert_eq!(near(&"s".repeat(100_000)), None);
    assert_eq!(near("t"), Some("T"));
}

#[test]
fn names_of_other_systems() {
    assert_eq!(foreign("matmul"), Some("a @ b"));
    assert_eq!(foreign("cat"), Some("concat"));
    assert_eq!(foreign("ln"), Some("log"));
    assert_eq!(foreign("None"), Some("none"));
    assert_eq!(foreign("requires_grad"), Some("attach_grad"));
    assert_eq!(foreign("sqrt"), None);
}
