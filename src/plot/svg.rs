//! A scene as SVG: plain elements, no script and no font of its own, so that every browser and every
//! program for drawings shows it.

use super::{Mark, Scene};
use std::fmt::Write;

const WIDE: f64 = 640.0;
const HIGH: f64 = 400.0;
/// Room for the numbers at the left, and for what stands above, at the right and below.
const LEFT: f64 = 70.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 100.0;
const BOTTOM: f64 = 55.0;

/// Colours that people who see few can tell apart:
/// [Okabe and Ito](https://jfly.uni-koeln.de/color/).
const COLORS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

/// Draws a scene.
pub fn draw(scene: &Scene) -> String {
    let (x_axis, y_axis) = scene.axes();
    let x_at = |place: f64| LEFT + place * (WIDE - LEFT - RIGHT);
    let y_at = |place: f64| HIGH - BOTTOM - place * (HIGH - TOP - BOTTOM);
    let mut out = Drawing(String::new());
    out.add(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {HIGH}\" width=\"{WIDE}\" height=\"{HIGH}\" font-family=\"sans-serif\" font-size=\"12\">"
    ));
    out.add(format_args!("<rect width=\"{WIDE}\" height=\"{HIGH}\" fill=\"white\"/>"));
    for (place, text) in x_axis.ticks(6) {
        let x = x_at(place);
        out.add(format_args!("<path d=\"M{x:.1} {TOP}V{:.1}\" stroke=\"#e5e5e5\"/>", HIGH - BOTTOM));
        out.text(x, HIGH - BOTTOM + 18.0, "middle", &text);
    }
    for (place, text) in y_axis.ticks(6) {
        let y = y_at(place);
        out.add(format_args!("<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"#e5e5e5\"/>", WIDE - RIGHT));
        out.text(LEFT - 8.0, y + 4.0, "end", &text);
    }
    out.add(format_args!(
        "<path d=\"M{LEFT} {TOP}V{:.1}H{:.1}\" fill=\"none\" stroke=\"black\"/>",
        HIGH - BOTTOM,
        WIDE - RIGHT
    ));
    let mut taken: Vec<f64> = Vec::new();
    for (i, series) in scene.series.iter().enumerate() {
        let color = COLORS.get(i % COLORS.len()).copied().unwrap_or("black");
        let place = |(x, y): (f64, f64)| Some((x_at(x_axis.place(x)?), y_at(y_axis.place(y)?)));
        match series.mark {
            Mark::Line => {
                let mut path = String::new();
                let mut pen = 'M';
                for point in series.points() {
                    match place(point) {
                        // Writing to a string cannot fail.
                        Some((x, y)) => {
                            let _ = write!(path, "{pen}{x:.1} {y:.1}");
                            pen = 'L';
                        }
                        None => pen = 'M',
                    }
                }
                out.add(format_args!("<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>"));
            }
            Mark::Points => {
                for (x, y) in series.points().filter_map(place) {
                    out.add(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{color}\"/>"));
                }
            }
            Mark::Bars => {
                let zero = y_at(y_axis.clamped(0.0));
                for (x, y) in series.points().filter(|(x, y)| x.is_finite() && !y.is_nan()) {
                    let left = x_at(x_axis.clamped(x - series.reach()));
                    let right = x_at(x_axis.clamped(x + series.reach()));
                    let top = y_at(y_axis.clamped(y));
                    out.add(format_args!(
                        "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{color}\" stroke=\"white\"/>",
                        top.min(zero),
                        (right - left).max(0.5),
                        (top - zero).abs()
                    ));
                }
            }
        }
        if scene.series.len() > 1 && !series.name.is_empty() {
            let end = series.points().rev().find_map(place).map_or(TOP, |(_, y)| y);
            let mut y = end;
            while taken.iter().any(|other| (other - y).abs() < 14.0) && taken.len() < 30 {
                y += 14.0;
            }
            taken.push(y);
            out.add(format_args!("<g fill=\"{color}\">"));
            out.text(WIDE - RIGHT + 8.0, y + 4.0, "start", &series.name);
            out.add(format_args!("</g>"));
        }
    }
    let middle = (LEFT + WIDE - RIGHT) / 2.0;
    if !scene.title.is_empty() {
        out.add(format_args!("<g font-size=\"15\">"));
        out.text(middle, 22.0, "middle", &scene.title);
        out.add(format_args!("</g>"));
    }
    if !scene.x_label.is_empty() {
        out.text(middle, HIGH - 12.0, "middle", &scene.x_label);
    }
    if !scene.y_label.is_empty() {
        out.text(LEFT, TOP - 10.0, "middle", &scene.y_label);
    }
    out.add(format_args!("</svg>"));
    out.0
}

/// The text of a drawing as it grows.
struct Drawing(String);

impl Drawing {
    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{element}");
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        self.add(format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", escaped(text)));
    }
}

/// A text without what XML takes for its own, or not at all.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in crate::show::safe(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(' '),
            char => out.push(char),
        }
    }
    out
}
