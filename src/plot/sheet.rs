//! A scene on a page: the plot with its axes, and what stands around it.

use super::axis::Axis;
use super::page::{Anchor, BLACK, Color, FAINT, Page, SIZE, Shape, WHITE, cut, width};
use super::{Field, Mark, Scene, Series, View, colors};
use crate::show::{Style, number};

const WIDE: f64 = 640.0;
const HIGH: f64 = 400.0;
/// About how many numbers stand beside an axis.
const TICKS: usize = 8;
/// The size of a title.
const TITLE: f64 = 15.0;
/// Between lines of text.
const LINE: f64 = 14.0;
/// The widest that names beside the curves, and numbers beside the axis, may be.
const BESIDE: f64 = 180.0;
/// What a sign before a name takes.
const KEY: f64 = 16.0;
/// How wide the bar is that says what colours mean.
const BAR: f64 = 14.0;

/// Where the plot is on the page.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    x_axis: Axis,
    y_axis: Axis,
}

impl Frame {
    fn x_at(&self, place: f64) -> f64 {
        self.left + place * (self.right - self.left)
    }

    fn y_at(&self, place: f64) -> f64 {
        self.bottom - place * (self.bottom - self.top)
    }

    fn place(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.x_at(self.x_axis.place(x)?), self.y_at(self.y_axis.place(y)?)))
    }

    /// The lines through points; what is not on the axes is a gap.
    fn pieces(&self, points: impl Iterator<Item = (f64, f64)>) -> Vec<Vec<(f64, f64)>> {
        let mut pieces = vec![Vec::new()];
        for point in points {
            match (self.place(point), pieces.last_mut()) {
                (Some(place), Some(piece)) => piece.push(place),
                _ => pieces.push(Vec::new()),
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }
}

/// Lays out a scene.
pub fn lay_out(scene: &Scene<'_>, view: &View) -> Page {
    let mut page = Page::new(WIDE, HIGH);
    let (x_axis, y_axis) = with_room(scene, view);
    let y_ticks = y_axis.ticks(TICKS);
    let numbers = y_ticks.iter().map(|(_, text)| width(text, SIZE)).fold(20.0, f64::max).min(BESIDE);
    let names = scene.series.iter().filter(|_| scene.named()).map(|series| width(&series.name, SIZE));
    let beside = names.fold(0.0, f64::max).min(BESIDE) + if has_key(scene) { KEY } else { 0.0 };
    let beside = match &scene.field {
        Some(Field::Heat(_)) => beside.max(50.0) + BAR,
        _ => beside,
    };
    let frame = Frame {
        left: numbers + 22.0,
        right: WIDE - beside - 24.0,
        top: 16.0 + if scene.title.is_empty() { 0.0 } else { 20.0 } + if scene.y_label.is_empty() { 0.0 } else { 16.0 },
        bottom: HIGH - 32.0 - if scene.x_label.is_empty() { 0.0 } else { 18.0 },
        x_axis,
        y_axis,
    };
    let x_ticks = x_ticks(scene, &frame);
    let heat = matches!(scene.field, Some(Field::Heat(_)));
    for (place, _) in x_ticks.iter().filter(|_| !heat && scene.x_names.is_empty()) {
        let x = frame.x_at(*place);
        page.line((x, frame.top), (x, frame.bottom), guide(*place, &frame.x_axis));
    }
    for (place, _) in y_ticks.iter().filter(|_| !heat) {
        let y = frame.y_at(*place);
        page.line((frame.left, y), (frame.right, y), guide(*place, &frame.y_axis));
    }
    for (place, text) in &x_ticks {
        page.text(frame.x_at(*place), frame.bottom + 18.0, Anchor::Middle, text);
    }
    for (place, text) in &y_ticks {
        page.text(frame.left - 8.0, frame.y_at(*place) + 4.0, Anchor::End, &cut(text, SIZE, BESIDE));
    }
    if let Some(field) = &scene.field {
        draw_field(&mut page, &frame, field);
    }
    for (i, series) in scene.series.iter().enumerate() {
        draw_series(&mut page, &frame, series, colors::of_series(if scene.field.is_some() { i + 1 } else { i }));
    }
    // In front of bars and cells, which touch it.
    let corner = vec![(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)];
    page.add(Shape::Lines { pieces: vec![corner], color: BLACK, width: 1.0 });
    if let Some(zero) = scene.series.iter().find(|series| series.mark == Mark::Bars).and(frame.y_axis.place(0.0)) {
        page.line((frame.left, frame.y_at(zero)), (frame.right, frame.y_at(zero)), BLACK);
    }
    if scene.named() {
        name_series(&mut page, &frame, scene);
    }
    let middle = (frame.left + frame.right) / 2.0;
    if !scene.title.is_empty() {
        let text = cut(&scene.title, TITLE, WIDE - 20.0);
        let half = width(&text, TITLE) / 2.0;
        let x = middle.clamp(half.min(WIDE / 2.0), (WIDE - half).max(WIDE / 2.0));
        page.add(Shape::Text { x, y: 22.0, size: TITLE, anchor: Anchor::Middle, color: BLACK, text });
    }
    if !scene.x_label.is_empty() {
        let text = cut(&scene.x_label, SIZE, 2.0 * (WIDE - middle).min(middle));
        page.text(middle, HIGH - 10.0, Anchor::Middle, &text);
    }
    if !scene.y_label.is_empty() {
        page.text(8.0, frame.top - 8.0, Anchor::Start, &cut(&scene.y_label, SIZE, WIDE - 20.0));
    }
    page
}

/// The axes with some room around what should not touch them.
fn with_room(scene: &Scene<'_>, view: &View) -> (Axis, Axis) {
    let mark = scene.series.first().map(|series| series.mark);
    match mark.filter(|_| scene.field.is_none()) {
        None => (view.x, view.y),
        Some(Mark::Points) => (view.x.with_room(0.03, 0.03), view.y.with_room(0.04, 0.04)),
        // Bars stand on their axis.
        Some(Mark::Bars) => {
            let room = |end: f64| if view.y.place(0.0) == Some(end) { 0.0 } else { 0.04 };
            (view.x.with_room(0.02, 0.02), view.y.with_room(room(0.0), room(1.0)))
        }
        Some(Mark::Line | Mark::Path) => (view.x, view.y.with_room(0.04, 0.04)),
    }
}

/// Whether signs stand before the names of the series: a line is called something where it ends, but of points
/// and bars none is the last one.
fn has_key(scene: &Scene<'_>) -> bool {
    scene.named() && scene.series.iter().any(|series| matches!(series.mark, Mark::Points | Mark::Bars))
}

/// The colour of a line to guide the eye: darker at 0.
fn guide(place: f64, axis: &Axis) -> Color {
    const ZERO: Color = [170, 170, 170];
    if axis.place(0.0) == Some(place) { ZERO } else { FAINT }
}

/// What stands below the horizontal axis, and where.
fn x_ticks(scene: &Scene<'_>, frame: &Frame) -> Vec<(f64, String)> {
    let (axis, wide) = (&frame.x_axis, frame.right - frame.left);
    if scene.x_names.is_empty() {
        let apart = |ticks: &[(f64, String)]| {
            let end = |(place, text): &(f64, String), side: f64| place * wide + side * (width(text, SIZE) + 12.0) / 2.0;
            ticks.windows(2).all(|pair| matches!(pair, [a, b] if end(a, 1.0) <= end(b, -1.0)))
        };
        return axis.ticks_that_fit(TICKS, apart);
    }
    let share = wide / scene.x_names.len() as f64;
    let every = (24.0 / share).ceil().max(1.0) as usize;
    let named =
        |(i, name): (usize, &String)| Some((axis.place(i as f64)?, cut(name, SIZE, share * every as f64 - 4.0)));
    scene.x_names.iter().enumerate().step_by(every).filter_map(named).collect()
}

fn draw_field(page: &mut Page, frame: &Frame, field: &Field) {
    match field {
        Field::Heat(grid) => {
            let (wide, high) = (frame.right - frame.left, frame.bottom - frame.top);
            let (x, y, columns) = (frame.left, frame.top, grid.xs.len());
            page.add(Shape::Cells { x, y, wide, high, columns, colors: grid.colors() });
            let Some((low, high)) = grid.range() else { return };
            const STEPS: usize = 64;
            let colors = (0..STEPS).rev().map(|i| Some(colors::of_value(i as f64 / (STEPS - 1) as f64))).collect();
            let (x, tall) = (frame.right + 14.0, frame.bottom - frame.top);
            page.add(Shape::Cells { x, y, wide: BAR, high: tall, columns: 1, colors });
            let axis = Axis::new([low, high].into_iter().collect(), false);
            for (place, text) in axis.ticks(TICKS) {
                page.text(x + BAR + 5.0, frame.y_at(place) + 4.0, Anchor::Start, &cut(&text, SIZE, 60.0));
            }
        }
        Field::Contours { lines, range: (low, high), .. } => {
            let mut labels: Vec<(f64, f64, String, Color)> = Vec::new();
            for contour in lines {
                let part = (contour.level - low) / (high - low);
                // Yellow can hardly be seen on white.
                let color = colors::of_value(part.sqrt() * 0.85);
                let pieces: Vec<_> =
                    contour.pieces.iter().flat_map(|piece| frame.pieces(piece.iter().copied())).collect();
                let text = number(contour.level, &Style { digits: 3, ..Style::default() });
                if let Some(longest) = pieces.iter().max_by_key(|piece| piece.len()) {
                    let apart = |&&(x, y): &&(f64, f64)| {
                        let half = width(&text, SIZE) / 2.0;
                        let inside = x - half > frame.left
                            && x + half < frame.right
                            && y - 8.0 > frame.top
                            && y + 8.0 < frame.bottom;
                        inside && labels.iter().all(|other| (other.0 - x).abs() > 40.0 || (other.1 - y).abs() > LINE)
                    };
                    let middle = longest.len() / 2;
                    let (before, after) = longest.split_at(middle);
                    if let Some(&(x, y)) = after.iter().find(apart).or_else(|| before.iter().rev().find(apart)) {
                        labels.push((x, y, text, color));
                    }
                }
                page.add(Shape::Lines { pieces, color, width: 1.2 });
            }
            for (x, y, text, color) in labels {
                let wide = width(&text, 10.0) + 4.0;
                page.add(Shape::Rect { x: x - wide / 2.0, y: y - 6.0, wide, high: 12.0, fill: WHITE, edge: None });
                page.add(Shape::Text { x, y: y + 4.0, size: 10.0, anchor: Anchor::Middle, color, text });
            }
        }
    }
}

fn draw_series(page: &mut Page, frame: &Frame, series: &Series<'_>, color: Color) {
    match series.mark {
        Mark::Line => {
            let (alone, pieces): (Vec<_>, Vec<_>) =
                frame.pieces(series.points()).into_iter().partition(|piece| piece.len() == 1);
            page.add(Shape::Lines { pieces, color, width: 1.5 });
            // A point between two gaps is a dot.
            if !alone.is_empty() {
                page.add(Shape::Dots { places: alone.concat(), radius: 2.0, color });
            }
        }
        Mark::Points => {
            let places = series.points().filter_map(|point| frame.place(point)).collect();
            page.add(Shape::Dots { places, radius: 2.5, color });
        }
        Mark::Path => {
            let places: Vec<_> = series.points().filter_map(|point| frame.place(point)).collect();
            let last = places.last().copied();
            page.add(Shape::Lines { pieces: frame.pieces(series.points()), color, width: 1.5 });
            // Beyond a few hundred they would hide the line.
            if places.len() <= 300 {
                page.add(Shape::Dots { places, radius: 2.2, color });
            }
            page.add(Shape::Dots { places: last.into_iter().collect(), radius: 4.5, color });
        }
        Mark::Bars => {
            let zero = frame.y_at(frame.y_axis.clamped(0.0));
            for (x, y) in series.points().filter(|(x, y)| x.is_finite() && !y.is_nan()) {
                let left = frame.x_at(frame.x_axis.clamped(x - series.reach));
                let right = frame.x_at(frame.x_axis.clamped(x + series.reach));
                let top = frame.y_at(frame.y_axis.clamped(y));
                page.add(Shape::Rect {
                    x: left,
                    y: top.min(zero),
                    wide: (right - left).max(0.5),
                    high: (top - zero).abs(),
                    fill: color,
                    edge: (right - left > 2.0).then_some(WHITE),
                });
            }
        }
    }
}

/// The names of the series at their right ends, moved apart where they would cover each other.
fn name_series(page: &mut Page, frame: &Frame, scene: &Scene<'_>) {
    let first = usize::from(scene.field.is_some());
    let key = has_key(scene);
    let mut names: Vec<(f64, String, Color)> = scene
        .series
        .iter()
        .enumerate()
        .filter(|(_, series)| !series.name.is_empty())
        .map(|(i, series)| {
            let end = if key { None } else { series.end(&frame.x_axis, &frame.y_axis) };
            (
                end.map_or(frame.top + SIZE / 2.0, |(_, y)| frame.y_at(y)),
                cut(&series.name, SIZE, BESIDE),
                colors::of_series(i + first),
            )
        })
        .collect();
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = frame.top;
    for name in &mut names {
        name.0 = name.0.max(free);
        free = name.0 + LINE;
    }
    // What was pushed off the page pushes back.
    let mut free = HIGH - 10.0;
    for name in names.iter_mut().rev() {
        name.0 = name.0.min(free);
        free = name.0 - LINE;
    }
    let heat = matches!(scene.field, Some(Field::Heat(_)));
    let x = frame.right + if heat { BAR + 60.0 } else { 8.0 };
    let dots = scene.series.iter().all(|series| series.mark == Mark::Points);
    for (y, text, color) in names.into_iter().filter(|(y, ..)| *y > 0.0) {
        if key && dots {
            page.add(Shape::Dots { places: vec![(x + 5.0, y)], radius: 3.0, color });
        } else if key {
            page.add(Shape::Rect { x, y: y - 5.0, wide: 10.0, high: 10.0, fill: color, edge: None });
        }
        // Beside a sign of its colour a name can be read in black.
        let (x, color) = if key { (x + KEY, BLACK) } else { (x, color) };
        page.add(Shape::Text { x, y: y + 4.0, size: SIZE, anchor: Anchor::Start, color, text });
    }
}
