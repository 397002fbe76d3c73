//! A page as PNG, at two dots a point: what `plot(sin, file = "sin.png")` writes.

use super::letters::{Letters, Stroke};
use super::page::{Anchor, Color, Page, Shape};
use crate::array::limits;
use crate::diagnostic::{Outcome, Problem};
use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Transform};

/// Dots a point.
const SCALE: f32 = 2.0;

/// Pixels with red, green and blue in turn.
pub struct Pixels {
    /// How many in a row.
    pub wide: u32,
    /// How many rows.
    pub high: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Paints a page.
///
/// # Errors
/// When it is too large to be painted, or Ctrl-C was pressed.
pub fn paint(page: &Page) -> Outcome<Pixels> {
    let dots = |length: f64| (length as f32 * SCALE).ceil() as u32;
    let (wide, high) = (dots(page.wide), dots(page.high));
    limits::affordable((wide as usize).saturating_mul(high as usize).saturating_mul(8))?;
    let Some(pixels) = Pixmap::new(wide, high) else {
        return Err(Problem::new("this picture is too large for a PNG file"));
    };
    let mut canvas = Canvas { pixels, view: Transform::from_scale(SCALE, SCALE) };
    for shape in &page.shapes {
        limits::check()?;
        canvas.shape(shape)?;
    }
    let mut bytes = limits::reserve(canvas.pixels.data().len() / 4 * 3)?;
    // The page is white all over, so that nothing shines through.
    for pixel in canvas.pixels.pixels() {
        bytes.extend([pixel.red(), pixel.green(), pixel.blue()]);
    }
    Ok(Pixels { wide, high, bytes })
}

struct Canvas {
    pixels: Pixmap,
    view: Transform,
}

/// A paint of one colour.
fn paint_of(color: Color, smooth: bool) -> Paint<'static> {
    let [red, green, blue] = color;
    let mut paint = Paint { anti_alias: smooth, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, 255);
    paint
}

impl Canvas {
    fn shape(&mut self, shape: &Shape) -> Outcome<()> {
        match shape {
            Shape::Lines { pieces, color, width } => {
                for piece in pieces {
                    limits::check()?;
                    self.line(piece, *color, *width);
                }
            }
            Shape::Rect { x, y, wide, high, fill, edge } => {
                self.rect((*x, *y), (*wide, *high), *fill, true);
                if let Some(edge) = edge {
                    let (right, below) = (x + wide, y + high);
                    self.line(&[(*x, *y), (right, *y), (right, below), (*x, below), (*x, *y)], *edge, 1.0);
                }
            }
            Shape::Dots { places, radius, color } => {
                for (i, (x, y)) in places.iter().enumerate() {
                    if i % 1024 == 0 {
                        limits::check()?;
                    }
                    if let Some(path) = PathBuilder::from_circle(*x as f32, *y as f32, *radius as f32) {
                        self.fill(&path, *color);
                    }
                }
            }
            Shape::Text { x, y, size, anchor, color, text } => {
                let letters = Letters::new(*size);
                // Line ends and whatever steers a terminal have no shape.
                let text = crate::show::safe(text).replace(['\n', '\t'], " ");
                let x = match anchor {
                    Anchor::Start => *x,
                    Anchor::Middle => x - letters.width(&text) / 2.0,
                    Anchor::End => x - letters.width(&text),
                };
                if let Some(path) = outline(&letters.outlines(&text, x, *y)) {
                    self.fill(&path, *color);
                }
            }
            Shape::Cells { x, y, wide, high, columns, colors } => {
                let rows = colors.len() / columns.max(&1);
                let (step, down) = (wide / *columns as f64, high / rows as f64);
                // Edges on whole dots, so that no white shines through between neighbours.
                let snap = |place: f64| (place * f64::from(SCALE)).round() / f64::from(SCALE);
                for (i, color) in colors.iter().enumerate() {
                    if i % 1024 == 0 {
                        limits::check()?;
                    }
                    let Some(color) = color else { continue };
                    let (row, column) = ((i / columns) as f64, (i % columns) as f64);
                    let (left, top) = (snap(x + column * step), snap(y + row * down));
                    let (right, below) = (snap(x + (column + 1.0) * step), snap(y + (row + 1.0) * down));
                    self.rect((left, top), (right - left, below - top), *color, false);
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, path: &Path, color: Color) {
        self.pixels.fill_path(path, &paint_of(color, true), FillRule::Winding, self.view, None);
    }

    fn rect(&mut self, at: (f64, f64), size: (f64, f64), color: Color, smooth: bool) {
        let rect = Rect::from_xywh(at.0 as f32, at.1 as f32, size.0 as f32, size.1 as f32);
        if let Some(rect) = rect {
            self.pixels.fill_rect(rect, &paint_of(color, smooth), self.view, None);
        }
    }

    fn line(&mut self, points: &[(f64, f64)], color: Color, width: f64) {
        let mut path = PathBuilder::new();
        for (i, (x, y)) in points.iter().enumerate() {
            if i == 0 {
                path.move_to(*x as f32, *y as f32);
            } else {
                path.line_to(*x as f32, *y as f32);
            }
        }
        let Some(path) = path.finish() else { return };
        let stroke = tiny_skia::Stroke {
            width: width as f32,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..tiny_skia::Stroke::default()
        };
        self.pixels.stroke_path(&path, &paint_of(color, true), &stroke, self.view, None);
    }
}

/// The strokes of a pen as one path.
fn outline(strokes: &[Stroke]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for stroke in strokes {
        match *stroke {
            Stroke::Move(x, y) => path.move_to(x as f32, y as f32),
            Stroke::Line(x, y) => path.line_to(x as f32, y as f32),
            Stroke::Curve(x1, y1, x, y) => path.quad_to(x1 as f32, y1 as f32, x as f32, y as f32),
            Stroke::Curve2(x1, y1, x2, y2, x, y) => {
                path.cubic_to(x1 as f32, y1 as f32, x2 as f32, y2 as f32, x as f32, y as f32);
            }
            Stroke::Close => path.close(),
        }
    }
    path.finish()
}
