//! Linear algebra.

use crate::array::product;
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::Outcome;
use crate::value::{Builtin, Run};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&MATMUL];

/// The matrix product.
pub(crate) static MATMUL: Builtin = Builtin {
    name: "@",
    params: &["a", "b"],
    doc: "Matrix product; leading axes are batches and broadcast.\n> [[1, 2], [3, 4]] @ [5, 6]\n[17, 39]",
    samples: &[],
    run: Run::Operation(
        |args| Ok((Plan::NONE, [args.var(0)?, args.var(1)?].into_iter().collect())),
        Op {
            forward: Forward::General(|_, _, args| match args {
                [a, b] => Ok(product::matmul(&a.array(), &b.array())?.into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| Ok(p.dy.clone())),
            number: Number::new(),
        },
    ),
};

#[allow(dead_code)]
fn later(_: &Context) -> Outcome<()> {
    Ok(())
}
