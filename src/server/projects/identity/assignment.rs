//! Users waiting to be collected by a login. A place holds one user: a later assignment takes it from an earlier one
//! that nobody has collected.

use jiff::Timestamp;
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::server::db;
use crate::server::projects::identity::method::Method;

/// Lets this one login become the user's: safe on computers that several people use. `by` is how it is known to be theirs.
pub async fn for_login(
    tx: &mut AnyConnection,
    login: Uuid,
    user: &str,
    by: Method,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let login = login.to_string();
    sqlx::query("DELETE FROM assignment WHERE login_id = $1 AND consumed_at IS NULL")
        .bind(&login)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO assignment (id, device_id, login_id, user_id, identified, created_at)
         SELECT $1, device_id, id, $2, $3, $4 FROM login WHERE id = $5",
    )
    .bind(db::new_id())
    .bind(user)
    .bind(by.id())
    .bind(now.as_millisecond())
    .bind(login)
    .execute(tx)
    .await
    .map(|_| ())
}

/// Lets the login of the computer that asks first become the user's. Which computer it is, that one tells of itself.
pub async fn for_device(tx: &mut AnyConnection, device: &str, user: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM assignment WHERE device_id = $1 AND login_id IS NULL AND consumed_at IS NULL")
        .bind(device)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO assignment (id, device_id, user_id, identified, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(db::new_id())
        .bind(device)
        .bind(user)
        .bind(Method::Machine.id())
        .bind(now.as_millisecond())
        .execute(tx)
        .await
        .map(|_| ())
}
