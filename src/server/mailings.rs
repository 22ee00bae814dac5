//! What is mailed to whom, and what became of it. The rows are the queue, so it survives a restart; the code in a
//! letter is made when the letter is sent.

pub mod bounce;
mod delivery;
pub mod invitation;
pub mod mailer;
pub mod message;
pub mod note;
pub mod query;
mod queue;
mod reminder;
mod sender;

pub use delivery::Deliveries;
use jiff::Timestamp;
pub use queue::{New, add, state};
pub use sender::Sender;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use crate::problem::ResponseCode;
use crate::server::db::{self, Db, time};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::identity::State as Part;
use crate::server::projects::users::{self, User};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Invitation,
    /// To somebody who was invited and has no activated computer yet.
    Reminder,
    /// Is to prove who somebody is.
    Registration,
    /// Tells that a new password was set.
    Password,
}

/// Sending them, as the record of what operators did has it.
const INVITE: &str = "user.invite";
const REMIND: &str = "user.remind";
/// The kinds that operators send, with a code. What people and computers ask for says nothing of these.
pub const FROM_OPERATORS: &str = "('invitation', 'reminder')";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Queued,
    /// Taken by the mail server.
    Sent,
    /// Given up.
    Failed,
    /// Came back after it was taken.
    Bounced,
}

/// A mail to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    pub id: String,
    /// None: to somebody who is not on the list.
    pub user_id: Option<String>,
    /// What it is to prove, as long as that is open.
    pub registration_id: Option<String>,
    pub kind: Kind,
    pub state: State,
    pub address: String,
    /// The computer that it tells of.
    pub computer: Option<String>,
    pub tries: i64,
    pub created_at: Timestamp,
    /// Not tried (again) before.
    pub due_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    /// Why the last try failed, or why it came back: the mail server's words.
    pub trouble: Option<String>,
}

impl Kind {
    pub fn id(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
            Self::Registration => "registration",
            Self::Password => "password",
        }
    }
}

impl State {
    pub fn id(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
        }
    }
}

/// To whom letters go.
#[derive(Debug, Clone, Copy)]
pub enum Recipients<'a> {
    /// These users, by their ids.
    Users(&'a [String]),
    /// Everybody who takes part and has no activated computer.
    NotInstalled,
}

/// What became of one recipient.
#[derive(Debug)]
pub struct Outcome {
    pub user: User,
    /// The id of the letter, which waits to be sent; or why there is none.
    pub mailing: Result<String, ResponseCode>,
}

/// Puts invitations with new codes into the queue.
///
/// # Errors
/// When the actor may not, when somebody is no user of the project (the field is `users`), and when the database fails:
/// then nothing is sent to anybody.
pub async fn invite(
    db: &Db,
    actor: &Actor,
    project: &Project,
    recipients: Recipients<'_>,
) -> Result<Vec<Outcome>, Refusal> {
    queue_all(db, actor, project, recipients, Kind::Invitation).await
}

/// The same for reminders, whatever the project's rhythm says. They are not sent when a computer is activated by then.
///
/// # Errors
/// As [`invite`].
pub async fn remind(
    db: &Db,
    actor: &Actor,
    project: &Project,
    recipients: Recipients<'_>,
) -> Result<Vec<Outcome>, Refusal> {
    queue_all(db, actor, project, recipients, Kind::Reminder).await
}

async fn queue_all(
    db: &Db,
    actor: &Actor,
    project: &Project,
    recipients: Recipients<'_>,
    kind: Kind,
) -> Result<Vec<Outcome>, Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let users = match recipients {
        Recipients::Users(ids) => users::chosen(&mut op, &project.id, ids).await?,
        Recipients::NotInstalled => users::not_installed(&mut op, &project.id).await?,
    };
    let mut outcomes = Vec::with_capacity(users.len());
    for user in users {
        let mailing = match check(project, &user) {
            Ok(()) => Ok(queue_on_record(&mut op, &user, kind).await?),
            Err(code) => Err(code),
        };
        outcomes.push(Outcome { user, mailing });
    }
    op.commit().await?;
    Ok(outcomes)
}

/// Puts an invitation with a new code into the queue; returns its id.
///
/// # Errors
/// The code of [`check`], and when the database fails.
pub async fn invite_in(op: &mut Operation, project: &Project, user: &User) -> Result<String, Refusal> {
    check(project, user)?;
    Ok(queue_on_record(op, user, Kind::Invitation).await?)
}

/// Puts a letter with a new code into the queue for whoever uses a login. Why it goes is the caller's to put on record.
///
/// # Errors
/// The code of [`check`], and when the database fails.
pub async fn queue_code(op: &mut Operation, project: &Project, user: &User) -> Result<String, Refusal> {
    check(project, user)?;
    Ok(queue_once(op, user, Kind::Invitation).await?)
}

/// Why the user gets no letter with a code: none that the agent could not use, and none that nobody could send.
///
/// # Errors
/// [`ResponseCode::NoAccountSettings`], [`ResponseCode::UserMailFailed`] without a mail server to send by, and
/// [`ResponseCode::UserNotActive`].
pub fn check(project: &Project, user: &User) -> Result<(), ResponseCode> {
    check_project(project)?;
    if user.project_id == project.id && Part::of(&user.state) == Some(Part::Active) {
        Ok(())
    } else {
        Err(ResponseCode::UserNotActive)
    }
}

fn check_project(project: &Project) -> Result<(), ResponseCode> {
    if project.settings.account.is_none() {
        return Err(ResponseCode::NoAccountSettings);
    }
    if project.settings.smtp.is_none() { Err(ResponseCode::UserMailFailed) } else { Ok(()) }
}

async fn queue_on_record(op: &mut Operation, user: &User, kind: Kind) -> Result<String, sqlx::Error> {
    let id = queue_once(op, user, kind).await?;
    let action = if kind == Kind::Reminder { REMIND } else { INVITE };
    op.record(Some(&user.project_id), action, &user.old_address, "").await?;
    Ok(id)
}

/// One that is waiting there already is enough.
async fn queue_once(op: &mut Operation, user: &User, kind: Kind) -> Result<String, sqlx::Error> {
    match queue::waiting(op, &user.id, kind).await? {
        Some(waiting) => Ok(waiting),
        None => add(op, &New::to(user, kind), db::now()).await,
    }
}

const COLUMNS: &str = "SELECT m.id, m.user_id, m.registration_id, m.kind, m.state, m.address, m.computer, m.tries,
    m.created_at, m.due_at, m.sent_at, m.trouble FROM mailing m ";

/// The mails to a user, newest first.
pub async fn of_user(pool: &AnyPool, user: &str) -> Result<Vec<Mailing>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE m.user_id = $1 ORDER BY m.created_at DESC, m.id DESC"));
    sqlx::query(query).bind(user).fetch_all(pool).await?.iter().map(read).collect()
}

/// All mails of a project, newest first.
pub async fn of_project(pool: &AnyPool, project: &str) -> Result<Vec<Mailing>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE m.project_id = $1 ORDER BY m.created_at DESC, m.id DESC"));
    sqlx::query(query).bind(project).fetch_all(pool).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Mailing, sqlx::Error> {
    let (kind, state): (String, String) = (row.try_get("kind")?, row.try_get("state")?);
    Ok(Mailing {
        id: row.try_get("id")?,
        user_id: row.try_get("user_id")?,
        registration_id: row.try_get("registration_id")?,
        kind: [Kind::Reminder, Kind::Registration, Kind::Password]
            .into_iter()
            .find(|known| known.id() == kind)
            .unwrap_or(Kind::Invitation),
        state: [State::Queued, State::Sent, State::Bounced]
            .into_iter()
            .find(|known| known.id() == state)
            .unwrap_or(State::Failed),
        address: row.try_get("address")?,
        computer: row.try_get("computer")?,
        tries: row.try_get("tries")?,
        created_at: time(row.try_get("created_at")?),
        due_at: time(row.try_get("due_at")?),
        sent_at: row.try_get::<Option<i64>, _>("sent_at")?.map(time),
        trouble: row.try_get("trouble")?,
    })
}
