//! Letters to people: a mail to the old address with a new code.

use sqlx::AnyPool;

use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::installers::Installers;
use crate::server::mailings::Mailing;
pub use crate::server::mailings::mailer::{Post, Receiver, SendError};
use crate::server::mailings::message::Contents;
use crate::server::projects::Project;
use crate::server::projects::codes::{self, IssueError};
use crate::server::projects::link::{self, LinkError};
use crate::server::projects::users::User;

#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    #[error("the project has no smtp settings")]
    NoSmtp,
    #[error("the project has no public_url, so that no link can be written")]
    NoAddress,
    #[error("{0}")]
    Issue(#[from] IssueError),
    #[error("{0}")]
    Link(#[from] LinkError),
    #[error("{0}")]
    Send(#[from] SendError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Refused(#[from] Refusal),
}

impl InviteError {
    /// Whether it may work later without anybody doing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NoSmtp | Self::NoAddress => false,
            Self::Send(error) => error.may_pass(),
            Self::Issue(_) | Self::Link(_) | Self::Database(_) | Self::Refused(_) => true,
        }
    }
}

/// Makes a new code and mails it; returns the code's id. Earlier codes and links end only when the mail server has
/// taken the new one, so a failure leaves the person with what they have.
pub async fn send(
    db: &Db,
    post: &Post,
    project: &Project,
    user: &User,
    mailing: &Mailing,
    installers: &Installers,
) -> Result<String, InviteError> {
    let issued = codes::issue(db, &user.id, project.settings.code_validity()).await?;
    let sent = async {
        let page = match &project.settings.public_url {
            Some(url) => Some(link::address(url, &link::make(db, &user.id, &issued).await?)),
            None => None,
        };
        let (code, expires_at) = (&issued.code, issued.expires_at);
        let cutover = cutover(db.pool(), project, user).await?.filter(|at| *at > db::now());
        let (page, download) = (page.as_ref(), installers.url_in_letters(project).await);
        let download = download.as_deref();
        let contents = Contents { kind: mailing.kind, code, expires_at, page, download, cutover };
        let receiver = Receiver { name: &user.name, address: &user.old_address };
        Ok(post
            .send_mailing(receiver, mailing, crate::server::mailings::message::write(project, user, &contents))
            .await?)
    };
    match sent.await {
        Ok(()) => {
            codes::replace_earlier(db, &user.id, &issued.id).await?;
            link::replace_earlier(db, &user.id, &issued.id).await?;
            Ok(issued.id)
        }
        Err(error) => {
            codes::withdraw(db, &issued.id).await?; // its link goes with it
            Err(error)
        }
    }
}

/// When the user's mail moves: the wave's time, or else the project's.
pub async fn cutover(pool: &AnyPool, project: &Project, user: &User) -> Result<Option<jiff::Timestamp>, sqlx::Error> {
    let wave: Option<Option<i64>> =
        sqlx::query_scalar("SELECT w.cutover_at FROM project_user u JOIN wave w ON w.id = u.wave_id WHERE u.id = $1")
            .bind(&user.id)
            .fetch_optional(pool)
            .await?;
    Ok(wave.flatten().map(db::time).or(project.cutover.map(|cutover| cutover.at)))
}
