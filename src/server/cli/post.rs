//! `invite`, `remind`, `code`: new codes for people. `mails`, `bounce`: what became of the letters.

use std::io::{Read, Write};

use jiff::tz::TimeZone;

use crate::i18n::datetime::plain;
use crate::server::cli::failure::with_hint;
use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::http::redaction::redact;
use crate::server::installers::Installers;
use crate::server::mailings::invitation::InviteError;
use crate::server::mailings::{self, Kind, Outcome, Recipients, Sender, State, bounce, message};
use crate::server::operators::Actor;
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
    let project = project_named(db, project).await?;
    let actor = Actor::command_line();
    // What is wrong with the mail server is told before anything about people.
    let sender = Sender::new(db, &actor, &project, installers)?;
    let users = candidates(db, &project, only).await?;
    let users = match only {
        Some(_) => users,
        None => without_computer(db, &project, users, "invited again", out).await?,
    };
    match how {
        How::Queue => {
            let recipients = ids(&users);
            tell(&mailings::invite(db, &actor, &project, Recipients::Users(&recipients)).await?, out)
        }
        How::Now => send(&sender, &users, out).await,
    }
}

async fn send(sender: &Sender<'_>, users: &[User], out: &mut impl Write) -> Result<(), Failure> {
    let mut failed = 0;
    for user in users {
        let said = match sender.invite(user).await {
            Ok(()) => "invited".to_owned(),
            Err(InviteError::Database(error)) => return Err(error.into()),
            Err(error) => {
                failed += 1;
                match error {
                    InviteError::Refused(refusal) => format!("failed: {}", with_hint(&refusal)),
                    other => format!("failed: {}", redact(&other.to_string())),
                }
            }
        };
        writeln!(out, "{}: {said}", user.old_address)?;
    }
    all_done(failed, users.len())
}

/// Leaves reminders to the running server, for those without an activated computer.
pub async fn remind(db: &Db, project: &str, only: Option<&str>, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let users = candidates(db, &project, only).await?;
    let recipients = ids(&without_computer(db, &project, users, "reminded", out).await?);
    tell(&mailings::remind(db, &Actor::command_line(), &project, Recipients::Users(&recipients)).await?, out)
}

fn tell(outcomes: &[Outcome], out: &mut impl Write) -> Result<(), Failure> {
    let mut failed = 0;
    for Outcome { user, mailing } in outcomes {
        let said = match mailing {
            Ok(_) => "queued".to_owned(),
            Err(code) => {
                failed += 1;
                format!("failed: {}", with_hint(&Refusal::from(*code)))
            }
        };
        writeln!(out, "{}: {said}", user.old_address)?;
    }
    all_done(failed, outcomes.len())
}

fn all_done(failed: usize, all: usize) -> Result<(), Failure> {
    if failed == 0 { Ok(()) } else { Err(Failure::NotAllInvited { failed, all }) }
}

fn ids(users: &[User]) -> Vec<String> {
    users.iter().map(|user| user.id.clone()).collect()
}

async fn candidates(db: &Db, project: &Project, only: Option<&str>) -> Result<Vec<User>, Failure> {
    let users = match only {
        Some(address) => vec![user_addressed(db, project, address).await?],
        None => users::of_project(db.pool(), &project.id).await?,
    };
    if users.is_empty() { Err(Failure::NoUsers(project.name.clone())) } else { Ok(users) }
}

/// Those of the users who have no activated computer; the others are told that they are not `what`.
async fn without_computer(
    db: &Db,
    project: &Project,
    users: Vec<User>,
    what: &str,
    out: &mut impl Write,
) -> Result<Vec<User>, Failure> {
    let installed = users::installed(db.pool(), &project.id).await?;
    let (with, without): (Vec<User>, Vec<User>) = users.into_iter().partition(|user| installed.contains(&user.id));
    for user in with {
        writeln!(out, "{}: not {what}, a computer is activated", user.old_address)?;
    }
    Ok(without)
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
    let project = project_named(db, project).await?;
    let user = user_addressed(db, &project, address).await?;
    let issued = codes::tell(db, &Actor::command_line(), &project, &user).await?;
    writeln!(out, "{}", issued.code.grouped())?;
    Ok(())
}
