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
