//! The record of an operator.

use jiff::tz::TimeZone;
use sqlx::{Any, AnyConnection, AnyPool, Executor, FromRow};

use crate::problem::{Fault, ResponseCode};
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::name::Name;
use crate::server::operation::Operation;
use crate::server::operators::link::OneTimeLink;
use crate::server::operators::{Actor, Role, link, password};

#[derive(Debug, Clone, FromRow)]
pub struct Account {
    pub id: String,
    pub name: String,
    role: String,
    /// Argon2id; none until the one-time link was followed.
    pub password_hash: Option<String>,
    pub totp_sealed: Option<String>,
    /// Until then no code of the app is looked at.
    pub totp_locked_until: i64,
    pub language: String,
    pub zone: String,
    pub signed_in_at: Option<i64>,
}

impl Account {
    pub fn role(&self) -> Role {
        Role::named(&self.role)
    }

    /// Too many wrong codes came with the right password.
    pub fn has_locked_factor(&self) -> bool {
        self.totp_sealed.is_some() && self.totp_locked_until > db::now().as_millisecond()
    }

    /// Letters' case does not matter.
    pub fn is_named(&self, name: &str) -> bool {
        key(&self.name) == key(name)
    }

    pub fn actor(&self) -> Actor {
        Actor { id: self.id.clone(), name: self.name.clone(), role: self.role() }
    }
}

const COLUMNS: &str =
    "SELECT id, name, role, password_hash, totp_sealed, totp_locked_until, language, zone, signed_in_at FROM operator ";

/// Everybody. For administrators.
pub async fn all(db: &Db, actor: &Actor) -> Result<Vec<Account>, Refusal> {
    actor.may(Role::Administrator)?;
    let query = sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY name_key")));
    Ok(query.fetch_all(db.pool()).await?)
}

/// One of them. For administrators.
pub async fn read(db: &Db, actor: &Actor, id: &str) -> Result<Account, Refusal> {
    actor.may(Role::Administrator)?;
    find(db.pool(), id).await?.ok_or_else(Refusal::no_such_resource)
}

/// The account of whoever acts.
pub async fn own(db: &Db, actor: &Actor) -> Result<Account, Refusal> {
    find(db.pool(), &actor.id).await?.ok_or(Refusal::from(ResponseCode::NotSignedIn))
}

pub async fn named(pool: &AnyPool, name: &str) -> Result<Option<Account>, sqlx::Error> {
    let query = sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE name_key = $1")));
    query.bind(key(name)).fetch_optional(pool).await
}

pub async fn find(from: impl Executor<'_, Database = Any>, id: &str) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = $1"))).bind(id).fetch_optional(from).await
}

/// Makes an operator, with a link to choose a password with.
///
/// # Errors
/// [`ResponseCode::OperatorNameTaken`].
pub async fn invite(db: &Db, actor: &Actor, name: &Name, role: Role) -> Result<OneTimeLink, Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Administrator).await?;
    let operator = create(&mut tx, name, role).await?;
    let token = link::for_operator(&mut tx, &operator).await?;
    tx.record(None, "operator.invite", name, role.name()).await?;
    tx.commit().await?;
    Ok(OneTimeLink { operator, name: name.to_string(), token })
}

/// Gives somebody else another role; their account as it is then.
///
/// # Errors
/// [`ResponseCode::OneselfLockedOut`], [`ResponseCode::LastAdministrator`].
pub async fn set_role(db: &Db, actor: &Actor, id: &str, role: Role) -> Result<Account, Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Administrator).await?;
    let account = other(&mut tx, id).await?;
    let before = administrators(&mut tx).await?;
    let query = sqlx::query("UPDATE operator SET role = $1 WHERE id = $2").bind(role.name()).bind(id);
    query.execute(&mut *tx).await?;
    keep_an_administrator(before, administrators(&mut tx).await?)?;
    tx.record(None, "operator.role", &account.name, role.name()).await?;
    tx.commit().await?;
    Ok(Account { role: role.name().into(), ..account })
}

/// For somebody else whose password is lost or known to others: what lets them in ends at once, and a link lets them choose
/// a new one.
///
/// # Errors
/// [`ResponseCode::OneselfLockedOut`].
pub async fn reset(db: &Db, actor: &Actor, id: &str) -> Result<OneTimeLink, Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Administrator).await?;
    let account = other(&mut tx, id).await?;
    password::forget(&mut tx, id).await?;
    let token = link::for_operator(&mut tx, id).await?;
    tx.record(None, "operator.reset", &account.name, "").await?;
    tx.commit().await?;
    Ok(OneTimeLink { operator: account.id, name: account.name, token })
}

/// Removes somebody else with everything that lets them in. What they did stays on record.
///
/// # Errors
/// [`ResponseCode::OneselfLockedOut`], [`ResponseCode::LastAdministrator`].
pub async fn remove(db: &Db, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Administrator).await?;
    let account = other(&mut tx, id).await?;
    let before = administrators(&mut tx).await?;
    for statement in [
        "DELETE FROM operator_session WHERE operator_id = $1",
        "DELETE FROM operator_link WHERE operator_id = $1",
        "DELETE FROM known_browser WHERE operator_id = $1",
        "DELETE FROM recovery_code WHERE operator_id = $1",
        "DELETE FROM api_token WHERE operator_id = $1",
        "DELETE FROM operator WHERE id = $1",
    ] {
        sqlx::query(statement).bind(id).execute(&mut *tx).await?;
    }
    keep_an_administrator(before, administrators(&mut tx).await?)?;
    tx.record(None, "operator.remove", &account.name, "").await?;
    Ok(tx.commit().await?)
}

/// Keeps one's own language and time zone; without them, the browser's language and UTC.
///
/// # Errors
/// [`ResponseCode::FieldFaults`] for a time zone that nobody knows.
pub async fn set_habits(db: &Db, actor: &Actor, language: &str, zone: &str) -> Result<(), Refusal> {
    let (language, zone) = (Words::languages().find(|known| *known == language).unwrap_or_default(), zone.trim());
    if !zone.is_empty() && !is_zone(zone) {
        let remedy = "write the name of a time zone, for instance Europe/Berlin".into();
        return Err(Refusal::faults(vec![Fault { field: "zone".into(), line: None, remedy }]));
    }
    let mut tx = Operation::begin(db, actor, Role::Viewer).await?;
    let query = sqlx::query("UPDATE operator SET language = $1, zone = $2 WHERE id = $3");
    query.bind(language).bind(zone).bind(&actor.id).execute(&mut *tx).await?;
    tx.record(None, "operator.settings", &actor.name, &format!("{language} {zone}")).await?;
    Ok(tx.commit().await?)
}

/// Keeps the time zone of the browser for whoever has none yet.
pub(super) async fn learn_zone(tx: &mut Operation, account: &Account, zone: &str) -> Result<(), sqlx::Error> {
    if account.zone.is_empty() && is_zone(zone) {
        let query = sqlx::query("UPDATE operator SET zone = $1 WHERE id = $2").bind(zone).bind(&account.id);
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// A new operator without a password; its id.
///
/// # Errors
/// [`ResponseCode::OperatorNameTaken`].
pub(super) async fn create(tx: &mut Operation, name: &Name, role: Role) -> Result<String, Refusal> {
    let id = db::new_id();
    let created = sqlx::query(
        "INSERT INTO operator (id, name, name_key, role, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name_key) DO NOTHING",
    );
    let created = created.bind(&id).bind(&**name).bind(key(name)).bind(role.name()).bind(db::now().as_millisecond());
    if created.execute(&mut **tx).await?.rows_affected() == 0 {
        return Err(ResponseCode::OperatorNameTaken.into());
    }
    Ok(id)
}

/// Somebody else than whoever acts: a slip must not lock out who could mend it.
async fn other(tx: &mut Operation, id: &str) -> Result<Account, Refusal> {
    let account = find(&mut **tx, id).await?.ok_or_else(Refusal::no_such_resource)?;
    if account.id == tx.actor().id { Err(ResponseCode::OneselfLockedOut.into()) } else { Ok(account) }
}

/// Whether there is nobody yet.
pub async fn none(tx: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM operator").fetch_one(tx).await?;
    Ok(count == 0)
}

/// Administrators who can sign in.
async fn administrators(tx: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    let query = "SELECT COUNT(*) FROM operator WHERE role = 'administrator' AND password_hash IS NOT NULL";
    sqlx::query_as(query).fetch_one(tx).await.map(|(count,): (i64,)| count)
}

fn keep_an_administrator(before: i64, after: i64) -> Result<(), Refusal> {
    if before > 0 && after == 0 { Err(ResponseCode::LastAdministrator.into()) } else { Ok(()) }
}

/// What a name is found by: letters' case does not matter.
pub fn key(name: &str) -> String {
    name.trim().to_lowercase()
}
