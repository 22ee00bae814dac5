//! `init`, `migrate`, `backup`, `restore`: the database itself.

use std::io::Write;
use std::path::Path;

use crate::server::cli::Failure;
use crate::server::db::{self, Db, Migrated};

pub async fn init(database: &str, out: &mut impl Write) -> Result<(), Failure> {
    let (db, made) = Db::create(database).await?;
    let done = if made { "made" } else { "there already:" };
    writeln!(out, "{done} {} (instance {})", db.name(), db.instance().id)?;
    db.close().await;
    Ok(())
}

pub async fn migrate(database: &str, out: &mut impl Write) -> Result<(), Failure> {
    Ok(writeln!(out, "{}", told(&db::migrate(database).await?))?)
}

/// What was done to bring a database up to date.
pub fn told(migrated: &Migrated) -> String {
    match migrated {
        Migrated::Nothing => "the database is up to date".into(),
        Migrated::From { version, copy: Some(copy) } => {
            format!("brought up to date from schema {version}; as it was: {}", copy.display())
        }
        Migrated::From { version, copy: None } => format!("brought up to date from schema {version}"),
    }
}

pub async fn backup(database: &str, file: &Path, out: &mut impl Write) -> Result<(), Failure> {
    db::backup(database, file).await?;
    writeln!(out, "copied into {}", file.display())?;
    Ok(())
}

pub async fn restore(copy: Option<&Path>, database: &str, force: bool, out: &mut impl Write) -> Result<(), Failure> {
    let restored = db::restore(copy, database, force).await?;
    if let Some(copy) = copy {
        writeln!(out, "put {} in the place of the database", copy.display())?;
    }
    if let Some(kept) = &restored.kept {
        writeln!(out, "what was there is kept as {}", kept.display())?;
    }
    writeln!(out, "epoch {}: agents say again where they stand as soon as a server runs", restored.instance.epoch)?;
    writeln!(
        out,
        "operators sign in again; look at users, cutovers and API tokens: they are as they were in the copy"
    )?;
    Ok(())
}
