//! Sums of matrix products.
//!
//! In `x @ w + h @ u` the second product is added to the first one while it is computed: it needs no memory of its own,
//! and nobody goes through both once more. It is recorded as the two steps that it is; of the products remain their
//! shapes, as of every value that [nobody will read](super::forget).

use super::forget::leave_elements;
use super::{Args, Context, Op, Plan, Var};
use crate::array::Array;
use crate::array::product::add_matmul_alike;
use crate::diagnostic::Outcome;
use crate::source::Place;
use std::rc::Rc;

/// A product and the sum to which it is added, where they stand.
pub struct Product<'a> {
    /// The operation `@`.
    pub op: &'static Op,
    /// Where it stands.
    pub place: Place,
    /// Its operands, two matrices.
    pub operands: &'a [Var; 2],
    /// Where the `+` stands.
    pub sum: Place,
}

impl Context {
    /// `sum + a @ b`, if the product can be added to the elements of the sum because nobody will read them; nothing
    /// happens if it cannot.
    ///
    /// # Errors
    /// When memory runs out, or somebody asked to stop.
    pub fn plus_product(&self, sum: &mut Var, product: &Product<'_>) -> Outcome<Option<Var>> {
        let [a, b] = product.operands;
        let add = self.basics().add;
        if self.depth() != 0 {
            return Ok(None);
        }
        let onto = |whole: &mut Rc<Array>| -> Outcome<bool> {
            let ready = Rc::get_mut(whole).is_some_and(|array| array.is_ready());
            Ok(ready && add_matmul_alike(whole, &a.array(), &b.array())?)
        };
        if !self.recording() {
            let Var::Array(whole) = sum else { return Ok(None) };
            return Ok(onto(whole)?.then(|| std::mem::take(sum)));
        }
        if a.node().is_none() && b.node().is_none() {
            return Ok(None);
        }
        let Some(whole) = self.spare(add, 0, 2, sum) else { return Ok(None) };
        if !onto(whole)? {
            return Ok(None);
        }
        let outline = Rc::new(whole.outline());
        let out = Var::Array(std::mem::replace(whole, outline.clone()));
        let recorded = Args::of(product.op.number.get(), product.place, Plan::NONE, product.operands);
        leave_elements(sum);
        let terms = [std::mem::take(sum), self.node(Var::Array(outline), recorded)];
        Ok(Some(self.node(out, Args::of(add.number.get(), product.sum, Plan::NONE, &terms))))
    }
}
