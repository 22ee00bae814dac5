//! What an operator rules about the users of a project: whom every login belongs to, and who takes part at all.

use crate::server::db::{self, Db};
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
    actor.may(Role::Operator)?;
    let named = match user {
        Some(user) => Some(users::active(db.pool(), &project.id, user).await?.ok_or_else(Refusal::no_such_resource)?),
        None => None,
    };
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    sqlx::query("UPDATE project SET locked_user_id = $1 WHERE id = $2")
        .bind(user)
        .bind(&project.id)
        .execute(&mut *tx)
        .await?;
    let action = if user.is_some() { "project.lock" } else { "project.unlock" };
    let detail = named.map(|user| user.old_address).unwrap_or_default();
    tx.record(Some(&project.id), action, &project.name, &detail).await?;
    db::ring(&mut tx, &project.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Suspends a user from the move, or lets them take part again.
///
/// # Errors
/// When the actor may not, and when the database fails.
pub async fn set_state(tx: &mut Operation, user: &User, state: State) -> Result<(), Refusal> {
    tx.actor().may(Role::Operator)?;
    sqlx::query("UPDATE project_user SET state = $1 WHERE id = $2")
        .bind(state.id())
        .bind(&user.id)
        .execute(&mut **tx)
        .await?;
    tx.record(Some(&user.project_id), "user.state", &user.old_address, state.id()).await?;
    Ok(db::ring(tx, &user.project_id).await?)
}
