//! A page as SVG: plain elements, no script and no font of its own, so that every browser and every
//! program for drawings shows it.

use super::page::{Anchor, Color, Page, SIZE, Shape};
use std::fmt::Write;

/// Writes a page.
pub fn write(page: &Page) -> String {
    let Page { wide, high, shapes } = page;
    let mut out = Drawing(String::new());
    out.add(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" font-family=\"DejaVu Sans, sans-serif\" font-size=\"{SIZE}\">"
    ));
    for shape in shapes {
        out.shape(shape);
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

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Lines { pieces, color, width } => {
                let color = hex(*color);
                let mut path = String::new();
                for piece in pieces {
                    for (i, (x, y)) in piece.iter().enumerate() {
                        let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
                    }
                }
                self.add(format_args!(
                    "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
                ));
            }
            Shape::Rect { x, y, wide, high, fill, edge } => {
                let edge = edge.map_or(String::new(), |edge| format!(" stroke=\"{}\"", hex(edge)));
                self.add(format_args!(
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" fill=\"{}\"{edge}/>",
                    hex(*fill)
                ));
            }
            Shape::Dots { places, radius, color } => {
                self.add(format_args!("<g fill=\"{}\">", hex(*color)));
                for (x, y) in places {
                    self.add(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>"));
                }
                self.add(format_args!("</g>"));
            }
            Shape::Text { x, y, size, anchor, color, text } => {
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                };
                let size = if *size == SIZE { String::new() } else { format!(" font-size=\"{size}\"") };
                let color =
                    if *color == super::page::BLACK { String::new() } else { format!(" fill=\"{}\"", hex(*color)) };
                self.add(format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\"{anchor}{size}{color}>{}</text>", escaped(text)));
            }
            Shape::Cells { x, y, wide, high, columns, colors } => {
                let (across, down) = (*columns as f64, (colors.len() / columns.max(&1)) as f64);
                // Whole numbers inside, so that neighbours share their edges to the last bit.
                self.add(format_args!(
                    "<g transform=\"translate({x:.1} {y:.1}) scale({} {})\" shape-rendering=\"crispEdges\">",
                    wide / across,
                    high / down
                ));
                for (row, cells) in colors.chunks(*columns.max(&1)).enumerate() {
                    let mut column = 0;
                    for run in cells.chunk_by(|a, b| a == b) {
                        if let Some(Some(color)) = run.first() {
                            self.add(format_args!(
                                "<rect x=\"{column}\" y=\"{row}\" width=\"{}\" height=\"1\" fill=\"{}\"/>",
                                run.len(),
                                hex(*color)
                            ));
                        }
                        column += run.len();
                    }
                }
                self.add(format_args!("</g>"));
            }
        }
    }
}

/// `#0072b2`
fn hex(color: Color) -> String {
    let [red, green, blue] = color;
    format!("#{red:02x}{green:02x}{blue:02x}")
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
