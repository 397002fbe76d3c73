//! What an element costs in the kernels, in nanoseconds, beside the standard library's function and a
//! product, in one run:
//!
//!     cargo bench --bench kernels
//!
//! Blocks of 512 elements, which stay in the nearest cache, as those of fused expressions do.

#![allow(missing_docs)]

#[path = "../tests/support/ulp.rs"]
#[allow(dead_code, reason = "only its list of functions is wanted")]
mod ulp;

use adlib::array::kernel::{Kernel1, Kernel2};
use adlib::array::lanes::Lane;
use adlib::autodiff::{Forward, Grad};
use adlib::builtin;
use adlib::value::Run;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

const BLOCK: usize = 512;

/// The least time of many runs, in nanoseconds per element.
fn least(elements: usize, mut run: impl FnMut()) -> f64 {
    let mut once = || {
        let start = Instant::now();
        for _ in 0..20 {
            run();
        }
        start.elapsed().as_secs_f64()
    };
    (0..400).map(|_| once()).fold(f64::INFINITY, f64::min) * 1e9 / (20 * elements) as f64
}

fn out(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// In double and in single precision.
fn kernel(kernel: &Kernel1, (low, high): (f64, f64)) -> (f64, f64) {
    let mut numbers = ulp::Numbers(1);
    let xs: Vec<f64> = (0..BLOCK).map(|_| low + numbers.unit() * (high - low)).collect();
    let narrow: Vec<f32> = xs.iter().map(|&x| x as f32).collect();
    let mut row = [0.0; BLOCK];
    let doubles = least(BLOCK, || {
        (kernel.doubles)(black_box(&xs), &mut row);
        black_box(&row);
    });
    let mut row = [0.0; BLOCK];
    let singles = least(BLOCK, || {
        (kernel.singles)(black_box(&narrow), &mut row);
        black_box(&row);
    });
    (doubles, singles)
}

/// The same of two operands, the second a number if one is given.
fn kernel_of_two(kernel: &Kernel2, second: Option<f64>) -> (f64, f64) {
    let mut numbers = ulp::Numbers(1);
    let mut row = |low: f64| (0..BLOCK).map(|_| low + numbers.unit() * (8.0 - low)).collect::<Vec<f64>>();
    // Powers want a positive base.
    let (xs, ys) = (row(0.1), row(-8.0));
    let narrow = |xs: &[f64]| xs.iter().map(|&x| x as f32).collect::<Vec<_>>();
    let (narrow_xs, narrow_ys) = (narrow(&xs), narrow(&ys));
    let mut row = [0.0; BLOCK];
    let doubles = least(BLOCK, || {
        let second = second.map_or(Lane::Moving(&ys[..]), Lane::Still);
        (kernel.doubles)(Lane::Moving(black_box(&xs)), black_box(second), &mut row);
        black_box(&row);
    });
    let mut row = [0.0; BLOCK];
    let singles = least(BLOCK, || {
        let second = second.map_or(Lane::Moving(&narrow_ys[..]), |x| Lane::Still(x as f32));
        (kernel.singles)(Lane::Moving(black_box(&narrow_xs)), black_box(second), &mut row);
        black_box(&row);
    });
    (doubles, singles)
}

fn standard_of_two(f: fn(f64, f64) -> f64) -> f64 {
    let mut numbers = ulp::Numbers(1);
    let pairs: Vec<(f64, f64)> =
        (0..BLOCK).map(|_| (0.1 + numbers.unit() * 7.9, numbers.unit() * 16.0 - 8.0)).collect();
    let mut row: Vec<f64> = Vec::with_capacity(BLOCK);
    least(BLOCK, || {
        row.clear();
        row.extend(black_box(&pairs).iter().map(|&(x, y)| f(x, y)));
        black_box(&row);
    })
}

fn standard(f: fn(f64) -> f64, (low, high): (f64, f64)) -> f64 {
    let mut numbers = ulp::Numbers(1);
    let xs: Vec<f64> = (0..BLOCK).map(|_| low + numbers.unit() * (high - low)).collect();
    let mut row: Vec<f64> = Vec::with_capacity(BLOCK);
    least(BLOCK, || {
        row.clear();
        row.extend(black_box(&xs).iter().map(|&x| f(x)));
        black_box(&row);
    })
}

/// A function of the standard library, by its name in the language.
type Standard = (&'static str, fn(f64) -> f64);

/// The same of two operands, with the second if it is one number.
type StandardOfTwo = (&'static str, Option<f64>, fn(f64, f64) -> f64);

fn main() {
    let multiply = match builtin::find("*").map(|builtin| &builtin.run) {
        Some(Run::Elementwise(op)) => op,
        _ => return,
    };
    let xs = vec![1.5; BLOCK];
    let narrow = vec![1.5_f32; BLOCK];
    let mut row = [0.0; BLOCK];
    let Forward::Map2(product) = &multiply.forward else { return };
    let doubles = least(BLOCK, || {
        (product.doubles)(Lane::Moving(black_box(&xs)), Lane::Moving(black_box(&xs)), &mut row);
        black_box(&row);
    });
    let mut row = [0.0; BLOCK];
    let singles = least(BLOCK, || {
        (product.singles)(Lane::Moving(black_box(&narrow)), Lane::Moving(black_box(&narrow)), &mut row);
        black_box(&row);
    });
    out(&format!("{:<22} f64 {doubles:>6.3} ns   f32 {singles:>6.3} ns\n", "a product"));
    let reference = doubles;
    let std: &[Standard] = &[
        ("exp", f64::exp),
        ("expm1", f64::exp_m1),
        ("exp2", f64::exp2),
        ("log", f64::ln),
        ("log1p", f64::ln_1p),
        ("log2", f64::log2),
        ("log10", f64::log10),
        ("sin", f64::sin),
        ("cos", f64::cos),
        ("tan", f64::tan),
        ("asin", f64::asin),
        ("acos", f64::acos),
        ("atan", f64::atan),
        ("cbrt", f64::cbrt),
        ("sinh", f64::sinh),
        ("cosh", f64::cosh),
        ("tanh", f64::tanh),
        ("sqrt", f64::sqrt),
        ("sigmoid", |x| 1.0 / (1.0 + (-x).exp())),
        ("softplus", |x| x.exp().ln_1p()),
    ];
    for &(name, function) in std {
        let range = match name {
            "log" | "log2" | "log10" | "sqrt" => (0.1, 20.0),
            "log1p" => (-0.9, 20.0),
            "asin" | "acos" => (-1.0, 1.0),
            _ => (-8.0, 8.0),
        };
        let (doubles, singles) = kernel(ulp::kernel(name), range);
        let standard = standard(function, range);
        out(&format!(
            "{name:<22} f64 {doubles:>6.3} ns   f32 {singles:>6.3} ns   std {standard:>6.2} ns   {:>5.1} products\n",
            doubles / reference
        ));
    }
    let of_two: &[StandardOfTwo] = &[
        ("**", None, f64::powf),
        ("**", Some(2.0), |x, _| x * x),
        ("**", Some(3.0), |x, _| x.powf(black_box(3.0))),
        ("**", Some(0.7), |x, _| x.powf(black_box(0.7))),
        ("hypot", None, f64::hypot),
        ("atan2", None, f64::atan2),
        ("%", None, f64::rem_euclid),
        ("//", None, f64::div_euclid),
    ];
    for &(name, second, function) in of_two {
        let (doubles, singles) = kernel_of_two(ulp::kernel_of_two(name), second);
        let standard = standard_of_two(function);
        let name = second.map_or(name.to_owned(), |second| format!("{name} {second}"));
        out(&format!(
            "{name:<22} f64 {doubles:>6.3} ns   f32 {singles:>6.3} ns   std {standard:>6.2} ns   {:>5.1} products\n",
            doubles / reference
        ));
    }
    for exponent in [2.0, 3.0, 0.7] {
        let Some(Run::Elementwise(op)) = builtin::find("**").map(|builtin| &builtin.run) else { continue };
        let Grad::Slopes([slope, ..]) = &op.grad else { continue };
        let mut row = [0.0; BLOCK];
        let moving = Lane::Moving(&xs[..]);
        let doubles = least(BLOCK, || {
            (slope.lanes)(
                black_box(&[moving, Lane::Still(exponent), Lane::Still(0.0)]),
                moving,
                black_box(&xs),
                &mut row,
            );
            black_box(&row);
        });
        out(&format!(
            "{:<22} f64 {doubles:>6.3} ns   {:>5.1} products\n",
            format!("the slope of ** {exponent}"),
            doubles / reference
        ));
    }
    for name in ["*", "sin", "tanh", "sigmoid", "log"] {
        let Some(Run::Elementwise(op)) = builtin::find(name).map(|builtin| &builtin.run) else { continue };
        let Grad::Slopes([slope, ..]) = &op.grad else { continue };
        let mut row = [0.0; BLOCK];
        let moving = Lane::Moving(&xs[..]);
        let doubles = least(BLOCK, || {
            (slope.lanes)(black_box(&[moving, moving, moving]), moving, black_box(&xs), &mut row);
            black_box(&row);
        });
        out(&format!(
            "{:<22} f64 {doubles:>6.3} ns   {:>5.1} products\n",
            format!("the slope of {name}"),
            doubles / reference
        ));
    }
}
