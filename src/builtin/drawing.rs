//! What all pictures share: a title and labels, and where the drawing goes, to the screen or to a file.

use crate::autodiff::Var;
use crate::data;
use crate::diagnostic::{Outcome, Part, Problem};
use crate::plot::page::Page;
use crate::plot::thin::thin;
use crate::plot::{Mark, Scene, Series, png, sheet, svg, terminal};
use crate::show::{Colors, Screen};
use crate::value::{Arguments, Call, Value, as_var};
use std::borrow::Cow;

/// Rows of a picture in the terminal.
const ROWS: usize = 14;
/// The widest picture that is not asked for.
pub(super) const WIDEST: usize = 80;

/// The position of a parameter.
pub(super) fn option(args: &Arguments, name: &str) -> Option<usize> {
    (0..args.builtin.params.len()).find(|&i| args.builtin.param(i).is_some_and(|(known, _)| known == name))
}

/// The position of a parameter that was given something.
pub(super) fn chosen(args: &Arguments, name: &str) -> Option<usize> {
    option(args, name).filter(|&i| args.given(i))
}

/// A string, if it was given.
pub(super) fn text(args: &Arguments, name: &str) -> Outcome<Option<String>> {
    chosen(args, name).map(|i| args.text(i).map(str::to_string)).transpose()
}

/// The words on a scene and the kinds of its axes.
pub(super) fn scene<'a>(args: &Arguments) -> Outcome<Scene<'a>> {
    let flag = |name: &str| option(args, name).map_or(Ok(false), |i| args.flag_or(i, false));
    let word = |name: &str| -> Outcome<String> { Ok(text(args, name)?.unwrap_or_default().replace(['\n', '\t'], " ")) };
    Ok(Scene {
        title: crate::show::safe(&word("title")?).into_owned(),
        x_label: crate::show::safe(&word("xlabel")?).into_owned(),
        y_label: crate::show::safe(&word("ylabel")?).into_owned(),
        x_log: flag("xlog")?,
        y_log: flag("ylog")?,
        ..Scene::default()
    })
}

/// How a drawing on the screen is asked to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Braille,
    Blocks,
    Ascii,
}

/// What `style` says.
pub(super) fn look(args: &Arguments) -> Outcome<Option<Look>> {
    Ok(match text(args, "style")?.as_deref() {
        None => None,
        Some("braille") => Some(Look::Braille),
        Some("blocks") => Some(Look::Blocks),
        Some("ascii") => Some(Look::Ascii),
        Some(_) => {
            let at = option(args, "style").unwrap_or(0);
            return Err(Problem::new("a style is \"braille\", \"blocks\" or \"ascii\"").label(Part::Argument(at), ""));
        }
    })
}

/// What the screen shows, if a look was asked for or not.
pub(super) fn screen(call: &Call<'_>, look: Option<Look>) -> Screen {
    let screen = call.host.screen();
    match look {
        None => screen,
        Some(Look::Ascii) => Screen { unicode: false, colors: Colors::None },
        Some(_) => Screen { unicode: true, ..screen },
    }
}

/// Draws a scene where the arguments say, and says what was saved.
pub(super) fn finish(call: &mut Call<'_>, mut scene: Scene<'_>, what: &str) -> Outcome<Value> {
    let look = look(&call.args)?;
    let path = text(&call.args, "file")?;
    path.as_deref().map(|path| ending(&call.args, path)).transpose()?;
    let view = scene.view()?;
    // The ends of a function's range come last; otherwise what is drawn does.
    let functions = call.args.rest(0).first().is_some_and(Value::is_function);
    let last = Part::Argument(if functions { 0 } else { call.args.rest(0).len().saturating_sub(1) });
    let lost = format!("{} of 0 or less", crate::diagnostic::grouped(view.lost));
    const ABOVE: &str = "a logarithmic axis shows numbers above 0";
    if view.seen == 0 {
        return Err(match view.lost {
            0 => Problem::new("there is nothing to draw").label(last, "no value is finite"),
            _ => Problem::new("there is nothing to draw").label(last, lost).help(ABOVE),
        });
    }
    if view.lost > 0 {
        call.host.warn(Problem::new("not every point is on a logarithmic axis").label(last, lost).help(ABOVE))?;
    }
    let series = std::mem::take(&mut scene.series);
    scene.series = series.into_iter().map(|series| thin(series, &view.x, &view.y)).collect::<Outcome<_>>()?;
    if let Some(path) = path {
        return write(call, &path, &sheet::lay_out(&scene, &view), what);
    }
    let columns = call.host.style().width.min(WIDEST);
    let drawn = terminal::draw(&scene, &view, columns, ROWS, screen(call, look))?;
    call.host.print(&drawn)?;
    Ok(Value::None)
}

/// A name that fits beside others.
pub(super) fn short(name: &str) -> String {
    crate::plot::cut(name, 20, '~')
}

/// Whether a path ends in `.png` rather than `.svg`.
fn ending(args: &Arguments, path: &str) -> Outcome<bool> {
    match path.to_lowercase().rsplit_once('.') {
        Some((_, "svg")) => Ok(false),
        Some((_, "png")) => Ok(true),
        _ => {
            let at = option(args, "file").unwrap_or(0);
            Err(Problem::new("pictures are written as .svg or .png")
                .label(Part::Argument(at), "")
                .help("for example file = \"picture.svg\", which every browser shows"))
        }
    }
}

/// Writes a page to a file, and says so.
pub(super) fn write(call: &Call<'_>, path: &str, page: &Page, what: &str) -> Outcome<Value> {
    let bytes = if ending(&call.args, path)? {
        let pixels = png::paint(page)?;
        data::png(pixels.wide, pixels.high, &pixels.bytes)?
    } else {
        svg::write(page).into_bytes()
    };
    // Elsewhere the path comes first.
    data::write(path, &bytes).map_err(|mut fail| {
        let at = option(&call.args, "file").unwrap_or(0);
        fail.labels.iter_mut().for_each(|(part, _)| *part = Part::Argument(at));
        fail
    })?;
    Ok(Value::text(format!("saved {what} to {path}")))
}

/// What an answer calls the drawn series.
pub(super) fn counted(series: &[Series<'_>]) -> String {
    let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    match series {
        [one] if one.mark == Mark::Points => plural(one.xs.len(), "point"),
        [one] if one.mark == Mark::Bars => plural(one.xs.len(), "bar"),
        [_] => "1 line".to_string(),
        many => format!("{} series", many.len()),
    }
}

/// Strings from one argument, if they were given.
pub(super) fn texts(args: &Arguments, name: &str) -> Outcome<Option<Vec<String>>> {
    let Some(i) = chosen(args, name) else { return Ok(None) };
    strings(args.get(i)).map(Some).ok_or_else(|| args.wrong(i, "strings"))
}

/// A tuple of strings, or one string.
pub(super) fn strings(value: &Value) -> Option<Vec<String>> {
    let one = |value: &Value| if let Value::Text(text) = value { Some(text.to_string()) } else { None };
    match value {
        Value::Tuple(tuple) if !tuple.items.is_empty() => tuple.items.iter().map(one).collect(),
        value => one(value).map(|text| vec![text]),
    }
}

/// The values that were given by position, as arrays with what the program calls them.
pub(super) fn arrays(call: &Call<'_>, help: &str) -> Outcome<Vec<(String, Var)>> {
    let name = call.args.builtin.name;
    let texts = call.host.argument_texts(name);
    let mut arrays = Vec::new();
    for (i, value) in call.args.rest(0).iter().enumerate() {
        // What two arguments share is computed once.
        value.compute()?;
        let Some(var) = as_var(value)? else {
            return Err(Problem::new(format!("{name} draws numbers, found {}", value.kind()))
                .label(Part::Argument(i), value.kind())
                .help(help));
        };
        arrays.push((texts.get(i).cloned().unwrap_or_default(), var));
    }
    Ok(arrays)
}

/// The elements of an array, where they are.
pub(super) fn numbers(var: &Var) -> Cow<'_, [f64]> {
    match var.array() {
        Cow::Borrowed(array) => array.to_doubles(),
        Cow::Owned(array) => array.to_doubles().into_owned().into(),
    }
}

/// Runs something that records nothing: what functions compute for a picture is nobody's history.
pub(super) fn unrecorded<T>(call: &mut Call<'_>, run: impl FnOnce(&mut Call<'_>) -> Outcome<T>) -> Outcome<T> {
    let recording = call.host.cx().set_recording(false);
    let result = run(call);
    call.host.cx().set_recording(recording);
    result
}
