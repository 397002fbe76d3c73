//! Lines of equal value over a plane, by [marching squares](https://en.wikipedia.org/wiki/Marching_squares):
//! each cell says where the line enters and leaves it, and neighbours that name the same edge are joined.

use super::grid::Grid;
use crate::array::limits;
use crate::diagnostic::Outcome;
use std::collections::HashMap;

/// The lines of one value.
#[derive(Clone, Debug)]
pub struct Contour {
    /// The value.
    pub level: f64,
    /// Lines through points; a closed one ends where it begins.
    pub pieces: Vec<Vec<(f64, f64)>>,
}

/// An edge between two neighbours: from a row and a column to the right, or upward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Edge {
    row: usize,
    column: usize,
    up: bool,
}

/// The lines of one value.
///
/// # Errors
/// When Ctrl-C was pressed.
pub fn contour(grid: &Grid, level: f64) -> Outcome<Contour> {
    let mut joined: HashMap<Edge, [Option<Edge>; 2]> = HashMap::new();
    let mut order = Vec::new();
    for row in 0..grid.ys.len().saturating_sub(1) {
        limits::check()?;
        for column in 0..grid.xs.len().saturating_sub(1) {
            for (from, to) in crossings(grid, level, row, column).into_iter().flatten() {
                for (from, to) in [(from, to), (to, from)] {
                    let ends = joined.entry(from).or_insert_with(|| {
                        order.push(from);
                        [None, None]
                    });
                    if let Some(free) = ends.iter_mut().find(|end| end.is_none()) {
                        *free = Some(to);
                    }
                }
            }
        }
    }
    // Lines that end somewhere are followed from an end, before those that are closed.
    let ends = |edge: &Edge| joined.get(edge).map_or(0, |ends| ends.iter().flatten().count());
    let (open, closed): (Vec<Edge>, Vec<Edge>) = order.iter().partition(|edge| ends(edge) < 2);
    let mut seen: HashMap<Edge, ()> = HashMap::new();
    let mut pieces = Vec::new();
    for start in open.into_iter().chain(closed) {
        if seen.contains_key(&start) {
            continue;
        }
        let mut piece = Vec::new();
        let mut here = Some(start);
        while let Some(edge) = here.filter(|edge| seen.insert(*edge, ()).is_none()) {
            piece.push(point(grid, level, edge));
            let next = joined.get(&edge).and_then(|ends| ends.iter().flatten().find(|end| !seen.contains_key(end)));
            if next.is_none() && piece.len() > 2 && joined.get(&edge).is_some_and(|ends| ends.contains(&Some(start))) {
                piece.push(point(grid, level, start));
            }
            here = next.copied();
        }
        pieces.push(piece);
    }
    Ok(Contour { level, pieces })
}

/// Where the line enters and leaves a cell: at most twice.
fn crossings(grid: &Grid, level: f64, row: usize, column: usize) -> [Option<(Edge, Edge)>; 2] {
    let corners =
        [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)].map(|(i, j)| grid.at(i, j));
    if corners.iter().any(|value| !value.is_finite()) {
        return [None, None];
    }
    let [south_west, south_east, north_east, north_west] = corners.map(|value| value >= level);
    let south = Edge { row, column, up: false };
    let west = Edge { row, column, up: true };
    let north = Edge { row: row + 1, ..south };
    let east = Edge { column: column + 1, ..west };
    match (south_west, south_east, north_east, north_west) {
        (a, b, c, d) if a == b && b == c && c == d => [None, None],
        (a, b, c, d) if a == b && c == d => [Some((west, east)), None],
        (a, b, c, d) if a == d && b == c => [Some((south, north)), None],
        (a, b, c, d) if a == c && b == d => {
            // A saddle: the middle says which corners belong together.
            let middle = corners.iter().map(|value| value / 4.0).sum::<f64>() >= level;
            if middle == a {
                [Some((south, east)), Some((north, west))]
            } else {
                [Some((south, west)), Some((north, east))]
            }
        }
        (a, b, c, d) if b == c && c == d && a != b => [Some((south, west)), None],
        (a, b, c, d) if a == c && c == d && b != a => [Some((south, east)), None],
        (a, b, c, d) if a == b && b == d && c != a => [Some((north, east)), None],
        _ => [Some((north, west)), None],
    }
}

/// Where on an edge the line crosses it.
fn point(grid: &Grid, level: f64, edge: Edge) -> (f64, f64) {
    let Edge { row, column, up } = edge;
    let (from, to) = (grid.at(row, column), if up { grid.at(row + 1, column) } else { grid.at(row, column + 1) });
    let part = ((level / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0)).clamp(0.0, 1.0);
    let place = |places: &[f64], i: usize| places.get(i).copied().unwrap_or(f64::NAN);
    let (x, y) = (place(&grid.xs, column), place(&grid.ys, row));
    if up { (x, y + (place(&grid.ys, row + 1) - y) * part) } else { (x + (place(&grid.xs, column + 1) - x) * part, y) }
}

/// About so many values between the smallest and the largest of a grid: round numbers, or, if most of the
/// grid lies near the smallest, values that crowd there.
pub fn levels(grid: &Grid, about: usize) -> Vec<f64> {
    let Some((low, high)) = grid.range() else { return Vec::new() };
    let mut sorted: Vec<f64> = grid.values.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(low);
    let about = about.max(1);
    if high / 8.0 - low / 8.0 <= middle - low {
        let step = super::axis::nice((high / 2.0 - low / 2.0) / about as f64 * 1.4);
        let first = (low / step).floor() + 1.0;
        let mut levels: Vec<f64> =
            (0..4 * about).map(|i| (first + i as f64) * step).take_while(|&level| level < high).collect();
        // No round number between them, but much else.
        if levels.is_empty() && low < high {
            levels.push(low / 2.0 + high / 2.0);
        }
        return levels;
    }
    // A valley with high walls: every level holds as many points as the next.
    let at = |i: usize| sorted.get(i * (sorted.len() - 1) / (about + 1)).copied().unwrap_or(low);
    let mut levels: Vec<f64> =
        (1..=about).map(|i| rounded(at(i))).filter(|level| (low..high).contains(level)).collect();
    levels.dedup();
    levels
}

/// A number in two digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.1e}").parse().unwrap_or(x)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bowl(n: usize) -> Grid {
        let places: Vec<f64> = (0..n).map(|i| i as f64 / (n - 1) as f64 * 2.0 - 1.0).collect();
        let values = places.iter().flat_map(|y| places.iter().map(move |x| x * x + y * y)).collect();
        Grid { xs: places.clone(), ys: places, values, down: false }
    }

    #[test]
    fn a_bowl_has_round_lines() {
        let found = contour(&bowl(41), 0.25).unwrap();
        let [ring] = &found.pieces[..] else { panic!("{found:?}") };
        assert_eq!(ring.first(), ring.last());
        assert!(ring.iter().all(|(x, y)| (x.hypot(*y) - 0.5).abs() < 1e-3), "{ring:?}");
    }

    #[test]
    fn lines_end_at_the_border_and_at_what_is_missing() {
        // The circle of radius 1.2 leaves the square at four sides.
        assert_eq!(contour(&bowl(41), 1.44).unwrap().pieces.len(), 4);
        let mut grid = bowl(3);
        grid.values[4] = f64::NAN;
        assert!(contour(&grid, 0.5).unwrap().pieces.is_empty());
    }

    #[test]
    fn every_pattern_of_a_cell_is_crossed_as_often_as_it_changes() {
        for pattern in 0..16_u32 {
            let bit = |i: u32| f64::from(pattern >> i & 1);
            let grid = Grid {
                xs: vec![0.0, 1.0],
                ys: vec![0.0, 1.0],
                values: vec![bit(0), bit(1), bit(3), bit(2)],
                down: false,
            };
            let changes = (0..4).filter(|&i| bit(i) != bit((i + 1) % 4)).count();
            let lines = crossings(&grid, 0.5, 0, 0).into_iter().flatten().count();
            assert_eq!(2 * lines, changes, "{pattern:04b}");
        }
    }

    #[test]
    fn levels_are_round_and_inside() {
        let levels = levels(&bowl(21), 8);
        assert!((4..=12).contains(&levels.len()), "{levels:?}");
        assert!(levels.iter().all(|level| (0.0..2.0).contains(level)));
        assert_eq!(super::levels(&bowl(21), 1).len(), 1);
    }
}
