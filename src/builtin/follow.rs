//! Following a loop while it runs: `progress`.

use crate::array::number_text;
use crate::diagnostic::{Part, Problem};
use crate::value::{Builtin, Run, Value};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PROGRESS];

pub(crate) static PROGRESS: Builtin = Builtin {
    name: "progress",
    params: &["i", "n", "...values"],
    doc: "Shows how far a loop is: `progress(i, n, loss = loss)` after round `i` of `n`.

On a terminal it is one line with a bar, the values and a curve of the first, logarithmic if that spans much; elsewhere about ten lines in all. It is written beside the output, to standard error.
> progress(1, 200, loss = 0.5)",
    samples: &[],
    run: Run::Routine(|call| {
        let (done, total) = (call.args.number(0)?, call.args.number(1)?);
        if !(total.is_finite() && total > 0.0 && done.is_finite()) {
            return Err(Problem::new("progress counts rounds up to a number above 0")
                .label(Part::Argument(1), number_text(total))
                .label(Part::Argument(0), number_text(done)));
        }
        let mut values = Vec::new();
        if let Value::Tuple(given) = call.args.get(2) {
            for (i, value) in given.items.iter().enumerate() {
                let number = if let Value::Var(var) = value { var.item() } else { None };
                let Some(number) = number else {
                    return Err(Problem::new(format!("progress shows numbers, found {}", value.kind()))
                        .label(Part::Whole, value.kind())
                        .help("progress(i, n, loss = mean(l)) shows one number"));
                };
                values.push((given.name(i).map_or(String::new(), |name| name.to_string()), number));
            }
        }
        call.host.progress(done, total, &values);
        Ok(Value::None)
    }),
};
