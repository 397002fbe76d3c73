//! What is checked: one argument of one sample of one function at a time, in a session of its own.

use adlib::autodiff::{Args, Grad, Var};
use adlib::builtin;
use adlib::interpret::{Echo, Session};
use adlib::value::{Builtin, Run, Value};
use std::io::Write;

/// What the checks of a case are written in. `W` makes fixed weights for something of any shape.
const PRELUDE: &str = "
display(digits = 17)
W(y) = cos(1.3 * (1 + arange(size(y)))).reshape(y.shape)
total(w, y) = sum(w * y)
h = 0.0005
difference(q) = (8 * (q(h) - q(-h)) - (q(2 * h) - q(-2 * h))) / (12 * h)
forward(q) = s -> jvp(q, s, 1)[1]
fn again(f) { seed(7); f() }
";

/// What stands before and after a call.
type Around = (&'static str, &'static str);

/// How a call of some functions is written so that it always gives the same: what is drawn after the same seed,
/// and what differs in training in both ways.
const CALLED: &[(&[&str], &[Around])] = &[
    (
        &["uniform", "normal", "permutation", "choice", "gamma_sample", "beta_sample", "dirichlet_sample"],
        &[("again(fn() ", ")")],
    ),
    (&["batch_norm"], &[("(train_mode < ", " >).y"), ("(predict_mode < ", " >).y")]),
];

/// Argument lists for what the language says itself: the functions of the preludes, which have no other place
/// for them.
const LIBRARY: &[(&str, &[&str])] = &[
    (
        "mse_loss",
        &[
            "[1, 2.5], [0, 3]",
            "[[1, 2], [3, 4.5]], [[0, 1], [1, 0]]",
            "2, 1.5",
            "[1, 2], 0.5",
            "zeros(0, 2), zeros(0, 2)",
        ],
    ),
    (
        "huber_loss",
        &[
            "[1, 2.5], [0.75, 4]",
            "[[1, 2], [3, 4.5]], [[0, 1.5], [1, 4]], 0.6",
            "2, 1.5",
            "[1, 2.25], 0.5",
            "zeros(0, 2), zeros(0, 2)",
        ],
    ),
    (
        "binary_cross_entropy_with_logits",
        &["[1, -2.5], [0, 1]", "[[1, 2], [-3, 4.5]], [[0, 1], [0.25, 0]]", "2, 1", "zeros(0), zeros(0)"],
    ),
    (
        "embedding",
        &[
            "[2, 0, 2], [[1, 2], [3, 4], [5, 6.5]]",
            "[[1, 0]], [[1, 2], [3, 4]]",
            "1, [[1, 2], [3, 4]]",
            "zeros(0), [[1, 2], [3, 4]]",
        ],
    ),
    (
        "layer_norm",
        &[
            "[1, 3, 4.5]",
            "[[1, 3, 7], [10, 50, -3]], [1, 2, 0.5], [0, 1, -1]",
            "[[[1, 3], [2, 5]], [[0, 1], [7, -2]]], axis = (1, 2)",
            "zeros(0, 3)",
        ],
    ),
    (
        "batch_norm",
        &[
            "[[1, 20], [3, 40], [2.5, -3]], [1, 10], [1, 100]",
            "[[[1, 2], [3, -1]], [[0, 1], [7, 4]]], [1, 2], [1, 0.5], [2, 0.5], [1, -1]",
            "zeros(0, 2), [1, 10], [1, 100]",
        ],
    ),
    ("dropout", &["[1, 2.5], 0.25", "[[1, 2], [3, 4]]", "2", "zeros(0)"]),
];

/// One argument of one sample of one function.
pub struct Case {
    pub name: &'static str,
    pub sample: &'static str,
    pub position: usize,
    /// The call, with `x` in place of the argument.
    pub call: String,
    pub argument: String,
}

/// Cuts a list of arguments at the commas outside all brackets and strings.
pub fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut parts) = (0, false, 0, Vec::new());
    for (i, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// A call as a program writes it.
pub fn call(name: &str, arguments: &[String]) -> String {
    let infix = !name.starts_with(char::is_alphabetic) || ["and", "or", "not"].contains(&name);
    match (name, arguments) {
        ("[ ]", [x, index @ ..]) => format!("({x})[{}]", index.join(", ")),
        (_, [x]) if infix => format!("{name} ({x})"),
        (_, [x, y]) if infix => format!("({x}) {name} ({y})"),
        _ => format!("{name}({})", arguments.join(", ")),
    }
}

pub fn session() -> Session {
    let mut session = Session::new(Box::new(std::io::sink()));
    assert!(session.run("prelude.ad", PRELUDE, Echo::Nothing).is_ok());
    session
}

/// Runs a program and gives what its last statement shows.
pub fn run(session: &mut Session, program: &str) -> Result<String, String> {
    let shown = session.run("check.ad", program, Echo::Last).map(|shown| shown.join(""));
    shown.map_err(|errors| errors.first().map_or(String::new(), |error| error.problem.title.clone()))
}

pub fn blocked(builtin: &Builtin) -> bool {
    matches!(&builtin.run, Run::Elementwise(op) | Run::Operation(_, op) if matches!(op.grad, Grad::Blocked))
}

pub fn public(builtin: &Builtin) -> bool {
    !builtin.name.starts_with('(')
}

/// Every function with samples, blocked ones too.
pub fn sampled() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let ours = builtin::all().filter(|builtin| public(builtin)).map(|builtin| (builtin.name, builtin.samples));
    ours.chain(LIBRARY.iter().copied()).filter(|(_, samples)| !samples.is_empty())
}

/// Whether the result of a call is recorded when one argument is something to differentiate by.
fn depends(case: &Case) -> bool {
    let mut session = session();
    let program = format!("x = 1.0 * ({})\nattach_grad(x)\nrecord < y = {} >", case.argument, case.call);
    // An axis or a shape is no number to differentiate by, and may not even be a number.
    if run(&mut session, &program).is_err() {
        return false;
    }
    match session.get("y") {
        Some(Value::Var(Var::Traced(node))) => !matches!(node.args(), Args::Cut(..)),
        Some(Value::Tuple(tuple)) => tuple.items.iter().any(|item| matches!(item, Value::Var(Var::Traced(_)))),
        _ => false,
    }
}

/// Every argument of every sample by which there is something to differentiate.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, samples) in sampled().filter(|(name, _)| !builtin::find(name).is_some_and(blocked)) {
        for &sample in samples {
            let arguments = split(sample);
            for (position, argument) in arguments.iter().enumerate() {
                let named = argument.split_once(" = ");
                let mut with_x: Vec<String> = arguments.iter().map(|argument| argument.to_string()).collect();
                with_x[position] = named.map_or("x".to_string(), |(name, _)| format!("{name} = x"));
                let argument = named.map_or(*argument, |(_, value)| value).to_string();
                let ways =
                    CALLED.iter().find(|(names, _)| names.contains(&name)).map_or(&[("", "")][..], |(_, ways)| ways);
                for (before, after) in ways {
                    let call = format!("{before}{}{after}", call(name, &with_x));
                    cases.push(Case { name, sample, position, call, argument: argument.clone() });
                }
            }
        }
    }
    cases
}

/// The numbers in what a program showed.
pub fn numbers(text: &str) -> Vec<f64> {
    text.split(|c: char| "(), \n".contains(c)).filter_map(|word| word.parse().ok()).collect()
}

/// A case in a session of its own, with what every check begins with: `x0`, `f`, `w`, `v` and `g`, where
/// `g(s) = sum(w * f(x0 + s * v))`.
pub struct Trial<'a> {
    pub case: &'a Case,
    pub session: Session,
}

impl Trial<'_> {
    pub fn begin(case: &Case, mut session: Session) -> Result<Trial<'_>, String> {
        let first = format!("x0 = 1.0 * ({})\ncalled = x -> {}\nkind = called(x0)", case.argument, case.call);
        run(&mut session, &first).map_err(|error| format!("{}({}): {error}", case.name, case.sample))?;
        let mut trial = Trial { case, session };
        // Results that are tuples, as those of split, are joined into one array first.
        let joined = trial.holds("try { kind.shape; false } catch { true }")?;
        let f = if joined { "f = x -> concat(map(part -> part.flatten(), called(x)))" } else { "f = called" };
        trial.ask(&format!("{f}\nw = W(f(x0))\nv = cos(x0 + 0.7)\ng = s -> total(w, f(x0 + s * v))"))?;
        Ok(trial)
    }

    /// A complaint that says where.
    pub fn at(&self, what: &str) -> String {
        format!("{}({}), argument {}: {what}", self.case.name, self.case.sample, self.case.position)
    }

    /// What a program shows.
    pub fn ask(&mut self, program: &str) -> Result<String, String> {
        run(&mut self.session, program).map_err(|error| self.at(&format!("{error}\n{program}")))
    }

    /// Whether a program shows `true`.
    pub fn holds(&mut self, program: &str) -> Result<bool, String> {
        Ok(self.ask(program)? == "true")
    }

    /// The numbers that expressions have.
    pub fn measure(&mut self, expressions: &[String]) -> Result<Vec<f64>, String> {
        let found = numbers(&self.ask(&format!("({},)", expressions.join(", ")))?);
        if found.len() == expressions.len() { Ok(found) } else { Err(self.at(&format!("no numbers: {found:?}"))) }
    }
}

/// Checks every case, half of them on each of two threads, and says on standard error, which tests do not
/// capture, how many comparisons were made.
pub fn check_all(what: &str, check: fn(&Case) -> Result<usize, String>) -> usize {
    let cases = cases();
    let results: Vec<Result<usize, String>> = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let cases = &cases;
            scope.spawn(move || {
                let mine = cases.iter().skip(half).step_by(2);
                mine.filter(|case| depends(case)).map(check).collect::<Vec<_>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().expect("no check panics")).collect()
    });
    let wrong: Vec<&str> =
        results.iter().filter_map(|result| result.as_ref().err()).map(|text| text.as_str()).collect();
    let count: usize = results.iter().filter_map(|result| result.as_ref().ok()).sum();
    assert!(wrong.is_empty(), "{} of {} cases are wrong:\n{}", wrong.len(), results.len(), wrong.join("\n"));
    say(&format!("{what}: {count} comparisons in {} cases", results.len()));
    count
}

/// A line that is seen although the test succeeds.
pub fn say(line: &str) {
    // Nobody reading is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{line}");
}
