//! Sends invitations while the operator waits.

use std::time::Duration;

use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::http::redaction::redact;
use crate::server::installers::Installers;
use crate::server::mailings::invitation::{self, InviteError, Post, SendError};
use crate::server::mailings::queue::{self, End, Turn};
use crate::server::mailings::{INVITE, Kind, check};
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::users::User;

/// How often it is asked whether the pace allows the next letter.
const PACE_LOOK: Duration = Duration::from_secs(1);

/// Sends invitations of a project, at its pace.
pub struct Sender<'a> {
    db: &'a Db,
    actor: &'a Actor,
    project: &'a Project,
    installers: &'a Installers,
    /// None: the project has no mail server to send by.
    post: Option<Post>,
}

impl<'a> Sender<'a> {
    /// # Errors
    /// When the project's mail server cannot be used as the settings say.
    pub fn new(
        db: &'a Db,
        actor: &'a Actor,
        project: &'a Project,
        installers: &'a Installers,
    ) -> Result<Self, SendError> {
        let post = project.settings.smtp.as_ref().map(Post::new).transpose()?;
        Ok(Self { db, actor, project, installers, post })
    }

    /// Sends one invitation; it is tried once.
    ///
    /// # Errors
    /// When the actor may not, when the user may not get one, and when it did not go out.
    pub async fn invite(&self, user: &User) -> Result<(), InviteError> {
        let mailing = loop {
            match self.take_turn(user).await? {
                Turn::Send(mailing) => break mailing,
                Turn::Pause => tokio::time::sleep(PACE_LOOK).await,
            }
        };
        let sent = match &self.post {
            Some(post) => invitation::send(self.db, post, self.project, user, &mailing, self.installers).await,
            None => Err(InviteError::NoSmtp),
        };
        let end = match &sent {
            Ok(code) => End::Sent { code: Some(code.clone()) },
            Err(error) => End::Failed(redact(&error.to_string())),
        };
        queue::end(self.db, &mailing, end, db::now()).await?;
        sent.map(|_| ())
    }

    async fn take_turn(&self, user: &User) -> Result<Turn, Refusal> {
        check(self.project, user)?;
        let per_minute = self.project.settings.smtp.as_ref().map_or(u32::MAX, |smtp| smtp.per_minute);
        let mut op = Operation::begin(self.db, self.actor, Role::Operator).await?;
        let turn = queue::take_new(&mut op, user, Kind::Invitation, per_minute, db::now()).await?;
        if matches!(turn, Turn::Send(_)) {
            op.record(Some(&user.project_id), INVITE, &user.old_address, "").await?;
        }
        op.commit().await?;
        Ok(turn)
    }
}
