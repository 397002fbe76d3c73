//! Pictures of numbers: one [`Scene`], drawn in characters, as SVG or as PNG.
//!
//! A scene says what is to be seen, `plot(x, y, x.grad)` for instance two lines and their names, and knows
//! nothing of where. [`terminal`] draws it on a [`canvas`] of characters; [`sheet`] puts it on a [`page`],
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
pub mod svg;
pub mod terminal;
pub mod thin;

use axis::Axis;
use contour::Contour;
use grid::Grid;
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

/// Points that belong together.
#[derive(Clone, Debug)]
pub struct Series {
    /// What stands beside it, or nothing.
    pub name: String,
    /// How it is drawn.
    pub mark: Mark,
    /// From left to right.
    pub xs: Vec<f64>,
    /// From bottom to top; as many.
    pub ys: Vec<f64>,
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
pub struct Scene {
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
    /// What stands below 0, 1, 2 and so on instead of numbers.
    pub x_names: Vec<String>,
    /// What lies behind the series.
    pub field: Option<Field>,
    /// The data.
    pub series: Vec<Series>,
}

impl Series {
    /// Its points.
    fn points(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.xs.iter().copied().zip(self.ys.iter().copied())
    }

    /// The last point that can be seen, in parts of the axes.
    fn end(&self, x_axis: &Axis, y_axis: &Axis) -> Option<(f64, f64)> {
        self.points().rev().find_map(|(x, y)| Some((x_axis.place(x)?, y_axis.place(y)?)))
    }
}

impl Scene {
    /// The horizontal axis and the vertical one.
    pub fn axes(&self) -> (Axis, Axis) {
        let (x_axis, y_axis) = self.plain_axes();
        let whole = |axis: Axis, whole: bool| if whole { axis.whole() } else { axis };
        (whole(x_axis, self.x_whole), whole(y_axis, self.y_whole))
    }

    fn plain_axes(&self) -> (Axis, Axis) {
        // A point counts only if both of its numbers can be seen.
        let seen = |series: &Series, (x, y): (f64, f64)| -> bool {
            let fits = |value: f64, log: bool| value.is_finite() && (!log || value > 0.0);
            fits(x, self.x_log) && (fits(y, self.y_log) || series.mark == Mark::Bars)
        };
        let (mut xs, mut ys) = (axis::Range::default(), axis::Range::default());
        let plane = match &self.field {
            Some(Field::Heat(grid)) => Some((grid.edges(), grid.down)),
            Some(Field::Contours { x, y, down, .. }) => Some(((*x, *y), *down)),
            None => None,
        };
        // Nothing beside the plane is part of the picture.
        if let Some((((left, right), (low, high)), down)) = plane {
            [left, right].into_iter().for_each(|x| xs.take(x));
            [low, high].into_iter().for_each(|y| ys.take(y));
            let y_axis = Axis::new(ys, false);
            return (Axis::new(xs, false), if down { y_axis.reversed() } else { y_axis });
        }
        for series in &self.series {
            for point in series.points().filter(|&point| seen(series, point)) {
                let reach = if series.mark == Mark::Bars { series.reach } else { 0.0 };
                xs.take(point.0 - reach);
                xs.take(point.0 + reach);
                ys.take(point.1);
            }
            if series.mark == Mark::Bars {
                ys.take(0.0);
            }
        }
        (Axis::new(xs, self.x_log), Axis::new(ys, self.y_log))
    }

    /// Whether names stand beside the series.
    fn named(&self) -> bool {
        self.series.len() > 1 || self.field.is_some()
    }
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
