//! A value in a few words, without computing anything: its shape if it is large or not computed yet, itself
//! if it is small.

use crate::array::shape_text;
use crate::autodiff::Var;
use crate::show::Style;
use crate::value::{Function, Value, display_quoted, signature_of};
use unicode_width::UnicodeWidthStr;

/// Elements of an array that is shown itself.
const FEW: usize = 8;

/// A value in at most so many columns.
pub fn preview(value: &Value, width: usize) -> String {
    let (kind, text) = parts(value);
    let text = if text.is_empty() { kind } else { text };
    shortened(&text, width)
}

/// What kind of value it is, and what it is if that can be said in a few words.
pub fn parts(value: &Value) -> (String, String) {
    match value {
        Value::Unset => (String::new(), String::new()),
        Value::None => ("none".into(), String::new()),
        Value::Var(var) => (kind(var), if small(var) { one_line(value) } else { String::new() }),
        Value::Text(text) if text.len() > 200 => ("string".into(), format!("{} characters", text.chars().count())),
        Value::Text(_) => ("string".into(), one_line(value)),
        Value::Tuple(tuple) => {
            let names: Vec<&str> = tuple.names.iter().flatten().map(|name| &**name).collect();
            let few = tuple.items.len() <= FEW
                && tuple.items.iter().all(|item| match item {
                    Value::Var(var) => var.len() == 1 && small(var),
                    Value::Text(text) => text.len() <= 20,
                    Value::None => true,
                    _ => false,
                });
            let text = if few { one_line(value) } else { names.join(", ") };
            (format!("tuple ({})", tuple.items.len()), text)
        }
        Value::Function(function) => match &**function {
            Function::Closure(closure) => (format!("fn{}", parameters(&signature_of(&closure.lambda))), String::new()),
            Function::Partial(_) => ("fn".into(), one_line(value)),
        },
        Value::Builtin(builtin) => (format!("fn{}", parameters(&builtin.signature())), String::new()),
        Value::Module(module) => ("module".into(), module.name.clone()),
        Value::Range(range) => (format!("f64 [{}]", range.len), one_line(value)),
    }
}

/// `f64 [150, 4]`
fn kind(var: &Var) -> String {
    let kind = match var.plain() {
        Var::Bool(_) => "bool",
        Var::Num(_) => "f64",
        Var::Array(array) => array.dtype().name(),
        Var::Traced(_) => "",
    };
    if var.shape().is_empty() { kind.to_string() } else { format!("{kind} {}", shape_text(var.shape())) }
}

/// Whether an array is small and its elements are known.
fn small(var: &Var) -> bool {
    match var.plain() {
        Var::Array(array) => array.len() <= FEW && array.pending().is_none(),
        _ => true,
    }
}

/// `(t, k = 2)` of `f(t, k = 2)`
fn parameters(signature: &str) -> &str {
    signature.find('(').and_then(|at| signature.get(at..)).unwrap_or_default()
}

fn one_line(value: &Value) -> String {
    let text = display_quoted(value, &Style { width: usize::MAX, ..Style::default() });
    text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")
}

/// A text cut to a width.
pub fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_string();
    }
    let mut out = String::new();
    for char in text.chars() {
        if out.width() + 2 > width {
            break;
        }
        out.push(char);
    }
    out.push('…');
    out
}
