//! Every operation and routine, each declared once: what it is called, what it takes, what it does, how
//! it differentiates, and where it is checked. Adding one is one literal in one of these files, listed
//! at the file's top.

pub mod activations;
pub mod adjoint;
pub mod arithmetic;
pub mod arrange;
pub mod assertions;
pub mod bars;
pub mod beta;
mod calculus;
pub mod check;
pub mod checkpoint;
pub mod choose;
pub mod convert;
pub mod convolution;
mod curves;
pub mod determinant;
mod drawing;
pub mod einsum;
pub mod elementwise;
pub mod enlarge;
pub mod extremes;
pub mod factorise;
pub mod fields;
pub mod files;
mod fitting;
pub mod follow;
pub mod fourier;
pub mod functions;
pub mod gamma;
pub mod gradient;
pub mod graphs;
pub mod implicit;
pub mod indexing;
pub mod jacobian;
pub mod join;
mod kept;
pub mod least_squares;
pub mod leaves;
pub mod library;
pub mod linear;
pub mod look;
pub mod losses;
pub mod make;
pub mod manual;
pub mod matrices;
pub mod plots;
pub mod pooling;
pub mod powers;
pub mod quantiles;
pub mod random;
pub mod reads;
pub mod reduce;
pub mod rounding;
pub mod rule;
pub mod samplers;
pub mod scan;
pub mod shape;
pub mod shuffle;
pub mod singular;
pub mod solving;
pub mod sorting;
pub mod special;
pub mod spectral;
pub mod statistics;
pub mod steps;
mod suspect;
pub mod system;
pub mod topics;
pub mod trace;
pub mod transform;
pub mod trigonometry;
pub mod vmap;

use crate::autodiff::{Basics, Context, Op};
use crate::value::{Builtin, Run};
use std::sync::OnceLock;

/// Every function of ours, by file.
pub static FAMILIES: &[&[&Builtin]] = &[
    arithmetic::ALL,
    fitting::ALL,
    elementwise::ALL,
    trigonometry::ALL,
    rounding::ALL,
    choose::ALL,
    activations::ALL,
    special::ALL,
    gamma::ALL,
    beta::ALL,
    reduce::ALL,
    extremes::ALL,
    scan::ALL,
    sorting::ALL,
    quantiles::ALL,
    statistics::ALL,
    shape::ALL,
    arrange::ALL,
    enlarge::ALL,
    join::ALL,
    make::ALL,
    convert::ALL,
    indexing::ALL,
    linear::ALL,
    solving::ALL,
    determinant::ALL,
    factorise::ALL,
    spectral::ALL,
    singular::ALL,
    least_squares::ALL,
    powers::ALL,
    einsum::ALL,
    fourier::ALL,
    losses::ALL,
    convolution::ALL,
    pooling::ALL,
    random::ALL,
    shuffle::ALL,
    samplers::ALL,
    functions::ALL,
    assertions::ALL,
    gradient::ALL,
    transform::ALL,
    jacobian::ALL,
    vmap::ALL,
    checkpoint::ALL,
    implicit::ALL,
    adjoint::ALL,
    leaves::ALL,
    check::ALL,
    look::ALL,
    trace::ALL,
    system::ALL,
    files::ALL,
    plots::ALL,
    bars::ALL,
    follow::ALL,
    graphs::ALL,
    fields::ALL,
];

/// All of them, in order.
pub fn all() -> impl Iterator<Item = &'static Builtin> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// The function of a name.
pub fn find(name: &str) -> Option<&'static Builtin> {
    all().find(|builtin| builtin.name == name)
}

/// Everything that can be recorded, by its number. Numbers start at 1.
fn recordable() -> &'static [(&'static Builtin, &'static Op)] {
    static LIST: OnceLock<Vec<(&'static Builtin, &'static Op)>> = OnceLock::new();
    LIST.get_or_init(|| {
        let mut list: Vec<(&'static Builtin, &'static Op)> = Vec::with_capacity(256);
        for builtin in all() {
            if let Run::Elementwise(op) | Run::Operation(_, op) = &builtin.run {
                // Number 0 is never given, so the first entry stands twice.
                if list.is_empty() {
                    list.push((builtin, op));
                }
                op.enroll(u16::try_from(list.len()).unwrap_or(u16::MAX));
                list.push((builtin, op));
            }
        }
        list
    })
}

/// The function behind a recorded step.
pub fn recorded(number: u16) -> Option<&'static Builtin> {
    recordable().get(number as usize).map(|(builtin, _)| *builtin)
}

/// A context for all operations.
pub fn context() -> Context {
    static OPS: OnceLock<Vec<&'static Op>> = OnceLock::new();
    static BASICS: OnceLock<Basics> = OnceLock::new();
    let ops = OPS.get_or_init(|| recordable().iter().map(|(_, op)| *op).collect());
    let basics = BASICS.get_or_init(|| Basics {
        add: arithmetic::ADD.op(),
        weigh: arithmetic::WEIGH.op(),
        alias: arithmetic::ALIAS.op(),
        fit: arithmetic::fit,
        stretch: arithmetic::stretch,
        reshape: shape::reshape,
        row: indexing::row,
        stack: join::stack,
    });
    Context::new(ops, basics)
}
