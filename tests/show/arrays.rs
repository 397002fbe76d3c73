//! The printer.
use adlib::array::{Array, DType, Data, limits};
use adlib::show::{Style, array, number, number_f32, safe, text_quoted};

fn show(shape: &[usize], data: impl Into<Data>) -> String {
    array(&Array::new(shape.to_vec(), data), &Style::default())
}

fn n(x: f64) -> String {
    number(x, &Style::default())
}

fn exact(x: f64) -> String {
    number(x, &Style { digits: 17, ..Style::default() })
}

#[test]
fn numbers_have_six_digits_and_no_trailing_zeros() {
    for (x, text) in [
        (4.0, "4"),
        (0.5, "0.5"),
        (-0.5, "-0.5"),
        (1e-10, "1e-10"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
        (-0.0, "0"),
        (1.0 / 3.0, "0.333333"),
        (2.0 / 3.0, "0.666667"),
        (403.4111111, "403.411"),
        (123456789.0, "123456789"),
        (-999_999_999_999_999.0, "-999999999999999"),
        (1e15, "1e15"),
        (1.5e300, "1.5e300"),
        (0.0001, "0.0001"),
        (0.0001234567, "0.000123457"),
        (0.00001234, "1.234e-5"),
        (123456.7, "123457"),
        (1234567.8, "1.23457e6"),
        (999999.9, "1e6"),
        (0.99999999, "1"),
        (5e-324, "4.94066e-324"),
        (f64::MAX, "1.79769e308"),
    ] {
        assert_eq!(n(x), text);
    }
}

#[test]
fn seventeen_digits_read_back_the_same() {
    for x in [0.1, 1.0 / 3.0, 1234567.8, 1e-5, 0.0001, 1e15, 123456789012345.6, 5e-324, f64::MAX, -2.5e-7] {
        assert_eq!(exact(x).parse::<f64>().unwrap(), x);
    }
    assert_eq!(exact(0.1), "0.1");
    assert_eq!(exact(0.1 + 0.2), "0.30000000000000004");
    assert_eq!(exact(123456789012345.6), "123456789012345.6");
    assert_eq!(number_f32(0.1, &Style { digits: 17, ..Style::default() }), "0.1");
    assert_eq!(number_f32(0.1, &Style::default()), "0.1");
    assert_eq!(number(0.5, &Style { digits: 0, ..Style::default() }), "0.5");
}

#[test]
fn matrices_have_aligned_columns() {
    assert_eq!(show(&[2, 2], vec![4.0, 8.0, 12.0, 16.0]), "[[ 4,  8],\n [12, 16]]");
    assert_eq!(show(&[2, 2], vec![1024.0, 0.0, 1024.0, 403.4111]), "[[1024,       0],\n [1024, 403.411]]");
    assert_eq!(show(&[2, 2], vec![true; 4]), "[[true, true],\n [true, true]]");
    assert_eq!(show(&[2, 2], vec![true, false, false, true]), "[[ true, false],\n [false,  true]]");
}

#[test]
fn fractions_align_on_their_points() {
    let w = vec![-1.2681, 0.7142, 0.5539, 1.3201, -0.5012, -0.8189, 0.012345, -0.12361, 2.2003, 12.0, 3.0, 4.0];
    assert_eq!(
        show(&[4, 3], w),
        "[[-1.2681,    0.7142,   0.5539],
 [ 1.3201,   -0.5012,  -0.8189],
 [ 0.012345, -0.12361,  2.2003],
 [12,         3,        4]]"
    );
}

#[test]
fn every_cell_prints_as_the_number_alone() {
    assert_eq!(show(&[3], vec![0.5, 1.2e-9, 0.0]), "[0.5, 1.2e-9, 0]");
    assert_eq!(show(&[2], vec![std::f64::consts::E - 1.0, 1e-20]), "[1.71828, 1e-20]");
    assert_eq!(show(&[3], vec![0.5, 0.001, 12.25]), "[0.5, 0.001, 12.25]");
    assert_eq!(show(&[2], vec![1_000_000.0, 0.5]), "[1000000, 0.5]");
    assert_eq!(show(&[2, 2], vec![0.5, 1.0, 1.25e-7, f64::NAN]), "[[0.5,       1],\n [1.25e-7, nan]]");
    assert_eq!(show(&[2, 2], vec![-12.5, 1e-8, 3e-9, 0.25]), "[[-12.5, 1e-8],\n [ 3e-9, 0.25]]");
}

#[test]
fn other_types_and_ranks() {
    assert_eq!(show(&[], vec![3.0]), "3");
    assert_eq!(show(&[], vec![3.0f32]), "f32(3)");
    assert_eq!(show(&[], vec![true]), "true");
    assert_eq!(show(&[2], vec![1.0f32, 2.0]), "f32([1, 2])");
    assert_eq!(show(&[2, 2], vec![1.0f32, 2.0, 30.0, 4.0]), "f32([[ 1, 2],\n     [30, 4]])");
    assert_eq!(show(&[3], vec![1.0, 0.5, 12.0]), "[1, 0.5, 12]");
    assert_eq!(show(&[1, 1, 1], vec![7.0]), "[[[7]]]");
    let cube: Vec<f64> = (1..=8).map(f64::from).collect();
    assert_eq!(show(&[2, 2, 2], cube), "[[[1, 2],\n  [3, 4]],\n\n [[5, 6],\n  [7, 8]]]");
}

#[test]
fn empty_arrays_are_expressions_that_make_them() {
    assert_eq!(show(&[0, 3], Vec::<f64>::new()), "zeros(0, 3)");
    assert_eq!(show(&[0], Vec::<f64>::new()), "[]");
    assert_eq!(show(&[0], Vec::<f32>::new()), "f32([])");
    assert_eq!(show(&[2, 0], Vec::<f32>::new()), "f32(zeros(2, 0))");
    assert_eq!(show(&[0], Vec::<bool>::new()), "[] > 0");
    assert_eq!(show(&[2, 0], Vec::<bool>::new()), "zeros(2, 0) > 0");
}

#[test]
fn long_rows_wrap() {
    let text = show(&[40], (0..40).map(|x| f64::from(x * 25)).collect::<Vec<_>>());
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("[  0,  25,  50,  75, 100, 125, 150, 175, 200, 225, 250, 275, 300, 325, 350, 375,"));
    assert_eq!(lines.next(), Some(" 400, 425, 450, 475, 500, 525, 550, 575, 600, 625, 650, 675, 700, 725, 750, 775,"));
    assert_eq!(lines.next(), Some(" 800, 825, 850, 875, 900, 925, 950, 975]"));
    let text = show(&[2, 30], vec![1.25; 60]);
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    // A line that just fits does not wrap.
    assert_eq!(show(&[26], vec![1.0; 26]).len(), 78);
    let text = show(&[3], vec![1.0; 3]);
    assert_eq!(text, "[1, 1, 1]");
    let narrow = array(&Array::new(vec![3], vec![1.25; 3]), &Style { width: 0, ..Style::default() });
    assert_eq!(narrow, "[1.25,\n 1.25,\n 1.25]");
}

#[test]
fn large_arrays_show_their_ends() {
    let text = show(&[1001], (0..1001).map(f64::from).collect::<Vec<_>>());
    assert_eq!(text, "[0, 1, 2, ..., 998, 999, 1000]");
    let text = show(&[500, 4], (0..2000).map(f64::from).collect::<Vec<_>>());
    assert_eq!(
        text,
        "[[   0,    1,    2,    3],
 [   4,    5,    6,    7],
 [   8,    9,   10,   11],
 ...,
 [1988, 1989, 1990, 1991],
 [1992, 1993, 1994, 1995],
 [1996, 1997, 1998, 1999]]"
    );
    assert_eq!(show(&[2, 600], vec![0.0; 1200]), "[[0, 0, 0, ..., 0, 0, 0],\n [0, 0, 0, ..., 0, 0, 0]]");
}

#[test]
fn printing_never_looks_at_what_it_leaves_out() {
    let many = Array::full(vec![100_000_000], 0.0, DType::Bool).unwrap();
    // At least once the machine has nothing else to do meanwhile.
    let at_once = (0..1000).any(|_| {
        let start = std::time::Instant::now();
        assert_eq!(array(&many, &Style::default()), "[false, false, false, ..., false, false, false]");
        start.elapsed().as_millis() < 200
    });
    assert!(at_once);
    // No axis is long here, but there are a million elements.
    let cube = Array::full(vec![2; 20], 0.0, DType::Bool).unwrap();
    assert!(array(&cube, &Style::default()).len() < 100_000);
}

#[test]
fn zeros_take_no_memory_until_somebody_reads_them() {
    let before = limits::peak_memory();
    let many = Array::full(vec![1 << 27], 0.0, DType::F64).unwrap();
    assert_eq!(array(&many, &Style::default()), "[0, 0, 0, ..., 0, 0, 0]");
    if let (Some(before), Some(after)) = (before, limits::peak_memory()) {
        // Linux counts in pieces, and the peak can be told a little lower the next time.
        let more = after.saturating_sub(before);
        assert!(more < 500_000_000, "a gigabyte of zeros took {more} bytes");
    }
}

#[test]
fn what_prints_has_balanced_brackets() {
    for shape in [vec![1], vec![7, 9], vec![3, 11, 20], vec![2, 3, 4, 5], vec![1, 1, 50, 50], vec![2; 12]] {
        let len: usize = shape.iter().product();
        let text = show(&shape, (0..len).map(|x| x as f64 * 0.37).collect::<Vec<_>>());
        assert_eq!(text.matches('[').count(), text.matches(']').count(), "{shape:?}");
        assert!(!text.lines().any(|line| line.ends_with(' ')), "{text}");
    }
}

#[test]
fn strings_read_back_the_same() {
    assert_eq!(text_quoted("a \"b\" \\ {c}\n\t"), r#""a \"b\" \\ \{c}\n\t""#);
    assert_eq!(text_quoted("\u{1b}[31m"), r#""\u{1b}[31m""#);
    assert_eq!(text_quoted("θ 漢"), "\"θ 漢\"");
}

#[test]
fn control_characters_are_visible() {
    assert_eq!(safe("a\n\tb"), "a\n\tb");
    assert_eq!(safe("\u{1b}]0;x\u{7}"), "\\u{1b}]0;x\\u{7}");
    assert_eq!(safe("\u{202e}abc\r"), "\\u{202e}abc\\u{d}");
}

#[test]
fn a_window_is_filled_and_not_more() {
    let style = Style { width: 30, height: 6, ..Style::default() };
    let tall = array(&Array::new(vec![300, 2], (0..600).map(f64::from).collect::<Vec<_>>()), &style);
    assert_eq!(tall.lines().count(), 6);
    assert!(tall.starts_with("[[  0,   1],\n") && tall.ends_with("598, 599]]") && tall.contains(" ...,\n"), "{tall}");
    let wide = array(&Array::new(vec![2, 40], vec![1.25; 80]), &style);
    assert_eq!(wide, "[[1.25, 1.25, ..., 1.25],\n [1.25, 1.25, ..., 1.25]]");
    let long = array(&Array::new(vec![500], vec![7.0; 500]), &style);
    assert!(long.lines().count() <= 6 && long.lines().all(|line| line.len() <= 30) && long.contains("..."), "{long}");
    let deep = array(&Array::new(vec![9, 9, 2], vec![7.0; 162]), &style);
    assert!(deep.lines().count() <= 8, "{deep}");
    // However large a table is.
    let large = array(&Array::new(vec![2000, 3], vec![7.0; 6000]), &Style { height: 12, ..style });
    assert_eq!(large.lines().count(), 12);
    assert_eq!(large.lines().position(|line| line.contains("...")), Some(8));
    // Without a window nothing changes.
    let plain = Style { width: 30, ..Style::default() };
    assert_eq!(array(&Array::new(vec![300, 2], vec![7.0; 600]), &plain).lines().count(), 300);
}
