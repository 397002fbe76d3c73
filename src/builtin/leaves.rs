//! What the library needs to work with the unknowns of a function, whatever their structure.
//!
//! `root(f, (a = 1, b = [2, 3]))` searches in one vector of three numbers; `f` still gets the tuple. The
//! names begin with an underscore, and nobody but the library uses them.

use super::arrange::slice_along;
use super::convert::convert;
use super::join::concat;
use super::shape::reshape;
use crate::array::{DType, Shape, shape_text};
use crate::autodiff::{Context, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Run, Value, as_var, map_leaves};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&FLAT, &LIKE, &ENTRIES, &IS_FUNCTION, &IS_ARRAY, &REFUSE];

pub(crate) static FLAT: Builtin = Builtin {
    name: "_flat",
    params: &["x", "caller"],
    doc: "All numbers in a value as one vector of doubles.",
    samples: &[],
    run: Run::Routine(|call| {
        let caller = call.args.text(1)?;
        flat(call.host.cx(), call.args.get(0), caller).map(Value::Var)
    }),
};

/// All numbers in a value as one vector of doubles.
pub fn flat(cx: &Context, value: &Value, caller: &str) -> Outcome<Var> {
    let mut parts = Vec::new();
    map_leaves(value, &mut |leaf| {
        let Some(var) = as_var(leaf)? else {
            return Err(Problem::new(format!("{caller} needs numbers, found {}", leaf.kind())));
        };
        let var = convert(cx, &var, DType::F64)?;
        parts.push(reshape(cx, &var, &[var.len()])?);
        Ok(Value::None)
    })?;
    match &parts[..] {
        [] => Err(Problem::new(format!("{caller} needs numbers, found an empty tuple"))),
        [one] => Ok(one.clone()),
        parts => concat(cx, parts, 0),
    }
}

pub(crate) static LIKE: Builtin = Builtin {
    name: "_like",
    params: &["x", "vector"],
    doc: "The numbers of a vector in the structure of `x`; axes before the last stay in front of every array.",
    samples: &[],
    run: Run::Routine(|call| {
        let vector = call.args.var(1)?;
        let cx = call.host.cx();
        let Some((&count, lead)) = vector.shape().split_last() else { return Ok(Value::Var(vector)) };
        let axis = lead.len();
        let mut start = 0;
        map_leaves(call.args.get(0), &mut |leaf| {
            let Some(like) = as_var(leaf)? else { return Ok(leaf.clone()) };
            let end = start + like.len();
            let part = match (start, end) {
                (0, end) if end == count => vector.clone(),
                _ => slice_along(cx, &vector, axis, start, end)?,
            };
            start = end;
            let mut shape = Shape::from_slice(lead);
            shape.extend_from_slice(like.shape());
            reshape(cx, &part, &shape).map(Value::Var)
        })
    }),
};

pub(crate) static ENTRIES: Builtin = Builtin {
    name: "_entries",
    params: &["x"],
    doc: "A tuple as it is, anything else as the only entry of one.",
    samples: &[],
    run: Run::Routine(|call| {
        Ok(match call.args.get(0) {
            tuple @ Value::Tuple(_) => tuple.clone(),
            other => Value::tuple(vec![other.clone()]),
        })
    }),
};

pub(crate) static IS_FUNCTION: Builtin = Builtin {
    name: "_is_function",
    params: &["x"],
    doc: "Whether a value can be called.",
    samples: &[],
    run: Run::Routine(|call| Ok(Value::Var(Var::Bool(call.args.get(0).is_function())))),
};

pub(crate) static IS_ARRAY: Builtin = Builtin {
    name: "_is_array",
    params: &["x"],
    doc: "Whether a value is a number or an array.",
    samples: &[],
    run: Run::Routine(|call| Ok(Value::Var(Var::Bool(matches!(call.args.get(0), Value::Var(_) | Value::Range(_)))))),
};

pub(crate) static REFUSE: Builtin = Builtin {
    name: "_refuse",
    params: &["title", "reached", "remedy"],
    doc: "Stops with a message that has a title, a note and a remedy.",
    samples: &[],
    run: Run::Routine(|call| {
        let problem = Problem::new(call.args.text(0)?).label(Part::Whole, "");
        let reached = call.args.text(1)?;
        let problem = if reached.is_empty() { problem } else { problem.note(reached) };
        Err(problem.help(call.args.text(2)?))
    }),
};

/// That a function gave an array of another shape than it must.
pub(super) fn same_shape(found: &[usize], needed: &[usize], what: &str) -> Outcome<()> {
    if found == needed {
        return Ok(());
    }
    Err(Problem::new(format!("{what} must have the shape of the unknowns")).note(format!(
        "found {}, needed {}",
        shape_text(found),
        shape_text(needed)
    )))
}
