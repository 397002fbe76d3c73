//! Python's format specifications: `{x:.3f}`, `{x:>10}`, `{x:+,.2e}`.
//!
//! `[[fill]align][sign][#][0][width][,|_][.precision][type]`, as in
//! <https://docs.python.org/3/library/string.html#format-specification-mini-language>.

use super::layout::Layout;
use super::{Style, array, number};
use crate::array::{Array, Data};
use crate::diagnostic::{Outcome, Problem};
use unicode_width::UnicodeWidthStr;

/// The widest field and the most digits, so that a format cannot exhaust memory.
const MOST: usize = 10_000;
/// Number types this module writes.
const TYPES: &str = "deEfFgG%";

/// A specification, taken apart.
#[derive(Clone, Copy, Debug, Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    group: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

/// A number in the format a specification asks for.
///
/// # Errors
/// When the specification has no meaning, or asks for `d` and the number is not whole.
pub fn format_spec(x: f64, spec: &str) -> Outcome<String> {
    number_text(x, &parse_number(spec)?)
}

/// A string in the format a specification asks for. Width counts columns on the screen, precision
/// characters.
///
/// # Errors
/// When the specification has no meaning for a string.
pub fn format_text(s: &str, spec: &str) -> Outcome<String> {
    let parsed = parse(spec)?;
    if let Some(kind) = parsed.kind.filter(|&kind| kind != 's') {
        let problem = Problem::new(format!("the format `{kind}` is for numbers, found a string"));
        return Err(problem.help("f64(text) turns a string into a number"));
    }
    let number_only = [
        (parsed.sign.is_some(), "a sign"),
        (parsed.alternate, "`#`"),
        (parsed.align == Some('='), "`=`"),
        (parsed.group.is_some(), "grouped digits"),
    ];
    if let Some((_, what)) = number_only.into_iter().find(|(asked, _)| *asked) {
        return Err(Problem::new(format!("{what} in a format is for numbers, found a string"))
            .help("use only a width and < > or ^, as in {name:>10}"));
    }
    let cut = match parsed.precision {
        Some(most) => s.char_indices().nth(most).map_or(s, |(end, _)| s.get(..end).unwrap_or(s)),
        None => s,
    };
    Ok(pad("", cut, &parsed, '<'))
}

/// Every element of an array in the format a specification asks for, in brackets as arrays print.
///
/// # Errors
/// As [`format_spec`], for any element that is shown.
pub fn format_array(x: &Array, spec: &str) -> Outcome<String> {
    let style = Style::default();
    if x.is_empty() {
        parse(spec)?;
        return Ok(array(x, &style));
    }
    let layout = Layout::new(x.shape(), &style);
    let cells: Outcome<Vec<String>> = layout.positions().into_iter().map(|position| cell(x, position, spec)).collect();
    Ok(layout.draw(&cells?, 0, 0))
}

fn cell(x: &Array, position: usize, spec: &str) -> Outcome<String> {
    match x.data() {
        Data::Bool(data) if !spec.ends_with(|last| TYPES.contains(last)) => {
            let value = data.get(position).copied().unwrap_or_default();
            format_text(if value { "true" } else { "false" }, spec)
        }
        _ => format_spec(x.at(position).unwrap_or_default(), spec),
    }
}

fn parse_number(spec: &str) -> Outcome<Spec> {
    let parsed = parse(spec)?;
    match parsed.kind {
        Some('s') => {
            Err(Problem::new("the format `s` is for strings, found a number")
                .help("str(x) turns a number into a string"))
        }
        Some('d') if parsed.precision.is_some() => {
            Err(Problem::new("the format `d` takes no digits after a point").help("use f, as in {x:.2f}"))
        }
        _ => Ok(parsed),
    }
}

/// Takes a specification apart.
fn parse(spec: &str) -> Outcome<Spec> {
    let mut parsed = Spec::default();
    let mut rest = spec;
    let aligned = |char: Option<char>| char.filter(|char| "<>^=".contains(*char));
    let mut chars = rest.chars();
    let (first, second) = (chars.next(), chars.next());
    if let (Some(fill), Some(align)) = (first, aligned(second)) {
        if UnicodeWidthStr::width(fill.encode_utf8(&mut [0; 4]) as &str) != 1 || fill.is_control() {
            return Err(Problem::new("a format can only fill with a character one column wide")
                .help("use a letter, a sign or a space"));
        }
        (parsed.fill, parsed.align) = (Some(fill), Some(align));
        rest = chars.as_str();
    } else if let Some(align) = aligned(first) {
        parsed.align = Some(align);
        rest = rest.get(1..).unwrap_or_default();
    }
    parsed.sign = take(&mut rest, "+- ");
    parsed.alternate = take(&mut rest, "#").is_some();
    parsed.zero = take(&mut rest, "0").is_some();
    parsed.width = digits(&mut rest, "width")?.unwrap_or(0);
    parsed.group = take(&mut rest, ",_");
    if take(&mut rest, ".").is_some() {
        parsed.precision = digits(&mut rest, "number of digits")?;
        if parsed.precision.is_none() {
            return Err(Problem::new(format!("the format `{spec}` has no digits after its point"))
                .help("say how many, as in {x:.3f}"));
        }
    }
    parsed.kind = take(&mut rest, TYPES).or_else(|| take(&mut rest, "s"));
    if rest.is_empty() {
        return Ok(parsed);
    }
    let problem = Problem::new(format!("the format `{}` has no meaning", excerpt(spec)));
    let problem = match rest.chars().next() {
        Some(kind) if rest.len() == kind.len_utf8() && kind.is_alphabetic() => {
            problem.note(format!("numbers have the types d e f g %, strings s; there is no `{kind}`"))
        }
        _ => problem.note(format!("everything up to `{}` was understood", excerpt(rest))),
    };
    Err(problem.help("use forms like {x:.3f}, {x:10.2e}, {x:,}, {x:.1%} or {name:>12}"))
}

fn excerpt(text: &str) -> String {
    text.chars().take(30).collect()
}

/// Takes one of these characters off the front.
fn take(rest: &mut &str, of: &str) -> Option<char> {
    let first = rest.chars().next().filter(|first| of.contains(*first))?;
    *rest = rest.get(first.len_utf8()..)?;
    Some(first)
}

/// Takes a number off the front.
fn digits(rest: &mut &str, what: &str) -> Outcome<Option<usize>> {
    let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
    let (text, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    *rest = after;
    match text.parse::<usize>() {
        _ if text.is_empty() => Ok(None),
        Ok(value) if value <= MOST => Ok(Some(value)),
        _ => Err(Problem::new(format!("the {what} of a format is at most 10,000")).help("use a smaller one")),
    }
}

/// A number, written and padded.
fn number_text(x: f64, spec: &Spec) -> Outcome<String> {
    let size = x.abs();
    let body = if !size.is_finite() {
        let word = if size.is_nan() { "nan" } else { "inf" };
        match spec.kind {
            Some('d') => return Err(whole_only(x)),
            Some('%') => format!("{word}%"),
            Some('E' | 'F' | 'G') => word.to_uppercase(),
            _ => word.to_string(),
        }
    } else {
        match (spec.kind, spec.precision) {
            (Some('d'), _) if size.fract() != 0.0 => return Err(whole_only(x)),
            (Some('d'), _) => format!("{size:.0}"),
            (Some('f' | 'F'), digits) => fixed(size, digits.unwrap_or(6), spec),
            (Some('%'), digits) => format!("{}%", fixed(size * 100.0, digits.unwrap_or(6), spec)),
            (Some('e' | 'E'), digits) => scientific(size, digits.unwrap_or(6), spec),
            (Some('g' | 'G'), digits) => general(size, digits.unwrap_or(6), spec),
            (_, Some(digits)) => general(size, digits, spec),
            (_, None) => number(size, &Style::default()),
        }
    };
    let body = if matches!(spec.kind, Some('E' | 'G')) { body.to_uppercase() } else { body };
    // Minus zero is zero, as everywhere; a small number that rounds to zero keeps its sign, as in Python.
    let negative = x < 0.0;
    let sign = match spec.sign {
        _ if negative => "-",
        Some('+') => "+",
        Some(' ') => " ",
        _ => "",
    };
    Ok(pad(sign, &grouped(&body, sign.len(), spec), spec, '>'))
}

fn whole_only(x: f64) -> Box<Problem<crate::diagnostic::Part>> {
    Problem::new(format!("the format `d` needs a whole number, found {}", number(x, &Style::default())))
        .help("use .0f to round, or g to show what is there")
}

fn fixed(size: f64, digits: usize, spec: &Spec) -> String {
    if size.is_infinite() {
        return "inf".to_string();
    }
    let point = if spec.alternate && digits == 0 { "." } else { "" };
    format!("{size:.digits$}{point}")
}

/// With an exponent of at least two digits and a sign, as C and Python write it.
fn scientific(size: f64, digits: usize, spec: &Spec) -> String {
    let text = format!("{size:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let point = if spec.alternate && digits == 0 { "." } else { "" };
    format!("{mantissa}{point}e{exponent:+03}")
}

/// The shorter of both, as C's `%g` chooses.
fn general(size: f64, digits: usize, spec: &Spec) -> String {
    let digits = digits.max(1);
    let text = scientific(size, digits - 1, spec);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i64 = exponent.parse().unwrap_or(0);
    if power < -4 || power >= digits as i64 {
        return format!("{}e{exponent}", trimmed(mantissa, spec));
    }
    let decimals = usize::try_from(digits as i64 - 1 - power).unwrap_or(0);
    trimmed(&fixed(size, decimals, spec), spec).to_string()
}

/// Without the zeros at the end of a fraction, unless `#` keeps them.
fn trimmed<'a>(text: &'a str, spec: &Spec) -> &'a str {
    if spec.alternate || !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.')
}

/// With its whole part in groups of three, and with zeros in front if the format asks for them.
fn grouped(body: &str, taken: usize, spec: &Spec) -> String {
    let end = body.find(|char: char| !char.is_ascii_digit()).unwrap_or(body.len());
    let (whole, rest) = body.split_at_checked(end).unwrap_or((body, ""));
    let per_group = if spec.group.is_some() { 3 } else { usize::MAX };
    let mut len = whole.len();
    if zero_filled(spec) && len > 0 {
        while taken + len + (len - 1) / per_group + rest.len() < spec.width {
            len += 1;
        }
    }
    let mut out = "0".repeat(len - whole.len()) + whole;
    if let Some(group) = spec.group {
        let digits = out;
        out = String::with_capacity(len + len / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (len - index) % 3 == 0 {
                out.push(group);
            }
            out.push(digit);
        }
    }
    out + rest
}

/// Whether zeros go between sign and digits: asked for by a leading `0`, or in full as `0=`.
fn zero_filled(spec: &Spec) -> bool {
    let fill = spec.fill.or(spec.zero.then_some('0'));
    let align = spec.align.or(spec.zero.then_some('='));
    fill == Some('0') && align == Some('=')
}

/// Fills a field up to its width.
fn pad(sign: &str, body: &str, spec: &Spec, default: char) -> String {
    let missing = spec.width.saturating_sub(sign.len() + body.width());
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    let fill = |count: usize| -> String { std::iter::repeat_n(fill, count).collect() };
    // `0` before the width of a number means `=`; for a string it only chooses the fill.
    let align = spec.align.unwrap_or(if spec.zero && default == '>' { '=' } else { default });
    match align {
        '<' => format!("{sign}{body}{}", fill(missing)),
        '^' => format!("{}{sign}{body}{}", fill(missing / 2), fill(missing - missing / 2)),
        '=' => format!("{sign}{}{body}", fill(missing)),
        _ => format!("{}{sign}{body}", fill(missing)),
    }
}
