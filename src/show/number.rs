//! One number, in as few digits as tell what it is.
//!
//! The rules are C's `%g`, with three differences that make the text shorter or safe to paste:
//! exponents are bare (`1.5e-7`), whole numbers below 1e15 keep every digit, and `-0` is `0`.

use super::Style;
use std::fmt::LowerExp;

/// From this many digits on, a number is written so that it reads back the same.
const EXACT: usize = 17;
/// Whole numbers below this keep all their digits.
const WHOLE: f64 = 1e15;

/// A double: `4`, `0.5`, `1e-10`, `inf`.
pub fn number(x: f64, style: &Style) -> String {
    write(x, style)
}

/// A single, which has fewer digits to read back.
pub fn number_f32(x: f32, style: &Style) -> String {
    write(x, style)
}

/// What both precisions can do.
pub(super) trait Float: LowerExp + Copy + Into<f64> {}
impl Float for f32 {}
impl Float for f64 {}

/// The exponent from which a number with a fraction needs one.
fn limit(style: &Style) -> i32 {
    if style.digits >= EXACT { 15 } else { style.digits.max(1) as i32 }
}

/// A number of either precision.
pub(super) fn write<F: Float>(x: F, style: &Style) -> String {
    let value: f64 = x.into();
    if let Some(text) = special(value) {
        return text.to_string();
    }
    if value.fract() == 0.0 && value.abs() < WHOLE {
        return format!("{value:.0}");
    }
    let text = if style.digits >= EXACT { format!("{x:e}") } else { format!("{x:.*e}", style.digits.max(1) - 1) };
    let (digits, exponent) = parts(&text);
    let sign = if value < 0.0 { "-" } else { "" };
    if (-4..limit(style)).contains(&exponent) && value.fract() != 0.0 {
        format!("{sign}{}", point(&digits, exponent))
    } else {
        format!("{sign}{}e{exponent}", point(&digits, 0))
    }
}

/// The numbers that have no digits, and both zeros.
fn special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("nan")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "inf" } else { "-inf" })
    } else if value == 0.0 {
        Some("0")
    } else {
        None
    }
}

/// Digits without trailing zeros, and the exponent, of what `{:e}` wrote.
fn parts(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    (digits.trim_end_matches('0').to_string(), exponent.parse().unwrap_or(0))
}

/// Digits with a point after the first one, moved right by the exponent.
fn point(digits: &str, exponent: i32) -> String {
    let Ok(after) = usize::try_from(exponent) else {
        return format!("0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    };
    match digits.split_at_checked(after + 1) {
        Some((whole, "")) => whole.to_string(),
        Some((whole, fraction)) => format!("{whole}.{fraction}"),
        None => format!("{digits:0<width$}", width = after + 1),
    }
}
