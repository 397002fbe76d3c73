//! Files: what others wrote is read to the last bit, what we write comes back, and whatever the bytes
//! are, there is an answer.
//!
//! `tests/data/make_fixtures.py` made the files and `expected.txt` with NumPy, pandas, safetensors and
//! Pillow; `tests/data/read_back.py` has them read what we write.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "data/hostile.rs"]
mod hostile;
#[path = "data/interchange.rs"]
mod interchange;
#[path = "data/round_trips.rs"]
mod round_trips;
