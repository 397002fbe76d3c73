//! Values over a plane: `heatmap` and `contour`, with the path of a descent over them; and `show`, for
//! arrays that are pictures.

use super::drawing::{self, Look, WIDEST, arrays, chosen, finish, look, option, scene, screen, text, unrecorded};
use crate::array::{Array, limits, number_text, shape_text};
use crate::autodiff::Var;
use crate::diagnostic::{Edit, Fail, Outcome, Part, Problem};
use crate::plot::grid::{Grid, is_even};
use crate::plot::picture::{Picture, Texture};
use crate::plot::{Field, Mark, Series, contour};
use crate::value::{Builtin, Call, Function, Run, Value, as_var};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&HEATMAP, &CONTOUR, &SHOW];

/// At how many places along each axis a function is looked at, for the screen and for a file.
const PLACES: usize = 61;
const FINE: usize = 121;
/// Cells that a heatmap keeps along each axis.
const CELLS: usize = 256;
/// Rows and columns in which lines of equal value are looked for.
const FINEST: usize = 600;
/// About how many lines are drawn, if nobody says.
const FEW_LEVELS: usize = 6;
/// The most lines that are drawn.
const MOST_LEVELS: usize = 100;

pub(crate) static HEATMAP: Builtin = Builtin {
    name: "heatmap",
    params: &["...values", "path = none", "title = none", "xlabel = none", "ylabel = none", "file = none", "style = none"],
    doc: "Draws a matrix as cells, each as bright as its element: `heatmap(z)`; `heatmap(x, y, z)` with the places of its columns and rows; or `heatmap(f, -2, 2)`, a function of two numbers or of a vector of two over a square.

With four ends, `heatmap(f, -2, 2, 0, 1)`, the axes differ. `path` is a line over it, a row for each point. The other arguments are those of `plot`.
> heatmap([[1, 2], [3, 4]], file = \"heat.svg\")
\"saved 2 x 2 cells to heat.svg\"",
    samples: &[],
    run: Run::Routine(|call| {
        let mut scene = scene(&call.args)?;
        let grid = plane(call, Corners::Outside)?;
        let what = format!("{} x {} cells", grid.ys.len(), grid.xs.len());
        range(&grid)?;
        (scene.x_whole, scene.y_whole) = (grid.down, grid.down);
        scene.field = Some(Field::Heat(grid.shrunk(CELLS, CELLS)?));
        scene.series = path(call)?;
        finish(call, scene, &what)
    }),
};

pub(crate) static CONTOUR: Builtin = Builtin {
    name: "contour",
    params: &[
        "...values",
        "path = none",
        "levels = 6",
        "title = none",
        "xlabel = none",
        "ylabel = none",
        "file = none",
        "style = none",
    ],
    doc: "Draws lines of equal value: `contour(f, -2, 2)` for a function of two numbers or of a vector of two, `contour(z)` or `contour(x, y, z)` for a matrix.

With four ends, `contour(f, -2, 2, 0, 1)`, the axes differ. `path` is a line over it, a row for each point: where a descent went. `levels` is about how many lines there are, or an array of their values. The other arguments are those of `plot`.
> contour((x, y) -> x ** 2 + 3 * y ** 2, -1, 1, path = [[1, 1], [0, 0]], file = \"bowl.svg\")
\"saved 7 lines to bowl.svg\"",
    samples: &[],
    run: Run::Routine(|call| {
        let mut scene = scene(&call.args)?;
        let grid = plane(call, Corners::Inside)?;
        (scene.x_whole, scene.y_whole) = (grid.down, grid.down);
        let range = range(&grid)?;
        let grid = grid.sampled(FINEST)?;
        let levels = levels(call, &grid)?;
        let contours = levels.iter().map(|&level| contour::contour(&grid, level)).collect::<Outcome<Vec<_>>>()?;
        scene.series = path(call)?;
        if scene.series.is_empty() && contours.iter().all(|contour| contour.pieces.is_empty()) {
            return Err(Problem::new("there are no lines to draw").label(
                Part::Argument(0),
                match range {
                    (low, high) if low == high => format!("every value is {}", number_text(low)),
                    (low, high) if levels.iter().any(|level| (low..=high).contains(level)) => {
                        "no four neighbours are finite".to_string()
                    }
                    (low, high) => format!("its values are from {} to {}", number_text(low), number_text(high)),
                },
            ));
        }
        let what = if levels.len() == 1 { "1 line".to_string() } else { format!("{} lines", levels.len()) };
        let corner = |places: &[f64]| places.first().copied().zip(places.last().copied()).unwrap_or((0.0, 1.0));
        scene.field = Some(Field::Contours { lines: contours, range, x: corner(&grid.xs), y: corner(&grid.ys), down: grid.down });
        finish(call, scene, &what)
    }),
};

pub(crate) static SHOW: Builtin = Builtin {
    name: "show",
    params: &["x", "file = none", "style = none"],
    doc: "Shows a picture: an array of height and width, or of height, width and 3 channels, as `load(\"x.png\")` gives; several of one size as one array, or a tuple, stand side by side.

Values go from 0, black, to 1; where there are others, from the smallest to the largest. `file = \"x.svg\"` or `\"x.png\"` writes a file instead; `style` is \"blocks\", \"braille\" or \"ascii\".
> show([[0, 1], [1, 0]], style = \"ascii\")
  @@
@@",
    samples: &[],
    run: Run::Routine(|call| {
        let picture = pictures(call)?;
        let look = look(&call.args)?;
        if let Some(path) = text(&call.args, "file")? {
            let what = format!("{} x {} pixels", picture.high, picture.wide);
            return drawing::write(call, &path, &picture.page()?, &what);
        }
        let columns = call.host.style().width.min(WIDEST);
        let texture = match look {
            Some(Look::Blocks) => Texture::Shades,
            Some(Look::Braille) => Texture::Dots,
            _ => Texture::Any,
        };
        let drawn = picture.draw(columns, screen(call, look), texture)?;
        call.host.print(&drawn)?;
        Ok(Value::None)
    }),
};

/// The smallest and the largest value of a plane that is to be drawn.
fn range(grid: &Grid) -> Outcome<(f64, f64)> {
    grid.range().ok_or_else(|| Problem::new("there is nothing to draw").label(Part::Argument(0), "no value is finite"))
}

/// Where a function is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Corners {
    /// In the middle of cells, which fill the range.
    Outside,
    /// From one end of the range to the other.
    Inside,
}

/// The plane that the arguments describe.
fn plane(call: &mut Call<'_>, corners: Corners) -> Outcome<Grid> {
    if call.args.rest(0).first().is_some_and(Value::is_function) {
        return of_function(call, corners);
    }
    let name = call.args.builtin.name;
    let help = format!("{name}(z) draws a matrix, and {name}(f, -2, 2) a function");
    let arrays = arrays(call, &help)?;
    let (at, matrix) = match &arrays[..] {
        [(_, z)] => (0, z),
        [_, _, (_, z)] => (2, z),
        _ => {
            return Err(Problem::new(format!("{name} draws one matrix, found {} arrays", arrays.len()))
                .help(format!("{name}(z), or {name}(x, y, z) with the places of its columns and rows")));
        }
    };
    let &[rows, columns] = matrix.shape() else {
        return Err(Problem::new(format!("{name} draws a matrix, found shape {}", shape_text(matrix.shape())))
            .label(Part::Argument(at), shape_text(matrix.shape()))
            .help(help));
    };
    let least = if corners == Corners::Inside { 2 } else { 1 };
    if rows < least || columns < least {
        return Err(Problem::new("there is nothing to draw").label(Part::Argument(at), shape_text(matrix.shape())));
    }
    let mut values = limits::reserve(matrix.len())?;
    values.extend_from_slice(&drawing::numbers(matrix));
    let numbers = |count: usize| (0..count).map(|i| i as f64).collect::<Vec<_>>();
    if at == 0 {
        return Ok(Grid { xs: numbers(columns), ys: numbers(rows), values, down: true });
    }
    let places = |i: usize, count: usize, axis: &str| -> Outcome<Vec<f64>> {
        let Some((_, array)) = arrays.get(i) else { return Ok(Vec::new()) };
        if array.len() != count || array.shape().len() != 1 {
            return Err(Problem::new(format!("{name} needs a place for each {axis}"))
                .label(Part::Argument(i), shape_text(array.shape()))
                .label(Part::Argument(2), shape_text(matrix.shape()))
                .help("x has one number for each column of z, y one for each row"));
        }
        Ok(drawing::numbers(array).into_owned())
    };
    let mut grid = Grid { xs: places(0, columns, "column")?, ys: places(1, rows, "row")?, values, down: false };
    let steps = if corners == Corners::Outside { "in equal steps" } else { "that go up or down" };
    let wrong = |at: usize| Err(Problem::new(format!("{name} needs places {steps}")).label(Part::Argument(at), ""));
    let (x_ascends, y_ascends) = grid.ascend();
    match corners {
        _ if !x_ascends => wrong(0),
        _ if !y_ascends => wrong(1),
        Corners::Outside if !is_even(&grid.xs) => wrong(0),
        Corners::Outside if !is_even(&grid.ys) => wrong(1),
        _ => Ok(grid),
    }
}

/// A function over a rectangle: `contour(f, -2, 2)`, `contour(f, -2, 2, 0, 1)`.
fn of_function(call: &mut Call<'_>, corners: Corners) -> Outcome<Grid> {
    let name = call.args.builtin.name;
    let values = call.args.rest(0).to_vec();
    let ends: Vec<f64> =
        values.iter().skip(1).filter_map(|end| if let Value::Var(var) = end { var.item() } else { None }).collect();
    let fits = |low: f64, high: f64| low.is_finite() && high.is_finite() && low < high;
    let (x, y) = match ends[..] {
        [] if values.len() == 1 => ((-1.0, 1.0), (-1.0, 1.0)),
        [low, high] if values.len() == 3 && fits(low, high) => ((low, high), (low, high)),
        [left, right, low, high] if values.len() == 5 && fits(left, right) && fits(low, high) => {
            ((left, right), (low, high))
        }
        _ => {
            return Err(Problem::new("a range goes from one number to a larger one")
                .label(Part::Argument(1.min(values.len() - 1)), "")
                .help(format!("for example {name}(f, -2, 2), or {name}(f, -2, 2, 0, 1)")));
        }
    };
    let Some(f) = values.first() else { return Err(call.args.wrong(0, "a function")) };
    let apart = takes_two(f);
    let count = if chosen(&call.args, "file").is_some() { FINE } else { PLACES };
    let places = |(low, high): (f64, f64)| -> Vec<f64> {
        let part = |i: usize| match corners {
            Corners::Inside => i as f64 / (count - 1) as f64,
            Corners::Outside => (i as f64 + 0.5) / count as f64,
        };
        (0..count).map(|i| low * (1.0 - part(i)) + high * part(i)).collect()
    };
    let (xs, ys) = (places(x), places(y));
    let values = unrecorded(call, |call| {
        let mut values = limits::reserve(count * count)?;
        for &y in &ys {
            for &x in &xs {
                limits::check()?;
                let args = if apart {
                    vec![Value::num(x), Value::num(y)]
                } else {
                    vec![Value::Var(Array::new(crate::array::Shape::from_slice(&[2]), vec![x, y]).into())]
                };
                let value = call.host.call(f, args)?;
                let number = if let Value::Var(var) = &value { var.item() } else { None };
                let Some(number) = number else {
                    return Err(Problem::new("a function that is drawn gives one number")
                        .label(Part::Argument(0), format!("it gives {}", value.kind()))
                        .help("it gets two numbers, x and y, or one vector of two"));
                };
                values.push(number);
            }
        }
        Ok(values)
    })?;
    Ok(Grid { xs, ys, values, down: false })
}

/// Whether a function needs two arguments rather than one.
fn takes_two(f: &Value) -> bool {
    match f {
        Value::Builtin(builtin) => (0..2).all(|i| builtin.param(i).is_some_and(|(_, optional)| !optional)),
        Value::Function(function) => match &**function {
            Function::Closure(closure) => {
                closure.lambda.params.iter().filter(|param| param.default.is_none()).count() > 1
            }
            Function::Partial(_) => false,
        },
        _ => false,
    }
}

/// The values that lines are drawn for.
fn levels(call: &Call<'_>, grid: &Grid) -> Outcome<Vec<f64>> {
    let at = option(&call.args, "levels").unwrap_or(0);
    if !call.args.given(at) {
        return Ok(contour::levels(grid, FEW_LEVELS));
    }
    let var = call.args.var(at)?;
    let wrong = |found: String| {
        Problem::new(format!("levels is a count from 1 to {MOST_LEVELS}, or their values"))
            .label(Part::Argument(at), found)
    };
    if var.shape().is_empty() {
        let count = call.args.whole(at)?;
        let count = usize::try_from(count).ok().filter(|count| (1..=MOST_LEVELS).contains(count));
        return Ok(contour::levels(grid, count.ok_or_else(|| wrong(number_text(var.item().unwrap_or(0.0))))?));
    }
    let array = var.array();
    let mut levels = array.to_doubles().into_owned();
    if levels.is_empty() || levels.len() > MOST_LEVELS || levels.iter().any(|level| !level.is_finite()) {
        return Err(wrong(shape_text(array.shape())));
    }
    levels.sort_by(f64::total_cmp);
    Ok(levels)
}

/// The line over the plane, if there is one.
fn path(call: &Call<'_>) -> Outcome<Vec<Series<'static>>> {
    let Some(at) = chosen(&call.args, "path") else { return Ok(Vec::new()) };
    let wrong = |found: String| -> Fail {
        Problem::new("a path has two numbers for each point")
            .label(Part::Argument(at), found)
            .help("an array of shape [n, 2], or a tuple of points")
    };
    let mut flat: Vec<f64> = Vec::new();
    match call.args.get(at) {
        Value::Tuple(points) => {
            for point in &points.items {
                match as_var(point)? {
                    Some(var) if var.len() == 2 => flat.extend_from_slice(&var.array().to_doubles()),
                    Some(var) => return Err(wrong(shape_text(var.shape()))),
                    None => return Err(wrong(point.kind())),
                }
            }
        }
        value => match as_var(value)? {
            Some(var) if var.shape().len() == 2 && var.shape().last() == Some(&2) => {
                flat.extend_from_slice(&var.array().to_doubles());
            }
            Some(var) => return Err(wrong(shape_text(var.shape()))),
            None => return Err(wrong(value.kind())),
        },
    }
    let (xs, ys) = (flat.iter().step_by(2).copied().collect(), flat.iter().skip(1).step_by(2).copied().collect());
    Ok(vec![Series { name: String::new(), mark: Mark::Path, xs, ys, reach: 0.0 }])
}

/// The picture that the argument of `show` is, or several side by side.
fn pictures(call: &Call<'_>) -> Outcome<Picture> {
    const HELP: &str = "a picture is an array of height and width, or of height, width and 3 channels";
    let wrong = |found: String| Problem::new("this is not a picture").label(Part::Argument(0), found).help(HELP);
    let several: Vec<Var> = match call.args.get(0) {
        Value::Text(_) => {
            let fix = vec![
                Edit::Before(Part::Argument(0), "load(".to_string()),
                Edit::After(Part::Argument(0), ")".to_string()),
            ];
            return Err(Problem::new("a string is not a picture")
                .label(Part::Argument(0), "")
                .patch("if it names a file, load that", fix));
        }
        Value::Tuple(tuple) => {
            let arrays = tuple.items.iter().map(as_var).collect::<Outcome<Option<Vec<_>>>>()?;
            arrays.ok_or_else(|| wrong(call.args.get(0).kind()))?
        }
        value => match as_var(value)? {
            Some(var) => vec![var],
            None => return Err(wrong(value.kind())),
        },
    };
    call.args.get(0).compute()?;
    let mut tiles = Vec::new();
    for array in &several {
        let values = drawing::numbers(array);
        let (count, high, wide, channels) = match *array.shape() {
            [high, wide] => (1, high, wide, 1),
            [high, wide, channels @ 1..=4] => (1, high, wide, channels),
            [count, high, wide] => (count, high, wide, 1),
            [count, high, wide, channels @ 1..=4] => (count, high, wide, channels),
            _ => return Err(wrong(shape_text(array.shape()))),
        };
        let size = high.saturating_mul(wide).saturating_mul(channels);
        if size == 0 || count == 0 {
            return Err(wrong(shape_text(array.shape())));
        }
        if count > Picture::MOST_TILES {
            return Err(Problem::new(format!("{count} pictures are more than can be seen"))
                .label(Part::Argument(0), shape_text(array.shape()))
                .help("show the first few: x[:10]"));
        }
        let (low, high_value) = lightest(&values)?;
        for pixels in values.chunks(size) {
            tiles.push(Picture::new(wide, high, channels, pixels, (low, high_value))?);
        }
    }
    let Some((first, rest)) = tiles.split_first() else { return Err(wrong("()".to_string())) };
    // A terminal is mostly dark, and a page white.
    let ground = if chosen(&call.args, "file").is_some() { [160; 3] } else { [0; 3] };
    if rest.is_empty() { Ok(first.clone()) } else { Picture::beside(&tiles, ground) }
}

/// What is black and what is white: 0 and 1, unless values lie outside.
fn lightest(values: &[f64]) -> Outcome<(f64, f64)> {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for part in values.chunks(limits::STRIDE) {
        limits::check()?;
        for x in part.iter().filter(|x| x.is_finite()) {
            (least, most) = (least.min(*x), most.max(*x));
        }
    }
    if least < low || most > high {
        (low, high) = (least, most);
    }
    Ok((low, high))
}
