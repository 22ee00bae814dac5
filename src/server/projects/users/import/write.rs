//! Rows of a file become users.

use std::collections::BTreeMap;

use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::identity::{State, login_key};
use crate::server::projects::users::import::{Column, Fault, FaultKind, Row};
use crate::server::projects::users::key;
use crate::server::projects::{Project, waves};

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{} places are wrong, nothing was imported", .0.len())]
    Faults(Vec<Fault>),
    #[error("{0}")]
    Refused(#[from] Refusal),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(error.into())
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub added: usize,
    pub updated: usize,
}

/// Writes the rows; people who are there already (by old address) are brought up to date.
pub async fn write(tx: &mut Operation, project: &str, rows: &[Row]) -> Result<Imported, ImportError> {
    let imported = put(tx, project, rows).await?;
    db::ring(tx, project).await?;
    Ok(imported)
}

/// The same for a file, on record.
pub async fn write_file(db: &Db, actor: &Actor, project: &Project, rows: &[Row]) -> Result<Imported, ImportError> {
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    let imported = write(&mut tx, &project.id, rows).await?;
    let detail = format!("{} added, {} updated", imported.added, imported.updated);
    tx.record(Some(&project.id), "user.import", &project.name, &detail).await?;
    tx.commit().await?;
    Ok(imported)
}

/// What [`write_file`] would do; nothing is written.
pub async fn preview(db: &Db, actor: &Actor, project: &str, rows: &[Row]) -> Result<Imported, ImportError> {
    put(&mut Operation::begin(db, actor, Role::Operator).await?, project, rows).await
}

async fn put(tx: &mut Operation, project: &str, rows: &[Row]) -> Result<Imported, ImportError> {
    let mut imported = Imported::default();
    for row in rows {
        let updated = sqlx::query(
            "UPDATE project_user SET name = $1, old_address = $2, new_address = $3, new_key = $4, login = $5,
             language = $6, login_key = $7, state = CASE WHEN state = 'suspended' THEN state ELSE COALESCE($8, state) END
             WHERE project_id = $9 AND old_key = $10",
        )
        .bind(&row.name)
        .bind(&row.old_address)
        .bind(&row.new_address)
        .bind(key(&row.new_address))
        .bind(&row.login)
        .bind(&row.language)
        .bind(login_key(&row.login))
        .bind(row.state.map(State::id))
        .bind(project)
        .bind(key(&row.old_address))
        .execute(&mut **tx)
        .await?;
        if updated.rows_affected() > 0 {
            imported.updated += 1;
            continue;
        }
        sqlx::query(
            "INSERT INTO project_user (id, project_id, name, old_address, new_address, old_key, new_key, login,
             language, login_key, state, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, COALESCE($11, 'active'), $12)",
        )
        .bind(db::new_id())
        .bind(project)
        .bind(&row.name)
        .bind(&row.old_address)
        .bind(&row.new_address)
        .bind(key(&row.old_address))
        .bind(key(&row.new_address))
        .bind(&row.login)
        .bind(&row.language)
        .bind(login_key(&row.login))
        .bind(row.state.map(State::id))
        .bind(db::now().as_millisecond())
        .execute(&mut **tx)
        .await?;
        imported.added += 1;
    }
    put_into_waves(tx, project, rows).await?;
    // Two people must not get one mailbox, also not one from an earlier file.
    let mut faults = Vec::new();
    for row in rows {
        let owner: Option<String> = sqlx::query_scalar(
            "SELECT old_address FROM project_user WHERE project_id = $1 AND new_key = $2 AND old_key <> $3 LIMIT 1",
        )
        .bind(project)
        .bind(key(&row.new_address))
        .bind(key(&row.old_address))
        .fetch_optional(&mut **tx)
        .await?;
        if let Some(owner) = owner {
            let problem = FaultKind::Taken { address: row.new_address.clone(), owner };
            faults.push(Fault { line: row.line, column: Some(Column::NewAddress), problem });
        }
    }
    if !faults.is_empty() {
        return Err(ImportError::Faults(faults));
    }
    Ok(imported)
}

/// Makes the waves that are named and not there yet.
async fn put_into_waves(tx: &mut Operation, project: &str, rows: &[Row]) -> Result<(), sqlx::Error> {
    let mut members: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows {
        let Some(wave) = &row.wave else { continue };
        let user = sqlx::query_scalar("SELECT id FROM project_user WHERE project_id = $1 AND old_key = $2")
            .bind(project)
            .bind(key(&row.old_address))
            .fetch_one(&mut **tx)
            .await?;
        members.entry(wave).or_default().push(user);
    }
    for (name, users) in members {
        let wave = if name.is_empty() { None } else { Some(waves::create(tx, project, name).await?) };
        waves::put_users(tx, project, wave.as_deref(), &users).await?;
    }
    Ok(())
}
