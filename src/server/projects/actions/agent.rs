//! What is done to agents.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use super::{Action, Context};
use crate::problem::ResponseCode;
use crate::protocol;
use crate::server::db;
use crate::server::directive::orders;
use crate::server::http::error::Refusal;
use crate::server::mailings;
use crate::server::operation::Operation;
use crate::server::projects::identity::method::Method;
use crate::server::projects::identity::{State, assignment};
use crate::server::projects::{Project, diagnostics, users};

/// Does the action to each agent; why it was not done to some.
pub async fn apply(
    op: &mut Operation,
    project: &Project,
    agents: &[Uuid],
    action: &Action,
    context: &Context,
) -> Result<HashMap<Uuid, ResponseCode>, Refusal> {
    let detail = match (action, context) {
        (Action::Delay { until }, _) => until.to_string(),
        (_, Context::User(user)) => user.old_address.clone(),
        _ => String::new(),
    };
    let (now, mut refused) = (db::now(), HashMap::new());
    for &id in agents {
        let why = match find(op, &project.id, id).await? {
            None => Some(ResponseCode::UnknownAgent),
            Some(agent) => match act(op, project, &agent, action, now).await? {
                None => {
                    op.record(Some(&project.id), action.id(), &agent.label(), &detail).await?;
                    None
                }
                why => why,
            },
        };
        refused.extend(why.map(|why| (id, why)));
    }
    Ok(refused)
}

/// One action on one agent. What is given back is why it was not done.
async fn act(
    tx: &mut Operation,
    project: &Project,
    agent: &Bound,
    action: &Action,
    now: Timestamp,
) -> Result<Option<ResponseCode>, Refusal> {
    match action {
        Action::Retry if !can_retry(tx, agent.id).await? => Ok(Some(ResponseCode::NothingToRetry)),
        Action::Configure | Action::Retry => start(tx, project, agent).await,
        Action::Rehearse => order(tx, agent, protocol::Action::Rehearse).await,
        Action::Undo => order(tx, agent, protocol::Action::Undo).await,
        // Orders reach active users only; the agent of nobody else is forgotten at once.
        Action::Remove if agent.user_state != Some(State::Active) => done(forget(tx, agent.id, now).await),
        Action::Remove => order(tx, agent, protocol::Action::Remove).await,
        Action::Delay { until } => done(delay(tx, agent.id, Some(*until)).await),
        Action::Assign { user } => done(assignment::for_login(tx, agent.id, user, Method::Operator, now).await),
        Action::AssignDevice { user } => done(assignment::for_device(tx, &agent.device, user, now).await),
        Action::Lock { user } => done(lock(tx, &agent.device, Some(user)).await),
        Action::Unlock => done(lock(tx, &agent.device, None).await),
        Action::NewCode => mail_code(tx, project, agent).await,
        // By `user::apply`.
        Action::Invite | Action::Wave { .. } | Action::Suspend | Action::Resume | Action::Delete => Ok(None),
    }
}

fn done(written: Result<(), sqlx::Error>) -> Result<Option<ResponseCode>, Refusal> {
    written?;
    Ok(None)
}

/// Puts a letter with a new code for whoever uses the agent into the queue.
async fn mail_code(tx: &mut Operation, project: &Project, agent: &Bound) -> Result<Option<ResponseCode>, Refusal> {
    let Some(user) = &agent.user else { return Ok(Some(ResponseCode::NobodySignedIn)) };
    let user = users::find(&mut **tx, user).await?;
    if let Err(code) = mailings::check(project, &user) {
        return Ok(Some(code));
    }
    mailings::queue_code(tx, project, &user).await?;
    Ok(None)
}

/// An order to configure, at once: a delay was for the start that it brings forward.
async fn start(tx: &mut Operation, project: &Project, agent: &Bound) -> Result<Option<ResponseCode>, Refusal> {
    if project.settings.account.is_none() {
        return Ok(Some(ResponseCode::NoAccountSettings));
    }
    let refused = order(tx, agent, protocol::Action::Configure).await?;
    if refused.is_none() {
        delay(tx, agent.id, None).await?;
    }
    Ok(refused)
}

async fn order(tx: &mut Operation, agent: &Bound, action: protocol::Action) -> Result<Option<ResponseCode>, Refusal> {
    match (&agent.user, agent.user_state) {
        (None, _) => Ok(Some(ResponseCode::NobodySignedIn)),
        (Some(user), Some(State::Active)) => {
            orders::give(tx, user, Some(agent.id), action).await?;
            Ok(None)
        }
        (Some(_), _) => Ok(Some(ResponseCode::UserNotActive)),
    }
}

/// An agent that is activated.
struct Bound {
    id: Uuid,
    /// Id of the computer.
    device: String,
    /// Id of the user.
    user: Option<String>,
    /// None also for a state that does not exist.
    user_state: Option<State>,
    device_name: String,
    name: String,
    address: Option<String>,
}

impl Bound {
    /// What people call it.
    fn label(&self) -> String {
        let whose = self.address.as_deref().map(|address| format!(", {address}")).unwrap_or_default();
        format!("{} ({}){whose}", self.device_name, self.name)
    }
}

/// None when the project has no such agent, or it has left.
async fn find(tx: &mut Operation, project: &str, id: Uuid) -> Result<Option<Bound>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT l.device_id, l.user_id, l.name, d.name AS device_name, u.state AS user_state, u.old_address
         FROM login l JOIN device d ON d.id = l.device_id LEFT JOIN project_user u ON u.id = l.user_id
         WHERE l.id = $1 AND d.project_id = $2 AND l.state = 'bound'",
    )
    .bind(id.to_string())
    .bind(project)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Bound {
        id,
        device: row.try_get("device_id")?,
        user: row.try_get("user_id")?,
        user_state: row.try_get::<Option<String>, _>("user_state")?.as_deref().and_then(State::of),
        device_name: row.try_get("device_name")?,
        name: row.try_get("name")?,
        address: row.try_get("old_address")?,
    }))
}

/// Whether the last thing that was heard is that the set-up failed, or that it was undone.
async fn can_retry(tx: &mut Operation, id: Uuid) -> Result<bool, sqlx::Error> {
    let last: Option<String> = sqlx::query_scalar(
        "SELECT kind FROM event WHERE login_id = $1 AND kind IN ('wizard_opened', 'started', 'step', 'completed',
         'finished_by_hand', 'failed', 'undone', 'undo_failed', 'removed') ORDER BY place DESC LIMIT 1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(matches!(last.as_deref(), Some("failed" | "undone")))
}

/// Puts the start off, or no longer.
async fn delay(tx: &mut Operation, id: Uuid, until: Option<Timestamp>) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE login SET delayed_until = $1 WHERE id = $2")
        .bind(until.map(Timestamp::as_millisecond))
        .bind(id.to_string())
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// Locks a computer to a user, or to nobody.
async fn lock(tx: &mut Operation, device: &str, user: Option<&str>) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE device SET locked_user_id = $1 WHERE id = $2")
        .bind(user)
        .bind(device)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// From now on the server does not know the agent any more; it forgets the project when it next asks.
async fn forget(tx: &mut Operation, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE login SET state = 'removed', removed_at = $1 WHERE id = $2")
        .bind(now.as_millisecond())
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    diagnostics::forget(tx, &id.to_string()).await
}
