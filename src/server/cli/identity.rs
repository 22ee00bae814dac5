//! `assign`, `lock`, `unlock`, `suspend`, `resume`: who a login is, and who takes part.

use std::io::Write;

use clap::Args;
use uuid::Uuid;

use crate::server::cli::order::{Whom, act_on};
use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::Db;
use crate::server::operators::Actor;
use crate::server::projects::actions::{Action, Target};
use crate::server::projects::identity::overrides;
use crate::server::projects::users::User;

#[derive(Debug, Args)]
pub struct Assign {
    project: String,
    /// The user's old or new address.
    address: String,
    /// Id of the login, as `devices` shows it.
    login: String,
    /// Whichever login of the same computer asks first.
    #[arg(long)]
    any_login: bool,
}

#[derive(Debug, Args)]
pub struct Lock {
    project: String,
    /// The user's old or new address.
    address: String,
    /// Id of a login of the computer, as `devices` shows it. Left out: the whole project.
    login: Option<String>,
}

#[derive(Debug, Args)]
pub struct Unlock {
    project: String,
    /// Id of a login of the computer, as `devices` shows it. Left out: the whole project.
    login: Option<String>,
}

pub async fn assign(db: &Db, assign: Assign, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, &assign.project).await?;
    let user = user_addressed(db, &project, &assign.address).await?.id;
    let action = if assign.any_login { Action::AssignDevice { user } } else { Action::Assign { user } };
    act_on(db, &project, vec![(Target::Agent(id(&assign.login)?), assign.login)], &action, out).await
}

pub async fn lock(db: &Db, lock: Lock, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, &lock.project).await?;
    let user = user_addressed(db, &project, &lock.address).await?;
    if let Some(login) = lock.login {
        return act_on(db, &project, vec![(Target::Agent(id(&login)?), login)], &Action::Lock { user: user.id }, out)
            .await;
    }
    overrides::lock_project(db, &Actor::command_line(), &project, Some(&user.id)).await?;
    Ok(writeln!(out, "every login of {:?} is {}'s", project.name, user.old_address)?)
}

pub async fn unlock(db: &Db, unlock: Unlock, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, &unlock.project).await?;
    if let Some(login) = unlock.login {
        return act_on(db, &project, vec![(Target::Agent(id(&login)?), login)], &Action::Unlock, out).await;
    }
    overrides::lock_project(db, &Actor::command_line(), &project, None).await?;
    Ok(writeln!(out, "{:?} is not locked to a user", project.name)?)
}

pub async fn suspend(db: &Db, whom: &Whom, out: &mut impl Write) -> Result<(), Failure> {
    let user = person(db, whom).await?;
    overrides::suspend(db, &Actor::command_line(), &user).await?;
    Ok(writeln!(out, "{} is suspended", user.old_address)?)
}

pub async fn resume(db: &Db, whom: &Whom, out: &mut impl Write) -> Result<(), Failure> {
    let user = person(db, whom).await?;
    overrides::resume(db, &Actor::command_line(), &user).await?;
    Ok(writeln!(out, "{} is active", user.old_address)?)
}

async fn person(db: &Db, whom: &Whom) -> Result<User, Failure> {
    let project = project_named(db, &whom.project).await?;
    user_addressed(db, &project, &whom.address).await
}

fn id(login: &str) -> Result<Uuid, Failure> {
    login.parse().map_err(|_| Failure::NoLogin(login.into()))
}
