//! How long an input takes: once as it was typed, and if that was quick, again and again with its output
//! thrown away and everything it changes put back.

use super::Session;
use crate::array::limits;
use crate::diagnostic::Diagnostic;
use std::io::Write;
use std::time::{Duration, Instant};

/// An input that takes longer is not repeated.
const QUICK: Duration = Duration::from_millis(100);
/// How long repeating may take, and how often it may happen.
const WHILE: Duration = Duration::from_millis(300);
const TIMES: usize = 100_000;

/// How long an input took.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The least time of all runs.
    pub least: Duration,
    /// How often it ran.
    pub runs: usize,
}

impl Session {
    /// Runs an input of a prompt and measures how long that takes.
    ///
    /// # Errors
    /// What went wrong, ready to be drawn.
    pub fn measure(&mut self, text: &str) -> Result<Timing, Vec<Diagnostic>> {
        let start = Instant::now();
        self.input(text)?;
        let first = start.elapsed();
        if first > QUICK {
            return Ok(Timing { least: first, runs: 1 });
        }
        let output: Box<dyn Write> = std::mem::replace(&mut self.output, Box::new(std::io::sink()));
        let listener = self.listener.take();
        let before = self.mark();
        self.journal.running = None;
        let result = self.again(text);
        self.restore(before);
        self.listener = listener;
        self.output = output;
        self.warnings.clear();
        // Stopping the repetition is no failure: the input ran.
        limits::clear_interrupt();
        let (least, runs) = result.unwrap_or((first, 0));
        Ok(Timing { least: least.min(first), runs: runs + 1 })
    }

    /// The least time of several runs, and their number.
    fn again(&mut self, text: &str) -> Result<(Duration, usize), Vec<Diagnostic>> {
        let block = self.load(&format!("[{}]", self.inputs), text, 0)?;
        let begun = Instant::now();
        let (mut least, mut runs) = (Duration::MAX, 0);
        while runs < TIMES && begun.elapsed() < WHILE {
            let start = Instant::now();
            for statement in &block.statements {
                self.run_statement(statement).map_err(|error| vec![*error])?;
            }
            least = least.min(start.elapsed());
            runs += 1;
        }
        Ok((least, runs))
    }
}
