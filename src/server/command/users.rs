//! `users`: import.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::{Failure, project_named};
use crate::server::db::Db;
use crate::server::operators::Actor;
use crate::server::users::import::{self, ImportError};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import a CSV file with the columns: name, old address, new address, login and, if wanted, language (en, de), state (active,
    /// inactive) and wave.
    /// People who are there already (by old address) are brought up to date.
    Import { project: String, file: PathBuf },
}

pub async fn run(db: &Db, command: Command, out: &mut impl Write) -> Result<(), Failure> {
    let Command::Import { project, file } = command;
    let project = project_named(db, &project).await?;
    let bytes = std::fs::read(&file).map_err(|source| Failure::File { path: file.clone(), source })?;
    let rows = import::parse(&bytes).map_err(|faults| Failure::Rows { path: file.clone(), faults })?;
    let imported =
        import::write_file(db, &Actor::command_line(), &project, &rows).await.map_err(|error| match error {
            ImportError::Faults(faults) => Failure::Rows { path: file, faults },
            ImportError::Database(error) => error.into(),
        })?;
    writeln!(out, "{} users added, {} updated", imported.added, imported.updated)?;
    Ok(())
}
