//! Every line of the fixtures is what PyTorch gives; see the scripts that made them for what a line means.

use adlib::interpret::{Echo, Session};
use adlib::value::{Value, as_var};

const FIXTURES: &[&str] = &[include_str!("fixtures.txt"), include_str!("library.txt")];
const OPERANDS: &str = "
import optim
fn wave(shape, phase) {
    i = arange(size(zeros(shape)))
    (cos(1.3 * i + phase) + 0.25 * sin(0.7 * i * i)).reshape(shape)
}
weighted(y) = sum(y * wave(y.shape, 2))
bowl(p) = sum((p.a @ p.b - 1) ** 2) + 0.1 * sum(p.a ** 4)
fn trajectory(opt, steps, limit = inf) {
    p = (a = wave((3, 2), 0), b = wave((2,), 1))
    state = opt.start(p)
    rows = ()
    for _ in range(steps) {
        g = optim.clip_by_norm(grad(bowl)(p), limit)
        p, state = opt.step(p, g, state)
        rows = (...rows, concat((p.a.flatten(), p.b)))
    }
    stack(rows)
}
";

fn numbers(text: &str) -> Vec<f64> {
    if text == "-" { Vec::new() } else { text.split(',').map(|x| x.parse().unwrap()).collect() }
}

/// Runs a line's program, in single precision if asked for; gives shape and elements.
fn run(program: &str, single: bool) -> Result<(Vec<f64>, Vec<f64>), String> {
    let mut session = Session::new(Box::new(std::io::sink()));
    session.run("operands", OPERANDS, Echo::Nothing).unwrap();
    let (setting, call) = program.rsplit_once("; ").unwrap();
    let narrow = if single { "wide = wave; wave = (shape, phase) -> f32(wide(shape, phase))\n" } else { "" };
    let program = format!("{narrow}{setting}; result = {call}");
    if let Err(errors) = session.run("test", &program, Echo::Nothing) {
        return Err(errors.first().unwrap().problem.title.clone());
    }
    let Some(Value::Var(_)) = session.get("result") else { return Err("no array".to_string()) };
    let var = as_var(session.get("result").unwrap()).unwrap().unwrap();
    if single != (var.dtype().name() == "f32") {
        return Err(format!("the type is {}", var.dtype().name()));
    }
    let shape = var.shape().iter().map(|&dim| dim as f64).collect();
    Ok((shape, var.array().to_doubles().into_owned()))
}

#[test]
fn pytorch_agrees() {
    let mut failures = Vec::new();
    let mut count = 0;
    for line in FIXTURES.iter().flat_map(|text| text.lines()) {
        let (program, wanted) = line.split_once(" => ").unwrap();
        let (shape, values) = wanted.split_once(' ').unwrap();
        let (shape, values) = (numbers(shape), numbers(values));
        for (single, relative) in [(false, 1e-12), (true, 1e-4)] {
            let same = |(found_shape, found): &(Vec<f64>, Vec<f64>)| {
                *found_shape == shape
                    && found.len() == values.len()
                    && found.iter().zip(&values).all(|(x, y)| (x - y).abs() <= relative * (1.0 + y.abs()))
            };
            count += 1;
            match run(program, single) {
                Ok(found) if same(&found) => {}
                found => failures.push(format!("{program}: found {found:?}, wanted {wanted}")),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 400, "only {count} values were compared");
}
