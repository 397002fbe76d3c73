//! Pictures of numbers: one [`Scene`], drawn in characters or as SVG.
//!
//! A scene says what is to be seen, `plot(x, y, x.grad)` for instance two lines and their names, and knows
//! nothing of where. [`terminal`] draws it with braille dots or in plain ASCII, [`svg`] for a page; both
//! share the [`axis`] that decides what is where and which numbers stand beside it.

pub mod axis;
pub mod svg;
pub mod terminal;

use axis::Axis;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Points joined in their order; what is not finite is a gap.
    Line,
    /// Points by themselves.
    Points,
    /// A bar around each point, from 0, as wide as the distance to the next.
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
    /// The data.
    pub series: Vec<Series>,
}

impl Series {
    /// Its points that can be seen.
    fn points(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.xs.iter().copied().zip(self.ys.iter().copied())
    }

    /// Half the width of a bar.
    fn reach(&self) -> f64 {
        match self.xs.as_slice() {
            [first, second, ..] => (second - first).abs() / 2.0,
            _ => 0.5,
        }
    }
}

impl Scene {
    /// The horizontal axis and the vertical one.
    fn axes(&self) -> (Axis, Axis) {
        // A point counts only if both of its numbers can be seen.
        let seen = |series: &Series, (x, y): (f64, f64)| -> bool {
            let fits = |value: f64, log: bool| value.is_finite() && (!log || value > 0.0);
            fits(x, self.x_log) && (fits(y, self.y_log) || series.mark == Mark::Bars)
        };
        let (mut xs, mut ys) = (axis::Range::default(), axis::Range::default());
        for series in &self.series {
            for point in series.points().filter(|&point| seen(series, point)) {
                let reach = if series.mark == Mark::Bars { series.reach() } else { 0.0 };
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
}
