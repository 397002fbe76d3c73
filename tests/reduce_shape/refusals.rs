//! What has no answer is an error that says why.

use super::last;

#[test]
fn mistakes_have_titles() {
    let cases = [
        ("max(zeros(0))", "max of no elements"),
        ("min(zeros(2, 0), 1)", "min of no elements"),
        ("argmax(zeros(0))", "argmax of no elements"),
        ("sum([1, 2], 1)", "axis 1 is out of range"),
        ("max(3, 5)", "the second argument of max is an axis"),
        ("sum([[1, 2]], (0, -2))", "axis 0 is named twice"),
        ("sum((1, 2))", "sum needs a number or an array as x, found a tuple"),
        ("zeros(1e12)", "there is not enough memory for this array"),
        ("zeros(1e12, 1e12)", "this array would be too large for memory"),
        ("ones(-1)", "a shape has no negative lengths, found -1"),
        ("zeros(2, dtype = \"f32\")", "zeros has no argument called `dtype`"),
        ("broadcast_to(1, 1e12)", "there is not enough memory for this array"),
        ("tile([1], 1e12)", "there is not enough memory for this array"),
        ("range(1, 5, 0)", "a step of 0 never arrives"),
        ("arange(0, inf)", "this array would be too large for memory"),
        ("range(0, inf)", "this range has no end"),
        ("range(nan)", "a range needs numbers for its ends and step"),
        ("sum(range(1e14))", "there is not enough memory for this array"),
        ("eye(-1)", "n cannot be negative, found -1"),
        ("one_hot([3], 3)", "label 3 is out of range"),
        ("item([1, 2])", "item needs an array of one element, found 2"),
        ("len(3)", "a number has no len"),
        ("reshape([1, 2, 3], 2, 2)", "3 elements do not fit the new shape"),
        ("reshape([1, 2, 3])", "reshape needs a shape"),
        ("squeeze([1, 2], 0)", "axis 0 has length 2, not 1"),
        ("concat(())", "concat needs at least one array"),
        ("concat(([1], 2))", "a single number cannot be joined to others"),
        ("concat([1, 2], [3])", "concat needs one axis as axis, found an array of shape [1]"),
        ("stack(([1], [1, 2]))", "these arrays differ in shape"),
        ("split([1, 2, 3], 2)", "this does not split into equal parts"),
        ("pad([[1]], ((1, 1), (1, 1), (1, 1)))", "pad needs a pair of widths for each axis, found 3"),
        ("transpose([[1]], (0, 0))", "every axis must be named once"),
        ("tril([1, 2])", "tril needs a matrix"),
        ("diag(zeros(1, 1, 1))", "diag takes a vector or a matrix"),
        ("f64(\"three\")", "this string is not a number: \"three\""),
        ("default_dtype(\"int\")", "there are two element types for numbers"),
        ("roll([[1]], (1, 2, 3), (0, 1))", "roll needs a shift for every axis"),
    ];
    for (program, wanted) in cases {
        assert_eq!(last(program), Err(wanted.to_string()), "{program}");
    }
}
