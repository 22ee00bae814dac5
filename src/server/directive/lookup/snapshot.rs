//! Reads what the directives of many logins depend on, with two queries.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::protocol::Action;
use crate::server::db::{rows, time};
use crate::server::directive::admission::{self, Turn};
use crate::server::directive::decision::{self, Cause, Decision, Situation};
use crate::server::directive::lookup::All;
use crate::server::directive::lookup::claims::Claims;
use crate::server::directive::orders;
use crate::server::http::error::Refusal;
use crate::server::projects::identity::method::Method;
use crate::server::projects::users::User;
use crate::server::projects::{self, Project, waves};

/// Lists are filled up to one of these lengths, so that the database knows the statement already. Longer lists cost more:
/// for each parameter `SQLite` looks through the names of all of them.
const LENGTHS: [usize; 4] = [1, 4, 16, LIST];
/// The longest list.
const LIST: usize = 64;

/// A bound login, whose it is, and the newest order with the newest report on it. A user counts only while active. An
/// order to configure also reaches logins that become the user's later; other orders were meant for those that were.
/// Reports without an order number count when they came after the order.
const LOGINS: &str = "SELECT l.id, l.user_id AS stored_user, l.identified, l.signed_out_at, l.delayed_until, d.project_id,
    p.last_order, COALESCE(everyone.id, locked.id) AS locked_user, u.id AS user_id, u.name, u.old_address, u.new_address, u.login,
    u.language, u.state, u.moved_version, u.moved_at,
    w.cutover_at, w.cutover_at_once, w.cutover_version, w.cutover_set_at,
    o.number, o.action, o.created_at AS ordered_at, o.cutover_version AS ordered_version, e.kind, e.received_at,
    s.at AS place,
    (SELECT COALESCE(MAX(t.cutover_version), 0) FROM user_order t WHERE t.login_id = l.id AND t.user_id = u.id)
        AS cutover_taken,
    (SELECT COUNT(*) FROM assignment a JOIN project_user x ON x.id = a.user_id AND x.state = 'active'
     WHERE a.device_id = l.device_id AND a.consumed_at IS NULL AND (a.login_id = l.id OR a.login_id IS NULL)) AS assigned
    FROM login l JOIN device d ON d.id = l.device_id JOIN project p ON p.id = d.project_id
    LEFT JOIN project_user signed ON signed.id = l.user_id AND signed.state = 'active'
    LEFT JOIN project_user locked ON locked.id = d.locked_user_id AND locked.state = 'active'
    LEFT JOIN project_user everyone ON everyone.id = p.locked_user_id AND everyone.state = 'active'
    LEFT JOIN project_user u ON u.id = COALESCE(everyone.id, locked.id, signed.id)
    LEFT JOIN wave w ON w.id = u.wave_id
    LEFT JOIN user_order o ON o.user_id = u.id AND o.number =
        (SELECT MAX(n.number) FROM user_order n WHERE n.user_id = u.id AND (n.login_id = l.id OR (n.login_id IS NULL
         AND (n.created_at >= COALESCE(l.signed_in_at, l.bound_at) OR n.action = 'configure'))))
    LEFT JOIN event e ON e.login_id = l.id AND e.id =
        (SELECT r.id FROM event r WHERE r.login_id = l.id
         AND (r.order_number = o.number OR (r.order_number = 0 AND r.received_at >= o.created_at))
         AND r.kind IN ('wizard_opened', 'started', 'step', 'completed', 'finished_by_hand', 'failed', 'undone',
                        'undo_failed', 'removed')
         ORDER BY r.place DESC LIMIT 1)
    LEFT JOIN start_place s ON s.login_id = l.id
    WHERE l.state = 'bound' AND l.id IN ";

/// A login and what its directive depends on.
#[derive(Debug)]
pub struct Known {
    pub login: Uuid,
    pub project: Arc<Project>,
    /// Whose it is.
    pub person: Option<Person>,
    /// Whose it is has to be written first, or looked up in the directory.
    pub unsettled: bool,
    /// The number of the project's last order.
    pub last_order: i64,
    /// The agent follows what another epoch of the database has ordered: first it says again where it stands.
    pub is_astray: bool,
    /// The agent has acted on an order with a higher number than the project's last.
    pub is_ahead: bool,
}

#[derive(Debug)]
pub struct Person {
    pub user: User,
    /// How that was found.
    pub identified: Method,
    pub situation: Situation,
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
        if self.is_astray {
            return Next::Stay { action: Action::Wait, wake_at: None };
        }
        let Some(person) = &self.person else { return Next::Stay { action: Action::Identify, wake_at: None } };
        let Decision { action, make, wake_at } = decision::decide(&person.situation, now);
        let Some(cause) = make else { return Next::Stay { action, wake_at } };
        match self.cap(person, cause).map(|cap| (cap, admission::turn(person.place, now))) {
            Some((_, Turn::Wait(until))) => Next::Stay { action, wake_at: Some(until) },
            Some((cap, Turn::TakePlace)) => Next::TakePlace { action, cap },
            Some((_, Turn::Start)) | None => Next::Order { action, cause },
        }
    }

    /// Starts by a scheduled cutover take turns; "now" means now, and retries are as far apart as the failures were.
    fn cap(&self, person: &Person, cause: Cause) -> Option<NonZeroU32> {
        let scheduled = person.situation.cutover.is_some_and(|cutover| !cutover.at_once);
        match cause {
            Cause::Cutover { .. } if scheduled => self.project.settings.starts_per_minute,
            _ => None,
        }
    }
}

/// What is known of these logins. Those that are not bound are left out.
pub async fn read(connection: &mut AnyConnection, logins: &[Uuid], claims: &Claims) -> Result<All, Refusal> {
    let ids: Vec<String> = logins.iter().map(Uuid::to_string).collect();
    let found = select(connection, LOGINS, &ids).await?;
    let names: HashSet<String> = found.iter().map(|row| row.try_get("project_id")).collect::<Result<_, _>>()?;
    let projects = read_projects(connection, &names.into_iter().collect::<Vec<_>>()).await?;
    let mut all = HashMap::with_capacity(found.len());
    for row in &found {
        let login: Uuid = row.try_get::<String, _>("id")?.parse().map_err(|_| ResponseCode::UnknownAgent)?;
        let known = match projects.get(&row.try_get::<String, _>("project_id")?) {
            Some(Ok(project)) => known(row, login, Arc::clone(project)).map_err(Refusal::from),
            Some(Err(error)) => Err(error.clone()),
            None => Err(ResponseCode::UnknownAgent.into()), // deleted between the two queries
        };
        all.insert(login, known);
    }
    claims.compare(connection, &mut all).await?;
    Ok(all)
}

/// A project whose settings cannot be read does not stop the others.
async fn read_projects(
    connection: &mut AnyConnection,
    ids: &[String],
) -> Result<HashMap<String, Result<Arc<Project>, Refusal>>, Refusal> {
    let mut projects = HashMap::with_capacity(ids.len());
    for row in select(connection, &format!("{} WHERE id IN ", projects::COLUMNS), ids).await? {
        projects.insert(row.try_get("id")?, projects::read(&row).map(Arc::new).map_err(Refusal::from));
    }
    Ok(projects)
}

/// The rows of a statement that ends with a list of these ids.
pub async fn select(connection: &mut AnyConnection, text: &str, ids: &[String]) -> Result<Vec<AnyRow>, sqlx::Error> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LIST) {
        found.extend(select_chunk(connection, text, ids).await?);
    }
    Ok(found)
}

async fn select_chunk(connection: &mut AnyConnection, text: &str, ids: &[String]) -> Result<Vec<AnyRow>, sqlx::Error> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    let length = LENGTHS.into_iter().find(|length| *length >= ids.len()).unwrap_or(ids.len());
    let mut query = sqlx::query(AssertSqlSafe(format!("{text} {}", rows(1, length))));
    for id in ids.iter().chain(std::iter::repeat_n(last, length - ids.len())) {
        query = query.bind(id.clone());
    }
    query.fetch_all(connection).await
}

fn known(row: &AnyRow, login: Uuid, project: Arc<Project>) -> Result<Known, sqlx::Error> {
    let text = |column| row.try_get::<Option<String>, _>(column);
    let (user, stored) = (text("user_id")?, text("stored_user")?);
    let unsettled = if user.is_some() {
        user != stored
    } else {
        let signed_out = row.try_get::<Option<i64>, _>("signed_out_at")?.is_some();
        project.settings.directory_match && stored.is_none() && !signed_out
    };
    let assigned = text("locked_user")?.is_none() && row.try_get::<i64, _>("assigned")? > 0;
    let person = match user {
        Some(user) => Some(person(row, login, &project, user)?),
        None => None,
    };
    let last_order = row.try_get("last_order")?;
    let unsettled = unsettled || assigned;
    Ok(Known { login, project, person, unsettled, last_order, is_astray: false, is_ahead: false })
}

fn person(row: &AnyRow, login: Uuid, project: &Project, user: String) -> Result<Person, sqlx::Error> {
    let at = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.map(time));
    let text = |column| row.try_get::<Option<String>, _>(column);
    // What is written is about who is written: a lock may stand above that.
    let is_written = text("stored_user")?.as_deref() == Some(user.as_str());
    let identified = if is_written { Method::of(text("identified")?.as_deref()) } else { Method::Machine };
    let settings = &project.settings;
    let situation = Situation {
        device: login.to_string(),
        ready: settings.account.is_some(),
        ready_at: project.ready_at,
        cutover: waves::of_user(row, project.cutover)?,
        lead: settings.lead(),
        spread: settings.spread(),
        undo_window: settings.undo_window(),
        retry_limit: settings.retry_limit(),
        cutover_taken: row.try_get("cutover_taken")?,
        delayed_until: at("delayed_until")?,
        order: orders::order(row)?,
        report: orders::report(row)?,
        unsaid: false,
    };
    let user = User {
        id: user,
        project_id: row.try_get("project_id")?,
        name: row.try_get("name")?,
        old_address: row.try_get("old_address")?,
        new_address: row.try_get("new_address")?,
        login: row.try_get("login")?,
        language: row.try_get("language")?,
        state: row.try_get("state")?,
    };
    Ok(Person { user, identified, situation, place: at("place")? })
}
