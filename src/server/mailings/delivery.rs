//! Sends what is in the queue, for ever: each project at its own pace, so that one slow mail server holds up nobody
//! else.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::server::Service;
use crate::server::agents::password;
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::http::redaction::redact;
use crate::server::installers::Installers;
use crate::server::mailings::invitation::{self, InviteError, Post};
use crate::server::mailings::queue::{self, End, Turn};
use crate::server::mailings::{INVITE, Kind, Mailing, reminder};
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::users::{self, User};
use crate::server::projects::{self, Project, identity};

/// How often the queue is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long that may take: a database that has gone without a word must not be waited for.
const LOOK_LIMIT: Duration = Duration::from_mins(1);
/// How often it is looked for people to remind.
const REMIND_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// How long letters that are being handed over may still take after the server was asked to stop. A letter that is cut
/// off is sent again later.
const GRACE: Duration = Duration::from_secs(10);
/// How often somebody who sends at once asks whether the pace allows the next letter.
const PACE_LOOK: Duration = Duration::from_secs(1);

/// The projects whose letters are being sent.
#[derive(Debug, Default)]
pub struct Deliveries {
    running: JoinSet<String>,
    busy: HashSet<String>,
    reminded_at: Option<Timestamp>,
}

impl Deliveries {
    /// Sends, for ever.
    pub async fn keep(&mut self, service: &Arc<Service>) {
        loop {
            while let Some(done) = self.running.try_join_next() {
                match done {
                    Ok(project) => drop(self.busy.remove(&project)),
                    // Nobody knows whose task panicked. Two tasks for one project do no harm: they share its queue.
                    Err(_) => self.busy.clear(),
                }
            }
            let looked = tokio::time::timeout(LOOK_LIMIT, self.look(service)).await;
            if let Err(error) = looked.unwrap_or(Err(Refusal::too_slow())) {
                tracing::warn!(%error, "the queue of mails cannot be read; trying again");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn look(&mut self, service: &Arc<Service>) -> Result<(), Refusal> {
        let now = db::now();
        if self.reminded_at.is_none_or(|at| now.duration_since(at) >= REMIND_EVERY) {
            for project in projects::all(service.db.pool()).await? {
                reminder::queue_due(&service.db, &project, now).await?;
            }
            self.reminded_at = Some(now);
        }
        for project in queue::projects_due(service.db.pool(), now).await? {
            if self.busy.insert(project.clone()) {
                let service = Arc::clone(service);
                self.running.spawn(async move {
                    if let Err(error) = deliver(&service, &project).await {
                        tracing::warn!(%error, project, "mails cannot be sent; trying again");
                    }
                    project
                });
            }
        }
        Ok(())
    }

    /// Lets letters on their way arrive.
    pub async fn finish(mut self) {
        let _ = tokio::time::timeout(GRACE, async { while self.running.join_next().await.is_some() {} }).await;
    }
}

/// Sends what is due for a project, as far as its pace allows.
async fn deliver(service: &Service, project: &str) -> Result<(), Refusal> {
    let (db, closing) = (&service.db, service.closing.subscribe());
    let project = projects::find(db.pool(), project).await?;
    let per_minute = project.settings.smtp.as_ref().map_or(u32::MAX, |smtp| smtp.per_minute);
    while !*closing.borrow() {
        let Turn::Send(mailing) = queue::take(db, &project.id, per_minute, db::now()).await? else { break };
        let sent = match &project.settings.smtp {
            Some(smtp) => match Post::new(smtp) {
                Ok(post) => write(service, &post, &project, &mailing).await?,
                Err(error) => Some(Err(error.into())),
            },
            None => Some(Err(InviteError::NoSmtp)),
        };
        let Some(sent) = sent else {
            queue::remove(db.pool(), &mailing.id).await?;
            continue;
        };
        let end = ended(sent);
        if let End::Troubled(trouble) | End::Failed(trouble) = &end {
            tracing::warn!(mailing = mailing.id, tries = mailing.tries, %trouble, "a mail could not be sent");
        }
        queue::end(db, &mailing, end, db::now()).await?;
    }
    Ok(())
}

/// What became of handing a letter over, with the id of the invitation's code in it.
type Sent = Result<Option<String>, InviteError>;

/// Writes a letter and sends it. None: nobody needs it any more.
async fn write(service: &Service, post: &Post, project: &Project, mailing: &Mailing) -> Result<Option<Sent>, Refusal> {
    let db = &service.db;
    if mailing.kind == Kind::Registration {
        return Ok(identity::letter::send(db, post, project, mailing).await?.map(|sent| sent.map(|()| None)));
    }
    let Some(user) = &mailing.user_id else { return Ok(None) };
    let user = users::find(db.pool(), user).await?;
    if mailing.kind == Kind::Password {
        return Ok(Some(password::letter::send(post, project, &user, mailing).await.map(|()| None)));
    }
    if mailing.kind == Kind::Reminder && users::has_device(db.pool(), &user.id).await? {
        return Ok(None);
    }
    let sent = invitation::send(db, post, project, &user, mailing, &service.installers).await;
    Ok(Some(sent.map(Some)))
}

/// Sends an invitation while the operator waits; it is tried once.
pub async fn send_now(
    db: &Db,
    post: &Post,
    actor: &Actor,
    project: &Project,
    user: &User,
    installers: &Installers,
) -> Result<(), InviteError> {
    let per_minute = project.settings.smtp.as_ref().map_or(u32::MAX, |smtp| smtp.per_minute);
    let mailing = loop {
        match take_for(db, actor, user, per_minute).await? {
            Turn::Send(mailing) => break mailing,
            Turn::Pause => tokio::time::sleep(PACE_LOOK).await,
        }
    };
    let sent = invitation::send(db, post, project, user, &mailing, installers).await;
    let end = match &sent {
        Ok(code) => End::Sent { code: Some(code.clone()) },
        Err(error) => End::Failed(redact(&error.to_string())),
    };
    queue::end(db, &mailing, end, db::now()).await?;
    sent.map(|_| ())
}

async fn take_for(db: &Db, actor: &Actor, user: &User, per_minute: u32) -> Result<Turn, Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    let turn = queue::take_new(&mut tx, user, Kind::Invitation, per_minute, db::now()).await?;
    if matches!(turn, Turn::Send(_)) {
        tx.record(Some(&user.project_id), INVITE, &user.old_address, "").await?;
    }
    tx.commit().await?;
    Ok(turn)
}

fn ended(sent: Sent) -> End {
    match sent {
        Ok(code) => End::Sent { code },
        Err(error) if error.may_pass() => End::Troubled(redact(&error.to_string())),
        Err(error) => End::Failed(redact(&error.to_string())),
    }
}
