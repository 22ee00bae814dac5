//! Rows of a file become users.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::AnyConnection;

use crate::problem;
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::identity::{State, login_key};
use crate::server::projects::users::import::{Column, Fault, FaultKind, Row, parse};
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

/// The places of a file, or of one person's fields, that cannot work.
impl From<ImportError> for Refusal {
    fn from(error: ImportError) -> Self {
        let fault = |fault: Fault| problem::Fault {
            field: fault.column.map_or("", Column::name).replace(' ', "_"),
            line: Some(fault.line),
            remedy: fault.problem.to_string(),
        };
        match error {
            ImportError::Faults(faults) => Self::faults(faults.into_iter().map(fault).collect()),
            ImportError::Refused(refusal) => refusal,
        }
    }
}

/// What a file would change.
#[derive(Debug)]
pub struct Preview {
    /// Each row, and whether its person would be new.
    pub rows: Vec<(Row, bool)>,
    pub imported: Imported,
}

/// Writes the rows; people who are there already (by old address) are brought up to date.
pub async fn write(tx: &mut Operation, project: &str, rows: &[Row]) -> Result<Imported, ImportError> {
    let imported = put(tx, project, rows).await?;
    tx.wake(project).await?;
    Ok(imported)
}

/// Reads a file and writes its rows, on record.
pub async fn write_file(db: &Db, actor: &Actor, project: &Project, file: &[u8]) -> Result<Imported, ImportError> {
    actor.may(Role::Operator)?;
    // Without keeping another writer waiting.
    let rows = parse(file).map_err(ImportError::Faults)?;
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    let imported = write(&mut tx, &project.id, &rows).await?;
    let detail = format!("{} added, {} updated", imported.added, imported.updated);
    tx.record(Some(&project.id), "user.import", &project.name, &detail).await?;
    tx.commit().await?;
    Ok(imported)
}

/// What [`write_file`] would do. Nothing is written, and nobody who writes is kept waiting.
pub async fn preview(db: &Db, actor: &Actor, project: &Project, file: &[u8]) -> Result<Preview, ImportError> {
    actor.may(Role::Operator)?;
    let rows = parse(file).map_err(ImportError::Faults)?;
    let known: Vec<(String, String, String)> =
        sqlx::query_as("SELECT old_key, new_key, old_address FROM project_user WHERE project_id = $1")
            .bind(&project.id)
            .fetch_all(db.pool())
            .await?;
    let in_file: HashSet<String> = rows.iter().map(|row| key(&row.old_address)).collect();
    // Whoever is in the file gets what the file says.
    let others = known.iter().filter(|(old, ..)| !in_file.contains(old));
    let owners: HashMap<&String, &String> = others.map(|(_, new, owner)| (new, owner)).collect();
    let taken = |row: &Row| owners.get(&key(&row.new_address)).map(|owner| is_taken(row, (*owner).clone()));
    let faults: Vec<Fault> = rows.iter().filter_map(taken).collect();
    if !faults.is_empty() {
        return Err(ImportError::Faults(faults));
    }
    let known: HashSet<&String> = known.iter().map(|(old, ..)| old).collect();
    let is_new = |row: &Row| !known.contains(&key(&row.old_address));
    let rows: Vec<(Row, bool)> = rows.into_iter().map(|row| (is_new(&row), row)).map(|(new, row)| (row, new)).collect();
    let added = rows.iter().filter(|(_, is_new)| *is_new).count();
    Ok(Preview { imported: Imported { added, updated: rows.len() - added }, rows })
}

/// The id of the person whom a row is about, when they are there.
pub async fn of_row(tx: &mut AnyConnection, project: &str, row: &Row) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM project_user WHERE project_id = $1 AND old_key = $2")
        .bind(project)
        .bind(key(&row.old_address))
        .fetch_optional(tx)
        .await
}

/// The new address belongs to somebody else.
fn is_taken(row: &Row, owner: String) -> Fault {
    let problem = FaultKind::Taken { address: row.new_address.clone(), owner };
    Fault { line: row.line, column: Some(Column::NewAddress), problem }
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
        faults.extend(owner.map(|owner| is_taken(row, owner)));
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
        members.entry(wave).or_default().extend(of_row(tx, project, row).await?);
    }
    for (name, users) in members {
        let wave = if name.is_empty() { None } else { Some(waves::ensure(tx, project, name).await?) };
        waves::write(tx, project, wave.as_deref(), &users).await?;
    }
    Ok(())
}
