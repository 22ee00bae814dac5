//! `users`: import and delete.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::Db;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::deletion;
use crate::server::projects::users::import::{self, ImportError};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import a CSV file with the columns: name, old address, new address, login and, if wanted, language (en, de), state (active,
    /// inactive) and wave.
    /// People who are there already (by old address) are brought up to date.
    Import { project: String, file: PathBuf },
    /// Delete one person with their codes, mails and reports, for good. What operators did stays on record.
    Delete {
        project: String,
        /// The user's old or new address.
        address: String,
        /// Really; without it, only what would be deleted is shown.
        #[arg(long)]
        yes: bool,
    },
}

pub async fn run(db: &Db, command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Import { project, file } => import(db, &project, file, out).await,
        Command::Delete { project, address, yes } => delete(db, &project, &address, yes, out).await,
    }
}

async fn delete(db: &Db, project: &str, address: &str, yes: bool, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let user = user_addressed(db, &project, address).await?;
    let mut connection = db.pool().acquire().await?;
    let extent = deletion::of_user(&mut connection, &user.id).await?;
    drop(connection);
    writeln!(out, "{} has {extent}", user.old_address)?;
    if !yes {
        return Err(Failure::NotDeleted);
    }
    let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await?;
    deletion::delete_user(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(writeln!(out, "deleted {}", user.old_address)?)
}

async fn import(db: &Db, project: &str, file: PathBuf, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let bytes = std::fs::read(&file).map_err(|source| Failure::File { path: file.clone(), source })?;
    let rows = import::parse(&bytes).map_err(|faults| Failure::Rows { path: file.clone(), faults })?;
    let imported =
        import::write_file(db, &Actor::command_line(), &project, &rows).await.map_err(|error| match error {
            ImportError::Faults(faults) => Failure::Rows { path: file, faults },
            ImportError::Refused(refusal) => refusal.into(),
        })?;
    writeln!(out, "{} users added, {} updated", imported.added, imported.updated)?;
    Ok(())
}
