//! `backup`: a copy of the database.

use std::io::Write;
use std::path::Path;

use super::Failure;
use crate::server::db;

pub async fn run(database: &str, file: &Path, out: &mut impl Write) -> Result<(), Failure> {
    db::backup(database, file).await?;
    writeln!(out, "copied into {}", file.display())?;
    Ok(())
}
