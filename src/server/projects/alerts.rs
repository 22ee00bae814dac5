//! What would go wrong at the cutover, told while there is time. Pure: [`known`] reads what the rules here judge.

pub mod known;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::problem::ResponseCode;
use crate::protocol::Inventory;
use known::{Known, KnownLogin, KnownUser, Mailed};

/// A computer that has not been heard of for so long may be switched off at the cutover.
const SILENCE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// From then on before the cutover, a warning is critical.
const SOON: SignedDuration = SignedDuration::from_hours(24);
/// An agent tells what its computer has within this time of its activation.
const SETTLED: SignedDuration = SignedDuration::from_mins(15);
/// Least room on the disk for a new mailbox, in bytes.
const ROOM: u64 = 1 << 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look.
    Notice,
    /// The set-up will fail or not begin.
    Warning,
    /// The same, and the cutover is less than a day away or over.
    Critical,
}

/// Something an operator can do something about. The code's texts say what it is and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    pub severity: Severity,
    pub code: ResponseCode,
    /// The exact setting, version, time or path; may be empty.
    pub detail: String,
}

/// How often a code is alerted to in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sum {
    pub severity: Severity,
    pub code: ResponseCode,
    pub count: usize,
}

/// The alerts of one login, or of one user without any, the most severe first.
pub fn of(known: &Known, now: Timestamp) -> Vec<Alert> {
    if known.login.as_ref().is_some_and(|login| login.done) {
        return Vec::new();
    }
    let mut found = Vec::new();
    match (&known.user, &known.login) {
        (Some(user), None) => without_computer(user, &mut found),
        (None, Some(_)) => found.push((ResponseCode::NobodySignedIn, String::new())),
        _ => {}
    }
    if known.user.as_ref().is_some_and(|user| user.registered) {
        found.push((ResponseCode::SelfRegistered, String::new()));
    }
    if let Some(login) = &known.login {
        of_computer(login, now, &mut found);
    }
    let is_soon = known.cutover.is_some_and(|cutover| cutover.duration_since(now) <= SOON);
    let mut alerts: Vec<Alert> =
        found.into_iter().map(|(code, detail)| Alert { severity: severity(code, is_soon), code, detail }).collect();
    alerts.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.code.cmp(&b.code)));
    alerts.dedup_by(|a, b| a.code == b.code && a.detail == b.detail);
    alerts
}

fn severity(code: ResponseCode, is_soon: bool) -> Severity {
    match code {
        ResponseCode::SelfRegistered | ResponseCode::NoInventory => Severity::Notice,
        _ if is_soon => Severity::Critical,
        _ => Severity::Warning,
    }
}

fn without_computer(user: &KnownUser, found: &mut Vec<(ResponseCode, String)>) {
    found.push(match &user.mailed {
        Mailed::Never => (ResponseCode::NotInvited, String::new()),
        Mailed::Failed(why) => (ResponseCode::InvitationFailed, why.clone()),
        Mailed::Locked => (ResponseCode::CodeLocked, String::new()),
        Mailed::Expired => (ResponseCode::CodeExpired, String::new()),
        Mailed::Waiting => (ResponseCode::NobodyActivated, String::new()),
    });
}

fn of_computer(login: &KnownLogin, now: Timestamp, found: &mut Vec<(ResponseCode, String)>) {
    let heard = login.last_contact.unwrap_or(login.bound_at);
    if now.duration_since(heard) > SILENCE {
        found.push((ResponseCode::ComputerSilent, heard.to_string()));
    }
    let Some(inventory) = &login.inventory else {
        if now.duration_since(login.bound_at) > SETTLED {
            found.push((ResponseCode::NoInventory, String::new()));
        }
        return;
    };
    match inventory.preferred() {
        None => found.push((ResponseCode::NoMailClient, String::new())),
        Some(client) => {
            if client.kind == "new-outlook" {
                found.push((ResponseCode::OnlyNewOutlook, String::new()));
            }
            let findings = client
                .findings
                .iter()
                .filter(|finding| client.kind != "new-outlook" || finding.code != ResponseCode::OnlyNewOutlook);
            found.extend(findings.map(|finding| (finding.code, finding.detail.clone())));
        }
    }
    if let Some(finding) = inventory.rehearsal.as_ref().and_then(|rehearsal| rehearsal.stopped_by.as_ref()) {
        found.push((finding.code, finding.detail.clone()));
    }
    if let Some(free) = inventory.free_disk.filter(|free| *free < room(inventory)) {
        found.push((ResponseCode::DiskMayBeFull, format!("{} MiB", free >> 20)));
    }
}

/// The copy of the new mailbox will be about as large as that of the old one.
fn room(inventory: &Inventory) -> u64 {
    let files = inventory.preferred().map(|client| client.data_files.as_slice()).unwrap_or_default();
    let copies = files.iter().filter(|file| file.kind == "ost").filter_map(|file| file.size);
    copies.fold(0, u64::saturating_add).max(ROOM)
}

/// The alerts of a whole project by code, the most severe and then the most frequent first.
pub fn summed<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> Vec<Sum> {
    let mut sums: Vec<Sum> = Vec::new();
    for alert in alerts {
        match sums.iter_mut().find(|sum| (sum.code, sum.severity) == (alert.code, alert.severity)) {
            Some(sum) => sum.count += 1,
            None => sums.push(Sum { severity: alert.severity, code: alert.code, count: 1 }),
        }
    }
    sums.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.count.cmp(&a.count)).then(a.code.cmp(&b.code)));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DataFile, Finding, InstalledClient, Rehearsal};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn now() -> Timestamp {
        "2026-11-20T08:00:00Z".parse().expect("a time")
    }

    fn client(kind: &str) -> InstalledClient {
        InstalledClient { kind: kind.into(), running: true, ..InstalledClient::default() }
    }

    fn with(inventory: Inventory) -> Known {
        let inventory = Some(inventory);
        let login = KnownLogin { inventory, bound_at: now() - HOUR, last_contact: Some(now()), done: false };
        let user = KnownUser { registered: false, mailed: Mailed::Waiting };
        Known { user: Some(user), login: Some(login), cutover: Some(now() + HOUR * 100) }
    }

    fn healthy() -> Known {
        with(Inventory { clients: vec![client("outlook")], free_disk: Some(ROOM * 10), ..Inventory::default() })
    }

    fn codes(known: &Known) -> Vec<ResponseCode> {
        of(known, now()).into_iter().map(|alert| alert.code).collect()
    }

    #[test]
    fn a_computer_that_is_ready_alerts_to_nothing() {
        assert_eq!(codes(&healthy()), []);
    }

    #[test]
    fn what_would_stop_a_set_up_is_told() {
        let finding = |code| Finding { code, detail: "x".into() };
        let old = InstalledClient {
            findings: vec![finding(ResponseCode::ClientTooOld), finding(ResponseCode::PolicyForbids)],
            ..client("outlook")
        };
        let stopped_by = Some(finding(ResponseCode::ProfileListUnreadable));
        let inventory = Inventory {
            clients: vec![old],
            free_disk: Some(ROOM - 1),
            rehearsal: Some(Rehearsal { at: now(), stopped_by }),
        };
        assert_eq!(
            codes(&with(inventory)),
            [
                ResponseCode::ProfileListUnreadable,
                ResponseCode::ClientTooOld,
                ResponseCode::PolicyForbids,
                ResponseCode::DiskMayBeFull
            ]
        );
        assert_eq!(codes(&with(Inventory::default())), [ResponseCode::NoMailClient]);
        let new_outlook = Inventory { clients: vec![client("new-outlook")], ..Inventory::default() };
        assert_eq!(codes(&with(new_outlook)), [ResponseCode::OnlyNewOutlook]);
    }

    #[test]
    fn the_room_for_a_mailbox_is_as_large_as_the_old_one() {
        let copy = DataFile { kind: "ost".into(), size: Some(ROOM * 20), ..DataFile::default() };
        let large = InstalledClient { data_files: vec![copy], ..client("outlook") };
        let inventory = Inventory { clients: vec![large], free_disk: Some(ROOM * 10), ..Inventory::default() };
        assert_eq!(codes(&with(inventory)), [ResponseCode::DiskMayBeFull]);
    }

    #[test]
    fn silence_and_computers_of_nobody_are_told() {
        let mut silent = healthy();
        silent.login.as_mut().expect("a login").last_contact = Some(now() - HOUR * 73);
        assert_eq!(codes(&silent), [ResponseCode::ComputerSilent]);
        assert_eq!(codes(&Known { user: None, ..healthy() }), [ResponseCode::NobodySignedIn]);
        let mut mute = healthy();
        mute.login.as_mut().expect("a login").inventory = None;
        assert_eq!(codes(&mute), [ResponseCode::NoInventory]);
    }

    #[test]
    fn a_user_without_computer_has_one_reason() {
        let cases = [
            (Mailed::Never, ResponseCode::NotInvited),
            (Mailed::Failed("no such mailbox".into()), ResponseCode::InvitationFailed),
            (Mailed::Locked, ResponseCode::CodeLocked),
            (Mailed::Expired, ResponseCode::CodeExpired),
            (Mailed::Waiting, ResponseCode::NobodyActivated),
        ];
        for (mailed, code) in cases {
            let user = Some(KnownUser { registered: false, mailed });
            assert_eq!(codes(&Known { user, login: None, cutover: None }), [code]);
        }
    }

    #[test]
    fn a_day_before_the_cutover_warnings_become_critical() {
        let alert = |hours: i32| {
            let known = Known { cutover: Some(now() + HOUR * hours), ..with(Inventory::default()) };
            of(&known, now())[0].severity
        };
        assert_eq!([alert(25), alert(24), alert(-1)], [Severity::Warning, Severity::Critical, Severity::Critical]);
    }

    #[test]
    fn whoever_has_moved_alerts_to_nothing() {
        let mut known = with(Inventory::default());
        known.login.as_mut().expect("a login").done = true;
        assert_eq!(codes(&known), []);
    }

    #[test]
    fn a_project_is_summed_by_code() {
        let alert = |severity, code| Alert { severity, code, detail: String::new() };
        let alerts = [
            alert(Severity::Notice, ResponseCode::SelfRegistered),
            alert(Severity::Warning, ResponseCode::ClientTooOld),
            alert(Severity::Warning, ResponseCode::NobodyActivated),
            alert(Severity::Warning, ResponseCode::NobodyActivated),
        ];
        let sums: Vec<(ResponseCode, usize)> = summed(&alerts).into_iter().map(|sum| (sum.code, sum.count)).collect();
        assert_eq!(
            sums,
            [(ResponseCode::NobodyActivated, 2), (ResponseCode::ClientTooOld, 1), (ResponseCode::SelfRegistered, 1)]
        );
    }
}
