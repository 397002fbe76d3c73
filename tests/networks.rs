//! What neural networks are made of: values and gradients as PyTorch has them.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "networks/pytorch.rs"]
mod pytorch;
