//! How a project went over time: the numbers behind the picture of the overview.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{AnyPool, Row};

use crate::server::db::time;

/// Points of a line, at most.
pub const POINTS: usize = 60;

/// Computers at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// The agent has been bound, or signed in, on it.
    pub installed: i64,
    /// The person has confirmed the code there.
    pub ready: i64,
    /// The new profile works.
    pub configured: i64,
    /// The last try failed.
    pub failed: i64,
}

/// What happened to one login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Installed,
    Ready,
    Configured,
    Failed,
    Undone,
    Removed,
}

/// The counts at up to [`POINTS`] moments, from the first change until `now`. Empty before anything has happened.
pub async fn over_time(pool: &AnyPool, project: &str, now: Timestamp) -> Result<Vec<(Timestamp, Count)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT l.id AS login_id, 'bound' AS kind, l.bound_at AS at FROM login l JOIN device d ON d.id = l.device_id
         WHERE d.project_id = $1 AND l.bound_at IS NOT NULL
         UNION ALL
         SELECT l.id, 'removed', l.removed_at FROM login l JOIN device d ON d.id = l.device_id
         WHERE d.project_id = $1 AND l.removed_at IS NOT NULL
         UNION ALL
         SELECT e.login_id, e.kind, e.received_at FROM event e JOIN login l ON l.id = e.login_id
         JOIN device d ON d.id = l.device_id WHERE d.project_id = $1 AND e.kind IN
         ('waiting', 'completed', 'finished_by_hand', 'failed', 'undone', 'removed')
         ORDER BY 3, 2",
    )
    .bind(project.to_owned())
    .fetch_all(pool)
    .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in &rows {
        let change = match row.try_get::<String, _>("kind")?.as_str() {
            "bound" => Change::Installed,
            "waiting" => Change::Ready,
            "failed" => Change::Failed,
            "undone" => Change::Undone,
            "removed" => Change::Removed,
            _ => Change::Configured,
        };
        changes.push((row.try_get::<String, _>("login_id")?, change, time(row.try_get("at")?)));
    }
    Ok(replay(&changes, now))
}

/// `changes` in the order of their times.
fn replay(changes: &[(String, Change, Timestamp)], now: Timestamp) -> Vec<(Timestamp, Count)> {
    let Some((_, _, first)) = changes.first() else { return Vec::new() };
    let span = now.duration_since(*first).as_millis().max(1);
    let steps = POINTS as i128 - 1;
    let mut logins: HashMap<&str, Count> = HashMap::new();
    let mut total = Count::default();
    let mut rest = changes.iter().peekable();
    let mut points = Vec::with_capacity(POINTS);
    for step in 0..=steps {
        let offset = i64::try_from(span * step / steps).unwrap_or(i64::MAX);
        let at = time(first.as_millisecond().saturating_add(offset));
        while let Some((login, change, _)) = rest.next_if(|(_, _, when)| *when <= at) {
            let one = logins.entry(login).or_default();
            let before = *one;
            *one = after(before, *change);
            total = total.moved(before, *one);
        }
        points.push((at, total));
    }
    points
}

fn after(before: Count, change: Change) -> Count {
    match change {
        Change::Installed => Count { installed: 1, ..before },
        Change::Ready => Count { ready: 1, ..before },
        Change::Configured => Count { configured: 1, failed: 0, ..before },
        Change::Failed => Count { failed: 1, ..before },
        Change::Undone => Count { configured: 0, failed: 0, ..before },
        Change::Removed => Count { configured: before.configured, ..Count::default() },
    }
}

impl Count {
    fn moved(self, before: Self, after: Self) -> Self {
        Self {
            installed: self.installed + after.installed - before.installed,
            ready: self.ready + after.ready - before.ready,
            configured: self.configured + after.configured - before.configured,
            failed: self.failed + after.failed - before.failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_that_works_takes_the_failure_back() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let change = |login: &str, change, second| (login.to_owned(), change, at(second));
        let changes = [
            change("a", Change::Installed, 0),
            change("b", Change::Installed, 10),
            change("a", Change::Ready, 20),
            change("a", Change::Failed, 30),
            change("a", Change::Configured, 40),
        ];
        let points = replay(&changes, at(59));
        assert_eq!(points.len(), POINTS);
        let count = |second: usize| points[second].1;
        assert_eq!(count(0), Count { installed: 1, ..Count::default() });
        assert_eq!(count(35), Count { installed: 2, ready: 1, configured: 0, failed: 1 });
        assert_eq!(count(59), Count { installed: 2, ready: 1, configured: 1, failed: 0 });
    }

    #[test]
    fn before_anything_happened_there_is_no_picture() {
        assert_eq!(replay(&[], Timestamp::UNIX_EPOCH), []);
    }
}
