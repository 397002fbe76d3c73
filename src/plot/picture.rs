//! Pictures that are pictures already: arrays of colours, as cells of a terminal or of a page.
//!
//! A terminal with colours shows two pixels in a cell, one above the other. Without colours a small picture
//! is shades, and a large one dots of braille, sown so that their density is the lightness
//! ([Floyd and Steinberg](https://en.wikipedia.org/wiki/Floyd%E2%80%93Steinberg_dithering)).

use super::canvas::{Canvas, Ink, shade};
use super::colors::lightness;
use super::page::{Color, Page, Shape};
use crate::array::limits;
use crate::diagnostic::Outcome;
use crate::show::{Colors, Screen};

/// Colours in rows, from the upper left.
#[derive(Clone, Debug)]
pub struct Picture {
    /// How many in a row.
    pub wide: usize,
    /// How many rows.
    pub high: usize,
    /// Row after row.
    pub colors: Vec<Color>,
}

/// The most rows of a terminal that a picture takes.
const TALLEST: usize = 30;
/// The largest page, in points, and the largest pixel on it.
const LARGEST: f64 = 1000.0;
const PIXEL: f64 = 20.0;
/// The smallest page that is worth opening.
const SMALLEST: f64 = 200.0;
/// A page has no more pixels than this across or down.
const MOST: usize = 500;

/// What a picture is made of where there are no colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texture {
    /// Whatever suits its size.
    Any,
    /// Characters that are more or less dark.
    Shades,
    /// Dots of braille.
    Dots,
}

impl Picture {
    /// The most pictures that are shown side by side.
    pub const MOST_TILES: usize = 100;

    /// A picture of values between what is black and what is white, `channels` for each pixel: grey, grey
    /// and opacity, red, green and blue, or these and opacity. What is not finite is black.
    ///
    /// # Errors
    /// When memory is short, or Ctrl-C was pressed.
    pub fn new(wide: usize, high: usize, channels: usize, values: &[f64], range: (f64, f64)) -> Outcome<Picture> {
        let byte = |x: f64, (low, high): (f64, f64)| {
            let part = (x / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
            // A nan becomes 0.
            (part.clamp(0.0, 1.0) * 255.0).round() as u8
        };
        let mut colors = limits::reserve(wide.saturating_mul(high))?;
        for (i, pixel) in values.chunks(channels.max(1)).enumerate() {
            if i % limits::STRIDE == 0 {
                limits::check()?;
            }
            let part = |i: usize| pixel.get(i).map_or(0, |x| byte(*x, range));
            let (color, opacity) = match channels {
                1 => ([part(0); 3], 255),
                2 => ([part(0); 3], part(1)),
                3 => ([part(0), part(1), part(2)], 255),
                _ => ([part(0), part(1), part(2)], part(3)),
            };
            // What shines through is black, as the terminal mostly is.
            colors.push(color.map(|part| (u16::from(part) * u16::from(opacity) / 255) as u8));
        }
        Ok(Picture { wide, high, colors })
    }

    /// Pictures side by side on a ground, in as many rows as make a page of them.
    ///
    /// # Errors
    /// When memory is short, or Ctrl-C was pressed.
    pub fn beside(tiles: &[Picture], ground: Color) -> Outcome<Picture> {
        let size = |of: fn(&Picture) -> usize| tiles.iter().map(of).max().unwrap_or(1).max(1);
        let (wide, high) = (size(|tile| tile.wide), size(|tile| tile.high));
        let columns =
            tiles.len().min(((2.0 * tiles.len() as f64 * high as f64 / wide as f64).sqrt().ceil() as usize).max(1));
        let columns = if tiles.len() <= 10 { tiles.len() } else { columns.max(1) };
        let rows = tiles.len().div_ceil(columns.max(1));
        // A gap as wide as a pixel keeps them apart.
        let (all_wide, all_high) = (columns * (wide + 1) - 1, rows * (high + 1) - 1);
        let mut colors = limits::filled(all_wide.saturating_mul(all_high), ground)?;
        for (i, tile) in tiles.iter().enumerate() {
            limits::check()?;
            let (top, left) = (i / columns * (high + 1), i % columns * (wide + 1));
            for (row, pixels) in tile.colors.chunks(tile.wide.max(1)).enumerate() {
                let start = (top + row) * all_wide + left;
                if let Some(place) = colors.get_mut(start..start + pixels.len()) {
                    place.copy_from_slice(pixels);
                }
            }
        }
        Ok(Picture { wide: all_wide, high: all_high, colors })
    }

    fn at(&self, row: usize, column: usize) -> Color {
        self.colors.get(row.saturating_mul(self.wide).saturating_add(column)).copied().unwrap_or_default()
    }

    /// The same with so many pixels across and down: means where there are more, copies where there are
    /// fewer.
    fn scaled(&self, wide: usize, high: usize) -> Outcome<Picture> {
        let (wide, high) = (wide.max(1), high.max(1));
        let mut colors = limits::reserve(wide.saturating_mul(high))?;
        let part = |i: usize, of: usize, all: usize| {
            let start = (i * all / of).min(all.saturating_sub(1));
            start..((i + 1) * all / of).clamp(start + 1, all.max(start + 1))
        };
        for row in 0..high {
            limits::check()?;
            for column in 0..wide {
                let (mut sum, mut count) = ([0.0; 3], 0.0);
                for i in part(row, high, self.high) {
                    for j in part(column, wide, self.wide) {
                        sum.iter_mut().zip(self.at(i, j)).for_each(|(sum, part)| *sum += f64::from(part));
                        count += 1.0;
                    }
                }
                colors.push(sum.map(|sum| (sum / count).round() as u8));
            }
        }
        Ok(Picture { wide, high, colors })
    }

    /// How many pixels across and down fit where `across` and `down` are side by side and above one
    /// another in every cell, with the shape kept. Dots are as wide as high.
    fn size(&self, columns: usize, (across, down): (usize, usize)) -> (usize, usize) {
        let (wide, high) = (self.wide.max(1) as f64, self.high.max(1) as f64);
        let most = ((columns * across) as f64 / wide).min((TALLEST * down) as f64 / high);
        // A pixel that is shown larger is so many whole dots, and none is shown larger than eight.
        let scale = if most >= 1.0 { most.floor().min(8.0) } else { most };
        let fit = |length: f64| ((length * scale).round() as usize).max(1);
        (fit(wide), fit(high))
    }

    /// Draws it in at most so many columns.
    ///
    /// # Errors
    /// When memory is short, or Ctrl-C was pressed.
    pub fn draw(&self, columns: usize, screen: Screen, texture: Texture) -> Outcome<String> {
        let columns = columns.clamp(1, 500);
        let large = self.wide.saturating_mul(2) > columns || self.high > TALLEST;
        let canvas = match (screen.unicode, screen.colors, texture) {
            (false, ..) | (true, _, Texture::Shades) => self.shades(columns, screen)?,
            (true, _, Texture::Dots) => self.dots(columns, screen)?,
            (true, Colors::Numbered | Colors::All, Texture::Any) => self.halves(columns, screen)?,
            (true, Colors::None, Texture::Any) if large => self.dots(columns, screen)?,
            (true, Colors::None, Texture::Any) => self.shades(columns, screen)?,
        };
        Ok((0..canvas.rows).map(|row| canvas.row(row) + "\n").collect())
    }

    fn halves(&self, columns: usize, screen: Screen) -> Outcome<Canvas> {
        let (wide, high) = self.size(columns, (1, 2));
        let picture = self.scaled(wide, high)?;
        let mut canvas = Canvas::new(wide, high.div_ceil(2), screen);
        for row in 0..canvas.rows {
            for column in 0..wide {
                let below = (2 * row + 1 < high).then(|| picture.at(2 * row + 1, column));
                canvas.halves(row, column, Some(picture.at(2 * row, column)), below);
            }
        }
        Ok(canvas)
    }

    /// Two characters a pixel, since characters are twice as high as wide.
    fn shades(&self, columns: usize, screen: Screen) -> Outcome<Canvas> {
        let room = (columns / 2).max(1);
        let scale = (room as f64 / self.wide.max(1) as f64).min(TALLEST as f64 / self.high.max(1) as f64);
        let scale = if scale >= 1.0 { 1.0 } else { scale };
        let fit = |length: usize| ((length as f64 * scale).round() as usize).max(1);
        let picture = self.scaled(fit(self.wide), fit(self.high))?;
        let mut canvas = Canvas::new(picture.wide * 2, picture.high, screen);
        for row in 0..canvas.rows {
            for column in 0..canvas.wide {
                let color = picture.at(row, column / 2);
                let ink = if screen.colors == Colors::None { Ink::Plain } else { Ink::Color(color) };
                canvas.glyph(row, column, shade(lightness(color), screen.unicode), ink);
            }
        }
        Ok(canvas)
    }

    fn dots(&self, columns: usize, screen: Screen) -> Outcome<Canvas> {
        let (wide, high) = self.size(columns, (2, 4));
        let picture = self.scaled(wide, high)?;
        let mut light: Vec<f64> = picture.colors.iter().map(|color| lightness(*color)).collect();
        let mut canvas = Canvas::new(wide.div_ceil(2), high.div_ceil(4), screen);
        for y in 0..high {
            for x in 0..wide {
                let here = light.get(y * wide + x).copied().unwrap_or(0.0);
                let dot = here >= 0.5;
                if dot {
                    canvas.dot(x, y, None, Ink::Plain);
                }
                let rest = here - f64::from(u8::from(dot));
                for (right, below, part) in [(1, 0, 7.0), (-1, 1, 3.0), (0, 1, 5.0), (1, 1, 1.0)] {
                    let Some(x) = x.checked_add_signed(right).filter(|x| *x < wide) else { continue };
                    if let Some(light) = light.get_mut((y + below) * wide + x) {
                        *light += rest * part / 16.0;
                    }
                }
            }
        }
        Ok(canvas)
    }

    /// Puts it on a page of its own.
    ///
    /// # Errors
    /// When memory is short, or Ctrl-C was pressed.
    pub fn page(&self) -> Outcome<Page> {
        let fits = self.scaled(self.wide.min(MOST), self.high.min(MOST));
        let picture = if self.wide > MOST || self.high > MOST { &fits? } else { self };
        let longest = picture.wide.max(picture.high).max(1) as f64;
        let pixel = (SMALLEST / longest).ceil().clamp(1.0, PIXEL).min((LARGEST / longest).max(1.0));
        let (wide, high) = (picture.wide as f64 * pixel, picture.high as f64 * pixel);
        let mut page = Page::new(wide, high);
        let colors = picture.colors.iter().map(|color| Some(*color)).collect();
        page.add(Shape::Cells { x: 0.0, y: 0.0, wide, high, columns: picture.wide, colors });
        Ok(page)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ramp(wide: usize, high: usize) -> Picture {
        let color = |i: usize| [(i % wide * 255 / (wide - 1).max(1)) as u8; 3];
        Picture { wide, high, colors: (0..wide * high).map(color).collect() }
    }

    #[test]
    fn pictures_fit_the_window() {
        for (wide, high) in [(1, 1), (8, 8), (28, 28), (300, 200), (2000, 3), (3, 2000)] {
            for columns in [1, 20, 80, 10_000] {
                for (unicode, colors) in [(false, Colors::None), (true, Colors::None), (true, Colors::All)] {
                    let text = ramp(wide, high).draw(columns, Screen { unicode, colors }, Texture::Any).unwrap();
                    assert!(text.lines().count() <= TALLEST, "{wide} {high} {columns}");
                    if colors == Colors::None {
                        let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
                        assert!(longest <= columns.max(2), "{wide} {high} {columns}: {longest}");
                    }
                }
            }
        }
    }

    #[test]
    fn dots_are_as_dense_as_the_picture_is_light() {
        let grey = Picture { wide: 200, high: 200, colors: vec![[64; 3]; 40_000] };
        let text = grey.draw(80, Screen { unicode: true, colors: Colors::None }, Texture::Any).unwrap();
        let dots: u32 = text
            .chars()
            .map(|char| (u32::from(char).wrapping_sub(0x2800) & 0xff) * u32::from(char > '\u{2800}'))
            .map(u32::count_ones)
            .sum();
        let cells = text.lines().count() * text.lines().next().unwrap().chars().count();
        let density = f64::from(dots) / (8 * cells) as f64;
        assert!((density - 64.0 / 255.0).abs() < 0.02, "{density}");
    }
}
