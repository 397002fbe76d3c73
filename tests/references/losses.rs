//! Losses, activations and their gradients against PyTorch (`make_losses.py`).

use super::agree::{check, say};

const FIXTURES: &str = include_str!("losses.txt");

#[test]
fn doubles_agree_with_pytorch() {
    let count = check(FIXTURES, false, 1e-12, |_| true);
    say(&format!("against PyTorch: {count} numbers to 1e-12"));
    assert!(count >= 2000, "only {count} numbers were compared");
}

#[test]
fn singles_agree_with_pytorch_to_a_few_digits() {
    check(FIXTURES, true, 1e-4, |_| true);
}
