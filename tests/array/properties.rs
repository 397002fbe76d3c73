//! What must hold for every array, whatever NumPy gives.

use crate::numpy::operand;
use adlib::array::broadcast::broadcast_to;
use adlib::array::index::{IndexItem, Selection, element, select};
use adlib::array::reduce::Axes;
use adlib::array::{Array, DType, Data, decompose, determinant, index, layout, product, reduce};
use smallvec::SmallVec;
use std::rc::Rc;

/// A small generator, so that failures repeat.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    pub fn between(&mut self, low: isize, high: isize) -> isize {
        low + self.below((high - low + 1) as usize) as isize
    }
}

fn some(axes: &[usize]) -> Axes {
    Axes::Some(SmallVec::from_slice(axes))
}

fn inner(a: &Array, b: &Array) -> f64 {
    assert_eq!(a.shape(), b.shape());
    a.to_doubles().iter().zip(b.to_doubles().iter()).map(|(x, y)| x * y).sum()
}

#[test]
fn sums_are_pairwise_along_every_axis() {
    let n = 10_000_000;
    let long = Array::full([n].as_slice(), 0.1, DType::F32).unwrap();
    let exact = (f64::from(0.1f32) * n as f64) as f32;
    let ulp = exact.to_bits();
    let off = |found: f64| (found as f32).to_bits().abs_diff(ulp);
    assert!(off(reduce::sum(&long, &Axes::All, false).unwrap().at(0).unwrap()) <= 1);
    let rows = long.with_shape([n / 5, 5].as_slice()).unwrap();
    let sums = reduce::sum(&rows, &some(&[0]), false).unwrap();
    let exact = f64::from(0.1f32) * (n / 5) as f64;
    assert!(sums.to_doubles().iter().all(|sum| (sum - exact).abs() < exact * 1e-7), "{sums:?}");

    // One huge number and its opposite, far apart: what lies between must survive to within pairwise error.
    let n = 1 << 20;
    let data: Vec<f64> = (0..n).map(|i| 0.1 + (i % 7) as f64).collect();
    let exact: f64 = 0.1 * n as f64 + (0..n).map(|i| (i % 7) as u64).sum::<u64>() as f64;
    for shape in [vec![n], vec![n / 4, 4], vec![4, n / 4], vec![16, n / 256, 16]] {
        let x = Array::new(shape.as_slice(), data.clone());
        for axis in 0..shape.len() {
            let once = reduce::sum(&x, &some(&[axis]), false).unwrap();
            let twice = reduce::sum(&once, &Axes::All, false).unwrap().at(0).unwrap();
            assert!((twice - exact).abs() <= exact * 1e-15, "{shape:?} {axis} {twice} {exact}");
        }
    }
}

#[test]
fn a_nan_wins_and_the_first_of_equals_counts() {
    let x = Array::new([2, 3].as_slice(), vec![1.0, f64::NAN, 3.0, 3.0, 2.0, 3.0]);
    let text = |x: Array| format!("{:?}", x.to_doubles());
    assert_eq!(text(reduce::max(&x, &some(&[1]), false).unwrap()), "[NaN, 3.0]");
    assert_eq!(text(reduce::min(&x, &some(&[0]), false).unwrap()), "[1.0, NaN, 3.0]");
    assert_eq!(text(reduce::argmax(&x, Some(1), false).unwrap()), "[1.0, 0.0]");
    assert_eq!(text(reduce::argmin(&x, Some(0), false).unwrap()), "[0.0, 0.0, 0.0]");
    assert_eq!(text(reduce::argmin(&x, None, false).unwrap()), "[1.0]");
    assert_eq!(reduce::argmax(&x, Some(1), true).unwrap().shape(), [2, 1]);
    assert_eq!(reduce::argmax(&x, None, true).unwrap().shape(), [1, 1]);
}

#[test]
fn wide_and_tall_agree_with_one_by_one() {
    for (shape, axes) in [
        (vec![50, 1300], vec![0]),
        (vec![700, 3], vec![0]),
        (vec![3, 40, 5, 6], vec![0, 2]),
        (vec![3, 40, 5, 6], vec![1, 3]),
        (vec![2, 3, 700], vec![1]),
    ] {
        let x = operand(DType::F64, &shape, 3);
        let order: Vec<usize> = (0..shape.len()).filter(|i| !axes.contains(i)).chain(axes.iter().copied()).collect();
        let n: usize = axes.iter().map(|&axis| shape[axis]).product();
        let rows = layout::permute(&x, &order).unwrap();
        let sum = reduce::sum(&x, &some(&axes), false).unwrap();
        let max = reduce::max(&x, &some(&axes), false).unwrap();
        for (i, row) in rows.to_doubles().chunks(n).enumerate() {
            assert!((sum.at(i).unwrap() - row.iter().sum::<f64>()).abs() < 1e-9);
            assert_eq!(max.at(i).unwrap(), row.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
    }
}

#[test]
fn a_column_has_the_same_sum_in_a_narrow_array_as_in_a_wide_one() {
    for n in 1..40 {
        let wide = Array::new([n, 12].as_slice(), (0..n * 12).map(|i| 0.1 + (i % 13) as f64).collect::<Vec<f64>>());
        let sums = reduce::sum(&wide, &some(&[0]), false).unwrap();
        for width in 2..12 {
            let columns = index::select(&[n, 12], &[IndexItem::Ellipsis, IndexItem::Slice(None, Some(width), None)]);
            let narrow = columns.unwrap().take(&wide).unwrap();
            let found = reduce::sum(&narrow, &some(&[0]), false).unwrap();
            assert_eq!(found.doubles(), sums.doubles().map(|sums| &sums[..width as usize]), "{n} {width}");
        }
    }
}

#[test]
fn what_is_stretched_repeats_what_an_index_says() {
    let mut dice = Dice::new(5);
    for _ in 0..3000 {
        let long: Vec<usize> = (0..dice.below(6)).map(|_| dice.below(6)).collect();
        let mut short: Vec<usize> = long[dice.below(long.len() + 1)..].to_vec();
        short.iter_mut().for_each(|dim| *dim = if dice.below(2) == 0 { 1 } else { *dim });
        let len: usize = short.iter().product();
        let x = Array::new(short.as_slice(), (0..len).map(|i| i as f64).collect::<Vec<f64>>());
        let found = broadcast_to(&x, &long).unwrap();
        let expected: Vec<f64> = (0..long.iter().product())
            .map(|mut at: usize| {
                let (mut position, mut step) = (0, 1);
                let mut short = short.iter().rev();
                for dim in long.iter().rev() {
                    if let Some(&own) = short.next() {
                        position += step * if own == 1 { 0 } else { at % dim };
                        step *= own;
                    }
                    at /= dim;
                }
                position as f64
            })
            .collect();
        assert_eq!(found.shape(), long);
        assert_eq!(found.doubles(), Some(&expected[..]), "{short:?} to {long:?}");
    }
}

#[test]
fn summing_undoes_stretching() {
    for (from, to) in [
        (vec![], vec![3, 2]),
        (vec![2], vec![3, 2]),
        (vec![3, 1], vec![3, 2]),
        (vec![1, 1], vec![4, 3]),
        (vec![1, 3, 1], vec![2, 4, 3, 5]),
        (vec![1], vec![0]),
        (vec![2, 1], vec![2, 0]),
    ] {
        let (x, g) = (operand(DType::F64, &from, 1), operand(DType::F64, &to, 2));
        let summed = reduce::sum_to(&g, &from).unwrap();
        assert_eq!(summed.shape(), from.as_slice());
        let stretched = broadcast_to(&x, &to).unwrap();
        assert!((inner(&stretched, &g) - inner(&x, &summed)).abs() < 1e-9, "{from:?} {to:?}");
    }
    assert!(reduce::sum_to(&operand(DType::F64, &[2, 3], 1), &[2]).is_err());
    assert!(reduce::sum_to(&operand(DType::F64, &[3], 1), &[1, 3]).is_err());
}

/// An index of any kind for an array of this shape, mostly one that fits.
fn any_index(dice: &mut Dice, shape: &[usize]) -> Vec<IndexItem> {
    let mut items = Vec::new();
    let mut dots = false;
    for &dim in shape {
        if dice.below(8) == 0 {
            items.push(IndexItem::NewAxis);
        }
        let n = dim as isize;
        items.push(match dice.below(7) {
            0 if dim > 0 => IndexItem::At(dice.between(-n, n - 1)),
            1 | 2 if dim > 0 => {
                let len = 1 + dice.below(3);
                let data: Vec<f64> = (0..len).map(|_| dice.between(-n, n - 1) as f64).collect();
                let shape = if dice.below(3) == 0 { vec![len, 1] } else { vec![len] };
                IndexItem::List(Array::new(shape.as_slice(), data))
            }
            3 => {
                let data: Vec<bool> = (0..dim).map(|_| dice.below(2) == 0).collect();
                IndexItem::Mask(Array::new([dim].as_slice(), data))
            }
            4 if !dots => {
                dots = true;
                if dice.below(2) == 0 {
                    break;
                }
                IndexItem::Slice(None, None, None)
            }
            _ => {
                let mut bound = || (dice.below(2) == 0).then(|| dice.between(-n - 2, n + 2));
                let (start, stop) = (bound(), bound());
                let step = [1, 1, 2, -1, -2, 3][dice.below(6)];
                IndexItem::Slice(start, stop, Some(step))
            }
        });
    }
    items
}

fn random_selections(each: impl Fn(&[usize], &Selection, &[IndexItem])) {
    let mut dice = Dice::new(5);
    let mut made = 0;
    for _ in 0..3000 {
        let rank = dice.below(5);
        let shape: Vec<usize> = (0..rank).map(|_| [0, 1, 2, 3, 5, 4, 3][dice.below(7)]).collect();
        let items = any_index(&mut dice, &shape);
        if let Ok(selection) = select(&shape, &items) {
            made += 1;
            each(&shape, &selection, &items);
        }
    }
    assert!(made > 1500, "only {made} selections");
}

#[test]
fn adding_back_is_the_transpose_of_taking() {
    random_selections(|shape, selection, items| {
        let x = operand(DType::F64, shape, 1);
        let g = operand(DType::F64, selection.shape(), 2);
        let taken = selection.take(&x).unwrap();
        assert_eq!(taken.shape(), selection.shape());
        let back = selection.scatter_add(&g).unwrap();
        assert_eq!(back.shape(), shape);
        assert!((inner(&taken, &g) - inner(&x, &back)).abs() < 1e-9, "{items:?}");
    });
}

#[test]
fn what_is_put_can_be_taken_where_it_stayed() {
    random_selections(|shape, selection, items| {
        let x = operand(DType::F64, shape, 1);
        let value = operand(DType::F64, selection.shape(), 2);
        let put = selection.put(x.clone(), &value).unwrap();
        let taken = selection.take(&put).unwrap();
        let winners = selection.winners().unwrap();
        let stays = |i: usize| winners.as_ref().is_none_or(|winners| winners[i]);
        for (i, (found, wanted)) in taken.to_doubles().iter().zip(value.to_doubles().iter()).enumerate() {
            assert!(!stays(i) || found == wanted, "{items:?}");
        }
        // Every position that was written has exactly one winner.
        let ones = Array::full(selection.shape(), 1.0, DType::F64).unwrap();
        let hits = selection.scatter_add(&ones).unwrap();
        let written = hits.to_doubles().iter().filter(|&&n| n > 0.0).count();
        assert_eq!((0..value.len()).filter(|&i| stays(i)).count(), written, "{items:?}");
        assert_eq!(winners.is_some(), hits.to_doubles().iter().any(|&n| n > 1.0), "{items:?}");
        // The pull-back of an assignment splits a cotangent into what was kept and what was written.
        let zeroed = selection.put_zero(x.clone()).unwrap();
        let kept = x
            .to_doubles()
            .iter()
            .zip(hits.to_doubles().iter())
            .map(|(&x, &n)| if n > 0.0 { 0.0 } else { x })
            .collect::<Vec<_>>();
        assert_eq!(zeroed.to_doubles().as_ref(), kept.as_slice());
        let number = selection.put(x.clone(), &Array::scalar(9.0, DType::F64)).unwrap();
        assert!(number.to_doubles().iter().zip(hits.to_doubles().iter()).all(|(&x, &n)| n == 0.0 || x == 9.0));
    });
}

#[test]
fn a_full_index_is_a_position() {
    assert_eq!(element(&[3, 4], &[-1, 1]).unwrap(), 9);
    assert_eq!(element(&[], &[]).unwrap(), 0);
    for index in [&[3, 0][..], &[0, 4], &[-4, 0], &[0], &[0, 0, 0], &[isize::MIN, isize::MAX]] {
        assert!(element(&[3, 4], index).is_err());
    }
}

#[test]
fn assigning_keeps_the_type_except_of_truth_values() {
    let put = |x: DType, value: Array| {
        let selection = select(&[3], &[IndexItem::At(0)]).unwrap();
        selection.put(operand(x, &[3], 1), &value).unwrap().dtype()
    };
    assert_eq!(put(DType::F32, Array::scalar(0.1, DType::F64)), DType::F32);
    assert_eq!(put(DType::F64, Array::scalar(0.1, DType::F32)), DType::F64);
    assert_eq!(put(DType::F64, Array::scalar(1.0, DType::Bool)), DType::F64);
    assert_eq!(put(DType::Bool, Array::scalar(0.1, DType::F64)), DType::F64);
    assert_eq!(put(DType::Bool, Array::scalar(1.0, DType::Bool)), DType::Bool);
}

#[test]
fn turned_operands_multiply_as_transposed_ones() {
    for (m, k, n) in [(2, 3, 4), (1, 5, 1), (20, 30, 9), (1, 40, 30), (40, 30, 1), (33, 65, 17), (1030, 37, 530)] {
        for batch in [vec![], vec![3]] {
            for dtype in [DType::F64, DType::F32] {
                let with = |rows: usize, columns: usize, seed| {
                    let mut shape = batch.clone();
                    shape.extend([rows, columns]);
                    operand(dtype, &shape, seed)
                };
                let (a, b) = (with(m, k, 1), with(k, n, 2));
                let (a_t, b_t) = (layout::swapaxes(&a, -1, -2).unwrap(), layout::swapaxes(&b, -1, -2).unwrap());
                let plain = product::matmul(&a, &b).unwrap();
                for found in [
                    product::matmul_t(&a_t, true, &b, false).unwrap(),
                    product::matmul_t(&a, false, &b_t, true).unwrap(),
                    product::matmul_t(&a_t, true, &b_t, true).unwrap(),
                ] {
                    assert_eq!((found.shape(), found.dtype()), (plain.shape(), dtype));
                    let near = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-3;
                    assert!(found.to_doubles().iter().zip(plain.to_doubles().iter()).all(near), "{m} {k} {n}");
                }
            }
        }
    }
}

/// Whole numbers, of which sums of products are exact in either precision.
fn whole_numbers(dtype: DType, shape: &[usize], seed: u64) -> Array {
    let mut dice = Dice::new(seed);
    let elements: Vec<f64> = (0..shape.iter().product()).map(|_| dice.between(-8, 8) as f64).collect();
    Array::new(shape, elements).cast(dtype)
}

#[test]
fn a_product_that_stays_in_the_cache_is_the_sum_of_products_at_every_edge_of_its_tiles() {
    let edges = [(4, 24), (5, 16), (8, 15), (8, 24), (9, 48), (12, 33), (16, 40), (17, 64), (31, 47), (33, 96)];
    let small = edges.into_iter().flat_map(|(rows, columns)| [8, 33, 512, 1100].map(|depth| (rows, depth, columns)));
    // The last two are cut into stretches for threads.
    for (rows, depth, columns) in small.chain([(300, 130, 256), (1030, 40, 208)]) {
        let of = |shape: &[usize], seed| whole_numbers(DType::F64, shape, seed);
        let (a, b, there) = (of(&[rows, depth], 1), of(&[depth, columns], 2), of(&[rows, columns], 3));
        let (left, right) = (a.to_doubles(), b.to_doubles());
        let mut sums = vec![0.0; rows * columns];
        for (row, sums) in left.chunks(depth).zip(sums.chunks_mut(columns)) {
            for (x, right) in row.iter().zip(right.chunks(columns)) {
                sums.iter_mut().zip(right).for_each(|(sum, y)| *sum += x * y);
            }
        }
        let more: Vec<f64> = sums.iter().zip(there.to_doubles().iter()).map(|(x, y)| x + y).collect();
        for dtype in [DType::F64, DType::F32] {
            let (a, b) = (a.cast(dtype), b.cast(dtype));
            for (left, turned) in [(a.clone(), false), (layout::swapaxes(&a, 0, 1).unwrap(), true)] {
                let product = product::matmul_t(&left, turned, &b, false).unwrap();
                assert_eq!(product.to_doubles().as_ref(), sums, "{rows} {depth} {columns} {dtype:?} {turned}");
                let mut sum = Rc::new(there.cast(dtype));
                assert!(product::add_matmul_t(&mut sum, &left, turned, &b, false).unwrap());
                assert_eq!(sum.to_doubles().as_ref(), more, "{rows} {depth} {columns} {dtype:?} {turned}");
            }
        }
    }
}

#[test]
fn an_array_that_is_written_is_looked_at_again() {
    let mut array = Rc::new(whole_numbers(DType::F64, &[20], 1));
    assert!(array.is_finite());
    if let Data::F64(elements) = Array::own(&mut array).unwrap().data_mut() {
        elements[7] = f64::INFINITY;
    }
    assert!(!array.is_finite());
    assert!(!array.cast(DType::F32).is_finite());
    assert!(!Array::full([2, 2].as_slice(), 1e300, DType::F64).unwrap().cast(DType::F32).is_finite());
}

fn random_matrix(n: usize, seed: u64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    (0..n * n).map(|_| dice.between(-1000, 1000) as f64 / 500.0).collect()
}

/// The determinant without a row and a column, with its sign.
fn minor(a: &[f64], n: usize, row: usize, column: usize) -> f64 {
    let keep = |at: &usize| at / n != row && at % n != column;
    let rest: Vec<f64> = (0..n * n).filter(keep).map(|at| a[at]).collect();
    let det = determinant::det(&Array::new([n - 1, n - 1].as_slice(), rest)).unwrap().at(0).unwrap();
    if (row + column).is_multiple_of(2) { det } else { -det }
}

#[test]
fn cofactors_are_minors_also_of_singular_matrices() {
    for n in [2, 3, 4, 5, 7] {
        for lost in 0..4 {
            let mut a = random_matrix(n, 11 + n as u64);
            // Rank n - lost: the last rows are combinations of the first, or nothing is left at all.
            for row in n.saturating_sub(lost)..n {
                for column in 0..n {
                    a[row * n + column] = if lost < n { a[column] * (row as f64 + 0.5) } else { 0.0 };
                }
            }
            let found = determinant::cofactors(&Array::new([n, n].as_slice(), a.clone())).unwrap();
            for at in 0..n * n {
                let wanted = minor(&a, n, at / n, at % n);
                let found = found.at(at).unwrap();
                assert!((found - wanted).abs() < 1e-9 * (1.0 + wanted.abs()), "{n} {lost} {at}: {found} {wanted}");
            }
        }
    }
}

#[test]
fn large_systems_are_solved() {
    for n in [33, 60] {
        let a = Array::new([n, n].as_slice(), random_matrix(n, 3));
        let b = operand(DType::F64, &[n, 3], 2);
        let x = decompose::solve(&a, &b).unwrap();
        let back = product::matmul(&a, &x).unwrap();
        assert!(back.to_doubles().iter().zip(b.to_doubles().iter()).all(|(x, y)| (x - y).abs() < 1e-9));
        let unit = product::matmul(&a, &decompose::inv(&a).unwrap()).unwrap();
        for (at, x) in unit.to_doubles().iter().enumerate() {
            assert!((x - if at % (n + 1) == 0 { 1.0 } else { 0.0 }).abs() < 1e-9);
        }
        // det(A) = Σ a_ij c_ij along a row.
        let (det, cofactors) = (determinant::det(&a).unwrap(), determinant::cofactors(&a).unwrap());
        let expansion: f64 = a.to_doubles().iter().zip(cofactors.to_doubles().iter()).take(n).map(|(a, c)| a * c).sum();
        let det = det.at(0).unwrap();
        assert!((expansion - det).abs() < det.abs() * 1e-9, "{expansion} {det}");
    }
}

#[test]
fn a_determinant_stays_in_range_on_the_way() {
    let diagonal = |values: &[f64]| layout::diag(&Array::new([values.len()].as_slice(), values.to_vec()), 0).unwrap();
    let det = |values: &[f64]| determinant::det(&diagonal(values)).unwrap().at(0).unwrap();
    assert!((det(&[1e200, 1e200, 1e-300, 1e-100]) - 1.0).abs() < 1e-9);
    assert!((det(&[1e-200, 1e-200, 1e200, 1e200]) - 1.0).abs() < 1e-9);
    assert!((det(&[1e-300, 1e200, 1e200]) - 1e100).abs() < 1e91);
    assert_eq!(det(&[1e200; 4]), f64::INFINITY);
    assert_eq!(det(&[1e-200; 4]), 0.0);
    assert_eq!(det(&[-2.0, 3.0, 1.0, 1.0]), -6.0);
}

#[test]
fn singular_is_what_rounding_makes_singular() {
    let inv = |n: usize, data: Vec<f64>| decompose::inv(&Array::new([n, n].as_slice(), data));
    assert!(inv(3, vec![1., 2., 3., 4., 5., 6., 7., 8., 9.]).is_err());
    assert!(inv(2, vec![1., 2., 2., 4.]).is_err());
    assert!(inv(1, vec![0.]).is_err());
    assert!(inv(2, vec![0.1, 0.2, 0.3, 0.6]).is_err());
    assert!(inv(2, vec![1., 0., 0., 1e-300]).is_ok());
    assert!(inv(2, vec![1e-300, 0., 0., 1e300]).is_ok());
    assert!(inv(2, vec![1., 1., 1., 1.0 + 1e-14]).is_ok());
    let hilbert = |n: usize| (0..n * n).map(|at| 1.0 / (1 + at / n + at % n) as f64).collect::<Vec<_>>();
    assert!(inv(8, hilbert(8)).is_ok());
    assert!(inv(2, vec![f64::NAN, 0., 0., 1.]).is_ok());
    assert_eq!(inv(2, vec![1., 2., 2., 4.]).unwrap_err().title, "this matrix is singular");
}

#[test]
fn nan_and_infinity_pass_through_linear_algebra() {
    for n in [2, 5, 40] {
        for value in [f64::NAN, f64::INFINITY] {
            let mut data = random_matrix(n, 1);
            data[n + 1] = value;
            let a = Array::new([n, n].as_slice(), data);
            let _ = determinant::det(&a).unwrap();
            let _ = determinant::cofactors(&a).unwrap();
            let _ = decompose::inv(&a);
            let _ = product::matmul(&a, &a).unwrap();
        }
        let all = Array::full([n, n].as_slice(), f64::NAN, DType::F64).unwrap();
        let _ = determinant::cofactors(&all).unwrap();
        let _ = decompose::inv(&all);
    }
}

#[test]
fn types_and_joins() {
    let single = Array::scalar(0.1, DType::F32);
    let double = Array::scalar(0.1, DType::F64);
    let truth = Array::scalar(1.0, DType::Bool);
    let stacked = |parts: &[&Array]| adlib::array::join::stack(parts, 0).unwrap().dtype();
    assert_eq!(stacked(&[&single, &double]), DType::F32);
    assert_eq!(stacked(&[&truth, &truth]), DType::Bool);
    assert_eq!(stacked(&[&truth, &double]), DType::F64);
    let line = operand(DType::F64, &[2], 1);
    assert_eq!(stacked(&[&line, &line.cast(DType::F32)]), DType::F64);
    assert_eq!(reduce::sum(&truth, &Axes::All, false).unwrap().dtype(), DType::F64);
    let inverse = decompose::inv(&Array::full([1, 1].as_slice(), 2.0, DType::F32).unwrap()).unwrap();
    assert_eq!((inverse.dtype(), inverse.at(0)), (DType::F32, Some(0.5)));
}

#[test]
fn one_hot_and_endpoints() {
    let labels = Array::new([2].as_slice(), vec![2.0, 0.0]);
    let rows = adlib::array::make::one_hot(&labels, 3, DType::F64).unwrap();
    assert_eq!(rows.data(), &Data::F64(vec![0., 0., 1., 1., 0., 0.]));
    let line = adlib::array::make::linspace(0.1, 0.7, 8, DType::F64).unwrap();
    assert_eq!((line.at(0), line.at(7)), (Some(0.1), Some(0.7)));
}

#[test]
fn a_row_of_a_table_is_copied_whole() {
    let table = operand(DType::F32, &[100, 300], 1);
    let rows = Array::new([3].as_slice(), vec![7.0, 7.0, -1.0]);
    let taken = index::select(table.shape(), &[IndexItem::List(rows)]).unwrap().take(&table).unwrap();
    assert_eq!(taken.to_singles()[300..600], table.to_singles()[2100..2400]);
    assert_eq!(taken.to_singles()[600..], table.to_singles()[29700..]);
}
