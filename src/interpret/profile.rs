//! Where the time of a program goes: for every line how often it ran, for how long, and how many bytes of
//! arrays were asked for meanwhile.
//!
//! While nobody asks, a block looks once whether somebody does, and that is all. A line's time is that of
//! its statements without the statements inside them and in the functions they call; what the language's
//! own library does belongs to the line that calls it.

use super::Session;
use super::stop::Eval;
use crate::array::limits;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Block, Statement};
use crate::value::Value;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// What a line costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// How often its statements ran.
    pub runs: u64,
    /// How long, without what is inside them and in the functions they call.
    pub time: Duration,
    /// Bytes of arrays that were asked for meanwhile.
    pub bytes: u64,
}

/// A line of a program and what it costs.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it is: `fit.ad:4`, `[3]:1`.
    pub place: String,
    /// Its text.
    pub text: String,
    /// What it costs.
    pub cost: Cost,
}

/// The costs of the statements that ran.
#[derive(Default)]
pub(super) struct Profile {
    costs: HashMap<Span, Cost>,
    /// What the statements inside the running ones cost so far, innermost last.
    inner: Vec<(Duration, u64)>,
}

impl Session {
    /// Runs an input of a prompt and gives its lines with what they cost, the dearest first.
    pub fn profile(&mut self, text: &str) -> (Result<Vec<String>, Vec<Diagnostic>>, Vec<Line>) {
        self.profile = Some(Box::default());
        let result = self.input(text);
        let profile = self.profile.take().unwrap_or_default();
        let mut lines: HashMap<(String, usize), Line> = HashMap::new();
        for (span, cost) in &profile.costs {
            let Some(source) = self.sources.at(span.start) else { continue };
            let Some((number, _)) = self.sources.line_column(span.start) else { continue };
            let line = lines.entry((source.name.clone(), number)).or_insert_with(|| Line {
                place: format!("{}:{number}", source.name),
                text: source.text.lines().nth(number - 1).unwrap_or_default().trim().to_string(),
                cost: Cost::default(),
            });
            line.cost.runs = line.cost.runs.max(cost.runs);
            line.cost.time += cost.time;
            line.cost.bytes += cost.bytes;
        }
        let mut lines: Vec<Line> = lines.into_values().collect();
        lines.sort_by(|a, b| b.cost.time.cmp(&a.cost.time).then_with(|| a.place.cmp(&b.place)));
        (result, lines)
    }

    /// Runs a block and counts what its statements cost.
    #[cold]
    pub(super) fn profiled(&mut self, block: &Block) -> Eval<Value> {
        let mut last = Value::None;
        for statement in &block.statements {
            last = self.counted(statement)?;
        }
        Ok(last)
    }

    /// Runs a statement and counts what it costs, if somebody wants to know.
    pub(super) fn counted(&mut self, statement: &Statement) -> Eval<Value> {
        let Some(profile) = &mut self.profile else { return self.statement(statement) };
        if self.scopes.get(self.scope).is_some_and(|scope| scope.library) {
            return self.statement(statement);
        }
        profile.inner.push((Duration::ZERO, 0));
        let (start, before) = (Instant::now(), limits::reserved());
        let result = self.statement(statement);
        let (time, bytes) = (start.elapsed(), limits::reserved().wrapping_sub(before));
        if let Some(profile) = &mut self.profile {
            let (inner_time, inner_bytes) = profile.inner.pop().unwrap_or_default();
            let cost = profile.costs.entry(statement.span).or_default();
            cost.runs += 1;
            cost.time += time.saturating_sub(inner_time);
            cost.bytes += bytes.saturating_sub(inner_bytes);
            if let Some((outer_time, outer_bytes)) = profile.inner.last_mut() {
                *outer_time += time;
                *outer_bytes += bytes;
            }
        }
        result
    }
}
