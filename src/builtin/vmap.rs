//! A function of one row, applied to all rows.
//!
//! A function that does the same to every row, whatever is in it, is run once, on an array that stands for
//! all of them (see [`rows`](crate::autodiff)); as soon as it asks what is in a row, to decide or to print
//! something, that run is given up and there is one for each row. Either way the result is the same.

use super::arrange::transpose;
use super::gradient::partial;
use super::indexing::INDEX;
use super::join::stack;
use super::transform::rest_tuple;
use crate::array::index::{IndexItem, select};
use crate::array::limits;
use crate::array::reduce::normalise_axis;
use crate::array::{Array, Shape};
use crate::autodiff::{Context, Plan, Var};
use crate::diagnostic::{Kind, Outcome, Part, Problem};
use crate::value::{Builtin, Call, Host, Run, Tuple, Value, as_var, as_whole, map_leaves, zip_leaves};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&VMAP, &VMAP_OF];

pub(crate) static VMAP: Builtin = Builtin {
    name: "vmap",
    params: &["f", "axis = 0", "out_axis = 0"],
    doc: "The function that applies `f` to each entry of its arguments along an axis, and stacks the results along `out_axis`.\n\n`axis` may be a tuple with one axis for each argument, `none` for one that goes to every call as it is, as single numbers always do. A tuple as argument is taken apart leaf by leaf. If `f` does the same to every entry it runs only once, on all of them together; otherwise each entry may take its own way through `if` and `while`.\n> vmap((a, b) -> sum(a * b))([[1, 2], [3, 4]], [[1, 1], [10, 10]])\n[3, 70]\n> vmap(grad(x -> x ** 3))([1, 2])\n[3, 12]\n> vmap((a, x) -> a @ x, axis = (none, 1))([[0, 1], [1, 0]], [[1, 2], [3, 4]])\n[[3, 1],\n [4, 2]]",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let axis = if call.args.given(1) { call.args.get(1).clone() } else { Value::num(0.0) };
        let valid = match &axis {
            Value::Tuple(axes) => axes.items.iter().all(|axis| matches!(axis, Value::None) || whole(axis).is_some()),
            axis => whole(axis).is_some(),
        };
        if !valid {
            return Err(call
                .args
                .wrong(1, "an axis, or a tuple of them")
                .help("none in the tuple is an argument for all calls"));
        }
        let out_axis = call.args.whole_or(2, 0)?;
        Ok(partial(&VMAP_OF, vec![f, axis, Value::num(out_axis as f64)]))
    }),
};

fn whole(value: &Value) -> Option<isize> {
    match value {
        Value::Var(var) => var.item().and_then(as_whole),
        _ => None,
    }
}

static VMAP_OF: Builtin = Builtin {
    name: "(vmap)",
    params: &["f", "axis", "out_axis", "...args"],
    doc: "A function applied to each entry along an axis.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.get(0).clone();
        let args = rest_tuple(&call.args, 3);
        let axes = axes(call.args.get(1), &args)?;
        let count = entries(&args, &axes)?;
        let result = match all_at_once(call.host, &f, &args, &axes, count)? {
            Some(result) => result,
            None => one_by_one(call.host, &f, &args, &axes, count)?,
        };
        let out_axis = call.args.whole(2)?;
        if out_axis == 0 {
            return Ok(result);
        }
        let cx = call.host.cx();
        map_leaves(&result, &mut |leaf| match as_var(leaf)? {
            Some(var) => {
                let rank = var.shape().len();
                let place = normalise_axis(out_axis, rank)?;
                let mut order: Shape = (1..rank).collect();
                order.insert(place, 0);
                transpose(cx, &var, &order).map(Value::Var)
            }
            None => Ok(leaf.clone()),
        })
    }),
};

/// The axis of each argument, `None` for one that goes to every call as it is.
fn axes(axis: &Value, args: &Tuple) -> Outcome<Vec<Option<isize>>> {
    match axis {
        Value::Tuple(axes) if axes.items.len() == args.items.len() => Ok(axes.items.iter().map(whole).collect()),
        Value::Tuple(axes) => Err(Problem::new("vmap needs an axis for each argument")
            .label(Part::Whole, format!("{} arguments, {} axes", args.items.len(), axes.items.len()))
            .help("none is the axis of an argument that goes to every call as it is")),
        axis => Ok(vec![whole(axis); args.items.len()]),
    }
}

/// Runs the function once for all entries; `None` if it asks what is in one.
fn all_at_once(
    host: &mut dyn Host,
    f: &Value,
    args: &Tuple,
    axes: &[Option<isize>],
    count: usize,
) -> Outcome<Option<Value>> {
    // What was looked at before must not be forgotten here.
    limits::check()?;
    let cx = host.context();
    let mut fronts = Vec::new();
    for (arg, &axis) in args.items.iter().zip(axes) {
        let Some(axis) = axis else {
            fronts.push(arg.clone());
            continue;
        };
        fronts.push(map_leaves(arg, &mut |leaf| match mapped(leaf, axis)? {
            Some((var, axis)) => {
                let mut order: Shape = (0..var.shape().len()).filter(|&other| other != axis).collect();
                order.insert(0, axis);
                let var = if cx.recording() { var } else { var.into_plain() };
                transpose(&cx, &var, &order).map(Value::Var)
            }
            None => Ok(leaf.clone()),
        })?);
    }
    cx.enter(count);
    let mut many = Vec::new();
    let result = hidden_run(host, f, args, axes, &fronts, &mut many);
    cx.leave();
    if limits::looked() {
        // Ctrl-C is heard by the runs that follow.
        return Ok(None);
    }
    let result = match result {
        Ok(Some(result)) => result,
        // A single entry may be what is wrong, and says so better.
        Ok(None) => return Ok(None),
        Err(fail) if fail.kind == Kind::Mistake || fail.kind == Kind::Placed => return Ok(None),
        Err(fail) => return Err(fail),
    };
    let mut many = many.into_iter();
    map_leaves(&result, &mut |leaf| {
        let Value::Var(var) = leaf else { return Ok(leaf.clone()) };
        let var = if cx.recording() { var.clone() } else { var.to_plain() };
        cx.with_rows(&var, many.next() == Some(true), count).map(Value::Var)
    })
    .map(Some)
}

/// Runs the function on arrays that stand for all entries; gives what is behind its results, and whether each
/// has one for every entry. `None` if something among them is no number.
fn hidden_run(
    host: &mut dyn Host,
    f: &Value,
    args: &Tuple,
    axes: &[Option<isize>],
    fronts: &[Value],
    many: &mut Vec<bool>,
) -> Outcome<Option<Value>> {
    let cx = host.context();
    let mut items = Vec::new();
    for (front, &axis) in fronts.iter().zip(axes) {
        items.push(map_leaves(front, &mut |leaf| {
            Ok(match (axis, leaf) {
                (Some(_), Value::Var(var)) if !var.shape().is_empty() => Value::Var(cx.hidden_rows(var.clone())),
                _ => leaf.clone(),
            })
        })?);
    }
    let result = host.call_tuple(f, Tuple { items, names: args.names.clone() })?;
    let mut numbers = true;
    let result = map_leaves(&result, &mut |leaf| match as_var(leaf)? {
        Some(var) => {
            let (var, rows) = cx.revealed(&var);
            many.push(rows);
            Ok(Value::Var(var))
        }
        None => {
            numbers = false;
            Ok(Value::None)
        }
    })?;
    Ok(numbers.then_some(result))
}

/// Runs the function for each entry, and stacks the results.
fn one_by_one(host: &mut dyn Host, f: &Value, args: &Tuple, axes: &[Option<isize>], count: usize) -> Outcome<Value> {
    let mut results = limits::reserve(count)?;
    for i in 0..count {
        limits::check()?;
        let cx = host.cx();
        let row = |(value, &axis): (&Value, &Option<isize>)| match axis {
            Some(axis) => map_leaves(value, &mut |leaf| entry(cx, leaf, axis, i)),
            None => Ok(value.clone()),
        };
        let items = args.items.iter().zip(axes).map(row).collect::<Outcome<Vec<_>>>()?;
        results.push(host.call_tuple(f, Tuple { items, names: args.names.clone() })?);
    }
    match &results[..] {
        [] => Ok(Value::Var(Array::new(Shape::from_slice(&[0]), Vec::<f64>::new()).into())),
        results => joined(host.cx(), results),
    }
}

/// An array to go through, and along which axis; a single number is every entry.
fn mapped(leaf: &Value, axis: isize) -> Outcome<Option<(Var, usize)>> {
    let Some(var) = as_var(leaf)?.filter(|var| !var.shape().is_empty()) else { return Ok(None) };
    let axis = normalise_axis(axis, var.shape().len())?;
    Ok(Some((var, axis)))
}

/// How many entries the arguments have along their axes.
fn entries(args: &Tuple, axes: &[Option<isize>]) -> Outcome<usize> {
    let mut count: Option<usize> = None;
    for (i, (arg, &axis)) in args.items.iter().zip(axes).enumerate() {
        let Some(axis) = axis else { continue };
        map_leaves(arg, &mut |leaf| {
            let Some((var, axis)) = mapped(leaf, axis)? else { return Ok(Value::None) };
            let found = var.shape()[axis];
            if count.is_some_and(|count| count != found) {
                return Err(Problem::new("the arguments of vmap differ in length along the axis")
                    .label(Part::Argument(i), format!("{found} entries, {} before", count.unwrap_or(0))));
            }
            count = Some(found);
            Ok(Value::None)
        })?;
    }
    count.ok_or_else(|| {
        Problem::new("vmap needs an array to go through")
            .label(Part::Whole, "")
            .help("it calls the function for each row: vmap(f)([1, 2])")
    })
}

/// One entry of a leaf along the axis.
fn entry(cx: &Context, leaf: &Value, axis: isize, i: usize) -> Outcome<Value> {
    let Some((var, axis)) = mapped(leaf, axis)? else { return Ok(leaf.clone()) };
    let mut items: Vec<IndexItem> = (0..axis).map(|_| IndexItem::Slice(None, None, None)).collect();
    items.push(IndexItem::At(i as isize));
    let selection = select(var.shape(), &items)?;
    cx.apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), std::slice::from_ref(&var)).map(Value::Var)
}

/// Results of one structure, stacked leaf by leaf.
fn joined(cx: &Context, results: &[Value]) -> Outcome<Value> {
    if !results.iter().any(|result| matches!(result, Value::Tuple(_))) {
        return stacked(cx, results);
    }
    zip_leaves(results, &mut |leaves| stacked(cx, leaves))
}

fn stacked(cx: &Context, results: &[Value]) -> Outcome<Value> {
    let mut vars: Vec<Var> = limits::reserve(results.len())?;
    for result in results {
        let Some(var) = as_var(result)? else {
            return Err(Problem::new("vmap needs a function that gives numbers")
                .label(Part::Whole, format!("it gave {}", result.kind())));
        };
        vars.push(var);
    }
    stack(cx, &vars, 0).map(Value::Var)
}
