//! What an operator rules about the users of a project: whom every login belongs to, and who takes part at all.

use crate::problem::ResponseCode;
use crate::server::db::Db;
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::identity::State;
use crate::server::projects::users::{self, User};

/// Locks every login of the project to a user (by id), or to nobody.
///
/// # Errors
/// When the actor may not, when the user is not an active one of the project, and when the database fails.
pub async fn lock_project(db: &Db, actor: &Actor, project: &Project, user: Option<&str>) -> Result<(), Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    let named = match user {
        Some(user) => Some(users::active(&mut *tx, &project.id, user).await?.ok_or_else(not_active)?),
        None => None,
    };
    sqlx::query("UPDATE project SET locked_user_id = $1 WHERE id = $2")
        .bind(user)
        .bind(&project.id)
        .execute(&mut *tx)
        .await?;
    let action = if user.is_some() { "project.lock" } else { "project.unlock" };
    let detail = named.map(|user| user.old_address).unwrap_or_default();
    tx.record(Some(&project.id), action, &project.name, &detail).await?;
    tx.wake(&project.id).await?;
    tx.commit().await?;
    Ok(())
}

fn not_active() -> Refusal {
    Refusal::fault("user", "name an active user of this project")
}

/// Takes a user out of the move for now.
///
/// # Errors
/// As [`set_state`].
pub async fn suspend(db: &Db, actor: &Actor, user: &User) -> Result<(), Refusal> {
    rule(db, actor, user, State::Suspended).await
}

/// Lets a suspended user take part again.
///
/// # Errors
/// As [`set_state`].
pub async fn resume(db: &Db, actor: &Actor, user: &User) -> Result<(), Refusal> {
    rule(db, actor, user, State::Active).await
}

async fn rule(db: &Db, actor: &Actor, user: &User, state: State) -> Result<(), Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    set_state(&mut tx, user, state).await?;
    Ok(tx.commit().await?)
}

/// Suspends an active user, or lets a suspended one take part again.
///
/// # Errors
/// [`ResponseCode::NotTakingPart`] or [`ResponseCode::NotSuspended`] when the user is in another state. Also when the user is
/// gone, when the actor may not, and when the database fails.
pub async fn set_state(tx: &mut Operation, user: &User, state: State) -> Result<(), Refusal> {
    tx.actor().may(Role::Operator)?;
    let known = users::of(&mut **tx, &user.project_id, &user.id).await?.ok_or_else(Refusal::no_such_resource)?;
    match (state, State::of(&known.state)) {
        (State::Suspended, Some(State::Active)) | (State::Active, Some(State::Suspended)) => {
            put_state(tx, user, state).await
        }
        (State::Suspended, _) => Err(ResponseCode::NotTakingPart.into()),
        (State::Active | State::Inactive, _) => Err(ResponseCode::NotSuspended.into()),
    }
}

/// Whatever the state was before.
pub(in crate::server::projects) async fn put_state(
    tx: &mut Operation,
    user: &User,
    state: State,
) -> Result<(), Refusal> {
    sqlx::query("UPDATE project_user SET state = $1 WHERE id = $2")
        .bind(state.id())
        .bind(&user.id)
        .execute(&mut **tx)
        .await?;
    tx.record(Some(&user.project_id), "user.state", &user.old_address, state.id()).await?;
    Ok(tx.wake(&user.project_id).await?)
}
