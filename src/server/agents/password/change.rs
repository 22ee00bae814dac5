//! Who may set a new password when, and the record of it.

use jiff::Timestamp;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::protocol::Action;
use crate::server::agents::devices::name;
use crate::server::db::{self, Db};
use crate::server::directive::decision::{self, Order, ReportKind};
use crate::server::directive::lookup::Person;
use crate::server::http::error::Refusal;
use crate::server::mailings::{self, Kind, New};
use crate::server::projects::users::{self, User};

/// New passwords of a user for one order.
const CHANGES: i64 = 5;

/// Whose password may be set now, and for which order: the user is known by more than what the computer says of itself, and
/// their mail program is being set up.
pub fn may(person: Option<&Person>, now: Timestamp) -> Result<(&User, Order), Refusal> {
    let Some(person) = person.filter(|person| person.identified.may_set_password()) else {
        return Err(ResponseCode::PersonNotProved.into());
    };
    let is_begun = person.situation.report.is_some_and(|report| report.kind == ReportKind::Begun);
    let is_wanted = is_begun && decision::decide(&person.situation, now).action == Action::Configure;
    match person.situation.order {
        Some(order) if order.action == Action::Configure && is_wanted => Ok((&person.user, order)),
        _ => Err(ResponseCode::PasswordNotNow.into()),
    }
}

/// Takes one of the places that an order has; its id. An order that has ended once stays ended, and is begun when it is
/// there: who has the token could say that it was begun anew, or before it was given.
pub async fn begin(db: &Db, login: Uuid, user: &User, order: Order) -> Result<String, Refusal> {
    let (login, id) = (login.to_string(), db::new_id());
    let mut tx = db.write().await?;
    let begun: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM event WHERE login_id = $1 AND order_number = $2 AND received_at >= $3
         AND kind IN ('wizard_opened', 'started')",
    )
    .bind(&login)
    .bind(order.number)
    .bind(order.at.as_millisecond())
    .fetch_one(&mut *tx)
    .await?;
    let ended: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM event WHERE login_id = $1
         AND (order_number = $2 OR (order_number = 0 AND received_at >= $3))
         AND kind IN ('completed', 'finished_by_hand', 'undone', 'undo_failed', 'removed')",
    )
    .bind(&login)
    .bind(order.number)
    .bind(order.at.as_millisecond())
    .fetch_one(&mut *tx)
    .await?;
    let changes: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM password_change WHERE user_id = $1 AND order_number = $2")
            .bind(&user.id)
            .bind(order.number)
            .fetch_one(&mut *tx)
            .await?;
    if begun == 0 || ended > 0 || changes >= CHANGES {
        return Err(ResponseCode::PasswordNotNow.into());
    }
    sqlx::query(
        "INSERT INTO password_change (id, user_id, login_id, order_number, changed_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&id)
    .bind(&user.id)
    .bind(login)
    .bind(order.number)
    .bind(db::now().as_millisecond())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// The directory did not take the password.
pub async fn take_back(db: &Db, id: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    sqlx::query("DELETE FROM password_change WHERE id = $1").bind(id).execute(&mut *tx).await?;
    tx.commit().await
}

/// Queues the mail that tells the person of it, to the old address: who has got at the new mailbox does not read that.
pub async fn tell(db: &Db, login: Uuid, user: &User) -> Result<(), sqlx::Error> {
    let login = users::login_and_project(db.pool(), login).await?;
    let computer = login.and_then(|(login, _)| name::shown(&login.device));
    let mut tx = db.write().await?;
    let letter = New { computer: computer.as_deref(), ..New::to(user, Kind::Password) };
    mailings::add(&mut tx, &letter, db::now()).await?;
    tx.commit().await
}
