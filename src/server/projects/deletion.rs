//! Deleting people and projects for good, with everything that is known of them. Only the record of what operators did
//! stays: it says who was deleted, and how much went with them.

use std::fmt;

use serde::Serialize;
use sqlx::{AnyConnection, FromRow};
use utoipa::ToSchema;

use crate::server::db::Db;
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::users::User;

/// How much a deletion takes with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct Extent {
    pub users: i64,
    /// Agents that are told to forget the project.
    pub devices: i64,
    /// Those of them that have not moved yet.
    pub waiting: i64,
    /// Authentication codes, used or not.
    pub codes: i64,
    /// Sent or waiting to be sent.
    pub mails: i64,
    /// What agents have reported.
    pub events: i64,
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, devices, codes, mails, events, .. } = self;
        write!(f, "{users} users, {devices} devices, {codes} codes, {mails} mails, {events} events")
    }
}

/// An agent that came by the activation code, or by somebody else's code, stays with the project: its computer is not the
/// person's alone.
const OF_USER: &str = "SELECT (SELECT COUNT(*) FROM project_user WHERE id = $1) AS users,
    (SELECT COUNT(*) FROM login WHERE user_id = $1 AND state = 'bound'
        AND code_id IN (SELECT id FROM code WHERE user_id = $1)) AS devices,
    (SELECT COUNT(*) FROM login l WHERE l.user_id = $1 AND l.state = 'bound'
        AND l.code_id IN (SELECT id FROM code WHERE user_id = $1) AND NOT EXISTS (
        SELECT 1 FROM event e WHERE e.login_id = l.id AND e.kind IN ('completed', 'finished_by_hand'))) AS waiting,
    (SELECT COUNT(*) FROM code WHERE user_id = $1) AS codes,
    (SELECT COUNT(*) FROM mailing WHERE user_id = $1) AS mails,
    (SELECT COUNT(*) FROM event e JOIN login l ON l.id = e.login_id WHERE l.user_id = $1) AS events";

const OF_PROJECT: &str = "SELECT
    (SELECT COUNT(*) FROM project_user WHERE project_id = $1) AS users,
    (SELECT COUNT(*) FROM login l JOIN device d ON d.id = l.device_id
        WHERE d.project_id = $1 AND l.state = 'bound') AS devices,
    (SELECT COUNT(*) FROM login l JOIN device d ON d.id = l.device_id
        WHERE d.project_id = $1 AND l.state = 'bound' AND NOT EXISTS (
        SELECT 1 FROM event e WHERE e.login_id = l.id AND e.kind IN ('completed', 'finished_by_hand'))) AS waiting,
    (SELECT COUNT(*) FROM code c JOIN project_user u ON u.id = c.user_id WHERE u.project_id = $1) AS codes,
    (SELECT COUNT(*) FROM mailing WHERE project_id = $1) AS mails,
    (SELECT COUNT(*) FROM event e JOIN login l ON l.id = e.login_id JOIN device d ON d.id = l.device_id
        WHERE d.project_id = $1) AS events";

/// In this order nothing refers to what is gone. `$1` is the user's id.
const USER: [&str; 13] = [
    "DELETE FROM diagnostics WHERE login_id IN (SELECT id FROM login WHERE user_id = $1)",
    "DELETE FROM event WHERE login_id IN (SELECT id FROM login WHERE user_id = $1)",
    "DELETE FROM start_place WHERE login_id IN (SELECT id FROM login WHERE user_id = $1)",
    // These stay, and are nobody's. The others go.
    "UPDATE login SET user_id = NULL, identified = NULL, signed_in_at = NULL, delayed_until = NULL, inventory = NULL WHERE user_id = $1
        AND state = 'bound' AND (code_id IS NULL OR code_id NOT IN (SELECT id FROM code WHERE user_id = $1))",
    "DELETE FROM user_order WHERE user_id = $1 OR login_id IN (SELECT id FROM login WHERE user_id = $1)",
    "DELETE FROM assignment WHERE user_id = $1 OR login_id IN (SELECT id FROM login WHERE user_id = $1)
        OR consumed_by IN (SELECT id FROM login WHERE user_id = $1)",
    "DELETE FROM login WHERE user_id = $1",
    "UPDATE login SET code_id = NULL WHERE code_id IN (SELECT id FROM code WHERE user_id = $1)",
    "UPDATE device SET locked_user_id = NULL WHERE locked_user_id = $1",
    "UPDATE project SET locked_user_id = NULL WHERE locked_user_id = $1",
    "DELETE FROM mailing WHERE user_id = $1",
    // Personal links go with their codes.
    "DELETE FROM code WHERE user_id = $1",
    "DELETE FROM project_user WHERE id = $1",
];

/// The same for a project's id.
const PROJECT: [&str; 10] = [
    "DELETE FROM event WHERE login_id IN (SELECT l.id FROM login l JOIN device d ON d.id = l.device_id
        WHERE d.project_id = $1)",
    "DELETE FROM start_place WHERE project_id = $1",
    "DELETE FROM user_order WHERE user_id IN (SELECT id FROM project_user WHERE project_id = $1)",
    "DELETE FROM assignment WHERE device_id IN (SELECT id FROM device WHERE project_id = $1)",
    "DELETE FROM login WHERE device_id IN (SELECT id FROM device WHERE project_id = $1)",
    "DELETE FROM device WHERE project_id = $1",
    "DELETE FROM mailing WHERE project_id = $1",
    "DELETE FROM code WHERE user_id IN (SELECT id FROM project_user WHERE project_id = $1)",
    "DELETE FROM project_user WHERE project_id = $1",
    "DELETE FROM wave WHERE project_id = $1",
];

/// What deleting this user would take with it.
pub async fn of_user(from: &mut AnyConnection, user: &str) -> Result<Extent, sqlx::Error> {
    sqlx::query_as(OF_USER).bind(user).fetch_one(from).await
}

/// The same for several.
pub async fn of_users(from: &mut AnyConnection, users: &[&str]) -> Result<Extent, sqlx::Error> {
    let mut all = Extent::default();
    for user in users {
        let Extent { users, devices, waiting, codes, mails, events } = of_user(from, user).await?;
        all.users += users;
        all.devices += devices;
        all.waiting += waiting;
        all.codes += codes;
        all.mails += mails;
        all.events += events;
    }
    Ok(all)
}

/// What deleting this project would take with it, for whoever may delete it.
///
/// # Errors
/// When the actor is no administrator, and when the database fails.
pub async fn preview_project(db: &Db, actor: &Actor, project: &Project) -> Result<Extent, Refusal> {
    actor.may(Role::Administrator)?;
    Ok(of_project(&mut *db.pool().acquire().await?, &project.id).await?)
}

async fn of_project(from: &mut AnyConnection, project: &str) -> Result<Extent, sqlx::Error> {
    sqlx::query_as(OF_PROJECT).bind(project).fetch_one(from).await
}

/// Deletes a person. Agents that came by a code of theirs forget the project; others are nobody's again.
///
/// # Errors
/// When the actor may not, when the person is gone already, and when the database fails.
pub async fn delete_user(tx: &mut Operation, user: &User) -> Result<Extent, Refusal> {
    tx.actor().may(Role::Operator)?;
    let extent = of_user(tx, &user.id).await?;
    if extent.users == 0 {
        return Err(Refusal::no_such_resource());
    }
    for statement in USER {
        sqlx::query(statement).bind(&user.id).execute(&mut **tx).await?;
    }
    crate::server::agents::devices::forget_empty(tx).await?;
    tx.record(Some(&user.project_id), "user.delete", &user.old_address, &extent.to_string()).await?;
    tx.wake(&user.project_id).await?;
    Ok(extent)
}

/// Deletes a project with its people. Its agents forget it when they next ask.
///
/// # Errors
/// [`MalformedRequest`](crate::problem::ResponseCode::MalformedRequest) when `confirmed` is not the project's name; when the actor is
/// no administrator, and when the database fails.
pub async fn delete_project(db: &Db, actor: &Actor, project: &Project, confirmed: &str) -> Result<Extent, Refusal> {
    let mut op = Operation::begin(db, actor, Role::Administrator).await?;
    if confirmed.trim() != project.name.trim() {
        return Err(Refusal::malformed("name: repeat the name of the project that is to be deleted"));
    }
    let extent = of_project(&mut op, &project.id).await?;
    // While it still has its name.
    op.record(Some(&project.id), "project.delete", &project.name, &extent.to_string()).await?;
    for statement in PROJECT {
        sqlx::query(statement).bind(&project.id).execute(&mut *op).await?;
    }
    sqlx::query("DELETE FROM project WHERE id = $1").bind(&project.id).execute(&mut *op).await?;
    op.wake(&project.id).await?;
    op.commit().await?;
    Ok(extent)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::server::db::{Db, MEMORY};

    /// Whoever adds a table that refers to people or their computers lets it go with them, or adds it above and here.
    #[tokio::test]
    async fn everything_that_refers_to_people_or_computers_goes_with_them() {
        let db = Db::open(MEMORY).await.expect("a database");
        let refer: Vec<(String, String)> = sqlx::query_as(
            "SELECT m.name, f.\"from\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
             WHERE m.type = 'table' AND f.on_delete = 'NO ACTION'
             AND f.\"table\" IN ('project', 'project_user', 'login', 'device', 'code', 'wave')",
        )
        .fetch_all(db.pool())
        .await
        .expect("references");
        let found: BTreeSet<String> = refer.iter().map(|(table, column)| format!("{table}.{column}")).collect();
        let known = "assignment.consumed_by assignment.device_id assignment.login_id assignment.user_id code.user_id \
            device.locked_user_id device.project_id event.login_id \
            login.code_id login.device_id login.user_id project_user.project_id project_user.wave_id \
            user_order.login_id user_order.user_id wave.project_id";
        assert_eq!(found, known.split(' ').map(str::to_owned).collect());
    }
}
