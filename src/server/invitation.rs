//! Invitations: a mail to the old address with a new code.

pub mod letter;
mod transport;

use super::codes::{self, IssueError, Issued, SentBy};
use super::db::Db;
use super::project::Project;
use super::users::User;
pub use transport::{Post, SendError};

#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    #[error("{0}")]
    Issue(#[from] IssueError),
    #[error("{0}")]
    Send(#[from] SendError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Makes a new code and mails it. Earlier codes end only when the mail server has taken the new one, so a failure
/// leaves the person with what they have.
pub async fn send(db: &Db, post: &Post, project: &Project, user: &User) -> Result<(), InviteError> {
    let valid = project.settings.code_validity();
    let Issued { id, code, expires_at } = codes::issue(db, &user.id, SentBy::Mail, valid).await?;
    let letter = letter::write(project, user, &code, expires_at);
    match post.send(user, letter).await {
        Ok(()) => Ok(codes::replace_earlier(db, &user.id, &id).await?),
        Err(error) => {
            codes::withdraw(db, &id).await?;
            Err(error.into())
        }
    }
}
