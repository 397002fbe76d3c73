//! Shapes that are written down, followed through straight-line code.
//!
//! Only what runs exactly once is followed: the statements of the text and of the blocks between `<` and
//! `>`. What a loop, a branch or a `try` assigns is unknown from there on, and so is everything that
//! depends on it.

use crate::array::broadcast::broadcast;
use crate::array::{Array, DType, product, reduce, shape_text};
use crate::diagnostic::{Diagnostic, Fail, Outcome, Part};
use crate::interpret::Session;
use crate::interpret::explain::tree;
use crate::interpret::stop::{Parts, Stop};
use crate::source::Span;
use crate::syntax::ast::{
    ArgumentKind, BinaryOp, Block, Call, Expr, ExprKind, Sign, Slot, Statement, StatementKind, Step, Target, Variable,
};
use crate::value::{Builtin, Run, Value};
use std::collections::HashMap;

/// The length of every axis.
type Shape = Vec<usize>;

/// Elements of an array that is made only to hear what is wrong with its shape.
const SMALL: usize = 1 << 20;

/// Functions whose arguments are a shape.
const MAKERS: &[&str] = &["zeros", "ones", "rand", "randn"];
/// Functions that keep a shape.
const KEEPERS: &[&str] =
    &["detach", "softmax", "log_softmax", "sort", "cumsum", "cumprod", "flip", "zeros_like", "ones_like"];
/// Functions that reduce along `axis`, or everything.
const REDUCERS: &[&str] = &["sum", "mean", "prod", "max", "min", "any", "all", "var", "std"];

/// The mistakes in a program's shapes.
pub fn check(session: &mut Session, block: &Block) -> Vec<Diagnostic> {
    let mut walk = Walk { session, known: HashMap::new(), found: Vec::new() };
    walk.block(block);
    walk.found
}

struct Walk<'s> {
    session: &'s mut Session,
    /// The shapes of top-level names, where they are known.
    known: HashMap<u32, Shape>,
    found: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) {
        block.statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Expression(value) => drop(self.shape(value)),
            StatementKind::Assign(Target::Name(variable), value) => {
                let shape = self.shape(value);
                self.assign(variable, shape);
            }
            StatementKind::Assign(Target::Index(..) | Target::Member(..), value) => drop(self.shape(value)),
            StatementKind::Update(update) => {
                let value = self.shape(&update.value);
                let Target::Name(variable) = &update.target else { return };
                let old = self.of_name(variable);
                let shape = match old.zip(value) {
                    Some((old, value)) => {
                        self.join(&old, &value, variable.span, update.op_span, update.value.span, update.op)
                    }
                    None => None,
                };
                self.assign(variable, shape);
            }
            // What may run often, or not at all, makes what it assigns unknown.
            _ => {
                let parts = tree::statement_parts(statement);
                self.forget(&parts);
            }
        }
    }

    fn assign(&mut self, variable: &Variable, shape: Option<Shape>) {
        let Slot::Global(slot) = variable.slot else { return };
        match shape {
            Some(shape) => self.known.insert(slot, shape),
            None => self.known.remove(&slot),
        };
    }

    fn forget(&mut self, parts: &[tree::Part<'_>]) {
        for part in parts {
            let variable = match part {
                tree::Part::Target(variable) => *variable,
                tree::Part::Statement(Statement { kind: StatementKind::Define(variable, _), .. }) => variable,
                tree::Part::Statement(Statement { kind: StatementKind::Import(import), .. }) => &import.variable,
                tree::Part::Expression(Expr { kind: ExprKind::Try(attempt), .. }) => match &attempt.error {
                    Some(variable) => variable,
                    None => continue,
                },
                _ => continue,
            };
            self.assign(variable, None);
        }
    }

    fn of_name(&self, variable: &Variable) -> Option<Shape> {
        let Slot::Global(slot) = variable.slot else { return None };
        self.known.get(&slot).cloned()
    }

    /// The shape of an expression, if it can be known.
    fn shape(&mut self, expression: &Expr) -> Option<Shape> {
        match &expression.kind {
            ExprKind::Number(_) | ExprKind::Bool(_) => Some(Vec::new()),
            ExprKind::Name(variable) => self.of_name(variable),
            ExprKind::Sign(Sign::Minus | Sign::Plus, value, _) => self.shape(value),
            ExprKind::Array(items) => {
                let shapes: Vec<Option<Shape>> = items.iter().map(|item| self.shape(item)).collect();
                let first = shapes.first()?.clone()?;
                let same = shapes.iter().all(|shape| shape.as_ref() == Some(&first));
                same.then(|| std::iter::once(items.len()).chain(first).collect())
            }
            ExprKind::Chain(first, steps) => self.chain(first, steps),
            ExprKind::Compare(first, steps) if steps.len() == 1 => self.chain(first, steps),
            ExprKind::Power(base, step) => self.chain(base, std::slice::from_ref(&**step)),
            ExprKind::Member(receiver, member, _) if &*member.name == "T" => {
                let mut shape = self.shape(receiver)?;
                shape.reverse();
                Some(shape)
            }
            ExprKind::Call(call) => self.call(call, expression.span),
            ExprKind::Mode(mode) => {
                self.block(&mode.body);
                None
            }
            ExprKind::Tuple(entries) => {
                for entry in entries {
                    let _ = self.shape(&entry.value);
                }
                None
            }
            ExprKind::MethodCall(call) => {
                let receiver = self.shape(&call.receiver);
                for argument in &call.arguments {
                    let _ = self.shape(&argument.value);
                }
                let ours = matches!(self.session.global(call.member.global), None | Some(Value::Builtin(_)));
                match &*call.member.name {
                    name if ours && call.arguments.is_empty() && REDUCERS.contains(&name) => {
                        receiver.map(|_| Vec::new())
                    }
                    name if ours && KEEPERS.contains(&name) => receiver,
                    _ => None,
                }
            }
            ExprKind::Index(base, ..) => {
                let _ = self.shape(base);
                None
            }
            // Whatever else there is may run at another time, and may assign.
            _ => {
                let parts = tree::expression_parts(expression);
                self.forget(&parts);
                None
            }
        }
    }

    fn chain(&mut self, first: &Expr, steps: &[Step]) -> Option<Shape> {
        let mut left = self.shape(first);
        for (i, step) in steps.iter().enumerate() {
            let right = self.shape(&step.operand);
            let before = match i.checked_sub(1).and_then(|i| steps.get(i)) {
                Some(before) => first.span.to(before.operand.span),
                None => first.span,
            };
            left = match (left, right) {
                (Some(left), Some(right)) => self.join(&left, &right, before, step.op_span, step.operand.span, step.op),
                _ => None,
            };
        }
        left
    }

    /// The shape of what an operator makes of two shapes; its mistake is kept.
    fn join(&mut self, a: &[usize], b: &[usize], left: Span, op: Span, right: Span, by: BinaryOp) -> Option<Shape> {
        let joined = match by {
            BinaryOp::In | BinaryOp::NotIn => return Some(Vec::new()),
            BinaryOp::MatMul => multiplied(a, b)?,
            _ => broadcast(a, b).map(|shape| shape.to_vec()),
        };
        match joined {
            Ok(shape) => Some(shape),
            Err(fail) => {
                self.tell(fail, left.to(right), op, &[left, right]);
                None
            }
        }
    }

    fn tell(&mut self, fail: Fail, whole: Span, operator: Span, arguments: &[Span]) {
        let parts = Parts { whole, operator, arguments, ..Parts::default() };
        if let Stop::Error(error) = *self.session.stop_at(fail, &parts) {
            self.found.push(*error);
        }
    }

    fn call(&mut self, call: &Call, span: Span) -> Option<Shape> {
        let shapes: Vec<Option<Shape>> = call.arguments.iter().map(|argument| self.shape(&argument.value)).collect();
        let ExprKind::Name(callee) = &call.callee.kind else { return None };
        let Slot::Global(slot) = callee.slot else { return None };
        let Some(Value::Builtin(builtin)) = self.session.global(Slot::Global(slot)) else { return None };
        let builtin: &'static Builtin = builtin;
        let first = shapes.first().cloned().flatten();
        let plain = call.arguments.iter().all(|argument| argument.is_positional());
        match builtin.name {
            name if MAKERS.contains(&name) && plain => match &call.arguments[..] {
                [one] => whole_numbers(&one.value),
                several => several.iter().map(|argument| whole_number(&argument.value)).collect(),
            },
            "eye" if plain && call.arguments.len() == 1 => {
                let n = whole_number(&call.arguments.first()?.value)?;
                Some(vec![n, n])
            }
            name if KEEPERS.contains(&name) => first,
            name if REDUCERS.contains(&name) => self.reduced(call, span, &first?),
            _ => match (&builtin.run, &shapes[..]) {
                (Run::Elementwise(_), [Some(one)]) => Some(one.clone()),
                _ => None,
            },
        }
    }

    /// `sum(x)`, `sum(x, axis = 1)`
    fn reduced(&mut self, call: &Call, span: Span, shape: &[usize]) -> Option<Shape> {
        let (array, argument) = match &call.arguments[..] {
            [_] => return Some(Vec::new()),
            [array, argument] => (array.value.span, argument),
            _ => return None,
        };
        let named = matches!(&argument.kind, ArgumentKind::Named(name, _) if &**name == "axis");
        if !named && !argument.is_positional() {
            return None;
        }
        let (number, negative) = match &argument.value.kind {
            ExprKind::Sign(Sign::Minus, value, _) => (whole_number(value)?, true),
            _ => (whole_number(&argument.value)?, false),
        };
        let number = isize::try_from(number).ok()?;
        match reduce::normalise_axis(if negative { -number } else { number }, shape.len()) {
            Ok(axis) => {
                let left = shape.iter().enumerate().filter(|(at, _)| *at != axis).map(|(_, &dim)| dim);
                Some(left.collect())
            }
            Err(mut fail) => {
                fail.labels.iter_mut().for_each(|(part, _)| *part = Part::Argument(1));
                let fail = fail.label(Part::Argument(0), shape_text(shape));
                self.tell(fail, span, call.callee.span, &[array, argument.value.span]);
                None
            }
        }
    }
}

/// A whole number that is written down.
fn whole_number(expression: &Expr) -> Option<usize> {
    match expression.kind {
        ExprKind::Number(x) if x >= 0.0 && x.fract() == 0.0 && x < 1e9 => Some(x as usize),
        _ => None,
    }
}

/// `3`, `(3, 4)`, `[3, 4]`
fn whole_numbers(expression: &Expr) -> Option<Shape> {
    match &expression.kind {
        ExprKind::Tuple(entries) => entries.iter().map(|entry| whole_number(&entry.value)).collect(),
        ExprKind::Array(items) => items.iter().map(whole_number).collect(),
        _ => whole_number(expression).map(|n| vec![n]),
    }
}

/// The shape of a product of vectors and matrices; `None` where stacks are multiplied, or where hearing what
/// is wrong would cost much memory.
fn multiplied(a: &[usize], b: &[usize]) -> Option<Outcome<Shape>> {
    let (inner_a, inner_b) = match (a, b) {
        (&[n], &[m] | &[m, _]) | (&[_, n], &[m] | &[m, _]) => (n, m),
        _ => return None,
    };
    if inner_a == inner_b {
        let rows = a.split_last().map_or(&[][..], |(_, rows)| rows);
        let columns = b.get(1..).unwrap_or_default();
        return Some(Ok([rows, columns].concat()));
    }
    let small =
        |shape: &[usize]| shape.iter().try_fold(1_usize, |n, &dim| n.checked_mul(dim)).is_some_and(|n| n <= SMALL);
    if !small(a) || !small(b) {
        return None;
    }
    let made = |shape: &[usize]| Array::full(shape, 0.0, DType::Bool).ok();
    Some(product::matmul(&made(a)?, &made(b)?).map(|product| product.shape().to_vec()))
}
