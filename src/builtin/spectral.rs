//! Eigenvalues and eigenvectors of symmetric matrices.
//!
//! With A = V diag(w) Vᵀ. The eigenvalues differentiate always: their cotangent g gives V diag(g) Vᵀ, which is
//! an operation of its own, because its derivative divides differences of g by differences of w. Eigenvectors
//! of equal eigenvalues are not determined; what does not depend on them differentiates all the same.

use super::kept::{Around, Kept};
use super::linear::internal;
use super::matrices::{Matrices, equal_pairs, refuse_equal};
use crate::array::{Array, spectra};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::Outcome;
use crate::value::{Builtin, Run, Tuple, Value};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&EIGH, &EIGVALSH, &EIGENVECTORS, &SPECTRAL];

type Keep = Kept<(Array, Array)>;

fn keep() -> Keep {
    Kept::new(|a| spectra::eigh(&a.array()).map(Rc::new))
}

fn values(cx: &Context, a: &Var, keep: &Keep) -> Outcome<Var> {
    cx.apply_with(EIGVALSH.op(), Plan::new(keep.clone()), std::slice::from_ref(a))
}

fn vectors(cx: &Context, a: &Var, keep: &Keep) -> Outcome<Var> {
    cx.apply_with(EIGENVECTORS.op(), Plan::new(keep.clone()), std::slice::from_ref(a))
}

const SYMMETRIC: &[&str] = &[
    "[[2, 1], [1, 4]]",
    "[[2.5]]",
    "[[4, 1, -1], [1, 3, 0.5], [-1, 0.5, -2]]",
    "[[[4, 1], [1, 3]], [[1, 0.5], [0.5, 2]]]",
    "zeros(0, 2, 2)",
    "zeros(0, 0)",
];

pub(crate) static EIGH: Builtin = Builtin {
    name: "eigh",
    params: &["a"],
    doc: "Eigenvalues, ascending, and eigenvectors of a symmetric matrix, as a tuple `(eigenvalues, eigenvectors)`.\n\nThe eigenvectors are columns of length 1 whose largest element is positive. Only the symmetric part `(a + a.T) / 2` counts. Axes before the last two are a stack of matrices.\n> w, v = eigh([[2, 0], [0, 1]])\n> w\n[1, 2]\n> v\n[[0, 1],\n [1, 0]]",
    samples: SYMMETRIC,
    run: Run::Routine(|call| {
        let a = call.args.var(0)?;
        let (cx, keep) = (call.host.cx(), keep());
        let (values, vectors) = (values(cx, &a, &keep)?, vectors(cx, &a, &keep)?);
        let entries = [("eigenvalues", Value::Var(values)), ("eigenvectors", Value::Var(vectors))];
        Ok(Value::Tuple(Rc::new(Tuple::named(entries))))
    }),
};

pub(crate) static EIGVALSH: Builtin = Builtin {
    name: "eigvalsh",
    params: &["a"],
    doc: "Eigenvalues of a symmetric matrix, ascending.\n\nOnly the symmetric part `(a + a.T) / 2` counts. Axes before the last two are a stack of matrices.\n> eigvalsh([[2, 1], [1, 2]])\n[1, 3]",
    samples: SYMMETRIC,
    run: Run::Operation(
        |args| Ok((Plan::new(keep()), [args.var(0)?].into_iter().collect())),
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [a] => Ok(plan.get::<Keep>()?.get(a)?.0.clone().into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let keep = p.plan.get::<Keep>()?.clone();
                let a = p.args.first().cloned().unwrap_or_default();
                spectral(p.cx, &a, p.dy, keep)
            }),
            number: Number::new(),
        },
    ),
};

pub(crate) static EIGENVECTORS: Builtin = Builtin {
    name: "(eigenvectors)",
    params: &["a"],
    doc: "The eigenvectors of a symmetric matrix.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [a] => Ok(plan.get::<Keep>()?.get(a)?.1.clone().into()),
                _ => Ok(Var::default()),
            }),
            // V (F ∘ N) Vᵀ, where N is the skew part of Vᵀ dV and Fᵢⱼ = 1 / (wⱼ - wᵢ).
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let (keep, m) = (p.plan.get::<Keep>()?, Matrices(p.cx));
                let a = p.args.first().cloned().unwrap_or_default();
                let (w, v) = (values(p.cx, &a, keep)?, p.out());
                let meeting = m.skew(&m.turned_product(&v, p.dy)?)?;
                let pairs = equal_pairs(&w)?;
                refuse_equal("eigenvalues", &w, &pairs, &meeting)?;
                let inner = m.times(&m.negate(&m.inverse_gaps(&w, &w, &pairs)?)?, &meeting)?;
                m.product_turned(&m.product(&v, &inner)?, &v)
            }),
            number: Number::new(),
        },
    ),
};

fn spectral(cx: &Context, a: &Var, g: &Var, keep: Keep) -> Outcome<Var> {
    Around::apply(cx, SPECTRAL.op(), a, g, keep)
}

/// V diag(g) Vᵀ
pub(crate) static SPECTRAL: Builtin = Builtin {
    name: "(eigenvectors around a diagonal)",
    params: &["a", "g"],
    doc: "The matrix with the eigenvectors of one matrix and given eigenvalues.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|cx, plan, args| {
                let [a, g] = args else { return Ok(Var::default()) };
                let v: Var = plan.get::<Around<(Array, Array)>>()?.keep.get(a)?.1.clone().into();
                let m = Matrices(cx);
                m.product_turned(&m.weigh(&m.row(g)?, &v)?, &v)
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (Around { keep, constant }, m) = (p.plan.get::<Around<(Array, Array)>>()?, Matrices(p.cx));
                let [a, g] = p.args else { return Ok(Var::default()) };
                let (w, v) = (values(p.cx, a, keep)?, vectors(p.cx, a, keep)?);
                if i == 1 {
                    return m.column_sums(&m.times(&v, &m.product(p.dy, &v)?)?);
                }
                // V (D ∘ Vᵀ dy V) Vᵀ, where Dᵢⱼ = (gᵢ - gⱼ) / (wᵢ - wⱼ).
                let inner = m.product(&m.turned_product(&v, &m.symmetric(p.dy)?)?, &v)?;
                let changes = m.subtract(&m.column(g)?, &m.row(g)?)?;
                let pairs = equal_pairs(&w)?;
                let meeting = if *constant { m.times(&changes, &inner)? } else { inner.clone() };
                refuse_equal("eigenvalues", &w, &pairs, &meeting)?;
                let quotients = m.times(&changes, &m.inverse_gaps(&w, &w, &pairs)?)?;
                m.product_turned(&m.product(&v, &m.times(&quotients, &inner)?)?, &v)
            }),
            number: Number::new(),
        },
    ),
};
