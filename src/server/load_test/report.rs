//! What was measured.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::server::load_test::dashboard::{Page, Watched};
use crate::server::load_test::fleet::Fleet;
use crate::server::load_test::process::{self, Usage};

#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub agents: u32,
    /// Limit of this process.
    pub open_files: Option<u64>,
    pub enrolments_per_second: f64,
    /// Agents that got the signal.
    pub delivered: usize,
    /// Orders that agents got beyond the one that was the signal.
    pub delivered_again: usize,
    /// Orders that the server recorded for the signal.
    pub orders: i64,
    /// From the signal to the agents, in milliseconds.
    pub p50_ms: u128,
    pub p90_ms: u128,
    pub p99_ms: u128,
    pub max_ms: u128,
    /// From the signal to the last agent's report that all is done.
    pub completed_seconds: f64,
    /// Requests that had to be made again.
    pub repeated: u64,
    /// Why agents gave up, and how many.
    pub errors: BTreeMap<String, u64>,
    /// Processor time of the server, in seconds.
    pub server_cpu_enrolling: Option<f64>,
    pub server_cpu_signal: Option<f64>,
    pub server: Option<Usage>,
    /// This process, which plays the agents.
    pub simulation: Option<Usage>,
    /// Pages of the dashboard before the signal, and after all reports.
    pub pages_before: Vec<Page>,
    pub pages_after: Vec<Page>,
    /// Pages that were open in between.
    pub watched: Watched,
    /// Unchanged questions answered.
    pub polls_per_second: f64,
    /// The same by a bare server of the same HTTP library.
    pub bare_polls_per_second: f64,
}

impl Report {
    pub fn enrolled(&mut self, fleet: &Fleet, server: Option<Usage>) {
        self.enrolments_per_second = f64::from(self.agents) / fleet.enrolling.as_secs_f64();
        self.server_cpu_enrolling = server.map(|usage| usage.cpu_seconds);
    }

    pub fn delivered(&mut self, fleet: &Fleet, before: Option<Usage>, after: Option<Usage>) {
        let observed = &fleet.observed;
        let latencies = observed.latencies();
        self.delivered = latencies.len();
        let at = |percent| percentile(&latencies, percent).as_millis();
        (self.p50_ms, self.p90_ms, self.p99_ms, self.max_ms) = (at(50), at(90), at(99), at(100));
        self.completed_seconds = fleet.since_signal().as_secs_f64();
        self.server_cpu_signal = before.zip(after).map(|(before, after)| after.cpu_seconds - before.cpu_seconds);
        self.server = after;
        self.simulation = process::usage(std::process::id());
    }

    /// What is known for certain only when every agent has ended.
    pub fn ended(&mut self, observed: &crate::server::load_test::fleet::Observed) {
        self.delivered_again = observed.again();
        self.repeated = observed.repeated();
        self.errors = observed.errors();
    }
}

/// The value that so many percent are not above (nearest rank); `sorted` is in rising order.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.open_files.map_or_else(|| "unknown".into(), |limit| limit.to_string());
        writeln!(f, "agents            {} (open files allowed: {limit})", self.agents)?;
        writeln!(f, "enrolled          {:.0}/s", self.enrolments_per_second)?;
        writeln!(
            f,
            "signal delivered  {} once, {} again, {} orders",
            self.delivered, self.delivered_again, self.orders
        )?;
        let (p50, p90, p99) = (self.p50_ms, self.p90_ms, self.p99_ms);
        writeln!(f, "signal to agent   p50 {p50} ms, p90 {p90} ms, p99 {p99} ms, max {} ms", self.max_ms)?;
        writeln!(f, "all reported      {:.1} s after the signal", self.completed_seconds)?;
        writeln!(f, "requests repeated {}", self.repeated)?;
        for (error, count) in &self.errors {
            writeln!(f, "gave up           {count} agents: {error}")?;
        }
        if let (Some(enrolling), Some(signal)) = (self.server_cpu_enrolling, self.server_cpu_signal) {
            writeln!(f, "server processor  {enrolling:.1} s for enrolling, {signal:.1} s for signal and reports")?;
        }
        for (name, usage) in [("server memory", self.server), ("simulation memory", self.simulation)] {
            if let Some(usage) = usage {
                writeln!(f, "{name:17} {} MiB, {} MiB at most", usage.resident_mib, usage.peak_mib)?;
            }
        }
        for (name, pages) in [("before the signal", &self.pages_before), ("after the reports", &self.pages_after)] {
            for Page { path, p50_ms, max_ms, cpu_ms, kib } in pages {
                let cpu = cpu_ms.map(|cpu| format!("processor {cpu} ms, ")).unwrap_or_default();
                writeln!(f, "page, {name}  {path:38} p50 {p50_ms} ms, max {max_ms} ms, {cpu}{kib} KiB")?;
            }
        }
        let Watched { open, fetched, p50_ms, max_ms } = &self.watched;
        if *open > 0 {
            writeln!(f, "open pages        {open}, fetched anew {fetched} times, p50 {p50_ms} ms, max {max_ms} ms")?;
        }
        if self.bare_polls_per_second > 0.0 {
            let (polls, bare) = (self.polls_per_second, self.bare_polls_per_second);
            let share = 100.0 * polls / bare;
            writeln!(f, "unchanged polls   {polls:.0}/s, {share:.0} % of a bare server's {bare:.0}/s")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let sorted: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        let at = |percent| percentile(&sorted, percent).as_millis();
        assert_eq!([at(50), at(90), at(99), at(100)], [100, 180, 198, 200]);
        assert_eq!(percentile(&sorted[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }
}
