//! Reductions: one value from many.

use super::arithmetic::stretch;
use crate::array::Shape;
use crate::array::reduce::{self, Axes};
use crate::autodiff::{Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::Outcome;
use crate::value::{Arguments, Builtin, Run};
use smallvec::SmallVec;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&SUM];

const PARAMS: &[&str] = &["x", "axis = none", "keepdims = false"];
const SAMPLES: &[&str] = &["[1, 2, 3]", "[[1, 2], [3, 4]], 0", "[[1, 2], [3, 4]], axis = 1, keepdims = true", "5", "zeros(0)"];

/// The axes of a reduction.
struct Reduction {
    axes: Axes,
    keepdims: bool,
}

fn read(args: &Arguments) -> Outcome<(Plan, SmallVec<[Var; 3]>)> {
    let x = args.var(0)?;
    let axes = args.axes(1)?;
    let axes = reduce::axes(axes.as_deref(), x.shape().len())?;
    let keepdims = args.flag_or(2, false)?;
    Ok((Plan::new(Reduction { axes, keepdims }), [x].into_iter().collect()))
}

pub(crate) static SUM: Builtin = Builtin {
    name: "sum",
    params: PARAMS,
    doc: "Sum of the elements, over all axes or some.\n> sum([[1, 2], [3, 4]], axis = 0)\n[4, 6]",
    samples: SAMPLES,
    run: Run::Operation(
        read,
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [x] => {
                    let reduction: &Reduction = plan.get()?;
                    Ok(reduce::sum(&x.array(), &reduction.axes, reduction.keepdims)?.into())
                }
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| spread(p, p.dy)),
            number: Number::new(),
        },
    ),
};

/// A value with the shape of a reduction's result, stretched to the operand's shape.
fn spread(p: &Pull<'_>, value: &Var) -> Outcome<Var> {
    let reduction: &Reduction = p.plan.get()?;
    let Some(x) = p.args.first() else { return Ok(value.clone()) };
    let kept: Shape = reduce::reduced_shape(x.shape(), &reduction.axes, true);
    let value = super::shape::reshape(p.cx, value, &kept)?;
    stretch(p.cx, &value, x)
}
