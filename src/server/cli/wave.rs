//! `wave`: groups of users with a cutover of their own.

use std::io::Write;

use clap::Subcommand;

use crate::server::cli::order::{self, When};
use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::Db;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::waves::{self, Wave};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a wave.
    Create { project: String, name: String },
    /// Show the waves of a project.
    List { project: String },
    /// Put users into a wave.
    Put {
        project: String,
        name: String,
        /// Old or new addresses.
        #[arg(required = true)]
        addresses: Vec<String>,
    },
    /// Set the moment the wave's mail moves.
    Cutover {
        project: String,
        name: String,
        #[command(subcommand)]
        when: When,
    },
}

pub async fn run(db: &Db, command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Create { project, name } => {
            let project = project_named(db, &project).await?;
            let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await?;
            waves::create(&mut tx, &project.id, name.trim()).await?;
            tx.commit().await?;
            writeln!(out, "{name:?} is there")?;
        }
        Command::List { project } => list(db, &project, out).await?,
        Command::Put { project, name, addresses } => {
            let project = project_named(db, &project).await?;
            let wave = named(db, &project, &name).await?;
            let mut users = Vec::with_capacity(addresses.len());
            for address in &addresses {
                users.push(user_addressed(db, &project, address).await?.id);
            }
            let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await?;
            let changed = waves::put_users(&mut tx, &project.id, Some(&wave.id), &users).await?;
            tx.commit().await?;
            writeln!(out, "{changed} users put into {name:?}")?;
        }
        Command::Cutover { project, name, when } => {
            let project = project_named(db, &project).await?;
            let wave = named(db, &project, &name).await?;
            let wanted = when.read(&project)?;
            let at = wanted.as_ref().map(|(at, _)| at.timestamp());
            let at_once = wanted.as_ref().is_some_and(|(_, at_once)| *at_once);
            let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await?;
            waves::set_cutover(&mut tx, &project.id, &wave.id, at, at_once).await?;
            tx.commit().await?;
            match wanted {
                Some((at, true)) => writeln!(out, "cutover of {name:?} is at once, at {at}")?,
                Some((at, false)) => writeln!(out, "cutover of {name:?} is at {at}")?,
                None => writeln!(out, "{name:?} follows the project's cutover")?,
            }
            let waves::Concerned { users, ready } = waves::concerned(db.pool(), &project.id, Some(&wave.id)).await?;
            writeln!(out, "it is for {users} people, {ready} of them with a computer")?;
        }
    }
    Ok(())
}

async fn list(db: &Db, project: &str, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    for wave in waves::list(db.pool(), &project.id).await? {
        let cutover = match wave.cutover {
            Some(cutover) => order::local(cutover.at).to_string(),
            None => "the project's".into(),
        };
        writeln!(out, "{}: {} users, cutover {cutover}", wave.name, wave.users)?;
    }
    Ok(())
}

async fn named(db: &Db, project: &Project, name: &str) -> Result<Wave, Failure> {
    let known = waves::list(db.pool(), &project.id).await?;
    known.into_iter().find(|wave| wave.name == name).ok_or_else(|| Failure::NoWave(name.into()))
}
