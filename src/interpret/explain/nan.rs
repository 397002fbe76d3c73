//! Where a nan in a gradient came from.
//!
//! ```text
//! p = exp(z) / sum(exp(z))      # exp(812) is inf, and inf / inf is nan
//! ```
//!
//! The record has every intermediate value, so the first step that made a nan of operands without one
//! can be named, with the operand that led to it. If no step is nan, the slopes are to blame.

use super::{graph, tree};
use crate::autodiff::{Node, Recall, Var};
use crate::builtin;
use crate::builtin::steps::index_text;
use crate::builtin::trace::first_nan;
use crate::diagnostic::{Diagnostic, Edit, Problem, grouped};
use crate::interpret::Session;
use crate::interpret::stop::Eval;
use crate::show;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Sign, Step};
use crate::value::Value;
use smallvec::SmallVec;
use std::ops::ControlFlow;
use std::rc::Rc;

/// Steps whose slope is infinite where an operand is 0.
const STEEP: &[&str] = &["sqrt", "rsqrt", "cbrt", "log", "log2", "log10", "reciprocal", "**", "/"];

/// An operator or a function in the text.
pub(super) struct Written {
    /// What it is called: its sign or its name.
    pub(super) place: Span,
    /// Its operands.
    operands: Vec<Span>,
}

/// The values of a step's operands; none if they cannot be computed again.
fn operands(recall: &Recall<'_>, node: &Node) -> Vec<Var> {
    recall.operands(node).map(SmallVec::into_vec).unwrap_or_default()
}

impl Session {
    /// The warning that the gradient of a variable holds nan, once for each place that ran backward.
    #[cold]
    pub(in crate::interpret) fn warn_of_nan(&mut self, variable: &Rc<Node>, count: usize) -> Eval<()> {
        if !self.first_time("nan") {
            return Ok(());
        }
        let name = self.called(variable);
        let problem = Problem::new(format!("the gradient of {name} has {} NaN", grouped(count)));
        let roots: Vec<Rc<Node>> = self.passes.roots.iter().filter_map(std::rc::Weak::upgrade).collect();
        let mut steps = Vec::new();
        graph::walk(&roots, 0, |node| {
            steps.push(node.clone());
            ControlFlow::Continue(())
        });
        steps.sort_by_key(|node| node.age);
        let recall = self.cx.recall();
        let first = steps.iter().find(|node| {
            let is_nan = recall.value(node).is_ok_and(|out| first_nan(&out).is_some());
            is_nan && operands(&recall, node).iter().all(|operand| first_nan(operand).is_none())
        });
        let problem = match first {
            Some(node) => self.first_nan_of(problem, node),
            None => self.steep(problem, &steps),
        };
        self.warn_at(*Diagnostic::error(problem))
    }

    /// The name that leads to a variable.
    fn called(&self, variable: &Rc<Node>) -> String {
        let is = |value: &Value| match value {
            Value::Var(Var::Traced(node)) => node.is(variable),
            _ => false,
        };
        let within = |value: &Value| graph::nodes(value).iter().any(|node| node.is(variable));
        let named = self.named();
        let fits = |name: &str| name != "ans" && name.chars().count() <= 20;
        match named.iter().find(|(name, value)| fits(name) && is(value)) {
            Some((name, _)) => name.to_string(),
            None => match named.iter().find(|(name, value)| fits(name) && within(value)) {
                Some((name, _)) => format!("an array in {name}"),
                None => "an array".to_string(),
            },
        }
    }

    /// Labels the step that made the first nan.
    fn first_nan_of(&self, problem: Box<Problem<Span>>, node: &Node) -> Box<Problem<Span>> {
        let recall = self.cx.recall();
        let at = recall.value(node).ok().as_ref().and_then(first_nan).unwrap_or(0);
        let index = index_text(node.out.shape(), at);
        let Some((op, place)) = node.step() else {
            let place = node.variable().map_or(self.call_span, |variable| self.sources.span(variable.place));
            return problem.label(place, format!("it is NaN itself{index}"));
        };
        let function = builtin::recorded(op).map_or("", |builtin| builtin.name);
        let operands = operands(&recall, node);
        let values: Vec<Option<f64>> = operands.iter().map(|operand| element(operand, &node.out, at)).collect();
        let text = match values.iter().copied().collect::<Option<Vec<f64>>>() {
            Some(values) => applied(function, &values) + &index,
            None => format!("in {}{index}", function.trim_matches(['(', ')'])),
        };
        let whole = self.sources.span(place);
        let block = self.program(whole);
        let parts = block.as_ref().map(tree::parts).unwrap_or_default();
        let Some(written) = written(&parts, whole) else {
            return problem.label(if whole == Span::default() { self.call_span } else { whole }, text);
        };
        let mut problem = problem.label(written.place, format!("first NaN: {text}"));
        // The operand that is no longer a number to compute with.
        for (i, (&value, &span)) in values.iter().zip(&written.operands).enumerate() {
            if !value.is_some_and(f64::is_infinite) {
                continue;
            }
            let mut label = None;
            node.each_operand_at(|at_operand, step| {
                if at_operand == i {
                    label = self.overflowed(step, &node.out, at);
                }
            });
            if let Some(label) = label {
                problem = problem.label(span, label);
                break;
            }
        }
        match parts.iter().find_map(|part| self.rewritten(part, written.place)) {
            Some((help, edit)) => match self.checked(vec![edit]) {
                Some(edits) => problem.patch(help, edits),
                None => problem.help(help),
            },
            None => problem,
        }
    }

    /// `exp(812.4) is inf`
    fn overflowed(&self, step: &Node, out: &Var, at: usize) -> Option<String> {
        let (op, _) = step.step()?;
        let function = builtin::recorded(op)?.name;
        let elementwise = matches!(builtin::find(function)?.run, crate::value::Run::Elementwise(_));
        let recall = self.cx.recall();
        let values: Option<Vec<f64>> =
            operands(&recall, step).iter().map(|operand| element(operand, out, at)).collect();
        let result = element(&recall.value(step).ok()?, out, at)?;
        let values = values.filter(|values| elementwise && values.iter().all(|value| value.is_finite()))?;
        Some(format!("{} is {}", applied(function, &values), show::number(result, &show::Style::default())))
    }

    /// No step is nan: slopes of opposite signs or an infinite one times zero met on the way back.
    fn steep(&self, problem: Box<Problem<Span>>, steps: &[Rc<Node>]) -> Box<Problem<Span>> {
        let zero = |var: &Var| var.array().to_doubles().contains(&0.0);
        let recall = self.cx.recall();
        let steep = steps.iter().find_map(|node| {
            let (op, place) = node.step()?;
            let function = builtin::recorded(op)?.name;
            let at_zero = operands(&recall, node).iter().any(zero);
            (STEEP.contains(&function) && at_zero).then(|| self.sources.span(place))
        });
        match steep.filter(|span| *span != Span::default()) {
            Some(span) => problem
                .label(self.function_name(span), "its slope is infinite at 0")
                .label(self.call_span, "run from here")
                .help("keep its operand away from 0, or choose with where(x > 0, …, 0)"),
            None => problem.label(self.call_span, "infinite slopes meet on the way back from here"),
        }
    }

    /// What computes the same as an expression around a place, and no nan.
    fn rewritten(&self, part: &tree::Part<'_>, place: Span) -> Option<(String, Edit<Span>)> {
        let tree::Part::Expression(expression) = part else { return None };
        if !tree::inside(place, expression.span) {
            return None;
        }
        let text = |expression: &Expr| self.sources.text(expression.span).trim();
        let say = |name: &str, arguments: String| {
            let new = format!("{name}({arguments})");
            Some((format!("{new} computes the same thing, without the NaN"), Edit::Replace(expression.span, new)))
        };
        let ExprKind::Chain(first, steps) = &expression.kind else { return None };
        let [Step { op, operand, .. }] = &steps[..] else { return None };
        match (op, tree::call(first), tree::call(operand)) {
            // exp(z) / sum(exp(z)), for a row
            (BinaryOp::Divide, Some(("exp", _, above)), Some(("sum", _, below))) => {
                let ([z], [inner]) = (&above[..], &below[..]) else { return None };
                let ("exp", _, again) = tree::call(inner)? else { return None };
                let [again] = &again[..] else { return None };
                let row = matches!(&z.kind, ExprKind::Name(name)
                    if matches!(self.value_of(&name.name), Some(Value::Var(var)) if var.shape().len() == 1));
                let same = text(again) == text(z) && self.sources.text(operand.span).ends_with("))");
                if row && same { say("softmax", text(z).to_string()) } else { None }
            }
            // p * log(p)
            (BinaryOp::Multiply, _, Some(("log", _, inner))) => {
                let [inner] = &inner[..] else { return None };
                say("xlogy", format!("{}, {}", text(first), text(inner)))
            }
            (BinaryOp::Multiply, Some(("log", _, inner)), _) => {
                let [inner] = &inner[..] else { return None };
                say("xlogy", format!("{}, {}", text(operand), text(inner)))
            }
            _ => None,
        }
    }
}

/// The element of an operand that an element of the result was made of, if they correspond.
fn element(operand: &Var, out: &Var, at: usize) -> Option<f64> {
    let i = if operand.shape() == out.shape() { at } else { 0 };
    let known = operand.shape() == out.shape() || operand.len() == 1;
    known.then(|| operand.array().at(i)).flatten()
}

/// `inf / inf`, `log(-1)`
fn applied(function: &str, values: &[f64]) -> String {
    let number = |x: &f64| show::number(*x, &show::Style::default());
    let operator = function.trim_matches(['(', ')']);
    match values {
        [a, b] if !operator.starts_with(char::is_alphabetic) => format!("{} {operator} {}", number(a), number(b)),
        _ => format!("{operator}({})", values.iter().map(number).collect::<Vec<_>>().join(", ")),
    }
}

/// The operator or function that the step at a place stands for.
pub(super) fn written(parts: &[tree::Part<'_>], place: Span) -> Option<Written> {
    let of_steps = |first: &Expr, steps: &[Step]| {
        steps.iter().enumerate().find_map(|(i, step)| {
            let fits = first.span.start == place.start && step.operand.span.end == place.end;
            let before = match i.checked_sub(1).and_then(|i| steps.get(i)) {
                Some(before) => first.span.to(before.operand.span),
                None => first.span,
            };
            fits.then(|| Written { place: step.op_span, operands: vec![before, step.operand.span] })
        })
    };
    parts.iter().find_map(|part| {
        let tree::Part::Expression(expression) = part else { return None };
        match &expression.kind {
            ExprKind::Chain(first, steps) => of_steps(first, steps),
            ExprKind::Power(base, step) => of_steps(base, std::slice::from_ref(&**step)),
            ExprKind::Sign(Sign::Minus, ..) => None,
            _ if expression.span == place => tree::call(expression).map(|(_, name, arguments)| Written {
                place: name,
                operands: arguments.iter().map(|argument| argument.span).collect(),
            }),
            _ => None,
        }
    })
}
