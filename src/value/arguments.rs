//! Reading arguments: what a function of ours may expect of them, with the message if it is not so.

use super::{Arguments, Value};
use crate::array::limits;
use crate::array::{Array, DType, Shape, shape_text};
use crate::autodiff::Var;
use crate::diagnostic::{Fail, Outcome, Part, Problem};
use smallvec::{SmallVec, smallvec};

/// Whole numbers, such as axes: mostly few.
pub type Wholes = SmallVec<[isize; 4]>;

/// The largest number below which every whole number is exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value as numbers, materialising a range; `None` if it is something else.
///
/// # Errors
/// When a range is too long for memory.
pub fn as_var(value: &Value) -> Outcome<Option<Var>> {
    Ok(match value {
        Value::Var(var) => Some(var.clone()),
        Value::Range(range) => {
            let mut data = limits::reserve(range.len)?;
            data.extend((0..range.len).map(|i| range.at(i)));
            Some(Array::new(Shape::from_slice(&[range.len]), data).into())
        }
        _ => None,
    })
}

/// A number that is whole and in range for an index.
pub fn as_whole(x: f64) -> Option<isize> {
    (x.fract() == 0.0 && x.abs() <= EXACT).then_some(x as isize)
}

impl Arguments {
    /// A number or an array.
    ///
    /// # Errors
    /// When it is something else.
    pub fn var(&self, i: usize) -> Outcome<Var> {
        if let Value::Var(var) = self.get(i) {
            return Ok(var.clone());
        }
        as_var(self.get(i))?.ok_or_else(|| self.wrong(i, "a number or an array"))
    }

    /// One number.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number(&self, i: usize) -> Outcome<f64> {
        match self.get(i) {
            Value::Var(var) if var.shape().is_empty() => var.item().ok_or_else(|| self.wrong(i, "one number")),
            _ => Err(self.wrong(i, "one number")),
        }
    }

    /// One number, or a default if it was left out.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number_or(&self, i: usize, default: f64) -> Outcome<f64> {
        if matches!(self.get(i), Value::Unset) { Ok(default) } else { self.number(i) }
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is something else.
    pub fn whole(&self, i: usize) -> Outcome<isize> {
        let number = match self.get(i) {
            Value::Var(_) => self.number(i)?,
            _ => return Err(self.wrong(i, "a whole number")),
        };
        as_whole(number).ok_or_else(|| {
            let name = self.builtin.param(i).map_or("argument", |(name, _)| name);
            let found = crate::show::number(number, &crate::show::Style { digits: 17, ..Default::default() });
            Problem::new(format!("{} needs a whole number as {name}, found {found}", self.builtin.name))
                .label(Part::Argument(i), found)
        })
    }

    /// A whole number, or a default if it was left out.
    ///
    /// # Errors
    /// When it is something else.
    pub fn whole_or(&self, i: usize, default: isize) -> Outcome<isize> {
        if matches!(self.get(i), Value::Unset) { Ok(default) } else { self.whole(i) }
    }

    /// `true` or `false`, or a default if it was left out.
    ///
    /// # Errors
    /// When it is something else.
    pub fn flag_or(&self, i: usize, default: bool) -> Outcome<bool> {
        match self.get(i) {
            Value::Unset => Ok(default),
            Value::Var(var) if var.shape().is_empty() => Ok(var.item() != Some(0.0)),
            _ => Err(self.wrong(i, "true or false")),
        }
    }

    /// A string.
    ///
    /// # Errors
    /// When it is something else.
    pub fn text(&self, i: usize) -> Outcome<&str> {
        match self.get(i) {
            Value::Text(text) => Ok(text),
            _ => Err(self.wrong(i, "a string")),
        }
    }

    /// A function.
    ///
    /// # Errors
    /// When it is something else.
    pub fn function(&self, i: usize) -> Outcome<&Value> {
        if self.get(i).is_function() { Ok(self.get(i)) } else { Err(self.wrong(i, "a function")) }
    }

    /// The entries of a `...rest` parameter.
    pub fn rest(&self, i: usize) -> &[Value] {
        match self.get(i) {
            Value::Tuple(tuple) => &tuple.items,
            _ => &[],
        }
    }

    /// The argument behind every parameter that a failure names, and the shape of the array beside it.
    #[cold]
    pub fn find_parameters(&self, mut fail: Fail) -> Fail {
        let mut found = false;
        for (part, _) in &mut fail.labels {
            let Part::Parameter(wanted) = *part else { continue };
            let named = |i: &usize| {
                let name = self.builtin.param(*i).map_or("", |(name, _)| name.trim_start_matches("..."));
                self.given(*i) && (name == wanted || (wanted, name) == ("axis", "axes"))
            };
            if let Some(i) = (0..self.builtin.params.len()).find(named) {
                *part = Part::Argument(i);
                found = i > 0;
            }
        }
        match self.get(0) {
            Value::Var(var) if found && fail.labels.len() == 1 && !var.shape().is_empty() => {
                fail.label(Part::Argument(0), shape_text(var.shape()))
            }
            _ => fail,
        }
    }

    /// Whole numbers: one, or a tuple or 1-d array of them.
    ///
    /// # Errors
    /// When it is something else.
    pub fn wholes(&self, i: usize) -> Outcome<Wholes> {
        let value = self.get(i);
        wholes_of(value)?.ok_or_else(|| match value {
            Value::Var(var) if var.shape().is_empty() => self.not_whole(i, value),
            Value::Tuple(_) => self.not_whole(i, value),
            _ => self.wrong(i, "whole numbers"),
        })
    }

    /// Axes: one, a tuple of them, or `None` if `none` was given or nothing was.
    ///
    /// # Errors
    /// When it is something else.
    pub fn axes(&self, i: usize) -> Outcome<Option<Wholes>> {
        if self.given(i) { self.wholes(i).map(Some) } else { Ok(None) }
    }

    /// A shape: a number, a tuple or a 1-d array of whole numbers, none of them negative.
    ///
    /// # Errors
    /// When it is something else, or too large for memory.
    pub fn shape(&self, i: usize) -> Outcome<Shape> {
        let wholes = self.wholes(i)?;
        self.checked_shape(i, &wholes)
    }

    /// A shape given as `zeros(2, 3)` or `zeros((2, 3))`, in the `...rest` parameter `i`.
    ///
    /// # Errors
    /// When it is something else, or too large for memory.
    pub fn shape_rest(&self, i: usize) -> Outcome<Shape> {
        let wholes = self.wholes_rest(i)?;
        self.checked_shape(i, &wholes)
    }

    /// Whole numbers given one by one, or as one tuple or array, in the `...rest` parameter `i`.
    ///
    /// # Errors
    /// When they are something else.
    pub fn wholes_rest(&self, i: usize) -> Outcome<Wholes> {
        let rest = self.rest(i);
        if let [one] = rest
            && let Some(wholes) = wholes_of(one)?
        {
            return Ok(wholes);
        }
        let mut wholes = Wholes::new();
        for (position, value) in rest.iter().enumerate() {
            match wholes_of(value)?.as_deref() {
                Some([whole]) => wholes.push(*whole),
                _ => return Err(self.not_whole(i + position, value)),
            }
        }
        Ok(wholes)
    }

    /// The message for one of several whole numbers that is not whole, or beyond counting.
    fn not_whole(&self, i: usize, value: &Value) -> Fail {
        // Of several, the one that is wrong.
        if let Value::Tuple(tuple) = value
            && let Some(at) = tuple.items.iter().position(|item| !matches!(wholes_of(item), Ok(Some(_))))
            && let Some(item) = tuple.items.get(at)
        {
            let mut fail = self.not_whole(i, item);
            if let Some((_, label)) = fail.labels.first_mut() {
                *label = format!("{label} at position {at}");
            }
            return fail;
        }
        let found = super::display(value, &crate::show::Style::default());
        let found = if matches!(value, Value::Var(_)) && found.len() <= 12 { found } else { value.kind() };
        let beyond = matches!(value, Value::Var(var) if var.item().is_some_and(|x| x.abs() > EXACT));
        let title = if beyond {
            format!("{} cannot count as far as {found}", self.builtin.name)
        } else {
            format!("{} needs whole numbers, found {found}", self.builtin.name)
        };
        Problem::new(title).label(Part::Argument(i), found).note(self.builtin.signature())
    }

    fn checked_shape(&self, i: usize, wholes: &[isize]) -> Outcome<Shape> {
        let mut shape = Shape::new();
        for &whole in wholes {
            shape.push(usize::try_from(whole).map_err(|_| {
                Problem::new(format!("a shape has no negative lengths, found {whole}"))
                    .label(Part::Argument(i), whole.to_string())
            })?);
        }
        limits::checked_count(&shape)?;
        Ok(shape)
    }
}

/// One whole number, or several in a tuple or a 1-d array; `None` for anything else.
///
/// # Errors
/// When a range is too long for memory.
pub fn wholes_of(value: &Value) -> Outcome<Option<Wholes>> {
    let single = |value: &Value| match value {
        Value::Var(var) if var.shape().is_empty() && var.dtype() != DType::Bool => var.item().and_then(as_whole),
        _ => None,
    };
    Ok(match value {
        Value::Var(Var::Num(x)) => as_whole(*x).map(|whole| smallvec![whole]),
        Value::Tuple(tuple) => tuple.items.iter().map(single).collect(),
        Value::Range(_) | Value::Var(_) => match as_var(value)? {
            Some(var) if var.shape().is_empty() => single(value).map(|whole| [whole].into_iter().collect()),
            Some(var) if var.shape().len() == 1 => var.array().to_doubles().iter().map(|&x| as_whole(x)).collect(),
            _ => None,
        },
        _ => None,
    })
}
