//! Operators on values: arithmetic, comparison, logic.

use super::Session;
use super::explain::table::column_against_row;
use super::stop::Eval;
use crate::autodiff::{Product, Var};
use crate::builtin::arithmetic as ar;
use crate::builtin::linear::MATMUL;
use crate::diagnostic::{Edit, Outcome, Part, Problem};
use crate::source::{Place, Span};
use crate::syntax::ast::{BinaryOp, Expr, Step};
use crate::value::{Builtin, Run, Value, as_var, zip_leaves};

/// Whether these steps are one, a matrix product.
pub fn is_product(steps: &[Step]) -> bool {
    matches!(steps, [step] if step.op == BinaryOp::MatMul)
}

/// The operation behind an operator.
#[inline]
pub fn operator(op: BinaryOp) -> &'static Builtin {
    match op {
        BinaryOp::Add => &ar::ADD,
        BinaryOp::Subtract => &ar::SUBTRACT,
        BinaryOp::Multiply => &ar::MULTIPLY,
        BinaryOp::Divide => &ar::DIVIDE,
        BinaryOp::FloorDivide => &ar::FLOOR_DIVIDE,
        BinaryOp::Remainder => &ar::REMAINDER,
        BinaryOp::MatMul => &MATMUL,
        BinaryOp::Power => &ar::POWER,
        BinaryOp::Equal | BinaryOp::In => &ar::EQUAL,
        BinaryOp::NotEqual | BinaryOp::NotIn => &ar::NOT_EQUAL,
        BinaryOp::Less => &ar::LESS,
        BinaryOp::LessEqual => &ar::LESS_EQUAL,
        BinaryOp::Greater => &ar::GREATER,
        BinaryOp::GreaterEqual => &ar::GREATER_EQUAL,
    }
}

impl Session {
    /// `left op right`
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: Value,
        right: Value,
        left_span: Span,
        step: &Step,
    ) -> Eval<Value> {
        self.set_place(step.place);
        let table = match (&left, &right) {
            (Value::Var(left), Value::Var(right)) => column_against_row(left, right),
            _ => None,
        };
        let result = self.operate(op, left, right).map_err(|fail| self.stop_step(fail, left_span, step))?;
        if let Some(table) = table {
            self.warn_of_table(table, left_span, step)?;
        }
        Ok(result)
    }

    /// `sum + a @ b`: the product is added to the sum while it is computed, or, if that cannot be done, given.
    pub(super) fn plus_product(&mut self, sum: &mut Value, plus: Place, a: &Expr, step: &Step) -> Eval<Option<Value>> {
        let (mut left, mut right) = (self.operand(a)?, self.operand(&step.operand)?);
        if let (Value::Var(sum), Value::Var(x), Value::Var(y)) = (&mut *sum, &mut left, &mut right) {
            let operands = [std::mem::take(x), std::mem::take(y)];
            let product = Product { op: MATMUL.op(), place: step.place, operands: &operands, sum: plus };
            match self.cx.plus_product(sum, &product) {
                Ok(Some(done)) => {
                    *sum = done;
                    return Ok(None);
                }
                Ok(None) => [*x, *y] = operands,
                Err(fail) => return Err(self.stop_step(fail, a.span, step)),
            }
        }
        self.binary(step.op, left, right, a.span, step).map(Some)
    }

    /// `left op right` on values.
    pub(super) fn operate(&mut self, op: BinaryOp, left: Value, right: Value) -> Outcome<Value> {
        match (op, &left, &right) {
            (BinaryOp::In, ..) => contains(&left, &right).map(Value::bool),
            (BinaryOp::NotIn, ..) => contains(&left, &right).map(|found| Value::bool(!found)),
            (BinaryOp::Equal | BinaryOp::NotEqual, a, b) if !(is_numeric(a) && is_numeric(b)) => {
                Ok(Value::bool(same(a, b)? == (op == BinaryOp::Equal)))
            }
            (BinaryOp::Add, Value::Text(a), Value::Text(b)) => Ok(Value::text(format!("{a}{b}"))),
            (BinaryOp::Add, Value::Text(_), b) | (BinaryOp::Add, b, Value::Text(_))
                if !matches!(b, Value::Tuple(_)) =>
            {
                Err(Problem::new(format!("a string and {} cannot be joined", b.kind()))
                    .label(Part::Operator, "both sides must be strings")
                    .label(Part::Argument(0), left.kind())
                    .label(Part::Argument(1), right.kind())
                    .patch("turn it into a string, or put it into one, as in \"x = {x}\"", as_text(&left)))
            }
            (BinaryOp::Less, Value::Text(a), Value::Text(b)) => Ok(Value::bool(a < b)),
            (BinaryOp::LessEqual, Value::Text(a), Value::Text(b)) => Ok(Value::bool(a <= b)),
            (BinaryOp::Greater, Value::Text(a), Value::Text(b)) => Ok(Value::bool(a > b)),
            (BinaryOp::GreaterEqual, Value::Text(a), Value::Text(b)) => Ok(Value::bool(a >= b)),
            (BinaryOp::MatMul, ..) => match (as_var(&left)?, as_var(&right)?) {
                (Some(a), Some(b)) => self.cx.apply(MATMUL.op(), &[a, b]).map(Value::Var),
                _ => Err(no_operator("@", &left, &right)),
            },
            _ => self.elementwise(operator(op), &[left, right]),
        }
    }

    /// An elementwise operation, leaf by leaf over tuples. Leaves that are not arrays stay as they are.
    pub(super) fn elementwise(&mut self, builtin: &'static Builtin, args: &[Value]) -> Outcome<Value> {
        let Run::Elementwise(op) = &builtin.run else { return Err(Problem::new("internal error: not elementwise")) };
        if let [Value::Var(x), Value::Var(y)] = args {
            return self.cx.apply(op, &[x.clone(), y.clone()]).map(Value::Var);
        }
        if let [Value::Var(x)] = args {
            return self.cx.apply(op, std::slice::from_ref(x)).map(Value::Var);
        }
        if args.iter().any(|arg| matches!(arg, Value::Tuple(_))) {
            return zip_leaves(args, &mut |leaves| {
                let mut others = leaves.iter().filter(|leaf| !is_numeric(leaf)).peekable();
                if others.peek().is_none() {
                    // What mends an entry, like another axis, does not mend the tuple it stands in.
                    return self.elementwise(builtin, leaves).map_err(without_patches);
                }
                // A string whose gradient is `none` stays the string.
                Ok(others.find(|leaf| !matches!(leaf, Value::None)).cloned().unwrap_or(Value::None))
            });
        }
        let mut vars: smallvec::SmallVec<[Var; 3]> = smallvec::SmallVec::new();
        for (i, arg) in args.iter().enumerate() {
            match as_var(arg)? {
                Some(var) => vars.push(var),
                None if !builtin.name.starts_with(|c: char| c.is_alphabetic()) => {
                    return Err(match args {
                        [x, y] => no_operator(builtin.name, x, y),
                        _ => Problem::new(format!("{} has no sign to change", arg.kind())),
                    });
                }
                None => {
                    return Err(Problem::new(format!(
                        "{} needs a number or an array, found {}",
                        builtin.name,
                        arg.kind()
                    ))
                    .label(Part::Argument(i), arg.kind())
                    .note(builtin.signature()));
                }
            }
        }
        self.cx.apply(op, &vars).map(Value::Var)
    }

    /// Both of two truth values, element by element for arrays.
    pub(super) fn both(&mut self, a: Value, b: Value, span: Span) -> Eval<Value> {
        self.elementwise(&ar::AND, &[a, b]).map_err(|fail| self.stop(fail, span))
    }

    /// `not x`
    pub(super) fn not(&mut self, operand: &Expr) -> Eval<Value> {
        let value = self.eval(operand)?;
        match &value {
            Value::Var(var) if !var.shape().is_empty() => {
                self.elementwise(&ar::NOT, &[value]).map_err(|fail| self.stop(fail, operand.span))
            }
            single => Ok(Value::bool(!self.truth(single, operand, "not")?)),
        }
    }

    /// `a and b and c`, `a or b or c`: single values stop as soon as the result is known (`until`),
    /// arrays go element by element.
    pub(super) fn logical(&mut self, operands: &[Expr], until: bool) -> Eval<Value> {
        let word = if until { "or" } else { "and" };
        let mut result: Option<Value> = None;
        for operand in operands {
            let value = self.eval(operand)?;
            let single = !matches!(&value, Value::Var(var) if !var.shape().is_empty());
            let so_far = result.take();
            if single && !matches!(so_far, Some(Value::Var(ref var)) if !var.shape().is_empty()) {
                let holds = self.truth(&value, operand, word)?;
                if holds == until {
                    return Ok(Value::bool(until));
                }
                result = Some(Value::bool(holds));
                continue;
            }
            let builtin = if until { &ar::OR } else { &ar::AND };
            let before = so_far.unwrap_or(Value::bool(!until));
            result = Some(self.elementwise(builtin, &[before, value]).map_err(|fail| self.stop(fail, operand.span))?);
        }
        Ok(result.unwrap_or(Value::bool(!until)))
    }
}

fn is_numeric(value: &Value) -> bool {
    matches!(value, Value::Var(_) | Value::Range(_))
}

#[cold]
fn no_operator(name: &str, left: &Value, right: &Value) -> crate::diagnostic::Fail {
    Problem::new(format!("{name} does not work on {} and {}", left.kind(), right.kind()))
        .label(Part::Operator, "")
        .label(Part::Argument(0), left.kind())
        .label(Part::Argument(1), right.kind())
}

#[cold]
fn without_patches(mut fail: crate::diagnostic::Fail) -> crate::diagnostic::Fail {
    fail.helps.retain(|help| help.edits.is_empty());
    fail
}

/// The edits that turn the operand that is not a string into one.
fn as_text(left: &Value) -> Vec<Edit<Part>> {
    let part = Part::Argument(usize::from(matches!(left, Value::Text(_))));
    vec![Edit::Before(part, "str(".to_string()), Edit::After(part, ")".to_string())]
}

/// Whether two values are the same as a whole.
///
/// # Errors
/// When tuples are nested too deep.
pub fn same(a: &Value, b: &Value) -> Outcome<bool> {
    fn walk(a: &Value, b: &Value, depth: usize) -> Outcome<bool> {
        if depth > 200 {
            return crate::value::too_deep();
        }
        Ok(match (a, b) {
            (Value::None, Value::None) => true,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Tuple(a), Value::Tuple(b)) => {
                if !a.same_structure(b) {
                    return Ok(false);
                }
                for (a, b) in a.items.iter().zip(&b.items) {
                    if !walk(a, b, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Function(a), Value::Function(b)) => std::rc::Rc::ptr_eq(a, b),
            (Value::Builtin(a), Value::Builtin(b)) => std::ptr::eq(*a, *b),
            (Value::Module(a), Value::Module(b)) => a.scope == b.scope,
            _ => match (as_var(a)?, as_var(b)?) {
                (Some(a), Some(b)) => a.shape() == b.shape() && a.array().to_doubles() == b.array().to_doubles(),
                _ => false,
            },
        })
    }
    walk(a, b, 0)
}

/// `item in container`
fn contains(item: &Value, container: &Value) -> Outcome<bool> {
    match (item, container) {
        (Value::Text(part), Value::Text(text)) => Ok(text.contains(part.as_str())),
        (_, Value::Tuple(tuple)) => {
            for entry in &tuple.items {
                if same(item, entry)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (_, Value::Var(_) | Value::Range(_)) => match (as_var(item)?, as_var(container)?) {
            (Some(x), Some(array)) if x.shape().is_empty() => {
                let x = x.item().unwrap_or(f64::NAN);
                Ok(array.array().to_doubles().contains(&x))
            }
            _ => Ok(false),
        },
        _ => {
            let title = match container {
                Value::Text(_) => format!("a string cannot contain {}", item.kind()),
                _ => format!("nothing can be in {}", container.kind()),
            };
            let problem = Problem::new(title).label(Part::Argument(1), container.kind());
            Err(match container {
                Value::Text(_) => problem.label(Part::Argument(0), item.kind()),
                _ => problem,
            })
        }
    }
}
