//! What happened at one login of one computer, in the order of time: reports, orders, assignments, codes.

use jiff::Timestamp;
use sqlx::{AnyPool, Row};
use uuid::Uuid;

use crate::protocol::EventKind;
use crate::server::db::time;
use crate::server::mailings::{self, Mailing};
use crate::server::projects::diagnostics;
use crate::server::status::event;

/// Entries of a history, at most; the newest ones.
const LIMIT: i64 = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Timestamp,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The agent reported this.
    Reported(EventKind),
    /// The kind of report is of a newer agent.
    Unknown(String),
    /// Action, cause, number.
    Ordered {
        action: String,
        cause: String,
        number: i64,
    },
    /// A code was made for the user; how it was sent.
    Code {
        sent_by: String,
    },
    /// To whoever the login belongs to.
    Mailed(Mailing),
    /// The person sent diagnostics of this number.
    Diagnostics {
        number: String,
    },
    Bound,
    SignedIn,
    Removed,
    /// A user was put in line for it.
    Assigned {
        address: String,
    },
    /// The user in line was collected.
    Collected {
        address: String,
    },
}

const REPORTS: &str =
    "SELECT kind, body, received_at AS at FROM event WHERE login_id = $1 ORDER BY place DESC LIMIT $2";
const ORDERS: &str = "SELECT o.action, o.cause, o.number, o.created_at AS at FROM user_order o
    JOIN login l ON l.user_id = o.user_id WHERE l.id = $1 AND (o.login_id = l.id OR o.login_id IS NULL)
    ORDER BY o.number DESC LIMIT $2";
const CODES: &str = "SELECT c.sent_by, c.created_at AS at FROM code c JOIN login l ON l.user_id = c.user_id
    WHERE l.id = $1 ORDER BY c.created_at DESC LIMIT $2";
const ASSIGNMENTS: &str = "SELECT u.old_address, a.created_at AS at, a.consumed_at, a.consumed_by FROM assignment a
    JOIN login l ON l.device_id = a.device_id JOIN project_user u ON u.id = a.user_id
    WHERE l.id = $1 AND (a.login_id IS NULL OR a.login_id = l.id) ORDER BY a.created_at DESC LIMIT $2";
const LIFE: &str = "SELECT bound_at, signed_in_at, removed_at FROM login WHERE id = $1";

/// Newest first.
pub async fn of_login(pool: &AnyPool, login: Uuid) -> Result<Vec<Entry>, sqlx::Error> {
    let id = login.to_string();
    let mut found = Vec::new();
    for row in sqlx::query(REPORTS).bind(id.clone()).bind(LIMIT).fetch_all(pool).await? {
        let what = match event(Some(row.try_get("body")?)) {
            Some(EventKind::Unknown) | None => What::Unknown(row.try_get("kind")?),
            Some(kind) => What::Reported(kind),
        };
        found.push(Entry { at: time(row.try_get("at")?), what });
    }
    for row in sqlx::query(ORDERS).bind(id.clone()).bind(LIMIT).fetch_all(pool).await? {
        let (action, cause, number) = (row.try_get("action")?, row.try_get("cause")?, row.try_get("number")?);
        found.push(Entry { at: time(row.try_get("at")?), what: What::Ordered { action, cause, number } });
    }
    for row in sqlx::query(CODES).bind(id.clone()).bind(LIMIT).fetch_all(pool).await? {
        found.push(Entry { at: time(row.try_get("at")?), what: What::Code { sent_by: row.try_get("sent_by")? } });
    }
    let user: Option<String> = sqlx::query_scalar("SELECT user_id FROM login WHERE id = $1")
        .bind(id.clone())
        .fetch_optional(pool)
        .await?
        .flatten();
    if let Some(user) = user {
        let mailed =
            |mailing: Mailing| Entry { at: mailing.sent_at.unwrap_or(mailing.created_at), what: What::Mailed(mailing) };
        found.extend(mailings::of_user(pool, &user).await?.into_iter().map(mailed));
    }
    for row in sqlx::query(ASSIGNMENTS).bind(id.clone()).bind(LIMIT).fetch_all(pool).await? {
        let address: String = row.try_get("old_address")?;
        found.push(Entry { at: time(row.try_get("at")?), what: What::Assigned { address: address.clone() } });
        let by: Option<String> = row.try_get("consumed_by")?;
        if let (Some(at), true) = (row.try_get::<Option<i64>, _>("consumed_at")?, by.as_ref() == Some(&id)) {
            found.push(Entry { at: time(at), what: What::Collected { address } });
        }
    }
    for sent in diagnostics::of_login(pool, login).await? {
        found.push(Entry { at: sent.received_at, what: What::Diagnostics { number: sent.number } });
    }
    if let Some(row) = sqlx::query(LIFE).bind(id).fetch_optional(pool).await? {
        for (column, what) in
            [("bound_at", What::Bound), ("signed_in_at", What::SignedIn), ("removed_at", What::Removed)]
        {
            if let Some(at) = row.try_get::<Option<i64>, _>(column)? {
                found.push(Entry { at: time(at), what });
            }
        }
    }
    // Sorting keeps the order of what happened in the same millisecond.
    found.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    found.truncate(usize::try_from(LIMIT).unwrap_or(usize::MAX));
    Ok(found)
}
