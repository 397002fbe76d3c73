//! Why a gradient cannot be read.
//!
//! ```text
//! w = [1, 2]
//! w.grad               # never attached
//! attach_grad(w)
//! w.grad               # no backward yet
//! record < w = w * 2 >
//! w.grad               # this w is not the w that was attached
//! ```

use super::asked::{Asked, title};
use super::{graph, tree};
use crate::autodiff::{Node, Var};
use crate::diagnostic::{Diagnostic, Edit, Fail, Problem};
use crate::interpret::Session;
use crate::interpret::stop::Stop;
use crate::source::Span;
use crate::syntax::ast::{Block, Expr, ExprKind, Mode, Slot, StatementKind, Target};
use std::rc::Rc;

impl Session {
    /// The error for a gradient that is not there.
    #[cold]
    pub(in crate::interpret) fn no_gradient(&mut self, of: &Var) -> Fail {
        let asked = self.asked_leaf(of);
        let problem = match of.node() {
            Some(node) if node.variable().is_some() => self.not_yet(&asked, node),
            node => match self.taken_over(&asked) {
                Some((attached, assigned)) => self.not_the_attached(&asked, attached, assigned),
                None => match node {
                    Some(node) => self.intermediate(&asked, node),
                    None => self.never_attached(&asked),
                },
            },
        };
        self.hold(Box::new(Stop::Error(Diagnostic::error(problem))))
    }

    /// `x` is attached, but no `backward` has run since.
    fn not_yet(&self, asked: &Asked, node: &Rc<Node>) -> Box<Problem<Span>> {
        let name = &asked.name;
        let mut problem = Problem::new(format!("{name} has no gradient yet"))
            .label(asked.operator, format!("nothing has run backward to {name}"));
        let attached = node.variable().map(|variable| self.sources.span(variable.place)).unwrap_or_default();
        if self.passes.count > 0
            && let Some(variable) = &asked.variable
            && let Some(written) = self.written(variable).filter(|written| written.start > attached.start)
        {
            problem = problem.label(written, "a plain = gives up the gradient before it");
        }
        match self.newest_from(node, &asked.name) {
            Some(y) => problem.help(format!("{y} was recorded from {name}; run backward first:  backward({y})")),
            None => problem
                .help(format!("record what depends on {name}, then run backward:  record < y = … >  backward(y)")),
        }
    }

    /// The newest value with a name that was recorded from a step.
    fn newest_from(&self, node: &Rc<Node>, except: &str) -> Option<Rc<str>> {
        let mut found: Option<(u64, Rc<str>)> = None;
        for (name, value) in self.named() {
            let nodes = graph::nodes(&value);
            let age = nodes.iter().map(|node| node.age).max().unwrap_or(0);
            let newer = found.as_ref().is_none_or(|(newest, _)| age > *newest);
            if &*name != except && &*name != "ans" && age > node.age && newer && graph::depends(&nodes, node) {
                found = Some((age, name));
            }
        }
        found.map(|(_, name)| name)
    }

    /// Where an attached variable of this name was replaced while recording.
    fn taken_over(&self, asked: &Asked) -> Option<(Option<Rc<Node>>, Span)> {
        let name = asked.variable.as_ref()?;
        let Slot::Global(i) = self.slot_of(name)? else { return None };
        let (attached, assigned) = self.replaced.get(&(self.scope, i))?;
        (self.written(name) == Some(*assigned)).then(|| (attached.upgrade(), *assigned))
    }

    /// The name was given to something else inside a record.
    fn not_the_attached(&self, asked: &Asked, attached: Option<Rc<Node>>, assigned: Span) -> Box<Problem<Span>> {
        let name = &asked.name;
        let title = title(format!("this {name} is not the {name} you attached"), "this is not the array you attached");
        let mut problem = Problem::new(title)
            .label(asked.whole, format!("the new {name} keeps no gradient"))
            .label(assigned, format!("{name} was replaced here, inside record"));
        let received = attached.as_ref().and_then(|node| {
            let variable = node.variable()?;
            variable.gradient.borrow().is_some().then(|| (node, self.sources.span(variable.place)))
        });
        if let Some((node, place)) = received {
            let line = self.line(place, asked.whole);
            let other = self.named().into_iter().find(|(_, value)| graph::nodes(value).iter().any(|n| n.is(node)));
            problem = problem.note(match other {
                Some((other, _)) => format!("the attached {name} ({line}) is still called {other}: {other}.grad"),
                None => {
                    format!("the attached {name} ({line}) did receive a gradient, but no name leads to it now")
                }
            });
        }
        let text = "give the intermediate result its own name";
        let same = self.same_text(assigned, asked.whole);
        match asked.variable.as_ref().filter(|_| same).and_then(|name| self.renamed(name, assigned)) {
            Some(edits) => problem.patch(text, edits),
            None => problem.help(text),
        }
    }

    /// The edits that give an intermediate result a name of its own, from its assignment to the end of
    /// the record, if the name has no other business there.
    fn renamed(&self, name: &str, assigned: Span) -> Option<Vec<Edit<Span>>> {
        let block = self.program(assigned)?;
        let parts = tree::parts(&block);
        let (_, record) = *tree::modes(&parts, assigned).iter().rev().find(|(mode, _)| mode.mode == Mode::Record)?;
        let inside = |span: Span| tree::inside(span, record);
        let mut assignments = tree::assignments(&parts, name).into_iter().filter(|statement| inside(statement.span));
        let StatementKind::Assign(Target::Name(target), value) = &assignments.next()?.kind else { return None };
        let busy = assignments.next().is_some()
            || parts.iter().any(|part| matches!(part, tree::Part::Expression(Expr { kind: ExprKind::Lambda(_), span, .. }) if inside(*span)))
            || self.in_loop(&block, assigned);
        let new = free_name(&parts, self)?;
        let later = tree::reads(&parts, record)
            .into_iter()
            .filter(|read| &*read.name == name && read.span.start >= value.span.end);
        let edits = std::iter::once(target.span)
            .chain(later.map(|read| read.span))
            .map(|span| Edit::Replace(span, new.clone()));
        if busy { None } else { self.checked(edits.collect()) }
    }

    /// Whether a place is repeated.
    fn in_loop(&self, block: &Block, place: Span) -> bool {
        tree::parts(block).iter().any(|part| match part {
            tree::Part::Statement(statement) => {
                matches!(statement.kind, StatementKind::While(..) | StatementKind::For(..) | StatementKind::Define(..))
                    && tree::inside(place, statement.span)
            }
            _ => false,
        })
    }

    /// A step between what was attached and the result.
    fn intermediate(&self, asked: &Asked, node: &Rc<Node>) -> Box<Problem<Span>> {
        let name = &asked.name;
        let mut problem = Problem::new(format!("{name} does not keep a gradient")).label(asked.whole, "asked for here");
        if let Some(written) = asked.variable.as_ref().and_then(|variable| self.written(variable)) {
            problem = problem.label(written, "recorded here: an intermediate result");
        }
        match self.newest_from(node, name) {
            Some(y) => problem.help(format!("compute it without storing it:  grad({y}, {name})")),
            None => problem.help("attach what it was computed from, or compute it without storing it:  grad(y, x)"),
        }
    }

    /// Nobody ever attached it.
    fn never_attached(&self, asked: &Asked) -> Box<Problem<Span>> {
        let name = &asked.name;
        let problem = Problem::new(format!("{name} does not keep a gradient"));
        let Some(variable) = &asked.variable else {
            return problem
                .label(asked.whole, "asked for here")
                .help("only a variable that was attached keeps one: attach_grad(x)");
        };
        let Some(written) = self.written(variable) else {
            return problem
                .label(asked.whole, "asked for here")
                .help(format!("attach it before recording: attach_grad({variable})"));
        };
        let parameter = matches!(self.slot_of(variable), Some(Slot::Local(i)) if (i as usize) < self.params);
        let made = match () {
            () if parameter => "an argument, never attached",
            () if self.attached_before(variable, written) => "assigned here, no longer attached",
            () => "made here, never attached",
        };
        let problem = problem.label(asked.whole, "asked for here").label(written, made);
        let text = "attach it before recording";
        let line = format!("attach_grad({variable})");
        match self.line_below(written, &line).filter(|_| !parameter && self.same_text(written, asked.whole)) {
            Some(edit) => problem.patch(text, vec![edit]),
            None => problem.help(format!("{text}:  {line}")),
        }
    }

    /// Whether the text attaches a name before a place.
    fn attached_before(&self, name: &str, place: Span) -> bool {
        let Some(block) = self.program(place) else { return false };
        tree::parts(&block).iter().any(|part| match part {
            tree::Part::Expression(expression) if expression.span.start < place.start => {
                matches!(tree::call(expression), Some(("attach_grad", _, arguments))
                    if arguments.iter().any(|argument| matches!(&argument.kind, ExprKind::Name(v) if &*v.name == name)))
            }
            _ => false,
        })
    }
}

/// A short name that the program does not use.
fn free_name(parts: &[tree::Part<'_>], session: &Session) -> Option<String> {
    let used = |name: &str| {
        session.slot_of(name).is_some()
            || parts.iter().any(|part| match part {
                tree::Part::Expression(Expr { kind: ExprKind::Name(variable), .. }) => &*variable.name == name,
                tree::Part::Target(variable) => &*variable.name == name,
                _ => false,
            })
    };
    ["u", "v", "h", "z", "temp"].into_iter().find(|name| !used(name)).map(str::to_string)
}
