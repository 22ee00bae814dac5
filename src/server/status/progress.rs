//! How a project went over time: the numbers behind the picture of the overview.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{AnyPool, AssertSqlSafe, Row};

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

/// Logins that never fell back.
const FORWARD: &str = "l.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM event b WHERE b.login_id = l.id
    AND b.kind IN ('failed', 'undone', 'removed'))";

/// The counts at [`POINTS`] moments, from the first change until `now`. Empty before anything has happened. Logins that
/// only ever went forward are counted by the database; what happened to the others is replayed.
pub async fn over_time(pool: &AnyPool, project: &str, now: Timestamp) -> Result<Vec<(Timestamp, Count)>, sqlx::Error> {
    let first = "SELECT MIN(l.bound_at) FROM login l JOIN device d ON d.id = l.device_id WHERE d.project_id = $1";
    let Some(first) = sqlx::query_scalar::<_, Option<i64>>(first).bind(project).fetch_one(pool).await?.map(time) else {
        return Ok(Vec::new());
    };
    let mut points = replay(&back_and_forth(pool, project).await?, first, now);
    let query = format!(
        "SELECT what, ((at - $2) * {steps} + $3 - 1) / $3 AS step, COUNT(*) AS number FROM (
         SELECT 'installed' AS what, l.bound_at AS at FROM login l JOIN device d ON d.id = l.device_id
         WHERE d.project_id = $1 AND l.bound_at IS NOT NULL AND {FORWARD}
         UNION ALL
         SELECT CASE e.kind WHEN 'waiting' THEN 'ready' ELSE 'configured' END, MIN(e.received_at)
         FROM login l JOIN device d ON d.id = l.device_id JOIN event e ON e.login_id = l.id
         WHERE d.project_id = $1 AND e.kind IN ('waiting', 'completed', 'finished_by_hand') AND {FORWARD}
         GROUP BY l.id, 1) told GROUP BY 1, 2",
        steps = POINTS - 1
    );
    let query = sqlx::query(AssertSqlSafe(query)).bind(project).bind(first.as_millisecond()).bind(span(first, now));
    for row in query.fetch_all(pool).await? {
        let step = usize::try_from(row.try_get::<i64, _>("step")?).unwrap_or(0);
        let (what, number): (String, i64) = (row.try_get("what")?, row.try_get("number")?);
        for (_, count) in points.iter_mut().skip(step) {
            *match what.as_str() {
                "installed" => &mut count.installed,
                "ready" => &mut count.ready,
                _ => &mut count.configured,
            } += number;
        }
    }
    Ok(points)
}

/// What happened to the logins that fell back, in the order of time.
async fn back_and_forth(pool: &AnyPool, project: &str) -> Result<Vec<(String, Change, Timestamp)>, sqlx::Error> {
    let query = format!(
        "SELECT l.id AS login_id, 'bound' AS kind, l.bound_at AS at FROM login l JOIN device d ON d.id = l.device_id
         WHERE d.project_id = $1 AND l.bound_at IS NOT NULL AND NOT ({FORWARD})
         UNION ALL
         SELECT l.id, 'removed', l.removed_at FROM login l JOIN device d ON d.id = l.device_id
         WHERE d.project_id = $1 AND l.removed_at IS NOT NULL
         UNION ALL
         SELECT e.login_id, e.kind, e.received_at FROM event e JOIN login l ON l.id = e.login_id
         JOIN device d ON d.id = l.device_id WHERE d.project_id = $1 AND NOT ({FORWARD}) AND e.kind IN
         ('waiting', 'completed', 'finished_by_hand', 'failed', 'undone', 'removed')
         ORDER BY 3, 2"
    );
    let rows = sqlx::query(AssertSqlSafe(query)).bind(project).fetch_all(pool).await?;
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
    Ok(changes)
}

/// Milliseconds that the points are spread over.
fn span(first: Timestamp, now: Timestamp) -> i64 {
    (now.as_millisecond() - first.as_millisecond()).max(1)
}

/// `changes` in the order of their times.
fn replay(changes: &[(String, Change, Timestamp)], first: Timestamp, now: Timestamp) -> Vec<(Timestamp, Count)> {
    let span = i128::from(span(first, now));
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
    use crate::server::db::{Db, MEMORY};

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
        let points = replay(&changes, at(0), at(59));
        assert_eq!(points.len(), POINTS);
        let count = |second: usize| points[second].1;
        assert_eq!(count(0), Count { installed: 1, ..Count::default() });
        assert_eq!(count(35), Count { installed: 2, ready: 1, configured: 0, failed: 1 });
        assert_eq!(count(59), Count { installed: 2, ready: 1, configured: 1, failed: 0 });
    }

    #[tokio::test]
    async fn logins_that_only_went_forward_are_counted_with_the_others() {
        let db = Db::open(MEMORY).await.expect("a database");
        let mut tx = db.write().await.expect("a turn");
        for statement in [
            "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ('p', 'P', '{}', 'A', 0)",
            "INSERT INTO device (id, project_id, machine, name, system, created_at) VALUES ('d', 'p', 'm', '', '', 0)",
        ] {
            sqlx::query(statement).execute(&mut *tx).await.expect("a row");
        }
        // One went forward, one needed two tries, one has left.
        let logins = [
            ("a", 1000_i64, vec![("waiting", 11_000_i64), ("waiting", 12_000), ("completed", 31_000)]),
            ("b", 11_000, vec![("waiting", 12_000), ("failed", 21_000), ("finished_by_hand", 41_000)]),
            ("c", 11_000, vec![("removed", 51_000)]),
        ];
        for (login, bound_at, events) in logins {
            let insert = sqlx::query(
                "INSERT INTO login (id, device_id, token_hash, state, name, agent, language, created_at, bound_at)
                 VALUES ($1, 'd', $1, 'bound', '', '', '', 0, $2)",
            );
            insert.bind(login).bind(bound_at).execute(&mut *tx).await.expect("a row");
            for (place, (kind, at)) in (1_i64..).zip(events) {
                let insert = sqlx::query(
                    "INSERT INTO event (login_id, id, place, order_number, kind, body, happened_at, received_at)
                     VALUES ($1, $2, $3, 0, $4, '{}', 0, $5)",
                );
                let insert = insert.bind(login).bind(place.to_string()).bind(place).bind(kind).bind(at);
                insert.execute(&mut *tx).await.expect("a row");
            }
        }
        tx.commit().await.expect("committed");
        let points = over_time(db.pool(), "p", time(60_000)).await.expect("points");
        let counts: Vec<[i64; 4]> = [0, 10, 20, 30, 40, 50, 59]
            .map(|second: usize| points[second].1)
            .map(|count| [count.installed, count.ready, count.configured, count.failed])
            .to_vec();
        let expected =
            [[1, 0, 0, 0], [3, 1, 0, 0], [3, 2, 0, 1], [3, 2, 1, 1], [3, 2, 2, 0], [2, 2, 2, 0], [2, 2, 2, 0]];
        assert_eq!(counts, expected);
        assert_eq!(over_time(db.pool(), "nobody's", time(60_000)).await.expect("points"), []);
    }
}
