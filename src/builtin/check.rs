//! Comparing derivatives with differences, for a function of the program.
//!
//! A wrong rule shows in the first derivative, or only in the second: `custom_grad(x -> x ** 3, (dy, y, x) ->
//! dy * detach(3 * x ** 2))` has the right gradient and a Hessian of zeros. So both orders are compared, each
//! in both modes, and the Hessian with its transpose. What is wrong then is looked for step by step (see
//! [`suspect`](super::suspect)).

use super::steps::index_text;
use super::suspect;
use super::transform::{call_recorded, directional, gradient, gradient_recorded, rest_tuple};
use crate::array::{Array, DType, Shape, limits};
use crate::autodiff::Var;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::show;
use crate::value::{Builtin, Call, Host, Run, Tuple, Value, as_var, map_leaves};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&CHECK_GRAD];

/// How far a derivative may be from a difference quotient, relative to 1 and to itself.
pub(super) const TOLERANCE: f64 = 1e-5;

/// Second derivatives are compared element by element up to this many elements, beyond in a few directions.
const ALL_DIRECTIONS: usize = 16;

pub(crate) static CHECK_GRAD: Builtin = Builtin {
    name: "check_grad",
    params: &["f", "...args"],
    doc: "Compares the first and second derivatives of `sum(f(…))`, in reverse and in forward mode, with central differences, and the Hessian with its transpose.\n\nArguments may be arrays or tuples of them. Says in words that all agree and how far apart the worst element is; stops with the worst element if they do not, and names the operation whose rule is wrong.\n> check_grad(x -> sum(x ** 2), [1, 2])\nthe derivatives agree with differences to second order in both modes: 2 elements, the worst 0 apart",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.function(0)?.clone();
        let args = rest_tuple(&call.args, 1);
        let before = call.host.cx().set_recording(false);
        let report = compare(call.host, &f, &args);
        call.host.cx().set_recording(before);
        let report = report?;
        call.host.print(&(report + "\n")).map(|()| Value::None)
    }),
};

/// A function at a point, with its arguments as one list of numbers.
struct Subject<'a> {
    f: &'a Value,
    args: &'a Tuple,
    /// The numbers to differentiate by.
    x: Vec<f64>,
    /// What each is called.
    names: Vec<String>,
    /// The arguments they belong to.
    wrt: Value,
}

impl Subject<'_> {
    /// The arguments with other numbers in place of those to differentiate by.
    fn with(&self, x: &[f64]) -> Outcome<Tuple> {
        let mut rest = x;
        let mut replace = |value: &Value| {
            map_leaves(value, &mut |leaf| {
                let Some(var) = real(leaf)? else { return Ok(leaf.clone()) };
                let (own, others) = rest.split_at_checked(var.len()).unwrap_or((rest, &[]));
                rest = others;
                Ok(Value::Var(Array::new(Shape::from_slice(var.shape()), own.to_vec()).into()))
            })
        };
        let items = self.args.items.iter().map(&mut replace).collect::<Outcome<_>>()?;
        Ok(Tuple { items, names: self.args.names.clone() })
    }

    /// A direction to differentiate in: nothing for what is not differentiated by.
    fn towards(&self, v: &[f64]) -> Outcome<Value> {
        let mut tuple = self.with(v)?;
        for item in &mut tuple.items {
            *item = map_leaves(item, &mut |leaf| match (real(leaf)?, as_var(leaf)?) {
                (None, Some(var)) => Ok(Value::Var(var.filled_like(0.0)?)),
                _ => Ok(leaf.clone()),
            })?;
        }
        Ok(Value::Tuple(tuple.into()))
    }

    /// The numbers in a value with the structure of what is differentiated by.
    fn numbers(&self, gradient: &Value) -> Outcome<Vec<f64>> {
        let mut found = Vec::new();
        map_leaves(gradient, &mut |leaf| {
            if let Some(var) = real(leaf)? {
                found.extend_from_slice(&var.array().to_doubles());
            }
            Ok(Value::None)
        })?;
        Ok(found)
    }

    fn value(&self, host: &mut dyn Host, x: &[f64]) -> Outcome<f64> {
        limits::check()?;
        total(&host.call_tuple(self.f, self.with(x)?)?)
    }

    fn gradient(&self, host: &mut dyn Host, x: &[f64]) -> Outcome<Vec<f64>> {
        limits::check()?;
        let (_, gradient) = gradient(host, self.f, &self.wrt, self.with(x)?)?;
        self.numbers(&gradient)
    }

    /// The derivative of `f` in a direction, by a forward pass.
    fn forward(&self, host: &mut dyn Host, v: &[f64]) -> Outcome<f64> {
        let at = Value::Tuple(self.with(&self.x)?.into());
        let (_, tangent) =
            directional(host, &at, &self.towards(v)?, &mut |host, x| call_recorded(host, self.f, spread(x)))?;
        total(&tangent)
    }

    /// The derivative of the gradient in a direction, by a forward pass over a reverse pass.
    fn curvature(&self, host: &mut dyn Host, v: &[f64]) -> Outcome<Vec<f64>> {
        let at = Value::Tuple(self.with(&self.x)?.into());
        let (_, tangent) = directional(host, &at, &self.towards(v)?, &mut |host, x| {
            gradient_recorded(host, self.f, &self.wrt, spread(x))
        })?;
        self.numbers(&tangent)
    }
}

/// An array or number to differentiate by.
fn real(leaf: &Value) -> Outcome<Option<Var>> {
    Ok(as_var(leaf)?.filter(|var| var.dtype() != DType::Bool))
}

fn spread(value: Value) -> Tuple {
    match value {
        Value::Tuple(tuple) => (*tuple).clone(),
        other => Tuple::new(vec![other]),
    }
}

/// The sum of a result.
fn total(value: &Value) -> Outcome<f64> {
    let found: Option<Var> = as_var(value)?;
    found.map(|var| var.array().to_doubles().iter().sum()).ok_or_else(|| {
        Problem::new("check_grad needs a function that gives numbers")
            .label(Part::Argument(0), format!("it gave {}", value.kind()))
    })
}

fn compare(host: &mut dyn Host, f: &Value, args: &Tuple) -> Outcome<String> {
    let mut subject = Subject { f, args, x: Vec::new(), names: Vec::new(), wrt: Value::None };
    let mut wrt = Vec::new();
    for (position, arg) in args.items.iter().enumerate() {
        let before = subject.x.len();
        let mut entry = 0;
        map_leaves(arg, &mut |leaf| {
            let within = if matches!(arg, Value::Tuple(_)) { format!(", entry {entry}") } else { String::new() };
            entry += 1;
            if let Some(x) = real(leaf)? {
                subject.x.extend_from_slice(&x.array().to_doubles());
                let name = |i| format!("argument {position}{within}{}", index_text(x.shape(), i));
                subject.names.extend((0..x.len()).map(name));
            }
            Ok(Value::None)
        })?;
        if subject.x.len() > before {
            wrt.push(Value::num(position as f64));
        }
    }
    subject.wrt = Value::tuple(wrt);
    if subject.x.is_empty() {
        return Err(Problem::new("check_grad needs an array to differentiate by")
            .label(Part::Whole, "")
            .help("after the function come its arguments: check_grad(f, x)"));
    }
    let mut worst = Worst::default();
    first_order(host, &subject, &mut worst)?;
    if !worst.wrong() {
        second_order(host, &subject, &mut worst)?;
    }
    if worst.wrong() {
        let at = subject.with(&subject.x)?;
        let problem = Problem::new(worst.title).label(Part::Argument(0), worst.text);
        return Err(problem.note(suspect::explanation(host, f, at)?));
    }
    let apart = show::number(worst.apart, &show::Style { digits: 1, ..show::Style::default() });
    let elements = match subject.x.len() {
        1 => "1 element".to_string(),
        count => format!("{count} elements"),
    };
    Ok(format!(
        "the derivatives agree with differences to second order in both modes: {elements}, the worst {apart} apart"
    ))
}

/// The numbers moved along a direction, and how far.
pub(super) fn moved(x: &[f64], v: &[f64], by: f64) -> Vec<f64> {
    x.iter().zip(v).map(|(x, v)| x + by * v).collect()
}

/// How far to go for a difference quotient.
pub(super) fn step_at(x: f64) -> f64 {
    1e-5 * x.abs().max(1.0)
}

fn first_order(host: &mut dyn Host, subject: &Subject<'_>, worst: &mut Worst) -> Outcome<()> {
    worst.title = "the gradient does not agree with differences";
    let reverse = subject.gradient(host, &subject.x)?;
    for (i, (&at, name)) in subject.x.iter().zip(&subject.names).enumerate() {
        let unit = unit(subject.x.len(), i);
        let step = step_at(at);
        let above = subject.value(host, &moved(&subject.x, &unit, step))?;
        let below = subject.value(host, &moved(&subject.x, &unit, -step))?;
        let difference = (above - below) / ((at + step) - (at - step));
        let reverse = reverse.get(i).copied().unwrap_or(f64::NAN);
        worst.see(reverse, difference, || ("reverse mode gives", format!("for {name}"), "differences"));
        let forward = subject.forward(host, &unit)?;
        worst.see(forward, difference, || ("forward mode gives", format!("for {name}"), "differences"));
    }
    Ok(())
}

fn second_order(host: &mut dyn Host, subject: &Subject<'_>, worst: &mut Worst) -> Outcome<()> {
    let count = subject.x.len();
    let directions: Vec<Vec<f64>> = match count {
        0..=ALL_DIRECTIONS => (0..count).map(|i| unit(count, i)).collect(),
        _ => (0..4).map(|k| waves(count, f64::from(k))).collect(),
    };
    let named = |k: usize| match subject.names.get(k) {
        Some(name) if count <= ALL_DIRECTIONS => name.clone(),
        _ => format!("direction {k}"),
    };
    worst.title = "the second derivative does not agree with differences";
    let mut products: Vec<Vec<f64>> = Vec::new();
    for (k, v) in directions.iter().enumerate() {
        let product = subject.curvature(host, v)?;
        let step = subject.x.iter().zip(v).filter(|(_, v)| **v != 0.0).fold(1e-5, |h, (x, _)| step_at(*x).max(h));
        let above = subject.gradient(host, &moved(&subject.x, v, step))?;
        let below = subject.gradient(host, &moved(&subject.x, v, -step))?;
        for ((found, (above, below)), name) in product.iter().zip(above.iter().zip(&below)).zip(&subject.names) {
            worst.see(*found, (above - below) / (2.0 * step), || {
                ("the second derivative is", format!("for {name} and {}", named(k)), "differences give")
            });
        }
        products.push(product);
    }
    if worst.wrong() {
        return Ok(());
    }
    worst.title = "the second derivative is not symmetric";
    for (j, v) in directions.iter().enumerate() {
        for (k, product) in products.iter().enumerate().skip(j + 1) {
            let along = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let Some(other) = products.get(j).zip(directions.get(k)).map(|(p, v)| along(p, v)) else { continue };
            worst.see(along(product, v), other, || {
                ("it is", format!("for {} and {}", named(j), named(k)), "and the other way round")
            });
        }
    }
    Ok(())
}

/// One direction of many.
fn unit(count: usize, i: usize) -> Vec<f64> {
    (0..count).map(|j| f64::from(u8::from(i == j))).collect()
}

/// A direction in which everything moves, differently.
pub(super) fn waves(count: usize, k: f64) -> Vec<f64> {
    (0..count).map(|i| (1.0 + k + (0.7 + 0.31 * k) * i as f64).cos() + 0.1).collect()
}

/// The element at which something differs most.
#[derive(Default)]
struct Worst {
    title: &'static str,
    apart: f64,
    text: String,
}

impl Worst {
    fn wrong(&self) -> bool {
        self.apart.is_nan() || self.apart > TOLERANCE
    }

    fn see(&mut self, found: f64, other: f64, words: impl FnOnce() -> (&'static str, String, &'static str)) {
        let apart = apart(found, other);
        if apart > self.apart || (apart.is_nan() && !self.apart.is_nan()) {
            let (what, place, against) = words();
            self.apart = apart;
            self.text = format!("{what} {} {place}, {against} {}", brief(found), brief(other));
        }
    }
}

/// How far apart two numbers are, relative to 1 and to the second.
pub(super) fn apart(found: f64, other: f64) -> f64 {
    let apart = if found == other { 0.0 } else { (found - other).abs() / other.abs().max(1.0) };
    // The rounding of a difference quotient is not a fault of the gradient.
    if apart < 1e-10 { 0.0 } else { apart }
}

/// A number as messages write it.
pub(super) fn brief(x: f64) -> String {
    show::number(x, &show::Style::default())
}
