//! `invite`, `remind`, `code`: new codes for people. `mails`, `bounce`: what became of the letters.

use std::io::{Read, Write};

use jiff::tz::TimeZone;

use crate::i18n::datetime::plain;
use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::{self, Db};
use crate::server::installers::Installers;
use crate::server::mailings::invitation::{InviteError, Post};
use crate::server::mailings::{self, Kind, State, bounce, message};
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::users::{self, User};
use crate::server::projects::{Project, codes};

/// What becomes of the letters.
#[derive(Debug, Clone, Copy)]
pub enum How {
    /// Sent now, each result told; one failure does not stop the others.
    Now,
    /// Left to the running server.
    Queue,
}

pub async fn invite(
    db: &Db,
    project: &str,
    only: Option<&str>,
    how: How,
    installers: &Installers,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let project = ready(db, project).await?;
    let smtp = project.settings.smtp.as_ref().ok_or_else(|| Failure::NoSmtp(project.name.clone()))?;
    let post = Post::new(smtp)?;
    let users = recipients(db, &project, only).await?;
    let actor = Actor::command_line();
    let mut failed = 0;
    for user in &users {
        if only.is_none() && users::has_device(db.pool(), &user.id).await? {
            writeln!(out, "{}: not invited again, a computer is activated", user.old_address)?;
            continue;
        }
        let said = match how {
            How::Now => match mailings::send_now(db, &post, &actor, &project, user, installers).await {
                Ok(()) => "invited".to_owned(),
                Err(InviteError::Database(error)) => return Err(error.into()),
                Err(error) => {
                    failed += 1;
                    format!("failed: {}", crate::server::http::redaction::redact(&error.to_string()))
                }
            },
            How::Queue => queue(db, &project, user, false).await.map(|()| "queued".to_owned())?,
        };
        writeln!(out, "{}: {said}", user.old_address)?;
    }
    if failed == 0 { Ok(()) } else { Err(Failure::NotAllInvited { failed, all: users.len() }) }
}

/// Leaves reminders to the running server, for those without an activated computer.
pub async fn remind(db: &Db, project: &str, only: Option<&str>, out: &mut impl Write) -> Result<(), Failure> {
    let project = ready(db, project).await?;
    if project.settings.smtp.is_none() {
        return Err(Failure::NoSmtp(project.name));
    }
    for user in &recipients(db, &project, only).await? {
        if users::has_device(db.pool(), &user.id).await? {
            writeln!(out, "{}: not reminded, a computer is activated", user.old_address)?;
        } else {
            queue(db, &project, user, true).await?;
            writeln!(out, "{}: queued", user.old_address)?;
        }
    }
    Ok(())
}

/// Each letter is on record by itself: a failure takes back none of the others.
async fn queue(db: &Db, project: &Project, user: &User, reminder: bool) -> Result<(), Failure> {
    let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await?;
    let deed = if reminder {
        mailings::remind(&mut tx, project, user).await?;
        mailings::REMIND
    } else {
        mailings::invite(&mut tx, project, user).await?;
        mailings::INVITE
    };
    tx.record(Some(&project.id), deed, &user.old_address, "").await?;
    Ok(tx.commit().await?)
}

async fn recipients(db: &Db, project: &Project, only: Option<&str>) -> Result<Vec<User>, Failure> {
    let users = match only {
        Some(address) => vec![user_addressed(db, project, address).await?],
        None => users::of_project(db.pool(), &project.id).await?,
    };
    if users.is_empty() { Err(Failure::NoUsers(project.name.clone())) } else { Ok(users) }
}

/// Shows a letter without sending it.
pub async fn letter(
    db: &Db,
    project: &str,
    address: &str,
    reminder: bool,
    installers: &Installers,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let user = user_addressed(db, &project, address).await?;
    let kind = if reminder { Kind::Reminder } else { Kind::Invitation };
    let download = installers.url_in_letters(&project).await;
    let letter = message::preview(&project, &user, kind, download.as_deref(), db::now());
    writeln!(out, "{}\n\n{}", letter.subject, letter.text)?;
    Ok(())
}

/// One line for each mail, newest first.
pub async fn mails(db: &Db, project: &str, only: Option<&str>, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let mailings = match only {
        Some(address) => mailings::of_user(db.pool(), &user_addressed(db, &project, address).await?.id).await?,
        None => mailings::of_project(db.pool(), &project.id).await?,
    };
    for mailing in mailings {
        let (kind, state) = (mailing.kind.id(), mailing.state.id());
        let at = plain(mailing.sent_at.unwrap_or(mailing.created_at), &TimeZone::system());
        write!(out, "{at}  {}  {kind}  {state}, tries: {}", mailing.address, mailing.tries)?;
        if mailing.state == State::Queued {
            write!(out, ", next {}", plain(mailing.due_at, &TimeZone::system()))?;
        }
        writeln!(out, "{}", mailing.trouble.map(|trouble| format!("  {trouble}")).unwrap_or_default())?;
    }
    Ok(())
}

/// Reads a mail server's report from standard input. What is no report about a mail of ours is no failure: the mail
/// server would send a report about that too.
pub async fn bounce(db: &Db, out: &mut impl Write) -> Result<(), Failure> {
    let mut message = Vec::new();
    std::io::stdin().take(bounce::LIMIT as u64).read_to_end(&mut message).map_err(Failure::Input)?;
    match bounce::record(db, &Actor::command_line(), &message).await? {
        Some(address) => writeln!(out, "{address}: came back")?,
        None => writeln!(out, "this is no report about a mail of this server; nothing was changed")?,
    }
    Ok(())
}

/// The only place where a code is printed: the operator asked for it.
pub async fn code(db: &Db, project: &str, address: &str, out: &mut impl Write) -> Result<(), Failure> {
    let project = ready(db, project).await?;
    let user = user_addressed(db, &project, address).await?;
    let issued = codes::tell(db, &Actor::command_line(), &user, project.settings.code_validity()).await?;
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
