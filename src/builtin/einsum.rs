//! Einstein's summation, over any number of operands.
//!
//! `"ij,jk->ik"` names the axes of every operand and of the result; a name that is not in the result is summed
//! over. Two operands at a time become one, the pair first whose result is smallest, by a matrix product;
//! all of it with operations that differentiate.

use super::arithmetic::MULTIPLY;
use super::arrange::transpose;
use super::indexing::INDEX;
use super::linear::multiply;
use super::matrices::Matrices;
use super::shape::reshape;
use crate::array::index::{IndexItem, select};
use crate::array::{Shape, shape_text};
use crate::autodiff::{Context, Plan, Var};
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::value::{Builtin, Run, Value, as_var};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&EINSUM];

pub(crate) static EINSUM: Builtin = Builtin {
    name: "einsum",
    params: &["spec", "...operands"],
    doc: "Sum of products, by Einstein's convention: a letter for every axis.\n\nA letter that is missing after `->` is summed over; without `->` the result has the letters that stand once, in alphabetical order. `...` stands for any other axes, which broadcast.\n> einsum(\"ij,jk->ik\", [[1, 2], [3, 4]], [[1, 0], [1, 1]])\n[[3, 2],\n [7, 4]]\n> einsum(\"ii\", [[1, 2], [3, 4]])\n5",
    samples: &[
        "\"ij,jk->ik\", [[1, 2], [3, 4.5]], [[0.5, -1, 2], [3, 1, 0.25]]",
        "\"ii\", [[1, 2], [3, 4.5]]",
        "\"ii->i\", [[1, 2], [3, 4.5]]",
        "\"ij->ji\", [[1, 2, 3], [4, 5, 6.5]]",
        "\"i,j,k->kji\", [1, 2], [3, 4.5], [5, -1]",
        "\"i,i,i\", [1, 2], [3, 4.5], [5, -1]",
        "\"bij,bjk->bik\", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[[1], [2]], [[0.5], [3]]]",
        "\"...ij,jk->...ik\", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[1, -1], [0.5, 2]]",
        "\"ij,j\", [[1, 2], [3, 4.5]], [5, 6]",
        "\"ij->\", zeros(0, 2)",
    ],
    run: Run::Routine(|call| {
        let spec = call.args.text(0)?.to_string();
        let mut operands = Vec::new();
        for (i, value) in call.args.rest(1).iter().enumerate() {
            operands.push(as_var(value)?.ok_or_else(|| {
                Problem::new(format!("einsum needs arrays, found {}", value.kind()))
                    .label(Part::Argument(i + 1), value.kind())
            })?);
        }
        einsum(call.host.cx(), &spec, operands).map(Value::Var)
    }),
};

/// A name of an axis: a letter, or a number for an axis of `...`, counted from the last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Axis {
    Other(usize),
    Letter(char),
}

/// An operand and the names of its axes.
type Named = (Var, Vec<Axis>);

fn wrong(title: impl Into<String>) -> Fail {
    Problem::new(title)
        .label(Part::Argument(0), "the letters")
        .help("write a letter for every axis, as in einsum(\"ij,jk->ik\", a, b)")
}

/// The names in a part of the specification, where `...` stands for so many axes.
fn names(text: &str, others: usize) -> Outcome<Vec<Axis>> {
    let mut names = Vec::new();
    let mut parts = text.split("...");
    let letters = |part: &str| -> Outcome<Vec<Axis>> {
        let letter = |c: char| {
            if c.is_alphabetic() {
                Ok(Axis::Letter(c))
            } else {
                Err(wrong(format!("einsum names axes by letters, found `{}`", c.escape_default())))
            }
        };
        part.chars().map(letter).collect()
    };
    names.extend(letters(parts.next().unwrap_or_default())?);
    if let Some(after) = parts.next() {
        names.extend((0..others).rev().map(Axis::Other));
        names.extend(letters(after)?);
    }
    if parts.next().is_some() {
        return Err(wrong("`...` can stand only once for each operand"));
    }
    Ok(names)
}

fn einsum(cx: &Context, spec: &str, operands: Vec<Var>) -> Outcome<Var> {
    let spec: String = spec.chars().filter(|c| !c.is_whitespace()).collect();
    let (inputs, output) = match spec.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output)),
        None => (spec.as_str(), None),
    };
    let parts: Vec<&str> = inputs.split(',').collect();
    if parts.len() != operands.len() {
        let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        return Err(wrong(format!(
            "einsum has letters for {}, found {}",
            plural(parts.len(), "array"),
            operands.len()
        )));
    }
    let mut named: Vec<Named> = Vec::new();
    for (i, (part, x)) in parts.iter().zip(operands).enumerate() {
        let rank = x.shape().len();
        let letters = part.replace("...", "").chars().count();
        let others = if part.contains("...") { rank.saturating_sub(letters) } else { 0 };
        let axes = names(part, others)?;
        if axes.len() != rank {
            return Err(Problem::new(format!("einsum has {letters} letters for an array with {rank} axes"))
                .label(Part::Argument(i + 1), shape_text(x.shape()))
                .label(Part::Argument(0), format!("`{}`", part.escape_default()))
                .help("write a letter for every axis; `...` stands for the others"));
        }
        named.push((x, axes));
    }
    let lengths = lengths(&named)?;
    let result: Vec<Axis> = match output {
        Some(output) => {
            let most = named.iter().flat_map(|(_, axes)| axes).filter_map(|axis| match axis {
                Axis::Other(i) => Some(i + 1),
                Axis::Letter(_) => None,
            });
            names(output, most.max().unwrap_or(0))?
        }
        None => {
            let all: Vec<Axis> = named.iter().flat_map(|(_, axes)| axes.iter().copied()).collect();
            let once = |axis: &Axis| all.iter().filter(|other| *other == axis).count() == 1;
            let mut letters: Vec<Axis> =
                all.iter().copied().filter(|axis| matches!(axis, Axis::Letter(_)) && once(axis)).collect();
            letters.sort_unstable();
            let mut others: Vec<Axis> = all.iter().copied().filter(|axis| matches!(axis, Axis::Other(_))).collect();
            others.sort_unstable();
            others.dedup();
            others.reverse();
            others.into_iter().chain(letters).collect()
        }
    };
    for (i, axis) in result.iter().enumerate() {
        let Axis::Letter(letter) = axis else { continue };
        if result.iter().skip(i + 1).any(|other| other == axis) {
            return Err(wrong(format!("the result of einsum has `{letter}` twice")));
        }
        if !lengths.iter().any(|(known, _)| known == axis) {
            return Err(wrong(format!("the result of einsum has `{letter}`, which no array has")));
        }
    }
    let mut work: Vec<Named> = named.into_iter().map(|named| diagonal(cx, named)).collect::<Outcome<_>>()?;
    loop {
        // What only one of them has is summed at once.
        for i in 0..work.len() {
            let elsewhere: Vec<Axis> = work
                .iter()
                .enumerate()
                .filter(|&(j, _)| j != i)
                .flat_map(|(_, (_, axes))| axes.iter().copied())
                .chain(result.iter().copied())
                .collect();
            if let Some(slot) = work.get_mut(i) {
                let (x, axes) = std::mem::take(slot);
                *slot = sum_out(cx, x, axes, |axis| !elsewhere.contains(&axis))?;
            }
        }
        if work.len() < 2 {
            break;
        }
        let (i, j) = smallest_pair(&work, &lengths, &result);
        let (second, first) = (work.remove(j), work.remove(i));
        let kept: Vec<Axis> =
            work.iter().flat_map(|(_, axes)| axes.iter().copied()).chain(result.iter().copied()).collect();
        work.push(contract(cx, first, second, &kept)?);
    }
    let Some((x, axes)) = work.pop() else { return Err(wrong("einsum needs an array")) };
    let order: Shape = result.iter().filter_map(|axis| axes.iter().position(|other| other == axis)).collect();
    transpose(cx, &x, &order)
}

/// How long every axis is; 1 and another length broadcast.
fn lengths(named: &[Named]) -> Outcome<Vec<(Axis, usize)>> {
    let mut lengths: Vec<(Axis, usize)> = Vec::new();
    for (i, (x, axes)) in named.iter().enumerate() {
        for (&axis, &dim) in axes.iter().zip(x.shape()) {
            match lengths.iter_mut().find(|(known, _)| *known == axis) {
                None => lengths.push((axis, dim)),
                Some((_, length)) if *length == 1 => *length = dim,
                Some((_, length)) if *length == dim || dim == 1 => {}
                Some((_, length)) => {
                    let name = match axis {
                        Axis::Letter(letter) => format!("`{letter}`"),
                        Axis::Other(_) => "an axis of `...`".to_string(),
                    };
                    return Err(Problem::new(format!("{name} has two lengths, {length} and {dim}"))
                        .label(Part::Argument(i + 1), shape_text(x.shape()))
                        .help("axes with the same letter must have the same length"));
                }
            }
        }
    }
    Ok(lengths)
}

/// Takes the diagonal where an operand has a name twice.
fn diagonal(cx: &Context, (mut x, mut axes): Named) -> Outcome<Named> {
    loop {
        let twice = (0..axes.len()).find_map(|i| {
            let j = (i + 1..axes.len()).find(|&j| axes.get(i) == axes.get(j))?;
            Some((i, j))
        });
        let Some((i, j)) = twice else { return Ok((x, axes)) };
        let mut order: Shape = (0..axes.len()).filter(|&axis| axis != i && axis != j).collect();
        order.extend([i, j]);
        x = transpose(cx, &x, &order)?;
        axes = order.iter().filter_map(|&axis| axes.get(axis).copied()).collect();
        axes.pop();
        let [batch @ .., m, n] = x.shape() else { return Ok((x, axes)) };
        if m != n {
            // A length of 1 broadcasts: the row, or the column, is the diagonal.
            let flat: Shape = batch.iter().copied().chain([(*m).max(*n)]).collect();
            x = reshape(cx, &x, &flat)?;
            continue;
        }
        let (rank, n) = (batch.len(), *n);
        let flat: Shape = batch.iter().copied().chain([n.saturating_mul(n)]).collect();
        let line = reshape(cx, &x, &flat)?;
        let mut items: Vec<IndexItem> = (0..rank).map(|_| IndexItem::Slice(None, None, None)).collect();
        items.push(IndexItem::Slice(None, None, Some(n as isize + 1)));
        let selection = select(line.shape(), &items)?;
        x = cx.apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), &[line])?;
    }
}

/// Sums over some axes.
fn sum_out(cx: &Context, x: Var, axes: Vec<Axis>, gone: impl Fn(Axis) -> bool) -> Outcome<Named> {
    let places: Vec<usize> = axes.iter().enumerate().filter(|(_, axis)| gone(**axis)).map(|(i, _)| i).collect();
    let x = Matrices(cx).sum(&x, &places)?;
    Ok((x, axes.into_iter().filter(|axis| !gone(*axis)).collect()))
}

/// The pair whose product is smallest.
fn smallest_pair(work: &[Named], lengths: &[(Axis, usize)], result: &[Axis]) -> (usize, usize) {
    let length = |axis: &Axis| lengths.iter().find(|(known, _)| known == axis).map_or(1.0, |(_, n)| *n as f64);
    let mut best = (0, 1);
    let mut smallest = f64::INFINITY;
    for (j, (_, second)) in work.iter().enumerate() {
        for (i, (_, first)) in work.iter().enumerate().take(j) {
            let kept = |axis: &Axis| {
                let others = work.iter().enumerate().filter(|&(k, _)| k != i && k != j);
                result.contains(axis) || others.flat_map(|(_, (_, axes))| axes).any(|other| other == axis)
            };
            let both = first.iter().chain(second.iter().filter(|axis| !first.contains(axis)));
            let size: f64 = both.filter(|axis| kept(axis)).map(length).product();
            let cost = size - first.iter().map(length).product::<f64>() - second.iter().map(length).product::<f64>();
            if cost < smallest {
                (best, smallest) = ((i, j), cost);
            }
        }
    }
    best
}

/// Two operands become one: over the axes that neither is kept for, the sum of products.
fn contract(cx: &Context, first: Named, second: Named, kept: &[Axis]) -> Outcome<Named> {
    let (mut first, mut second) = (first, second);
    // An axis of length 1 against a longer one: the longer is summed alone.
    let dim = |(x, axes): &Named, axis: Axis| {
        axes.iter().position(|other| *other == axis).and_then(|i| x.shape().get(i).copied())
    };
    let shared: Vec<Axis> = first.1.iter().copied().filter(|axis| second.1.contains(axis)).collect();
    for axis in shared.iter().copied().filter(|axis| !kept.contains(axis)) {
        if dim(&first, axis) != dim(&second, axis) {
            first = sum_out(cx, first.0, first.1, |other| other == axis)?;
            second = sum_out(cx, second.0, second.1, |other| other == axis)?;
        }
    }
    let (a, left_axes) = first;
    let (b, right_axes) = second;
    let common = |axis: &Axis| left_axes.contains(axis) && right_axes.contains(axis);
    let batch: Vec<Axis> = left_axes.iter().copied().filter(|axis| common(axis) && kept.contains(axis)).collect();
    let inner: Vec<Axis> = left_axes.iter().copied().filter(|axis| common(axis) && !kept.contains(axis)).collect();
    let left: Vec<Axis> = left_axes.iter().copied().filter(|axis| !right_axes.contains(axis)).collect();
    let right: Vec<Axis> = right_axes.iter().copied().filter(|axis| !left_axes.contains(axis)).collect();
    let arranged = |x: &Var, axes: &[Axis], groups: [&[Axis]; 3]| -> Outcome<(Var, [Shape; 3])> {
        let place = |axis: &Axis| axes.iter().position(|other| other == axis);
        let order: Shape = groups.iter().flat_map(|group| group.iter()).filter_map(place).collect();
        let dims = groups
            .map(|group| group.iter().filter_map(place).filter_map(|i| x.shape().get(i).copied()).collect::<Shape>());
        Ok((transpose(cx, x, &order)?, dims))
    };
    let product = |dims: &Shape| dims.iter().fold(1_usize, |n, &dim| n.saturating_mul(dim));
    let (a, [a_batch, a_left, a_inner]) = arranged(&a, &left_axes, [&batch, &left, &inner])?;
    let (b, [b_batch, b_inner, b_right]) = arranged(&b, &right_axes, [&batch, &inner, &right])?;
    let axes: Vec<Axis> = batch.iter().chain(&left).chain(&right).copied().collect();
    if inner.is_empty() {
        let a_shape: Shape = a_batch.iter().chain(&a_left).copied().chain(right.iter().map(|_| 1)).collect();
        let b_shape: Shape =
            b_batch.iter().copied().chain(left.iter().map(|_| 1)).chain(b_right.iter().copied()).collect();
        let both = [reshape(cx, &a, &a_shape)?, reshape(cx, &b, &b_shape)?];
        return Ok((cx.apply(MULTIPLY.op(), &both)?, axes));
    }
    let a_shape: Shape = a_batch.iter().copied().chain([product(&a_left), product(&a_inner)]).collect();
    let b_shape: Shape = b_batch.iter().copied().chain([product(&b_inner), product(&b_right)]).collect();
    let y = multiply(cx, &reshape(cx, &a, &a_shape)?, false, &reshape(cx, &b, &b_shape)?, false, None)?;
    let shape: Shape = y
        .shape()
        .iter()
        .copied()
        .take(batch.len())
        .chain(a_left.iter().copied())
        .chain(b_right.iter().copied())
        .collect();
    Ok((reshape(cx, &y, &shape)?, axes))
}
