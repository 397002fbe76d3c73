//! Singular values and vectors.
//!
//! With A = U diag(s) Vᵀ, as many columns as the shorter side is long. The singular values differentiate
//! always, by U diag(g) Vᵀ, an operation of its own as for [eigenvalues](super::spectral); where one is zero
//! it has a kink, and the middle slope is 0. Vectors of equal singular values are not determined; what does not
//! depend on them differentiates all the same. The rule of the vectors is Townsend's (Differentiating the
//! singular value decomposition, 2016), with sums and differences of s in place of those of its squares.

use super::join::concat;
use super::kept::{Around, Kept};
use super::linear::internal;
use super::matrices::{Matrices, equal_pairs, refuse_equal};
use crate::array::{Array, Shape, spectra};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Problem};
use crate::value::{Builtin, Run, Tuple, Value};
use std::rc::Rc;

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&SVD, &SVDVALS, &SINGULAR_VECTORS, &AROUND];

type Keep = Kept<[Array; 3]>;

fn keep() -> Keep {
    Kept::new(|a| spectra::svd(&a.array(), "svd").map(Rc::new))
}

/// U, s and V of a matrix.
fn parts(cx: &Context, a: &Var, keep: &Keep) -> Outcome<[Var; 3]> {
    let s = cx.apply_with(SVDVALS.op(), Plan::new(keep.clone()), std::slice::from_ref(a))?;
    let both = cx.apply_with(SINGULAR_VECTORS.op(), Plan::new(keep.clone()), std::slice::from_ref(a))?;
    let (rows, all) = (sides(a).0, sides(&both).0);
    let m = Matrices(cx);
    Ok([m.rows(&both, 0, rows)?, s, m.rows(&both, rows, all)?])
}

/// Rows and columns.
pub(super) fn sides(a: &Var) -> (usize, usize) {
    match a.shape() {
        [.., rows, columns] => (*rows, *columns),
        _ => (1, 1),
    }
}

const RECTANGLES: &[&str] = &[
    "[[2, 1], [0.5, 4]]",
    "[[2, 1, -1], [0.5, 4, 3]]",
    "[[2, 1], [0.5, 4], [1, -3]]",
    "[[[2, 1], [0.5, 4]], [[1, 3], [-1, 0.25]]]",
    "[[-3]]",
    "zeros(0, 2, 3)",
];

pub(crate) static SVD: Builtin = Builtin {
    name: "svd",
    params: &["a"],
    doc: "Singular value decomposition: a tuple `(U, S, Vh)` with `a == U * S @ Vh`.\n\nThe columns of U and the rows of Vh are as many as the shorter side of `a` is long; S descends. The largest element of every column of U is positive. Axes before the last two are a stack of matrices.\n> U, S, Vh = svd([[0, 2], [1, 0]])\n> S\n[2, 1]\n> Vh\n[[0, 1],\n [1, 0]]",
    samples: RECTANGLES,
    run: Run::Routine(|call| {
        let a = call.args.var(0)?;
        let (cx, keep) = (call.host.cx(), keep());
        let [u, s, v] = parts(cx, &a, &keep)?;
        let entries = [("U", u), ("S", s), ("Vh", Matrices(cx).turned(&v)?)];
        Ok(Value::Tuple(Rc::new(Tuple::named(entries.map(|(name, value)| (name, Value::Var(value)))))))
    }),
};

pub(crate) static SVDVALS: Builtin = Builtin {
    name: "svdvals",
    params: &["a"],
    doc: "Singular values of a matrix, descending.\n\nAxes before the last two are a stack of matrices. Where one is zero, its derivative is 0.\n> svdvals([[3, 0], [0, -4]])\n[4, 3]",
    samples: RECTANGLES,
    run: Run::Operation(
        |args| Ok((Plan::new(keep()), [args.var(0)?].into_iter().collect())),
        Op {
            forward: Forward::General(|_, plan, args| match args {
                [a] => Ok(plan.get::<Keep>()?.get(a)?[1].clone().into()),
                _ => Ok(Var::default()),
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let keep = p.plan.get::<Keep>()?.clone();
                let Some(a) = p.args.first() else { return Ok(Var::default()) };
                let positive = not_zero(&p.out())?;
                around(p.cx, a, &p.cx.weigh(p.dy, &positive)?, keep)
            }),
            number: Number::new(),
        },
    ),
};

/// 1 where a singular value is not zero but for rounding, 0 elsewhere.
fn not_zero(s: &Var) -> Outcome<Var> {
    let array = s.array();
    let n = array.shape().last().copied().unwrap_or(0);
    let mut out = crate::array::limits::reserve(array.len())?;
    if !array.is_empty() {
        for row in array.to_doubles().chunks_exact(n) {
            let near = spectra::tolerance(row);
            // What is not a number stays so.
            out.extend(row.iter().map(|&x| if x.is_nan() { x } else { f64::from(u8::from(x > near)) }));
        }
    }
    Ok(Array::new(Shape::from_slice(array.shape()), out).into())
}

/// 1 / s, but 0 where s is zero.
fn inverse_values(m: Matrices<'_>, s: &Var) -> Outcome<(Var, Var)> {
    let positive = not_zero(s)?;
    let zero = m.subtract(&Var::Num(1.0), &positive)?;
    Ok((m.divide(&positive, &m.add(s, &zero)?)?, zero))
}

/// Refuses a derivative in which a singular value that is zero would divide something.
fn refuse_zero(zero: &Var, meeting: &Var) -> Outcome<()> {
    let (zero, meeting) = (zero.array(), meeting.array());
    let columns = zero.shape().last().copied().unwrap_or(0).max(1);
    let rows = meeting.shape().get(meeting.rank().saturating_sub(2)).copied().unwrap_or(1).max(1);
    let (zero, meeting) = (zero.to_doubles(), meeting.to_doubles());
    let largest = meeting.iter().fold(0.0, |best: f64, x| best.max(x.abs()));
    for (zero, meeting) in zero.chunks_exact(columns).zip(meeting.chunks_exact(rows.saturating_mul(columns))) {
        for (at, x) in meeting.iter().enumerate() {
            let column = at % columns;
            if zero.get(column) == Some(&1.0) && x.abs() > 1e-9 * largest {
                return Err(Problem::new(format!("singular value {column} is zero: no derivative here"))
                    .note("the result depends on which vectors are taken for it"));
            }
        }
    }
    Ok(())
}

/// U above V.
pub(crate) static SINGULAR_VECTORS: Builtin = Builtin {
    name: "(singular vectors)",
    params: &["a"],
    doc: "The left singular vectors above the right ones.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|cx, plan, args| {
                let [a] = args else { return Ok(Var::default()) };
                let [u, _, v] = &*plan.get::<Keep>()?.get(a)?;
                concat(cx, &[u.clone().into(), v.clone().into()], u.rank().saturating_sub(2))
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, _| {
                let (keep, m) = (p.plan.get::<Keep>()?, Matrices(p.cx));
                let Some(a) = p.args.first() else { return Ok(Var::default()) };
                let ((rows, columns), all) = (sides(a), sides(p.dy).0);
                let [u, s, v] = parts(p.cx, a, keep)?;
                let (du, dv) = (m.rows(p.dy, 0, rows)?, m.rows(p.dy, rows, all)?);
                let (inner_u, inner_v) = (m.turned_product(&u, &du)?, m.turned_product(&v, &dv)?);
                let (skew_u, skew_v) = (m.skew(&inner_u)?, m.skew(&inner_v)?);
                // (P / (sⱼ - sᵢ) + Q / (sⱼ + sᵢ)), P the sum and Q the difference of the skew parts.
                let (sum, difference) = (m.add(&skew_u, &skew_v)?, m.subtract(&skew_u, &skew_v)?);
                let (pairs, opposite) = (equal_pairs(&s)?, zero_pairs(&s)?);
                refuse_equal("singular values", &s, &pairs, &sum)?;
                refuse_equal("singular values", &s, &opposite, &difference)?;
                let gaps = m.negate(&m.inverse_gaps(&s, &s, &pairs)?)?;
                let sums = m.inverse_gaps(&s, &m.negate(&s)?, &opposite)?;
                let inner = m.add(&m.times(&gaps, &sum)?, &m.times(&sums, &difference)?)?;
                let mut total = m.product_turned(&m.product(&u, &inner)?, &v)?;
                let (inverse, zero) = inverse_values(m, &s)?;
                let inverse = m.row(&inverse)?;
                if rows > columns {
                    let outside = m.subtract(&du, &m.product(&u, &inner_u)?)?;
                    refuse_zero(&zero, &outside)?;
                    total = m.add(&total, &m.product_turned(&m.times(&outside, &inverse)?, &v)?)?;
                }
                if columns > rows {
                    let outside = m.subtract(&dv, &m.product(&v, &inner_v)?)?;
                    refuse_zero(&zero, &outside)?;
                    total = m.add(&total, &m.product_turned(&u, &m.times(&outside, &inverse)?)?)?;
                }
                Ok(total)
            }),
            number: Number::new(),
        },
    ),
};

/// 1 where two singular values are both zero.
fn zero_pairs(s: &Var) -> Outcome<Var> {
    let zero = not_zero(s)?;
    let flipped = crate::array::map::map1(&crate::kernel1!(|x| 1.0 - x), &zero.array())?;
    let n = flipped.shape().last().copied().unwrap_or(0);
    let mut shape = Shape::from_slice(flipped.shape());
    shape.push(n);
    let mut out = crate::array::limits::reserve(crate::array::limits::checked_count(&shape)?)?;
    if n > 0 && !flipped.is_empty() {
        for row in flipped.to_doubles().chunks_exact(n) {
            row.iter().for_each(|x| out.extend(row.iter().map(|y| x * y)));
        }
    }
    Ok(Array::new(shape, out).into())
}

fn around(cx: &Context, a: &Var, g: &Var, keep: Keep) -> Outcome<Var> {
    Around::apply(cx, AROUND.op(), a, g, keep)
}

/// U diag(g) Vᵀ
pub(crate) static AROUND: Builtin = Builtin {
    name: "(singular vectors around a diagonal)",
    params: &["a", "g"],
    doc: "The matrix with the singular vectors of one matrix and given singular values.",
    samples: &[],
    run: Run::Operation(
        internal,
        Op {
            forward: Forward::General(|cx, plan, args| {
                let [a, g] = args else { return Ok(Var::default()) };
                let [u, _, v] = &*plan.get::<Around<[Array; 3]>>()?.keep.get(a)?;
                let (m, u, v) = (Matrices(cx), u.clone().into(), v.clone().into());
                m.product_turned(&m.weigh(&m.row(g)?, &u)?, &v)
            }),
            grad: Grad::Pulls(|p: &Pull<'_>, i| {
                let (Around { keep, constant }, m) = (p.plan.get::<Around<[Array; 3]>>()?, Matrices(p.cx));
                let [a, g] = p.args else { return Ok(Var::default()) };
                let (rows, columns) = sides(a);
                let [u, s, v] = parts(p.cx, a, keep)?;
                let right = m.product(p.dy, &v)?;
                if i == 1 {
                    return m.column_sums(&m.times(&u, &right)?);
                }
                let inner = m.turned_product(&u, &right)?;
                let (symmetric, skew) = (m.symmetric(&inner)?, m.skew(&inner)?);
                let (column, row) = (m.column(g)?, m.row(g)?);
                let (changes, sums) = (m.subtract(&column, &row)?, m.add(&column, &row)?);
                let (pairs, opposite) = (equal_pairs(&s)?, zero_pairs(&s)?);
                let weight = |changes: &Var, x: &Var| if *constant { m.times(changes, x) } else { Ok(x.clone()) };
                refuse_equal("singular values", &s, &pairs, &weight(&changes, &symmetric)?)?;
                refuse_equal("singular values", &s, &opposite, &weight(&sums, &skew)?)?;
                let first = m.times(&m.times(&changes, &m.inverse_gaps(&s, &s, &pairs)?)?, &symmetric)?;
                let second = m.times(&m.times(&sums, &m.inverse_gaps(&s, &m.negate(&s)?, &opposite)?)?, &skew)?;
                let mut total = m.product_turned(&m.product(&u, &m.add(&first, &second)?)?, &v)?;
                let (inverse, zero) = inverse_values(m, &s)?;
                let slopes = m.row(&m.times(g, &inverse)?)?;
                if rows > columns {
                    let outside = m.subtract(&right, &m.product(&u, &inner)?)?;
                    refuse_zero(&zero, &weight(&row, &outside)?)?;
                    total = m.add(&total, &m.product_turned(&m.times(&outside, &slopes)?, &v)?)?;
                }
                if columns > rows {
                    let outside = m.subtract(&m.turned_product(p.dy, &u)?, &m.product_turned(&v, &inner)?)?;
                    refuse_zero(&zero, &weight(&row, &outside)?)?;
                    total = m.add(&total, &m.product_turned(&u, &m.times(&outside, &slopes)?)?)?;
                }
                Ok(total)
            }),
            number: Number::new(),
        },
    ),
};
