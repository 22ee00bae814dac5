//! `wave`: groups of users with a cutover of their own.

use std::io::Write;

use clap::Subcommand;

use crate::server::cli::order;
use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::Db;
use crate::server::name::Name;
use crate::server::operators::Actor;
use crate::server::projects::Project;
use crate::server::projects::cutover::{self, Concerned, When};
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
        when: order::When,
    },
}

pub async fn run(db: &Db, command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Create { project, name } => {
            let project = project_named(db, &project).await?;
            let wave = waves::create(db, &Actor::command_line(), &project, &Name::parse(&name)?).await?;
            writeln!(out, "{:?} is there", wave.name)?;
        }
        Command::List { project } => list(db, &project, out).await?,
        Command::Put { project, name, addresses } => {
            let project = project_named(db, &project).await?;
            let wave = named(db, &project, &name).await?;
            let mut users = Vec::with_capacity(addresses.len());
            for address in &addresses {
                users.push(user_addressed(db, &project, address).await?.id);
            }
            let changed = waves::put(db, &Actor::command_line(), &project, Some(&wave), &users).await?;
            writeln!(out, "{changed} users put into {name:?}")?;
        }
        Command::Cutover { project, name, when } => {
            let project = project_named(db, &project).await?;
            let wave = named(db, &project, &name).await?;
            let (when, at) = when.read()?;
            let actor = Actor::command_line();
            cutover::set(db, &actor, &project, Some(&wave), when).await?;
            match (at, when) {
                (Some(at), When::Now | When::At { at_once: true, .. }) => {
                    writeln!(out, "cutover of {name:?} is at once, at {at}")?;
                }
                (Some(at), _) => writeln!(out, "cutover of {name:?} is at {at}")?,
                (None, _) => writeln!(out, "{name:?} follows the project's cutover")?,
            }
            let Concerned { users, ready } = cutover::concerned(db, &actor, &project, Some(&wave)).await?;
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
