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
mod tests {
    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);
    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn cutover_at() -> Timestamp {
        "2026-11-20T18:00:00Z".parse().expect("a time")
    }

    fn cutover(version: i64) -> Cutover {
        Cutover { at: cutover_at(), at_once: false, version, set_at: cutover_at() - HOUR * 100 }
    }

    fn situation() -> Situation {
        Situation {
            device: "device".into(),
            ready: true,
            ready_at: Timestamp::UNIX_EPOCH,
            cutover: Some(cutover(1)),
            lead: MINUTE * 10,
            spread: SignedDuration::ZERO,
            undo_window: HOUR * 72,
            retry_limit: HOUR * 24,
            cutover_taken: 0,
            delayed_until: None,
            order: None,
            report: None,
            unsaid: false,
        }
    }

    fn ordered(action: Action, report: Option<(ReportKind, Timestamp)>) -> Situation {
        Situation {
            cutover_taken: 1,
            order: Some(Order { number: 1, action, at: cutover_at(), cutover_version: Some(1) }),
            report: report.map(|(kind, at)| Report { kind, at }),
            ..situation()
        }
    }

    fn of_cutover(version: i64) -> Cause {
        Cause::Cutover { version }
    }

    #[test]
    fn nothing_happens_before_the_start() {
        let start = cutover_at() + MINUTE * 10;
        let before = decide(&situation(), start - SignedDuration::from_secs(1));
        assert_eq!(before, Decision { action: Action::Wait, make: None, wake_at: Some(start) });
        assert_eq!(decide(&situation(), start).make, Some(of_cutover(1)));
    }

    #[test]
    fn now_means_now_without_lead_and_spread() {
        let mut s = Situation { spread: HOUR * 4, ..situation() };
        s.cutover = Some(Cutover { at_once: true, ..cutover(2) });
        assert_eq!(decide(&s, cutover_at()).make, Some(of_cutover(2)));
    }

    #[test]
    fn a_project_without_account_settings_configures_nobody() {
        let late = cutover_at() + HOUR * 10;
        assert_eq!(decide(&Situation { ready: false, ..situation() }, late), Decision::stay(Action::Wait));
        let s = Situation { ready: false, ..ordered(Action::Configure, None) };
        assert_eq!(decide(&s, late).action, Action::Wait);
    }

    #[test]
    fn a_cutover_that_came_before_the_project_was_ready_starts_nobody_until_it_is_set_again() {
        let ready_at = cutover_at() + HOUR;
        let late = ready_at + HOUR;
        let overdue = Situation { ready_at, ..situation() };
        assert_eq!(decide(&overdue, late), Decision::stay(Action::Wait));
        let set_again = Cutover { set_at: ready_at + MINUTE, ..cutover(2) };
        let again = Situation { cutover: Some(set_again), ..overdue.clone() };
        assert_eq!(decide(&again, late).make, Some(of_cutover(2)));
        let to_come = Situation { ready_at: cutover_at() - HOUR, ..overdue };
        assert_eq!(decide(&to_come, late).make, Some(of_cutover(1)), "set before, but still to come then");
    }

    #[test]
    fn after_a_success_the_agent_waits_for_the_undo_window_and_stops_then() {
        let done = cutover_at() + HOUR;
        let s = ordered(Action::Configure, Some((ReportKind::Completed, done)));
        let end = done + HOUR * 72;
        assert_eq!(decide(&s, done), Decision { action: Action::Wait, make: None, wake_at: Some(end) });
        assert_eq!(decide(&s, end), Decision::stay(Action::Stop));
    }

    #[test]
    fn a_failure_waits_for_the_timetable() {
        let failed = cutover_at() + HOUR;
        let s = ordered(Action::Configure, Some((ReportKind::Failed, failed)));
        let retry = failed + MINUTE * 39;
        assert_eq!(decide(&s, failed), Decision { action: Action::Wait, make: None, wake_at: Some(retry) });
        assert_eq!(decide(&s, retry).make, Some(Cause::Timetable { version: Some(1) }));
        let late = ordered(Action::Configure, Some((ReportKind::Failed, cutover_at() + HOUR * 22)));
        assert_eq!(decide(&late, cutover_at() + HOUR * 999), Decision::stay(Action::Wait), "only an operator's retry");
    }

    #[test]
    fn a_cutover_moved_into_the_future_takes_back_what_nobody_has_begun() {
        let moved = Cutover { at: cutover_at() + HOUR * 24, ..cutover(2) };
        let now = cutover_at() + MINUTE;
        let start = moved.at + MINUTE * 10;
        let pending = Situation { cutover: Some(moved), ..ordered(Action::Configure, None) };
        assert_eq!(decide(&pending, now), Decision { action: Action::Wait, make: None, wake_at: Some(start) });
        let begun = Situation { cutover: Some(moved), ..ordered(Action::Configure, Some((ReportKind::Begun, now))) };
        assert_eq!(decide(&begun, now), Decision::stay(Action::Configure));
        let done = Situation { cutover: Some(moved), ..ordered(Action::Configure, Some((ReportKind::Completed, now))) };
        assert_eq!(decide(&done, start).make, None, "nobody is moved twice");
    }

    #[test]
    fn an_undo_stands_until_a_cutover_is_set_after_it() {
        let s = ordered(Action::Undo, Some((ReportKind::Undone, cutover_at() + HOUR)));
        assert_eq!(decide(&s, cutover_at() + HOUR * 2), Decision::stay(Action::Wait));
        assert_eq!(decide(&ordered(Action::Undo, None), cutover_at() + HOUR), Decision::stay(Action::Undo));
        let again = Cutover { set_at: cutover_at() + HOUR * 3, at: cutover_at() + HOUR * 3, at_once: true, version: 2 };
        let s = Situation { cutover: Some(again), ..s };
        assert_eq!(decide(&s, cutover_at() + HOUR * 3).make, Some(of_cutover(2)));
    }

    #[test]
    fn a_rehearsal_does_not_hold_up_the_cutover() {
        let s = Situation { cutover_taken: 0, ..ordered(Action::Rehearse, None) };
        assert_eq!(decide(&s, cutover_at()).action, Action::Rehearse);
        assert_eq!(decide(&s, cutover_at() + MINUTE * 10).make, Some(of_cutover(1)));
    }

    #[test]
    fn a_delay_puts_every_start_off() {
        let delay = cutover_at() + HOUR * 5;
        let delayed = |s: Situation| Situation { delayed_until: Some(delay), ..s };
        let wait = Decision { action: Action::Wait, make: None, wake_at: Some(delay) };
        let at_once = Situation { cutover: Some(Cutover { at_once: true, ..cutover(1) }), ..situation() };
        for s in [situation(), at_once] {
            assert_eq!(decide(&delayed(s.clone()), cutover_at() + HOUR), wait);
            assert_eq!(decide(&delayed(s), delay).make, Some(of_cutover(1)));
        }
        assert_eq!(decide(&delayed(ordered(Action::Configure, None)), cutover_at() + HOUR), wait);
        assert_eq!(decide(&delayed(ordered(Action::Configure, None)), delay), Decision::stay(Action::Configure));
        let failed = ordered(Action::Configure, Some((ReportKind::Failed, cutover_at())));
        assert_eq!(decide(&delayed(failed), cutover_at() + HOUR), wait);
        let begun = ordered(Action::Configure, Some((ReportKind::Begun, cutover_at())));
        assert_eq!(decide(&delayed(begun), cutover_at() + HOUR).action, Action::Configure, "what runs goes on");
    }

    #[test]
    fn nothing_new_is_begun_before_an_agent_has_said_how_a_forgotten_order_ended() {
        let late = cutover_at() + HOUR;
        let unsaid = |s: Situation| decide(&Situation { unsaid: true, ..s }, late);
        assert_eq!(unsaid(situation()), Decision::stay(Action::Wait));
        let failed = ordered(Action::Configure, Some((ReportKind::Failed, cutover_at())));
        assert_eq!(unsaid(failed), Decision::stay(Action::Wait));
        let by_operator = Situation { cutover_taken: 0, ..ordered(Action::Configure, None) };
        assert_eq!(unsaid(by_operator), Decision::stay(Action::Configure), "an operator's order is an order");
        assert_eq!(unsaid(ordered(Action::Undo, None)), Decision::stay(Action::Undo));
    }

    #[test]
    fn what_was_said_of_a_forgotten_order_holds() {
        let said = |kind| {
            let mut s = situation();
            s.acted(39, Report { kind, at: cutover_at() + HOUR });
            s
        };
        let now = cutover_at() + HOUR * 2;
        let completed = decide(&said(ReportKind::Completed), now);
        assert_eq!((completed.action, completed.make), (Action::Wait, None), "nobody is moved twice");
        assert_eq!(decide(&said(ReportKind::Undone), now), Decision::stay(Action::Wait));
        assert_eq!(decide(&said(ReportKind::Begun), now), Decision::stay(Action::Configure));
        let failed = decide(&said(ReportKind::Failed), cutover_at() + HOUR);
        assert_eq!((failed.action, failed.make), (Action::Wait, None), "by the timetable, not at once");
        assert!(failed.wake_at.is_some());
        let mut early = situation();
        early.acted(39, Report { kind: ReportKind::Failed, at: cutover_at() - HOUR * 50 });
        assert!(decide(&early, cutover_at() + HOUR).make.is_some(), "a cutover that comes later holds");
    }

    #[test]
    fn an_agent_cannot_use_up_the_numbers_of_orders() {
        let claim = |acted_on| Claim::new(1, acted_on, "completed", cutover_at()).acted_on;
        assert_eq!(claim(cutover_at().as_second() + 1_000_000), cutover_at().as_second() + 1_000_000);
        assert_eq!((claim(i64::MAX), claim(-1)), (0, 0));
    }

    #[test]
    fn a_removed_device_stops() {
        assert_eq!(decide(&ordered(Action::Remove, None), cutover_at()).action, Action::Remove);
        let s = ordered(Action::Remove, Some((ReportKind::Removed, cutover_at())));
        assert_eq!(decide(&s, cutover_at()).action, Action::Stop);
    }
}
