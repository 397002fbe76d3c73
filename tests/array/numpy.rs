//! Every line of `fixtures.txt` is what NumPy gives; see `make_fixtures.py` for what a line means.

use adlib::array::index::{IndexItem, select};
use adlib::array::join::Cuts;
use adlib::array::reduce::Axes;
use adlib::array::{Array, DType, Shape, count, decompose, determinant, join, layout, make, product, reduce};
use adlib::diagnostic::Outcome;

const FIXTURES: &str = include_str!("fixtures.txt");

/// The operand `type shape seed` of a line.
pub fn operand(dtype: DType, shape: &[usize], seed: usize) -> Array {
    let element = |i: usize| match seed {
        0..100 => (((7919 * i + 13 * seed) % 101) as f64 - 50.0) / 8.0,
        _ => (((7919 * i + i * i * i + seed) % 1009) as f64 - 504.0) / 64.0,
    };
    let numbers: Vec<f64> = (0..count(shape)).map(element).collect();
    match dtype {
        DType::F64 => Array::new(shape, numbers),
        DType::F32 => Array::new(shape, numbers.iter().map(|&x| x as f32).collect::<Vec<f32>>()),
        DType::Bool => Array::new(shape, numbers.iter().map(|&x| x > 0.0).collect::<Vec<bool>>()),
    }
}

fn dtype(text: &str) -> DType {
    match text {
        "f64" => DType::F64,
        "f32" => DType::F32,
        "bool" => DType::Bool,
        other => panic!("no type {other}"),
    }
}

fn list<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Vec<T> {
    if text == "-" { Vec::new() } else { text.split(',').map(|part| part.parse().unwrap()).collect() }
}

fn option(text: &str) -> Option<isize> {
    (text != "None" && text != "_" && text != "all").then(|| text.parse().unwrap())
}

fn items(text: &str) -> Vec<IndexItem> {
    let item = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        match *words.as_slice() {
            ["new"] => IndexItem::NewAxis,
            ["dots"] => IndexItem::Ellipsis,
            ["at", i] => IndexItem::At(i.parse().unwrap()),
            ["slice", start, stop, step] => IndexItem::Slice(option(start), option(stop), option(step)),
            ["list", shape, ref values @ ..] => {
                let values: Vec<f64> = values.iter().map(|v| v.parse().unwrap()).collect();
                IndexItem::List(Array::new(list::<usize>(shape).as_slice(), values))
            }
            ["mask", shape, ref values @ ..] => {
                let values: Vec<bool> = values.iter().map(|&v| v == "1").collect();
                IndexItem::Mask(Array::new(list::<usize>(shape).as_slice(), values))
            }
            _ => panic!("no item {text}"),
        }
    };
    text.split(';').filter(|text| !text.trim().is_empty()).map(item).collect()
}

fn run(operation: &str, parameters: &str, x: &[Array]) -> Outcome<Array> {
    let words: Vec<&str> = parameters.split_whitespace().collect();
    let word = |i: usize| words.get(i).copied().unwrap_or("-");
    let number = |i: usize| word(i).parse::<f64>().unwrap();
    let all: Vec<&Array> = x.iter().collect();
    let axes = |rank: usize| match word(0) {
        "all" => Ok(Axes::All),
        text => reduce::axes(Some(&list::<isize>(text)), rank),
    };
    let whole = |i: usize| word(i).parse::<isize>().unwrap();
    let keep = word(1) == "True";
    match operation {
        "sum" => reduce::sum(&x[0], &axes(x[0].rank())?, keep),
        "prod" => reduce::prod(&x[0], &axes(x[0].rank())?, keep),
        "max" => reduce::max(&x[0], &axes(x[0].rank())?, keep),
        "min" => reduce::min(&x[0], &axes(x[0].rank())?, keep),
        "any" => reduce::any(&x[0], &axes(x[0].rank())?, keep),
        "all" => reduce::all(&x[0], &axes(x[0].rank())?, keep),
        "mean" => reduce::mean(&x[0], &axes(x[0].rank())?, keep),
        "argmax" => reduce::argmax(&x[0], option(word(0)).map(|axis| axis as usize), false),
        "argmin" => reduce::argmin(&x[0], option(word(0)).map(|axis| axis as usize), false),
        "take" => select(x[0].shape(), &items(parameters))?.take(&x[0]),
        "put" => select(x[0].shape(), &items(parameters))?.put(x[0].clone(), &x[1]),
        "add" => select(x[0].shape(), &items(parameters))?.scatter_add(&x[1]),
        "matmul" => product::matmul(&x[0], &x[1]),
        "outer" => product::outer(&x[0], &x[1]),
        "det" => determinant::det(&x[0]),
        "inv" => decompose::inv(&x[0]),
        "solve" => decompose::solve(&x[0], &x[1]),
        "reshape" => layout::reshape(&x[0], &list::<isize>(parameters.trim())),
        "permute" => layout::permute(&x[0], &list::<usize>(parameters.trim())),
        "expand_dims" => layout::expand_dims(&x[0], whole(0)),
        "squeeze" => layout::squeeze(&x[0], option(word(0))),
        "flip" => layout::flip(&x[0], &axes(x[0].rank())?),
        "roll" => layout::roll(&x[0], whole(0), option(word(1))),
        "diag" => layout::diag(&x[0], whole(0)),
        "tril" => layout::tril(&x[0], whole(0)),
        "triu" => layout::triu(&x[0], whole(0)),
        "tile" => join::tile(&x[0], &list::<usize>(parameters.trim())),
        "repeat" => join::repeat(&x[0], whole(0) as usize, option(word(1))),
        "pad" => {
            let widths: Vec<(usize, usize)> = words.iter().map(|pair| (list(pair)[0], list(pair)[1])).collect();
            join::pad(&x[0], &widths, 7.0)
        }
        "concat" => join::concat(&all, whole(0)),
        "stack" => join::stack(&all, whole(0)),
        "sections" => {
            Ok(join::split(&x[0], Cuts::Sections(whole(0) as usize), whole(1))?.swap_remove(whole(2) as usize))
        }
        "points" => {
            Ok(join::split(&x[0], Cuts::Points(&list::<isize>(word(0))), whole(1))?.swap_remove(whole(2) as usize))
        }
        "arange" => make::arange(number(0), number(1), number(2), DType::F64),
        "linspace" => make::linspace(number(0), number(1), whole(2) as usize, DType::F64),
        "eye" => make::eye(whole(0) as usize, whole(1) as usize, whole(2), DType::F64),
        other => panic!("no operation {other}"),
    }
}

/// Half an ulp apart for sums and products of few numbers, more for what elimination gives.
fn close(operation: &str, a: f64, b: f64, dtype: DType) -> bool {
    let unit = if dtype == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let share = match operation {
        "det" | "inv" | "solve" => 1e-9,
        "sum" | "mean" | "prod" | "matmul" | "arange" | "linspace" => 64.0 * unit,
        _ => 0.0,
    };
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= share * b.abs().max(1.0)
}

#[test]
fn what_numpy_gives() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for line in FIXTURES.lines() {
        seen += 1;
        let (question, answer) = line.split_once(" =>").unwrap();
        let mut parts = question.split('|');
        let (operation, parameters) = (parts.next().unwrap().trim(), parts.next().unwrap().trim());
        let operands: Vec<Array> = parts
            .map(|text| {
                let words: Vec<&str> = text.split_whitespace().collect();
                operand(dtype(words[0]), &list::<usize>(words[1]), words[2].parse().unwrap())
            })
            .collect();
        let answer: Vec<&str> = answer.split_whitespace().collect();
        match (run(operation, parameters, &operands), answer.as_slice()) {
            (Err(_), ["error"]) => {}
            (Ok(found), [kind, shape, values @ ..]) => {
                let shape: Shape = list::<usize>(shape).into();
                let same = found.shape() == shape.as_slice()
                    && found.dtype() == dtype(kind)
                    && found.len() == values.len()
                    && values.iter().zip(found.to_doubles().iter()).all(|(value, &found)| {
                        let value = match *value {
                            "True" => 1.0,
                            "False" => 0.0,
                            number => number.parse().unwrap(),
                        };
                        close(operation, found, value, dtype(kind))
                    });
                if !same {
                    wrong.push(format!(
                        "{line}\n    found {} {:?} {:?}",
                        found.dtype().name(),
                        found.shape(),
                        found.to_doubles()
                    ));
                }
            }
            (Ok(found), _) => wrong.push(format!("{line}\n    found {:?}", found)),
            (Err(problem), _) => wrong.push(format!("{line}\n    found error {}", problem.title)),
        }
    }
    assert!(seen > 2000, "only {seen} lines");
    assert!(
        wrong.is_empty(),
        "{} of {seen} differ:\n{}",
        wrong.len(),
        wrong.iter().take(30).cloned().collect::<Vec<_>>().join("\n")
    );
}
