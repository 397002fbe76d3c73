//! What is done to the rows that instructions work on, whatever their type.

use super::run::WIDEST;
use crate::array::lanes::Lane;
use crate::array::{Data, Shape};
use std::ops::Range;

/// The elements of a lane that moves.
#[inline]
pub fn row<'x, T>(lane: Lane<'x, T>) -> &'x [T] {
    match lane {
        Lane::Moving(row) => row,
        Lane::Still(_) => &[],
    }
}

/// A register to write, taken out so that the others can be read meanwhile.
#[inline]
pub fn taken<T: Copy + Default>(registers: &mut Vec<Vec<T>>, at: usize) -> Vec<T> {
    match registers.get_mut(at) {
        Some(register) => std::mem::take(register),
        None => another(registers, at),
    }
}

/// One that was not there yet.
#[cold]
fn another<T: Copy + Default>(registers: &mut Vec<Vec<T>>, at: usize) -> Vec<T> {
    registers.resize(at, vec![T::default(); WIDEST]);
    registers.push(Vec::new());
    vec![T::default(); WIDEST]
}

/// Puts a register back.
#[inline]
pub fn put<T>(registers: &mut [Vec<T>], at: usize, register: Vec<T>) {
    if let Some(place) = registers.get_mut(at) {
        *place = register;
    }
}

/// The elements, if they are doubles.
pub fn leaf_doubles(data: &Data) -> &[f64] {
    match data {
        Data::F64(data) => data,
        _ => &[],
    }
}

/// The elements, if they are singles.
pub fn leaf_singles(data: &Data) -> &[f32] {
    match data {
        Data::F32(data) => data,
        _ => &[],
    }
}

/// The elements, if they are truth values.
pub fn leaf_truths(data: &Data) -> &[bool] {
    match data {
        Data::Bool(data) => data,
        _ => &[],
    }
}

/// Writes `x` where a condition holds, `y` elsewhere.
pub fn choose<T: Copy>(conditions: &[bool], x: Lane<'_, T>, y: Lane<'_, T>, out: &mut [T]) {
    let pick = |holds: bool, x: T, y: T| if holds { x } else { y };
    let places = out.iter_mut().zip(conditions);
    match (x, y) {
        (Lane::Still(x), Lane::Still(y)) => places.for_each(|(to, &holds)| *to = pick(holds, x, y)),
        (Lane::Still(x), Lane::Moving(ys)) => places.zip(ys).for_each(|((to, &holds), &y)| *to = pick(holds, x, y)),
        (Lane::Moving(xs), Lane::Still(y)) => places.zip(xs).for_each(|((to, &holds), &x)| *to = pick(holds, x, y)),
        (Lane::Moving(xs), Lane::Moving(ys)) => {
            places.zip(xs).zip(ys).for_each(|(((to, &holds), &x), &y)| *to = pick(holds, x, y));
        }
    }
}

/// Writes the elements that lie under a range of the result.
pub fn gather<T: Copy, U: Copy>(
    dims: &[usize],
    steps: &[usize],
    data: &[T],
    range: &Range<usize>,
    out: &mut [U],
    convert: impl Fn(T) -> U,
) {
    let (Some(&width), Some(&step)) = (dims.last(), steps.last()) else { return };
    let outer = dims.len() - 1;
    // Where the range begins.
    let mut index: Shape = Shape::from_elem(0, outer);
    let (mut rest, mut column) = (range.start / width.max(1), range.start % width.max(1));
    let mut base = 0;
    for axis in (0..outer).rev() {
        index[axis] = rest % dims[axis];
        rest /= dims[axis];
        base += index[axis] * steps[axis];
    }
    let mut rest = out;
    while !rest.is_empty() {
        // Where the last but one axis does not move, there is the same again for each place on it.
        let again = match outer.checked_sub(1) {
            Some(axis) if column == 0 && steps[axis] == 0 => {
                let again = (dims[axis] - index[axis]).min(rest.len().div_ceil(width));
                index[axis] += again - 1;
                again
            }
            _ => 1,
        };
        let run = rest.len().min(width - column);
        let (to, later) = rest.split_at_mut(rest.len().min(again * width - column));
        rest = later;
        let (first, _) = to.split_at_mut(run);
        if step == 0 {
            let Some(&x) = data.get(base) else { return };
            first.fill(convert(x));
        } else {
            let start = base + column;
            let from = data.get(start..start + run).unwrap_or(&[]);
            first.iter_mut().zip(from).for_each(|(to, &x)| *to = convert(x));
        }
        let mut done = run;
        while done < to.len() {
            let more = done.min(to.len() - done);
            to.copy_within(..more, done);
            done += more;
        }
        column = 0;
        let mut axis = outer;
        while axis > 0 {
            axis -= 1;
            index[axis] += 1;
            base += steps[axis];
            if index[axis] < dims[axis] {
                break;
            }
            base -= steps[axis] * dims[axis];
            index[axis] = 0;
        }
    }
}
