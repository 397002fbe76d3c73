//! Why there is no way back from a value: it was computed outside record, or from nothing attached.
//!
//! ```text
//! y = 2 * x ** 2
//! backward(y)
//! ```

use super::asked::{Asked, title};
use super::{graph, tree};
use crate::array::DType;
use crate::autodiff::Var;
use crate::diagnostic::{Diagnostic, Edit, Fail, Problem};
use crate::interpret::Session;
use crate::interpret::stop::Stop;
use crate::source::Span;
use crate::syntax::ast::{Expr, Mode, ModeBlock, Statement, StatementKind};
use crate::value::Value;
use std::rc::Rc;

impl Session {
    /// The error for a value that no gradient leads back from.
    #[cold]
    pub(in crate::interpret) fn no_way_back(&mut self, y: &Value) -> Fail {
        let asked = self.asked(self.call_span);
        let problem = if graph::nodes(y).is_empty() { self.untraced(&asked) } else { self.cut_off(&asked, y) };
        self.hold(Box::new(Stop::Error(Diagnostic::error(problem))))
    }

    /// The value has no history at all.
    fn untraced(&self, asked: &Asked) -> Box<Problem<Span>> {
        let written = asked.variable.as_ref().and_then(|variable| self.written(variable));
        let Some((written, block)) = written.and_then(|written| Some((written, self.program(written)?))) else {
            let text = "compute it inside a record:  record < y = … >  backward(y)";
            return not_recorded(asked).help(text);
        };
        let parts = tree::parts(&block);
        let modes = tree::modes(&parts, written);
        let deciding = modes.iter().rev().find(|(mode, _)| matches!(mode.mode, Mode::Record | Mode::Pause));
        let statement = tree::statement(&parts, written);
        if let Some(place) = statement.and_then(detached) {
            return not_recorded(asked)
                .label(place, "detached here")
                .help("run backward from what it was before detach");
        }
        match deciding {
            Some((mode, span)) if mode.mode == Mode::Record => self.nothing_attached(asked, &parts, (mode, *span)),
            Some((mode, _)) => not_recorded(asked)
                .label(written, "computed here")
                .label(mode.keyword_span, "paused here")
                .help("compute it outside pause, inside a record"),
            // A function may have been called inside a record, where nothing attached took part; if
            // something attached did, there was no record.
            None if statement.is_none() || self.lambda.is_some() && !self.reads_attached(&parts, written) => {
                not_recorded(asked).label(written, "this was not recorded").help("compute it inside a record")
            }
            None => {
                let problem = not_recorded(asked).label(written, "computed outside record");
                let around =
                    vec![Edit::Before(written, "record < ".to_string()), Edit::After(written, " >".to_string())];
                let same = self.same_text(written, asked.whole);
                match self.checked(around).filter(|_| same) {
                    Some(edits) => problem.patch("compute it inside a record", edits),
                    None => problem.help("compute it inside a record:  record < … >"),
                }
            }
        }
    }

    /// Whether a place reads something that is attached.
    fn reads_attached(&self, parts: &[tree::Part<'_>], place: Span) -> bool {
        let attached = |name: &str| {
            let nodes = self.value_of(name).map(graph::nodes).unwrap_or_default();
            nodes.iter().any(|node| node.variable().is_some())
        };
        tree::reads(parts, place).iter().any(|read| attached(&read.name))
    }

    /// It was recorded, but of plain arrays.
    fn nothing_attached(
        &self,
        asked: &Asked,
        parts: &[tree::Part<'_>],
        (mode, record): (&ModeBlock, Span),
    ) -> Box<Problem<Span>> {
        let problem = independent(asked).label(mode.keyword_span, "nothing attached takes part in this record");
        let assigned =
            |name: &str| tree::assignments(parts, name).iter().any(|statement| tree::inside(statement.span, record));
        let mut candidates: Vec<Rc<str>> = Vec::new();
        for read in tree::reads(parts, record) {
            let Some(Value::Var(var)) = self.value_of(&read.name) else { continue };
            if let Some(variable) = var.node().and_then(|node| node.variable()) {
                let place = self.sources.span(variable.place);
                return problem
                    .label(place, format!("{} was attached only here", read.name))
                    .help(format!("attach {} before recording", read.name));
            }
            let plain = matches!(var, Var::Num(_) | Var::Array(_)) && var.dtype() != DType::Bool;
            if plain && !candidates.contains(&read.name) && !assigned(&read.name) && self.written(&read.name).is_some()
            {
                candidates.push(read.name.clone());
            }
        }
        let statement = outermost(parts, record).unwrap_or(record);
        match &candidates[..] {
            [] => problem.help("attach what to differentiate by before recording:  attach_grad(x)"),
            [one] => {
                let line = format!("attach_grad({one})");
                match self.line_above(statement, &line).filter(|_| self.same_text(record, asked.whole)) {
                    Some(edit) => problem.patch(format!("attach {one} before recording"), vec![edit]),
                    None => problem.help(format!("attach {one} before recording:  {line}")),
                }
            }
            many => {
                let names: Vec<&str> = many.iter().take(4).map(|name| &**name).collect();
                problem.help(format!("attach one of {} before recording:  attach_grad({})", names.join(", "), names[0]))
            }
        }
    }

    /// It was recorded, but every way back ends at a step that no derivative passes.
    fn cut_off(&self, asked: &Asked, y: &Value) -> Box<Problem<Span>> {
        let problem = independent(asked);
        match graph::cuts(&graph::nodes(y)).first() {
            Some(cut) => {
                let place = self.function_name(self.sources.span(cut.place));
                problem
                    .label(place, "flat everywhere: the way back ends here")
                    .help("a derivative of 0 everywhere leads nowhere; use something smooth instead")
            }
            None => problem.help("attach what to differentiate by before recording:  attach_grad(x)"),
        }
    }

    /// The name of the function that is called at a place, or the whole place.
    pub(super) fn function_name(&self, place: Span) -> Span {
        let Some(block) = self.program(place) else { return place };
        let found = tree::parts(&block).into_iter().find_map(|part| match part {
            tree::Part::Expression(expression) if expression.span == place => {
                tree::call(expression).map(|(_, name, _)| name)
            }
            _ => None,
        });
        found.unwrap_or(place)
    }
}

fn not_recorded(asked: &Asked) -> Box<Problem<Span>> {
    Problem::new(format!("{} was not recorded", asked.name)).label(asked.argument, "no way back from here")
}

fn independent(asked: &Asked) -> Box<Problem<Span>> {
    let title =
        title(format!("{} does not depend on anything attached", asked.name), "nothing attached takes part in this");
    Problem::new(title).label(asked.argument, "no way back from here")
}

/// Where a statement cuts its value off from its history.
fn detached(statement: &Statement) -> Option<Span> {
    let StatementKind::Assign(_, value) = &statement.kind else { return None };
    match tree::call(value) {
        Some(("detach", _, _)) => Some(value.span),
        _ => None,
    }
}

/// The statement that a record makes up, or the expression itself.
fn outermost(parts: &[tree::Part<'_>], record: Span) -> Option<Span> {
    parts.iter().find_map(|part| match part {
        tree::Part::Statement(Statement { kind: StatementKind::Expression(Expr { span, .. }), .. })
            if *span == record =>
        {
            Some(record)
        }
        tree::Part::Statement(Statement { kind: StatementKind::Assign(_, value), span, .. })
            if value.span == record =>
        {
            Some(*span)
        }
        _ => None,
    })
}
