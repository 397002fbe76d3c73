//! The letters of PNG plots: outlines from a small font in the program, so that a picture looks the same
//! on every machine, with fonts installed or without.
//!
//! The font is a part of DejaVu Sans, `font/make.py` says which. A letter that it has not is an empty box,
//! as everywhere; an SVG leaves letters to whoever shows it.

use ttf_parser::{Face, GlyphId, OutlineBuilder};

static FONT: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");

/// One stroke of a pen, in the units of the page.
#[derive(Clone, Copy, Debug)]
pub enum Stroke {
    /// Lift the pen and put it down here.
    Move(f64, f64),
    /// Go straight.
    Line(f64, f64),
    /// Go by a point that pulls.
    Curve(f64, f64, f64, f64),
    /// Go by two points that pull.
    Curve2(f64, f64, f64, f64, f64, f64),
    /// Back to where the pen was put down.
    Close,
}

/// Text of one size.
pub struct Letters {
    face: Option<Face<'static>>,
    scale: f64,
}

impl Letters {
    /// Letters so many points high.
    pub fn new(size: f64) -> Letters {
        let face = Face::parse(FONT, 0).ok();
        let scale = size / face.as_ref().map_or(1.0, |face| f64::from(face.units_per_em()));
        Letters { face, scale }
    }

    /// How wide a text is.
    pub fn width(&self, text: &str) -> f64 {
        text.chars().map(|char| self.advance(self.glyph(char))).sum()
    }

    fn glyph(&self, char: char) -> GlyphId {
        self.face.as_ref().and_then(|face| face.glyph_index(char)).unwrap_or(GlyphId(0))
    }

    fn advance(&self, glyph: GlyphId) -> f64 {
        let units = self.face.as_ref().and_then(|face| face.glyph_hor_advance(glyph)).unwrap_or(0);
        f64::from(units) * self.scale
    }

    /// The outlines of a text whose base line begins at a place.
    pub fn outlines(&self, text: &str, x: f64, y: f64) -> Vec<Stroke> {
        let mut pen = Pen { strokes: Vec::new(), x, y, scale: self.scale };
        for char in text.chars() {
            let glyph = self.glyph(char);
            if let Some(face) = &self.face {
                // A space has no outline.
                let _ = face.outline_glyph(glyph, &mut pen);
            }
            pen.x += self.advance(glyph);
        }
        pen.strokes
    }
}

struct Pen {
    strokes: Vec<Stroke>,
    x: f64,
    y: f64,
    scale: f64,
}

impl Pen {
    /// A point of the font, which counts upward, on the page.
    fn at(&self, x: f32, y: f32) -> (f64, f64) {
        (self.x + f64::from(x) * self.scale, self.y - f64::from(y) * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.strokes.push(Stroke::Move(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.strokes.push(Stroke::Line(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.strokes.push(Stroke::Curve(x1, y1, x, y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.strokes.push(Stroke::Curve2(x1, y1, x2, y2, x, y));
    }

    fn close(&mut self) {
        self.strokes.push(Stroke::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_what_people_write_beside_curves() {
        let letters = Letters::new(12.0);
        for char in "AZaz09_[]()*+-=.,'\"äöüßéñαβγδεθλμσπφωΩΔбж−×·∂∇∑√∞≤≥≠²³₁₂′…→".chars()
        {
            assert_ne!(letters.glyph(char), GlyphId(0), "{char}");
        }
        assert!(letters.width("wide") > letters.width("i"));
        assert!(letters.outlines("a b", 0.0, 0.0).len() > 10);
    }
}
