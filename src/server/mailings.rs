//! STUB of the contract, replaced by people.
use super::db::Db;
use super::project::Project;
use super::refusal::Refusal;
use super::users::User;

pub async fn invite(_db: &Db, _project: &Project, user: &User) -> Result<String, Refusal> {
    Ok(user.id.clone())
}
