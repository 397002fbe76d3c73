//! Which positions of a large array are shown: the ends of its axes, so that no more elements are looked at
//! than are printed, however many there are.

/// How many cells of a long axis are shown at each end.
const EDGE: usize = 3;

/// The ends of the leading axes, so many that their rows fit into a number of lines.
pub(super) fn lower(axes: &mut [Vec<Option<usize>>], shape: &[usize], height: usize) {
    let Some((_, leading)) = axes.split_last_mut() else { return };
    // Tables have a blank line between them.
    let lines = |leading: &[Vec<Option<usize>>]| -> usize {
        let rows = leading.iter().fold(1, |product: usize, axis| product.saturating_mul(axis.len()));
        match leading.split_last() {
            Some((_, outer @ [_, ..])) => {
                rows.saturating_add(outer.iter().fold(1, |product: usize, axis| product.saturating_mul(axis.len())))
            }
            _ => rows,
        }
    };
    if lines(leading) <= height {
        return;
    }
    if let ([rows], Some(&len)) = (&mut *leading, shape.first()) {
        let shown = height.saturating_sub(1).max(2);
        *rows = ends(len, shown - shown / 3, shown / 3);
        return;
    }
    for edge in (1..=EDGE).rev() {
        for (axis, &len) in leading.iter_mut().zip(shape) {
            *axis = ends(len, edge, edge);
        }
        if lines(leading) <= height {
            return;
        }
    }
    for at in 0..leading.len() {
        if lines(leading) > height
            && let (Some(axis), Some(&len)) = (leading.get_mut(at), shape.get(at))
        {
            *axis = ends(len, 1, 0);
        }
    }
}

/// The ends of an axis, if it is longer than both.
pub(super) fn ends(len: usize, head: usize, tail: usize) -> Vec<Option<usize>> {
    if len <= head + tail {
        return all(len);
    }
    (0..head).map(Some).chain([None]).chain((len - tail..len).map(Some)).collect()
}

pub(super) fn all(len: usize) -> Vec<Option<usize>> {
    (0..len).map(Some).collect()
}

/// The ends of every axis, and of the leading axes ever less until no more than `most` cells are left: a
/// cube of rank 20 has no long axis, but a million cells.
pub(super) fn shorten(shape: &[usize], most: usize) -> Vec<Vec<Option<usize>>> {
    let mut edges = vec![(EDGE, EDGE); shape.len()];
    let shown = |edges: &[(usize, usize)]| -> usize {
        shape.iter().zip(edges).fold(1, |product: usize, (&len, edge)| product.saturating_mul(len.min(edge.0 + edge.1)))
    };
    for edge in (1..EDGE).rev() {
        if shown(&edges) > most {
            edges.fill((edge, edge));
        }
    }
    for axis in 0..edges.len() {
        if shown(&edges) > most {
            edges[axis] = (1, 0);
        }
    }
    shape.iter().zip(edges).map(|(&len, (head, tail))| ends(len, head, tail)).collect()
}
