//! The picture of a project's progress, drawn on the server. Each line has its own dashes and its name at its end, so
//! that no line is told by colour alone.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::i18n::datetime::DateTimeFormatter;
use crate::server::http::i18n::Words;
use crate::server::status::progress::Count;

/// The places in the drawing, in its own units (720 × 280); the style sheet scales it.
const LEFT: f64 = 48.0;
const RIGHT: f64 = 568.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 240.0;
/// Least distance between the names at the ends of the lines.
const NAME_HEIGHT: f64 = 18.0;
/// Rows of the table that says the same, at most.
const ROWS: usize = 12;

pub struct Chart {
    pub description: String,
    pub lines: Vec<Line>,
    pub levels: Vec<Level>,
    pub times: Vec<Tick>,
    pub cutover: Option<Tick>,
    pub table: Vec<(String, Count)>,
}

pub struct Line {
    pub class: &'static str,
    pub name: String,
    /// Data of an SVG `path`.
    pub path: String,
    /// Where the line ends.
    pub end: f64,
    /// Where its name stands.
    pub name_at: f64,
    pub value: i64,
}

/// One of the numbers of a count.
type Number = fn(&Count) -> i64;

/// A horizontal line of the grid.
pub struct Level {
    pub y: f64,
    pub value: i64,
}

/// A time on the axis.
pub struct Tick {
    pub x: f64,
    pub text: String,
}

impl Chart {
    /// None before anything has happened.
    pub fn of(
        words: Words,
        clock: &DateTimeFormatter,
        points: &[(Timestamp, Count)],
        cutover: Option<Timestamp>,
    ) -> Option<Self> {
        let ((first, _), (last, count)) = (points.first()?, points.last()?);
        let step = step_of(points.iter().map(|(_, count)| count.installed.max(count.ready)).max().unwrap_or(1));
        let top = step * 4;
        let span = seconds(last.duration_since(*first)).max(1.0);
        let x = |at: Timestamp| LEFT + (RIGHT - LEFT) * seconds(at.duration_since(*first)) / span;
        let y = |value: i64| BOTTOM - (BOTTOM - TOP) * whole(value) / whole(top);
        let kinds: [(&str, String, Number); 4] = [
            ("installed", words.text("chart-installed"), |count| count.installed),
            ("ready", words.text("chart-ready"), |count| count.ready),
            ("configured", words.text("chart-configured"), |count| count.configured),
            ("failed", words.text("chart-failed"), |count| count.failed),
        ];
        let mut lines: Vec<Line> = kinds
            .into_iter()
            .map(|(class, name, of)| {
                let end = y(of(count));
                Line { class, name, path: path(points, x, |count| y(of(count))), end, name_at: end, value: of(count) }
            })
            .collect();
        keep_names_apart(&mut lines);
        let arguments = [
            ("installed", count.installed.into()),
            ("ready", count.ready.into()),
            ("configured", count.configured.into()),
            ("failed", count.failed.into()),
            ("from", clock.tell(*first).said.into()),
        ];
        let tick = |at: Timestamp| Tick { x: x(at), text: clock.short(at) };
        let every = points.len().div_ceil(ROWS).max(1);
        Some(Self {
            description: words.with("chart-description", arguments),
            lines,
            levels: (0..=4).map(|n| Level { y: y(step * n), value: step * n }).collect(),
            times: vec![tick(*first), tick(*last)],
            cutover: cutover.filter(|at| at > first && at < last).map(tick),
            table: points.iter().rev().step_by(every).map(|(at, count)| (clock.tell(*at).said, *count)).collect(),
        })
    }
}

/// A quarter of the axis: 1, 2 or 5 times a power of ten.
fn step_of(most: i64) -> i64 {
    let mut power = 1;
    loop {
        for factor in [1, 2, 5] {
            if factor * power * 4 >= most {
                return factor * power;
            }
        }
        power *= 10;
    }
}

fn path(points: &[(Timestamp, Count)], x: impl Fn(Timestamp) -> f64, y: impl Fn(&Count) -> f64) -> String {
    let mut data = String::new();
    for (i, (at, count)) in points.iter().enumerate() {
        // Counts jump: a step each, no slope. Writing to a String cannot fail.
        let _ = if i == 0 {
            write!(data, "M{:.1} {:.1}", x(*at), y(count))
        } else {
            write!(data, "H{:.1}V{:.1}", x(*at), y(count))
        };
    }
    data
}

fn keep_names_apart(lines: &mut [Line]) {
    lines.sort_by(|a, b| a.end.total_cmp(&b.end));
    let mut free = f64::MIN;
    for line in &mut *lines {
        line.name_at = line.end.max(free);
        free = line.name_at + NAME_HEIGHT;
    }
    // What was pushed below the axis moves up again, and pushes the names above it.
    let mut lowest = BOTTOM;
    for line in lines.iter_mut().rev() {
        line.name_at = line.name_at.min(lowest);
        lowest = line.name_at - NAME_HEIGHT;
    }
}

fn seconds(duration: jiff::SignedDuration) -> f64 {
    duration.as_secs_f64()
}

/// Counts of computers are far below 2^32.
fn whole(value: i64) -> f64 {
    f64::from(u32::try_from(value).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_is_cut_at_round_numbers() {
        assert_eq!([0, 1, 4, 5, 9, 40, 41, 10_000].map(step_of), [1, 1, 1, 2, 5, 10, 20, 5000]);
    }

    #[test]
    fn names_stand_apart_and_inside() {
        let line = |end| Line { class: "", name: String::new(), path: String::new(), end, name_at: end, value: 0 };
        let mut lines = [line(240.0), line(240.0), line(238.0), line(100.0)];
        keep_names_apart(&mut lines);
        let places: Vec<f64> = lines.iter().map(|line| line.name_at).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= NAME_HEIGHT), "{places:?}");
        assert!(places.iter().all(|place| (TOP..=BOTTOM).contains(place)), "{places:?}");
    }
}
