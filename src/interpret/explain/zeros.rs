//! Why a gradient that `backward` did not reach reads as zeros.
//!
//! ```text
//! record < y = sum(floor(a * 3)) + sum(b) >
//! backward(y)
//! a.grad               # flat everywhere
//! ```
//!
//! The graph says what `y` depends on, and which steps let nothing through; a step that nobody needs any
//! more is gone from it, and then only the text can say what became of `a`.

use super::asked::{Asked, title};
use super::nan::written;
use super::{graph, tree};
use crate::autodiff::{Node, Var};
use crate::builtin;
use crate::diagnostic::Problem;
use crate::interpret::Session;
use crate::interpret::stop::Eval;
use crate::source::Span;
use crate::syntax::ast::{ExprKind, Mode};
use crate::value::Value;
use std::ops::ControlFlow;
use std::rc::Rc;

/// The reason why nothing flows, with its place.
struct Reason {
    place: Span,
    label: String,
    help: Option<String>,
}

impl Session {
    /// The warning for a gradient that is zero because nothing flows, once for each place.
    #[cold]
    pub(in crate::interpret) fn warn_of_zeros(&mut self, of: &Var) -> Eval<()> {
        let Some(variable) = of.node().and_then(|node| node.variable()) else { return Ok(()) };
        let what = if variable.gradient.borrow().is_some() { "zero factor" } else { "zeros" };
        if !self.first_time(what) {
            return Ok(());
        }
        match self.zeros(of, false) {
            Some(problem) => self.warn_at(*crate::diagnostic::Diagnostic::error(problem)),
            None => Ok(()),
        }
    }

    /// What there is to say about a gradient that is zero because nothing flows. `backward` can have reached
    /// the variable with nothing but zeros, because of a factor; one that was recorded is no more than a
    /// reason for those who ask.
    pub(in crate::interpret) fn zeros(&self, of: &Var, recorded: bool) -> Option<Box<Problem<Span>>> {
        let node = of.node()?;
        let reached = node.variable()?.gradient.borrow().is_some();
        let asked = self.asked_leaf(of);
        let run = self.sources.span(self.passes.place);
        let root = self.asked(run);
        let (x, y) = (&asked.name, &root.name);
        let reason =
            if reached { Some(self.multiplied(node, recorded)?) } else { self.reason(&asked, &root, node, run) };
        let long = format!("{x} gets a zero gradient: nothing flows from {y} back to it");
        let problem = Problem::new(title(long, format!("{x} gets a zero gradient: nothing flows back to it")));
        let mut problem = match reason {
            Some(Reason { place, label, help }) => {
                let problem = problem.label(place, label);
                help.into_iter().fold(problem, |problem, help| problem.help(help))
            }
            None if self.passes.roots.iter().any(|root| root.strong_count() == 0) => {
                problem.label(asked.whole, format!("{y} was replaced, and what it was computed from is gone"))
            }
            None => problem.label(asked.whole, format!("{y} was computed without {x}")),
        };
        if run != Span::default() {
            problem = problem.label(run, "run from here");
        }
        Some(problem)
    }

    /// Whether a value was recorded from attached variables, but every way back to them is flat. Then each
    /// of them that has a name gets the warning here, once for each place.
    #[cold]
    pub(in crate::interpret) fn warn_of_flat(&mut self, y: &Value) -> Eval<bool> {
        let roots = graph::nodes(y);
        let cuts = graph::cuts(&roots);
        if cuts.is_empty() {
            return Ok(false);
        }
        let run = self.call_span;
        let root = self.asked(run);
        let mut problems = Vec::new();
        for (name, value) in self.named() {
            let Value::Var(Var::Traced(node)) = &value else { continue };
            if node.variable().is_none() || name.chars().count() > 20 {
                continue;
            }
            let asked = Asked {
                variable: Some(name.clone()),
                name: name.to_string(),
                argument: run,
                operator: run,
                whole: run,
            };
            if let Some(Reason { place, label, help }) = self.flat(&asked, &root, node, &roots) {
                let long = format!("{name} gets a zero gradient: nothing flows from {} back to it", root.name);
                let title = title(long, format!("{name} gets a zero gradient: nothing flows back to it"));
                let problem = Problem::new(title).label(place, label).label(run, "run from here");
                problems.push(help.into_iter().fold(problem, |problem, help| problem.help(help)));
            }
        }
        let reached = !problems.is_empty();
        for problem in problems {
            self.warn_at(*crate::diagnostic::Diagnostic::error(problem))?;
        }
        Ok(reached)
    }

    fn reason(&self, asked: &Asked, root: &Asked, x: &Rc<Node>, run: Span) -> Option<Reason> {
        let roots: Vec<Rc<Node>> = self.passes.roots.iter().filter_map(std::rc::Weak::upgrade).collect();
        let name = asked.variable.as_deref();
        self.replaced_later(name, x, &roots)
            .or_else(|| self.flat(asked, root, x, &roots))
            .or_else(|| self.set_apart(name?, root))
            .or_else(|| self.unused(name?, x, run))
    }

    /// Every way back to `x` leads through a factor that is exactly 0.
    fn multiplied(&self, x: &Rc<Node>, recorded: bool) -> Option<Reason> {
        let roots: Vec<Rc<Node>> = self.passes.roots.iter().filter_map(std::rc::Weak::upgrade).collect();
        let product = graph::zero_factor(&roots, x, recorded)?;
        let whole = self.sources.span(product.step()?.1);
        // What the library multiplies by is nobody's slip.
        if !recorded && self.sources.at(whole.start).is_none_or(|source| source.library) {
            return None;
        }
        let block = self.program(whole);
        let written = block.as_ref().and_then(|block| written(&tree::parts(block), whole));
        Some(Reason {
            place: written.map_or(whole, |written| written.place),
            label: "multiplied by exactly 0".to_string(),
            help: Some("with any other factor a gradient flows".to_string()),
        })
    }

    /// The variable was assigned after `y` was recorded from what it held before.
    fn replaced_later(&self, name: Option<&str>, x: &Rc<Node>, roots: &[Rc<Node>]) -> Option<Reason> {
        let place = x.variable()?.place;
        let written = self.written(name?)?;
        if written.start <= self.sources.span(place).start {
            return None;
        }
        let mut before = false;
        graph::walk(roots, 0, |node| {
            let same = |variable: &crate::autodiff::Variable| variable.place == place;
            before = node.age < x.age && node.variable().is_some_and(same) && node.out.shape() == x.out.shape();
            if before { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        before.then(|| Reason {
            place: written,
            label: "replaced here, after it was recorded".to_string(),
            help: Some("assign to it before recording, or after reading its gradient".to_string()),
        })
    }

    /// A step on the way from `x` has a derivative of 0 everywhere.
    fn flat(&self, asked: &Asked, root: &Asked, x: &Rc<Node>, roots: &[Rc<Node>]) -> Option<Reason> {
        let cuts = graph::cuts(roots);
        let certain = cuts.iter().find(|cut| cut.operand.upgrade().is_some_and(|node| graph::depends(&[node], x)));
        let cut = certain.or_else(|| {
            let name = asked.variable.as_deref()?;
            cuts.iter().find(|cut| self.mentions(self.sources.span(cut.place), name))
        })?;
        let place = self.sources.span(cut.place);
        let label = format!("flat everywhere: the path from {} to {} stops here", root.name, asked.name);
        let function = builtin::recorded(cut.op).map_or("", |builtin| builtin.name);
        let stepped = ["floor", "ceil", "round", "trunc", "sign"].contains(&function);
        let help = self.argument(place).filter(|_| stepped).map(|argument| {
            let text = self.sources.text(place);
            format!("for a straight-through gradient use  {argument} + detach({text} - {argument})")
        });
        Some(Reason { place: self.function_name(place), label, help })
    }

    /// The text of the only argument of a call, in brackets if a sum needs them around it.
    fn argument(&self, call: Span) -> Option<String> {
        let block = self.program(call)?;
        let parts = tree::parts(&block);
        let span = parts.iter().find_map(|part| match part {
            tree::Part::Expression(expression) if expression.span == call => match &tree::call(expression)?.2[..] {
                [one] => Some(one.span),
                _ => None,
            },
            _ => None,
        })?;
        let text = self.sources.text(span);
        let sum = text.contains(['+', '-', '<', '>', '=', '?']) && !text.starts_with('(');
        let short = text.chars().count() <= 30 && !text.contains('\n');
        short.then(|| if sum { format!("({text})") } else { text.to_string() })
    }

    /// `detach(x)`, or `pause < … x … >`.
    fn set_apart(&self, name: &str, root: &Asked) -> Option<Reason> {
        let block = self.program(root.argument)?;
        let parts = tree::parts(&block);
        let fed = tree::feeding(&parts, root.argument);
        let reason = |place: Span, label: &str, help: &str| {
            Some(Reason { place, label: label.to_string(), help: Some(help.to_string()) })
        };
        parts.iter().find_map(|part| match part {
            tree::Part::Expression(expression) if fed.iter().any(|&place| tree::inside(expression.span, place)) => {
                if let Some(("detach", place, arguments)) = tree::call(expression)
                    && arguments.iter().any(|argument| self.mentions(argument.span, name))
                {
                    return reason(place, "detached here", "without detach a gradient flows");
                }
                let paused =
                    tree::modes(&parts, expression.span).last().is_some_and(|(mode, _)| mode.mode == Mode::Pause);
                let reads = matches!(&expression.kind, ExprKind::Name(v) if &*v.name == name);
                if paused && reads {
                    return reason(expression.span, "used here, inside pause", "outside pause a gradient flows");
                }
                None
            }
            _ => None,
        })
    }

    /// Nothing that was computed before `backward` reads it.
    fn unused(&self, name: &str, x: &Rc<Node>, run: Span) -> Option<Reason> {
        let attached = self.sources.span(x.variable()?.place);
        let block = self.program(run)?;
        let parts = tree::parts(&block);
        let whole = Span::new(attached.end, run.start);
        let read = self.same_text(attached, run)
            && tree::reads(&parts, whole).iter().any(|read| &*read.name == name && !self.asks(&parts, read.span));
        if read || attached == Span::default() {
            return None;
        }
        Some(Reason { place: attached, label: format!("{name} is never used after this line"), help: None })
    }

    /// Whether a name is only asked for its gradient, or attached.
    fn asks(&self, parts: &[tree::Part<'_>], place: Span) -> bool {
        parts.iter().any(|part| match part {
            tree::Part::Expression(expression) if tree::inside(place, expression.span) => {
                matches!(tree::call(expression), Some(("grad" | "attach_grad" | "print", _, arguments))
                    if arguments.iter().any(|argument| argument.span == place))
            }
            _ => false,
        })
    }

    /// Whether a place mentions a name, or a name that was computed from it.
    fn mentions(&self, place: Span, name: &str) -> bool {
        let Some(block) = self.program(place) else { return false };
        let parts = tree::parts(&block);
        let mut fed = tree::feeding(&parts, place).into_iter();
        fed.any(|place| tree::reads(&parts, place).iter().any(|read| &*read.name == name))
    }
}
