//! Values against references that others computed: scans, sorting, order statistics, linear algebra of sizes at
//! which work is blocked, losses, and random numbers. See the scripts in `tests/references` for what a line means.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "references/agree.rs"]
mod agree;
#[path = "references/large.rs"]
mod large;
#[path = "references/losses.rs"]
mod losses;
#[path = "references/random.rs"]
mod random;
