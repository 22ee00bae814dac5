//! `invite` and `code`: new codes for people.

use std::io::Write;

use super::{Failure, project_named, user_addressed};
use crate::server::codes::{self, SentBy};
use crate::server::db::Db;
use crate::server::invitation::{self, Post};
use crate::server::project::Project;
use crate::server::users;

/// Each user's result is told; one failure does not stop the others.
pub async fn invite(db: &Db, project: &str, only: Option<&str>, out: &mut impl Write) -> Result<(), Failure> {
    let project = ready(db, project).await?;
    let smtp = project.settings.smtp.as_ref().ok_or_else(|| Failure::NoSmtp(project.name.clone()))?;
    let post = Post::new(smtp)?;
    let users = match only {
        Some(address) => vec![user_addressed(db, &project, address).await?],
        None => users::of_project(db.pool(), &project.id).await?,
    };
    if users.is_empty() {
        return Err(Failure::NoUsers(project.name));
    }
    let mut failed = 0;
    for user in &users {
        if only.is_none() && users::has_device(db.pool(), &user.id).await? {
            writeln!(out, "{}: not invited again, a computer is activated", user.old_address)?;
            continue;
        }
        match invitation::send(db, &post, &project, user).await {
            Ok(()) => writeln!(out, "{}: invited", user.old_address)?,
            Err(error) => {
                failed += 1;
                writeln!(out, "{}: failed: {error}", user.old_address)?;
            }
        }
    }
    if failed == 0 { Ok(()) } else { Err(Failure::NotAllInvited { failed, all: users.len() }) }
}

/// The only place where a code is printed: the operator asked for it.
pub async fn code(db: &Db, project: &str, address: &str, out: &mut impl Write) -> Result<(), Failure> {
    let project = ready(db, project).await?;
    let user = user_addressed(db, &project, address).await?;
    let issued = codes::issue(db, &user.id, SentBy::Operator, project.settings.code_validity()).await?;
    codes::replace_earlier(db, &user.id, &issued.id).await?;
    writeln!(out, "{}", issued.code.grouped())?;
    Ok(())
}

/// Nobody gets a code that the agent could not use.
async fn ready(db: &Db, project: &str) -> Result<Project, Failure> {
    let project = project_named(db, project).await?;
    if project.settings.account.is_none() {
        return Err(Failure::NoAccount(project.name));
    }
    Ok(project)
}
