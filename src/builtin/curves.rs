//! Functions over a range: `plot(f, -2, 2)`.
//!
//! A function is looked at in places side by side. Where it goes to infinity, as `tan` and `1 / x` do, the one
//! place next to the pole would make everything else a flat line; so a pole is looked for, and if there is one
//! the picture ends above most of what was seen.

use super::drawing::{option, unrecorded};
use super::gradient::GRAD;
use super::plots::{is_path, rename};
use crate::array::{limits, number_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::plot::{Mark, Scene, Series};
use crate::value::{Call, Value};

/// At how many places a function is looked at.
const PLACES: usize = 401;
/// How often the neighbourhood of what may be a pole is halved.
const HALVINGS: usize = 30;

/// One function, and what it gave.
struct Curve {
    f: Value,
    name: String,
    ys: Vec<f64>,
}

/// The functions that stand before the ends of the range, and their derivatives.
pub(super) fn curves(call: &mut Call<'_>, scene: &mut Scene<'_>) -> Outcome<Vec<Series<'static>>> {
    let texts = call.host.argument_texts("plot");
    let values = call.args.rest(0).to_vec();
    let count = values.iter().take_while(|value| value.is_function()).count();
    let (low, high) = range(values.get(count..).unwrap_or_default(), count, scene.x_log)?;
    let xs: Vec<f64> = (0..PLACES)
        .map(|i| {
            let part = i as f64 / (PLACES - 1) as f64;
            // Equal distances on the axis, whichever it is.
            if scene.x_log {
                (low.ln() * (1.0 - part) + high.ln() * part).exp().clamp(low, high)
            } else {
                low * (1.0 - part) + high * part
            }
        })
        .collect();
    let with_slopes = match option(&call.args, "grad") {
        Some(at) => call.args.flag_or(at, false)?,
        None => false,
    };
    let logarithmic = scene.y_log;
    let (curves, window) = unrecorded(call, |call| {
        let mut curves = Vec::new();
        for (i, f) in values.iter().take(count).enumerate() {
            let name = texts.get(i).cloned().unwrap_or_default();
            curves.push(sampled(call, f.clone(), name.clone(), &xs)?);
            if with_slopes {
                let slope = call.host.call(&Value::Builtin(&GRAD), vec![f.clone()])?;
                // The derivative of `x -> x ** 2` is not `x -> x ** 2'`.
                let name = if is_path(&name) { format!("{name}'") } else { format!("({name})'") };
                curves.push(sampled(call, slope, name, &xs)?);
            }
        }
        let window = if logarithmic { None } else { window(call, &curves, &xs)? };
        Ok((curves, window))
    })?;
    scene.window = window;
    let series = |curve: Curve| {
        let (xs, ys) = match window {
            Some(window) => cut_off(&xs, &curve.ys, window),
            None => (xs.clone(), curve.ys),
        };
        Series { name: curve.name, mark: Mark::Line, xs: xs.into(), ys: ys.into(), reach: 0.0 }
    };
    let mut series: Vec<Series<'static>> = curves.into_iter().map(series).collect();
    rename(call, &mut series)?;
    Ok(series)
}

/// The ends of the range; `first` is the position of the first of them.
fn range(ends: &[Value], first: usize, logarithmic: bool) -> Outcome<(f64, f64)> {
    let number = |value: &Value| if let Value::Var(var) = value { var.item() } else { None };
    match ends.iter().map(number).collect::<Vec<_>>()[..] {
        [] if logarithmic => Ok((0.1, 10.0)),
        [] => Ok((-1.0, 1.0)),
        [Some(low), Some(high)] if logarithmic && low <= 0.0 && low < high => {
            Err(Problem::new("a logarithmic axis begins above 0")
                .label(Part::Argument(first), number_text(low))
                .help("for example plot(log, 0.01, 100, xlog = true)"))
        }
        [Some(low), Some(high)] if low.is_finite() && high.is_finite() && low < high => Ok((low, high)),
        _ => Err(Problem::new("a function is drawn from one number to a larger one")
            .label(Part::Argument(first), ends.first().map_or(String::new(), Value::kind))
            .help("for example plot(sin, 0, tau)")),
    }
}

fn sampled(call: &mut Call<'_>, f: Value, name: String, xs: &[f64]) -> Outcome<Curve> {
    let ys = xs.iter().map(|&x| at(call, &f, x)).collect::<Outcome<_>>()?;
    Ok(Curve { f, name, ys })
}

fn at(call: &mut Call<'_>, f: &Value, x: f64) -> Outcome<f64> {
    limits::check()?;
    let y = call.host.call(f, vec![Value::num(x)])?;
    let number = if let Value::Var(var) = &y { var.item() } else { None };
    number.ok_or_else(|| {
        Problem::new("a function that is drawn gives one number")
            .label(Part::Argument(0), format!("at {x} it gives {}", y.kind()))
    })
}

/// From where to where the picture goes, if one of the curves has a pole.
fn window(call: &mut Call<'_>, curves: &[Curve], xs: &[f64]) -> Outcome<Option<(f64, f64)>> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut poles = false;
    for curve in curves {
        let mut sorted: Vec<f64> = curve.ys.iter().copied().filter(|y| y.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let rank = |part: f64| sorted.get((part * (sorted.len().saturating_sub(1)) as f64) as usize).copied();
        let (Some(first), Some(least), Some(most), Some(last)) = (rank(0.0), rank(0.08), rank(0.92), rank(1.0)) else {
            continue;
        };
        let usual = most - least;
        let stands_out = last - most > 5.0 * usual || least - first > 5.0 * usual;
        if usual > 0.0 && stands_out && has_pole(call, curve, xs)? {
            poles = true;
            // Without the room, unless something is there.
            (low, high) = (low.min(first.max(least - usual)), high.max(last.min(most + usual)));
        } else {
            (low, high) = (low.min(first), high.max(last));
        }
    }
    Ok((poles && low < high).then_some((low, high)))
}

/// Whether a curve grows without end where it is farthest from 0: a peak has a height, however narrow it is.
fn has_pole(call: &mut Call<'_>, curve: &Curve, xs: &[f64]) -> Outcome<bool> {
    let finite = |y: f64| if y.is_finite() { y.abs() } else { 0.0 };
    let top = (0..curve.ys.len()).max_by(|&i, &j| {
        let height = |i: usize| curve.ys.get(i).copied().map_or(0.0, finite);
        height(i).total_cmp(&height(j))
    });
    let near = |i: Option<usize>| i.and_then(|i| Some((*xs.get(i)?, *curve.ys.get(i)?)));
    let Some((mut x, seen)) = near(top) else { return Ok(false) };
    let (back, on) = (top.and_then(|i| i.checked_sub(1)), top.map(|i| i + 1));
    // One infinite number beside finite ones is the pole itself; a row of them is what is too large.
    let infinite = |i: Option<usize>| i.and_then(|i| curve.ys.get(i)).is_some_and(|y| y.is_infinite());
    if infinite(back) || infinite(on) {
        let row = infinite(back) && infinite(back.and_then(|i| i.checked_sub(1)));
        return Ok(!(row || infinite(on) && infinite(on.map(|i| i + 1))));
    }
    let mut height = seen.abs();
    let (mut left, mut right) = (near(back).map_or(x, |(x, _)| x), near(on).map_or(x, |(x, _)| x));
    for _ in 0..HALVINGS {
        let (a, b) = (left / 2.0 + x / 2.0, x / 2.0 + right / 2.0);
        let (at_a, at_b) = (at(call, &curve.f, a)?.abs(), at(call, &curve.f, b)?.abs());
        if at_a.is_infinite() || at_b.is_infinite() {
            return Ok(true);
        }
        if at_a > height && at_a >= at_b {
            (right, x, height) = (x, a, at_a);
        } else if at_b > height {
            (left, x, height) = (x, b, at_b);
        } else {
            (left, right) = (a, b);
        }
    }
    Ok(height > 1000.0 * seen.abs())
}

/// A curve inside a window: it ends where it leaves, and a gap lies between where it leaves and comes back.
fn cut_off(xs: &[f64], ys: &[f64], (low, high): (f64, f64)) -> (Vec<f64>, Vec<f64>) {
    let (mut new_xs, mut new_ys) = (Vec::with_capacity(xs.len()), Vec::with_capacity(xs.len()));
    let mut add = |x: f64, y: f64| {
        new_xs.push(x);
        new_ys.push(y);
    };
    let inside = |y: f64| (low..=high).contains(&y);
    // Where the line between two points crosses the end of the window that the second one is beyond.
    let crossing = |(x0, y0): (f64, f64), (x1, y1): (f64, f64)| {
        let end = if y1 > high { high } else { low };
        let part = ((end - y0) / (y1 - y0)).clamp(0.0, 1.0);
        let part = if part.is_nan() { 0.0 } else { part };
        (x0 * (1.0 - part) + x1 * part, end)
    };
    let mut last: Option<(f64, f64)> = None;
    for (&x, &y) in xs.iter().zip(ys) {
        let here = (x, y);
        match last {
            Some(from) if inside(from.1) && !inside(y) && !y.is_nan() => {
                let (x, y) = crossing(from, here);
                add(x, y);
            }
            Some(from) if !inside(from.1) && inside(y) && !from.1.is_nan() => {
                let (x, y) = crossing(here, from);
                add(x, y);
            }
            _ => {}
        }
        add(x, if inside(y) { y } else { f64::NAN });
        last = Some(here);
    }
    (new_xs, new_ys)
}
