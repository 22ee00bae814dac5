//! Adding one person, changing what is known of them, deleting them.

use crate::problem::ResponseCode;
use crate::server::db::Db;
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::deletion::{self, Extent};
use crate::server::projects::identity::{State, overrides};
use crate::server::projects::users::import::{self, Row};
use crate::server::projects::users::{self, User};

/// What is said of a person, as in a row of a file.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    pub name: &'a str,
    pub new_address: &'a str,
    /// At the operating system or in the directory; may be empty.
    pub login: &'a str,
    /// Empty: the first one of the invitations.
    pub language: &'a str,
    /// Name of a wave, which is made when it is not there; empty for none.
    pub wave: &'a str,
}

impl Fields<'_> {
    fn row(&self, old_address: &str) -> Result<Row, Refusal> {
        let Self { name, new_address, login, language, wave } = *self;
        let row = import::one([name, old_address, new_address, login, language, "", wave])?;
        // Whether they take part is said otherwise.
        Ok(Row { state: None, ..row })
    }
}

/// Adds a person, who takes part; returns the id.
///
/// # Errors
/// When the actor may not, when the fields cannot work, when the old address is there already, and when the database
/// fails.
pub async fn add(
    db: &Db,
    actor: &Actor,
    project: &Project,
    old_address: &str,
    fields: &Fields<'_>,
) -> Result<String, Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let row = fields.row(old_address)?;
    if import::of_row(&mut op, &project.id, &row).await?.is_some() {
        return Err(ResponseCode::NameTaken.into());
    }
    import::write(&mut op, &project.id, std::slice::from_ref(&row)).await?;
    op.record(Some(&project.id), "user.add", &row.old_address, "").await?;
    let id = import::of_row(&mut op, &project.id, &row).await?;
    op.commit().await?;
    id.ok_or_else(Refusal::no_such_resource)
}

/// Changes what is known of a person (by id), and whether they take part. The old address stays.
///
/// # Errors
/// When the actor may not, when the project has no such user, when the fields cannot work, and when the database fails.
pub async fn change(
    db: &Db,
    actor: &Actor,
    project: &Project,
    id: &str,
    fields: &Fields<'_>,
    state: State,
) -> Result<(), Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let user = find(&mut op, project, id).await?;
    import::write(&mut op, &project.id, &[fields.row(&user.old_address)?]).await?;
    op.record(Some(&project.id), "user.change", &user.old_address, "").await?;
    if State::of(&user.state) != Some(state) {
        overrides::put_state(&mut op, &user, state).await?;
    }
    Ok(op.commit().await?)
}

/// What deleting a person (by id) would take with it, for whoever may.
///
/// # Errors
/// When the actor may not, when the project has no such user, and when the database fails.
pub async fn extent(db: &Db, actor: &Actor, project: &Project, id: &str) -> Result<Extent, Refusal> {
    actor.may(Role::Operator)?;
    let user = users::of(db.pool(), &project.id, id).await?.ok_or_else(Refusal::no_such_resource)?;
    let mut connection = db.pool().acquire().await?;
    Ok(deletion::of_user(&mut connection, &user.id).await?)
}

/// Deletes a person (by id). What has gone with them.
///
/// # Errors
/// When the actor may not, when the project has no such user, and when the database fails.
pub async fn delete(db: &Db, actor: &Actor, project: &Project, id: &str) -> Result<Extent, Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let user = find(&mut op, project, id).await?;
    let extent = deletion::delete_user(&mut op, &user).await?;
    op.commit().await?;
    Ok(extent)
}

async fn find(op: &mut Operation, project: &Project, id: &str) -> Result<User, Refusal> {
    users::of(&mut **op, &project.id, id).await?.ok_or_else(Refusal::no_such_resource)
}
