//! Reads what the directives of many logins depend on, with two queries.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::num::NonZeroU32;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use uuid::Uuid;

use super::{All, copy};
use crate::protocol::Action;
use crate::server::db::time;
use crate::server::decision::{self, Cause, Decision, Situation};
use crate::server::herd::{self, Turn};
use crate::server::orders;
use crate::server::project::{self, Project};
use crate::server::refusal::Refusal;
use crate::server::users::User;

/// Lists are filled up to one of these lengths, so that the database knows the statement already.
const LENGTHS: [usize; 4] = [1, 8, 64, super::BATCH];

/// A bound login with its newest order and the newest report on that order. An order to configure also reaches logins
/// that are bound later; other orders were meant for those that were there. Reports without an order number count when
/// they came after the order.
const LOGINS: &str =
    "SELECT l.id, u.id AS user_id, u.project_id, u.name, u.old_address, u.new_address, u.login, u.language,
    o.number, o.action, o.created_at AS ordered_at, o.cutover_version, e.kind, e.received_at, p.at AS place,
    (SELECT COALESCE(MAX(t.cutover_version), 0) FROM user_order t WHERE t.login_id = l.id) AS cutover_taken,
    (SELECT COALESCE(MAX(a.number), 0) FROM user_order a WHERE a.user_id = u.id) AS last_number
    FROM login l JOIN project_user u ON u.id = l.user_id
    LEFT JOIN user_order o ON o.user_id = l.user_id AND o.number =
        (SELECT MAX(n.number) FROM user_order n WHERE n.user_id = l.user_id AND (n.login_id = l.id
         OR (n.login_id IS NULL AND (n.created_at >= l.bound_at OR n.action = 'configure'))))
    LEFT JOIN event e ON e.login_id = l.id AND e.id =
        (SELECT r.id FROM event r WHERE r.login_id = l.id
         AND (r.order_number = o.number OR (r.order_number = 0 AND r.received_at >= o.created_at))
         AND r.kind IN ('wizard_opened', 'started', 'step', 'completed', 'finished_by_hand', 'failed', 'undone',
                        'undo_failed', 'removed')
         ORDER BY r.place DESC LIMIT 1)
    LEFT JOIN start_place p ON p.login_id = l.id
    WHERE l.state = 'bound' AND l.id IN ";

/// A login and what its directive depends on.
#[derive(Debug)]
pub struct Known {
    pub login: Uuid,
    pub user: User,
    pub project: Arc<Project>,
    pub situation: Situation,
    /// The highest number of the user's orders.
    pub last_number: i64,
    /// What herd control has given it.
    pub place: Option<Timestamp>,
}

/// What is to be done about a login.
#[derive(Debug)]
pub enum Next {
    Stay {
        action: Action,
        wake_at: Option<Timestamp>,
    },
    /// An order is to be recorded first; `action` holds until then.
    Order {
        action: Action,
        cause: Cause,
    },
    /// A place is to be taken first.
    TakePlace {
        action: Action,
        cap: NonZeroU32,
    },
}

impl Known {
    pub fn next(&self, now: Timestamp) -> Next {
        let Decision { action, make, wake_at } = decision::decide(&self.situation, now);
        let Some(cause) = make else { return Next::Stay { action, wake_at } };
        match self.cap(cause).map(|cap| (cap, herd::turn(self.place, now))) {
            Some((_, Turn::Wait(until))) => Next::Stay { action, wake_at: Some(until) },
            Some((cap, Turn::TakePlace)) => Next::TakePlace { action, cap },
            Some((_, Turn::Start)) | None => Next::Order { action, cause },
        }
    }

    /// Starts by a scheduled cutover take turns; "now" means now, and retries are as far apart as the failures were.
    fn cap(&self, cause: Cause) -> Option<NonZeroU32> {
        let scheduled = self.situation.cutover.is_some_and(|cutover| !cutover.at_once);
        match cause {
            Cause::Cutover { .. } if scheduled => self.project.settings.starts_per_minute,
            _ => None,
        }
    }
}

/// What is known of these logins. Those that are not bound are left out.
pub async fn read(connection: &mut AnyConnection, logins: &[Uuid]) -> Result<All, Refusal> {
    let ids: Vec<String> = logins.iter().map(Uuid::to_string).collect();
    let mut rows = Vec::with_capacity(ids.len());
    for ids in ids.chunks(super::BATCH) {
        rows.extend(select(connection, LOGINS, ids).await?);
    }
    let projects: HashSet<String> = rows.iter().map(|row| row.try_get("project_id")).collect::<Result<_, _>>()?;
    let projects = read_projects(connection, projects.into_iter().collect()).await?;
    let mut all = HashMap::with_capacity(rows.len());
    for row in &rows {
        let login: Uuid = row.try_get::<String, _>("id")?.parse().map_err(|_| Refusal::UnknownDevice)?;
        let known = match projects.get(&row.try_get::<String, _>("project_id")?) {
            Some(Ok(project)) => known(row, login, Arc::clone(project)).map_err(Refusal::from),
            Some(Err(error)) => Err(copy(error)),
            None => Err(Refusal::UnknownDevice), // deleted between the two queries
        };
        all.insert(login, known);
    }
    Ok(all)
}

/// A project whose settings cannot be read does not stop the others.
async fn read_projects(
    connection: &mut AnyConnection,
    ids: Vec<String>,
) -> Result<HashMap<String, Result<Arc<Project>, Refusal>>, Refusal> {
    let mut projects = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(super::BATCH) {
        for row in select(connection, &format!("{} WHERE id IN ", project::COLUMNS), ids).await? {
            projects.insert(row.try_get("id")?, project::read(&row).map(Arc::new));
        }
    }
    Ok(projects)
}

async fn select(connection: &mut AnyConnection, text: &str, ids: &[String]) -> Result<Vec<AnyRow>, sqlx::Error> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    let length = LENGTHS.into_iter().find(|length| *length >= ids.len()).unwrap_or(ids.len());
    let mut query = sqlx::query(AssertSqlSafe(format!("{text} ({})", placeholders(1, length))));
    for id in ids.iter().chain(std::iter::repeat_n(last, length - ids.len())) {
        query = query.bind(id.clone());
    }
    query.fetch_all(connection).await
}

/// `$1, $2, …`
pub fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::new();
    for number in first..first + count {
        let comma = if number == first { "" } else { ", " };
        let _ = write!(text, "{comma}${number}"); // writing to a String cannot fail
    }
    text
}

fn known(row: &AnyRow, login: Uuid, project: Arc<Project>) -> Result<Known, sqlx::Error> {
    let order = orders::order(row)?;
    let settings = &project.settings;
    let situation = Situation {
        device: login.to_string(),
        ready: settings.account.is_some(),
        cutover: project.cutover,
        lead: settings.lead(),
        spread: settings.spread(),
        undo_window: settings.undo_window(),
        retry_limit: settings.retry_limit(),
        cutover_taken: row.try_get("cutover_taken")?,
        order,
        report: orders::report(row)?,
    };
    let user = User {
        id: row.try_get("user_id")?,
        project_id: row.try_get("project_id")?,
        name: row.try_get("name")?,
        old_address: row.try_get("old_address")?,
        new_address: row.try_get("new_address")?,
        login: row.try_get("login")?,
        language: row.try_get("language")?,
    };
    let place = row.try_get::<Option<i64>, _>("place")?.map(time);
    Ok(Known { login, user, project, situation, last_number: row.try_get("last_number")?, place })
}
