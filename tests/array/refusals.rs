//! Nothing a program can ask for panics, and what is refused is refused in the house's words.

use crate::numpy::operand;
use crate::properties::Dice;
use adlib::array::index::{IndexItem, select};
use adlib::array::join::Cuts;
use adlib::array::reduce::Axes;
use adlib::array::{Array, DType, decompose, determinant, join, layout, make, product, reduce};
use adlib::diagnostic::{Edit, Fail, Outcome, Part};

/// The rules for messages that a machine can check.
fn well_spoken(problem: &Fail) {
    let title = &problem.title;
    assert!(title.chars().count() <= 60, "too long: {title}");
    assert!(!title.ends_with('.'), "full stop: {title}");
    assert!(!title.starts_with(|c: char| c.is_uppercase()), "capital: {title}");
    let text = format!("{title} {:?} {:?} {:?}", problem.labels, problem.notes, problem.helps).to_lowercase();
    for word in ["invalid", "illegal", "bad ", "failed", "unexpected", "tensor", "dtype", "broadcast", "failure"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(!problem.helps.is_empty() || !problem.notes.is_empty(), "no remedy: {title}");
}

fn refused<T: std::fmt::Debug>(result: Outcome<T>) -> String {
    let problem = result.unwrap_err();
    well_spoken(&problem);
    problem.title.clone()
}

fn absurd(dice: &mut Dice) -> isize {
    [0, 1, -1, 2, 3, -7, 1000, isize::MAX, isize::MIN, isize::MAX / 2, 1 << 40, -(1 << 40), isize::MIN + 1]
        [dice.below(13)]
}

fn any_array(dice: &mut Dice) -> Array {
    let shapes: [&[usize]; 12] = [
        &[],
        &[0],
        &[1],
        &[3],
        &[2, 3],
        &[3, 3],
        &[0, 3],
        &[2, 0, 4],
        &[2, 3, 4],
        &[1, 1, 1, 1, 1, 1],
        &[0, 1 << 60, 1 << 60],
        &[1 << 62, 0, 1 << 62, 3],
    ];
    let dtype = [DType::F64, DType::F32, DType::Bool][dice.below(3)];
    operand(dtype, shapes[dice.below(12)], dice.below(50))
}

#[test]
fn absurd_input_never_panics() {
    let mut dice = Dice::new(77);
    let said = |result: Outcome<Array>| {
        if let Err(problem) = result {
            well_spoken(&problem);
        }
    };
    for _ in 0..20_000 {
        let (x, y) = (any_array(&mut dice), any_array(&mut dice));
        let (i, j) = (absurd(&mut dice), absurd(&mut dice));
        let (m, n) = (i.unsigned_abs(), j.unsigned_abs());
        let axis = (dice.below(3) > 0).then_some(i);
        let axes =
            reduce::axes((dice.below(2) == 0).then_some(&[i, j][..dice.below(3)]), x.rank()).unwrap_or(Axes::All);
        let keep = dice.below(2) == 0;
        match dice.below(40) {
            0 => said(reduce::sum(&x, &axes, keep)),
            1 => said(reduce::prod(&x, &axes, keep)),
            2 => said(reduce::max(&x, &axes, keep)),
            3 => said(reduce::min(&x, &axes, keep)),
            4 => said(reduce::any(&x, &axes, keep)),
            5 => said(reduce::all(&x, &axes, keep)),
            6 => said(reduce::mean(&x, &axes, keep)),
            7 => said(reduce::argmax(&x, axis.map(isize::unsigned_abs), keep)),
            8 => said(reduce::argmin(&x, axis.map(isize::unsigned_abs), keep)),
            9 => said(reduce::sum_to(&x, y.shape())),
            10 => said(layout::reshape(&x, &[i, j][..dice.below(3)])),
            11 => said(layout::permute(&x, &[m, n, 0][..dice.below(4)])),
            12 => said(layout::swapaxes(&x, i, j)),
            13 => said(layout::expand_dims(&x, i)),
            14 => said(layout::squeeze(&x, axis)),
            15 => said(layout::flip(&x, &axes)),
            16 => said(layout::roll(&x, i, axis.map(|_| j))),
            17 => said(layout::diag(&x, i)),
            18 => said(layout::tril(&x, i)),
            19 => said(layout::triu(&x, i)),
            20 => said(layout::transpose(&x)),
            21 => said(join::concat(&[&x, &y, &x][..dice.below(4)], i)),
            22 => said(join::stack(&[&x, &y, &x][..dice.below(4)], i)),
            23 => said(join::split(&x, Cuts::Sections(m), j).map(|_| x.clone())),
            24 => said(join::split(&x, Cuts::Points(&[i, j, i]), absurd(&mut dice)).map(|_| x.clone())),
            25 => said(join::pad(&x, &[(m, n), (n, 1), (0, 0)][..dice.below(4)], 0.5)),
            26 => said(join::tile(&x, &[m, n][..dice.below(3)])),
            27 => said(join::repeat(&x, m, axis.map(|_| j))),
            28 => said(make::eye(m, n, absurd(&mut dice), x.dtype())),
            29 => said(make::arange(
                i as f64 / 7.0,
                j as f64,
                [0.1, f64::NAN, 1e-300, f64::INFINITY, -3.0, 0.0][dice.below(6)],
                x.dtype(),
            )),
            30 => said(make::linspace(i as f64, f64::NEG_INFINITY, n, x.dtype())),
            31 => said(make::one_hot(&x, m, y.dtype())),
            32 => said(product::matmul(&x, &y)),
            33 => said(product::matmul_t(&x, keep, &y, !keep)),
            34 => said(product::outer(&x, &y)),
            35 => said(decompose::solve(&x, &y)),
            36 => said(decompose::inv(&x)),
            37 => said(determinant::det(&x)),
            38 => said(determinant::cofactors(&x)),
            _ => {
                let mut item = || match dice.below(7) {
                    0 => IndexItem::At(absurd(&mut dice)),
                    1 | 2 => {
                        IndexItem::Slice(Some(absurd(&mut dice)), Some(absurd(&mut dice)), Some(absurd(&mut dice)))
                    }
                    3 => IndexItem::Ellipsis,
                    4 => IndexItem::NewAxis,
                    5 => IndexItem::Mask(any_array(&mut dice).cast(DType::Bool)),
                    _ => IndexItem::List(any_array(&mut dice)),
                };
                let items = [item(), item(), item(), item()];
                match select(x.shape(), &items[..dice.below(5)]) {
                    Err(problem) => well_spoken(&problem),
                    Ok(selection) => {
                        said(selection.take(&x));
                        said(selection.put(x.clone(), &y));
                        said(selection.put_zero(x.clone()));
                        said(selection.scatter_add(&y));
                        selection.winners().unwrap();
                    }
                }
            }
        }
    }
}

#[test]
fn a_product_that_does_not_fit_says_what_to_type() {
    let product =
        |a: &[usize], b: &[usize]| product::matmul(&operand(DType::F64, a, 1), &operand(DType::F64, b, 1)).unwrap_err();
    let problem = product(&[150, 4], &[3, 4]);
    assert_eq!(problem.title, "these two matrices cannot be multiplied");
    assert_eq!(problem.labels[0], (Part::Operator, "needs 4 rows on the right, found 3".to_string()));
    assert_eq!(problem.labels[1], (Part::Argument(0), "[150, 4]".to_string()));
    assert_eq!(problem.labels[2], (Part::Argument(1), "[3, 4]".to_string()));
    let names = ["x".to_string(), "w".to_string()];
    let help = adlib::diagnostic::mention::fill(&problem.helps[0].text, &names);
    assert_eq!(help, "transpose w: [150, 4] @ [4, 3] gives [150, 3]");
    assert_eq!(problem.helps[0].edits, [Edit::After(Part::Argument(1), ".T".to_string())]);
    // Either side could be transposed: the rule, and no patch.
    assert!(product(&[3, 4], &[3, 4]).helps.is_empty());
    well_spoken(&product(&[3, 4], &[3, 4]));
    assert_eq!(product(&[], &[3]).helps[0].text, "use * to multiply by a number");
    assert_eq!(product(&[3], &[4]).title, "these two vectors cannot be multiplied");
}

#[test]
fn refusals_in_words() {
    let x = operand(DType::F64, &[2, 3], 1);
    assert_eq!(refused(reduce::normalise_axis(3, 2)), "axis 3 is out of range");
    assert_eq!(refused(reduce::axes(Some(&[1, -1]), 2)), "axis 1 is named twice");
    assert_eq!(refused(reduce::max(&operand(DType::F64, &[0], 1), &Axes::All, false)), "max of no elements");
    assert_eq!(refused(reduce::argmin(&operand(DType::F64, &[0], 1), None, false)), "argmin of no elements");
    assert_eq!(refused(layout::reshape(&x, &[5, -1])), "6 elements do not fit the new shape");
    assert_eq!(refused(select(&[3], &[IndexItem::At(3)])), "index 3 is out of range");
    assert_eq!(refused(select(&[3], &[IndexItem::List(Array::scalar(0.5, DType::F64))])), "an index is a whole number");
    assert_eq!(refused(select(&[3], &[IndexItem::At(0), IndexItem::At(0)])), "2 indices for an array with 1 axis");
    assert_eq!(refused(decompose::inv(&x)), "inv needs a square matrix");
    assert_eq!(
        refused(make::one_hot(&operand(DType::F64, &[1], 1), 3, DType::F64)),
        "label -4.625 is not a whole number"
    );
    let problem = select(&[3], &[IndexItem::At(3)]).unwrap_err();
    assert_eq!(problem.helps[0].text, "an index of this axis is -3 to 2");
}
