//! Entries in random order, and random entries.
//!
//! The rows of a batch are `choice(x, 32, replace = false)`: the start of a shuffle, so that none comes twice.

use super::indexing::rows_in;
use super::random::{Bits, dtype};
use crate::array::{Array, DType, Shape, limits, shape_text};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Arguments, Builtin, Call, Host, Run, Tuple, Value, as_var};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&PERMUTATION, &CHOICE];

pub(crate) static PERMUTATION: Builtin = Builtin {
    name: "permutation",
    params: &["x"],
    doc: "The numbers below `x`, or the entries of an array or a tuple, in random order.\n\nAn array is reordered along its first axis.\n> seed(1)\n> sum(permutation(4))\n6",
    samples: &["4", "[[1, 2], [3, 4], [5, 6.5]]", "zeros(0)", "(1, 2, 3)"],
    run: Run::Routine(|call| {
        let n = population(&call.args)?;
        let order = some_of(call.host, n, n)?;
        chosen(call, &order, &[n])
    }),
};

pub(crate) static CHOICE: Builtin = Builtin {
    name: "choice",
    params: &["x", "shape = ()", "replace = true"],
    doc: "Random entries of an array or a tuple, or of the numbers below `x`.\n\nAn array is chosen from along its first axis. With `replace = false` no entry is chosen twice.\n> seed(1)\n> choice((\"heads\", \"tails\"))\n\"tails\"\n> choice(5, shape = 5, replace = false).sum()\n10",
    samples: &[
        "4",
        "[1, 2, 3.5], 2",
        "[[1, 2], [3, 4], [5, 6.5]], (2, 2)",
        "[1, 2, 3], 3, replace = false",
        "[1, 2], (0, 2)",
    ],
    run: Run::Routine(|call| {
        let n = population(&call.args)?;
        let single = matches!(call.args.get(1), Value::Unset);
        let shape = if single { Shape::new() } else { call.args.shape(1)? };
        let len = limits::checked_count(&shape)?;
        let positions = if call.args.flag_or(2, true)? {
            if n == 0 && len > 0 {
                return Err(Problem::new("there is nothing to choose from").label(Part::Argument(0), "no entries"));
            }
            let mut positions = limits::reserve(len)?;
            let mut bits = Bits(call.host);
            while positions.len() < len {
                limits::check()?;
                let stretch = (len - positions.len()).min(limits::STRIDE);
                positions.extend((0..stretch).map(|_| bits.below(n as u64) as usize));
            }
            positions
        } else {
            if len > n {
                return Err(Problem::new(format!("{len} different entries cannot be chosen from {n}"))
                    .label(Part::Argument(0), format!("{n} entries"))
                    .label(Part::Argument(1), len.to_string()));
            }
            some_of(call.host, n, len)?
        };
        chosen(call, &positions, &shape)
    }),
};

/// How many entries there are to choose from.
fn population(args: &Arguments) -> Outcome<usize> {
    match args.get(0) {
        Value::Tuple(tuple) => Ok(tuple.items.len()),
        Value::Range(range) => Ok(range.len),
        Value::Var(var) if !var.shape().is_empty() => Ok(var.shape().first().copied().unwrap_or(0)),
        Value::Var(_) => usize::try_from(args.whole(0)?)
            .map_err(|_| Problem::new("a number of entries is not negative").label(Part::Argument(0), "less than 0")),
        _ => Err(args.wrong(0, "a whole number, an array or a tuple")),
    }
}

/// `count` of the positions below `n`, none twice, in random order: the start of a shuffle.
fn some_of(host: &mut dyn Host, n: usize, count: usize) -> Outcome<Vec<usize>> {
    let mut positions = limits::reserve(n)?;
    positions.extend(0..n);
    let mut bits = Bits(host);
    for i in 0..count {
        if i % limits::STRIDE == 0 {
            limits::check()?;
        }
        let other = i + bits.below((n - i) as u64) as usize;
        positions.swap(i, other);
    }
    positions.truncate(count);
    Ok(positions)
}

/// The entries at these positions.
fn chosen(call: &mut Call<'_>, positions: &[usize], shape: &[usize]) -> Outcome<Value> {
    let numbers = |dtype: DType| Array::new(shape, positions.iter().map(|&i| i as f64).collect::<Vec<_>>()).cast(dtype);
    match call.args.get(0).clone() {
        Value::Tuple(tuple) => {
            let entry = |&i: &usize| tuple.items.get(i).cloned().unwrap_or(Value::None);
            match (shape, positions) {
                ([], [one]) => Ok(entry(one)),
                ([_], _) => Ok(Value::Tuple(Rc::new(Tuple::new(positions.iter().map(entry).collect())))),
                _ => Err(Problem::new("entries of a tuple come one by one or as a tuple")
                    .label(Part::Argument(1), shape_text(shape))),
            }
        }
        Value::Var(var) if var.shape().is_empty() => {
            let dtype = dtype(call.host);
            Ok(Value::Var(numbers(dtype).into()))
        }
        other => {
            let x = as_var(&other)?.unwrap_or_default();
            rows_in(call.host.cx(), &x, positions, shape).map(Value::Var)
        }
    }
}
