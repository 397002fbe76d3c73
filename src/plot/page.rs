//! A page with shapes on it: what a drawing is before it becomes SVG or PNG.
//!
//! Both show the same picture, because both are given the same few kinds of shapes, in the same order, at
//! the same places.

/// Red, green and blue.
pub type Color = [u8; 3];

/// Black.
pub const BLACK: Color = [0, 0, 0];
/// White.
pub const WHITE: Color = [255, 255, 255];
/// What is there to guide the eye.
pub const FAINT: Color = [229, 229, 229];

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// One thing on a page. Places are in points from the upper left corner.
#[expect(missing_docs, reason = "places and sizes are called what they are")]
#[derive(Clone, Debug)]
pub enum Shape {
    /// Lines through points, one for each piece.
    Lines { pieces: Vec<Vec<(f64, f64)>>, color: Color, width: f64 },
    /// A full rectangle, perhaps with a thin edge of another colour.
    Rect { x: f64, y: f64, wide: f64, high: f64, fill: Color, edge: Option<Color> },
    /// Full circles of one size.
    Dots { places: Vec<(f64, f64)>, radius: f64, color: Color },
    /// A line of text on a base line at `y`.
    Text { x: f64, y: f64, size: f64, anchor: Anchor, color: Color, text: String },
    /// Small rectangles in rows, from the upper left; `None` leaves one empty.
    Cells { x: f64, y: f64, wide: f64, high: f64, columns: usize, colors: Vec<Option<Color>> },
}

/// A page, with shapes from the back to the front.
#[derive(Clone, Debug)]
pub struct Page {
    /// How wide it is.
    pub wide: f64,
    /// How high it is.
    pub high: f64,
    /// What is on it.
    pub shapes: Vec<Shape>,
}

impl Page {
    /// A white page.
    pub fn new(wide: f64, high: f64) -> Page {
        let sheet = Shape::Rect { x: 0.0, y: 0.0, wide, high, fill: WHITE, edge: None };
        Page { wide, high, shapes: vec![sheet] }
    }

    /// Puts something in front.
    pub fn add(&mut self, shape: Shape) {
        self.shapes.push(shape);
    }

    /// Puts one straight line in front.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), color: Color) {
        self.add(Shape::Lines { pieces: vec![vec![from, to]], color, width: 1.0 });
    }

    /// Puts black text of the usual size in front.
    pub fn text(&mut self, x: f64, y: f64, anchor: Anchor, text: &str) {
        self.add(Shape::Text { x, y, size: SIZE, anchor, color: BLACK, text: text.to_string() });
    }
}

/// The usual size of text.
pub const SIZE: f64 = 12.0;

/// About how wide a text is. Every font differs; this is a broad one.
pub fn width(text: &str, size: f64) -> f64 {
    unicode_width::UnicodeWidthStr::width(text) as f64 * size * 0.6
}

/// A text that fits, with a sign that it was cut.
pub fn cut(text: &str, size: f64, wide: f64) -> String {
    super::cut(text, (wide / (size * 0.6)).max(1.0) as usize, '…')
}
