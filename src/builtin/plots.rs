//! Lines and points: `plot`, `scatter`. They print to the terminal, or write a file if
//! one is named.

use super::drawing::{arrays, chosen, counted, finish, option, scene, texts, unrecorded};
use super::gradient::GRAD;
use crate::array::{Array, limits, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::plot::{Mark, Series};
use crate::value::{Builtin, Call, Run, Value};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PLOT, &SCATTER];

/// At how many places a function is looked at.
const PLACES: usize = 401;
/// More series than this are a mistake.
const MOST_SERIES: usize = 100;

pub(crate) static PLOT: Builtin = Builtin {
    name: "plot",
    params: &[
        "...values",
        "title = none",
        "xlabel = none",
        "ylabel = none",
        "xlog = false",
        "ylog = false",
        "grad = false",
        "names = none",
        "file = none",
        "style = none",
    ],
    doc: "Draws lines: `plot(y)`, `plot(x, y, z)` with the first as the horizontal axis, or `plot(f, -2, 2)`.

A matrix is a line for each column. Several lines are called what the arguments are, or what `names` says. Several functions can stand before the ends of the range, and `grad = true` draws their derivatives as well. `xlog` and `ylog` make an axis logarithmic. `file = \"x.svg\"` or `\"x.png\"` writes a file instead of printing; `style` is \"braille\", \"blocks\" or \"ascii\".
> plot([3, 1, 2, 0], style = \"ascii\")
  3 +**
    |  ***
2.5 +     **
    |       ***
  2 +          ***                                   *
    |             ***                          ****** ***
    |                **                   *****          **
1.5 +                  ***          ******                 ***
    |                     *** ******                          ***
  1 +                        *                                   ***
    |                                                               ***
0.5 +                                                                  **
    |                                                                    ***
  0 +                                                                       **
    ++-----------------------+-----------------------+-----------------------+
     0                       1                       2                       3",
    samples: &[],
    run: Run::Routine(|call| {
        let mut scene = scene(&call.args)?;
        scene.series = match call.args.rest(0).first() {
            Some(value) if value.is_function() => functions(call)?,
            _ => {
                scene.x_whole = call.args.rest(0).len() == 1;
                over_first(call, Mark::Line)?
            }
        };
        let what = counted(&scene.series);
        finish(call, scene, &what)
    }),
};

pub(crate) static SCATTER: Builtin = Builtin {
    name: "scatter",
    params: &[
        "...values",
        "title = none",
        "xlabel = none",
        "ylabel = none",
        "xlog = false",
        "ylog = false",
        "names = none",
        "file = none",
        "style = none",
    ],
    doc: "Draws points: `scatter(x, y)`, or several series over the same `x`.

The other arguments are those of `plot`.
> scatter([1, 2, 3], [1, 4, 9], file = \"points.svg\")
\"saved 3 points to points.svg\"",
    samples: &[],
    run: Run::Routine(|call| {
        let mut scene = scene(&call.args)?;
        scene.x_whole = call.args.rest(0).len() == 1;
        scene.series = over_first(call, Mark::Points)?;
        let what = counted(&scene.series);
        finish(call, scene, &what)
    }),
};

/// The names that the series are to have, if the program says so.
pub(super) fn rename(call: &Call<'_>, series: &mut [Series]) -> Outcome<()> {
    let Some(names) = texts(&call.args, "names")? else { return Ok(()) };
    if names.len() != series.len() {
        let at = chosen(&call.args, "names").unwrap_or(0);
        let (needed, found) = (series.len(), names.len());
        return Err(Problem::new(format!("names has one string a series, {needed} here, found {found}"))
            .label(Part::Argument(at), names.len().to_string()));
    }
    series.iter_mut().zip(names).for_each(|(series, name)| series.name = name.replace(['\n', '\t'], " "));
    Ok(())
}

/// The columns of an array as series over `xs`, or over their own positions.
pub(super) fn columns(
    call: &Call<'_>,
    at: usize,
    name: &str,
    array: &Array,
    xs: Option<&[f64]>,
    mark: Mark,
) -> Outcome<Vec<Series>> {
    let columns = if let &[_, columns] = array.shape() { columns } else { 1 };
    let length = array.len().checked_div(columns).unwrap_or(0);
    if columns > MOST_SERIES || array.rank() > 2 {
        return Err(Problem::new("this is not a few lines of numbers")
            .label(Part::Argument(at), shape_text(array.shape()))
            .help("draw one axis of it: a[:, 0], or its mean over the others"));
    }
    if let Some(xs) = xs
        && xs.len() != length
    {
        let first = if call.args.rest(0).len() > 1 { format!("[{}]", xs.len()) } else { String::new() };
        return Err(Problem::new("these points do not pair up")
            .label(Part::Argument(at), shape_text(array.shape()))
            .label(Part::Argument(0), first)
            .help(match mark {
                Mark::Bars => "every bar has one label",
                _ => "the first array is the horizontal axis of all others",
            }));
    }
    let values = array.to_doubles();
    let mut series = Vec::new();
    for column in 0..columns {
        limits::check()?;
        let mut ys = limits::reserve(length)?;
        ys.extend(values.iter().skip(column).step_by(columns.max(1)).copied());
        let mut own = limits::reserve(length)?;
        match xs {
            Some(xs) => own.extend_from_slice(xs),
            None => own.extend((0..length).map(|i| i as f64)),
        }
        let name = match columns {
            1 => name.to_string(),
            _ if is_path(name) => format!("{name}[:, {column}]"),
            _ => format!("column {column}"),
        };
        series.push(Series { name, mark, xs: own, ys, reach: 0.4 });
    }
    Ok(series)
}

/// Values as series: the first is the horizontal axis, unless it is alone.
fn over_first(call: &Call<'_>, mark: Mark) -> Outcome<Vec<Series>> {
    let name = call.args.builtin.name;
    let mut arrays = arrays(call, &format!("{name}(x, y) draws y over x, and plot(f, 0, 1) a function"))?;
    let over = arrays.len() > 1;
    let xs = if over { Some(arrays.remove(0).1.to_doubles().into_owned()) } else { None };
    let mut series = Vec::new();
    for (i, (name, array)) in arrays.iter().enumerate() {
        series.extend(columns(call, i + usize::from(over), name, array, xs.as_deref(), mark)?);
    }
    if series.is_empty() || series.iter().all(|series| series.xs.is_empty()) {
        return Err(Problem::new("there is nothing to draw").help(format!("{name}(x, y) draws y over x")));
    }
    rename(call, &mut series)?;
    Ok(series)
}

/// Functions over a range: `plot(f, g, -2, 2)`.
fn functions(call: &mut Call<'_>) -> Outcome<Vec<Series>> {
    let texts = call.host.argument_texts("plot");
    let values = call.args.rest(0).to_vec();
    let count = values.iter().take_while(|value| value.is_function()).count();
    let end = |value: &Value| if let Value::Var(var) = value { var.item() } else { None };
    let x_log = option(&call.args, "xlog").is_some_and(|i| call.args.flag_or(i, false) == Ok(true));
    let (low, high) = match values.get(count..).map(|ends| ends.iter().map(end).collect::<Vec<_>>()).as_deref() {
        Some([Some(low), Some(high)]) if low.is_finite() && high.is_finite() && low < high => (*low, *high),
        Some([]) => (-1.0, 1.0),
        _ => {
            return Err(Problem::new("a function is drawn from one number to a larger one")
                .label(Part::Argument(count), values.get(count).map_or(String::new(), Value::kind))
                .help("for example plot(sin, 0, tau)"));
        }
    };
    let with_slopes = option(&call.args, "grad").is_some_and(|i| call.args.flag_or(i, false) == Ok(true));
    let xs: Vec<f64> = (0..PLACES)
        .map(|i| {
            let part = i as f64 / (PLACES - 1) as f64;
            // Equal distances on the axis, whichever it is.
            if x_log && low > 0.0 {
                (low.ln() * (1.0 - part) + high.ln() * part).exp().clamp(low, high)
            } else {
                low * (1.0 - part) + high * part
            }
        })
        .collect();
    let mut series = unrecorded(call, |call| {
        let mut series = Vec::new();
        for (i, f) in values.iter().take(count).enumerate() {
            let name = texts.get(i).cloned().unwrap_or_default();
            series.push(sampled(call, f, name.clone(), &xs)?);
            if with_slopes {
                let slope = call.host.call(&Value::Builtin(&GRAD), vec![f.clone()])?;
                // The derivative of `x -> x ** 2` is not `x -> x ** 2'`.
                let name = if is_path(&name) { format!("{name}'") } else { format!("({name})'") };
                series.push(sampled(call, &slope, name, &xs)?);
            }
        }
        Ok(series)
    })?;
    rename(call, &mut series)?;
    Ok(series)
}

/// Whether a text is a name, or leads to one: `f`, `m.f'`, `x.grad`.
fn is_path(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || "_.'".contains(char))
}

fn sampled(call: &mut Call<'_>, f: &Value, name: String, xs: &[f64]) -> Outcome<Series> {
    let mut ys = Vec::with_capacity(xs.len());
    for &x in xs {
        limits::check()?;
        let y = call.host.call(f, vec![Value::num(x)])?;
        let number = if let Value::Var(var) = &y { var.item() } else { None };
        let Some(number) = number else {
            return Err(Problem::new("a function that is drawn gives one number")
                .label(Part::Argument(0), format!("at {x} it gives {}", y.kind())));
        };
        ys.push(number);
    }
    Ok(Series { name, mark: Mark::Line, xs: xs.to_vec(), ys, reach: 0.0 })
}
