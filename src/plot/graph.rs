//! What was recorded, as a picture: steps in layers, each below what it was computed from.
//!
//! ```text
//! x [2, 2]
//!    │
//!  ** 2 [2, 2]
//! ```
//!
//! A step is one layer below its lowest operand. An edge that skips layers gets a place of its own in each
//! of them, so that it bends around what is there; within a layer, everything stands as near below the
//! middle of what it comes from as its neighbours allow
//! ([Sugiyama's method](https://en.wikipedia.org/wiki/Layered_graph_drawing), without its refinements).

use super::page::{Anchor, BLACK, Color, Page, SIZE, Shape};
use unicode_width::UnicodeWidthStr;

/// What a step is to the one who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Attached, or what was differentiated by.
    Source,
    /// Computed.
    Step,
    /// What was asked for.
    Result,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What stands there.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// Which steps it was computed from; they stand before it.
    pub inputs: Vec<usize>,
}

/// Something in a layer: a step, or where an edge passes.
struct Place {
    step: Option<usize>,
    /// Positions in the layer above, and where the lines from there arrive.
    inputs: Vec<(usize, usize)>,
    middle: usize,
    wide: usize,
}

/// Cells between neighbours.
const GAP: usize = 3;

/// Puts steps into layers.
fn layers(steps: &[Step]) -> Vec<Vec<Place>> {
    let mut depth = vec![0_usize; steps.len()];
    for (i, step) in steps.iter().enumerate() {
        let above = step.inputs.iter().filter_map(|&input| depth.get(input)).map(|depth| depth + 1).max();
        if let Some(depth) = depth.get_mut(i) {
            *depth = above.unwrap_or(0);
        }
    }
    // What comes from nowhere stands just above where it is used first.
    let mut used: Vec<Option<usize>> = vec![None; steps.len()];
    for (i, step) in steps.iter().enumerate() {
        let here = depth.get(i).copied().unwrap_or(0);
        for &input in &step.inputs {
            if let Some(used) = used.get_mut(input) {
                *used = Some(used.map_or(here, |other| other.min(here)));
            }
        }
    }
    for ((step, depth), used) in steps.iter().zip(&mut depth).zip(used) {
        if step.inputs.is_empty() {
            *depth = used.unwrap_or(1).saturating_sub(1);
        }
    }
    let count = depth.iter().max().map_or(0, |deepest| deepest + 1);
    let mut layers: Vec<Vec<Place>> = (0..count).map(|_| Vec::new()).collect();
    // Where the line of a step is in the layer that is being filled above: by step.
    let mut ends: Vec<Option<usize>> = vec![None; steps.len()];
    let last_use = |step: usize| {
        let uses = steps.iter().zip(&depth).filter(|(other, _)| other.inputs.contains(&step));
        uses.map(|(_, depth)| *depth).max()
    };
    let last: Vec<Option<usize>> = (0..steps.len()).map(last_use).collect();
    for here in 0..count {
        let mut row: Vec<(f64, Place, usize)> = Vec::new();
        for (i, step) in steps.iter().enumerate() {
            let own = depth.get(i).copied() == Some(here);
            let passes = depth.get(i).is_some_and(|depth| *depth < here)
                && last.get(i).copied().flatten().is_some_and(|last| last > here);
            if !own && !passes {
                continue;
            }
            let end = |step: usize| ends.get(step).copied().flatten();
            let mut inputs: Vec<usize> = if own {
                step.inputs.iter().filter_map(|&input| end(input)).collect()
            } else {
                end(i).into_iter().collect()
            };
            inputs.sort_unstable();
            let mean = inputs.iter().sum::<usize>() as f64 / inputs.len() as f64;
            let wide = if own { step.label.width().max(2 * inputs.len()) } else { 1 };
            let place = Place {
                step: own.then_some(i),
                inputs: inputs.into_iter().map(|input| (input, 0)).collect(),
                middle: 0,
                wide,
            };
            row.push((if mean.is_nan() { f64::MAX } else { mean }, place, i));
        }
        row.sort_by(|a, b| a.0.total_cmp(&b.0));
        ends.fill(None);
        for (position, (_, _, step)) in row.iter().enumerate() {
            if let Some(end) = ends.get_mut(*step) {
                *end = Some(position);
            }
        }
        if let Some(layer) = layers.get_mut(here) {
            *layer = row.into_iter().map(|(_, place, _)| place).collect();
        }
    }
    layers
}

/// Gives everything its columns: middles are even, and lines arrive at odd ones unless they come straight
/// from above, so that no two lines share a column.
fn stand(layers: &mut [Vec<Place>]) -> usize {
    // First anywhere, to the left of the margin if need be, so that a wide step stands below a narrow one.
    let mut middles: Vec<Vec<isize>> = Vec::new();
    let mut leftmost = 0;
    for layer in layers.iter() {
        let above = middles.last().map_or(&[][..], Vec::as_slice);
        let mut free: Option<isize> = None;
        let mut row = Vec::new();
        for place in layer {
            let half = (place.wide / 2) as isize;
            let sources: Vec<isize> = place.inputs.iter().filter_map(|(input, _)| above.get(*input).copied()).collect();
            let mean = sources.iter().sum::<isize>().checked_div(sources.len() as isize);
            let least = free.map(|free| free + half);
            let middle = match (mean, least) {
                (Some(mean), Some(least)) => mean.max(least),
                (Some(middle), None) | (None, Some(middle)) => middle,
                (None, None) => half,
            };
            let middle = middle + middle.rem_euclid(2);
            let reach = half.max(place.inputs.len() as isize);
            leftmost = leftmost.min(middle - reach);
            free = Some(middle + place.wide as isize - half + GAP as isize);
            row.push(middle);
        }
        middles.push(row);
    }
    let shift = -leftmost + leftmost.rem_euclid(2);
    let mut width = 0;
    let mut above: Vec<usize> = Vec::new();
    for (layer, row) in layers.iter_mut().zip(&middles) {
        for (place, middle) in layer.iter_mut().zip(row) {
            place.middle = usize::try_from(middle + shift).unwrap_or(0);
            let middle = place.middle;
            width = width.max(middle + place.wide - place.wide / 2 + GAP);
            let count = place.inputs.len();
            let straight = matches!(place.inputs.as_slice(), [(input, _)] if above.get(*input) == Some(&middle));
            for (i, (_, arrives)) in place.inputs.iter_mut().enumerate() {
                *arrives = if straight { middle } else { (middle + 2 * i + 1).saturating_sub(count + count % 2) };
            }
        }
        above = layer.iter().map(|place| place.middle).collect();
    }
    width
}

/// How many columns a drawing in characters takes.
pub fn width(steps: &[Step]) -> usize {
    stand(&mut layers(steps)).saturating_sub(GAP)
}

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// Draws steps in characters.
pub fn draw(steps: &[Step], unicode: bool) -> String {
    let mut layers = layers(steps);
    let width = stand(&mut layers) + 2;
    let mut out = String::new();
    for (i, layer) in layers.iter().enumerate() {
        let above = i.checked_sub(1).and_then(|i| layers.get(i)).map_or(&[][..], Vec::as_slice);
        out.push_str(&lines(above, layer, width, unicode));
        // The row of the layer itself: labels, and lines that pass.
        let mut row = String::new();
        for place in layer {
            let (text, start) = match place.step.and_then(|step| steps.get(step)) {
                Some(step) => (step.label.clone(), place.middle.saturating_sub(step.label.width() / 2)),
                None => match place.inputs.first() {
                    Some(&(_, arrives)) if arrives != place.middle => {
                        let (text, from) =
                            if arrives < place.middle { ("╰╮", arrives) } else { ("╭╯", place.middle) };
                        (if unicode { text } else { "++" }.to_string(), from)
                    }
                    _ => (if unicode { "│" } else { "|" }.to_string(), place.middle),
                },
            };
            row.push_str(&" ".repeat(start.saturating_sub(row.width())));
            row.push_str(&text);
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    // Nothing is gained by a margin that all lines share.
    let margin = out.lines().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    out.lines().map(|line| line.get(margin..).unwrap_or_default().to_string() + "\n").collect()
}

/// The lines between two layers.
fn lines(above: &[Place], layer: &[Place], width: usize, unicode: bool) -> String {
    // Each source has its own row, or shares one with those far from it.
    let mut rows: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut wires: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for (position, source) in above.iter().enumerate() {
        let ends: Vec<usize> = layer
            .iter()
            .flat_map(|place| &place.inputs)
            .filter(|(input, _)| *input == position)
            .map(|(_, at)| *at)
            .collect();
        let (Some(&low), Some(&high)) = (ends.iter().min(), ends.iter().max()) else { continue };
        let (low, high) = (low.min(source.middle), high.max(source.middle));
        let row = (low < high).then(|| {
            let free = |row: &Vec<(usize, usize)>| row.iter().all(|(from, to)| high + 1 < *from || *to + 1 < low);
            let row = rows.iter().position(free).unwrap_or(rows.len());
            if row == rows.len() {
                rows.push(Vec::new());
            }
            if let Some(row) = rows.get_mut(row) {
                row.push((low, high));
            }
            row
        });
        wires.extend(ends.into_iter().map(|end| (source.middle, end, row)));
    }
    if above.is_empty() {
        return String::new();
    }
    let count = rows.len().max(1);
    let mut cells = vec![vec![0_u8; width]; count];
    let mut mark = |row: usize, column: usize, bits: u8| {
        if let Some(cell) = cells.get_mut(row).and_then(|row| row.get_mut(column)) {
            *cell |= bits;
        }
    };
    for (from, to, row) in wires {
        let turn = row.unwrap_or(count);
        (0..turn.min(count)).for_each(|row| mark(row, from, UP | DOWN));
        let Some(turn) = row else { continue };
        mark(turn, from, UP);
        mark(turn, to, DOWN);
        let (low, high) = (from.min(to), from.max(to));
        if low < high {
            mark(turn, low, RIGHT);
            mark(turn, high, LEFT);
            (low + 1..high).for_each(|column| mark(turn, column, LEFT | RIGHT));
        }
        (turn + 1..count).for_each(|row| mark(row, to, UP | DOWN));
    }
    const BOXES: [char; 16] = [' ', '╵', '╷', '│', '╴', '╯', '╮', '┤', '╶', '╰', '╭', '├', '─', '┴', '┬', '┼'];
    let char = |bits: &u8| match bits {
        bits if unicode => BOXES.get(usize::from(*bits)).copied().unwrap_or(' '),
        0 => ' ',
        bits if bits & (LEFT | RIGHT) == 0 => '|',
        bits if bits & (UP | DOWN) == 0 => '-',
        _ => '+',
    };
    cells.iter().map(|row| row.iter().map(char).collect::<String>().trim_end().to_string() + "\n").collect()
}

/// Puts steps on a page.
pub fn lay_out(steps: &[Step], note: &str) -> Page {
    /// A cell of the layout, and the distance of layers.
    const ACROSS: f64 = 7.6;
    const DOWN: f64 = 52.0;
    const BOX: f64 = 24.0;
    const EDGE: f64 = 20.0;
    let mut layers = layers(steps);
    let columns = stand(&mut layers);
    let wide = (columns as f64 * ACROSS + 2.0 * EDGE).max(160.0).ceil();
    let first = if note.is_empty() { EDGE } else { EDGE + 24.0 };
    let mut page = Page::new(wide, first + layers.len() as f64 * DOWN - DOWN + BOX + EDGE);
    let x_at = |column: usize| EDGE + (column as f64 + 0.5) * ACROSS;
    let top = |layer: usize| first + layer as f64 * DOWN;
    const GREY: Color = [120, 120, 120];
    for (i, layer) in layers.iter().enumerate().skip(1) {
        let above = i.checked_sub(1).and_then(|i| layers.get(i)).map_or(&[][..], Vec::as_slice);
        for place in layer {
            for &(input, arrives) in &place.inputs {
                let Some(source) = above.get(input) else { continue };
                let arrives = if place.inputs.len() == 1 { place.middle } else { arrives };
                let (from, to) = ((x_at(source.middle), top(i - 1) + BOX), (x_at(arrives), top(i)));
                let mut line = vec![from, to];
                match place.step {
                    // Through the layer.
                    None => line.push((x_at(place.middle), top(i) + BOX)),
                    Some(_) => page.add(Shape::Dots { places: vec![to], radius: 2.5, color: GREY }),
                }
                page.add(Shape::Lines { pieces: vec![line], color: GREY, width: 1.0 });
            }
        }
    }
    for (i, layer) in layers.iter().enumerate() {
        for place in layer {
            let Some(step) = place.step.and_then(|step| steps.get(step)) else { continue };
            let fill: Color = match step.kind {
                Kind::Source => [0xd6, 0xe8, 0xf5],
                Kind::Step => [255, 255, 255],
                Kind::Result => [0xfb, 0xe0, 0xcc],
            };
            let wide = (place.wide + 2) as f64 * ACROSS;
            let x = x_at(place.middle) - wide / 2.0;
            page.add(Shape::Rect { x, y: top(i), wide, high: BOX, fill, edge: Some(GREY) });
            page.text(x_at(place.middle), top(i) + 16.0, Anchor::Middle, &step.label);
        }
    }
    if !note.is_empty() {
        page.add(Shape::Text {
            x: EDGE,
            y: 24.0,
            size: SIZE,
            anchor: Anchor::Start,
            color: BLACK,
            text: note.to_string(),
        });
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(inputs: &[&[usize]]) -> Vec<Step> {
        let step = |(i, inputs): (usize, &&[usize])| Step {
            label: format!("step{i}"),
            kind: Kind::Step,
            inputs: inputs.to_vec(),
        };
        inputs.iter().enumerate().map(step).collect()
    }

    #[test]
    fn a_chain_is_straight() {
        assert_eq!(draw(&steps(&[&[], &[0], &[1]]), false), "step0\n  |\nstep1\n  |\nstep2\n");
    }

    #[test]
    fn every_line_arrives() {
        // A diamond, a step used three times, one that skips layers, and one that uses another twice.
        for inputs in [
            &[&[][..], &[0], &[0], &[1, 2]][..],
            &[&[], &[], &[0, 1], &[0, 2], &[0, 3], &[1, 4]],
            &[&[], &[0, 0], &[1, 1], &[0, 2]],
            &[&[], &[], &[], &[0], &[1], &[2], &[3, 4, 5, 0, 1, 2]],
        ] {
            let steps = steps(inputs);
            let text = draw(&steps, true);
            for step in &steps {
                assert_eq!(text.matches(&step.label).count(), 1, "{text}");
            }
            assert!(text.lines().all(|line| line.width() <= width(&steps) + GAP), "{text}");
            // No end of a line hangs in the air.
            assert!(!text.contains(['╴', '╶', '╵', '╷']), "{text}");
        }
    }
}
