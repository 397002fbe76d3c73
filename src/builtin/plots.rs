//! Lines and points: `plot`, `scatter`. They print to the terminal, or write a file if
//! one is named.

use super::curves::curves;
use super::drawing::{arrays, chosen, counted, finish, numbers, scene, texts};
use crate::array::{limits, shape_text};
use crate::autodiff::Var;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::plot::{Mark, Series};
use crate::value::{Builtin, Call, Run};
use std::borrow::Cow;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PLOT, &SCATTER];

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

A matrix is a line for each column. Several lines are called what the arguments are, or what `names` says. Several functions can stand before the ends of the range, and `grad = true` draws their derivatives as well. `xlog` and `ylog` make an axis logarithmic. Where a function has a pole, the picture ends above most of what there is. `file = \"x.svg\"` or `\"x.png\"` writes a file instead of printing; `style` is \"braille\", \"blocks\" or \"ascii\".
> plot([3, 1, 2, 0], style = \"ascii\")
  3 +**
    |  ***
2.5 +     ***
    |        ***
  2 +           ***                                ****
    |              ***                       ******    ***
1.5 +                 ***              ******             ***
    |                    ***     ******                      ***
  1 +                       *****                               ***
    |                                                              ***
0.5 +                                                                 ***
    |                                                                    ***
  0 +                                                                       **
    ++-----------------------+-----------------------+-----------------------+
     0                       1                       2                       3",
    samples: &[],
    run: Run::Routine(|call| {
        let mut scene = scene(&call.args)?;
        let drawn;
        scene.series = match call.args.rest(0).first() {
            Some(value) if value.is_function() => curves(call, &mut scene)?,
            _ => {
                scene.x_whole = call.args.rest(0).len() == 1;
                drawn = given(call)?;
                over_first(call, &drawn, Mark::Line)?
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
        let drawn = given(call)?;
        scene.series = over_first(call, &drawn, Mark::Points)?;
        let what = counted(&scene.series);
        finish(call, scene, &what)
    }),
};

/// The names that the series are to have, if the program says so.
pub(super) fn rename(call: &Call<'_>, series: &mut [Series<'_>]) -> Outcome<()> {
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
pub(super) fn columns<'a>(
    call: &Call<'_>,
    at: usize,
    (name, array): &'a (String, Var),
    xs: Option<&Cow<'a, [f64]>>,
    mark: Mark,
) -> Outcome<Vec<Series<'a>>> {
    let columns = if let &[_, columns] = array.shape() { columns } else { 1 };
    let length = array.len().checked_div(columns).unwrap_or(0);
    if columns > MOST_SERIES || array.shape().len() > 2 {
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
    let places = || -> Outcome<Cow<'a, [f64]>> {
        let mut places = limits::reserve(length)?;
        places.extend((0..length).map(|i| i as f64));
        Ok(places.into())
    };
    let series = |name: String, ys: Cow<'a, [f64]>| -> Outcome<Series<'a>> {
        limits::check()?;
        Ok(Series { name, mark, xs: xs.map_or_else(places, |xs| Ok(xs.clone()))?, ys, reach: 0.4 })
    };
    if columns == 1 {
        return Ok(vec![series(name.clone(), numbers(array))?]);
    }
    let values = numbers(array);
    let column = |column: usize| -> Outcome<Series<'a>> {
        let mut ys = limits::reserve(length)?;
        ys.extend(values.iter().skip(column).step_by(columns.max(1)).copied());
        let name = if is_path(name) { format!("{name}[:, {column}]") } else { format!("column {column}") };
        series(name, ys.into())
    };
    (0..columns).map(column).collect()
}

/// What `plot(x, y)` was given by position, as arrays with what the program calls them.
fn given(call: &Call<'_>) -> Outcome<Vec<(String, Var)>> {
    let name = call.args.builtin.name;
    arrays(call, &format!("{name}(x, y) draws y over x, and plot(f, 0, 1) a function"))
}

/// Values as series: the first is the horizontal axis, unless it is alone.
fn over_first<'a>(call: &Call<'_>, arrays: &'a [(String, Var)], mark: Mark) -> Outcome<Vec<Series<'a>>> {
    let (xs, arrays, first) = match arrays {
        [(_, xs), arrays @ ..] if !arrays.is_empty() => (Some(numbers(xs)), arrays, 1),
        arrays => (None, arrays, 0),
    };
    let mut series = Vec::new();
    for (i, named) in arrays.iter().enumerate() {
        series.extend(columns(call, i + first, named, xs.as_ref(), mark)?);
    }
    if series.iter().all(|series| series.xs.is_empty()) {
        let name = call.args.builtin.name;
        return Err(Problem::new("there is nothing to draw").help(format!("{name}(x, y) draws y over x")));
    }
    rename(call, &mut series)?;
    Ok(series)
}

/// Whether a text is a name, or leads to one: `f`, `m.f'`, `x.grad`.
pub(super) fn is_path(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || "_.'".contains(char))
}
