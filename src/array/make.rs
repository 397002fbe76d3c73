//! Arrays made from a rule: `arange`, `linspace`, `eye`, `one_hot`.
//!
//! `linspace(0, 1, 4)` must end in exactly 1 and `arange(0, 1, 0.1)` must not drift, so every element
//! comes from its number, never from its neighbour.

use super::limits::{self, STRIDE};
use super::walk::{Walk, put_in_order};
use super::{Array, DType, Data, Shape, number_text};
use crate::diagnostic::{Kind, Outcome, Part, Problem};

/// Ones on diagonal `k` of an n × m matrix, zeros elsewhere.
///
/// # Errors
/// When memory runs out.
pub fn eye(n: usize, m: usize, k: isize, dtype: DType) -> Outcome<Array> {
    let mut out = Array::full([n, m].as_slice(), 0.0, dtype)?;
    let (down, right) = if k < 0 { (k.unsigned_abs(), 0) } else { (0, k.unsigned_abs()) };
    let long = n.saturating_sub(down).min(m.saturating_sub(right));
    if long > 0 {
        let walk = Walk::new((down * m + right) as isize, &[long], &[m as isize + 1]);
        let ones = Array::full([long].as_slice(), 1.0, dtype)?;
        put_in_order(&walk, out.data_mut(), ones.data())?;
    }
    Ok(out)
}

/// The numbers from `start` on, `step` apart, that come before `stop`.
///
/// # Errors
/// When the step is 0 or there is no end, memory runs out, or somebody asked to stop.
pub fn arange(start: f64, stop: f64, step: f64, dtype: DType) -> Outcome<Array> {
    if step == 0.0 {
        return Err(Problem::new("a step of 0 never arrives").help("use a step such as 1 or 0.1"));
    }
    let steps = ((stop - start) / step).ceil();
    if steps.is_nan() || !start.is_finite() {
        return Err(Problem::new("a range needs numbers for its ends and step")
            .label(Part::Whole, range_text(start, stop, step))
            .help("nan and inf have no next number"));
    }
    // 2^53: beyond that the numbers of elements are not whole any more.
    if steps > 9_007_199_254_740_992.0 {
        return Err(Problem::new("this array would be too large for memory")
            .label(Part::Whole, range_text(start, stop, step))
            .help("use a larger step")
            .kind(Kind::Limit));
    }
    let n = steps.max(0.0) as usize;
    numbered(n, dtype, |i| start + step * i as f64)
}

fn range_text(start: f64, stop: f64, step: f64) -> String {
    format!("from {} to {} by {}", number_text(start), number_text(stop), number_text(step))
}

/// `n` numbers evenly spaced from `start` to `stop`, both included.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn linspace(start: f64, stop: f64, n: usize, dtype: DType) -> Outcome<Array> {
    let last = n.saturating_sub(1);
    let step = (stop - start) / last.max(1) as f64;
    numbered(n, dtype, |i| match i {
        0 => start,
        i if i == last => stop,
        i => start + step * i as f64,
    })
}

fn numbered(n: usize, dtype: DType, element: impl Fn(usize) -> f64) -> Outcome<Array> {
    fn fill<T>(n: usize, element: impl Fn(usize) -> T) -> Outcome<Vec<T>> {
        limits::checked_count(&[n])?;
        let mut out = limits::reserve(n)?;
        for start in (0..n).step_by(STRIDE) {
            limits::check()?;
            out.extend((start..n.min(start.saturating_add(STRIDE))).map(&element));
        }
        Ok(out)
    }
    let data: Data = match dtype {
        DType::F64 => fill(n, element)?.into(),
        DType::F32 => fill(n, |i| element(i) as f32)?.into(),
        DType::Bool => fill(n, |i| element(i) != 0.0)?.into(),
    };
    Ok(Array::new([n].as_slice(), data))
}

/// A row of zeros with a single 1 for every label: the label says where.
///
/// # Errors
/// When a label is not one of 0 to n - 1, memory runs out, or somebody asked to stop.
pub fn one_hot(labels: &Array, n: usize, dtype: DType) -> Outcome<Array> {
    let mut shape = Shape::from_slice(labels.shape());
    shape.push(n);
    let mut out = Array::full(shape, 0.0, dtype)?;
    let labels = labels.to_doubles();
    for (row, &label) in labels.iter().enumerate() {
        if row % STRIDE == 0 {
            limits::check()?;
        }
        let fits = label >= 0.0 && label < n as f64 && label.fract() == 0.0;
        if !fits {
            let text = number_text(label);
            let title = if label.fract() == 0.0 {
                format!("label {text} is out of range")
            } else {
                format!("label {text} is not a whole number")
            };
            let problem = Problem::new(title).label(Part::Argument(0), format!("element {row} is {text}"));
            return Err(match n {
                0 => problem.help("with no classes there can be no labels"),
                _ => problem.help(format!("with {n} classes the labels are 0 to {}", n - 1)),
            });
        }
        let at = row * n + label as usize;
        match out.data_mut() {
            Data::F64(data) => data[at] = 1.0,
            Data::F32(data) => data[at] = 1.0,
            Data::Bool(data) => data[at] = true,
        }
    }
    Ok(out)
}
