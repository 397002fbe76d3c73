//! What the arguments of a call are called: `save("w.npz", w, b)` stores them under `w` and `b`, and
//! `plot(x, y, x.grad)` writes `y` and `x.grad` at its curves. The text of the call is read again for
//! it, so that other calls pay nothing.

use super::tree::expression;
use crate::source::Span;
use crate::syntax::ast::{Argument, ExprKind};

/// The texts of the arguments that a call of a function passes by position, if the text is such a call
/// and none of them is spread.
pub fn texts(text: &str, function: &str) -> Vec<String> {
    let (receiver, arguments) = match expression(text) {
        Some(ExprKind::Call(call)) => match &call.callee.kind {
            ExprKind::Name(variable) if &*variable.name == function => (None, call.arguments),
            _ => return Vec::new(),
        },
        Some(ExprKind::MethodCall(call)) if &*call.member.name == function => {
            (Some(call.receiver.span), call.arguments)
        }
        _ => return Vec::new(),
    };
    if arguments.iter().any(|argument| !argument.is_positional() && !is_named(argument)) {
        return Vec::new();
    }
    let positional = arguments.iter().filter(|argument| argument.is_positional()).map(|argument| argument.value.span);
    receiver.into_iter().chain(positional).map(|span| slice(text, span)).collect()
}

fn is_named(argument: &Argument) -> bool {
    matches!(argument.kind, crate::syntax::ast::ArgumentKind::Named(..))
}

/// A part of a text whose first byte has the position 1.
fn slice(text: &str, span: Span) -> String {
    let range = (span.start as usize).saturating_sub(1)..(span.end as usize).saturating_sub(1);
    text.get(range).unwrap_or_default().trim().to_string()
}
