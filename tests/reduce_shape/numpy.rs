//! Every line of `fixtures.txt` is what NumPy gives; see `make_fixtures.py` for what a line means.

use adlib::interpret::{Echo, Session};
use adlib::value::{Value, as_var};

const FIXTURES: &str = include_str!("fixtures.txt");
const OPERANDS: &str = "
A = [[1, 2.5, -3], [4, 0, 6]]
B = arange(24).reshape(2, 3, 4) - 7.5
V = [3, -1, 2, 2, -5]
E = zeros(0, 2)
N = [[1, nan], [3, 4]]
S = f32([[1.5, 2.25], [0.1, 4]])
M = V > 0
";

fn part(value: &Value) -> (String, Vec<usize>, Vec<f64>) {
    let var = as_var(value).unwrap().unwrap();
    (var.dtype().name().to_string(), var.shape().to_vec(), var.array().to_doubles().into_owned())
}

fn close(found: f64, wanted: f64, relative: f64) -> bool {
    found == wanted || found.is_nan() && wanted.is_nan() || (found - wanted).abs() <= relative * wanted.abs()
}

#[test]
fn numpy_agrees() {
    let mut failures = Vec::new();
    for line in FIXTURES.lines() {
        let (program, wanted) = line.split_once(" => ").unwrap();
        // Plain, and recorded: both must give the same.
        for wrapped in
            [format!("result = {program}"), format!("attach_grad(A, B, V, S); record < result = {program} >")]
        {
            let mut session = Session::new(Box::new(std::io::sink()));
            session.run("operands", OPERANDS, Echo::Nothing).unwrap();
            if let Err(errors) = session.run("test", &wrapped, Echo::Nothing) {
                failures.push(format!("{program}: {}", errors.first().unwrap().problem.title));
                continue;
            }
            let found = match session.get("result").unwrap() {
                Value::Tuple(tuple) => tuple.items.iter().map(part).collect(),
                other => vec![part(other)],
            };
            let parts: Vec<&str> = wanted.split(" | ").collect();
            let same = parts.len() == found.len()
                && parts.iter().zip(&found).all(|(wanted, (dtype, shape, values))| {
                    let words: Vec<&str> = wanted.split(' ').collect();
                    let numbers = |text: &str| -> Vec<f64> {
                        if text == "-" { Vec::new() } else { text.split(',').map(|x| x.parse().unwrap()).collect() }
                    };
                    let (wanted_shape, wanted_values) = (numbers(words[1]), numbers(words[2]));
                    let relative = if dtype == "f32" { 1e-6 } else { 1e-13 };
                    words[0] == dtype
                        && wanted_shape == shape.iter().map(|&dim| dim as f64).collect::<Vec<_>>()
                        && wanted_values.len() == values.len()
                        && values.iter().zip(&wanted_values).all(|(&x, &y)| close(x, y, relative))
                });
            if !same {
                failures.push(format!("{wrapped}: found {found:?}, wanted {wanted}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
