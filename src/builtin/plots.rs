//! Pictures: `plot`, `scatter`, `hist`. They print to the terminal, or write a file if one is named.

use super::gradient::GRAD;
use crate::array::{Array, limits, shape_text};
use crate::data;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::plot::terminal::{self, Charset};
use crate::plot::{Mark, Scene, Series, svg};
use crate::value::{Arguments, Builtin, Call, Run, Value, as_var};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PLOT, &SCATTER, &HIST];

/// Rows of a picture in the terminal.
const ROWS: usize = 14;
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
        "file = none",
        "style = none",
    ],
    doc: "Draws lines: `plot(y)`, `plot(x, y, z)` with the first as the horizontal axis, or `plot(f, -2, 2)`.

A matrix is a line for each column. Several lines are called what the arguments are. Several functions can stand before the ends of the range, and `grad = true` draws their derivatives as well. `xlog` and `ylog` make an axis logarithmic. `file = \"x.svg\"` writes a file instead of printing; `style` is \"braille\" or \"ascii\".
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
    ++-----------+-----------+-----------+-----------+-----------+-----------+
     0          0.5          1          1.5          2          2.5          3",
    samples: &[],
    run: Run::Routine(|call| {
        let series = match call.args.rest(0).first() {
            Some(value) if value.is_function() => functions(call)?,
            _ => arrays(call, Mark::Line)?,
        };
        finish(call, series)
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
        "file = none",
        "style = none",
    ],
    doc: "Draws points: `scatter(x, y)`, or several series over the same `x`.

The other arguments are those of `plot`.
> scatter([1, 2, 3], [1, 4, 9], file = \"points.svg\")
\"saved 3 points to points.svg\"",
    samples: &[],
    run: Run::Routine(|call| {
        let series = arrays(call, Mark::Points)?;
        finish(call, series)
    }),
};

pub(crate) static HIST: Builtin = Builtin {
    name: "hist",
    params: &["x", "bins = 10", "title = none", "xlabel = none", "ylabel = none", "file = none", "style = none"],
    doc: "Draws how many elements of `x` lie in each of `bins` intervals of one length.

The intervals are NumPy's: the last one holds its right end, too. What is not finite is left out.
> hist([1, 2, 2, 3], bins = 3, file = \"hist.svg\")
\"saved 3 bars to hist.svg\"",
    samples: &[],
    run: Run::Routine(|call| {
        let x = call.args.var(0)?;
        let bins = match call.args.whole_or(1, 10)? {
            bins @ 1..=10_000 => bins as usize,
            bins => {
                return Err(Problem::new(format!("a histogram has 1 to 10000 bins, found {bins}"))
                    .label(Part::Argument(1), bins.to_string()));
            }
        };
        let array = x.array();
        let values = array.to_doubles();
        let finite = || values.iter().copied().filter(|x| x.is_finite());
        let (mut low, mut high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        if low > high {
            return Err(Problem::new("there is nothing to count").label(Part::Argument(0), shape_text(x.shape())));
        }
        if low == high {
            (low, high) = (low - 0.5, high + 0.5);
        }
        let width = high / bins as f64 - low / bins as f64;
        let mut counts = limits::filled(bins, 0.0)?;
        for x in finite() {
            let at = (((x / width) - (low / width)) as usize).min(bins - 1);
            if let Some(count) = counts.get_mut(at) {
                *count += 1.0;
            }
        }
        let xs = (0..bins).map(|i| low + (i as f64 + 0.5) * width).collect();
        finish(call, vec![Series { name: String::new(), mark: Mark::Bars, xs, ys: counts }])
    }),
};

/// Values as series: the first is the horizontal axis, unless it is alone.
fn arrays(call: &Call<'_>, mark: Mark) -> Outcome<Vec<Series>> {
    let name = call.args.builtin.name;
    let Value::Tuple(given) = call.args.get(0) else { return Ok(Vec::new()) };
    let texts = call.host.argument_texts(name);
    let mut arrays: Vec<(String, Array)> = Vec::new();
    for (i, value) in given.items.iter().enumerate() {
        let Some(var) = as_var(value)? else {
            return Err(Problem::new(format!("{name} draws arrays or functions, found {}", value.kind()))
                .label(Part::Argument(i), value.kind())
                .help(format!("{name}(x, y) draws y over x, and plot(f, 0, 1) a function")));
        };
        arrays.push((texts.get(i).cloned().unwrap_or_default(), var.array().into_owned()));
    }
    let over = arrays.len() > 1;
    let xs: Option<Vec<f64>> = if over { Some(arrays.remove(0).1.to_doubles().into_owned()) } else { None };
    let mut series = Vec::new();
    for (i, (name, array)) in arrays.iter().enumerate() {
        let columns = if let &[_, columns] = array.shape() { columns } else { 1 };
        let length = array.len().checked_div(columns).unwrap_or(0);
        if columns > MOST_SERIES || array.rank() > 2 {
            return Err(Problem::new("this is not a few lines of numbers")
                .label(Part::Argument(i + usize::from(over)), shape_text(array.shape()))
                .help("draw one axis of it: a[:, 0], or its mean over the others"));
        }
        if let Some(xs) = &xs
            && xs.len() != length
        {
            return Err(Problem::new("these points do not pair up")
                .label(Part::Argument(i + 1), shape_text(array.shape()))
                .label(Part::Argument(0), format!("[{}]", xs.len()))
                .help("the first array is the horizontal axis of all others"));
        }
        let values = array.to_doubles();
        for column in 0..columns {
            let ys: Vec<f64> = values.iter().skip(column).step_by(columns.max(1)).copied().collect();
            let xs = xs.clone().unwrap_or_else(|| (0..length).map(|i| i as f64).collect());
            let name = if columns > 1 { format!("{name}[:, {column}]") } else { name.clone() };
            series.push(Series { name, mark, xs, ys });
        }
    }
    if series.is_empty() || series.iter().all(|series| series.xs.is_empty()) {
        return Err(Problem::new("there is nothing to draw").help(format!("{name}(x, y) draws y over x")));
    }
    Ok(series)
}

/// Functions over a range: `plot(f, g, -2, 2)`.
fn functions(call: &mut Call<'_>) -> Outcome<Vec<Series>> {
    let texts = call.host.argument_texts("plot");
    let values = call.args.rest(0).to_vec();
    let count = values.iter().take_while(|value| value.is_function()).count();
    let end = |value: &Value| if let Value::Var(var) = value { var.item() } else { None };
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
            low * (1.0 - part) + high * part
        })
        .collect();
    // What the functions compute here is nobody's history.
    let recording = call.host.cx().set_recording(false);
    let mut series = Vec::new();
    let drawn = (|| {
        for (i, f) in values.iter().take(count).enumerate() {
            let name = texts.get(i).cloned().unwrap_or_default();
            series.push(sampled(call, f, name.clone(), &xs)?);
            if with_slopes {
                let slope = call.host.call(&Value::Builtin(&GRAD), vec![f.clone()])?;
                series.push(sampled(call, &slope, format!("{name}'"), &xs)?);
            }
        }
        Ok(())
    })();
    call.host.cx().set_recording(recording);
    drawn.map(|()| series)
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
    Ok(Series { name, mark: Mark::Line, xs: xs.to_vec(), ys })
}

/// The position of a parameter.
fn option(args: &Arguments, name: &str) -> Option<usize> {
    (0..args.builtin.params.len()).find(|&i| args.builtin.param(i).is_some_and(|(known, _)| known == name))
}

/// Draws series as the other arguments say.
fn finish(call: &mut Call<'_>, series: Vec<Series>) -> Outcome<Value> {
    let args = &call.args;
    let text = |name: &str| -> Outcome<Option<String>> {
        match option(args, name).filter(|&i| args.given(i)) {
            Some(i) => args.text(i).map(|text| Some(text.to_string())),
            None => Ok(None),
        }
    };
    let flag = |name: &str| option(args, name).map_or(Ok(false), |i| args.flag_or(i, false));
    let scene = Scene {
        title: text("title")?.unwrap_or_default(),
        x_label: text("xlabel")?.unwrap_or_default(),
        y_label: text("ylabel")?.unwrap_or_default(),
        x_log: flag("xlog")?,
        y_log: flag("ylog")?,
        series,
    };
    let charset = match text("style")?.as_deref() {
        None => None,
        Some("braille") => Some(Charset::Unicode),
        Some("ascii") => Some(Charset::Ascii),
        Some(_) => {
            let at = option(args, "style").unwrap_or(0);
            return Err(Problem::new("a style is \"braille\" or \"ascii\"").label(Part::Argument(at), ""));
        }
    };
    if let Some(path) = text("file")? {
        if !path.to_lowercase().ends_with(".svg") {
            let at = option(args, "file").unwrap_or(0);
            return Err(Problem::new("pictures of numbers are written as .svg")
                .label(Part::Argument(at), "")
                .help("every browser shows one, and inkscape or rsvg-convert make a .png of it"));
        }
        data::write(&path, svg::draw(&scene).as_bytes())?;
        let what = match scene.series.as_slice() {
            [one] if one.mark == Mark::Points => format!("{} points", one.xs.len()),
            [one] if one.mark == Mark::Bars => format!("{} bars", one.xs.len()),
            [_] => "1 line".to_string(),
            many => format!("{} series", many.len()),
        };
        return Ok(Value::text(format!("saved {what} to {path}")));
    }
    let columns = call.host.style().width.min(80);
    let charset = charset.unwrap_or(if call.host.plain() { Charset::Ascii } else { Charset::Unicode });
    let drawn = terminal::draw(&scene, columns, ROWS, charset);
    call.host.print(&drawn)?;
    Ok(Value::None)
}
