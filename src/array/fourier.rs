//! The discrete Fourier transform, through `rustfft`.
//!
//! Complex numbers are pairs along the last axis: real part, imaginary part. In double precision whatever the
//! input, and rounded at the end.

use super::{Array, DType, Data, Shape, limits};
use crate::diagnostic::Outcome;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// The sums of `x[k] exp(∓2πi jk / n)` along an axis, not divided by anything; `backwards` takes the plus.
///
/// # Errors
/// When memory runs out, or somebody asked to stop.
pub fn transform(x: &Array, axis: usize, backwards: bool) -> Outcome<Array> {
    let shape = x.shape();
    let n = shape.get(axis).copied().unwrap_or(1);
    let dtype = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    let mut out = limits::reserve(x.len())?;
    out.extend_from_slice(&x.to_doubles());
    if x.is_empty() {
        return Ok(Array::new(Shape::from_slice(shape), out).cast(dtype));
    }
    let mut planner = FftPlanner::new();
    let plan = if backwards { planner.plan_fft_inverse(n) } else { planner.plan_fft_forward(n) };
    // Numbers between two that are neighbours along the axis.
    let step: usize = shape.iter().skip(axis.saturating_add(1)).product();
    let zero = Complex::new(0.0, 0.0);
    let mut line = limits::filled(n, zero)?;
    let mut scratch = limits::filled(plan.get_inplace_scratch_len(), zero)?;
    for block in out.chunks_exact_mut(n.saturating_mul(step)) {
        for start in (0..step).step_by(2) {
            limits::check()?;
            for (value, pair) in line.iter_mut().zip(block.chunks_exact(step)) {
                if let Some(&[re, im]) = pair.get(start..start + 2) {
                    *value = Complex::new(re, im);
                }
            }
            plan.process_with_scratch(&mut line, &mut scratch);
            for (value, pair) in line.iter().zip(block.chunks_exact_mut(step)) {
                if let Some(pair) = pair.get_mut(start..start + 2) {
                    pair.copy_from_slice(&[value.re, value.im]);
                }
            }
        }
    }
    Ok(Array::new(Shape::from_slice(shape), Data::F64(out)).cast(dtype))
}
