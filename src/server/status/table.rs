//! Users and computers as the tables of the dashboard show them: searched, filtered, sorted and paged by the database, so
//! that ten thousand rows cost no more than the page that is seen.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row as _};
use uuid::Uuid;

use crate::protocol::{EventKind, Inventory};
use crate::server::db::time;
use crate::server::http::error::Refusal;
use crate::server::status::event;
use crate::server::status::stage::{INVITED_AT, LAST_KIND, STAGE, Stage};

/// Rows of a page that may be chosen; the first is taken when nothing is said.
pub const PAGE_SIZES: [u32; 3] = [50, 100, 500];
/// Most targets of one action, and most rows of an export.
pub const MOST: i64 = 50_000;

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A user, with the computer that was bound last.
    Users,
    /// An agent: one login of one computer.
    Devices,
}

/// Which rows, in which order; as in the address of the page, where every part may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Part of a name, an address or a computer's name; or the number of diagnostics.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stage: String,
    /// Id of a wave; `none` for those in no wave.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub wave: String,
    /// Kind of mail client.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alert: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sort: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub per: String,
}

impl Filter {
    /// Rows on a page.
    pub fn page_size(&self) -> u32 {
        self.per.parse().ok().filter(|size| PAGE_SIZES.contains(size)).unwrap_or(PAGE_SIZES[0])
    }

    /// From 1.
    pub fn page_number(&self) -> u32 {
        self.page.parse().unwrap_or(1).max(1)
    }

    /// Whether rows are left out.
    pub fn narrows(&self) -> bool {
        [&self.q, &self.stage, &self.wave, &self.client, &self.alert].iter().any(|part| !part.is_empty())
    }

    /// The query part of an address that leads to these rows.
    pub fn query(&self) -> String {
        serde_html_form::to_string(self).unwrap_or_default()
    }

    fn order(&self) -> &'static str {
        match self.sort.as_str() {
            "name" => "lower(name), old_key",
            "stage" => "stage, old_key",
            "device" => "lower(device), old_key",
            "wave" => "wave, old_key",
            "contact" => "COALESCE(last_seen_at, 0) DESC, old_key",
            "silent" => "COALESCE(last_seen_at, 0), old_key",
            _ => "old_key, login_id",
        }
    }
}

/// A row of either table.
#[derive(Debug, Clone)]
pub struct Row {
    pub user: Option<User>,
    pub login: Option<Login>,
    pub stage: Stage,
    pub last_code: Option<String>,
    pub code_locked: bool,
    pub invited_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct User {
    pub id: String,
    pub name: String,
    pub old_address: String,
    pub new_address: String,
    /// active, inactive, suspended
    pub state: String,
    pub wave: Option<String>,
    pub login: String,
    pub language: String,
}

#[derive(Debug, Clone)]
pub struct Login {
    pub id: Uuid,
    /// The operating system's name for it.
    pub name: String,
    /// The computer's name.
    pub device: String,
    pub system: String,
    /// Version of the agent.
    pub agent: String,
    pub inventory: Inventory,
    pub last_seen_at: Option<Timestamp>,
    pub delayed_until: Option<Timestamp>,
    /// Every login of the computer is one user's.
    pub locked: bool,
}

/// A page of a table.
#[derive(Debug)]
pub struct Slice {
    pub rows: Vec<Row>,
    /// Rows on all pages.
    pub total: i64,
    /// The page that these are: the last one when the one asked for is not there.
    pub page: u32,
}

const COLUMNS: &str =
    "l.id AS login_id, l.name AS login_name, l.agent, l.state AS login_state, l.inventory, l.last_seen_at,
    l.delayed_until, d.name AS device, d.system, d.locked_user_id, u.id AS user_id, u.name, u.old_address, u.old_key,
    u.new_address, u.state AS user_state, u.login AS user_login, u.language, u.wave_id, w.name AS wave,
    (SELECT e.body FROM event e WHERE e.login_id = l.id AND e.kind IN ('failed', 'undo_failed')
        ORDER BY e.place DESC LIMIT 1) AS failure,
    (SELECT MIN(c.tries_left) FROM code c WHERE c.user_id = u.id AND c.replaced_at IS NULL) AS tries_left";

const USERS: &str = "FROM project_user u LEFT JOIN wave w ON w.id = u.wave_id
    LEFT JOIN login l ON l.id = (SELECT x.id FROM login x WHERE x.user_id = u.id AND x.state IN ('bound', 'removed')
        ORDER BY x.state, x.bound_at DESC, x.id LIMIT 1)
    LEFT JOIN device d ON d.id = l.device_id WHERE u.project_id = $1";

const DEVICES: &str = "FROM device d JOIN login l ON l.device_id = d.id LEFT JOIN project_user u ON u.id = l.user_id
    LEFT JOIN wave w ON w.id = u.wave_id WHERE d.project_id = $1 AND l.state IN ('bound', 'removed')";

/// `$2` what is searched for, `$3` stage, `$4` wave, `$5` mail client, `$6` alert, `$7` the time before which a computer
/// counts as silent.
const MATCHES: &str = "($2 = '' OR old_key LIKE $2 ESCAPE '!' OR lower(name) LIKE $2 ESCAPE '!'
        OR lower(new_address) LIKE $2 ESCAPE '!' OR lower(device) LIKE $2 ESCAPE '!'
        OR lower(login_name) LIKE $2 ESCAPE '!'
        OR EXISTS (SELECT 1 FROM diagnostics g WHERE g.login_id = seen.login_id AND '%' || lower(g.number) || '%' = $2))
    AND ($3 = '' OR stage = $3)
    AND ($4 = '' OR ($4 = 'none' AND wave_id IS NULL) OR wave_id = $4)
    AND ($5 = '' OR inventory LIKE $5 ESCAPE '!')
    AND ($6 = ''";

/// Days without contact after which a computer counts as silent.
pub const SILENT_DAYS: i64 = 3;

/// The alerts that can be filtered by, most urgent first.
pub const ALERTS: [&str; 5] = ["rehearsal", "finding", "locked", "silent", "absent"];

/// What each of [`ALERTS`] means.
const MEANT: [&str; 5] = [
    "inventory LIKE '%\"stopped_by\":{%'",
    "inventory LIKE '%\"findings\":[{%'",
    "tries_left = 0",
    "login_state = 'bound' AND stage <> 'completed' AND COALESCE(last_seen_at, 0) < $7",
    "login_id IS NULL",
];

fn statement(subject: Subject, what: &str, rest: &str) -> sqlx::AssertSqlSafe<String> {
    let from = match subject {
        Subject::Users => USERS,
        Subject::Devices => DEVICES,
    };
    let alerts = ALERTS.iter().zip(MEANT).map(|(alert, meant)| format!(" OR ($6 = '{alert}' AND {meant})"));
    let alerts: String = alerts.collect();
    sqlx::AssertSqlSafe(format!(
        "SELECT {what} FROM (SELECT found.*, {STAGE} FROM (SELECT {COLUMNS}, {LAST_KIND}, {INVITED_AT} {from}) found) seen
         WHERE {MATCHES}{alerts}) {rest}"
    ))
}

macro_rules! bound {
    ($query:expr, $project:expr, $filter:expr, $now:expr) => {{
        let filter: &Filter = $filter;
        let silent = jiff::SignedDuration::from_hours(SILENT_DAYS * 24);
        $query
            .bind($project.to_owned())
            .bind(searched(&filter.q))
            .bind(filter.stage.clone())
            .bind(filter.wave.clone())
            .bind(installed(&filter.client))
            .bind(filter.alert.clone())
            .bind(($now - silent).as_millisecond())
    }};
}

/// One page of the rows.
pub async fn page(
    pool: &AnyPool,
    project: &str,
    subject: Subject,
    filter: &Filter,
    now: Timestamp,
) -> Result<Slice, Refusal> {
    let total = count(pool, project, subject, filter, now).await?;
    let size = i64::from(filter.page_size());
    let last = u32::try_from((total - 1).max(0) / size + 1).unwrap_or(u32::MAX);
    let page = filter.page_number().min(last);
    let rest = format!("ORDER BY {} LIMIT $8 OFFSET $9", filter.order());
    let rows = bound!(sqlx::query(statement(subject, "*", &rest)), project, filter, now)
        .bind(size)
        .bind(size * i64::from(page - 1))
        .fetch_all(pool)
        .await?;
    let rows = rows.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Slice { rows, total, page })
}

/// Every row, up to [`MOST`].
pub async fn all(
    pool: &AnyPool,
    project: &str,
    subject: Subject,
    filter: &Filter,
    now: Timestamp,
) -> Result<Vec<Row>, Refusal> {
    let rest = format!("ORDER BY {} LIMIT $8", filter.order());
    let rows = bound!(sqlx::query(statement(subject, "*", &rest)), project, filter, now).bind(MOST);
    Ok(rows.fetch_all(pool).await?.iter().map(read).collect::<Result<_, _>>()?)
}

/// One login's row.
pub async fn one(pool: &AnyPool, project: &str, login: Uuid, now: Timestamp) -> Result<Option<Row>, Refusal> {
    let query = sqlx::query(statement(Subject::Devices, "*", "AND login_id = $8"));
    let row = bound!(query, project, &Filter::default(), now).bind(login.to_string()).fetch_optional(pool).await?;
    Ok(row.map(|row| read(&row)).transpose()?)
}

/// One user's row.
pub async fn of_user(pool: &AnyPool, project: &str, user: &str, now: Timestamp) -> Result<Option<Row>, Refusal> {
    let query = sqlx::query(statement(Subject::Users, "*", "AND user_id = $8"));
    let row = bound!(query, project, &Filter::default(), now).bind(user).fetch_optional(pool).await?;
    Ok(row.map(|row| read(&row)).transpose()?)
}

/// At most `limit` rows, by their ids, which grow with time: those after the row with this id.
pub async fn after(
    pool: &AnyPool,
    project: &str,
    subject: Subject,
    filter: &Filter,
    (after, limit): (Option<Uuid>, i64),
    now: Timestamp,
) -> Result<Vec<Row>, Refusal> {
    let id = match subject {
        Subject::Users => "user_id",
        Subject::Devices => "login_id",
    };
    let query = sqlx::query(statement(subject, "*", &format!("AND {id} > $8 ORDER BY {id} LIMIT $9")));
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows = bound!(query, project, filter, now).bind(after).bind(limit).fetch_all(pool).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

pub async fn count(
    pool: &AnyPool,
    project: &str,
    subject: Subject,
    filter: &Filter,
    now: Timestamp,
) -> Result<i64, Refusal> {
    let query = sqlx::query_scalar(statement(subject, "COUNT(*)", ""));
    Ok(bound!(query, project, filter, now).fetch_one(pool).await?)
}

/// How many users there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// By stage; stages without any are left out.
    pub stages: Vec<(Stage, i64)>,
    /// In the order of [`ALERTS`].
    pub alerts: [i64; ALERTS.len()],
}

/// The users of a project in numbers, counted in one walk.
pub async fn summary(pool: &AnyPool, project: &str, now: Timestamp) -> Result<Summary, sqlx::Error> {
    let sums =
        ALERTS.iter().zip(MEANT).map(|(alert, meant)| format!(", SUM(CASE WHEN {meant} THEN 1 ELSE 0 END) {alert}"));
    let what = format!("stage, COUNT(*) AS number{}", sums.collect::<String>());
    let query = sqlx::query(statement(Subject::Users, &what, "GROUP BY stage ORDER BY stage"));
    let mut summary = Summary::default();
    for row in bound!(query, project, &Filter::default(), now).fetch_all(pool).await? {
        summary.stages.push((Stage::named(row.try_get("stage")?), row.try_get("number")?));
        for (sum, alert) in summary.alerts.iter_mut().zip(ALERTS) {
            *sum += row.try_get::<i64, _>(alert)?;
        }
    }
    Ok(summary)
}

/// A pattern that finds `text` anywhere, in lower case; empty for everything.
fn searched(text: &str) -> String {
    let text = text.trim().to_lowercase();
    if text.is_empty() { text } else { format!("%{}%", escaped(&text)) }
}

/// A pattern that finds a kind of mail client in an inventory, which is kept as compact JSON.
fn installed(kind: &str) -> String {
    if kind.is_empty() { String::new() } else { format!("%\"kind\":\"{}\",\"version\"%", escaped(kind)) }
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn read(row: &AnyRow) -> Result<Row, sqlx::Error> {
    let text = |column| row.try_get::<Option<String>, _>(column);
    let at = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.map(time));
    let user = match text("user_id")? {
        Some(id) => Some(User {
            id,
            name: row.try_get("name")?,
            old_address: row.try_get("old_address")?,
            new_address: row.try_get("new_address")?,
            state: row.try_get("user_state")?,
            wave: text("wave")?,
            login: row.try_get("user_login")?,
            language: row.try_get("language")?,
        }),
        None => None,
    };
    let login = match text("login_id")?.and_then(|id| id.parse().ok()) {
        Some(id) => Some(Login {
            id,
            name: row.try_get("login_name")?,
            device: row.try_get("device")?,
            system: row.try_get("system")?,
            agent: row.try_get("agent")?,
            inventory: text("inventory")?.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
            last_seen_at: at("last_seen_at")?,
            delayed_until: at("delayed_until")?,
            locked: text("locked_user_id")?.is_some(),
        }),
        None => None,
    };
    let last_code = match event(text("failure")?) {
        Some(EventKind::Failed { code } | EventKind::UndoFailed { code }) => Some(code.id().to_owned()),
        _ => None,
    };
    Ok(Row {
        user,
        login,
        stage: Stage::named(row.try_get("stage")?),
        last_code,
        code_locked: row.try_get::<Option<i64>, _>("tries_left")? == Some(0),
        invited_at: at("invited_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_means_itself() {
        assert_eq!(searched("  Änne_% "), "%änne!_!%%");
        assert_eq!(searched(" "), "");
    }

    #[test]
    fn a_page_that_cannot_be_is_the_first_one() {
        let filter = Filter { page: "-3".into(), per: "7".into(), ..Filter::default() };
        assert_eq!((filter.page_number(), filter.page_size()), (1, 50));
    }

    #[test]
    fn an_address_carries_only_what_narrows() {
        let filter = Filter { q: "a b".into(), per: "100".into(), ..Filter::default() };
        assert_eq!(filter.query(), "q=a+b&per=100");
        assert!(filter.narrows() && !Filter::default().narrows());
    }
}
