//! One axis: what is where on it, and which numbers stand beside it.

use crate::show::{Style, number};

/// The smallest and the largest of some numbers.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    low: f64,
    high: f64,
}

impl Default for Range {
    fn default() -> Range {
        Range { low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

impl Range {
    /// Adds a number, if it is finite.
    pub fn take(&mut self, x: f64) {
        if x.is_finite() {
            self.low = self.low.min(x);
            self.high = self.high.max(x);
        }
    }
}

/// A part of the number line, linear or logarithmic.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    low: f64,
    high: f64,
    log: bool,
    down: bool,
    whole: bool,
}

impl Axis {
    /// An axis that shows all of a range, and something of the line if the range is a point.
    pub fn new(range: Range, log: bool) -> Axis {
        let Range { mut low, mut high } = range;
        if log {
            (low, high) = (low.log10(), high.log10());
        }
        if !(low.is_finite() && high.is_finite()) {
            (low, high) = if log { (-1.0, 1.0) } else { (0.0, 1.0) };
        }
        if low >= high {
            let around = if low == 0.0 || log { 1.0 } else { low.abs() / 2.0 };
            (low, high) = (low - around, low + around);
        }
        Axis { low, high, log, down: false, whole: false }
    }

    /// The same the other way round: the smallest number is where the largest was.
    pub fn reversed(self) -> Axis {
        Axis { down: !self.down, ..self }
    }

    /// The same with numbers beside it only where they are whole: the places of elements.
    pub fn whole(self) -> Axis {
        Axis { whole: true, ..self }
    }

    fn turned(&self, place: f64) -> f64 {
        if self.down { 1.0 - place } else { place }
    }

    /// Where a number is, from 0 to 1; nothing if it is not on the axis.
    pub fn place(&self, x: f64) -> Option<f64> {
        let x = if self.log { x.log10() } else { x };
        // Halves, since the difference of two doubles may be too large for one.
        let place = (x / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        (-1e-9..=1.0 + 1e-9).contains(&place).then(|| self.turned(place.clamp(0.0, 1.0)))
    }

    /// The same, with what lies outside moved to the nearer end.
    pub fn clamped(&self, x: f64) -> f64 {
        let x = if self.log { x.max(f64::MIN_POSITIVE).log10() } else { x };
        self.turned(((x / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)).clamp(0.0, 1.0))
    }

    /// About so many round numbers on the axis, with their places.
    pub fn ticks(&self, about: usize) -> Vec<(f64, String)> {
        let about = about.max(2) as f64;
        let step = nice(self.high / about - self.low / about);
        // Between powers of ten there are no round steps.
        let step = if self.log || self.whole { step.max(1.0).ceil() } else { step };
        let first = (self.low / step - 1e-9).ceil();
        let style = Style::default();
        let mut ticks = Vec::new();
        for i in 0..(4.0 * about) as usize {
            let at = (first + i as f64) * step;
            let x = if self.log { 10_f64.powf(at) } else { at };
            let Some(place) = self.place(x) else { break };
            if ticks.last().is_some_and(|(last, _)| self.turned(place) <= self.turned(*last)) {
                break;
            }
            ticks.push((place, number(x, &style)));
        }
        if ticks.len() < 2 && self.log {
            let linear = Axis { low: 10_f64.powf(self.low), high: 10_f64.powf(self.high), log: false, ..*self };
            let round = |text: String| Some((self.place(text.parse().ok()?)?, text));
            return linear.ticks(about as usize).into_iter().filter_map(|(_, text)| round(text)).collect();
        }
        ticks
    }
}

/// The next round number: 1, 2, 2.5 or 5 times a power of ten.
pub fn nice(x: f64) -> f64 {
    let power = 10_f64.powf(x.log10().floor());
    let rounds = [1.0, 2.0, 2.5, 5.0, 10.0];
    let round = rounds.into_iter().find(|round| round * power >= x * (1.0 - 1e-9)).unwrap_or(10.0);
    let step = round * power;
    if step.is_finite() && step > 0.0 { step } else { f64::MAX / 8.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(low: f64, high: f64, log: bool) -> Vec<String> {
        let mut range = Range::default();
        range.take(low);
        range.take(high);
        Axis::new(range, log).ticks(5).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 1.0, false), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(ticks(-4.0, 10.0, false), ["0", "5", "10"]);
        assert_eq!(ticks(1.0, 1000.0, true), ["1", "10", "100", "1000"]);
        assert_eq!(ticks(2.0, 8.0, true), ["2", "4", "6", "8"]);
    }

    #[test]
    fn axes_of_every_range_end() {
        for low in [-f64::MAX, -1.0, 0.0, 1.0, 1.0 - f64::EPSILON, f64::MIN_POSITIVE] {
            for high in [f64::MAX, 1.0, 0.0, 1.0 + f64::EPSILON, f64::INFINITY, f64::NAN] {
                for log in [false, true] {
                    assert!(ticks(low, high, log).len() <= 20, "{low} {high} {log}");
                }
            }
        }
    }
}
