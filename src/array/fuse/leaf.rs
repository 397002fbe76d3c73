//! The arrays that come into a sweep, and how they lie under its result.

use super::run::WIDEST;
use crate::array::broadcast::broadcast_steps;
use crate::array::{Array, DType, Data, Shape};
use std::rc::Rc;

/// An array that comes in.
pub struct Leaf {
    /// The array, until its buffer is taken.
    pub(super) array: Option<Rc<Array>>,
    /// How it lies under the result.
    pub access: Access,
    /// How many operands of the plan it is.
    pub(super) references: usize,
    /// How many of these disappear with the arrays asked for.
    pub(super) exclusive: usize,
}

/// How an array that comes in lies under the result.
pub enum Access {
    /// Element by element.
    Full,
    /// Again and again along the leading axes: the array, repeated so often that every block is one piece.
    Tiled(Data, usize),
    /// Any other way: the result's shape, and how far each of its axes moves in the array.
    Strided(Shape, Shape),
}

impl Leaf {
    /// The elements, unless the result is written over them.
    pub fn data(&self) -> Option<&Data> {
        match &self.access {
            Access::Tiled(data, _) => Some(data),
            _ => self.array.as_ref().map(|array| array.data()),
        }
    }

    /// What the elements are.
    pub fn dtype(&self) -> DType {
        self.array.as_ref().map_or(DType::F64, |array| array.dtype())
    }

    /// Takes the buffer of an array that nobody else holds any more.
    pub fn steal(&mut self) -> Option<Data> {
        match Rc::try_unwrap(self.array.take()?) {
            Ok(array) => Some(array.into_data()),
            Err(array) => {
                self.array = Some(array);
                None
            }
        }
    }
}

/// How an array lies under a shape it broadcasts to.
pub fn access(array: &Array, shape: &[usize]) -> Access {
    if array.len() == super::super::count(shape) {
        return Access::Full;
    }
    let steps = broadcast_steps(array.shape(), shape);
    // Stretched along leading axes only: the array is one period.
    let moving = steps.iter().position(|&step| step != 0).unwrap_or(0);
    let period: usize = shape.get(moving..).unwrap_or(&[]).iter().product();
    if period == array.len() && period <= 2 * WIDEST {
        fn repeat<T: Copy>(data: &[T], least: usize) -> Vec<T> {
            let times = least.div_ceil(data.len().max(1)) + 1;
            data.repeat(times)
        }
        let tiled = match array.data() {
            Data::F64(data) => Data::F64(repeat(data, WIDEST)),
            Data::F32(data) => Data::F32(repeat(data, WIDEST)),
            Data::Bool(data) => Data::Bool(repeat(data, WIDEST)),
        };
        return Access::Tiled(tiled, period);
    }
    // Neighbouring axes that run into one another are one axis.
    let (mut dims, mut joined) = (Shape::new(), Shape::new());
    for (&dim, &step) in shape.iter().zip(&steps) {
        if dim == 1 {
            continue;
        }
        match (dims.last_mut(), joined.last_mut()) {
            (Some(last_dim), Some(last_step)) if *last_step == step * dim => {
                *last_dim *= dim;
                *last_step = step;
            }
            _ => {
                dims.push(dim);
                joined.push(step);
            }
        }
    }
    Access::Strided(dims, joined)
}
