//! How far a loop is: one line that is drawn again and again, or a few that stay.
//!
//! ```text
//! 117/200 ━━━━━━━━━━━╸────────  58%  loss 0.161259 █▅▄▄▃▃▃▃▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁
//! ```

use super::{Style, number};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// Who follows a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Follow {
    /// Nobody.
    #[default]
    Nobody,
    /// A file or another program: about ten lines in all.
    File,
    /// Somebody at a terminal: one line that changes.
    Terminal {
        /// Whether it shows blocks.
        unicode: bool,
    },
}

/// One line about a loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its text.
    pub text: String,
    /// Whether it stays, and what follows goes below.
    pub stays: bool,
}

/// How often a terminal is drawn anew.
const EVERY: Duration = Duration::from_millis(50);
/// Cells of the bar and of the curve.
const BAR: usize = 20;
const CURVE: usize = 24;
/// From when on the time that is left can be told, and should.
const SLOW: Duration = Duration::from_secs(3);

/// A loop as far as it is known.
#[derive(Debug, Default)]
pub struct Progress {
    done: f64,
    total: f64,
    started: Option<Instant>,
    drawn: Option<Instant>,
    /// Tenths of the loop that a file was told of.
    tenths: u32,
    curve: Curve,
}

impl Progress {
    /// Takes note that a loop has done so many of so many rounds, with values that are of interest, and
    /// gives a line if it is time for one.
    pub fn update(
        &mut self,
        done: f64,
        total: f64,
        values: &[(String, f64)],
        follow: Follow,
        style: &Style,
    ) -> Option<Line> {
        let now = Instant::now();
        // Another loop, or the same one again.
        if done <= self.done || total != self.total || self.started.is_none() {
            *self = Progress { total, started: Some(now), ..Progress::default() };
        }
        self.done = done;
        if let Some((_, value)) = values.first() {
            self.curve.push(*value);
        }
        let stays = done >= total;
        match follow {
            Follow::Nobody => None,
            Follow::File => {
                let tenths = (10.0 * done / total) as u32;
                if tenths <= self.tenths {
                    return None;
                }
                self.tenths = tenths;
                let (done, total) = self.counts();
                let text = [format!("{}/{total}", done.trim_start())].into_iter().chain(told(values, style));
                Some(Line { text: text.collect::<Vec<_>>().join("  "), stays: true })
            }
            Follow::Terminal { unicode } => {
                // A loop that counts from 0 ends one short.
                let last = done + 1.0 >= total;
                if !last && self.drawn.is_some_and(|drawn| now.duration_since(drawn) < EVERY) {
                    return None;
                }
                self.drawn = Some(now);
                let elapsed = self.started.map_or(Duration::ZERO, |started| now.duration_since(started));
                Some(Line { text: self.line(values, unicode, elapsed, style), stays })
            }
        }
    }

    /// How many of how many, the first as wide as the second.
    fn counts(&self) -> (String, String) {
        let style = Style::default();
        let (done, total) = (number(self.done, &style), number(self.total, &style));
        (format!("{done:>width$}", width = total.len()), total)
    }

    fn line(&self, values: &[(String, f64)], unicode: bool, elapsed: Duration, style: &Style) -> String {
        let part = (self.done / self.total).clamp(0.0, 1.0);
        let (done, total) = self.counts();
        let mut text = format!("{done}/{total} {} {:>3.0}%", bar(part, unicode), (part * 100.0).floor());
        let most = style.width.saturating_sub(1);
        let mut add = |more: String| {
            if text.width() + more.width() <= most {
                text += &more;
            }
        };
        for (i, value) in told(values, style).enumerate() {
            add(format!("  {value}"));
            if i == 0 && unicode {
                add(format!(" {}", self.curve.draw(CURVE)));
            }
        }
        if self.done >= self.total {
            add(format!("  {}", duration(elapsed)));
        } else if elapsed >= SLOW && part > 0.0 {
            add(format!("  {} left", duration(elapsed.mul_f64(((1.0 - part) / part).min(1e6)))));
        }
        text
    }
}

/// `loss 0.161259`
fn told<'a>(values: &'a [(String, f64)], style: &'a Style) -> impl Iterator<Item = String> + 'a {
    values.iter().map(|(name, value)| format!("{name} {}", number(*value, style)).trim_start().to_string())
}

fn bar(part: f64, unicode: bool) -> String {
    let halves = (part * 2.0 * BAR as f64) as usize;
    let (full, half) = (halves / 2, halves % 2);
    let (line, end, rest) = if unicode { ("━", "╸", "─") } else { ("=", "-", ".") };
    let rest = rest.repeat(BAR.saturating_sub(full + half));
    format!("{}{}{rest}", line.repeat(full.min(BAR)), end.repeat(half))
}

/// `38 ms`, `4.2 s`, `3 min`
fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s < 0.001 => format!("{:.0} us", s * 1e6),
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s if s < 100.0 => format!("{s:.1} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

/// The values of a loop however long it runs: when there are many, means of neighbours.
#[derive(Debug, Default)]
struct Curve {
    means: Vec<f64>,
    /// How many values a mean is of, less one.
    more: u32,
    /// What was not yet taken into one.
    sum: f64,
    count: u32,
}

impl Curve {
    const MOST: usize = 512;

    fn push(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
        if self.count <= self.more {
            return;
        }
        self.means.push(self.sum / f64::from(self.count));
        (self.sum, self.count) = (0.0, 0);
        if self.means.len() >= Curve::MOST {
            self.means = self.means.chunks(2).map(|pair| pair.iter().sum::<f64>() / pair.len() as f64).collect();
            self.more = self.more.saturating_mul(2).saturating_add(1);
        }
    }

    /// Blocks as high as the values, in at most so many cells.
    fn draw(&self, cells: usize) -> String {
        const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let count = self.means.len().min(cells);
        let mean = |i: usize| {
            let (from, to) = (i * self.means.len() / count.max(1), (i + 1) * self.means.len() / count.max(1));
            let part = self.means.get(from..to).unwrap_or_default();
            part.iter().sum::<f64>() / part.len() as f64
        };
        let mut means: Vec<f64> = (0..count).map(mean).collect();
        let range = |means: &[f64]| {
            let finite = || means.iter().copied().filter(|mean| mean.is_finite());
            (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max))
        };
        let (mut low, mut high) = range(&means);
        // What falls fast and then slowly shows both.
        if low > 0.0 && high / low > 5.0 {
            means.iter_mut().for_each(|mean| *mean = mean.ln());
            (low, high) = range(&means);
        }
        let cell = |mean: &f64| match (mean - low) / (high - low) {
            _ if mean.is_nan() => ' ',
            level if level.is_nan() => '▁',
            level => EIGHTHS.get(((level * 7.0).round() as usize).min(7)).copied().unwrap_or('█'),
        };
        means.iter().map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rounds: u32, first: u32, follow: Follow) -> Vec<Line> {
        let mut progress = Progress::default();
        let mut line = |i: u32| {
            let values = [("loss".to_string(), 100.0 / f64::from(i + 1))];
            progress.update(f64::from(i), f64::from(rounds), &values, follow, &Style::default())
        };
        (first..rounds + first).filter_map(&mut line).collect()
    }

    #[test]
    fn a_file_gets_about_ten_lines() {
        let found = lines(200, 1, Follow::File);
        assert_eq!(found.len(), 10);
        assert_eq!(found.first().map(|line| &*line.text), Some("20/200  loss 4.7619"));
        assert!(lines(3, 0, Follow::File).len() <= 3);
        assert_eq!(lines(100_000, 0, Follow::File).len(), 9);
        assert!(lines(100, 1, Follow::Nobody).is_empty());
    }

    #[test]
    fn a_terminal_gets_a_line_that_fits_and_ends() {
        for unicode in [true, false] {
            let found = lines(3000, 1, Follow::Terminal { unicode });
            let last = found.last().map(|line| (line.stays, line.text.width() < 80));
            assert_eq!(last, Some((true, true)));
            assert!(found.iter().all(|line| unicode || line.text.is_ascii()));
            assert!(found.iter().rev().skip(1).all(|line| !line.stays));
        }
    }

    #[test]
    fn curves_keep_their_shape() {
        let mut curve = Curve::default();
        (0..100_000).for_each(|i| curve.push(1e6 + f64::from(i)));
        assert!(curve.means.len() <= Curve::MOST);
        assert_eq!(curve.draw(8), "▁▂▃▄▅▆▇█");
        assert_eq!(Curve::default().draw(8), "");
        let mut odd = Curve::default();
        [f64::NAN, 1.0, f64::INFINITY, 1.0].into_iter().for_each(|x| odd.push(x));
        assert_eq!(odd.draw(8).chars().count(), 4);
    }

    #[test]
    fn bars_fill() {
        assert_eq!(bar(0.0, false), ".".repeat(BAR));
        assert_eq!(bar(1.0, false), "=".repeat(BAR));
        assert_eq!(bar(0.58, true), "━━━━━━━━━━━╸────────");
    }
}
