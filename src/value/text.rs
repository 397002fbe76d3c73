//! Values as text.

use super::tuple::MAX_DEPTH;
use super::{Closure, Function, Value};
use crate::array::shape_text;
use crate::autodiff::Var;
use crate::show::{self, Style};
use crate::syntax::ast::Lambda;

/// A value as `print` shows it: strings bare.
pub fn display(value: &Value, style: &Style) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        other => display_quoted(other, style),
    }
}

/// A value as the prompt shows it: strings quoted.
pub fn display_quoted(value: &Value, style: &Style) -> String {
    let literal = || {
        let mut out = String::new();
        write(value, style, &mut out, 0);
        out
    };
    match value {
        Value::Tuple(tuple) => super::table::large(tuple, style, literal).unwrap_or_else(|literal| literal),
        _ => literal(),
    }
}

fn write(value: &Value, style: &Style, out: &mut String, depth: usize) {
    match value {
        Value::Unset => {}
        Value::None => out.push_str("none"),
        Value::Var(var) => match var.plain() {
            Var::Num(x) => out.push_str(&show::number(*x, style)),
            Var::Bool(x) => out.push_str(if *x { "true" } else { "false" }),
            other => out.push_str(&show::array(&other.array(), style)),
        },
        Value::Text(text) => out.push_str(&show::text_quoted(text)),
        Value::Tuple(_) if depth > MAX_DEPTH => out.push_str("(...)"),
        Value::Tuple(tuple) => {
            out.push('(');
            for (i, item) in tuple.items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                if i >= style.threshold {
                    out.push_str("...");
                    break;
                }
                if let Some(name) = tuple.name(i) {
                    out.push_str(&entry_name(name));
                    out.push_str(" = ");
                }
                entry(item, style, out, depth + 1);
            }
            out.push_str(if tuple.items.len() == 1 && tuple.name(0).is_none() { ",)" } else { ")" });
        }
        Value::Function(function) => match &**function {
            Function::Closure(Closure { lambda, .. }) => out.push_str(&format!("fn {}", signature_of(lambda))),
            Function::Partial(partial) => {
                out.push_str(partial.builtin.name.trim_matches(['(', ')']));
                out.push('(');
                for (i, bound) in partial.bound.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    entry(bound, style, out, depth + 1);
                }
                out.push(')');
            }
        },
        Value::Builtin(builtin) => out.push_str(&format!("fn {}", builtin.signature())),
        Value::Module(module) => out.push_str(&format!("module {}", module.name)),
        Value::Range(range) => {
            let [start, stop, step] = [range.start, range.stop, range.step].map(|x| show::number(x, style));
            out.push_str(&match (range.start, range.step) {
                (0.0, 1.0) => format!("range({stop})"),
                (_, 1.0) => format!("range({start}, {stop})"),
                _ => format!("range({start}, {stop}, {step})"),
            });
        }
    }
}

/// The name of an entry. One that came from a file can be of any length, and hold what moves a cursor.
pub(super) fn entry_name(name: &str) -> String {
    const LONGEST: usize = 200;
    let mut text = show::safe(name).replace(['\n', '\t'], " ");
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// What the text of an array leaves out: its shape, and how many of its rows are shown.
pub fn left_out(value: &Value, text: &str) -> Option<String> {
    let Value::Var(var) = value else { return None };
    let [rows, inner @ ..] = var.shape() else { return None };
    if !text.contains("...") {
        return None;
    }
    let lines = text.lines().filter(|line| line.trim_start().trim_start_matches("f32(").starts_with('[')).count();
    let some = match inner {
        [_] if lines < *rows => format!(", {lines} of {rows} rows"),
        _ => String::new(),
    };
    Some(shape_text(var.shape()) + &some)
}

/// A value inside another one. The rows of an array stand below each other, wherever the first one begins.
fn entry(value: &Value, style: &Style, out: &mut String, depth: usize) {
    let start = out.len();
    write(value, style, out, depth);
    if matches!(value, Value::Var(_)) {
        let rows = out.split_off(start);
        let hung = show::hung(out, rows);
        out.push_str(&hung);
    }
}

/// `f(x, k = 2, ...rest)` as the function was written.
pub fn signature_of(lambda: &Lambda) -> String {
    use crate::syntax::ast::ExprKind;
    let last = lambda.params.len().saturating_sub(1);
    let params: Vec<String> = lambda
        .params
        .iter()
        .enumerate()
        .map(|(i, param)| match &param.default {
            _ if lambda.rest && i == last => format!("...{}", param.name),
            None => param.name.to_string(),
            Some(default) => match &default.kind {
                ExprKind::Number(x) => format!("{} = {}", param.name, show::number(*x, &Style::default())),
                ExprKind::Bool(x) => format!("{} = {x}", param.name),
                ExprKind::None => format!("{} = none", param.name),
                ExprKind::Text(text) => format!("{} = {}", param.name, show::text_quoted(text)),
                _ => format!("{} = ...", param.name),
            },
        })
        .collect();
    format!("{}({})", lambda.name.as_deref().unwrap_or(""), params.join(", "))
}
