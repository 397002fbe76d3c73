//! Messages with their places.

use super::running::refused;

#[track_caller]
fn draws(program: &str, expected: &str) {
    let found = refused(program);
    assert_eq!(found.trim(), expected.trim(), "\n{found}");
}

#[test]
fn an_error_in_the_prelude_belongs_to_its_caller() {
    let found = refused("y = 1 + dropout([1], 3)");
    assert!(found.contains("p is a probability, from 0 to 1"), "{found}");
    assert!(found.contains("1 │ y = 1 + dropout([1], 3)"), "{found}");
    assert!(!found.contains("prelude"), "{found}");
}

#[test]
fn assertions_say_what_does_not_hold() {
    draws(
        "x = 2; assert(x > 3, \"x is too small\")",
        "
error: x is too small
  ╭▸ [1]:1:15
  │
1 │ x = 2; assert(x > 3, \"x is too small\")
  ╰╴              ━━━━━ does not hold",
    );
    draws(
        "assert_close([1, 2, 3.5], [1, 2.25, 3])",
        "
error: 2 of 3 elements are not close
  ╭▸ [1]:1:14
  │
1 │ assert_close([1, 2, 3.5], [1, 2.25, 3])
  │              ┯━━━━━━━━━━  ──────────── 3
  │              │
  │              3.5
  │
  ╰ note: the worst is at [2]: they differ by 0.5, and 3e-7 is allowed",
    );
}

#[test]
fn labels_out_of_range_are_named() {
    let found = refused("cross_entropy([[1, 2], [3, 4]], [0, 2])");
    assert!(
        found.contains("there is no class 2") && found.contains("2 at position 1") && found.contains("from 0 to 1"),
        "{found}"
    );
    assert!(refused("cross_entropy([1, 2], -1)").contains("there is no class -1"));
    assert!(refused("cross_entropy([1, 2], 0.5)").contains("there is no class 0.5"));
    assert!(refused("cross_entropy([[1, 2]], [[1], [0]])").contains("the labels do not fit the logits"));
}

#[test]
fn functions_of_functions_say_what_they_need() {
    assert!(refused("map(x -> x, 3)").contains("map needs an array, a tuple or a string as xs, found a number"));
    assert!(refused("map(3, [1])").contains("map needs a function as f, found a number"));
    assert!(refused("map(x -> rand(x), [1, 2])").contains("they do not stack"));
    assert!(refused("filter(x -> [x], [1])").contains("filter needs true or false"));
    assert!(refused("reduce((a, b) -> a, [])").contains("there is nothing to reduce"));
    assert!(refused("zip([1], 2)").contains("zip needs arrays, tuples or strings, found a number"));
    assert!(refused("map(x -> y, [1])").contains("nothing is called `y`"));
    assert!(refused("error(3)").contains("error needs a string as text"));
    assert!(refused("display(digits = 0)").contains("digits is at least 1, found 0"));
}

#[test]
fn singular_matrices_have_a_place() {
    let found = refused("b = 2 * inv([[1, 2], [2, 4]])");
    assert!(found.contains("this matrix is singular") && found.contains("[1]:1:"), "{found}");
    assert!(refused("solve([[1, 2], [2, 4]], [1, 2])").contains("this matrix is singular"));
    assert!(refused("det([[1, 2]])").contains("det needs a square matrix"));
    assert!(refused("[1, 2] @ 3").contains("a matrix product needs arrays on both sides"));
}
