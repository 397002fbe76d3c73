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

    /// Whether it holds one number only.
    pub fn is_point(&self) -> bool {
        self.low == self.high
    }
}

impl FromIterator<f64> for Range {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Range {
        let mut range = Range::default();
        numbers.into_iter().for_each(|x| range.take(x));
        range
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
    /// From one number beside it to the next, if that is decided.
    step: Option<f64>,
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
        Axis { low, high, log, down: false, whole: false, step: None }
    }

    /// The same the other way round: the smallest number is where the largest was.
    pub fn reversed(self) -> Axis {
        Axis { down: !self.down, ..self }
    }

    /// The same with numbers beside it only where they are whole: the places of elements.
    pub fn whole(self) -> Axis {
        Axis { whole: true, ..self }
    }

    /// The same with room at its ends, in parts of its length.
    pub fn with_room(self, before: f64, after: f64) -> Axis {
        let length = self.high - self.low;
        let (low, high) = (self.low - before * length, self.high + after * length);
        if low.is_finite() && high.is_finite() { Axis { low, high, ..self } } else { self }
    }

    /// The same a little longer, so that it has a round number on every second row, or every third and so
    /// on; and how many rows that makes, the first and the last included. Beyond its ends goes at most
    /// `slack`, in parts of its length.
    ///
    /// Nothing if there is no such axis. So -4 to 10 on 12 to 16 rows are 15 rows, from 2 to 2 in two.
    pub fn on_rows(&self, rows: std::ops::RangeInclusive<usize>, slack: f64) -> Option<(Axis, usize)> {
        let length = self.high - self.low;
        let middle = (rows.start() + rows.end()) as f64 / 2.0;
        if self.log || self.whole || !length.is_finite() || length <= 0.0 {
            return None;
        }
        let power = 10_f64.powf(length.log10().floor());
        let mut best: Option<(f64, Axis, usize)> = None;
        for round in [0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0] {
            for every in [2.0, 3.0, 4.0, 5.0] {
                let step = round * power;
                let row = step / every;
                let (first, last) = ((self.low / row + 1e-9).floor(), (self.high / row - 1e-9).ceil());
                let count = last - first + 1.0;
                // Beyond this, rows that follow each other are the same number.
                let exact = row.is_normal() && first.abs().max(last.abs()) < 1e13;
                if !exact || !rows.contains(&(count as usize)) {
                    continue;
                }
                let (low, high) = (first * row, last * row);
                let waste = (high - low) / length - 1.0;
                if waste > slack + 1e-9 {
                    continue;
                }
                let numbers = (count / every - 6.0).abs() / 50.0;
                let cost = waste + numbers + (count - middle).abs() / middle / 4.0;
                if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                    best = Some((cost, Axis { low, high, step: Some(step), ..*self }, count as usize));
                }
            }
        }
        best.map(|(_, axis, count)| (axis, count))
    }

    fn turned(&self, place: f64) -> f64 {
        if self.down { 1.0 - place } else { place }
    }

    /// How far along the axis a number is, beyond its ends too.
    fn part(&self, x: f64) -> f64 {
        // Halves, since the difference of two doubles may be too large for one.
        (x / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
    }

    /// Where a number is, from 0 to 1; nothing if it is not on the axis.
    pub fn place(&self, x: f64) -> Option<f64> {
        let part = self.part(if self.log { x.log10() } else { x });
        (-1e-9..=1.0 + 1e-9).contains(&part).then(|| self.turned(part.clamp(0.0, 1.0)))
    }

    /// The same, with what lies outside moved to the nearer end.
    pub fn clamped(&self, x: f64) -> f64 {
        let x = if self.log { x.max(f64::MIN_POSITIVE).log10() } else { x };
        self.turned(self.part(x).clamp(0.0, 1.0))
    }

    /// About so many round numbers on the axis, with their places.
    pub fn ticks(&self, about: usize) -> Vec<(f64, String)> {
        let about = about.max(2);
        if self.log {
            return self.ratios(about);
        }
        let step = self.step.unwrap_or_else(|| {
            let step = nice(self.high / about as f64 - self.low / about as f64);
            match step {
                // Elements stand at whole places.
                step if self.whole && step <= 1.0 => 1.0,
                step if self.whole && step == 2.5 => 5.0,
                step => step,
            }
        });
        let first = (self.low / step - 1e-9).ceil();
        // As many digits as tell neighbours apart.
        let digits = (self.low.abs().max(self.high.abs()) / step).log10().ceil().clamp(0.0, 15.0) as usize + 2;
        let style = Style { digits: digits.max(Style::default().digits), ..Style::default() };
        let mut ticks: Vec<(f64, String)> = Vec::new();
        for i in 0..4 * about {
            let at = (first + i as f64) * step;
            let Some(place) = self.place(at) else { break };
            if ticks.last().is_some_and(|(last, _)| self.turned(place) <= self.turned(*last)) {
                break;
            }
            ticks.push((place, number(at, &style)));
        }
        ticks
    }

    /// The same, but so few of them that all find room.
    pub fn ticks_that_fit(&self, about: usize, fit: impl Fn(&[(f64, String)]) -> bool) -> Vec<(f64, String)> {
        let fewer = (2..about).rev().map(|about| self.ticks(about));
        std::iter::once(self.ticks(about)).chain(fewer).find(|ticks| fit(ticks)).unwrap_or_else(|| self.ticks(2))
    }

    /// Round numbers at equal ratios: powers of ten, or 1, 2 and 5 times them where there are few, or round
    /// steps where there is hardly any of these.
    fn ratios(&self, about: usize) -> Vec<(f64, String)> {
        let powers = nice((self.high - self.low) / about as f64).max(1.0).ceil();
        let label = |at: f64, times: f64| {
            let x = times * 10_f64.powf(at);
            // Elsewhere whole numbers show all their digits; here they would only be counted.
            let text = if (-4.0..5.0).contains(&at) { number(x, &Style::default()) } else { format!("{times}e{at}") };
            Some((self.place(x)?, text))
        };
        let first = (self.low / powers).floor() * powers;
        let decades = || (0..4 * about).map(|i| first + i as f64 * powers).take_while(|at| *at <= self.high);
        let ticks: Vec<_> = decades().filter_map(|at| label(at, 1.0)).collect();
        if ticks.len() > 3 || powers > 1.0 {
            return ticks;
        }
        let ticks: Vec<_> = decades().flat_map(|at| [1.0, 2.0, 5.0].map(|times| label(at, times))).flatten().collect();
        if ticks.len() > 2 {
            return ticks;
        }
        let linear = Axis { low: 10_f64.powf(self.low), high: 10_f64.powf(self.high), log: false, ..*self };
        let round = |text: String| Some((self.place(text.parse().ok()?)?, text));
        linear.ticks(about).into_iter().filter_map(|(_, text)| round(text)).collect()
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
        Axis::new([low, high].into_iter().collect(), log).ticks(5).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 1.0, false), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(ticks(-4.0, 10.0, false), ["0", "5", "10"]);
        assert_eq!(ticks(1.0, 1000.0, true), ["1", "10", "100", "1000"]);
        assert_eq!(ticks(1.0, 30.0, true), ["1", "2", "5", "10", "20"]);
        assert_eq!(ticks(2.0, 8.0, true), ["2", "4", "6", "8"]);
        assert_eq!(ticks(1.0, 1e9, true), ["1", "100", "10000", "1e6", "1e8"]);
        assert_eq!(ticks(1e-7, 1e-3, true), ["1e-7", "1e-6", "1e-5", "0.0001", "0.001"]);
    }

    #[test]
    fn ticks_differ_where_their_first_digits_do_not() {
        assert_eq!(ticks(1e6, 1e6 + 2.0, false), ["1000000", "1000000.5", "1000001", "1000001.5", "1000002"]);
        for (low, high) in [(1.0, 1.0 + 4e-15), (-3e-300, 2e-300), (1e300, 1.000_000_1e300), (123.456, 123.457)] {
            let mut texts = ticks(low, high, false);
            let count = texts.len();
            texts.dedup();
            assert!(count >= 3 && texts.len() == count, "{low} {high}: {texts:?}");
        }
    }

    #[test]
    fn rows_hold_round_numbers() {
        let on_rows = |low: f64, high: f64, slack: f64| {
            Axis::new([low, high].into_iter().collect(), false).on_rows(12..=16, slack)
        };
        for (low, high) in
            [(-4.0, 10.0), (0.0, 1.0), (-1.0, 1.0), (0.1, 27.0), (-3e-12, 8e-11), (123.4, 123.6), (2.0, 1e9)]
        {
            let (axis, rows) = on_rows(low, high, 1.0).expect("there are such rows");
            let ticks = axis.ticks(rows);
            assert!((3..=8).contains(&ticks.len()), "{low} {high}: {ticks:?}");
            for (place, text) in ticks {
                let row = place * (rows - 1) as f64;
                assert!((row - row.round()).abs() < 1e-6, "{low} {high}: {text} stands on row {row} of {rows}");
            }
            assert!(axis.place(low).is_some() && axis.place(high).is_some());
        }
        let exact = on_rows(-4.0, 10.0, 0.0).map(|(axis, rows)| (axis.low, axis.high, rows));
        assert_eq!(exact, Some((-4.0, 10.0, 15)));
        assert!(on_rows(0.123, 9.876, 0.0).is_none());
        assert!(on_rows(-f64::MAX, f64::MAX, 1.0).is_none());
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
