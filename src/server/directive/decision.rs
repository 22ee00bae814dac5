//! What a device is to do now: a function of what was ordered, what was reported, and `now`. Nothing here reads a
//! clock or the database.

use jiff::{SignedDuration, Timestamp};

use crate::protocol::Action;
use crate::schedule;

/// Everything a decision depends on.
#[derive(Debug, Clone)]
pub struct Situation {
    /// Gives the device its stable place in the project's window.
    pub device: String,
    /// The project knows the new account's settings.
    pub ready: bool,
    /// Since when. A cutover that had come by then and was set before has to be set again: nobody expects it any more.
    pub ready_at: Timestamp,
    pub cutover: Option<Cutover>,
    pub lead: SignedDuration,
    pub spread: SignedDuration,
    /// How long going back is on offer after a success; the agent keeps asking meanwhile.
    pub undo_window: SignedDuration,
    /// No retry by itself later than this after the cutover.
    pub retry_limit: SignedDuration,
    /// Highest version of the cutover that was made an order for this device; 0 for none.
    pub cutover_taken: i64,
    /// An operator has put this device's start off until then.
    pub delayed_until: Option<Timestamp>,
    /// The newest order for this device.
    pub order: Option<Order>,
    /// The newest report on that order that tells how it ended, or that it was begun.
    pub report: Option<Report>,
    /// The agent says that it has acted on an order that is not known here, and has not told yet how it ended: nothing new
    /// is begun before it has.
    pub unsaid: bool,
}

/// Where an agent says that it stands, with each question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Claim {
    /// The epoch of the last directive that it has followed; 0: none yet.
    pub epoch: u64,
    /// The last order that it has acted on.
    pub acted_on: i64,
    /// It has begun something, or ended it.
    pub is_under_way: bool,
}

impl Claim {
    /// No order that was ever given is further ahead of the seconds since 1970; a made-up number must not use all of them
    /// up.
    const FARTHEST: i64 = 1_000_000_000;

    pub fn new(epoch: u64, acted_on: i64, stage: &str, now: Timestamp) -> Self {
        let is_known = (0..=now.as_second().saturating_add(Self::FARTHEST)).contains(&acted_on);
        let is_under_way = matches!(stage, "starting" | "configuring" | "failed" | "completed" | "undone");
        Self { epoch, acted_on: if is_known { acted_on } else { 0 }, is_under_way }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutover {
    pub at: Timestamp,
    /// Without lead and spread.
    pub at_once: bool,
    pub version: i64,
    pub set_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub number: i64,
    pub action: Action,
    pub at: Timestamp,
    /// The version of the cutover that it was made from.
    pub cutover_version: Option<i64>,
}

/// A report of a device. The time is when the server got it: the device's own clock may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    pub kind: ReportKind,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    Begun,
    /// By the agent, or by the person's own hand.
    Completed,
    Failed,
    Undone,
    UndoFailed,
    Removed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub action: Action,
    /// A new order to configure is to be recorded first; then everything is decided anew.
    pub make: Option<Cause>,
    /// When time alone will change the decision.
    pub wake_at: Option<Timestamp>,
}

/// Why an order is made without an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Cutover {
        version: i64,
    },
    /// A retry after a failure.
    Timetable {
        version: Option<i64>,
    },
}

impl Decision {
    fn stay(action: Action) -> Self {
        Self { action, make: None, wake_at: None }
    }

    /// Stays with `action` until `at`, then makes a new order.
    fn then(action: Action, at: Option<Timestamp>, cause: Cause, now: Timestamp) -> Self {
        match at {
            Some(at) if at <= now => Self { action, make: Some(cause), wake_at: None },
            at => Self { action, make: None, wake_at: at },
        }
    }
}

pub fn decide(s: &Situation, now: Timestamp) -> Decision {
    let decision = as_known(s, now);
    // A report wakes whoever waits for it; time alone changes nothing.
    if s.unsaid { Decision::stay(decision.action) } else { decision }
}

fn as_known(s: &Situation, now: Timestamp) -> Decision {
    let Some(order) = s.order else { return s.until_cutover(Action::Wait, None, now) };
    let report = s.report.map(|report| report.kind);
    let reported_at = s.report.map_or(order.at, |report| report.at);
    match (order.action, report) {
        (Action::Remove | _, Some(ReportKind::Removed)) => Decision::stay(Action::Stop),
        (Action::Remove, _) => Decision::stay(Action::Remove),
        (Action::Rehearse, _) => s.until_cutover(Action::Rehearse, None, now),
        (Action::Undo, Some(ReportKind::Undone | ReportKind::UndoFailed)) => {
            s.until_cutover(Action::Wait, Some(reported_at), now)
        }
        (Action::Undo, _) => s.until_cutover(Action::Undo, Some(order.at), now),
        (Action::Configure, None) => s.configuring(order, now),
        (Action::Configure, Some(ReportKind::Begun)) => Decision::stay(Action::Configure),
        (Action::Configure, Some(ReportKind::Completed | ReportKind::UndoFailed)) => s.completed(reported_at, now),
        (Action::Configure, Some(ReportKind::Failed)) => s.failed(order, reported_at, now),
        (Action::Configure, Some(ReportKind::Undone)) => s.until_cutover(Action::Wait, Some(reported_at), now),
        // Nobody orders these; a database written by hand might hold them.
        (Action::Stop | Action::Wait | Action::Identify, _) => Decision::stay(Action::Wait),
    }
}

impl Situation {
    /// Stays until a cutover that this device has not acted on yet, and that was set after `since`.
    fn until_cutover(&self, action: Action, since: Option<Timestamp>, now: Timestamp) -> Decision {
        let fresh = |cutover: &Cutover| since.is_none_or(|since| cutover.set_at > since);
        match self.unseen_cutover().filter(fresh) {
            Some(cutover) if self.ready => {
                let cause = Cause::Cutover { version: cutover.version };
                Decision::then(action, Some(self.start(cutover)), cause, now)
            }
            _ => Decision::stay(action),
        }
    }

    /// An order to configure that nobody has begun. When the cutover it came from has been moved into the future, it
    /// waits again.
    fn configuring(&self, order: Order, now: Timestamp) -> Decision {
        if !self.ready {
            return Decision::stay(Action::Wait);
        }
        if let Some(delay) = self.delayed_until.filter(|delay| *delay > now) {
            return Decision { action: Action::Wait, make: None, wake_at: Some(delay) };
        }
        match self.unseen_cutover() {
            Some(moved) if order.cutover_version.is_some() && self.start(moved) > now => {
                self.until_cutover(Action::Wait, None, now)
            }
            _ => Decision::stay(Action::Configure),
        }
    }

    fn completed(&self, at: Timestamp, now: Timestamp) -> Decision {
        match at.checked_add(self.undo_window) {
            Ok(end) if end > now => Decision { action: Action::Wait, make: None, wake_at: Some(end) },
            _ => Decision::stay(Action::Stop),
        }
    }

    fn failed(&self, order: Order, at: Timestamp, now: Timestamp) -> Decision {
        let cutover = self.cutover.map_or(order.at, |cutover| cutover.at);
        let retry = schedule::retry_at(at, cutover, self.retry_limit).map(|retry| self.not_before_delay(retry));
        let start = self.unseen_cutover().map(|cutover| (self.start(cutover), cutover.version));
        match (retry, start) {
            (_, Some((start, version))) if retry.is_none_or(|retry| start < retry) => {
                Decision::then(Action::Wait, Some(start), Cause::Cutover { version }, now)
            }
            (retry, _) => Decision::then(Action::Wait, retry, Cause::Timetable { version: order.cutover_version }, now),
        }
    }

    /// The agent has acted on an order that is not known here any more, and has said since how that ended: as if it were
    /// known. A cutover that had come by then was what made the order.
    pub fn acted(&mut self, number: i64, report: Report) {
        let due = self.cutover.filter(|cutover| self.start(*cutover) <= report.at);
        self.cutover_taken = self.cutover_taken.max(due.map_or(0, |cutover| cutover.version));
        let cutover_version = due.map(|cutover| cutover.version);
        self.order = Some(Order { number, action: Action::Configure, at: report.at, cutover_version });
        self.report = Some(report);
    }

    fn unseen_cutover(&self) -> Option<Cutover> {
        let holds = |cutover: &Cutover| cutover.at > self.ready_at || cutover.set_at >= self.ready_at;
        self.cutover.filter(holds).filter(|cutover| cutover.version > self.cutover_taken)
    }

    fn start(&self, cutover: Cutover) -> Timestamp {
        if cutover.at_once {
            return self.not_before_delay(cutover.at);
        }
        self.not_before_delay(schedule::start_at(cutover.at, self.lead, self.spread, &self.device))
    }

    fn not_before_delay(&self, at: Timestamp) -> Timestamp {
        self.delayed_until.map_or(at, |delay| at.max(delay))
    }
}

#[cfg(test)]
mod tests;
