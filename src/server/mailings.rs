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

pub use delivery::{Deliveries, send_now};
use jiff::Timestamp;
pub use queue::{New, add, state};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use crate::problem::ResponseCode;
use crate::server::db::{self, time};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::projects::Project;
use crate::server::projects::users::User;

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
pub const INVITE: &str = "user.invite";
pub const REMIND: &str = "user.remind";
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

/// Puts an invitation with a new code into the queue; returns its id. One that is waiting there already is enough.
pub async fn invite(tx: &mut Operation, project: &Project, user: &User) -> Result<String, Refusal> {
    enqueue(tx, project, user, Kind::Invitation).await
}

/// The same for a reminder, whatever the project's rhythm says. It is not sent when a computer is activated by then.
pub async fn remind(tx: &mut Operation, project: &Project, user: &User) -> Result<String, Refusal> {
    enqueue(tx, project, user, Kind::Reminder).await
}

async fn enqueue(tx: &mut Operation, project: &Project, user: &User, kind: Kind) -> Result<String, Refusal> {
    if project.settings.account.is_none() {
        return Err(ResponseCode::NoAccountSettings.into());
    }
    match queue::waiting(tx, &user.id, kind).await? {
        Some(waiting) => Ok(waiting),
        None => Ok(add(tx, &New::to(user, kind), db::now()).await?),
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
