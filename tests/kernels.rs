//! Kernels: how exact they are, and that an element has the same bits wherever it stands.

#![allow(missing_docs, clippy::unwrap_used)]

#[path = "support/ulp.rs"]
mod ulp;

use adlib::array::map::Lane;
use adlib::autodiff::{Forward, Grad, Op};
use adlib::builtin;
use adlib::value::Run;
use ulp::Numbers;

#[test]
fn functions_are_within_one_unit_in_the_last_place() {
    for function in ulp::FUNCTIONS {
        let (doubles, singles) = ulp::measure(function, 8_000);
        assert!(doubles.largest <= 1, "{}({:e}) is {} units off", function.name, doubles.at, doubles.largest);
        assert!(singles.largest <= 1, "{}({:e}) is {} units off in f32", function.name, singles.at, singles.largest);
    }
}

/// Every elementwise operation.
fn operations() -> impl Iterator<Item = (&'static str, &'static Op)> {
    builtin::all().filter_map(|builtin| match &builtin.run {
        Run::Elementwise(op) => Some((builtin.name, op)),
        _ => None,
    })
}

/// Numbers of every kind, so many that they make chunks and a rest.
fn points(seed: u64) -> Vec<f64> {
    let mut numbers = Numbers(seed);
    let mut points = vec![
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        0.5,
        1e-310,
        -5e-324,
        1e-20,
        709.7,
        -745.1,
        -708.9,
        3.0,
        1e5,
        -1e7,
        1e22,
        f64::MAX,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    points.extend((0..80).map(|_| (numbers.unit() - 0.5) * (numbers.unit() * 24.0 - 12.0).exp2()));
    points.extend((0..45).map(|_| f64::from_bits(numbers.bits())));
    points
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

fn same_single(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

#[test]
fn a_kernel_gives_the_same_bits_alone_and_in_a_row() {
    let (xs, ys) = (points(1), points(2).into_iter().rev().collect::<Vec<_>>());
    let narrow = |xs: &[f64]| xs.iter().map(|&x| x as f32).collect::<Vec<_>>();
    let (narrow_xs, narrow_ys) = (narrow(&xs), narrow(&ys));
    let mut count = 0;
    for (name, op) in operations() {
        let (mut row, mut singles) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
        match &op.forward {
            Forward::Map1(kernel) => {
                (kernel.doubles)(&xs, &mut row);
                (kernel.singles)(&narrow_xs, &mut singles);
                for (i, &x) in xs.iter().enumerate() {
                    let mut alone = [0.0];
                    (kernel.doubles)(&[x], &mut alone);
                    assert!(same(row[i], (kernel.number)(x)) && same(row[i], alone[0]), "{name}({x:e})");
                    let mut alone = [0.0];
                    (kernel.singles)(&[x as f32], &mut alone);
                    assert!(same_single(singles[i], alone[0]), "{name}({x:e}) in f32");
                }
            }
            Forward::Map2(kernel) => {
                (kernel.doubles)(Lane::Moving(&xs), Lane::Moving(&ys), &mut row);
                (kernel.singles)(Lane::Moving(&narrow_xs), Lane::Moving(&narrow_ys), &mut singles);
                for (i, (&x, &y)) in xs.iter().zip(&ys).enumerate() {
                    let mut alone = [0.0];
                    (kernel.doubles)(Lane::Still(x), Lane::Moving(&[y]), &mut alone);
                    assert!(same(row[i], (kernel.number)(x, y)) && same(row[i], alone[0]), "{name}({x:e}, {y:e})");
                    let (mut left, mut right) = (vec![x; 70], [y]);
                    (kernel.onto_left)(&mut left, Lane::Still(y));
                    (kernel.onto_right)(Lane::Still(x), &mut right);
                    assert!(same(row[i], left[67]) && same(row[i], right[0]), "{name}({x:e}, {y:e}) in place");
                    let mut alone = [0.0];
                    (kernel.singles)(Lane::Moving(&[x as f32]), Lane::Still(y as f32), &mut alone);
                    assert!(same_single(singles[i], alone[0]), "{name}({x:e}, {y:e}) in f32");
                }
            }
            _ => continue,
        }
        count += 1;
    }
    assert!(count > 40, "only {count} kernels were compared");
}

#[test]
fn a_slope_gives_the_same_bits_alone_and_in_a_row() {
    let (xs, ys, outs) = (points(3), points(4).into_iter().rev().collect::<Vec<_>>(), points(5));
    let mut count = 0;
    for (name, op) in operations() {
        let Grad::Slopes(slopes) = &op.grad else { continue };
        for slope in *slopes {
            let mut row = vec![0.0; xs.len()];
            let ones = vec![1.0; xs.len()];
            let lanes = [Lane::Moving(&xs[..]), Lane::Moving(&ys[..]), Lane::Still(0.75)];
            (slope.lanes)(&lanes, Lane::Moving(&outs), &ones, &mut row);
            let mut zero = vec![1.0; xs.len()];
            (slope.lanes)(&lanes, Lane::Moving(&outs), &vec![0.0; xs.len()], &mut zero);
            assert!(zero.iter().all(|&x| x == 0.0), "{name}: zero times a slope is not zero");
            for (i, (&x, &y)) in xs.iter().zip(&ys).enumerate() {
                let alone = (slope.number)(&[x, y, 0.75], outs[i]);
                // A zero has no sign: it came to absorb.
                assert!(same(row[i], alone + 0.0), "the slope of {name} at {x:e}, {y:e}: {:e} and {alone:e}", row[i]);
            }
            count += 1;
        }
    }
    assert!(count > 50, "only {count} slopes were compared");
}
