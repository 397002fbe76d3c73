//! A condition on an array: what was probably meant.
//!
//! ```text
//! if a > 0 { b = a } else { b = -a }      # where(a > 0, a, -a)
//! ```

use super::tree;
use crate::array::shape_text;
use crate::autodiff::Var;
use crate::diagnostic::Problem;
use crate::interpret::Session;
use crate::source::Span;
use crate::syntax::ast::{Block, Expr, ExprKind, StatementKind, Target};
use crate::value::{Value, display};

/// Characters of an expression that a help repeats.
const SHORT: usize = 30;
/// Elements that a label shows.
const FEW: usize = 6;

impl Session {
    /// The error for an array where one truth value belongs.
    #[cold]
    pub(in crate::interpret) fn array_condition(&self, var: &Var, condition: &Expr, what: &str) -> Box<Problem<Span>> {
        let found = match var.len() {
            0..=FEW => display(&Value::Var(var.clone()), &self.style).replace('\n', ""),
            _ => shape_text(var.shape()),
        };
        let count = if var.len() == 1 { "an array".to_string() } else { var.len().to_string() };
        let text = self.sources.text(condition.span);
        let text = if text.chars().count() <= SHORT && !text.contains('\n') { text } else { "condition" };
        let whole = format!("as a whole: all({text}) or any({text})");
        let help = match what {
            "if" => {
                let (yes, no) = self.branches(condition.span).unwrap_or(("…".to_string(), "…".to_string()));
                format!("element by element: where({text}, {yes}, {no});  {whole}")
            }
            _ => whole,
        };
        Problem::new(format!("{what} needs one true or false, found {count}")).label(condition.span, found).help(help)
    }

    /// What the two branches of an `if` give to the same name, or give, if it is short.
    fn branches(&self, condition: Span) -> Option<(String, String)> {
        let block = self.program(condition)?;
        let (yes, no) = tree::parts(&block).into_iter().find_map(|part| match part {
            tree::Part::Expression(Expr { kind: ExprKind::If(arms, Some(otherwise)), .. }) => match &arms[..] {
                [(tested, body)] if tested.span == condition => given(body).zip(given(otherwise)),
                _ => None,
            },
            _ => None,
        })?;
        let short = |expr: &Expr| {
            let text = self.sources.text(expr.span);
            (text.chars().count() <= SHORT && !text.contains('\n')).then(|| text.to_string())
        };
        if yes.0 == no.0 { short(yes.1).zip(short(no.1)) } else { None }
    }
}

/// What a block of one statement assigns, and to which name, or gives.
fn given(block: &Block) -> Option<(Option<&str>, &Expr)> {
    let [statement] = &block.statements[..] else { return None };
    match &statement.kind {
        StatementKind::Assign(Target::Name(variable), value) => Some((Some(&*variable.name), value)),
        StatementKind::Expression(value) => Some((None, value)),
        _ => None,
    }
}
