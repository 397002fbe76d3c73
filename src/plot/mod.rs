//! Pictures of numbers: one [`Scene`], drawn in characters, as SVG or as PNG.
//!
//! A scene says what is to be seen, `plot(x, y, x.grad)` for instance two lines and their names, and knows
//! nothing of where. [`terminal`] draws it on a [`canvas`] of characters with [`strokes`]; [`sheet`] puts it on a [`page`],
//! which [`svg`] writes and [`png`] paints. All share the [`axis`] that decides what is where and which
//! numbers stand beside it.

pub mod axis;
pub mod canvas;
pub mod colors;
pub mod contour;
pub mod graph;
pub mod grid;
pub mod letters;
pub mod page;
pub mod picture;
pub mod png;
pub mod sheet;
pub mod strokes;
pub mod svg;
pub mod terminal;
pub mod thin;

use crate::array::limits;
use crate::diagnostic::Outcome;
use axis::Axis;
use contour::Contour;
use grid::Grid;
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Points joined in their order; what is not finite is a gap.
    Line,
    /// Points by themselves.
    Points,
    /// Points joined in their order, each of them seen: where a descent went.
    Path,
    /// A bar around each point, from 0.
    Bars,
}

/// Points that belong together. Ten million numbers stay where they are until it is known which of them show.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    /// What stands beside it, or nothing.
    pub name: String,
    /// How it is drawn.
    pub mark: Mark,
    /// From left to right.
    pub xs: Cow<'a, [f64]>,
    /// From bottom to top; as many.
    pub ys: Cow<'a, [f64]>,
    /// Half the width of a bar.
    pub reach: f64,
}

/// Values over a plane.
#[derive(Clone, Debug)]
pub enum Field {
    /// As cells, each in the colour of its value.
    Heat(Grid),
    /// As lines of equal value.
    Contours {
        /// One for each value.
        lines: Vec<Contour>,
        /// The smallest and the largest value.
        range: (f64, f64),
        /// From where to where the plane goes.
        x: (f64, f64),
        /// The same, vertically.
        y: (f64, f64),
        /// Whether the first row is at the top.
        down: bool,
    },
}

/// What is to be seen.
#[derive(Clone, Debug, Default)]
pub struct Scene<'a> {
    /// Above the picture.
    pub title: String,
    /// Below the horizontal axis.
    pub x_label: String,
    /// Above the vertical axis.
    pub y_label: String,
    /// Whether equal distances are equal ratios.
    pub x_log: bool,
    /// The same, vertically.
    pub y_log: bool,
    /// Whether places along the horizontal axis are those of elements.
    pub x_whole: bool,
    /// The same, vertically.
    pub y_whole: bool,
    /// From where to where the vertical axis goes, if the data do not say so.
    pub window: Option<(f64, f64)>,
    /// What stands below 0, 1, 2 and so on instead of numbers.
    pub x_names: Vec<String>,
    /// What lies behind the series.
    pub field: Option<Field>,
    /// The data.
    pub series: Vec<Series<'a>>,
}

/// How much of a scene can be seen, and where.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// How many points can be seen.
    pub seen: usize,
    /// How many cannot because an axis is logarithmic.
    pub lost: usize,
}

impl Series<'_> {
    /// The same with numbers of its own.
    pub fn owned(self) -> Series<'static> {
        Series { xs: self.xs.into_owned().into(), ys: self.ys.into_owned().into(), ..self }
    }

    /// Its points.
    fn points(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.xs.iter().copied().zip(self.ys.iter().copied())
    }

    /// The last point that can be seen, in parts of the axes.
    fn end(&self, x_axis: &Axis, y_axis: &Axis) -> Option<(f64, f64)> {
        self.points().rev().find_map(|(x, y)| Some((x_axis.place(x)?, y_axis.place(y)?)))
    }
}

impl Scene<'_> {
    /// The axes that show everything.
    ///
    /// # Errors
    /// When Ctrl-C was pressed.
    pub fn view(&self) -> Outcome<View> {
        let mut view = match &self.field {
            // Nothing beside the plane is part of the picture.
            Some(Field::Heat(grid)) => plane(grid.edges(), grid.down),
            Some(Field::Contours { x, y, down, .. }) => plane((*x, *y), *down),
            None => self.around_points()?,
        };
        if let Some(ends) = self.window {
            view.y = Axis::new([ends.0, ends.1].into_iter().collect(), false);
        }
        let whole = |axis: Axis, whole: bool| if whole { axis.whole() } else { axis };
        Ok(View { x: whole(view.x, self.x_whole), y: whole(view.y, self.y_whole), ..view })
    }

    fn around_points(&self) -> Outcome<View> {
        let (mut xs, mut ys) = (axis::Range::default(), axis::Range::default());
        let (mut seen, mut lost) = (0, 0);
        let fits = |value: f64, log: bool| !log || value > 0.0;
        for series in &self.series {
            let bars = series.mark == Mark::Bars;
            let reach = if bars { series.reach } else { 0.0 };
            for (i, (x, y)) in series.points().enumerate() {
                if i % limits::STRIDE == 0 {
                    limits::check()?;
                }
                // A point counts only if both of its numbers can be seen.
                if !x.is_finite() || !(y.is_finite() || bars && !y.is_nan()) {
                    continue;
                }
                if !fits(x, self.x_log) || !fits(y, self.y_log) {
                    lost += 1;
                    continue;
                }
                seen += 1;
                xs.take(x - reach);
                xs.take(x + reach);
                ys.take(y);
            }
            if bars {
                ys.take(0.0);
            }
        }
        // Bars that are all of no height stand on the ground.
        if self.series.iter().any(|series| series.mark == Mark::Bars) && ys.is_point() {
            ys.take(1.0);
        }
        Ok(View { x: Axis::new(xs, self.x_log), y: Axis::new(ys, self.y_log), seen, lost })
    }

    /// Whether names stand beside the series.
    fn named(&self) -> bool {
        self.series.len() > 1 || self.field.is_some()
    }
}

/// The axes of a plane.
fn plane((x, y): ((f64, f64), (f64, f64)), down: bool) -> View {
    let [x, y] = [x, y].map(|(low, high)| Axis::new([low, high].into_iter().collect(), false));
    View { x, y: if down { y.reversed() } else { y }, seen: 1, lost: 0 }
}

/// A text of at most so many columns, with a sign that it was cut.
pub(crate) fn cut(text: &str, columns: usize, sign: char) -> String {
    if text.width() <= columns {
        return text.to_string();
    }
    let mut room = columns.saturating_sub(1);
    let fits = |char: &char| {
        let wide = char.width().unwrap_or(0);
        let fits = wide <= room;
        room = room.saturating_sub(wide);
        fits
    };
    text.chars().take_while(fits).chain([sign]).collect()
}
