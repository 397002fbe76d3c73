//! Order: sorting, and the elements that stand at a rank.
//!
//! NumPy's: `nan` comes last, -0 and 0 are equal, and equal elements stay as they were. A sort of
//! millions takes a second, so it is done in stretches that are then merged, with a look at Ctrl-C in
//! between.

use super::limits::{self, STRIDE};
use super::reduce::{Axes, count_along, reduced_shape};
use super::selection::Selection;
use super::{Array, DType, Shape, count, layout};
use crate::diagnostic::Outcome;

/// Which elements come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorting {
    /// The smallest; `nan` comes last.
    Ascending,
    /// The largest; `nan` comes first.
    Descending,
}

/// A whole number that orders as the double does.
fn key(x: f64) -> u64 {
    if x.is_nan() {
        return u64::MAX;
    }
    // Plus zero makes -0 equal to 0.
    let bits = (x + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// The positions of the elements, in order.
fn sorted(lane: impl ExactSizeIterator<Item = f64>, sorting: Sorting) -> Outcome<Vec<(u64, usize)>> {
    let mut pairs: Vec<(u64, usize)> = limits::reserve(lane.len())?;
    pairs.extend(lane.enumerate().map(|(i, x)| match sorting {
        Sorting::Ascending => (key(x), i),
        Sorting::Descending => (!key(x), i),
    }));
    // Positions differ, so there are no equals to keep in order.
    for stretch in pairs.chunks_mut(STRIDE) {
        limits::check()?;
        stretch.sort_unstable();
    }
    let mut width = STRIDE;
    while width < pairs.len() {
        let mut merged = limits::reserve(pairs.len())?;
        for two in pairs.chunks(width.saturating_mul(2)) {
            let (mut left, mut right) = two.split_at(width.min(two.len()));
            while let ([a, ..], [b, ..]) = (left, right) {
                if merged.len() % STRIDE == 0 {
                    limits::check()?;
                }
                if a <= b {
                    merged.push(*a);
                    left = left.get(1..).unwrap_or(&[]);
                } else {
                    merged.push(*b);
                    right = right.get(1..).unwrap_or(&[]);
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        pairs = merged;
        width = width.saturating_mul(2);
    }
    Ok(pairs)
}

/// Along an axis, the first elements in order: which they are, as a selection and as numbers of positions.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn along(x: &Array, axis: usize, sorting: Sorting, first: usize) -> Outcome<(Selection, Array)> {
    let mut shape = Shape::from_slice(x.shape());
    let n = shape.get(axis).copied().unwrap_or(1);
    let width = count(x.shape().get(axis.saturating_add(1)..).unwrap_or(&[]));
    let kept = first.min(n);
    if let Some(dim) = shape.get_mut(axis) {
        *dim = kept;
    }
    let data = x.to_doubles();
    let total = count(&shape);
    let (mut positions, mut places) = (limits::filled(total, 0)?, limits::filled(total, 0.0)?);
    if total > 0 {
        for outer in 0..data.len() / (n * width) {
            for column in 0..width {
                let start = outer * n * width + column;
                let lane = (0..n).map(|i| data.get(start + i * width).copied().unwrap_or(f64::NAN));
                for (i, (_, place)) in sorted(lane, sorting)?.into_iter().take(kept).enumerate() {
                    let at = (outer * kept + i) * width + column;
                    if let (Some(position), Some(out)) = (positions.get_mut(at), places.get_mut(at)) {
                        (*position, *out) = (start + place * width, place as f64);
                    }
                }
            }
        }
    }
    Ok((Selection::of(x.shape(), &shape, positions), Array::new(shape, places)))
}

/// The different elements, in ascending order: where each is for the first time.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn different(x: &Array) -> Outcome<Selection> {
    let data = x.to_doubles();
    let mut pairs = sorted(data.iter().copied(), Sorting::Ascending)?;
    pairs.dedup_by_key(|(key, _)| *key);
    let positions: Vec<usize> = pairs.into_iter().map(|(_, place)| place).collect();
    Ok(Selection::of(x.shape(), &[positions.len()], positions))
}

/// The elements that stand at some ranks of the sorted lanes, and those they tie with, which share in
/// their derivatives.
#[derive(Debug)]
pub struct Ranked {
    source: Shape,
    shape: Shape,
    /// Positions in the source: one lane after the other, each sorted.
    order: Vec<usize>,
    /// For each result where it is in `order`, and from where to where the ties are; for `nan` all.
    groups: Vec<Group>,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    start: usize,
    end: usize,
    /// What each of the ties gets.
    share: f64,
}

impl Ranked {
    /// For each rank, one after the other, what the lanes along these axes have there. A rank must be
    /// less than the length of a lane.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn new(x: &Array, axes: &Axes, ranks: &[usize]) -> Outcome<Ranked> {
        let n = count_along(x.shape(), axes);
        let (reduced, kept): (Vec<usize>, Vec<usize>) = (0..x.rank()).partition(|&axis| axes.contains(axis));
        let turn: Vec<usize> = kept.into_iter().chain(reduced).collect();
        let mut numbers = limits::reserve(x.len())?;
        numbers.extend((0..x.len()).map(|i| i as f64));
        let positions = layout::permute(&Array::new(Shape::from_slice(x.shape()), numbers), &turn)?;
        let (positions, data) = (positions.to_doubles(), x.to_doubles());
        let lanes = reduced_shape(x.shape(), axes, false);
        let lane_count = count(&lanes);
        let shape: Shape = std::iter::once(ranks.len()).chain(lanes).collect();
        let mut order: Vec<usize> = limits::reserve(x.len())?;
        let missing = Group { start: 0, end: 0, share: f64::NAN };
        let mut groups = limits::filled(limits::checked_count(&shape)?, missing)?;
        for (lane_number, lane) in positions.chunks_exact(n.max(1)).enumerate() {
            let value = |position: f64| data.get(position as usize).copied().unwrap_or(f64::NAN);
            let pairs = sorted(lane.iter().map(|&position| value(position)), Sorting::Ascending)?;
            let first = order.len();
            order.extend(pairs.iter().filter_map(|&(_, place)| lane.get(place).map(|&position| position as usize)));
            let spoilt = pairs.last().is_some_and(|&(key, _)| key == u64::MAX);
            for (i, &rank) in ranks.iter().enumerate() {
                let Some(&(key, _)) = pairs.get(rank) else { continue };
                let group = if spoilt {
                    Group { start: first, end: first + n, share: f64::NAN }
                } else {
                    let start = pairs.partition_point(|&(other, _)| other < key);
                    let end = pairs.partition_point(|&(other, _)| other <= key);
                    Group { start: first + start, end: first + end, share: 1.0 / (end - start) as f64 }
                };
                if let Some(place) = groups.get_mut(i * lane_count + lane_number) {
                    *place = group;
                }
            }
        }
        Ok(Ranked { source: Shape::from_slice(x.shape()), shape, order, groups })
    }

    fn members(&self, group: &Group) -> &[usize] {
        self.order.get(group.start..group.end).unwrap_or(&[])
    }

    /// The elements at the ranks.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn take(&self, x: &Array) -> Outcome<Array> {
        let data = x.to_doubles();
        let mut out = limits::reserve(self.groups.len())?;
        out.extend(self.groups.iter().map(|group| match self.members(group).first() {
            Some(&position) if !group.share.is_nan() => data.get(position).copied().unwrap_or(f64::NAN),
            _ => f64::NAN,
        }));
        Ok(Array::new(self.shape.clone(), out).cast(real(x)))
    }

    /// The sums of the shares that ties have: what becomes of a tangent.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn gather(&self, tangent: &Array) -> Outcome<Array> {
        let data = tangent.to_doubles();
        let mut out = limits::reserve(self.groups.len())?;
        for group in &self.groups {
            limits::check()?;
            let part = |&position: &usize| weigh(data.get(position).copied().unwrap_or(0.0), group.share);
            out.push(self.members(group).iter().map(part).sum::<f64>());
        }
        Ok(Array::new(self.shape.clone(), out).cast(real(tangent)))
    }

    /// Every cotangent shared among ties: the transpose of [`gather`](Ranked::gather).
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn scatter(&self, cotangents: &Array) -> Outcome<Array> {
        let data = cotangents.to_doubles();
        let mut out = limits::filled(count(&self.source), 0.0)?;
        for (group, &cotangent) in self.groups.iter().zip(data.iter()) {
            limits::check()?;
            let part = weigh(cotangent, group.share);
            for &position in self.members(group) {
                if let Some(place) = out.get_mut(position) {
                    *place += part;
                }
            }
        }
        Ok(Array::new(self.source.clone(), out).cast(real(cotangents)))
    }
}

fn weigh(g: f64, share: f64) -> f64 {
    if g == 0.0 { 0.0 } else { g * share }
}

fn real(x: &Array) -> DType {
    if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 }
}
