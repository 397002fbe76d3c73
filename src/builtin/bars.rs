//! Bars: `bar`, one for each value, and `hist`, one for each interval in which values lie.

use super::drawing::{counted, finish, scene, strings};
use super::plots::{columns, rename};
use crate::array::{limits, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::plot::{Mark, Series};
use crate::value::{Builtin, Call, Run, Value};
use std::borrow::Cow;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&BAR, &HIST];

/// More bars than this are a mistake.
const MOST_BARS: usize = 10_000;

pub(crate) static BAR: Builtin = Builtin {
    name: "bar",
    params: &[
        "...values",
        "title = none",
        "xlabel = none",
        "ylabel = none",
        "names = none",
        "file = none",
        "style = none",
    ],
    doc: "Draws bars: `bar(heights)`, `bar(labels, heights)` with a tuple of strings or numbers below them, or `bar((ann = 3, bob = 5))`.

Several heights stand side by side; a matrix is a series for each column. The other arguments are those of `plot`.
> bar((\"ann\", \"bob\"), [3, 5], file = \"scores.svg\")
\"saved 2 bars to scores.svg\"",
    samples: &[],
    run: Run::Routine(|call| {
        let mut scene = scene(&call.args)?;
        (scene.series, scene.x_names) = bars(call)?;
        scene.x_whole = true;
        let what = counted(&scene.series);
        finish(call, scene, &what)
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
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for part in values.chunks(limits::STRIDE) {
            limits::check()?;
            for x in part.iter().filter(|x| x.is_finite()) {
                (low, high) = (low.min(*x), high.max(*x));
            }
        }
        if low > high {
            return Err(Problem::new("there is nothing to count").label(Part::Argument(0), shape_text(x.shape())));
        }
        if low == high {
            let around = (low.abs() * 1e-9).max(0.5);
            (low, high) = ((low - around).max(f64::MIN), (high + around).min(f64::MAX));
        }
        let width = high / bins as f64 - low / bins as f64;
        let mut counts = limits::filled(bins, 0.0)?;
        for part in values.chunks(limits::STRIDE) {
            limits::check()?;
            for x in part.iter().filter(|x| x.is_finite()) {
                let at = (((x / width) - (low / width)) as usize).min(bins - 1);
                if let Some(count) = counts.get_mut(at) {
                    *count += 1.0;
                }
            }
        }
        let xs = (0..bins).map(|i| low + (i as f64 + 0.5) * width).collect();
        let mut scene = scene(&call.args)?;
        scene.series =
            vec![Series { name: String::new(), mark: Mark::Bars, xs, ys: counts.into(), reach: width / 2.0 }];
        let what = counted(&scene.series);
        finish(call, scene, &what)
    }),
};

/// Bars, and what stands below them.
fn bars(call: &Call<'_>) -> Outcome<(Vec<Series<'static>>, Vec<String>)> {
    const HELP: &str = "bar((\"a\", \"b\"), [1, 2]) draws two bars with names";
    let given = call.args.rest(0);
    let (mut names, mut series) = (Vec::new(), Vec::new());
    let label = |value: &Value| crate::value::display(value, &crate::show::Style::default());
    match given {
        [Value::Tuple(tuple)] => {
            // `bar((ann = 3, bob = 5))`
            let mut ys = Vec::new();
            for (i, value) in tuple.items.iter().enumerate() {
                let height = if let Value::Var(var) = value { var.item() } else { None };
                let Some(height) = height else {
                    return Err(Problem::new(format!("a bar is as high as one number, found {}", value.kind()))
                        .label(Part::Argument(0), value.kind())
                        .help(HELP));
                };
                ys.push(height);
                names.push(tuple.name(i).map_or(i.to_string(), |name| name.to_string()));
            }
            let xs = (0..ys.len()).map(|i| i as f64).collect();
            series.push(Series { name: String::new(), mark: Mark::Bars, xs, ys: ys.into(), reach: 0.4 });
        }
        [first, rest @ ..] => {
            let over = !rest.is_empty();
            if over {
                names = match (strings(first), first) {
                    (Some(names), _) => names,
                    (None, Value::Tuple(tuple)) => tuple.items.iter().map(label).collect(),
                    (None, value) => {
                        let Some(var) = crate::value::as_var(value)? else {
                            return Err(call.args.wrong(0, "strings or numbers"));
                        };
                        let array = var.array();
                        let style = crate::show::Style::default();
                        let numbers = array.to_doubles();
                        if numbers.len() > MOST_BARS {
                            return Err(too_many(0, numbers.len()));
                        }
                        numbers.iter().map(|x| crate::show::number(*x, &style)).collect()
                    }
                };
            }
            let texts = call.host.argument_texts("bar");
            let places: Cow<'_, [f64]> = (0..names.len()).map(|i| i as f64).collect();
            for (i, value) in given.iter().enumerate().skip(usize::from(over)) {
                let Some(var) = crate::value::as_var(value)? else {
                    return Err(Problem::new(format!("bar draws numbers, found {}", value.kind()))
                        .label(Part::Argument(i), value.kind())
                        .help(HELP));
                };
                if var.len() > MOST_BARS {
                    return Err(too_many(i, var.len()));
                }
                let named = (texts.get(i).cloned().unwrap_or_default(), var);
                let columns = columns(call, i, &named, over.then_some(&places), Mark::Bars)?;
                series.extend(columns.into_iter().map(Series::owned));
            }
        }
        [] => {}
    }
    if series.iter().all(|series| series.xs.is_empty()) {
        return Err(Problem::new("there is nothing to draw").help(HELP));
    }
    rename(call, &mut series)?;
    // Side by side around their place.
    let share = 0.8 / series.len() as f64;
    let middle = (series.len() - 1) as f64 / 2.0;
    for (i, series) in series.iter_mut().enumerate() {
        series.reach = share / 2.0;
        series.xs.to_mut().iter_mut().for_each(|x| *x += (i as f64 - middle) * share);
    }
    Ok((series, names))
}

fn too_many(at: usize, found: usize) -> crate::diagnostic::Fail {
    let found = crate::diagnostic::grouped(found);
    Problem::new(format!("{found} bars are more than can be seen"))
        .label(Part::Argument(at), found)
        .help("hist(x) counts how many values lie where")
}
