//! Python's format specifications. The expected texts are what CPython 3.13 prints.
use adlib::array::Array;
use adlib::show::{format_array, format_spec, format_text};

#[test]
fn numbers() {
    for (x, spec, text) in [
        (3.25679, ".3f", "3.257"),
        (3.25679, "", "3.25679"),
        (3.25679, "10.2f", "      3.26"),
        (3.25679, "<10.2f", "3.26      "),
        (3.25679, "^10.2f", "   3.26   "),
        (3.25679, "*^10.2f", "***3.26***"),
        (-3.25679, "010.2f", "-000003.26"),
        (-3.25679, "=10.2f", "-     3.26"),
        (3.25679, "+.1f", "+3.3"),
        (3.25679, " .1f", " 3.3"),
        (1234567.891, ",.2f", "1,234,567.89"),
        (1234567.0, "_d", "1_234_567"),
        (1234567.0, ",", "1,234,567"),
        (1234.0, "010,d", "00,001,234"),
        (123456.0, "=-012,.10g", "0,000,123,456"),
        (123456.0, "08,d", "0,123,456"),
        (1234.0, "06,d", "01,234"),
        (12345.678, ".3e", "1.235e+04"),
        (0.00012, ".2E", "1.20E-04"),
        (1e100, "e", "1.000000e+100"),
        (0.0, "e", "0.000000e+00"),
        (0.00001234, "g", "1.234e-05"),
        (123456789.0, "g", "1.23457e+08"),
        (1e10, "G", "1E+10"),
        (0.5, "#g", "0.500000"),
        (100000.0, ".0f", "100000"),
        (2.0, "#.0f", "2."),
        (0.0, "g", "0"),
        (3.25679, ".3", "3.26"),
        (0.256, ".1%", "25.6%"),
        (0.256, "%", "25.600000%"),
        (42.0, "d", "42"),
        (42.0, "5d", "   42"),
        (42.0, "<5d", "42   "),
        (42.0, "05d", "00042"),
        (f64::INFINITY, "8.2f", "     inf"),
        (f64::NAN, "F", "NAN"),
        (f64::NEG_INFINITY, "E", "-INF"),
        (f64::INFINITY, "+%", "+inf%"),
        (2.5, ".0f", "2"),
        (0.125, ".2f", "0.12"),
        (42.0, "é>5d", "ééé42"),
        (5.0, "x<3", "5xx"),
    ] {
        assert_eq!(format_spec(x, spec).unwrap(), text, "{x} {spec}");
    }
}

#[test]
fn strings() {
    for (s, spec, text) in [
        ("ab", "", "ab"),
        ("ab", "5", "ab   "),
        ("ab", ">5", "   ab"),
        ("ab", "^5s", " ab  "),
        ("ab", "-^6", "--ab--"),
        ("abcdef", ".3", "abc"),
        ("abcdef", "5.2s", "ab   "),
        ("漢字", "6", "漢字  "),
        ("ab", "05", "ab000"),
    ] {
        assert_eq!(format_text(s, spec).unwrap(), text, "{s} {spec}");
    }
}

#[test]
fn what_has_no_meaning_is_said() {
    for (x, spec, title) in [
        (2.5, "d", "the format `d` needs a whole number, found 2.5"),
        (f64::NAN, "d", "the format `d` needs a whole number, found nan"),
        (1.0, "q", "the format `q` has no meaning"),
        (1.0, ".f", "the format `.f` has no digits after its point"),
        (1.0, "10.2.3f", "the format `10.2.3f` has no meaning"),
        (1.0, "s", "the format `s` is for strings, found a number"),
        (1.0, "99999999999999999999f", "the width of a format is at most 10,000"),
        (1.0, ".100000f", "the number of digits of a format is at most 10,000"),
        (1.0, ".2d", "the format `d` takes no digits after a point"),
    ] {
        let problem = format_spec(x, spec).unwrap_err();
        assert_eq!(problem.title, title);
        assert!(!problem.helps.is_empty(), "{title}");
        assert!(title.len() <= 60, "{title}");
    }
    for spec in ["+", "=5", ",", ".2f", "#", "d"] {
        assert!(format_text("x", spec).is_err(), "{spec}");
    }
}

#[test]
fn arrays_are_formatted_by_element() {
    let x = Array::new(vec![2, 2], vec![1.0, 2.5, 10.0, 0.125]);
    assert_eq!(format_array(&x, ".2f").unwrap(), "[[ 1.00, 2.50],\n [10.00, 0.12]]");
    assert_eq!(format_array(&Array::new(vec![3], vec![1.0, 2.0, 3.0]), ".1f").unwrap(), "[1.0, 2.0, 3.0]");
    assert_eq!(format_array(&Array::new(vec![2], vec![true, false]), "").unwrap(), "[true, false]");
    assert_eq!(format_array(&Array::new(vec![2], vec![true, false]), "d").unwrap(), "[1, 0]");
    assert_eq!(format_array(&Array::new(vec![0], Vec::<f64>::new()), ".1f").unwrap(), "[]");
    assert_eq!(format_array(&Array::new(Vec::new(), vec![2.0]), ".1f").unwrap(), "2.0");
    assert!(format_array(&x, "d").is_err());
}

#[test]
fn no_specification_panics() {
    let pieces = [
        "", "0", "é", "<", "=", "^", "+", "#", "0", "7", "10000", ",", "_", ".", ".0", ".10000", "d", "f", "g", "e",
        "%", "s", "\u{300}",
    ];
    let values = [0.0, -0.0, 1.5, -2e300, 5e-324, f64::NAN, f64::INFINITY];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let spec = format!("{a}{b}{c}");
                for x in values {
                    let _ = format_spec(x, &spec);
                }
                let _ = format_text("añ漢", &spec);
            }
        }
    }
}
