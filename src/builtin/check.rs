//! Comparing a derivative with differences, for a function of the program.

use super::transform::{call_recorded, directional, gradient, rest_tuple};
use crate::array::{Array, DType, Data, Shape, limits, shape_text};
use crate::autodiff::Var;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::show;
use crate::value::{Builtin, Call, Host, Run, Tuple, Value, as_var};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&CHECK_GRAD];

/// How far a derivative may be from a difference quotient, relative to 1 and to itself.
const TOLERANCE: f64 = 1e-5;

pub(crate) static CHECK_GRAD: Builtin = Builtin {
    name: "check_grad",
    params: &["f", "...args"],
    doc: "Compares the gradient of `sum(f(…))`, in reverse and in forward mode, with central differences.\n\nSays in words that they agree and how far apart the worst element is; stops with the worst element if they do not.\n> check_grad(x -> x, [1, 2])\nthe gradient agrees with differences in both modes: 2 elements, the worst 0 apart",
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

/// The element at which something differs most.
#[derive(Default)]
struct Worst {
    apart: f64,
    text: String,
}

fn compare(host: &mut dyn Host, f: &Value, args: &Tuple) -> Outcome<String> {
    let mut worst = Worst::default();
    let mut count = 0;
    for (position, arg) in args.items.iter().enumerate() {
        let Some(x) = as_var(arg)?.filter(|x| x.dtype() != DType::Bool) else { continue };
        let x = Array::new(Shape::from_slice(x.shape()), x.array().to_doubles().into_owned());
        let with = |x: Value| {
            let mut args = args.clone();
            args.items[position] = x;
            args
        };
        let (_, reverse) = gradient(host, f, &Value::num(position as f64), with(Value::Var(x.clone().into())))?;
        let reverse = as_var(&reverse)?.unwrap_or_default();
        let reverse = reverse.array().to_doubles().into_owned();
        for i in 0..x.len() {
            limits::check()?;
            count += 1;
            let unit = element(&Array::new(Shape::from_slice(x.shape()), vec![0.0; x.len()]), i, 1.0);
            let (_, forward) =
                directional(host, &Value::Var(x.clone().into()), &Value::Var(unit.into()), &mut |host, x| {
                    call_recorded(host, f, with(x))
                })?;
            let at = x.at(i).unwrap_or(0.0);
            let step = 1e-5 * at.abs().max(1.0);
            let above = total(&host.call_tuple(f, with(Value::Var(element(&x, i, at + step).into())))?)?;
            let below = total(&host.call_tuple(f, with(Value::Var(element(&x, i, at - step).into())))?)?;
            let difference = (above - below) / ((at + step) - (at - step));
            let place = format!("argument {position}{}", index_text(x.shape(), i));
            worst.see("reverse", reverse.get(i).copied().unwrap_or(f64::NAN), difference, &place);
            worst.see("forward", total(&forward)?, difference, &place);
        }
    }
    if count == 0 {
        return Err(Problem::new("check_grad needs an array to differentiate by").label(Part::Whole, ""));
    }
    if worst.apart.is_nan() || worst.apart > TOLERANCE {
        return Err(Problem::new("the gradient does not agree with differences")
            .label(Part::Argument(0), worst.text)
            .note(
                "a kink, a jump or a random number near this point does the same; otherwise a custom rule is wrong",
            ));
    }
    let apart = show::number(worst.apart, &show::Style { digits: 1, ..show::Style::default() });
    let elements = if count == 1 { "1 element".to_string() } else { format!("{count} elements") };
    Ok(format!("the gradient agrees with differences in both modes: {elements}, the worst {apart} apart"))
}

impl Worst {
    fn see(&mut self, mode: &str, found: f64, difference: f64, place: &str) {
        let apart = if found == difference { 0.0 } else { (found - difference).abs() / difference.abs().max(1.0) };
        // The rounding of a difference quotient is not a fault of the gradient.
        let apart = if apart < 1e-10 { 0.0 } else { apart };
        if apart > self.apart || (apart.is_nan() && !self.apart.is_nan()) {
            let style = show::Style::default();
            let (found, difference) = (show::number(found, &style), show::number(difference, &style));
            *self = Worst { apart, text: format!("{mode} mode gives {found} for {place}, differences {difference}") };
        }
    }
}

/// The sum of a result.
fn total(value: &Value) -> Outcome<f64> {
    let found: Option<Var> = as_var(value)?;
    found.map(|var| var.array().to_doubles().iter().sum()).ok_or_else(|| {
        Problem::new(format!("check_grad needs a function that gives numbers, found {}", value.kind()))
            .label(Part::Argument(0), "")
    })
}

/// The array with one element replaced.
fn element(x: &Array, i: usize, value: f64) -> Array {
    let mut x = x.clone();
    if let Data::F64(data) = x.data_mut()
        && let Some(place) = data.get_mut(i)
    {
        *place = value;
    }
    x
}

/// Where an element stands, as ` at [1, 0]`; nothing for a number.
fn index_text(shape: &[usize], i: usize) -> String {
    let mut position = Vec::new();
    let mut rest = i;
    for &dim in shape.iter().rev() {
        position.push(rest % dim.max(1));
        rest /= dim.max(1);
    }
    position.reverse();
    if position.is_empty() { String::new() } else { format!(" at {}", shape_text(&position)) }
}
