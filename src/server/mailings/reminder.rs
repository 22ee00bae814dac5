//! Reminders: who gets one when. The decision is a function of the project's rhythm, what was mailed, and `now`.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use sqlx::Row;

use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::mailings::{COLUMNS, FROM_OPERATORS, Kind, Mailing, New, State, queue, read};
use crate::server::projects::communication::Reminders;
use crate::server::projects::{Project, users};

/// Reminders go between these hours of the day, in the project's zone.
const MORNING: i8 = 8;
const EVENING: i8 = 18;

/// What was mailed to somebody without an activated computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct History {
    invited: bool,
    /// Since the last invitation; those that failed count too.
    reminders: u32,
    /// The newest mail: when, and whether it can be followed by another one.
    last_at: Option<Timestamp>,
    blocked: bool,
}

impl History {
    /// In the order in which they were made.
    fn of<'a>(mailings: impl IntoIterator<Item = &'a Mailing>) -> Self {
        mailings.into_iter().fold(Self::default(), |before, mailing| Self {
            invited: before.invited || (mailing.kind == Kind::Invitation && mailing.state == State::Sent),
            reminders: match mailing.kind {
                Kind::Invitation => 0,
                Kind::Reminder => before.reminders + 1,
                Kind::Registration | Kind::Password => before.reminders,
            },
            last_at: Some(mailing.sent_at.unwrap_or(mailing.created_at)),
            // One is on its way, or the address does not take any: an operator has to look.
            blocked: matches!(mailing.state, State::Queued | State::Bounced),
        })
    }

    /// When the next reminder may go; none when none is to go.
    fn next(self, rhythm: Reminders, cutover: Option<Timestamp>, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        if !self.invited || self.blocked || self.reminders >= rhythm.at_most {
            return None;
        }
        let pause = SignedDuration::from_hours(i64::from(rhythm.every_days) * 24);
        let at = by_day(self.last_at?.checked_add(pause).ok()?.max(now), zone)?;
        cutover.is_none_or(|cutover| at < cutover).then_some(at)
    }
}

/// This time, or the next morning when it is not by day.
fn by_day(at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let local = at.to_zoned(zone.clone());
    let day = match local.hour() {
        MORNING..EVENING => return Some(at),
        EVENING.. => local.date().checked_add(Span::new().days(1)).ok()?,
        _ => local.date(),
    };
    let morning = day.to_datetime(Time::constant(MORNING, 0, 0, 0)).to_zoned(zone.clone()).ok()?;
    Some(morning.timestamp())
}

/// Queues the reminders of a project that are due.
pub async fn queue_due(db: &Db, project: &Project, now: Timestamp) -> Result<(), Refusal> {
    let Some(rhythm) = project.settings.reminders else { return Ok(()) };
    if project.settings.account.is_none() || project.settings.smtp.is_none() {
        return Ok(());
    }
    let zone = project.settings.zone();
    for (user, (mailings, cutover)) in without_computer(db, project).await? {
        let due = History::of(&mailings).next(rhythm, cutover, &zone, now);
        if due.is_some_and(|at| at <= now) {
            add(db, &user, mailings.len(), now).await?;
        }
    }
    Ok(())
}

type Mailed = (Vec<Mailing>, Option<Timestamp>);

/// What was mailed to each user who is expected to activate a computer, oldest first, with the user's cutover.
async fn without_computer(db: &Db, project: &Project) -> Result<BTreeMap<String, Mailed>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!(
        "{} JOIN project_user u ON u.id = m.user_id LEFT JOIN wave w ON w.id = u.wave_id
         WHERE m.project_id = $1 AND m.kind IN {FROM_OPERATORS} AND u.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM login l WHERE l.user_id = u.id AND l.state IN ('bound', 'removed'))
         ORDER BY m.created_at, m.id",
        COLUMNS.replace(" FROM ", ", w.cutover_at AS wave_cutover_at FROM ")
    ));
    let mut users: BTreeMap<String, Mailed> = BTreeMap::new();
    for row in sqlx::query(query).bind(&project.id).fetch_all(db.pool()).await? {
        let mailing = read(&row)?;
        let wave = row.try_get::<Option<i64>, _>("wave_cutover_at")?.map(db::time);
        let cutover = wave.or(project.cutover.map(|cutover| cutover.at));
        let Some(user) = mailing.user_id.clone() else { continue };
        users.entry(user).or_insert_with(|| (Vec::new(), cutover)).0.push(mailing);
    }
    Ok(users)
}

/// Another server may have been faster: only when there are as many mails as the decision knew of.
async fn add(db: &Db, user: &str, known: usize, now: Timestamp) -> Result<(), sqlx::Error> {
    let user = users::find(db.pool(), user).await?;
    let mut tx = db.write().await?;
    let query = format!("SELECT COUNT(*) FROM mailing WHERE user_id = $1 AND kind IN {FROM_OPERATORS}");
    let mails: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(&user.id).fetch_one(&mut *tx).await?;
    if usize::try_from(mails).is_ok_and(|mails| mails == known) {
        queue::add(&mut tx, &New::to(&user, Kind::Reminder), now).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RHYTHM: Reminders = Reminders { every_days: 3, at_most: 2 };

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").expect("a zone")
    }

    fn mailing(kind: Kind, state: State, day: i8) -> Mailing {
        let made = at(&format!("2026-11-{day:02}T10:00:00Z"));
        Mailing {
            id: day.to_string(),
            user_id: Some("u".into()),
            registration_id: None,
            kind,
            state,
            address: "anna@old.example".into(),
            computer: None,
            tries: 1,
            created_at: made,
            due_at: made,
            sent_at: (state == State::Sent).then_some(made),
            trouble: None,
        }
    }

    fn next(mailings: &[Mailing], now: &str) -> Option<String> {
        let cutover = Some(at("2026-11-20T17:00:00Z"));
        History::of(mailings).next(RHYTHM, cutover, &berlin(), at(now)).map(|at| at.to_string())
    }

    #[test]
    fn nobody_is_reminded_before_an_invitation_was_sent() {
        assert_eq!(next(&[], "2026-11-09T10:00:00Z"), None);
        assert_eq!(next(&[mailing(Kind::Invitation, State::Failed, 1)], "2026-11-09T10:00:00Z"), None);
    }

    #[test]
    fn a_reminder_goes_the_projects_days_after_the_last_mail() {
        let invited = [mailing(Kind::Invitation, State::Sent, 2)];
        assert_eq!(next(&invited, "2026-11-03T10:00:00Z").as_deref(), Some("2026-11-05T10:00:00Z"));
        let reminded = [invited[0].clone(), mailing(Kind::Reminder, State::Sent, 5)];
        assert_eq!(next(&reminded, "2026-11-06T10:00:00Z").as_deref(), Some("2026-11-08T10:00:00Z"));
    }

    #[test]
    fn there_are_no_more_than_the_project_says_until_a_new_invitation() {
        let mut mailings = vec![
            mailing(Kind::Invitation, State::Sent, 2),
            mailing(Kind::Reminder, State::Sent, 5),
            mailing(Kind::Reminder, State::Failed, 8),
        ];
        assert_eq!(next(&mailings, "2026-11-12T10:00:00Z"), None);
        mailings.push(mailing(Kind::Invitation, State::Sent, 12));
        assert_eq!(next(&mailings, "2026-11-12T11:00:00Z").as_deref(), Some("2026-11-15T10:00:00Z"));
    }

    #[test]
    fn nobody_is_reminded_by_night() {
        let invited = [mailing(Kind::Invitation, State::Sent, 2)];
        // Berlin is one hour ahead of UTC.
        for (now, goes) in [
            ("2026-11-06T06:59:00Z", "2026-11-06T07:00:00Z"),
            ("2026-11-06T07:00:00Z", "2026-11-06T07:00:00Z"),
            ("2026-11-06T16:59:59Z", "2026-11-06T16:59:59Z"),
            ("2026-11-06T17:00:00Z", "2026-11-07T07:00:00Z"),
            ("2026-11-06T23:30:00Z", "2026-11-07T07:00:00Z"),
        ] {
            assert_eq!(next(&invited, now).as_deref(), Some(goes), "{now}");
        }
    }

    #[test]
    fn nobody_is_reminded_after_the_cutover_or_beside_another_mail() {
        let invited = [mailing(Kind::Invitation, State::Sent, 2)];
        assert_eq!(next(&invited, "2026-11-20T17:00:00Z"), None);
        let waiting = [invited[0].clone(), mailing(Kind::Reminder, State::Queued, 5)];
        assert_eq!(next(&waiting, "2026-11-12T10:00:00Z"), None);
        let bounced = [invited[0].clone(), mailing(Kind::Invitation, State::Bounced, 3)];
        assert_eq!(next(&bounced, "2026-11-12T10:00:00Z"), None);
    }
}
