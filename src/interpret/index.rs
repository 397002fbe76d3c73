//! Indexing: reading and writing parts of arrays, tuples and strings.

use super::Session;
use super::stop::{Eval, Parts};
use crate::array::index::{IndexItem, Selection, element, select};
use crate::array::{Array, DType, Data, Shape};
use crate::autodiff::{Context, Plan, Var};
use crate::builtin::indexing::{INDEX, PUT};
use crate::builtin::shape::reshape;
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use crate::source::{Place, Span};
use crate::syntax::ast::{Expr, ExprKind, Index};
use crate::value::{Value, as_var, as_whole};
use smallvec::SmallVec;
use std::rc::Rc;

/// One position of an index, evaluated.
pub enum Evaluated {
    /// A value.
    At(Value),
    /// `start:stop:step`
    Range(Option<isize>, Option<isize>, Option<isize>),
    /// `...`
    Ellipsis,
}

/// An index as it stands in the program.
#[derive(Clone, Copy)]
pub struct Site<'t> {
    /// Its positions.
    pub index: &'t [Index],
    /// The whole expression.
    pub span: Span,
    /// Where a step recorded by it says it comes from.
    pub place: Place,
}

impl Site<'_> {
    fn stop(&self, session: &mut Session, fail: crate::diagnostic::Fail) -> Box<super::stop::Stop> {
        let span = |item: &Index| match item {
            Index::At(expression) => expression.span,
            Index::Range(.., span) | Index::Ellipsis(span) => *span,
        };
        let arguments: Vec<Span> = self.index.iter().map(span).collect();
        session
            .stop_at(fail, &Parts { whole: self.span, operator: self.span, arguments: &arguments, ..Parts::default() })
    }
}

/// The elements of an array that an index names.
pub fn take(cx: &Context, x: &Var, items: &[IndexItem]) -> Outcome<Var> {
    let selection = select(x.shape(), items)?;
    cx.apply_with(INDEX.op(), Plan::shifting(Rc::new(selection)), std::slice::from_ref(x))
}

impl Session {
    /// `base[index]`
    pub(super) fn index_expression(&mut self, base: &Expr, index: &[Index], place: Place, span: Span) -> Eval<Value> {
        if let Some(x) = self.plain_element(base, index) {
            return Ok(Value::num(x));
        }
        let value = self.eval(base)?;
        if value.is_function() {
            return Err(self.not_indexable(base.span, span));
        }
        let items = self.evaluate_index(index)?;
        self.index_value(&value, &items, Site { index, span, place })
    }

    /// Evaluates the positions of an index.
    pub(super) fn evaluate_index(&mut self, index: &[Index]) -> Eval<SmallVec<[Evaluated; 3]>> {
        let mut items = SmallVec::new();
        for item in index {
            items.push(match item {
                Index::At(expression) => Evaluated::At(self.eval(expression)?),
                Index::Range(start, stop, step, _) => {
                    let start = self.bound(start.as_ref())?;
                    let stop = self.bound(stop.as_ref())?;
                    Evaluated::Range(start, stop, self.bound(step.as_ref())?)
                }
                Index::Ellipsis(_) => Evaluated::Ellipsis,
            });
        }
        Ok(items)
    }

    /// `a[i]` or `a[i, j]` of a plain array of doubles, by numbers.
    pub(super) fn plain_element(&self, base: &Expr, index: &[Index]) -> Option<f64> {
        let ExprKind::Name(variable) = &base.kind else { return None };
        let Value::Var(Var::Array(array)) = self.look(variable.slot) else { return None };
        let data = array.doubles()?;
        if index.len() != array.rank() {
            return None;
        }
        let mut position = 0;
        for (item, &len) in index.iter().zip(array.shape()) {
            let Index::At(expression) = item else { return None };
            let i = as_whole(self.number(expression)?)?;
            let i = if i < 0 { i + len as isize } else { i };
            let i = usize::try_from(i).ok().filter(|&i| i < len)?;
            position = position * len + i;
        }
        data.get(position).copied()
    }

    fn bound(&mut self, expression: Option<&Expr>) -> Eval<Option<isize>> {
        let Some(expression) = expression else { return Ok(None) };
        let value = self.eval(expression)?;
        match &value {
            Value::None => Ok(None),
            Value::Var(var) if var.shape().is_empty() && var.item().and_then(as_whole).is_some() => {
                Ok(var.item().and_then(as_whole))
            }
            // A slice clamps, so an infinite bound is as good as a missing one.
            other => {
                let found = match other {
                    Value::Var(var) if var.shape().is_empty() => crate::value::display(other, &self.style),
                    other => other.kind(),
                };
                Err(self.stop(Problem::new(format!("a slice needs whole numbers, found {found}")), expression.span))
            }
        }
    }

    /// The part of a value that an index names.
    pub(super) fn index_value(&mut self, value: &Value, items: &[Evaluated], site: Site<'_>) -> Eval<Value> {
        let result = match value {
            Value::Var(var) => {
                if let Some(x) = plain_element(var, items) {
                    return Ok(x);
                }
                self.set_place(site.place);
                match widened(var.shape(), items) {
                    Some(shape) => reshape(&self.cx, var, &shape).map(Value::Var),
                    None => index_items(items).and_then(|items| take(&self.cx, var, &items)).map(Value::Var),
                }
            }
            Value::Tuple(tuple) => match items {
                [Evaluated::Range(start, stop, step)] => {
                    positions(tuple.items.len(), *start, *stop, *step).map(|positions| {
                        let mut part = crate::value::Tuple::default();
                        for i in positions {
                            part.push(tuple.name(i).cloned(), tuple.items.get(i).cloned().unwrap_or(Value::None));
                        }
                        Value::Tuple(Rc::new(part))
                    })
                }
                _ => {
                    tuple_position(items, tuple.items.len()).map(|i| tuple.items.get(i).cloned().unwrap_or(Value::None))
                }
            },
            Value::Text(text) => text_part(text, items),
            Value::Range(range) => match items {
                [Evaluated::At(Value::Var(Var::Num(i)))] if *i >= 0.0 && i.fract() == 0.0 && *i < range.len as f64 => {
                    return Ok(Value::num(range.at(*i as usize)));
                }
                _ => as_var(value).and_then(|var| {
                    let var = var.unwrap_or_default();
                    index_items(items).and_then(|items| take(&self.cx, &var, &items)).map(Value::Var)
                }),
            },
            other => {
                let problem = Problem::new(format!("{} has no elements to index", other.kind()));
                Err(if other.is_function() { problem.help("a function is called with ( )") } else { problem })
            }
        };
        result.map_err(|fail| site.stop(self, fail))
    }

    /// Assigns to the part of an array that an index names: in place if nobody else holds the array, as
    /// a recorded operation if it or the new value is traced while recording.
    pub(super) fn put_part(&mut self, value: &mut Value, items: &[Evaluated], new: Value, site: Site<'_>) -> Eval<()> {
        self.set_place(site.place);
        self.try_put(value, items, &new).map_err(|fail| site.stop(self, fail))
    }

    fn try_put(&mut self, value: &mut Value, items: &[Evaluated], new: &Value) -> Outcome<()> {
        let Some(new) = as_var(new)? else {
            return Err(Problem::new(format!("an array holds numbers, and this is {}", new.kind()))
                .help("a tuple holds anything: (a, b)"));
        };
        if let Value::Range(_) = value {
            *value = as_var(value)?.map_or(Value::None, Value::Var);
        }
        let Value::Var(var) = value else { return Ok(()) };
        let traced = self.cx.within() || self.cx.recording() && (var.node().is_some() || new.node().is_some());
        if !traced
            && let Var::Array(array) = &mut *var
            && let Some(x) = new.number()
            && array.dtype() == DType::F64
            && let Some(position) = full_position(array.shape(), items)?
        {
            if let Data::F64(data) = Rc::make_mut(array).data_mut()
                && let Some(place) = data.get_mut(position)
            {
                *place = x;
            }
            return Ok(());
        }
        let items = index_items(items)?;
        let selection = select(var.shape(), &items)?;
        check_fits(&new, &selection)?;
        if traced {
            let old = var.clone();
            *var = self.cx.apply_with(PUT.op(), Plan::shifting(Rc::new(selection)), &[old, new])?;
            return Ok(());
        }
        let array = match std::mem::take(var).into_plain() {
            Var::Array(array) => Rc::unwrap_or_clone(array),
            other => other.array().into_owned(),
        };
        *var = selection.put(array, &new.array())?.into();
        Ok(())
    }
}

fn check_fits(new: &Var, selection: &Selection) -> Outcome<()> {
    let shape = selection.shape();
    let fits = crate::array::broadcast::broadcast(new.shape(), shape).is_ok_and(|joined| joined.as_slice() == shape);
    if fits {
        return Ok(());
    }
    let (new, place) = (crate::array::shape_text(new.shape()), crate::array::shape_text(shape));
    Err(Problem::new(format!("{new} does not fit into {place}"))
        .label(Part::Whole, format!("this part has shape {place}")))
}

/// One element of a plain array of doubles, by whole numbers.
#[inline]
fn plain_element(var: &Var, items: &[Evaluated]) -> Option<Value> {
    let Var::Array(array) = var else { return None };
    let data = array.doubles()?;
    let position = full_position(array.shape(), items).ok()??;
    data.get(position).map(|&x| Value::num(x))
}

/// The shape that is left of an index that takes everything and adds axes, as `x[:, none]` does: then no
/// element moves.
fn widened(shape: &[usize], items: &[Evaluated]) -> Option<Shape> {
    let mut wider = Shape::new();
    let mut rest = shape.iter();
    for item in items {
        wider.push(match item {
            Evaluated::At(Value::None) => 1,
            Evaluated::Range(None, None, None) => *rest.next()?,
            _ => return None,
        });
    }
    wider.extend(rest.copied());
    // Otherwise it is the array itself, and a part of an array is not that.
    (wider.len() > shape.len()).then_some(wider)
}

/// The flat position of an element, if the index is a whole number for every axis.
fn full_position(shape: &[usize], items: &[Evaluated]) -> Outcome<Option<usize>> {
    if items.len() != shape.len() {
        return Ok(None);
    }
    let mut whole: SmallVec<[isize; 4]> = SmallVec::new();
    for item in items {
        match item {
            Evaluated::At(Value::Var(Var::Num(x))) => match as_whole(*x) {
                Some(i) => whole.push(i),
                None => return Ok(None),
            },
            _ => return Ok(None),
        }
    }
    element(shape, &whole).map(Some)
}

/// The positions of an index as the arrays want them.
fn index_items(items: &[Evaluated]) -> Outcome<SmallVec<[IndexItem; 4]>> {
    let mut found = SmallVec::new();
    for item in items {
        found.push(match item {
            Evaluated::Ellipsis => IndexItem::Ellipsis,
            Evaluated::Range(start, stop, step) => IndexItem::Slice(*start, *stop, *step),
            Evaluated::At(Value::None) => IndexItem::NewAxis,
            Evaluated::At(Value::Var(Var::Num(x))) => IndexItem::At(whole(*x)?),
            Evaluated::At(value) => match as_var(value)? {
                Some(var) => item_of(&var)?,
                None => {
                    return Err(Problem::new(format!("an index is a whole number, and this is {}", value.kind()))
                        .help("an index can be a number, a slice a:b, none, a mask or an array of whole numbers"));
                }
            },
        });
    }
    Ok(found)
}

fn item_of(var: &Var) -> Outcome<IndexItem> {
    let array: Array = var.array().into_owned();
    if array.dtype() == DType::Bool {
        return Ok(IndexItem::Mask(array));
    }
    if array.rank() > 0 {
        return Ok(IndexItem::List(array));
    }
    whole(array.at(0).unwrap_or(f64::NAN)).map(IndexItem::At)
}

/// A number that counts.
fn whole(x: f64) -> Outcome<isize> {
    as_whole(x).ok_or_else(|| {
        // All its digits: 0.30000000000000004 is not 0.3.
        let found = crate::show::number(x, &crate::show::Style { digits: 17, ..Default::default() });
        let problem = Problem::new(format!("an index is a whole number, found {found}")).label(Part::Whole, found);
        if x.is_finite() { problem.help("round, floor or // give a whole number") } else { problem }
    })
}

#[cold]
fn not_a_position(title: &str) -> Fail {
    Problem::new(title).help("count from 0, or from -1 at the end; several in a row are a slice: x[0:2]")
}

/// The position of the entry that an index names in a tuple.
pub(super) fn tuple_position(items: &[Evaluated], len: usize) -> Outcome<usize> {
    let [Evaluated::At(Value::Var(var))] = items else {
        return Err(not_a_position("an entry of a tuple is named by one whole number"));
    };
    let Some(i) = var.item().and_then(as_whole).filter(|_| var.shape().is_empty()) else {
        return Err(not_a_position("an entry of a tuple is named by one whole number"));
    };
    position(i, len).ok_or_else(|| out_of_range(i, len, "entries"))
}

fn position(i: isize, len: usize) -> Option<usize> {
    let position = if i < 0 { i.checked_add_unsigned(len)? } else { i };
    usize::try_from(position).ok().filter(|&position| position < len)
}

fn out_of_range(i: isize, len: usize, what: &str) -> crate::diagnostic::Fail {
    let problem = Problem::new(format!("there is no position {i} among {len} {what}"));
    if len == 0 { problem } else { problem.note(format!("positions go from 0 to {}, or from -{len} to -1", len - 1)) }
}

/// The positions that a slice names, clamped.
fn positions(len: usize, start: Option<isize>, stop: Option<isize>, step: Option<isize>) -> Outcome<Vec<usize>> {
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Problem::new("a slice cannot have a step of 0"));
    }
    let end = len as isize;
    let clamp = |i: isize, low: isize, high: isize| if i < 0 { (i.saturating_add(end)).max(low) } else { i.min(high) };
    let (first, last) = if step > 0 {
        (start.map_or(0, |i| clamp(i, 0, end)), stop.map_or(end, |i| clamp(i, 0, end)))
    } else {
        (start.map_or(end - 1, |i| clamp(i, -1, end - 1)), stop.map_or(-1, |i| clamp(i, -1, end - 1)))
    };
    let mut found = Vec::new();
    let mut i = first;
    while (step > 0 && i < last) || (step < 0 && i > last) {
        found.push(i as usize);
        i = match i.checked_add(step) {
            Some(i) => i,
            None => break,
        };
    }
    Ok(found)
}

/// A character, or a slice of characters.
fn text_part(text: &str, items: &[Evaluated]) -> Outcome<Value> {
    let characters: Vec<char> = text.chars().collect();
    match items {
        [Evaluated::Range(start, stop, step)] => {
            let positions = positions(characters.len(), *start, *stop, *step)?;
            Ok(Value::text(positions.into_iter().filter_map(|i| characters.get(i)).collect::<String>()))
        }
        [Evaluated::At(Value::Var(var))] if var.shape().is_empty() => {
            let Some(i) = var.item().and_then(as_whole) else {
                return Err(not_a_position("a character is named by one whole number"));
            };
            let position =
                position(i, characters.len()).ok_or_else(|| out_of_range(i, characters.len(), "characters"))?;
            Ok(Value::text(characters.get(position).copied().map(String::from).unwrap_or_default()))
        }
        _ => Err(not_a_position("a character is named by one whole number")),
    }
}
