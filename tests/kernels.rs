//! Kernels: how exact they are, and that an element has the same bits wherever it stands.

#![allow(missing_docs, clippy::unwrap_used)]

#[path = "support/ulp.rs"]
mod ulp;

use adlib::array::lanes::Lane;
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

#[test]
fn functions_of_two_operands_are_within_one_unit_in_the_last_place() {
    for function in ulp::FUNCTIONS_OF_TWO {
        let (doubles, singles) = ulp::measure_two(function, 20_000);
        assert!(doubles.largest <= 1, "{} of {:?} is {} units off", function.name, doubles.at, doubles.largest);
        assert!(singles.largest <= 1, "{} of {:?} is {} units off in f32", function.name, singles.at, singles.largest);
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

#[test]
fn the_slope_of_sigmoid_is_within_two_units_in_the_last_place_far_out_too() {
    let op = operations().find(|(name, _)| *name == "sigmoid").unwrap().1;
    let (Forward::Map1(kernel), Grad::Slopes([slope])) = (&op.forward, &op.grad) else { panic!("another kind") };
    let mut numbers = Numbers(7);
    let xs: Vec<f32> = (0..20_000).map(|i| ((numbers.unit() - 0.5) * [2.0, 12.0, 170.0][i % 3]) as f32).collect();
    let (mut out, mut found) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
    (kernel.singles)(&xs, &mut out);
    let lanes = [Lane::Moving(&xs[..]), Lane::Still(0.0), Lane::Still(0.0)];
    (slope.singles)(&lanes, Lane::Moving(&out), &vec![1.0; xs.len()], &mut found);
    for (&x, &found) in xs.iter().zip(&found) {
        let e = (-f64::from(x).abs()).exp();
        let expected = (e / ((1.0 + e) * (1.0 + e))) as f32;
        assert!(found.to_bits().abs_diff(expected.to_bits()) <= 2, "at {x:e}: {found:e} and {expected:e}");
    }
}

fn power() -> &'static Op {
    operations().find(|(name, _)| *name == "**").unwrap().1
}

/// Rows of whole numbers of every length, against whole arithmetic.
#[test]
fn what_division_leaves_is_exact() {
    let mut numbers = Numbers(8);
    let mut whole = |bits: u64| (numbers.bits() >> (64 - numbers.bits() % bits.max(1) - 1)) as i64;
    let pairs: Vec<(i64, i64)> = (0..20_000)
        .map(|i| (whole(53), whole(if i % 2 == 0 { 12 } else { 53 })))
        .filter(|(_, y)| *y != 0)
        .map(|(x, y)| (if x % 2 == 0 { x } else { -x }, if y % 3 == 0 { -y } else { y }))
        .collect();
    for scale in [1.0, 2.0_f64.powi(-40), 2.0_f64.powi(-1_020), 2.0_f64.powi(900)] {
        let xs: Vec<f64> = pairs.iter().map(|&(x, _)| x as f64 * scale).collect();
        let ys: Vec<f64> = pairs.iter().map(|&(_, y)| y as f64 * scale).collect();
        let (mut rests, mut floors) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
        for (name, out) in [("%", &mut rests), ("//", &mut floors)] {
            let Forward::Map2(kernel) = &operations().find(|(found, _)| *found == name).unwrap().1.forward else {
                panic!("not of two operands")
            };
            (kernel.doubles)(Lane::Moving(&xs), Lane::Moving(&ys), out);
        }
        for (i, &(x, y)) in pairs.iter().enumerate() {
            let rest = x.rem_euclid(y);
            let rest = if y < 0 && rest != 0 { rest + y } else { rest };
            assert_eq!(rests[i], rest as f64 * scale, "{x} % {y}, scaled by {scale:e}");
            assert_eq!(floors[i], ((x - rest) / y) as f64, "{x} // {y}, scaled by {scale:e}");
            assert_eq!(rests[i].is_sign_negative(), y < 0, "the sign of {x} % {y}");
            if floors[i] == 0.0 {
                // As NumPy has it, that of the quotient.
                assert_eq!(floors[i].is_sign_negative(), x == 0 && y < 0, "the sign of {x} // {y}");
            }
        }
    }
}

/// In a row, since one number may take a shorter way; the other elements of the row are ordinary.
fn powers(x: f64, y: f64) -> [f64; 2] {
    let Forward::Map2(kernel) = &power().forward else { panic!("not of two operands") };
    let (mut doubles, mut singles) = ([0.0; 2], [0.0; 2]);
    (kernel.doubles)(Lane::Moving(&[1.5, x]), Lane::Moving(&[2.5, y]), &mut doubles);
    (kernel.singles)(Lane::Moving(&[1.5, x as f32]), Lane::Moving(&[2.5, y as f32]), &mut singles);
    [doubles[1], singles[1].into()]
}

#[test]
fn an_exponent_that_makes_a_product_gives_the_same_bits_in_any_company() {
    let Forward::Map2(kernel) = &power().forward else { panic!("not of two operands") };
    let Grad::Slopes([by_base, ..]) = &power().grad else { panic!("without a slope") };
    let xs = points(6);
    let ones = vec![1.0; xs.len()];
    for y in [1.0, 2.0, 3.0, 4.0, 5.0, 0.5, -1.0] {
        // The first chunk decides whether the row is tried as products.
        let mixed: Vec<f64> = (0..xs.len()).map(|i| if i % 7 == 3 { 2.5 } else { y }).collect();
        let [mut still, mut company, mut slopes, mut slopes_in_company] = [(); 4].map(|()| vec![0.0; xs.len()]);
        (kernel.doubles)(Lane::Moving(&xs), Lane::Still(y), &mut still);
        (kernel.doubles)(Lane::Moving(&xs), Lane::Moving(&mixed), &mut company);
        let lanes = |y| [Lane::Moving(&xs[..]), y, Lane::Still(0.75)];
        (by_base.lanes)(&lanes(Lane::Still(y)), Lane::Still(0.5), &ones, &mut slopes);
        (by_base.lanes)(&lanes(Lane::Moving(&mixed)), Lane::Still(0.5), &ones, &mut slopes_in_company);
        for (i, &x) in xs.iter().enumerate().filter(|(i, _)| i % 7 != 3) {
            assert!(same(still[i], (kernel.number)(x, y)) && same(still[i], company[i]), "{x:e} ** {y}");
            assert!(same(slopes[i], slopes_in_company[i]), "the slope of {x:e} ** {y}");
        }
    }
}

#[test]
fn powers_that_can_be_represented_are_exact() {
    let mut count = 0;
    for base in 2..3_000_u128 {
        let mut exact = base;
        for exponent in 2..1_000 {
            let Some(next) = exact.checked_mul(base) else { break };
            exact = next;
            if (exact >> exact.trailing_zeros()) >> 53 != 0 {
                break;
            }
            let sign = if exponent % 2 == 0 { 1.0 } else { -1.0 };
            let (x, y, exact) = (base as f64, f64::from(exponent), exact as f64);
            assert_eq!(powers(x, y)[0], exact, "{x} ** {y}");
            assert_eq!(powers(-x, y)[0], sign * exact, "-{x} ** {y}");
            count += 1;
        }
    }
    assert!(count > 10_000, "only {count} powers");
    for exponent in -1_074..1_024 {
        let y = f64::from(exponent);
        assert_eq!(powers(2.0, y)[0].log2(), y, "2 ** {y}");
        assert_eq!(powers(0.5, -y)[0].log2(), y, "0.5 ** -{y}");
    }
}

/// What IEEE 754 says of `pow` in section 9.2.1, for every pair of these.
#[test]
fn powers_at_the_edges_are_those_of_ieee_754() {
    const INF: f64 = f64::INFINITY;
    let odd = [1.0, 3.0, -1.0, -3.0, 9_007_199_254_740_991.0, -4_503_599_627_370_497.0, 2_251_799_813_685_249.0];
    let even = [2.0, 4.0, -2.0, 1e300, -1e300, 9_007_199_254_740_992.0, 4_503_599_627_370_498.0];
    let fractions = [0.5, -0.5, 2.5, -1e-300, 2_251_799_813_685_247.5, 5e-324];
    let agree = |x: f64, y: f64, expected: f64| {
        let [double, single] = powers(x, y);
        assert!(same(double, expected), "{x:e} ** {y:e} is {double:e}");
        // A double may be another number as a single.
        let is_single = |x: f64| x.is_nan() || f64::from(x as f32) == x;
        if is_single(x) && is_single(y) {
            assert!(same(single, expected), "{x:e} ** {y:e} is {single:e} in f32");
        }
    };
    for x in points(7).into_iter().chain([INF, -INF, 0.0, -0.0, f64::NAN]) {
        agree(x, 0.0, 1.0);
        agree(x, -0.0, 1.0);
        agree(1.0, x, 1.0);
        if x != 0.0 {
            agree(f64::NAN, x, f64::NAN);
        }
        if x != 1.0 {
            agree(x, f64::NAN, f64::NAN);
        }
        let (up, down) = (if x.abs() > 1.0 { INF } else { 0.0 }, if x.abs() < 1.0 { INF } else { 0.0 });
        if !x.is_nan() && x.abs() != 1.0 {
            agree(x, INF, up);
            agree(x, -INF, down);
        }
    }
    agree(-1.0, INF, 1.0);
    agree(-1.0, -INF, 1.0);
    for &y in odd.iter().chain(&even).chain(&fractions) {
        let (of_zero, of_infinity) = if y > 0.0 { (0.0, INF) } else { (INF, 0.0) };
        agree(0.0, y, of_zero);
        agree(INF, y, of_infinity);
        let sign = if odd.contains(&y) { -1.0 } else { 1.0 };
        agree(-0.0, y, sign * of_zero);
        agree(-INF, y, sign * of_infinity);
    }
    for y in fractions {
        for x in [-1.0, -0.5, -3e300, -1e-310] {
            agree(x, y, f64::NAN);
        }
    }
    for y in even.iter().chain(&odd) {
        agree(-1.0, *y, if odd.contains(y) { -1.0 } else { 1.0 });
    }
}
