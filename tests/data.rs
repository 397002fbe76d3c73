//! Files: what others wrote is read to the last bit, what we write comes back, and whatever the bytes
//! are, there is an answer.
//!
//! `tests/data/make_fixtures.py` made the files and `expected.txt` with NumPy, pandas, safetensors and
//! Pillow; `tests/data/read_back.py` has them read what we write.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/clock.rs"]
mod clock;
#[path = "data/hostile.rs"]
mod hostile;
#[path = "data/interchange.rs"]
mod interchange;
#[path = "data/interrupted.rs"]
mod interrupted;
#[path = "data/round_trips.rs"]
mod round_trips;

/// Whoever's data is in the program is named where somebody looks for it.
#[test]
fn help_on_data_says_whose_the_sets_are() {
    let text = adlib::tools::explained("data").unwrap();
    let credits = std::fs::read_to_string("src/library/data/CREDITS.md").unwrap();
    for set in adlib::data::SETS {
        let line = text.lines().skip_while(|line| !line.contains(&format!("\"{set}\""))).take(2).collect::<String>();
        let licence = if credits.lines().any(|line| line.contains(&format!("`{set}`")) && line.contains("CC0")) {
            "CC0 1.0"
        } else {
            "CC BY 4.0"
        };
        assert!(line.contains(licence), "{set}: {line}");
    }
}
