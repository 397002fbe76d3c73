//! A function of one row, applied to all rows.

use super::gradient::partial;
use super::indexing::INDEX;
use super::join::stack;
use super::transform::rest_tuple;
use crate::array::index::{IndexItem, select};
use crate::array::limits;
use crate::array::reduce::normalise_axis;
use crate::array::{Array, Shape};
use crate::autodiff::{Context, Plan, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Run, Tuple, Value, as_var, map_leaves, zip_leaves};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&VMAP, &VMAP_OF];

pub(crate) static VMAP: Builtin = Builtin {
    name: "vmap",
    params: &["f", "axis = 0"],
    doc: "The function that applies `f` to each entry of its arguments along an axis, and stacks the results.\n\nArguments that are single numbers go to every call as they are; tuples are taken apart leaf by leaf. Each entry may take its own way through `if` and `while`.\n> vmap((a, b) -> sum(a * b))([[1, 2], [3, 4]], [[1, 1], [10, 10]])\n[3, 70]\n> vmap(grad(x -> x ** 3))([1, 2])\n[3, 12]",
    samples: &[],
    run: Run::Routine(|call| {
        let f = call.args.function(0)?.clone();
        let axis = call.args.whole_or(1, 0)?;
        Ok(partial(&VMAP_OF, vec![f, Value::num(axis as f64)]))
    }),
};

static VMAP_OF: Builtin = Builtin {
    name: "(vmap)",
    params: &["f", "axis", "...args"],
    doc: "A function applied to each entry along an axis.",
    samples: &[],
    run: Run::Routine(|call: &mut Call<'_>| {
        let f = call.args.get(0).clone();
        let axis = call.args.whole(1)?;
        let args = rest_tuple(&call.args, 2);
        let count = entries(&args, axis)?;
        let mut results = limits::reserve(count)?;
        for i in 0..count {
            limits::check()?;
            let cx = call.host.cx();
            let row = |value: &Value| map_leaves(value, &mut |leaf| entry(cx, leaf, axis, i));
            let items = args.items.iter().map(row).collect::<Outcome<Vec<_>>>()?;
            results.push(call.host.call_tuple(&f, Tuple { items, names: args.names.clone() })?);
        }
        match &results[..] {
            [] => Ok(Value::Var(Array::new(Shape::from_slice(&[0]), Vec::<f64>::new()).into())),
            results => joined(call.host.cx(), results),
        }
    }),
};

/// How many entries the arguments have along the axis.
fn entries(args: &Tuple, axis: isize) -> Outcome<usize> {
    let mut count: Option<usize> = None;
    for (i, arg) in args.items.iter().enumerate() {
        map_leaves(arg, &mut |leaf| {
            let Some(var) = as_var(leaf)?.filter(|var| !var.shape().is_empty()) else { return Ok(Value::None) };
            let found = var.shape()[normalise_axis(axis, var.shape().len())?];
            if count.is_some_and(|count| count != found) {
                return Err(Problem::new("the arguments of vmap differ in length along the axis")
                    .label(Part::Argument(i), format!("{found} entries, {} before", count.unwrap_or(0))));
            }
            count = Some(found);
            Ok(Value::None)
        })?;
    }
    count.ok_or_else(|| Problem::new("vmap needs an array to go through").label(Part::Whole, ""))
}

/// One entry of a leaf along the axis; a single number is every entry.
fn entry(cx: &Context, leaf: &Value, axis: isize, i: usize) -> Outcome<Value> {
    let Some(var) = as_var(leaf)?.filter(|var| !var.shape().is_empty()) else { return Ok(leaf.clone()) };
    let axis = normalise_axis(axis, var.shape().len())?;
    let mut items: Vec<IndexItem> = (0..axis).map(|_| IndexItem::Slice(None, None, None)).collect();
    items.push(IndexItem::At(i as isize));
    let selection = select(var.shape(), &items)?;
    cx.apply_with(INDEX.op(), Plan::new(Rc::new(selection)), std::slice::from_ref(&var)).map(Value::Var)
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
            return Err(Problem::new(format!("vmap stacks numbers, and the function gave {}", result.kind()))
                .label(Part::Whole, ""));
        };
        vars.push(var);
    }
    stack(cx, &vars, 0).map(Value::Var)
}
